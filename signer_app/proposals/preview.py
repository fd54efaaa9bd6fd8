"""What a proposal would do and how it would be judged, before there is one: nothing is journaled, no slot is
taken, no key is used. The window asks after each pause of typing, so what the nodes said is used again for
some seconds; the policy judges the age of facts here as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from signer_app.chains.port import AccountState, Source
from signer_app.chains.registry import chain_of
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import DeniedError
from signer_app.core.facts import Fact
from signer_app.core.inspection import Inspection
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.policy.readings import Readings
from signer_app.policy.report import Report
from signer_app.policy.schema import FactRules
from signer_app.proposals import lifecycle as life
from signer_app.proposals.able import able_signers
from signer_app.proposals.authority import changes
from signer_app.proposals.intake import Order, claims_warnings, compose_body, refuse_other_network
from signer_app.proposals.judging import Case, Judge, destinations_of
from signer_app.proposals.policies import ActivePolicy, Policies
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal

#: How long an answer of the nodes is used again.
REUSE: Final = timedelta(seconds=20)
#: Answers kept at once; a treasury has a handful of accounts and receivers.
_KEPT: Final = 256
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Preview:
    """``report`` null: no policy is in force, and ``problem`` says so. ``signers`` as able.able_signers,
    ``authority`` as authority.changes, from the facts that the verdict stands on; ``warnings`` as
    intake.claims_warnings."""

    inspection: Inspection
    expires_at: str
    report: Report | None
    problem: DeniedError | None
    signers: tuple[JsonValue, ...]
    authority: tuple[JsonValue, ...]
    warnings: tuple[JsonValue, ...]

    @property
    def verdict(self) -> str | None:
        """ALLOW, NEEDS_OVERRIDE or DENY; null without a policy."""
        return self.report.verdict.value if self.report is not None else None

    def to_json(self) -> JsonObject:
        """The result of `proposal new … --dry-run` (CONTRACTS C)."""
        seen, problem = self.inspection, self.problem
        expiry = seen.expiry
        return {
            "dry_run": True,
            "network": seen.network,
            "account": seen.account,
            "type": seen.type,
            "encoding": seen.encoding,
            "body": seen.body,
            "body_hash": seen.body_hash,
            "slot": seen.sequence.to_json(),
            "expiry_ledger": expiry.value if expiry is not None else None,
            "expires_at": self.expires_at,
            "fee": {"asset": seen.fee.asset, "amount": seen.fee.amount},
            "effects": [effect.to_json() for effect in seen.effects],
            "verdict": self.verdict,
            "codes": list(self.report.codes) if self.report is not None else [],
            "report": self.report.to_json() if self.report is not None else None,
            "problem": {"code": problem.code, "message": problem.message} if problem is not None else None,
            "signers": list(self.signers),
            "authority": list(self.authority),
            "warnings": list(self.warnings),
        }


class Reused(Generic[T]):
    """Values that were read a moment ago, by name, each with its time."""

    def __init__(self, clock: Callable[[], datetime], keep: timedelta = REUSE) -> None:
        self._clock, self._keep = clock, keep
        self._values: dict[tuple[str, ...], tuple[datetime, T]] = {}

    def get(self, name: tuple[str, ...], read: Callable[[], T]) -> T:
        """The value of ``name``, read again where it is older than ``keep`` or the clock went back."""
        found, now = self._values.get(name), self._clock()
        if found is not None and timedelta(0) <= now - found[0] < self._keep:
            return found[1]
        value = read()
        if len(self._values) >= _KEPT:
            self._values.clear()
        self._values[name] = (now, value)
        return value

    def forget(self) -> None:
        """Read everything again next time."""
        self._values.clear()


class Previews:
    """Previews of one workspace."""

    def __init__(self, rooms: Rooms, policies: Policies) -> None:
        self._rooms = rooms
        self._policies = policies
        self._judge = Judge(rooms, policies)
        self._states: Reused[AccountState] = Reused(rooms.clock)
        self._facts: Reused[tuple[Fact, ...]] = Reused(rooms.clock)

    def forget(self) -> None:
        """Ask the nodes again: somebody wrote something, or a person asked for it."""
        self._states.forget()
        self._facts.forget()

    def state(self, network: str, account: str) -> AccountState:
        """What composing needs to know about an account. NodeError, NotFoundError."""
        refuse_other_network(self._rooms, network)
        return self._states.get(
            (network, account), lambda: self._rooms.ledger(network).account_state(account)
        )

    def preview(self, order: Order) -> Preview:
        """Bytes, effects, verdict of phase propose and able signers of an order. Nothing is written.

        MalformedError, ConflictError SLOT_CONFLICT, NodeError and NotFoundError as `proposal new` has them.
        """
        body = compose_body(self._rooms, order, self.state(order.network, order.account))
        source = Source(body.encode("ascii"), network=order.network, account=order.account)
        inspection = chain_of(order.network).inspect(source)
        now = whole_seconds(self._rooms.clock())
        expires_at = format_time(now + order.expires_in)
        warnings = tuple(claims_warnings(order.title, order.note))
        try:
            policy = self._policies.in_force(now)
        except DeniedError as problem:
            unread = _authority(inspection, Readings(None, FactRules()), None, problem.message)
            return Preview(inspection, expires_at, None, problem, (), unread, warnings)
        proposal = self.unsaved(order, inspection, policy)
        case = self.case(proposal, inspection, policy)
        signers = tuple(able_signers(policy.document, proposal))
        readings = Readings(case.facts, policy.document.body.facts)
        authority = _authority(inspection, readings, policy.document)
        return Preview(inspection, expires_at, self._judge.preview(case), None, signers, authority, warnings)

    def case(self, proposal: Proposal, inspection: Inspection, policy: ActivePolicy) -> Case:
        """A case for a proposal that is not stored, on facts of the last seconds."""
        return self._judge.open_case(
            proposal,
            known=self.facts(proposal.network, proposal.account, destinations_of(inspection), policy),
        )

    def facts(
        self, network: str, account: str, destinations: tuple[str, ...], policy: ActivePolicy
    ) -> tuple[Fact, ...]:
        """Facts of the last seconds; where nodes fail, what could not be read is missing from them."""
        return self._facts.get(
            (network, account, policy.document.hash, *destinations),
            lambda: self._judge.read_facts(network, account, destinations, policy),
        )

    def unsaved(self, order: Order, inspection: Inspection, policy: ActivePolicy) -> Proposal:
        """The order as a value, as the store would hold it. It is in no store."""
        now = format_time(whole_seconds(self._rooms.clock()))
        expiry = inspection.expiry
        return Proposal(
            id=inspection.proposal_id, network=inspection.network, account=inspection.account,
            encoding=inspection.encoding, body=inspection.body, body_hash=inspection.body_hash,
            type=inspection.type, slot_kind=inspection.sequence.kind, slot_value=inspection.sequence.value,
            expiry_ledger=expiry.value if expiry is not None else None,
            effects=[effect.to_json() for effect in inspection.effects], state=life.DRAFT, title=order.title,
            note=order.note, created_at=now, expires_at=None, origin=self._origin(policy),
            proposer=self._rooms.person, importer=self._rooms.person, author=None, links=[], added_index=-1,
            since_ledger=None, tx_id=None, outcome=None, updated_at=now, signatures=(),
        )  # fmt: skip

    def _origin(self, policy: ActivePolicy) -> str:
        """As intake says it of our own: operator where the policy binds this person's device key.

        While the keys are locked any device key of the person is taken for it.
        """
        keystore = self._rooms.keystore_or_none()
        own = keystore.device_public_key() if keystore is not None and keystore.alive else None
        for person in policy.document.body.people:
            if person.id == self._rooms.person and person.device_keys:
                return "operator" if own is None or own in person.device_keys else "import"
        return "import"


def _authority(
    inspection: Inspection, readings: Readings, policy: PolicyDocument | None, problem: str = ""
) -> tuple[JsonValue, ...]:
    return tuple(changes([effect.to_json() for effect in inspection.effects], readings, policy, problem))
