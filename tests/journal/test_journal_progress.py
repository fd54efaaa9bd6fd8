"""A check that tells how far it is, can be ended, and judges only what was there when it began."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from journal_help import DEVICE, DEVICE_PUBLIC, WRAP_KEY, make

from signer_app.core.errors import IntegrityError, NotFoundError
from signer_app.journal import files
from signer_app.journal.coverage import read_coverage
from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.states import State, Verification
from signer_app.journal.trust import Trouble, not_intact
from signer_app.journal.verifying import vault_keys, verify


class StopError(Exception):
    """What a person's Cancel raises in the pass."""


def test_progress_is_told_and_ends_at_all_records(tmp_path: Path) -> None:
    told: list[int] = []
    with make(tmp_path / "logs", notes=700):
        found = verify(tmp_path / "logs", progress=told.append)
    assert found.state is State.INTACT
    assert told == sorted(told)
    assert len(told) > 1, "more than one chunk"
    assert told[-1] == found.records == 701


def test_what_progress_raises_ends_the_pass(tmp_path: Path) -> None:
    told: list[int] = []

    def stop(count: int) -> None:
        told.append(count)
        raise StopError

    with make(tmp_path / "logs", notes=700), pytest.raises(StopError):
        verify(tmp_path / "logs", progress=stop)
    assert len(told) == 1
    assert told[0] < 701


def test_only_the_first_bytes_are_judged(tmp_path: Path) -> None:
    """A line that is being written behind them is neither torn nor bad."""
    with make(tmp_path / "logs", notes=3) as journal:
        end, head = journal.end, journal.head()
        with (tmp_path / "logs" / JOURNAL_FILE).open("ab") as stream:
            stream.write(b'{"v":1,"i":4')
        keys = vault_keys(tmp_path / "logs", WRAP_KEY)
        found = verify(tmp_path / "logs", head=head, epoch_keys=keys, length=end)
        assert (found.state, found.records, found.torn_bytes) == (State.INTACT, 4, 0)
        assert verify(tmp_path / "logs").state is State.TORN


def test_a_distrusted_journal_takes_nothing_more(tmp_path: Path) -> None:
    with make(tmp_path / "logs") as journal:
        journal.distrust()
        assert not journal.usable
        with pytest.raises(IntegrityError) as caught:
            journal.append("note", {"text": "more"})
        assert caught.value.code == "JOURNAL_POISONED"
        assert journal.size == 1


def test_coverage_is_what_a_known_key_signed(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    with make(logs, notes=4) as journal:
        assert read_coverage(logs).to_json() == {"signed": 0, "signers": [], "anchored": None}
        journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)
        journal.append("note", {"text": "newer"})
        (logs / "anchors.log").write_text('{"size":2,"root":"%s"}\n' % ("0" * 64))
        assert read_coverage(logs).to_json() == {"signed": 5, "signers": ["alice"], "anchored": 2}
        text = (logs / "checkpoints.log").read_text()
        (logs / "checkpoints.log").write_text(text.replace("\n5\n", "\n6\n"))
        assert read_coverage(logs).signed == 0, "a changed note has no good signature"
    with pytest.raises(NotFoundError):
        read_coverage(tmp_path)


def test_a_distrusted_journal_says_what_was_found(tmp_path: Path) -> None:
    found = Verification(
        State.TAMPERED, None, records=9, size_checked=5, root="", first_bad=5, torn_bytes=0, redacted=0,
        decrypted=True,
    )  # fmt: skip
    with make(tmp_path / "logs") as journal:
        assert journal.trouble is None
        journal.distrust(not_intact(found))
        for _ in range(2):
            with pytest.raises(IntegrityError) as caught:
                journal.append("note", {"text": "more"})
            assert caught.value.code == "JOURNAL_BROKEN"
            assert caught.value.message == "The journal is not what was written: record 5."
            assert caught.value.details == {"state": "TAMPERED", "first_bad": 5}


def test_what_a_failed_write_said_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with make(tmp_path / "logs") as journal:
        monkeypatch.setattr(files, "write_durably", full)
        with pytest.raises(IntegrityError):
            journal.append("note", {"text": "more"})
        trouble = journal.trouble
        assert trouble is not None
        assert trouble == Trouble("STORAGE_FULL", "The journal cannot be written: No space left on device.")
        with pytest.raises(IntegrityError) as caught:
            journal.append("note", {"text": "more"})
        assert caught.value.code == "JOURNAL_POISONED"
