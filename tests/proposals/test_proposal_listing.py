"""The list of proposals: one read, needed people from the newest verdict, conflicts, safe CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from desk import Desk

from signer_app.chains.intents import CancelSlot
from signer_app.core.errors import NodeError
from signer_app.core.inspection import Slot
from signer_app.proposals.judging import Judge
from signer_app.proposals.lifecycle import OPEN
from signer_app.proposals.listing import CSV_TITLES, Listing, Needs, conflicts, to_csv


def parsed(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def test_rows_say_what_the_proposals_are(bob: Desk) -> None:
    signed = bob.signed("100")
    other = bob.take("150", title="Second")
    rows = Listing(bob.rooms).rows()
    assert [row.id for row in rows] == [signed.id, other.id]
    assert [row.signatures for row in rows] == [1, 0]
    assert [row.needed for row in rows] == [2, 2]
    assert rows[1].title == "Second"
    assert rows[1].effects == tuple(other.effects)
    assert rows[0].state_words == "Open"


def test_what_it_takes_stands_with_the_verdict(bob: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh, signed = bob.take("100"), bob.signed("150")
    monkeypatch.setattr(bob.rooms.journal, "get_blob", None)  # no report is read
    assert Listing(bob.rooms).needs() == {fresh.id: Needs(2, 0, 2), signed.id: Needs(2, 1, 2)}


def test_reports_of_before_are_read_once_for_each_verdict(bob: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that do not say what they asked for, as an earlier version wrote them."""
    whole = Judge._verdict_record

    def bare(judge: Judge, *inputs: Any) -> dict[str, Any]:
        fields = dict(whole(judge, *inputs))
        del fields["required"]
        return fields

    monkeypatch.setattr(Judge, "_verdict_record", bare)
    made = bob.take("100")
    listing = Listing(bob.rooms)
    read: list[str] = []
    real = bob.journal.get_blob
    monkeypatch.setattr(bob.rooms.journal, "get_blob", lambda blob: read.append(blob) or real(blob))
    assert listing.needs() == {made.id: Needs(2, 0, 2)}
    assert [row.needed for row in listing.rows()] == [2]
    assert len(read) == 1
    bob.take("150")
    listing.rows()
    assert len(read) == 2


def test_what_stands_against_the_newest_verdict_and_who_rejected(bob: Desk) -> None:
    made, other = bob.take("100"), bob.take("150")
    bob.service.halts.halt("stop")
    bob.service.verify(made.id)
    codes = {item.proposal_id: item.codes for item in bob.queries.newest_verdicts(OPEN)}
    assert codes == {made.id: ("HALTED",), other.id: ()}
    assert bob.queries.rejected_by("bob") == frozenset()
    bob.service.reject(other.id, "no")
    assert bob.queries.rejected_by("bob") == {other.id}
    assert bob.queries.rejected_by("carol") == frozenset()


def test_what_nobody_could_judge_is_no_denial_wherever_it_is_listed(bob: Desk) -> None:
    denied, unread = bob.take("401.5"), bob.take("100")
    bob.team.ledger.down = NodeError("gone")
    bob.service.verify(unread.id)
    words = {denied.id: "Denied", unread.id: "Could not tell"}
    rows = Listing(bob.rooms).rows()
    assert {row.id: (row.state, row.state_words) for row in rows} == {
        identifier: ("DENIED", word) for identifier, word in words.items()
    }
    assert [line["state"] for line in parsed(to_csv(rows))] == [*words.values()]
    for stored in (*bob.queries.proposals(), *map(bob.queries.proposal, words)):
        shown = stored.to_json()
        assert (shown["state_words"], shown["could_not_tell"]) == (
            words[stored.id], stored.id == unread.id,
        )  # fmt: skip
    bob.team.ledger.down = None
    bob.service.verify(unread.id)
    assert {row.id: row.state_words for row in Listing(bob.rooms).rows()}[unread.id] == "Open"


def test_two_on_one_ticket_stand_in_each_others_way(bob: Desk) -> None:
    first = bob.take("100")
    second = bob.take("1", intent=CancelSlot(), slot=Slot(first.slot_kind, first.slot_value))
    third = bob.take("150")
    rows = Listing(bob.rooms).rows()
    assert conflicts(rows) == {first.id: (second.id,), second.id: (first.id,)}
    assert third.id not in conflicts(rows)
    assert conflicts([replace(row, state="SUPERSEDED") for row in rows]) == {}


def test_csv_holds_exact_values(bob: Desk) -> None:
    made = bob.take("100.000001", title="Invoice 4")
    (line,) = parsed(to_csv(Listing(bob.rooms).rows()))
    assert tuple(line) == CSV_TITLES
    assert (line["id"], line["amount"], line["state"]) == (made.id, "100.000001", "Open")
    assert (line["to"], line["tag"]) == (bob.team.custodian, "17")
    assert line["effects"] == "Transfer, FeePaid"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(bob: Desk, start: str) -> None:
    row = Listing(bob.rooms).rows() or ()
    bob.take("100")
    row = Listing(bob.rooms).rows()[0]
    danger = f"{start}HYPERLINK(1)"
    (line,) = parsed(to_csv([replace(row, title=danger, proposer=danger)]))
    for name in ("message", "proposer"):
        assert line[name] == f"'{danger}"
    assert line["id"] == row.id


def test_hidden_characters_are_shown(bob: Desk) -> None:
    bob.take("100")
    row = Listing(bob.rooms).rows()[0]
    (line,) = parsed(to_csv([replace(row, title='a\u202eb\nc,"d"')]))
    assert line["message"] == 'a\\u{202e}b\\u{a}c,"d"'
