"""Each fault of a practice device, and the bus as a client sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import coincurve
import pytest
from device_process import (
    LEDGER,
    PATH,
    DeviceProcess,
    exchange,
    receive,
    send,
    sign,
    sign_apdus,
)
from xrpl.core.binarycodec import encode, encode_for_multisigning

from signer_app.core.errors import UsageError
from signer_app.practice.devices.backend import PracticeBackend
from signer_app.practice.devices.faults import FAULT_NAMES, Faults
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
CONFIG = "e006000000"
CONFIG_ANSWER = "000204019000"
VERSION = "b001000000"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeviceProcess]:
    with DeviceProcess(tmp_path_factory.mktemp("devices"), "nano", "--approve", "auto") as process:
        yield process


@pytest.fixture
def device(process: DeviceProcess) -> Iterator[DeviceProcess]:
    yield process
    # Every test leaves a device that works.
    with process.control() as control:
        for name in FAULT_NAMES:
            control.do("fault", name=name, on=False)
        control.do("plug")
        control.do("mode", mode="auto")
    handle = process.open()
    assert exchange(handle, CONFIG) == CONFIG_ANSWER
    handle.close()


def trouble_of(call: object) -> Trouble:
    with pytest.raises(BusError) as caught:
        call()  # type: ignore[operator]
    return caught.value.trouble


def switch(device: DeviceProcess, name: str, **options: object) -> None:
    with device.control() as control:
        control.do("fault", name=name, on=True, **options)


def test_the_interfaces_of_a_device(device: DeviceProcess) -> None:
    found = device.backend.enumerate(LEDGER)
    assert [(r.interface_number, r.usage_page) for r in found] == [(0, 0xFFA0), (1, 1), (2, 0xF1D0)]
    assert {r.product for r in found} == {"Nano X"}
    assert device.backend.enumerate(0x534C) == []
    for report in found[1:]:
        assert trouble_of(lambda path=report.path: device.backend.open(path)) is Trouble.NO_PERMISSION


@pytest.mark.parametrize(
    "path", ["", "nano", "nano#9.0", "nano#1.x", "../nano#1.0", "..#1.0", "other#1.0", "#1.0"]
)
def test_paths_of_no_interface(device: DeviceProcess, path: str) -> None:
    assert trouble_of(lambda: device.backend.open(path)) is Trouble.GONE


def test_a_folder_without_devices(tmp_path: Path) -> None:
    assert PracticeBackend(tmp_path / "none").enumerate(LEDGER) == []
    stale = tmp_path / "stale"
    stale.mkdir()
    for content in (
        "",
        "[]",
        '{"format":"countersign/practice-device@1","host":"127.0.0.1","port":1,"token":"x"}',
    ):
        (stale / "endpoint.json").write_text(content)
        assert PracticeBackend(tmp_path).enumerate(LEDGER) == []
        assert trouble_of(lambda: PracticeBackend(tmp_path).open("stale#1.0")) is Trouble.GONE


def test_two_readers_steal_each_others_frames(device: DeviceProcess) -> None:
    one, other = device.open(), device.open()
    for _ in range(4):
        send(one, f"e002004015{PATH}")
    # Eight reports come, four on each handle, though one alone has asked.
    counts = []
    for handle in (one, other):
        reports = [handle.read(2_000) for _ in range(4)]
        counts.append(len([report for report in reports if report]))
        assert handle.read(30) == b""
        handle.close()
    assert counts == [4, 4]


def test_an_answer_waits_for_the_next_reader(device: DeviceProcess) -> None:
    """Closing the handle ends nothing: the review stays, and its answer is the next reader's."""
    with device.control() as control:
        control.do("mode", mode="manual")
        handle = device.open()
        send(handle, sign_apdus(BLOB)[0])
        device.question()
        handle.close()
        control.do("approve")
        handle = device.open()
        send(handle, CONFIG)
        stale = receive(handle)
        assert stale[0] == 0x30
        assert receive(handle).hex() == CONFIG_ANSWER
    handle.close()


def test_locked(device: DeviceProcess) -> None:
    switch(device, "locked")
    handle = device.open()
    assert exchange(handle, CONFIG) == "5515"
    handle.close()


