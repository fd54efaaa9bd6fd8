"""fee_cap: the most that a transaction may cost on one network, in base units (CONTRACTS A)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Literal

from signer_app.core.amounts import base_units, whole_units
from signer_app.core.caip import asset_network
from signer_app.policy.case import Checks, Run
from signer_app.policy.checks import FAIL, INDETERMINATE, NO_VALUES, PASS, Check, new_check
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms
from signer_app.policy.schema import BaseUnits, Network
from signer_app.policy.subject import NATIVE_DECIMALS, adder, places_of

_UNITS = {"slip44:144": "drops", "slip44:148": "stroops", "slip44:60": "wei"}


class FeeCap(RuleModel):
    """Judges the worst case of the fees of a transaction, never their estimate."""

    kind: Literal["fee_cap"]
    network: Network
    max_base: BaseUnits

    def compile(self, terms: Terms) -> Judge:
        select, network, most = terms.matching.touching(self.match), self.network, self.max_base
        caps = {
            f"{network}/{native}": whole_units(most, decimals) for native, decimals in NATIVE_DECIMALS.items()
        }
        unconcerned = self.not_concerned("FEE_CAP")
        unclear = (self.says("FEE_CAP", INDETERMINATE, "fee_unclear", expected=most),)
        rule, kind, level = self.id, self.kind, self.level

        def judge(case: Case) -> Checks | Run:
            fees = [
                view
                for view in select(case)
                if view.kind == "FeePaid" and asset_network(view.assets[0]) == network
            ]
            if not fees:
                return unconcerned
            asset = fees[0].assets[0]
            cap = caps.get(asset)
            if cap is None or any(view.assets[0] != asset for view in fees):
                return unclear
            total_of = adder(places_of(case.subject, fees, asset))
            native = asset.partition("/")[2]
            decimals, unit = NATIVE_DECIMALS[native], _UNITS[native]

            def run(case: Case) -> Checks:
                total = total_of(case.amounts)
                verdict, message = (PASS, "fee") if total <= cap else (FAIL, "fee_over")
                shown = _in_base_units(total, decimals)
                members = (
                    rule, kind, "FEE_CAP", verdict, level, message, most, shown, unit, "", (), NO_VALUES
                )  # fmt: skip
                return (new_check(Check, members),)

            return run

        return judge


@lru_cache(maxsize=4096)
def _in_base_units(total: Decimal, decimals: int) -> int | Decimal:
    """Whole base units; a value that is none (from a decoder of another ledger) is shown as it is."""
    _, _, exponent = total.as_tuple()
    return base_units(total, decimals) if isinstance(exponent, int) and exponent >= -decimals else total
