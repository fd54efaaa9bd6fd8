from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from journal_help import DEVICE, DEVICE_PUBLIC, WRAP_KEY, Clock, make, redact, reopen

from signer_app.core.errors import (
    ConflictError,
    IntegrityError,
    MalformedError,
    NotFoundError,
    SignerError,
    UnforeseenError,
    UsageError,
)
from signer_app.journal import files, writer
from signer_app.journal.reading import read_records
from signer_app.journal.states import Head
from signer_app.journal.verifying import vault_keys, verify
from signer_app.journal.writer import Journal


def test_a_new_journal_starts_with_its_own_log_id(tmp_path: Path) -> None:
    with make(tmp_path / "logs") as journal:
        assert journal.read(0) == {
            "type": "log.start",
            "at": "2026-11-20T12:00:01Z",
            "person": "alice",
            "org": "acme",
            "log_id": journal.log_id,
        }
        info = json.loads((tmp_path / "logs" / "log.json").read_text("utf-8"))
        assert info == {
            "format": "countersign/log@1",
            "log_id": journal.log_id,
            "device_keys": [{"person": "alice", "key": f"ed25519:{DEVICE_PUBLIC.hex()}"}],
        }
    for name in ("audit-events.jsonl", "log.json", "epochs.jsonl", ".lock"):
        assert stat.S_IMODE((tmp_path / "logs" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700


def test_records_survive_reopening(tmp_path: Path) -> None:
    with make(tmp_path) as journal:
        assert journal.append("verdict", {"proposal_id": "ab", "report": {"n": [1, None, True, "é"]}}) == 1
        assert journal.append_many([("note", {"text": "a"}), ("note", {"text": "b"})]) == [2, 3]
        head, entries = journal.head(), list(journal.records())
    with reopen(tmp_path, head) as journal:
        assert journal.head() == head
        assert list(journal.records()) == entries
        assert [record["text"] for _, record in journal.records(2)] == ["a", "b"]
        assert journal.append("note", {"text": "c"}) == 4
    result = verify(tmp_path, head=head, epoch_keys=vault_keys(tmp_path, WRAP_KEY))
    assert (result.state.value, result.records, result.decrypted) == ("INTACT", 5, True)


def test_what_cannot_be_a_record_changes_nothing(tmp_path: Path) -> None:
    with make(tmp_path) as journal:
        before = (tmp_path / files.JOURNAL_FILE).read_bytes()
        with pytest.raises(UnforeseenError):
            journal.append("no.such.type", {})
        with pytest.raises(UnforeseenError):
            journal.append("note", {"at": "yesterday"})
        with pytest.raises(MalformedError) as caught:
            journal.append_many([("note", {"text": "good"}), ("note", {"text": "x" * 2**21})])
        assert caught.value.code == "TOO_LARGE"
        assert (tmp_path / files.JOURNAL_FILE).read_bytes() == before
        assert journal.append("note", {"text": "after"}) == 1


def test_only_one_opener(tmp_path: Path) -> None:
    with make(tmp_path):
        with pytest.raises(ConflictError) as caught:
            reopen(tmp_path)
        assert caught.value.code == "WORKSPACE_LOCKED"
    reopen(tmp_path).close()


def test_a_journal_is_never_started_twice(tmp_path: Path) -> None:
    make(tmp_path).close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ConflictError) as caught:
        make(tmp_path)
    assert caught.value.code == "EXISTS"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_symlink_in_the_journals_place_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "logs").close()
    path = tmp_path / "logs" / files.JOURNAL_FILE
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IntegrityError):
        reopen(tmp_path / "logs")


def test_another_vault_opens_nothing(tmp_path: Path) -> None:
    make(tmp_path).close()
    with pytest.raises(IntegrityError):
        Journal.open(tmp_path, person="alice", wrap_key=bytes(32), clock=Clock(), head=None)
    reopen(tmp_path).close()


def test_names_that_break_a_checkpoint_are_refused(tmp_path: Path) -> None:
    for org, person in (
        ("a/b", "alice"),
        ("a\nb", "alice"),
        ("", "alice"),
        ("acme", "al ice"),
        ("acme", "a+b"),
    ):
        with pytest.raises(UsageError):
            Journal.create(
                tmp_path, org=org, person=person, wrap_key=WRAP_KEY, device_public_key=None, clock=Clock()
            )


