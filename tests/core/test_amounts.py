"""Money is exact: no operation rounds, and what the ledger cannot hold is refused."""

from __future__ import annotations

from decimal import Decimal, Inexact, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signer_app.core import amounts
from signer_app.core.errors import MalformedError

plain_amounts = st.from_regex(r"-?(0|[1-9][0-9]{0,80})(\.[0-9]{1,80})?", fullmatch=True)
mantissas = st.integers(amounts.ISSUED_MIN_MANTISSA, amounts.ISSUED_MAX_MANTISSA)
exponents = st.integers(amounts.ISSUED_MIN_EXPONENT, amounts.ISSUED_MAX_EXPONENT)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)),
        ("25000.50", Fraction(50001, 2)),
        ("-3", Fraction(-3)),
        ("0." + "0" * 80 + "1", Fraction(1, 10**81)),
        ("9" * 96, Fraction(10**96 - 1)),
    ],
)
def test_parse_reads_the_exact_number(text: str, value: Fraction) -> None:
    assert Fraction(amounts.parse_decimal(text)) == value


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "+1", "1.", ".5", "01", "-01", "1e3", "1E3", "1_000", "1,5", "NaN", "Infinity", "--1"]
    + ["0x10", "1\n", "\u0661", "\uff11", "1" * 221, "\u22121", "1.\u0662"],
)
def test_parse_refuses_every_other_spelling(text: str) -> None:
    with pytest.raises(MalformedError):
        amounts.parse_decimal(text)


@given(plain_amounts)
def test_parse_keeps_every_digit(text: str) -> None:
    assert Fraction(amounts.parse_decimal(text)) == Fraction(text)


@given(plain_amounts)
def test_format_is_the_shortest_spelling_of_the_same_number(text: str) -> None:
    shown = amounts.format_decimal(amounts.parse_decimal(text))
    assert Fraction(shown) == Fraction(text)
    assert shown == amounts.format_decimal(amounts.parse_decimal(shown))
    assert "e" not in shown.lower()
    assert shown != "-0"
    assert not ("." in shown and shown.endswith(("0", ".")))


@pytest.mark.parametrize(
    ("value", "text"),
    [("1E+3", "1000"), ("-0.00", "0"), ("1.50", "1.5"), ("1E-7", "0.0000001"), ("100", "100"), ("-0", "0")],
)
def test_format_examples(value: str, text: str) -> None:
    assert amounts.format_decimal(Decimal(value)) == text


@given(plain_amounts, plain_amounts)
def test_sums_and_differences_are_exact(left: str, right: str) -> None:
    a, b = amounts.parse_decimal(left), amounts.parse_decimal(right)
    assert Fraction(amounts.add(a, b)) == Fraction(left) + Fraction(right)
    assert Fraction(amounts.subtract(a, b)) == Fraction(left) - Fraction(right)


def test_the_longest_amounts_that_are_read_can_be_added() -> None:
    high, low = amounts.parse_decimal("9" * 220), amounts.parse_decimal("0." + "0" * 217 + "1")
    assert Fraction(amounts.add(high, low)) == 10**220 - 1 + Fraction(1, 10**218)


def test_a_sum_that_would_round_is_an_error_and_never_a_number() -> None:
    with pytest.raises(Inexact):
        amounts.add(Decimal(10) ** 25, Decimal((0, (1,), -490)))


def test_arithmetic_does_not_depend_on_the_context_of_the_thread() -> None:
    value = amounts.parse_decimal("1" * 60)
    with localcontext() as context:
        context.prec = 3
        assert int(amounts.add(value, Decimal(1))) == int("1" * 60) + 1
        assert amounts.base_units(value, 6) == int("1" * 60) * 10**6
        assert amounts.format_decimal(value) == "1" * 60


@given(st.integers(-(10**60), 10**60), st.integers(0, 18))
def test_base_units_and_whole_units_are_inverse(base: int, decimals: int) -> None:
    whole = amounts.whole_units(base, decimals)
    assert Fraction(whole) == Fraction(base, 10**decimals)
    assert amounts.base_units(whole, decimals) == base


@pytest.mark.parametrize(("value", "decimals"), [("0.0000001", 6), ("1.5", 0), ("1" * 60 + ".55", 1)])
def test_more_decimals_than_the_asset_has_are_refused_not_rounded(value: str, decimals: int) -> None:
    with pytest.raises(MalformedError, match="decimals"):
        amounts.base_units(amounts.parse_decimal(value), decimals)


def test_trailing_zeros_are_no_decimals() -> None:
    assert amounts.base_units(Decimal("1.5000000"), 6) == 1_500_000


@given(mantissas, exponents, st.booleans())
def test_issued_amounts_round_trip(mantissa: int, exponent: int, negative: bool) -> None:
    signed = -mantissa if negative else mantissa
    value = amounts.issued_value(signed, exponent)
    assert Fraction(value) == Fraction(signed) * Fraction(10) ** exponent
    assert amounts.issued_parts(value) == (signed, exponent)
    assert amounts.issued_parts(amounts.parse_decimal(amounts.format_decimal(value))) == (signed, exponent)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0", (0, 0)),
        ("-0.00", (0, 0)),
        ("1", (10**15, -15)),
        ("-1", (-(10**15), -15)),
        ("25000", (2_500_000_000_000_000, -11)),
        ("9999999999999999" + "0" * 80, (10**16 - 1, 80)),
        ("0." + "0" * 80 + "1", (10**15, -96)),
        ("1234567890123456", (1_234_567_890_123_456, 0)),
    ],
)
def test_issued_parts_examples(text: str, parts: tuple[int, int]) -> None:
    assert amounts.issued_parts(amounts.parse_decimal(text)) == parts


@pytest.mark.parametrize(
    "text",
    [
        "12345678901234567",  # 17 digits
        "1" + "0" * 96,  # one step above 9999999999999999e80
        "0." + "0" * 81 + "1",  # one step below 1000000000000000e-96
        "1.0000000000000001",  # 17 digits around the point
    ],
)
def test_issued_amounts_that_the_ledger_cannot_hold_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        amounts.issued_parts(amounts.parse_decimal(text))


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_issued_amounts_are_finite(text: str) -> None:
    with pytest.raises(MalformedError):
        amounts.issued_parts(Decimal(text))