def test_wrong_app(device: DeviceProcess) -> None:
    switch(device, "wrong_app")
    handle = device.open()
    assert bytes.fromhex(exchange(handle, VERSION))[2:9] == b"Bitcoin"
    assert exchange(handle, CONFIG) == "6e00"
    # It can be left, and the right one opened.
    assert exchange(handle, "b0a7000000") == "9000"
    handle = _again(device, handle)
    assert exchange(handle, "e0d8000003585250") == "9000"
    handle = _again(device, handle)
    assert exchange(handle, CONFIG) == CONFIG_ANSWER
    handle.close()


def _again(device: DeviceProcess, handle: ReportHandle) -> ReportHandle:
    assert trouble_of(lambda: handle.read(5_000)) is Trouble.GONE
    handle.close()
    return device.open()


def test_app_closed(device: DeviceProcess) -> None:
    switch(device, "app_closed")
    handle = device.open()
    assert bytes.fromhex(exchange(handle, VERSION))[2:7] == b"BOLOS"
    assert exchange(handle, CONFIG) == "6e01"
    handle.close()


def test_app_missing(device: DeviceProcess) -> None:
    switch(device, "app_missing")
    switch(device, "app_closed")
    handle = device.open()
    assert exchange(handle, "e0d8000003585250") == "5123"
    handle.close()
    with device.control() as control:
        assert control.refused("open", app="XRP") == "USAGE"


def test_unplugged(device: DeviceProcess) -> None:
    handle = device.open()
    path = device.interface().path
    switch(device, "unplugged")
    assert trouble_of(lambda: handle.read(5_000)) is Trouble.GONE
    assert device.backend.enumerate(LEDGER) == []
    assert trouble_of(lambda: device.backend.open(path)) is Trouble.GONE
    handle.close()
    with device.control() as control:
        assert control.do("screens")["plugged"] is False
        control.do("plug")
    assert device.interface().path != path


def test_a_cable_pulled_while_the_device_is_away_keeps_it_away(tmp_path: Path) -> None:
    with DeviceProcess(tmp_path, "nano", "--replug-ms", "100") as device, device.control() as control:
        control.do("quit")
        control.do("unplug")
        control.do("unplug")
        assert device.wait(lambda screen: not screen["plugged"])["app"] is None
        sleep(0.3)  # nothing can be awaited that must not come
        assert device.backend.enumerate(LEDGER) == []
        control.do("plug")
        assert len(device.backend.enumerate(LEDGER)) == 3


def test_unplugged_while_a_review_stands(device: DeviceProcess) -> None:
    switch(device, "unplugged", when="review")
    handle = device.open()
    assert exchange(handle, CONFIG) == CONFIG_ANSWER
    send(handle, sign_apdus(BLOB)[0])
    assert trouble_of(lambda: handle.read(5_000)) is Trouble.GONE
    handle.close()
    with device.control() as control:
        assert control.do("history")["decisions"][-1]["reason"] == "unplugged"
        assert control.refused("approve") == "CONFLICT"


def test_unplugged_within_an_answer(device: DeviceProcess) -> None:
    handle = device.open()
    switch(device, "unplugged", when="answer")
    send(handle, f"e002004015{PATH}")
    assert handle.read(5_000)[:5] == bytes.fromhex("0101050000")
    assert trouble_of(lambda: handle.read(5_000)) is Trouble.GONE
    handle.close()


def test_slow(device: DeviceProcess) -> None:
    handle = device.open()
    switch(device, "slow", ms=60)
    before = monotonic()
    send(handle, f"e002004015{PATH}")
    assert handle.read(1) == b""
    receive(handle)
    assert monotonic() - before >= 0.12
    handle.close()


def test_reading_goes_on_after_a_timeout(device: DeviceProcess) -> None:
    handle = device.open()
    switch(device, "slow", ms=40)
    send(handle, CONFIG)
    tries = 0
    while not (report := handle.read(5)):
        tries += 1
    assert tries > 0
    assert report[7:11].hex() == "00020401"
    handle.close()


@pytest.mark.parametrize("kind", ["random", "sequence", "channel", "tag"])
def test_garbage(device: DeviceProcess, kind: str) -> None:
    handle = device.open()
    switch(device, "garbage", kind=kind)
    send(handle, CONFIG)
    report = handle.read(5_000)
    assert len(report) == 64
    assert report[:5] != bytes.fromhex("0101050000")
    if kind != "random":
        assert report[7:13].hex() == CONFIG_ANSWER
    handle.close()


