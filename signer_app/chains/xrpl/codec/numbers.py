"""Amounts, currencies and Numbers: bytes to JSON form and back, canonical forms only.

Sources: xrpl.org "Serialization Format" (Amount, Issue) and "Currency Formats"; XLS-33 (multi-purpose
tokens); XLS-65 (Number). Values are exact text; nothing here rounds.
"""

from __future__ import annotations

import re
from typing import Final

from signer_app.chains.xrpl.address import decode_address, encode_address
from signer_app.core.amounts import (
    ISSUED_MAX_EXPONENT,
    ISSUED_MAX_MANTISSA,
    ISSUED_MIN_EXPONENT,
    ISSUED_MIN_MANTISSA,
)
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonValue

MAX_DROPS: Final = 10**17
MAX_MPT: Final = 2**63 - 1
ISSUED_BIT: Final = 0x80
MPT_BIT: Final = 0x20
_POSITIVE: Final = 0x40
_ISSUED_ZERO: Final = bytes([ISSUED_BIT]) + bytes(7)
_ISSUED_EXPONENT_OFFSET: Final = 97

_XRP_CURRENCY: Final = bytes(20)
_XRP_AS_CODE: Final = bytes(12) + b"XRP" + bytes(5)
_CODE: Final = re.compile(r"[A-Za-z0-9?!@#$%^&*<>(){}\[\]|]{3}\Z")
_HEX40: Final = re.compile(r"[0-9A-Fa-f]{40}\Z")
_HEX48: Final = re.compile(r"[0-9A-Fa-f]{48}\Z")
_DIGITS: Final = re.compile(r"(0|[1-9][0-9]{0,19})\Z")
_SCIENTIFIC: Final = re.compile(r"(-?)([0-9]{1,200})(?:\.([0-9]{1,200}))?(?:[eE]([+-]?[0-9]{1,5}))?\Z")

_NUMBER_MIN: Final = 10**18
_NUMBER_MAX: Final = 2**63 - 1
_NUMBER_EXPONENT: Final = 32768
_NUMBER_ZERO_EXPONENT: Final = -(2**31)
_PLAIN_EXPONENT: Final = 40


def plain(mantissa: int, exponent: int) -> str:
    """``mantissa * 10^exponent`` as the shortest plain decimal text."""
    if mantissa == 0:
        return "0"
    sign, digits = ("-", str(-mantissa)) if mantissa < 0 else ("", str(mantissa))
    stripped = digits.rstrip("0")
    exponent += len(digits) - len(stripped)
    if exponent >= 0:
        return sign + stripped + "0" * exponent
    point = len(stripped) + exponent
    if point > 0:
        return f"{sign}{stripped[:point]}.{stripped[point:]}"
    return f"{sign}0.{'0' * -point}{stripped}"


def parse_scientific(text: str) -> tuple[int, int]:
    """(mantissa, exponent) of decimal text, as foreign tools write it ("1.5", "15e-1"). MalformedError."""
    match = _SCIENTIFIC.match(text)
    if match is None:
        raise MalformedError(f"{text[:60]!r} is not a decimal number.")
    sign, whole, fraction, power = match.groups()
    fraction = fraction or ""
    mantissa, exponent = int(whole + fraction), int(power or 0) - len(fraction)
    while mantissa and mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    return (-mantissa if sign else mantissa), exponent if mantissa else 0


# Currencies and assets


def read_currency(data: bytes) -> str:
    """JSON form of a currency: "XRP", a 3-character code, or 40 hex digits."""
    if data == _XRP_CURRENCY:
        return "XRP"
    if data[:12] == bytes(12) and data[15:] == bytes(5) and data != _XRP_AS_CODE:
        code = data[12:15].decode("latin-1")
        if _CODE.match(code):
            return code
    return data.hex().upper()


def write_currency(text: str) -> bytes:
    """The 20 bytes of a currency's JSON form. MalformedError."""
    if text == "XRP":
        return _XRP_CURRENCY
    if _CODE.match(text):
        return bytes(12) + text.encode("ascii") + bytes(5)
    if _HEX40.match(text):
        return bytes.fromhex(text)
    raise MalformedError(f"{text[:60]!r} is not a currency code.")


