"""`countersign devices`: hardware wallets, what they are doing, and whether they work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from signer_app.cli import render
from signer_app.cli.opening import desk_of, workspace
from signer_app.cli.render_list import origin
from signer_app.cli.session import Session, session_of
from signer_app.core.errors import NotFoundError
from signer_app.core.json_types import JsonObject

if TYPE_CHECKING:
    from signer_app.core.config import NetworkClass
    from signer_app.workspace.devices import ConnectedDevices

app = typer.Typer(name="devices", help="Hardware wallets: what is connected, addresses, tests, USB rules.")

DeviceId = Annotated[
    str | None, typer.Option("--device", help="The device, as devices list names it; not needed for one.")
]
USUAL_PATH = "44'/144'/0'/0/0"


@app.command("list")
def list_devices(context: typer.Context) -> None:
    """Every connected device with its state, and what to do where it cannot sign now."""
    session = session_of(context)
    with _connected(session) as (devices, _networks):
        result = devices.describe()
    session.output.result(result, lambda console: _list(console, result))


@app.command("address")
def address(
    context: typer.Context,
    device: DeviceId = None,
    path: Annotated[str, typer.Option("--path", help="Derivation path of the key.")] = USUAL_PATH,
    show: Annotated[
        bool, typer.Option("--show/--no-show", help="Show it on the device too, to be compared.")
    ] = True,
) -> None:
    """Read a key from the device and compare its address there: for the policy's table of keys."""
    session = session_of(context)
    with _connected(session) as (devices, networks):
        result = devices.address(device, path, networks, show=show)
    session.output.result(result, lambda console: _address(console, result))


@app.command("test")
def try_out(
    context: typer.Context,
    device: DeviceId = None,
    record: Annotated[
        bool, typer.Option("--record", help="Write into the workspace's journal that it passed.")
    ] = False,
) -> None:
    """Try a device: connection, app, version, address; in a practice workspace a worthless signature too."""
    from signer_app.workspace.device_test import try_device  # noqa: PLC0415 - loads a ledger
    from signer_app.workspace.signing import signer_keys  # noqa: PLC0415 - loads the rooms below

    session = session_of(context)
    if record:
        with workspace(session) as opened:
            known = [str(key["public_key"]) for key in render.items(signer_keys(opened)["keys"])]
            result = try_device(opened.devices.connected, device, opened.networks, known)
            opened.tests.passed(result)
    else:
        with _connected(session) as (devices, networks):
            result = try_device(devices, device, networks)
    session.output.result(result, lambda console: _tested(console, result))


@app.command("keys")
def keys(context: typer.Context) -> None:
    """Every signer key of the policy: whose, on which device, since when, last signed and last tested."""
    from signer_app.workspace.signing import signer_keys  # noqa: PLC0415 - loads the rooms below

    session = session_of(context)
    with workspace(session) as opened:
        result = signer_keys(opened)
    session.output.result(result, lambda console: _keys(console, result))


@app.command("install-udev")
def install_udev(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    directory: Annotated[Path, typer.Option("--directory", help="Where udev reads its rules.")] = Path(
        "/etc/udev/rules.d"
    ),
) -> None:
    """Let the person at the screen open Ledgers and Trezors (Linux): for hidraw and for libusb."""
    from signer_app.workspace.udev import install_rules  # noqa: PLC0415

    session = session_of(context)
    result = install_rules(directory, dry_run=dry_run)
    session.output.result(result, lambda console: _rules(console, result))


@contextmanager
def _connected(session: Session) -> Iterator[tuple[ConnectedDevices, tuple[str, ...]]]:
    """The device process, with practice devices in a practice workspace; and the networks of its class."""
    from signer_app.chains.registry import CLASS_NETWORKS  # noqa: PLC0415 - keeps start quick
    from signer_app.workspace.devices import ConnectedDevices, device_buses  # noqa: PLC0415

    folder, network_class = _workspace(session)
    devices = ConnectedDevices(device_buses(folder, network_class), desk_of(session))
    try:
        yield devices, CLASS_NETWORKS[network_class or "mainnet"]
    finally:
        devices.close()


def _workspace(session: Session) -> tuple[Path | None, NetworkClass | None]:
    """The workspace that is named, if one is: only its class is read, so no passphrase is needed."""
    from signer_app.core.config import read_config  # noqa: PLC0415
    from signer_app.vault.files import read_bounded  # noqa: PLC0415
    from signer_app.workspace.creation import CONFIG_FILE  # noqa: PLC0415
    from signer_app.workspace.nodes import CONFIG_LIMIT  # noqa: PLC0415

    try:
        folder = session.workspace_path()
    except NotFoundError:
        return None, None
    return folder, read_config(read_bounded(folder / CONFIG_FILE, CONFIG_LIMIT)).network_class


def _list(console: Console, result: JsonObject) -> None:
    devices = render.items(result["devices"])
    if not devices:
        console.print("No device is connected. On Linux, devices install-udev may be needed once.")
        return
    table = render.table("device", "model", "firmware", "state", "app", "what to do")
    for entry in devices:
        app_words = f"{entry['app']} {entry['app_version']}" if entry["app"] else ""
        table.add_row(
            str(entry["device"]), str(entry["model"]), str(entry["firmware"] or "-"), str(entry["state"]),
            app_words, str(entry["reason"]),
        )  # fmt: skip
    console.print(table)


def _address(console: Console, result: JsonObject) -> None:
    names = ("device", "path", "public_key", "address")
    render.rows(console, [(name.replace("_", " ").capitalize(), result[name]) for name in names])
    accounts = result["accounts"]
    render.rows(
        console, [("Account", account) for account in (accounts if isinstance(accounts, list) else [])]
    )
    if not result["shown"]:
        console.print("Not shown on the device: run it without --no-show before you put it into a policy.")


def _keys(console: Console, result: JsonObject) -> None:
    found = render.items(result["keys"])
    if not found:
        console.print("No policy is in force, so there are no signer keys.")
    for key in found:
        names = ("person", "device", "backend", "tier", "signer")
        render.rows(
            console,
            [("Key", key["id"]), *((name.capitalize(), key[name]) for name in names),
             ("Enrolled", origin(key["enrolled"])), ("Last signed", key["last_signed"]),
             ("Last test", _test(render.obj(key["last_test"])))],
        )  # fmt: skip
        console.print()


def _test(test: JsonObject) -> str:
    """When a key's device last passed a test, and what it was then."""
    if not test:
        return "-"
    firmware = f", firmware {test['firmware']}" if test["firmware"] else ""
    return f"{test['at']}, {test['model']}{firmware}, {test['app']} {test['app_version']}"


def _tested(console: Console, result: JsonObject) -> None:
    for step in render.items(result["steps"]):
        console.print(f"✓ {step['name']}: {step['detail']}", style="green")


def _rules(console: Console, result: JsonObject) -> None:
    if not result["changed"]:
        console.print(f"{result['file']} is as it should be.")
        return
    console.print(str(result["diff"]))
    if result["written"]:
        console.print("Written. Connect the device again.")
    else:
        console.print("Nothing was changed.")
