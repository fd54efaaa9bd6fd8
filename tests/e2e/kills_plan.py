"""Which process dies where: kinds of victims, the places in each step, and a deck that is dealt by a seed."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass, field

#: Kinds of victims. PLACE and MOMENT are the command itself, at a failpoint and at a random time.
PLACE, MOMENT, KEYS, LEDGER = "command at a place", "command at any time", "key process", "practice ledger"
KINDS = (PLACE, MOMENT, KEYS, LEDGER)

#: Steps of a flow in order: (name, person).
STEPS = (
    ("new", "alice"),
    ("export-unsigned", "alice"),
    ("import-unsigned", "bob"),
    ("sign-bob", "bob"),
    ("export-bob", "bob"),
    ("import-bob", "carol"),
    ("sign-carol", "carol"),
    ("submit", "carol"),
    ("track-carol", "carol"),
    ("track-alice", "alice"),
    ("track-bob", "bob"),
    ("rebuild", "carol"),
)
NAMES = tuple(name for name, _ in STEPS)
WITH_KEYS = ("new", "sign-bob", "sign-carol")
WITH_NODES = tuple(name for name in NAMES if not name.startswith("export") and name != "rebuild")

_WRITES = ("before_write", "half_line", "after_write", "after_sync")
_RECOVERY = ("recovery_saved", "recovery_truncated", "recovery_recorded")
#: How many times a step appends to the journal, and how many of these appends come before the one after which
#: the step, given again, has nothing left to do.
_APPENDS = {
    "new": (5, 1), "export": (1, 1), "import": (6, 1), "sign": (8, 4), "submit": (5, 3), "track": (1, 1),
    "rebuild": (0, 0),
}  # fmt: skip


@dataclass(frozen=True)
class Kill:
    """One planned kill. ``place`` is name:nth of a failpoint; ``moment`` a part of the victim's usual life.

    ``late``: the step is done once this place is reached, so other places in it have to come first.
    ``then``: a failpoint of the next command on the same workspace, which finds what this one left.
    """

    kind: str
    step: str
    place: str = ""
    moment: float = 0.0
    late: bool = False
    then: str = ""

    def __str__(self) -> str:
        where = self.place or f"at {self.moment:.2f}"
        return f"{self.kind}, {self.step}, {where}" + (f", then {self.then}" if self.then else "")


def places_of(step: str) -> list[Kill]:
    """Every failpoint that a step passes in the command itself, with each passing."""
    verb = step.partition("-")[0]
    appends, early = _APPENDS[verb]
    places = [
        Kill(PLACE, step, f"journal.{name}:{nth}", late=_is_late(name, nth, early))
        for nth in range(1, appends + 1)
        for name in _WRITES
    ]
    if appends:
        places += [Kill(PLACE, step, "journal.half_line:1", then=f"journal.{name}:1") for name in _RECOVERY]
        places += [
            Kill(PLACE, step, f"projection.{name}:{nth}", late=nth >= early)
            for nth in range(1, (appends + 1) // 2 + 1)
            for name in ("before_commit", "after_commit")
        ]
    late = verb in ("new", "sign", "import")
    # New and sign open the keys, and with them write a checkpoint before each head.
    puts = {"new": 3, "sign": 6, "submit": 2, "track": 1, "export": 1, "import": 1}.get(verb, 0)
    places += [
        Kill(PLACE, step, f"vault.{name}:{nth}", late=late and (nth > 1 or verb == "import"))
        for nth in range(1, puts + 1)
        for name in ("temp_written", "replaced")
    ]
    if verb in ("new", "sign"):
        places += [
            Kill(PLACE, step, f"checkpoint.{name}:{nth}", late=True)
            for nth in range(1, 3 if verb == "sign" else 2)
            for name in ("before_append", "half", "appended")
        ]
    return places + [Kill(PLACE, step, f"{name}:1", late=late) for name, late in _OWN.get(verb, ())]


def _is_late(name: str, nth: int, early: int) -> bool:
    return nth > early + 1 or (nth == early + 1 and name.startswith("after"))


#: Places of one kind of step alone: (failpoint, late).
_OWN = {
    "sign": (("sign.after_intent", False), ("sign.before_released", False), ("sign.after_released", True)),
    "submit": (("submit.after_intent", True), ("submit.before_answer", True)),
    "export": (("file.temp_written", False), ("file.replaced", False)),
    "rebuild": (("projection.emptied", False), ("projection.before_commit", False),
                ("projection.after_commit", False)),
}  # fmt: skip


def key_places(step: str) -> list[Kill]:
    """Failpoints inside the key process."""
    names = ["keystore.unlocking:1", "attempts.temp_written:1", "attempts.replaced:1", "attempts.replaced:2",
             "keystore.before_statement:1"]  # fmt: skip
    places = [Kill(KEYS, step, name) for name in names]
    places.append(Kill(KEYS, step, "keystore.before_statement:2", late=True))
    if step.startswith("sign"):
        places += [Kill(KEYS, step, "keystore.before_sign:1"), Kill(KEYS, step, "keystore.after_sign:1")]
    return places


def _readiness(kill: Kill) -> int:
    """Places first, then what may come too late to keep the step from being done, then what is done by it."""
    if kill.late:
        return 3
    return 0 if kill.place else 2 if kill.kind == LEDGER else 1


@dataclass
class Deck:
    """All places, dealt without putting any back until each had its turn."""

    rng: random.Random
    all: list[Kill]
    _rest: list[Kill] = field(default_factory=list)

    def deal(self) -> Kill:
        if not self._rest:
            self._rest = self.rng.sample(self.all, len(self.all))
        return self._rest.pop()


class Plan:
    """Deals kills to flows until each kind has had its number of real ones."""

    def __init__(self, rng: random.Random, wanted: dict[str, int], *, per_flow: int = 50) -> None:
        self._rng = rng
        self._wanted = Counter(wanted)
        self.done: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self._per_flow = per_flow
        self._places = Deck(rng, [kill for name in NAMES for kill in places_of(name)])
        self._key_places = Deck(rng, [kill for name in WITH_KEYS for kill in key_places(name)])

    @property
    def left(self) -> int:
        """How many kills are still to come."""
        return sum((self._wanted - self.done).values())

    def note(self, kind: str, *, hit: bool) -> None:
        """Count a kill, or a victim that was gone (or a place not passed) before it came."""
        (self.done if hit else self.missed)[kind] += 1

    def deal(self) -> dict[str, list[Kill]]:
        """The kills of one flow by step, in the order in which they can all come true."""
        flows = max(1, math.ceil(self.left / self._per_flow))
        dealt: dict[str, list[Kill]] = {name: [] for name in NAMES}
        for kind in KINDS:
            open_ = max(0, self._wanted[kind] - self.done[kind])
            # Some places are missed; without spares a flow more would be played for the last of them.
            spares = 1 + open_ // (8 * flows) if kind in (PLACE, MOMENT) and open_ else 0
            for _ in range(math.ceil(open_ / flows) + spares):
                kill = self._one(kind, dealt)
                dealt[kill.step].append(kill)
        for kills in dealt.values():
            self._rng.shuffle(kills)
            kills.sort(key=_readiness)
        return dealt

    def _one(self, kind: str, dealt: dict[str, list[Kill]]) -> Kill:
        if kind == PLACE:
            return self._fitting(self._places, dealt)
        if kind == KEYS and self._rng.random() < 0.5:
            return self._fitting(self._key_places, dealt)
        steps = {MOMENT: NAMES, KEYS: WITH_KEYS, LEDGER: WITH_NODES}[kind]
        return Kill(kind, self._rng.choice(steps), moment=self._rng.random())

    @staticmethod
    def _fitting(deck: Deck, dealt: dict[str, list[Kill]]) -> Kill:
        """The next place that a flow can still reach: a step has at most one late one."""
        passed = []
        kill = deck.deal()
        while kill.late and any(other.late for other in dealt[kill.step]) and len(passed) < len(deck.all):
            passed.append(kill)
            kill = deck.deal()
        deck._rest = passed + deck._rest
        return kill
