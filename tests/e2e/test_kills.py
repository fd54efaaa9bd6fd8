"""Real SIGKILLs while payments are on their way: no acknowledged record is lost, no signature is out without
its release, at most one transaction is on the ledger, and every payment can be finished.

The plan follows from a seed, which a failure names; COUNTERSIGN_KILL_SEED repeats it. What a kill at a random
time meets is the machine's choice.
"""

from __future__ import annotations

import os
import random
import resource
import secrets
import sys
from pathlib import Path

import pytest
from kills_flow import Lane, play_lanes
from kills_plan import KEYS, KINDS, LEDGER, MOMENT, PLACE, Plan

SEED = int(os.environ.get("COUNTERSIGN_KILL_SEED") or secrets.randbelow(1_000_000))
LANES = 2


def kill_and_check(root: Path, wanted: dict[str, int]) -> None:
    """Share the kills among the lanes, play them, and see that all of them came true."""
    lanes = []
    for number in range(LANES):
        rng = random.Random(f"{SEED}/{number}")
        share = {kind: count // LANES for kind, count in wanted.items()}
        lanes.append(Lane(root / f"lane-{number}", rng, Plan(rng, share)))
    try:
        play_lanes(lanes)
    finally:
        for lane in lanes:
            sys.stdout.write(f"seed {SEED}, {lane.root.name}: {lane.summary()}\n")
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        sys.stdout.write(f"processor seconds of all commands: {spent.ru_utime + spent.ru_stime:.0f}\n")
    for kind, count in wanted.items():
        assert sum(lane.plan.done[kind] for lane in lanes) >= count


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hundred_kills(tmp_path: Path) -> None:
    """The command at failpoints and at random times, the key process, the practice ledger."""
    kill_and_check(tmp_path, {PLACE: 90, MOMENT: 40, KEYS: 40, LEDGER: 30})


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_kills_of_each(tmp_path: Path, kind: str) -> None:
    kill_and_check(tmp_path, {kind: 200})
