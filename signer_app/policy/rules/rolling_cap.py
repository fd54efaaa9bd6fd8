"""rolling_cap: the most of one asset in a sliding window, by account or by destination (CONTRACTS A).

What counts is what the ledger shows over the window and every proposal known here that carries a signature;
the judged proposal itself counts once. Exactly at the cap passes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from signer_app.core.amounts import add, subtract
from signer_app.policy.checks import FAIL, PASS, Check, Shown
from signer_app.policy.outflows import room_again
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms, Undecided, room_words, window_words
from signer_app.policy.schema import Amount, AssetId, Seconds
from signer_app.policy.subject import View


class RollingCap(RuleModel):
    """``by`` account: all outflows of the account; destination: those from it to the same receiver."""

    kind: Literal["rolling_cap"]
    by: Literal["account", "destination"]
    asset: AssetId
    max: Amount
    window_s: Seconds

    def compile(self, terms: Terms) -> Judge:
        select = terms.matching.touching(self.match)
        unconcerned = self.not_concerned("ROLLING_CAP")

        def judge(case: Case) -> tuple[Check, ...]:
            sums = self._sums(select(case))
            if not sums:
                return unconcerned
            return tuple(self._check(case, account, to, amount) for (account, to), amount in sums.items())

        return judge

    def _sums(self, views: Iterable[View]) -> dict[tuple[str, str | None], Decimal]:
        """What the transaction itself adds, by account and, by destination, receiver."""
        sums: dict[tuple[str, str | None], Decimal] = {}
        for view in views:
            for asset, amount in view.amounts:
                if asset != self.asset or (self.by == "destination" and view.to is None):
                    continue
                name = (view.account, view.to if self.by == "destination" else None)
                sums[name] = add(sums[name], amount) if name in sums else amount
        return sums

    def _check(self, case: Case, account: str, to: str | None, this: Decimal) -> Check:
        window = case.readings.window(account, self.window_s, self.asset, to)
        if isinstance(window, Undecided):
            return self.undecided(window)
        own = case.subject.inspection.proposal_id
        used = window.without(own)
        total = add(used, this)
        values: dict[str, Shown] = {"used": used, "this": this, "hours": window_words(self.window_s)}
        if total <= self.max:
            verdict, message = PASS, "rolling"
        else:
            verdict, message = FAIL, "rolling_over"
            over = subtract(total, self.max)
            values["over"] = over
            values["room"] = room_words(room_again(window, own, self.window_s, over))
        return Check(
            self.id, self.kind, "ROLLING_CAP", verdict, self.level, message,
            self.max, total, self.asset, evidence=window.evidence, values=values,
        )  # fmt: skip
