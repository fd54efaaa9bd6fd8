"""The main loop of a child process: take the pipes, greet, answer until the pipe ends.

Nothing here knows what a kind of child does; a kind is a service that answers calls, one by one or several at
once. What goes wrong inside a service is answered as an error of the catalogue; anything unforeseen as the
bare name of its type, because its text could quote a secret.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from signer_app.core.errors import CountersignError, MalformedError, UnforeseenError, UsageError
from signer_app.core.json_types import JsonObject
from signer_app.signers.frames import (
    MAX_SECRET,
    PROTOCOL,
    FrameError,
    PipeClosedError,
    decode,
    encode,
    read_frame,
)
from signer_app.vault.kdf import wipe


class Service(Protocol):
    """What a kind of child does."""

    def answer(self, call: str, params: JsonObject, secret: bytearray | None) -> JsonObject:
        """The result of one call. Raises CountersignError. ``secret`` is wiped after the call."""
        ...


def _keystore() -> Service:
    from signer_app.signers.keystore.process import KeystoreService  # noqa: PLC0415 - only its child needs it

    return KeystoreService()


def _hid() -> Service:
    from signer_app.signers.hid.process import HidService  # noqa: PLC0415 - only its child needs it

    return HidService()


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of child is made. ``at_once``: the most calls that it answers at the same time."""

    make: Callable[[], Service]
    at_once: int = 1


#: The keystore signs one thing after the other. Devices wait for people, so one must not hold up the next.
KINDS: Final[dict[str, Kind]] = {"keystore": Kind(_keystore), "hid": Kind(_hid, at_once=32)}


def run_child(kind: str) -> int:
    """Serve as a child of ``kind`` on stdin and stdout until the pipe ends. Returns the exit code."""
    found = KINDS.get(kind)
    if found is None:
        sys.stderr.write("There is no child process of this kind.\n")
        return 2
    source, target = _take_pipes()
    service = found.make()
    try:
        _write(target, encode({"hello": PROTOCOL, "kind": kind}))
        desk = _Desk(service, target, found.at_once)
        while desk.serve_one(source):
            pass
    except PipeClosedError:
        return 0
    except (FrameError, MalformedError):
        return 3
    return 0


def _take_pipes() -> tuple[int, int]:
    """Move the protocol away from descriptors 0 and 1, so that nothing else can read or write there."""
    source, target = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, target


class _Desk:
    """Takes requests off the pipe and writes answers to it: in turn, or each in a thread of its own."""

    def __init__(self, service: Service, target: int, at_once: int) -> None:
        self._service = service
        self._target = target
        self._writing = threading.Lock()
        self._places = threading.BoundedSemaphore(at_once) if at_once > 1 else None

    def serve_one(self, source: int) -> bool:
        """Take one request; false at the end of the pipe. Raises FrameError, MalformedError for broken
        ones.
        """
        body = read_frame(source)
        if body is None:
            return False
        request = decode(bytes(body))
        number, call, params = request.get("id"), request.get("call"), request.get("params")
        if not isinstance(number, int) or not isinstance(call, str) or not isinstance(params, dict):
            raise FrameError("not a request")
        secret = read_frame(source, limit=MAX_SECRET) if request.get("secret") is True else None
        if self._places is None:
            self._reply(number, call, params, secret)
            return True
        self._places.acquire()
        arguments = (number, call, params, secret)
        threading.Thread(target=self._reply_in_thread, args=arguments, name=call, daemon=True).start()
        return True

    def _reply_in_thread(self, number: int, call: str, params: JsonObject, secret: bytearray | None) -> None:
        try:
            self._reply(number, call, params, secret)
        except PipeClosedError:
            os._exit(0)  # the parent is gone, and other threads may be waiting for people
        finally:
            if self._places is not None:
                self._places.release()

    def _reply(self, number: int, call: str, params: JsonObject, secret: bytearray | None) -> None:
        try:
            answer = _answer(self._service, call, params, secret)
        finally:
            if secret is not None:
                wipe(secret)
        with self._writing:
            _write(self._target, encode({"id": number, **answer}))


def _answer(service: Service, call: str, params: JsonObject, secret: bytearray | None) -> JsonObject:
    try:
        return {"result": service.answer(call, params, secret)}
    except CountersignError as error:
        failure = error
    except Exception as error:  # noqa: BLE001 - the root of this process: it must answer and must not quote
        failure = UnforeseenError(
            "The signer met a case that it was not built for.", details={"type": type(error).__name__}
        )
    return {"error": {"code": failure.code, "message": failure.message, "details": failure.details}}


def _write(target: int, frame: bytes) -> None:
    view = memoryview(frame)
    try:
        while view:
            view = view[os.write(target, view) :]
    except OSError as error:
        raise PipeClosedError from error


def text_param(params: JsonObject, name: str) -> str:
    """A parameter that must be a text. Raises UsageError."""
    value = params.get(name)
    if not isinstance(value, str):
        raise UsageError(f"The call lacks the text {name}.")
    return value
