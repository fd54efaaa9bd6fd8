"""What the real XRP app answered and showed, from a practice device over real reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from device_process import ADDRESS, Control, DeviceProcess, exchange, receive, send, sign
from xrpl.core.binarycodec import encode, encode_for_multisigning, encode_for_signing
from xrpl.core.keypairs import is_valid_message

VECTORS = Path(__file__).parents[1] / "data" / "vectors"
RECORDED = [
    case
    for case in json.loads((VECTORS / "ledger_recorded.json").read_text())
    if case["app"].startswith("XRP")
]
FROM_JS = [case for case in json.loads((VECTORS / "ledger_js.json").read_text()) if case["app"] == "XRP"]
REJECTED = "rejected by the user"


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeviceProcess]:
    with DeviceProcess(tmp_path_factory.mktemp("devices")) as process:
        yield process


def test_all_kinds_of_recordings_are_there() -> None:
    assert len(RECORDED) == 7
    assert len(FROM_JS) == 2


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["name"])
def test_byte_for_byte(device: DeviceProcess, case: dict[str, Any]) -> None:
    handle = device.open()
    *before, last = case["exchanges"]
    for step in before:
        assert exchange(handle, step["send"]) == step["recv"]
    if case["screens"] is None:
        assert exchange(handle, last["send"]) == last["recv"]
    else:
        send(handle, last["send"])
        device.question()
        with device.control() as control:
            seen = page_through(control, "Reject" if case["name"] == REJECTED else "Sign transaction")
            assert handle.read(50) == b"", "it answers before a person has"
            control.do("press", button="both")
            assert receive(handle).hex() == last["recv"]
            shown = control.do("history")["screens"]
        assert seen == [text for text in case["screens"] if text != "Signing..."]
        assert (shown[-2] == "Signing...") == ("Signing..." in case["screens"])
    handle.close()


def page_through(control: Control, wanted: str) -> list[str]:
    """Press right until the wanted page; the texts of all pages on the way."""
    seen = [control.do("screens")["screen"]["text"]]
    while seen[-1] != wanted:
        seen.append(control.do("press", button="right")["screen"]["text"])
    return seen


def test_the_signatures_are_of_the_bytes_that_the_sdk_signs(device: DeviceProcess) -> None:
    """Recordings apart: another transaction, both ways, verified by the SDK."""
    with device.control() as control:
        control.do("mode", mode="auto")
    handle = device.open()
    key = exchange(handle, "e002004015058000002c80000090800000000000000000000000")[2:68].upper()
    tx = {
        "TransactionType": "Payment",
        "Account": "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
        "Destination": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
        "Amount": {"currency": "USD", "issuer": "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe", "value": "12.5"},
        "Fee": "10",
        "Sequence": 3,
        "Flags": 0x80000000,
    }
    multi = {**tx, "SigningPubKey": ""}
    signature = sign(handle, encode(multi))
    assert signature.endswith("9000")
    message = bytes.fromhex(encode_for_multisigning(multi, ADDRESS))
    assert is_valid_message(message, bytes.fromhex(signature[:-4]), key)
    single = {**tx, "SigningPubKey": key, "Account": ADDRESS}
    signature = sign(handle, encode(single))
    message = bytes.fromhex(encode_for_signing(single))
    assert is_valid_message(message, bytes.fromhex(signature[:-4]), key)
    handle.close()
    with device.control() as control:
        control.do("mode", mode="manual")


def test_requests_of_the_vendors_client(device: DeviceProcess) -> None:
    """The vendor's own tests were recorded with another version and seed; the forms are the same."""
    handle = device.open()
    for case in FROM_JS:
        (step,) = case["exchanges"]
        answer, theirs = exchange(handle, step["send"]), step["recv"]
        assert answer.endswith("9000")
        if case["name"] == "getAppConfiguration":
            assert (len(answer), answer[:2]) == (len(theirs), theirs[:2])
        else:
            assert address_in(theirs) == case["expected"]["object"]["address"]
            assert address_in(answer) == ADDRESS
    handle.close()


def address_in(answer: str) -> str:
    """The address in the answer to get address, by its length bytes."""
    data = bytes.fromhex(answer)
    at = 1 + data[0]
    assert len(data) == at + 1 + data[at] + 2
    return data[at + 1 : at + 1 + data[at]].decode()
