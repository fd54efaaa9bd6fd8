"""The report of CONTRACTS C4: a verdict with every check and the values behind it, bound to bytes by ids."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from signer_app.core.canonical import canonical_hash
from signer_app.core.json_types import JsonObject
from signer_app.policy.case import Case
from signer_app.policy.checks import FAIL, INDETERMINATE, Check, Level
from signer_app.policy.document import PolicyDocument
from signer_app.policy.matching import Select
from signer_app.policy.observations import Undecided
from signer_app.policy.quorums import fill
from signer_app.policy.rules.quorum import QuorumRule


class Verdict(StrEnum):
    """NEEDS_OVERRIDE: only soft rules stand against it."""

    ALLOW = "ALLOW"
    DENY = "DENY"
    NEEDS_OVERRIDE = "NEEDS_OVERRIDE"


@dataclass(frozen=True, slots=True)
class Requirement:
    """``need`` people of ``role``; ``have`` of them signed, in an assignment that fills most places."""

    role: str
    need: int
    have: int


@dataclass(frozen=True, slots=True)
class Required:
    """What signatures it takes: the largest demand of the quorum rules that concern the transaction.

    ``ledger_quorum`` and ``ledger_weight`` (of the signatures counted) are None where the fact is undecided.
    """

    all_of: tuple[Requirement, ...]
    persons: int
    devices: int
    ledger_quorum: int | None
    ledger_weight: int | None

    def to_json(self) -> JsonObject:
        return {
            "all_of": [{"role": item.role, "need": item.need, "have": item.have} for item in self.all_of],
            "persons": self.persons,
            "devices": self.devices,
            "ledger": {"quorum": self.ledger_quorum, "weight": self.ledger_weight},
        }


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """One evaluation. Everything but the verdict and the checks is worked out when asked for."""

    verdict: Verdict
    checks: tuple[Check, ...]
    policy: PolicyDocument
    case: Case
    _quorums: tuple[tuple[Select, QuorumRule], ...]

    @property
    def phase(self) -> str:
        return self.case.phase

    @property
    def proposal_id(self) -> str:
        return self.case.subject.inspection.proposal_id

    @property
    def body_hash(self) -> str:
        return self.case.subject.inspection.body_hash

    @property
    def active(self) -> bool:
        """valid_from <= now; false where no facts say what time it is."""
        now = self.case.readings.now
        return now is not None and self.policy.body.valid_from <= now

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of hard checks that FAIL or are INDETERMINATE, once each, sorted."""
        return tuple(
            sorted(
                {
                    check.code
                    for check in self.checks
                    if check.severity is Level.HARD and check.verdict in (FAIL, INDETERMINATE)
                }
            )
        )

    @property
    def quorums(self) -> tuple[QuorumRule, ...]:
        """The quorum rules that concern the transaction."""
        return tuple(rule for select, rule in self._quorums if rule.match is None or select(self.case))

    @property
    def required(self) -> Required:
        """Where the signatures present (and, in phase sign, the named one) leave the transaction."""
        case, quorums = self.case, self.quorums
        needs: dict[str, int] = {}
        for rule in quorums:
            for role, need in _by_role(rule).items():
                needs[role] = max(need, needs.get(role, 0))
        proposer = case.readings.context.proposer if case.readings.context else None
        may_approve = all(rule.proposer_may_approve for rule in quorums)
        roles = {
            entry.person: entry.roles
            for entry in case.signed
            if entry.counts and entry.person and (may_approve or entry.person != proposer)
        }
        groups = tuple(sorted(needs.items()))
        ledger = case.readings.signers(case.subject.inspection.account)
        return Required(
            all_of=tuple(
                Requirement(role, need, have)
                for (role, need), have in zip(groups, fill(groups, roles), strict=True)
            ),
            persons=max((rule.needed_persons for rule in quorums), default=0),
            devices=max((rule.needed_devices for rule in quorums), default=0),
            ledger_quorum=None if isinstance(ledger, Undecided) else ledger.quorum,
            ledger_weight=None if isinstance(ledger, Undecided) else ledger.weight_of(case.signed),
        )

    def to_json(self) -> JsonObject:
        """The exact shape of CONTRACTS C4."""
        return {
            "verdict": self.verdict.value,
            "phase": self.phase,
            "active": self.active,
            "proposal_id": self.proposal_id,
            "body_hash": self.body_hash,
            "policy": {"id": self.policy.id, "version": self.policy.version, "hash": self.policy.hash},
            "facts_hash": self.case.readings.hash,
            "required": self.required.to_json(),
            "checks": [check.to_json() for check in self.checks],
        }

    def hash(self) -> str:
        """SHA-256 of the RFC 8785 form of to_json; what signing binds to and replay compares."""
        return canonical_hash(self.to_json())


def _by_role(rule: QuorumRule) -> dict[str, int]:
    needs: dict[str, int] = {}
    for role, need in rule.groups:
        needs[role] = needs.get(role, 0) + need
    return needs
