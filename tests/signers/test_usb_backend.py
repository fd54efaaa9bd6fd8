"""USB by hidapi: against modules that have hidapi's interface and its manners, found by their names."""

from __future__ import annotations

import errno
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from scripted_wire import ScriptedHandle, reports

from signer_app.signers.hid.bus import BusError, Report, Trouble
from signer_app.signers.hid.usb import UsbBackend, UsbHandle, usb_bus
from signer_app.signers.ledger.report_bus import LedgerReportBus, model_of

LEDGER = 0x2C97
APDU = bytes.fromhex("e006000000")
ANSWER = bytes.fromhex("000204019000")


def interface(path: bytes, number: int = 0, usage_page: int = 0, **more: Any) -> dict[str, Any]:
    """An entry as hidapi lists it."""
    entry = {
        "path": path, "vendor_id": LEDGER, "product_id": 0x4011, "serial_number": "0001",
        "release_number": 513, "manufacturer_string": "Ledger", "product_string": "Nano X",
        "usage_page": usage_page, "usage": 1, "interface_number": number, "bus_type": 1,
    }  # fmt: skip
    return entry | more


class FakeHidapi(ModuleType):
    """A module with enumerate and device, which says no more than "open failed" when that fails."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.entries: list[dict[str, Any]] = []
        self.opened: list[bytes] = []
        self.refuses: OSError | None = None
        self.wire = ScriptedHandle([reports(ANSWER)])
        self.closed = 0
        self.writes: list[bytes] = []
        self.write_result: int | OSError | ValueError | None = None
        self.read_fails: OSError | ValueError | None = None
        module = self

        class Device:
            def open_path(self, path: bytes) -> None:
                assert type(path) is bytes
                if module.refuses is not None:
                    raise module.refuses
                module.opened.append(path)

            def write(self, data: bytes) -> int:
                if isinstance(module.write_result, Exception):
                    raise module.write_result
                module.writes.append(bytes(data))
                assert len(data) == 65
                assert data[0] == 0, "reports without numbers begin with a zero"
                module.wire.write(bytes(data[1:]))
                return 65 if module.write_result is None else module.write_result

            def read(self, size: int, timeout_ms: int = 0) -> list[int]:
                assert size == 64
                assert timeout_ms > 0, "hidapi would wait for ever"
                if module.read_fails is not None:
                    raise module.read_fails
                return list(module.wire.read(timeout_ms))

            def close(self) -> None:
                module.closed += 1

        self.device = Device

    def enumerate(self, vendor_id: int = 0, product_id: int = 0) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if vendor_id in (0, entry["vendor_id"])]


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> tuple[FakeHidapi, FakeHidapi]:
    """In place of hidraw and hid."""
    raw, usb = FakeHidapi("hidraw"), FakeHidapi("hid")
    monkeypatch.setitem(sys.modules, "hidraw", raw)
    monkeypatch.setitem(sys.modules, "hid", usb)
    return raw, usb


Fakes = tuple[FakeHidapi, FakeHidapi]


def trouble(call: Any) -> Trouble:
    with pytest.raises(BusError) as caught:
        call()
    return caught.value.trouble


def test_what_hidapi_lists_is_told_in_our_words(fakes: Fakes) -> None:
    fakes[0].entries = [
        interface(b"/dev/hidraw3", 0),
        interface(b"/dev/hidraw4", 2, serial_number=None, product_string=None),
        interface(b"/dev/hidraw5", vendor_id=0x534C),
    ]
    assert UsbBackend().enumerate(LEDGER) == [
        Report(f"0:{b'/dev/hidraw3'.hex()}", LEDGER, 0x4011, 0, 0, "0001", "Nano X"),
        Report(f"0:{b'/dev/hidraw4'.hex()}", LEDGER, 0x4011, 2, 0, "", ""),
    ]


def test_the_first_back_end_that_sees_anything_counts(fakes: Fakes) -> None:
    raw, usb = fakes
    usb.entries = [interface(b"1-4:1.0")]
    backend = UsbBackend()
    (found,) = backend.enumerate(LEDGER)
    backend.open(found.path)
    assert (raw.opened, usb.opened) == ([], [b"1-4:1.0"])
    raw.entries = [interface(b"/dev/hidraw0")]
    (found,) = backend.enumerate(LEDGER)
    backend.open(found.path)
    assert raw.opened == [b"/dev/hidraw0"]


@pytest.mark.parametrize(
    "path", [b"/dev/hidraw0", b"\\\\?\\hid#vid_2c97&pid_4011#7&1\xff", b"DevSrvsID:4294970000"]
)
def test_a_path_is_bytes_of_any_kind(fakes: Fakes, path: bytes) -> None:
    fakes[0].entries = [interface(path)]
    backend = UsbBackend()
    backend.open(backend.enumerate(LEDGER)[0].path)
    assert fakes[0].opened == [path]


def test_without_the_library_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("hidraw", "hid"):
        monkeypatch.setitem(sys.modules, name, None)  # importing it fails
    assert UsbBackend().enumerate(LEDGER) == []
    assert usb_bus({}).enumerate() == []


def test_where_only_one_back_end_exists_it_is_used(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hidraw", None)
    fakes[1].entries = [interface(b"1-4:1.0")]
    backend = UsbBackend()
    backend.open(backend.enumerate(LEDGER)[0].path)
    assert fakes[1].opened == [b"1-4:1.0"]


def test_an_exchange_through_the_whole_bus(fakes: Fakes) -> None:
    fakes[0].entries = [interface(b"/dev/hidraw7", 0), interface(b"/dev/hidraw8", 1)]
    bus = usb_bus({})
    (found,) = bus.enumerate()
    assert (found.id, found.model, found.transport) == ("USB:Ledger Nano X 1", "Ledger Nano X", "USB")
    channel = bus.open(found)
    channel.send(APDU)
    assert channel.receive(1000) == ANSWER
    assert fakes[0].wire.apdus == [APDU]
    channel.close()
    assert fakes[0].closed == 1


# -- which interface, which device -------------------------------------------------------------------------


def bus_of(fakes: Fakes, *entries: dict[str, Any]) -> LedgerReportBus:
    fakes[0].entries = list(entries)
    return LedgerReportBus(UsbBackend(), "USB")


def test_only_the_interface_that_carries_apdus_is_taken(fakes: Fakes) -> None:
    """By usage page where the system tells it, else by number (hardware.md a)."""
    pages = [(0, 0xFFA0), (1, 0x0001), (2, 0xF1D0)]
    told = [interface(b"/dev/hidraw%d" % number, number, page) for number, page in pages]
    assert [found.address for found in bus_of(fakes, *told).enumerate()] == [f"0:{b'/dev/hidraw0'.hex()}"]
    without_numbers = [interface(b"path%d" % number, -1, page) for number, page in pages]
    assert [f.address for f in bus_of(fakes, *without_numbers).enumerate()] == [f"0:{b'path0'.hex()}"]
    without_pages = [interface(b"path%d" % number, number, 0) for number, _ in pages]
    assert [f.address for f in bus_of(fakes, *without_pages).enumerate()] == [f"0:{b'path0'.hex()}"]


def test_a_device_stays_itself_over_a_change_of_app(fakes: Fakes) -> None:
    """The product id and the path change, the name does not (hardware.md a)."""
    (dashboard,) = bus_of(fakes, interface(b"/dev/hidraw3", product_id=0x4015)).enumerate()
    (app,) = bus_of(fakes, interface(b"/dev/hidraw9", product_id=0x4011)).enumerate()
    assert dashboard.id == app.id
    assert dashboard.address != app.address


def test_two_of_one_model_are_two(fakes: Fakes) -> None:
    found = bus_of(
        fakes,
        interface(b"/dev/hidraw3"),
        interface(b"/dev/hidraw1"),
        interface(b"/dev/hidraw2", product_id=0x5011),
        interface(b"/dev/hidraw5", serial_number="REAL-7"),
    ).enumerate()
    assert {entry.id: entry.model for entry in found} == {
        "USB:Ledger Nano X 1": "Ledger Nano X",
        "USB:Ledger Nano X 2": "Ledger Nano X",
        "USB:Ledger Nano S Plus 1": "Ledger Nano S Plus",
        "USB:REAL-7": "Ledger Nano X",
    }
    first = next(entry for entry in found if entry.id == "USB:Ledger Nano X 1")
    assert first.address == f"0:{b'/dev/hidraw1'.hex()}"


@pytest.mark.parametrize(
    ("product", "model"),
    [
        (0x1011, "Ledger Nano S"), (0x4015, "Ledger Nano X"), (0x5011, "Ledger Nano S Plus"),
        (0x6011, "Ledger Stax"), (0x7011, "Ledger Flex"), (0x8011, "Ledger Apex"),
        (0x0000, "Ledger Blue"), (0x0001, "Ledger Nano S"), (0x0004, "Ledger Nano X"),
        (0x0011, "Ledger Blue"), (0x9911, "Ledger"),
    ],
)  # fmt: skip
def test_the_model_is_in_the_product_id(product: int, model: str) -> None:
    assert model_of(product) == model


# -- what goes wrong ---------------------------------------------------------------------------------------


def test_why_it_cannot_be_opened_is_asked_of_the_system(
    fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """hidapi says "open failed" and no more; whether the node is there and may be opened, the system says."""
    node = tmp_path / "hidraw0"
    node.write_bytes(b"")
    opened: list[Any] = []

    def at_the_node(path: bytes, *arguments: Any, **named: Any) -> Any:
        opened.append(path)
        assert path == b"/dev/hidraw0"
        return open(node, *arguments, **named)

    monkeypatch.setattr("signer_app.signers.hid.usb.open", at_the_node, raising=False)
    fakes[0].entries = [interface(b"/dev/hidraw0")]
    fakes[0].refuses = OSError("open failed")
    backend = UsbBackend()
    path = backend.enumerate(LEDGER)[0].path
    assert trouble(lambda: backend.open(path)) == Trouble.IN_USE, "it may be opened, so somebody has it"

    def forbidden(*_arguments: Any, **_named: Any) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied")

    node.unlink()
    assert trouble(lambda: backend.open(path)) == Trouble.GONE
    monkeypatch.setattr("signer_app.signers.hid.usb.open", forbidden, raising=False)
    assert trouble(lambda: backend.open(path)) == Trouble.NO_PERMISSION
    assert len(opened) == 2


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (PermissionError(errno.EACCES, "denied"), Trouble.NO_PERMISSION),
        (PermissionError(errno.EPERM, "denied"), Trouble.NO_PERMISSION),
        (OSError("open failed"), Trouble.IN_USE),
    ],
)
def test_where_the_path_is_no_node_the_error_is_all_there_is(
    fakes: Fakes, error: OSError, expected: Trouble
) -> None:
    fakes[0].entries = [interface(b"1-4:1.0")]
    fakes[0].refuses = error
    backend = UsbBackend()
    assert trouble(lambda: backend.open(backend.enumerate(LEDGER)[0].path)) == expected


def handle_of(module: FakeHidapi) -> UsbHandle:
    return UsbHandle(module.device())


@pytest.mark.parametrize("error", [OSError("write error"), ValueError("not open")])
def test_writing_to_what_left(fakes: Fakes, error: OSError | ValueError) -> None:
    fakes[0].write_result = error
    assert trouble(lambda: handle_of(fakes[0]).write(bytes(64))) == Trouble.GONE


def test_hidapi_says_minus_one_for_a_write_that_failed(fakes: Fakes) -> None:
    fakes[0].write_result = -1
    assert trouble(lambda: handle_of(fakes[0]).write(reports(APDU)[0])) == Trouble.GONE


@pytest.mark.parametrize("error", [OSError("read error"), ValueError("not open")])
def test_reading_from_what_left(fakes: Fakes, error: OSError | ValueError) -> None:
    fakes[0].read_fails = error
    assert trouble(lambda: handle_of(fakes[0]).read(100)) == Trouble.GONE


def test_reading_nothing_is_nothing(fakes: Fakes) -> None:
    handle = handle_of(fakes[0])
    assert handle.read(0) == b""
    assert handle.read(10) == b""
    assert fakes[0].wire.timeouts == [1, 10]


def test_the_installed_library_has_this_interface() -> None:
    """The real hidapi, so that the fakes above cannot drift away from it."""
    hid: Any = importlib.import_module("hidraw" if sys.platform == "linux" else "hid")
    assert callable(hid.enumerate)
    assert isinstance(hid.enumerate(LEDGER), list)
    device = hid.device()
    for name in ("open_path", "write", "read", "close"):
        assert callable(getattr(device, name))
    with pytest.raises(OSError, match="open failed"):
        device.open_path(b"/dev/no-such-hidraw")
    with pytest.raises(ValueError, match="not open"):
        device.write(bytes(65))
    with pytest.raises(ValueError, match="not open"):
        device.read(64, 1)
    device.close()
    backend = UsbBackend()
    assert trouble(lambda: backend.open("0:" + b"/dev/no-such-hidraw".hex())) == Trouble.GONE
