"""Whether a quorum can still be met when some people have said no (DESIGN section 2, REJECTED)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from signer_app.core.inspection import Inspection
from signer_app.policy.case import Case
from signer_app.policy.engine import CompiledPolicy
from signer_app.policy.quorums import can_fill
from signer_app.policy.subject import prepare


def quorum_possible(
    policy: CompiledPolicy, inspection: Inspection, *, proposer: str | None, refusing: AbstractSet[str]
) -> bool:
    """Whether every quorum rule that concerns the transaction can be filled without ``refusing``.

    Counted are people who hold a signing key on the network and are neither suspended nor machines.
    """
    case = Case(prepare(inspection), policy.readings(None), policy.keys, "propose", None)
    holders = {
        key.person for key in policy.document.body.keys
        if key.purpose == "sign" and key.signer.startswith(inspection.network + ":")
    }  # fmt: skip
    able = {
        person.id: frozenset(person.roles)
        for person in policy.document.body.people
        if person.id in holders - set(refusing) and not person.suspended and not person.machine
    }
    for select, rule in policy.quorums:
        if rule.match is not None and not select(case):
            continue
        roles = {name: held for name, held in able.items() if rule.proposer_may_approve or name != proposer}
        if not can_fill(rule.groups, roles) or len(roles) < rule.needed_persons:
            return False
    return True
