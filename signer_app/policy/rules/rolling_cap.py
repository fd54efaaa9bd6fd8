"""rolling_cap: the most of one asset in a sliding window, by account or by destination (CONTRACTS A).

What counts is what the ledger shows over the window and every proposal known here that carries a signature;
the judged proposal itself counts once. Exactly at the cap passes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from signer_app.core.amounts import add, subtract
from signer_app.policy.case import Checks, Run, unshaped
from signer_app.policy.checks import FAIL, PASS, Check, Shown, new_check
from signer_app.policy.outflows import WindowSum, room_again
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms, Undecided, room_words, window_words
from signer_app.policy.schema import Amount, AssetId, Seconds
from signer_app.policy.subject import View, adder, places_of


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

        def judge(case: Case) -> Checks | Run:
            groups: dict[tuple[str, str | None], list[View]] = {}
            for view in select(case):
                if any(asset == self.asset for asset, _ in view.amounts):
                    to = view.to if self.by == "destination" else None
                    if self.by == "account" or to is not None:
                        groups.setdefault((view.account, to), []).append(view)
            runs = [self._group(case, account, to, views) for (account, to), views in groups.items()]
            if not runs:
                return unconcerned
            if len(runs) == 1:
                return runs[0]
            return lambda case: tuple(check for run in runs for check in run(case))

        # Receivers are no part of the shape.
        return judge if self.by == "account" else unshaped(judge)

    def _group(self, case: Case, account: str, to: str | None, views: Iterable[View]) -> Run:
        """Judges what moves from ``account`` (to ``to``), for any transaction of the shape."""
        window = case.readings.window(account, self.window_s, self.asset, to)
        if isinstance(window, Undecided):
            undecided = (self.undecided(window),)
            return lambda _case: undecided
        total_of = adder(places_of(case.subject, views, self.asset))
        rule, kind, level, cap, asset = self.id, self.kind, self.level, self.max, self.asset
        hours, evidence = window_words(self.window_s), window.evidence

        def run(case: Case) -> Checks:
            this = total_of(case.amounts)
            used = window.without(case.own)
            total = add(used, this)
            values: dict[str, Shown] = {"used": used, "this": this, "hours": hours}
            if total <= cap:
                verdict, message = PASS, "rolling"
            else:
                verdict, message = FAIL, "rolling_over"
                self._say_over(values, case, window, subtract(total, cap))
            members = (
                rule, kind, "ROLLING_CAP", verdict, level, message, cap, total, asset, "", evidence, values
            )  # fmt: skip
            return (new_check(Check, members),)

        return run

    def _say_over(self, values: dict[str, Shown], case: Case, window: WindowSum, over: Decimal) -> None:
        values["over"] = over
        values["room"] = room_words(room_again(window, case.own, self.window_s, over))
