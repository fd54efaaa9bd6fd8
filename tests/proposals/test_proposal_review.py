"""Regressions of a hostile reading: whose key counts while nodes are away, whose word counts at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from desk import NETWORK, TAG, XRP, Desk, Person, authored, person, signature_file

from signer_app.chains.port import SignerKeys
from signer_app.chains.signing_values import Signature
from signer_app.chains.xrpl import keys as xrpl_keys
from signer_app.core.errors import ConflictError, DeniedError, MalformedError, NodeError
from signer_app.core.proposal_file import ProposalFile
from signer_app.proposals import slots
from signer_app.proposals.store.queries import Proposal

DeskOf = Callable[..., Desk]


@pytest.fixture
def proposal(bob: Desk) -> Proposal:
    return bob.take()


def failed(desk: Desk, identifier: str) -> tuple[str, ...]:
    """Codes of a fresh judgement in the proposal's own phase."""
    return tuple(desk.service.verify(identifier).report.codes)


def quarantined(desk: Desk, proposal: Proposal, signature: Signature) -> str:
    """The code with which the only signature of a file is refused."""
    with pytest.raises(MalformedError) as caught:
        desk.add(proposal, signature)
    assert (caught.value.code, caught.value.exit_code) == ("BAD_SIGNATURE", 3)
    (fate,) = caught.value.details["quarantined"]
    assert (fate["signer"], bool(fate["reason"])) == (signature.signer, True)
    return str(fate["code"])


# -- a signer's place while nodes are away -----------------------------------------------------------------


@pytest.mark.parametrize("curve", ["secp256k1", "ed25519"])
def test_without_nodes_a_foreign_key_takes_no_signers_place(
    bob: Desk, proposal: Proposal, curve: str
) -> None:
    carol = bob.team.people["carol"]
    genuine = carol.sign(proposal.body)
    bob.team.ledger.down = NodeError("no node answers")
    foreign = person("mallory", curve).sign(proposal.body, signer=carol.account)
    assert quarantined(bob, proposal, foreign) == "NOT_A_SIGNER"
    assert bob.get(proposal.id).signatures == ()
    assert bob.add(proposal, genuine)["added"] == [carol.account], "still without nodes"
    bob.team.ledger.down = None
    assert bob.service.verify(proposal.id).report.required.ledger_weight == 1
    assert [kept.signature for kept in bob.get(proposal.id).signatures] == [genuine.signature]


def test_in_one_file_the_foreign_signature_does_not_push_the_genuine_one_out(
    bob: Desk, proposal: Proposal
) -> None:
    carol = bob.team.people["carol"]
    bob.team.ledger.down = NodeError("no node answers")
    foreign = person("mallory").sign(proposal.body, signer=carol.account)
    result = bob.add(proposal, foreign, carol.sign(proposal.body))
    assert result["added"] == [carol.account]
    assert [fate["code"] for fate in result["quarantined"]] == ["NOT_A_SIGNER"]
    assert result["already"] == []


def test_without_nodes_another_persons_key_takes_no_place_either(bob: Desk, proposal: Proposal) -> None:
    """The policy knows the key, for another signer."""
    people = bob.team.people
    bob.team.ledger.down = NodeError("no node answers")
    crossed = people["bob"].sign(proposal.body, signer=people["carol"].account)
    assert quarantined(bob, proposal, crossed) == "NOT_A_SIGNER"


@pytest.fixture
def regular(bob: Desk) -> Person:
    """Carol with a regular key, which the ledger knows."""
    carol = bob.team.people["carol"]
    pair = xrpl_keys.generate("secp256k1")
    bob.team.ledger.keys[carol.account] = SignerKeys(carol.account, True, True, f"{NETWORK}:{pair.address}")
    return Person("carol", pair, carol.device)


@pytest.mark.parametrize("spelling", [str.upper, str.lower])
def test_without_nodes_a_regular_key_of_the_policy_is_taken(
    bob: Desk, proposal: Proposal, regular: Person, spelling: Callable[[str], str]
) -> None:
    carol = bob.team.people["carol"]
    policy = bob.team.policy(2, bob.policies.in_force(bob.rooms.clock()).document.hash)
    entry = next(key for key in policy["keys"] if key["person"] == "carol")
    entry["public_key"] = spelling(regular.pair.public_key)
    bob.activate(policy)
    bob.team.ledger.down = NodeError("no node answers")
    result = bob.add(proposal, regular.sign(proposal.body, signer=carol.account))
    assert (result["added"], result["quarantined"]) == ([carol.account], [])


