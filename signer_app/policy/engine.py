"""Evaluation: every check of every rule, no short circuit, no order (policy-and-journal 1.3).

Any hard FAIL or INDETERMINATE denies, and so does an effect without an allow (scope.py). What is left of soft
rules that fail or cannot be decided needs an override (overrides.py). evaluate is a pure function and total:
it answers for whatever a decoder and a facts document hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from signer_app.core.errors import UsageError
from signer_app.core.facts import FactsDocument
from signer_app.core.inspection import Inspection
from signer_app.policy.builtin import authority, bounds, last_lock, scope
from signer_app.policy.case import PHASES, Case, Judge, Run, Steps, chosen_first
from signer_app.policy.checks import FAIL, INDETERMINATE, PASS, Check, Level
from signer_app.policy.document import PolicyDocument
from signer_app.policy.matching import Matching, Select, asks_beyond_shape
from signer_app.policy.overrides import override_check, soft_failures
from signer_app.policy.people import KeyTable
from signer_app.policy.readings import Readings
from signer_app.policy.report import Report, Verdict
from signer_app.policy.rules.allow import Allow
from signer_app.policy.rules.base import RuleModel, Terms
from signer_app.policy.rules.quorum import QuorumRule
from signer_app.policy.subject import prepare

_AGAINST: Final = frozenset({FAIL, INDETERMINATE})
_WEIGHT: Final = {Level.ADVISORY: 0, Level.SOFT: 1, Level.HARD: 2}
_VERDICTS: Final = (Verdict.ALLOW, Verdict.NEEDS_OVERRIDE, Verdict.DENY)
#: Shapes kept with one facts document. A treasury has a handful.
_MAX_SHAPES: Final = 256


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
    quorums = tuple(
        (terms.matching.touching(rule.match), rule)
        for rule in document.rules
        if isinstance(rule, QuorumRule) and rule.level is not Level.ADVISORY
    )
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
        last_lock.compile_last_lock(quorums),
        *(_compiled(rule, terms) for rule in document.rules),
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
    sign; without it the one that the facts' context names. ``facts`` None: all that needs one is
    FACT_MISSING.
    """
    if phase not in PHASES:
        raise UsageError(f"A phase is one of {', '.join(PHASES)}.")
    readings = policy.readings(facts)
    if phase == "sign" and signer is None and readings.context is not None:
        signer = readings.context.signer
    case = Case(prepare(inspection), readings, policy.keys, phase, signer)
    steps = _steps(policy.judges, case)
    checks = list(steps.settled)
    worst = steps.worst
    for run in steps.runs:
        answer = run(case)
        checks += answer
        for check in answer:
            if check.verdict in _AGAINST:
                worst = max(worst, _WEIGHT[check.severity])
    if worst and readings.context is not None and readings.context.overrides:
        worst = _overridden(policy, case, checks, worst)
    return Report(_VERDICTS[worst], tuple(checks), policy.document, case, policy.quorums)


def proposer_may_approve(policy: CompiledPolicy, case: Case) -> bool:
    """Whether no quorum rule that concerns the transaction bars its proposer from approving."""
    return all(
        rule.proposer_may_approve for select, rule in policy.quorums if rule.match is None or select(case)
    )


def _overridden(policy: CompiledPolicy, case: Case, checks: list[Check], worst: int) -> int:
    """Add what the overrides come to, and give what stands against the transaction after them."""
    found = override_check(
        policy.document,
        case,
        soft_failures(checks),
        proposer_may_approve=proposer_may_approve(policy, case),
    )
    if found is None:
        return worst
    checks.append(found)
    lifted = found.verdict == PASS and worst == _WEIGHT[Level.SOFT]
    return _WEIGHT[Level.ADVISORY] if lifted else worst


def _worst(checks: Iterable[Check]) -> int:
    return max((_WEIGHT[check.severity] for check in checks if check.verdict in _AGAINST), default=0)


def _compiled(rule: RuleModel, terms: Terms) -> Judge:
    """The rule's judge; where its `match` asks for more than the shape, one that looks at each
    transaction.
    """
    judge = rule.compile(terms)
    return (
        chosen_first(judge, terms.matching.touching(rule.match)) if asks_beyond_shape(rule.match) else judge
    )


def _steps(judges: Iterable[Judge], case: Case) -> Steps:
    """First steps of all judges for the case's shape; kept with the facts."""
    shape = case.shape()
    known = case.readings.steps
    found = known.get(shape) if shape is not None else None
    if found is None:
        settled: list[Check] = []
        runs: list[Run] = []
        for judge in judges:
            answer = judge(case)
            if callable(answer):
                runs.append(answer)
            else:
                settled += answer
        found = Steps(tuple(settled), _worst(settled), tuple(runs))
        if shape is not None:
            if len(known) >= _MAX_SHAPES:
                known.clear()
            known[shape] = found
    return found
