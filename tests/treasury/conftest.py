"""The desks of tests/proposals: real journal and store beside an honest fake of the ledger."""

from __future__ import annotations

import sys
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_TESTS / "proposals"))

from collections.abc import Iterator  # noqa: E402
from contextlib import ExitStack  # noqa: E402

import pytest  # noqa: E402
from desk import Desk, Team, open_desk  # noqa: E402 - found through the line above


@pytest.fixture
def team() -> Team:
    return Team()


@pytest.fixture
def bob(team: Team, tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        desk = stack.enter_context(open_desk(tmp_path / "bob", team, "bob"))
        policy = team.policy()
        next(rule for rule in policy["rules"] if rule["id"] == "q")["proposer_may_approve"] = True
        desk.activate(policy)
        yield desk
