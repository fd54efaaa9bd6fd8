"""tx_cap: the most of one asset that one transaction may move (CONTRACTS A). Exactly at the cap passes."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from signer_app.core.amounts import add, subtract
from signer_app.policy.checks import FAIL, PASS, Check
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms
from signer_app.policy.schema import Amount, AssetId


class TxCap(RuleModel):
    """Counts transfers (the larger of amount and max_spend), escrows, allowances and the worst-case fee."""

    kind: Literal["tx_cap"]
    asset: AssetId
    max: Amount

    def compile(self, terms: Terms) -> Judge:
        select, asset, cap = terms.matching.touching(self.match), self.asset, self.max
        unconcerned = self.not_concerned("TX_CAP")
        rule, kind, level = self.id, self.kind, self.level

        def judge(case: Case) -> tuple[Check, ...]:
            total: Decimal | None = None
            for view in select(case):
                for moved, amount in view.amounts:
                    if moved == asset:
                        total = amount if total is None else add(total, amount)
            if total is None:
                return unconcerned
            if total <= cap:
                return (Check(rule, kind, "TX_CAP", PASS, level, "tx_cap", cap, total, asset),)
            over = {"over": subtract(total, cap)}
            return (Check(rule, kind, "TX_CAP", FAIL, level, "tx_cap_over", cap, total, asset, values=over),)

        return judge
