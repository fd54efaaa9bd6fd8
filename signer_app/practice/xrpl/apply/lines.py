"""Trust lines: one entry for two accounts, seen from either side.

A RippleState's Balance is positive when its low account holds what the high account issued
(xrpl.org "RippleState"). ``Side`` hides that, so that rules can be written from one account's point of view.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.amounts import NO_ACCOUNT, ZERO, to_text
from signer_app.practice.xrpl.apply.context import adjust_owner_count, flags_of
from signer_app.practice.xrpl.codec import line_index
from signer_app.practice.xrpl.flags import (
    LSF_DEFAULT_RIPPLE,
    LSF_HIGH_AUTH,
    LSF_HIGH_DEEP_FREEZE,
    LSF_HIGH_FREEZE,
    LSF_HIGH_NO_RIPPLE,
    LSF_HIGH_RESERVE,
    LSF_LOW_AUTH,
    LSF_LOW_DEEP_FREEZE,
    LSF_LOW_FREEZE,
    LSF_LOW_NO_RIPPLE,
    LSF_LOW_RESERVE,
)
from signer_app.practice.xrpl.state import Sandbox, View, account_root, is_low
from signer_app.practice.xrpl.values import Entry, member, text


@dataclass(frozen=True, slots=True)
class SideFlags:
    """The five bits that one side of a line owns."""

    reserve: int
    auth: int
    no_ripple: int
    freeze: int
    deep_freeze: int


LOW = SideFlags(LSF_LOW_RESERVE, LSF_LOW_AUTH, LSF_LOW_NO_RIPPLE, LSF_LOW_FREEZE, LSF_LOW_DEEP_FREEZE)
HIGH = SideFlags(LSF_HIGH_RESERVE, LSF_HIGH_AUTH, LSF_HIGH_NO_RIPPLE, LSF_HIGH_FREEZE, LSF_HIGH_DEEP_FREEZE)


@dataclass(frozen=True, slots=True)
class Side:
    """A line as ``account`` sees it: ``balance`` positive = it holds what ``peer`` issued."""

    account: str
    peer: str
    currency: str
    entry: Entry

    @property
    def low(self) -> bool:
        """True when the account is the line's low side."""
        return is_low(self.account, self.peer)

    @property
    def bits(self) -> SideFlags:
        """The account's own flag bits."""
        return LOW if self.low else HIGH

    @property
    def balance(self) -> Decimal:
        """The balance from the account's point of view."""
        value = Decimal(text(member(self.entry, "Balance"), "value"))
        return value if self.low else -value

    @property
    def limit(self) -> Decimal:
        """How much of the peer's issue the account is willing to hold."""
        return Decimal(text(member(self.entry, "LowLimit" if self.low else "HighLimit"), "value"))

    def has(self, bit: int) -> bool:
        """True when the flag bit is set on the line."""
        return bool(flags_of(self.entry) & bit)

    def other(self) -> Side:
        """The same line as the peer sees it."""
        return Side(self.peer, self.account, self.currency, self.entry)


def read_side(view: View, account: str, peer: str, currency: str) -> Side | None:
    """The line between two accounts, not to be changed; None where there is none."""
    entry = view.read(line_index(account, peer, currency))
    return None if entry is None else Side(account, peer, currency, entry)


def new_line(account: str, peer: str, currency: str, limit: Decimal) -> JsonObject:
    """A line without flags on which only ``account`` has a limit."""
    low, high = (account, peer) if is_low(account, peer) else (peer, account)

    def side_limit(owner: str) -> JsonObject:
        value = limit if owner == account else ZERO
        return {"currency": currency, "issuer": owner, "value": to_text(value)}

    return {
        "Balance": {"currency": currency, "issuer": NO_ACCOUNT, "value": "0"},
        "Flags": 0,
        "HighLimit": side_limit(high),
        "HighNode": "0",
        "LedgerEntryType": "RippleState",
        "LowLimit": side_limit(low),
        "LowNode": "0",
    }


def set_balance(entry: Entry, side: Side, balance: Decimal) -> None:
    """Write a balance given from the side's point of view."""
    value = balance if side.low else -balance
    entry["Balance"] = {"currency": side.currency, "issuer": NO_ACCOUNT, "value": to_text(value)}


def needs_reserve(view: View, side: Side) -> bool:
    """True when this side of the line is not in its default state, so that its account pays for it."""
    defaults_to_ripple = bool(flags_of(account_root(view, side.account)) & LSF_DEFAULT_RIPPLE)
    no_ripple_is_default = not defaults_to_ripple
    return (
        side.has(side.bits.no_ripple) != no_ripple_is_default
        or side.has(side.bits.freeze)
        or side.limit != 0
        or side.balance > 0
    )


def settle_reserves(view: Sandbox, entry: Entry, account: str, peer: str, currency: str) -> bool:
    """Bring both sides' reserve flags and owner counts up to date; remove the line where neither needs it.

    Returns True when ``account`` now pays for a line that it did not pay for before.
    """
    gained = False
    kept = False
    for side in (Side(account, peer, currency, entry), Side(peer, account, currency, entry)):
        wanted, present = needs_reserve(view, side), side.has(side.bits.reserve)
        kept = kept or wanted
        if wanted == present:
            continue
        entry["Flags"] = flags_of(entry) ^ side.bits.reserve
        adjust_owner_count(view, side.account, 1 if wanted else -1)
        gained = gained or (wanted and side.account == account)
    if not kept:
        view.erase(line_index(account, peer, currency))
    return gained
