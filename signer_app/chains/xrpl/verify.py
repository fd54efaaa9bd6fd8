"""Signature checks: fully canonical secp256k1 and Ed25519 (xrpl.org, "Transaction Malleability").

Imports no SDK. What counts here is whether the bytes fit; who may sign is combine.py's and the policy's
matter.
"""

from __future__ import annotations

from typing import Final

from coincurve import PublicKey
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signer_app.chains.signing_values import SigningPayload
from signer_app.chains.xrpl.address import ED25519_PREFIX, is_public_key

_HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_ED25519_ORDER: Final = 2**252 + 27742317777372353535851937790883648493


def verifies(payload: SigningPayload, public_key: str, signature: str) -> bool:
    """Whether ``signature`` over ``payload`` is by ``public_key`` (both hex), in its one canonical form."""
    try:
        key, raw = bytes.fromhex(public_key), bytes.fromhex(signature)
    except ValueError:
        return False
    if not is_public_key(key):
        return False
    if key[0] == ED25519_PREFIX:
        return _ed25519(payload.data, key[1:], raw)
    return _secp256k1(payload.digest, key, raw)


def _ed25519(data: bytes, key: bytes, signature: bytes) -> bool:
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= _ED25519_ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _secp256k1(digest: bytes, key: bytes, signature: bytes) -> bool:
    if not is_canonical_der(signature):
        return False
    try:
        return bool(PublicKey(key).verify(signature, digest, hasher=None))
    except ValueError:
        return False


def is_canonical_der(signature: bytes) -> bool:
    """Strict DER of two positive integers without padding, the second in the lower half of the order."""
    if not 8 <= len(signature) <= 72 or signature[0] != 0x30 or signature[1] != len(signature) - 2:
        return False
    first = _integer(signature[2:])
    if first is None:
        return False
    second = _integer(signature[2 + first[1] :])
    if second is None or 2 + first[1] + second[1] != len(signature):
        return False
    return 0 < second[0] <= _HALF_ORDER and first[0] > 0


def _integer(data: bytes) -> tuple[int, int] | None:
    """(value, bytes taken) of a DER integer, or None where it is not minimal and positive."""
    if len(data) < 3 or data[0] != 2:
        return None
    body = data[2 : 2 + data[1]]
    if not body or len(body) != data[1] or body[0] & 0x80:
        return None
    if len(body) > 1 and body[0] == 0 and not body[1] & 0x80:
        return None
    return int.from_bytes(body, "big"), 2 + len(body)
