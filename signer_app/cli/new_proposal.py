"""`countersign proposal new …`: one command for each kind of proposal, and one for lists of payments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from signer_app.chains.intents import Intent, Pay, ReserveTickets, SetSigners, Settings, Trust
from signer_app.cli import render, render_list, typed
from signer_app.cli.opening import workspace
from signer_app.cli.policy import EXIT_OF
from signer_app.cli.session import read_input, session_of
from signer_app.core.amounts import parse_decimal
from signer_app.core.caip import parse_account, parse_asset
from signer_app.core.clock import parse_duration
from signer_app.core.errors import UsageError
from signer_app.core.inspection import Slot

app = typer.Typer(name="new", help="Compose a proposal. Slot, fee and last ledger come from the ledger.")

From = Annotated[
    str, typer.Option("--from", metavar="CAIP-10", help="The account that acts.", callback=typed.account)
]
Ticket = Annotated[str | None, typer.Option("--ticket", help="Use this ticket instead of the next free one.")]
Expires = Annotated[
    str,
    typer.Option("--expires-in", help="How long it may wait: 90s, 30m, 12h, 3d.", callback=typed.duration),
]
Title = Annotated[str, typer.Option("--title", help="A few words for the signers. No check reads them.")]
Note = Annotated[str, typer.Option("--note", help="More words for the signers.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show and judge it; nothing is written.")]


@dataclass(frozen=True, slots=True)
class _Terms:
    """Options that every kind has."""

    expires_in: str
    ticket: str | None
    title: str
    note: str
    dry_run: bool


@app.command("payment")
def payment(
    context: typer.Context,
    sender: From,
    to: Annotated[str, typer.Option("--to", metavar="CAIP-10", help="The receiver.", callback=typed.account)],
    asset: Annotated[
        str,
        typer.Option("--asset", metavar="CAIP-19", help="xrpl:N/slip44:144 for XRP.", callback=typed.asset),
    ],
    amount: Annotated[
        str, typer.Option("--amount", help="In whole units, such as 25000.50.", callback=typed.amount)
    ],
    tag: Annotated[
        str | None, typer.Option("--tag", help="The receiver's destination tag.", callback=typed.tag)
    ] = None,
    expires_in: Expires = "1d",
    ticket: Ticket = None,
    title: Title = "",
    note: Note = "",
    dry_run: DryRun = False,
) -> None:
    """Pay an amount of one asset."""
    intent = Pay(to=str(parse_account(to)), asset=parse_asset(asset), amount=parse_decimal(amount), tag=tag)
    _propose(context, sender, intent, _Terms(expires_in, ticket, title, note, dry_run))


@app.command("trust")
def trust(
    context: typer.Context,
    sender: From,
    asset: Annotated[
        str,
        typer.Option("--asset", metavar="CAIP-19", help="The issued asset to accept.", callback=typed.asset),
    ],
    limit: Annotated[
        str, typer.Option("--limit", help="Up to how much, in whole units.", callback=typed.amount)
    ],
    flag: Annotated[
        list[str] | None, typer.Option("--flag", help="Such as tfSetNoRipple; may be repeated.")
    ] = None,
    expires_in: Expires = "1d",
    ticket: Ticket = None,
    title: Title = "",
    note: Note = "",
    dry_run: DryRun = False,
) -> None:
    """Accept an issued asset up to a limit."""
    intent = Trust(parse_asset(asset), parse_decimal(limit), tuple(flag or ()))
    _propose(context, sender, intent, _Terms(expires_in, ticket, title, note, dry_run))


@app.command("signer-list")
def signer_list(
    context: typer.Context,
    sender: From,
    quorum: Annotated[
        int, typer.Option("--quorum", help="Weight that signatures must reach; 0 removes the list.")
    ],
    signer: Annotated[
        list[str] | None, typer.Option("--signer", metavar="CAIP-10=WEIGHT", help="May be repeated.")
    ] = None,
    expires_in: Expires = "1d",
    ticket: Ticket = None,
    title: Title = "",
    note: Note = "",
    dry_run: DryRun = False,
) -> None:
    """Replace the list of who may sign for the account."""
    entries = []
    for entry in signer or ():
        account, _, weight = entry.rpartition("=")
        if not (weight.isascii() and weight.isdigit()):
            raise UsageError(f"{entry[:100]!r} is not an account with its weight, such as xrpl:0:r…=1.")
        with typed.values():
            entries.append((str(parse_account(account)), int(weight)))
    _propose(
        context, sender, SetSigners(quorum, tuple(entries)), _Terms(expires_in, ticket, title, note, dry_run)
    )


@app.command("ticket")
def tickets(
    context: typer.Context,
    sender: From,
    count: Annotated[int, typer.Option("--count", help="How many tickets to set aside (1 to 250).")],
    expires_in: Expires = "1d",
    ticket: Ticket = None,
    title: Title = "",
    note: Note = "",
    dry_run: DryRun = False,
) -> None:
    """Set tickets aside, so that proposals can wait beside each other."""
    _propose(context, sender, ReserveTickets(count), _Terms(expires_in, ticket, title, note, dry_run))


@app.command("settings")
def settings(
    context: typer.Context,
    sender: From,
    set_flag: Annotated[list[str] | None, typer.Option("--set", help="Such as asfRequireDest.")] = None,
    clear_flag: Annotated[list[str] | None, typer.Option("--clear", help="A flag to clear.")] = None,
    domain: Annotated[
        str | None, typer.Option("--domain", help="The account's domain; empty removes it.")
    ] = None,
    expires_in: Expires = "1d",
    ticket: Ticket = None,
    title: Title = "",
    note: Note = "",
    dry_run: DryRun = False,
) -> None:
    """Change account settings."""
    intent = Settings(tuple(set_flag or ()), tuple(clear_flag or ()), domain)
    _propose(context, sender, intent, _Terms(expires_in, ticket, title, note, dry_run))


@app.command("payments")
def payments(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE.csv|-", help="Titles, then one payment a row.")],
    sender: From,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="FIELD=TITLE", help="Column of to, amount, asset, tag or title."),
    ] = None,
    asset: Annotated[
        str | None,
        typer.Option(
            "--asset",
            metavar="CAIP-19",
            help="What is paid where no column says it.",
            callback=typed.asset,
        ),
    ] = None,
    expires_in: Expires = "1d",
    title: Title = "",
    dry_run: DryRun = False,
) -> None:
    """Pay a list: one proposal a row, each on a ticket of its own.

    The same list again proposes only the rows that are missing.
    """
    from signer_app.exchange.payment_list import MAX_BYTES, column_named, read_table  # noqa: PLC0415
    from signer_app.proposals.batch_rows import ListOrder  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    data = read_input(file, MAX_BYTES)
    account = parse_account(sender)
    order = ListOrder(
        network=account.network,
        account=str(account),
        data=data,
        expires_in=parse_duration(expires_in),
        columns=column_named(read_table(data).titles, column) if column else None,
        asset=parse_asset(asset) if asset is not None else None,
        title=title,
    )

    def step(done: int, total: int) -> bool:
        if done == total or done % 100 == 0:
            session.output.note(f"{done:,} of {total:,} rows")
        return True

    if dry_run:
        with workspace(session) as opened:
            checked = opened.batches.check(order, step)
        result, wrong = checked.to_json(), bool(checked.wrong)
        code = 3 if wrong else 0 if checked.allowed else 4
    else:
        with workspace(session, keys=True) as opened:
            result = opened.batches.propose(order, step)
        verdicts = {str(row["verdict"]) for row in render.items(result["rows"])}
        code = 0 if verdicts == {"ALLOW"} else 4
    session.output.result(result, lambda console: render_list.payments(console, result), exit_code=code)


def _propose(
    context: typer.Context,
    sender: str,
    intent: Intent,
    terms: _Terms,
) -> None:
    from signer_app.proposals.intake import Order  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    account = parse_account(sender)
    order = Order(
        network=account.network,
        account=sender,
        intent=intent,
        expires_in=parse_duration(terms.expires_in),
        title=terms.title,
        note=terms.note,
        slot=Slot("ticket", terms.ticket) if terms.ticket is not None else None,
    )
    if terms.dry_run:
        with workspace(session) as opened, typed.values():
            result = opened.previews.preview(order).to_json()
        code = EXIT_OF.get(str(result["verdict"]), 4)
        session.output.result(result, lambda console: render_list.preview(console, result), exit_code=code)
        return
    with workspace(session, keys=True) as opened, typed.values():
        result = opened.proposals.new(order)
    session.output.result(result, lambda console: render.proposal_judged(console, result))
