"""Overrides: people of the override quorum take soft failures upon themselves (CONTRACTS A, B, C4).

A statement counts for exactly these bytes under exactly this policy, and for the rule and code that it names.
Hard failures are never touched. The signatures of statements are judged by whoever builds the context, like
everything else in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from signer_app.core.json_types import JsonObject
from signer_app.policy.case import Case
from signer_app.policy.checks import BUILT_IN, FAIL, INDETERMINATE, PASS, Check, Level
from signer_app.policy.document import PolicyDocument
from signer_app.policy.quorums import can_fill, fill
from signer_app.policy.rules.base import built_in
from signer_app.policy.schema import Person

#: Rule id and code of a failure.
Failure: TypeAlias = tuple[str, str]


def soft_failures(checks: Iterable[Check]) -> tuple[Failure, ...]:
    """What overrides can be asked for: soft checks that fail or cannot be decided, once each, sorted."""
    return tuple(
        sorted(
            {
                (check.rule, check.code)
                for check in checks
                if check.severity is Level.SOFT
                and check.verdict in (FAIL, INDETERMINATE)
                and check.rule != BUILT_IN  # what overrides come to is itself such a check
            }
        )
    )


def may_override(
    document: PolicyDocument, person: Person, *, proposer: str | None, proposer_may_approve: bool
) -> bool:
    """Whether this person's word counts: a role of the quorum, not suspended, no machine, and not the
    proposer where a quorum rule bars the proposer from approving."""
    quorum = document.body.override_quorum
    if quorum is None or person.suspended or person.machine:
        return False
    if not proposer_may_approve and proposer in (None, person.id):
        return False
    return any(group.role in person.roles for group in quorum.all_of)


def override_check(
    document: PolicyDocument, case: Case, failures: Sequence[Failure], *, proposer_may_approve: bool
) -> Check | None:
    """PASS if the override quorum stands behind every failure, else a soft FAIL; None without overrides.

    ``failures``: what soft_failures gave.
    """
    context = case.readings.context
    if context is None or not context.overrides or not failures:
        return None
    quorum = document.body.override_quorum
    if quorum is None:
        return built_in("override", "QUORUM", FAIL, "override_none", level=Level.SOFT)
    groups = [(group.role, group.need) for group in quorum.all_of]
    people = {
        person.id: frozenset(person.roles)
        for person in document.body.people
        if may_override(
            document, person, proposer=context.proposer, proposer_may_approve=proposer_may_approve
        )
    }
    named = [_named(document, case, statement) for statement in context.overrides]
    open_: list[str] = []
    behind: set[str] = set()
    for failure in failures:
        voices = {person: people[person] for person, taken in named if person in people and failure in taken}
        behind |= set(voices)
        if not can_fill(groups, voices):
            have = sum(fill(groups, voices))
            open_.append(f"{failure[1]} of {failure[0]} ({have} of {sum(need for _, need in groups)})")
    return built_in(
        "override",
        "QUORUM",
        FAIL if open_ else PASS,
        "override_open" if open_ else "override_met",
        expected=tuple(f"{need} of {role}" for role, need in groups),
        actual=tuple(sorted(behind)),
        level=Level.SOFT,
        values={"open": tuple(open_)},
    )


def _named(document: PolicyDocument, case: Case, statement: JsonObject) -> tuple[str, frozenset[Failure]]:
    """Who overrides what by this statement; nothing if it is for other bytes or another policy."""
    inspection = case.subject.inspection
    person, checks = statement.get("person"), statement.get("checks")
    bound = (statement.get("proposal_id"), statement.get("body_hash"), statement.get("policy_hash"))
    if (
        not isinstance(person, str)
        or not isinstance(checks, list)
        or bound != (inspection.proposal_id, inspection.body_hash, document.hash)
    ):
        return "", frozenset()
    return person, frozenset(
        (str(entry.get("rule")), str(entry.get("code"))) for entry in checks if isinstance(entry, dict)
    )
