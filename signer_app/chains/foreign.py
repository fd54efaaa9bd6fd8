"""Transactions of ledgers that this version does not read, told from what is no transaction at all.

Only their outer form is looked at, so that a person hears which ledger it is of; nothing in them is decoded.
"""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Final

from signer_app.core.canonical import read_json
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

_URI: Final = b"web+stellar:"
#: EnvelopeType and MuxedAccount type of Stellar-transaction.x and Stellar-ledger-entries.x.
_V0, _V1, _FEE_BUMP = 0, 2, 5
_KEY_TYPES: Final = {0: 32, 0x100: 40}
_MOST_OPERATIONS: Final = 100
#: Members that every form of a Safe transaction has, and one of which tells it from other JSON.
_SAFE: Final = frozenset({"to", "value", "data", "operation"})
_SAFE_MARKS: Final = frozenset({"safe", "safeTxGas", "safeTxHash", "gasToken", "refundReceiver"})


def foreign_ledger(data: bytes) -> str:
    """The CAIP-2 namespace of the ledger whose transaction this plainly is, "" for anything else."""
    text = data.strip()
    if text.startswith(_URI) or _is_envelope(text):
        return "stellar"
    return "eip155" if _is_safe(text) else ""


def _is_envelope(text: bytes) -> bool:
    """A base64 TransactionEnvelope: its type, its source, its fee and sequence, and what follows them."""
    try:
        raw = base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    try:
        (kind,) = struct.unpack_from(">I", raw)
        if len(raw) % 4:
            return False
        if kind == _FEE_BUMP:
            at = _after_account(raw, 4) + 8
            (kind,) = struct.unpack_from(">I", raw, at)
            return kind == _V1 and _is_transaction(raw, _after_account(raw, at + 4))
        if kind == _V0:
            return _is_transaction(raw, 4 + 32)
        return kind == _V1 and _is_transaction(raw, _after_account(raw, 4))
    except (struct.error, MalformedError):
        return False


def _after_account(raw: bytes, at: int) -> int:
    (kind,) = struct.unpack_from(">I", raw, at)
    if kind not in _KEY_TYPES:
        raise MalformedError("This is no account of Stellar.")
    return at + 4 + _KEY_TYPES[kind]


def _is_transaction(raw: bytes, at: int) -> bool:
    """Fee, sequence, preconditions; where there are none or only a time, the memo and the operations too."""
    _fee, _sequence, conditions = struct.unpack_from(">IqI", raw, at)
    at += 16
    if conditions == 2:  # they have no fixed length
        return len(raw) > at + 28
    if conditions not in (0, 1):
        return False
    at += 16 * conditions
    (memo,) = struct.unpack_from(">I", raw, at)
    if memo == 1:
        (length,) = struct.unpack_from(">I", raw, at + 4)
        at += 8 + (length + 3) // 4 * 4
    elif memo in (0, 2, 3, 4):
        at += 4 + {0: 0, 2: 8, 3: 32, 4: 32}[memo]
    else:
        return False
    (operations,) = struct.unpack_from(">I", raw, at)
    return 0 < int(operations) <= _MOST_OPERATIONS


def _is_safe(text: bytes) -> bool:
    """A Safe transaction as a service or a wallet writes it, or a batch of the transaction builder."""
    if text[:1] != b"{":
        return False
    try:
        value: JsonValue = read_json(text)
    except MalformedError:
        return False
    if not isinstance(value, dict):
        return False
    return (value.keys() >= _SAFE and not _SAFE_MARKS.isdisjoint(value)) or _is_batch(value)


def _is_batch(value: JsonObject) -> bool:
    transactions = value.get("transactions")
    return (
        isinstance(transactions, list)
        and "chainId" in value
        and all(isinstance(item, dict) and item.keys() >= {"to", "value"} for item in transactions)
    )
