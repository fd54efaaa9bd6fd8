"""A device stays the same over restarts, several live side by side, and nothing hostile ends one."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from device_process import LEDGER, PATH, PHRASE, ROOT, Control, DeviceProcess, exchange, receive, send, sign
from xrpl.core.binarycodec import encode

from signer_app.core.errors import ConflictError, MalformedError, NotFoundError, UsageError
from signer_app.practice.devices.server import Settings, serve_device

ADDRESS_APDU = f"e002004015{PATH}"
CONFIG = "e006000000"
BLOB = encode(
    {
        "TransactionType": "Payment",
        "Account": "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
        "Destination": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
        "Amount": "1234567",
        "Fee": "60",
        "Sequence": 77,
        "Flags": 0x80000000,
        "SigningPubKey": "",
    }
)


def address_of(device: DeviceProcess) -> str:
    handle = device.open()
    answer = exchange(handle, ADDRESS_APDU)
    handle.close()
    return bytes.fromhex(answer)[35:-2].decode()


def test_a_restart_keeps_the_device(tmp_path: Path) -> None:
    device = DeviceProcess(tmp_path, "nano", "--model", "nano-s-plus", phrase=None)
    device.start()
    first, address = device.ready, address_of(device)
    assert device.interface().serial == first["serial"]
    assert device.stop() == 0
    assert not (device.folder / "endpoint.json").exists()
    again = DeviceProcess(tmp_path, "nano", phrase=None)
    again.start()
    assert {n: again.ready[n] for n in ("model", "serial")} == {n: first[n] for n in ("model", "serial")}
    assert address_of(again) == address
    # A crash leaves an endpoint behind: nobody is there, and the next start takes its place.
    again.kill()
    assert (again.folder / "endpoint.json").exists()
    assert again.backend.enumerate(LEDGER) == []
    again.start()
    assert address_of(again) == address
    assert again.stop() == 0


def test_fresh_devices_differ(tmp_path: Path) -> None:
    with (
        DeviceProcess(tmp_path, "one", phrase=None) as one,
        DeviceProcess(tmp_path, "two", phrase=None) as two,
    ):
        assert one.ready["serial"] != two.ready["serial"]
        assert address_of(one) != address_of(two)
        found = one.backend.enumerate(LEDGER)
        assert [(r.path.partition("#")[0], r.interface_number) for r in found] == [
            ("one", 0), ("one", 1), ("one", 2), ("two", 0), ("two", 1), ("two", 2),
        ]  # fmt: skip
        # Each keeps its own exchange.
        handles = [device.open() for device in (one, two)]
        for handle in handles:
            send(handle, ADDRESS_APDU)
        answers = [receive(handle) for handle in reversed(handles)]
        assert answers[0] != answers[1]
        for handle in handles:
            handle.close()
        # One leaves; the other stays on the bus.
        assert one.stop() == 0
        assert {r.path.partition("#")[0] for r in two.backend.enumerate(LEDGER)} == {"two"}


def test_secrets_stay_in_the_folder(tmp_path: Path) -> None:
    with DeviceProcess(tmp_path, anew=True) as device:
        assert stat.S_IMODE(device.folder.stat().st_mode) == 0o700
        for name in ("device.json", "endpoint.json"):
            assert stat.S_IMODE((device.folder / name).stat().st_mode) == 0o600
        assert json.loads((device.folder / "device.json").read_text())["phrase"] == PHRASE
        assert device.process is not None
        arguments = Path(f"/proc/{device.process.pid}/cmdline")
        if arguments.exists():
            assert b"glory" not in arguments.read_bytes()
        handle = device.open()
        exchange(handle, ADDRESS_APDU)
        handle.close()
        token = device.endpoint()["token"]
        with device.control() as control:
            text = json.dumps([control.do("history"), control.do("screens"), device.ready])
        assert "glory" not in text
        assert token not in text


def start_here(folder: Path, **settings: Any) -> None:
    """Start in this process, for starts that must fail before anything is served."""

    def ready(_: object) -> None:
        raise AssertionError("it started")

    asyncio.run(serve_device(folder, Settings(**settings), ready))


def test_a_folder_has_one_device_that_runs(tmp_path: Path) -> None:
    with DeviceProcess(tmp_path) as device:
        done = subprocess.run(
            [sys.executable, "-m", "signer_app", "--json", "practice", "device", "--dir", str(device.folder)],
            capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (8, "CONFLICT")
        assert device.backend.enumerate(LEDGER), "the one that runs keeps its endpoint"


def test_starts_that_fail(tmp_path: Path) -> None:
    folder = tmp_path / "nano"
    good, other, none = tmp_path / "good", tmp_path / "other", tmp_path / "none"
    good.write_text(PHRASE)
    other.write_text("zoo " * 11 + "wrong")
    none.write_text("zoo " * 12)
    with pytest.raises(MalformedError) as caught:
        start_here(folder, seed_file=none)
    assert "zoo" not in str(caught.value)
    with pytest.raises(UsageError):
        start_here(folder, model="blue")
    assert not (folder / "device.json").exists()
    with pytest.raises(UsageError):
        start_here(folder, seed_file=good, faults=["nonsense"])
    # Now the folder has a device, which stays what it is.
    kept = (folder / "device.json").read_bytes()
    for settings in ({"model": "nano-s"}, {"model": "blue"}, {"seed_file": other}):
        with pytest.raises(ConflictError) as conflict:
            start_here(folder, **settings)
        assert conflict.value.code == "EXISTS"
    with pytest.raises(NotFoundError):
        start_here(folder, seed_file=tmp_path / "missing")
    assert (folder / "device.json").read_bytes() == kept
    for content in ("{}", "[]", "nonsense", json.dumps({**json.loads(kept), "model": "blue"})):
        (folder / "device.json").write_text(content)
        with pytest.raises(MalformedError):
            start_here(folder)


@pytest.mark.parametrize(
    "settings",
    [{"approve": "nonsense"}, {"approve": "expect"}, {"expect_file": Path("x")}],
    ids=str,
)
def test_who_approves_must_be_clear(tmp_path: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        start_here(tmp_path / "nano", **settings)


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeviceProcess]:
    with DeviceProcess(tmp_path_factory.mktemp("devices"), "nano", "--approve", "auto") as process:
        yield process


def works(device: DeviceProcess) -> bool:
    """It runs, and a new reader gets the answer to its own question after what was left over."""
    handle = device.open()
    while handle.read(100):
        pass
    answer = exchange(handle, CONFIG)
    handle.close()
    return device.alive and answer == "000204019000"


def test_hostile_reports(device: DeviceProcess) -> None:
    """Reports of chance, some with a head that leads further in."""
    chance = random.Random(20261125)
    handle = device.open()
    for number in range(3_000):
        body = chance.randbytes(64)
        if number % 2:
            body = bytes.fromhex("0101050000") + chance.randrange(0, 70).to_bytes(2, "big") + body[7:]
        if number % 4 == 3:
            start = chance.choice(("e002", "e004", "e006", "b001", "e0d8", "e001"))
            body = body[:5] + b"\0\x09" + bytes.fromhex(start) + body[9:]
        handle.write(body)
    handle.close()
    with device.control() as control:
        control.do("open", app="XRP")
    assert works(device)


def test_hostile_transactions(device: DeviceProcess) -> None:
    """Real transactions with bytes changed, cut and moved: read or refused, never the end."""
    chance = random.Random(7)
    rows = [
        json.loads(line)["binary_hex"]
        for line in (ROOT / "tests/data/vectors/xrpl_real.jsonl").read_text().splitlines()[:40]
    ]
    handle = device.open()
    words: set[str] = set()
    for _ in range(300):
        data = bytearray.fromhex(chance.choice(rows))
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = chance.randrange(1, len(data) + 1)
        words.add(sign(handle, data[:cut].hex())[-4:])
    handle.close()
    assert {"9000", "680b", "6807"} <= words
    assert words <= {"9000", "6800", "6804", "6806", "6807", "680b", "6985"}
    assert works(device)


def connect(device: DeviceProcess) -> socket.socket:
    endpoint = device.endpoint()
    return socket.create_connection((endpoint["host"], endpoint["port"]), 10)


@pytest.mark.parametrize(
    "hello",
    [
        b"",
        b"\n",
        b"nonsense\n",
        b"{}\n",
        b'{"role":"usb","token":"wrong"}\n',
        b'{"role":"control","token":["x"]}\n',
        b"\xff\xfe" * 40 + b"\n",
        b"[" * 100_000 + b"\n",
        b"x" * 2_000_000,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=lambda value: repr(value[:12]),
)
def test_strangers_get_nothing(device: DeviceProcess, hello: bytes) -> None:
    with connect(device) as stranger:
        try:
            stranger.sendall(hello)
            stranger.shutdown(socket.SHUT_WR)
            assert stranger.recv(100) == b""
        except OSError:
            pass  # closed while we were still talking
    assert works(device)


def test_a_role_that_is_none(device: DeviceProcess) -> None:
    with connect(device) as known:
        known.sendall(json.dumps({"role": "king", "token": device.endpoint()["token"]}).encode() + b"\n")
        assert known.recv(100) == b""


def test_half_reports_and_sudden_ends(device: DeviceProcess) -> None:
    path = device.interface().path
    hello = {"role": "usb", "token": device.endpoint()["token"], "path": path}
    for size in (0, 1, 63, 65, 200):
        with connect(device) as half:
            half.sendall(json.dumps(hello).encode() + b"\n")
            assert b'"ok":true' in half.recv(100)
            half.sendall(os.urandom(size))
    assert works(device)


def test_a_control_line_without_end(device: DeviceProcess) -> None:
    control = Control(device.endpoint())
    try:
        control.file.write("x" * 1_000_000)
        control.file.flush()
        assert control.file.readline() == ""
    except ConnectionError:
        pass
    try:
        control.close()
    except (ConnectionError, BrokenPipeError):
        control.socket.close()
    assert works(device)


def resident(device: DeviceProcess) -> int:
    """Resident memory in KiB."""
    assert device.process is not None
    status = Path(f"/proc/{device.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])


def handles(device: DeviceProcess) -> int:
    """Open handles."""
    assert device.process is not None
    return len(os.listdir(f"/proc/{device.process.pid}/fd"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_a_thousand_signatures_leave_nothing_behind(device: DeviceProcess) -> None:
    def sign_some(count: int) -> None:
        for number in range(count):
            if number % 20 == 0:
                handle = device.open()
            assert sign(handle, BLOB).endswith("9000")
            if number % 20 == 19:
                handle.close()

    idle = handles(device)
    # The history fills up first: it is bounded.
    sign_some(300)
    memory = resident(device)
    sign_some(1_000)
    end = time.monotonic() + 10
    while handles(device) != idle:  # it learns of a closed handle a moment later
        assert time.monotonic() < end, handles(device)
        time.sleep(0.01)
    assert resident(device) - memory < 3_000
