"""xrpl.js, which we did not write, is content with the practice ledger."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import node as node_module
import pytest
from ledger_process import LedgerProcess
from node import HERE, node


def test_xrpl_js_is_a_client_of_the_practice_ledger(tmp_path: Path) -> None:
    program = node()
    with LedgerProcess(tmp_path, close_ms=200) as ledger:
        done = subprocess.run(
            [program, "--test", "practice_ledger.test.mjs"],
            cwd=HERE,
            env={**os.environ, "PRACTICE_READY": json.dumps(ledger.ready)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout or "ℹ fail 0" in done.stdout


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))
    assert lock["packages"]["node_modules/xrpl"]["version"].startswith("5.3.")
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert name == "" or package["integrity"].startswith("sha512-"), name


def test_missing_packages_fail_and_say_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(node_module, "PACKAGES", tmp_path)
    with pytest.raises(pytest.fail.Exception, match="make setup"):
        node()
