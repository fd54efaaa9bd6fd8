"""Real SIGKILLs on a process that writes a journal: nothing acknowledged is lost, the journal goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.states import Head, State
from signer_app.journal.verifying import vault_keys, verify
from signer_app.journal.writer import Journal

CHILD = Path(__file__).with_name("journal_writer_child.py")
WRAP_KEY = bytes(range(32))
PLACES = ["before_write", "half_line", "after_write", "after_sync"]


@dataclass
class Drill:
    """One journal over many lives of its writer."""

    folder: Path
    told: dict[int, str] = field(default_factory=dict)
    head: Head | None = None
    torn: int = 0

    def live(self, seed: int, *, failpoint: str = "", kill_after: int = 0) -> None:
        """One life, ended by its failpoint or by a kill once so many acknowledgements were read."""
        environment = os.environ | {
            "COUNTERSIGN_FAILPOINT": failpoint,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        command = [sys.executable, str(CHILD), str(self.folder), str(seed), "100000"]
        if self.head is not None:
            command.append(json.dumps(self.head.to_json()))
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            assert child.stderr is not None
            for seen, line in enumerate(child.stdout, start=1):
                if not line.endswith(b"\n"):
                    break
                self._take(json.loads(line))
                if kill_after and seen == kill_after:
                    child.kill()
            errors = child.stderr.read()
        assert child.returncode == -signal.SIGKILL, errors

    def _take(self, said: dict[str, object]) -> None:
        assert "error" not in said, said
        if "text" in said:
            index = said["index"]
            assert isinstance(index, int)
            self.told[index] = str(said["text"])
        if "head" in said:
            self.head = Head.from_json(said["head"])  # type: ignore[arg-type]

    def judge(self) -> None:
        """What is on disk, read without the writer, holds all that was told."""
        found = verify(self.folder, head=self.head)
        assert found.state in {State.INTACT, State.TORN}, found.reason
        self.torn += found.state is State.TORN
        assert found.records > max(self.told, default=-1)

    def read_all(self) -> None:
        with Journal.open(
            self.folder, person="alice", wrap_key=WRAP_KEY, clock=lambda: datetime.now(UTC), head=self.head
        ) as journal:
            kept = dict(journal.records())
        assert {index: kept[index].get("text") for index in self.told} == self.told
        assert verify(self.folder, epoch_keys=vault_keys(self.folder, WRAP_KEY)).state is State.INTACT
        recovered = [entry for entry in kept.values() if entry["type"] == "recovered"]
        assert len(recovered) == self.torn == len(list(self.folder.glob("torn-*.bin")))


def drill(folder: Path, kills: int, seed: int) -> None:
    draw = random.Random(seed)
    exercise = Drill(folder)
    exercise.live(draw.getrandbits(32), kill_after=3)
    for number in range(kills - 1):
        exercise.judge()
        if number % 2:
            exercise.live(draw.getrandbits(32), kill_after=draw.randint(1, 80))
        else:
            place = PLACES[number // 2 % len(PLACES)]
            exercise.live(draw.getrandbits(32), failpoint=f"journal.{place}:{draw.randint(2, 25)}")
    exercise.judge()
    exercise.read_all()
    assert exercise.told
    # The failpoint half_line alone leaves a torn end in every eighth life.
    assert exercise.torn >= kills // 8 - 1
    assert (folder / JOURNAL_FILE).stat().st_size > 0


def test_forty_kills(tmp_path: Path) -> None:
    drill(tmp_path / "logs", 40, seed=20261120)


@pytest.mark.soak
def test_two_hundred_kills(tmp_path: Path) -> None:
    drill(tmp_path / "logs", 200, seed=7)


def test_a_kill_at_the_very_start_leaves_no_half_journal(tmp_path: Path) -> None:
    """Killed while record 0 is written: nothing was promised, and the folder says so."""
    for place in PLACES:
        folder = tmp_path / place
        exercise = Drill(folder)
        exercise.live(1, failpoint=f"journal.{place}")
        assert exercise.told == {}
        assert verify(folder).state in {State.INTACT, State.TORN}
