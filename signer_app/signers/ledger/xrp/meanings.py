"""What a line of the device says, in our words, where the line itself does not say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from signer_app.chains.xrpl.codec.definitions import ACCOUNT_SET_FLAGS, TRANSACTION_FLAGS, UNIVERSAL_FLAGS
from signer_app.chains.xrpl.codec.numbers import write_currency
from signer_app.core.text import safe_text
from signer_app.signers.ledger.xrp.reading import FLAG_FIELDS, Item
from signer_app.signers.ledger.xrp.values import (
    DELAYS,
    RIPPLE_EPOCH,
    TIMES,
    Form,
    blob_room,
    drawable,
    is_printable,
    is_text,
    transaction_name,
)

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SPANS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_PLAIN: Final = {
    "DestinationTag": "The number by which the receiver knows whom the payment is for.",
    "SourceTag": "The number by which the sender knows whom it is from.",
    "TransferRate": "What others pay on top when they pass this account's tokens on.",
    "QualityIn": "What balances that come in on this line count for, of their face value.",
    "QualityOut": "What balances that go out on this line count for, of their face value.",
}


def meaning(item: Item, form: Form, *, title_known: bool) -> str:
    """One or more sentences, or "" where the line speaks for itself."""
    sentences = [] if title_known else [f"This is the field {item.name}."]
    says = _MEANINGS.get(item.type)
    if says is not None and (sentence := says(item, form)):
        sentences.append(sentence)
    return " ".join(sentences)


def letters_of(code: bytes) -> str:
    """The letters that a currency of 20 bytes spells, empty where it spells none."""
    text = code.rstrip(b"\x00")
    return text.decode("ascii") if text and is_printable(text) else ""


def _type(item: Item, form: Form) -> str:
    if item.name == "TransactionType" and item.value not in form.words.types:
        return f"This is {item.value}; the app has no word for it."
    return ""


def _uint32(item: Item, form: Form) -> str:
    value = item.value
    if not isinstance(value, int):
        return f"This is the permission {value}."
    if item.name in FLAG_FIELDS:
        return _flags(item.name, value, form)
    if item.name in TIMES:
        when = RIPPLE_EPOCH + timedelta(seconds=value)
        return f"On {when.day} {_MONTHS[when.month - 1]} {when.year} at {when:%H:%M:%S} UTC."
    if item.name in DELAYS:
        return f"{_span(value)}."
    return _PLAIN.get(item.name, "")


def _span(seconds: int) -> str:
    parts = []
    for unit, size in _SPANS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}" + ("s" if count > 1 else ""))
    return ", ".join(parts) or "No time at all"


def _flags(name: str, value: int, form: Form) -> str:
    """The ledger's names of all flags that are set, so that a bit without a word on the device is seen."""
    if name != "Flags":
        names = [known for known, number in ACCOUNT_SET_FLAGS.items() if number == value]
        return f"This is {names[0]}." if names else f"Number {value} has no name on the ledger."
    known = {**TRANSACTION_FLAGS.get(transaction_name(form.type_code), {}), **UNIVERSAL_FLAGS}
    names = sorted(known, key=lambda flag: known[flag])
    found = [flag for flag in names if value & known[flag]]
    nameless = value & ~sum(known.values())
    if nameless:
        found.append(f"0x{nameless:08X}, which has no name")
    return f"Set: {', '.join(found)}."


def _amount(item: Item, _form: Form) -> str:
    if not isinstance(item.value, dict):
        return ""
    code = write_currency(str(item.value.get("currency")))
    if code[0]:
        what = letters_of(code) or "the currency"
        return f"{item.value.get('value')} of {what}; the next screens name currency and issuer."
    if len(str(item.value.get("currency"))) == 3:
        return ""
    return f"The whole code is {code.hex().upper()}; this is not a currency of three letters, and not XRP."


def _currency(item: Item, _form: Form) -> str:
    code = write_currency(str(item.value))
    if not code[0]:
        # Three letters, or XRP as a step of a path.
        return "" if len(str(item.value)) == 3 else f"The whole code is {code.hex().upper()}; not XRP."
    letters = letters_of(code)
    if "XRP" in letters:
        return f"This is not XRP, but an issued currency that spells {letters}."
    return f"This code spells {letters}." if letters else "This code spells no letters."


def _blob(item: Item, form: Form) -> str:
    data = bytes.fromhex(str(item.value))
    as_text = is_text(item.name, data)
    whole, kept = blob_room(form.room, as_text=as_text)
    if len(data) > whole:
        return f"The device shows the first {kept:,} of {len(data):,} bytes only."
    if as_text:
        return _text(data)
    return _hex(item.name, data)


def _text(data: bytes) -> str:
    text = data.decode("latin-1")
    if drawable(text) == text:
        return ""
    return f"The device shows a part of it only. All bytes are {data.hex().upper()}."


def _hex(name: str, data: bytes) -> str:
    if name not in ("MemoData", "URI", "CredentialType") or not data:
        return ""
    try:
        return f"As text: {safe_text(data.decode('utf-8'))}"
    except UnicodeDecodeError:
        return ""


def _account(item: Item, _form: Form) -> str:
    return "The regular key is taken away." if item.value is None else ""


_MEANINGS: Final[Mapping[str, Callable[[Item, Form], str]]] = {
    "UInt16": _type,
    "UInt32": _uint32,
    "Amount": _amount,
    "Currency code": _currency,
    "Blob": _blob,
    "AccountID": _account,
}
