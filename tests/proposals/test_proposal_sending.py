"""Sending and following: what a node's answer is worth, and what only the ledger proves."""

from __future__ import annotations

import pytest
from desk import Desk, Team

from signer_app.chains.port import Attempt, Outcome
from signer_app.core.errors import ConflictError, DeniedError, NodeError
from signer_app.proposals import sending
from signer_app.proposals.store.queries import Proposal

ID = "AB" * 32


@pytest.fixture
def ready(bob: Desk) -> Proposal:
    proposal = bob.signed("100", "carol")
    assert proposal.state == "READY"
    return proposal


def proves(desk: Desk, state: str, tx_id: str | None = ID) -> None:
    desk.team.ledger.outcome_state = Outcome(state, tx_id, {"state": state})


def test_sending_hands_the_combined_bytes_to_the_nodes(bob: Desk, ready: Proposal) -> None:
    result = bob.service.submit(ready.id)
    assert set(result) == {"proposal_id", "state", "tx_id", "attempts"}
    assert result["state"] == "SUBMITTED"
    assert [set(attempt) for attempt in result["attempts"]] == [{"node", "answer", "at"}] * 2
    (blob,) = bob.team.ledger.submitted
    (stored,) = bob.queries.submissions(ready.id)
    assert (stored.tx_id, stored.blob) == (result["tx_id"], blob.hex().upper())
    from xrpl.core.binarycodec import decode  # another reader of the bytes

    entries = [entry["Signer"] for entry in decode(stored.blob)["Signers"]]
    assert {entry["TxnSignature"] for entry in entries} == {s.signature for s in ready.signatures}


def test_the_intent_is_durable_and_sealed_before_the_bytes_leave(bob: Desk, ready: Proposal) -> None:
    seen = []
    offer = bob.team.ledger.submit

    def watched(blob: bytes) -> tuple[Attempt, ...]:
        last = bob.records()[-1]
        seen.append((last["type"], last["blob"] == blob.hex().upper(), bob.sealed[-1] == bob.journal.size))
        return offer(blob)

    bob.team.ledger.submit = watched  # type: ignore[method-assign]
    bob.service.submit(ready.id)
    assert seen == [("submit.intent", True, True)]


def test_what_is_not_ready_is_not_sent(bob: Desk) -> None:
    for proposal in (bob.take("10"), bob.signed("11")):
        with pytest.raises(DeniedError) as caught:
            bob.service.submit(proposal.id)
        assert caught.value.code == "POLICY_DENIED"
    assert bob.team.ledger.submitted == []
    assert not bob.records("submit.intent")


def test_readiness_is_judged_again_when_it_counts(bob: Desk, ready: Proposal) -> None:
    """The signer list changed after the second signature."""
    del bob.team.ledger.weights[bob.team.people["carol"].account]
    with pytest.raises(DeniedError) as caught:
        bob.service.submit(ready.id)
    assert {"QUORUM", "SIGNER_DRIFT"} & set(caught.value.details["codes"])
    assert bob.team.ledger.submitted == []
    assert bob.get(ready.id).state != "READY"


def test_when_every_node_refuses_the_outcome_is_unknown(bob: Desk, ready: Proposal) -> None:
    bob.team.ledger.answer = (("temMALFORMED", False), ("NODE_UNREACHABLE", False))
    result = bob.service.submit(ready.id)
    assert result["state"] == "UNKNOWN"
    assert [a["answer"] for a in result["attempts"]] == ["temMALFORMED", "NODE_UNREACHABLE"]
    proves(bob, "OPEN", None)
    assert bob.service.track(ready.id)["state"] == "UNKNOWN", "no node ever took it"


def test_when_no_node_can_be_asked_the_outcome_is_unknown(bob: Desk, ready: Proposal) -> None:
    bob.team.ledger.answer = NodeError("gone")
    result = bob.service.submit(ready.id)
    assert result["state"] == "UNKNOWN"
    assert "NODE_UNREACHABLE" in result["attempts"][0]["answer"]


