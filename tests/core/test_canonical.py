"""RFC 8785 bytes and the strict JSON reader of CONTRACTS G."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from signer_app.core.canonical import (
    MAX_SAFE_INTEGER,
    Limits,
    canonical,
    canonical_hash,
    check_tree,
    plain_canonical,
    read_json,
    read_json_object,
)
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonValue

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


# --- writing ------------------------------------------------------------------------------------------------


def test_keys_are_sorted_by_utf16_code_units() -> None:
    # RFC 8785 section 3.2.3: U+1F600 comes before U+FB33, because its first code unit is D83D.
    value: JsonValue = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    names = list(json.loads(canonical(value)).values())
    assert names == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({}, b"{}"),
        ([], b"[]"),
        ([None, True, False, 0, -1], b"[null,true,false,0,-1]"),
        ({"b": 1, "a": {"d": [], "c": ""}}, b'{"a":{"c":"","d":[]},"b":1}'),
        # RFC 8785 section 3.2.2.2: short escapes where JSON has them, lower hex for the other controls.
        ('\b\t\n\f\r"\\/\x0f\x7f', b'"\\b\\t\\n\\f\\r\\"\\\\/\\u000f\x7f"'),
        ("\u20ac\U0001f600", '"\u20ac\U0001f600"'.encode()),
        ("e\u0301", '"e\u0301"'.encode()),  # no Unicode normalisation
        (MAX_SAFE_INTEGER, b"9007199254740991"),
    ],
)
def test_known_bytes(value: JsonValue, written: bytes) -> None:
    assert canonical(value) == written


@pytest.mark.parametrize(
    "value", [MAX_SAFE_INTEGER + 1, -MAX_SAFE_INTEGER - 1, "\ud800", {"\udfff": 1}, ["\ud800"]]
)
def test_values_without_canonical_form_are_refused(value: JsonValue) -> None:
    with pytest.raises(MalformedError):
        canonical(value)


def test_a_tower_of_lists_is_refused_and_does_not_end_the_program() -> None:
    tower: JsonValue = []
    for _ in range(100_000):
        tower = [tower]
    with pytest.raises(MalformedError):
        canonical(tower)


@given(values)
def test_the_order_of_keys_does_not_matter(value: JsonValue) -> None:
    def turned(item: JsonValue) -> JsonValue:
        if isinstance(item, dict):
            return {key: turned(item[key]) for key in reversed(list(item))}
        return [turned(entry) for entry in item] if isinstance(item, list) else item

    assert canonical(turned(value)) == canonical(value)


ascii_keys = st.text(st.characters(max_codepoint=0x7F), max_size=8)
any_text = st.text(max_size=20) | st.text(st.characters(max_codepoint=0xFF), max_size=20)
plain_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_keys, inner, max_size=6),
    max_leaves=20,
)
# Floats are no JsonValue, and must not get through as one.
odd_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)  # type: ignore[arg-type]
    | st.text(st.characters(), max_size=5)
    | st.characters(categories=["Cs"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)


@given(plain_values)
def test_plain_values_have_the_same_bytes_from_both_encoders(value: JsonValue) -> None:
    assert plain_canonical(value) == rfc8785.dumps(value) == canonical(value)


@given(odd_values)
def test_the_quick_encoder_gives_the_same_bytes_or_none(value: JsonValue) -> None:
    quick = plain_canonical(value)
    if quick is not None:
        assert quick == rfc8785.dumps(value)


class Shouting(str):
    """A text that shows itself in another way."""

    __slots__ = ()

    def __str__(self) -> str:
        return self.upper()


@pytest.mark.parametrize(
    "value",
    [1.5, {"a": 0.1}, MAX_SAFE_INTEGER + 1, "\ud800", {"\u00e9": 1}, {"a": "\udfff"}, Shouting("a"), [(1,)]],
    ids=repr,
)
def test_the_quick_encoder_leaves_the_rest_to_the_careful_one(value: JsonValue) -> None:
    assert plain_canonical(value) is None


def test_the_quick_encoder_goes_32_levels_deep() -> None:
    tower: JsonValue = []
    for _ in range(31):
        tower = [tower]
    assert plain_canonical(tower) == rfc8785.dumps(tower)
    assert plain_canonical([tower]) is None
    assert canonical([tower]) == rfc8785.dumps([tower])


@given(values)
def test_what_is_written_is_read_again(value: JsonValue) -> None:
    data = canonical(value)
    assert read_json(data) == value
    assert canonical(read_json(data)) == data
    assert canonical_hash(value) == hashlib.sha256(data).hexdigest()


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b' {"a" : [ 1 , -0 , "x" ] }\r\n', {"a": [1, 0, "x"]}),
        (b'"\\u00e4\\ud83d\\ude00"', "\u00e4\U0001f600"),
        (b"1" * 400, int("1" * 400)),
        (b"115792089237316195423570985008687907853269984665640564039457584007913129639935", 2**256 - 1),
    ],
)
def test_json_that_is_read(data: bytes, value: JsonValue) -> None:
    assert read_json(data) == value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1,"a":1}', "twice"),
        (b'{"a":1,"\\u0061":2}', "twice"),  # the same key in another spelling
        (b'[{"b":{"a":1,"c":0,"a":2}}]', "twice"),
        (b"1.0", "integer"),
        (b"1e3", "integer"),
        (b"[1E400]", "integer"),
        (b"NaN", "integer"),
        (b"Infinity", "integer"),
        (b"-Infinity", "integer"),
        (b"1" * 401, "digits"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udc00":1}', "surrogate"),
        (b'"\\u0000"', "NUL"),
        (b'{"\\u0000":1}', "NUL"),
        (b"\xef\xbb\xbf{}", "BOM"),
        (b"\xff", "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),  # a surrogate spelled in UTF-8
        (b'"\xc0\x80"', "UTF-8"),  # NUL spelled too long
        ("{}".encode("utf-16"), "UTF-8"),
        (b"", "not JSON"),
        (b"{}{}", "not JSON"),
        (b"{},", "not JSON"),
        (b"[1,]", "not JSON"),
        (b"{'a':1}", "not JSON"),
        (b'"\n"', "not JSON"),
        (b"01", "not JSON"),
        (b"+1", "not JSON"),
        (b"True", "not JSON"),
        (b"/* */{}", "not JSON"),
        ("\u0661".encode(), "not JSON"),
        (b"\xc2\xa01", "not JSON"),  # a no-break space is no white space
    ],
)
def test_json_that_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(MalformedError, match=reason) as caught:
        read_json(data)
    assert caught.value.code == "MALFORMED"
    assert caught.value.exit_code == 3


def test_depth() -> None:
    assert read_json(b"[" * 32 + b"]" * 32) is not None
    for data in (b"[" * 33 + b"]" * 33, b'{"a":' * 33 + b"1" + b"}" * 33, b"[" * 500_000):
        with pytest.raises(MalformedError, match="deeper than 32"):
            read_json(data)


def test_brackets_inside_strings_do_not_count_as_depth() -> None:
    text = "[" * 100 + '\\"' + "{" * 100
    assert read_json(json.dumps([text]).encode()) == [text]


@pytest.mark.parametrize(
    "data",
    [
        b"x" * (1024 * 1024 + 1),
        b"[" + b",".join([b"1"] * 20_000) + b"]",  # 20,000 and the list itself
        b'"' + b"x" * (256 * 1024 + 1) + b'"',
        b'{"' + b"x" * (256 * 1024 + 1) + b'":1}',
        '"{}"'.format("\u20ac" * (256 * 1024 // 3 + 1)).encode(),  # the limit counts bytes
    ],
)
def test_sizes(data: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        read_json(data)
    assert caught.value.code == "MALFORMED"


def test_sizes_at_the_limit_pass() -> None:
    assert read_json(b"[" + b",".join([b"1"] * 19_999) + b"]") == [1] * 19_999
    assert read_json(b'"' + b"x" * (256 * 1024) + b'"') == "x" * (256 * 1024)
    assert read_json(b" " * (1024 * 1024 - 2) + b"[]") == []


def test_an_unfinished_string_of_escapes_costs_linear_time() -> None:
    # Quadratic work over this megabyte would take hours, so the child's CPU limit would end it first.
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "from signer_app.core.canonical import read_json\n"
        "from signer_app.core.errors import MalformedError\n"
        "for data in (b'\"' + b'\\\\\\\\\"' * 349_000 + b'\\\\', b'\"' + b'\\\\\"' * 524_000 + b'\\\\'):\n"
        "    try: read_json(data)\n"
        "    except MalformedError as error: print(error.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["MALFORMED", "MALFORMED"], done.stderr[-500:]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = read_json(data)
    except MalformedError:
        return
    assert json.loads(data) == value


@given(st.text(alphabet='{}[]":,\\ 0123456789.eE+-truefalsn\ud800\u0000a', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    try:
        value = read_json(data)
    except MalformedError:
        return
    assert json.loads(data) == value


def test_objects_only() -> None:
    assert read_json_object(b'{"a":1}') == {"a": 1}
    for data in (b"[]", b"1", b"null", b'"{}"'):
        with pytest.raises(MalformedError, match="not an object"):
            read_json_object(data)


def test_limits_apply_to_trees_that_came_from_elsewhere() -> None:
    check_tree({"a": ["x" * 5]}, Limits(string=5))
    with pytest.raises(MalformedError):
        check_tree({"a": ["x" * 6]}, Limits(string=5))
    with pytest.raises(MalformedError):
        check_tree([[[]]], Limits(depth=2))
    with pytest.raises(MalformedError):
        check_tree([1, 2, 3], Limits(values=3))


def test_fractions_of_foreign_answers_are_read_as_their_text() -> None:
    data = b'{"load_factor":1e-05,"fee":0.00001,"count":7,"text":"1.50"}'
    value = read_json(data, fractions_as_text=True)
    assert value == {"load_factor": "1e-05", "fee": "0.00001", "count": 7, "text": "1.50"}
    for refused in (b"NaN", b"[Infinity]", b"-Infinity"):
        with pytest.raises(MalformedError):
            read_json(refused, fractions_as_text=True)
