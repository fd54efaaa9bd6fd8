"""The release of a signature: what is durable before what, and what a dishonest key's process achieves."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from desk import Desk, Team, person

from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.errors import ConflictError, DeniedError, NodeError, SignerError, UsageError
from signer_app.journal.notes import read_notes
from signer_app.proposals.store.queries import Proposal
from signer_app.signers.port import KeyInfo, SignedTransaction
from signer_app.signers.statements import verify_receipt


@pytest.fixture
def proposal(bob: Desk) -> Proposal:
    return bob.take()


def sign(desk: Desk, proposal: Proposal) -> dict[str, Any]:
    assert desk.keystore is not None
    return dict(desk.service.sign(proposal.id, desk.keystore.key()))


def test_a_signature_is_released_with_everything_that_a_reader_needs(bob: Desk, proposal: Proposal) -> None:
    result = sign(bob, proposal)
    assert result["state"] == "PENDING"
    assert set(result["signature"]) == {"signer", "public_key", "signature", "scheme", "digest"}
    assert result["quorum"]["ledger"] == {"need": 2, "have": 1}
    assert result["quorum"]["policy"] == [
        {"role": "finance", "need": 1, "have": 1},
        {"role": "security", "need": 1, "have": 0},
    ]
    (kept,) = bob.get(proposal.id).signatures
    assert kept.released_here
    assert kept.record == result["journal"]["index"]
    made = Signature(kept.signer, kept.public_key, kept.signature, kept.scheme)
    assert chain_of(proposal.network).verify(network=proposal.network, body=proposal.body, signature=made)


def test_the_records_stand_in_the_order_of_the_promise(bob: Desk, proposal: Proposal) -> None:
    start = bob.journal.size
    result = sign(bob, proposal)
    steps = [r for r in bob.records(after=start) if r["type"] != "blob.put"]
    assert [r["type"] for r in steps] == ["verdict", "sign.intent", "sign.released", "verdict"]
    verdict, intent, released, _after = steps
    assert (verdict["phase"], verdict["verdict"], verdict["signer"]) == ("sign", "ALLOW", bob.owner.account)
    assert intent["report_hash"] == verdict["report_hash"]
    assert intent["body_hash"] == released["body_hash"] == proposal.body_hash
    assert intent["digest"] == released["digest"] == result["signature"]["digest"]
    assert released["index"] == result["journal"]["index"]
    assert verify_receipt(released["receipt"])
    assert released["receipt"]["report_hash"] == verdict["report_hash"]


def test_the_intent_is_durable_before_the_key_is_used(bob: Desk, proposal: Proposal) -> None:
    """And a release before it can be seen; a checkpoint covers it before that."""
    assert bob.keystore is not None
    seen: list[tuple[str, Any]] = []

    def at_the_key() -> None:
        lines = (bob.folder / "logs" / "audit-events.jsonl").read_bytes().count(b"\n")
        last = bob.records()[-1]
        seen.append((last["type"], (lines, bob.journal.size, len(bob.get(proposal.id).signatures))))

    bob.keystore.before_sign = at_the_key
    seal = bob.rooms.seal

    def at_the_seal() -> None:
        last = bob.records()[-1]["type"]
        seen.append((f"seal after {last}", len(bob.get(proposal.id).signatures)))
        seal()

    bob.rooms.seal = at_the_seal
    index = sign(bob, proposal)["journal"]["index"]
    assert seen[0] == ("sign.intent", (index, index, 0))
    assert seen[1] == ("seal after sign.released", 0), "the signature was visible before its checkpoint"
    notes = read_notes((bob.folder / "logs" / "checkpoints.log").read_bytes()).notes
    assert any(note.size == index + 1 for note, _ in notes), "a checkpoint ends exactly with the release"


def test_a_crash_after_the_intent_is_explained_at_the_next_start(bob: Desk, proposal: Proposal) -> None:
    assert bob.keystore is not None

    class PowerCutError(BaseException):
        pass

    def cut() -> None:
        raise PowerCutError

    bob.keystore.before_sign = cut
    with pytest.raises(PowerCutError):
        sign(bob, proposal)
    bob.reopen()
    assert [i["proposal_id"] for i in bob.queries.open_intents("sign")] == [proposal.id]
    (explained,) = bob.service.explain_interruptions()
    assert (explained["code"], explained["signer"]) == ("SIGNER_DIED", bob.owner.account)
    assert bob.queries.open_intents("sign") == []
    assert bob.service.explain_interruptions() == []
    bob.keystore.before_sign = lambda: None
    assert sign(bob, proposal)["state"] == "PENDING", "the flow can be finished"


def test_a_crash_after_the_release_keeps_the_signature(bob: Desk, proposal: Proposal) -> None:
    seal = bob.rooms.seal

    class PowerCutError(BaseException):
        pass

    def cut() -> None:
        if bob.records()[-1]["type"] == "sign.released":
            raise PowerCutError
        seal()

    bob.rooms.seal = cut
    with pytest.raises(PowerCutError):
        sign(bob, proposal)
    assert bob.get(proposal.id).signatures == ()
    bob.reopen()
    assert len(bob.get(proposal.id).signatures) == 1
    assert bob.service.explain_interruptions() == []
    with pytest.raises(ConflictError) as caught:
        sign(bob, proposal)
    assert caught.value.code == "NOTHING_TO_SIGN"


# -- a key's process that lies -----------------------------------------------------------------------------


def over_other_bytes(desk: Desk, answer: SignedTransaction) -> SignedTransaction:
    return replace(answer, signature=desk.owner.sign(desk.take("399").body))


def by_another_key(desk: Desk, answer: SignedTransaction) -> SignedTransaction:
    thief = person("mallory")
    made = thief.sign(desk.queries.proposals()[0].body, signer=answer.signature.signer)
    return replace(answer, signature=replace(made, public_key=answer.signature.public_key))


def with_another_digest(desk: Desk, answer: SignedTransaction) -> SignedTransaction:
    return replace(answer, digest="00" * 32)


def for_another_signer(desk: Desk, answer: SignedTransaction) -> SignedTransaction:
    carol = desk.team.people["carol"]
    return replace(answer, signature=carol.sign(desk.queries.proposals()[0].body))


@pytest.mark.parametrize("lie", [over_other_bytes, by_another_key, with_another_digest, for_another_signer])
def test_an_answer_that_does_not_fit_is_quarantined_and_never_released(
    bob: Desk, proposal: Proposal, lie: Callable[[Desk, SignedTransaction], SignedTransaction]
) -> None:
    assert bob.keystore is not None
    bob.keystore.dishonest = lambda answer: lie(bob, answer)
    start = bob.journal.size
    with pytest.raises(SignerError) as caught:
        sign(bob, proposal)
    assert (caught.value.code, caught.value.exit_code) == ("DEV_BAD_SIGNATURE", 5)
    kinds = [r["type"] for r in bob.records("sign.intent", "signature.quarantined", "sign.failed",
                                            "sign.released", "signature.added", after=start)]  # fmt: skip
    assert kinds == ["sign.intent", "signature.quarantined", "sign.failed"]
    assert bob.get(proposal.id).signatures == ()
    assert [q["code"] for q in bob.queries.quarantine(proposal.id)] == ["SIGNATURE_INVALID"]
    assert bob.queries.open_intents("sign") == []
    assert json.loads(bob.export(proposal.id))["signatures"] == []


@pytest.mark.parametrize("code", ["SIGNER_TIMEOUT", "SIGNER_DIED", "SIGNER_PROTOCOL"])
def test_a_signer_that_fails_is_journaled(bob: Desk, proposal: Proposal, code: str) -> None:
    assert bob.keystore is not None

    def fail() -> None:
        raise SignerError("The signer is gone.", code=code)

    bob.keystore.before_sign = fail
    with pytest.raises(SignerError):
        sign(bob, proposal)
    (failed,) = bob.records("sign.failed")
    assert (failed["code"], failed["signer"]) == (code, bob.owner.account)
    assert bob.get(proposal.id).state == "PENDING"


# -- the last lock -----------------------------------------------------------------------------------------


def refused(desk: Desk, proposal: Proposal) -> tuple[str, ...]:
    """The codes of a refusal to sign; nothing was asked of the key and nothing released."""
    assert desk.keystore is not None
    start = desk.journal.size
    with pytest.raises(DeniedError) as caught:
        sign(desk, proposal)
    assert (caught.value.code, caught.value.exit_code) == ("POLICY_DENIED", 4)
    assert desk.keystore.signed == 0
    assert not desk.records("sign.intent", "sign.released", after=start)
    codes = caught.value.details["codes"]
    assert isinstance(codes, list)
    return tuple(str(code) for code in codes)


def test_a_signature_that_completes_the_ledgers_quorum_alone_is_refused(bob: Desk) -> None:
    """Two of finance are enough for the ledger, not for the policy."""
    dave = person("dave")
    bob.team.people["dave"] = dave
    bob.team.ledger.weights[dave.account] = 1
    bob.team.ledger.keys[dave.account] = replace(
        bob.team.ledger.keys[bob.owner.account], account=dave.account
    )
    in_force = bob.policies.in_force(bob.team.clock()).document.hash
    bob.activate(bob.team.policy(version=2, prev=in_force), "alice", "bob", "carol")
    proposal = bob.take()
    bob.add(proposal, dave.sign(proposal.body))
    assert "QUORUM_BYPASS" in refused(bob, proposal)
    assert bob.get(proposal.id).state == "PENDING", "carol can still complete it"


@pytest.mark.parametrize("match", [None, {"min_amount": "400"}], ids=["no rule", "a rule for more"])
def test_no_quorum_rule_is_no_quorum(bob: Desk, match: dict[str, str] | None) -> None:
    """What no quorum rule concerns is not left to the ledger's quorum: not signed complete, not sent."""
    in_force = bob.policies.in_force(bob.team.clock()).document.hash
    value = bob.team.policy(version=2, prev=in_force)
    (rule,) = [rule for rule in value["rules"] if rule["kind"] == "quorum"]
    if match is None:
        value["rules"].remove(rule)
    else:
        rule["match"] = match
    bob.activate(value, "alice", "bob", "carol")
    proposal = bob.take()
    bob.add(proposal, bob.team.people["carol"].sign(proposal.body))
    assert refused(bob, proposal) == ("QUORUM_BYPASS",)
    bob.add(proposal, bob.team.people["bob"].sign(proposal.body))
    assert bob.get(proposal.id).state == "PENDING"
    with pytest.raises(DeniedError) as caught:
        bob.service.submit(proposal.id)
    assert caught.value.details["codes"] == ["QUORUM_BYPASS"]
    with pytest.raises(DeniedError):
        bob.export(proposal.id)
    assert bob.team.ledger.submitted == []


