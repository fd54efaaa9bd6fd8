"""The journal as a list: words for every type, pages from the newest back, filters."""

from __future__ import annotations

from typing import Any

import pytest
from desk import Desk

from signer_app.journal.records import RECORD_TYPES
from signer_app.proposals.record_pages import RecordFilter, read_detail, read_page
from signer_app.proposals.record_words import KNOWN_TYPES, words_of

EVERYTHING = RecordFilter(system=True)


def test_every_type_of_the_journal_has_words() -> None:
    assert KNOWN_TYPES == RECORD_TYPES


@pytest.mark.parametrize("kind", sorted(RECORD_TYPES))
def test_words_need_no_member_that_may_be_missing(kind: str) -> None:
    made = words_of({"type": kind, "at": "2026-11-20T12:00:00Z", "person": "alice"})
    assert made.event
    assert made.event[0].isupper()
    assert made.origin == "alice"


@pytest.mark.parametrize(
    ("record", "summary", "tone"),
    [
        ({"type": "verdict", "verdict": "ALLOW", "phase": "sign", "codes": []}, "Allowed in phase sign", ""),
        (
            {"type": "verdict", "verdict": "DENY", "phase": "propose", "codes": ["TX_CAP", "FEE_CAP"]},
            "Denied in phase propose, TX_CAP FEE_CAP",
            "danger",
        ),
        (
            {"type": "verdict", "verdict": "DENY", "phase": "submit", "codes": ["QUORUM"]},
            "Signatures are missing in phase submit, QUORUM",
            "",
        ),
        (
            {"type": "verdict", "verdict": "DENY", "phase": "sign", "codes": ["FACT_MISSING", "FACT_STALE"]},
            "Could not tell in phase sign, FACT_MISSING FACT_STALE",
            "warn",
        ),
        (
            {"type": "verdict", "verdict": "DENY", "phase": "submit", "codes": ["FACT_MISSING", "QUORUM"]},
            "Could not tell in phase submit, FACT_MISSING QUORUM",
            "warn",
        ),
        (
            {"type": "verdict", "verdict": "DENY", "phase": "submit", "codes": ["FACT_MISSING", "TX_CAP"]},
            "Denied in phase submit, FACT_MISSING TX_CAP",
            "danger",
        ),
        (
            {"type": "halt", "statement": {"person": "bob", "accounts": None, "reason": "odd"}},
            "By bob, everything: odd",
            "danger",
        ),
        ({"type": "resume", "lifted": True, "people": ["a", "b"]}, "The halt is lifted by a, b", "warn"),
        (
            {"type": "proposal.added", "tx_type": "Payment", "title": "Rent"},
            'Payment, titled "Rent"',
            "",
        ),
        (
            {"type": "submit.answer", "state": "SUBMITTED", "attempts": [{"node": "n", "answer": "tes"}]},
            "Sent, n tes",
            "",
        ),
        ({"type": "signature.added", "signer": "xrpl:1:rABC"}, "rABC", "info"),
        ({"type": "outcome", "state": "FAILED", "tx_id": "AA"}, "Failed, AA", "warn"),
    ],
)
def test_words(record: dict[str, Any], summary: str, tone: str) -> None:
    made = words_of({"at": "t", "person": "alice", **record})
    assert (made.summary, made.tone) == (summary, tone)


def test_pages_go_back_to_the_beginning_and_miss_nothing(bob: Desk) -> None:
    for number in range(25):
        bob.rooms.record("note", {"text": f"note {number}"})
    size = bob.journal.size
    seen: list[int] = []
    before: int | None = None
    pages = 0
    while True:
        page = read_page(bob.journal, EVERYTHING, before=before, rows=10)
        seen += [row.index for row in page.rows]
        pages += 1
        if page.next_before is None:
            break
        before = page.next_before
    assert seen == list(reversed(range(size)))
    assert pages == -(-size // 10)


def test_one_call_looks_at_no_more_than_it_may(bob: Desk) -> None:
    for number in range(30):
        bob.rooms.record("note", {"text": f"note {number}"})
    wanted = RecordFilter(text="no such words")
    page = read_page(bob.journal, wanted, reads=10)
    assert (page.rows, page.looked_at, page.next_before) == ([], 10, bob.journal.size - 10)


def test_filters(bob: Desk) -> None:
    proposal = bob.new()
    bob.rooms.record("note", {"text": "Tea at four"})
    found = read_page(bob.journal, RecordFilter(text="TEA"))
    assert [row.words.summary for row in found.rows] == ["Tea at four"]
    by_id = read_page(bob.journal, RecordFilter(text=proposal.id))
    assert {row.words.event for row in by_id.rows} == {"Proposal added", "Policy evaluated"}
    assert all(row.words.about == proposal.id for row in by_id.rows)
    types = read_page(bob.journal, RecordFilter(types=frozenset({"verdict"})))
    assert {row.type for row in types.rows} == {"verdict"}
    plain = {row.type for row in read_page(bob.journal, RecordFilter()).rows}
    assert not plain & {"blob.put", "slot.reserved"}
    assert {"blob.put", "slot.reserved"} <= {row.type for row in read_page(bob.journal, EVERYTHING).rows}
    bob.team.clock.forward(days=1)
    bob.rooms.record("note", {"text": "the next day"})
    today = read_page(bob.journal, RecordFilter(since="2026-11-21"))
    assert [row.words.summary for row in today.rows] == ["the next day"]
    assert today.next_before is None, "time ends the walk"


def test_a_record_names_its_own_hash_and_the_one_before(bob: Desk) -> None:
    last = bob.journal.size - 1
    detail = read_detail(bob.journal, last)
    assert detail.previous == read_detail(bob.journal, last - 1).row.leaf
    assert detail.record == bob.journal.read(last)
