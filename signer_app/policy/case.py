"""One evaluation: a transaction, facts, a phase. Rules read it; nothing in it changes what they answer.

A rule answers in one or two steps. Given the shape of a transaction (types, accounts, assets, flags, facts,
phase; not amounts, receivers, ids, times or texts) it gives its checks, or a function that gives them for any
transaction of that shape. Shapes are few in a treasury, so the engine keeps the first step.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, NamedTuple, TypeAlias

from signer_app.core.effects import EscrowOpen, FeePaid, TicketReserve, Transfer, TrustChange
from signer_app.policy.checks import Check
from signer_app.policy.people import KeyTable, Signed
from signer_app.policy.readings import Readings
from signer_app.policy.subject import Subject, View

PHASES: Final = ("propose", "sign", "submit")

#: Answers kept by one judge for one shape.
_MAX_RECEIVERS: Final = 1024
#: Effects whose fields outside the shape no first step reads.
_REGULAR: Final = frozenset({Transfer, EscrowOpen, TrustChange, FeePaid, TicketReserve})


class Case:
    """State of one evaluation. ``signer`` is the CAIP-10 account about to sign, in phase sign."""

    __slots__ = (
        "_present",
        "_receivers",
        "amounts",
        "keys",
        "matched",
        "own",
        "phase",
        "readings",
        "signer",
        "subject",
    )

    def __init__(
        self, subject: Subject, readings: Readings, keys: KeyTable, phase: str, signer: str | None
    ) -> None:
        self.subject = subject
        #: All amounts in order, and the proposal_id: what second steps read most.
        self.amounts = subject.amounts
        self.own = subject.inspection.proposal_id
        self.readings = readings
        self.keys = keys
        self.phase = phase
        self.signer = signer
        #: Views that each distinct `match` of the policy selects, filled on first use.
        self.matched: dict[int, tuple[View, ...]] = {}
        self._present: tuple[Signed, ...] | None = None
        self._receivers: Hashable | None = None

    @property
    def signed(self) -> tuple[Signed, ...]:
        """Signatures present, and in phase sign the one about to be made."""
        if self._present is None:
            context = self.readings.context
            also = self.signer if self.phase == "sign" else None
            self._present = self.keys.present(context.signatures if context else (), also)
        return self._present

    @property
    def receivers(self) -> Hashable:
        """What a shape leaves out about who receives: accounts, tags and memos, in order."""
        if self._receivers is None:
            self._receivers = tuple(
                [
                    (view.to, view.tag, view.effect.memo if type(view.effect) is Transfer else None)
                    for view in self.subject.views
                    if view.to is not None
                ]
            )
        return self._receivers

    def shape(self) -> Hashable | None:
        """All that first steps may read, or None for a transaction out of the ordinary, which is never
        kept.
        """
        inspection = self.subject.inspection
        if (
            len(inspection.legs) != 1
            or inspection.warnings
            or inspection.signatures
            or self.subject.bare_legs
        ):
            return None
        leg = inspection.legs[0]
        ending = inspection.expiry
        parts: list[Hashable] = [
            self.phase,
            self.signer,
            inspection.network,
            inspection.account,
            inspection.mode,
            ending and ending.kind,
            leg.path,
            leg.type,
            leg.account,
            leg.flags,
            leg.unknown_flags,
        ]
        for view in self.subject.views:
            effect = view.effect
            if view.leg is not leg or type(effect) not in _REGULAR:
                return None
            if type(effect) is Transfer:
                if effect.partial:
                    return None
                parts.append(effect.paths)
            parts += (view.kind, view.account, view.assets)
        return tuple(parts)


Checks: TypeAlias = tuple[Check, ...]
#: The second step: checks for any transaction of the shape.
Run: TypeAlias = Callable[[Case], Checks]
#: The first step.
Judge: TypeAlias = Callable[[Case], "Checks | Run"]


def settle(judge: Judge, case: Case) -> Checks:
    """Both steps at once."""
    answer = judge(case)
    return answer(case) if callable(answer) else answer


def unshaped(judge: Judge) -> Judge:
    """A judge whose answer depends on more than the shape."""

    def run(case: Case) -> Checks:
        return settle(judge, case)

    return lambda _case: run


def by_receivers(judge: Judge) -> Judge:
    """A judge who asks for the shape and the receivers; payments to one receiver are answered once."""

    def first(_case: Case) -> Run:
        answers: dict[Hashable, Checks] = {}

        def run(case: Case) -> Checks:
            answer = answers.get(case.receivers)
            if answer is None:
                if len(answers) >= _MAX_RECEIVERS:
                    answers.clear()
                answer = answers[case.receivers] = settle(judge, case)
            return answer

        return run

    return first


def chosen_first(judge: Judge, select: Callable[[Case], tuple[View, ...]]) -> Judge:
    """A judge of a rule whose `match` asks for more than the shape, and who else asks for no more than it."""

    def first(_case: Case) -> Run:
        answers: dict[tuple[int, ...], Checks | Run] = {}

        def run(case: Case) -> Checks:
            chosen = select(case)
            name = tuple([view.position for view in chosen])
            answer = answers.get(name)
            if answer is None:
                answer = answers[name] = judge(case)
            return answer(case) if callable(answer) else answer

        return run

    return first


class Steps(NamedTuple):
    """First steps of all judges for one shape: what they settle, how that counts, and what is left to run."""

    settled: Checks
    worst: int
    runs: tuple[Run, ...]
