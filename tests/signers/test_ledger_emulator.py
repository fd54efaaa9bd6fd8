"""The device suite against an emulator that speaks APDU over TCP: of the real app where one is given.

COUNTERSIGN_APDU_TCP=host:port names the emulator; somebody, or something, approves there. Without it a
stand-in of this module bridges TCP to a practice device, so that nothing is skipped.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_bodies import body
from ledger_devices import Shelf, wait_until

from signer_app.chains.registry import chain_of
from signer_app.core.errors import SignerError
from signer_app.practice.devices.backend import PracticeBackend
from signer_app.signers.hid.client import BusSpec, DeviceProcess
from signer_app.signers.ledger.desk import SILENT
from signer_app.signers.ledger.device import LedgerDevice
from signer_app.signers.ledger.exchange import Apdu, encode_path
from signer_app.signers.ledger.signer import USUAL_PATHS, LedgerSigner, find_key
from signer_app.signers.ledger.status import XRP, status_error
from signer_app.signers.ledger.xrp.client import XrpApp
from signer_app.signers.ledger.xrp.limits import obstacles

#: Read once here, because each test starts without settings from outside.
EMULATOR = os.environ.get("COUNTERSIGN_APDU_TCP", "")
NETWORK = "xrpl:1"
PATH = USUAL_PATHS[0]
BLOCK = 150


class Bridge:
    """An emulator over TCP that is a practice device: length and APDU in, length, data and status out."""

    def __init__(self, backend: PracticeBackend, name: str) -> None:
        (report,) = [
            report
            for report in backend.enumerate(0x2C97)
            if report.path.startswith(f"{name}#") and report.interface_number == 0
        ]
        self._handle = backend.open(report.path)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self._closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            socket.create_connection(self._server.getsockname(), 5).close()
        self._thread.join(10)
        self._server.close()
        self._handle.close()

    def _serve(self) -> None:
        while not self._closing:
            connection, _ = self._server.accept()
            with connection, connection.makefile("rb") as stream:
                while not self._closing and (head := stream.read(4)):
                    answer = self._exchange(stream.read(int.from_bytes(head, "big")))
                    connection.sendall((len(answer) - 2).to_bytes(4, "big") + answer)

    def _exchange(self, apdu: bytes) -> bytes:
        rest = len(apdu).to_bytes(2, "big") + apdu
        for number, at in enumerate(range(0, len(rest), 59)):
            head = bytes.fromhex("010105") + number.to_bytes(2, "big")
            self._handle.write((head + rest[at : at + 59]).ljust(64, b"\0"))
        data = self._handle.read(60_000)[5:]
        length = int.from_bytes(data[:2], "big")
        while len(data) < 2 + length:
            data += self._handle.read(60_000)[5:]
        return data[2 : 2 + length]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if EMULATOR:
        yield EMULATOR
        return
    devices = {"stand-in": {"approve": "auto", "seed_file": "recorded"}}
    home: Path = tmp_path_factory.mktemp("emulator")
    with Shelf(home, devices):
        backend = PracticeBackend(home)
        wait_until(lambda: len(backend.enumerate(0x2C97)) == 3)
        bridge = Bridge(backend, "stand-in")
        yield bridge.address
        bridge.close()


@pytest.fixture(scope="module")
def device(address: str) -> Iterator[LedgerDevice]:
    host, _, port = address.rpartition(":")
    spec = BusSpec("signer_app.signers.hid.tcp:emulator_bus", {"host": host, "port": int(port)})
    process = DeviceProcess([spec])
    (found,) = process.scan()
    yield LedgerDevice(process, found)
    process.close()


def signer_of(device: LedgerDevice, path: str = PATH) -> LedgerSigner:
    key = XrpApp(device).address(path).public_key
    signer = find_key(device, key, paths=USUAL_PATHS, key_id="k", witness=lambda **_: {}, desk=SILENT)
    assert signer is not None
    return signer


def signs(device: LedgerDevice, text: str, path: str = PATH) -> bool:
    """Sign in multi mode for the account of the key; whether it verifies over our own payload."""
    signer = signer_of(device, path)
    account = f"{NETWORK}:{signer.key.addresses['xrpl']}"
    made = signer.sign_transaction(
        network=NETWORK, body=text, signer=account, key_id="k", report_hash="00" * 32
    )
    return chain_of(NETWORK).verify(network=NETWORK, body=text, signature=made.signature)


def refusal(device: LedgerDevice, text: str) -> str:
    """The code that the device's own refusal of these bytes has, past our look at them beforehand."""
    app = XrpApp(device)
    app.version()  # whatever was begun is over
    with pytest.raises(SignerError) as caught:
        app.sign(PATH, bytes.fromhex(text))
    return caught.value.code


