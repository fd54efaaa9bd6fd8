"""What an app client talks to: one APDU there, one answer back (ISO 7816-4; hardware.md a)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from signer_app.core.errors import SignerError

#: The most data that one APDU holds: Lc is one byte.
MAX_DATA: Final = 255
_STATUS_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class Apdu:
    """A request: class, instruction, two parameters, at most 255 bytes of data."""

    cla: int
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """Without data Lc is still written, as 00."""
        return bytes([self.cla, self.ins, self.p1, self.p2, len(self.data)]) + self.data


@dataclass(frozen=True, slots=True)
class Answer:
    """Data and status word of an answer."""

    data: bytes
    status: int


class Exchange(Protocol):
    """Carries an APDU to a device and its answer back."""

    def ask(self, apdu: Apdu, *, person: bool = False) -> Answer:
        """``person``: somebody has to press a button, so there is no limit of time. Raises SignerError
        DEV_*.
        """
        ...


def parse_answer(raw: bytes) -> Answer:
    """Raises SignerError DEV_PROTOCOL."""
    if len(raw) < _STATUS_BYTES:
        raise garbled()
    return Answer(raw[:-_STATUS_BYTES], int.from_bytes(raw[-_STATUS_BYTES:], "big"))


def encode_path(path: str) -> bytes:
    """A derivation path such as 44'/144'/0'/0/0 as count and big-endian numbers. Raises SignerError
    DEV_REFUSED.
    """
    numbers = []
    for part in path.removeprefix("m/").split("/"):
        digits = part.rstrip("'h")
        if not digits.isascii() or not digits.isdigit() or len(part) - len(digits) > 1 or len(digits) > 10:
            raise SignerError(f"{path[:80]!r} is no derivation path.", code="DEV_REFUSED")
        number = int(digits)
        if number >= 1 << 31:
            raise SignerError(f"{path[:80]!r} is no derivation path.", code="DEV_REFUSED")
        numbers.append(number | (0x8000_0000 if part != digits else 0))
    if len(numbers) > 10:
        raise SignerError("A derivation path has at most ten steps.", code="DEV_REFUSED")
    return bytes([len(numbers)]) + b"".join(number.to_bytes(4, "big") for number in numbers)


class Reader:
    """Reads length-prefixed parts of an answer. Every call may raise SignerError DEV_PROTOCOL."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def take(self, count: int) -> bytes:
        if len(self._data) < count:
            raise garbled()
        part, self._data = self._data[:count], self._data[count:]
        return part

    def counted(self) -> bytes:
        """One byte of length and that many bytes."""
        return self.take(self.take(1)[0])

    def text(self) -> str:
        """A counted ASCII text."""
        try:
            return self.counted().decode("ascii")
        except UnicodeDecodeError as error:
            raise garbled() from error

    @property
    def at_end(self) -> bool:
        """Whether nothing is left; for parts that an answer may lack."""
        return not self._data

    def end(self) -> None:
        if self._data:
            raise garbled()


def garbled() -> SignerError:
    """The answer is of another form than asked: a broken device, or the answer to somebody else's request."""
    return SignerError("The device's answer has the wrong form. Nothing was signed.", code="DEV_PROTOCOL")
