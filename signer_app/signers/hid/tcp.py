"""Emulators that speak APDU over TCP: length(4, big endian) and the APDU; back length, data and status word.

The length of an answer does not count its status word (hardware.md h).
"""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Final

from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonObject
from signer_app.signers.hid.bus import Bus, BusError, Channel, Found, Trouble

CONNECT_TIMEOUT_S: Final = 3.0
_MAX_DATA: Final = 1 << 16
_LENGTH: Final = 4
_STATUS: Final = 2
_MAX_PORT: Final = 65_535


class TcpBus:
    """One emulator at a known address. Opening says whether it is there: to try would disturb who is
    served.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    def enumerate(self) -> list[Found]:
        address = f"{self._host}:{self._port}"
        return [Found(f"emulator:{address}", "Ledger emulator", "emulator", address)]

    def open(self, found: Found) -> Channel:
        try:
            return TcpChannel(socket.create_connection((self._host, self._port), CONNECT_TIMEOUT_S))
        except OSError as error:
            raise BusError(Trouble.GONE, f"{found.address} does not answer") from error


class TcpChannel:
    """A Channel over one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def send(self, apdu: bytes) -> None:
        self._read(0)
        self._buffer = b""  # an answer to an earlier, aborted exchange
        try:
            self._connection.settimeout(CONNECT_TIMEOUT_S)
            self._connection.sendall(len(apdu).to_bytes(_LENGTH, "big") + apdu)
        except OSError as error:
            raise BusError(Trouble.GONE, "the connection broke") from error

    def receive(self, timeout_ms: int) -> bytes | None:
        deadline = time.monotonic() + timeout_ms / 1000
        while (answer := self._whole()) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._read(left)
        return answer

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.close()

    def _whole(self) -> bytes | None:
        if len(self._buffer) < _LENGTH:
            return None
        length = int.from_bytes(self._buffer[:_LENGTH], "big") + _STATUS
        if length > _MAX_DATA:
            raise BusError(Trouble.BROKEN_FRAME, f"an answer of {length} bytes")
        if len(self._buffer) < _LENGTH + length:
            return None
        answer = self._buffer[_LENGTH : _LENGTH + length]
        self._buffer = self._buffer[_LENGTH + length :]
        return answer

    def _read(self, seconds: float) -> None:
        """Take what is there, waiting at most ``seconds`` for the first byte."""
        try:
            self._connection.settimeout(seconds)
            part = self._connection.recv(_MAX_DATA)
        except (TimeoutError, BlockingIOError):
            return
        except OSError as error:
            raise BusError(Trouble.GONE, "the connection broke") from error
        if not part:
            raise BusError(Trouble.GONE, "the other side closed the connection")
        self._buffer += part


def emulator_bus(options: JsonObject) -> Bus:
    """The factory for an emulator; ``options`` is {host, port}. Raises UsageError."""
    host, port = options.get("host"), options.get("port")
    if not isinstance(host, str) or not isinstance(port, int) or not 0 < port <= _MAX_PORT:
        raise UsageError("An emulator's address is host and port.")
    return TcpBus(host, port)
