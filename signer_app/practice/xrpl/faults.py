"""Faults that a practice network can be told to have (CONTRACTS C), each for one operator or for all."""

from __future__ import annotations

from collections.abc import Iterable

from signer_app.core.errors import UsageError

REFUSE = "refuse"
DROP_ANSWER = "drop_answer"
LIE = "lie"
NEVER_VALIDATE = "never_validate"
FEE_SPIKE = "fee_spike"
CLOSE_WS = "close_ws"
HISTORY_GAP = "history_gap"
#: The names of CONTRACTS C, which the command line takes.
FAULT_NAMES = (REFUSE, DROP_ANSWER, LIE, NEVER_VALIDATE, FEE_SPIKE, CLOSE_WS, HISTORY_GAP)
#: A reader that gets no new ledgers, and one that answers nobody: only by the method practice_fault.
LAG = "lag"
CUT = "cut"
_METHOD_ONLY = (LAG, CUT)
#: Never_validate is a property of the network, so that it cannot be told to one operator alone.
_NETWORK_WIDE = (NEVER_VALIDATE,)
#: What open-ledger load does to the base fee under fee_spike.
SPIKE = 100


class Faults:
    """Which faults are on, for which operator."""

    def __init__(self, operators: Iterable[str], at_start: Iterable[str] = ()) -> None:
        """``operators`` in order of their endpoints. Raises UsageError for an unknown fault."""
        self._operators = tuple(operators)
        self._on: dict[str, set[str]] = {name: set() for name in (*FAULT_NAMES, *_METHOD_ONLY)}
        for name in at_start:
            if name not in FAULT_NAMES:
                raise UsageError(f"There is no fault {name!r}. Known: {', '.join(FAULT_NAMES)}.")
            self.switch(name, is_on=True)

    def switch(self, name: str, *, is_on: bool, operator: str | None = None) -> None:
        """Switch for one operator, or as a fault is by itself.

        ``lie``, ``lag`` and ``cut`` the last, others all.
        """
        if name not in self._on or (operator is not None and operator not in self._operators):
            raise UsageError(f"There is no fault {name!r} for {operator or 'this network'}.")
        if operator is None or name in _NETWORK_WIDE:
            last_only = name in (LIE, *_METHOD_ONLY) and is_on
            touched = self._operators[-1:] if last_only else self._operators
        else:
            touched = (operator,)
        (self._on[name].update if is_on else self._on[name].difference_update)(touched)

    def has(self, name: str, operator: str) -> bool:
        """True when the fault is on for the operator."""
        return operator in self._on[name]

    def never_validates(self) -> bool:
        """True while ledgers close without transactions."""
        return bool(self._on[NEVER_VALIDATE])

    def to_json(self) -> dict[str, list[str]]:
        """Shape: {fault: [operator]}, those that are on."""
        return {name: sorted(operators) for name, operators in self._on.items() if operators}
