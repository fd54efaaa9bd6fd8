"""Addresses and keys as text: base58 with checksum, X-addresses (XLS-5), account ids of public keys."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from signer_app.core.errors import MalformedError

ALPHABET: Final = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_DIGIT: Final = {char: index for index, char in enumerate(ALPHABET)}
_ACCOUNT: Final = b"\x00"
_X_MAIN, _X_TEST = b"\x05\x44", b"\x04\x93"
_MAX_TEXT: Final = 120

PUBLIC_KEY_LENGTH: Final = 33
ED25519_PREFIX: Final = 0xED


@dataclass(frozen=True, slots=True)
class XAddress:
    """A decoded X-address. ``test`` is its own claim to be for a network other than Mainnet."""

    account_id: bytes
    tag: int | None
    test: bool


def base58check_encode(payload: bytes) -> str:
    """Base58 of ``payload`` and the first 4 bytes of its double SHA-256."""
    data = payload + _checksum(payload)
    number, digits = int.from_bytes(data, "big"), []
    while number:
        number, digit = divmod(number, 58)
        digits.append(ALPHABET[digit])
    zeros = len(data) - len(data.lstrip(b"\x00"))
    return ALPHABET[0] * zeros + "".join(reversed(digits))


def base58check_decode(text: str) -> bytes:
    """The payload of a base58 text with checksum. MalformedError."""
    if len(text) > _MAX_TEXT:
        raise MalformedError("The address is too long.")
    number = 0
    for char in text:
        digit = _DIGIT.get(char)
        if digit is None:
            raise MalformedError(f"{text[:60]!r} holds a character that no address has.")
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip(ALPHABET[0]))
    data = b"\x00" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(data) < 5 or _checksum(data[:-4]) != data[-4:]:
        raise MalformedError(f"{text[:60]!r} has a wrong checksum: a character was changed.")
    return data[:-4]


def _checksum(payload: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]


@lru_cache(maxsize=8192)
def encode_address(account_id: bytes) -> str:
    """Classic r-address of a 20-byte account id."""
    if len(account_id) != 20:
        raise MalformedError(f"An account id has 20 bytes, not {len(account_id)}.")
    return base58check_encode(_ACCOUNT + account_id)


@lru_cache(maxsize=8192)
def decode_address(address: str) -> bytes:
    """The 20-byte account id of a classic r-address. MalformedError."""
    payload = base58check_decode(address)
    if len(payload) != 21 or payload[:1] != _ACCOUNT:
        raise MalformedError(f"{address[:60]!r} is not an account address.")
    return payload[1:]


def is_x_address(text: str) -> bool:
    """Whether ``text`` looks like an X-address (decode_x_address decides)."""
    return len(text) > 40 and text[:1] in "XT"


def decode_x_address(text: str) -> XAddress:
    """Account id, tag and network kind of an X-address (XLS-5d). MalformedError."""
    payload = base58check_decode(text)
    prefix, flag = payload[:2], payload[22:23]
    if len(payload) != 31 or prefix not in (_X_MAIN, _X_TEST) or flag not in (b"\x00", b"\x01"):
        raise MalformedError(f"{text[:60]!r} is not an X-address.")
    # Tags of more than 32 bits are reserved: bytes 27 to 30 are zero.
    tag = int.from_bytes(payload[23:27], "little")
    if payload[27:] != bytes(4) or (flag == b"\x00" and tag):
        raise MalformedError(f"{text[:60]!r} holds a tag that no ledger takes.")
    return XAddress(payload[2:22], tag if flag == b"\x01" else None, prefix == _X_TEST)


def is_public_key(key: bytes) -> bool:
    """Whether the bytes have the form of a public key: ED and 32 bytes, or a compressed secp256k1 point."""
    return len(key) == PUBLIC_KEY_LENGTH and key[0] in (2, 3, ED25519_PREFIX)


def account_id_of(public_key: bytes) -> bytes:
    """RIPEMD-160 of SHA-256 of the public key (xrpl.org, "Address Encoding")."""
    if not is_public_key(public_key):
        raise MalformedError("This is not the public key of an XRPL account.")
    return hashlib.new("ripemd160", hashlib.sha256(public_key).digest()).digest()


def address_of(public_key: str) -> str:
    """Classic address of a public key given in hex. MalformedError."""
    return encode_address(account_id_of(key_bytes(public_key)))


def key_bytes(public_key: str) -> bytes:
    """The 33 bytes of a public key given in hex. MalformedError."""
    try:
        key = bytes.fromhex(public_key)
    except ValueError as error:
        raise MalformedError("A public key is written in hex.") from error
    if not is_public_key(key):
        raise MalformedError("This is not the public key of an XRPL account.")
    return key
