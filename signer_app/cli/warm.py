"""Commands that start at once: one process has loaded the command line and forks for each of them.

Most of what a command takes is loading itself (a second of processor time with its database layer and its
ledger's second reader). Whoever runs many, as the rehearsal does, loads it once. A forked command is a
process of its own, with its own arguments, environment and streams; it shares nothing with the next one but
the code in memory. Only where fork is safe after loading: Linux. Elsewhere each command is started anew.

Between the two sides is one socket. A request is a JSON object {arguments, environment, folder} with four
descriptors: standard input, output and error of the command, and a pipe. On the pipe come two lines: the
command's process id once it runs, and its exit code (negative: the signal that ended it) once it has ended.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Final

from signer_app.chains.xrpl import second_reader
from signer_app.core import failpoints
from signer_app.core.errors import SignerError
from signer_app.core.leaving import leave
from signer_app.practice.processes import program

#: The kind under which the program starts the process (signer_app/__main__.py).
KIND: Final = "commands"
_LARGEST: Final = 200_000
_DESCRIPTORS: Final = 4
#: What commands load by themselves, when they first need it.
_LOADED: Final = (
    "signer_app.chains.xrpl.chain",
    "signer_app.chains.xrpl.client",
    "signer_app.cli.main",
    "signer_app.nodes.pool",
    "signer_app.nodes.readers",
    "signer_app.practice.server",
    "signer_app.vault.passphrase",
    "signer_app.workspace",
    "signer_app.workspace.first_steps",
    # Libraries that load their parts when they first work.
    "encodings.idna",
    "httpcore",
    "sqlalchemy.dialects.sqlite.pysqlcipher",
    "typer._adapters",
    "typer._click.decorators",
)


def is_possible() -> bool:
    """Whether this system can do it."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


# -- the process that forks ---------------------------------------------------------------------------------


def load() -> None:
    """All that commands need, so that none loads anything itself."""
    for name in _LOADED:
        importlib.import_module(name)
    importlib.import_module("signer_app.cli.main").tree()
    second_reader.load()


def serve(run: Callable[[], int], *, load: Callable[[], None] = load) -> int:
    """Fork for each request until the other side closes; in each child ``run`` is the program's entry, with
    whose code it ends. ``load`` is what they share.
    """
    load()
    gc.freeze()  # what is loaded stays shared with the children
    control = socket.socket(fileno=os.dup(0))
    waiting = selectors.DefaultSelector()
    waiting.register(control, selectors.EVENT_READ)
    running: dict[int, tuple[int, int]] = {}
    while True:
        for key, _ in waiting.select():
            if key.fileobj is not control:
                _bury(waiting, key.fd, *running.pop(key.fd))
                continue
            message, descriptors, _, _ = socket.recv_fds(control, _LARGEST, _DESCRIPTORS)
            if not message:
                return 0
            pid = os.fork()
            if pid == 0:
                waiting.close()
                control.close()
                for ended, answers in running.items():
                    os.close(ended)
                    os.close(answers[1])
                _become(json.loads(message), descriptors)
                leave(run())
            for descriptor in descriptors[:3]:
                os.close(descriptor)
            ended = os.pidfd_open(pid)
            running[ended] = (pid, descriptors[3])
            waiting.register(ended, selectors.EVENT_READ)


def _bury(waiting: selectors.BaseSelector, ended: int, pid: int, answers: int) -> None:
    waiting.unregister(ended)
    os.close(ended)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(answers, f"{code}\n".encode())
    os.close(answers)


def _become(request: Mapping[str, object], descriptors: Sequence[int]) -> None:
    """Take the place of a program that was started for this one command."""
    os.setsid()
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
        os.close(descriptor)
    # The objects that were there know what the descriptors were, such as that one can be sought in.
    sys.stdin = open(0, encoding=sys.stdin.encoding, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding=sys.stdout.encoding, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, sys.stderr.encoding, "backslashreplace", closefd=False)  # noqa: SIM115
    environment, arguments = request["environment"], request["arguments"]
    if not isinstance(environment, dict) or not isinstance(arguments, list):
        raise TypeError("a request has the wrong form")
    os.environ.clear()
    os.environ.update(environment)
    failpoints.arm(os.environ.get(failpoints.VARIABLE, ""))
    os.chdir(str(request["folder"]))
    sys.argv = [sys.argv[0], *map(str, arguments)]
    os.write(descriptors[3], f"{os.getpid()}\n".encode())
    os.close(descriptors[3])


