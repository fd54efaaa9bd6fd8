"""The USB rules of Linux: who may open a hardware wallet (hardware.md a)."""

from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from signer_app.core.errors import NotFoundError, UsageError
from signer_app.core.json_types import JsonObject
from signer_app.core.resources import resource
from signer_app.vault.files import atomic_write

RULES: Final = "udev/70-countersign.rules"
_RELOAD: Final = (("control", "--reload-rules"), ("trigger", "--subsystem-match=usb"))


def install_rules(directory: Path, *, dry_run: bool) -> JsonObject:
    """Write our rules file into ``directory``. {file, changed, written, diff}.

    UsageError on another system than Linux, NotFoundError where the folder does not exist, IntegrityError
    STORAGE_FAILED where it may not be written, which then says what to run as root.
    """
    if sys.platform != "linux":
        raise UsageError("USB rules are for Linux; other systems need none.")
    if not dry_run and not directory.is_dir():
        raise NotFoundError(f"There is no folder {directory}.")
    wanted = resource(RULES).read_text(encoding="utf-8")
    target = directory / Path(RULES).name
    present = target.read_text(encoding="utf-8", errors="replace") if target.is_file() else ""
    diff = "".join(
        difflib.unified_diff(
            present.splitlines(keepends=True),
            wanted.splitlines(keepends=True),
            fromfile=f"{target} (now)",
            tofile=f"{target} (new)",
        )
    )
    changed = present != wanted
    if changed and not dry_run:
        atomic_write(target, wanted.encode("utf-8"), 0o644)
        _reload()
    return {"file": str(target), "changed": changed, "written": changed and not dry_run, "diff": diff}


def _reload() -> None:
    """Tell udev, where it runs. It also reads the file at the next start, so a failure loses nothing."""
    program = shutil.which("udevadm")
    if program is not None:
        for arguments in _RELOAD:
            subprocess.run(  # noqa: S603 - a program of the system, found by its name
                [program, *arguments], check=False, capture_output=True, timeout=20
            )
