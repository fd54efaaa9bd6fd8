"""Tickets: which one a new proposal takes, who waits on it, and what is set aside or used up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk import NETWORK, Desk

from signer_app.chains.intents import CancelSlot
from signer_app.chains.port import AccountState, Outcome
from signer_app.core.errors import ConflictError
from signer_app.core.inspection import Slot
from signer_app.proposals import slots


def overview(desk: Desk) -> dict[str, str]:
    found = slots.overview(desk.rooms, NETWORK, desk.team.treasury)
    tickets = found["tickets"]
    assert isinstance(tickets, list)
    return {t["value"]: t["state"] for t in tickets}


def test_proposals_take_the_lowest_free_tickets_and_wait_beside_each_other(alice: Desk) -> None:
    made = [alice.new(str(amount)) for amount in (1, 2, 3)]
    assert [(p.slot_kind, p.slot_value) for p in made] == [
        ("ticket", "11"),
        ("ticket", "12"),
        ("ticket", "13"),
    ]
    assert overview(alice) == {
        "11": "assigned", "12": "assigned", "13": "assigned", "14": "free", "15": "free",
    }  # fmt: skip


def test_without_tickets_one_proposal_waits_on_the_sequence(alice: Desk) -> None:
    alice.team.ledger.tickets = []
    first = alice.new("1")
    assert (first.slot_kind, first.slot_value) == ("sequence", "50")
    with pytest.raises(ConflictError) as caught:
        alice.new("2")
    assert (caught.value.code, caught.value.exit_code) == ("SLOT_CONFLICT", 8)
    alice.team.ledger.sequence = 51
    assert alice.new("2").slot_value == "51"


def test_a_named_ticket_is_taken_only_if_it_is_free(alice: Desk) -> None:
    assert alice.new("1", slot=Slot("ticket", "14")).slot_value == "14"
    with pytest.raises(ConflictError) as caught:
        alice.new("2", slot=Slot("ticket", "14"))
    assert caught.value.code == "SLOT_CONFLICT"
    assert caught.value.details["proposal_id"] == alice.queries.proposals()[0].id


@pytest.mark.parametrize("value", ["99", "10", "0", "x", "١٢", "-11", "011", ""])
def test_a_ticket_that_the_ledger_does_not_have_is_not_built_upon(alice: Desk, value: str) -> None:
    with pytest.raises(ConflictError) as caught:
        alice.new("1", slot=Slot("ticket", value))
    assert caught.value.code == "SLOT_CONFLICT"
    assert alice.queries.proposals() == []


def test_a_held_ticket_is_passed_over_until_it_is_released(alice: Desk) -> None:
    slots.hold(alice.rooms, NETWORK, alice.team.treasury, "11")
    assert overview(alice)["11"] == "held"
    assert alice.new("1").slot_value == "12"
    slots.release(alice.rooms, alice.team.treasury, "11")
    assert overview(alice)["11"] == "free"
    assert alice.new("2").slot_value == "11"


@pytest.mark.parametrize("value", ["99", "11 ", "x", ""])
def test_only_a_ticket_of_the_ledger_can_be_held(alice: Desk, value: str) -> None:
    with pytest.raises(ConflictError):
        slots.hold(alice.rooms, NETWORK, alice.team.treasury, value)


def test_a_ticket_is_held_once_and_never_while_a_proposal_waits_on_it(alice: Desk) -> None:
    alice.new("1")
    for value in ("11", "12"):
        if value == "12":
            slots.hold(alice.rooms, NETWORK, alice.team.treasury, value)
        with pytest.raises(ConflictError):
            slots.hold(alice.rooms, NETWORK, alice.team.treasury, value)


def test_releasing_frees_no_ticket_that_a_proposal_waits_on(alice: Desk) -> None:
    alice.new("1")
    for value in ("11", "12"):
        with pytest.raises(ConflictError):
            slots.release(alice.rooms, alice.team.treasury, value)
    assert overview(alice)["11"] == "assigned"


def test_two_files_for_one_ticket_are_shown_as_a_conflict(bob: Desk) -> None:
    """Two authors, each of whom saw it free."""
    bob.take("1", slot=Slot("ticket", "12"))
    other = bob.team.people["alice"]
    from desk import authored

    bob.team.ledger.tickets = [12]
    free = bob.queries.proposals
    bob.queries.proposals = lambda **_kinds: []  # type: ignore[method-assign,assignment,misc]
    file = bob.file("2", slot=Slot("ticket", "12"))
    bob.queries.proposals = free  # type: ignore[method-assign]
    bob.service.import_bytes(authored(file, other))
    assert overview(bob)["12"] == "conflict"


def test_a_ticket_that_is_gone_is_named_with_who_waits_on_it(alice: Desk) -> None:
    proposal = alice.new("1")
    alice.team.ledger.tickets.remove(11)
    found = slots.overview(alice.rooms, NETWORK, alice.team.treasury)["tickets"]
    assert isinstance(found, list)
    assert found[0] == {"value": "11", "state": "gone", "proposals": [proposal.id]}


def test_a_final_outcome_frees_the_plan(alice: Desk) -> None:
    proposal = alice.new("1")
    alice.team.ledger.outcome_state = Outcome("EXPIRED", None, {})
    alice.service.track(proposal.id)
    assert overview(alice)["11"] == "free"
    assert alice.new("2").slot_value == "11"


def test_a_cancellation_uses_the_same_ticket_up(alice: Desk) -> None:
    waiting = alice.new("1")
    cancel = alice.new(intent=CancelSlot(), slot=Slot("ticket", waiting.slot_value))
    assert cancel.type == "AccountSet"
    assert (cancel.slot_kind, cancel.slot_value) == ("ticket", waiting.slot_value)
    assert [effect["kind"] for effect in cancel.effects] == ["FeePaid"]
    assert overview(alice)[waiting.slot_value] == "conflict", "the two exclude each other"


@pytest.mark.parametrize(
    ("span", "ledgers"),
    [
        (timedelta(seconds=1), 1),
        (timedelta(seconds=3), 1),
        (timedelta(seconds=4), 2),
        (timedelta(hours=1), 1200),
        (timedelta(days=3), 86_400),
    ],
)
def test_the_last_ledger_leaves_the_whole_time(span: timedelta, ledgers: int) -> None:
    state = AccountState(1000, 1, (), 3, base_fee=10, seconds_per_ledger=3)
    assert slots.expiry_ledger(state, span) == 1000 + ledgers


def test_a_new_proposal_carries_it(alice: Desk) -> None:
    assert alice.new("1", expires_in=timedelta(minutes=1)).expiry_ledger == "1020"
