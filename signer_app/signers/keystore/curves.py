"""Private keys of the two curves: drawing them, their public keys, and the Ed25519 device signature.

secp256k1 public keys are compressed (33 bytes), Ed25519 ones raw (32 bytes; RFC 8032).
"""

from __future__ import annotations

import os
from enum import StrEnum

import coincurve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_app.core.errors import MalformedError

PRIVATE_BYTES = 32


class Curve(StrEnum):
    SECP256K1 = "secp256k1"
    ED25519 = "ed25519"


PUBLIC_BYTES = {Curve.SECP256K1: 33, Curve.ED25519: 32}


def new_private_key(curve: Curve) -> bytearray:
    """32 random bytes that are a private key of ``curve``."""
    while True:
        candidate = bytearray(os.urandom(PRIVATE_BYTES))
        try:
            public_key(curve, candidate)
        except MalformedError:
            continue  # zero or not below the group's order: once in 2^127 draws
        return candidate


def public_key(curve: Curve, private: bytearray) -> bytes:
    """The public key. Raises MalformedError where the bytes are no private key of the curve."""
    if len(private) != PRIVATE_BYTES:
        raise MalformedError("A private key has 32 bytes.")
    if curve is Curve.ED25519:
        return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    try:
        return coincurve.PrivateKey(bytes(private)).public_key.format(compressed=True)
    except ValueError as error:
        raise MalformedError("These bytes are no private key of this curve.") from error


def sign_ed25519(private: bytearray, message: bytes) -> bytes:
    """The 64-byte signature of RFC 8032 over the message itself."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)
