"""Taking time: the middle of several rounds, each against a loop right beside it.

A machine that is shared may run at half its speed for seconds or minutes, so a figure is never held against a
loop of another round.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setup:
    """A folder to write in, the names of the figures that are wanted, and the length of a long journal."""

    folder: Path
    wanted: frozenset[str]
    records: int


@dataclass(frozen=True, slots=True)
class Figure:
    """``seconds`` for ``units`` pieces of work; ``base``: seconds of the calibration loop ``against``."""

    name: str
    units: int
    unit: str
    seconds: float
    against: str
    base: float

    @property
    def rate(self) -> float:
        return self.units / self.seconds


@dataclass(frozen=True, slots=True)
class Loop:
    """A calibration loop: it says how fast this machine is right now at one kind of work."""

    name: str
    run: Callable[[], object]


class Round(NamedTuple):
    """Seconds of the work, and of the loop in the same moment."""

    seconds: float
    base: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.base


def middle(rounds: Iterable[Round]) -> Round:
    """The one whose ratio is in the middle: what disturbs the work in one round disturbs the loop in
    another.
    """
    ordered = sorted(rounds, key=lambda one: one.ratio)
    return ordered[len(ordered) // 2]


def beside(loop: Loop, work: Callable[[], T]) -> tuple[T, float]:
    """What ``work`` returns, and the seconds of the loop: the mean of its runs before and after the work."""
    before = timed(loop.run)
    result = work()
    return result, (before + timed(loop.run)) / 2


def measure(
    name: str, work: Callable[[], object], *, units: int, unit: str, loop: Loop, rounds: int = 5
) -> Figure:
    """The middle of some rounds of work."""
    found = middle(Round(*beside(loop, lambda: timed(work))) for _ in range(rounds))
    return Figure(name, units, unit, found.seconds, loop.name, found.base)


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
