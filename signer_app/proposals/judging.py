"""Judging a proposal: gather facts, evaluate policy, journal the verdict with everything its replay needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from signer_app.chains.port import Source
from signer_app.chains.registry import chain_of
from signer_app.core.amounts import add, format_decimal, parse_decimal
from signer_app.core.canonical import canonical
from signer_app.core.clock import format_time, parse_time, whole_seconds
from signer_app.core.effects import EscrowOpen, Transfer
from signer_app.core.errors import IntegrityError, NodeError
from signer_app.core.facts import Context, ContextSignature, Fact, FactsDocument, Observation
from signer_app.core.inspection import Inspection
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.engine import evaluate
from signer_app.policy.overrides import soft_failures
from signer_app.policy.report import Report
from signer_app.proposals import lifecycle as life
from signer_app.proposals.policies import ActivePolicy, Policies
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal

#: Facts about payments look back this far when no rule asks for more.
DEFAULT_WINDOW_S = 86_400


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with its inputs. ``record`` is the journal index of the verdict."""

    report: Report
    facts: FactsDocument
    policy: ActivePolicy
    record: int


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal under judgement: decoded again from its bytes, with facts as of ``facts.now``."""

    proposal: Proposal
    inspection: Inspection
    policy: ActivePolicy
    facts: FactsDocument


class Judge:
    """Opens cases and writes verdicts."""

    def __init__(self, rooms: Rooms, policies: Policies) -> None:
        self._rooms = rooms
        self._policies = policies

    def open_case(
        self, proposal: Proposal, *, known: Sequence[Fact] | None = None, also: Sequence[JsonValue] = ()
    ) -> Case:
        """Decode the stored body again and read fresh facts. Nodes that fail leave facts missing.
        For previews: ``known`` are facts that were read a moment ago (their age is judged like any), and
        ``also`` are outflows to count as if proposals known here could still move them.

        IntegrityError STORE_BROKEN for a body that does not have the proposal's id.
        """
        inspection = inspect_body(proposal)
        if (inspection.proposal_id, inspection.body_hash) != (proposal.id, proposal.body_hash):
            raise IntegrityError("The stored bytes are not those of this proposal.", code="STORE_BROKEN")
        now = whole_seconds(self._rooms.clock())
        policy = self._policies.in_force(now)
        if known is None:
            known = self.read_facts(proposal.network, proposal.account, destinations_of(inspection), policy)
        now = max(now, whole_seconds(self._rooms.clock()))  # after the reads, so that none is in the future
        pending = [*self._local_outflows(proposal, now), *also]
        facts = with_local_outflows(known, proposal, pending, now)
        context = self._context(proposal, policy)
        return Case(proposal, inspection, policy, FactsDocument(now, "online", context, facts))

    def read_facts(
        self, network: str, account: str, destinations: Sequence[str], policy: ActivePolicy
    ) -> tuple[Fact, ...]:
        """What a judgement under ``policy`` needs to know, from the nodes; nothing where they fail."""
        self._rooms.progress("Reading facts from the nodes")
        window_s = max(policy.longest_window_s, DEFAULT_WINDOW_S)
        try:
            return self._rooms.ledger(network).facts(
                account=account, destinations=destinations, window_s=window_s
            )
        except NodeError as error:
            self._rooms.progress(f"No facts: {error.message}")
            return ()

    def _local_outflows(self, judged: Proposal, now: datetime) -> list[JsonValue]:
        """What other proposals known here could still move: each has a signature and is not final.

        They can execute at any moment from now on, so that is the time they are counted at.
        """
        items: list[JsonValue] = []
        for other in self._rooms.queries.proposals(account=judged.account):
            if other.live and other.id != judged.id:
                items.extend(outflow_items(other, now))
        return items

    def judge(self, case: Case, *, phase: str, signer: str | None = None, settle: bool = False) -> Judged:
        """Evaluate one phase and journal it. With ``settle`` the state follows from the verdict.

        Whether signing is halted is read here, not when the case was opened: nodes may have answered slowly.
        """
        facts = self._facts_for(case, signer)
        report = self._evaluate(case, facts, phase, signer)
        fields = self._verdict_record(case, facts, report, phase, signer)
        if settle and case.proposal.state in life.OPEN:
            fields["state"] = self._state(case, facts, report, phase)
        index = self._rooms.record("verdict", fields)
        return Judged(report, facts, case.policy, index)

    def preview(self, case: Case) -> Report:
        """The report of phase propose. Nothing is journaled."""
        return self._evaluate(case, self._facts_for(case, None), "propose", None)

    def soft_failures(self, case: Case, rules: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """(rule, code) of soft failures that an override can name. Nothing is journaled.

        Without ``rules`` those of phase propose. A rule that is named is judged in every phase and for every
        signer to come, because what people have to sign shows its failures only there.
        """
        found = set(soft_failures(self._evaluate(case, self._facts_for(case, None), "propose", None).checks))
        if not rules:
            return tuple(sorted(found))
        signed = {signature.signer for signature in case.proposal.signatures}
        signers = case.policy.compiled.keys.signers(case.proposal.network) - signed
        phases: list[tuple[str, str | None]] = [("submit", None), *(("sign", name) for name in signers)]
        for phase, signer in phases:
            facts = self._facts_for(case, signer)
            found |= set(soft_failures(self._evaluate(case, facts, phase, signer).checks))
        return tuple(sorted(failure for failure in found if failure[0] in rules))

    def _facts_for(self, case: Case, signer: str | None) -> FactsDocument:
        halt = self._halt_on(case.proposal)
        return replace(case.facts, context=replace(case.facts.context, signer=signer, halt=halt))

    def _halt_on(self, proposal: Proposal) -> JsonObject | None:
        halt = self._rooms.queries.halt_on(proposal.acts_for)
        return halt.to_json() if halt is not None else None

    def settle(self, proposal: Proposal, case: Case | None = None) -> Judged:
        """Judge in the proposal's own phase (propose; submit once it is signed) and set its state."""
        if case is None:
            case = self.open_case(proposal)
        else:
            context = self._context(proposal, case.policy)
            case = replace(case, proposal=proposal, facts=replace(case.facts, context=context))
        return self.judge(case, phase="submit" if proposal.signatures else "propose", settle=True)

    def _state(self, case: Case, facts: FactsDocument, report: Report, phase: str) -> str:
        if phase == "submit" and report.verdict == "ALLOW":
            return life.READY
        proposing = report if phase == "propose" else self._evaluate(case, facts, "propose", None)
        return life.DENIED if proposing.verdict == "DENY" else life.PENDING

    def _context(self, proposal: Proposal, policy: ActivePolicy) -> Context:
        overrides = self._rooms.queries.overrides(proposal.id, policy.document.hash)
        return Context(
            proposer=proposer_of(proposal, policy),
            origin=proposal.origin,
            created_at=parse_time(proposal.created_at),
            signer=None,
            # The time in a file is display only and no input to a check.
            signatures=tuple(ContextSignature(s.signer, s.public_key, None) for s in proposal.signatures),
            overrides=tuple(override.to_json() for override in overrides),
            halt=self._halt_on(proposal),
        )

    def _evaluate(self, case: Case, facts: FactsDocument, phase: str, signer: str | None) -> Report:
        return evaluate(case.policy.compiled, case.inspection, facts, phase=phase, signer=signer)

    def _verdict_record(
        self, case: Case, facts: FactsDocument, report: Report, phase: str, signer: str | None
    ) -> JsonObject:
        report_bytes = canonical(report.to_json())
        return {
            "proposal_id": case.proposal.id,
            "body_hash": case.proposal.body_hash,
            "phase": phase,
            "signer": signer,
            "verdict": report.verdict.value,
            "codes": list(report.codes),
            "required": report.required.to_json(),
            "report_hash": report.hash(),
            "report_blob": self._rooms.journal.put_blob(report_bytes, "application/json"),
            "facts_blob": self._rooms.journal.put_blob(canonical(facts.to_json()), "application/json"),
            "policy_hash": case.policy.document.hash,
        }