def _issued_asset(currency: bytes, issuer: bytes) -> None:
    if currency in (_XRP_CURRENCY, _XRP_AS_CODE):
        raise MalformedError("An issued amount cannot be in XRP.")
    if issuer == bytes(20):
        raise MalformedError("An issued amount has no issuer.")


# Amounts


def amount_length(first: int) -> int:
    """Bytes of an amount whose first byte is ``first``."""
    if first & ISSUED_BIT:
        return 48
    return 33 if first & MPT_BIT else 8


def read_amount(data: bytes) -> JsonValue:
    """JSON form: drops as text, {currency, issuer, value} or {mpt_issuance_id, value}. MalformedError."""
    if len(data) == 8:
        return _read_drops(data)
    return _read_issued(data) if len(data) == 48 else _read_mpt(data)


def _read_drops(data: bytes) -> str:
    if not data[0] & _POSITIVE:
        raise MalformedError("An amount of XRP cannot be negative.")
    drops = int.from_bytes(data, "big") & (1 << 62) - 1
    if drops > MAX_DROPS:
        raise MalformedError("There are never more than 100 billion XRP.")
    return str(drops)


def _read_issued(data: bytes) -> JsonValue:
    currency, issuer = data[8:28], data[28:]
    _issued_asset(currency, issuer)
    result: dict[str, JsonValue] = {"value": "0"}
    if data[:8] != _ISSUED_ZERO:
        number = int.from_bytes(data[:8], "big")
        mantissa, exponent = number & (1 << 54) - 1, (number >> 54 & 0xFF) - _ISSUED_EXPONENT_OFFSET
        if not ISSUED_MIN_MANTISSA <= mantissa <= ISSUED_MAX_MANTISSA:
            raise MalformedError("An issued amount is not in its one canonical form.")
        if not ISSUED_MIN_EXPONENT <= exponent <= ISSUED_MAX_EXPONENT:
            raise MalformedError("An issued amount is outside the range of the ledger.")
        result["value"] = plain(mantissa if data[0] & _POSITIVE else -mantissa, exponent)
    result["currency"], result["issuer"] = read_currency(currency), encode_address(issuer)
    return result


def _read_mpt(data: bytes) -> JsonValue:
    if data[0] != _POSITIVE | MPT_BIT:
        raise MalformedError("An amount of a multi-purpose token is negative or not in its canonical form.")
    value = int.from_bytes(data[1:9], "big")
    if value > MAX_MPT:
        raise MalformedError("An amount of a multi-purpose token is beyond 2^63-1.")
    return {"value": str(value), "mpt_issuance_id": data[9:].hex().upper()}


def write_amount(value: JsonValue) -> bytes:
    """The bytes of an amount's JSON form. MalformedError."""
    if isinstance(value, str):
        return (_POSITIVE << 56 | _bounded(value, MAX_DROPS, "drops")).to_bytes(8, "big")
    if not isinstance(value, dict):
        raise MalformedError("An amount is text (drops of XRP) or an object with a value.")
    number = value.get("value")
    if not isinstance(number, str):
        raise MalformedError("The value of an amount is text, never a JSON number.")
    if value.keys() == {"value", "mpt_issuance_id"}:
        amount = _bounded(number, MAX_MPT, "units of a multi-purpose token")
        return bytes([_POSITIVE | MPT_BIT]) + amount.to_bytes(8, "big") + _mpt_id(value["mpt_issuance_id"])
    if value.keys() != {"value", "currency", "issuer"}:
        raise MalformedError(
            "An amount has the keys value, currency and issuer, or value and mpt_issuance_id."
        )
    currency, issuer = write_currency(_text(value["currency"])), decode_address(_text(value["issuer"]))
    _issued_asset(currency, issuer)
    return _write_issued(*parse_scientific(number)) + currency + issuer


