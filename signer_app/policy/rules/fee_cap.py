"""fee_cap: the most that a transaction may cost on one network, in base units (CONTRACTS A)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from signer_app.core.amounts import add, base_units, whole_units
from signer_app.core.caip import asset_network
from signer_app.policy.checks import FAIL, INDETERMINATE, PASS, Check
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms
from signer_app.policy.schema import BaseUnits, Network
from signer_app.policy.subject import NATIVE_DECIMALS

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

        def judge(case: Case) -> tuple[Check, ...]:
            asset, total = "", Decimal(0)
            for view in select(case):
                if view.kind == "FeePaid" and asset_network(view.assets[0]) == network:
                    if asset not in ("", view.assets[0]):
                        return unclear
                    asset, total = view.assets[0], add(total, view.amounts[0][1])
            if not asset:
                return unconcerned
            cap = caps.get(asset)
            if cap is None:
                return unclear
            return (self._check(asset, total, within=total <= cap),)

        return judge

    def _check(self, asset: str, total: Decimal, *, within: bool) -> Check:
        native = asset.partition("/")[2]
        shown = base_units(total, NATIVE_DECIMALS[native]) if _is_whole(total, native) else total
        verdict, message = (PASS, "fee") if within else (FAIL, "fee_over")
        return Check(
            self.id, self.kind, "FEE_CAP", verdict, self.level, message, self.max_base, shown, _UNITS[native]
        )


def _is_whole(total: Decimal, native: str) -> bool:
    """Whether the fee is a whole number of base units; a decoder's other values are shown as they are."""
    _, _, exponent = total.as_tuple()
    return isinstance(exponent, int) and exponent >= -NATIVE_DECIMALS[native]
