"""Writer: the JSON form of a transaction to its one canonical serialisation. MalformedError for anything
else.

Field names and value types are strict: an unknown name, a number where text belongs or a float is a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from signer_app.chains.xrpl.address import decode_address
from signer_app.chains.xrpl.codec import numbers
from signer_app.chains.xrpl.codec.definitions import (
    DECIMAL_UINT64,
    FIELDS,
    PERMISSION_CODES,
    PSEUDO_TRANSACTIONS,
    TRANSACTION_CODES,
    Field,
)
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})*\Z")
_HEX64: Final = re.compile(r"[0-9A-Fa-f]{1,16}\Z")
_DECIMAL64: Final = re.compile(r"(0|[1-9][0-9]{0,19})\Z")
_OBJECT_END, _ARRAY_END = b"\xe1", b"\xf1"
_MAX_DEPTH: Final = 10
_MAX_LENGTH: Final = 918744
_STEP_KEYS: Final = (("account", 0x01), ("currency", 0x10), ("issuer", 0x20))


def write_transaction(fields: JsonObject) -> bytes:
    """Canonical bytes of a transaction's JSON form. MalformedError."""
    if "TransactionType" not in fields:
        raise MalformedError("The object is not a transaction: it has no TransactionType.")
    return _fields(fields, 0)


def write_field(field: Field, value: JsonValue, depth: int = 0) -> bytes:
    """One field with its id, and its length prefix or end marker. MalformedError."""
    if field.type == "STObject":
        return field.header + _object(field, value, depth + 1) + _OBJECT_END
    if field.type == "STArray":
        return field.header + _array(field, value, depth + 1) + _ARRAY_END
    data = _WRITE[field.type](field, value)
    return field.header + (length_prefix(len(data)) if field.length_prefixed else b"") + data


def length_prefix(length: int) -> bytes:
    """One to three bytes (xrpl.org, "Length Prefixing")."""
    if length <= 192:
        return bytes([length])
    if length <= 12480:
        return bytes([193 + (length - 193 >> 8), length - 193 & 0xFF])
    if length <= _MAX_LENGTH:
        rest = length - 12481
        return bytes([241 + (rest >> 16), rest >> 8 & 0xFF, rest & 0xFF])
    raise MalformedError("A field is longer than the format allows.")


def _fields(fields: JsonObject, depth: int) -> bytes:
    found = []
    for name, value in fields.items():
        field = FIELDS.get(name)
        if field is None:
            raise MalformedError(f"{name[:60]!r} is not a field of a transaction.")
        found.append((field.order, field, value))
    found.sort(key=lambda item: item[0])
    return b"".join([write_field(field, value, depth) for _, field, value in found])


def _object(field: Field, value: JsonValue, depth: int) -> bytes:
    if not isinstance(value, dict):
        raise _wrong(field, "an object")
    if depth > _MAX_DEPTH:
        raise MalformedError("The transaction is nested too deeply.")
    return _fields(value, depth)


def _array(field: Field, value: JsonValue, depth: int) -> bytes:
    if not isinstance(value, list):
        raise _wrong(field, "a list")
    parts = []
    for item in value:
        if not isinstance(item, dict) or len(item) != 1:
            raise _wrong(field, "a list of objects with one name each")
        name, inner = next(iter(item.items()))
        wrapper = FIELDS.get(name)
        if wrapper is None or wrapper.type != "STObject":
            raise MalformedError(f"{name[:60]!r} cannot stand in the list {field.name}.")
        parts.append(write_field(wrapper, inner, depth))
    return b"".join(parts)


def _wrong(field: Field, wanted: str) -> MalformedError:
    return MalformedError(f"The field {field.name} must be {wanted}.")


