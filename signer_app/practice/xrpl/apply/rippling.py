"""Moving issued currency along trust lines: source, issuers, destination, without offers.

The way is the default path: source, the issuer of what may be spent, the issuer of what is to arrive,
destination. Each step is limited by its line; an issuer in the middle may take its transfer fee (xrpl.org
"Rippling", "Transfer Fees", "Freezes", "Authorized Trust Lines").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from signer_app.core.errors import UnforeseenError
from signer_app.practice.xrpl.amounts import ZERO, Issued, add, divide_down, multiply_up
from signer_app.practice.xrpl.apply.context import Context, adjust_owner_count, flags_of
from signer_app.practice.xrpl.apply.lines import Side, needs_reserve, read_side, set_balance
from signer_app.practice.xrpl.codec import line_index
from signer_app.practice.xrpl.flags import (
    LSF_GLOBAL_FREEZE,
    LSF_REQUIRE_AUTH,
    TF_LIMIT_QUALITY,
    TF_NO_RIPPLE_DIRECT,
    TF_PARTIAL_PAYMENT,
)
from signer_app.practice.xrpl.state import Sandbox, View, account_root
from signer_app.practice.xrpl.values import SUCCESS, Result, number, text

_RATE_ONE = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True)
class Step:
    """One line on the way, seen by its sender. ``rate`` is what the sender charges for passing it on."""

    side: Side
    rate: Decimal

    @property
    def capacity(self) -> Decimal:
        """At most this much can move: what is held, and then what the receiver trusts the sender for."""
        return max(ZERO, add(self.side.balance, self.side.other().limit))


def ripple(context: Context, amount: Issued, maximum: Issued | None) -> tuple[Result, Issued]:
    """Move ``amount``, or as much as can be with the partial payment flag.

    Gives the result and what arrived.
    """
    nothing = Issued(ZERO, amount.currency, amount.issuer)
    nodes = _way(context, amount, maximum)
    flags = context.transaction.flags
    if len(set(nodes)) != len(nodes) or flags & TF_NO_RIPPLE_DIRECT:
        return "tecPATH_DRY", nothing
    steps = _steps(context.view, nodes, amount.currency)
    if steps is None:
        return "tecPATH_DRY", nothing
    budget = maximum.value if maximum is not None else amount.value
    arriving = min(amount.value, _deliverable(steps, budget))
    if arriving <= 0:
        return "tecPATH_DRY", nothing
    if flags & TF_LIMIT_QUALITY and _needed(steps, arriving)[0] * amount.value > budget * arriving:
        return "tecPATH_DRY", nothing
    if arriving < _least(context, amount):
        return "tecPATH_PARTIAL", nothing
    for step, moved in zip(steps, _needed(steps, arriving), strict=True):
        _move(context.view, step.side, moved)
    return SUCCESS, Issued(arriving, amount.currency, amount.issuer)


def _least(context: Context, amount: Issued) -> Decimal:
    if not context.transaction.flags & TF_PARTIAL_PAYMENT:
        return amount.value
    least = context.transaction.fields.get("DeliverMin")
    return Decimal(text(least, "value")) if isinstance(least, dict) else ZERO


def _way(context: Context, amount: Issued, maximum: Issued | None) -> list[str]:
    destination = text(context.transaction.fields, "Destination")
    ends = (context.source, destination)
    # An amount "issued" by source or destination means any issue that they give or take.
    middle = [issuer for issuer in (maximum.issuer if maximum else None, amount.issuer) if issuer not in ends]
    issuers = [issuer for issuer in middle if issuer is not None]
    if len(issuers) == 2 and issuers[0] == issuers[1]:
        issuers.pop()
    return [context.source, *issuers, destination]


def _steps(view: View, nodes: list[str], currency: str) -> list[Step] | None:
    """The lines of the way; None where one is missing, frozen, not authorised or must not ripple."""
    steps: list[Step] = []
    direct = len(nodes) == 2
    for sender, receiver in pairwise(nodes):
        side = read_side(view, sender, receiver, currency)
        if side is None or not _is_authorised(view, side) or (not direct and _is_frozen(view, side)):
            return None
        rate = Decimal(1)
        if steps:
            before = steps[-1].side.other()
            if before.has(before.bits.no_ripple) and side.has(side.bits.no_ripple):
                return None
            if steps[-1].side.balance > 0 and side.balance <= 0:
                rate = _transfer_rate(view, sender)
        steps.append(Step(side, rate))
    return steps


def _is_authorised(view: View, side: Side) -> bool:
    demands = flags_of(account_root(view, side.account)) & LSF_REQUIRE_AUTH
    return not demands or side.has(side.bits.auth) or side.balance != 0


def _is_frozen(view: View, side: Side) -> bool:
    receiver = side.other()
    return bool(
        flags_of(account_root(view, receiver.account)) & LSF_GLOBAL_FREEZE
        or receiver.has(receiver.bits.freeze)
        or receiver.has(receiver.bits.deep_freeze)
        or side.has(side.bits.deep_freeze)
    )


def _transfer_rate(view: View, issuer: str) -> Decimal:
    root = account_root(view, issuer)
    return Decimal(1) if root is None else Decimal(number(root, "TransferRate", int(_RATE_ONE))) / _RATE_ONE


def _deliverable(steps: list[Step], budget: Decimal) -> Decimal:
    moving = budget
    for step in steps:
        moving = min(divide_down(moving, step.rate), step.capacity)
    return moving


def _needed(steps: list[Step], arriving: Decimal) -> list[Decimal]:
    """What must move over each line so that ``arriving`` comes out of the last one."""
    needed = [arriving]
    for step in reversed(steps[1:]):
        needed.append(multiply_up(needed[-1], step.rate))
    return needed[::-1]


def _move(view: Sandbox, side: Side, amount: Decimal) -> None:
    """Take ``amount`` from the sender's side of its line; remove the line where nobody needs it any more."""
    index = line_index(side.account, side.peer, side.currency)
    entry = view.edit(index)
    if entry is None:
        raise UnforeseenError("A trust line vanished during a payment.")
    mine = Side(side.account, side.peer, side.currency, entry)
    held_before = mine.balance
    set_balance(entry, mine, add(held_before, -amount))
    mine = Side(side.account, side.peer, side.currency, entry)
    if held_before <= 0 or mine.balance > 0 or not mine.has(mine.bits.reserve) or needs_reserve(view, mine):
        return
    entry["Flags"] = flags_of(entry) & ~mine.bits.reserve
    adjust_owner_count(view, mine.account, -1)
    peer = mine.other()
    if mine.balance == 0 and not peer.has(peer.bits.reserve):
        view.erase(index)
