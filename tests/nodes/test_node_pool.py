"""The pool: everybody is asked at once, one ledger is pinned, faults stay with the node that has them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from scripted_node import NETWORK, Drop, LedgerScript, Raw, ScriptedNode, closed_port

from signer_app.chains.node import TimeLimits, agreed
from signer_app.chains.xrpl.client import XrplClient
from signer_app.core.config import NodeProfile
from signer_app.core.errors import NodeError
from signer_app.nodes.pool import NodePool, PoolLimits

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)

Build = Callable[..., tuple[NodePool[XrplClient], list[ScriptedNode]]]


def connect(profile: NodeProfile) -> XrplClient:
    return XrplClient(profile.id, profile.url, profile.network, TimeLimits(5.0, 10.0, 20.0))


@pytest.fixture
def build() -> Iterator[Build]:
    with ExitStack() as stack:

        def make(
            *scripts: object, limits: PoolLimits | None = None, monotonic: Callable[[], float] = lambda: 0.0
        ) -> tuple[NodePool[XrplClient], list[ScriptedNode]]:
            nodes = [
                stack.enter_context(ScriptedNode(script, id=f"node-{place}"))  # type: ignore[arg-type]
                for place, script in zip("abcd", scripts, strict=False)
            ]
            pool = NodePool(
                [node.profile() for node in nodes],
                connect,
                clock=lambda: NOW,
                limits=limits,
                monotonic=monotonic,
            )
            return stack.enter_context(pool), nodes

        yield make


def broken(method: str, params: object) -> Raw:
    return Raw(b"nonsense")


def test_the_pin_is_the_newest_ledger_that_all_have(build: Build) -> None:
    pool, _ = build(LedgerScript(104), LedgerScript(101), LedgerScript(103))

    pinned = pool.pinned(NETWORK)

    assert pinned.index == 101
    assert [node.operator for node in pinned.nodes] == ["op-node-a", "op-node-b", "op-node-c"]
    assert pinned.left_out == ()


@pytest.mark.parametrize(
    ("indexes", "index", "kept"),
    [
        ((500, 100, 499), 499, "ac"),
        ((100, 500), 500, "b"),
        ((100, 101, 9_999), 100, "abc"),
        ((100, 9_999), 9_999, "b"),
    ],
)
def test_nobody_can_drag_the_others_to_an_old_ledger(
    build: Build, indexes: tuple[int, ...], index: int, kept: str
) -> None:
    """Of two that differ widely only one remains: one operator's word, which the policy finds too little."""
    pool, _ = build(*(LedgerScript(number) for number in indexes))

    pinned = pool.pinned(NETWORK)

    assert pinned.index == index
    assert "".join(node.id[-1] for node in pinned.nodes) == kept
    assert {error.code for error in pinned.left_out} <= {"NODE_BEHIND"}
    assert len(pinned.left_out) == len(indexes) - len(kept)


def test_nodes_with_faults_are_left_out_and_named(build: Build) -> None:
    gap = LedgerScript(103, low=102)
    pool, _ = build(LedgerScript(101), broken, LedgerScript(101, network_id=0), gap)

    pinned = pool.pinned(NETWORK)

    assert [node.id for node in pinned.nodes] == ["node-a"]
    assert {error.details["node"]: error.code for error in pinned.left_out} == {
        "node-b": "NODE_PROTOCOL",
        "node-c": "NODE_WRONG_NETWORK",
        "node-d": "NODE_BEHIND",
    }


def test_a_ledger_that_stands_still_is_no_source_of_facts(build: Build) -> None:
    old = LedgerScript(101, age=121)
    pool, _ = build(old, LedgerScript(101, age=120))
    assert [node.id for node in pool.pinned(NETWORK).nodes] == ["node-b"]

    stuck, _ = build(old, old)
    with pytest.raises(NodeError) as failed:
        stuck.pinned(NETWORK)
    assert failed.value.code == "NODE_BEHIND"

    by_hand, _ = build(old, old, limits=PoolLimits(max_age_s=None))
    assert by_hand.pinned(NETWORK).index == 101


