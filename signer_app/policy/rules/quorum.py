"""quorum: which people have to sign (CONTRACTS A, C4, D). People count, not keys; one person fills one place.

Phase propose shows what is required. Phase sign judges the named signer together with the signatures present,
and refuses a signature that would complete the ledger's quorum before this one. Phase submit judges the
signatures present.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, field_validator

from signer_app.policy.case import Case, Judge
from signer_app.policy.checks import FAIL, INDETERMINATE, NOT_APPLICABLE, PASS, Check, Level
from signer_app.policy.quorums import Need, fill
from signer_app.policy.rules.base import RuleModel, Terms, Undecided
from signer_app.policy.schema import Group

_Number = Annotated[int, Field(ge=1, le=1000)]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a quorum is: people per group, people, devices; ``open`` lists in words what is missing."""

    filled: tuple[int, ...]
    persons: int
    devices: int
    open: tuple[str, ...]


class QuorumRule(RuleModel):
    """``persons`` absent: the sum of the groups. ``devices`` absent: devices are not counted."""

    kind: Literal["quorum"]
    all_of: Annotated[list[Group], Field(min_length=1, max_length=50)]
    persons: _Number | None = None
    devices: _Number | None = None
    proposer_may_approve: bool = False

    @field_validator("level")
    @classmethod
    def _counts(cls, level: Level) -> Level:
        """The last lock cannot be turned into advice: a missing quorum would then be no objection."""
        if level is Level.ADVISORY:
            raise ValueError("a quorum is hard or soft, never advisory")
        return level

    @property
    def groups(self) -> tuple[Need, ...]:
        return tuple((group.role, group.need) for group in self.all_of)

    @property
    def needed_persons(self) -> int:
        return max(self.persons or 0, sum(group.need for group in self.all_of))

    @property
    def needed_devices(self) -> int:
        return self.devices or 1

    def standing(self, case: Case) -> Standing:
        """Where the signatures of the case leave this quorum."""
        proposer = case.readings.context.proposer if case.readings.context else None
        counted = [
            entry
            for entry in case.signed
            if entry.counts and (self.proposer_may_approve or entry.person != proposer)
        ]
        roles: dict[str, frozenset[str]] = {entry.person: entry.roles for entry in counted if entry.person}
        devices = {entry.device for entry in counted}
        filled = fill(self.groups, roles)
        missing = [
            f"{need - have} of {role}"
            for (role, need), have in zip(self.groups, filled, strict=True)
            if have < need
        ]
        if len(roles) < self.needed_persons:
            missing.append(_counted(self.needed_persons - len(roles), "person"))
        if len(devices) < self.needed_devices:
            missing.append(_counted(self.needed_devices - len(devices), "device"))
        return Standing(filled, len(roles), len(devices), tuple(missing))

    def compile(self, terms: Terms) -> Judge:
        select = terms.matching.touching(self.match)
        unconcerned = self.not_concerned("QUORUM")
        proposed = tuple(
            self.says(code, NOT_APPLICABLE, "propose_phase")
            for code in ("QUORUM", "ROLE", "SAME_DEVICE", "PROPOSER_APPROVES", "QUORUM_BYPASS")
        )
        not_yet = self.says("QUORUM", NOT_APPLICABLE, "not_in_sign_phase")
        no_more = self.says("QUORUM_BYPASS", NOT_APPLICABLE, "sign_phase_only")

        def judge(case: Case) -> tuple[Check, ...]:
            if self.match is not None and not select(case):
                return unconcerned
            if case.phase == "propose":
                return proposed
            people = (self._roles(case), self._same_device(case), self._proposer(case))
            if case.phase == "sign":
                return (not_yet, *people, self._bypass(case))
            return (self._complete(case), *people, no_more)

        return judge

    def _roles(self, case: Case) -> Check:
        wanted = frozenset(group.role for group in self.all_of)
        # With more people required than groups hold, anybody of the policy may be one of the others.
        anybody = self.needed_persons > sum(group.need for group in self.all_of)
        if case.phase == "sign" and case.signer is None:
            return self.says("ROLE", INDETERMINATE, "signer_unnamed")
        wrong = tuple(
            entry.signer
            for entry in case.signed
            if not (entry.counts and (anybody or not wanted.isdisjoint(entry.roles)))
        )
        if wrong:
            return self.says("ROLE", FAIL, "role_bad", expected=tuple(sorted(wanted)), actual=wrong)
        return self.says("ROLE", PASS, "role_ok", expected=tuple(sorted(wanted)))

    def _same_device(self, case: Case) -> Check:
        if self.needed_devices < 2:
            return self.says("SAME_DEVICE", NOT_APPLICABLE, "not_concerned")
        devices = [entry.device for entry in case.signed if entry.device is not None]
        shared = tuple(sorted({device for device in devices if devices.count(device) > 1}))
        if shared:
            return self.says("SAME_DEVICE", FAIL, "device_bad", actual=shared)
        return self.says("SAME_DEVICE", PASS, "device_ok")

    def _proposer(self, case: Case) -> Check:
        if self.proposer_may_approve:
            return self.says("PROPOSER_APPROVES", NOT_APPLICABLE, "not_concerned")
        context = case.readings.context
        if context is None or context.proposer is None:
            return self.says("PROPOSER_APPROVES", INDETERMINATE, "proposer_unknown")
        if any(entry.person == context.proposer for entry in case.signed):
            return self.says("PROPOSER_APPROVES", FAIL, "proposer_bad", actual=context.proposer)
        return self.says("PROPOSER_APPROVES", PASS, "proposer_ok")

    def _complete(self, case: Case) -> Check:
        """Phase submit: the policy's quorum and the ledger's."""
        ledger = case.readings.signers(case.subject.inspection.account)
        if isinstance(ledger, Undecided):
            return self.undecided(ledger)
        missing = list(self.standing(case).open)
        weight = ledger.weight_of(case.signed)
        if weight < ledger.quorum:
            missing.append(f"weight {ledger.quorum - weight} of the ledger's quorum")
        required = tuple(f"{need} of {role}" for role, need in self.groups)
        verdict, message = (FAIL, "quorum_open") if missing else (PASS, "quorum_full")
        return Check(
            self.id, self.kind, "QUORUM", verdict, self.level, message,
            required, tuple(missing), evidence=ledger.fact.evidence,
        )  # fmt: skip

    def _bypass(self, case: Case) -> Check:
        """Phase sign: a complete set of signatures is money for whoever holds it (DESIGN promise 6)."""
        ledger = case.readings.signers(case.subject.inspection.account)
        if isinstance(ledger, Undecided):
            return self.undecided(ledger)
        missing = self.standing(case).open
        weight = ledger.weight_of(case.signed)
        # A transaction in single mode is complete with whatever signature it gets.
        complete = weight >= ledger.quorum or case.subject.inspection.mode != "multi"
        verdict, message = (FAIL, "bypass") if complete and missing else (PASS, "bypass_ok")
        return Check(
            self.id, self.kind, "QUORUM_BYPASS", verdict, self.level, message,
            ledger.quorum, weight, evidence=ledger.fact.evidence, values={"open": missing},
        )  # fmt: skip


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
