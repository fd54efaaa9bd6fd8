"""What left an account inside a window: the union of what ledgers and this workspace know (CONTRACTS B).

The items of one source add up, because one transaction can pay the same receiver twice. What several sources
say of one id counts once, by what counts most: the source whose amounts are the largest, at the latest
time of any. So a source that is wrong or behind can make the room smaller for a while, and never larger. For
the sum of an account the amounts of one id and asset are compared; for the sum of one receiver those to this
receiver, since a source that names another one must not hide it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import TypeAlias

from signer_app.core.amounts import add, subtract
from signer_app.core.facts import Observation
from signer_app.core.json_types import JsonValue
from signer_app.policy.observations import Decided, Undecided, moment
from signer_app.policy.subject import read_amount

_ZERO = Decimal(0)
#: Id, asset, receiver.
_Name: TypeAlias = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One outflow: ``id`` is the proposal_id, ``to`` a CAIP-10 account, or None where nobody receives (a
    fee).
    """

    id: str
    asset: str
    to: str | None
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Outflows:
    """All items known of one account, newest last; ``received`` are those that count for one receiver."""

    items: tuple[Item, ...]
    received: tuple[Item, ...]
    evidence: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class WindowSum:
    """Sum of one window, with what each id adds, and the items themselves for saying when there is room."""

    total: Decimal
    by_id: dict[str, Decimal]
    items: tuple[Item, ...]
    evidence: tuple[Observation, ...]

    def without(self, own: str) -> Decimal:
        """The sum without the judged proposal itself."""
        mine = self.by_id.get(own)
        if mine is None:
            return self.total
        if self.total.is_finite():
            return subtract(self.total, mine)
        return reduce(add, (amount for name, amount in self.by_id.items() if name != own), _ZERO)

    def count_without(self, own: str) -> int:
        """How many proposals, without the judged one."""
        return len(self.by_id) - (own in self.by_id)


def read_outflows(fact: Decided, key: str) -> Outflows | Undecided:
    """Items of a decided `outflows` fact. FACT_MISSING where it is not complete or cannot be read."""
    values = [fact.value, *(seen.value for seen in fact.local)]
    evidence = fact.evidence + fact.local
    sources: list[dict[_Name, Item]] = []
    for value in values:
        items = value.get("items")
        if value.get("complete") is not True or not isinstance(items, list):
            return _lacks(key, "a complete list", evidence)
        own = _of_one_source(items)
        if own is None:
            return _lacks(key, "readable items", evidence)
        sources.append(own)
    if len(sources) == 1:
        all_items = tuple(sorted(sources[0].values(), key=_order))
        return Outflows(all_items, all_items, evidence)
    return Outflows(_union(sources, _by_asset), _union(sources, _by_receiver), evidence)


def window_sum(
    outflows: Outflows, now: datetime, window_s: int, asset: str | None, to: str | None
) -> WindowSum:
    """Items with now - window_s < at, of ``asset`` and to ``to`` where given. Fees have no receiver.

    A ledger's close time may be some seconds ahead of our clock. What left then has left all the same, so an
    item dated after ``now`` counts (docs/decisions/0006).
    """
    start = now - timedelta(seconds=window_s)
    kept = tuple(
        item
        for item in (outflows.items if to is None else outflows.received)
        if start < item.at and (asset is None or item.asset == asset) and (to is None or item.to == to)
    )
    by_id: dict[str, Decimal] = {}
    total = _ZERO
    for item in kept:
        total = add(total, item.amount)
        by_id[item.id] = add(by_id.get(item.id, _ZERO), item.amount)
    return WindowSum(total, by_id, kept, outflows.evidence)


def room_again(window: WindowSum, own: str, window_s: int, excess: Decimal) -> datetime | None:
    """When enough has left the window for ``excess`` to fit, or None if that never happens."""
    freed = _ZERO
    for item in sorted(window.items, key=_order):
        if item.id != own:
            freed = add(freed, item.amount)
            if freed >= excess:
                return item.at + timedelta(seconds=window_s)
    return None


def count_room_again(window: WindowSum, own: str, window_s: int, excess: int) -> datetime | None:
    """When ``excess`` proposals have left the window."""
    latest: dict[str, datetime] = {}
    for item in window.items:
        if item.id != own:
            latest[item.id] = max(item.at, latest.get(item.id, item.at))
    times = sorted(latest.values())
    return times[excess - 1] + timedelta(seconds=window_s) if 0 < excess <= len(times) else None


def _by_asset(item: Item) -> Hashable:
    return item.id, item.asset


def _by_receiver(item: Item) -> Hashable:
    return item.id, item.asset, item.to


def _union(sources: Iterable[dict[_Name, Item]], group: Callable[[Item], Hashable]) -> tuple[Item, ...]:
    """Of each group the items of the source with the largest sum, at the latest time of any."""
    kept: dict[Hashable, list[Item]] = {}
    for source in sources:
        found: dict[Hashable, list[Item]] = {}
        for item in source.values():
            found.setdefault(group(item), []).append(item)
        for name, items in found.items():
            other = kept.get(name)
            kept[name] = items if other is None else _larger(other, items)
    return tuple(sorted((item for items in kept.values() for item in items), key=_order))


def _larger(first: list[Item], second: list[Item]) -> list[Item]:
    latest = max(item.at for item in (*first, *second))
    chosen = second if _sum(second) > _sum(first) else first
    return [replace(item, at=latest) for item in chosen]


def _sum(items: Iterable[Item]) -> Decimal:
    return reduce(add, (item.amount for item in items), _ZERO)


def _of_one_source(items: Iterable[JsonValue]) -> dict[_Name, Item] | None:
    result: dict[_Name, Item] = {}
    for raw in items:
        item = _item(raw)
        if item is None:
            return None
        name = (item.id, item.asset, item.to)
        other = result.get(name)
        if other is not None:
            item = Item(item.id, item.asset, item.to, add(other.amount, item.amount), max(other.at, item.at))
        result[name] = item
    return result


def _item(raw: JsonValue) -> Item | None:
    if not isinstance(raw, dict):
        return None
    name, asset, to, amount = raw.get("id"), raw.get("asset"), raw.get("to"), raw.get("amount")
    at = moment(raw.get("at"))
    if not (isinstance(name, str) and isinstance(asset, str) and isinstance(amount, str)):
        return None
    if at is None or not (to is None or isinstance(to, str)):
        return None
    return Item(name, asset, to, read_amount(amount), at)


def _order(item: Item) -> tuple[datetime, str, str, str]:
    return item.at, item.id, item.asset, item.to or ""


def _lacks(key: str, what: str, evidence: tuple[Observation, ...]) -> Undecided:
    return Undecided("FACT_MISSING", "fact_incomplete", "outflows", key, lacks=what, evidence=evidence)
