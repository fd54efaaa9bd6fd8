"""Strict reader: bytes of a transaction to its JSON form (xrpl.org, "Serialization Format").

Refused with MALFORMED: fields out of canonical order or twice, unknown field ids, ids and lengths not in
their shortest form, a missing or stray end marker, amounts that are not canonical, bytes left over, unknown
transaction types, pseudo-transactions, ledger entries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from signer_app.chains.xrpl.address import encode_address
from signer_app.chains.xrpl.codec import numbers
from signer_app.chains.xrpl.codec.definitions import (
    DECIMAL_UINT64,
    FIELD_BY_BYTE,
    FIELD_BY_ORDER,
    PERMISSION_NAMES,
    PSEUDO_TRANSACTIONS,
    TRANSACTION_NAMES,
    Field,
    order_of,
)
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

#: A transaction is at most this long (rippled, txMaxSizeBytes).
MAX_BYTES: Final = 1024 * 1024
_MAX_DEPTH: Final = 10
#: Fields, list entries and path steps together (CONTRACTS G), so that no input costs seconds.
_MAX_VALUES: Final = 20_000
_OBJECT_END: Final = 0xE1
_ARRAY_END: Final = 0xF1
_PATH_END, _PATH_NEXT = 0x00, 0xFF
_STEP_PARTS: Final = ((0x01, "account"), (0x10, "currency"), (0x20, "issuer"))


@dataclass(frozen=True, slots=True)
class Part:
    """A top-level field as it stands in the bytes: field id, length prefix, value and end marker."""

    field: Field
    data: bytes


class Reader:
    """A cursor over the bytes of one transaction."""

    __slots__ = ("data", "depth", "left", "position")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.depth = 0
        self.left = _MAX_VALUES

    def take(self, length: int) -> bytes:
        """The next ``length`` bytes. MalformedError where the input ends earlier."""
        end = self.position + length
        if end > len(self.data):
            raise MalformedError(f"The transaction ends inside a field, at byte {len(self.data)}.")
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def count(self) -> None:
        """One more value. MalformedError beyond the limit."""
        self.left -= 1
        if self.left < 0:
            raise MalformedError(f"The transaction holds more than {_MAX_VALUES} values.")

    def peek(self) -> int:
        """The next byte, not taken."""
        if self.position >= len(self.data):
            raise MalformedError("The transaction ends where an end marker is missing.")
        return self.data[self.position]

    def field(self) -> Field:
        """The next field id. MalformedError for unknown ids and ids that are longer than needed."""
        self.count()
        start = self.position
        first = self.take(1)[0]
        known = FIELD_BY_BYTE[first]
        if known is not None:
            return known
        type_code, nth = first >> 4, first & 15
        if not type_code:
            type_code = self._long_code()
        if not nth:
            nth = self._long_code()
        field = FIELD_BY_ORDER.get(order_of(type_code, nth))
        if field is None:
            raise MalformedError(f"The field of type {type_code}, number {nth} at byte {start} is not known.")
        return field

    def _long_code(self) -> int:
        code = self.take(1)[0]
        if code < 16:
            raise MalformedError(f"A field id at byte {self.position - 1} is not in its shortest form.")
        return code

    def length(self) -> int:
        """A length prefix of one to three bytes."""
        first = self.take(1)[0]
        if first <= 192:
            return first
        if first <= 240:
            return 193 + (first - 193) * 256 + self.take(1)[0]
        if first <= 254:
            rest = self.take(2)
            return 12481 + (first - 241) * 65536 + rest[0] * 256 + rest[1]
        raise MalformedError(f"A length prefix at byte {self.position - 1} is not valid.")


def read_transaction(data: bytes) -> tuple[JsonObject, tuple[Part, ...]]:
    """JSON form and top-level parts of a transaction. MalformedError."""
    if not data or len(data) > MAX_BYTES:
        raise MalformedError("A transaction has between 1 byte and 1 MiB.")
    reader = Reader(data)
    fields: JsonObject = {}
    parts: list[Part] = []
    last = 0
    while reader.position < len(data):
        start = reader.position
        field = reader.field()
        last = _in_order(field, last)
        fields[field.name] = _READ[field.type](reader, field)
        parts.append(Part(field, data[start : reader.position]))
    if "TransactionType" not in fields:
        raise MalformedError("The bytes are not a transaction: they have no TransactionType.")
    return fields, tuple(parts)


def _in_order(field: Field, last: int) -> int:
    if field.order <= last:
        problem = "stands twice" if field.order == last else "is not in canonical order"
        raise MalformedError(f"The field {field.name} {problem}.")
    return field.order


def _object(reader: Reader, _field: Field) -> JsonValue:
    reader.depth += 1
    if reader.depth > _MAX_DEPTH:
        raise MalformedError("The transaction is nested too deeply.")
    fields: JsonObject = {}
    last = 0
    while reader.peek() != _OBJECT_END:
        field = reader.field()
        last = _in_order(field, last)
        fields[field.name] = _READ[field.type](reader, field)
    reader.position += 1
    reader.depth -= 1
    return fields


def _array(reader: Reader, array: Field) -> JsonValue:
    items: list[JsonValue] = []
    while reader.peek() != _ARRAY_END:
        field = reader.field()
        if field.type != "STObject":
            raise MalformedError(f"The list {array.name} holds {field.name}, which is not an object.")
        items.append({field.name: _object(reader, field)})
    reader.position += 1
    return items


def _uint16(reader: Reader, field: Field) -> JsonValue:
    code = int.from_bytes(reader.take(2), "big")
    if field.name == "LedgerEntryType":
        raise MalformedError("The bytes are a ledger entry, not a transaction.")
    if field.name != "TransactionType":
        return code
    name = TRANSACTION_NAMES.get(code)
    if name is None:
        raise MalformedError(f"There is no transaction type {code}.")
    if name in PSEUDO_TRANSACTIONS:
        raise MalformedError(f"{name} is made by validators alone; nobody signs it.")
    return name


def _uint32(reader: Reader, field: Field) -> JsonValue:
    code = int.from_bytes(reader.take(4), "big")
    if field.name == "PermissionValue":
        name = PERMISSION_NAMES.get(code)
        if name is None:
            raise MalformedError(f"There is no permission {code}.")
        return name
    return code


def _uint64(reader: Reader, field: Field) -> JsonValue:
    data = reader.take(8)
    return str(int.from_bytes(data, "big")) if field.name in DECIMAL_UINT64 else data.hex().upper()


def _account(reader: Reader, field: Field) -> JsonValue:
    if reader.length() != 20:
        raise MalformedError(f"The account in {field.name} does not have 20 bytes.")
    return encode_address(reader.take(20))


def _blob(reader: Reader, _field: Field) -> JsonValue:
    return reader.take(reader.length()).hex().upper()


def _amount(reader: Reader, _field: Field) -> JsonValue:
    return numbers.read_amount(reader.take(numbers.amount_length(reader.peek())))


def _issue(reader: Reader, _field: Field) -> JsonValue:
    head = reader.data[reader.position : reader.position + 40]
    return numbers.read_issue(reader.take(numbers.issue_length(head)))


def _vector(reader: Reader, field: Field) -> JsonValue:
    length = reader.length()
    if length % 32:
        raise MalformedError(f"The list {field.name} does not hold whole hashes.")
    return [reader.take(32).hex().upper() for _ in range(length // 32)]


def _bridge(reader: Reader, field: Field) -> JsonValue:
    result: JsonObject = {}
    for side in ("Locking", "Issuing"):
        result[f"{side}ChainDoor"] = _account(reader, field)
        result[f"{side}ChainIssue"] = _issue(reader, field)
    return result


def _paths(reader: Reader, _field: Field) -> JsonValue:
    paths: list[JsonValue] = []
    steps: list[JsonValue] = []
    while True:
        kind = reader.take(1)[0]
        if kind in (_PATH_END, _PATH_NEXT):
            if not steps:
                raise MalformedError("A payment path is empty.")
            paths.append(steps)
            steps = []
            if kind == _PATH_END:
                return paths
        else:
            steps.append(_step(reader, kind))


def _step(reader: Reader, kind: int) -> JsonValue:
    reader.count()
    step: JsonObject = {}
    for bit, name in _STEP_PARTS:
        if kind & bit:
            data = reader.take(20)
            step[name] = numbers.read_currency(data) if name == "currency" else encode_address(data)
            kind ^= bit
    if kind:
        raise MalformedError("A payment path holds a step of a kind that is not known.")
    return step


def _hash(length: int) -> Callable[[Reader, Field], JsonValue]:
    return lambda reader, _field: reader.take(length).hex().upper()


def _integer(length: int, *, signed: bool = False) -> Callable[[Reader, Field], JsonValue]:
    return lambda reader, _field: int.from_bytes(reader.take(length), "big", signed=signed)


_READ: Mapping[str, Callable[[Reader, Field], JsonValue]] = {
    "UInt8": _integer(1),
    "UInt16": _uint16,
    "UInt32": _uint32,
    "UInt64": _uint64,
    "Int32": _integer(4, signed=True),
    "Hash128": _hash(16),
    "Hash160": _hash(20),
    "Hash192": _hash(24),
    "Hash256": _hash(32),
    "Amount": _amount,
    "Blob": _blob,
    "AccountID": _account,
    "STObject": _object,
    "STArray": _array,
    "PathSet": _paths,
    "Vector256": _vector,
    "Currency": lambda reader, _field: numbers.read_currency(reader.take(20)),
    "Issue": _issue,
    "XChainBridge": _bridge,
    "Number": lambda reader, _field: numbers.read_number(reader.take(12)),
}
