"""The device's end of the report framing (hardware.md a): APDUs out of reports, reports out of answers.

A frame is ``channel(2) | tag(1)``; under the APDU tag ``sequence(2)`` follows, in the first frame also
``length(2)``, then data, filled up with zeros to 64 bytes. All numbers are big endian.
"""

from __future__ import annotations

from dataclasses import dataclass

from signer_app.signers.ledger.wire import CHANNEL, REPORT_SIZE, TAG_APDU, TAG_PING

_HEAD = CHANNEL.to_bytes(2, "big")
_FIRST_ROOM = REPORT_SIZE - 7
_NEXT_ROOM = REPORT_SIZE - 5
#: The longest APDU: a five-byte head and 255 bytes.
MAX_APDU = 260


@dataclass(frozen=True, slots=True)
class Received:
    """What a report led to: a whole APDU, or a report to send back at once, or neither."""

    apdu: bytes | None = None
    echo: bytes | None = None


_NOTHING = Received()


class Assembler:
    """Puts APDUs together. One for each device, not for each host program: they share the endpoint."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._expected = 0
        self._next = 0

    def reset(self) -> None:
        """Forget a half APDU, as unplugging does."""
        self._data.clear()
        self._expected = self._next = 0

    def feed(self, report: bytes) -> Received:
        """Take one report of 64 bytes. What is no frame of this channel and order is dropped."""
        if len(report) != REPORT_SIZE or report[:2] != _HEAD:
            return _NOTHING
        if report[2] == TAG_PING:
            return Received(echo=report)
        if report[2] != TAG_APDU or not self._append(report) or len(self._data) < self._expected:
            return _NOTHING
        apdu = bytes(self._data[: self._expected])
        self.reset()
        return Received(apdu=apdu)

    def _append(self, report: bytes) -> bool:
        """Add a frame's data; false for one that does not follow, which ends what there was."""
        sequence = int.from_bytes(report[3:5], "big")
        if sequence == 0:
            self.reset()
            self._expected = int.from_bytes(report[5:7], "big")
        if not 0 < self._expected <= MAX_APDU or sequence != self._next:
            self.reset()
            return False
        self._data += report[7:] if sequence == 0 else report[5:]
        self._next = sequence + 1
        return True


def to_reports(answer: bytes) -> list[bytes]:
    """The reports of an answer, status word included."""
    chunks = [answer[:_FIRST_ROOM]]
    chunks += [answer[at : at + _NEXT_ROOM] for at in range(_FIRST_ROOM, len(answer), _NEXT_ROOM)]
    reports = []
    for sequence, chunk in enumerate(chunks):
        head = _HEAD + bytes([TAG_APDU]) + sequence.to_bytes(2, "big")
        if sequence == 0:
            head += len(answer).to_bytes(2, "big")
        reports.append((head + chunk).ljust(REPORT_SIZE, b"\0"))
    return reports
