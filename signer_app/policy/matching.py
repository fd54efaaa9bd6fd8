"""`match` of a rule, compiled. A restriction needs one touched effect; an `allow` must cover all of each.

The two differ where an effect has several parts: a restriction on an asset concerns a payment that delivers
or
spends it; an `allow` for an asset does not cover a payment that also spends another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from signer_app.core.effects import NAMED_ONLY
from signer_app.policy.case import Case
from signer_app.policy.schema import BookEntry, Match, ScopeAccount
from signer_app.policy.subject import Subject, View

Test: TypeAlias = Callable[[View, Case], bool]
Select: TypeAlias = Callable[[Case], tuple[View, ...]]


class Matching:
    """Compiles the matches of one policy. Equal matches share one compiled form, and one result per
    evaluation.
    """

    def __init__(self, accounts: Iterable[ScopeAccount], book: Iterable[BookEntry]) -> None:
        self._accounts = {entry.id: entry.account for entry in accounts}
        self._book: dict[str, list[BookEntry]] = {}
        for entry in book:
            for name in {entry.id, entry.account}:
                self._book.setdefault(name, []).append(entry)
        self._touching: list[tuple[Match, Select]] = []

    def accounts(self, names: Iterable[str]) -> frozenset[str]:
        """CAIP-10 accounts of ids of `accounts[]` (or of CAIP-10 ids)."""
        return frozenset(self._accounts.get(name, name) for name in names)

    def touching(self, match: Match | None) -> Select:
        """Effects that a restriction with this match concerns."""
        if match is None:
            return _all_views
        for known, select in self._touching:
            if known == match:
                return select
        select = _selecting(len(self._touching), self._tests(match, strict=False))
        self._touching.append((match, select))
        return select

    def covering(self, match: Match | None) -> Test:
        """Whether an `allow` with this match covers an effect."""
        tests = self._tests(match or Match(), strict=True)
        named = frozenset(match.effects) if match and match.effects is not None else frozenset()

        def covers(view: View, case: Case) -> bool:
            if view.kind in NAMED_ONLY and view.kind not in named:
                return False
            return all(test(view, case) for test in tests)

        return covers

    def covering_leg(self, match: Match | None) -> Test:
        """As covering, for the stand-in view of a leg without effects: what names effects does not ask of
        it.
        """
        rest = (match or Match()).model_copy(update={"effects": None})
        tests = self._tests(rest, strict=True)
        return lambda view, case: all(test(view, case) for test in tests)

    def _tests(self, match: Match, *, strict: bool) -> Sequence[Test]:
        tests = list(_plain_tests(match))
        if match.accounts is not None:
            accounts = self.accounts(match.accounts)
            tests.append(lambda view, _case: view.account in accounts)
        if match.assets is not None:
            tests.append(_asset_test(frozenset(match.assets), strict=strict))
        if match.destinations is not None:
            tests.append(self._destination_test(match.destinations, strict=strict))
        if match.min_amount is not None or match.max_amount is not None:
            tests.append(_amount_test(match, strict=strict))
        if match.origins is not None:
            tests.append(_origin_test(frozenset(match.origins), strict=strict))
        return tests

    def _destination_test(self, names: Iterable[str], *, strict: bool) -> Test:
        entries: dict[str, list[BookEntry]] = {}
        for name in names:
            for entry in self._book.get(name, ()):
                entries.setdefault(entry.account, []).append(entry)
        if not strict:
            return lambda view, _case: view.to in entries
        return lambda view, _case: any(
            tag_fits(entry.tag, view.tag) for entry in entries.get(view.to or "", ())
        )


def asks_beyond_shape(match: Match | None) -> bool:
    """Whether the match reads what transactions of one shape differ in: amounts, receivers, tags."""
    return match is not None and any(
        part is not None for part in (match.min_amount, match.max_amount, match.destinations, match.tags)
    )


def tag_fits(wanted: str | None, tag: str | None) -> bool:
    """Whether a tag is what an address book entry wants: null none, "*" any, "!" some, else exactly it."""
    if wanted == "*":
        return True
    if wanted == "!":
        return tag is not None
    return wanted == tag


def _all_views(case: Case) -> tuple[View, ...]:
    return case.subject.views


def _selecting(index: int, tests: Sequence[Test]) -> Select:
    def select(case: Case) -> tuple[View, ...]:
        found = case.matched.get(index)
        if found is None:
            kept = []
            for view in case.subject.views:
                for test in tests:
                    if not test(view, case):
                        break
                else:
                    kept.append(view)
            found = case.matched[index] = tuple(kept)
        return found

    return select


def _plain_tests(match: Match) -> Iterable[Test]:
    if match.networks is not None:
        networks = frozenset(match.networks)
        yield lambda _view, case: case.subject.inspection.network in networks
    if match.effects is not None:
        effects = frozenset(match.effects)
        yield lambda view, _case: view.kind in effects
    if match.transactions is not None:
        types = frozenset(match.transactions)
        yield lambda view, _case: view.leg is not None and view.leg.type in types
    if match.tags is not None:
        tags = frozenset(match.tags)
        yield lambda view, _case: view.tag in tags


def _asset_test(assets: frozenset[str], *, strict: bool) -> Test:
    if strict:
        return lambda view, _case: bool(view.assets) and assets.issuperset(view.assets)
    return lambda view, _case: not assets.isdisjoint(view.assets)


def _amount_test(match: Match, *, strict: bool) -> Test:
    """Amounts are the transaction's sums by asset, so that a payment split into legs stays what it is."""
    low, high = match.min_amount, match.max_amount
    assets = frozenset(match.assets) if match.assets is not None else None

    def test(view: View, case: Case) -> bool:
        if not view.amounts:
            return False
        sums = [
            _sum_of(view, case.subject, asset, amount)
            for asset, amount in view.amounts
            if assets is None or asset in assets
        ]
        fits = [(low is None or total >= low) and (high is None or total <= high) for total in sums]
        return bool(fits) and (all(fits) if strict else any(fits))

    return test


def _sum_of(view: View, subject: Subject, asset: str, amount: Decimal) -> Decimal:
    return amount if view.kind == "FeePaid" else subject.totals[asset]


def _origin_test(origins: frozenset[str], *, strict: bool) -> Test:
    def test(_view: View, case: Case) -> bool:
        context = case.readings.context
        # Where the proposal came from is unknown: no permission, and every restriction.
        return not strict if context is None else context.origin in origins

    return test


#: Flags of a leg that an `allow` without `flags` takes.
DEFAULT_FLAGS: Final = frozenset({"tfFullyCanonicalSig"})
BookIndex: TypeAlias = Mapping[str, Sequence[BookEntry]]
