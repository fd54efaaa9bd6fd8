"""Where data files lie: one rule for a source tree, an installed package and a frozen program.

In all three the package ``signer_app`` and the folder ``resources`` stand side by side; a frozen program
keeps this by unpacking its data files at the same relative paths (pyinstaller.spec).
"""

from __future__ import annotations

from pathlib import Path

from signer_app.core.errors import UnforeseenError

_ROOT = Path(__file__).resolve().parents[2]


def program_root() -> Path:
    """The folder that holds ``signer_app`` and ``resources``."""
    return _ROOT


def resource(relative: str) -> Path:
    """A file or folder below ``resources/``. Raises UnforeseenError where this copy of the program lacks
    it.
    """
    return _existing(_ROOT / "resources" / relative)


def package_path(package: str, relative: str = "") -> Path:
    """A file or folder beside the code of ``package`` ("signer_app.proposals"). Raises UnforeseenError."""
    return _existing(_ROOT.joinpath(*package.split("."), relative))


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UnforeseenError(
            "A data file of the program is missing; install it again.", details={"file": path.name}
        )
    return path
