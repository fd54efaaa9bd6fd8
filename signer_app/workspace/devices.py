"""The hardware wallets of a workspace's person: which may be opened, what they are doing, and keys to sign
with.

Which key is on which device, whose it is and how cold it is, the policy says; what is plugged in, the device
process. The two meet by public key, never by the order of plugs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from signer_app.core.config import NetworkClass
from signer_app.core.errors import SignerError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.schema import Key
from signer_app.signers.hid.client import BusSpec, Connected, DeviceProcess
from signer_app.signers.keystore.client import Keystore
from signer_app.signers.ledger.desk import Desk, Stage, Step
from signer_app.signers.ledger.device import LedgerDevice
from signer_app.signers.ledger.signer import USUAL_PATHS, LedgerSigner, find_key
from signer_app.signers.ledger.xrp.client import APP, XrpApp
from signer_app.signers.port import DeviceStatus, Signer, SigningKey

#: host:port of an emulator that speaks APDU over TCP.
EMULATOR_VARIABLE: Final = "COUNTERSIGN_APDU_TCP"
#: Practice devices of a workspace: one folder each.
PRACTICE_FOLDER: Final = "devices"
_LOOK_EVERY_S: Final = 0.5
#: Seconds after which a device that is not on the bus counts as unplugged.
_AWAY_S: Final = 15.0
_XRPL: Final = "xrpl"


def device_buses(workspace: Path | None, network_class: NetworkClass | None) -> tuple[BusSpec, ...]:
    """What the device process may open. Practice devices exist in practice workspaces alone.

    UsageError for an emulator's address that is none.
    """
    buses = [BusSpec("signer_app.signers.hid.usb:usb_bus", {})]
    emulator = os.environ.get(EMULATOR_VARIABLE)
    if emulator:
        buses.append(BusSpec("signer_app.signers.hid.tcp:emulator_bus", _address(emulator)))
    if workspace is not None and network_class == "practice":
        folder = str(workspace.resolve() / PRACTICE_FOLDER)
        buses.append(BusSpec("signer_app.practice.device_bus:practice_bus", {"folder": folder}))
    return tuple(buses)


def _address(text: str) -> JsonObject:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit():
        raise UsageError(f"{EMULATOR_VARIABLE} is host:port.")
    return {"host": host, "port": int(port)}


class _Firmwares:
    """Firmwares of connected devices, as their dashboards said. Who opens an app leaves the bus for a moment;
    what is away for longer may be another device when it comes back."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, float]] = {}

    def heard(self, device: LedgerDevice) -> None:
        if device.firmware is not None:
            self._known[device.id] = (device.firmware, time.monotonic())

    def here(self, device_ids: Sequence[str]) -> None:
        """These are connected now."""
        now = time.monotonic()
        for device_id, (version, seen) in list(self._known.items()):
            if device_id in device_ids and now - seen <= _AWAY_S:
                self._known[device_id] = (version, now)
            elif now - seen > _AWAY_S:
                self._known.pop(device_id, None)

    def of(self, device_id: str) -> str | None:
        return self._known.get(device_id, (None, 0.0))[0]


class ConnectedDevices:
    """What is plugged in: needs no vault and no policy."""

    def __init__(self, buses: Sequence[BusSpec], desk: Desk) -> None:
        self._process = DeviceProcess(buses)
        self._firmwares = _Firmwares()
        self.desk = desk
        self.tell = desk.tell

    def close(self) -> None:
        """End the device process, if there is one."""
        self._process.close()

    def all(self) -> list[LedgerDevice]:
        """Every connected device."""
        return [LedgerDevice(self._process, found) for found in self._process.scan()]

    def stop_waiting(self) -> None:
        """End what waits for a device, from another thread: who waits gets DEV_CANCELLED."""
        self._process.cancel_all()

    def wait(self, device_id: str | None = None) -> list[LedgerDevice]:
        """Connected devices, or the one that is named; says what to do and waits while there is none.

        SignerError DEV_NOT_FOUND.
        """
        deadline = time.monotonic() + self.desk.patience_s
        told = False
        while True:
            self.desk.check()
            found = [device for device in self.all() if device_id in (None, device.id)]
            if found:
                return found
            if time.monotonic() > deadline:
                name = "No device" if device_id is None else f"No device {device_id[:80]}"
                raise SignerError(f"{name} is connected.", code="DEV_NOT_FOUND")
            if not told:
                words = "Connect the device and unlock it; this continues by itself"
                self.desk.step(Step(Stage.CONNECTED, "", words, DeviceStatus.DISCONNECTED))
                self.tell(words)
                told = True
            time.sleep(_LOOK_EVERY_S)

    def one(self, device_id: str | None) -> LedgerDevice:
        """The device that is named, or the only one. UsageError where several are there and none is named."""
        found = self.wait(device_id)
        if len(found) > 1:
            names = ", ".join(device.id for device in found)
            raise UsageError(f"Several devices are connected: {names}. Name one with --device.")
        return found[0]

    def firmware(self, device: LedgerDevice) -> str | None:
        """The firmware of a connected device, if its dashboard was met since it was plugged in."""
        self._firmwares.heard(device)
        return self._firmwares.of(device.id)

    def describe(self) -> JsonObject:
        """{devices: [{device, model, transport, state, reason, firmware|null, app|null, app_version|null}]};
        the dashboard is no app."""
        entries: list[JsonValue] = []
        scanned = self._process.scan()
        self._firmwares.here([found.id for found in scanned])
        for found in scanned:
            entries.append({**self._describe(found), "firmware": self._firmwares.of(found.id)})
        return {"devices": entries}

    def _describe(self, found: Connected) -> JsonObject:
        entry: JsonObject = {"device": found.id, "model": found.model, "transport": found.transport}
        with self._process.look(found.id) as free:
            if found.busy or not free:
                reason = "It is asking somebody something."
                return {**entry, "state": "BUSY", "reason": reason, "app": None, "app_version": None}
            device = LedgerDevice(self._process, found)
            probe = device.probe(APP)
        self._firmwares.heard(device)
        shown = probe.app if probe.app is not None and not probe.app.is_dashboard else None
        return {
            **entry,
            "state": probe.state.status.value,
            "reason": probe.state.reason,
            "app": shown.name if shown else None,
            "app_version": shown.version if shown else None,
        }

    def address(self, device_id: str | None, path: str, networks: Sequence[str], *, show: bool) -> JsonObject:
        """Read a key; with ``show`` the person compares its address on the device with ours.

        {device, model, path, public_key, address, accounts, shown}. Raises SignerError DEV_*.
        """
        device = self.one(device_id)
        with device.turn():
            device.ready(APP, self.desk)
            app = XrpApp(device)
            found = app.address(path)
            if show:
                self.tell(f"The {device.model} shows an address now. It must be {found.address}")
                if app.address(path, show=True) != found:
                    raise SignerError("The device showed another address.", code="DEV_PROTOCOL")
        accounts: list[JsonValue] = [f"{network}:{found.address}" for network in networks]
        return {
            "device": device.id,
            "model": device.model,
            "path": path,
            "public_key": found.public_key,
            "address": found.address,
            "accounts": accounts,
            "shown": show,
        }


