"""Private keys: seeds, derivation, signing. Loaded by the process of the key; imports no SDK.

Sources: xrpl.org "Cryptographic Keys" (key derivation); RFC 6979 and low S for secp256k1 (libsecp256k1);
RFC 8032 for Ed25519.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final

from coincurve import PrivateKey, PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_app.chains.signing_values import SigningPayload
from signer_app.chains.xrpl.address import account_id_of, base58check_decode, encode_address
from signer_app.chains.xrpl.transaction import sha512_half
from signer_app.core.errors import MalformedError

SECP256K1: Final = "secp256k1"
ED25519: Final = "ed25519"
CURVES: Final = (SECP256K1, ED25519)

_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_SEED: Final = b"\x21"
_SEED_ED25519: Final = b"\x01\xe1\x4b"
_SEED_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key of 32 bytes, kept out of repr, and its public key in upper hex."""

    curve: str
    public_key: str
    private: bytes = field(repr=False)

    @property
    def address(self) -> str:
        """The classic address that this key is the master key of."""
        return encode_address(account_id_of(bytes.fromhex(self.public_key)))


def generate(curve: str) -> KeyPair:
    """A new key from the system's random source. MalformedError for a curve that XRPL does not have."""
    while True:
        private = secrets.token_bytes(32)
        if curve != SECP256K1 or 0 < int.from_bytes(private, "big") < _ORDER:
            return from_private(curve, private)


def from_private(curve: str, private: bytes) -> KeyPair:
    """The pair of a raw 32-byte private key. MalformedError."""
    return KeyPair(curve, public_from_private(curve, private), private)


def from_private_hex(curve: str, text: str) -> KeyPair:
    """As from_private, of 64 hex digits (surrounding white space allowed).

    MalformedError, never naming the text.
    """
    try:
        private = bytes.fromhex(text.strip())
    except ValueError:
        raise MalformedError("A raw private key has 64 hex digits.") from None
    return from_private(curve, private)


def from_seed(text: str, curve: str | None = None) -> KeyPair:
    """The pair of a family seed (s… or sEd…), account 0. MalformedError, never naming the seed.

    ``curve`` for s… seeds, which do not say theirs; secp256k1 where it is not given. An sEd… seed is Ed25519.
    """
    try:
        payload = base58check_decode(text.strip())
    except MalformedError:
        raise MalformedError("The seed is not valid: its checksum is wrong.") from None
    if payload[:3] == _SEED_ED25519 and len(payload) == 3 + _SEED_LENGTH:
        if curve not in (None, ED25519):
            raise MalformedError("A seed that begins with sEd is for Ed25519.")
        return from_private(ED25519, sha512_half(payload[3:]))
    if payload[:1] != _SEED or len(payload) != 1 + _SEED_LENGTH:
        raise MalformedError("The text is not an XRPL family seed.")
    entropy = payload[1:]
    if curve == ED25519:
        return from_private(ED25519, sha512_half(entropy))
    return from_private(curve or SECP256K1, _family_key(entropy))


def public_from_private(curve: str, private: bytes) -> str:
    """Upper hex public key: ED and 32 bytes, or a compressed point. MalformedError."""
    if len(private) != 32:
        raise MalformedError("A private key has 32 bytes.")
    if curve == ED25519:
        key = Ed25519PrivateKey.from_private_bytes(private)
        return "ED" + key.public_key().public_bytes_raw().hex().upper()
    if curve != SECP256K1:
        raise MalformedError(f"{curve[:40]!r} is not a curve of XRPL keys.")
    if not 0 < int.from_bytes(private, "big") < _ORDER:
        raise MalformedError("The private key is outside the range of secp256k1.")
    return PublicKey.from_secret(private).format(compressed=True).hex().upper()


def curve_of(public_key: str) -> str:
    """ "ed25519" or "secp256k1", by the first byte of a public key in hex."""
    return ED25519 if public_key[:2].upper() == "ED" else SECP256K1


def sign(curve: str, private: bytes, payload: SigningPayload) -> str:
    """Upper hex signature: 64 bytes of Ed25519 over ``data``, or low-S DER of secp256k1 over ``digest``."""
    if curve == ED25519:
        return Ed25519PrivateKey.from_private_bytes(private).sign(payload.data).hex().upper()
    if curve != SECP256K1:
        raise MalformedError(f"{curve[:40]!r} is not a curve of XRPL keys.")
    return PrivateKey(private).sign(payload.digest, hasher=None).hex().upper()


def _family_key(entropy: bytes) -> bytes:
    """Private key of account 0 of a family seed: root key plus the key of its first child."""
    root = _scalar(entropy)
    root_public = PublicKey.from_secret(root.to_bytes(32, "big")).format(compressed=True)
    return ((root + _scalar(root_public + bytes(4))) % _ORDER).to_bytes(32, "big")


def _scalar(base: bytes) -> int:
    """The first SHA-512Half of ``base`` and a 32-bit counter that is a valid private key."""
    for counter in range(2**32):
        number = int.from_bytes(sha512_half(base + counter.to_bytes(4, "big")), "big")
        if 0 < number < _ORDER:
            return number
    raise MalformedError("No key can be derived from this seed.")
