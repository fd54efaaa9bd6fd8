"""How Ledger's XRP app writes a value on its screen.

Source of the rules: facts read from the app's public source as it was up to 2.4.1; recordings of the app
confirm transaction types, addresses, amounts of XRP and memos. Unsure, because no recording shows them: what
is drawn for bytes that the font has no glyph for (memos of types outside ASCII; one recording shows nothing
at all), and whether a code of three letters may hold signs that the font lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from signer_app.chains.xrpl.codec.definitions import PERMISSION_CODES, TRANSACTION_CODES
from signer_app.chains.xrpl.codec.numbers import write_currency
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.signers.ledger.xrp.reading import FLAG_FIELDS, Item

RIPPLE_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
TIMES: Final = frozenset({"Expiration", "CancelAfter", "FinishAfter"})
DELAYS: Final = frozenset({"SettleDelay"})
#: Blobs that are text whatever they hold, and blobs that are text where every byte is printable ASCII.
_TEXTS: Final = frozenset({"Domain", "MemoType", "MemoFormat"})
_TEXTS_IF_ASCII: Final = frozenset({"MemoData"})
#: A billion stands for 1 in rates and qualities; the app writes per cent with 7 decimals.
_UNIT: Final = 1_000_000_000
_PER_CENT: Final = 10_000_000
_DROPS: Final = 1_000_000
_CUT: Final = "..."


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one version of the app: names of transaction types, and of flags by type."""

    types: Mapping[str, str]
    unknown: str
    flags: Mapping[str, tuple[tuple[int, str], ...]]
    no_flags: str
    no_known_flag: str
    account_flags: Mapping[int, str]
    unknown_account_flag: str


@dataclass(frozen=True, slots=True)
class Form:
    """What decides how values are written: the words, the transaction type in force, bytes of a value."""

    words: Words
    type_code: int
    room: int


def written(item: Item, form: Form) -> str:
    """The value as the app writes it, not yet broken into lines; "\\n" is the one control character.

    A blank stands for an empty value; an empty text means that the font has a glyph for none of its bytes.
    """
    return _WRITERS[item.type](item, form)


def is_printable(data: bytes) -> bool:
    return all(32 <= byte <= 126 for byte in data)


def is_text(name: str, data: bytes) -> bool:
    """Whether the app writes this blob as text; all others are written in hex."""
    return name in _TEXTS or (name in _TEXTS_IF_ASCII and is_printable(data))


