"""The dashboard, the states of the XRP app, and framing, over real reports."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from device_process import (
    ADDRESS,
    LEDGER,
    PATH,
    DeviceProcess,
    exchange,
    frames,
    receive,
    send,
    sign,
    sign_apdus,
    wait_until,
)
from xrpl.core.binarycodec import encode

from signer_app.signers.hid.bus import BusError, ReportHandle, Trouble

TX = {
    "TransactionType": "Payment",
    "Account": "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
    "Destination": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
    "Amount": "1234567",
    "Fee": "60",
    "Sequence": 77,
    "Flags": 0x80000000,
    "SigningPubKey": "",
}
BLOB = encode(TX)
VERSION = "b001000000"
QUIT = "b0a7000000"
OPEN_XRP = "e0d8000003585250"
CONFIG = "e006000000"
ADDRESS_APDU = f"e002004015{PATH}"


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeviceProcess]:
    with DeviceProcess(tmp_path_factory.mktemp("devices"), "nano", "--approve", "auto") as process:
        yield process


@pytest.fixture
def handle(device: DeviceProcess) -> Iterator[ReportHandle]:
    opened = device.open()
    yield opened
    opened.close()


def test_name_and_version_of_the_app(handle: ReportHandle) -> None:
    assert exchange(handle, VERSION) == "010358525005322e342e3101009000"


@pytest.mark.parametrize(
    ("apdu", "word"),
    [
        ("e002000015" + PATH, "6b00"),  # no curve
        ("e00200c015" + PATH, "6b00"),  # both
        ("e002024015" + PATH, "6b00"),
        ("e002004215" + PATH, "6b00"),
        ("e00200400100", "6a80"),  # no path
        ("e0020040190b" + "80000000" * 6, "6a80"),  # eleven steps
        ("e002004009028000002c80000094", "6a15"),  # another coin
        ("e0020040050180000000", "6a15"),
        ("e00400400100", "6a81"),
        ("e004000015" + PATH, "6b00"),
        ("e00400c015" + PATH, "6b00"),
        ("e004014001ff", "6a80"),  # a later block without a first
        ("e004814001ff", "6a80"),
        ("e099000000", "6d00"),
        ("e0d8000003585250", "6d00"),  # not inside an app
        ("e001000000", "6d00"),
        ("8002000000", "6e00"),
        ("b099000000", "6d00"),
        ("e006", "6700"),
        ("e00600000500", "6700"),
    ],
)
def test_what_is_refused(handle: ReportHandle, apdu: str, word: str) -> None:
    assert exchange(handle, apdu) == word
    assert exchange(handle, CONFIG) == "000204019000"


def test_address_with_chain_code(handle: ReportHandle) -> None:
    plain = exchange(handle, ADDRESS_APDU)
    longer = exchange(handle, f"e002004115{PATH}")
    assert longer[: len(plain) - 4] == plain[:-4]
    assert len(longer) == len(plain) + 64


def test_blocks_of_any_size_give_one_signature(handle: ReportHandle) -> None:
    whole = sign(handle, BLOB)
    assert whole.endswith("9000")
    for size in (1, 21, 40, 150, 254):
        *before, last = sign_apdus(BLOB, size=max(size, 22))
        for apdu in before:
            assert exchange(handle, apdu) == "9000"
        assert exchange(handle, last) == whole


def test_another_instruction_ends_a_transaction(handle: ReportHandle) -> None:
    first, *_, last = sign_apdus(BLOB, size=60)
    assert exchange(handle, first) == "9000"
    assert exchange(handle, CONFIG) == "000204019000"
    assert exchange(handle, last) == "6a80"
    # A first block while more is awaited is refused too, and ends it.
    assert exchange(handle, first) == "9000"
    assert exchange(handle, first) == "6a80"
    assert sign(handle, BLOB).endswith("9000")


def test_too_large(handle: ReportHandle) -> None:
    key = "02" + "11" * 32
    head = encode({**TX, "SigningPubKey": key})

    def of_size(size: int, base: str) -> str:
        """With the prefix of four bytes the transaction has this size: a field of data fills it up."""
        rest = size - 4 - len(base) // 2 - 3
        return base + f"7d{193 + (rest - 193) // 256:02x}{(rest - 193) % 256:02x}" + "AA" * rest

    assert sign(handle, of_size(10_001, head)) == "6700"
    assert sign(handle, of_size(10_000, head)).endswith("9000")
    # The account behind a multi-signature counts.
    assert sign(handle, of_size(10_000, BLOB)) == "6700"
    assert sign(handle, of_size(10_000 - 20, BLOB)).endswith("9000")


def test_the_flag_of_canonical_signatures(handle: ReportHandle) -> None:
    assert sign(handle, encode({**TX, "Flags": 0})) == "6800"
    without = {name: value for name, value in TX.items() if name != "Flags"}
    assert sign(handle, encode(without)).endswith("9000")
    assert sign(handle, encode({**TX, "Amount": {"mpt_issuance_id": "00" * 24, "value": "1"}})) == "680b"


def test_another_coins_path_is_shown_and_then_refused(handle: ReportHandle) -> None:
    assert sign(handle, BLOB, path="038000002c8000009480000000") == "6a15"


def test_showing_the_address(device: DeviceProcess, handle: ReportHandle) -> None:
    with device.control() as control:
        control.do("mode", mode="manual")
        send(handle, f"e002014015{PATH}")
        screen = device.question()
        assert screen["purpose"] == "address"
        assert screen["pages"] == [
            "Verify | address", "Address | ra7Zr8ddy9tB88RaXL8 | B87YkqhEJG2vkAJ", "Approve", "Reject",
        ]  # fmt: skip
        control.do("approve")
        assert receive(handle).hex() == exchange(handle, ADDRESS_APDU)
        send(handle, f"e002014015{PATH}")
        device.question()
        control.do("reject")
        assert receive(handle).hex() == "6985"
        control.do("mode", mode="auto")


def test_signing_while_a_review_stands(device: DeviceProcess, handle: ReportHandle) -> None:
    """The second request is refused and voids the first: its yes leads to no answer."""
    with device.control() as control:
        control.do("mode", mode="manual")
        send(handle, sign_apdus(BLOB)[0])
        device.question()
        assert exchange(handle, sign_apdus(BLOB)[0]) == "6a80"
        control.do("approve")
        assert handle.read(100) == b""
        assert control.do("screens")["pages"] == ["Use wallet to | view accounts", "Version | 2.4.1", "Quit"]
        control.do("mode", mode="auto")
    assert sign(handle, BLOB).endswith("9000")


@pytest.mark.parametrize("p1", ["01", "81", "80"])
def test_nothing_is_added_to_what_a_person_reads(
    device: DeviceProcess, handle: ReportHandle, p1: str
) -> None:
    with device.control() as control:
        control.do("mode", mode="manual")
        send(handle, sign_apdus(BLOB)[0])
        device.question()
        assert exchange(handle, f"e004{p1}4003f103aa") == "6a80"
        control.do("approve")
        control.do("mode", mode="auto")
    assert handle.read(100) == b""


def test_quit_and_open(device: DeviceProcess, handle: ReportHandle) -> None:
    before = device.interface()
    assert before.product_id == 0x4007
    assert exchange(handle, QUIT) == "9000"
    gone(handle)
    handle = device.open()
    there = device.interface()
    assert (there.product_id, there.serial) == (0x4017, before.serial)
    assert there.path != before.path
    with pytest.raises(BusError) as caught:
        device.backend.open(before.path)
    assert caught.value.trouble is Trouble.GONE
    assert exchange(handle, VERSION) == "0105424f4c4f5305322e342e3201019000"
    assert exchange(handle, QUIT) == "9000"  # nothing to quit, so nothing happens
    assert (
        exchange(handle, "e001000000") == "33000004" + "05322e342e32" + "0400000000" + "04322e3631" + "9000"
    )
    assert exchange(handle, ADDRESS_APDU) == "6e01"
    assert exchange(handle, "8001000000") == "6e00"
    assert exchange(handle, "e0d8000000") == "670a"
    assert exchange(handle, "e0d8000003787270") == "5123"
    assert exchange(handle, OPEN_XRP) == "9000"
    gone(handle)
    handle = device.open()
    assert exchange(handle, ADDRESS_APDU)[70:-4] == ADDRESS.encode().hex()
    handle.close()


def gone(handle: ReportHandle) -> None:
    with pytest.raises(BusError) as caught:
        handle.read(5_000)
    assert caught.value.trouble is Trouble.GONE
    handle.close()


def test_opening_an_app_can_be_refused(device: DeviceProcess) -> None:
    with device.control() as control:
        control.do("mode", mode="manual")
        control.do("quit")
        handle = device.open()
        send(handle, OPEN_XRP)
        assert device.question()["pages"] == ["Open app | XRP", "Open", "Cancel"]
        control.do("reject")
        assert receive(handle).hex() == "5501"
        control.do("open", app="XRP")
        control.do("mode", mode="auto")
    gone(handle)
    wait_until(lambda: bool(device.backend.enumerate(LEDGER)))


def test_a_locked_device(device: DeviceProcess) -> None:
    handle = device.open()
    with device.control() as control:
        control.do("lock")
        for apdu in (VERSION, QUIT, ADDRESS_APDU, CONFIG):
            assert exchange(handle, apdu) == "5515"
        assert control.do("screens")["screen"]["title"] == "Locked"
        assert control.refused("press", button="right") == "CONFLICT"
        control.do("unlock")
    assert exchange(handle, CONFIG) == "000204019000"
    handle.close()


def test_a_question_waits_behind_the_lock(device: DeviceProcess) -> None:
    handle = device.open()
    with device.control() as control:
        control.do("mode", mode="manual")
        send(handle, sign_apdus(BLOB)[0])
        device.question()
        control.do("lock")
        assert control.refused("approve") == "CONFLICT"
        control.do("unlock")
        control.do("approve")
        control.do("mode", mode="auto")
    assert receive(handle).hex().endswith("9000")
    handle.close()


class TestFraming:
    """Reports that are not of the channel, tag or order of an exchange."""

    def test_ping_comes_back(self, handle: ReportHandle) -> None:
        ping = bytes.fromhex("010102") + bytes(range(61))
        handle.write(ping)
        assert handle.read(5_000) == ping

    @pytest.mark.parametrize(
        "report",
        [
            frames(bytes.fromhex(CONFIG), channel=0x0102)[0],
            frames(bytes.fromhex(CONFIG), tag=0x06)[0],
            bytes(64),
            b"\xff" * 64,
            bytes.fromhex("0101050000") + bytes(59),  # no length
            bytes.fromhex("0101050000ffff") + bytes(57),  # a length that no APDU has
            bytes.fromhex("0101050001") + bytes(59),  # a second frame without a first
        ],
    )
    def test_no_answer(self, handle: ReportHandle, report: bytes) -> None:
        handle.write(report)
        assert handle.read(30) == b""
        assert exchange(handle, CONFIG) == "000204019000"

    def test_a_frame_out_of_order_ends_the_apdu(self, handle: ReportHandle) -> None:
        first, second, *_ = frames(sign_apdus(BLOB)[0])
        handle.write(first)
        handle.write(second[:3] + b"\0\2" + second[5:])
        handle.write(second)
        assert handle.read(30) == b""
        assert exchange(handle, CONFIG) == "000204019000"

    def test_a_new_first_frame_begins_anew(self, handle: ReportHandle) -> None:
        handle.write(frames(sign_apdus(BLOB)[0])[0])
        assert exchange(handle, CONFIG) == "000204019000"

    def test_the_padding_does_not_matter(self, handle: ReportHandle) -> None:
        (report,) = frames(bytes.fromhex(CONFIG))
        handle.write(report[:12] + b"\xee" * 52)
        assert receive(handle).hex() == "000204019000"
