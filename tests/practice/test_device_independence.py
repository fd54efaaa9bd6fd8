"""A practice device shares nothing with the client that talks to it but the wire and the port."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEVICES = ROOT / "signer_app" / "practice" / "devices"
ALLOWED = (
    "signer_app.core.",
    "signer_app.vault.files",
    "signer_app.practice.devices",
    "signer_app.practice.stopping",
    "signer_app.signers.hid.bus",
    "signer_app.signers.ledger.wire",
)


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            # A module may be imported from its package.
            found |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "signer_app"}
    return found


def test_what_the_modules_import() -> None:
    files = sorted(DEVICES.rglob("*.py"))
    assert len(files) > 20
    ours = {
        f"{path.name}: {name}"
        for path in files
        for name in imported(path)
        if name.startswith("signer_app") and not name.startswith(ALLOWED)
    }
    assert ours == set()


def test_what_is_loaded_with_a_device() -> None:
    program = (
        "import sys, signer_app.practice.devices.server\n"
        "print(*sorted(name for name in sys.modules if name.startswith('signer_app.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    signers = {name for name in loaded if name.startswith("signer_app.signers")}
    assert signers == {
        "signer_app.signers",
        "signer_app.signers.hid",
        "signer_app.signers.hid.bus",
        "signer_app.signers.ledger",
        "signer_app.signers.ledger.wire",
    }
    rooms = ("chains", "policy", "journal", "nodes", "exchange", "proposals", "workspace", "cli")
    assert not {name for name in loaded if name.split(".")[1] in rooms}
    assert "signer_app.practice.xrpl" not in loaded
