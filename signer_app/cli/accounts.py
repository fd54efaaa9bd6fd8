"""`countersign accounts`: names for accounts, and what the ledger says about them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render, render_list, typed
from signer_app.cli.opening import workspace
from signer_app.cli.session import session_of
from signer_app.core.caip import parse_account
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text

app = typer.Typer(name="accounts", help="Accounts that this workspace watches.")

Account = Annotated[str, typer.Argument(metavar="CAIP-10", help="Such as xrpl:0:r…", callback=typed.account)]


@app.command("add")
def add(
    context: typer.Context,
    account: Account,
    label: Annotated[str, typer.Option("--label", help="A name that people see. It decides nothing.")],
) -> None:
    """Name an account."""
    session = session_of(context)
    with workspace(session) as opened, typed.values():
        result = opened.accounts.add(account, label)
    session.output.result(result, lambda console: render.rows(console, list(result.items())))


@app.command("list")
def list_accounts(context: typer.Context) -> None:
    """Named accounts, and those that the policy in force names."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.accounts.list()
    session.output.result(result, lambda console: _list(console, result))


@app.command("show")
def show(context: typer.Context, account: Account) -> None:
    """What the operators say about an account now: balance, signers, tickets, ways past the signers."""
    session = session_of(context)
    with workspace(session) as opened, session.output.working("Asking the nodes"):
        result = opened.accounts.show(account)
    session.output.result(result, lambda console: _show(console, result))


@app.command("qr")
def qr(context: typer.Context, account: Account) -> None:
    """The address of an account as a QR code, to read with a camera. No workspace is opened."""
    from signer_app.chains.registry import chain_of  # noqa: PLC0415 - keeps help quick
    from signer_app.exchange.qr import encode  # noqa: PLC0415

    session = session_of(context)
    where = parse_account(account)
    with typed.values():
        known = chain_of(where.network).normalise_account(where.address, where.network)
    address = known.rpartition(":")[2]
    modules = encode(address)
    result: JsonObject = {
        "account": str(where),
        "text": address,
        "modules": ["".join("1" if dark else "0" for dark in line) for line in modules],
    }
    session.output.result(result, lambda console: render_list.qr(console, address, modules))


@app.command("book")
def book(context: typer.Context) -> None:
    """The address book in force: state of each entry, look-alikes, since when, how often it was paid."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.book.whole()
    session.output.result(result, lambda console: render_list.book(console, result))


def _list(console: Console, result: JsonObject) -> None:
    found = render.items(result["accounts"])
    if not found:
        console.print("No account yet. Run accounts add.")
        return
    table = render.table("account", "label", "in policy")
    for account in found:
        table.add_row(
            str(account["account"]),
            safe_text(str(account["label"] or "")),
            "yes" if account["in_policy"] else "no",
        )
    console.print(table)


def _show(console: Console, result: JsonObject) -> None:
    console.print(safe_text(str(result["account"])))
    render_list.account(console, render.obj(result["agreed"]))
    for fact in render.items(result["facts"]):
        console.print(safe_text(f"{fact['kind']} {fact['key']}"))
        for seen in render.items(fact["observations"]):
            console.print(f"  {safe_text(str(seen['operator']))} at ledger {seen['ledger']}")
            render.rows(
                console, [(f"    {name}", str(value)) for name, value in render.obj(seen["value"]).items()]
            )