def test_no_node_left_is_an_error_with_the_reason_of_each() -> None:
    profile = NodeProfile(id="gone", operator="x", network=NETWORK, url=f"http://127.0.0.1:{closed_port()}")
    with NodePool([profile], connect) as pool:
        with pytest.raises(NodeError) as failed:
            pool.pinned(NETWORK)
        assert failed.value.code == "NODE_UNREACHABLE"
        assert "gone" in failed.value.message
        with pytest.raises(NodeError):
            pool.pinned("xrpl:0")


def test_all_are_asked_at_the_same_time(build: Build) -> None:
    """Each node answers only once both were asked: one after the other would never end."""
    both = threading.Barrier(2)
    ledger = LedgerScript(100)

    def script(method: str, params: dict[str, object]) -> object:
        both.wait(timeout=20)
        return ledger(method, params)

    pool, _ = build(script, script)

    assert [reply.error for reply in pool.status(NETWORK)] == [None, None]


def test_a_job_without_end_is_left_behind(build: Build) -> None:
    pool, _ = build(LedgerScript(), LedgerScript(), limits=PoolLimits(answer_s=1.0))
    over = threading.Event()

    def job(client: XrplClient) -> str:
        if client.node == "node-b":
            over.wait()
        return client.node

    replies = pool.ask(pool.readers(NETWORK), job)
    over.set()

    assert [(reply.value, reply.error and reply.error.code) for reply in replies] == [
        ("node-a", None),
        (None, "NODE_UNREACHABLE"),
    ]


def test_a_fault_of_the_program_is_not_taken_for_one_of_the_node(build: Build) -> None:
    pool, _ = build(LedgerScript())

    with pytest.raises(ZeroDivisionError):
        pool.ask(pool.readers(NETWORK), lambda client: 1 // 0)


def test_reads_fail_over_and_come_back_after_the_back_off(build: Build) -> None:
    time = [1000.0]
    good = LedgerScript(100)
    pool, (first, second) = build(lambda m, p: Drop(), good, monotonic=lambda: time[0])

    def read() -> int:
        first.requests.clear()
        second.requests.clear()
        return pool.first(NETWORK, lambda client: client.server_info().validated)

    assert read() == 100
    assert (len(first.requests), len(second.requests)) == (1, 2)
    assert read() == 100
    assert first.requests == []
    first.script = LedgerScript(200)
    time[0] += 0.5
    assert read() == 100
    time[0] += 1.0
    assert read() == 200


def test_when_all_wait_they_are_tried_all_the_same(build: Build) -> None:
    pool, nodes = build(broken, broken)
    for _ in range(2):
        with pytest.raises(NodeError):
            pool.first(NETWORK, lambda client: client.server_info())
    for node in nodes:
        node.script = LedgerScript(100)

    assert pool.first(NETWORK, lambda client: client.server_info().validated) == 100


def test_roles_say_who_is_asked(build: Build) -> None:
    _, nodes = build(LedgerScript(), LedgerScript())
    profiles = [nodes[0].profile(roles=["read"]), nodes[1].profile(roles=["submit"])]
    with NodePool(profiles, connect) as split:
        assert [node.id for node in split.readers(NETWORK)] == ["node-a"]
        assert [node.id for node in split.submitters(NETWORK)] == ["node-b"]
        assert split.readers("xrpl:0") == ()


def test_agreement_counts_operators_and_any_difference_refuses(build: Build) -> None:
    pool, _ = build(LedgerScript(1), LedgerScript(1), LedgerScript(2))
    a, b, c = pool.ask(pool.readers(NETWORK), lambda client: client.server_info().validated)

    assert agreed([a, b], 2, "the number") == 1
    for replies, needed, code in (([a, b, c], 2, "NODES_DISAGREE"), ([a], 2, "NODE_UNREACHABLE")):
        with pytest.raises(NodeError) as failed:
            agreed(replies, needed, "the number")
        assert failed.value.code == code
