"""The victims: the real command, its key process and the practice ledger, started and killed for real."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signer_app.cli import warm

ROOT = Path(__file__).resolve().parents[2]
COMMAND_TIMEOUT_S = 120
#: How often a process that is about to be killed is looked at.
LOOK_S = 0.004
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """How a command ended. ``exit_code`` is -9 for one that was killed."""

    exit_code: int
    result: dict[str, Any]
    error: dict[str, Any]
    seconds: float
    words: str

    @property
    def code(self) -> str:
        return str(self.error.get("code", ""))

    @property
    def killed(self) -> bool:
        return self.exit_code == KILLED


class Command:
    """One run of the real command in a process group of its own."""

    def __init__(self, arguments: list[str], *, failpoint: str = "") -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERSIGN_")}
        if failpoint:
            environment["COUNTERSIGN_FAILPOINT"] = failpoint
        self._started = time.monotonic()
        self._process = warm.commands().start(["--json", *arguments], environment=environment, folder=ROOT)
        self.pid = self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_until(self, happened: Callable[[], bool], every: float = LOOK_S) -> bool:
        """True once it happened; False if the command ended before."""
        while self.running:
            if happened():
                return True
            time.sleep(every)
        return False

    def let_run(self, seconds: float) -> bool:
        """Leave it alone so long. True if it is still running then."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def kill(self) -> bool:
        """SIGKILL to the whole group. True if it was the kill that ended it."""
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)
        return self._process.wait() == KILLED

    def ended(self) -> Ended:
        """Wait for the end and read what it printed, if it came to that."""
        try:
            out, err = self._process.communicate(timeout=COMMAND_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        seconds = time.monotonic() - self._started
        words = (out[-1500:] + err[-1500:]).decode("utf-8", "replace")
        answer: dict[str, Any] = {}
        # A killed command may have printed everything, nothing, or a part.
        if out.endswith(b"\n") or self._process.returncode >= 0:
            try:
                answer = json.loads(out)
            except json.JSONDecodeError as error:
                if self._process.returncode >= 0:
                    raise AssertionError(f"the command printed no JSON object: {words}") from error
        return Ended(
            self._process.returncode, answer.get("result") or {}, answer.get("error") or {}, seconds, words
        )


def key_process(parent: int) -> int | None:
    """The pid of the key process that a command has started, found where the system lists processes."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent_and_state(int(entry.name))[0] == parent:
            try:
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"--child" in arguments:
                return int(entry.name)
    return None


def _parent_and_state(pid: int) -> tuple[int, str]:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0, ""
    return int(words[1]), words[0]


def is_gone(pid: int) -> bool:
    """Whether a process has ended (one that nobody has reaped yet holds nothing any more)."""
    return _parent_and_state(pid)[1] in ("", "Z", "X")


def wait_gone(pid: int, seconds: float = 30) -> bool:
    """Wait for the end of a process that is no child of ours."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_gone(pid):
            return True
        time.sleep(LOOK_S)
    return False


class Ledger:
    """The practice ledger as a process that dies and comes back on the same ports and folder."""

    CLOSE_MS = 500

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self._folder = folder
        self._rng = rng
        self._process: warm.WarmCommand | None = None
        self._port = 0
        self.ready: dict[str, Any] = {}
        self.starts = 0

    def start(self) -> None:
        """Start, on the ports of the first start, and wait until both endpoints listen."""
        tries = 1 if self._port else 5
        for left in reversed(range(tries)):
            port = self._port or _free_pair(self._rng)
            command = ["--json", "practice", "start", "--dir", str(self._folder), "--port", str(port)]
            self._process = warm.commands().start(
                [*command, "--close-ms", str(self.CLOSE_MS)], environment=os.environ, folder=ROOT
            )
            answer = self._first_line()
            if "result" in answer:
                self._port, self.ready = port, answer["result"]
                self.starts += 1
                return
            self.kill()
            assert left, f"the practice ledger did not start: {answer}"

    def _first_line(self) -> dict[str, Any]:
        assert self._process is not None
        readable, _, _ = select.select([self._process.stdout], [], [], 60)
        line = self._process.stdout.readline() if readable else b""
        return json.loads(line) if line else {}

    def kill(self) -> bool:
        """SIGKILL. True if it was alive until then."""
        assert self._process is not None
        alive = self._process.poll() is None
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        self._process.stderr.close()
        return alive

    def stop(self) -> None:
        """End it if it was started."""
        if self._process is not None:
            self.kill()


def _free_pair(rng: random.Random) -> int:
    """Two neighbouring free ports below those that systems give to connections by themselves."""
    while True:
        port = rng.randrange(20_000, 32_000, 2)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
        return port
