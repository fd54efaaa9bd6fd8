"""What passphrases are called, and that poor ones are never called good."""

from __future__ import annotations

import pytest

from signer_app.vault.strength import likeness, strength
from signer_app.workspace.practising import draw_passphrase


@pytest.mark.parametrize(
    "text",
    ["", "a", "password", "Password2026", "12345678901234567890", "aaaaaaaaaaaaaaaaaaaaaaaa",
     "abcdefghijklmnop", "treasury", "Treasury-2026", "hunter2", "dog dog dog dog dog"],
)  # fmt: skip
def test_poor_ones(text: str) -> None:
    assert strength(bytearray(text.encode())).word == "too weak"


def test_more_words_are_stronger() -> None:
    words = ["violet", "anchor", "seven", "lantern", "gravel", "oyster", "ribbon"]
    bits = [strength(bytearray(" ".join(words[:count]).encode())).bits for count in range(1, 8)]
    assert bits == sorted(bits)
    assert strength(bytearray(b"violet anchor lantern gravel")).word in ("weak", "good")
    assert strength(bytearray(" ".join(words).encode())).word == "strong"


def test_what_the_program_draws_is_strong() -> None:
    drawn = {draw_passphrase() for _ in range(50)}
    assert len(drawn) == 50
    assert {strength(bytearray(text.encode())).word for text in drawn} <= {"strong", "good"}


def test_likeness_is_that_of_the_words_and_of_the_salt() -> None:
    one, other = bytearray(b"words"), bytearray(b"other")
    assert likeness(one, "1") == likeness(bytearray(one), "1")
    assert len({likeness(one, "1"), likeness(one, "2"), likeness(other, "1")}) == 3
    assert one == b"words"
