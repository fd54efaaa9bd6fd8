"""What a kind's function sees of one transaction, and the conversions that all kinds share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from signer_app.chains.xrpl.address import encode_address
from signer_app.chains.xrpl.codec.numbers import plain, write_currency
from signer_app.chains.xrpl.transaction import number_of, text_of
from signer_app.core.caip import xrp, xrpl_issued, xrpl_mpt
from signer_app.core.effects import AssetAmount, Unknown
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

#: Second 0 of ledger times (xrpl.org, "Specifying Time").
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
XRP_DECIMALS: Final = 6


@dataclass(frozen=True, slots=True)
class Context:
    """One transaction: its fields, its network, and the CAIP-10 account that it is for."""

    network: str
    fields: JsonObject
    account: str
    path: str
    flags: int

    def has(self, name: str) -> bool:
        return name in self.fields

    def text(self, name: str) -> str:
        return text_of(self.fields, name)

    def number(self, name: str) -> int:
        return number_of(self.fields, name)

    def caip(self, name: str) -> str:
        """CAIP-10 id of the address in ``name``."""
        return caip_account(self.network, self.text(name))

    def tag(self) -> str | None:
        return str(self.number("DestinationTag")) if self.has("DestinationTag") else None

    def time(self, name: str) -> str | None:
        """RFC 3339 of a ledger time, or None where the field is absent."""
        return ledger_time(self.number(name)) if self.has(name) else None

    def money(self, name: str) -> Money:
        return money_of(self.fields.get(name), self.network)

    def optional_money(self, name: str) -> AssetAmount | None:
        return self.money(name).amount if self.has(name) else None

    def unknown(self, what: str, raw: JsonValue) -> Unknown:
        return Unknown(path=self.path, account=self.account, what=what, raw=raw)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with what only the ledger's own form says: base units and the issuer's classic address."""

    amount: AssetAmount
    base: str | None
    issuer: str | None
    negative: bool


def money_of(value: JsonValue, network: str) -> Money:
    """The amount of a decoded Amount field. MPT amounts are whole units: their scale is not in the bytes."""
    if isinstance(value, str):
        return Money(AssetAmount(xrp(network), plain(int(value), -XRP_DECIMALS)), value, None, negative=False)
    if not isinstance(value, dict):
        raise MalformedError("The transaction has no such amount.")
    number = text_of(value, "value")
    if "mpt_issuance_id" in value:
        issuance = text_of(value, "mpt_issuance_id")
        amount = AssetAmount(xrpl_mpt(network, issuance), number)
        return Money(amount, number, mpt_issuer(issuance), negative=False)
    issuer = text_of(value, "issuer")
    asset = xrpl_issued(network, write_currency(text_of(value, "currency")).hex().upper(), issuer)
    return Money(AssetAmount(asset, number), None, issuer, number.startswith("-"))


def mpt_issuer(issuance: str) -> str:
    """Classic address of the issuer: the last 20 bytes of an issuance id (XLS-33)."""
    return encode_address(bytes.fromhex(issuance)[4:])


def caip_account(network: str, address: str) -> str:
    return f"{network}:{address}"


def ledger_time(seconds: int) -> str:
    """RFC 3339 UTC of seconds since the ledger's epoch."""
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def hex_text(value: str) -> str | None:
    """The UTF-8 text that hex digits spell, or None where they spell none."""
    try:
        return bytes.fromhex(value).decode("utf-8")
    except ValueError:
        return None
