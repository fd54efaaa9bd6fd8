"""Practice ledgers and devices as processes of their own, started by the same command that people use."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from signer_app.core.errors import SignerError
from signer_app.core.json_types import JsonObject
from signer_app.core.resources import program_root
from signer_app.practice.stopping import ENDS_WITH_INPUT

START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 20


def program() -> list[str]:
    """How to start this very program again, from source and frozen."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "signer_app"]


class Serving:
    """A command that serves until it is told to end. ``ready`` is the object that it printed first."""

    def __init__(self, *arguments: str) -> None:
        """Start it and wait until it is ready. SignerError SIGNER_UNAVAILABLE, with its own words."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program, arguments as a list
            [*program(), "--json", *arguments],
            stdin=subprocess.PIPE,  # our end closes with us, however we end
            stdout=subprocess.PIPE,
            env=_environment(),
            # Ctrl+C at a terminal is for the program in front; it ends its children itself.
            start_new_session=True,
        )
        try:
            self.ready = _first_object(self._process)
        except BaseException:
            self.stop()
            raise

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def stop(self) -> None:
        """Ask it to end, and make it end. A second call does nothing."""
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def serving(*arguments: str) -> Iterator[JsonObject]:
    """Run a command that serves; gives the object that it prints when it is ready, and stops it on
    leaving.
    """
    started = Serving(*arguments)
    try:
        yield started.ready
    finally:
        started.stop()


def _environment() -> dict[str, str]:
    """Ours; from source the child finds the same code, wherever it is started."""
    passed = {**os.environ, ENDS_WITH_INPUT: "1"}
    if not getattr(sys, "frozen", False):
        passed["PYTHONPATH"] = os.pathsep.join(
            part for part in (str(program_root()), passed.get("PYTHONPATH", "")) if part
        )
    return passed


def _first_object(process: subprocess.Popen[bytes]) -> JsonObject:
    words = "it said nothing"
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.stdout is not None and time.monotonic() < deadline:
        ready, _, _ = select.select([process.stdout], [], [], 1.0)
        if not ready:
            continue
        line = process.stdout.readline()
        try:
            value = json.loads(line) if line else None
        except json.JSONDecodeError:
            value = None
        if isinstance(value, dict):
            if isinstance(value.get("result"), dict):
                result: JsonObject = value["result"]
                return result
            error = value.get("error")
            words = str(error.get("message")) if isinstance(error, dict) else words
        break
    raise SignerError(f"A practice process did not start: {words}", code="SIGNER_UNAVAILABLE")