def test_a_checkpoint_is_kept_and_believed(tmp_path: Path) -> None:
    with make(tmp_path, notes=4) as journal:
        text = journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)
        assert text.startswith(f"acme/{journal.log_id}\n5\n")
        journal.append("note", {"text": "later"})
        journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)
        root = journal.root()
    assert (tmp_path / "checkpoints.log").read_text("utf-8").startswith(text)
    result = verify(tmp_path)
    assert result.checkpoint == {"size": 6, "root": root.hex(), "signature": "valid"}


def test_a_wrong_signature_makes_no_checkpoint(tmp_path: Path) -> None:
    with make(tmp_path) as journal:
        with pytest.raises(SignerError):
            journal.checkpoint(lambda message: bytes(64), "alice", DEVICE_PUBLIC)
        assert not (tmp_path / "checkpoints.log").exists()
        journal.append("note", {"text": "the journal goes on"})


def test_an_interrupted_checkpoint_is_cut_off(tmp_path: Path) -> None:
    with make(tmp_path) as journal:
        text = journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)
    path = tmp_path / "checkpoints.log"
    for cut in range(1, len(text.encode())):
        path.write_bytes(text.encode() + text.encode()[:cut])
        with reopen(tmp_path):
            assert path.read_bytes() == text.encode()


def test_a_device_key_is_added_once(tmp_path: Path) -> None:
    with make(tmp_path) as journal:
        journal.add_device_key("bob", bytes([7]) * 32)
        journal.add_device_key("bob", bytes([7]) * 32)
        with pytest.raises(UsageError):
            journal.add_device_key("bob", bytes(31))
    keys = json.loads((tmp_path / "log.json").read_text("utf-8"))["device_keys"]
    assert [key["person"] for key in keys] == ["alice", "bob"]


def test_blobs_are_kept_once(tmp_path: Path) -> None:
    data = os.urandom(1024 * 1024)
    with make(tmp_path) as journal:
        sha256 = journal.put_blob(data, "application/octet-stream")
        assert sha256 == hashlib.sha256(data).hexdigest()
        size = journal.size
        assert journal.put_blob(data, "text/plain") == sha256
        assert journal.size == size
        with pytest.raises(MalformedError):
            journal.put_blob(bytes(1024 * 1024 + 1), "text/plain")
        with pytest.raises(NotFoundError):
            journal.get_blob("00" * 32)
    with reopen(tmp_path) as journal:
        assert journal.put_blob(data, "text/plain") == sha256
        assert journal.size == size
        assert journal.get_blob(sha256) == data


