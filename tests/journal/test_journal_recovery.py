"""Torn ends: every place where a write can have stopped, and where the recovery itself can stop."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from journal_help import DEVICE, DEVICE_PUBLIC, WRAP_KEY, make, reopen

from signer_app.core.errors import IntegrityError
from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.states import Head
from signer_app.journal.verifying import vault_keys, verify


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    make(tmp_path / "logs", notes=3).close()
    return tmp_path / "logs"


def fresh(sound: Path, name: str) -> Path:
    return Path(shutil.copytree(sound, sound.parent / name))


def test_every_truncation_point_of_the_last_record(sound: Path) -> None:
    whole = (sound / JOURNAL_FILE).read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    folder = fresh(sound, "cut")
    for end in range(start, len(whole)):
        shutil.rmtree(folder)
        fresh(sound, "cut")
        (folder / JOURNAL_FILE).write_bytes(whole[:end])
        torn = whole[start:end]
        assert verify(folder).state.value == ("TORN" if torn else "INTACT")
        with reopen(folder) as journal:
            assert (folder / JOURNAL_FILE).read_bytes()[:start] == whole[:start]
            saved = list(folder.glob("torn-*"))
            if not torn:
                assert (saved, journal.recovered, journal.size) == ([], None, 3)
                continue
            assert [path.read_bytes() for path in saved] == [torn]
            record = journal.read(3)
            assert record["type"] == "recovered"
            assert (record["bytes"], record["file"]) == (len(torn), saved[0].name)
            assert record["sha256"] == hashlib.sha256(torn).hexdigest()
        assert verify(folder).state.value == "INTACT"


@pytest.mark.parametrize("tail", [b"\0" * 4096, b'{"v":1,"i":4' + b"\0" * 100, b"x", b"\0"])
def test_tails_that_are_no_records(sound: Path, tail: bytes) -> None:
    with (sound / JOURNAL_FILE).open("ab") as stream:
        stream.write(tail)
    result = verify(sound)
    assert (result.state.value, result.torn_bytes, result.records) == ("TORN", len(tail), 4)
    with reopen(sound) as journal:
        assert journal.size == 5
        assert journal.recovered is not None
        assert journal.recovered["bytes"] == len(tail)


def test_a_tail_longer_than_any_line_is_torn_too(sound: Path) -> None:
    with (sound / JOURNAL_FILE).open("ab") as stream:
        stream.write(bytes(9 * 1024 * 1024))
    assert verify(sound).torn_bytes == 9 * 1024 * 1024
    with reopen(sound) as journal:
        assert journal.size == 5


@pytest.mark.parametrize("tail", [b"\n", b"\0\0\n", b"{}\n"])
def test_a_complete_last_line_that_is_wrong_is_tampered(sound: Path, tail: bytes) -> None:
    with (sound / JOURNAL_FILE).open("ab") as stream:
        stream.write(tail)
    before = (sound / JOURNAL_FILE).read_bytes()
    with pytest.raises(IntegrityError) as caught:
        reopen(sound, confirm=True)
    assert (caught.value.code, caught.value.details["state"]) == ("JOURNAL_BROKEN", "TAMPERED")
    assert (sound / JOURNAL_FILE).read_bytes() == before


def cut_under_a_head(folder: Path, *, with_note: bool) -> Head:
    with reopen(folder) as journal:
        if with_note:
            journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)
        head = journal.head()
    path = folder / JOURNAL_FILE
    os.truncate(path, path.stat().st_size - 9)
    return head


@pytest.mark.parametrize("with_note", [True, False])
def test_a_covered_torn_record_needs_a_person(sound: Path, with_note: bool) -> None:
    head = cut_under_a_head(sound, with_note=with_note)
    before = {path.name: path.read_bytes() for path in sound.iterdir()}
    with pytest.raises(IntegrityError) as caught:
        reopen(sound, head)
    assert caught.value.code == "JOURNAL_TORN"
    assert caught.value.details == {
        "records": 3,
        "missing": 1,
        "torn_bytes": caught.value.details["torn_bytes"],
    }
    assert {path.name: path.read_bytes() for path in sound.iterdir()} == before
    with reopen(sound, head, confirm=True) as journal:
        assert journal.read(3)["abandoned"] == head.to_json()
        new = journal.head()
    assert verify(sound, head=new, epoch_keys=vault_keys(sound, WRAP_KEY)).state.value == "INTACT"
    assert verify(sound, head=head).state.value == "FORK"
    if with_note:
        assert len(list(sound.glob("torn-*.checkpoints"))) == 1
    # The vault may not have learned of the new head before a crash.
    with reopen(sound, head) as journal:
        assert journal.head() == new
        journal.append("note", {})
    with pytest.raises(IntegrityError):
        reopen(sound, head)


def test_a_torn_byte_does_not_excuse_many_lost_records(sound: Path) -> None:
    with reopen(sound) as journal:
        head = journal.head()
    path = sound / JOURNAL_FILE
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1] + lines[2][:50])
    with pytest.raises(IntegrityError) as caught:
        reopen(sound, head, confirm=True)
    assert caught.value.details["state"] == "ROLLBACK"


def test_rollback_and_fork_are_refused_whoever_confirms(sound: Path) -> None:
    with reopen(sound) as journal:
        head = journal.head()
    os.truncate(sound / JOURNAL_FILE, len(b"".join((sound / JOURNAL_FILE).read_bytes().splitlines(True)[:3])))
    with pytest.raises(IntegrityError) as caught:
        reopen(sound, head, confirm=True)
    assert caught.value.details["state"] == "ROLLBACK"
    with pytest.raises(IntegrityError) as caught:
        reopen(sound, Head(2, "00" * 32), confirm=True)
    assert caught.value.details["state"] == "FORK"


REOPEN = """
import sys
from pathlib import Path
from journal_help import reopen
from signer_app.journal.states import Head
head = Head(int(sys.argv[2]), sys.argv[3]) if len(sys.argv) > 3 else None
with reopen(Path(sys.argv[1]), head, confirm=head is not None):
    print("open")
