"""The state table against DESIGN section 2, whose lines stand here as they are written there."""

from __future__ import annotations

import pytest

from signer_app.core.errors import ConflictError
from signer_app.proposals.lifecycle import FINAL, OPEN, PROPOSAL, SENT, WAITING

DESIGN = """
DRAFT>PENDING
PENDING<>READY
PENDING|READY<>DENIED
PENDING|READY|DENIED>REJECTED
PENDING|READY|DENIED|REJECTED>SUBMITTED
SUBMITTED<>UNKNOWN
SUBMITTED|UNKNOWN>CONFIRMED|FAILED|EXPIRED|SUPERSEDED
PENDING|READY|DENIED|REJECTED>EXPIRED|SUPERSEDED
"""
WORDS = {
    "DRAFT": "Draft", "PENDING": "Open", "READY": "Ready to send", "DENIED": "Denied", "REJECTED": "Rejected",
    "SUBMITTED": "Sent", "UNKNOWN": "Outcome unknown", "CONFIRMED": "Confirmed", "FAILED": "Failed",
    "EXPIRED": "Expired", "SUPERSEDED": "Superseded",
}  # fmt: skip


def designed() -> set[tuple[str, str]]:
    edges = set()
    for line in DESIGN.split():
        both = "<>" in line
        left, right = line.split("<>" if both else ">")
        for source in left.split("|"):
            for target in right.split("|"):
                edges.add((source, target))
                if both:
                    edges.add((target, source))
    return edges


def test_edges_are_exactly_those_of_the_design() -> None:
    assert {(edge.source, edge.target) for edge in PROPOSAL.edges} == designed()
    assert len(PROPOSAL.edges) == len(designed()), "an edge stands twice"


@pytest.mark.parametrize("source", WORDS)
@pytest.mark.parametrize("target", WORDS)
def test_a_step_is_taken_only_along_an_edge(source: str, target: str) -> None:
    if source == target or (source, target) in designed():
        assert PROPOSAL.step(source, target) == target
    else:
        with pytest.raises(ConflictError) as caught:
            PROPOSAL.step(source, target)
        assert caught.value.code == "WRONG_STATE"


def test_final_states_are_four_and_have_no_way_out() -> None:
    assert set(FINAL) == PROPOSAL.final == {"CONFIRMED", "FAILED", "EXPIRED", "SUPERSEDED"}
    assert not [edge for edge in PROPOSAL.edges if edge.source in FINAL]


def test_every_state_can_be_reached_and_every_other_one_can_end() -> None:
    reached, ending = {"DRAFT"}, set(FINAL)
    for _ in WORDS:
        reached |= {t for s, t in designed() if s in reached}
        ending |= {s for s, t in designed() if t in ending}
    assert reached == ending == set(WORDS)


def test_every_state_has_the_word_that_people_read() -> None:
    assert dict(PROPOSAL.words) == WORDS


def test_groups_partition_the_states() -> None:
    assert set(OPEN) < set(WAITING)
    assert sorted([*WAITING, *SENT, *FINAL, "DRAFT"]) == sorted(WORDS)


def test_mermaid_draws_each_edge_once() -> None:
    lines = [line.strip() for line in PROPOSAL.mermaid().splitlines()]
    assert lines[0] == "stateDiagram-v2"
    assert "[*] --> DRAFT" in lines
    drawn = [line.partition(":")[0] for line in lines if " --> " in line and "[*]" not in line]
    assert sorted(drawn) == sorted(f"{source} --> {target}" for source, target in designed())
    assert {line for line in lines if line.endswith("--> [*]")} == {f"{state} --> [*]" for state in FINAL}