def test_a_lost_answer_is_later_proved(bob: Desk, ready: Proposal) -> None:
    bob.team.ledger.answer = (("NODE_UNREACHABLE", False),)
    bob.service.submit(ready.id)
    proves(bob, "CONFIRMED")
    result = bob.service.track(ready.id)
    assert (result["state"], result["tx_id"], result["live"]) == ("CONFIRMED", ID, False)
    assert result["evidence"] == {"state": "CONFIRMED"}
    assert bob.records("outcome")[-1]["body_hash"] == ready.body_hash


def test_the_same_bytes_are_sent_again_without_another_intent(bob: Desk, ready: Proposal) -> None:
    first = bob.service.submit(ready.id)
    second = bob.service.submit(ready.id)
    assert first["tx_id"] == second["tx_id"]
    assert len(set(bob.team.ledger.submitted)) == 1
    assert len(bob.team.ledger.submitted) == 2
    assert len(bob.records("submit.intent")) == 1
    bob.team.ledger.answer = (("temMALFORMED", False),)
    assert bob.service.submit(ready.id)["state"] == "UNKNOWN"


@pytest.mark.parametrize("state", ["CONFIRMED", "FAILED", "EXPIRED", "SUPERSEDED"])
def test_the_ledger_alone_ends_a_proposal_and_for_good(bob: Desk, ready: Proposal, state: str) -> None:
    bob.service.submit(ready.id)
    proves(bob, state)
    assert bob.service.track(ready.id)["state"] == state
    assert bob.queries.slots(ready.account) == [], "its ticket is planned for nobody any more"
    size = bob.journal.size
    proves(bob, "OPEN", None)
    assert bob.service.track(ready.id)["state"] == state
    assert bob.journal.size == size
    with pytest.raises(ConflictError) as caught:
        bob.service.submit(ready.id)
    assert caught.value.code == "WRONG_STATE"


def test_no_proof_leaves_it_unknown_and_a_new_look_finds_it(bob: Desk, ready: Proposal) -> None:
    bob.service.submit(ready.id)
    proves(bob, "UNKNOWN", None)
    assert bob.service.track(ready.id)["state"] == "UNKNOWN"
    proves(bob, "OPEN", None)
    assert bob.service.track(ready.id)["state"] == "SUBMITTED"


def test_looking_needs_a_node(bob: Desk, ready: Proposal) -> None:
    bob.service.submit(ready.id)
    bob.team.ledger.down = NodeError("gone")
    with pytest.raises(NodeError):
        bob.service.track(ready.id)
    assert bob.get(ready.id).state == "SUBMITTED"


@pytest.mark.parametrize("state", ["CONFIRMED", "FAILED"])
def test_what_was_seen_on_the_ledger_was_sent_by_somebody(bob: Desk, ready: Proposal, state: str) -> None:
    """Another workstation sent it: the way to the end leads through Sent."""
    proves(bob, state)
    result = bob.service.track(ready.id)
    assert (result["state"], result["tx_id"]) == (state, ID)
    moves = [
        r["state"]
        for r in bob.records("note", "outcome")
        if r.get("proposal_id") == ready.id and "state" in r
    ]
    assert moves == ["SUBMITTED", state]
    assert bob.queries.submissions(ready.id) == []


def test_a_proposal_without_signatures_expires_too(bob: Desk) -> None:
    proposal = bob.take()
    proves(bob, "EXPIRED", None)
    assert bob.service.track(proposal.id)["state"] == "EXPIRED"


def test_the_search_begins_where_the_slot_was_last_seen_unused(bob: Desk, ready: Proposal) -> None:
    bob.service.track(ready.id)
    (question,) = bob.team.ledger.questions
    assert question["since"] == 1000
    assert question["expiry"] == int(ready.expiry_ledger or 0)
    assert question["body"] == ready.body
    assert question["slot"].value == ready.slot_value


