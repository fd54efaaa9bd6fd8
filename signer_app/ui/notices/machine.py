"""Which desktop notices to show now: a state machine over facts and the time. It knows neither Qt nor files.

- A proposal that needs this person is told at most twice: when it arrives, and once when less than an hour
  is left. A denied one that carries a signature, a halt, a journal that cannot be written, signers that
  differ from the policy and another certificate of a node are told once while they stand.
- What was there when the workspace was opened is on the page that opens, and what comes while a person looks
  at the window is in the window: neither is told. What only the inbox shows waits until the person has
  looked there (then it is seen) or away (then it is told).
- Quiet hours hold back everything but HELD_BY_NOTHING; what is held comes afterwards if it is still true.
- Locked, times of deadlines are all that is kept, and one sentence without a name all that is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from signer_app.ui.words import notices as words

#: A deadline is told when this much is left.
SOON: Final = timedelta(minutes=60)
#: More than this at once become one line; fewer when the workspace was just opened.
MOST_LINES, MOST_AT_FIRST = 3, 1
HALTED, JOURNAL, DENIED, DRIFTED, CERTIFICATE, LATE, ARRIVED = words.SENTENCES
HELD_BY_NOTHING: Final = frozenset({HALTED, JOURNAL, DENIED})
#: What asks for a signature; the other kinds are alarms.
ASKS: Final = frozenset({LATE, ARRIVED})


class Sight(IntEnum):
    """What the person looks at."""

    AWAY = 0
    WINDOW = 1
    INBOX = 2


#: Where a kind is seen: banners and the counter are on every page, the rest in the inbox.
_SEEN_IN: Final = {
    HALTED: Sight.WINDOW,
    JOURNAL: Sight.WINDOW,
    ARRIVED: Sight.WINDOW,
    DENIED: Sight.INBOX,
    DRIFTED: Sight.INBOX,
    CERTIFICATE: Sight.WINDOW,
    LATE: Sight.INBOX,
}


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A proposal that is open. ``account``: as people call it, "" where nobody named it. ``needs_me``: it
    waits, and no key of this person has signed it. ``stopped``: denied, and it carries a signature."""

    id: str
    account: str = ""
    expires_at: datetime | None = None
    needs_me: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A halt, an account with other signers, a node with another certificate: what tells it from others, and
    how people call the account."""

    id: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an open workspace."""

    proposals: tuple[OpenProposal, ...] = ()
    halts: tuple[Named, ...] = ()
    writable: bool = True
    drifted: tuple[Named, ...] = ()
    certificates: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet hours, in minutes after midnight; they may pass midnight, and two equal times are none."""

    start: int
    end: int

    def holds(self, now: datetime) -> bool:
        """Whether ``now``, in the zone that it carries, is quiet."""
        minute = now.hour * 60 + now.minute
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Something that may be told. ``keys``: all that is told with it."""

    kind: str
    account: str
    keys: tuple[tuple[str, str], ...]


