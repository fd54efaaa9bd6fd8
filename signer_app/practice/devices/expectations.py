"""What a person has agreed to see on the device, and whether the screens show that and nothing else.

Forms, as JSON: a list of {name, value} in the device's words and order; an object with ``lines`` (that
list), or with ``words`` (type, account, destination, tag, amount, fee, memo), or with ``effects`` (CONTRACTS
C3), the last two in any order and with ``also`` for further lines; or with ``script``, a list of buttons.
``address`` is the address that the device may be asked to show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.devices.paging import drawn
from signer_app.practice.devices.screens import Button, Line

_WORDS = {
    "type": "Transaction Type",
    "account": "Account",
    "destination": "Destination",
    "tag": "Destination Tag",
    "amount": "Amount",
    "fee": "Fee",
    "memo": "Memo Data [1]",
}
_FORMS = ("lines", "words", "effects", "script")
#: Networks above this number put it into their transactions, which the app shows without a name.
_LEGACY_NETWORKS = 1024
_CURRENCY = re.compile("[0-9A-Fa-f]{40}")


@dataclass(frozen=True, slots=True)
class Expectation:
    """``ordered``: the lines must come in this order. ``script`` presses buttons without looking."""

    lines: tuple[Line, ...] = ()
    ordered: bool = True
    script: tuple[Button, ...] = ()
    address: str | None = None

    def difference(self, shown: Sequence[Line]) -> str | None:
        """What differs first between what is shown and what was agreed, or null."""
        if self.ordered:
            return self._difference_in_order(shown)
        open_lines = list(self.lines)
        for line in shown:
            if line in open_lines:
                open_lines.remove(line)
                continue
            agreed = next((other.value for other in open_lines if other.name == line.name), None)
            return _shows(line, agreed)
        return _missing(open_lines[0]) if open_lines else None

    def _difference_in_order(self, shown: Sequence[Line]) -> str | None:
        for place, line in enumerate(shown):
            if place >= len(self.lines):
                return _shows(line, None)
            agreed = self.lines[place]
            if agreed.name != line.name:
                return f'{line.name} stands where "{agreed.name}" was agreed'
            if agreed.value != line.value:
                return _shows(line, agreed.value)
        return _missing(self.lines[len(shown)]) if len(shown) < len(self.lines) else None


def _shows(line: Line, agreed: str | None) -> str:
    what = "nothing was agreed" if agreed is None else f'agreed was "{agreed}"'
    return f'{line.name} shows "{line.value}", {what}'


def _missing(line: Line) -> str:
    return f'{line.name} was agreed as "{line.value}" and is not shown'


def parse(document: JsonValue) -> Expectation:
    """Raises MalformedError for a form that is none of the above."""
    if isinstance(document, list):
        return Expectation(_lines(document))
    if not isinstance(document, dict):
        raise MalformedError("An expectation is a list of lines or an object.")
    unknown = set(document) - {*_FORMS, "also", "address"}
    forms = [name for name in _FORMS if name in document]
    if unknown or len(forms) > 1 or not (forms or "address" in document):
        raise MalformedError(f"An expectation has one of {', '.join(_FORMS)}, and also, address.")
    given = document.get("address")
    address = None if given is None else _text(given, "address")
    form = forms[0] if forms else "lines"
    if form == "script":
        return Expectation(script=_script(document["script"]), address=address)
    also = _lines(document.get("also", []))
    if form == "lines":
        return Expectation(_lines(document.get("lines", [])) + also, address=address)
    lines = _from_words(document["words"]) if form == "words" else _from_effects(document["effects"])
    return Expectation(lines + also, ordered=False, address=address)


def _text(value: JsonValue, what: str) -> str:
    if not isinstance(value, str):
        raise MalformedError(f"{what} of an expectation is a text.")
    return value


def _rows(value: JsonValue, what: str) -> list[JsonObject]:
    if not isinstance(value, list):
        raise MalformedError(f"{what} of an expectation is a list of objects.")
    rows = [row for row in value if isinstance(row, dict)]
    if len(rows) != len(value):
        raise MalformedError(f"{what} of an expectation is a list of objects.")
    return rows


def _lines(value: JsonValue) -> tuple[Line, ...]:
    rows = _rows(value, "lines")
    if any(set(row) != {"name", "value"} for row in rows):
        raise MalformedError("A line of an expectation has a name and a value.")
    return tuple(_seen(_text(row["name"], "name"), _text(row["value"], "value")) for row in rows)


def _seen(name: str, value: str) -> Line:
    """A line as far as the screen can draw it."""
    return Line(name, "".join(char for char in value if drawn(char)))


def _script(value: JsonValue) -> tuple[Button, ...]:
    known = {button.value: button for button in Button}
    if not isinstance(value, list) or any(not isinstance(item, str) or item not in known for item in value):
        raise MalformedError(f"script is a list of {', '.join(known)}.")
    return tuple(known[str(item)] for item in value)


def _from_words(value: JsonValue) -> tuple[Line, ...]:
    if not isinstance(value, dict) or not set(value) <= set(_WORDS):
        raise MalformedError(f"words of an expectation are {', '.join(_WORDS)}.")
    return tuple(
        _seen(name, _text(value[word], word))
        for word, name in _WORDS.items()
        if word in value and value[word] is not None
    )


def _from_effects(value: JsonValue) -> tuple[Line, ...]:
    rows = _rows(value, "effects")
    lines: list[Line] = []
    for row in rows:
        kind = _text(row.get("kind"), "kind")
        if kind not in _EFFECTS:
            raise MalformedError(f"The device has no words for the effect {kind[:40]}; give lines.")
        lines += _EFFECTS[kind](row)
    return tuple(lines) + _network(rows)


def _network(rows: Sequence[JsonObject]) -> tuple[Line, ...]:
    networks = {
        str(row["account"]).split(":")[1] for row in rows if str(row.get("account", "")).count(":") == 2
    }
    # The app has no name for the field, but shows it.
    return tuple(
        Line("Unknown", number)
        for number in sorted(networks)
        if number.isdecimal() and int(number) > _LEGACY_NETWORKS
    )


def _address(value: JsonValue) -> str:
    return _text(value, "account").rsplit(":", 1)[-1]


def _amount(name: str, asset: JsonValue, amount: JsonValue) -> list[Line]:
    """The lines of an amount: itself, then currency and issuer where it is issued."""
    number = _text(amount, "amount")
    what = _text(asset, "asset").partition("/")[2]
    if what == "slip44:144":
        return [Line(name, f"XRP {number}")]
    code, _, issuer = what.removeprefix("iou:").partition(".")
    if not what.startswith("iou:") or not _CURRENCY.fullmatch(code) or not issuer:
        raise MalformedError("The device has no words for this asset; give lines.")
    if not code.startswith("00"):
        return [Line(name, number), Line("Currency", code.lower()), Line("Issuer", issuer)]
    try:
        letters = bytes.fromhex(code[24:30]).decode("ascii")
    except ValueError as error:
        raise MalformedError("The currency of an expectation cannot be read.") from error
    return [Line(name, f"{letters} {number}"), Line("Issuer", issuer)]


def _transfer(row: JsonObject) -> list[Line]:
    if row.get("path") or row.get("paths"):
        raise MalformedError("The device has no words for this transfer; give lines.")
    lines = [
        Line("Transaction Type", "Payment"),
        Line("Account", _address(row.get("account"))),
        Line("Destination", _address(row.get("to"))),
        *_amount("Amount", row.get("asset"), row.get("amount")),
    ]
    if row.get("tag") is not None:
        lines.append(Line("Destination Tag", _text(row["tag"], "tag")))
    if row.get("memo") is not None:
        lines.append(_seen("Memo Data [1]", _text(row["memo"], "memo")))
    if row.get("partial"):
        lines.append(Line("Flags", "Partial Payment"))
    for member, name in (("max_spend", "Send Max"), ("min_delivered", "Deliver Min")):
        amount = row.get(member)
        if isinstance(amount, dict):
            lines += _amount(name, amount.get("asset"), amount.get("amount"))
    return lines


def _fee(row: JsonObject) -> list[Line]:
    return _amount("Fee", row.get("asset"), row.get("amount"))


def _ticket(row: JsonObject) -> list[Line]:
    # Tickets are newer than the app: it shows type and count, and has a name for neither.
    return [
        Line("Transaction Type", "Unknown"),
        Line("Account", _address(row.get("account"))),
        Line("Unknown", str(row.get("count"))),
    ]


_EFFECTS: dict[str, Callable[[JsonObject], list[Line]]] = {
    "Transfer": _transfer,
    "FeePaid": _fee,
    "TicketReserve": _ticket,
}