def test_a_regular_key_that_nobody_knew_is_taken_once_nodes_answer(
    bob: Desk, proposal: Proposal, regular: Person
) -> None:
    """A quarantine without nodes is no judgement for good."""
    carol = bob.team.people["carol"]
    made = regular.sign(proposal.body, signer=carol.account)
    bob.team.ledger.down = NodeError("no node answers")
    assert quarantined(bob, proposal, made) == "NOT_A_SIGNER"
    bob.team.ledger.down = None
    assert bob.add(proposal, made)["added"] == [carol.account]


# -- what a file says of time ------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["yesterday", "", "2026-11-20", "0000-00-00T00:00:00Z", "\u0661"])
def test_what_is_no_time_stops_nothing(bob: Desk, proposal: Proposal, said: str) -> None:
    carol = bob.team.people["carol"]
    file = signature_file(proposal, carol.sign(proposal.body), signed_at=said)
    assert bob.service.add_signatures(proposal.id, file)["added"] == [carol.account]
    (record,) = bob.records("signature.added")
    assert record["signed_at"] is None
    assert [kept.signed_at for kept in bob.get(proposal.id).signatures] == [None]
    assert bob.service.verify(proposal.id).report.verdict == "DENY", "bob is missing, nothing else"
    assert failed(bob, proposal.id) == ("QUORUM",)
    assert bob.keystore is not None
    assert bob.service.sign(proposal.id, bob.keystore.key())["state"] == "READY"
    assert bob.service.submit(proposal.id)["state"] == "SUBMITTED"
    assert len(bob.team.ledger.submitted) == 1


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-20T12:00:00Z"])
def test_a_time_in_a_file_is_shown_and_no_input_to_a_check(bob: Desk, proposal: Proposal, said: str) -> None:
    signature = bob.team.people["carol"].sign(proposal.body)
    bob.service.add_signatures(proposal.id, signature_file(proposal, signature, signed_at=said))
    assert [kept.signed_at for kept in bob.get(proposal.id).signatures] == [said]
    bob.service.verify(proposal.id)
    verdict = bob.queries.verdicts(proposal.id)[-1]
    facts = json.loads(bob.journal.get_blob(str(verdict["facts_blob"])))
    assert [seen["at"] for seen in facts["context"]["signatures"]] == [None]


def test_a_known_signature_with_a_broken_time_comes_out_of_a_rebuild_the_same(
    bob: Desk, proposal: Proposal
) -> None:
    signature = bob.team.people["carol"].sign(proposal.body)
    bob.service.add_signatures(proposal.id, signature_file(proposal, signature, signed_at="yesterday"))
    before = bob.get(proposal.id)
    bob.projection.rebuild()
    assert bob.get(proposal.id) == before


# -- without a policy --------------------------------------------------------------------------------------


def test_a_no_without_a_policy_is_recorded(desk_of: DeskOf) -> None:
    bob = desk_of("bob", active=False)
    proposal = bob.take()
    result = bob.service.reject(proposal.id, "I do not know this account")
    assert result["state"] == "DENIED"
    (record,) = bob.records("reject")
    assert (record["proposal_id"], record["reason"]) == (proposal.id, "I do not know this account")
    assert [said["person"] for said in bob.queries.rejections(proposal.id)] == ["bob"]


def test_the_author_counts_as_proposer_once_a_policy_knows_the_device_key(desk_of: DeskOf) -> None:
    bob = desk_of("bob", active=False)
    people = bob.team.people
    proposal = bob.take()
    assert proposal.importer == "bob"
    bob.activate()
    assert failed(bob, proposal.id) == ()
    assert bob.keystore is not None
    assert bob.service.sign(proposal.id, bob.keystore.key())["state"] == "PENDING", "bob imported, no more"
    assert "PROPOSER_APPROVES" not in failed(bob, proposal.id)
    bob.add(proposal, people["alice"].sign(proposal.body))
    assert "PROPOSER_APPROVES" in failed(bob, proposal.id), "alice wrote it"


