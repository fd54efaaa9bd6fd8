"""Field types and shared parts of the policy document (CONTRACTS A, D). Strict: nothing is coerced or
guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from signer_app.core.amounts import parse_decimal
from signer_app.core.caip import parse_account, parse_asset, parse_network
from signer_app.core.clock import parse_time
from signer_app.core.effects import EFFECT_KINDS
from signer_app.core.errors import MalformedError
from signer_app.core.facts import FACT_SHAPES
from signer_app.policy.checks import Level

#: Seconds of a hundred years: no window or age is longer, and dates never overflow.
MAX_SECONDS: Final = 100 * 366 * 86_400
MAX_COUNT: Final = 1_000_000_000

_BASE_UNITS = re.compile(r"(0|[1-9][0-9]{0,77})\Z")
_DEVICE_KEY = re.compile(r"ed25519:[0-9a-f]{64}\Z")
_PUBLIC_KEY = re.compile(r"(0[23]|ED)?[0-9A-Fa-f]{64}\Z|G[A-Z2-7]{55}\Z|0x[0-9a-fA-F]{40,130}\Z")
_HASH = re.compile(r"[0-9a-f]{64}\Z")


class StrictModel(BaseModel):
    """Base of every part: unknown keys are refused, types are not coerced, values do not change."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _checked(read: Callable[[str], object]) -> Callable[[str], str]:
    """A validator that keeps the text and turns our own error into the one pydantic reports with a path."""

    def validate(text: str) -> str:
        try:
            read(text)
        except MalformedError as error:
            raise ValueError(error.message) from error
        return text

    return validate


def known_zone(name: str) -> str:
    """A name of the IANA time zone database. UTC needs no database; a misspelling would otherwise show only
    when a rule first asks for the hour.
    """
    if name == "UTC":
        return name
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name[:64]} is no time zone that this system knows") from error
    return name


