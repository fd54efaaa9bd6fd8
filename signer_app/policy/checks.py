"""One outcome of one rule, and the words for it (CONTRACTS C4, policy-and-journal 1.3).

A Check keeps values, not text: sentences are made when a report is written, from the templates in
messages.py. Nothing that a proposal's author wrote is ever used as a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from signer_app.core.amounts import format_decimal
from signer_app.core.clock import format_time
from signer_app.core.facts import Observation
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.policy.messages import MESSAGES

#: The rule id of checks that stand in no document. No rule of a document may use it.
BUILT_IN: Final = "built-in"

Shown: TypeAlias = str | int | Decimal | tuple[str, ...]

PASS: Final = "PASS"  # noqa: S105 - a verdict
FAIL: Final = "FAIL"
NOT_APPLICABLE: Final = "NOT_APPLICABLE"
INDETERMINATE: Final = "INDETERMINATE"

_SHOWN_LENGTH: Final = 200
NO_VALUES: Final[Mapping[str, Shown]] = {}


class Level(StrEnum):
    """How a failure counts: hard denies, soft needs an override, advisory is only shown."""

    HARD = "hard"
    SOFT = "soft"
    ADVISORY = "advisory"


class Check(NamedTuple):
    """What one rule says about one transaction.

    ``expected`` and ``actual`` are values in ``unit`` (an asset id, "drops", "ledgers", "persons", …).
    ``message`` names a template; ``values`` fill what expected and actual do not. A tuple, because an
    evaluation makes dozens and most are never written out.
    """

    rule: str
    kind: str
    code: str
    verdict: str
    severity: Level
    message: str
    expected: Shown = ""
    actual: Shown = ""
    unit: str = ""
    path: str = ""
    evidence: tuple[Observation, ...] = ()
    values: Mapping[str, Shown] = NO_VALUES

    def to_json(self) -> JsonObject:
        """{rule, kind, code, verdict, severity, expected, actual, unit, path, evidence, message}."""
        return {
            "rule": self.rule,
            "kind": self.kind,
            "code": self.code,
            "verdict": self.verdict,
            "severity": self.severity.value,
            "expected": plain(self.expected),
            "actual": plain(self.actual),
            "unit": self.unit,
            "path": self.path,
            "evidence": [
                {"source": seen.source, "at": format_time(seen.at), "ledger": seen.ledger}
                for seen in self.evidence
            ],
            "message": self.sentence(),
        }

    def sentence(self) -> str:
        """One sentence for a person, with the values in it."""
        shown = {name: _words(value) for name, value in self.values.items()}
        return MESSAGES[self.message].format(
            expected=_words(self.expected), actual=_words(self.actual), unit=self.unit, **shown
        )


#: Makes a Check of all twelve members in order, at half the cost: new_check(Check, (rule, kind, …)). For the
#: second steps of rules, which make dozens in each evaluation.
new_check: Final = tuple.__new__
NO_EVIDENCE: Final[tuple[Observation, ...]] = ()


def plain(value: Shown) -> str:
    """A value as the report's string: exact, without grouping."""
    if isinstance(value, Decimal):
        return format_decimal(value) if value.is_finite() else "unlimited"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)


def _words(value: Shown) -> str:
    """A value inside a sentence: numbers in groups of three, texts on one line and made safe."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return safe_text(plain(value), _SHOWN_LENGTH) or "none"
    text = plain(value)
    whole, dot, fraction = text.partition(".")
    return f"{int(whole):,}{dot}{fraction}" if whole.lstrip("-").isdigit() else text
