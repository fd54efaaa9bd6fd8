"""The host of child processes: starts one, asks it, and gives up on it in time (DESIGN section 3, Processes).

A child is started by exec, never by fork alone, with a minimal environment, no inherited descriptors but
its pipes, and its own session, so that a Ctrl-C at the terminal reaches only this program. A child that is
late, dead or talks nonsense is killed; its host is then done for good and the caller starts another one.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import IO, Final

from signer_app.core.errors import (
    CATALOGUE,
    ConflictError,
    CountersignError,
    IntegrityError,
    MalformedError,
    NotFoundError,
    SignerError,
    UnforeseenError,
    UsageError,
)
from signer_app.core.failpoints import VARIABLE as FAILPOINT_VARIABLE
from signer_app.core.json_types import JsonObject
from signer_app.core.resources import program_root
from signer_app.signers.frames import (
    MAX_SECRET,
    PROTOCOL,
    DeadlineError,
    FrameError,
    PipeClosedError,
    decode,
    encode,
    raw_frame,
    read_frame,
    write_buffers,
)
from signer_app.vault.kdf import wipe

START_TIMEOUT_S: Final = 30.0
CALL_TIMEOUT_S: Final = 30.0
_CLOSE_TIMEOUT_S: Final = 2.0
#: A killed child is gone at once, unless it waits in a driver that does not come back.
_REAP_TIMEOUT_S: Final = 5.0
_STDERR_KEPT: Final = 2000
#: What a child may know of its surroundings. The failpoint variable can only kill it (core/failpoints.py).
_PASSED_VARIABLES: Final = ("SYSTEMROOT", FAILPOINT_VARIABLE)

_FAMILIES: Final[dict[str, type[CountersignError]]] = {
    "usage": UsageError,
    "malformed": MalformedError,
    "signer": SignerError,
    "integrity": IntegrityError,
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "unforeseen": UnforeseenError,
}


def child_command(kind: str) -> list[str]:
    """How a child of this program is started, from source and frozen. Holds no secret."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--child", kind]
    # -P: a signer_app folder in the current directory must not be taken for ours.
    return [sys.executable, "-P", "-s", "-m", "signer_app", "--child", kind]


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_VARIABLES if name in os.environ}
    passed |= {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    if not getattr(sys, "frozen", False):
        passed["PYTHONPATH"] = str(program_root())
    return passed


class _Waiting:
    """One awaited frame: ``done`` is set when ``answer`` is there or the child is gone."""

    __slots__ = ("answer", "done")

    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer: JsonObject | None = None


class ChildHost:
    """One running child. Calls are safe from several threads; the child answers them one by one."""

    def __init__(
        self, kind: str, *, command: list[str] | None = None, start_timeout: float = START_TIMEOUT_S
    ) -> None:
        """Start a child and wait ``start_timeout`` seconds for its greeting.

        ``command`` replaces child_command(kind). Raises SignerError SIGNER_UNAVAILABLE.
        """
        self.kind = kind
        self._ids = itertools.count(1)
        self._write_lock = threading.Lock()
        self._state_lock = threading.Lock()
        self._waiting: dict[int, _Waiting] = {}
        self._greeting = _Waiting()
        self._fault: str | None = None
        self._stderr = b""
        self._process = _start(command or child_command(kind))
        self._reader = threading.Thread(target=self._read_answers, name=f"{kind}-answers", daemon=True)
        self._drain = threading.Thread(target=self._read_stderr, name=f"{kind}-stderr", daemon=True)
        self._reader.start()
        self._drain.start()
        self._await_greeting(start_timeout)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """False once the child died, was killed or closed; it never becomes true again."""
        with self._state_lock:
            return self._fault is None

    def call(
        self,
        name: str,
        params: JsonObject | None = None,
        *,
        secret: bytearray | None = None,
        timeout: float | None = CALL_TIMEOUT_S,
    ) -> JsonObject:
        """Ask the child and wait at most ``timeout`` seconds, writing included. ``secret`` is wiped in any
        case. Without a timeout (a person is asked) the answer may take for ever, but not the writing; whoever
        calls so has to watch by other calls that the child is alive.

        Raises SignerError SIGNER_TIMEOUT (the child is then killed), SIGNER_DIED, SIGNER_PROTOCOL, or the
        error that the child itself answered, of its own family.
        """
        try:
            return self._call(name, params or {}, secret, timeout)
        finally:
            if secret is not None:
                wipe(secret)

    def close(self) -> None:
        """End the child: by the end of its pipe, or by force if it does not take the hint. One that force
        cannot end either is left to the system, so that nobody waits for it. Idempotent.
        """
        self._end("SIGNER_DIED", kill=False)
        if not self._write_lock.acquire(timeout=_CLOSE_TIMEOUT_S):
            self._process.kill()  # somebody is still writing to a child that does not read
            self._write_lock.acquire()
        try:
            _close(self._process.stdin)
        finally:
            self._write_lock.release()
        try:
            self._process.wait(_CLOSE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            try:
                self._process.wait(_REAP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                return  # its pipes stay open for the threads that read them
        self._reader.join()
        self._drain.join()
        _close(self._process.stdout)
        _close(self._process.stderr)

    def __enter__(self) -> ChildHost:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(
        self, name: str, params: JsonObject, secret: bytearray | None, timeout: float | None
    ) -> JsonObject:
        deadline = time.monotonic() + (CALL_TIMEOUT_S if timeout is None else timeout)
        if secret is not None and len(secret) > MAX_SECRET:
            raise MalformedError("The secret is too long.", code="TOO_LARGE")
        number = next(self._ids)
        request: JsonObject = {"id": number, "call": name, "params": params, "secret": secret is not None}
        try:
            buffers: list[bytes | bytearray] = [encode(request)]
        except FrameError as error:
            raise MalformedError("The request is too large for the signer.", code="TOO_LARGE") from error
        if secret is not None:
            buffers += raw_frame(secret)
        waiting = _Waiting()
        with self._state_lock:
            if self._fault is not None:
                raise self._dead(self._fault)
            self._waiting[number] = waiting
        self._send(buffers, deadline)
        if not waiting.done.wait(None if timeout is None else max(0.0, deadline - time.monotonic())):
            self._end("SIGNER_TIMEOUT")
        return self._result(waiting)

    def _send(self, buffers: list[bytes | bytearray], deadline: float) -> None:
        if not self._write_lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            self._end("SIGNER_TIMEOUT")
            return
        try:
            write_buffers(_descriptor(self._process.stdin), buffers, deadline)
        except DeadlineError:
            self._end("SIGNER_TIMEOUT")
        except (PipeClosedError, ValueError):  # ValueError: closed by another thread
            self._end("SIGNER_DIED")
        finally:
            self._write_lock.release()

    def _result(self, waiting: _Waiting) -> JsonObject:
        answer = waiting.answer
        if answer is None:
            raise self._dead(self._fault or "SIGNER_DIED")
        if "error" in answer:
            raise self._refusal(answer["error"])
        result = answer.get("result")
        if not isinstance(result, dict):
            self._end("SIGNER_PROTOCOL")
            raise self._dead("SIGNER_PROTOCOL")
        return result

    def _refusal(self, value: object) -> CountersignError:
        """The child's own error, if it is one of the catalogue; else a breach of the protocol."""
        if isinstance(value, dict):
            code, message, details = value.get("code"), value.get("message"), value.get("details", {})
            kind = CATALOGUE.get(code) if isinstance(code, str) else None
            family = None if kind is None else _FAMILIES.get(kind.family)
            if family is not None and isinstance(message, str) and isinstance(details, dict):
                return family(message, code=code, details=details)
        self._end("SIGNER_PROTOCOL")
        return self._dead("SIGNER_PROTOCOL")

    def _dead(self, code: str) -> SignerError:
        return SignerError(CATALOGUE[code].sentence, code=code, details={"signer": self.kind})

    def _end(self, fault: str, *, kill: bool = True) -> None:
        """Nothing more comes from this child: kill it and let everybody who waits know. The first fault
        stays.
        """
        with self._state_lock:
            if self._fault is None:
                self._fault = fault
            waiting = [*self._waiting.values(), self._greeting]
            self._waiting.clear()
        if kill:
            self._process.kill()
        for entry in waiting:
            entry.done.set()

    def _await_greeting(self, timeout: float) -> None:
        arrived = self._greeting.done.wait(timeout)
        greeting = self._greeting.answer
        if greeting == {"hello": PROTOCOL, "kind": self.kind}:
            return
        self._end("SIGNER_UNAVAILABLE")
        self.close()
        # Nothing secret has been sent yet, so the last words of a child that could not start may be shown.
        last_words = self._stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise SignerError(
            "The signer process cannot be started.",
            code="SIGNER_UNAVAILABLE",
            details={"signer": self.kind, "reason": last_words if arrived else "no greeting in time"},
        )

    def _read_answers(self) -> None:
        descriptor = _descriptor(self._process.stdout)
        fault = "SIGNER_DIED"
        try:
            while (body := read_frame(descriptor)) is not None:
                self._deliver(decode(bytes(body)))
        except PipeClosedError:
            pass
        except (FrameError, MalformedError):
            fault = "SIGNER_PROTOCOL"
        self._end(fault)

    def _deliver(self, message: JsonObject) -> None:
        if not self._greeting.done.is_set():
            self._greeting.answer = message
            self._greeting.done.set()
            return
        number = message.get("id")
        with self._state_lock:
            waiting = self._waiting.pop(number, None) if isinstance(number, int) else None
        if waiting is None:
            raise FrameError("an answer that nobody asked for")
        waiting.answer = message
        waiting.done.set()

    def _read_stderr(self) -> None:
        """Keep a child from blocking on a full stderr; only what comes before the greeting is kept."""
        descriptor = _descriptor(self._process.stderr)
        while part := os.read(descriptor, 4096):
            if self._greeting.answer is None:
                self._stderr = (self._stderr + part)[-_STDERR_KEPT:]


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    try:
        process = subprocess.Popen(  # noqa: S603 - our own program, found by sys.executable
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            cwd="/",
            close_fds=True,
            start_new_session=True,
        )
    except OSError as error:
        raise SignerError(
            "The signer process cannot be started.",
            code="SIGNER_UNAVAILABLE",
            details={"reason": os.strerror(error.errno or 0)},
        ) from error
    os.set_blocking(_descriptor(process.stdin), False)
    return process


def _descriptor(pipe: IO[bytes] | None) -> int:
    if pipe is None:  # cannot be: all three are asked for in _start
        raise UnforeseenError("A pipe of the signer process is missing.")
    return pipe.fileno()


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):
            pipe.close()
