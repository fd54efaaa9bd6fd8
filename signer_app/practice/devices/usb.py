"""The device's end of the bus: which handles are open, and what goes to them when.

As on Linux several programs can have the device open at once, and each report goes to one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.devices import faults
from signer_app.practice.devices.device import Device
from signer_app.signers.hid.bus import Trouble
from signer_app.signers.ledger.wire import APDU_INTERFACE, APDU_USAGE_PAGE, REPORT_SIZE, VENDOR_ID

#: (usage page, bit of the product id) of the interfaces in their order: APDUs, keyboard, U2F.
_INTERFACES = ((APDU_USAGE_PAGE, 0x01), (0x0001, 0x02), (0xF1D0, 0x04))
#: What the dashboard offers besides: WebUSB, which is no HID interface.
_WEBUSB = 0x10
_WAIT_FOR_READER_S = 1.0
_MAX_UNREAD = 1024 * 1024


class UsbPort:
    """The port of one device (``device.Port``). Belongs to the running event loop."""

    def __init__(self) -> None:
        self.device: Device | None = None
        self._handles: list[asyncio.StreamWriter] = []
        self._turn = 0
        self._ready = asyncio.Event()
        self._waiting: list[Callable[[], None]] = []
        self._timers: set[asyncio.TimerHandle] = set()

    # --- device.Port --------------------------------------------------------------------------------

    def later(self, milliseconds: int, call: Callable[[], None]) -> None:
        """Call after a time."""
        self._after(milliseconds / 1000, call)

    def output(self) -> None:
        """There are reports to send."""
        self._ready.set()

    def after_output(self, call: Callable[[], None]) -> None:
        """Call once everything is sent, or after a second in which nobody reads."""
        self._waiting.append(call)
        self._ready.set()
        self._after(_WAIT_FOR_READER_S, lambda: self._run_waiting(call))

    def gone(self) -> None:
        """Every open handle is dead."""
        handles, self._handles = self._handles, []
        for handle in handles:
            handle.close()

    def _after(self, seconds: float, call: Callable[[], None]) -> None:
        def run() -> None:
            self._timers.discard(timer)
            call()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)

    def _run_waiting(self, call: Callable[[], None]) -> None:
        if call in self._waiting:
            self._waiting.remove(call)
            call()

    # --- the bus ------------------------------------------------------------------------------------

    def describe(self, name: str) -> JsonObject:
        """Shape: {plugged, interfaces: [{path, vendor_id, product_id, interface_number, …}]}.

        ``name`` is put before the paths, which change each time that the device comes back.
        """
        device = self._plugged_device()
        if device is None:
            return {"plugged": False, "interfaces": []}
        extra = _WEBUSB if device.app is None else 0
        bits = sum(bit for _, bit in _INTERFACES) | extra
        interfaces: list[JsonValue] = [
            {
                "path": f"{name}#{device.generation}.{number}",
                "vendor_id": VENDOR_ID,
                "product_id": device.model.product_high << 8 | bits,
                "interface_number": number,
                "usage_page": usage_page,
                "product": device.model.product,
            }
            for number, (usage_page, _) in enumerate(_INTERFACES)
        ]
        return {"plugged": True, "interfaces": interfaces}

    def _plugged_device(self) -> Device | None:
        return self.device if self.device is not None and self.device.plugged else None

    def trouble_of(self, path: str) -> Trouble | None:
        """Why an interface cannot be opened, or null."""
        device = self._plugged_device()
        place, _, number = path.rpartition("#")[2].partition(".")
        if device is None or place != str(device.generation) or not number.isdecimal():
            return Trouble.GONE
        if device.faults.has(faults.NO_PERMISSION) or int(number) != APDU_INTERFACE:
            # The keyboard and the U2F interface belong to the system.
            return Trouble.NO_PERMISSION
        return Trouble.IN_USE if device.faults.has(faults.IN_USE) else None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """An open handle, until either side ends it."""
        device = self._plugged_device()
        if device is None:
            return
        self._handles.append(writer)
        device.opened()
        self._ready.set()
        try:
            while writer in self._handles:
                device.receive(await reader.readexactly(REPORT_SIZE))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if writer in self._handles:
                self._handles.remove(writer)

    async def pump(self) -> None:
        """Send reports as they come, for ever."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            await self._send_all()
            if self.device is not None and not self.device.outbox:
                for call in list(self._waiting):
                    self._run_waiting(call)

    async def _send_all(self) -> None:
        device = self.device
        while device is not None and device.outbox and self._handles:
            if device.faults.has(faults.SLOW):
                await asyncio.sleep(device.faults.slow_ms / 1000)
                if not (device.outbox and self._handles):
                    continue  # unplugged meanwhile
            self._turn += 1
            handle = self._handles[self._turn % len(self._handles)]
            if handle.is_closing() or handle.transport.get_write_buffer_size() > _MAX_UNREAD:
                self._handles.remove(handle)
                handle.close()
                continue
            handle.write(device.outbox.popleft())

    def close(self) -> None:
        """End all handles and timers."""
        self.gone()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        with contextlib.suppress(RuntimeError):
            self._ready.set()