def test_where_blobs_lie_may_be_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nobody reads the whole journal; a place that is wrong gives no other file."""
    with make(tmp_path, notes=3) as journal:
        first = journal.put_blob(b"first", "text/plain")
        place = journal.size - 1
    with reopen(tmp_path) as journal:
        monkeypatch.setattr(Journal, "records", lambda _self, _start=0: pytest.fail("read it all"))
        journal.know_blobs({first: place}.get)
        assert journal.get_blob(first) == b"first"
        second = journal.put_blob(b"second", "text/plain")
        size = journal.size
        assert journal.get_blob(second) == b"second"
        assert journal.put_blob(b"second", "text/plain") == second
        assert journal.put_blob(b"first", "text/plain") == first
        assert journal.size == size
        with pytest.raises(NotFoundError):
            journal.get_blob("00" * 32)
        journal.know_blobs({first: 0}.get)
        with pytest.raises(IntegrityError):
            journal.get_blob(first)


def test_a_redacted_blob_is_kept_anew(tmp_path: Path) -> None:
    with make(tmp_path, notes=1) as journal:
        sha256 = journal.put_blob(b"asked to be forgotten", "text/plain")
        place = journal.size - 1
        journal.append("redacted", {"i": place, "reason": "asked", "approvals": []})
    path = tmp_path / "audit-events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[place] = redact(lines[place])
    path.write_bytes(b"".join(lines))
    with reopen(tmp_path) as journal:
        journal.know_blobs({sha256: place}.get)
        with pytest.raises(NotFoundError):
            journal.get_blob(sha256)
        assert journal.put_blob(b"asked to be forgotten", "text/plain") == sha256
        assert journal.size == place + 3
        assert journal.get_blob(sha256) == b"asked to be forgotten"


def test_epochs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "EPOCH_RECORDS", 5)
    with make(tmp_path, notes=4) as journal:
        assert journal.append("note", {"text": "first of the new key"}) == 6
        assert journal.read(5) == {
            "type": "epoch.rotated",
            "at": journal.read(5)["at"],
            "person": "alice",
            "epoch": 2,
            "reason": "full",
        }
        assert journal.rotate_epoch("asked") == 7
    with reopen(tmp_path) as journal:
        journal.append("note", {"text": "under the third"})
        assert len(list(journal.records())) == 9
    lines = (tmp_path / files.JOURNAL_FILE).read_bytes().splitlines()
    assert [json.loads(line)["e"] for line in lines] == [1, 1, 1, 1, 1, 2, 2, 3, 3]
    keys = vault_keys(tmp_path, WRAP_KEY)
    assert sorted(keys) == [1, 2, 3]
    assert len(set(keys.values())) == 3
    assert verify(tmp_path, epoch_keys=keys).state.value == "INTACT"
    del keys[2]
    assert verify(tmp_path, epoch_keys=keys).first_bad == 5


def test_a_key_drawn_before_a_crash_is_used_by_the_next_rotation(tmp_path: Path) -> None:
    with make(tmp_path) as journal:
        journal._log.epochs.add()
    with reopen(tmp_path) as journal:
        journal.append("note", {"text": "still the first"})
        journal.rotate_epoch("asked")
    assert sorted(vault_keys(tmp_path, WRAP_KEY)) == [1, 2]
    assert verify(tmp_path, epoch_keys=vault_keys(tmp_path, WRAP_KEY)).records == 3


@pytest.mark.parametrize(
    ("number", "code"), [(errno.EIO, "JOURNAL_POISONED"), (errno.ENOSPC, "STORAGE_FULL")]
)
@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("call", ["pwritev", "write", "fdatasync"])
def test_a_failed_write_poisons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, written: bool, number: int, code: str
) -> None:
    """``written``: the bytes are in the file when the call fails. pwritev: the one call that does both."""
    whole = getattr(os, call)

    def fail(*arguments: Any) -> None:
        if written:
            whole(*arguments)
        raise OSError(number, os.strerror(number))

    with make(tmp_path, notes=2) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(os, call, fail)
            if call != "pwritev":
                patch.setattr(files, "_DURABLE", None)
            with pytest.raises(IntegrityError) as caught:
                journal.append("note", {"text": "lost"})
        assert caught.value.code == code
        before = (tmp_path / files.JOURNAL_FILE).read_bytes()
        for act in (
            lambda: journal.append("note", {}),
            lambda: journal.rotate_epoch("x"),
            lambda: journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC),
        ):
            with pytest.raises(IntegrityError) as caught:
                act()
            assert caught.value.code == "JOURNAL_POISONED"
        assert (tmp_path / files.JOURNAL_FILE).read_bytes() == before
        assert journal.read(1)["text"] == "note 0"
    reopen(tmp_path).close()


def test_a_foreign_write_poisons(tmp_path: Path) -> None:
    with make(tmp_path) as journal:
        with (tmp_path / files.JOURNAL_FILE).open("ab") as stream:
            stream.write(b"x")
        with pytest.raises(IntegrityError) as caught:
            journal.append("note", {})
        assert caught.value.code == "JOURNAL_POISONED"


@pytest.mark.parametrize("call", ["pwritev", "fdatasync"])
def test_an_interrupted_write_poisons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Ctrl-C between write and sync, or when both are done, leaves the same doubt as a failed call."""
    whole = getattr(os, call)

    def interrupt(*arguments: Any) -> None:
        if call == "pwritev":
            whole(*arguments)
        raise KeyboardInterrupt

    with make(tmp_path) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(os, call, interrupt)
            if call != "pwritev":
                patch.setattr(files, "_DURABLE", None)
            with pytest.raises(KeyboardInterrupt):
                journal.append("note", {})
        with pytest.raises(IntegrityError):
            journal.append("note", {})


@pytest.mark.parametrize("at_once", [True, False])
def test_short_writes_are_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool) -> None:
    whole, both = os.write, os.pwritev
    monkeypatch.setattr(os, "write", lambda descriptor, data: whole(descriptor, bytes(data[:7])))
    monkeypatch.setattr(
        os, "pwritev", lambda file, parts, at, flags: both(file, [bytes(parts[0][:7])], at, flags)
    )
    if not at_once:
        monkeypatch.setattr(files, "_DURABLE", None)
    with make(tmp_path, notes=3) as journal:
        head = journal.head()
    monkeypatch.undo()
    assert verify(tmp_path, head=head).state.value == "INTACT"


