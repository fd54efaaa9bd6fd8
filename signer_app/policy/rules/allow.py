"""allow: what may be done at all (CONTRACTS A). Everything that no allow covers is refused by scope.py.

An allow grants; it has no failure of its own to be soft about, so it takes no level.
"""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from signer_app.policy.checks import NOT_APPLICABLE, Level
from signer_app.policy.matching import DEFAULT_FLAGS, Test, asks_beyond_shape
from signer_app.policy.rules.base import Judge, RuleModel, Terms
from signer_app.policy.schema import Name


class Allow(RuleModel):
    """``transactions`` absent: every type. ``flags`` absent: none but tfFullyCanonicalSig."""

    kind: Literal["allow"]
    transactions: list[Name] | None = None
    flags: list[Name] | None = None

    @field_validator("level")
    @classmethod
    def _only_hard(cls, level: Level) -> Level:
        if level is not Level.HARD:
            raise ValueError("an allow rule is always hard: it grants, and there is nothing to override")
        return level

    def compile(self, terms: Terms) -> Judge:  # noqa: ARG002 - its work is in grant
        """The scope of each effect is judged over all allow rules together; alone a rule says nothing."""
        shown = (self.says("NO_SCOPE", NOT_APPLICABLE, "allow_judged"),)
        return lambda _case: shown

    def grant(self, terms: Terms) -> Grant:
        """The rule as scope.py uses it."""
        return Grant(self, terms)


class Grant:
    """A compiled allow rule."""

    def __init__(self, rule: Allow, terms: Terms) -> None:
        self.id = rule.id
        self.types = frozenset(rule.transactions) if rule.transactions is not None else None
        self.flags = frozenset(rule.flags) if rule.flags is not None else DEFAULT_FLAGS
        self.covers: Test = terms.matching.covering(rule.match)
        self.covers_leg: Test = terms.matching.covering_leg(rule.match)
        match = rule.match
        self.beyond_shape = asks_beyond_shape(match)
        #: Accounts it grants for; None: whichever.
        self.accounts = (
            terms.matching.accounts(match.accounts) if match and match.accounts is not None else None
        )
