"""The same once more, the one that uses a slot up, and the bytes field by field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from desk import Desk

from signer_app.core.errors import ConflictError
from signer_app.proposals import again
from signer_app.proposals.raw import raw_view

DAY = timedelta(days=1)


def ended(desk: Desk, identifier: str, state: str = "EXPIRED") -> None:
    desk.rooms.record("outcome", {"proposal_id": identifier, "state": state, "tx_id": None, "evidence": {}})


def test_a_copy_does_the_same_on_a_free_slot(alice: Desk) -> None:
    first = alice.new("250", title="October")
    ended(alice, first.id)
    made = alice.service.again(first.id, DAY)
    second = alice.queries.proposal(str(made["proposal_id"]))
    assert second.id != first.id
    assert [{**e, "worst_case": ""} for e in second.effects] == [
        {**e, "worst_case": ""} for e in first.effects
    ]
    assert (second.title, second.proposer, second.state) == ("October", "alice", "PENDING")
    assert second.expires_at is not None
    assert int(second.expiry_ledger or 0) > 0


@pytest.mark.parametrize("state", ["PENDING", "SUBMITTED", "CONFIRMED"])
def test_what_could_still_execute_or_has_is_not_copied(alice: Desk, state: str) -> None:
    first = alice.new("250")
    for step in {"PENDING": (), "SUBMITTED": ("SUBMITTED",), "CONFIRMED": ("SUBMITTED", "CONFIRMED")}[state]:
        ended(alice, first.id, step)
    with pytest.raises(ConflictError) as caught:
        alice.service.again(first.id, DAY)
    assert caught.value.code == "WRONG_STATE"
    assert len(alice.queries.proposals()) == 1


def test_a_cancelling_transaction_takes_the_same_slot(alice: Desk) -> None:
    first = alice.new("250")
    made = alice.service.cancelling(first.id, DAY)
    second = alice.queries.proposal(str(made["proposal_id"]))
    assert (second.slot_kind, second.slot_value) == (first.slot_kind, first.slot_value)
    assert [effect["kind"] for effect in second.effects] == ["FeePaid"]
    ended(alice, first.id)
    with pytest.raises(ConflictError):
        again.cancelling(alice.rooms, alice.queries.proposal(first.id), DAY)


def test_every_byte_belongs_to_a_field(alice: Desk) -> None:
    proposal = alice.new("250")
    shown: Any = raw_view(proposal)
    assert shown["readers_agree"] is True
    at = 0
    for field in shown["fields"]:
        assert field["start"] == at
        at += field["length"]
    assert at * 2 == len(proposal.body)
    amount = next(field for field in shown["fields"] if field["name"] == "Amount")
    digits = proposal.body[2 * amount["start"] : 2 * (amount["start"] + amount["length"])]
    assert digits == f"61{0x4000000000000000 | 250_000_000:016X}"
