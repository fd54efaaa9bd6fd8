"""Sending and following: combine, judge again, journal the intent, offer to the nodes, look for proof."""

from __future__ import annotations

import time
from collections.abc import Callable

from signer_app.chains.port import Attempt, Combined, Outcome
from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.errors import ConflictError, DeniedError, NodeError
from signer_app.core.failpoints import failpoint
from signer_app.core.inspection import Slot
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.proposals import lifecycle as life
from signer_app.proposals.judging import Judge
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.signing import denied
from signer_app.proposals.store.queries import Proposal
from signer_app.proposals.unread import refuse_unread

#: While a sent proposal is followed, its bytes are offered again at every so many-th look.
OFFER_EVERY = 4


def submit(rooms: Rooms, judge: Judge, proposal: Proposal) -> JsonObject:
    """Combine, judge, and offer the transaction to the nodes. {proposal_id, state, tx_id, attempts}.

    A proposal that was sent already is offered again with the same bytes (idempotent on the ledger).
    DeniedError POLICY_DENIED; ConflictError WRONG_STATE; state UNKNOWN when no node took it.
    """
    refuse_unread(proposal)
    if proposal.state in life.SENT:
        _refuse_halted(rooms, proposal)
        return _offer(rooms, proposal, *_last_submission(rooms, proposal))
    if proposal.state not in life.OPEN:
        raise ConflictError(
            f"The proposal is {life.PROPOSAL.words[proposal.state].lower()}; it is not sent.",
            code="WRONG_STATE",
        )
    judged = judge.settle(proposal)
    if judged.report.phase != "submit" or judged.report.verdict != "ALLOW":
        raise denied("Policy does not allow sending this yet.", judged.report)
    combined = _combine(rooms, proposal)
    blob = combined.blob.hex().upper()
    rooms.record(
        "submit.intent",
        {
            "proposal_id": proposal.id,
            "body_hash": proposal.body_hash,
            "tx_id": combined.tx_id,
            "blob": blob,
            "report_hash": judged.report.hash(),
            "state": life.SUBMITTED,
        },
    )
    rooms.seal()
    failpoint("submit.after_intent")
    return _offer(rooms, proposal, combined.tx_id, combined.blob)


def _refuse_halted(rooms: Rooms, proposal: Proposal) -> None:
    """Bytes that were offered once are not offered again while a person has stopped sending."""
    halt = rooms.queries.halt_on(proposal.acts_for)
    if halt is not None:
        raise DeniedError(
            "Sending is stopped.",
            details={
                "verdict": "DENY",
                "codes": ["HALTED"],
                "checks": [f"HALTED: {halt.person} stopped signing and sending at {halt.at}: {halt.reason}"],
            },
        )


def _combine(rooms: Rooms, proposal: Proposal) -> Combined:
    signer_list, keys = rooms.ledger(proposal.network).signers(proposal.account)
    combined = chain_of(proposal.network).combine(
        network=proposal.network,
        body=proposal.body,
        signatures=[Signature(s.signer, s.public_key, s.signature, s.scheme) for s in proposal.signatures],
        signer_list=signer_list,
        keys=keys,
    )
    if combined.weight < signer_list.quorum:
        raise DeniedError(
            f"The valid signatures weigh {combined.weight} of {signer_list.quorum}.",
            details={"refused": [f"{r.signature.signer}: {r.code}, {r.reason}" for r in combined.refused]},
        )
    return combined


def _last_submission(rooms: Rooms, proposal: Proposal) -> tuple[str, bytes]:
    submissions = rooms.queries.submissions(proposal.id)
    if not submissions:
        raise ConflictError(
            "The transaction was seen on the ledger; it was not sent from here.", code="WRONG_STATE"
        )
    return submissions[-1].tx_id, bytes.fromhex(submissions[-1].blob)


def _offer(
    rooms: Rooms, proposal: Proposal, tx_id: str, blob: bytes, *, otherwise: str = life.UNKNOWN
) -> JsonObject:
    """Hand the bytes to the nodes and journal their answers. ``otherwise``: the state if no node takes it.

    Where no answer can be journaled nothing is handed over, although the intent may be an older one.
    """
    rooms.journal.require_usable()
    rooms.progress("Sending")
    try:
        attempts = rooms.ledger(proposal.network).submit(blob)
    except NodeError as error:
        # Nobody can tell whether a node took it before the connection failed: the state is unknown.
        attempts = (Attempt("-", f"{error.code}: {error.message}", "", False),)
    failpoint("submit.before_answer")
    state = life.SUBMITTED if any(attempt.accepted for attempt in attempts) else otherwise
    kept: list[JsonValue] = [{**attempt.to_json(), "accepted": attempt.accepted} for attempt in attempts]
    rooms.record(
        "submit.answer", {"proposal_id": proposal.id, "tx_id": tx_id, "attempts": kept, "state": state}
    )
    listed: list[JsonValue] = [attempt.to_json() for attempt in attempts]
    return {"proposal_id": proposal.id, "state": state, "tx_id": tx_id, "attempts": listed}


