"""System calls that fail under the journal, injected with strace: nothing acknowledged is lost or made up."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.states import State
from signer_app.journal.verifying import vault_keys, verify
from signer_app.journal.writer import Journal

CHILD = Path(__file__).with_name("journal_writer_child.py")
WRAP_KEY = bytes(range(32))
ROOT = Path(__file__).parents[2]


#: The system call behind an append: it writes and syncs at once.
DURABLE = "pwritev2"


def reopen(folder: Path) -> Journal:
    return Journal.open(folder, person="alice", wrap_key=WRAP_KEY, clock=lambda: datetime.now(UTC), head=None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    logs = tmp_path / "logs"
    Journal.create(
        logs, org="acme", person="alice", wrap_key=WRAP_KEY, device_public_key=None,
        clock=lambda: datetime.now(UTC),
    ).close()  # fmt: skip
    return logs


def environment(**more: str) -> dict[str, str]:
    return dict(os.environ) | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | more


def said(output: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def inject(folder: Path, fault: str) -> list[dict[str, object]]:
    """Run the writer for 30 steps with a fault on calls that touch the journal file.

    A fault on write or fdatasync is for systems without the one call that does both.
    """
    writes = "" if fault.startswith(DURABLE) else "two"
    strace = shutil.which("strace")
    assert strace is not None, "these tests need strace; install the Debian package of that name"
    trace = folder.parent / "trace"
    command = [
        strace, "-f", "-qq", "-o", str(trace), "-P", str(folder / JOURNAL_FILE),
        "-e", f"trace={DURABLE},write,fdatasync", "-e", f"inject={fault}",
        sys.executable, str(CHILD), str(folder), "5", "30",
    ]  # fmt: skip
    done = subprocess.run(
        command, env=environment(WRITES=writes), capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "INJECTED" in trace.read_text("utf-8", "replace")
    return said(done.stdout)


def hold(folder: Path, answers: list[dict[str, object]], first_code: str) -> None:
    """Nothing is acknowledged after the first refusal, all before it is there, and a new opening goes on."""
    kinds = ["error" if "error" in answer else "ack" for answer in answers]
    assert "error" in kinds
    first = kinds.index("error")
    assert set(kinds[first:]) == {"error"}
    assert answers[first]["error"] == first_code
    assert {answer["error"] for answer in answers[first + 1 :]} == {"JOURNAL_POISONED"}
    assert verify(folder).state in {State.INTACT, State.TORN}
    with reopen(folder) as journal:
        kept = dict(journal.records())
        for answer in answers[:first]:
            if "text" in answer:
                assert kept[int(str(answer["index"]))]["text"] == answer["text"]
        journal.append("note", {"text": "on again"})
    assert verify(folder, epoch_keys=vault_keys(folder, WRAP_KEY)).state is State.INTACT


@pytest.mark.parametrize("nth", [1, 2, 9])
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (f"{DURABLE}:error=EIO", "JOURNAL_POISONED"),
        (f"{DURABLE}:error=ENOSPC", "STORAGE_FULL"),
        (f"{DURABLE}:error=EDQUOT", "STORAGE_FULL"),
        (f"{DURABLE}:retval=5", "JOURNAL_POISONED"),
        ("write:error=EIO", "JOURNAL_POISONED"),
        ("write:error=ENOSPC", "STORAGE_FULL"),
        ("write:error=EDQUOT", "STORAGE_FULL"),
        ("fdatasync:error=EIO", "JOURNAL_POISONED"),
        ("fdatasync:error=ENOSPC", "STORAGE_FULL"),
        ("write:retval=5", "JOURNAL_POISONED"),
    ],
)
def test_a_failing_call(folder: Path, fault: str, code: str, nth: int) -> None:
    hold(folder, inject(folder, f"{fault}:when={nth}"), code)


@pytest.mark.parametrize("nth", [1, 2, 9])
def test_a_sync_that_fails_after_the_bytes_were_taken(folder: Path, nth: int) -> None:
    """The one call that does both took the bytes and says that they are not durable."""
    done = subprocess.run(
        [sys.executable, str(CHILD), str(folder), "5", "30"],
        env=environment(WRITES=str(nth)), capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    hold(folder, said(done.stdout), "JOURNAL_POISONED")


@pytest.mark.parametrize(
    "fault", ["write:error=EINTR", "write:retval=0", f"{DURABLE}:error=EINTR", f"{DURABLE}:retval=0",
              f"{DURABLE}:error=EOPNOTSUPP"],
)  # fmt: skip
def test_a_call_that_did_nothing_is_made_again(folder: Path, fault: str) -> None:
    answers = inject(folder, f"{fault}:when=3")
    assert all("error" not in answer for answer in answers)
    assert verify(folder).state is State.INTACT
    with reopen(folder) as journal:
        kept = dict(journal.records())
    for answer in answers:
        if "text" in answer:
            assert kept[int(str(answer["index"]))]["text"] == answer["text"]


@pytest.mark.parametrize("call", ["write", DURABLE])
def test_a_write_that_goes_on_doing_nothing_is_a_failure(folder: Path, call: str) -> None:
    hold(folder, inject(folder, f"{call}:retval=0:when=4+"), "JOURNAL_POISONED")


@pytest.mark.parametrize("writes", ["", "two"])
@pytest.mark.parametrize("room", [100, 1000, 5000])
def test_a_write_that_really_stops_half_way(folder: Path, room: int, writes: str) -> None:
    """The file may grow by ``room`` bytes: the kernel takes a part of a line, then refuses."""
    limit = (folder / JOURNAL_FILE).stat().st_size + room

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, str(CHILD), str(folder), "5", "30"],
        env=environment(WRITES=writes), capture_output=True, check=False, preexec_fn=confine,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert verify(folder).state is State.TORN
    hold(folder, said(done.stdout), "JOURNAL_POISONED")