def test_an_author_whom_the_policy_does_not_know_leaves_it_to_the_importer(desk_of: DeskOf) -> None:
    """Also where the file names a person of the policy: the device key decides."""
    bob = desk_of("bob", active=False)
    stranger = Person("alice", bob.team.people["alice"].pair, person("x").device)
    result = bob.service.import_bytes(authored(bob.file(), stranger))
    bob.activate()
    identifier = str(result["proposal_id"])
    assert bob.keystore is not None
    with pytest.raises(DeniedError) as caught:
        bob.service.sign(identifier, bob.keystore.key())
    assert "PROPOSER_APPROVES" in caught.value.details["codes"]


def test_a_no_is_weighed_with_the_author_of_the_policy_in_force(desk_of: DeskOf) -> None:
    """Finance is alice, who wrote it, and bob, who says no: nobody of finance is left."""
    bob = desk_of("bob", active=False)
    proposal = bob.take()
    bob.activate()
    bob.service.verify(proposal.id)
    assert bob.service.reject(proposal.id, "no")["state"] == "REJECTED"


# -- answers that are always whole -------------------------------------------------------------------------


def test_known_signatures_are_answered_with_the_quorum(bob: Desk, proposal: Proposal) -> None:
    signature = bob.team.people["carol"].sign(proposal.body)
    first = bob.add(proposal, signature)
    again = bob.add(proposal, signature)
    assert (again["added"], again["already"]) == ([], [signature.signer])
    assert again["quorum"] == first["quorum"]
    assert again["quorum"]["ledger"] == {"need": 2, "have": 1}


@pytest.mark.parametrize("text", ["x" * 201, "\ud800", "pay \udfff now"], ids=["long", "half", "other half"])
def test_a_title_that_no_file_can_hold_makes_no_proposal(bob: Desk, text: str) -> None:
    size = bob.journal.size
    with pytest.raises(MalformedError) as caught:
        bob.new(title=text)
    assert caught.value.exit_code == 3
    assert (bob.journal.size, bob.queries.proposals()) == (size, [])


@pytest.mark.parametrize("text", ["x" * 4001, "\ud800"], ids=["long", "half"])
def test_a_note_that_no_file_can_hold_makes_none_either(bob: Desk, text: str) -> None:
    size = bob.journal.size
    with pytest.raises(MalformedError):
        bob.new(note=text)
    assert (bob.journal.size, bob.queries.proposals()) == (size, [])


def test_the_longest_title_fits(bob: Desk) -> None:
    assert bob.new(title="\u00e9" * 200).title == "\u00e9" * 200


# -- files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("others", [(), ("xrpl:1",)], ids=["the only network", "the second network"])
def test_large_facts_before_the_format_leave_it_a_proposal_file(bob: Desk, others: tuple[str, ...]) -> None:
    """It was taken for native bytes, which belong to the workspace's first network."""
    file = bob.file().model_copy(update={"facts": {"padding": "x" * 20_000}})
    assert file.to_bytes().index(b'"format"') > 20_000
    bob.rooms.networks = (*others, NETWORK)
    result = bob.service.import_bytes(authored(file, bob.team.people["alice"]))
    assert (result["created"], result["state"]) == (True, "PENDING")


def test_a_large_file_for_another_network_is_refused_for_its_network(bob: Desk) -> None:
    value = {**json.loads(bob.file().to_bytes()), "network": "xrpl:0", "facts": {"padding": "x" * 20_000}}
    with pytest.raises(MalformedError) as caught:
        bob.service.import_bytes(json.dumps(value, sort_keys=True).encode())
    assert caught.value.code == "NETWORK"
    assert bob.queries.proposals() == []


def test_an_author_with_capitals_and_dots_writes_files(bob: Desk) -> None:
    """A person of a workspace may be named like that; the file has to hold the name."""
    writer = Person("Ann.B_c-1", bob.team.people["alice"].pair, bob.team.people["alice"].device)
    file = ProposalFile.model_validate_json(authored(bob.file(), writer))
    assert file.proposer is not None
    assert file.proposer.person == "Ann.B_c-1"


