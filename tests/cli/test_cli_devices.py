"""`countersign devices` through the real command, with and without a workspace, and the USB rules."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ledger_devices import Shelf
from offices import Answer, run_here, run_process
from scripted_wire import ScriptedEmulator, framed

from signer_app.core.errors import SignerError
from signer_app.signers.keystore.client import open_keystore
from signer_app.signers.ledger.desk import SILENT
from signer_app.workspace.creation import create_workspace
from signer_app.workspace.devices import ConnectedDevices, device_buses

ADDRESS = "ra7Zr8ddy9tB88RaXL8B87YkqhEJG2vkAJ"
KEY = "038368B6F1151E0CD559126AE13910B8B8D790652EB5CC0B5019A63D2E60792961"
RULES = "70-countersign.rules"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice workspace; its devices are the shelf's."""
    folder = tmp_path_factory.mktemp("devices") / "bob"
    create_workspace(
        folder, network_class="practice", org="acme", person="bob", roles=(),
        passphrase=bytearray(b"bob-vault-violet-anchor"),
        create_keystore=lambda keys, kdf: open_keystore(
            keys, passphrase=bytearray(b"bob-keys-violet-anchor"), create=kdf
        ),
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def shelf(workspace: Path) -> Iterator[Shelf]:
    devices = {
        "nano": {"approve": "auto", "seed_file": "recorded"},
        "other": {"approve": "auto", "model": "nano-s-plus"},
    }
    with Shelf(workspace / "devices", devices) as running:
        yield running


@pytest.fixture(autouse=True)
def _one_device(shelf: Shelf) -> None:
    """Only nano is plugged in."""
    shelf.reset()
    with shelf.person("other") as other:
        other.do("unplug")


def devices(workspace: Path | None, *arguments: str) -> Answer:
    where = ["--workspace", str(workspace)] if workspace else []
    return run_here("--json", *where, "devices", *arguments)


def test_without_any_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert devices(None, "list").result == {"devices": []}
    assert "install-udev" in run_here("devices", "list").out


def test_list_says_what_each_is_doing(workspace: Path, shelf: Shelf) -> None:
    """By a process of its own, without any passphrase."""
    name = f"practice:{shelf.serial('nano')}"
    answer = run_process("--json", "--workspace", str(workspace), "devices", "list")
    assert answer.result == {
        "devices": [
            {"device": name, "model": "Ledger Nano X", "transport": "practice", "state": "READY",
             "reason": "", "firmware": None, "app": "XRP", "app_version": "2.4.1"}
        ]
    }  # fmt: skip
    with shelf.person("nano") as nano, shelf.person("other") as other:
        other.do("plug")
        nano.do("lock")
        other.fault("no_permission")
        entries = devices(workspace, "list").result["devices"]
        states = {entry["model"]: (entry["state"], bool(entry["reason"]), entry["app"]) for entry in entries}
        assert states == {
            "Ledger Nano X": ("LOCKED", True, None),
            "Ledger Nano S Plus": ("NO_PERMISSION", True, None),
        }
        words = run_here("--workspace", str(workspace), "devices", "list").out
        assert "LOCKED" in words
        assert "NO_PERMISSION" in words


def test_address_is_shown_on_the_device_and_compared(workspace: Path, shelf: Shelf) -> None:
    found = devices(workspace, "address").result
    assert (found["address"], found["public_key"], found["shown"]) == (ADDRESS, KEY, True)
    assert found["accounts"] == [f"xrpl:63456:{ADDRESS}"]
    with shelf.person("nano") as nano:
        assert [row["purpose"] for row in nano.decisions()] == ["address"]
        assert any(ADDRESS[:12] in text for text in nano.do("history")["screens"])
        silent = devices(workspace, "address", "--path", "44'/144'/1'/0/0", "--no-show").result
        assert (silent["path"], silent["shown"]) == ("44'/144'/1'/0/0", False)
        assert silent["address"] != ADDRESS
        nano.fault("refuses")
        assert devices(workspace, "address").refused == (5, "DEV_REJECTED")
        nano.do("fault", name="refuses", on=False)
    assert devices(workspace, "address", "--path", "44'/60'/0'/0/0", "--no-show").refused == (
        5,
        "DEV_REFUSED",
    )
    assert devices(workspace, "address", "--path", "nonsense", "--no-show").refused == (5, "DEV_REFUSED")


def test_of_two_one_is_named(workspace: Path, shelf: Shelf) -> None:
    with shelf.person("other") as other:
        other.do("plug")
        other.do("open", app="XRP")
        other.until(lambda screen: screen["plugged"] and screen["app"] == "XRP")
        refused = devices(workspace, "address", "--no-show")
        assert refused.refused == (2, "USAGE")
        names = [f"practice:{shelf.serial(name)}" for name in ("nano", "other")]
        assert all(name in refused.error["message"] for name in names)
        found = devices(workspace, "address", "--no-show", "--device", names[0]).result
        assert (found["device"], found["address"]) == (names[0], ADDRESS)


def test_test_goes_from_the_cable_to_a_worthless_signature(workspace: Path, shelf: Shelf) -> None:
    steps = devices(workspace, "test").result["steps"]
    assert [step["name"] for step in steps] == ["Connected", "Unlocked, app open", "Address", "Signature"]
    with shelf.person("nano") as nano:
        assert any("XRP 0.000001" in text for text in nano.do("history")["screens"])
        nano.fault("signs_else")
        assert devices(workspace, "test").refused == (5, "DEV_BAD_SIGNATURE")
        nano.do("fault", name="signs_else", on=False)
        nano.fault("short_answer")
        assert devices(workspace, "test").refused == (5, "DEV_PROTOCOL")


def test_nobody_connects_a_device(workspace: Path, shelf: Shelf) -> None:
    """And somebody does, while it waits."""
    with shelf.person("nano") as nano:
        nano.do("unplug")
        connected = ConnectedDevices(device_buses(workspace, "practice"), replace(SILENT, patience_s=0.2))
        try:
            with pytest.raises(SignerError) as caught:
                connected.wait()
            assert caught.value.code == "DEV_NOT_FOUND"
        finally:
            connected.close()
        said: list[str] = []

        def tell(text: str) -> None:
            said.append(text)
            nano.do("plug")

        waiting = ConnectedDevices(device_buses(workspace, "practice"), replace(SILENT, tell=tell))
        try:
            (device,) = waiting.wait()
            assert device.id == f"practice:{shelf.serial('nano')}"
            assert said == ["Connect the device and unlock it; this continues by itself"]
        finally:
            waiting.close()


def test_practice_devices_are_for_practice_workspaces_alone(workspace: Path) -> None:
    for named in (None, "testnet", "mainnet"):
        factories = {bus.factory for bus in device_buses(workspace, named)}
        assert factories == {"signer_app.signers.hid.usb:usb_bus"}
    assert len(device_buses(workspace, "practice")) == 2


def test_an_emulator_without_a_workspace(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bus is there because a variable names it; nothing answers there."""
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("COUNTERSIGN_APDU_TCP", f"127.0.0.1:{port}")
    (entry,) = devices(None, "list").result["devices"]
    assert (entry["device"], entry["state"]) == (f"emulator:127.0.0.1:{port}", "DISCONNECTED")
    monkeypatch.setenv("COUNTERSIGN_APDU_TCP", "nonsense")
    assert devices(None, "list").refused == (2, "USAGE")


@pytest.mark.parametrize(
    ("named", "refused"),
    [("2.7.0", None), ("2.7.0-rc1", None), ("2.7.01", "DEV_PROTOCOL"), ("2.7.1", "DEV_PROTOCOL")],
)
def test_a_version_may_have_an_addition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, refused: str | None
) -> None:
    """The system names the app's version as a text, the app itself tells its three numbers."""
    monkeypatch.chdir(tmp_path)
    text = named.encode()
    answers = [
        b"\x01\x03XRP" + bytes([len(text)]) + text + b"\x01\x00\x90\x00",
        bytes.fromhex("000207009000"),
        bytes.fromhex("21" + KEY) + bytes([len(ADDRESS)]) + ADDRESS.encode() + b"\x90\x00",
    ]
    with ScriptedEmulator([[framed(answer)] for answer in answers]) as emulator:
        monkeypatch.setenv("COUNTERSIGN_APDU_TCP", f"127.0.0.1:{emulator.port}")
        answer = devices(None, "test")
    if refused is None:
        assert answer.result["steps"][1]["detail"] == f"XRP {named}"
    else:
        assert answer.refused == (5, refused)


# -- USB rules ---------------------------------------------------------------------------------------------


def test_the_usb_rules_are_written_once(tmp_path: Path) -> None:
    where = ("devices", "install-udev", "--directory", str(tmp_path))
    dry = run_here("--json", *where, "--dry-run").result
    assert (dry["changed"], dry["written"]) == (True, False)
    assert "+" in dry["diff"]
    assert list(tmp_path.iterdir()) == []

    first = run_here("--json", *where).result
    assert (first["changed"], first["written"], first["file"]) == (True, True, str(tmp_path / RULES))
    text = (tmp_path / RULES).read_text()
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]
    for vendor in ("2c97", "534c", "1209"):
        mine = [line for line in rules if vendor in line]
        assert any('KERNEL=="hidraw*"' in line for line in mine), "for hidraw"
        assert any("SUBSYSTEM" in line and "usb" in line for line in mine), "for libusb"
        assert all("uaccess" in line for line in mine)
    assert RULES < "73-seat-late.rules", "it must be read before"

    again = run_here("--json", *where).result
    assert (again["changed"], again["written"], again["diff"]) == (False, False, "")
    assert "as it should be" in run_here(*where).out

    (tmp_path / RULES).write_text("# somebody else's\n")
    changed = run_here("--json", *where, "--dry-run").result
    assert "-# somebody else's" in changed["diff"]
    assert (tmp_path / RULES).read_text() == "# somebody else's\n"


def test_the_usb_rules_where_they_cannot_go(tmp_path: Path) -> None:
    gone = run_here("--json", "devices", "install-udev", "--directory", str(tmp_path / "none"))
    assert gone.refused == (8, "NOT_FOUND")
    # A folder where the file should be is refused to everybody, root included.
    (tmp_path / RULES).mkdir()
    refused = run_here("--json", "devices", "install-udev", "--directory", str(tmp_path))
    assert refused.refused == (7, "STORAGE_FAILED")
    assert "as root" in refused.error["message"]