def test_a_ledger_quorum_of_one_is_a_bypass(bob: Desk, proposal: Proposal) -> None:
    bob.team.ledger.quorum = 1
    assert "QUORUM_BYPASS" in refused(bob, proposal)


def test_the_proposer_may_not_sign(alice: Desk) -> None:
    assert refused(alice, alice.new()) == ("PROPOSER_APPROVES",)


def test_an_importer_becomes_the_proposer_of_a_file_without_an_author(bob: Desk) -> None:
    file = bob.file().model_copy(update={"proposer": None})
    result = bob.service.import_bytes(file.to_bytes())
    proposal = bob.get(str(result["proposal_id"]))
    assert (proposal.proposer, proposal.origin) == ("bob", "import")
    assert "PROPOSER_APPROVES" in refused(bob, proposal)


def test_an_author_whose_signature_is_wrong_is_not_believed(bob: Desk) -> None:
    from desk import authored

    file = bob.file()
    good = authored(file, bob.team.people["alice"])
    forged = good.replace(b'"title":""', b'"title":"urgent"')
    assert forged != good
    proposal = bob.get(str(bob.service.import_bytes(forged)["proposal_id"]))
    assert (proposal.proposer, proposal.origin, proposal.author) == ("bob", "import", None)


def test_a_key_without_a_person_may_not_sign(bob: Desk, proposal: Proposal) -> None:
    assert bob.keystore is not None
    stranger = person("stranger")
    key = KeyInfo("x", "chain", "secp256k1", stranger.pair.public_key, {"xrpl": stranger.pair.address})
    with pytest.raises(DeniedError) as caught:
        bob.service.sign(proposal.id, key)
    assert "ROLE" in caught.value.details["codes"]
    other_chain = KeyInfo("y", "chain", "ed25519", "00", {"stellar": "G"})
    with pytest.raises(SignerError) as wrong:
        bob.service.sign(proposal.id, other_chain)
    assert wrong.value.code == "NOT_THIS_SIGNER"


