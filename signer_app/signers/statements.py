"""What a device key signs: statements under a domain string of their own, and receipts (CONTRACTS D).

The signed bytes are ``countersign/<kind>@1\\n`` and the lower hex SHA-256 of the statement's RFC 8785 form.
For a checkpoint they are the note's three lines themselves (C2SP signed-note; CONTRACTS E); its second line
is a number and its first ends in 32 hex digits, so that it can never be one of the others.
"""

from __future__ import annotations

import re
from typing import Final, TypeGuard

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signer_app.core.canonical import canonical, canonical_hash, read_json_object
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

KINDS: Final = frozenset(
    {"author", "policy", "reject", "override", "halt", "resume", "comment", "checkpoint", "enrol"}
)
#: Kinds whose hash other rooms define (the proposal file without some parts, the policy as written).
_HASHED_OUTSIDE: Final = frozenset({"author", "policy"})
RECEIPT_FORMAT: Final = "countersign/receipt@1"

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_CHECKPOINT: Final = re.compile(r"[^/\n]{1,128}/[0-9a-f]{32}\n(0|[1-9][0-9]{0,18})\n[A-Za-z0-9+/]{43}=\n")
_DEVICE_KEY: Final = re.compile(r"ed25519:([0-9a-f]{64})")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")


def statement_message(kind: str, value: JsonValue) -> bytes:
    """The bytes that are signed for a statement.

    ``value`` is an object or its canonical JSON text; for author and policy also the 64 hex digits of their
    hash; for checkpoint the note's text. Raises MalformedError for anything else.
    """
    if kind not in KINDS:
        raise MalformedError(f"There is no statement of kind {kind[:40]!r}.")
    if kind == "checkpoint":
        if not isinstance(value, str) or not _CHECKPOINT.fullmatch(value):
            raise MalformedError("A checkpoint is the three lines origin, size and root.")
        return value.encode("utf-8")
    digest = value if _is_outside_hash(kind, value) else canonical_hash(_object(kind, value))
    return f"countersign/{kind}@1\n{digest}".encode("ascii")


def _is_outside_hash(kind: str, value: JsonValue) -> TypeGuard[str]:
    return kind in _HASHED_OUTSIDE and isinstance(value, str) and _HASH.fullmatch(value) is not None


def _object(kind: str, value: JsonValue) -> JsonObject:
    """The statement itself, from an object or from its canonical text. Raises MalformedError."""
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        content = read_json_object(value.encode("utf-8"))
        if canonical(content) == value.encode("utf-8"):
            return content
    raise MalformedError(f"A statement of kind {kind} is a JSON object in canonical form.")


def receipt_message(receipt: JsonObject) -> bytes:
    """The bytes under ``sig`` of a receipt {format, proposal_id, digest, report_hash, at, device_key}."""
    unsigned = {name: value for name, value in receipt.items() if name != "sig"}
    return f"{RECEIPT_FORMAT}\n{canonical_hash(unsigned)}".encode("ascii")


def verify_statement(device_key: str, kind: str, value: JsonValue, signature: str) -> bool:
    """Whether ``signature`` (128 lower hex) by ``device_key`` ("ed25519:<64 hex>") is over this statement."""
    return _verify(device_key, statement_message(kind, value), signature)


def verify_receipt(receipt: JsonObject) -> bool:
    """Whether a receipt is signed by the device key that it names; whose key that is, policy says."""
    key, signature = receipt.get("device_key"), receipt.get("sig")
    if receipt.get("format") != RECEIPT_FORMAT or not isinstance(key, str) or not isinstance(signature, str):
        return False
    return _verify(key, receipt_message(receipt), signature)


def _verify(device_key: str, message: bytes, signature: str) -> bool:
    match = _DEVICE_KEY.fullmatch(device_key)
    if match is None or not _SIGNATURE.fullmatch(signature):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(match.group(1))).verify(
            bytes.fromhex(signature), message
        )
    except (InvalidSignature, ValueError):
        return False
    return True
