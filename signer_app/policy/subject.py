"""The transaction as rules look at it: effects with their amounts as numbers, their assets and receivers.

Amounts that cannot be read, are negative or unlimited count as infinite, so that no cap lets them pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, reduce
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias

from signer_app.core.amounts import add, parse_decimal
from signer_app.core.caip import parse_account, xrp
from signer_app.core.effects import (
    Allowance,
    AuthorityChange,
    DataWrite,
    DelegateCall,
    Effect,
    EscrowOpen,
    FeePaid,
    OfferPlace,
    TokenBurn,
    TokenMint,
    Transfer,
    TrustChange,
)
from signer_app.core.errors import MalformedError
from signer_app.core.inspection import Inspection, Leg
from signer_app.core.json_types import JsonValue

UNLIMITED: Final = Decimal("Infinity")

#: (asset, amount) pairs that caps count.
Amounts: TypeAlias = tuple[tuple[str, Decimal], ...]

#: Assets whose smallest unit is fixed: decimals of drops, stroops, wei, by CAIP-19 end.
NATIVE_DECIMALS: Final[Mapping[str, int]] = {"slip44:144": 6, "slip44:148": 7, "slip44:60": 18}


_TAG: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_MAX_TAG: Final = 2**32 - 1

#: Indexes into Subject.amounts.
Places: TypeAlias = tuple[int, ...]


class View(NamedTuple):
    """One effect: ``assets`` it touches, ``amounts`` that caps count, ``to`` who receives or may take.

    ``within``: the effect is a part of another one at the same path, and is allowed or refused with it.
    """

    position: int
    effect: Effect
    kind: str
    path: str
    account: str
    leg: Leg | None
    assets: tuple[str, ...]
    amounts: Amounts
    to: str | None
    tag: str | None
    within: bool = False


class Subject(NamedTuple):
    """An inspection, its views, legs without an effect of their own, sums by asset without fees, all
    amounts.
    """

    inspection: Inspection
    views: tuple[View, ...]
    bare_legs: tuple[Leg, ...]
    totals: Mapping[str, Decimal]
    amounts: tuple[Decimal, ...]


def prepare(inspection: Inspection) -> Subject:
    """Never raises on whatever a decoder puts into the effects."""
    legs = {leg.path: leg for leg in reversed(inspection.legs)}
    tags = _escrow_tags(inspection.effects)
    openers = _openers(inspection.effects) if tags else {}
    totals: dict[str, Decimal] = {}
    views: list[View] = []
    used: set[str] = set()
    for effect in inspection.effects:
        view = _view(len(views), effect, legs.get(effect.path))
        if tags:
            view = _with_tag(view, tags.get(view.path, ()), openers.get(view.path))
        views.append(view)
        if view.kind != "FeePaid":
            used.add(view.path)
            for asset, amount in view.amounts:
                totals[asset] = add(totals[asset], amount) if asset in totals else amount
    bare = tuple(leg for leg in inspection.legs if leg.path not in used)
    amounts = tuple([amount for view in views for _, amount in view.amounts])
    return Subject(inspection, tuple(views), bare, totals, amounts)


def places_of(subject: Subject, views: Iterable[View], asset: str) -> Places:
    """Where amounts of ``asset`` stand in these views. The same in every transaction of one shape."""
    chosen = {view.position for view in views}
    places, place = [], 0
    for view in subject.views:
        for moved, _ in view.amounts:
            if moved == asset and view.position in chosen:
                places.append(place)
            place += 1
    return tuple(places)


def adder(places: Places) -> Callable[[Sequence[Decimal]], Decimal]:
    """A function that sums Subject.amounts at ``places``, of which there is at least one."""
    if len(places) == 1:
        return itemgetter(places[0])
    return lambda amounts: reduce(add, (amounts[place] for place in places))


def _escrow_tags(effects: tuple[Effect, ...]) -> dict[str, list[DataWrite]]:
    """Tags of escrows, by path: EscrowOpen has no place for one, so decoding gives a DataWrite beside it."""
    found: dict[str, list[DataWrite]] = {}
    for effect in effects:
        if isinstance(effect, DataWrite) and effect.name == "DestinationTag":
            found.setdefault(effect.path, []).append(effect)
    return found


def _openers(effects: tuple[Effect, ...]) -> dict[str, str]:
    """Who opens an escrow, by path."""
    return {effect.path: effect.account for effect in effects if isinstance(effect, EscrowOpen)}


def _with_tag(view: View, written: Sequence[DataWrite], opener: str | None) -> View:
    """An escrow with its tag, or the tag as a part of the escrow that ``opener`` opens at the same path.

    Only one tag can be a part of it, and nothing but a tag: any other DataWrite needs an allow of its own.
    """
    if view.kind == "EscrowOpen" and written:
        return view._replace(tag=str(written[-1].value))
    if len(written) == 1 and view.effect is written[0] and view.account == opener:
        return view._replace(within=_is_tag(written[0].value))
    return view


def _is_tag(value: JsonValue) -> bool:
    return isinstance(value, str) and _TAG.fullmatch(value) is not None and int(value) <= _MAX_TAG


def _view(position: int, effect: Effect, leg: Leg | None) -> View:
    read = _READERS.get(type(effect))
    assets, amounts, to, tag = read(effect) if read is not None else _NOTHING
    return View(position, effect, effect.kind, effect.path, effect.account, leg, assets, amounts, to, tag)


_Parts: TypeAlias = tuple[tuple[str, ...], Amounts, "str | None", "str | None"]
_NOTHING: Final[_Parts] = ((), (), None, None)


def _transfer(effect: Transfer) -> _Parts:
    amount = read_amount(effect.amount)
    spend = effect.max_spend
    if spend is None:
        return (effect.asset,), ((effect.asset, amount),), effect.to, effect.tag
    most = read_amount(spend.amount)
    if spend.asset == effect.asset:
        return (effect.asset,), ((effect.asset, max(amount, most)),), effect.to, effect.tag
    return (effect.asset, spend.asset), ((effect.asset, amount), (spend.asset, most)), effect.to, effect.tag


def _escrow(effect: EscrowOpen) -> _Parts:
    return (effect.asset,), ((effect.asset, read_amount(effect.amount)),), effect.to, None


def _allowance(effect: Allowance) -> _Parts:
    return (effect.asset,), ((effect.asset, read_amount(effect.amount)),), effect.spender, None


def _fee(effect: FeePaid) -> _Parts:
    return (effect.asset,), ((effect.asset, read_amount(effect.worst_case)),), None, None


def _trust(effect: TrustChange) -> _Parts:
    return (effect.asset,), (), None, None


def _offer(effect: OfferPlace) -> _Parts:
    return (effect.sell.asset, effect.buy.asset), (), None, None


def _token(effect: TokenMint | TokenBurn) -> _Parts:
    return (effect.asset,), (), None, None


def _authority(effect: AuthorityChange) -> _Parts:
    """The end of an XRPL account sends all its XRP to ``after.to``: an amount that the bytes do not hold."""
    after = effect.after
    if effect.what != "account_delete" or not isinstance(after, dict) or not isinstance(after.get("to"), str):
        return _NOTHING
    try:
        asset = xrp(parse_account(effect.account).network)
    except MalformedError:
        return _NOTHING
    tag = after.get("tag")
    return (asset,), ((asset, UNLIMITED),), str(after["to"]), tag if isinstance(tag, str) else None


def _delegate(effect: DelegateCall) -> _Parts:
    return (), (), effect.to, None


_READERS: Final[Mapping[type[Effect], Callable[..., _Parts]]] = {
    Transfer: _transfer,
    EscrowOpen: _escrow,
    Allowance: _allowance,
    FeePaid: _fee,
    TrustChange: _trust,
    OfferPlace: _offer,
    TokenMint: _token,
    TokenBurn: _token,
    DelegateCall: _delegate,
    AuthorityChange: _authority,
}


@lru_cache(maxsize=8192)
def read_amount(text: str) -> Decimal:
    """An amount of an effect or an outflow; infinite where it is no amount that can be counted."""
    try:
        amount = parse_decimal(text)
    except MalformedError:
        return UNLIMITED
    return amount if amount >= 0 else UNLIMITED
