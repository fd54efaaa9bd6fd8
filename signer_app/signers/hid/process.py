"""The hid child: the only process that opens devices. It holds no key and understands no transaction.

It carries APDUs: each call has a thread of its own, each device answers one call at a time, and everything
that hidapi wants in one thread (enumerate, open, close) happens in one. What hangs here hangs nobody else:
the parent watches by pings, and ends this process when they stay away.
"""

from __future__ import annotations

import importlib
import queue
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from signer_app.core.errors import CountersignError, SignerError, UsageError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.signers.child import text_param
from signer_app.signers.hid.bus import Bus, BusError, Channel, Found, Trouble

_T = TypeVar("_T")

#: How often a waiting exchange looks whether it was cancelled.
SLICE_MS: Final = 250
#: After questions that were given up: how long nothing must come, and how many late answers are thrown away.
SETTLE_MS: Final = 300
MOST_LATE: Final = 16
#: Devices are not enumerated more often than this, because that disturbs some of them.
SCAN_EVERY_S: Final = 1.0
#: An APDU is at most 5 bytes of head and 255 of data.
MAX_APDU: Final = 260
_FACTORY: Final = re.compile(r"(signer_app(?:\.[a-z_][a-z0-9_]*)+):([a-z_][a-z0-9_]*)")

_CODES: Final = {
    Trouble.GONE: "DEV_DISCONNECTED",
    Trouble.NO_PERMISSION: "DEV_NO_PERMISSION",
    Trouble.IN_USE: "DEV_IN_USE",
    Trouble.BROKEN_FRAME: "DEV_PROTOCOL",
}


class _OneThread:
    """Runs functions in one thread, in turn. A daemon: a call that hangs in it does not keep the process."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="hid", daemon=True).start()

    def run(self, job: Callable[[], _T]) -> _T:
        """The job's result, or what it raised."""
        done = threading.Event()
        results: list[_T] = []
        failures: list[BaseException] = []

        def work() -> None:
            try:
                results.append(job())
            except BaseException as error:  # noqa: BLE001 - the root of this thread: whoever waits gets it
                failures.append(error)
            done.set()

        self._jobs.put(work)
        done.wait()
        if failures:
            raise failures[0]
        return results[0]

    def _work(self) -> None:
        while True:
            self._jobs.get()()


@dataclass(slots=True)
class _Device:
    """One device and its open channel. ``busy`` is held during an exchange.

    Exchanges have rising numbers; those up to ``cancelled`` are not wanted any more, begun or not.
    """

    bus: Bus
    found: Found
    channel: Channel | None = None
    busy: threading.Lock = field(default_factory=threading.Lock)
    cancelled: int = 0
    #: Answers to questions that were given up may still come.
    #: At first too: a process before this one may have died while the device was asked.
    unsettled: bool = True


