"""A bus of practice devices: each sub-folder with an endpoint is a device that runs (``signers.hid.bus``)."""

from __future__ import annotations

import select
import socket
import time
from pathlib import Path

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.devices.endpoint import ask, connect, read_endpoint, read_line, send_line
from signer_app.practice.devices.store import ENDPOINT_FILE
from signer_app.signers.hid.bus import BusError, Report, ReportHandle, Trouble
from signer_app.signers.ledger.wire import REPORT_SIZE


class PracticeBackend:
    """The practice devices whose folders lie in one directory. Belongs to one thread, as hidapi does."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def enumerate(self, vendor_id: int) -> list[Report]:
        """All interfaces of the devices that run and are plugged in."""
        found: list[Report] = []
        for folder in self._folders():
            try:
                answer = ask(read_endpoint(folder), {"role": "describe"})
            except BusError:
                continue  # stopped, or killed without taking its endpoint back
            found += _reports(folder.name, answer)
        return [report for report in found if report.vendor_id == vendor_id]

    def _folders(self) -> list[Path]:
        try:
            return sorted(path for path in self._directory.iterdir() if (path / ENDPOINT_FILE).is_file())
        except OSError:
            return []

    def open(self, path: str) -> ReportHandle:
        """Open an interface that ``enumerate`` gave. Raises BusError."""
        name, _, _ = path.rpartition("#")
        # A name of one folder here, and no way out of it.
        if not name or Path(name).name != name or name == "..":
            raise BusError(Trouble.GONE, "no practice device has such a path")
        connection = connect(read_endpoint(self._directory / name))
        try:
            send_line(connection.socket, {"role": "usb", "path": path, "token": connection.token})
            answer = read_line(connection.socket)
            trouble = answer.get("trouble")
            if not answer.get("ok"):
                known = {member.value: member for member in Trouble}
                raise BusError(known.get(str(trouble), Trouble.GONE), "the practice device says so")
        except BaseException:
            connection.socket.close()
            raise
        return _Handle(connection.socket)


class _Handle:
    """An open interface (``signers.hid.bus.ReportHandle``)."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = bytearray()

    def write(self, report: bytes) -> None:
        """Send one report of 64 bytes."""
        if len(report) != REPORT_SIZE:
            raise BusError(Trouble.BROKEN_FRAME, f"a report has {REPORT_SIZE} bytes, not {len(report)}")
        try:
            self._socket.sendall(report)
        except OSError as error:
            raise BusError(Trouble.GONE, "the practice device is gone") from error

    def read(self, timeout_ms: int) -> bytes:
        """The next report, or b"" when none came in time; what has come of one is kept."""
        deadline = time.monotonic() + timeout_ms / 1000
        while len(self._buffer) < REPORT_SIZE:
            try:
                ready, _, _ = select.select([self._socket], [], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    return b""
                part = self._socket.recv(REPORT_SIZE - len(self._buffer))
            except (OSError, ValueError) as error:
                raise BusError(Trouble.GONE, "the practice device is gone") from error
            if not part:
                raise BusError(Trouble.GONE, "the practice device was unplugged")
            self._buffer += part
        report = bytes(self._buffer)
        self._buffer.clear()
        return report

    def close(self) -> None:
        """Close the handle; a question on the device stays there."""
        self._socket.close()


def _reports(name: str, answer: JsonObject) -> list[Report]:
    interfaces = answer.get("interfaces")
    rows = [row for row in interfaces if isinstance(row, dict)] if isinstance(interfaces, list) else []
    return [
        Report(
            path=_text(row.get("path")),
            vendor_id=_number(row.get("vendor_id")),
            product_id=_number(row.get("product_id")),
            interface_number=_number(row.get("interface_number")),
            usage_page=_number(row.get("usage_page")),
            serial=_text(answer.get("serial")),
            product=_text(row.get("product")),
        )
        for row in rows
        if _text(row.get("path")).startswith(f"{name}#")
    ]


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _number(value: JsonValue) -> int:
    return value if isinstance(value, int) else -1
