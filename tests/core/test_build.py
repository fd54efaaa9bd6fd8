"""The program's files against the list that was made with them."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from signer_app import __version__
from signer_app.core.build import MANIFEST, about, check_build, program_folder, write_manifest

LIBRARY = "_internal/lib/part.so"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Something like a built program."""
    made = tmp_path / "countersign"
    (made / "_internal" / "lib").mkdir(parents=True)
    (made / "countersign").write_bytes(b"program")
    (made / "_internal" / "lib" / "part.so").write_bytes(b"part")
    (made / "_internal" / "empty").write_bytes(b"")
    (made / "_internal" / "link.so").symlink_to("lib/part.so")
    write_manifest(made)
    return made


def test_an_unchanged_folder_is_verified(folder: Path) -> None:
    found = check_build(folder)
    assert (found.state, found.files, found.differing) == ("verified", 4, 0)
    assert found.manifest == hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def test_the_systems_own_tool_reads_the_list(folder: Path) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", MANIFEST]
    assert subprocess.run(command, cwd=folder, check=False).returncode == 0
    (folder / "countersign").write_bytes(b"other")
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode != 0


@pytest.mark.parametrize(
    ("change", "changed", "missing", "added"),
    [
        (lambda at: (at / "countersign").write_bytes(b"programs"), ("countersign",), (), ()),
        (lambda at: (at / LIBRARY).unlink(), ("_internal/link.so",), (LIBRARY,), ()),
        (lambda at: (at / "_internal/evil.so").write_bytes(b"x"), (), (), ("_internal/evil.so",)),
        (lambda at: (at / "more").symlink_to("/etc"), (), (), ("more",)),
        (lambda at: (at / "countersign").rename(at / "Countersign"), (), ("countersign",), ("Countersign",)),
    ],
)  # fmt: skip
def test_what_differs_is_named(
    folder: Path, change: Callable[[Path], object], changed: tuple[str, ...], missing: tuple[str, ...],
    added: tuple[str, ...],
) -> None:  # fmt: skip
    change(folder)
    found = check_build(folder)
    assert (found.state, found.changed, found.missing, found.added) == ("differs", changed, missing, added)
    assert found.differing == len(changed) + len(missing) + len(added)


@pytest.mark.parametrize("content", [None, b"", b"nonsense\n", b"\xff" * 100])
def test_a_list_that_is_gone_or_no_list_is_a_difference(folder: Path, content: bytes | None) -> None:
    (folder / MANIFEST).unlink()
    if content is not None:
        (folder / MANIFEST).write_bytes(content)
    found = check_build(folder)
    assert found.state == "differs"
    assert found.missing == ((MANIFEST,) if content is None else ())
    assert len(found.added) == (0 if content is None else 4)


def test_a_list_that_leads_out_of_the_folder_is_followed_nowhere(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"x")
    line = f"{hashlib.sha256(b'x').hexdigest()}  ../outside\n"
    with (folder / MANIFEST).open("a") as stream:
        stream.write(line)
    assert check_build(folder).missing == ("../outside",)


def test_from_source_there_is_no_build(folder: Path) -> None:
    assert program_folder() is None
    assert about() == {
        "version": __version__,
        "build": {
            "state": "source", "manifest": None, "files": 0, "changed": [], "missing": [], "added": [],
        },
    }  # fmt: skip
    assert about(folder)["build"] == check_build(folder).to_json()
