"""`countersign proposal slots`: tickets, the proposals that wait on them, and how to burn one."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from signer_app.chains.intents import CancelSlot
from signer_app.cli import render, typed
from signer_app.cli.opening import workspace
from signer_app.cli.session import session_of
from signer_app.core.caip import parse_account
from signer_app.core.clock import parse_duration
from signer_app.core.inspection import Slot
from signer_app.core.json_types import JsonObject

app = typer.Typer(name="slots", help="Tickets let proposals wait for days beside each other.")

Account = Annotated[
    str, typer.Option("--account", metavar="CAIP-10", help="Whose tickets.", callback=typed.account)
]
Value = Annotated[str, typer.Argument(metavar="TICKET", help="The ticket's number.")]


@app.command("list")
def list_slots(context: typer.Context, account: Account) -> None:
    """Tickets on the ledger beside the proposals that use them, with conflicts."""
    from signer_app.proposals import slots as planner  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    network = parse_account(account).network
    with workspace(session) as opened:
        result = planner.overview(opened.rooms, network, account)
    session.output.result(result, lambda console: _list(console, result))


@app.command("reserve")
def reserve(context: typer.Context, account: Account, value: Value) -> None:
    """Hold a free ticket back, so that no new proposal takes it."""
    from signer_app.proposals import slots as planner  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    network = parse_account(account).network
    with workspace(session) as opened:
        result = planner.hold(opened.rooms, network, account, value)
    session.output.result(result, lambda console: console.print(f"Ticket {value} is held."))


@app.command("release")
def release(context: typer.Context, account: Account, value: Value) -> None:
    """Give a held ticket free again."""
    from signer_app.proposals import slots as planner  # noqa: PLC0415

    session = session_of(context)
    with workspace(session) as opened:
        result = planner.release(opened.rooms, account, value)
    session.output.result(result, lambda console: console.print(f"Ticket {value} is free."))


@app.command("cancel")
def cancel(
    context: typer.Context,
    account: Account,
    value: Value,
    expires_in: Annotated[
        str, typer.Option("--expires-in", help="How long the cancellation may wait.", callback=typed.duration)
    ] = "1d",
) -> None:
    """Propose to use a ticket up without effect, so that what waits on it can never execute."""
    from signer_app.proposals.intake import Order  # noqa: PLC0415

    session = session_of(context)
    order = Order(
        network=parse_account(account).network,
        account=account,
        intent=CancelSlot(),
        expires_in=parse_duration(expires_in),
        title=f"Cancel what waits on ticket {value[:20]}",
        slot=Slot("ticket", value),
    )
    with workspace(session, keys=True) as opened, typed.values():
        result = opened.proposals.new(order)
    session.output.result(result, lambda console: render.proposal_judged(console, result))


def _list(console: Console, result: JsonObject) -> None:
    console.print(f"Next sequence {result['sequence']}")
    found = render.items(result["tickets"])
    if not found:
        console.print("No tickets. Run proposal new ticket to set some aside.")
        return
    table = render.table("ticket", "state", "proposals")
    for ticket in found:
        users = ticket["proposals"] if isinstance(ticket["proposals"], list) else []
        table.add_row(str(ticket["value"]), str(ticket["state"]), ", ".join(str(user)[:12] for user in users))
    console.print(table)
