"""APDUs in 64-byte reports (hardware.md a; the transport that Ledger's own libraries speak).

The first report is channel(2) tag(1) sequence(2)=0 length(2) and 57 bytes, the next ones channel tag sequence
and 59 bytes, big endian, padded with zeros; an answer's length counts its two status bytes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from signer_app.signers.hid.bus import BusError, ReportHandle, Trouble
from signer_app.signers.ledger.wire import CHANNEL, REPORT_SIZE, TAG_APDU, TAG_PING

_HEAD: Final = CHANNEL.to_bytes(2, "big") + bytes([TAG_APDU])
_SEQUENCE_END: Final = 5
_LENGTH_END: Final = 7
#: An answer is at most 255 bytes of data (an APDU's Lc) or a little more with extensions, and a status word.
_MAX_ANSWER: Final = 1024
_MIN_ANSWER: Final = 2
#: More left-over reports than one answer can have: the other side does not stop talking.
_MAX_STALE: Final = 64


def split(apdu: bytes) -> Iterator[bytes]:
    """The reports that carry ``apdu``."""
    data = len(apdu).to_bytes(2, "big") + apdu
    sequence = 0
    while data or sequence == 0:
        room = REPORT_SIZE - _SEQUENCE_END
        yield (_HEAD + sequence.to_bytes(2, "big") + data[:room]).ljust(REPORT_SIZE, b"\0")
        data = data[room:]
        sequence += 1


class Assembler:
    """Puts the reports of one answer together."""

    def __init__(self) -> None:
        self._length = 0
        self._data = b""
        self._sequence = 0

    def add(self, report: bytes) -> bytes | None:
        """The whole answer once its last report came. BusError BROKEN_FRAME for what is not its next
        report.
        """
        if len(report) != REPORT_SIZE:
            raise BusError(Trouble.BROKEN_FRAME, f"a report of {len(report)} bytes")
        if report[:2] == _HEAD[:2] and report[2] == TAG_PING:
            return None
        if report[:3] != _HEAD or int.from_bytes(report[3:_SEQUENCE_END], "big") != self._sequence:
            raise BusError(Trouble.BROKEN_FRAME, "a report that is not the next of this answer")
        start = _SEQUENCE_END
        if self._sequence == 0:
            self._length = int.from_bytes(report[_SEQUENCE_END:_LENGTH_END], "big")
            if not _MIN_ANSWER <= self._length <= _MAX_ANSWER:
                raise BusError(Trouble.BROKEN_FRAME, f"an answer of {self._length} bytes")
            start = _LENGTH_END
        self._data += report[start:]
        self._sequence += 1
        return self._data[: self._length] if len(self._data) >= self._length else None


class ReportChannel:
    """A Channel over an open HID interface."""

    def __init__(self, handle: ReportHandle) -> None:
        self._handle = handle
        self._answer = Assembler()

    def send(self, apdu: bytes) -> None:
        """Throw away what an earlier, aborted exchange left behind, then send."""
        for _ in range(_MAX_STALE):
            if not self._handle.read(0):
                break
        else:
            raise BusError(Trouble.BROKEN_FRAME, "the device does not stop answering an earlier request")
        self._answer = Assembler()
        for report in split(apdu):
            self._handle.write(report)

    def receive(self, timeout_ms: int) -> bytes | None:
        deadline = time.monotonic() + timeout_ms / 1000
        while True:
            left = int((deadline - time.monotonic()) * 1000)
            report = self._handle.read(max(1, left)) if left > 0 else b""
            if not report:
                return None
            whole = self._answer.add(report)
            if whole is not None:
                return whole

    def close(self) -> None:
        self._handle.close()
