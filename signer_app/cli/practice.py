"""`countersign practice`: practice ledgers and devices on loopback that speak the real wire protocols."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from signer_app.cli import interrupts, render
from signer_app.cli.session import session_of
from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonObject

app = typer.Typer(name="practice", help="Practice ledgers and devices. Their money is worth nothing.")


@app.command("start")
def start(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", help="First port; 0 takes free ones.")] = 0,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Keep the ledger here. Default: forget it.")
    ] = None,
    close_ms: Annotated[
        str, typer.Option("--close-ms", metavar="N|manual", help="Time between ledgers.")
    ] = "1000",
    fault: Annotated[
        list[str] | None, typer.Option("--fault", help="Start with a fault; may be repeated.")
    ] = None,
) -> None:
    """Start a practice XRPL ledger with two endpoints of two operators. Runs until it is stopped."""
    import asyncio  # noqa: PLC0415 - keeps the start of every other command quick

    from signer_app.practice.server import serve  # noqa: PLC0415 - loads a ledger SDK

    session = session_of(context)
    if close_ms != "manual" and not (close_ms.isascii() and close_ms.isdigit() and int(close_ms) > 0):
        raise UsageError(f"--close-ms takes milliseconds or manual, not {close_ms[:20]!r}.")

    if not 0 <= port <= 65534:
        raise UsageError("--port takes 0 to 65534: the second endpoint listens on the next port.")

    def ready(result: JsonObject) -> None:
        interrupts.check()  # from here on the server itself answers one
        session.output.result(result, lambda console: _ready(console.print, result))

    interval = None if close_ms == "manual" else int(close_ms)
    with TemporaryDirectory(prefix="countersign-practice-") as scratch:
        where = directory if directory is not None else Path(scratch)
        asyncio.run(
            serve(directory=where, port=port, close_ms=interval, faults=tuple(fault or ()), on_ready=ready)
        )


def _ready(write: object, result: JsonObject) -> None:
    if not callable(write):
        return
    for network in render.items(result["networks"]):
        for endpoint in render.items(network["endpoints"]):
            write(f"{network['network']}  {endpoint['operator']}  {endpoint['http']}  {endpoint['ws']}")
    write(f"genesis account {render.obj(result['genesis'])['address']}; stop with Ctrl+C")


@app.command("device")
def device(
    context: typer.Context,
    directory: Annotated[Path, typer.Option("--dir", help="The device's folder; its name names it.")],
    model: Annotated[
        str | None, typer.Option("--model", help="nano-s, nano-x or nano-s-plus. Default: nano-x.")
    ] = None,
    approve: Annotated[
        str,
        typer.Option("--approve", metavar="manual|auto|expect", help="Who answers the device's questions."),
    ] = "manual",
    expect: Annotated[
        Path | None, typer.Option("--expect", help="JSON file with what --approve expect agrees to.")
    ] = None,
    fault: Annotated[
        list[str] | None, typer.Option("--fault", help="Start with a fault; may be repeated.")
    ] = None,
    seed_file: Annotated[
        Path | None, typer.Option("--seed-file", help="BIP-39 phrase for a new device. Default: a fresh one.")
    ] = None,
    replug_ms: Annotated[
        int | None,
        typer.Option("--replug-ms", min=0, max=60_000, help="Time off the bus when its program changes."),
    ] = None,
) -> None:
    """Start a practice hardware wallet that speaks real HID reports. Runs until it is stopped."""
    import asyncio  # noqa: PLC0415 - keeps the start of every other command quick

    from signer_app.practice.devices.server import Settings, serve_device  # noqa: PLC0415 - loads a ledger SDK

    session = session_of(context)

    def ready(result: JsonObject) -> None:
        words = f"{result['product']} {result['serial']} listens on port {result['port']}; stop with Ctrl+C"
        session.output.result(result, lambda console: console.print(words))

    settings = Settings(
        model=model,
        approve=approve,
        faults=tuple(fault or ()),
        seed_file=seed_file,
        expect_file=expect,
        replug_ms=replug_ms,
    )
    asyncio.run(serve_device(directory, settings, ready))
