"""Payment and escrow (xrpl.org, "Payment", "EscrowCreate", "EscrowFinish", "EscrowCancel"; XLS-85)."""

from __future__ import annotations

from typing import Final

from signer_app.chains.xrpl.codec.definitions import TRANSACTION_FLAGS
from signer_app.chains.xrpl.effects.context import Context
from signer_app.chains.xrpl.effects.texts import memo_text
from signer_app.core.effects import (
    DataWrite,
    Effect,
    EscrowCancel,
    EscrowOpen,
    EscrowRelease,
    Transfer,
)

PARTIAL: Final = TRANSACTION_FLAGS["Payment"]["tfPartialPayment"]


def payment(c: Context) -> list[Effect]:
    """One Transfer. ``paths``: the value is converted on the way, by given paths or by the default one."""
    money = c.money("Amount")
    spend = c.optional_money("SendMax")
    delivered = c.optional_money("DeliverMin")
    if money.negative or (spend and spend.amount.startswith("-")):
        return [c.unknown("Payment of a negative amount", c.fields["Amount"])]
    return [
        Transfer(
            path=c.path,
            account=c.account,
            to=c.caip("Destination"),
            tag=c.tag(),
            memo=memo_text(c.fields),
            asset=money.amount.asset,
            amount=money.amount.amount,
            base=money.base,
            max_spend=spend,
            min_delivered=delivered,
            partial=bool(c.flags & PARTIAL),
            paths=converts(c),
            issue=money.issuer is not None and money.issuer == c.text("Account"),
        )
    ]


def converts(c: Context) -> bool:
    """Whether the value of a Payment is converted on the way: by given paths, or from another asset."""
    spend, money = c.optional_money("SendMax"), c.optional_money("Amount")
    return c.has("Paths") or (spend is not None and (money is None or spend.asset != money.asset))


def escrow_create(c: Context) -> list[Effect]:
    """One EscrowOpen. The effect has no place for a tag, so a tag is a DataWrite of its own."""
    money = c.money("Amount")
    if money.negative:
        return [c.unknown("EscrowCreate of a negative amount", c.fields["Amount"])]
    opened: list[Effect] = [
        EscrowOpen(
            path=c.path,
            account=c.account,
            to=c.caip("Destination"),
            asset=money.amount.asset,
            amount=money.amount.amount,
            finish_after=c.time("FinishAfter"),
            cancel_after=c.time("CancelAfter"),
            condition=c.text("Condition") if c.has("Condition") else None,
        )
    ]
    tag = c.tag()
    if tag is not None:
        opened.append(DataWrite(path=c.path, account=c.account, name="DestinationTag", value=tag))
    return opened


def escrow_finish(c: Context) -> list[Effect]:
    return [EscrowRelease(path=c.path, account=c.account, owner=c.caip("Owner"), sequence=_sequence(c))]


def escrow_cancel(c: Context) -> list[Effect]:
    return [EscrowCancel(path=c.path, account=c.account, owner=c.caip("Owner"), sequence=_sequence(c))]


def _sequence(c: Context) -> str:
    return str(c.number("OfferSequence"))
