"""This computer's clock against the ledger: what nodes say, what the ledger says, what nobody can."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scripted_node import NETWORK, LedgerScript, ScriptedNode, server_info

from signer_app.chains.node import NodeStatus, Spans
from signer_app.chains.xrpl.answers import RIPPLE_EPOCH, server_time
from signer_app.core.clock import machine_clock
from signer_app.core.config import NodeProfile, PlatformConfig
from signer_app.nodes.clock import AGREES, AHEAD, BEHIND, UNTOLD, ClockCheck, Reading, compare
from signer_app.nodes.health import Look, Probe, agreements, judge
from signer_app.nodes.pool import PoolLimits
from signer_app.nodes.readers import Readers

NOW = datetime(2026, 11, 20, 14, 3, 11, tzinfo=UTC)


def told(*ahead_s: float, within_ms: int = 100, need: int = 2, closed_s: float | None = None) -> ClockCheck:
    """By operators whose clocks this one is so many seconds before."""
    readings = [Reading(f"op-{n}", round(s * 1000), within_ms) for n, s in enumerate(ahead_s)]
    closed = [] if closed_s is None else [NOW + timedelta(seconds=closed_s)]
    return compare(readings, closed, NOW, need)


@pytest.mark.parametrize(
    ("ahead_s", "state", "ahead_ms"),
    [
        ((0.2, 0.4), AGREES, 300),
        ((10.0, 10.0), AGREES, 10_000),
        ((10.1, 10.1), AGREES, 10_100),  # within what is known
        ((10.2, 10.2), AHEAD, 10_200),
        ((-10.2, -10.2), BEHIND, -10_200),
        ((42.0, 42.4, 41.0), AHEAD, 42_000),
        ((0.0, 0.1, 500.0), AGREES, 100),  # one operator's clock is wrong
        ((-300.0, -299.0, 0.0), BEHIND, -299_000),
    ],
)
def test_the_middle_operator_counts(ahead_s: tuple[float, ...], state: str, ahead_ms: int) -> None:
    found = told(*ahead_s)
    assert (found.state, found.ahead_ms, found.within_ms) == (state, ahead_ms, 100)
    assert found.by_ledger is False


def test_too_few_or_quarrelling_operators_tell_nothing() -> None:
    assert told() == ClockCheck(UNTOLD, None, 0, (), 2)
    assert told(3.0) == ClockCheck(UNTOLD, None, 0, ("op-0",), 2)
    assert told(3.0, need=1).state == AGREES
    two = told(0.0, 60.0)
    assert (two.state, two.ahead_ms, two.differ) == (UNTOLD, None, True)
    three = told(0.0, 60.0, 120.0)
    assert (three.state, three.operators, three.differ) == (UNTOLD, ("op-1",), True)


def test_two_nodes_of_one_operator_are_one_voice_and_the_quicker_is_heard() -> None:
    same = [Reading("op", 90_000, 4000), Reading("op", 100, 20)]
    assert compare(same, [], NOW, 2).state == UNTOLD
    assert compare(same, [], NOW, 1).ahead_ms == 100


def test_a_slow_answer_accuses_nobody() -> None:
    """Half of the time of the question may lie between the two clocks."""
    assert told(14.0, 14.0, within_ms=5000).state == AGREES
    assert told(16.0, 16.0, within_ms=5000).state == AHEAD


def test_a_ledger_that_closes_in_the_future_means_that_this_clock_is_behind() -> None:
    """Whatever nodes say of their clocks; validators agreed on the close time."""
    for ahead in ((), (0.0, 0.0), (-70.0, -70.0)):
        found = told(*ahead, closed_s=75.0)
        assert (found.state, found.ahead_ms, found.by_ledger) == (BEHIND, -75_000, True), ahead
    assert told(-200.0, -200.0, closed_s=75.0).ahead_ms == -200_000, "the nodes know it better"
    assert told(0.0, 0.0, closed_s=60.0).state == AGREES, "close times are rounded"


@pytest.mark.parametrize("age_s", [3, 42, 119, 86_400])
def test_an_old_ledger_is_no_fast_clock(age_s: int) -> None:
    assert told(0.0, 0.0, closed_s=-age_s).state == AGREES
    assert told(closed_s=-age_s).state == UNTOLD


def probe(name: str, ahead_ms: int | None, *, roles: tuple[str, ...] = ("read",)) -> Probe:
    profile = NodeProfile.model_validate(
        {"id": name, "operator": f"op-{name}", "network": NETWORK, "url": "http://127.0.0.1:1",
         "roles": roles}
    )  # fmt: skip
    status = NodeStatus(NETWORK, 1000, 3, Spans(((1, 1000),)))
    closed = NOW + timedelta(seconds=90)
    return Probe(profile, status, 41, None, "AA", ahead_ms=ahead_ms, closed=closed)


def look(*probes: Probe, limits: PoolLimits) -> Look:
    rows = judge(probes, 1000, limits)
    return Look(NOW, rows, agreements(rows, 2))


def test_only_nodes_that_are_read_and_in_step_are_heard() -> None:
    by_hand = PoolLimits(max_age_s=None)
    good = [probe("a", 100), probe("b", 300)]
    assert look(*good, limits=by_hand).clock.ahead_ms == 200
    assert look(*good, limits=by_hand).clock.within_ms == 21
    sender = probe("c", 90_000, roles=("submit",))
    other = replace(probe("d", 90_000), hash="BB")
    silent = probe("e", None)
    assert look(*good, sender, other, silent, limits=by_hand).clock.operators == ("op-a", "op-b")
    assert look(probe("a", 100), sender, silent, limits=by_hand).clock.state == UNTOLD


def test_a_ledger_that_is_closed_by_hand_tells_no_time() -> None:
    good = [probe("a", 100), probe("b", 300)]
    assert look(*good, limits=PoolLimits()).clock.by_ledger is True
    assert look(*good, limits=PoolLimits(max_age_s=None)).clock.by_ledger is False


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-Mar-03 03:04:46.673396 UTC", datetime(2026, 3, 3, 3, 4, 46, 673396, tzinfo=UTC)),
        ("2026-Dec-31 23:59:59 UTC", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-Mar-03 03:04:46.5 UTC", datetime(2026, 3, 3, 3, 4, 46, 500_000, tzinfo=UTC)),
        ("2026-Mar-03 03:04:46.123456789 UTC", datetime(2026, 3, 3, 3, 4, 46, 123456, tzinfo=UTC)),
        ("2026-Mrz-03 03:04:46 UTC", None),
        ("2026-Feb-30 03:04:46 UTC", None),
        ("2026-Mar-03 03:04:46", None),
        ("2026-Mar-03 03:04:46 CET", None),
        ("٢٠٢٦-Mar-03 03:04:46 UTC", None),
        (1_793_000_000, None),
        (None, None),
    ],
)
def test_how_a_node_writes_its_clock(text: Any, time: datetime | None) -> None:
    assert server_time(text) == time


class Clocked(LedgerScript):
    """A node whose own clock is so many seconds behind this computer's."""

    def __init__(self, behind_s: float) -> None:
        super().__init__()
        self.behind_s = behind_s

    def _server_info(self, params: dict[str, Any]) -> Any:
        answer = server_info(self.validated)
        own = machine_clock() - timedelta(seconds=self.behind_s)
        answer["info"]["time"] = own.strftime("%Y-%b-%d %H:%M:%S.%f UTC")
        return answer

    def _ledger(self, params: dict[str, Any]) -> Any:
        answer = super()._ledger(params)
        answer["ledger"]["close_time"] = int(machine_clock().timestamp()) - RIPPLE_EPOCH - 30
        return answer


@pytest.mark.parametrize(
    ("behind_s", "state"), [((0.0, 0.0), AGREES), ((42.0, 42.0), AHEAD), ((0.0, 300.0), UNTOLD)]
)
def test_over_the_wire(behind_s: tuple[float, float], state: str) -> None:
    with (
        ScriptedNode(Clocked(behind_s[0]), id="node-a") as first,
        ScriptedNode(Clocked(behind_s[1]), id="node-b") as second,
    ):
        config = PlatformConfig(network_class="practice", nodes=(first.profile(), second.profile()))
        with Readers(config, limits=PoolLimits()) as readers:
            rows = readers.health((NETWORK,))
        asked = [method for method, _ in first.requests]
    found = Look(machine_clock(), rows, agreements(rows, 2)).clock
    assert found.state == state
    assert all(row.closed is not None for row in rows)
    if found.ahead_ms is not None:
        assert abs(found.ahead_ms - behind_s[0] * 1000) <= found.within_ms + 1
    assert asked == ["server_info", "ledger"], "the clock costs no question of its own"
