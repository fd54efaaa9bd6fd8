"""The outcome rule as a pure function (DESIGN promise 8)."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signer_app.chains.xrpl.outcome import FINAL, Evidence, Question, Use, rule
from signer_app.core.inspection import Slot

LAST, SINCE = 110, 100
QUESTION = Question("xrpl:63456", "rAccount", "AA", Slot("ticket", "5"), LAST, SINCE)
OURS = Use("A" * 64, 105, "tesSUCCESS", same_body=True)


def unused(node: str, ledger: int, searched: tuple[int, int] | None = None) -> Evidence:
    return Evidence(node, f"op-{node}", ledger, slot_used=False, searched=searched)


def used(node: str, use: Use | None, ledger: int = 107, low: int = SINCE) -> Evidence:
    return Evidence(node, f"op-{node}", ledger, slot_used=True, searched=(low, ledger), use=use)


@pytest.mark.parametrize(
    ("use", "state"),
    [
        (OURS, "CONFIRMED"),
        (replace(OURS, result="tecPATH_DRY"), "FAILED"),
        (replace(OURS, same_body=False), "SUPERSEDED"),
        (replace(OURS, same_body=False, result="tecDIR_FULL"), "SUPERSEDED"),
        (replace(OURS, result="tefPAST_SEQ"), "UNKNOWN"),
        (None, "UNKNOWN"),
    ],
)
def test_a_used_slot_is_judged_by_the_transaction_that_used_it(use: Use | None, state: str) -> None:
    ruling = rule(QUESTION, [used("a", use), used("b", use)], 2)

    assert ruling.state == state
    if state in FINAL:
        assert use is not None
        assert (ruling.finding.tx_id, ruling.finding.result) == (use.tx_id, use.result)


@pytest.mark.parametrize(
    ("ledger", "searched", "state"),
    [
        (109, None, "OPEN"),
        (110, None, "OPEN"),
        (111, (100, 111), "EXPIRED"),
        (111, (101, 111), "UNKNOWN"),
        (111, (100, 110), "UNKNOWN"),
        (111, None, "UNKNOWN"),
    ],
)
def test_an_unused_slot_expires_only_past_the_last_ledger_and_with_whole_history(
    ledger: int, searched: tuple[int, int] | None, state: str
) -> None:
    assert rule(QUESTION, [unused("a", ledger, searched), unused("b", ledger, searched)], 2).state == state


def test_without_a_last_ledger_nothing_expires() -> None:
    question = replace(QUESTION, last_ledger=None)

    assert rule(question, [unused("a", 900, (100, 900)), unused("b", 900, (100, 900))], 2).state == "OPEN"


def test_a_final_state_needs_as_many_operators_as_the_policy_says() -> None:
    assert rule(QUESTION, [used("a", OURS)], 2).state == "UNKNOWN"
    assert rule(QUESTION, [used("a", OURS)], 1).state == "CONFIRMED"
    two_nodes_of_one = [used("a", OURS), replace(used("b", OURS), operator="op-a")]
    assert rule(QUESTION, two_nodes_of_one, 2).state == "UNKNOWN"
    assert rule(QUESTION, [], 0).state == "UNKNOWN"


def test_used_and_found_before_the_search_begins_is_no_proof() -> None:
    early = replace(OURS, ledger=SINCE - 1)

    assert rule(QUESTION, [used("a", early, low=90), used("b", early, low=90)], 2).state == "UNKNOWN"


@pytest.mark.parametrize(
    "liar",
    [
        used("c", replace(OURS, same_body=False, tx_id="B" * 64)),
        used("c", replace(OURS, result="tecPATH_DRY")),
        unused("c", 106),
        unused("c", 111, (100, 111)),
    ],
)
def test_one_operator_that_contradicts_makes_it_unknown(liar: Evidence) -> None:
    honest = [used("a", OURS), used("b", OURS)]
    assert rule(QUESTION, honest, 2).state == "CONFIRMED"

    ruling = rule(QUESTION, [*honest, liar], 2)

    assert ruling.state == "UNKNOWN"
    assert "contradict" in ruling.finding.reason


def test_a_node_that_shows_a_use_of_an_unused_slot_stops_everybody() -> None:
    expired = [unused("a", 111, (100, 111)), unused("b", 111, (100, 111))]
    assert rule(QUESTION, expired, 2).state == "EXPIRED"

    confused = replace(unused("c", 95), use=replace(OURS, ledger=95))

    assert rule(QUESTION, [*expired, confused], 2).state == "UNKNOWN"


def test_a_node_that_is_only_behind_or_has_a_gap_does_not_stop_the_others() -> None:
    behind, gap = unused("c", 104), replace(used("d", None), searched=None)

    assert rule(QUESTION, [used("a", OURS), used("b", OURS), behind, gap], 2).state == "CONFIRMED"


def test_a_slot_used_by_another_body_after_expiry_is_still_expired() -> None:
    late = Use("B" * 64, 115, "tesSUCCESS", same_body=False)

    before = rule(QUESTION, [unused("a", 112, (100, 112)), unused("b", 112, (100, 112))], 2)
    after = rule(QUESTION, [used("a", late, 116), used("b", late, 116)], 2)
    mixed = rule(QUESTION, [unused("a", 112, (100, 112)), used("b", late, 116)], 2)

    assert before.state == after.state == mixed.state == "EXPIRED"


def test_our_body_after_its_own_last_ledger_is_a_lie() -> None:
    impossible = replace(OURS, ledger=115)

    assert rule(QUESTION, [used("a", impossible, 116), used("b", impossible, 116)], 2).state == "UNKNOWN"


def test_the_journal_gets_every_node_and_ledger() -> None:
    written = rule(QUESTION, [used("a", OURS), used("b", OURS)], 2).to_json()

    assert written["state"] == "CONFIRMED"
    assert written["ledger"] == "105"
    assert written["nodes"] == [
        {
            "node": node,
            "operator": f"op-{node}",
            "ledger": "107",
            "slot_used": True,
            "searched": ["100", "107"],
            "use": {"tx_id": "A" * 64, "ledger": "105", "result": "tesSUCCESS", "same_body": True},
        }
        for node in "ab"
    ]


# Properties over all evidence that nodes could give, true or not.

_LEDGERS = st.integers(95, 120)
_USES = st.builds(
    Use,
    tx_id=st.sampled_from(["A" * 64, "B" * 64]),
    ledger=_LEDGERS,
    result=st.sampled_from(["tesSUCCESS", "tecPATH_DRY", "terQUEUED"]),
    same_body=st.booleans(),
)
_EVIDENCE = st.builds(
    Evidence,
    node=st.sampled_from("abcd"),
    operator=st.sampled_from(["op1", "op2", "op3"]),
    ledger=_LEDGERS,
    slot_used=st.booleans(),
    searched=st.none() | st.tuples(st.integers(95, 105), _LEDGERS),
    use=st.none() | _USES,
)


@given(st.lists(_EVIDENCE, max_size=6), st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_order_of_evidence_and_repetition_change_nothing(
    evidence: list[Evidence], min_agree: int, shuffler: random.Random
) -> None:
    shuffled = evidence + evidence[:2]
    shuffler.shuffle(shuffled)

    assert rule(QUESTION, evidence, min_agree) == rule(QUESTION, shuffled, min_agree)


@given(st.lists(_EVIDENCE, max_size=6), st.integers(1, 3))
def test_a_final_state_rests_on_enough_operators_that_searched_everything(
    evidence: list[Evidence], min_agree: int
) -> None:
    ruling = rule(QUESTION, evidence, min_agree)
    if not ruling.is_final:
        return
    whole = {
        item.operator
        for item in evidence
        if item.searched and item.searched[0] <= SINCE and item.searched[1] >= item.ledger
    }
    assert len(whole) >= min_agree
    if ruling.state == "EXPIRED":
        assert all(not (item.use and item.use.same_body) for item in evidence if item.operator in whole)
        assert any(item.ledger > LAST for item in evidence)


@given(st.integers(100, 120), st.integers(100, 120), st.booleans())
def test_operators_that_tell_the_truth_never_get_a_wrong_final_state(
    executed_at: int, looked_at: int, same_body: bool
) -> None:
    """The truth: one transaction uses the slot in ``executed_at``. Two operators look at ``looked_at``."""
    if same_body and executed_at > LAST:
        return
    truth = Use("A" * 64, executed_at, "tesSUCCESS", same_body)
    is_used = executed_at <= looked_at

    def honest(node: str) -> Evidence:
        seen = truth if is_used else None
        return Evidence(node, f"op-{node}", looked_at, is_used, (SINCE, looked_at), seen)

    state = rule(QUESTION, [honest("a"), honest("b")], 2).state

    if executed_at > LAST:
        assert state == ("EXPIRED" if looked_at > LAST else "OPEN")
    elif is_used:
        assert state == ("CONFIRMED" if same_body else "SUPERSEDED")
    else:
        assert state == "OPEN"


@given(
    st.integers(100, 110),
    st.integers(111, 120),
    st.lists(st.tuples(st.integers(95, 120), st.integers(95, 120)), min_size=2, max_size=3),
)
def test_a_gap_that_may_hide_the_execution_is_never_expired(
    executed_at: int, looked_at: int, ranges: list[tuple[int, int]]
) -> None:
    """Nodes that lost the ledger in which our body executed, and name no use of the slot."""
    evidence = [
        Evidence(f"n{place}", f"op{place}", looked_at, slot_used=True, searched=span, use=None)
        for place, span in enumerate(ranges)
    ]

    assert rule(QUESTION, evidence, 1).state == "UNKNOWN"
