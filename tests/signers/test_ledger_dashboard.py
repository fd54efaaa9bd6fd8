"""What devices answer who asks which app is open, in every form that firmwares have (hardware.md a)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from signer_app.core.errors import SignerError
from signer_app.signers.hid.client import Connected
from signer_app.signers.ledger.dashboard import OpenApp, open_app_of
from signer_app.signers.ledger.desk import SILENT
from signer_app.signers.ledger.device import LedgerDevice
from signer_app.signers.ledger.exchange import Answer, Apdu, parse_answer


class Says:
    """An Exchange that has one answer."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer + b"\x90\x00"

    def ask(self, apdu: Apdu, *, person: bool = False) -> Answer:
        assert (apdu.to_bytes(), person) == (bytes.fromhex("b001000000"), False)
        return parse_answer(self._answer)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (bytes.fromhex("010358525005322e342e310100"), OpenApp("XRP", "2.4.1", b"\0")),
        (b"\x01\x03XRP\x052.4.1\x00", OpenApp("XRP", "2.4.1", b"")),
        (b"\x01\x03XRP\x052.4.1", OpenApp("XRP", "2.4.1", b"")),
        (b"\x01\x03XRP\x0a3.10.0-rc1\x02\x01\x02", OpenApp("XRP", "3.10.0-rc1", b"\x01\x02")),
        (b"\x01\x05BOLOS\x052.2.4\x01\xe6", OpenApp("BOLOS", "2.2.4", b"\xe6")),
        (b"\x01\x05BOLOS\x051.6.1", OpenApp("BOLOS", "1.6.1", b"")),
        (b"\x01\x05OLOS\0\x051.4.2\x01\x00", OpenApp("BOLOS", "1.4.2", b"\0")),
    ],
)
def test_the_open_app_with_flags_and_without(answer: bytes, expected: OpenApp) -> None:
    found = open_app_of(Says(answer))
    assert found == expected
    assert found.is_dashboard == (expected.name == "BOLOS")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x02\x03XRP\x052.4.1\x01\x00",
        b"\x01\x03XR",
        b"\x01\x03XRP\x052.4",
        b"\x01\x03XRP",
        b"\x01\x03XRP\x052.4.1\x02\x00",
        b"\x01\x03X\xffP\x052.4.1\x01\x00",
        b"\x01\x03XRP\x052.4\n1\x01\x00",
    ],
)
def test_what_is_no_answer_to_it_is_refused(answer: bytes) -> None:
    with pytest.raises(SignerError) as caught:
        open_app_of(Says(answer))
    assert caught.value.code == "DEV_PROTOCOL"


# -- dashboards that cannot be told to open an app ----------------------------------------------------------

DASHBOARD = bytes.fromhex("0105424f4c4f5305312e362e31") + b"\x90\x00"
XRP_OPEN = bytes.fromhex("010358525005322e342e3101009000")
AWAY = SignerError("away", code="DEV_DISCONNECTED")


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signer_app.signers.ledger.device._LOOK_EVERY_S", 0.01)


class OldDevice:
    """A device process with one device; ``seen`` are the answers to which app is open, the last for ever."""

    def __init__(self, to_open: str, seen: list[bytes | SignerError]) -> None:
        self._to_open = bytes.fromhex(to_open)
        self._seen = seen
        self.asked_to_open = 0

    def exchange(self, _device: str, apdu: bytes, **_: object) -> bytes:
        if apdu[1] == 0xD8:
            self.asked_to_open += 1
            return self._to_open
        answer = self._seen.pop(0) if len(self._seen) > 1 else self._seen[0]
        if isinstance(answer, SignerError):
            raise answer
        return answer

    def scan(self) -> list[Connected]:
        return [CONNECTED]

    def release(self, _device: str) -> None:
        return None


CONNECTED = Connected("a", "Ledger Nano S", "USB", False)


def device_of(process: OldDevice) -> LedgerDevice:
    anything: Any = process
    return LedgerDevice(anything, CONNECTED)


@pytest.mark.parametrize("to_open", ["6d00", "6d02", "6e00", "6e01", "6511"])
@pytest.mark.parametrize("before", [DASHBOARD, b"\x6e\x01", b"\x65\x11"])
def test_the_person_opens_the_app_and_it_continues(to_open: str, before: bytes) -> None:
    process = OldDevice(to_open, [before, AWAY, b"\x55\x15", XRP_OPEN])
    said: list[str] = []
    app = device_of(process).ready("XRP", replace(SILENT, tell=said.append))
    assert (app.name, process.asked_to_open) == ("XRP", 1)
    assert said[-1] == "Open the XRP app on the Ledger Nano S yourself; this continues by itself"


def test_the_person_opens_another_app() -> None:
    process = OldDevice("6d00", [DASHBOARD, b"\x01\x07Stellar\x055.6.0\x01\x00\x90\x00"])
    with pytest.raises(SignerError) as caught:
        device_of(process).ready("XRP", SILENT)
    assert caught.value.code == "DEV_WRONG_APP"


@pytest.mark.parametrize("state", [DASHBOARD, b"\x65\x11"])
def test_nobody_opens_the_app(state: bytes) -> None:
    process = OldDevice("6d00", [state])
    with pytest.raises(SignerError) as caught:
        device_of(process).ready("XRP", replace(SILENT, patience_s=0.5))
    assert caught.value.code == "DEV_APP_CLOSED"


@pytest.mark.parametrize(("to_open", "code"), [("5501", "DEV_REJECTED"), ("5123", "DEV_APP_MISSING")])
def test_a_refusal_to_open_it_ends_it(to_open: str, code: str) -> None:
    with pytest.raises(SignerError) as caught:
        device_of(OldDevice(to_open, [DASHBOARD, XRP_OPEN])).ready("XRP", SILENT)
    assert caught.value.code == code
