"""What a practice device can be told to do wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonValue

LOCKED = "locked"
WRONG_APP = "wrong_app"
APP_CLOSED = "app_closed"
APP_MISSING = "app_missing"
UNPLUGGED = "unplugged"
SLOW = "slow"
GARBAGE = "garbage"
LATE_ANSWER = "late_answer"
SIGNS_ELSE = "signs_else"
REFUSES = "refuses"
HANG = "hang"
IN_USE = "in_use"
NO_PERMISSION = "no_permission"
SHORT_ANSWER = "short_answer"
FAULT_NAMES = (
    LOCKED,  # answers 5515 until it is unlocked
    WRONG_APP,  # another app is open
    APP_CLOSED,  # the dashboard is open
    APP_MISSING,  # the app is not installed
    UNPLUGGED,  # option ``when``: now, review (when a review appears), answer (within the next answer)
    SLOW,  # option ``ms``: waits before each report
    GARBAGE,  # option ``kind``: random, sequence, channel, tag
    LATE_ANSWER,  # the next answer goes to whoever opens the device next; once
    SIGNS_ELSE,  # signs another digest than the one of the transaction
    REFUSES,  # every question to the person is answered with no at once
    HANG,  # takes reports and never answers
    IN_USE,  # cannot be opened: another program has it
    NO_PERMISSION,  # cannot be opened: the system forbids it
    SHORT_ANSWER,  # answers lack the second half of their data
)
#: The choices of options; the first is what stands without one.
OPTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    UNPLUGGED: ("when", ("now", "review", "answer")),
    GARBAGE: ("kind", ("random", "sequence", "channel", "tag")),
}
DEFAULT_SLOW_MS = 200
MAX_SLOW_MS = 60_000


class Faults:
    """Which faults are on, with their options."""

    def __init__(self, at_start: Iterable[str] = ()) -> None:
        """Raises UsageError for an unknown fault."""
        self._on: dict[str, str] = {}
        self.slow_ms = DEFAULT_SLOW_MS
        for name in at_start:
            self.switch(name, is_on=True)

    def switch(self, name: str, *, is_on: bool, options: Mapping[str, JsonValue] | None = None) -> None:
        """Raises UsageError for an unknown fault or option."""
        if name not in FAULT_NAMES:
            raise UsageError(f"There is no fault {name[:40]!r}. Known: {', '.join(FAULT_NAMES)}.")
        given = dict(options or {})
        choice = self._choice(name, given) if name in OPTIONS else ""
        if name == SLOW:
            self.slow_ms = self._milliseconds(given.pop("ms", DEFAULT_SLOW_MS))
        if given:
            raise UsageError(f"The fault {name} has no option {sorted(given)[0][:40]!r}.")
        if is_on:
            self._on[name] = choice
        else:
            self._on.pop(name, None)

    @staticmethod
    def _choice(name: str, given: dict[str, JsonValue]) -> str:
        option, choices = OPTIONS[name]
        choice = given.pop(option, choices[0])
        if not isinstance(choice, str) or choice not in choices:
            raise UsageError(f"{option} of the fault {name} is one of {', '.join(choices)}.")
        return choice

    @staticmethod
    def _milliseconds(value: JsonValue) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MAX_SLOW_MS:
            raise UsageError(f"ms of the fault {SLOW} is a number from 1 to {MAX_SLOW_MS}.")
        return value

    def has(self, name: str) -> bool:
        """True when the fault is on."""
        return name in self._on

    def option(self, name: str) -> str | None:
        """The choice that stands for a fault that is on, else None."""
        return self._on.get(name)

    def take(self, name: str) -> bool:
        """True when the fault was on; it is off then."""
        return self._on.pop(name, None) is not None

    def names(self) -> list[str]:
        """Those that are on."""
        return sorted(self._on)
