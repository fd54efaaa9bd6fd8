"""The strict YAML reader of CONTRACTS section G: YAML as a way to write JSON with comments, nothing more.

The common safe loader turns 12:30 into 750, no into False, 017 into 15 and lets a duplicate key win. This one
works on the event stream and knows four plain spellings: true, false, null and a decimal integer. Every other
plain scalar is the string that is written there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from signer_app.core.canonical import DEFAULT_LIMITS, MAX_SAFE_INTEGER, Limits, check_tree
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_WORDS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}


def read_yaml(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> JsonValue:
    """Parse one YAML document of plain maps, lists and scalars. MalformedError names line and column."""
    if len(data) > limits.size:
        raise MalformedError(f"The input has {len(data)} bytes; at most {limits.size} are read.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"The input is not UTF-8 (byte {error.start}).") from error
    if "\0" in text:
        raise MalformedError("The input holds a NUL character.")
    if text.startswith("\ufeff"):
        raise MalformedError("The input begins with a byte-order mark.")
    try:
        value = _Builder(yaml.parse(text, Loader=_Loader), limits).document()
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two: an escape beyond Unicode
        raise MalformedError(f"The input is not YAML: {_one_line(error)}.") from error
    check_tree(value, limits)
    return value


class _Loader(yaml.SafeLoader):
    """Only its scanner and parser are used. They drop directives that they do not know; this refuses them."""

    def process_directives(self) -> tuple[object, object]:
        if self.check_token(yaml.DirectiveToken):
            raise MalformedError("The YAML holds a directive, which is not read here.")
        # The library's stubs leave this method without types.
        result: tuple[object, object] = super().process_directives()  # type: ignore[no-untyped-call]
        return result


class _Builder:
    """Builds the value with an explicit stack, so that nesting cannot exhaust Python's."""

    def __init__(self, events: Iterator[yaml.Event], limits: Limits) -> None:
        self._events = events
        self._limits = limits
        self._values = 0

    def document(self) -> JsonValue:
        self._expect(yaml.StreamStartEvent)
        start = next(self._events)
        if not isinstance(start, yaml.DocumentStartEvent):
            raise _refused(start, "an empty document")
        root = self._node()
        self._expect(yaml.DocumentEndEvent)
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise _refused(event, "a second document")
        return root

    def _expect(self, kind: type[yaml.Event]) -> None:
        event = next(self._events)
        if not isinstance(event, kind):
            raise _refused(event, "an empty document")

    def _node(self) -> JsonValue:
        top: list[JsonValue] = []
        # Each open container with the key that waits for its value (maps only).
        stack: list[tuple[list[JsonValue] | JsonObject, str | None]] = [(top, None)]
        while True:
            event = next(self._events)
            self._check(event, len(stack))
            if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                stack.pop()
            elif isinstance(event, yaml.ScalarEvent):
                self._put(stack, event, _scalar(event))
            elif isinstance(event, yaml.SequenceStartEvent):
                new_list: list[JsonValue] = []
                self._put(stack, event, new_list)
                stack.append((new_list, None))
            elif isinstance(event, yaml.MappingStartEvent):
                new_map: JsonObject = {}
                self._put(stack, event, new_map)
                stack.append((new_map, None))
            else:
                raise _refused(event, "an empty document")
            if len(stack) == 1:
                return top[0]

    def _check(self, event: yaml.Event, depth: int) -> None:
        self._values += 1
        if self._values > 4 * self._limits.values:
            raise MalformedError(f"The input holds more than {self._limits.values} values.")
        if isinstance(event, yaml.AliasEvent):
            raise _refused(event, "an alias")
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            raise _refused(event, "an anchor")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            raise _refused(event, "a tag")
        if isinstance(event, yaml.CollectionStartEvent) and depth > self._limits.depth:
            raise MalformedError(f"The input is nested deeper than {self._limits.depth} levels.")

    @staticmethod
    def _put(
        stack: list[tuple[list[JsonValue] | JsonObject, str | None]], event: yaml.Event, value: JsonValue
    ) -> None:
        container, key = stack[-1]
        if isinstance(container, list):
            container.append(value)
        elif key is None:
            if not isinstance(value, str):
                raise _refused(event, "a key that is not a string")
            if value == "<<":
                raise _refused(event, "a merge key")
            if value in container:
                raise _refused(event, f"the key {value[:80]!r} twice")
            stack[-1] = (container, value)
        else:
            container[key] = value
            stack[-1] = (container, None)


def _scalar(event: yaml.ScalarEvent) -> JsonValue:
    text: str = event.value
    if event.style is not None:  # quoted, literal or folded: a string, whatever it spells
        return text
    if text == "":
        raise _refused(event, 'an empty value (write null or "")')
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        number = int(text) if len(text) < 20 else MAX_SAFE_INTEGER + 1
        if abs(number) > MAX_SAFE_INTEGER:
            raise _refused(event, "an integer beyond 2^53-1 (write it as a string)")
        return number
    return text


def _refused(event: yaml.Event, what: str) -> MalformedError:
    mark = event.start_mark
    where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
    return MalformedError(f"The YAML holds {what}{where}, which is not read here.")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(".")
