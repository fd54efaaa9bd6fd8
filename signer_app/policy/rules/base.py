"""What every rule kind is made of: a strict model that compiles itself into a function of the case.

To add a kind: one file here with a RuleModel subclass, one line in RULE_MODELS (rules/__init__.py), its codes
in codes.py and docs/checks.md, its sentences in messages.py, and tests that show it denying.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from signer_app.policy.case import Case, Judge
from signer_app.policy.checks import BUILT_IN, FAIL, INDETERMINATE, NOT_APPLICABLE, PASS, Check, Level, Shown
from signer_app.policy.matching import Matching
from signer_app.policy.observations import Undecided
from signer_app.policy.people import KeyTable
from signer_app.policy.schema import Asset, BookEntry, Id, LevelField, Match, ScopeAccount, StrictModel, Text

__all__ = ["FAIL", "INDETERMINATE", "NOT_APPLICABLE", "PASS", "Case", "Check", "Judge", "Level", "Undecided"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What rules are compiled against: the rest of the policy document."""

    networks: frozenset[str]
    accounts: tuple[ScopeAccount, ...]
    assets: tuple[Asset, ...]
    book: tuple[BookEntry, ...]
    keys: KeyTable
    matching: Matching


class RuleModel(StrictModel):
    """What every rule has. ``text`` is the author's reason, for people only."""

    id: Id
    kind: str
    match: Match | None = None
    level: LevelField = Level.HARD
    text: Text | None = None

    @abstractmethod
    def compile(self, terms: Terms) -> Judge:
        """A function from a case to this rule's checks, of which there is always at least one."""

    def says(
        self,
        code: str,
        verdict: str,
        message: str,
        *,
        expected: Shown = "",
        actual: Shown = "",
        unit: str = "",
        path: str = "",
    ) -> Check:
        """A check of this rule, without evidence."""
        return Check(self.id, self.kind, code, verdict, self.level, message, expected, actual, unit, path)

    def not_concerned(self, code: str) -> tuple[Check, ...]:
        """The one check of a rule that does not concern a transaction."""
        return (self.says(code, NOT_APPLICABLE, "not_concerned"),)

    def undecided(self, why: Undecided, path: str = "") -> Check:
        """The INDETERMINATE check for a fact that cannot be used."""
        return undecided(self.id, self.kind, self.level, why, path)


def undecided(rule: str, kind: str, level: Level, why: Undecided, path: str = "") -> Check:
    """The INDETERMINATE check for a fact that cannot be used."""
    return Check(
        rule,
        kind,
        why.code,
        INDETERMINATE,
        level,
        why.message,
        why.expected or "",
        why.lacks,
        path=path,
        evidence=why.evidence,
        values={"kind": why.kind, "key": why.key},
    )


def built_in(
    kind: str,
    code: str,
    verdict: str,
    message: str,
    *,
    expected: Shown = "",
    actual: Shown = "",
    path: str = "",
    level: Level = Level.HARD,
    values: Mapping[str, Shown] | None = None,
) -> Check:
    """A check that needs no rule."""
    return Check(
        BUILT_IN, kind, code, verdict, level, message, expected, actual, path=path, values=values or {}
    )


def built_in_undecided(kind: str, why: Undecided) -> Check:
    """The INDETERMINATE check of a built-in check."""
    return undecided(BUILT_IN, kind, Level.HARD, why)


_DAY: Final = 86_400


def window_words(window_s: int) -> str:
    """ "24 h", "7 d" or "90 s" for a sentence."""
    if window_s % _DAY == 0 and window_s > _DAY:
        return f"{window_s // _DAY} d"
    return f"{window_s // 3600} h" if window_s % 3600 == 0 else f"{window_s} s"


def room_words(moment: datetime | None) -> str:
    """When there is room again, for a sentence."""
    if moment is None:
        return "no room in this window for that much"
    return f"room again at {moment:%Y-%m-%d %H:%M:%S} UTC"
