"""A team and desks of its people, each in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from desk import Desk, Team, open_desk


@pytest.fixture
def team() -> Team:
    return Team()


@pytest.fixture
def desk_of(team: Team, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """Opens a person's desk with the policy in force."""
    with ExitStack() as stack:

        def opener(name: str, *, active: bool = True) -> Desk:
            desk = stack.enter_context(open_desk(tmp_path / name, team, name))
            if active:
                desk.activate()
            return desk

        yield opener


@pytest.fixture
def bob(desk_of: Callable[[str], Desk]) -> Desk:
    """Bob's desk: he did not propose, so he may sign."""
    return desk_of("bob")


@pytest.fixture
def alice(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("alice")
