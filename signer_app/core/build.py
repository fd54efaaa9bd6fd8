"""Whether the files of the packaged program are those that it was built with.

Beside them lies SHA256SUMS: one line for each file, "<64 lower hex>  <path>", sorted by path, which
`sha256sum -c` reads too. Whoever can change a file can change that list as well; so the check alone finds
damage and carelessness, and only the list's own hash, compared with the one that the maker publishes
elsewhere, finds the rest. A program that runs from source has no build.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from signer_app import __version__
from signer_app.core.json_types import JsonObject

MANIFEST: Final = "SHA256SUMS"
_LIMIT: Final = 4 * 1024 * 1024
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([^\0\n]+)")
_PIECE: Final = 1024 * 1024

State = Literal["verified", "differs", "source"]


@dataclass(frozen=True, slots=True)
class BuildCheck:
    """What a check found. ``manifest`` is the SHA-256 of the list in lower hex, "" where there is none;
    ``files`` how many it names. Paths are relative to the program's folder, with /."""

    state: State
    manifest: str = ""
    files: int = 0
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def differing(self) -> int:
        """How many files are not as they were built."""
        return len(self.changed) + len(self.missing) + len(self.added)

    def to_json(self) -> JsonObject:
        """{state, manifest, files, changed, missing, added}."""
        return {
            "state": self.state, "manifest": self.manifest or None, "files": self.files,
            "changed": list(self.changed), "missing": list(self.missing), "added": list(self.added),
        }  # fmt: skip


def program_folder() -> Path | None:
    """The packaged program's folder; None for one that runs from source."""
    return Path(sys.executable).resolve().parent if getattr(sys, "frozen", False) else None


def about(folder: Path | None = None) -> JsonObject:
    """{version, build: BuildCheck.to_json()} of this program, or of the one in ``folder``."""
    return {"version": __version__, "build": check_build(folder or program_folder()).to_json()}


def check_build(folder: Path | None) -> BuildCheck:
    """Read every file of the program and hold it against the list. Takes a second or so; writes nothing.

    A list that is missing or cannot be read is a difference. What the list names outside of the folder is not
    looked at, and counts as missing.
    """
    if folder is None:
        return BuildCheck("source")
    data = _manifest(folder)
    if data is None:
        return BuildCheck("differs", missing=(MANIFEST,))
    listed = _read(data)
    there = set(_files(folder))
    changed = [name for name in sorted(there & set(listed)) if _hash(folder / name) != listed[name]]
    missing, added = sorted(set(listed) - there), sorted(there - set(listed))
    state: State = "differs" if changed or missing or added else "verified"
    return BuildCheck(
        state, hashlib.sha256(data).hexdigest(), len(listed), tuple(changed), tuple(missing), tuple(added)
    )


def write_manifest(folder: Path) -> Path:
    """List every file of a program that was just built. Raises OSError."""
    lines = [f"{_hash(folder / name)}  {name}\n" for name in sorted(_files(folder))]
    path = folder / MANIFEST
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _manifest(folder: Path) -> bytes | None:
    """The list as it lies there; None where it cannot be read, is a link, or is longer than any is."""
    path = folder / MANIFEST
    try:
        if path.is_symlink():
            return None
        with path.open("rb") as stream:
            data = stream.read(_LIMIT + 1)
    except OSError:
        return None
    return data if len(data) <= _LIMIT else None


def _read(data: bytes) -> dict[str, str]:
    """Hash by path; a line of another form is in nobody's list, and its file is then an added one."""
    text = data.decode("utf-8", "replace")
    return {found[2]: found[1] for line in text.splitlines() if (found := _LINE.fullmatch(line))}


def _files(folder: Path) -> Iterator[str]:
    """Everything below the folder that is no folder, but the list itself. Links are named, never entered."""
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in (*names, *links):
            relative = Path(place, name).relative_to(folder).as_posix()
            if relative != MANIFEST:
                yield relative


def _hash(path: Path) -> str:
    """Of the content; of where a link to a folder leads; "" for what cannot be read."""
    try:
        if path.is_symlink() and path.is_dir():
            return hashlib.sha256(os.readlink(path).encode()).hexdigest()
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except OSError:
        return ""
    return digest.hexdigest()
