"""Balances by account and asset: total, what the ledger and pending payments hold back, what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from signer_app.core.amounts import add, format_decimal, parse_decimal, subtract, whole_units
from signer_app.core.caip import account_asset_key, asset_network, parse_account, xrp
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.policy.observations import Decided, number
from signer_app.policy.readings import Readings
from signer_app.policy.schema import Asset, ScopeAccount
from signer_app.proposals.judging import outflow_items
from signer_app.proposals.store.queries import Proposal

#: XRP has six decimals (xrpl.org, "Currency Formats").
_XRP_DECIMALS = 6
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """Whole units. ``total``, ``reserve`` and ``available`` are None where the facts do not decide them;
    ``why`` then says why. ``pending`` is what signed proposals can still take, their fees included.
    """

    account: str
    account_name: str
    asset: str
    label: str
    total: Decimal | None
    reserve: Decimal | None
    pending: Decimal
    why: str = ""

    @property
    def available(self) -> Decimal | None:
        """total - reserve - pending; below zero where more is promised than is there."""
        if self.total is None or self.reserve is None:
            return None
        return subtract(subtract(self.total, self.reserve), self.pending)

    def to_json(self) -> JsonObject:
        """{account, account_name, asset, label, total, reserve, pending, available, why}; amounts: text."""
        return {
            "account": self.account,
            "account_name": self.account_name,
            "asset": self.asset,
            "label": self.label,
            "total": _text(self.total),
            "reserve": _text(self.reserve),
            "pending": format_decimal(self.pending),
            "available": _text(self.available),
            "why": self.why,
        }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format_decimal(value)


def balances(
    readings: Readings, accounts: Sequence[ScopeAccount], assets: Sequence[Asset],
    proposals: Sequence[Proposal], now: datetime,
) -> tuple[Balance, ...]:  # fmt: skip
    """Every account of the policy with every asset of its network, in the policy's order."""
    found = []
    for entry in accounts:
        pending = pending_of(entry.account, proposals, now)
        for asset in assets:
            if asset_network(asset.id) == parse_account(entry.account).network:
                found.append(_balance(readings, entry, asset, pending.get(asset.id, _ZERO)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Total:
    """One asset over all accounts, in whole units. ``total``, ``held`` (reserve and pending) and
    ``available`` are None as soon as one account's are not known: a sum of what is known would mislead.
    """

    asset: str
    label: str
    accounts: int
    total: Decimal | None
    held: Decimal | None
    available: Decimal | None

    def to_json(self) -> JsonObject:
        """{asset, label, accounts, total, held, available}; amounts: text or null."""
        return {
            "asset": self.asset,
            "label": self.label,
            "accounts": self.accounts,
            "total": _text(self.total),
            "held": _text(self.held),
            "available": _text(self.available),
        }


def totals(found: Sequence[Balance]) -> tuple[Total, ...]:
    """The balances added up by asset, in their order."""
    by_asset: dict[str, list[Balance]] = {}
    for balance in found:
        by_asset.setdefault(balance.asset, []).append(balance)
    return tuple(
        Total(
            asset, rows[0].label, len(rows),
            _sum([row.total for row in rows]),
            _sum([None if row.reserve is None else add(row.reserve, row.pending) for row in rows]),
            _sum([row.available for row in rows]),
        )
        for asset, rows in by_asset.items()
    )  # fmt: skip


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    total = _ZERO
    for value in values:
        if value is None:
            return None
        total = add(total, value)
    return total


def _balance(readings: Readings, entry: ScopeAccount, asset: Asset, pending: Decimal) -> Balance:
    fact = readings.judge("balance", account_asset_key(entry.account, asset.id))
    total, why = None, "The nodes did not say, or do not agree."
    if isinstance(fact, Decided):
        total = _amount(fact.value.get("amount"))
        why = "" if total is not None else "The nodes gave no amount."
    reserve: Decimal | None = _ZERO
    if asset.id == xrp(parse_account(entry.account).network):
        reserve = reserve_of(readings, entry.account)
        if reserve is None and not why:
            why = "The ledger's reserve is not known."
    return Balance(entry.account, entry.id, asset.id, asset.label, total, reserve, pending, why)


def reserve_of(readings: Readings, account: str) -> Decimal | None:
    """What the XRP Ledger holds back: base reserve and one increment for each object that is owned
    (xrpl.org, "Reserves"); 0 for an account that does not exist, None where the facts do not decide it.
    """
    network = parse_account(account).network
    held, rates = readings.judge("account", account), readings.judge("network", network)
    if not isinstance(held, Decided) or not isinstance(rates, Decided):
        return None
    if held.value.get("exists") is False:
        return _ZERO
    owned = number(held.value.get("owner_count"))
    base, step = (number(rates.value.get(name)) for name in ("reserve_base", "reserve_inc"))
    if owned is None or base is None or step is None:
        return None
    return whole_units(base + owned * step, _XRP_DECIMALS)


def pending_of(account: str, proposals: Iterable[Proposal], now: datetime) -> dict[str, Decimal]:
    """What proposals with a signature can still take from an account, by asset."""
    total: dict[str, Decimal] = {}
    for proposal in proposals:
        if proposal.account != account or not proposal.live:
            continue
        for item in outflow_items(proposal, now):
            if isinstance(item, dict):
                _add(total, str(item["asset"]), _amount(item["amount"]))
        for effect in proposal.effects:
            if effect.get("kind") == "FeePaid":
                _add(total, str(effect.get("asset")), _amount(effect.get("amount")))
    return total


def _add(total: dict[str, Decimal], asset: str, amount: Decimal | None) -> None:
    if amount is not None:
        total[asset] = add(total.get(asset, _ZERO), amount)


def _amount(value: object) -> Decimal | None:
    if not isinstance(value, str):
        return None
    try:
        return parse_decimal(value)
    except MalformedError:
        return None
