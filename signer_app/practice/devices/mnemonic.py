"""BIP-39: words from entropy and a seed from words. English alone, as the devices show it."""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from functools import lru_cache

from signer_app.core.errors import MalformedError
from signer_app.core.resources import package_path

_WORD_BITS = 11
_ROUNDS = 2048
#: Number of words to bytes of entropy (BIP-39, "Generating the mnemonic").
_ENTROPY_BYTES = {12: 16, 15: 20, 18: 24, 21: 28, 24: 32}


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """The 2,048 words in the order of the standard."""
    text = package_path("signer_app.practice.devices", "bip39_english.json").read_text("utf-8")
    return tuple(word for line in json.loads(text) for word in line.split())


def phrase_of(entropy: bytes) -> str:
    """The phrase of 16, 20, 24, 28 or 32 bytes. Raises MalformedError for another length."""
    if len(entropy) not in _ENTROPY_BYTES.values():
        raise MalformedError("The entropy of a phrase has 16 to 32 bytes.")
    check_bits = len(entropy) // 4
    checksum = hashlib.sha256(entropy).digest()[0] >> (8 - check_bits)
    bits = int.from_bytes(entropy, "big") << check_bits | checksum
    count = (len(entropy) * 8 + check_bits) // _WORD_BITS
    table = words()
    return " ".join(table[bits >> _WORD_BITS * place & 0x7FF] for place in reversed(range(count)))


def fresh_phrase() -> str:
    """Twenty-four words from the system's randomness."""
    return phrase_of(secrets.token_bytes(32))


def checked(phrase: str) -> str:
    """The phrase with single blanks. Raises MalformedError, naming no word, where it is no phrase."""
    given = unicodedata.normalize("NFKD", phrase).lower().split()
    table = {word: place for place, word in enumerate(words())}
    if len(given) not in _ENTROPY_BYTES or any(word not in table for word in given):
        raise MalformedError("The seed phrase has a wrong number of words or a word not in the list.")
    bits = 0
    for word in given:
        bits = bits << _WORD_BITS | table[word]
    size = _ENTROPY_BYTES[len(given)]
    entropy = (bits >> size // 4).to_bytes(size, "big")
    if phrase_of(entropy).split() != given:
        raise MalformedError("The checksum of the seed phrase is wrong.")
    return " ".join(given)


def seed_of(phrase: str, passphrase: str = "") -> bytes:
    """The 64-byte seed of a phrase (BIP-39, "From mnemonic to seed")."""
    password = unicodedata.normalize("NFKD", phrase).encode()
    salt = unicodedata.normalize("NFKD", "mnemonic" + passphrase).encode()
    return hashlib.pbkdf2_hmac("sha512", password, salt, _ROUNDS)