"""


@pytest.mark.parametrize("covered", [False, True])
@pytest.mark.parametrize(
    "place",
    ["recovery_saved", "recovery_truncated", "before_write", "half_line", "after_write", "recovery_recorded"],
)
def test_a_crash_inside_the_recovery(sound: Path, place: str, covered: bool) -> None:
    """Killed at each step, opened again: one record ``recovered``, the torn bytes kept, nothing else lost."""
    head = cut_under_a_head(sound, with_note=True) if covered else None
    if not covered:
        path = sound / JOURNAL_FILE
        os.truncate(path, path.stat().st_size - 9)
    whole = (sound / JOURNAL_FILE).read_bytes()
    kept = whole[: whole.rfind(b"\n") + 1]
    arguments = [str(sound)] + ([str(head.size), head.root] if head else [])
    environment = os.environ | {
        "COUNTERSIGN_FAILPOINT": f"journal.{place}",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])]),
    }
    child = subprocess.run(
        [sys.executable, "-c", REOPEN, *arguments], env=environment, capture_output=True, check=False
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    with reopen(sound, head, confirm=covered) as journal:
        entries = [record for _, record in journal.records() if record["type"] == "recovered"]
    data = (sound / JOURNAL_FILE).read_bytes()
    assert data.startswith(kept)
    saved = {path.read_bytes() for path in sound.glob("torn-*.bin")}
    assert whole[len(kept) :] in saved
    assert {hashlib.sha256(item).hexdigest() for item in saved} == {entry["sha256"] for entry in entries}
    assert list(sound.glob("*.pending")) == []
    assert verify(sound, epoch_keys=vault_keys(sound, WRAP_KEY)).state.value == "INTACT"
    assert all(json.loads(line)["i"] == index for index, line in enumerate(data.splitlines()))