def _write_issued(mantissa: int, exponent: int) -> bytes:
    if mantissa == 0:
        return _ISSUED_ZERO
    size = abs(mantissa)
    while size < ISSUED_MIN_MANTISSA:
        size, exponent = size * 10, exponent - 1
    if size > ISSUED_MAX_MANTISSA or not ISSUED_MIN_EXPONENT <= exponent <= ISSUED_MAX_EXPONENT:
        raise MalformedError("An issued amount has more than 16 digits or is outside the ledger's range.")
    sign = 0 if mantissa < 0 else 1
    return (1 << 63 | sign << 62 | exponent + _ISSUED_EXPONENT_OFFSET << 54 | size).to_bytes(8, "big")


def _bounded(text: str, limit: int, unit: str) -> int:
    if not _DIGITS.match(text) or int(text) > limit:
        raise MalformedError(f"{text[:60]!r} is not a count of {unit}.")
    return int(text)


def _mpt_id(value: JsonValue) -> bytes:
    if not isinstance(value, str) or not _HEX48.match(value):
        raise MalformedError("An mpt_issuance_id has 48 hex digits.")
    return bytes.fromhex(value)


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise MalformedError("A currency or an issuer is text.")
    return value


# Issues (an asset without an amount)

_MPT_MARK: Final = bytes(19) + b"\x01"


def issue_length(head: bytes) -> int:
    """Bytes of an Issue that begins with ``head`` (40 bytes, or 20 where no more are left)."""
    if head[:20] == _XRP_CURRENCY:
        return 20
    return 44 if head[20:40] == _MPT_MARK else 40


def read_issue(data: bytes) -> JsonValue:
    """{currency}, {currency, issuer} or {mpt_issuance_id}. MalformedError."""
    if len(data) == 20:
        return {"currency": "XRP"}
    if len(data) == 44:
        # The sequence is little-endian here and big-endian in the id (XLS-33).
        return {"mpt_issuance_id": (data[:39:-1] + data[:20]).hex().upper()}
    _issued_asset(data[:20], data[20:])
    return {"currency": read_currency(data[:20]), "issuer": encode_address(data[20:])}


def write_issue(value: JsonValue) -> bytes:
    """The bytes of an asset's JSON form. MalformedError."""
    if isinstance(value, dict):
        if value == {"currency": "XRP"}:
            return _XRP_CURRENCY
        if value.keys() == {"mpt_issuance_id"}:
            issuance = _mpt_id(value["mpt_issuance_id"])
            return issuance[4:] + _MPT_MARK + issuance[3::-1]
        if value.keys() == {"currency", "issuer"}:
            currency, issuer = (
                write_currency(_text(value["currency"])),
                decode_address(_text(value["issuer"])),
            )
            _issued_asset(currency, issuer)
            return currency + issuer
    raise MalformedError("An asset has the keys currency and issuer, or mpt_issuance_id.")


# Numbers


def read_number(data: bytes) -> str:
    """Decimal text of a Number: 8 bytes of mantissa and 4 of exponent, both signed."""
    mantissa, exponent = (
        int.from_bytes(data[:8], "big", signed=True),
        int.from_bytes(data[8:], "big", signed=True),
    )
    if mantissa == 0:
        return "0"
    while mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    return plain(mantissa, exponent) if abs(exponent) <= _PLAIN_EXPONENT else f"{mantissa}e{exponent}"


def write_number(text: str) -> bytes:
    """The bytes of a Number in the ledger's normal form (mantissa of 19 digits, or 18 and a zero lost)."""
    mantissa, exponent = parse_scientific(text)
    if mantissa == 0:
        return bytes(8) + _NUMBER_ZERO_EXPONENT.to_bytes(4, "big", signed=True)
    size = abs(mantissa)
    while size < _NUMBER_MIN:
        size, exponent = size * 10, exponent - 1
    if size > _NUMBER_MAX:
        size, rest = divmod(size, 10)
        exponent += 1
        if rest or size > _NUMBER_MAX:
            raise MalformedError(f"{text[:60]!r} has more digits than a Number can hold.")
    if abs(exponent) > _NUMBER_EXPONENT:
        raise MalformedError(f"{text[:60]!r} is outside the range of Numbers.")
    signed = size if mantissa > 0 else -size
    return signed.to_bytes(8, "big", signed=True) + exponent.to_bytes(4, "big", signed=True)
