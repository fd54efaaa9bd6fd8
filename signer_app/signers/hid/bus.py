"""The ports of the device process: a bus finds and opens devices, a channel carries one APDU at a time.

Three things stand behind them: USB reports by hidapi, the reports of a practice device, and APDUs over TCP to
an emulator. All calls of a bus are made from one thread (hidapi's rule for enumerate, open and close).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Trouble(StrEnum):
    """Why a device cannot be reached."""

    GONE = "GONE"
    NO_PERMISSION = "NO_PERMISSION"
    IN_USE = "IN_USE"
    BROKEN_FRAME = "BROKEN_FRAME"


class BusError(Exception):
    """A device could not be reached or its reports make no sense. Never leaves the device process."""

    def __init__(self, trouble: Trouble, reason: str = "") -> None:
        super().__init__(reason or trouble.value)
        self.trouble = trouble
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Report:
    """One HID interface as the system lists it. ``path`` is its name until it is replugged."""

    path: str
    vendor_id: int
    product_id: int
    interface_number: int
    usage_page: int
    serial: str
    product: str


class ReportHandle(Protocol):
    """An open HID interface. Every call may raise BusError."""

    def write(self, report: bytes) -> None:
        """Send one report of 64 bytes."""
        ...

    def read(self, timeout_ms: int) -> bytes:
        """The next report of 64 bytes, or b"" when none came within ``timeout_ms``."""
        ...

    def close(self) -> None: ...


class ReportBackend(Protocol):
    """What hidapi gives, and what a practice device gives."""

    def enumerate(self, vendor_id: int) -> list[Report]:
        """All interfaces of that vendor that are plugged in now."""
        ...

    def open(self, path: str) -> ReportHandle:
        """Raises BusError."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A device that a bus sees. ``id`` stays the same while the device changes its app and comes back."""

    id: str
    model: str
    transport: str
    address: str


class Channel(Protocol):
    """An open device. Every call may raise BusError."""

    def send(self, apdu: bytes) -> None:
        """Send one whole APDU."""
        ...

    def receive(self, timeout_ms: int) -> bytes | None:
        """The whole answer with its status word, or null when it did not come within ``timeout_ms``.

        Called again it goes on waiting; nothing of a half answer is lost.
        """
        ...

    def close(self) -> None: ...


class Bus(Protocol):
    """Finds and opens devices of one transport."""

    def enumerate(self) -> list[Found]: ...

    def open(self, found: Found) -> Channel:
        """Raises BusError."""
        ...
