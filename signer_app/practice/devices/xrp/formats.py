"""How the XRP app 2.4.1 writes the values of fields.

Bytes of a text become the characters of the same numbers, because the app takes no encoding into account.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from signer_app.practice.devices.xrp import names

FULLY_CANONICAL = 0x80000000
_FLAG_FIELDS = (names.FLAGS, names.SET_FLAG, names.CLEAR_FLAG)
_TIMES = frozenset({10, 36, 37})
_SETTLE_DELAY = 39
_TRANSFER_RATE = 11
_PERCENTAGES = frozenset({_TRANSFER_RATE, 20, 21})
_LEDGER_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_PERCENT = 10_000_000
_RATE_ONE = 1_000_000_000
_TEXTS = frozenset({7, 12, 14})
_MEMO_DATA = 13
_DROPS = 1_000_000
_XRP = 0x4000000000000000
_INVALID_AMOUNT = "Invalid amount!"
_MANTISSAS = range(10**15, 10**16)
_EXPONENTS = range(-96, 81)


def is_flag_field(field: tuple[int, int]) -> bool:
    """Flags, SetFlag and ClearFlag."""
    return field in _FLAG_FIELDS


def unsigned(field: tuple[int, int], value: int, transaction: int) -> str:
    """An integer field."""
    if field == names.TRANSACTION_TYPE:
        return names.transaction_name(value)
    if is_flag_field(field):
        return _flags(field, value, transaction)
    kind, number = field
    if kind == names.UINT32 and number in _TIMES:
        return (_LEDGER_EPOCH + timedelta(seconds=value)).strftime("%Y-%m-%d %H:%M:%S UTC")
    if kind == names.UINT32 and number == _SETTLE_DELAY:
        return f"{value} s"
    if kind == names.UINT32 and number in _PERCENTAGES:
        return _percentage(number, value)
    return str(value)


def _flags(field: tuple[int, int], value: int, transaction: int) -> str:
    known = names.TRANSACTION_FLAGS.get(transaction)
    if known is None:
        return f"No flags for transaction type {transaction}"
    if transaction == names.ACCOUNT_SET and field != names.FLAGS:
        return names.ACCOUNT_FLAGS.get(value, f"Unknown flag: {value}")
    return ", ".join(name for bit, name in known.items() if value & bit) or "Unsupported value"


def _percentage(number: int, value: int) -> str:
    if number == _TRANSFER_RATE:
        if value == 0:
            return "0 %"
        if value < _RATE_ONE:
            return "Invalid value"
        value -= _RATE_ONE
    elif value == 0:
        return "100 %"
    whole, part = divmod(value, _PERCENT)
    return f"{whole}.{part:07}".rstrip("0").rstrip(".") + " %"


def native(raw: int) -> str:
    """An amount of XRP in its eight bytes."""
    if not raw & _XRP:
        return _INVALID_AMOUNT
    if raw == _XRP:
        return "XRP 0.000000"  # the app trims zeros of other amounts only
    whole, part = divmod(raw ^ _XRP, _DROPS)
    return f"XRP {whole}.{part:06}".rstrip("0").rstrip(".")


def issued(raw: int, currency: bytes) -> str:
    """An amount of an issued currency: its eight bytes, and its code where that is a standard one."""
    code = "" if is_nonstandard(currency) else _standard(currency)
    code += " " if code else ""
    if raw & 0x7FFFFFFFFFFFFFFF == 0:
        return f"{code}0"
    mantissa = raw & 0x3FFFFFFFFFFFFF
    exponent = (raw >> 54 & 0xFF) - 97
    if mantissa not in _MANTISSAS or exponent not in _EXPONENTS:
        return _INVALID_AMOUNT
    number = Decimal(mantissa).scaleb(exponent)
    sign = "" if raw & _XRP else "-"
    text = f"{number:f}"
    return code + sign + (text.rstrip("0").rstrip(".") if "." in text else text)


def is_nonstandard(currency: bytes) -> bool:
    """True for a currency of 20 bytes that has no three-letter code."""
    return currency[0] != 0


def _standard(currency: bytes) -> str:
    return "XRP" if not any(currency) else plain_text(currency[12:15])


def currency_code(currency: bytes) -> str:
    """A currency that is shown apart: hex digits, or its characters where they say XRP."""
    if not is_nonstandard(currency):
        return _standard(currency)
    characters = currency.rstrip(b"\0")
    if len(characters) < len(currency) and _is_ascii(characters) and b"XRP" in characters:
        return characters.decode("ascii")
    return currency.hex()


def blob(number: int, data: bytes, longest: int) -> str:
    """A field of variable length. ``longest`` is the app's buffer; what is longer ends in dots."""
    room = longest - 1
    as_text = number in _TEXTS or (number == _MEMO_DATA and _is_ascii(data))
    if as_text:
        text, too_long = data[:room].decode("latin-1"), len(data) > room
    else:
        text, too_long = data[: room // 2].hex(), len(data) > room // 2
    if too_long:
        text = text[: room - 3].ljust(room - 3, "\0") + "..."
    # The app's texts end at the first zero, and an empty one is a blank.
    return text.split("\0", 1)[0] or " "


def plain_text(data: bytes) -> str:
    """Bytes as the characters of the same numbers, up to the first zero."""
    return data.split(b"\0", 1)[0].decode("latin-1")


def _is_ascii(data: bytes) -> bool:
    return all(0x20 <= byte <= 0x7E for byte in data)
