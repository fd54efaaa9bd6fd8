"""What a proposal leaves on the accounts that pay, from recorded facts and from the nodes; and its story."""

from __future__ import annotations

from typing import Any

import pytest
from desk import XRP, Desk

from signer_app.core.errors import NodeError


def spans(found: Any) -> list[tuple[str | None, str | None]]:
    return [(line["before"], line["after"]) for line in found["effects"]]


def test_effects_leave_one_after_the_other(alice: Desk) -> None:
    proposal = alice.new("250")
    found: Any = alice.reading.balances(proposal.id)
    fee = next(e for e in proposal.effects if e["kind"] == "FeePaid")
    assert spans(found)[0] == ("900", "650")
    assert spans(found)[1][0] == "650"
    assert spans(found)[1][1] == f"{650 - float(str(fee['amount'])):.6f}".rstrip("0")
    assert (found["source"], found["ledger"], found["problem"]) == ("verdict", "1000", "")
    assert {line["asset"] for line in found["effects"]} == {XRP}
    assert found["operators"] == ["op-a", "op-b"]


def test_the_nodes_are_asked_anew(alice: Desk) -> None:
    proposal = alice.new("250")
    alice.team.ledger.validated = 2000
    found: Any = alice.reading.balances_now(proposal.id).ask()
    assert (found["source"], found["ledger"]) == ("nodes", "2000")
    assert spans(found)[0] == ("900", "650")


@pytest.mark.parametrize("way", ["dissent", "down"])
def test_what_is_not_known_is_said(alice: Desk, way: str) -> None:
    proposal = alice.new("250")
    if way == "down":
        alice.team.ledger.down = NodeError("No node answers.", code="NODE_UNREACHABLE")
        found: Any = alice.reading.balances_now(proposal.id).ask()
        assert {line["problem"] for line in found["effects"]} == {"No node answers."}
    else:
        alice.team.ledger.dissent = True
        alice.service.verify(proposal.id)
        found = alice.reading.balances(proposal.id)
        assert {line["problem"] for line in found["effects"]} == {"The operators do not agree."}
    assert {span for span in spans(found)} == {(None, None)}


def test_the_story_is_read_from_the_journal(bob: Desk, alice: Desk) -> None:
    proposal = alice.new("250")
    story: Any = alice.reading.story(proposal.id)
    assert [entry["record"]["type"] for entry in story] == ["proposal.added", "verdict"]
    assert [entry["index"] for entry in story] == sorted(entry["index"] for entry in story)
    shown: Any = alice.reading.proposal(proposal.id)
    assert (shown["links"], shown["added_record"]) == ([], proposal.added_index)
    raw: Any = alice.reading.raw(proposal.id)
    assert raw["hashes"] == {"kept": proposal.id, "computed": proposal.id}
