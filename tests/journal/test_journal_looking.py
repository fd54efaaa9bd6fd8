"""A journal that is looked at beside its writer: what is complete counts, and nothing is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from journal_help import DEVICE, DEVICE_PUBLIC, WRAP_KEY, Clock, make, reopen

from signer_app.core.errors import ConflictError, IntegrityError, NotFoundError
from signer_app.journal import verifying
from signer_app.journal.looking import LookedAtJournal
from signer_app.journal.states import Head, State
from signer_app.journal.verifying import beside_writer, vault_keys, verify

LOG = "audit-events.jsonl"


def look(folder: Path, head: Head | None = None) -> LookedAtJournal:
    return LookedAtJournal.look(folder, person="bob", wrap_key=WRAP_KEY, clock=Clock(), head=head)


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}


def test_beside_the_writer_all_is_read_and_followed(tmp_path: Path) -> None:
    with make(tmp_path, 5) as journal, look(tmp_path, journal.head()) as seen:
        assert (seen.head(), seen.log_id) == (journal.head(), journal.log_id)
        assert list(seen.records()) == list(journal.records())
        assert seen.follow() == 0
        journal.append_many([("note", {"text": f"more {number}"}) for number in range(3000)])
        journal.rotate_epoch("full")
        journal.append("note", {"text": "under a new key"})
        digest = journal.put_blob(b"paper", "text/plain")
        before = files_of(tmp_path)
        assert seen.follow() == 3003
        assert seen.head() == journal.head()
        assert list(seen.records(3000)) == list(journal.records(3000))
        assert seen.get_blob(digest) == b"paper"
        assert files_of(tmp_path) == before


def test_no_lock_is_taken_and_none_is_waited_for(tmp_path: Path) -> None:
    with make(tmp_path, 1):
        pass
    with look(tmp_path) as seen, reopen(tmp_path) as journal:
        journal.append("note", {"text": "while it is looked at"})
        assert seen.follow() == 1


WRITES: list[Callable[[LookedAtJournal], object]] = [
    lambda seen: seen.append("note", {"text": "no"}),
    lambda seen: seen.append_many([("note", {"text": "no"})] * 2),
    lambda seen: seen.put_blob(b"no", "text/plain"),
    lambda seen: seen.rotate_epoch("full"),
    lambda seen: seen.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC),
    lambda seen: seen.add_device_key("bob", bytes(32)),
]


def test_whatever_writes_is_refused(tmp_path: Path) -> None:
    with make(tmp_path, 3):
        before = files_of(tmp_path)
        with look(tmp_path) as seen:
            assert not seen.usable
            for write in WRITES:
                with pytest.raises(ConflictError) as refused:
                    write(seen)
                assert (refused.value.code, refused.value.exit_code) == ("READ_ONLY", 8)
            seen.close()
        assert files_of(tmp_path) == before


def test_a_record_that_is_being_written_counts_when_it_is_whole(tmp_path: Path) -> None:
    with make(tmp_path, 2) as journal:
        journal.append("note", {"text": "the last"})
    log = tmp_path / LOG
    whole = log.read_bytes()
    start = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in (start, start + 1, len(whole) - 1):
        log.write_bytes(whole[:cut])
        before = files_of(tmp_path)
        with look(tmp_path) as seen:
            assert seen.size == 3
            assert seen.follow() == 0
            assert files_of(tmp_path) == before, "torn or not, it stays"
            log.write_bytes(whole)
            assert seen.follow() == 1
            assert seen.read(3)["text"] == "the last"


def test_an_end_that_is_torn_and_stated_is_refused(tmp_path: Path) -> None:
    with make(tmp_path, 3) as journal:
        head = journal.head()
    log = tmp_path / LOG
    log.write_bytes(log.read_bytes()[:-20])
    with pytest.raises(IntegrityError) as torn:
        look(tmp_path, head)
    assert torn.value.code == "JOURNAL_TORN"


def test_what_does_not_continue_the_journal_is_no_record(tmp_path: Path) -> None:
    with make(tmp_path / "ours", 3), make(tmp_path / "other", 4):
        pass
    log = tmp_path / "ours" / LOG
    ours, other = log.read_bytes(), (tmp_path / "other" / LOG).read_bytes().splitlines(keepends=True)
    for more in (other[4], b"{}\n", ours.splitlines(keepends=True)[3]):
        log.write_bytes(ours)
        with look(tmp_path / "ours") as seen:
            log.write_bytes(ours + more)
            with pytest.raises(IntegrityError) as changed:
                seen.follow()
            assert changed.value.code == "JOURNAL_BROKEN"
            assert seen.size == 4
    log.write_bytes(ours)
    with look(tmp_path / "ours") as seen:
        log.write_bytes(ours[:-100])
        with pytest.raises(IntegrityError) as shorter:
            seen.follow()
    assert shorter.value.code == "JOURNAL_BROKEN"


def test_other_heads_and_other_files_are_not_looked_at(tmp_path: Path) -> None:
    with make(tmp_path, 2) as journal:
        size = journal.size
    for head, state in ((Head(size, "0" * 64), "FORK"), (Head(size + 1, "0" * 64), "ROLLBACK")):
        with pytest.raises(IntegrityError) as refused:
            look(tmp_path, head)
        assert refused.value.details["state"] == state
    (tmp_path / LOG).rename(tmp_path / "moved")
    (tmp_path / LOG).symlink_to(tmp_path / "moved")
    with pytest.raises(IntegrityError) as link:
        look(tmp_path)
    assert link.value.code == "STORAGE_FAILED"
    (tmp_path / "log.json").unlink()
    with pytest.raises(IntegrityError):
        look(tmp_path)
    with pytest.raises(NotFoundError):
        verify(tmp_path / "nothing")


def test_a_check_beside_a_writer_waits_for_the_record_that_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make(tmp_path, 3):
        pass
    log = tmp_path / LOG
    whole = log.read_bytes()
    log.write_bytes(whole[:-300])

    def finish(_seconds: float) -> None:
        """The writer goes on while the reader sleeps."""
        with log.open("ab") as stream:
            stream.write(whole[-300:])

    monkeypatch.setattr(verifying, "time", SimpleNamespace(monotonic=time.monotonic, sleep=finish))
    keys = vault_keys(tmp_path, WRAP_KEY)
    found = beside_writer(tmp_path, lambda: verify(tmp_path, epoch_keys=keys))
    assert (found.state, found.torn_bytes, found.size_checked) == (State.INTACT, 0, 4)
    monkeypatch.undo()
    log.write_bytes(whole[:-300])
    assert verify(tmp_path).state is State.TORN
    assert beside_writer(tmp_path, lambda: verify(tmp_path)).state is State.TORN
