"""What is signed, its parts, and what comes back. The process of the key loads this, not the port."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SigningPayload:
    """What one signer signs. ``data`` are the bytes before hashing, ``digest`` the 32 bytes that are signed.

    Ed25519 on XRPL signs ``data`` itself; secp256k1 signs ``digest`` (xrpl.org, "Cryptographic Keys").
    """

    scheme: str
    data: bytes
    digest: bytes
    signer: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as stored and carried: signer is CAIP-10, key and signature are upper hex on XRPL."""

    signer: str
    public_key: str
    signature: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Span:
    """Where a field stands in a body: ``length`` bytes from ``start``, with its id, prefix and end marker."""

    name: str
    start: int
    length: int
