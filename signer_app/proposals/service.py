"""The one way of a proposal, whichever desk, file, QR, command or window it comes from (DESIGN section 2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import ConflictError, DeniedError, MalformedError, NodeError, NotFoundError
from signer_app.core.identity import hash_bytes
from signer_app.core.inspection import Inspection
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.exchange.incoming import Incoming
from signer_app.policy.document import PolicyDocument
from signer_app.policy.possible import quorum_possible
from signer_app.proposals import again, intake, outgoing, overriding, sending, signing
from signer_app.proposals import lifecycle as life
from signer_app.proposals.able import able_signers
from signer_app.proposals.custody import Sorted, keep, sort_signatures
from signer_app.proposals.halts import Halts, Taken
from signer_app.proposals.judging import Judge, Judged, inspect_body, proposer_of
from signer_app.proposals.policies import Policies
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal
from signer_app.proposals.unread import refuse_unread
from signer_app.signers.port import BadSignatureError, KeyInfo, SigningKey


class ProposalService:
    """Commands on proposals. Every method journals before it acts and leaves store and journal agreeing."""

    def __init__(self, rooms: Rooms, policies: Policies) -> None:
        self._rooms = rooms
        self._policies = policies
        self._judge = Judge(rooms, policies)
        self.halts = Halts(rooms, policies)

    # -- in and out ----------------------------------------------------------------------------------------

    def new(self, order: intake.Order) -> JsonObject:
        """Compose, add and judge a proposal of our own. {proposal_id, state, created, verdict, codes}."""
        return self.import_bytes(intake.compose(self._rooms, order).to_bytes())

    def again(self, identifier: str, expires_in: timedelta) -> JsonObject:
        """Propose the same once more, on a free slot and with a new expiry (again.py). As new."""
        proposal = intake.require(self._rooms, identifier)
        return self.import_bytes(again.copy(self._rooms, proposal, expires_in).to_bytes())

    def cancelling(self, identifier: str, expires_in: timedelta) -> JsonObject:
        """Propose to use the slot of a live proposal up, so that it can never execute (again.py). As new."""
        proposal = intake.require(self._rooms, identifier)
        return self.import_bytes(again.cancelling(self._rooms, proposal, expires_in).to_bytes())

    def import_bytes(
        self, data: bytes, *, network: str | None = None, account: str | None = None
    ) -> JsonObject:
        """Add what a file holds (CONTRACTS C5 import). The same file again changes nothing."""
        incoming = intake.read(self._rooms, data, network=network, account=account)
        known = self._rooms.queries.find(incoming.inspection.proposal_id)
        if known is None:
            self._add(incoming, data)
        proposal = self._rooms.queries.proposal(incoming.inspection.proposal_id)
        said = self._take_statements(proposal, incoming)
        fates = self._take_signatures(proposal, incoming) if incoming.signatures else None
        proposal = self._rooms.queries.proposal(proposal.id)
        judged = self._judge_if_possible(
            proposal, fresh=known is None or bool(said.added) or bool(fates and fates.added)
        )
        result = self._import_result(proposal.id, known is None, fates, judged)
        return {**result, "statements": said.to_json()}

    def _add(self, incoming: Incoming, data: bytes) -> None:
        blob = self._rooms.journal.put_blob(data, "application/octet-stream")
        record = intake.added_record(self._rooms, incoming, self._policy_or_none(), blob)
        record["since_ledger"] = self._slot_unused_at(incoming.inspection)
        slot: JsonObject = {
            "account": record["account"],
            "slot_kind": record["slot_kind"],
            "slot_value": record["slot_value"],
            "proposal_id": record["proposal_id"],
        }
        self._rooms.record_many([("proposal.added", record), ("slot.reserved", slot)])

    def _take_statements(self, proposal: Proposal, incoming: Incoming) -> Taken:
        """Halts, resumes and overrides that a file carries; each is weighed by itself."""
        if incoming.file is None:
            return Taken()
        taken = Taken()
        if incoming.file.halt is not None:
            taken = self.halts.take_member(incoming.file.halt)
        if incoming.file.overrides:
            added, refused = overriding.take(
                self._rooms, proposal, incoming.file.overrides, self._policy_or_none()
            )
            taken.added.extend(added)
            taken.refused.extend(refused)
        for item in taken.refused:
            self._rooms.progress(f"A {item.kind} statement was kept out. {item.code}: {item.reason}")
        return taken

    def _slot_unused_at(self, inspection: Inspection) -> str | None:
        """A validated ledger at which the slot was unused: what becomes of the body happens after it."""
        try:
            state = self._rooms.ledger(inspection.network).account_state(inspection.account)
        except (NodeError, NotFoundError):
            return None
        slot = inspection.sequence
        unused = (
            int(slot.value) in state.tickets if slot.kind == "ticket" else int(slot.value) == state.sequence
        )
        return str(state.validated) if unused else None

    def _policy_or_none(self) -> PolicyDocument | None:
        try:
            return self._policies.in_force(self._rooms.clock()).document
        except DeniedError:
            return None

    def _judge_if_possible(self, proposal: Proposal, *, fresh: bool) -> Judged | None:
        """Judge a proposal that is new or changed. Without an active policy everything is denied."""
        if not fresh or proposal.state not in life.OPEN:
            return None
        try:
            return self._judge.settle(proposal)
        except DeniedError as error:
            if error.code != "POLICY_INACTIVE":
                raise
            self._rooms.record(
                "note",
                {"proposal_id": proposal.id, "state": life.DENIED, "text": error.message, "code": error.code},
            )
            return None

    def _import_result(
        self, identifier: str, created: bool, fates: Sorted | None, judged: Judged | None
    ) -> JsonObject:
        proposal = self._rooms.queries.proposal(identifier)
        result = proposal.to_json()
        result["created"] = created
        result["added"] = [item.signer for item in fates.added] if fates else []
        result["quarantined"] = [_fate(entry) for entry in fates.quarantined] if fates else []
        result["signers"] = self.able_signers(identifier)
        result["verdict"] = judged.report.verdict if judged else None
        result["codes"] = list(judged.report.codes) if judged else []
        result["warnings"] = intake.claims_warnings(proposal.title, proposal.note)
        return result

    def export(self, identifier: str, form: str) -> tuple[bytes, JsonObject]:
        """A proposal as bytes of a file: countersign, native (unsigned JSON) or partial (signed blob).

        A set of signatures that would fill the ledger's quorum and not the policy's does not leave:
        DeniedError POLICY_DENIED. What leaves is journaled before it leaves.
        """
        proposal = intake.require(self._rooms, identifier)
        count = 0 if form == "native" else len(proposal.signatures)
        if count:
            refuse_unread(proposal)
        if count and proposal.state not in (*life.SENT, *life.FINAL):
            self._refuse_bypass(proposal)
        data = outgoing.render(
            proposal,
            form,
            halts=self.halts.document(),
            overrides=overriding.carried(self._rooms, proposal.id, self._policy_or_none()),
        )
        note: JsonObject = {
            "text": "exported",
            "proposal_id": proposal.id,
            "form": form,
            "signatures": count,
            "sha256": hash_bytes(data),
        }
        self._rooms.record("note", note)
        return data, {"proposal_id": proposal.id, "format": form, "bytes": len(data)}

    def _refuse_bypass(self, proposal: Proposal) -> None:
        """The last lock for signatures that came from several files (DESIGN promise 6)."""
        report = self._judge.settle(proposal).report
        quorum, weight = report.required.ledger_quorum, report.required.ledger_weight
        if quorum is None or weight is None:
            raise signing.denied("Without the ledger's signer list no signature leaves.", report)
        if weight >= quorum and report.verdict != "ALLOW":
            raise signing.denied(
                "These signatures would fill the ledger's quorum, and policy does not allow the payment.",
                report,
            )

    # -- judging -------------------------------------------------------------------------------------------

    def verify(self, identifier: str) -> Judged:
        """Judge again on fresh facts; an open proposal's state follows."""
        proposal = intake.require(self._rooms, identifier)
        return self._judge.settle(proposal)

    def judge_signing(self, identifier: str, signer: str) -> Judged:
        """Whether policy would let ``signer`` (CAIP-10) sign now, journaled as every verdict is. Signing asks
        again."""
        case = self._judge.open_case(intake.require(self._rooms, identifier))
        return self._judge.judge(case, phase="sign", signer=signer)

    def able_signers(self, identifier: str) -> list[JsonValue]:
        """Who of the policy in force can sign these bytes, and who cannot and why; empty without a policy."""
        policy = self._policy_or_none()
        proposal = intake.require(self._rooms, identifier)
        return able_signers(policy, proposal) if policy is not None else []

    # -- signatures ----------------------------------------------------------------------------------------

    def sign(self, identifier: str, key: KeyInfo) -> JsonObject:
        """Release one signature of this person's keystore (CONTRACTS C5 sign)."""
        proposal = intake.require(self._rooms, identifier)
        return self._sign(proposal, signing.keystore_key(self._rooms, key, proposal.network))

    def sign_on_device(self, identifier: str, choose: Callable[[str], SigningKey]) -> JsonObject:
        """The same with a device; ``choose`` gives this person's key on the network that it is given."""
        proposal = intake.require(self._rooms, identifier)
        return self._sign(proposal, choose(proposal.network))

    def _sign(self, proposal: Proposal, key: SigningKey) -> JsonObject:
        try:
            return signing.sign(self._rooms, self._judge, proposal, key)
        except BadSignatureError as error:
            self._alarm(proposal, key, error)
            raise

    def _alarm(self, proposal: Proposal, key: SigningKey, error: BadSignatureError) -> None:
        """A signer that signs something else may have signed what nobody read: halt the account, here and, by
        the files that travel, everywhere. Two people look into it and resume.
        """
        reason = f"{key.device} signed other bytes than {proposal.id[:12]}, record {error.details['record']}"
        try:
            made = self.halts.halt(reason, [proposal.account])
        except DeniedError as refusal:  # whoever has no voice cannot halt; the quarantine stands all the same
            error.details["not_halted"] = refusal.message
            return
        error.details["halt_id"] = made["halt_id"]
        error.details["halted"] = proposal.account

    def add_signatures(self, identifier: str, data: bytes) -> JsonObject:
        """Take signatures from a file. BAD_SIGNATURE if none is added and one is quarantined."""
        proposal = intake.require(self._rooms, identifier)
        incoming = intake.read(self._rooms, data, network=None, account=None)
        intake.same_transaction(proposal, incoming.inspection)
        self._take_statements(proposal, incoming)
        fates = self._take_signatures(proposal, incoming)
        if fates.quarantined and not fates.added:
            raise MalformedError(
                "No signature in this file fits these bytes.",
                code="BAD_SIGNATURE",
                hint="They were kept in quarantine. Do not retry; find out who made them.",
                details={"quarantined": [_fate(entry) for entry in fates.quarantined]},
            )
        proposal = self._rooms.queries.proposal(proposal.id)
        judged = self._judge_if_possible(proposal, fresh=True)
        records = [s.record for s in self._rooms.queries.proposal(proposal.id).signatures]
        return {
            "proposal_id": proposal.id,
            "state": self._rooms.queries.proposal(proposal.id).state,
            "added": [item.signer for item in fates.added],
            "quarantined": [_fate(entry) for entry in fates.quarantined],
            "already": list(fates.already),
            "quorum": signing.quorum_of(judged.report) if judged else None,
            "journal": {"index": max(records, default=None)},
        }

    def _take_signatures(self, proposal: Proposal, incoming: Incoming) -> Sorted:
        try:
            authority = self._rooms.ledger(proposal.network).signers(proposal.account)
            ledger = self._rooms.ledger(proposal.network).account_state(proposal.account).validated
        except NodeError:
            authority, ledger = None, None  # membership is judged again when nodes answer
        policy = self._policy_or_none()
        known = {(key.signer, key.public_key.upper()) for key in policy.body.keys} if policy else set()
        fates = sort_signatures(proposal, incoming.signatures, authority, known)
        keep(self._rooms, proposal, fates, ledger)
        return fates

    def reject(self, identifier: str, reason: str) -> JsonObject:
        """This person says no, with a signed statement. REJECTED once no quorum is possible any more."""
        proposal = intake.require(self._rooms, identifier)
        if proposal.state not in life.WAITING:
            raise ConflictError(
                f"The proposal is {life.PROPOSAL.words[proposal.state].lower()}.", code="WRONG_STATE"
            )
        statement: JsonObject = {
            "proposal_id": proposal.id,
            "body_hash": proposal.body_hash,
            "person": self._rooms.person,
            "reason": reason,
            "at": format_time(whole_seconds(self._rooms.clock())),
        }
        signature = self._rooms.keystore().sign_statement("reject", statement)
        record: JsonObject = {
            "proposal_id": proposal.id,
            "reason": reason,
            "statement": {**statement, "sig": signature},
        }
        if proposal.state in life.OPEN and self._no_quorum_left(proposal):
            record["state"] = life.REJECTED
        index = self._rooms.record("reject", record)
        self._rooms.seal()
        return {
            "proposal_id": proposal.id,
            "state": self._rooms.queries.proposal(proposal.id).state,
            "rejections": [dict(r) for r in self._rooms.queries.rejections(proposal.id)],
            "journal": {"index": index},
        }

    def _no_quorum_left(self, proposal: Proposal) -> bool:
        try:
            policy = self._policies.in_force(self._rooms.clock())
        except DeniedError:
            return False  # without a policy nothing can be signed, and a no is recorded all the same
        refusing = {str(r["person"]) for r in self._rooms.queries.rejections(proposal.id)}
        refusing.add(self._rooms.person)
        if any(person.veto and person.id in refusing for person in policy.document.body.people):
            return True
        return not quorum_possible(
            policy.compiled,
            inspect_body(proposal),
            proposer=proposer_of(proposal, policy),
            refusing=refusing,
        )

    def override(self, identifier: str, reason: str, rules: Sequence[str] = ()) -> JsonObject:
        """This person's word of the override quorum against soft failures (overriding.py)."""
        proposal = intake.require(self._rooms, identifier)
        return overriding.override(self._rooms, self._judge, proposal, reason, rules)

    def settle_statements(self) -> None:
        """Weigh again the statements that another policy may let in; finish what a crash interrupted."""
        self.halts.settle()
        policy = self._policy_or_none() if self._rooms.queries.refused_statements() else None
        if policy is not None:
            overriding.settle(self._rooms, policy)

    # -- sending -------------------------------------------------------------------------------------------

    def submit(self, identifier: str) -> JsonObject:
        """Send a ready proposal (CONTRACTS C5 submit)."""
        return sending.submit(self._rooms, self._judge, intake.require(self._rooms, identifier))

    def track(self, identifier: str, *, seconds: float | None = 0) -> JsonObject:
        """Look for proof; with ``seconds`` keep looking (null: until it is final)."""
        proposal = intake.require(self._rooms, identifier)
        if proposal.unread:
            return self._read_again(proposal, sending.track(self._rooms, proposal))
        if seconds == 0:
            return sending.track(self._rooms, proposal)
        return sending.follow(self._rooms, proposal.id, seconds=seconds)

    def track_all(self) -> JsonObject:
        """Look once at everything that was sent or is unknown, as after a restore. {proposals: [as track]};
        NodeError where no node answers for the first."""
        waiting = self._rooms.queries.proposals(states=life.SENT)
        return {"proposals": [self.track(proposal.id) for proposal in waiting]}

    def _read_again(self, proposal: Proposal, result: JsonObject) -> JsonObject:
        """The ledger was read for a proposal that waited when the backup was made; if it still waits, it is
        judged on fresh facts, as it was not since."""
        fresh = self._rooms.queries.proposal(proposal.id)
        self._judge_if_possible(fresh, fresh=True)
        state = self._rooms.queries.proposal(proposal.id).state
        return {**result, "state": state, "state_words": life.PROPOSAL.words[state]}

    def look(self, identifier: str, number: int) -> JsonObject:
        """One look of many, for who waits between them by other means (sending.look)."""
        proposal = intake.require(self._rooms, identifier)
        result = sending.look(self._rooms, proposal.id, number)
        return self._read_again(proposal, result) if proposal.unread else result

    # -- after a crash -------------------------------------------------------------------------------------

    def explain_interruptions(self) -> list[JsonObject]:
        """Close intents that a crash left open. Nothing left the program where no release is recorded."""
        explained: list[JsonObject] = []
        for intent in self._rooms.queries.open_intents("sign"):
            fields: JsonObject = {
                "proposal_id": intent["proposal_id"],
                "signer": intent["signer"],
                "code": "SIGNER_DIED",
                "reason": f"record {intent['record']} has no result; nothing was released",
            }
            self._rooms.record("sign.failed", fields)
            explained.append(fields)
        for intent in self._rooms.queries.open_intents("submit"):
            proposal = self._rooms.queries.proposal(str(intent["proposal_id"]))
            fields = {
                "proposal_id": proposal.id,
                "tx_id": proposal.tx_id,
                "attempts": [],
                "state": life.UNKNOWN if proposal.state == life.SUBMITTED else proposal.state,
            }
            self._rooms.record("submit.answer", fields)
            explained.append(fields)
        return explained


def _fate(entry: JsonObject) -> JsonObject:
    return {name: entry[name] for name in ("signer", "code", "reason")}
