"""Taking time: the best of several rounds, because noise only adds, and a loop that takes turns with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


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


def measure(
    name: str, work: Callable[[], object], *, units: int, unit: str, loop: Loop, rounds: int = 5
) -> Figure:
    """Run work and loop in turns; the quickest run of each counts.

    In turns, because what else the machine does then slows both or neither.
    """
    seconds = base = float("inf")
    for _ in range(rounds):
        base = min(base, timed(loop.run))
        seconds = min(seconds, timed(work))
    return Figure(name, units, unit, seconds, loop.name, base)


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
