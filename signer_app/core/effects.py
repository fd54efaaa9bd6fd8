"""Effects: the chain-neutral words for what a transaction does (CONTRACTS C3).

Policy, journal and windows speak effects; only chains/ speaks XRPL, XDR or ABI. ``account`` is the CAIP-10
id on whose authority the effect happens. ``path`` is "" for the transaction itself and names an inner
transaction otherwise ("RawTransactions[4]"). Amounts are decimal strings in whole units; ``base`` is an
integer string where the asset has fixed decimals, else null.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from signer_app.core.json_types import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class AssetAmount:
    """An amount of an asset: CAIP-19 id and decimal string."""

    asset: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Common part. Subclasses are the closed list of CONTRACTS C3."""

    kind: ClassVar[str] = "Effect"
    path: str
    account: str

    def to_json(self) -> JsonObject:
        """{kind, path, account, …} with every field of the kind, null where there is none."""
        result: JsonObject = {"kind": self.kind}
        for field in fields(self):
            result[field.name] = _plain(getattr(self, field.name))
        return result


def _plain(value: object) -> JsonValue:
    if isinstance(value, AssetAmount):
        return {"asset": value.asset, "amount": value.amount}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    raise TypeError(f"an effect cannot hold {type(value).__name__}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Effect):
    """Value moves to ``to``. ``paths``: it may be converted on the way; ``issue``: the sender issues it."""

    kind = "Transfer"
    to: str
    tag: str | None
    memo: str | None
    asset: str
    amount: str
    base: str | None
    max_spend: AssetAmount | None
    min_delivered: AssetAmount | None
    partial: bool
    paths: bool
    issue: bool

    def to_json(self) -> JsonObject:
        """As Effect.to_json, with ``from``: value leaves the account on whose authority it moves."""
        result = Effect.to_json(self)
        return {"kind": result.pop("kind"), "path": result.pop("path"), "from": self.account, **result}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustChange(Effect):
    kind = "TrustChange"
    asset: str
    limit: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityChange(Effect):
    """Who may sign, or whether the account exists, changes. Always privileged."""

    kind = "AuthorityChange"
    what: str
    before: JsonValue
    after: JsonValue
    privileged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange(Effect):
    kind = "SettingChange"
    name: str
    value: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowOpen(Effect):
    kind = "EscrowOpen"
    to: str
    asset: str
    amount: str
    finish_after: str | None
    cancel_after: str | None
    condition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowRelease(Effect):
    kind = "EscrowRelease"
    owner: str
    sequence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowCancel(Effect):
    kind = "EscrowCancel"
    owner: str
    sequence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPlace(Effect):
    kind = "OfferPlace"
    sell: AssetAmount
    buy: AssetAmount
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCancel(Effect):
    kind = "OfferCancel"
    sequence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance(Effect):
    """``amount`` is a decimal string, or "unlimited"."""

    kind = "Allowance"
    spender: str
    asset: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCall(Effect):
    kind = "ContractCall"
    to: str
    selector: str
    signature: str | None
    args: JsonValue
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeUpgrade(Effect):
    kind = "CodeUpgrade"
    target: str
    implementation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateCall(Effect):
    kind = "DelegateCall"
    to: str
    selector: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMint(Effect):
    kind = "TokenMint"
    asset: str
    amount: str
    holder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenBurn(Effect):
    kind = "TokenBurn"
    asset: str
    amount: str
    holder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataWrite(Effect):
    kind = "DataWrite"
    name: str
    value: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReserve(Effect):
    kind = "TicketReserve"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeePaid(Effect):
    kind = "FeePaid"
    asset: str
    amount: str
    worst_case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Effect):
    """Bytes that decode but mean something this version does not understand. Never allowed."""

    kind = "Unknown"
    what: str
    raw: JsonValue


#: Kinds that an `allow` rule covers only when it names them (CONTRACTS A).
NAMED_ONLY = frozenset({"Unknown", "AuthorityChange", "CodeUpgrade", "DelegateCall"})

EFFECT_KINDS: frozenset[str] = frozenset(
    kind.kind
    for kind in (
        Transfer, TrustChange, AuthorityChange, SettingChange, EscrowOpen, EscrowRelease, EscrowCancel,
        OfferPlace, OfferCancel, Allowance, ContractCall, CodeUpgrade, DelegateCall, TokenMint, TokenBurn,
        DataWrite, TicketReserve, FeePaid, Unknown,
    )
)  # fmt: skip
