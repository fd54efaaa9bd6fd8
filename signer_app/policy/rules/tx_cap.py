"""tx_cap: the most of one asset that one transaction may move (CONTRACTS A). Exactly at the cap passes."""

from __future__ import annotations

from typing import Literal

from signer_app.core.amounts import subtract
from signer_app.policy.case import Checks, Run
from signer_app.policy.checks import FAIL, NO_VALUES, PASS, Check, new_check
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms
from signer_app.policy.schema import Amount, AssetId
from signer_app.policy.subject import adder, places_of


class TxCap(RuleModel):
    """Counts transfers (the larger of amount and max_spend), escrows, allowances and the worst-case fee."""

    kind: Literal["tx_cap"]
    asset: AssetId
    max: Amount

    def compile(self, terms: Terms) -> Judge:
        select, asset, cap = terms.matching.touching(self.match), self.asset, self.max
        unconcerned = self.not_concerned("TX_CAP")
        rule, kind, level = self.id, self.kind, self.level

        def judge(case: Case) -> Checks | Run:
            places = places_of(case.subject, select(case), asset)
            if not places:
                return unconcerned

            total_of = adder(places)

            def run(case: Case) -> Checks:
                total = total_of(case.amounts)
                verdict, message, values = PASS, "tx_cap", NO_VALUES
                if total > cap:
                    verdict, message, values = FAIL, "tx_cap_over", {"over": subtract(total, cap)}
                members = (rule, kind, "TX_CAP", verdict, level, message, cap, total, asset, "", (), values)
                return (new_check(Check, members),)

            return run

        return judge
