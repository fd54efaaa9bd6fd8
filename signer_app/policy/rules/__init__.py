"""The rule kinds of this version. Each is one file; a later kind is refused by name until it has one."""

from __future__ import annotations

from typing import Final

from signer_app.policy.rules.allow import Allow
from signer_app.policy.rules.base import RuleModel
from signer_app.policy.rules.count_cap import CountCap
from signer_app.policy.rules.destinations import Destinations
from signer_app.policy.rules.expiry import Expiry
from signer_app.policy.rules.fee_cap import FeeCap
from signer_app.policy.rules.lookalike import Lookalike
from signer_app.policy.rules.network import NetworkListed
from signer_app.policy.rules.quorum import QuorumRule
from signer_app.policy.rules.rolling_cap import RollingCap
from signer_app.policy.rules.text_safety import TextSafety
from signer_app.policy.rules.tx_cap import TxCap

RULE_MODELS: Final[dict[str, type[RuleModel]]] = {
    "allow": Allow,
    "tx_cap": TxCap,
    "rolling_cap": RollingCap,
    "count_cap": CountCap,
    "destinations": Destinations,
    "quorum": QuorumRule,
    "fee_cap": FeeCap,
    "expiry": Expiry,
    "network": NetworkListed,
    "text_safety": TextSafety,
    "lookalike": Lookalike,
}

#: Kinds of CONTRACTS A that later versions will judge.
LATER_KINDS: Final = frozenset(
    {
        "fixed_cap", "balance_share", "min_balance", "fiat_cap", "denylist", "sanctions", "kyc", "tier",
        "time_window", "blackout", "age", "cool_down", "shape", "onchain_read", "halt", "refund",
        "partial_payment",
    }
)  # fmt: skip