def _time(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("must be a UTC time such as 2026-11-20T12:00:00Z")
    try:
        return parse_time(value)
    except MalformedError as error:
        raise ValueError(error.message) from error


def _positive(value: object) -> Decimal:
    if not isinstance(value, str):
        raise ValueError("must be a decimal amount written as a string")
    try:
        amount = parse_decimal(value)
    except MalformedError as error:
        raise ValueError(error.message) from error
    if amount <= 0:
        raise ValueError("must be more than 0")
    return amount


def _base_units(value: object) -> int:
    if not isinstance(value, str) or not _BASE_UNITS.match(value):
        raise ValueError("must be a whole number of base units written as a string")
    return int(value)


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def validate(text: str) -> str:
        if not pattern.match(text):
            raise ValueError(f"must be {what}")
        return text

    return validate


def _one_of(names: frozenset[str], what: str) -> Callable[[str], str]:
    def validate(text: str) -> str:
        if text not in names:
            raise ValueError(f"{text[:60]!r} is not {what}")
        return text

    return validate


def _level(value: object) -> Level:
    try:
        return Level(str(value))
    except ValueError as error:
        raise ValueError("must be hard, soft or advisory") from error


Id: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
PolicyId: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
Text: TypeAlias = Annotated[str, Field(max_length=4000)]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
Network: TypeAlias = Annotated[str, AfterValidator(_checked(parse_network))]
AccountId: TypeAlias = Annotated[str, AfterValidator(_checked(parse_account))]
AssetId: TypeAlias = Annotated[str, AfterValidator(_checked(parse_asset))]
Time: TypeAlias = Annotated[datetime, PlainValidator(_time)]
Amount: TypeAlias = Annotated[Decimal, PlainValidator(_positive)]
BaseUnits: TypeAlias = Annotated[int, PlainValidator(_base_units)]
DeviceKey: TypeAlias = Annotated[
    str, AfterValidator(_matching(_DEVICE_KEY, "ed25519: and 64 lower hex digits"))
]
PublicKey: TypeAlias = Annotated[str, AfterValidator(_matching(_PUBLIC_KEY, "a public key"))]
Hash: TypeAlias = Annotated[str, AfterValidator(_matching(_HASH, "64 lower hex digits"))]
EffectKind: TypeAlias = Annotated[str, AfterValidator(_one_of(EFFECT_KINDS, "a kind of effect"))]
FactKind: TypeAlias = Annotated[
    str, AfterValidator(_one_of(frozenset(FACT_SHAPES) | {"default"}, "a kind of fact"))
]
Seconds: TypeAlias = Annotated[int, Field(ge=1, le=MAX_SECONDS)]
Count: TypeAlias = Annotated[int, Field(ge=1, le=MAX_COUNT)]
LevelField: TypeAlias = Annotated[Level, BeforeValidator(_level)]


class Group(StrictModel):
    """``need`` distinct people of ``role``."""

    role: Name
    need: Annotated[int, Field(ge=1, le=1000)]


class Quorum(StrictModel):
    """Groups of distinct people: one person fills one place of one group."""

    all_of: Annotated[list[Group], Field(min_length=1, max_length=50)]


class Match(StrictModel):
    """When a rule applies. Several keys: all of them; a list: any of it; absent: whatever it is.

    ``accounts`` holds ids of `accounts[]`, ``destinations`` ids of `address_book[]`; CAIP-10 ids are taken in
    both. ``tags`` are destination tags of a Transfer. Amounts are whole units of whatever asset is moved.
    """

    networks: Annotated[list[Network], Field(min_length=1)] | None = None
    accounts: Annotated[list[Name], Field(min_length=1)] | None = None
    effects: Annotated[list[EffectKind], Field(min_length=1)] | None = None
    transactions: Annotated[list[Name], Field(min_length=1)] | None = None
    assets: Annotated[list[AssetId], Field(min_length=1)] | None = None
    destinations: Annotated[list[Name], Field(min_length=1)] | None = None
    min_amount: Amount | None = None
    max_amount: Amount | None = None
    origins: Annotated[list[Name], Field(min_length=1)] | None = None
    tags: Annotated[list[Name], Field(min_length=1)] | None = None


class Person(StrictModel):
    """A human, or a machine that may propose and never counts (CONTRACTS D)."""

    id: Id
    name: Name
    roles: list[Name]
    device_keys: list[DeviceKey]
    suspended: bool = False
    machine: bool = False
    veto: bool = False


class Key(StrictModel):
    """A signer key: bound to one person and one physical device."""

    id: Id
    person: Id
    signer: AccountId
    public_key: PublicKey
    device: Name
    backend: Literal["ledger", "trezor", "pkcs11", "yubihsm", "keystore", "airgap"]
    tier: Literal["cold", "warm", "hot"]
    purpose: Literal["sign", "relay", "channel", "fee", "anchor"]


class ScopeAccount(StrictModel):
    """An account in scope. ``may_be_source_of_operations``: accounts in whose transactions it may act."""

    id: Id
    account: AccountId
    may_be_source_of_operations: list[Name] = []


class Asset(StrictModel):
    """An asset that may be moved. Its label is for people."""

    id: AssetId
    label: Name


class BookEntry(StrictModel):
    """An allowed receiver. tag: null none allowed, "*" any, "!" some tag required, else exactly this one.

    memo: null makes no demand, "*" any, "!" some memo required, else exactly this one.
    """

    id: Id
    account: AccountId
    tag: Name | None = None
    memo: Name | None = None
    assets: list[AssetId]
    status: Literal["active", "suspended"]
    added_at: Time
    active_after: Time
    expires_at: Time | None = None
    evidence: Text | None = None


class Contract(StrictModel):
    """A pinned contract. Read and kept; no check of this version uses it."""

    address: AccountId
    code_hash: Name
    label: Name
    selectors: list[Name] = []
    delegatecall: bool = False


class FactRules(StrictModel):
    """How old facts may be, in seconds by kind, and how many operators must agree."""

    min_agree: Annotated[int, Field(ge=1, le=100)] = 2
    max_age_s: dict[FactKind, Seconds] = {"default": 120}
    offline_max_age_s: dict[FactKind, Seconds] = {"default": 86_400}
