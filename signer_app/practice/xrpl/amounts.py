"""Issued amounts with the ledger's own precision: a 16-digit mantissa and a decimal exponent. No floats.

Source: xrpl.org "Token Precision" and "Serialization, Token Amount Format" (mantissa 10^15 … 10^16-1,
exponent -96 … 80). Results of arithmetic round half to even, as rippled's Number class does.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, Overflow

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

PRECISION = 16
ZERO = Decimal(0)
_SMALLEST = Decimal("1e-81")
_EXACT = Context(
    prec=PRECISION, rounding=ROUND_HALF_EVEN, Emax=95, Emin=-81, traps=[Overflow, InvalidOperation]
)
_UP = Context(prec=PRECISION, rounding=ROUND_CEILING, Emax=95, Emin=-81, traps=[Overflow, InvalidOperation])
_DOWN = Context(prec=PRECISION, rounding=ROUND_FLOOR, Emax=95, Emin=-81, traps=[Overflow, InvalidOperation])

#: The account that stands as issuer of a trust line's balance ("account one").
NO_ACCOUNT = "rrrrrrrrrrrrrrrrrrrrBZbvji"
#: The all-zero account, which no key can own.
ZERO_ACCOUNT = "rrrrrrrrrrrrrrrrrrrrrhoLvTp"


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued amount: exact decimal ``value`` of ``currency`` (three letters or 40 hex) by ``issuer``."""

    value: Decimal
    currency: str
    issuer: str

    def to_json(self) -> JsonObject:
        """Shape: {currency, issuer, value}."""
        return {"currency": self.currency, "issuer": self.issuer, "value": to_text(self.value)}


def add(left: Decimal, right: Decimal) -> Decimal:
    """Sum in ledger precision."""
    return _settle(_EXACT.add(left, right))


def multiply_up(value: Decimal, rate: Decimal) -> Decimal:
    """Product rounded up, so that a transfer fee is never charged short."""
    return _settle(_UP.multiply(value, rate))


def divide_down(value: Decimal, rate: Decimal) -> Decimal:
    """Quotient rounded down, so that no more arrives than was paid for."""
    return _settle(_DOWN.divide(value, rate))


def _settle(value: Decimal) -> Decimal:
    return ZERO if abs(value) < _SMALLEST else value


def parse_issued(value: JsonValue) -> Issued | None:
    """The issued amount in ``value``; None for XRP (a string). Raises MalformedError for any other shape."""
    if isinstance(value, str):
        return None
    if isinstance(value, dict) and set(value) == {"currency", "issuer", "value"}:
        currency, issuer, amount = value["currency"], value["issuer"], value["value"]
        if isinstance(currency, str) and isinstance(issuer, str) and isinstance(amount, str):
            return Issued(Decimal(amount), currency, issuer)
    raise MalformedError("An amount is neither drops nor {currency, issuer, value}.")


def is_mpt(value: JsonValue) -> bool:
    """True for an amount of a multi-purpose token."""
    return isinstance(value, dict) and "mpt_issuance_id" in value


def to_text(value: Decimal) -> str:
    """The ledger's JSON text: plain, or mantissa and exponent outside of 10^-25 … 10^-5 of the mantissa."""
    if not value:
        return "0"
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise MalformedError("An amount is not a finite number.")
    mantissa = int("".join(map(str, digits)))
    while mantissa < 10 ** (PRECISION - 1):
        mantissa, exponent = mantissa * 10, exponent - 1
    while mantissa >= 10**PRECISION:
        mantissa, exponent = mantissa // 10, exponent + 1
    prefix = "-" if sign else ""
    if exponent != 0 and (exponent < -25 or exponent > -5):
        while mantissa % 10 == 0:
            mantissa, exponent = mantissa // 10, exponent + 1
        return f"{prefix}{mantissa}e{exponent}"
    plain = format(Decimal(mantissa).scaleb(exponent), "f")
    return prefix + (plain.rstrip("0").rstrip(".") if "." in plain else plain)