def inspect_body(proposal: Proposal, signer: str | None = None) -> Inspection:
    """Decode a stored body through the total-decode gate again."""
    source = Source(
        proposal.body.encode("ascii"), network=proposal.network, account=proposal.account, signer=signer
    )
    return chain_of(proposal.network).inspect(source)


def with_local_outflows(
    facts: Sequence[Fact], proposal: Proposal, items: list[JsonValue], now: datetime
) -> tuple[Fact, ...]:
    """Add our own pending payments as a `local` observation beside what the ledger's operators say."""
    local = Observation("local", "local", now, None, {"complete": True, "items": items})
    result = [
        replace(fact, observations=(*fact.observations, local))
        if (fact.kind, fact.key) == ("outflows", proposal.account)
        else fact
        for fact in facts
    ]
    return tuple(result)


def proposer_of(proposal: Proposal, policy: ActivePolicy) -> str:
    """The author, if the policy in force binds the signing device key to that person; else the importer."""
    block = proposal.author.get("proposer") if proposal.author is not None else None
    if isinstance(block, dict):
        for person in policy.document.body.people:
            if person.id == block.get("person") and block.get("device_key") in person.device_keys:
                return person.id
    return proposal.importer


def destinations_of(inspection: Inspection) -> tuple[str, ...]:
    """Receivers whose accounts a judgement has to read."""
    found = {
        effect.to
        for effect in inspection.effects
        if isinstance(effect, Transfer | EscrowOpen) and effect.to != inspection.account
    }
    return tuple(sorted(found))


def outflow_items(proposal: Proposal, now: datetime) -> list[JsonValue]:
    """What a proposal could move: one item an asset and receiver, with the most that could leave."""
    states = {life.SUBMITTED: "submitted", life.UNKNOWN: "unknown"}
    total: dict[tuple[str, str], Decimal] = {}
    for effect in proposal.effects:
        if effect.get("kind") in ("Transfer", "EscrowOpen"):
            for asset, amount in _most(effect).items():
                key = (asset, str(effect["to"]))
                total[key] = add(total.get(key, Decimal(0)), amount)
    return [
        {
            "id": proposal.id,
            "asset": asset,
            "to": to,
            "amount": format_decimal(amount),
            "at": format_time(now),
            "state": states.get(proposal.state, "signed"),
        }
        for (asset, to), amount in total.items()
    ]


def _most(effect: JsonObject) -> dict[str, Decimal]:
    """The most that one effect can take of each asset: its amount, or what it may spend."""
    found = {str(effect["asset"]): parse_decimal(str(effect["amount"]))}
    spend = effect.get("max_spend")
    if isinstance(spend, dict):
        asset, amount = str(spend["asset"]), parse_decimal(str(spend["amount"]))
        found[asset] = max(found.get(asset, amount), amount)
    return found
