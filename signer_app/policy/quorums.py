"""Filling groups with distinct people: one person fills one place, and any assignment that works counts.

Kuhn's algorithm for bipartite matching (places on one side, people on the other). Sizes are those of a
treasury: a handful of places and people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

#: (role, number of people)
Need: TypeAlias = tuple[str, int]


def fill(groups: Sequence[Need], roles: Mapping[str, AbstractSet[str]]) -> tuple[int, ...]:
    """How many places of each group are filled in one largest assignment. ``roles`` maps person to roles."""
    taken: dict[str, tuple[int, int]] = {}
    people = sorted(roles)
    # More places than people cannot be filled; the bound keeps an absurd `need` from costing time.
    places = [
        (index, number) for index, (_, need) in enumerate(groups) for number in range(min(need, len(people)))
    ]
    for place in places:
        _assign(place, groups, roles, people, taken, set())
    filled = [0] * len(groups)
    for index, _ in taken.values():
        filled[index] += 1
    return tuple(filled)


def can_fill(groups: Sequence[Need], roles: Mapping[str, AbstractSet[str]]) -> bool:
    """Whether these people can fill every place."""
    return all(have >= need for (_, need), have in zip(groups, fill(groups, roles), strict=True))


def _assign(
    place: tuple[int, int],
    groups: Sequence[Need],
    roles: Mapping[str, AbstractSet[str]],
    people: Sequence[str],
    taken: dict[str, tuple[int, int]],
    tried: set[str],
) -> bool:
    """Give ``place`` a person, moving others to other places where that frees one."""
    role = groups[place[0]][0]
    for person in people:
        if person in tried or role not in roles[person]:
            continue
        tried.add(person)
        holder = taken.get(person)
        if holder is None or _assign(holder, groups, roles, people, taken, tried):
            taken[person] = place
            return True
    return False
