"""How hard a passphrase is to guess, in words, and whether two are the same.

A rough lower measure: it never calls a poor one strong.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

Word = Literal["too weak", "weak", "good", "strong"]

#: Least bits of each word. Below the first a guesser who has the file needs days, not years.
_STEPS: Final[tuple[tuple[float, Word], ...]] = ((75, "strong"), (58, "good"), (42, "weak"), (0, "too weak"))
#: Parts that guessers try first; each counts as one of a few hundred, whatever its length.
_USUAL: Final = re.compile(
    r"password|passphrase|passwort|letmein|welcome|admin|qwerty|qwertz|azerty|iloveyou|monkey|dragon|secret"
    r"|countersign|treasury|ripple|wallet|abc|(?:19|20)\d\d|0123|1234|12345|123456|4321",
    re.IGNORECASE,
)
_USUAL_BITS: Final = 8.0
#: A word of a language counts as one of some thousand, not as its letters; it stands alone and has a vowel.
_WORD: Final = re.compile(r"(?<!\w)(?=[^\W\d_]*[aeiouyäöü])[^\W\d_]{3,}(?!\w)", re.IGNORECASE)
_WORD_BITS: Final = 11.0
_CLASSES: Final = ((re.compile(r"[a-z]"), 26), (re.compile(r"[A-Z]"), 26), (re.compile(r"\d"), 10))
_OTHERS: Final = 20


@dataclass(frozen=True, slots=True)
class Strength:
    """``bits``: about how many guesses, as a power of two."""

    bits: float
    word: Word


def strength(passphrase: bytearray) -> Strength:
    """Judge a passphrase. The text exists as long as this call; Python cannot wipe it."""
    text = passphrase.decode("utf-8", "replace")
    bits, rest = 0.0, text
    bits += _USUAL_BITS * len(_USUAL.findall(rest))
    rest = _USUAL.sub("", rest)
    words = _WORD.findall(rest)
    for word in words:
        bits += min(_WORD_BITS, _random_bits(word))
    rest = _WORD.sub("", rest)
    bits += _random_bits(rest)
    said_again = len(words) - len({word.casefold() for word in words})
    bits -= said_again * _WORD_BITS  # a word said twice is hardly a second word
    bits = max(0.0, min(bits, _random_bits(text)))
    return Strength(bits, next(word for least, word in _STEPS if bits >= least))


def likeness(passphrase: bytearray, salt: str) -> str:
    """Shared by two passphrases, under one fresh salt, only if they are the same. Quick, so never stored."""
    return hmac.new(passphrase, f"countersign/likeness@1\n{salt}".encode(), hashlib.sha256).hexdigest()


def _random_bits(text: str) -> float:
    """Bits if every character were drawn by chance; repeated characters count once."""
    if not text:
        return 0.0
    pool = sum(size for pattern, size in _CLASSES if pattern.search(text))
    if any(not (character.isascii() and character.isalnum()) for character in text):
        pool += _OTHERS
    changes = sum(1 for before, after in pairwise(text) if abs(ord(before) - ord(after)) > 1)
    return (changes + 1) * math.log2(max(pool, 2))
