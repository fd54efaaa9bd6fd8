"""What a practice device has done, for tests and for the person who practises. Bounded, and no secret."""

from __future__ import annotations

from collections import deque

from signer_app.core.clock import format_time, machine_clock
from signer_app.core.json_types import JsonObject
from signer_app.practice.devices.screens import Flow, Purpose

_MAX_EXCHANGES = 500
_MAX_SCREENS = 2_000
_MAX_DECISIONS = 500


class History:
    """The newest exchanges, screens and decisions."""

    def __init__(self) -> None:
        self._exchanges: deque[JsonObject] = deque(maxlen=_MAX_EXCHANGES)
        self._screens: deque[str] = deque(maxlen=_MAX_SCREENS)
        self._decisions: deque[JsonObject] = deque(maxlen=_MAX_DECISIONS)

    def exchange(self, apdu: bytes, answer: bytes | None) -> None:
        """An APDU and its answer; null where none is given."""
        self._exchanges.append(
            {"at": _now(), "apdu": apdu.hex(), "answer": None if answer is None else answer.hex()}
        )

    def screen(self, flow: Flow) -> None:
        """What has come on the screen."""
        self._screens.append(flow.page.text())

    def decision(self, purpose: Purpose, approved: bool, by: str, reason: str | None) -> None:
        """A question and how it was answered, by "person", "approver", "fault" or "device"."""
        self._decisions.append(
            {
                "at": _now(),
                "purpose": purpose.value,
                "decision": "approved" if approved else "rejected",
                "by": by,
                "reason": reason,
            }
        )

    def to_json(self) -> JsonObject:
        """Shape: {exchanges: [{at, apdu, answer}], screens: [text], decisions: [{at, purpose, …}]}."""
        return {
            "exchanges": [dict(row) for row in self._exchanges],
            "screens": list(self._screens),
            "decisions": [dict(row) for row in self._decisions],
        }


def _now() -> str:
    return format_time(machine_clock())
