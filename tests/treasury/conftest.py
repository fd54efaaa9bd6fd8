"""The desks of tests/proposals: real journal and store beside an honest fake of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from desk import Desk, Team, open_desk


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
