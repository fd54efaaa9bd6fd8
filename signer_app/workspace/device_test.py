"""Trying a device from the cable to the screen, without anything that could be worth money."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Final

from signer_app.chains.intents import Pay, Terms
from signer_app.chains.registry import CLASS_NETWORKS, chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.errors import SignerError
from signer_app.core.inspection import Slot
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.signers.ledger.device import LedgerDevice
from signer_app.signers.ledger.signer import USUAL_PATHS
from signer_app.signers.ledger.xrp.client import APP, LedgerAddress, XrpApp
from signer_app.workspace.devices import ConnectedDevices

#: An account whose key nobody has (xrpl.org, "Special Addresses": ACCOUNT_ZERO), on a practice network, in a
#: ledger that is long gone: a signature for it can never move anything.
_NOBODY: Final = "rrrrrrrrrrrrrrrrrrrrrhoLvTp"


def try_device(
    devices: ConnectedDevices, device_id: str | None, networks: Sequence[str], known: Collection[str] = ()
) -> JsonObject:
    """{device, model, firmware|null, app, app_version, public_key, signed, steps: [{name, detail}]}; the
    first step that fails is raised as its SignerError.

    ``known``: public keys in upper hex; the first of them that the device holds is the one that is tried.
    ``signed``: whether it signed, which it is asked for in practice alone. ``firmware``: as its dashboard
    said, if it was seen there.
    """
    device = devices.one(device_id)
    with device.turn():
        return {"device": device.id, "model": device.model, **_tried(devices, device, networks, known)}


def _tried(
    devices: ConnectedDevices, device: LedgerDevice, networks: Sequence[str], known: Collection[str]
) -> JsonObject:
    steps: list[JsonValue] = [_step("Connected", f"{device.model} by {device.transport}")]
    app = device.ready(APP, devices.desk)
    steps.append(_step("Unlocked, app open", f"{app.name} {app.version}"))
    xrp = XrpApp(device)
    version = xrp.version()
    if not _names(app.version, version):
        raise SignerError(f"The app says {version} and {app.version} of itself.", code="DEV_PROTOCOL")
    key = _key(xrp, known)
    steps.append(_step("Address", f"{key.address} is that of its key"))
    signed = tuple(networks) == CLASS_NETWORKS["practice"]
    if signed:
        steps.append(_step("Signature", _practice_signature(device, devices, key, networks[0])))
    return {
        "firmware": devices.firmware(device),
        "app": app.name,
        "app_version": app.version,
        "public_key": key.public_key.upper(),
        "signed": signed,
        "steps": steps,
    }


def _key(xrp: XrpApp, known: Collection[str]) -> LedgerAddress:
    """A known key, at one of the usual places; else the first of these."""
    first = xrp.address(USUAL_PATHS[0])
    if not known or first.public_key.upper() in known:
        return first
    others = (xrp.address(path) for path in USUAL_PATHS[1:])
    return next((key for key in others if key.public_key.upper() in known), first)


def _names(text: str, version: str) -> bool:
    """Whether the system's ``text`` is the app's three numbers, with an addition such as -rc1 or without."""
    return text == version or (text.startswith(version) and text[len(version)] in "-+~_ ")


def _step(name: str, detail: str) -> JsonObject:
    return {"name": name, "detail": detail}


def _practice_signature(
    device: LedgerDevice, devices: ConnectedDevices, key: LedgerAddress, network: str
) -> str:
    """Have a worthless transaction signed and verify it over our own bytes."""
    chain = chain_of(network)
    body = chain.compose(
        Pay(to=f"{network}:{key.address}", asset=f"{network}/slip44:144", amount=Decimal("0.000001")),
        network=network,
        account=f"{network}:{_NOBODY}",
        terms=Terms(slot=Slot("sequence", "1"), last_ledger=1, fee_base=10),
    )
    devices.tell(f"The {device.model} shows a worthless test payment of 0.000001 XRP. Approve it there")
    value = XrpApp(device).sign(key.path, bytes.fromhex(body))
    signer = f"{network}:{key.address}"
    payload = chain.signing_payload(network=network, body=body, signer=signer, public_key=key.public_key)
    signature = Signature(signer, key.public_key, value, payload.scheme)
    if not chain.verify(network=network, body=body, signature=signature):
        raise SignerError("The device signed something else.", code="DEV_BAD_SIGNATURE")
    return f"fits our own bytes, digest {payload.digest.hex().upper()[:16]}…"
