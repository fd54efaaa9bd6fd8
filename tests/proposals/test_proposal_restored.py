"""After a restore: what waited or was sent is unknown, and nothing leaves before the ledger was read."""

from __future__ import annotations

import pytest
from desk import NETWORK, Desk

from signer_app.chains.port import Outcome
from signer_app.core.errors import ConflictError, DeniedError, NodeError
from signer_app.proposals import lifecycle as life
from signer_app.proposals import slots
from signer_app.proposals.policies import Policies


def restore(desk: Desk) -> None:
    """The record that a restored log ends with."""
    desk.rooms.record("restored", {"made_at": "2026-11-20T12:00:00Z", "records": 1})


def refused(desk: Desk, identifier: str) -> None:
    """Nothing can be signed, sent or given away."""
    for act in (
        lambda: desk.service.sign(identifier, desk.keystore.key()),  # type: ignore[union-attr]
        lambda: desk.service.submit(identifier),
    ):
        with pytest.raises(ConflictError) as caught:
            act()
        assert caught.value.code == "OUTCOME_UNREAD"


def test_what_waited_is_unknown_and_live_until_the_ledger_was_read(bob: Desk) -> None:
    identifier = bob.take("100").id
    assert not bob.get(identifier).live
    restore(bob)
    found = bob.get(identifier)
    assert (found.state, found.restored, found.unread, found.live) == ("UNKNOWN", "PENDING", True, True)
    refused(bob, identifier)
    assert bob.keystore is not None
    assert bob.keystore.signed == 0
    tracked = bob.service.track(identifier)
    assert (tracked["state"], tracked["live"]) == ("PENDING", True), "a signature may have left all the same"
    bob.service.sign(identifier, bob.keystore.key())
    assert len(bob.get(identifier).signatures) == 1


def test_signatures_that_are_known_do_not_leave_unread(bob: Desk) -> None:
    identifier = bob.signed("100", "carol").id
    assert bob.get(identifier).state == "READY"
    restore(bob)
    refused(bob, identifier)
    for form in ("countersign", "partial"):
        with pytest.raises(ConflictError) as caught:
            bob.export(identifier, form)
        assert caught.value.code == "OUTCOME_UNREAD"
    assert bob.export(identifier, "native"), "the unsigned bytes tell nobody anything"
    assert bob.team.ledger.submitted == []
    assert bob.service.track(identifier)["state"] == "READY", "judged again on fresh facts"
    assert bob.service.submit(identifier)["state"] == "SUBMITTED"


@pytest.mark.parametrize("state", ["CONFIRMED", "FAILED", "EXPIRED", "SUPERSEDED"])
def test_what_came_after_the_backup_is_read_from_the_ledger(bob: Desk, state: str) -> None:
    identifier = bob.take("100").id
    restore(bob)
    bob.team.ledger.outcome_state = Outcome(state, "AB" * 32, {"state": state})
    assert bob.service.track_all()["proposals"] == [
        {**bob.service.track(identifier), "evidence": {"state": state}}
    ]
    assert (bob.get(identifier).state, bob.get(identifier).live) == (state, False)


def test_without_an_answer_it_stays_unknown(bob: Desk) -> None:
    identifier = bob.take("100").id
    restore(bob)
    bob.team.ledger.outcome_state = Outcome("UNKNOWN", None, {"state": "UNKNOWN"})
    assert bob.service.track(identifier)["state"] == "UNKNOWN"
    bob.team.ledger.down = NodeError("nobody answers")
    with pytest.raises(NodeError):
        bob.service.track_all()
    refused(bob, identifier)


def test_following_it_reads_the_ledger_too(bob: Desk) -> None:
    """As the window does: one look of many, in which silence of the nodes is no error."""
    identifier = bob.signed("100", "carol").id
    restore(bob)
    bob.team.ledger.down = NodeError("nobody answers")
    assert "unanswered" in bob.service.look(identifier, 1)
    assert bob.get(identifier).unread
    bob.team.ledger.down = None
    assert bob.service.look(identifier, 4)["state"] == "READY"
    assert bob.team.ledger.submitted == []


def test_its_ticket_stays_taken_and_its_amount_counted(bob: Desk) -> None:
    """Its signature may have left: it could still execute beside a new payment."""
    waiting = bob.take("300")
    assert bob.take("300").state == "PENDING", "unsigned proposals do not fill the cap of 501"
    restore(bob)
    found = slots.overview(bob.rooms, NETWORK, bob.team.treasury)["tickets"]
    assert isinstance(found, list)
    assert found[0] == {"value": waiting.slot_value, "state": "unknown", "proposals": [waiting.id]}
    new = bob.take("300")
    assert new.slot_value not in {waiting.slot_value}
    assert new.state == "DENIED"
    assert bob.reading.proposal(new.id)["verdicts"][-1]["codes"] == ["ROLLING_CAP"]  # type: ignore[index,call-overload]


def test_what_was_sent_keeps_its_bytes_and_may_be_offered_again(bob: Desk) -> None:
    identifier = bob.signed("100", "carol").id
    bob.service.submit(identifier)
    restore(bob)
    found = bob.get(identifier)
    assert (found.state, found.restored, found.unread) == ("UNKNOWN", "SUBMITTED", False)
    assert bob.service.submit(identifier)["state"] == "SUBMITTED"
    assert bob.team.ledger.submitted[0] == bob.team.ledger.submitted[1]


def test_a_rejected_one_is_rejected_again(bob: Desk) -> None:
    identifier = bob.take("100").id
    bob.rooms.record("note", {"proposal_id": identifier, "state": life.REJECTED, "text": "for the test"})
    restore(bob)
    refused(bob, identifier)
    assert bob.service.track(identifier)["state"] == "REJECTED"


def test_final_ones_stay_and_open_intents_are_not_explained_away(bob: Desk) -> None:
    done, asked = bob.take("1").id, bob.take("2").id
    bob.team.ledger.outcome_state = Outcome("EXPIRED", None, {"state": "EXPIRED"})
    bob.service.track(done)
    bob.rooms.record("sign.intent", {"proposal_id": asked, "signer": bob.owner.account, "digest": "00"})
    restore(bob)
    assert bob.get(done).state == "EXPIRED"
    assert bob.service.explain_interruptions() == [], "nobody here knows that nothing was released"


def test_a_second_restore_remembers_what_it_was_first(bob: Desk) -> None:
    identifier = bob.take("100").id
    restore(bob)
    restore(bob)
    assert bob.get(identifier).restored == "PENDING"
    bob.service.track(identifier)
    restore(bob)
    assert (bob.get(identifier).state, bob.get(identifier).restored) == ("UNKNOWN", "PENDING")


def test_the_store_is_rebuilt_to_the_same(bob: Desk) -> None:
    identifier = bob.take("100").id
    restore(bob)
    bob.service.track(identifier)
    before = bob.get(identifier)
    bob.projection.rebuild()
    assert bob.get(identifier) == before


def test_no_policy_is_in_force_before_the_one_that_is_expected(bob: Desk) -> None:
    """The backup is older than the newest policy: its own older one must decide nothing."""
    policies = Policies(bob.rooms, 1, expected=2)
    with pytest.raises(DeniedError) as caught:
        policies.in_force(bob.team.clock())
    assert caught.value.code == "POLICY_INACTIVE"
    assert "Version 2" in caught.value.message
    first = bob.policies.in_force(bob.team.clock()).document
    second = {**bob.team.policy(), "version": 2, "prev": first.hash}
    bob.activate(second)
    assert policies.in_force(bob.team.clock()).document.version == 2
