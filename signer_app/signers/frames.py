"""The pipe protocol between this program and its children.

A frame is a 4-byte big-endian length and that many bytes: one RFC 8785 JSON object, or, right after a
request that announces it in ``secret``, the raw bytes of a secret (so that a passphrase is never made into
JSON, which could not be wiped). A request is {id, call, params, secret}; an answer {id, result} or {id,
error: {code, message, details}}; the child's first frame is {hello, kind}. Every wait has a deadline, since
a stopped child neither reads nor writes.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterable
from typing import Final

from signer_app.core.canonical import Limits, canonical, read_json_object
from signer_app.core.json_types import JsonObject

PROTOCOL: Final = "countersign/child@1"
MAX_FRAME: Final = 4 * 1024 * 1024
MAX_SECRET: Final = 4096
LENGTH_BYTES: Final = 4
_LIMITS: Final = Limits(size=MAX_FRAME, depth=40, values=100_000, string=MAX_FRAME)


class FrameError(Exception):
    """The other side broke the protocol. Carries no content."""


class PipeClosedError(Exception):
    """The other side is gone."""


class DeadlineError(Exception):
    """The other side did not take or give the bytes in time."""


def encode(message: JsonObject) -> bytes:
    """A JSON frame. Raises FrameError if it is too large."""
    body = canonical(message)
    if len(body) > MAX_FRAME:
        raise FrameError("frame too large")
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def decode(body: bytes) -> JsonObject:
    """The JSON object of a frame's body. Raises MalformedError."""
    return read_json_object(body, limits=_LIMITS)


def raw_frame(secret: bytearray) -> list[bytes | bytearray]:
    """A frame of raw bytes as buffers to write, without a copy of the secret."""
    return [len(secret).to_bytes(LENGTH_BYTES, "big"), secret]


def write_buffers(descriptor: int, buffers: Iterable[bytes | bytearray], deadline: float) -> None:
    """Write whole buffers to a non-blocking pipe before ``deadline`` (time.monotonic).

    Raises DeadlineError, PipeClosedError.
    """
    for buffer in buffers:
        done = 0
        with memoryview(buffer) as view:
            while done < len(buffer):
                _wait_writable(descriptor, deadline)
                with view[done:] as rest:
                    done += _write_some(descriptor, rest)


def _write_some(descriptor: int, rest: memoryview) -> int:
    try:
        return os.write(descriptor, rest)
    except BlockingIOError:
        return 0
    except OSError as error:
        raise PipeClosedError from error


def _wait_writable(descriptor: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    poller = select.poll()
    poller.register(descriptor, select.POLLOUT)
    if left <= 0 or not poller.poll(left * 1000):
        raise DeadlineError


def read_frame(descriptor: int, *, limit: int = MAX_FRAME) -> bytearray | None:
    """The next frame's body from a blocking pipe; null at an orderly end. Raises FrameError,
    PipeClosedError.
    """
    head = bytearray(LENGTH_BYTES)
    got = _fill(descriptor, head)
    if got == 0:
        return None
    if got < LENGTH_BYTES:
        raise PipeClosedError
    length = int.from_bytes(head, "big")
    if length > limit:
        raise FrameError("frame too large")
    body = bytearray(length)
    if _fill(descriptor, body) < length:
        raise PipeClosedError
    return body


def _fill(descriptor: int, buffer: bytearray) -> int:
    """Read until the buffer is full or the pipe ends; returns the bytes read."""
    done = 0
    with memoryview(buffer) as view:
        while done < len(buffer):
            try:
                with view[done:] as rest:
                    count = os.readv(descriptor, [rest])
            except OSError as error:
                raise PipeClosedError from error
            if count == 0:
                break
            done += count
    return done
