"""jsQR reads our QR codes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from node import HERE, node
from xrpl.wallet import Wallet

from signer_app.exchange.qr import encode


def test_another_reader_finds_the_text_in_every_code(tmp_path: Path) -> None:
    texts = [Wallet.create().address for _ in range(20)]
    texts += ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "a", "A1:" * 30, "x" * 300]
    cases = [
        {"text": text, "modules": ["".join("1" if dark else "0" for dark in line) for line in encode(text)]}
        for text in texts
    ]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases))
    done = subprocess.run(
        [node(), "--test", "--test-reporter=tap", str(HERE / "qr_oracle.test.mjs")],
        env={**os.environ, "CASES": str(file)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 1" in done.stdout
