"""The release of a signature: the last lock (DESIGN promises 2, 5, 6, 7).

Order: judge with the signer added, journal the intent, ask the key's process, verify its answer over our own
payload, journal the release, checkpoint, and only then let the signature be seen.
"""

from __future__ import annotations

from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import ConflictError, CountersignError, DeniedError, SignerError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.report import Report
from signer_app.proposals import lifecycle as life
from signer_app.proposals.able import refuse_unable
from signer_app.proposals.judging import Case, Judge
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal
from signer_app.proposals.unread import refuse_unread
from signer_app.signers.port import BadSignatureError, KeyInfo, SignedTransaction, Signer, SigningKey

#: Why a signature of our own signer is in quarantine.
_FOREIGN = "our own signer returned it for other bytes"
_NO_MORE = "Policy does not allow this signature any more. The device was not asked."


def sign(rooms: Rooms, judge: Judge, proposal: Proposal, key: SigningKey) -> JsonObject:
    """Sign with one key of this person. Returns the result of CONTRACTS C5.

    DeniedError POLICY_DENIED with the codes; ConflictError in a state that takes no signatures; SignerError.
    """
    _check_state(proposal, key.account)
    case = judge.open_case(proposal)
    judged = judge.judge(case, phase="sign", signer=key.account)
    if judged.report.verdict != "ALLOW":
        judge.settle(proposal, case)
        raise denied("Policy does not allow this signature.", judged.report)
    refuse_unable(proposal, key)
    signer = key.connect()
    rooms.progress("Signing")
    signed, digest = _ask(rooms, judge, case, key, signer, judged.report)
    if key.asks_person:
        case = _judge_again(rooms, judge, case, key, signed)
    released = _release(rooms, case, key, signed, digest)
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


def keystore_key(rooms: Rooms, key: KeyInfo, network: str) -> SigningKey:
    """A key of this workstation's keystore. SignerError NOT_THIS_SIGNER on a network that it cannot sign
    for.
    """
    for account in key.accounts([network]):
        return SigningKey(
            id=key.id,
            account=account,
            public_key=key.public_key,
            backend="keystore",
            device="keystore",
            asks_person=False,
            connect=rooms.keystore,
        )
    raise SignerError(f"Key {key.id} has no account on {network}.", code="NOT_THIS_SIGNER")


def _check_state(proposal: Proposal, signer: str) -> None:
    refuse_unread(proposal)
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


def _ask(
    rooms: Rooms, judge: Judge, case: Case, key: SigningKey, signer: Signer, report: Report
) -> tuple[SignedTransaction, str]:
    """Journal the intent, ask the signer, and trust nothing that it says. The digest is our own."""

    def confirm() -> None:
        """The person may have compared for minutes: before the bytes leave, is it still allowed?"""
        fresh = judge.open_case(rooms.queries.proposal(case.proposal.id))
        again = judge.judge(fresh, phase="sign", signer=key.account)
        if again.report.verdict != "ALLOW":
            judge.settle(case.proposal, fresh)
            raise denied(_NO_MORE, again.report)

    proposal = case.proposal
    payload = chain_of(proposal.network).signing_payload(
        network=proposal.network, body=proposal.body, signer=key.account, public_key=key.public_key
    )
    digest = payload.digest.hex().upper()
    intent: JsonObject = {
        "proposal_id": proposal.id,
        "body_hash": proposal.body_hash,
        "signer": key.account,
        "key": key.id,
        "digest": digest,
        "report_hash": report.hash(),
    }
    rooms.record("sign.intent", intent)
    failpoint("sign.after_intent")
    try:
        signed = signer.sign_transaction(
            network=proposal.network,
            body=proposal.body,
            signer=key.account,
            key_id=key.id,
            report_hash=report.hash(),
            confirm=confirm if key.asks_person else None,
        )
        _verify(proposal, signed, key.account, digest)
    except BadSignatureError as error:
        index = _quarantine(rooms, proposal, error.signature, "SIGNATURE_INVALID", _FOREIGN)
        error.details["record"] = index
        _failed(rooms, proposal, key, error.code, error.message)
        raise
    except CountersignError as error:
        _failed(rooms, proposal, key, error.code, error.message)
        raise
    except KeyboardInterrupt:
        _failed(rooms, proposal, key, "DEV_CANCELLED", "a person stopped it here")
        raise
    return signed, digest


def _failed(rooms: Rooms, proposal: Proposal, key: SigningKey, code: str, reason: str) -> None:
    fields: JsonObject = {
        "proposal_id": proposal.id,
        "signer": key.account,
        "code": code,
        "reason": reason,
    }
    rooms.record("sign.failed", fields)


def _judge_again(rooms: Rooms, judge: Judge, case: Case, key: SigningKey, signed: SignedTransaction) -> Case:
    """A person may have read for minutes: the release is judged on what is true now (DESIGN promise 6)."""
    fresh = judge.open_case(rooms.queries.proposal(case.proposal.id))
    judged = judge.judge(fresh, phase="sign", signer=key.account)
    if judged.report.verdict == "ALLOW":
        return fresh
    codes = ", ".join(judged.report.codes)
    reason = f"made on the device, and not allowed any more when it came back: {codes}"
    _quarantine(rooms, case.proposal, signed.signature, "POLICY_DENIED", reason)
    _failed(rooms, case.proposal, key, "POLICY_DENIED", reason)
    judge.settle(case.proposal, fresh)
    raise denied("Policy does not allow this signature any more. It was not released.", judged.report)


def _release(
    rooms: Rooms, case: Case, key: SigningKey, signed: SignedTransaction, digest: str
) -> tuple[JsonObject, int]:
    proposal = case.proposal
    failpoint("sign.before_released")
    record: JsonObject = {
        "proposal_id": proposal.id,
        "body_hash": proposal.body_hash,
        "signer": key.account,
        "public_key": signed.signature.public_key,
        "signature": signed.signature.signature,
        "scheme": signed.signature.scheme,
        "digest": digest,
        "device": key.device,
        "signed_at": format_time(whole_seconds(rooms.clock())),
        "receipt": signed.receipt,
        "ledger": _validated(case),
    }
    index = rooms.journal.append("sign.released", record)
    failpoint("sign.after_released")
    rooms.seal()  # the checkpoint covers the release before anybody sees the signature
    rooms.projection.catch_up()
    names = ("signer", "public_key", "signature", "scheme", "digest")
    return {name: record[name] for name in names}, index


def _verify(proposal: Proposal, signed: SignedTransaction, account: str, digest: str) -> None:
    """Same signer, same digest, and it verifies over our bytes. BadSignatureError."""
    signature = signed.signature
    honest = (
        signature.signer == account
        and signed.digest.upper() == digest
        and chain_of(proposal.network).verify(
            network=proposal.network, body=proposal.body, signature=signature
        )
    )
    if not honest:
        raise BadSignatureError("The signature does not fit these bytes. It was not released.", signature)


def _quarantine(rooms: Rooms, proposal: Proposal, signature: Signature, code: str, reason: str) -> int:
    entry: JsonObject = {
        "signer": signature.signer,
        "public_key": signature.public_key,
        "signature": signature.signature,
        "scheme": signature.scheme,
        "code": code,
        "reason": reason,
    }
    return rooms.record("signature.quarantined", {"proposal_id": proposal.id, "entries": [entry]})


def _validated(case: Case) -> str | None:
    """The validated ledger that the judgement's facts were pinned to."""
    ledgers = [
        observation.ledger
        for fact in case.facts.facts
        for observation in fact.observations
        if observation.ledger is not None
    ]
    return min(ledgers, key=int) if ledgers else None
