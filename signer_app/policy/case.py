"""One evaluation: a transaction, facts, a phase. Rules read it; nothing in it changes what they answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from signer_app.policy.checks import Check
from signer_app.policy.people import KeyTable, Signed
from signer_app.policy.readings import Readings
from signer_app.policy.subject import Subject, View

PHASES: Final = ("propose", "sign", "submit")


class Case:
    """State of one evaluation. ``signer`` is the CAIP-10 account about to sign, in phase sign."""

    __slots__ = ("_present", "keys", "matched", "phase", "readings", "signer", "subject")

    def __init__(
        self, subject: Subject, readings: Readings, keys: KeyTable, phase: str, signer: str | None
    ) -> None:
        self.subject = subject
        self.readings = readings
        self.keys = keys
        self.phase = phase
        self.signer = signer
        #: Views that each distinct `match` of the policy selects, filled on first use.
        self.matched: dict[int, tuple[View, ...]] = {}
        self._present: tuple[Signed, ...] | None = None

    @property
    def signed(self) -> tuple[Signed, ...]:
        """Signatures present, and in phase sign the one about to be made."""
        if self._present is None:
            context = self.readings.context
            also = self.signer if self.phase == "sign" else None
            self._present = self.keys.present(context.signatures if context else (), also)
        return self._present


Judge: TypeAlias = Callable[[Case], tuple[Check, ...]]
