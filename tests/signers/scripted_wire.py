"""The other end of a wire: a HID interface and an emulator whose answers a test wrote down.

The framing here is the tests' own, made from the protocol's description (hardware.md a and h), so that the
client's cannot vouch for itself.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterable, Sequence
from types import TracebackType

PING = bytes.fromhex("0101020000")


def reports(data: bytes, *, channel: int = 0x0101, tag: int = 0x05, first: int = 0) -> list[bytes]:
    """The 64-byte reports of an APDU or an answer."""
    rest = len(data).to_bytes(2, "big") + data
    parts = [rest[at : at + 59] for at in range(0, len(rest), 59)]
    head = channel.to_bytes(2, "big") + bytes([tag])
    return [
        (head + number.to_bytes(2, "big") + part).ljust(64, b"\0") for number, part in enumerate(parts, first)
    ]


def joined(written: Sequence[bytes]) -> bytes:
    """The APDU that reports carry; each must be 64 bytes, in order, filled up with zeros."""
    data = b""
    for number, report in enumerate(written):
        assert len(report) == 64
        assert report[:5] == bytes.fromhex("010105") + number.to_bytes(2, "big")
        data += report[5:]
    length = int.from_bytes(data[:2], "big")
    assert not any(data[2 + length :])
    assert len(data) - 59 < 2 + length, "a report more than needed"
    return data[2 : 2 + length]


class ScriptedHandle:
    """A HID interface. ``stale`` lies there before anything is written; then each APDU gets its answer."""

    def __init__(self, answers: Iterable[Sequence[bytes]], *, stale: Sequence[bytes] = ()) -> None:
        self._answers = list(answers)
        self._waiting = list(stale)
        self._written: list[bytes] = []
        self.apdus: list[bytes] = []
        self.timeouts: list[int] = []
        self.closed = False

    def write(self, report: bytes) -> None:
        assert not self._waiting, "old reports are still there"
        self._written.append(report)
        needed = int.from_bytes(self._written[0][5:7], "big") + 2
        if 59 * len(self._written) < needed:
            return
        self.apdus.append(joined(self._written))
        self._written = []
        if self._answers:
            self._waiting += self._answers.pop(0)

    def read(self, timeout_ms: int) -> bytes:
        self.timeouts.append(timeout_ms)
        return self._waiting.pop(0) if self._waiting else b""

    def close(self) -> None:
        self.closed = True

    def later(self, *more: bytes) -> None:
        """Reports that come now."""
        self._waiting += more


class ScriptedEmulator:
    """A TCP server for one connection after the other; ``pieces`` are what it sends for each APDU.

    After the last answer of a connection it closes it if ``hang_up`` is set, else waits for the other side.
    """

    def __init__(self, answers: Sequence[Sequence[bytes]], *, hang_up: bool = False) -> None:
        self._answers = list(answers)
        self._hang_up = hang_up
        self.apdus: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ScriptedEmulator:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A thread in accept does not notice a close; a last connection wakes it.
        self._answers = []
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            pass
        self._server.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                with connection:
                    if not self._answers:
                        return
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._one(connection)

    def _one(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        while head := stream.read(4):
            self.apdus.append(stream.read(int.from_bytes(head, "big")))
            for piece in self._answers.pop(0) if self._answers else ():
                connection.sendall(piece)
            if self._hang_up and not self._answers:
                return


def framed(answer: bytes) -> bytes:
    """An answer as an emulator writes it: its length does not count the status word."""
    return (len(answer) - 2).to_bytes(4, "big") + answer
