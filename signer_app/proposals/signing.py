"""The release of a signature: the last lock (DESIGN promises 2, 5, 6, 7).

Order: judge with the signer added, journal the intent, ask the key's process, verify its answer over our own
payload, journal the release, checkpoint, and only then let the signature be seen.
"""

from __future__ import annotations

from signer_app.chains.port import Signature
from signer_app.chains.registry import chain_of
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import ConflictError, CountersignError, DeniedError, SignerError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.report import Report
from signer_app.proposals import lifecycle as life
from signer_app.proposals.judging import Case, Judge
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal
from signer_app.signers.keystore.client import KeyInfo, SignedTransaction


def sign(rooms: Rooms, judge: Judge, proposal: Proposal, key: KeyInfo) -> JsonObject:
    """Sign with one key of this person. Returns the result of CONTRACTS C5.

    DeniedError POLICY_DENIED with the codes; ConflictError in a state that takes no signatures; SignerError.
    """
    signer = signer_account(proposal, key)
    _check_state(proposal, signer)
    case = judge.open_case(proposal)
    judged = judge.judge(case, phase="sign", signer=signer)
    if judged.report.verdict != "ALLOW":
        judge.settle(proposal, case)
        raise denied("Policy does not allow this signature.", judged.report)
    rooms.progress("Signing")
    released = _release(rooms, case, key, signer, judged.report)
    fresh = rooms.queries.proposal(proposal.id)
    after = judge.settle(fresh, case)
    rooms.seal()
    return {
        "proposal_id": proposal.id,
        "state": rooms.queries.proposal(proposal.id).state,
        "signature": released[0],
        "quorum": quorum_of(after.report),
        "journal": {"index": released[1]},
    }


def signer_account(proposal: Proposal, key: KeyInfo) -> str:
    """The CAIP-10 account that ``key`` signs for on the proposal's network. SignerError NOT_THIS_SIGNER."""
    for account in key.accounts([proposal.network]):
        return account
    raise SignerError(f"Key {key.id} has no account on {proposal.network}.", code="NOT_THIS_SIGNER")


def _check_state(proposal: Proposal, signer: str) -> None:
    if proposal.state not in life.OPEN:
        raise ConflictError(
            f"The proposal is {life.PROPOSAL.words[proposal.state].lower()}; it takes no signatures.",
            code="WRONG_STATE",
        )
    if any(signature.signer == signer for signature in proposal.signatures):
        raise ConflictError("This signer has signed already.", code="NOTHING_TO_SIGN")


def denied(message: str, report: Report) -> DeniedError:
    """A denial that says which rules failed, in the report's own words."""
    checks = [
        f"{check.code}: {check.sentence()}"
        for check in report.checks
        if check.verdict in ("FAIL", "INDETERMINATE")
    ]
    return DeniedError(
        message,
        details={"verdict": report.verdict.value, "codes": list(report.codes), "checks": list(checks)},
    )


def quorum_of(report: Report) -> JsonObject:
    """{ledger: {need, have}, policy: [{role, need, have}]} from a report's `required`."""
    required = report.required
    groups: list[JsonValue] = [
        {"role": group.role, "need": group.need, "have": group.have} for group in required.all_of
    ]
    return {
        "ledger": {"need": required.ledger_quorum, "have": required.ledger_weight},
        "policy": groups,
    }


def _release(rooms: Rooms, case: Case, key: KeyInfo, signer: str, report: Report) -> tuple[JsonObject, int]:
    proposal = case.proposal
    payload = chain_of(proposal.network).signing_payload(
        network=proposal.network, body=proposal.body, signer=signer, public_key=key.public_key
    )
    digest = payload.digest.hex().upper()
    intent: JsonObject = {
        "proposal_id": proposal.id,
        "body_hash": proposal.body_hash,
        "signer": signer,
        "key": key.id,
        "digest": digest,
        "report_hash": report.hash(),
    }
    rooms.record("sign.intent", intent)
    failpoint("sign.after_intent")
    try:
        signed = rooms.keystore().sign_transaction(
            network=proposal.network,
            body=proposal.body,
            signer=signer,
            key_id=key.id,
            report_hash=report.hash(),
        )
        _verify(rooms, proposal, signed, signer, digest)
    except CountersignError as error:
        rooms.record(
            "sign.failed",
            {"proposal_id": proposal.id, "signer": signer, "code": error.code, "reason": error.message},
        )
        raise
    failpoint("sign.before_released")
    ledger = _validated(case)
    record: JsonObject = {
        "proposal_id": proposal.id,
        "body_hash": proposal.body_hash,
        "signer": signer,
        "public_key": signed.signature.public_key,
        "signature": signed.signature.signature,
        "scheme": signed.signature.scheme,
        "digest": digest,
        "device": "keystore",
        "signed_at": format_time(whole_seconds(rooms.clock())),
        "receipt": signed.receipt,
        "ledger": ledger,
    }
    index = rooms.journal.append("sign.released", record)
    failpoint("sign.after_released")
    rooms.seal()  # the checkpoint covers the release before anybody sees the signature
    rooms.projection.catch_up()
    names = ("signer", "public_key", "signature", "scheme", "digest")
    return {name: record[name] for name in names}, index


def _verify(rooms: Rooms, proposal: Proposal, signed: SignedTransaction, signer: str, digest: str) -> None:
    """Trust nothing that the key's process says: same signer, same digest, and it verifies over our bytes."""
    signature = signed.signature
    honest = (
        signature.signer == signer
        and signed.digest.upper() == digest
        and chain_of(proposal.network).verify(
            network=proposal.network, body=proposal.body, signature=signature
        )
    )
    if honest:
        return
    _quarantine(rooms, proposal, signature)
    raise SignerError("The signature does not fit these bytes. It was not released.", code="SIGNER_FAILED")


def _quarantine(rooms: Rooms, proposal: Proposal, signature: Signature) -> None:
    entry: JsonObject = {
        "signer": signature.signer,
        "public_key": signature.public_key,
        "signature": signature.signature,
        "scheme": signature.scheme,
        "code": "SIGNATURE_INVALID",
        "reason": "our own key process returned it for other bytes",
    }
    rooms.record("signature.quarantined", {"proposal_id": proposal.id, "entries": [entry]})


def _validated(case: Case) -> str | None:
    """The validated ledger that the judgement's facts were pinned to."""
    ledgers = [
        observation.ledger
        for fact in case.facts.facts
        for observation in fact.observations
        if observation.ledger is not None
    ]
    return min(ledgers, key=int) if ledgers else None
