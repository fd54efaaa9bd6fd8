"""destinations: receivers come from the address book, with their tag, memo and assets (CONTRACTS A).

Also what the receiver's account on the ledger asks for: a destination tag, or a memo (Stellar SEP-29).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from signer_app.core.clock import format_time
from signer_app.core.effects import Transfer
from signer_app.policy.case import by_receivers
from signer_app.policy.checks import FAIL, NOT_APPLICABLE, PASS, Check, Shown
from signer_app.policy.matching import tag_fits
from signer_app.policy.observations import Decided
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms, Undecided
from signer_app.policy.schema import BookEntry
from signer_app.policy.subject import View

_RECEIVES: Final = frozenset({"Transfer", "EscrowOpen", "Allowance", "AuthorityChange"})
#: How near an entry came to fitting, from furthest: what the report says about the nearest one.
_UNKNOWN, _SUSPENDED, _ASSET, _TAG, _MEMO, _TIME, _EXPIRED, _COOLING, _FITS = range(9)


class Destinations(RuleModel):
    """``source``: the address book of the policy."""

    kind: Literal["destinations"]
    source: Literal["address_book"]

    def compile(self, terms: Terms) -> Judge:
        select = terms.matching.touching(self.match)
        unconcerned = self.not_concerned("DESTINATION_NOT_ALLOWED")
        book: dict[str, list[BookEntry]] = {}
        for entry in sorted(terms.book, key=lambda item: item.id):
            book.setdefault(entry.account, []).append(entry)

        def judge(case: Case) -> tuple[Check, ...]:
            found: list[Check] = []
            for view in select(case):
                if view.kind in _RECEIVES and view.to is not None:
                    found.append(self._listed(case, view, book.get(view.to, ())))
                    if view.kind != "Allowance":
                        found.append(self._asked(case, view, view.to))
            return tuple(found) or unconcerned

        return by_receivers(judge)

    def _listed(self, case: Case, view: View, entries: Sequence[BookEntry]) -> Check:
        """Whether some entry of this receiver fits; else the nearest one is named."""
        nearest, best = _UNKNOWN, None
        for entry in entries:
            rank = _rank(entry, view, case.readings.now)
            if rank > nearest:
                nearest, best = rank, entry
        if best is None:
            return self.says(
                "DESTINATION_NOT_ALLOWED", FAIL, "destination_unknown", actual=view.to or "", path=view.path
            )
        if nearest == _TIME:
            return self.undecided(case.readings.no_time("time", view.to or ""), view.path)
        return self._outcome(nearest, best, view, case.readings.now)

    def _outcome(self, rank: int, entry: BookEntry, view: View, now: datetime | None) -> Check:
        code, verdict, values = "DESTINATION_NOT_ALLOWED", FAIL, {"entry": entry.id}
        expected: Shown = entry.id
        actual: Shown = view.to or ""
        if rank == _FITS:
            verdict, message = PASS, "destination_ok"
        elif rank == _COOLING:
            code, message, expected = (
                "DESTINATION_COOLING",
                "destination_cooling",
                format_time(entry.active_after),
            )
            actual = format_time(now) if now else ""
        elif rank == _EXPIRED:
            message = "destination_expired"
        elif rank == _MEMO:
            message, expected, actual = "destination_memo", entry.memo or "", _memo(view) or ""
            code = "SEP29_MEMO" if entry.memo == "!" else code
        elif rank == _TAG:
            message, expected, actual = "destination_tag", entry.tag or "", view.tag or ""
            code = "DEST_TAG_REQUIRED" if entry.tag == "!" else code
        elif rank == _ASSET:
            message, actual = "destination_asset", view.assets[0]
        else:
            message = "destination_suspended"
        return Check(
            self.id,
            self.kind,
            code,
            verdict,
            self.level,
            message,
            expected,
            actual,
            path=view.path,
            values=values,
        )

    def _asked(self, case: Case, view: View, to: str) -> Check:
        """What the receiver's account on the ledger asks for. An account that does not exist asks for
        nothing.
        """
        fact = case.readings.judge("account", to)
        if isinstance(fact, Undecided):
            return self.undecided(fact, view.path)
        wants_tag, wants_memo = _wish(fact, "require_dest_tag"), _wish(fact, "memo_required")
        if wants_tag is None or wants_memo is None:
            lacks = "require_dest_tag or memo_required"
            return self.undecided(
                Undecided(
                    "FACT_MISSING", "fact_incomplete", "account", to, lacks=lacks, evidence=fact.evidence
                ),
                view.path,
            )
        if wants_tag and view.tag is None:
            code, verdict, message = "DEST_TAG_REQUIRED", FAIL, "tag_needed"
        elif wants_memo and _memo(view) is None:
            code, verdict, message = "SEP29_MEMO", FAIL, "memo_needed"
        else:
            code, verdict, message = "DEST_TAG_REQUIRED", PASS if wants_tag else NOT_APPLICABLE, "tag_ok"
        return Check(
            self.id,
            self.kind,
            code,
            verdict,
            self.level,
            message,
            "",
            to,
            path=view.path,
            evidence=fact.evidence,
        )


def _rank(entry: BookEntry, view: View, now: datetime | None) -> int:
    """The first thing that does not fit, in the order of the constants above. What is delivered stands
    first.
    """
    memo_fits = entry.memo is None or tag_fits(entry.memo, _memo(view))
    misfits = (
        (_SUSPENDED, entry.status != "active"),
        (_ASSET, bool(view.assets) and view.assets[0] not in entry.assets),
        (_TAG, view.kind != "Allowance" and not tag_fits(entry.tag, view.tag)),
        (_MEMO, not memo_fits),
        (_TIME, now is None),
        (_EXPIRED, now is not None and entry.expires_at is not None and now >= entry.expires_at),
        (_COOLING, now is not None and now < entry.active_after),
    )
    return next((rank for rank, misfit in misfits if misfit), _FITS)


def _memo(view: View) -> str | None:
    return view.effect.memo if isinstance(view.effect, Transfer) else None


def _wish(fact: Decided, name: str) -> bool | None:
    value = fact.value.get(name)
    if value is None and fact.value.get("exists") is False:
        return False
    return value if isinstance(value, bool) else None
