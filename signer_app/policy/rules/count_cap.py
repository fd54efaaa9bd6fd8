"""count_cap: the most payments in a sliding window, by account or by destination (CONTRACTS A)."""

from __future__ import annotations

from typing import Literal

from signer_app.policy.case import Checks, Run, unshaped
from signer_app.policy.checks import FAIL, PASS, Check, Shown, new_check
from signer_app.policy.outflows import count_room_again
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms, Undecided, room_words, window_words
from signer_app.policy.schema import Count, Seconds

#: Effects that are a payment. A fee alone is none.
_PAYMENTS = frozenset({"Transfer", "EscrowOpen", "Allowance"})


class CountCap(RuleModel):
    """Counts proposals, not legs: a transaction that pays twice is one."""

    kind: Literal["count_cap"]
    by: Literal["account", "destination"]
    max: Count
    window_s: Seconds

    def compile(self, terms: Terms) -> Judge:
        select = terms.matching.touching(self.match)
        unconcerned = self.not_concerned("COUNT_CAP")
        by_destination = self.by == "destination"

        def judge(case: Case) -> Checks | Run:
            payments = [view for view in select(case) if view.kind in _PAYMENTS]
            names = dict.fromkeys((view.account, view.to if by_destination else None) for view in payments)
            runs = [self._group(case, account, to) for account, to in names]
            if not runs:
                return unconcerned
            if len(runs) == 1:
                return runs[0]
            return lambda case: tuple(check for run in runs for check in run(case))

        # Receivers are no part of the shape.
        return unshaped(judge) if by_destination else judge

    def _group(self, case: Case, account: str, to: str | None) -> Run:
        """Judges one more payment from ``account`` (to ``to``)."""
        window = case.readings.window(account, self.window_s, None, to)
        if isinstance(window, Undecided):
            undecided = (self.undecided(window),)
            return lambda _case: undecided
        rule, kind, level, most, evidence = self.id, self.kind, self.level, self.max, window.evidence
        hours: dict[str, Shown] = {"hours": window_words(self.window_s)}

        def run(case: Case) -> Checks:
            own = case.own
            count = window.count_without(own) + 1
            verdict, message, values = PASS, "count", hours
            if count > most:
                room = count_room_again(window, own, self.window_s, count - most)
                verdict, message, values = FAIL, "count_over", {**hours, "room": room_words(room)}
            members = (
                rule, kind, "COUNT_CAP", verdict, level, message, most, count, "payments", "", evidence,
                values
            )  # fmt: skip
            return (new_check(Check, members),)

        return run
