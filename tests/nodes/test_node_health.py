"""How nodes are doing, in rows for people."""

from __future__ import annotations

import pytest
from scripted_node import NETWORK, LedgerScript, Raw, ScriptedNode

from signer_app.chains.node import NodeStatus, Spans, node_error
from signer_app.core.config import NodeProfile, PlatformConfig
from signer_app.nodes.health import (
    DIFFERS,
    LATE,
    NO_ANSWER,
    OK,
    WRONG_NETWORK,
    Probe,
    agreements,
    common_ledger,
    judge,
)
from signer_app.nodes.pool import PoolLimits
from signer_app.nodes.readers import Readers

LIMITS = PoolLimits(max_behind=8, max_age_s=120)


def profile(name: str, operator: str = "") -> NodeProfile:
    return NodeProfile(
        id=name, operator=operator or f"op-{name}", network=NETWORK, url="http://127.0.0.1:1", roles=("read",)
    )


def probe(name: str, validated: int = 1000, digest: str | None = "AA", *, age: int | None = 3) -> Probe:
    status = NodeStatus(NETWORK, validated, age, Spans(((1, validated),)))
    return Probe(profile(name), status, 12, None, digest)


def states(*probes: Probe, index: int | None = 1000, limits: PoolLimits = LIMITS) -> list[str]:
    return [row.state for row in judge(probes, index, limits)]


def test_all_agree() -> None:
    rows = judge([probe("a"), probe("b", 1001), probe("c")], 1000, LIMITS)
    assert [row.state for row in rows] == [OK, OK, OK]
    assert rows[0].agrees_with == ("op-b", "op-c")
    assert (rows[1].validated, rows[1].compared, rows[1].latency_ms, rows[1].age_s) == (1001, 1000, 12, 3)
    assert rows[0].to_json()["validated"] == "1000"


def test_the_one_with_another_ledger_differs_and_a_tie_accuses_both() -> None:
    rows = judge([probe("a"), probe("b"), probe("c", digest="BB")], 1000, LIMITS)
    assert [row.state for row in rows] == [OK, OK, DIFFERS]
    assert rows[2].agrees_with == ()
    assert "another ledger" in rows[2].reason
    assert states(probe("a"), probe("b", digest="BB")) == [DIFFERS, DIFFERS]


def test_operators_are_counted_and_not_nodes() -> None:
    """Two nodes of one operator are one voice."""
    same = [Probe(profile(name, "one"), probe(name).status, 1, None, "BB") for name in ("x", "y")]
    assert states(*same, probe("a"), probe("b")) == [DIFFERS, DIFFERS, OK, OK]


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (probe("c", 991, None), "9 ledgers behind"),
        (probe("c", age=121), "121 s old"),
        (probe("c", age=None), "does not say how old"),
        (probe("c", digest=None), "does not hold the ledger"),
    ],
)
def test_late(late: Probe, words: str) -> None:
    rows = judge([probe("a"), probe("b"), late], 1000, LIMITS)
    assert [row.state for row in rows] == [OK, OK, LATE]
    assert words in rows[2].reason


def test_exactly_at_the_bounds_is_in_time() -> None:
    assert states(probe("a"), probe("b"), probe("c", 992, age=120)) == [OK, OK, OK]
    assert states(probe("a"), probe("b", age=999), limits=PoolLimits(max_age_s=None)) == [OK, OK]


@pytest.mark.parametrize(
    ("code", "state"),
    [("NODE_WRONG_NETWORK", WRONG_NETWORK), ("NODE_BEHIND", LATE), ("NODE_UNREACHABLE", NO_ANSWER)],
)
def test_errors(code: str, state: str) -> None:
    failed = Probe(profile("c"), None, 0, node_error("c", code, "does something"))
    rows = judge([probe("a"), failed], 1000, LIMITS)
    assert [row.state for row in rows] == [OK, state]
    assert rows[1].validated is None
    assert rows[1].reason


def test_the_compared_ledger_is_one_that_all_in_step_have() -> None:
    assert common_ledger([probe("a", 1005), probe("b", 1003), probe("c", 900)], LIMITS) == 1003
    assert common_ledger([], LIMITS) is None


def test_over_the_wire() -> None:
    good = LedgerScript()
    config_nodes = []
    with (
        ScriptedNode(good, id="node-a") as first,
        ScriptedNode(lambda method, params: Raw(b"no json"), id="node-b") as second,
    ):
        config_nodes = [first.profile(), second.profile()]
        config = PlatformConfig(network_class="practice", nodes=tuple(config_nodes))
        with Readers(config) as readers:
            rows = readers.health((NETWORK, "stellar:testnet"))
    assert [row.profile.id for row in rows] == ["node-a", "node-b"]
    assert rows[1].state == NO_ANSWER
    assert rows[0].validated is not None
    methods = [method for method, _ in first.requests]
    assert methods[:2] == ["server_info", "ledger"]


@pytest.mark.parametrize(
    ("probes", "need", "agreed", "operators", "differ", "enough"),
    [
        ([probe("a"), probe("b")], 2, 2, 2, False, True),
        ([probe("a"), probe("b", age=999)], 2, 1, 1, False, False),
        ([probe("a"), probe("b", age=999)], 1, 1, 1, False, True),
        ([probe("a"), probe("b"), probe("c", digest="BB")], 2, 2, 2, True, False),
        ([Probe(profile(name, "one"), probe(name).status, 1, None, "AA") for name in "xy"], 2, 2, 1, False,
         False),
        ([Probe(profile(name), None, 0, node_error(name, "NODE_UNREACHABLE", "gone")) for name in "ab"], 1, 0,
         0, False, False),
    ],
)  # fmt: skip
def test_agreement_counts_operators_against_what_the_policy_needs(
    probes: list[Probe], need: int, agreed: int, operators: int, differ: bool, enough: bool
) -> None:
    (found,) = agreements(judge(probes, 1000, LIMITS), need)
    assert (found.network, found.listed, found.agreed) == (NETWORK, len(probes), agreed)
    assert (len(found.operators), found.differ, found.enough) == (operators, differ, enough)
    assert found.ledger == (1000 if agreed else None)
    assert found.to_json()["enough"] is enough


def test_a_node_that_only_sends_has_no_voice() -> None:
    sender = NodeProfile(
        id="s", operator="op-s", network=NETWORK, url="http://127.0.0.1:1", roles=("submit",)
    )
    sends = Probe(sender, probe("s").status, 1, None, "AA")
    (found,) = agreements(judge([probe("a"), sends], 1000, LIMITS), 2)
    assert (found.agreed, found.operators, found.enough) == (2, ("op-a",), False)


def test_a_list_that_changes_while_nodes_are_asked_is_no_fault() -> None:
    """Another thread may close the connections under a round of asking."""
    readers = Readers(PlatformConfig(network_class="practice", nodes=(profile("a"),)))
    readers.close()
    (found,) = readers.health([NETWORK])
    assert (found.state, found.reason) == (NO_ANSWER, "Node a cannot be reached.")
