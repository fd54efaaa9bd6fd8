"""Evaluation: every check of every rule, no short circuit, no order (policy-and-journal 1.3).

Any hard FAIL or INDETERMINATE denies. An effect without an allow denies (scope.py). What is left of soft rules
that fail or cannot be decided needs an override. evaluate is a pure function of its arguments and total: it
answers for whatever a decoder and a facts document hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from signer_app.core.errors import UsageError
from signer_app.core.facts import FactsDocument
from signer_app.core.inspection import Inspection
from signer_app.policy.builtin import authority, bounds, scope
from signer_app.policy.case import PHASES, Case, Judge
from signer_app.policy.checks import FAIL, INDETERMINATE, Check, Level
from signer_app.policy.document import PolicyDocument
from signer_app.policy.matching import Matching, Select
from signer_app.policy.people import KeyTable
from signer_app.policy.readings import Readings
from signer_app.policy.report import Report, Verdict
from signer_app.policy.rules.allow import Allow
from signer_app.policy.rules.base import Terms
from signer_app.policy.rules.quorum import QuorumRule
from signer_app.policy.subject import prepare

_AGAINST: Final = frozenset({FAIL, INDETERMINATE})


@dataclass(slots=True)
class CompiledPolicy:
    """A policy as functions. Its one piece of state is the facts document prepared last, for speed alone."""

    document: PolicyDocument
    keys: KeyTable
    judges: tuple[Judge, ...]
    quorums: tuple[tuple[Select, QuorumRule], ...]
    _last: Readings = field(repr=False)

    def readings(self, facts: FactsDocument | None) -> Readings:
        """The facts prepared for this policy. The same document object is prepared once."""
        last = self._last
        if last.document is not facts:
            last = self._last = Readings(facts, self.document.body.facts)
        return last


def compile_policy(document: PolicyDocument) -> CompiledPolicy:
    """Compile once, evaluate often."""
    body = document.body
    keys = KeyTable(body.keys, body.people)
    terms = Terms(
        networks=frozenset(body.networks),
        accounts=tuple(body.accounts),
        assets=tuple(body.assets),
        book=tuple(body.address_book),
        keys=keys,
        matching=Matching(body.accounts, body.address_book),
    )
    grants = [rule.grant(terms) for rule in document.rules if isinstance(rule, Allow)]
    judges: tuple[Judge, ...] = (
        bounds.compile_network(terms),
        bounds.compile_sources(terms),
        bounds.compile_assets(terms),
        bounds.judge_understanding,
        bounds.judge_halt,
        scope.compile_scope(grants),
        authority.compile_authority(terms, grants),
        authority.judge_signers,
        authority.judge_lockout,
        *(rule.compile(terms) for rule in document.rules),
    )
    quorums = tuple(
        (terms.matching.touching(rule.match), rule)
        for rule in document.rules
        if isinstance(rule, QuorumRule) and rule.level is not Level.ADVISORY
    )
    return CompiledPolicy(document, keys, judges, quorums, Readings(None, body.facts))


def evaluate(
    policy: CompiledPolicy,
    inspection: Inspection,
    facts: FactsDocument | None,
    *,
    phase: str = "propose",
    signer: str | None = None,
) -> Report:
    """Judge a decoded transaction. The time is that of the facts, never the machine's.

    ``phase``: propose, sign or submit (else UsageError). ``signer``: CAIP-10 account about to sign, in phase
    sign; without it the one that the facts' context names. ``facts`` None: all that needs one is FACT_MISSING.
    """
    if phase not in PHASES:
        raise UsageError(f"A phase is one of {', '.join(PHASES)}.")
    readings = policy.readings(facts)
    if phase == "sign" and signer is None and readings.context is not None:
        signer = readings.context.signer
    case = Case(prepare(inspection), readings, policy.keys, phase, signer)
    checks: list[Check] = []
    for judge in policy.judges:
        checks += judge(case)
    verdict = Verdict.ALLOW
    for check in checks:
        if check.verdict in _AGAINST:
            if check.severity is Level.HARD:
                verdict = Verdict.DENY
                break
            if check.severity is Level.SOFT:
                verdict = Verdict.NEEDS_OVERRIDE
    return Report(verdict, tuple(checks), policy.document, case, _concerned(policy, case))


def _concerned(policy: CompiledPolicy, case: Case) -> tuple[QuorumRule, ...]:
    """Quorum rules that concern the transaction; what their sum requires is in the report."""
    return tuple(rule for select, rule in policy.quorums if rule.match is None or select(case))