def test_version(device: LedgerDevice) -> None:
    app = device.open_app()
    assert app.name == "XRP"
    assert XrpApp(device).version() == app.version
    assert device.known_model is None


def test_addresses(device: LedgerDevice) -> None:
    found = [XrpApp(device).address(path) for path in USUAL_PATHS]
    assert len({key.address for key in found}) == len(USUAL_PATHS)
    assert XrpApp(device).address(PATH, show=True) == found[0]


def test_a_path_of_another_coin_is_refused(device: LedgerDevice) -> None:
    with pytest.raises(SignerError) as caught:
        XrpApp(device).address("44'/60'/0'/0/0")
    assert caught.value.code == "DEV_REFUSED"


@pytest.mark.parametrize("path", USUAL_PATHS[:2])
def test_multi_signing(device: LedgerDevice, path: str) -> None:
    assert signs(device, body(Flags=0x80000000), path)


def test_flags_may_be_absent(device: LedgerDevice) -> None:
    assert signs(device, body())


def test_in_one_block_and_in_many(device: LedgerDevice) -> None:
    """Path and body cut exactly at the block, just under it, and over several."""
    path = len(encode_path(PATH))
    empty = len(bytes.fromhex(body(Memos=[{"Memo": {"MemoData": "AA" * 10}}]))) - 10
    for target in (BLOCK - path, BLOCK - path + 1, 2 * BLOCK - path, 550):
        text = body(Memos=[{"Memo": {"MemoData": "AA" * max(1, target - empty)}}])
        assert signs(device, text)


LIMITS = {
    "flags without the canonical one": body(Flags=0x20000),
    "a field type that it has not": body("NFTokenCancelOffer", NFTokenOffers=["AB" * 32]),
    "nine members": body(
        "SignerListSet", SignerQuorum=2,
        SignerEntries=[
            {"SignerEntry": {"Account": account, "SignerWeight": 1}}
            for account in (
                "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "ra7Zr8ddy9tB88RaXL8B87YkqhEJG2vkAJ",
                "rrrrrrrrrrrrrrrrrrrrrhoLvTp", "rrrrrrrrrrrrrrrrrrrrBZbvji", "rrrrrrrrrrrrrrrrrNAMEtxvNvQ",
                "rrrrrrrrrrrrrrrrrrrn5RM1rHd", "rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH",
                "rLHzPsX6oXkzU2qL12kHCH8G8cnZv1rBJh", "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY",
            )
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_what_we_say_it_refuses_it_refuses(device: LedgerDevice, name: str) -> None:
    text = LIMITS[name]
    known = obstacles(
        text, signer_address=XrpApp(device).address(PATH).address,
        public_key=XrpApp(device).address(PATH).public_key, app_version=device.open_app().version,
    )  # fmt: skip
    assert known
    assert {obstacle.code for obstacle in known} <= {"DEV_UNSUPPORTED", "DEV_TOO_LARGE"}
    assert refusal(device, text) == "DEV_UNSUPPORTED"


def test_the_other_curve_is_refused(device: LedgerDevice) -> None:
    answer = device.ask(Apdu(0xE0, 0x02, 0, 0x80, encode_path(PATH)))
    assert status_error(answer.status, XRP).code == "DEV_FAULT"
