"""The practice hardware wallets of a practice workspace: started, stopped, watched, their buttons pressed.

Each runs as a process of its own, by the same command that a person would use at a terminal. Whoever started
one ends it.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from signer_app.core.canonical import read_json_object
from signer_app.core.errors import CountersignError, MalformedError, SignerError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.resources import program_root
from signer_app.practice.devices.models import MODELS
from signer_app.practice.devices.remote import DeviceRemote
from signer_app.practice.devices.store import ENDPOINT_FILE
from signer_app.workspace.devices import PRACTICE_FOLDER

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}\Z")
_STOP_S: Final = 10.0
#: Models by their name on the command line, with the words for people.
PRACTICE_MODELS: Final = {name: f"Ledger {model.product}" for name, model in MODELS.items()}


class PracticeDevices:
    """The folder of practice devices of one workspace. Every method blocks; any thread may call it."""

    def __init__(self, workspace: Path) -> None:
        self._home = workspace / PRACTICE_FOLDER
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        self._guard = threading.Lock()
        self._closed = False

    def describe(self) -> list[JsonObject]:
        """[{name, running, ours}], by name. ``ours``: started here, so it can be stopped here."""
        names = (
            {path.name for path in self._home.iterdir() if path.is_dir()} if self._home.is_dir() else set()
        )
        with self._guard:
            ours = {name for name, child in self._started.items() if child.poll() is None}
        return [
            {"name": name, "running": (self._home / name / ENDPOINT_FILE).is_file(), "ours": name in ours}
            for name in sorted(names | ours)
        ]

    def start(self, name: str, model: str | None = None) -> JsonObject:
        """Start a device, a new one where there is none of this name; returns when it listens.

        {model, product, serial, …}. UsageError for a name that is none; SignerError SIGNER_UNAVAILABLE with
        its last words where it did not start.
        """
        if not _NAME.match(name):
            raise UsageError("A device's name is 1 to 32 small letters, digits and hyphens.")
        command = _command(self._home / name, model)
        with self._guard:
            if self._closed:
                raise SignerError("Practice devices are closed.", code="DEV_DISCONNECTED")
            child = subprocess.Popen(  # noqa: S603 - our own program, found by sys.executable
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
                start_new_session=True,
            )
            self._started[name] = child
        line = child.stdout.readline() if child.stdout is not None else b""
        try:
            answer = read_json_object(line)
        except MalformedError:
            answer = {}
        result = answer.get("result")
        if isinstance(result, dict):
            return result
        self._end(name)
        error = answer.get("error")
        words = str(error.get("message")) if isinstance(error, dict) else "it said nothing"
        raise SignerError(f"The practice device did not start: {words}", code="SIGNER_UNAVAILABLE")

    def stop(self, name: str) -> None:
        """End a device that was started here. Another one is left alone."""
        self._end(name)

    def close(self) -> None:
        """End every device that was started here; none can be started afterwards."""
        with self._guard:
            self._closed = True
            names = list(self._started)
        for name in names:
            self._end(name)

    def _end(self, name: str) -> None:
        with self._guard:
            child = self._started.pop(name, None)
        if child is None:
            return
        child.terminate()
        try:
            child.communicate(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()

    def hand(self, name: str) -> PracticeHand:
        """A hand on a running device. SignerError DEV_DISCONNECTED."""
        return PracticeHand(self._home / name)


class PracticeHand:
    """Eyes and hands of a person on one running practice device: two connections, one that only watches."""

    def __init__(self, folder: Path) -> None:
        self._eyes = DeviceRemote(folder)
        try:
            self._fingers = DeviceRemote(folder)
        except CountersignError:
            self._eyes.close()
            raise
        self._turn = threading.Lock()

    def watch(self, show: Callable[[JsonObject], None]) -> None:
        """Call ``show`` with each screen ({plugged, locked, app, purpose, waiting, screen, pages, at}) until
        let_go() or the device's end; then return."""
        with contextlib.suppress(SignerError):
            self._eyes.watch(show)

    def do(self, name: str, **options: JsonValue) -> JsonObject:
        """A command of the device's control connection (docs/practice-devices.md). SignerError."""
        with self._turn:
            return self._fingers.do(name, **options)

    def let_go(self) -> None:
        """End both connections; who watches returns."""
        for remote in (self._eyes, self._fingers):
            remote.hang_up()
            remote.close()


def _command(folder: Path, model: str | None) -> list[str]:
    program = (
        [sys.executable]
        if getattr(sys, "frozen", False)
        else [sys.executable, "-P", "-s", "-m", "signer_app"]
    )
    chosen = [] if model is None else ["--model", model]
    return [*program, "--json", "practice", "device", "--dir", str(folder), *chosen]


def _environment() -> dict[str, str]:
    passed = {**os.environ}
    if not getattr(sys, "frozen", False):
        passed["PYTHONPATH"] = str(program_root())
    return passed