# -- our own pending payments ------------------------------------------------------------------------------


def other_effects(desk: Desk, monkeypatch: pytest.MonkeyPatch, *effects: dict[str, Any]) -> None:
    """What is stored of the waiting proposal moves this; no single payment of the XRP ledger could."""
    asked = desk.queries.proposals

    def answer(*args: Any, **kinds: Any) -> list[Proposal]:
        return [replace(p, effects=list(effects)) if p.live else p for p in asked(*args, **kinds)]

    monkeypatch.setattr(desk.queries, "proposals", answer)


def transfer(desk: Desk, amount: str, spend: str | None = None) -> dict[str, Any]:
    return {
        "kind": "Transfer", "asset": XRP, "amount": amount, "to": desk.team.custodian, "tag": TAG,
        "max_spend": {"asset": XRP, "amount": spend} if spend else None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("moved", "used"),
    [
        ((("100", None), ("150", None)), "250"),
        ((("100", "120"), ("150", None)), "270"),
        ((("100", "20"),), "100"),
    ],
)
def test_several_transfers_to_one_receiver_sum(
    bob: Desk, monkeypatch: pytest.MonkeyPatch, moved: tuple[tuple[str, str | None], ...], used: str
) -> None:
    bob.signed("1")
    other_effects(bob, monkeypatch, *(transfer(bob, *each) for each in moved))
    judged = bob.take("7")
    report = bob.service.verify(judged.id).report.to_json()
    checks = report["checks"]
    assert isinstance(checks, list)
    (found,) = [c for c in checks if isinstance(c, dict) and c["code"] == "ROLLING_CAP"]
    assert found["actual"] == f"{int(used) + 7}.0004"


# -- slots -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["1" * 5000, "0" * 5000 + "11", "\u0661\u0661", "\u00b2"])
def test_no_number_is_too_long_to_be_refused(alice: Desk, value: str) -> None:
    size = alice.journal.size
    with pytest.raises(ConflictError) as caught:
        slots.hold(alice.rooms, NETWORK, alice.team.treasury, value)
    assert caught.value.code == "SLOT_CONFLICT"
    assert len(caught.value.message) < 200
    assert alice.journal.size == size


# -- what leaves -------------------------------------------------------------------------------------------


def exported(desk: Desk) -> list[dict[str, Any]]:
    return [record for record in desk.records("note") if record["text"] == "exported"]


@pytest.mark.parametrize("form", ["partial", "countersign"])
def test_signatures_that_fill_the_ledgers_quorum_alone_do_not_leave(
    bob: Desk, proposal: Proposal, form: str
) -> None:
    """Two of finance: enough for the ledger, and security is missing."""
    people = bob.team.people
    bob.add(proposal, people["alice"].sign(proposal.body), people["bob"].sign(proposal.body))
    with pytest.raises(DeniedError) as caught:
        bob.export(proposal.id, form)
    assert (caught.value.code, caught.value.exit_code) == ("POLICY_DENIED", 4)
    assert exported(bob) == []
    assert bob.export(proposal.id, "native"), "bytes without signatures may"


@pytest.mark.parametrize("form", ["partial", "countersign"])
def test_without_nodes_no_signature_leaves(bob: Desk, proposal: Proposal, form: str) -> None:
    """Nobody can say whether one is enough."""
    bob.add(proposal, bob.team.people["carol"].sign(proposal.body))
    bob.team.ledger.down = NodeError("no node answers")
    with pytest.raises(DeniedError) as caught:
        bob.export(proposal.id, form)
    assert caught.value.code == "POLICY_DENIED"
    assert exported(bob) == []
    bob.team.ledger.down = None
    assert bob.export(proposal.id, form), "one of two does no harm"
    assert [note["signatures"] for note in exported(bob)] == [1]


def test_without_nodes_a_proposal_without_signatures_leaves(bob: Desk, proposal: Proposal) -> None:
    bob.team.ledger.down = NodeError("no node answers")
    assert json.loads(bob.export(proposal.id))["signatures"] == []
