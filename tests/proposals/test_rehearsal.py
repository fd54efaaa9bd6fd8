"""A policy tried on recorded verdicts."""

from __future__ import annotations

from desk import Desk

from signer_app.policy.document import PolicyDocument, parse_policy
from signer_app.proposals.rehearsal import rehearse


def other(desk: Desk, cap: str) -> PolicyDocument:
    value = desk.team.policy(version=2, prev="0" * 64)
    for rule in value["rules"]:
        if rule["id"] in ("cap", "day"):
            rule["max"] = cap
    return parse_policy(value)


def test_the_same_rules_change_nothing(bob: Desk) -> None:
    bob.new("100")
    bob.new("450")
    found = rehearse(bob.rooms, other(bob, "401"), 90)
    assert (found.denied, found.allowed, found.unread, found.moved) == (0, 0, 0, [])
    assert found.unchanged == 2


def test_a_lower_cap_denies_more_and_a_higher_one_allows_more(bob: Desk) -> None:
    paid = bob.new("100")
    large = bob.new("450")
    before = bob.journal.size
    tight = rehearse(bob.rooms, other(bob, "50"), 90)
    assert (tight.denied, tight.allowed, tight.unchanged) == (1, 0, 1)
    (moved,) = tight.moved
    assert (moved.proposal_id, moved.before, moved.after) == (paid.id, "ALLOW", "DENY")
    assert set(moved.codes) == {"TX_CAP", "ROLLING_CAP"}
    loose = rehearse(bob.rooms, other(bob, "1000"), 90)
    assert (loose.denied, loose.allowed, loose.unchanged) == (0, 1, 1)
    assert loose.moved[0].proposal_id == large.id
    assert loose.to_json()["allowed"] == 1
    assert bob.journal.size == before, "nothing is written"


def test_older_verdicts_are_left_out(bob: Desk) -> None:
    bob.new("100")
    bob.team.clock.forward(days=10)
    assert rehearse(bob.rooms, other(bob, "50"), 9).denied == 0
    assert rehearse(bob.rooms, other(bob, "50"), 11).denied == 1
