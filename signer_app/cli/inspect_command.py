"""`countersign inspect`: decode any supported transaction, without workspace or network (CONTRACTS C2)."""

from __future__ import annotations

import typer

from signer_app.cli import render, typed
from signer_app.cli.session import read_input, session_of


def inspect(
    context: typer.Context,
    file: str = typer.Argument(..., metavar="FILE|-", help="A transaction in any known form; - reads stdin."),
    network: str | None = typer.Option(
        None, "--network", help="CAIP-2 id, where the bytes do not say.", callback=typed.network
    ),
    account: str | None = typer.Option(None, "--account", help="CAIP-10 id that the transaction must be of."),
    signer: str | None = typer.Option(None, "--signer", help="Show what this signer would sign."),
) -> None:
    """Decode a transaction completely and say what it does.

    Bytes that two readers do not read alike are refused. What is not understood is shown as NOT UNDERSTOOD.
    """
    from signer_app.exchange.incoming import read_incoming  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    incoming = read_incoming(read_input(file), network=network, account=account, signer=signer)
    result = incoming.inspection.to_json()
    session.output.result(result, lambda console: render.inspection(console, result))