# -- who asks for commands ----------------------------------------------------------------------------------


class WarmCommand:
    """A running command, with what subprocess.Popen says of one. Its streams are pipes."""

    def __init__(self, stdout: IO[bytes], stderr: IO[bytes], answers: IO[bytes]) -> None:
        self.stdout, self.stderr, self._answers = stdout, stderr, answers
        self.returncode: int | None = None
        line = answers.readline()
        if not line:
            for stream in (stdout, stderr, answers):
                stream.close()
            raise SignerError("The process that starts commands has ended.", code="SIGNER_DIED")
        self.pid = int(line)

    def poll(self) -> int | None:
        """The exit code, null while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; negative: the signal that ended it. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired([KIND], timeout or 0)
            self.returncode = int(self._answers.readline() or b"-9")
            self._answers.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """A signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it ended since
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """All that it says, and wait for its end; nothing, once that was asked. Raises
        subprocess.TimeoutExpired.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        said: list[bytes] = [b"", b""]

        def read(number: int, stream: IO[bytes]) -> None:
            if not stream.closed:
                said[number] = stream.read()
                stream.close()

        threads = [
            threading.Thread(target=read, args=(number, stream), daemon=True)
            for number, stream in enumerate((self.stdout, self.stderr))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                raise subprocess.TimeoutExpired([KIND], timeout or 0)
        self.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
        return said[0], said[1]


class WarmCommands:
    """Starts the process that forks when it is first needed. Safe from several threads; end it by close()."""

    def __init__(self, server: Sequence[str] | None = None) -> None:
        """``server`` is how that process is started, if not as this program does."""
        self._server = server
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(
        self, arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path,
        stdin: int | None = None,
    ) -> WarmCommand:  # fmt: skip
        """A command as a process of its own, in a session of its own, without input unless ``stdin`` is a
        descriptor to read from. Raises SignerError SIGNER_DIED.
        """
        request = {"arguments": list(arguments), "environment": dict(environment), "folder": str(folder)}
        out, err, answers = os.pipe(), os.pipe(), os.pipe()
        try:
            with self._lock, Path(os.devnull).open("rb") as nothing:
                given = [nothing.fileno() if stdin is None else stdin, out[1], err[1], answers[1]]
                socket.send_fds(self._running(), [json.dumps(request).encode()], given)
        except OSError as error:
            for descriptor in (out[0], err[0], answers[0]):
                os.close(descriptor)
            raise SignerError("The process that starts commands has ended.", code="SIGNER_DIED") from error
        finally:
            for descriptor in (out[1], err[1], answers[1]):
                os.close(descriptor)
        files = [os.fdopen(end[0], "rb") for end in (out, err, answers)]
        return WarmCommand(*files)

    def close(self) -> None:
        """End the process; commands that run go on."""
        with self._lock:
            if self._control is not None and self._process is not None:
                self._control.close()
                self._process.wait()
                self._control = self._process = None

    def _running(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own program, arguments as a list
                    self._server or [*program(), "--child", KIND],
                    stdin=theirs.fileno(), stdout=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
        return self._control


@cache
def commands() -> WarmCommands:
    """Those of this process; they end with it."""
    shared = WarmCommands()
    atexit.register(shared.close)
    return shared


def run(arguments: Sequence[str], *, timeout: float) -> subprocess.CompletedProcess[bytes]:
    """Run one command to its end, without input, here and in this environment. Where commands cannot be
    forked it is started anew. Raises subprocess.TimeoutExpired once it was killed, SignerError SIGNER_DIED.
    """
    if not is_possible():
        return subprocess.run(  # noqa: S603 - our own program, arguments as a list
            [*program(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout,
            check=False,
        )  # fmt: skip
    command = commands().start(arguments, environment=os.environ, folder=Path.cwd())
    try:
        said, told = command.communicate(timeout)
    except subprocess.TimeoutExpired:
        command.kill()
        command.wait()
        raise
    return subprocess.CompletedProcess(list(arguments), command.wait(), said, told)
