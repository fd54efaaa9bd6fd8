"""Texts of others: what deceives a reader is found, and what is shown is safe."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signer_app.core.text import csv_cell, safe_text, text_findings


@pytest.mark.parametrize("char", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_marks_that_turn_the_reading_direction(char: str) -> None:
    assert text_findings(f"pay{char}ment") == ["TEXT_BIDI"]
    assert char not in safe_text(f"pay{char}ment")


@pytest.mark.parametrize(
    "char",
    [
        *"\u200b\u200c\u200d\u2060\u2061\ufeff\u00ad\u034f\u115f\u1160\u17b4\u180e\u2800\u3164\uffa0",
        *"\x00\x07\x1b\n\x7f\x85\u2028\u2029",
        "\ufe0f",  # variation selectors have no shape of their own
        "\U000e0100",
        "\U000e0041",  # a tag letter
        "\ue000",  # private use
        "\uffff",
        "\ud800",
    ],
)
def test_characters_that_nobody_sees(char: str) -> None:
    assert text_findings(f"pay{char}ment") == ["TEXT_INVISIBLE"]
    assert char not in safe_text(f"pay{char}ment")
    assert f"\\u{{{ord(char):x}}}" in safe_text(f"pay{char}ment")


@pytest.mark.parametrize(
    "word",
    ["p\u0430ypal", "\u0410cme", "Ac\u043ce GmbH", "\u0391lpha", "Bit\u03f2oin", "\u0555range"],
)
def test_words_of_two_scripts(word: str) -> None:
    assert text_findings(f"to {word} today") == ["TEXT_MIXED_SCRIPT"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Invoice 4711, M\u00fcller & S\u00f6hne GmbH",
        "\u041c\u043e\u0441\u043a\u0432\u0430 office",  # two scripts in two words
        "\u03a3\u03c9\u03ba\u03c1\u03ac\u03c4\u03b7\u03c2",
        "\u6771\u4eac\u652f\u5e97",
        "\u65e5\u672c\u8a9e \u3072\u3089\u304c\u306a \u30ab\u30bf\u30ab\u30ca",
        "\u05e9\u05dc\u05d5\u05dd",  # right-to-left letters are no marks
        "a=b, 1+1",
        "50 \u20ac",
    ],
)
def test_plain_texts_raise_nothing(text: str) -> None:
    assert text_findings(text) == []


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@SUM(A1)", '=HYPERLINK("x")'])
def test_what_a_spreadsheet_would_run(text: str) -> None:
    assert text_findings(text) == ["TEXT_FORMULA"]
    assert csv_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["\t=1", "\r=1"])
def test_formulas_behind_a_control_character(text: str) -> None:
    assert text_findings(text) == ["TEXT_INVISIBLE", "TEXT_FORMULA"]
    assert csv_cell(text) == "'" + text


def test_several_findings_stand_in_one_order() -> None:
    assert text_findings("=\u202ep\u0430y\u200b") == [
        "TEXT_BIDI",
        "TEXT_INVISIBLE",
        "TEXT_MIXED_SCRIPT",
        "TEXT_FORMULA",
    ]


def test_safe_text_is_composed_and_cut() -> None:
    assert safe_text("e\u0301") == "\u00e9"
    assert safe_text("x" * 400) == "x" * 400
    assert safe_text("x" * 401) == "x" * 399 + "\u2026"
    assert safe_text("abcdef", limit=3) == "ab\u2026"
    assert safe_text("a\nb\u202ec") == "a\\u{a}b\\u{202e}c"


@given(st.text(max_size=100))
def test_safe_text_is_one_visible_line(text: str) -> None:
    shown = safe_text(text)
    assert len(shown) <= 400
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in shown)
    assert {"TEXT_BIDI", "TEXT_INVISIBLE"}.isdisjoint(text_findings(shown))
    assert len(shown.splitlines()) <= 1


@given(st.text(max_size=20))
def test_a_cell_never_begins_a_formula(text: str) -> None:
    assert not csv_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))
