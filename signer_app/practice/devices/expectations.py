"""What a person has agreed to see on the device, and whether the screens show that and nothing else.

Forms, as JSON: a list of {name, value} in the device's words and order; an object with ``lines`` (that
list), or with ``words`` (type, account, destination, tag, amount, fee, memo), or with ``effects`` (CONTRACTS
C3), the last two in any order and with ``also`` for further lines; or with ``script``, a list of buttons.
``address`` is the address that the device may be asked to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.devices.paging import drawn
from signer_app.practice.devices.screens import Button, Line
from signer_app.practice.devices.xrp.effects import effects_in_words

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
    lines = (
        _from_words(document["words"])
        if form == "words"
        else effects_in_words(_rows(document["effects"], "effects"))
    )
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
