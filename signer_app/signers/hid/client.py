"""The parent's side of the device process: typed calls that end in time, and a new process when one hangs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from signer_app.core.errors import SignerError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.signers.host import ChildHost

#: Finding, opening and closing devices; a stopped process is noticed after this long.
SCAN_TIMEOUT_S: Final = 8.0
#: While a person is asked there is no limit for the answer, but the process has to be alive.
PING_EVERY_S: Final = 1.0
PING_TIMEOUT_S: Final = 3.0
#: What the process itself may need beyond the time that the device is given.
_GRACE_S: Final = 3.0
_LOST: Final = frozenset({"SIGNER_TIMEOUT", "SIGNER_DIED", "SIGNER_PROTOCOL"})


@dataclass(frozen=True, slots=True)
class BusSpec:
    """Which bus the device process makes: ``factory`` is "module:function", ``options`` its argument."""

    factory: str
    options: JsonObject

    def to_json(self) -> JsonObject:
        return {"factory": self.factory, "options": self.options}


@dataclass(frozen=True, slots=True)
class Connected:
    """A device that is plugged in. ``id`` stays while it changes its app; ``busy``: it is asked something."""

    id: str
    model: str
    transport: str
    busy: bool


class DeviceProcess:
    """Starts the hid child when it is first needed and again after it was ended. Safe from several
    threads.
    """

    def __init__(self, buses: Sequence[BusSpec]) -> None:
        """``buses`` is the allow-list: nothing else can be opened."""
        self._buses = tuple(buses)
        self._lock = threading.Lock()
        self._host: ChildHost | None = None
        self._closed = False
        self._asked: set[str] = set()
        self._last = 0
        #: The number of each device's last exchange. A cancel names it, so that it cannot meet another one.
        self._numbers: dict[str, int] = {}
        self._turns: dict[str, threading.RLock] = {}

    @property
    def pid(self) -> int | None:
        """The child's process id, null while there is none."""
        with self._lock:
            return self._host.pid if self._host is not None and self._host.alive else None

    def scan(self) -> list[Connected]:
        """Devices that are plugged in now. Raises SignerError SIGNER_UNAVAILABLE, DEV_DISCONNECTED."""
        entries = self._call("scan", {}, timeout=SCAN_TIMEOUT_S).get("devices")
        if not isinstance(entries, list):
            raise _protocol()
        return [_connected(entry) for entry in entries]

    def turn(self, device: str) -> AbstractContextManager[object]:
        """Hold a device while several exchanges belong together. One thread at a time; it may nest."""
        return self._turn(device)

    @contextlib.contextmanager
    def look(self, device: str) -> Iterator[bool]:
        """A turn for who only looks: false at once while another thread holds the device."""
        turn = self._turn(device)
        taken = turn.acquire(blocking=False)
        try:
            yield taken
        finally:
            if taken:
                turn.release()

    def _turn(self, device: str) -> threading.RLock:
        with self._lock:
            return self._turns.setdefault(device, threading.RLock())

    def exchange(self, device: str, apdu: bytes, *, timeout_s: float | None, person: bool = False) -> bytes:
        """One APDU and its answer with the status word. Where a ``person`` is asked, or without
        ``timeout_s``, the process is watched meanwhile: one that is stopped is noticed in seconds.

        Raises SignerError DEV_DISCONNECTED (also where the process hung and was ended), DEV_TIMEOUT,
        DEV_BUSY, DEV_CANCELLED, DEV_IN_USE, DEV_NO_PERMISSION, DEV_PROTOCOL.
        """
        params: JsonObject = {
            "device": device,
            "apdu": apdu.hex(),
            "timeout_ms": None if timeout_s is None else int(timeout_s * 1000),
        }
        limit = None if timeout_s is None else timeout_s + SCAN_TIMEOUT_S + _GRACE_S
        with self._noted(device) as number:
            params["number"] = number
            watched = person or limit is None
            answer = self._call("exchange", params, timeout=limit, watched=watched).get("answer")
        if not isinstance(answer, str):
            raise _protocol()
        try:
            return bytes.fromhex(answer)
        except ValueError as error:
            raise _protocol() from error

    def cancel(self, device: str) -> None:
        """Stop waiting for a device, from another thread or after an interrupt. Never raises for one that
        left."""
        with self._lock:
            number = self._numbers.get(device)
        if number is None:
            return
        with contextlib.suppress(SignerError):
            self._call("cancel", {"device": device, "number": number}, timeout=PING_TIMEOUT_S)

    def cancel_all(self) -> None:
        """Stop waiting for every device that is asked something now. From another thread; never raises."""
        with self._lock:
            asked, running = sorted(self._asked), self._host is not None
        for device in asked if running else ():
            self.cancel(device)

    @contextlib.contextmanager
    def _noted(self, device: str) -> Iterator[int]:
        """Gives the exchange its number."""
        with self._lock:
            self._asked.add(device)
            self._last = number = self._last + 1
            self._numbers[device] = number
        try:
            yield number
        finally:
            with self._lock:
                self._asked.discard(device)

    def release(self, device: str) -> None:
        """Close a device, so that it is opened anew: it changes its app, or somebody else needs it."""
        with contextlib.suppress(SignerError):
            self._call("release", {"device": device}, timeout=SCAN_TIMEOUT_S)

    def close(self) -> None:
        """End the process. Whoever waits gets DEV_DISCONNECTED."""
        with self._lock:
            self._closed = True
            host, self._host = self._host, None
        if host is not None:
            host.close()

    def _call(
        self, name: str, params: JsonObject, *, timeout: float | None, watched: bool = False
    ) -> JsonObject:
        try:
            host = self._running()
            if not watched:
                return host.call(name, params, timeout=timeout)
            with _watched(host):
                return host.call(name, params, timeout=timeout)
        except SignerError as error:
            if error.code in _LOST:
                raise SignerError(
                    "The device process ended and is started again. Nothing was signed.",
                    code="DEV_DISCONNECTED",
                    details={"reason": error.code},
                ) from error
            raise

    def _running(self) -> ChildHost:
        with self._lock:
            if self._closed:
                raise SignerError("Devices are closed.", code="DEV_DISCONNECTED")
            if self._host is not None and self._host.alive:
                return self._host
            if self._host is not None:
                # Aside: what is left of one that was given up must not hold up the other devices.
                threading.Thread(target=self._host.close, name="hid-end", daemon=True).start()
                self._host = None
            self._host = self._start()
            return self._host

    def _start(self) -> ChildHost:
        """A process that knows its buses. Where that fails none is left, which would see no device."""
        host = ChildHost("hid")
        try:
            buses: list[JsonValue] = [bus.to_json() for bus in self._buses]
            host.call("configure", {"buses": buses}, timeout=SCAN_TIMEOUT_S)
            host.call("scan", {}, timeout=SCAN_TIMEOUT_S)  # a device that was known may be named at once
        except BaseException:
            host.close()
            raise
        return host


@contextlib.contextmanager
def _watched(host: ChildHost) -> Iterator[None]:
    """Ping a process while somebody waits in it for a person. One that does not answer is ended by the
    host.
    """
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(PING_EVERY_S):
            try:
                host.call("ping", timeout=PING_TIMEOUT_S)
            except SignerError:
                return

    thread = threading.Thread(target=watch, name="hid-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()


def _connected(entry: JsonValue) -> Connected:
    if isinstance(entry, dict):
        name, model, transport, busy = (entry.get(key) for key in ("id", "model", "transport", "busy"))
        if (
            isinstance(name, str) and isinstance(model, str)
            and isinstance(transport, str) and isinstance(busy, bool)
        ):  # fmt: skip
            return Connected(name, model, transport, busy)
    raise _protocol()


def _protocol() -> SignerError:
    return SignerError("The device process's answer has the wrong form.", code="SIGNER_PROTOCOL")
