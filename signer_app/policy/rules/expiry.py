"""expiry: a transaction must end, and soon enough; one that already ended is refused (CONTRACTS A).

XRPL: LastLedgerSequence L can still be taken while the validated ledger is before L. Of the operators'
ledgers the lowest counts, which is the stricter side for "too far". A bound in seconds holds there too, as
the number of ledgers that builders make of such a time; the stricter bound decides (docs/decisions/0013).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Literal

from signer_app.chains.port import SECONDS_PER_LEDGER
from signer_app.policy.case import Checks, Run
from signer_app.policy.checks import FAIL, INDETERMINATE, NOT_APPLICABLE, PASS, Check
from signer_app.policy.observations import Decided, number
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms, Undecided
from signer_app.policy.schema import Count, Seconds


class Expiry(RuleModel):
    """``max_ledgers`` bounds an expiry by ledger; ``max_seconds`` one by time, and one by ledger through the
    pace of ledgers. Both absent: no bound.
    """

    kind: Literal["expiry"]
    required: bool
    max_ledgers: Count | None = None
    max_seconds: Seconds | None = None

    def compile(self, terms: Terms) -> Judge:
        select = terms.matching.touching(self.match)
        unconcerned = self.not_concerned("EXPIRY_TOO_FAR")
        if self.required:
            never = (self.says("EXPIRY_MISSING", FAIL, "expiry_missing"),)
        else:
            never = (self.says("EXPIRY_MISSING", NOT_APPLICABLE, "expiry_none_needed"),)

        def judge(case: Case) -> Checks | Run:
            if self.match is not None and not select(case):
                return unconcerned
            ending = case.subject.inspection.expiry
            if ending is None:
                return never
            if ending.kind != "ledger":
                return self._by_time
            return self._by_ledger(case)

        return judge

    def _by_ledger(self, case: Case) -> Checks | Run:
        """Everything but the last ledger itself is known from the facts."""
        network = case.subject.inspection.network
        fact = case.readings.judge("network", network)
        if isinstance(fact, Undecided):
            return (self.undecided(fact),)
        validated = number(fact.value.get("validated"))
        if validated is None:
            return (self.undecided(_lacks(fact, network, "validated")),)
        if not _is_of(network, fact):
            return (self.undecided(Undecided("FACT_DISAGREES", "fact_disagrees", "network", network)),)

        most = self._most_ledgers()

        def run(case: Case) -> Checks:
            last = _stated(case)
            if last is None:
                return (self.says("EXPIRY_TOO_FAR", INDETERMINATE, "expiry_unclear"),)
            return (self._judged(last, validated, most, "ledgers", fact),)

        return run

    def _most_ledgers(self) -> int | None:
        bounds = [self.max_ledgers] if self.max_ledgers is not None else []
        if self.max_seconds is not None:
            bounds.append(math.ceil(self.max_seconds / SECONDS_PER_LEDGER))
        return min(bounds, default=None)

    def _by_time(self, case: Case) -> Checks:
        """Expiry by closing time in seconds since 1970 (Stellar timeBounds.maxTime)."""
        now, last = case.readings.now, _stated(case)
        if now is None:
            return (self.undecided(case.readings.no_time("network", case.subject.inspection.network)),)
        if last is None:
            return (self.says("EXPIRY_TOO_FAR", INDETERMINATE, "expiry_unclear"),)
        return (self._judged(last, _seconds(now), self.max_seconds, "seconds", None),)

    def _judged(self, last: int, now: int, most: int | None, unit: str, fact: Decided | None) -> Check:
        evidence = fact.evidence if fact else ()
        if last <= now:
            code, verdict, message, expected, actual = "EXPIRED", FAIL, "expiry_past", last, now
        else:
            too_far = most is not None and last - now > most
            code, verdict = "EXPIRY_TOO_FAR", FAIL if too_far else PASS
            message = "expiry_too_far" if too_far else "expiry_ok" if most is not None else "expiry_set"
            expected, actual = most or 0, last - now
        return Check(
            self.id, self.kind, code, verdict, self.level, message, expected, actual, unit,
            evidence=evidence, values={"last": last},
        )  # fmt: skip


def _stated(case: Case) -> int | None:
    ending = case.subject.inspection.expiry
    return number(ending.value) if ending is not None else None


def _seconds(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def _is_of(network: str, fact: Decided) -> bool:
    """Whether the fact, where it states its network id, is of the network it stands under."""
    stated = fact.value.get("network_id")
    return stated is None or str(stated) == network.partition(":")[2]


def _lacks(fact: Decided, network: str, what: str) -> Undecided:
    return Undecided(
        "FACT_MISSING", "fact_incomplete", "network", network, lacks=what, evidence=fact.evidence
    )
