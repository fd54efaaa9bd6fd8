"""What the real XRP app and the vendor's own client sent and got, replayed to our client over both wires."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ledger_bodies import XRP
from scripted_wire import ScriptedEmulator, ScriptedHandle, framed, reports

from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.errors import SignerError
from signer_app.signers.hid.bus import Channel
from signer_app.signers.hid.tcp import emulator_bus
from signer_app.signers.ledger.exchange import Answer, Apdu, parse_answer
from signer_app.signers.ledger.framing import ReportChannel
from signer_app.signers.ledger.xrp.client import XrpApp

VENDOR = [
    row
    for row in json.loads((Path(__file__).parents[1] / "data" / "vectors" / "ledger_js.json").read_text())
    if row["app"] == "XRP"
]
#: What the recorded status words mean to us.
CODES = {"6985": "DEV_REJECTED", "6f88": "DEV_FAULT"}


class Wire:
    """An Exchange over one open channel. ``asked`` says which requests could wait for a person."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.asked: list[bool] = []

    def ask(self, apdu: Apdu, *, person: bool = False) -> Answer:
        self.asked.append(person)
        self._channel.send(apdu.to_bytes())
        answer = self._channel.receive(10_000)
        assert answer is not None
        return parse_answer(answer)


def answers(row: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(step["recv"]) for step in row["exchanges"]]


def requests(row: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(step["send"]) for step in row["exchanges"]]


@contextmanager
def by_reports(row: dict[str, Any]) -> Iterator[Wire]:
    handle = ScriptedHandle([reports(answer) for answer in answers(row)])
    yield Wire(ReportChannel(handle))
    assert handle.apdus == requests(row)


@contextmanager
def by_tcp(row: dict[str, Any]) -> Iterator[Wire]:
    with ScriptedEmulator([[framed(answer)] for answer in answers(row)]) as emulator:
        bus = emulator_bus({"host": "127.0.0.1", "port": emulator.port})
        channel = bus.open(bus.enumerate()[0])
        yield Wire(channel)
        channel.close()
    assert emulator.apdus == requests(row)


WIRES = pytest.mark.parametrize("wire", [by_reports, by_tcp])


def act(row: dict[str, Any], wire: Wire) -> dict[str, Any]:
    """Do what the recording did; what came out, in its words. Blobs go to sign, the rest by its name."""
    app, path = XrpApp(wire), row["inputs"].get("path")
    if "blob" in row["inputs"]:
        return {"signature": app.sign(path, bytes.fromhex(row["inputs"]["blob"])).lower()}
    if path is not None:
        found = app.address(path)
        assert found.path == path
        return {"public_key": found.public_key.lower(), "address": found.address}
    return {"version": app.version()}


@WIRES
@pytest.mark.parametrize(
    "row", [row for row in XRP if "error" not in row["expected"]], ids=lambda row: row["name"]
)
def test_the_recordings_of_the_real_app(row: dict[str, Any], wire: Any) -> None:
    with wire(row) as channel:
        result = act(row, channel)
    assert result == {name: row["expected"][name] for name in result}
    signs = "blob" in row["inputs"]
    # Only the block that is followed by the review may take as long as a person does.
    assert channel.asked == [False] * (len(row["exchanges"]) - 1) + [signs]


@WIRES
def test_a_refusal_by_the_person(wire: Any) -> None:
    (row,) = [row for row in XRP if row["name"] == "rejected by the user"]
    with wire(row) as channel, pytest.raises(SignerError) as caught:
        act(row, channel)
    assert (caught.value.code, caught.value.details["status_word"]) == ("DEV_REJECTED", "6985")


@WIRES
def test_the_ed25519_key_that_this_build_cannot_give(wire: Any) -> None:
    """Our client never asks for it; the recorded answer is a fault of the device's own."""
    (row,) = [row for row in XRP if "ed25519" in row["name"]]
    secp256k1 = {**row, "exchanges": [{**row["exchanges"][0]}]}
    sent = bytearray.fromhex(secp256k1["exchanges"][0]["send"])
    sent[3] = 0x40
    secp256k1["exchanges"][0]["send"] = sent.hex()
    with wire(secp256k1) as channel, pytest.raises(SignerError) as caught:
        act(secp256k1, channel)
    assert (caught.value.code, caught.value.details["status_word"]) == ("DEV_FAULT", "6F88")


@WIRES
@pytest.mark.parametrize("row", VENDOR, ids=lambda row: row["name"])
def test_the_recordings_of_the_vendors_client(row: dict[str, Any], wire: Any) -> None:
    expected = dict(row["expected"]["object"])
    with wire(row) as channel:
        result = act(row, channel)
    named = {"public_key": "publicKey"}
    assert {named.get(name, name): value for name, value in result.items()} == expected


def test_there_are_vendor_recordings_of_both_kinds() -> None:
    assert {row["name"] for row in VENDOR} == {"getAppConfiguration", "getPublicKey"}


@pytest.mark.parametrize(
    "row", [row for row in XRP if row["name"].startswith("multisign")], ids=lambda row: row["name"]
)
def test_a_recorded_signature_is_a_multi_signature_to_us(row: dict[str, Any]) -> None:
    """The real device signed what our own payload says."""
    (address,) = [row["expected"] for row in XRP if row["name"] == "get address"]
    body, network = row["inputs"]["blob"].upper(), "xrpl:0"
    signer, public = f"{network}:{address['address']}", address["public_key"].upper()
    payload = chain_of(network).signing_payload(network=network, body=body, signer=signer, public_key=public)
    made = Signature(signer, public, row["expected"]["signature"].upper(), payload.scheme)
    assert chain_of(network).verify(network=network, body=body, signature=made)
    other = Signature(f"{network}:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", public, made.signature, made.scheme)
    assert not chain_of(network).verify(network=network, body=body, signature=other)
