"""The last lock where no quorum rule concerns a transaction (DESIGN promise 6).

A complete set of signatures is money for whoever holds it. Which people must have signed is said by quorum
rules; a transaction that none of them concerns has no quorum of the policy that could ever be met, so the
ledger's alone must not decide. Where a rule does concern it, that rule judges (rules/quorum.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from signer_app.policy.case import Case, Judge, unshaped
from signer_app.policy.checks import BUILT_IN, FAIL, NOT_APPLICABLE, PASS, Check, Level
from signer_app.policy.matching import Select, asks_beyond_shape
from signer_app.policy.observations import Undecided
from signer_app.policy.rules.base import built_in, built_in_undecided
from signer_app.policy.rules.quorum import QuorumRule

_KIND: Final = "quorum"
_PROPOSED: Final = (built_in(_KIND, "QUORUM_BYPASS", NOT_APPLICABLE, "quorum_none"),)


def compile_last_lock(quorums: Sequence[tuple[Select, QuorumRule]]) -> Judge:
    """QUORUM_BYPASS, and in phase submit QUORUM, for what none of these rules concerns."""
    if any(rule.match is None for _, rule in quorums):
        return lambda _case: ()

    def judge(case: Case) -> tuple[Check, ...]:
        if any(select(case) for select, _ in quorums):
            return ()
        return _PROPOSED if case.phase == "propose" else (_judge(case),)

    return unshaped(judge) if any(asks_beyond_shape(rule.match) for _, rule in quorums) else judge


def _judge(case: Case) -> Check:
    """Phase sign: the signatures with the one about to be made; phase submit: those present."""
    inspection = case.subject.inspection
    ledger = case.readings.signers(inspection.account)
    if isinstance(ledger, Undecided):
        return built_in_undecided(_KIND, ledger)
    weight = ledger.weight_of(case.signed)
    # A transaction in single mode is complete with whatever signature it gets.
    complete = weight >= ledger.quorum or inspection.mode != "multi"
    if complete:
        code, verdict, message = "QUORUM_BYPASS", FAIL, "bypass_no_rule"
    elif case.phase == "sign":
        code, verdict, message = "QUORUM_BYPASS", PASS, "bypass_ok"
    else:
        code, verdict, message = "QUORUM", FAIL, "ledger_quorum_open"
    return Check(
        BUILT_IN, _KIND, code, verdict, Level.HARD, message,
        ledger.quorum, weight, evidence=ledger.fact.evidence,
    )  # fmt: skip