def test_without_facts_nothing_is_signed(bob: Desk, proposal: Proposal) -> None:
    bob.team.ledger.down = NodeError("no node answers")
    assert "FACT_MISSING" in refused(bob, proposal)
    assert bob.get(proposal.id).state == "DENIED"
    bob.team.ledger.down = None
    assert sign(bob, proposal)["state"] == "PENDING", "denied bytes may be judged again on fresh facts"


def test_operators_who_disagree_are_not_believed(bob: Desk, proposal: Proposal) -> None:
    bob.team.ledger.dissent = True
    assert "FACT_DISAGREES" in refused(bob, proposal)


def test_locked_keys_sign_nothing(bob: Desk, proposal: Proposal) -> None:
    assert bob.keystore is not None
    key = bob.keystore.key()
    bob.keystore = None
    with pytest.raises(UsageError) as caught:
        bob.service.sign(proposal.id, key)
    assert caught.value.code == "PASSPHRASE_REQUIRED"
    assert bob.get(proposal.id).signatures == ()


@pytest.mark.parametrize("state", ["REJECTED", "SUBMITTED", "EXPIRED"])
def test_a_proposal_that_is_no_longer_open_takes_no_signature(
    bob: Desk, proposal: Proposal, state: str
) -> None:
    bob.rooms.record("note", {"proposal_id": proposal.id, "state": state, "text": "test"})
    with pytest.raises(ConflictError) as caught:
        sign(bob, proposal)
    assert (caught.value.code, caught.value.exit_code) == ("WRONG_STATE", 8)


def test_the_file_that_travels_holds_exactly_the_verified_signatures(
    desk_of: Callable[[str], Desk], team: Team
) -> None:
    bob, carol = desk_of("bob"), desk_of("carol")
    proposal = bob.take()
    sign(bob, proposal)
    data = bob.export(proposal.id)
    value = json.loads(data)
    assert [s["signature"] for s in value["signatures"]] == [bob.get(proposal.id).signatures[0].signature]
    assert value["proposer"]["person"] == "alice", "the author's part travels unchanged"
    result = carol.service.import_bytes(data)
    assert (result["created"], result["added"]) == (True, [bob.owner.account])
    assert sign(carol, carol.get(proposal.id))["state"] == "READY"
