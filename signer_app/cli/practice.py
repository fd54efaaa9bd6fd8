"""`countersign practice`: practice ledgers on loopback that speak the real wire protocols."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from signer_app.cli import render
from signer_app.cli.session import session_of
from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonObject

app = typer.Typer(name="practice", help="Practice ledgers. Their money is worth nothing.")


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
