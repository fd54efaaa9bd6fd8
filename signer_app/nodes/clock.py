"""How this computer's clock stands to the ledger, as far as that can be told. Only for people.

Each node says in one answer which ledger it validated and what its own clock shows. What can be told from it:

- Whether this clock goes as the nodes' clocks do. A node's clock was read between the question and its
  answer, so the difference is known to half of that time. One operator's clock may be wrong: the middle one
  counts, and only where as many operators as the policy needs stand close to it.
- From the ledger alone, one direction. Validators agreed on when a ledger closed, so a clock that shows less
  is behind, whatever nodes say of theirs. A clock that shows more may be right: the ledger may be old. That
  is why the age of the last ledger is never taken for an error of the clock.

Close times are rounded by half a minute and more, and ledgers that are closed by hand have close times that
run ahead of every clock; the latter are left out by whoever asks (health.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from signer_app.core.json_types import JsonObject

AGREES, AHEAD, BEHIND, UNTOLD = "agrees", "ahead", "behind", "untold"
#: A difference up to this is none: it is of the size of what rounding, load and drift make.
BOUND_MS: Final = 10_000
#: A close time is rounded to a multiple of at most 120 s, to the nearer one (rippled, LedgerTiming.h).
ROUNDING_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Reading:
    """This clock is ``ahead_ms`` before the clock of one operator's node, give or take ``within_ms``."""

    operator: str
    ahead_ms: int
    within_ms: int


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """``ahead_ms`` is negative where this clock is behind, None where nothing can be told. ``operators``
    stand close to each other; ``need``: how many have to. ``differ``: there were enough, and they did not.
    ``by_ledger``: the ledger itself says so.
    """

    state: str
    ahead_ms: int | None
    within_ms: int
    operators: tuple[str, ...]
    need: int
    differ: bool = False
    by_ledger: bool = False

    def to_json(self) -> JsonObject:
        """{state, ahead_ms, within_ms, operators, need, differ, by_ledger}."""
        return {
            "state": self.state,
            "ahead_ms": self.ahead_ms,
            "within_ms": self.within_ms,
            "operators": [*self.operators],
            "need": self.need,
            "differ": self.differ,
            "by_ledger": self.by_ledger,
        }


def compare(readings: Sequence[Reading], closed: Sequence[datetime], at: datetime, need: int) -> ClockCheck:
    """Judge this computer's clock. ``closed``: close times of ledgers that the nodes agreed on; ``at``: what
    this clock showed after the last answer.
    """
    best: dict[str, Reading] = {}
    for reading in readings:  # of several nodes of an operator the quickest is the most exact
        known = best.get(reading.operator)
        if known is None or reading.within_ms < known.within_ms:
            best[reading.operator] = reading
    told = _told(list(best.values()), need)
    ahead = min((round((at - moment).total_seconds() * 1000) for moment in closed), default=0)
    if ahead < -ROUNDING_MS and (told.ahead_ms is None or told.ahead_ms > ahead):
        return ClockCheck(BEHIND, ahead, ROUNDING_MS, told.operators, need, by_ledger=True)
    return told


def _told(readings: list[Reading], need: int) -> ClockCheck:
    if not readings or len(readings) < need:
        return ClockCheck(UNTOLD, None, 0, tuple(sorted(item.operator for item in readings)), need)
    ordered = sorted(reading.ahead_ms for reading in readings)
    half = len(ordered) // 2
    middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2
    near = [item for item in readings if abs(item.ahead_ms - middle) <= BOUND_MS + item.within_ms]
    operators = tuple(sorted(item.operator for item in near))
    if len(near) < need:
        return ClockCheck(UNTOLD, None, 0, operators, need, differ=True)
    within = max(item.within_ms for item in near)
    off = abs(middle) - within > BOUND_MS
    state = AGREES if not off else AHEAD if middle > 0 else BEHIND
    return ClockCheck(state, middle, within, operators, need)
