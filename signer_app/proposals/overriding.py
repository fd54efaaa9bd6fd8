"""Overrides: people of the override quorum take soft failures of a proposal upon themselves.

A statement holds for these bytes, this version of the policy, and the rules and codes that it names. Hard
failures are never overridden: while one stands, nobody is even asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from signer_app.core.errors import ConflictError, DeniedError, NotFoundError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.proposal_file import MAX_OVERRIDES
from signer_app.core.statements import Override
from signer_app.policy.document import PolicyDocument
from signer_app.policy.engine import proposer_may_approve
from signer_app.policy.overrides import may_override
from signer_app.policy.report import Report
from signer_app.proposals import lifecycle as life
from signer_app.proposals.judging import Case, Judge
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.signing import denied
from signer_app.proposals.store.queries import Proposal
from signer_app.proposals.weighing import LATER, Refused, keep_refused, members_of_own, signed, weigh

#: Overrides of one person that travel with a proposal.
PER_PERSON: Final = 8


def override(
    rooms: Rooms, judge: Judge, proposal: Proposal, reason: str, rules: Sequence[str] = ()
) -> JsonObject:
    """This person's word against soft failures: those of phase propose, or those of ``rules``.

    {proposal_id, state, verdict, codes, overridden: [{rule, code}], overrides, journal}. DeniedError for who
    is not of the override quorum, and while a hard rule stands against the proposal; ConflictError
    WRONG_STATE, NOTHING_TO_SIGN; NotFoundError for a rule that the policy does not have.
    """
    if proposal.state not in life.OPEN:
        raise ConflictError(
            f"The proposal is {life.PROPOSAL.words[proposal.state].lower()}.", code="WRONG_STATE"
        )
    case = judge.open_case(proposal)
    policy = case.policy.document
    members = members_of_own(rooms, policy, reason)
    judged = judge.judge(case, phase="propose")
    _require_voice(rooms, case, judged.report)
    if judged.report.codes:
        raise denied("Rules that nobody can override stand against this.", judged.report)
    failures = _open_failures(rooms, judge, case, rules)
    statement = signed(
        rooms,
        Override,
        {
            **members,
            "policy_hash": policy.hash,
            "proposal_id": proposal.id,
            "body_hash": proposal.body_hash,
            "report_hash": judged.report.hash(),
            "checks": [{"rule": rule, "code": code} for rule, code in failures],
        },
    )
    index = rooms.record("override", _record(statement, "here"))
    failpoint("override.recorded")
    report = judge.settle(proposal, case).report
    rooms.seal()
    return {
        "proposal_id": proposal.id,
        "state": rooms.queries.proposal(proposal.id).state,
        "verdict": report.verdict.value,
        "codes": list(report.codes),
        "overridden": [{"rule": rule, "code": code} for rule, code in failures],
        "overrides": described(rooms, proposal.id, policy),
        "journal": {"index": index},
    }


def _require_voice(rooms: Rooms, case: Case, report: Report) -> None:
    """DeniedError unless the person of this workspace is of the override quorum."""
    policy = case.policy.document
    quorum = policy.body.override_quorum
    if quorum is None:
        raise DeniedError("The policy in force names no override quorum: nothing can be overridden.")
    person = next(item for item in policy.body.people if item.id == rooms.person)
    allowed = may_override(
        policy,
        person,
        proposer=case.facts.context.proposer,
        proposer_may_approve=proposer_may_approve(case.policy.compiled, report.case),
    )
    if not allowed:
        wanted = ", ".join(f"{group.need} of {group.role}" for group in quorum.all_of)
        raise DeniedError(
            f"{rooms.person} cannot override this. The override quorum is {wanted}; whoever proposed counts "
            "only where the policy lets the proposer approve.",
            details={"codes": ["ROLE"]},
        )


def _open_failures(
    rooms: Rooms, judge: Judge, case: Case, rules: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Soft failures that this person has not overridden yet. ConflictError NOTHING_TO_SIGN if none."""
    known = {rule.id for rule in case.policy.document.rules}
    for name in rules:
        if name not in known:
            raise NotFoundError(f"The policy in force has no rule {name[:64]}.")
    done = _taken_by(rooms, case.proposal.id, case.policy.document.hash, rooms.person)
    found = tuple(failure for failure in judge.soft_failures(case, rules) if failure not in done)
    if not found:
        raise ConflictError(
            "No soft rule stands against this that you have not overridden already.", code="NOTHING_TO_SIGN"
        )
    return found


