"""Key and device processes that are forked from one which has loaded them, for tests that are about others.

That saves a tenth of a second of processor time each time, and most tests of workspaces, commands and the
window start several. Such a process raises its own fence and has its own pipes, session and end, as one that
was started by exec. That children are started by exec, with what they inherit, load and show of themselves,
is tested where it is real: the rooms and files that conftest.py names, and every command that is a process.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import subprocess
from pathlib import Path
from typing import IO

from signer_app.cli import warm
from signer_app.signers import host

#: The kind of ``remembering.py FOLDER --child KIND`` that forks children.
KIND = "children"


def load() -> None:
    """All that children load."""
    for kind in ("keystore", "hid"):
        importlib.import_module(f"signer_app.signers.{kind}.process")


class ForkedChild:
    """What a host needs of the process that it started."""

    def __init__(self, command: warm.WarmCommand, stdin: IO[bytes]) -> None:
        self.stdin, self.stdout, self.stderr = stdin, command.stdout, command.stderr
        self.pid, self.wait, self.poll = command.pid, command.wait, command.poll

    def kill(self) -> None:
        """Whatever another thread that waits for it reads of its end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class ForkedChildren:
    """Takes the place of host._start; end it by close()."""

    def __init__(self, program: list[str]) -> None:
        """``program`` is how the program is started. Other commands are started by exec as ever."""
        self._program = program
        self._server = warm.WarmCommands([*program, "--child", KIND])
        self.by_exec = host._start
        self.close = self._server.close

    def start(self, command: list[str]) -> subprocess.Popen[bytes] | ForkedChild:
        if command[:-2] != self._program:
            return self.by_exec(command)
        source, target = os.pipe()
        try:
            forked = self._server.start(
                command[-2:], environment=host._environment(), folder=Path("/"), stdin=source
            )
        finally:
            os.close(source)
        os.set_blocking(target, False)
        return ForkedChild(forked, os.fdopen(target, "wb", buffering=0))