def _integer(bits: int, *, signed: bool = False) -> Callable[[Field, JsonValue], bytes]:
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)

    def write(field: Field, value: JsonValue) -> bytes:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _wrong(field, f"a whole number from {low} to {high}")
        return value.to_bytes(bits // 8, "big", signed=signed)

    return write


_write16, _write32 = _integer(16), _integer(32)


def _uint16(field: Field, value: JsonValue) -> bytes:
    if field.name == "LedgerEntryType":
        raise MalformedError("The object is a ledger entry, not a transaction.")
    if field.name != "TransactionType":
        return _write16(field, value)
    code = TRANSACTION_CODES.get(value) if isinstance(value, str) else None
    if code is None:
        raise MalformedError(f"There is no transaction type {str(value)[:60]!r}.")
    if value in PSEUDO_TRANSACTIONS:
        raise MalformedError(f"{value} is made by validators alone; nobody signs it.")
    return code.to_bytes(2, "big")


def _uint32(field: Field, value: JsonValue) -> bytes:
    if field.name == "PermissionValue" and isinstance(value, str):
        code = PERMISSION_CODES.get(value)
        if code is None:
            raise MalformedError(f"There is no permission {value[:60]!r}.")
        return code.to_bytes(4, "big")
    return _write32(field, value)


def _uint64(field: Field, value: JsonValue) -> bytes:
    decimal = field.name in DECIMAL_UINT64
    if not isinstance(value, str) or not (_DECIMAL64 if decimal else _HEX64).match(value):
        raise _wrong(field, "a decimal count as text" if decimal else "up to 16 hex digits as text")
    number = int(value, 10 if decimal else 16)
    if number >> 64:
        raise _wrong(field, "below 2^64")
    return number.to_bytes(8, "big")


def _hash(length: int) -> Callable[[Field, JsonValue], bytes]:
    def write(field: Field, value: JsonValue) -> bytes:
        # The SDKs write an all-zero Hash128 (EmailHash) as empty text.
        if value == "" and length == 16:
            return bytes(16)
        data = _blob(field, value)
        if len(data) != length:
            raise _wrong(field, f"{length * 2} hex digits")
        return data

    return write


def _blob(field: Field, value: JsonValue) -> bytes:
    if not isinstance(value, str) or not _HEX.match(value):
        raise _wrong(field, "an even number of hex digits")
    return bytes.fromhex(value)


def _account(field: Field, value: JsonValue) -> bytes:
    if not isinstance(value, str):
        raise _wrong(field, "an address")
    return decode_address(value)


def _currency(field: Field, value: JsonValue) -> bytes:
    if not isinstance(value, str):
        raise _wrong(field, "a currency code")
    return numbers.write_currency(value)


def _number(field: Field, value: JsonValue) -> bytes:
    if not isinstance(value, str):
        raise _wrong(field, "a decimal number as text")
    return numbers.write_number(value)


def _vector(field: Field, value: JsonValue) -> bytes:
    if not isinstance(value, list):
        raise _wrong(field, "a list of hashes")
    return b"".join([_hash(32)(field, item) for item in value])


def _bridge(field: Field, value: JsonValue) -> bytes:
    names = {f"{side}Chain{part}" for side in ("Locking", "Issuing") for part in ("Door", "Issue")}
    if not isinstance(value, dict) or value.keys() != names:
        raise _wrong(field, "two doors and two assets")
    return b"".join(
        b"\x14" + _account(field, value[f"{side}ChainDoor"]) + numbers.write_issue(value[f"{side}ChainIssue"])
        for side in ("Locking", "Issuing")
    )


def _paths(field: Field, value: JsonValue) -> bytes:
    if not isinstance(value, list) or not value:
        raise _wrong(field, "a list of paths that is not empty")
    paths = []
    for path in value:
        if not isinstance(path, list) or not path:
            raise _wrong(field, "a list of paths that are not empty")
        paths.append(b"".join([_step(field, step) for step in path]))
    return b"\xff".join(paths) + b"\x00"


def _step(field: Field, step: JsonValue) -> bytes:
    if not isinstance(step, dict) or step.keys() - {"account", "currency", "issuer", "type", "type_hex"}:
        raise _wrong(field, "made of steps with account, currency and issuer")
    kind, data = 0, b""
    for name, bit in _STEP_KEYS:
        if name in step:
            kind |= bit
            data += (_currency if name == "currency" else _account)(field, step[name])
    # Nodes repeat the kind of a step in two forms; a claim that does not fit is a lie.
    if step.get("type", kind) != kind or step.get("type_hex", f"{kind:016X}") != f"{kind:016X}" or not kind:
        raise _wrong(field, "made of steps whose type fits their parts")
    return bytes([kind]) + data


_WRITE: Mapping[str, Callable[[Field, JsonValue], bytes]] = {
    "UInt8": _integer(8),
    "UInt16": _uint16,
    "UInt32": _uint32,
    "UInt64": _uint64,
    "Int32": _integer(32, signed=True),
    "Hash128": _hash(16),
    "Hash160": _hash(20),
    "Hash192": _hash(24),
    "Hash256": _hash(32),
    "Amount": lambda _field, value: numbers.write_amount(value),
    "Blob": _blob,
    "AccountID": _account,
    "PathSet": _paths,
    "Vector256": _vector,
    "Currency": _currency,
    "Issue": lambda _field, value: numbers.write_issue(value),
    "XChainBridge": _bridge,
    "Number": _number,
}
