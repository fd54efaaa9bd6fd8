"""count_cap: the most payments in a sliding window, by account or by destination (CONTRACTS A)."""

from __future__ import annotations

from typing import Literal

from signer_app.policy.checks import FAIL, PASS, Check, Shown
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

        def judge(case: Case) -> tuple[Check, ...]:
            names = {
                (view.account, view.to if by_destination else None): None
                for view in select(case)
                if view.kind in _PAYMENTS
            }
            if not names:
                return unconcerned
            return tuple(self._check(case, account, to) for account, to in names)

        return judge

    def _check(self, case: Case, account: str, to: str | None) -> Check:
        window = case.readings.window(account, self.window_s, None, to)
        if isinstance(window, Undecided):
            return self.undecided(window)
        own = case.subject.inspection.proposal_id
        count = window.count_without(own) + 1
        values: dict[str, Shown] = {"hours": window_words(self.window_s)}
        if count <= self.max:
            verdict, message = PASS, "count"
        else:
            verdict, message = FAIL, "count_over"
            values["room"] = room_words(count_room_again(window, own, self.window_s, count - self.max))
        return Check(
            self.id, self.kind, "COUNT_CAP", verdict, self.level, message,
            self.max, count, "payments", evidence=window.evidence, values=values,
        )  # fmt: skip