def blob_room(room: int, *, as_text: bool) -> tuple[int, int]:
    """(bytes of a blob that fit whole, bytes that are shown of a longer one) in ``room`` bytes of value."""
    kept = room - 1 - len(_CUT)
    return (room - 1, kept) if as_text else ((room - 1) // 2, kept // 2)


def drawable(text: str) -> str:
    """Only the characters that the font has, and line ends."""
    return "".join(char for char in text if char == "\n" or " " <= char <= "~")


def currency_letters(data: bytes) -> str:
    """A currency of 20 bytes as the app writes it on a line of its own."""
    if data[0]:
        end = data.rstrip(b"\x00")
        # A code that spells XRP in plain letters is shown in letters, any other in hex.
        if is_printable(end) and len(end) < len(data) and b"XRP" in end:
            return end.decode("ascii")
        return data.hex()
    return short_code(data) or " "


def short_code(data: bytes) -> str:
    """A currency whose first byte is zero: its three letters, up to a zero byte."""
    if not any(data):
        return "XRP"
    return drawable(data[12:15].split(b"\x00")[0].decode("latin-1"))


# Writers by type


def _number(item: Item, _form: Form) -> str:
    return str(item.value)


def _uint16(item: Item, form: Form) -> str:
    if item.name == "TransactionType" and isinstance(item.value, str):
        return form.words.types.get(item.value, form.words.unknown)
    return str(item.value)


def _uint32(item: Item, form: Form) -> str:
    value = item.value
    if not isinstance(value, int):
        # Our reader names permissions; the app shows their number.
        return str(PERMISSION_CODES.get(str(value), value))
    if item.name in FLAG_FIELDS:
        return _flags(item.name, value, form)
    return _NUMBERS.get(item.name, str)(value)


def _time(value: int) -> str:
    return (RIPPLE_EPOCH + timedelta(seconds=value)).strftime("%Y-%m-%d %H:%M:%S UTC")


def _delay(value: int) -> str:
    return f"{value} s"


def _transfer_rate(value: int) -> str:
    if value == 0:
        return "0 %"
    return _per_cent(value - _UNIT) if value >= _UNIT else "Invalid value"


def _per_cent(value: int) -> str:
    whole, part = divmod(value, _PER_CENT)
    return f"{whole}.{part:07}".rstrip("0").rstrip(".") + " %"


def _quality(value: int) -> str:
    return _per_cent(value or _UNIT)


def _flags(name: str, value: int, form: Form) -> str:
    """Flags in the words for the type in force; of SetFlag and ClearFlag the value is one number."""
    kind = _TYPE_NAMES.get(form.type_code, "")
    words = form.words.flags.get(kind)
    if words is None:
        return form.words.no_flags.format(form.type_code)
    if kind == "AccountSet" and name != "Flags":
        return form.words.account_flags.get(value) or form.words.unknown_account_flag.format(value)
    return ", ".join(word for bit, word in words if value & bit) or form.words.no_known_flag


def _hex(item: Item, _form: Form) -> str:
    return str(item.value).lower()


def _blob(item: Item, form: Form) -> str:
    data = bytes.fromhex(str(item.value))
    if not data:
        return " "
    as_text = is_text(item.name, data)
    whole, kept = blob_room(form.room, as_text=as_text)
    cut = len(data) > whole
    if not as_text:
        return data[:kept].hex() + _CUT if cut else data.hex()
    if cut:
        data = data[:kept] + _CUT.encode()
    if data[:1] == b"\x00":
        data = b" " + data[1:]
    return drawable(data.split(b"\x00")[0].decode("latin-1"))


def _account(item: Item, _form: Form) -> str:
    return "[empty]" if item.value is None else str(item.value)


def _amount(item: Item, _form: Form) -> str:
    if isinstance(item.value, str):
        return f"XRP {_xrp(int(item.value))}"
    return _issued(item.value if isinstance(item.value, dict) else {})


def _xrp(drops: int) -> str:
    """Whole XRP without trailing zeros; nothing at all is written with six of them."""
    if drops == 0:
        return "0.000000"
    whole, part = divmod(drops, _DROPS)
    return f"{whole}.{part:06}".rstrip("0").rstrip(".")


def _issued(amount: JsonObject) -> str:
    """Code and plain decimal; a long code is written on a line of its own instead."""
    code = write_currency(str(amount.get("currency")))
    letters = "" if code[0] else short_code(code)
    return f"{letters} {amount.get('value')}" if letters else str(amount.get("value"))


def _currency(item: Item, _form: Form) -> str:
    return currency_letters(write_currency(str(item.value)))


def transaction_name(code: JsonValue) -> str:
    """The ledger's name of a transaction type, empty where there is none."""
    return _TYPE_NAMES.get(code, "") if isinstance(code, int) else ""


_TYPE_NAMES: Final = {code: name for name, code in TRANSACTION_CODES.items()}
_NUMBERS: Final[Mapping[str, Callable[[int], str]]] = {
    **dict.fromkeys(TIMES, _time),
    **dict.fromkeys(DELAYS, _delay),
    "TransferRate": _transfer_rate,
    "QualityIn": _quality,
    "QualityOut": _quality,
}
_WRITERS: Final[Mapping[str, Callable[[Item, Form], str]]] = {
    "UInt8": _number,
    "UInt16": _uint16,
    "UInt32": _uint32,
    "Hash128": _hex,
    "Hash256": _hex,
    "Amount": _amount,
    "Blob": _blob,
    "AccountID": _account,
    "Currency code": _currency,
}
