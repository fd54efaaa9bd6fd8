"""USB devices by hidapi. On Linux the hidraw back end is tried first, then libusb; each needs its own udev
rule.

hidapi is not thread-safe: enumerate, open and close belong to one thread, reads and writes of an open device
may come from another (maintainers' rule, libusb/hidapi#45; macOS breaks otherwise). process.py keeps to that.
"""

from __future__ import annotations

import errno
import importlib
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypedDict, cast

from signer_app.core.json_types import JsonObject
from signer_app.signers.hid.bus import Bus, BusError, Report, ReportHandle, Trouble
from signer_app.signers.ledger.report_bus import LedgerReportBus
from signer_app.signers.ledger.wire import REPORT_SIZE

#: Modules of the package hidapi: hidraw speaks to /dev/hidraw*, hid is libusb in its Linux wheels.
_MODULES: Final = ("hidraw", "hid")
#: Reports of these devices are not numbered, which hidapi wants said by a leading zero.
_REPORT_ID: Final = b"\x00"


class _Listed(TypedDict):
    path: bytes
    vendor_id: int
    product_id: int
    interface_number: int
    usage_page: int
    serial_number: str | None
    product_string: str | None


class _RawDevice(Protocol):
    def open_path(self, path: bytes) -> None: ...
    def write(self, data: bytes) -> int: ...
    def read(self, size: int, timeout_ms: int) -> list[int]: ...
    def close(self) -> None: ...


class _Module(Protocol):
    device: Callable[[], _RawDevice]

    def enumerate(self, vendor_id: int) -> list[_Listed]: ...


class UsbHandle:
    """One open HID interface."""

    def __init__(self, device: _RawDevice) -> None:
        self._device = device

    def write(self, report: bytes) -> None:
        try:
            written = self._device.write(_REPORT_ID + report)
        except (OSError, ValueError) as error:  # ValueError: hidapi's "not open"
            raise BusError(Trouble.GONE, "write failed") from error
        if written < 0:
            raise BusError(Trouble.GONE, "write failed")

    def read(self, timeout_ms: int) -> bytes:
        try:
            # hidapi takes 0 for "block for ever".
            return bytes(self._device.read(REPORT_SIZE, max(1, timeout_ms)))
        except (OSError, ValueError) as error:
            raise BusError(Trouble.GONE, "read failed") from error

    def close(self) -> None:
        self._device.close()


class UsbBackend:
    """A ReportBackend over hidapi."""

    def __init__(self, modules: Sequence[str] = _MODULES) -> None:
        self._modules = [found for name in modules if (found := _load(name)) is not None]

    def enumerate(self, vendor_id: int) -> list[Report]:
        """Every interface of that vendor, seen by the first module that sees any."""
        for number, module in enumerate(self._modules):
            found = [
                Report(
                    path=f"{number}:{entry['path'].hex()}",
                    vendor_id=entry["vendor_id"],
                    product_id=entry["product_id"],
                    interface_number=entry["interface_number"],
                    usage_page=entry["usage_page"],
                    serial=entry["serial_number"] or "",
                    product=entry["product_string"] or "",
                )
                for entry in module.enumerate(vendor_id)
            ]
            if found:
                return found
        return []

    def open(self, path: str) -> ReportHandle:
        number, _, raw = path.partition(":")
        device = self._modules[int(number)].device()
        try:
            device.open_path(bytes.fromhex(raw))
        except OSError as error:
            raise BusError(_trouble(error, bytes.fromhex(raw)), "open failed") from error
        return UsbHandle(device)


def _load(name: str) -> _Module | None:
    """The module, or null where this system's wheel does not have it."""
    try:
        return cast(_Module, importlib.import_module(name))
    except ImportError:
        return None


def _trouble(error: OSError, path: bytes) -> Trouble:
    """hidapi says only "open failed"; where the path is a device node, the system says why."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return Trouble.NO_PERMISSION
    if not path.startswith(b"/dev/"):
        return Trouble.IN_USE
    try:
        with open(path, "r+b", buffering=0):
            return Trouble.IN_USE
    except PermissionError:
        return Trouble.NO_PERMISSION
    except OSError:
        return Trouble.GONE


def usb_bus(_options: JsonObject) -> Bus:
    """The factory for USB."""
    return LedgerReportBus(UsbBackend(), "USB")
