"""Taking time: the best of several rounds, because noise only ever adds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``seconds`` for ``units`` pieces of work; ``base`` is a loop of the figure's own to compare with."""

    name: str
    seconds: float
    units: int
    unit: str
    base: float = 0.0

    @property
    def rate(self) -> float:
        return self.units / self.seconds


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """Seconds of the quickest of ``rounds`` runs."""
    quickest = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        quickest = min(quickest, time.perf_counter() - started)
    return quickest
