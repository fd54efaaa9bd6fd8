"""TicketCreate (xrpl.org "TicketCreate"; XLS-13)."""

from __future__ import annotations

from signer_app.practice.xrpl.apply.context import Context, Kind, adjust_owner_count, edit_account
from signer_app.practice.xrpl.codec import Transaction, ticket_index
from signer_app.practice.xrpl.state import account_root, owner_count
from signer_app.practice.xrpl.values import SUCCESS, Result, number

MAX_TICKETS = 250


def _preflight(transaction: Transaction) -> Result:
    count = number(transaction.fields, "TicketCount")
    return SUCCESS if 1 <= count <= MAX_TICKETS else "temINVALID_COUNT"


def _preclaim(context: Context) -> Result:
    root = account_root(context.view, context.source) or {}
    held = number(root, "TicketCount", 0) - (1 if context.transaction.uses_ticket else 0)
    wanted = number(context.transaction.fields, "TicketCount")
    return "tecDIR_FULL" if held + wanted > MAX_TICKETS else SUCCESS


def _apply(context: Context) -> Result:
    count = number(context.transaction.fields, "TicketCount")
    needed = context.fees.reserve(owner_count(context.view, context.source) + count)
    if context.prior_balance < needed:
        return "tecINSUFFICIENT_RESERVE"
    root = edit_account(context.view, context.source)
    first = number(root, "Sequence")
    for sequence in range(first, first + count):
        context.view.put(
            ticket_index(context.source, sequence),
            {
                "Account": context.source,
                "Flags": 0,
                "LedgerEntryType": "Ticket",
                "OwnerNode": "0",
                "TicketSequence": sequence,
            },
        )
    root["TicketCount"] = number(root, "TicketCount", 0) + count
    root["Sequence"] = first + count
    adjust_owner_count(context.view, context.source, count)
    return SUCCESS


KIND = Kind(_preflight, _preclaim, _apply)