class HidService:
    """Answers the calls of hid/client.py."""

    def __init__(self) -> None:
        self._hid = _OneThread()
        self._buses: list[Bus] = []
        self._devices: dict[str, _Device] = {}
        self._state = threading.Lock()
        self._scanned_at = float("-inf")
        self._calls: dict[str, Callable[[JsonObject], JsonObject]] = {
            "configure": self._configure,
            "scan": self._scan,
            "exchange": self._exchange,
            "cancel": self._cancel,
            "release": self._release,
            "ping": lambda _params: {},
        }

    def answer(self, call: str, params: JsonObject, secret: bytearray | None) -> JsonObject:
        handler = self._calls.get(call)
        if handler is None or secret is not None:
            raise UsageError(f"The device process has no call {call[:40]!r}.")
        return handler(params)

    def _configure(self, params: JsonObject) -> JsonObject:
        """{buses: [{factory: "module:function", options}]}, once."""
        entries = params.get("buses")
        if self._buses or not isinstance(entries, list):
            raise UsageError("The device process is configured once, with a list of buses.")
        self._buses = [_make_bus(entry) for entry in entries]
        return {}

    def _scan(self, _params: JsonObject) -> JsonObject:
        """{devices: [{id, model, transport, busy}]}"""
        with self._state:
            if self._may_enumerate():
                self._hid.run(self._enumerate)
                self._scanned_at = time.monotonic()
            devices: list[JsonValue] = [
                {
                    "id": device.found.id,
                    "model": device.found.model,
                    "transport": device.found.transport,
                    "busy": device.busy.locked(),
                }
                for device in self._devices.values()
            ]
        return {"devices": devices}

    def _may_enumerate(self) -> bool:
        """Not twice in a second, and not while a device is asked, unless nothing else is known."""
        if time.monotonic() - self._scanned_at < SCAN_EVERY_S:
            return False
        busy = [device.busy.locked() for device in self._devices.values()]
        return not any(busy) or all(busy)

    def _enumerate(self) -> None:
        seen: dict[str, tuple[Bus, Found]] = {}
        for bus in self._buses:
            try:
                seen.update({found.id: (bus, found) for found in bus.enumerate()})
            except (BusError, OSError):
                continue  # this bus has nothing to give now
        for name in [name for name in self._devices if name not in seen]:
            if not self._devices[name].busy.locked():
                self._shut(self._devices.pop(name))
        for name, (bus, found) in seen.items():
            known = self._devices.get(name)
            if known is None:
                self._devices[name] = _Device(bus, found)
            elif known.found != found and not known.busy.locked():
                self._shut(known)  # it came back under another path
                known.found = found

    def _exchange(self, params: JsonObject) -> JsonObject:
        """{device, apdu: hex, timeout_ms: int|null, number} gives {answer: hex with the status word}."""
        device, number = self._device(params), _number(params)
        apdu = _apdu(params)
        timeout = params.get("timeout_ms")
        deadline = time.monotonic() + timeout / 1000 if isinstance(timeout, int) else None
        if not device.busy.acquire(blocking=False):
            raise SignerError("The device is answering another request.", code="DEV_BUSY")
        try:
            return {"answer": self._ask(device, apdu, deadline, number).hex()}
        except BusError as error:
            self._give_up(device)
            if error.trouble is Trouble.GONE:
                self._look_again()
            raise SignerError(
                f"{device.found.model}: {error.reason or error.trouble.value}.", code=_CODES[error.trouble]
            ) from error
        except CountersignError:
            self._give_up(device)
            raise
        finally:
            device.busy.release()

    def _give_up(self, device: _Device) -> None:
        """Close it; the answer to a question that was open may still come."""
        self._hid.run(lambda: self._shut(device))
        device.unsettled = True

    def _ask(self, device: _Device, apdu: bytes, deadline: float | None, number: int) -> bytes:
        _refuse_cancelled(device, number)
        if device.channel is None:
            device.channel = self._hid.run(lambda: _open(device))
            if device.unsettled:
                _settle(device.channel)
                device.unsettled = False
        channel = device.channel
        channel.send(apdu)
        failpoint("hid.sent")
        while (answer := channel.receive(SLICE_MS)) is None:
            _refuse_cancelled(device, number)
            if deadline is not None and time.monotonic() > deadline:
                raise SignerError(f"{device.found.model} does not answer.", code="DEV_TIMEOUT")
        failpoint("hid.answered")
        return answer

    def _cancel(self, params: JsonObject) -> JsonObject:
        """{device, number}: that exchange ends within a slice, or does not begin if its call comes later.

        What the device shows stays on its screen.
        """
        device, number = self._device(params), _number(params)
        with self._state:
            device.cancelled = max(device.cancelled, number)
        return {}

    def _release(self, params: JsonObject) -> JsonObject:
        """{device}: close it, so that it is opened anew, and let the next scan look again.

        Answers to earlier questions that are still on their way are thrown away before the next one is asked.
        """
        device = self._device(params)
        if not device.busy.acquire(blocking=False):
            raise SignerError("The device is answering another request.", code="DEV_BUSY")
        try:
            self._give_up(device)
        finally:
            device.busy.release()
        self._look_again()
        return {}

    def _look_again(self) -> None:
        """The next scan does not tell what was seen before."""
        with self._state:
            self._scanned_at = float("-inf")

    def _shut(self, device: _Device) -> None:
        """Close a channel; in the hid thread only."""
        channel, device.channel = device.channel, None
        if channel is not None:
            channel.close()

    def _device(self, params: JsonObject) -> _Device:
        name = text_param(params, "device")
        with self._state:
            device = self._devices.get(name)
        if device is None:
            raise SignerError(f"{name[:80]} is not connected.", code="DEV_DISCONNECTED")
        return device


def _settle(channel: Channel) -> None:
    """Read until nothing comes for a while. A device answers one question after the other, so the answer to
    one that was given up comes before those that were asked later, and would be taken for the first of them.
    """
    for _ in range(MOST_LATE):
        if channel.receive(SETTLE_MS) is None:
            return
    raise BusError(Trouble.BROKEN_FRAME, "it does not stop answering")


def _refuse_cancelled(device: _Device, number: int) -> None:
    if number <= device.cancelled:
        raise SignerError("The request was stopped here.", code="DEV_CANCELLED")


def _number(params: JsonObject) -> int:
    number = params.get("number")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise UsageError("An exchange has a number.")
    return number


def _open(device: _Device) -> Channel:
    """Open a device; in the hid thread only. One that came back since the last scan has another path."""
    try:
        return device.bus.open(device.found)
    except BusError as error:
        if error.trouble is not Trouble.GONE:
            raise
        again = [found for found in device.bus.enumerate() if found.id == device.found.id]
        if not again or again[0] == device.found:
            raise
    device.found = again[0]
    return device.bus.open(device.found)


def _make_bus(entry: JsonValue) -> Bus:
    """A bus from the parent's list. Only functions of this program can be named."""
    if not isinstance(entry, dict) or not isinstance(options := entry.get("options"), dict):
        raise UsageError("A bus is {factory, options}.")
    match = _FACTORY.fullmatch(text_param(entry, "factory"))
    if match is None:
        raise UsageError("A bus is made by a function of this program.")
    factory: Callable[[JsonObject], Bus] = getattr(importlib.import_module(match.group(1)), match.group(2))
    return factory(options)


def _apdu(params: JsonObject) -> bytes:
    try:
        apdu = bytes.fromhex(text_param(params, "apdu"))
    except ValueError as error:
        raise UsageError("An APDU is written in hex.") from error
    if not 5 <= len(apdu) <= MAX_APDU:
        raise UsageError("An APDU has 5 to 260 bytes.")
    return apdu