def test_a_crash_while_sending_leaves_it_unknown(bob: Desk, ready: Proposal) -> None:
    class PowerCutError(BaseException):
        pass

    def cut(_blob: bytes) -> None:
        raise PowerCutError

    offer, bob.team.ledger.submit = bob.team.ledger.submit, cut  # type: ignore[method-assign,assignment]
    with pytest.raises(PowerCutError):
        bob.service.submit(ready.id)
    bob.reopen()
    assert bob.get(ready.id).state == "SUBMITTED"
    (explained,) = bob.service.explain_interruptions()
    assert explained["state"] == "UNKNOWN"
    assert bob.get(ready.id).state == "UNKNOWN"
    bob.team.ledger.submit = offer  # type: ignore[method-assign]
    assert bob.service.submit(ready.id)["state"] == "SUBMITTED", "the flow can be finished"
    assert len(bob.records("submit.intent")) == 1


# -- following ---------------------------------------------------------------------------------------------


class Steps:
    """Time for follow: every pause is a step after which the test may change the ledger."""

    def __init__(self, desk: Desk, script: dict[int, str]) -> None:
        self.desk, self.script, self.now, self.pauses = desk, script, 0.0, 0

    def pause(self, seconds: float) -> None:
        self.now += seconds
        self.pauses += 1
        if self.pauses in self.script:
            proves(self.desk, self.script[self.pauses])


def test_following_ends_with_the_proof(bob: Desk, ready: Proposal) -> None:
    bob.service.submit(ready.id)
    steps = Steps(bob, {3: "CONFIRMED"})
    result = sending.follow(bob.rooms, ready.id, seconds=None, pause=steps.pause, now=lambda: steps.now)
    assert result["state"] == "CONFIRMED"
    assert steps.pauses == 3


def test_following_ends_with_its_time(bob: Desk, ready: Proposal) -> None:
    bob.service.submit(ready.id)
    steps = Steps(bob, {})
    result = sending.follow(bob.rooms, ready.id, seconds=10, pause=steps.pause, now=lambda: steps.now)
    assert result["state"] == "SUBMITTED"
    assert steps.now <= 10


def test_nodes_that_go_away_do_not_end_the_following(bob: Desk, ready: Proposal) -> None:
    bob.service.submit(ready.id)
    bob.team.ledger.down = NodeError("gone")
    steps = Steps(bob, {2: "CONFIRMED"})

    def pause(seconds: float) -> None:
        steps.pause(seconds)
        if steps.pauses == 2:
            bob.team.ledger.down = None

    result = sending.follow(bob.rooms, ready.id, seconds=None, pause=pause, now=lambda: steps.now)
    assert result["state"] == "CONFIRMED"


def test_while_it_is_open_the_same_bytes_are_offered_again(bob: Desk, ready: Proposal) -> None:
    """A node that restarts forgets what it had queued."""
    bob.service.submit(ready.id)
    steps = Steps(bob, {9: "CONFIRMED"})
    sending.follow(bob.rooms, ready.id, seconds=None, pause=steps.pause, now=lambda: steps.now)
    assert len(bob.team.ledger.submitted) > 1
    assert len(set(bob.team.ledger.submitted)) == 1
    assert len(bob.records("submit.intent")) == 1


# -- live --------------------------------------------------------------------------------------------------


def test_live_says_whether_signatures_could_still_execute(bob: Desk, team: Team) -> None:
    proposal = bob.take()
    assert not proposal.live
    bob.add(proposal, team.people["carol"].sign(proposal.body))
    assert bob.get(proposal.id).live
    bob.rooms.record("note", {"proposal_id": proposal.id, "state": "REJECTED", "text": "test"})
    assert bob.get(proposal.id).live, "a rejection takes no signature back"
    proves(bob, "SUPERSEDED")
    assert not bob.service.track(proposal.id)["live"]
