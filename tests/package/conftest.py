"""The built program: made once, used by every test here, from whichever worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from signer_app.core.resources import program_root

BUILD = program_root() / "packaging" / "build.py"


@pytest.fixture(scope="session")
def folder() -> Path:
    """The folder of the built program; with unchanged input it is there already."""
    built = subprocess.run(
        [sys.executable, str(BUILD), "folder"], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return Path(built.stdout.strip())


@pytest.fixture(scope="session")
def program(folder: Path) -> Path:
    """The command in it."""
    return folder / "countersign"