def take(
    rooms: Rooms, proposal: Proposal, values: Sequence[JsonObject], policy: PolicyDocument | None
) -> tuple[list[Override], list[Refused]]:
    """Weigh and keep the overrides of a file. Gives those that are new, and those kept out."""
    added: list[Override] = []
    refused: list[Refused] = []
    for value in values:
        weighed = _weighed(value, proposal, policy)
        if isinstance(weighed, Refused):
            refused.append(weighed)
        elif _says_more(rooms, weighed):
            rooms.record("override", _record(weighed, "file"))
            added.append(weighed)
    keep_refused(rooms, refused, proposal.id)
    return added, refused


def settle(rooms: Rooms, policy: PolicyDocument) -> None:
    """Weigh again overrides that were kept out under an earlier policy."""
    for item in rooms.queries.refused_statements():
        if item.kind == "override" and item.code in LATER and item.proposal_id is not None:
            proposal = rooms.queries.proposal(item.proposal_id)
            weighed = _weighed(item.statement, proposal, policy)
            if not isinstance(weighed, Refused) and _says_more(rooms, weighed):
                rooms.record("override", _record(weighed, "file"))


def _weighed(value: JsonObject, proposal: Proposal, policy: PolicyDocument | None) -> Override | Refused:
    weighed = weigh(Override, value, policy)
    if isinstance(weighed, Refused):
        return weighed
    if (weighed.proposal_id, weighed.body_hash) != (proposal.id, proposal.body_hash):
        return Refused("override", value, "SIGNATURE_INVALID", "The override is for other bytes.")
    return weighed


def _says_more(rooms: Rooms, statement: Override) -> bool:
    """Whether it takes a failure that its person has not taken yet: a thousand of one person are one."""
    return not set(statement.taken) <= _taken_by(
        rooms, statement.proposal_id, statement.policy_hash, statement.person
    )


def _taken_by(rooms: Rooms, proposal_id: str, policy_hash: str, person: str) -> set[tuple[str, str]]:
    return {
        failure
        for item in rooms.queries.overrides(proposal_id, policy_hash)
        if item.person == person
        for failure in item.taken
    }


def carried(rooms: Rooms, proposal_id: str, policy: PolicyDocument | None) -> list[Override]:
    """What travels with a proposal: overrides under the policy in force, the newest of each person."""
    if policy is None:
        return []
    by_person: dict[str, list[Override]] = {}
    for item in rooms.queries.overrides(proposal_id, policy.hash):
        by_person.setdefault(item.person, []).append(item)
    newest = [item for items in by_person.values() for item in items[-PER_PERSON:]]
    return newest[:MAX_OVERRIDES]


def described(rooms: Rooms, proposal_id: str, policy: PolicyDocument | None) -> list[JsonValue]:
    """[{override_id, person, reason, at, checks, in_force}]. An override ends with its version of the
    policy."""
    return [
        {
            "override_id": item.id,
            "person": item.person,
            "reason": item.reason,
            "at": item.at,
            "checks": [{"rule": check.rule, "code": check.code} for check in item.checks],
            "in_force": policy is not None and item.policy_hash == policy.hash,
        }
        for item in rooms.queries.overrides(proposal_id)
    ]


def _record(statement: Override, origin: str) -> JsonObject:
    return {
        "proposal_id": statement.proposal_id,
        "override_id": statement.id,
        "policy_hash": statement.policy_hash,
        "statement": statement.to_json(),
        "origin": origin,
    }
