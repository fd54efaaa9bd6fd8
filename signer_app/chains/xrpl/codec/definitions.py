"""The field table: what each field id means (definitions.json, made by make_definitions.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from signer_app.core.resources import package_path

#: Written by the validators themselves, never signed by anybody (xrpl.org, "Pseudo-Transactions").
PSEUDO_TRANSACTIONS = frozenset({"EnableAmendment", "SetFee", "UNLModify"})

#: UInt64 fields whose JSON form is decimal; all others are 16 hex digits (rippled, sMD_BaseTen).
DECIMAL_UINT64 = frozenset(
    {"MaximumAmount", "OutstandingAmount", "MPTAmount", "LockedAmount", "ConfidentialOutstandingAmount"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """A serialised field. ``order`` sorts fields canonically; ``header`` is the field id as written."""

    name: str
    type: str
    order: int
    header: bytes
    length_prefixed: bool
    signing: bool


@dataclass(frozen=True, slots=True)
class Format:
    """Fields that the ledger takes for a transaction type, besides the common ones."""

    required: frozenset[str]
    optional: frozenset[str]


def _header(type_code: int, nth: int) -> bytes:
    """Field id: both codes in the fewest bytes (xrpl.org, "Field IDs")."""
    high, low = (type_code if type_code < 16 else 0), (nth if nth < 16 else 0)
    tail = b"" if type_code < 16 else bytes([type_code])
    return bytes([high << 4 | low]) + tail + (b"" if nth < 16 else bytes([nth]))


def order_of(type_code: int, nth: int) -> int:
    """Canonical order of fields: by type, then by number."""
    return type_code << 8 | nth


_TABLE = json.loads(
    package_path("signer_app.chains.xrpl.codec", "definitions.json").read_text(encoding="utf-8")
)
_TYPES: Mapping[str, int] = _TABLE["types"]


def _fields() -> dict[str, Field]:
    result = {}
    for name, kind, nth, prefixed, signing in _TABLE["fields"]:
        code = _TYPES[kind]
        result[name] = Field(
            name, kind, order_of(code, nth), _header(code, nth), bool(prefixed), bool(signing)
        )
    return result


def _formats() -> dict[str, Format]:
    rows = _TABLE["transaction_formats"].items()
    return {name: Format(frozenset(row["required"]), frozenset(row["optional"])) for name, row in rows}


FIELDS: Mapping[str, Field] = MappingProxyType(_fields())
FIELD_BY_ORDER: Mapping[int, Field] = MappingProxyType({field.order: field for field in FIELDS.values()})
#: One-byte field ids, the common case, looked up without taking the byte apart.
FIELD_BY_BYTE: tuple[Field | None, ...] = tuple(
    FIELD_BY_ORDER.get(order_of(byte >> 4, byte & 15)) if byte >> 4 and byte & 15 else None
    for byte in range(256)
)

TRANSACTION_CODES: Mapping[str, int] = MappingProxyType(dict(_TABLE["transaction_types"]))
TRANSACTION_NAMES: Mapping[int, str] = MappingProxyType({c: n for n, c in TRANSACTION_CODES.items()})
TRANSACTION_FORMATS: Mapping[str, Format] = MappingProxyType(_formats())
TRANSACTION_FLAGS: Mapping[str, Mapping[str, int]] = MappingProxyType(_TABLE["transaction_flags"])
UNIVERSAL_FLAGS: Mapping[str, int] = TRANSACTION_FLAGS["universal"]
ACCOUNT_SET_FLAGS: Mapping[str, int] = MappingProxyType(_TABLE["account_set_flags"])

#: XLS-75: a permission is a transaction type plus one, or one of the granular numbers.
PERMISSION_CODES: Mapping[str, int] = MappingProxyType(
    {**{name: code + 1 for name, code in TRANSACTION_CODES.items()}, **_TABLE["granular_permissions"]}
)
PERMISSION_NAMES: Mapping[int, str] = MappingProxyType(
    {code: name for name, code in PERMISSION_CODES.items()}
)
SOURCE: str = _TABLE["source"]