def test_late_answer(device: DeviceProcess) -> None:
    handle = device.open()
    switch(device, "late_answer")
    send(handle, f"e002004015{PATH}")
    assert handle.read(50) == b""
    handle.close()
    handle = device.open()
    send(handle, CONFIG)
    assert receive(handle)[0] == 0x21
    assert receive(handle).hex() == CONFIG_ANSWER
    handle.close()


def test_signs_else(device: DeviceProcess) -> None:
    handle = device.open()
    answer = bytes.fromhex(exchange(handle, f"e002004015{PATH}"))
    key, address = coincurve.PublicKey(answer[1:34]), answer[35:-2].decode()
    message = bytes.fromhex(encode_for_multisigning(TX, address))
    honest = bytes.fromhex(sign(handle, BLOB)[:-4])
    switch(device, "signs_else")
    other = sign(handle, BLOB)
    handle.close()
    assert other.endswith("9000")
    assert key.verify(honest, message, hasher=half_sha512)
    assert not key.verify(bytes.fromhex(other[:-4]), message, hasher=half_sha512)


def half_sha512(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha512(data).digest()[:32]


def test_refuses(device: DeviceProcess) -> None:
    switch(device, "refuses")
    handle = device.open()
    assert sign(handle, BLOB) == "6985"
    handle.close()
    with device.control() as control:
        decision = control.do("history")["decisions"][-1]
    assert (decision["decision"], decision["by"]) == ("rejected", "fault")


def test_hang(device: DeviceProcess) -> None:
    switch(device, "hang")
    handle = device.open()
    send(handle, CONFIG)
    assert handle.read(50) == b""
    with device.control() as control:
        assert control.do("history")["exchanges"][-1]["answer"] is None
    handle.close()


@pytest.mark.parametrize("name", ["in_use", "no_permission"])
def test_cannot_be_opened(device: DeviceProcess, name: str) -> None:
    switch(device, name)
    assert trouble_of(device.open) == Trouble(name.upper())
    assert len(device.backend.enumerate(LEDGER)) == 3


def test_short_answer(device: DeviceProcess) -> None:
    handle = device.open()
    whole = sign(handle, BLOB)
    switch(device, "short_answer")
    answer = sign(handle, BLOB)
    assert answer == whole[: (len(whole) - 4) // 4 * 2] + "9000"
    handle.close()


def test_a_report_of_another_size_is_not_sent(device: DeviceProcess) -> None:
    handle = device.open()
    assert trouble_of(lambda: handle.write(bytes(65))) is Trouble.BROKEN_FRAME
    handle.close()


def test_every_fault_has_a_test() -> None:
    here = globals()
    opening = {"in_use", "no_permission"}
    assert {name for name in FAULT_NAMES if f"test_{name}" not in here} == opening


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("nonsense", {}),
        ("garbage", {"kind": "nonsense"}),
        ("unplugged", {"when": 3}),
        ("slow", {"ms": 0}),
        ("slow", {"ms": True}),
        ("slow", {"ms": 10**9}),
        ("hang", {"ms": 5}),
    ],
)
def test_unknown_faults_and_options(name: str, options: dict[str, int | str | bool]) -> None:
    with pytest.raises(UsageError):
        Faults().switch(name, is_on=True, options=options)


def test_faults_at_the_start(tmp_path: Path) -> None:
    options = ("--fault", "app_closed", "--fault", "locked", "--model", "nano-s")
    with DeviceProcess(tmp_path, "nano", *options) as device:
        handle = device.open()
        assert exchange(handle, VERSION) == "5515"
        with device.control() as control:
            control.do("unlock")
        assert bytes.fromhex(exchange(handle, VERSION))[2:7] == b"BOLOS"
        assert exchange(handle, CONFIG) == "6d00"
        assert device.interface().product_id >> 8 == 0x10
        handle.close()
        # Without a battery the screen goes dark with the cable, and the app is closed.
        with device.control() as control:
            control.do("open", app="XRP")
            device.wait(lambda screen: bool(screen["plugged"]))
            control.do("unplug")
            assert control.do("screens")["pages"] == [""]
            assert control.refused("press", button="right") == "CONFLICT"
            control.do("plug")
            assert control.do("screens")["pages"] == ["Nano S | Dashboard"]
