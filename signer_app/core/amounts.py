"""Money as exact numbers: integers in base units, or decimals that no operation rounds.

Issued amounts on XRPL are decimal floating point on the ledger (xrpl.org, "Currency Formats": mantissa
10^15 … 10^16-1, exponent -96 … 80). Here they are ``Decimal`` under a context that traps any loss.
"""

from __future__ import annotations

import re
from decimal import Clamped, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, Rounded

from signer_app.core.errors import MalformedError

#: Wide enough for sums of any amounts that parse_decimal reads; anything that would round raises instead.
EXACT = Context(
    prec=500, Emin=-500, Emax=500, traps=[InvalidOperation, DivisionByZero, Inexact, Overflow, Clamped]
)
EXACT.traps[Rounded] = False

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?\Z")
_MAX_TEXT = 220

ISSUED_MIN_EXPONENT = -96
ISSUED_MAX_EXPONENT = 80
ISSUED_MIN_MANTISSA = 10**15
ISSUED_MAX_MANTISSA = 10**16 - 1
#: Digits that every ledger tool keeps. The wire format holds a sixteenth, which we read but never write.
ISSUED_DIGITS = 15


def parse_decimal(text: str) -> Decimal:
    """Decimal of a plain decimal string such as "25000.50" (no exponent, no sign but "-"). MalformedError."""
    if len(text) > _MAX_TEXT or not _DECIMAL.match(text):
        raise MalformedError(f"{text[:60]!r} is not a decimal amount such as 25000.50.")
    return EXACT.create_decimal(text)


def format_decimal(value: Decimal) -> str:
    """The shortest plain decimal string: no exponent, no trailing zeros, no "-0"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def add(left: Decimal, right: Decimal) -> Decimal:
    """Exact sum; raises decimal.Inexact rather than round."""
    return EXACT.add(left, right)


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """Exact difference; raises decimal.Inexact rather than round."""
    return EXACT.subtract(left, right)


def whole_units(base: int, decimals: int) -> Decimal:
    """Base units (drops, stroops, wei) as whole units: whole_units(1_500_000, 6) is Decimal("1.5")."""
    return EXACT.scaleb(EXACT.create_decimal(base), -decimals)


def base_units(value: Decimal, decimals: int) -> int:
    """Whole units as base units. Raises MalformedError when the asset has fewer decimals than the value."""
    scaled = EXACT.scaleb(value, decimals)
    if scaled != scaled.to_integral_value():
        raise MalformedError(f"{format_decimal(value)} has more than {decimals} decimals.")
    return int(scaled)


def issued_parts(value: Decimal) -> tuple[int, int]:
    """(mantissa, exponent) of an issued amount as XRPL stores it; zero is (0, 0). Sign is in the mantissa.

    Raises MalformedError when the value needs more than 16 digits or leaves the exponent range.
    """
    if value == 0:
        return 0, 0
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise MalformedError("An amount must be a finite number.")
    mantissa = int("".join(map(str, digits)))
    while mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    while mantissa < ISSUED_MIN_MANTISSA:
        mantissa, exponent = mantissa * 10, exponent - 1
    if mantissa > ISSUED_MAX_MANTISSA:
        raise MalformedError(f"{format_decimal(value)} has more digits than an issued amount can hold.")
    if not ISSUED_MIN_EXPONENT <= exponent <= ISSUED_MAX_EXPONENT:
        raise MalformedError(f"{format_decimal(value)} is outside the range of issued amounts.")
    return (-mantissa if sign else mantissa), exponent


def issued_value(mantissa: int, exponent: int) -> Decimal:
    """The exact value of ``mantissa * 10^exponent``."""
    return EXACT.scaleb(EXACT.create_decimal(mantissa), exponent)
