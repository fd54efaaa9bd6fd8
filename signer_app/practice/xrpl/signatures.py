"""Cryptographic checks of single and multiple signatures (xrpl.org "Cryptographic Keys", "Multi-Signing").

Whether a key may sign for an account is another question, which the engine answers from the ledger's state.
"""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import coincurve
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from xrpl.core.binarycodec import encode_for_multisigning, encode_for_signing

from signer_app.core.errors import MalformedError
from signer_app.practice.xrpl.codec import Transaction, account_id, half_sha512
from signer_app.practice.xrpl.values import inner_rows, optional_text, text

MAX_SIGNERS = 32
_CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_ED_PREFIX = "ED"
_KEY_HEX_DIGITS = 66


def check(transaction: Transaction) -> None:
    """Raises MalformedError (BAD_SIGNATURE) with rippled's words unless every signature verifies."""
    reason = _find_failure(transaction)
    if reason is not None:
        raise MalformedError(reason, code="BAD_SIGNATURE")


@lru_cache(maxsize=20_000)
def _find_failure(transaction: Transaction) -> str | None:
    """Cached: the verdict on given bytes never changes."""
    fields = transaction.fields
    if transaction.multi_signed:
        if "Signers" not in fields:
            return "Empty SigningPubKey."
        if "TxnSignature" in fields:
            return "Cannot both single- and multi-sign."
        return _multi_failure(transaction)
    if "Signers" in fields:
        return "Cannot both single- and multi-sign."
    message = bytes.fromhex(encode_for_signing(cast(dict[str, object], fields)))
    signature = optional_text(fields, "TxnSignature") or ""
    return None if verifies(message, signature, text(fields, "SigningPubKey")) else "Invalid signature."


def _multi_failure(transaction: Transaction) -> str | None:  # noqa: PLR0911 - one line a refusal
    signers = inner_rows(transaction.fields, "Signers", "Signer")
    if not 1 <= len(signers) <= MAX_SIGNERS:
        return "Invalid Signers array size."
    last = b""
    for signer in signers:
        if set(signer) != {"Account", "SigningPubKey", "TxnSignature"}:
            return "Malformed Signers array."
        address = text(signer, "Account")
        current = account_id(address)
        if address == transaction.account:
            return "Invalid multisigner."
        if current == last:
            return "Duplicate Signers not allowed."
        if current < last:
            return "Unsorted Signers array."
        last = current
        message = bytes.fromhex(encode_for_multisigning(cast(dict[str, object], transaction.fields), address))
        if not verifies(message, text(signer, "TxnSignature"), text(signer, "SigningPubKey")):
            return f"Invalid signature on account {address}."
    return None


def verifies(message: bytes, signature: str, public_key: str) -> bool:
    """True when ``signature`` (hex) over ``message`` is by ``public_key`` (hex) and fully canonical."""
    if len(public_key) != _KEY_HEX_DIGITS:
        return False
    if public_key.startswith(_ED_PREFIX):
        return _verifies_ed25519(message, bytes.fromhex(signature), bytes.fromhex(public_key[2:]))
    return _verifies_secp256k1(message, bytes.fromhex(signature), bytes.fromhex(public_key))


def _verifies_ed25519(message: bytes, signature: bytes, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _verifies_secp256k1(message: bytes, signature: bytes, key: bytes) -> bool:
    if not _is_fully_canonical(signature):
        return False
    try:
        return coincurve.PublicKey(key).verify(signature, half_sha512(message), hasher=None)
    except ValueError:
        return False


def _is_fully_canonical(signature: bytes) -> bool:
    """Strict DER with the lower of the two possible S values.

    Without it a third party could change the id.
    """
    if not 8 <= len(signature) <= 72 or signature[0] != 0x30 or signature[1] != len(signature) - 2:
        return False
    first = _der_integer(signature, 2)
    if first is None:
        return False
    second = _der_integer(signature, first[1])
    if second is None or second[1] != len(signature):
        return False
    r, s = first[0], second[0]
    return 0 < r < _CURVE_ORDER and 0 < s <= _CURVE_ORDER // 2


def _der_integer(data: bytes, start: int) -> tuple[int, int] | None:
    """A minimal positive DER integer at ``start``: its value and the offset behind it."""
    if start + 2 > len(data) or data[start] != 0x02:
        return None
    length = data[start + 1]
    body = data[start + 2 : start + 2 + length]
    if not 1 <= length <= 33 or len(body) != length or body[0] & 0x80:
        return None
    if length > 1 and body[0] == 0 and not body[1] & 0x80:
        return None
    return int.from_bytes(body, "big"), start + 2 + length