class Notices:
    """What was told or seen, for one workspace in one run of the program."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] = set()
        self._deadlines: dict[str, datetime] = {}
        #: Survive the lock: deadlines that are still to be told, and those that were.
        self._ahead: set[datetime] = set()
        self._past: set[datetime] = set()
        self._first = True

    def open(self) -> None:
        """The workspace was opened: the next look takes what is there as seen."""
        self._first = True

    def lock(self) -> None:
        """Keep times of deadlines and nothing else."""
        if not self._first:  # else nothing was read since it was opened, and what was kept is still true
            late = {identifier for kind, identifier in self._told if kind == LATE}
            self._ahead = {at for identifier, at in self._deadlines.items() if identifier not in late}
        self._told.clear()
        self._deadlines.clear()

    @property
    def waiting(self) -> bool:
        """Whether something is still to be told while it is locked."""
        return bool(self._ahead)

    def look(
        self, facts: Facts, now: datetime, *, sight: Sight = Sight.AWAY, quiet: Quiet | None = None
    ) -> tuple[str, ...]:
        """What to show now, the gravest first. ``now`` carries the zone in which quiet hours are meant."""
        first, self._first = self._first, False
        held = quiet is not None and quiet.holds(now)
        self._remember(facts, now, first=first)
        shown: list[_Candidate] = []
        for item in self._candidates(facts, now):
            seen = sight >= _SEEN_IN[item.kind] or (first and item.kind != LATE)
            if not seen:
                if sight is not Sight.AWAY or (held and item.kind not in HELD_BY_NOTHING):
                    continue
                shown.append(item)
            self._told.update(item.keys)
            if item.kind == LATE:
                self._past.update(self._deadlines[identifier] for _, identifier in item.keys[:1])
        return _lines(shown, MOST_AT_FIRST if first else MOST_LINES)

    def look_locked(self, now: datetime, *, quiet: Quiet | None = None) -> tuple[str, ...]:
        """The one sentence without a name, once for each deadline that comes near while it is locked."""
        self._ahead = {at for at in self._ahead if at > now}
        if quiet is not None and quiet.holds(now):
            return ()
        near = {at for at in self._ahead if at - SOON < now}
        self._ahead -= near
        self._past |= near
        return (words.LOCKED,) if near else ()

    def _remember(self, facts: Facts, now: datetime, *, first: bool) -> None:
        """Forget what has passed, so that it can be told when it comes again; never that a proposal was
        told."""
        self._deadlines = {
            item.id: item.expires_at
            for item in facts.proposals
            if item.needs_me and item.expires_at is not None and item.expires_at > now
        }
        self._ahead.clear()
        self._past = {at for at in self._past if at > now}
        if first:
            self._told |= {(ARRIVED, item.id) for item in facts.proposals}
            # Of those that do not ask now too: one that is allowed again was told all the same.
            self._told |= {(LATE, item.id) for item in facts.proposals if item.expires_at in self._past}
        standing = {(DRIFTED, item.id) for item in facts.drifted} | {
            (HALTED, item.id) for item in facts.halts
        }
        standing |= {(CERTIFICATE, item.id) for item in facts.certificates}
        standing |= set() if facts.writable else {(JOURNAL, "")}
        self._told = {key for key in self._told if key in standing or key[0] in (DENIED, LATE, ARRIVED)}

    def _candidates(self, facts: Facts, now: datetime) -> list[_Candidate]:
        """What holds and was neither told nor seen, the gravest first."""
        order = [*words.SENTENCES]
        found = [item for item in self._holding(facts, now) if item.keys[0] not in self._told]
        return sorted(found, key=lambda item: order.index(item.kind))

    def _holding(self, facts: Facts, now: datetime) -> Iterator[_Candidate]:
        for halt in facts.halts:
            yield _Candidate(HALTED, halt.account, ((HALTED, halt.id),))
        if not facts.writable:
            yield _Candidate(JOURNAL, "", ((JOURNAL, ""),))
        for account in facts.drifted:
            yield _Candidate(DRIFTED, account.account, ((DRIFTED, account.id),))
        for node in facts.certificates:
            yield _Candidate(CERTIFICATE, "", ((CERTIFICATE, node.id),))
        for item in facts.proposals:
            if item.stopped:
                yield _Candidate(DENIED, item.account, ((DENIED, item.id),))
            at = item.expires_at
            if not item.needs_me or (at is not None and at <= now):
                continue
            # An arrival that was not told by now is told by the deadline.
            late, arrived = (LATE, item.id), (ARRIVED, item.id)
            if at is not None and at - SOON < now and late not in self._told:
                yield _Candidate(LATE, item.account, (late, arrived))
            else:
                yield _Candidate(ARRIVED, item.account, (arrived,))


def _lines(shown: list[_Candidate], most: int) -> tuple[str, ...]:
    """Sentences; above ``most`` one line, which keeps the gravest."""
    if len(shown) > most:
        late = sum(1 for item in shown if item.kind == LATE)
        if all(item.kind in ASKS for item in shown):
            return (words.several(len(shown), late),)
        gravest = shown[0]
        return (words.and_more(words.SENTENCES[gravest.kind](1, gravest.account), len(shown) - 1),)
    return tuple(_sentences((item.kind, item.account) for item in shown))


def _sentences(told: Iterable[tuple[str, str]]) -> Iterator[str]:
    for (kind, account), count in Counter(told).items():
        yield words.SENTENCES[kind](count, account)