class Devices:
    """Devices in the light of the policy in force."""

    def __init__(
        self,
        connected: ConnectedDevices,
        *,
        person: str,
        keys: Callable[[], Sequence[Key]],
        keystore: Callable[[], Keystore],
    ) -> None:
        """``keys`` gives the key table of the policy in force; ``keystore`` this person's unlocked keys,
        whose device key receipts what a device signs.
        """
        self.connected = connected
        self._person = person
        self._keys = keys
        self._keystore = keystore

    def close(self) -> None:
        self.connected.close()

    def stop_waiting(self) -> None:
        """End what waits for a device, from another thread: who waits gets DEV_CANCELLED."""
        self.connected.stop_waiting()

    def signing_key(self, device: str, network: str, *, path: str | None = None) -> SigningKey:
        """This person's key on the policy's ``device`` for ``network``; nothing is asked of the device yet.

        SignerError KEY_NOT_FOUND where the policy has none, DEV_UNSUPPORTED for a kind of device that is not
        built yet.
        """
        entry = self._entry(device, network)
        if entry.backend != "ledger":
            raise SignerError(
                f"{device} is a {entry.backend}; only Ledgers can be asked so far.", code="DEV_UNSUPPORTED"
            )
        paths = USUAL_PATHS if path is None else (path,)
        return SigningKey(
            id=entry.id,
            account=entry.signer,
            public_key=entry.public_key.upper(),
            backend=entry.backend,
            device=entry.device,
            asks_person=True,
            connect=lambda: self._connect(entry, paths),
        )

    def _entry(self, device: str, network: str) -> Key:
        mine = [key for key in self._keys() if key.person == self._person and key.purpose == "sign"]
        for key in mine:
            if key.device == device and key.signer.startswith(f"{network}:"):
                return key
        names = sorted({key.device for key in mine if key.backend != "keystore"})
        known = f" The policy knows {', '.join(names)}." if names else ""
        raise SignerError(
            f"The policy gives you no key on a device {device[:64]} for {network}.{known}",
            code="KEY_NOT_FOUND",
        )

    def _connect(self, entry: Key, paths: Sequence[str]) -> Signer:
        """The connected Ledger that holds the key: first where the app is open already."""
        found = self.connected.wait()
        open_first = sorted(found, key=lambda device: device.probe(APP).state.status != DeviceStatus.READY)
        failures: list[SignerError] = []
        for device in open_first:
            self.connected.desk.check()
            self.connected.desk.step(Step(Stage.CONNECTED, device.model, device.transport))
            try:
                signer = self._look(device, entry, paths)
            except SignerError as error:
                self.connected.desk.check()  # a person who stops it does not mean this device alone
                failures.append(error)
                continue
            if signer is not None:
                return signer
        if len(failures) == len(found):
            raise failures[0]
        names = ", ".join(device.id for device in found)
        raise SignerError(
            f"The connected device does not hold {entry.id}, the key of {entry.signer}.",
            code="DEV_WRONG_KEY",
            details={"device": entry.device, "connected": names, "needed": entry.public_key},
        )

    def _look(self, device: LedgerDevice, entry: Key, paths: Sequence[str]) -> LedgerSigner | None:
        return find_key(
            device,
            entry.public_key,
            paths=paths,
            key_id=entry.id,
            witness=self._keystore().witness_transaction,
            desk=self.connected.desk,
        )
