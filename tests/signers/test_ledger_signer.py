"""A Ledger that locks itself between the comparing and the asking, played from the recordings of the app."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest
from ledger_bodies import KEY, OWN, XRP

from signer_app.core.errors import DeniedError, SignerError
from signer_app.signers.hid.client import Connected
from signer_app.signers.ledger.desk import SILENT, Desk
from signer_app.signers.ledger.device import LedgerDevice
from signer_app.signers.ledger.signer import USUAL_PATHS, find_key
from signer_app.signers.port import SignedTransaction

RECORDED = {row["name"]: row for row in XRP}
PAYMENT = RECORDED["multisign payment"]
XRP_OPEN = bytes.fromhex("010358525005322e342e3101009000")
LOCKED = b"\x55\x15"
SIGNED = bytes.fromhex(PAYMENT["exchanges"][0]["recv"])


class Recorded:
    """A device process whose one device answers as recorded. ``signing``: its answers to signing, in order;
    ``pins``: how often it says that it is locked after such an answer, before somebody enters the PIN.
    """

    def __init__(self, signing: list[bytes], *, pins: int = 0) -> None:
        self._signing = signing
        self._pins = pins
        self._locked = 0
        self.asked = 0

    def exchange(self, _device: str, apdu: bytes, **_: object) -> bytes:
        if apdu[:2] == b"\xe0\x04":
            self.asked += 1
            answer = self._signing.pop(0)
            self._locked = self._pins if answer == LOCKED else 0
            return answer
        if self._locked:
            self._locked -= 1
            return LOCKED
        if apdu[:2] == b"\xe0\x02":
            return bytes.fromhex(RECORDED["get address"]["exchanges"][0]["recv"])
        return XRP_OPEN

    def turn(self, _device: str) -> Any:
        return contextlib.nullcontext()

    def release(self, _device: str) -> None:
        return None


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signer_app.signers.ledger.device._LOOK_EVERY_S", 0.01)


def sign(process: Recorded, desk: Desk = SILENT, confirm: Any = None) -> SignedTransaction:
    anything: Any = process
    device = LedgerDevice(anything, Connected("a", "Ledger Nano X", "USB", False))
    signer = find_key(
        device, KEY, paths=USUAL_PATHS, key_id="k", witness=lambda **_: {"receipt": "of a test"}, desk=desk
    )
    assert signer is not None
    return signer.sign_transaction(
        network="xrpl:1", body=PAYMENT["inputs"]["blob"], signer=f"xrpl:1:{OWN}", key_id="k",
        report_hash="00" * 32, confirm=confirm,
    )  # fmt: skip


def test_locked_while_the_person_compared_it_goes_on_after_the_pin() -> None:
    said: list[str] = []
    confirmed: list[int] = []
    process = Recorded([LOCKED, SIGNED], pins=3)
    signed = sign(process, replace(SILENT, tell=said.append), lambda: confirmed.append(process.asked))
    assert signed.signature.signature.lower() == PAYMENT["expected"]["signature"]
    assert confirmed == [0, 1], "it is judged again before the bytes leave again"
    assert sum("Enter the PIN" in line for line in said) == 1


def test_not_allowed_any_more_after_the_pin() -> None:
    process = Recorded([LOCKED, SIGNED], pins=1)

    def confirm() -> None:
        if process.asked:
            raise DeniedError("not any more")

    with pytest.raises(DeniedError):
        sign(process, confirm=confirm)
    assert process.asked == 1


def test_nobody_enters_the_pin_while_it_should_sign() -> None:
    process = Recorded([LOCKED, SIGNED], pins=1_000_000)
    with pytest.raises(SignerError) as caught:
        sign(process, replace(SILENT, patience_s=0.3))
    assert (caught.value.code, process.asked) == ("DEV_LOCKED", 1)


def test_one_that_locks_itself_again_is_left() -> None:
    process = Recorded([LOCKED, LOCKED, SIGNED])
    with pytest.raises(SignerError) as caught:
        sign(process)
    assert (caught.value.code, process.asked) == ("DEV_LOCKED", 2)


@pytest.mark.parametrize(("word", "code"), [("6982", "DEV_LOCKED"), ("6985", "DEV_REJECTED")])
def test_what_may_be_a_refusal_is_not_asked_again(word: str, code: str) -> None:
    process = Recorded([bytes.fromhex(word), SIGNED])
    with pytest.raises(SignerError) as caught:
        sign(process)
    assert (caught.value.code, process.asked) == (code, 1)
