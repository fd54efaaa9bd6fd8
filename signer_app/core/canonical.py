"""RFC 8785 canonical JSON and the strict JSON reader of CONTRACTS section G.

Writing and reading are separate from schemas: this module knows bytes and limits, the rooms know shapes.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Final, NoReturn

import rfc8785

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

MAX_SAFE_INTEGER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on input, in bytes, nesting levels, values and UTF-8 bytes of one string (CONTRACTS G)."""

    size: int = 1024 * 1024
    depth: int = 32
    values: int = 20_000
    string: int = 256 * 1024


DEFAULT_LIMITS = Limits()


_PLAIN_DEPTH: Final = 32
_PLAIN_JSON: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False, allow_nan=False
).encode


def canonical(value: JsonValue) -> bytes:
    """RFC 8785 bytes of ``value``. Raises MalformedError for integers beyond ±(2^53-1) and for surrogates."""
    plain = plain_canonical(value)
    if plain is not None:
        return plain
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise MalformedError(f"The value has no canonical JSON form: {error}.") from error


def plain_canonical(value: JsonValue) -> bytes | None:
    """RFC 8785 bytes of a plain tree, ten times sooner; None for anything that needs the careful encoder.

    Plain: null, booleans, integers that have a canonical form, strings without half surrogates, and lists
    and objects of them, at most 32 deep, with ASCII keys. No floating point. The standard encoder then writes
    the same bytes: ASCII keys sort the same by code point and by UTF-16 unit. Tests hold the two equal.
    """
    if not _plain(value, _PLAIN_DEPTH):
        return None
    try:
        return _PLAIN_JSON(value).encode("utf-8")
    except UnicodeEncodeError:
        return None


def _plain(value: JsonValue, depth: int) -> bool:
    # Exact types: a subclass may show itself in another way.
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if isinstance(value, int):
        return kind is int and -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER
    if depth == 0 or (kind is not dict and kind is not list):
        return False
    if isinstance(value, dict):
        for key, item in value.items():
            if not (type(key) is str and key.isascii() and (type(item) is str or _plain(item, depth - 1))):
                return False
        return True
    return isinstance(value, list) and all(_plain(item, depth - 1) for item in value)


def canonical_hash(value: JsonValue) -> str:
    """Lower hex SHA-256 of the RFC 8785 bytes."""
    return hashlib.sha256(canonical(value)).hexdigest()


def read_json(data: bytes, *, limits: Limits = DEFAULT_LIMITS, fractions_as_text: bool = False) -> JsonValue:
    """Parse UTF-8 JSON strictly: no duplicate keys, floats, NaN, NUL, lone surrogates or byte-order mark.

    Integers of any size are read exactly (a document schema may narrow them). ``fractions_as_text`` is for
    foreign answers that hold fractions (a node's load factor, 1e-05): they are read as the text that stands
    there, never as binary floating point. Raises MalformedError.
    """
    if len(data) > limits.size:
        raise MalformedError(f"The input has {len(data)} bytes; at most {limits.size} are read.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"The input is not UTF-8 (byte {error.start}).") from error
    _check_depth(text, limits.depth)
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique_object,
            parse_float=str if fractions_as_text else _no_float,
            parse_constant=_no_float,
            parse_int=_exact_integer,
        )
    except json.JSONDecodeError as error:
        raise MalformedError(f"The input is not JSON: {error}.") from error
    check_tree(value, limits)
    return value


def read_json_object(
    data: bytes, *, limits: Limits = DEFAULT_LIMITS, fractions_as_text: bool = False
) -> JsonObject:
    """As read_json, and the top level must be an object."""
    value = read_json(data, limits=limits, fractions_as_text=fractions_as_text)
    if not isinstance(value, dict):
        raise MalformedError("The input is JSON, but not an object.")
    return value


def check_tree(value: JsonValue, limits: Limits = DEFAULT_LIMITS) -> None:
    """Apply the limits on values and strings to a parsed tree, without recursion. Raises MalformedError."""
    stack: list[tuple[JsonValue, int]] = [(value, 1)]
    seen = 0
    while stack:
        item, depth = stack.pop()
        seen += 1
        if seen > limits.values:
            raise MalformedError(f"The input holds more than {limits.values} values.")
        if isinstance(item, str):
            _check_string(item, limits.string)
        elif isinstance(item, dict | list):
            if depth > limits.depth:
                raise MalformedError(f"The input is nested deeper than {limits.depth} levels.")
            if isinstance(item, dict):
                for key in item:
                    _check_string(key, limits.string)
                children = list(item.values())
            else:
                children = item
            stack.extend((child, depth + 1) for child in children)


def _check_string(text: str, limit: int) -> None:
    if "\0" in text:
        raise MalformedError("A string holds a NUL character.")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise MalformedError("A string holds half of a surrogate pair.") from error
    if size > limit:
        raise MalformedError(f"A string has {size} bytes; at most {limit} are read.")


#: A JSON string, or one bracket. An unfinished string matches to the end of the text; the parser reports it.
#: Possessive: a string that is given back character by character costs quadratic time on hostile input.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def _check_depth(text: str, limit: int) -> None:
    """Refuse deep nesting before the recursive parser sees it."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        bracket = match.group()[0]
        if bracket in "[{":
            depth += 1
            if depth > limit:
                raise MalformedError(f"The input is nested deeper than {limit} levels.")
        elif bracket in "]}":
            depth -= 1


def _unique_object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    result: JsonObject = {}
    for key, value in pairs:
        if key in result:
            raise MalformedError(f"The key {key[:80]!r} stands twice in one object.")
        result[key] = value
    return result


def _exact_integer(text: str) -> int:
    if len(text) > 400:
        raise MalformedError("A number has more than 400 digits.")
    return int(text)


def _no_float(text: str) -> NoReturn:
    raise MalformedError(f"{text[:40]} is not an integer. Amounts are strings here, never floating point.")
