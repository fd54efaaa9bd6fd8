"""Previews: the same bytes and verdict as the proposal to come, and nothing written for them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from desk import TAG, XRP, Desk, Team

from signer_app.chains.intents import Pay, SetSigners
from signer_app.core.errors import ConflictError, MalformedError, NodeError
from signer_app.core.inspection import Slot
from signer_app.proposals.preview import REUSE, Previews


def previews_of(desk: Desk) -> Previews:
    return Previews(desk.rooms, desk.policies)


def test_a_preview_is_what_the_proposal_then_is_and_leaves_no_trace(alice: Desk) -> None:
    before = (alice.journal.size, alice.queries.proposals(), alice.queries.slots(alice.team.treasury))
    seen = previews_of(alice).preview(alice.order("100"))
    assert (alice.journal.size, alice.queries.proposals(), alice.queries.slots(alice.team.treasury)) == before
    assert seen.verdict == "ALLOW"
    made = alice.new("100")
    assert (made.body, made.id) == (seen.inspection.body, seen.inspection.proposal_id)
    stored = alice.reading.proposal(made.id)["verdicts"]
    assert isinstance(stored, list)
    assert isinstance(stored[0], dict)
    assert stored[0]["verdict"] == "ALLOW"


def test_it_takes_the_next_free_slot_each_time_and_refuses_a_taken_one(alice: Desk) -> None:
    previews = previews_of(alice)
    assert previews.preview(alice.order()).inspection.sequence == Slot("ticket", "11")
    alice.new("100")
    assert previews.preview(alice.order()).inspection.sequence == Slot("ticket", "12")
    with pytest.raises(ConflictError) as caught:
        previews.preview(alice.order(slot=Slot("ticket", "11")))
    assert caught.value.code == "SLOT_CONFLICT"


def test_checks_come_with_their_values(alice: Desk) -> None:
    seen = previews_of(alice).preview(alice.order("402"))
    assert seen.verdict == "DENY"
    assert seen.report is not None
    cap = next(check for check in seen.report.checks if check.code == "TX_CAP")
    assert (cap.expected, cap.actual) == (Decimal(401), Decimal("402.0004"))  # with the fee
    strangers = previews_of(alice).preview(
        alice.order(intent=Pay(alice.team.people["bob"].account, XRP, Decimal(1), TAG))
    )
    assert strangers.report is not None
    assert "DESTINATION_NOT_ALLOWED" in strangers.report.codes


def test_able_signers_are_named(alice: Desk) -> None:
    seen = previews_of(alice).preview(alice.order()).to_json()
    signers = seen["signers"]
    assert isinstance(signers, list)
    assert [entry["person"] for entry in signers if isinstance(entry, dict)] == ["alice", "bob", "carol"]


def test_without_a_policy_it_says_so_and_still_shows_the_effects(desk_of: Callable[..., Desk]) -> None:
    seen = previews_of(desk_of("alice", active=False)).preview(desk_of("bob", active=False).order()).to_json()
    assert seen["verdict"] is None
    assert seen["report"] is None
    assert isinstance(seen["problem"], dict)
    assert seen["problem"]["code"] == "POLICY_INACTIVE"
    assert seen["effects"]


class Counted:
    """Counts what is asked of the ledger."""

    def __init__(self, team: Team) -> None:
        self.ledger, self.asked = team.ledger, list[str]()

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self.ledger, name)


def test_nodes_are_asked_once_in_some_seconds_and_again_after(alice: Desk, team: Team) -> None:
    counted = Counted(team)
    alice.rooms.ledger = lambda _network: counted
    previews = previews_of(alice)
    for amount in ("1", "12", "123"):
        previews.preview(alice.order(amount))
    assert counted.asked == ["account_state", "facts"]
    previews.preview(alice.order(intent=Pay(team.people["bob"].account, XRP, Decimal(1))))
    assert counted.asked == ["account_state", "facts", "facts"]
    team.clock.forward(seconds=int(REUSE.total_seconds()))
    previews.preview(alice.order("5"))
    assert counted.asked[3:] == ["account_state", "facts"]
    previews.forget()
    previews.preview(alice.order("5"))
    assert counted.asked[5:] == ["account_state", "facts"]


def test_what_was_read_is_judged_by_its_age_all_the_same(alice: Desk, team: Team) -> None:
    """A policy that wants facts of the last 10 seconds gets no older ones from the store of a preview."""
    policy = team.policy(2, alice.policies.in_force(team.clock()).document.hash)
    policy["facts"]["max_age_s"] = {"default": 10}
    alice.activate(policy)
    previews = previews_of(alice)
    assert previews.preview(alice.order()).verdict == "ALLOW"
    team.clock.forward(seconds=11)
    seen = previews.preview(alice.order())
    assert seen.report is not None
    assert "FACT_STALE" in seen.report.codes


def test_nodes_that_fail_and_orders_that_no_bytes_can_hold(alice: Desk, team: Team) -> None:
    previews = previews_of(alice)
    with pytest.raises(MalformedError):
        previews.preview(alice.order(network="xrpl:0"))
    with pytest.raises(MalformedError):
        previews.preview(alice.order(intent=SetSigners(5, ((team.people["bob"].account, 1),))))
    team.ledger.down = NodeError("Nobody answers.")
    previews.forget()
    with pytest.raises(NodeError):
        previews.preview(alice.order())


def test_locked_keys_do_not_matter(alice: Desk) -> None:
    opened = previews_of(alice).preview(alice.order())
    alice.keystore = None
    locked = previews_of(alice).preview(alice.order())
    assert opened.report is not None
    assert locked.report is not None
    assert locked.report.hash() == opened.report.hash()
    assert locked.inspection == opened.inspection