def test_each_append_is_one_durable_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a write without its flag nor a second call that waits."""
    with make(tmp_path) as journal:
        seen: list[int] = []
        both = os.pwritev

        def watched(file: int, parts: Any, at: int, flags: int) -> int:
            seen.append(flags)
            return both(file, parts, at, flags)

        monkeypatch.setattr(os, "pwritev", watched)
        for name in ("write", "fdatasync", "fsync"):
            monkeypatch.setattr(os, name, lambda *_: pytest.fail("not needed"))
        journal.append("note", {})
        assert seen == [os.RWF_DSYNC]
        monkeypatch.undo()


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.ENOSYS])
def test_where_there_is_no_such_call_a_write_and_a_sync_do_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    synced: list[int] = []
    sync = os.fdatasync

    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    def watched(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)
        sync(descriptor)

    monkeypatch.setattr(os, "pwritev", refuse)
    monkeypatch.setattr(os, "fdatasync", watched)
    with make(tmp_path, notes=2) as journal:
        head = journal.head()
    assert synced[-1] == (tmp_path / files.JOURNAL_FILE).stat().st_size
    assert len(synced) == 3
    assert verify(tmp_path, head=head).state.value == "INTACT"


@pytest.mark.parametrize("name", ["log.json", "epochs.jsonl", "audit-events.jsonl"])
def test_a_missing_file_is_no_journal(tmp_path: Path, name: str) -> None:
    make(tmp_path).close()
    (tmp_path / name).unlink()
    with pytest.raises(IntegrityError):
        reopen(tmp_path)


def test_an_emptied_journal_is_not_opened(tmp_path: Path) -> None:
    make(tmp_path).close()
    (tmp_path / files.JOURNAL_FILE).write_bytes(b"")
    with pytest.raises(IntegrityError):
        reopen(tmp_path)
    assert (tmp_path / files.JOURNAL_FILE).read_bytes() == b""


def test_a_closed_journal_writes_nothing(tmp_path: Path) -> None:
    journal = make(tmp_path)
    journal.close()
    journal.close()
    with pytest.raises(UnforeseenError):
        journal.append("note", {})


def test_heads_are_read_strictly() -> None:
    assert Head.from_json(Head(3, "ab" * 32).to_json()) == Head(3, "ab" * 32)
    for bad in (
        None,
        {},
        {"size": True, "root": "ab" * 32},
        {"size": 1, "root": "AB" * 32},
        {"size": -1, "root": "ab" * 32},
    ):
        with pytest.raises(MalformedError):
            Head.from_json(bad)  # type: ignore[arg-type]


def test_nothing_to_append_writes_nothing(tmp_path: Path) -> None:
    with make(tmp_path) as journal:
        assert journal.append_many([]) == []
        assert journal.size == 1


def test_threads_share_a_journal(tmp_path: Path) -> None:
    with make(tmp_path) as journal:
        told: dict[int, str] = {}

        def write(name: str) -> None:
            for number in range(30):
                text = f"{name}{number}"
                told[journal.append("note", {"text": text})] = text
                if number % 10 == 0:
                    journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)

        threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == list(range(1, 121))
        assert {index: record["text"] for index, record in journal.records(1)} == told
    result = verify(tmp_path, epoch_keys=vault_keys(tmp_path, WRAP_KEY))
    assert (result.state.value, result.records) == ("INTACT", 121)


def test_reading_beside_the_writer(tmp_path: Path) -> None:
    """No lock is needed to read, and a line that is being written is not shown."""
    with make(tmp_path, notes=3) as journal:
        entries = list(journal.records())
        assert list(read_records(tmp_path, WRAP_KEY)) == entries
        assert list(read_records(tmp_path, WRAP_KEY, start=2)) == entries[2:]
    path = tmp_path / files.JOURNAL_FILE
    with path.open("ab") as stream:
        stream.write(b'{"v":1,')
    assert list(read_records(tmp_path, WRAP_KEY)) == entries
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(IntegrityError):
        list(read_records(tmp_path, WRAP_KEY))
    with pytest.raises(NotFoundError):
        list(read_records(tmp_path / "nowhere", WRAP_KEY))