def track(rooms: Rooms, proposal: Proposal) -> JsonObject:
    """Look once for proof of what became of the proposal, and journal it. {proposal_id, state, tx_id, …}."""
    if proposal.state in life.FINAL:
        return _tracked(proposal)
    outcome = rooms.ledger(proposal.network).outcome(
        account=proposal.account,
        body=proposal.body,
        slot=Slot(proposal.slot_kind, proposal.slot_value),
        expiry_ledger=int(proposal.expiry_ledger) if proposal.expiry_ledger is not None else None,
        since_ledger=int(proposal.since_ledger or "1"),
    )
    _record_outcome(rooms, proposal, outcome)
    return _tracked(rooms.queries.proposal(proposal.id), outcome.evidence)


def _record_outcome(rooms: Rooms, proposal: Proposal, outcome: Outcome) -> None:
    fields: JsonObject = {
        "proposal_id": proposal.id,
        "body_hash": proposal.body_hash,
        "tx_id": outcome.tx_id,
        "evidence": outcome.evidence,
    }
    if outcome.state in life.FINAL:
        if outcome.state in (life.CONFIRMED, life.FAILED) and proposal.state in life.WAITING:
            # Seen on the ledger without being sent from here: the way to the end leads through Sent.
            rooms.record(
                "note", {"proposal_id": proposal.id, "state": life.SUBMITTED, "text": "seen on ledger"}
            )
        rooms.record("outcome", {**fields, "state": outcome.state})
        rooms.seal()
    elif outcome.state == life.UNKNOWN and proposal.state == life.SUBMITTED:
        rooms.record("note", {"proposal_id": proposal.id, "state": life.UNKNOWN, "text": "no proof"})
    elif outcome.state == "OPEN" and proposal.unread:
        back_to = life.REJECTED if proposal.restored == life.REJECTED else life.PENDING
        fields = {"proposal_id": proposal.id, "back_to": back_to, "evidence": outcome.evidence}
        rooms.record("restored", fields)
    elif outcome.state == "OPEN" and proposal.state == life.UNKNOWN and _was_accepted(rooms, proposal):
        rooms.record("note", {"proposal_id": proposal.id, "state": life.SUBMITTED, "text": "still open"})


def _was_accepted(rooms: Rooms, proposal: Proposal) -> bool:
    """Whether a node once took our submission; a refusal or a lost answer proves nothing either way."""
    return any(
        isinstance(attempt, dict) and attempt.get("accepted") is True
        for submission in rooms.queries.submissions(proposal.id)
        for attempt in submission.attempts
    )


def _tracked(proposal: Proposal, evidence: JsonObject | None = None) -> JsonObject:
    return {
        "proposal_id": proposal.id,
        "state": proposal.state,
        "state_words": proposal.state_words,
        "live": proposal.live,
        "tx_id": proposal.tx_id,
        "evidence": proposal.outcome if proposal.outcome is not None else (evidence or {}),
    }


def follow(
    rooms: Rooms,
    identifier: str,
    *,
    seconds: float | None,
    pause: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> JsonObject:
    """Track until a final state or until ``seconds`` are over (null: until final). Offers the bytes again
    while the outcome is open, because a node that restarts forgets what it had queued."""
    started = now()
    wait = 0.5
    looks = 0
    while True:
        looks += 1
        result = look(rooms, identifier, looks)
        if result["state"] in life.FINAL:
            return result
        if seconds is not None and now() - started + wait > seconds:
            return result
        rooms.progress(f"{result['state_words']}; looking again in {wait:.0f} s")
        pause(wait)
        wait = min(wait * 1.5, 4.0)


def look(rooms: Rooms, identifier: str, number: int) -> JsonObject:
    """Look for proof for the ``number``-th time (from 1); at every OFFER_EVERY-th look offer the bytes again.
    As track, but nodes that do not answer are no error: then ``unanswered`` says which error it was."""
    proposal = rooms.queries.proposal(identifier)
    try:
        result = track(rooms, proposal)
    except NodeError as error:
        rooms.progress(f"{error.code}: {error.message}")
        return {**_tracked(proposal), "unanswered": error.to_json()}
    if result["state"] not in life.FINAL and number % OFFER_EVERY == 0:
        _offer_again(rooms, proposal.id, result)
    return result


def _offer_again(rooms: Rooms, identifier: str, result: JsonObject) -> None:
    """The bytes that were sent, while the ledger shows that they can still execute. Never changes its state
    for the worse: that no node takes them now says nothing of an earlier offer. Nothing is offered while
    sending is halted."""
    evidence = result["evidence"]
    is_open = isinstance(evidence, dict) and evidence.get("state") == "OPEN"
    proposal = rooms.queries.proposal(identifier)
    halted = rooms.queries.halt_on(proposal.acts_for) is not None
    if is_open and not halted and proposal.state in life.SENT and rooms.queries.submissions(identifier):
        _offer(rooms, proposal, *_last_submission(rooms, proposal), otherwise=proposal.state)
