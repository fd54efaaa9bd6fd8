"""How far rolling limits are used: by the ledger's outflows and what is pending, and when there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from signer_app.core.amounts import EXACT, format_decimal, subtract
from signer_app.core.clock import format_time
from signer_app.core.json_types import JsonObject
from signer_app.policy.observations import Undecided
from signer_app.policy.outflows import WindowSum
from signer_app.policy.readings import Readings
from signer_app.policy.rules.base import RuleModel
from signer_app.policy.rules.count_cap import CountCap
from signer_app.policy.rules.rolling_cap import RollingCap
from signer_app.policy.schema import ScopeAccount

#: From these shares of a limit on it is a warning, and a danger.
WARN, DANGER = Decimal("0.75"), Decimal("0.95")
CALM, WARNED, CRITICAL, UNKNOWN = "ok", "warn", "danger", "unknown"
LEVELS: Final = (CALM, WARNED, CRITICAL, UNKNOWN)


@dataclass(frozen=True, slots=True)
class LimitUse:
    """One window. ``asset`` is "" for a count of payments; ``to`` names the receiver where the rule is by
    destination. ``used`` None: the outflows are not known, ``why`` says why. ``room_at``: when the oldest
    outflow leaves the window, ``room`` how much comes back then.
    """

    rule: str
    account: str
    account_name: str
    asset: str
    to: str
    used: Decimal | None
    cap: Decimal
    window_s: int
    room_at: datetime | None = None
    room: Decimal | None = None
    why: str = ""

    @property
    def level(self) -> str:
        """ok, warn, danger, or unknown."""
        if self.used is None:
            return UNKNOWN
        if self.used >= EXACT.multiply(self.cap, DANGER):
            return CRITICAL
        return WARNED if self.used >= EXACT.multiply(self.cap, WARN) else CALM

    @property
    def left(self) -> Decimal | None:
        """What still fits; never below zero."""
        return None if self.used is None else max(Decimal(0), subtract(self.cap, self.used))

    def to_json(self) -> JsonObject:
        """{rule, account, account_name, asset, to, used, cap, left, window_s, level, room_at, room, why}."""
        return {
            "rule": self.rule,
            "account": self.account,
            "account_name": self.account_name,
            "asset": self.asset or None,
            "to": self.to or None,
            "used": None if self.used is None else format_decimal(self.used),
            "cap": format_decimal(self.cap),
            "left": None if self.left is None else format_decimal(self.left),
            "window_s": self.window_s,
            "level": self.level,
            "room_at": format_time(self.room_at) if self.room_at else None,
            "room": None if self.room is None else format_decimal(self.room),
            "why": self.why,
        }


def limits(
    readings: Readings, rules: Sequence[RuleModel], accounts: Sequence[ScopeAccount]
) -> tuple[LimitUse, ...]:
    """Every rolling rule for every account that it concerns, in the policy's order."""
    found: list[LimitUse] = []
    for rule in rules:
        if isinstance(rule, RollingCap | CountCap):
            for entry in accounts:
                if _concerns(rule, entry):
                    found.extend(_uses(readings, rule, entry))
    return tuple(found)


def _concerns(rule: RuleModel, entry: ScopeAccount) -> bool:
    names = rule.match.accounts if rule.match is not None else None
    return names is None or entry.id in names or entry.account in names


def _uses(readings: Readings, rule: RollingCap | CountCap, entry: ScopeAccount) -> list[LimitUse]:
    asset = rule.asset if isinstance(rule, RollingCap) else ""
    whole = readings.window(entry.account, rule.window_s, asset or None, None)
    cap = Decimal(rule.max)
    if isinstance(whole, Undecided):
        why = "The outflows are not known: the nodes did not say, or do not agree."
        return [LimitUse(rule.id, entry.account, entry.id, asset, "", None, cap, rule.window_s, why=why)]
    if rule.by == "account":
        return [_use(rule, entry, asset, "", whole, cap)]
    receivers = sorted({item.to for item in whole.items if item.to is not None})
    windows = [(to, readings.window(entry.account, rule.window_s, asset or None, to)) for to in receivers]
    return [
        _use(rule, entry, asset, to, window, cap)
        for to, window in windows
        if not isinstance(window, Undecided)
    ]


def _use(
    rule: RollingCap | CountCap, entry: ScopeAccount, asset: str, to: str, window: WindowSum, cap: Decimal
) -> LimitUse:
    counting = isinstance(rule, CountCap)
    used = Decimal(window.count_without("")) if counting else window.total
    oldest = min(window.items, key=lambda item: item.at, default=None)
    room_at = oldest.at + timedelta(seconds=rule.window_s) if oldest is not None else None
    room = (Decimal(1) if counting else oldest.amount) if oldest is not None else None
    return LimitUse(
        rule.id, entry.account, entry.id, asset, to, used, cap, rule.window_s, room_at=room_at, room=room
    )
