"""The strict YAML reader, sentence by sentence of CONTRACTS G."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from signer_app.core.canonical import MAX_SAFE_INTEGER, read_json
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonValue
from signer_app.core.strict_yaml import read_yaml


def read(text: str) -> JsonValue:
    return read_yaml(text.encode("utf-8"))


# --- "a plain scalar is true, false, null or an integer, spelled exactly so" ----------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-0", 0),
        ("7", 7),
        ("-17", -17),
        (str(MAX_SAFE_INTEGER), MAX_SAFE_INTEGER),
        (str(-MAX_SAFE_INTEGER), -MAX_SAFE_INTEGER),
    ],
)
def test_the_four_plain_spellings(text: str, value: JsonValue) -> None:
    read_value = read(f"a: {text}")
    assert read_value == {"a": value}
    assert isinstance(read_value, dict)
    assert type(read_value["a"]) is type(value)


@pytest.mark.parametrize(
    "text", [str(MAX_SAFE_INTEGER + 1), str(-MAX_SAFE_INTEGER - 1), "1" * 19, "1" * 5000]
)
def test_integers_beyond_the_safe_range_are_refused(text: str) -> None:
    with pytest.raises(MalformedError, match=r"2\^53-1"):
        read(f"a: {text}")


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "n",
        "yes",
        "on",
        "off",
        "017",
        "12:30",
        "1.5",
        "~",
        "True",
        "TRUE",
        "False",
        "Null",
        "+1",
        "1_000",
    ]
    + ["0x1F", "0o17", "0b1", "1e3", ".inf", ".nan", "-.5", "2026-11-20", "2026-11-20T12:00:00Z", "=", "--1"]
    + ["-", "00", "-01", "\u0661"],
)
def test_every_other_plain_scalar_is_the_string_that_is_written(text: str) -> None:
    if text == "-":  # a lone dash would be a list
        assert read("a: -b") == {"a": "-b"}
    else:
        assert read(f"a: {text}") == {"a": text}
        assert read(f"[{text}]") == [text]


@pytest.mark.parametrize(
    ("text", "common"),
    [("12:30", 750), ("no", False), ("017", 15), ("~", None), ("1.5", 1.5), ("True", True), ("1_000", 1000)],
)
def test_what_the_common_safe_loader_makes_of_them(text: str, common: object) -> None:
    assert yaml.safe_load(f"a: {text}") == {"a": common}
    assert read(f"a: {text}") == {"a": text}


def test_the_common_safe_loader_lets_a_duplicate_key_win() -> None:
    text = "max: 1\nmax: 1000000\n"
    assert yaml.safe_load(text) == {"max": 1000000}
    with pytest.raises(MalformedError, match="twice at line 2"):
        read(text)


@pytest.mark.parametrize(
    "text", ["a:", "a: \nb: 1", "- ", "-\n- 1", "{a: }", "{a: , b: 1}", "[a, {b: }]", "a: # x"]
)
def test_an_empty_value_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="empty value"):
        read(text)


@pytest.mark.parametrize("text", ["true", "null", "17", "", "<<", "a: b"])
def test_quoted_scalars_are_strings(text: str) -> None:
    assert read(f"a: '{text}'") == {"a": text}
    assert read(f'a: "{text}"') == {"a": text}


def test_block_scalars_are_strings() -> None:
    assert read("a: |\n  12\nb: >-\n  true\n  false\n") == {"a": "12\n", "b": "true false"}


# --- "keys are strings; no anchors, aliases, tags, merge keys, directives or second documents" ----


@pytest.mark.parametrize("key", ["1", "true", "null", "[a]", "{a: 1}", "? [a, b]\n"])
def test_keys_are_strings(key: str) -> None:
    with pytest.raises(MalformedError, match="key that is not a string"):
        read(f"{key}: 1")


def test_words_of_older_yaml_are_plain_keys() -> None:
    assert read("no: 1\n'1': 2\n~: 3") == {"no": 1, "1": 2, "~": 3}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: &x 1", "anchor"),
        ("&x a: 1", "anchor"),
        ("&x {a: 1}", "anchor"),
        ("&x [1]", "anchor"),
        ("a: &x", "anchor"),
        ("a: *x", "alias"),
        ("a: &x 1\nb: *x", "anchor"),
        ("a: !!str 1", "tag"),
        ("a: !x 1", "tag"),
        ("a: ! 1", "tag"),
        ("a: !!python/object/apply:os.getcwd []", "tag"),
        ("!!map {a: 1}", "tag"),
        ("!!set {a}", "tag"),
        ("- !<tag:yaml.org,2002:str> x", "tag"),
        ("<<: {a: 1}", "merge key"),
        ("b:\n  <<: {a: 1}", "merge key"),
        ("%YAML 1.1\n---\na: 1", "directive"),
        ("%YAML 1.2\n---\na: 1", "directive"),
        ("%TAG ! tag:x,2026:\n---\na: 1", "directive"),
        ("%SOMETHING new\n---\na: 1", "directive"),
        ("a: 1\n---\nb: 1", "second document"),
        ("a: 1\n---\n", "second document"),
        ("--- 1\n--- 2", "second document"),
        ("a: 1\n...\n---\nb: 2", "second document"),
        ("", "empty document"),
        ("# nothing\n", "empty document"),
        ("a: 1\nb: 2\na: 3", "twice"),
        ("{a: 1, 'a': 1}", "twice"),
        ('a: 1\n"\\x61": 2', "twice"),
        ("x: [{a: {b: 1, b: 1}}]", "twice"),
    ],
)
def test_what_is_not_read_here(text: str, what: str) -> None:
    with pytest.raises(MalformedError, match=what):
        read(text)


def test_the_message_names_line_and_column() -> None:
    with pytest.raises(MalformedError, match="an anchor at line 2, column 4"):
        read("a: 1\nb: &x 2")


def test_one_explicit_document_is_read() -> None:
    assert read("---\na: 1\n...\n") == {"a": 1}
    assert read("--- text") == "text"


# --- "NUL and lone surrogates are refused"; bytes -------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"a: \0",
        b'a: "\\0"',
        b'a: "\\x00"',
        b'"\\u0000": 1',
        b'a: "\\ud800"',
        b'a: "\\udfff"',
        b'a: "\\ud83d\\ude00"',  # a pair spelled as two escapes is two halves in YAML
        b'a: "\\U00110000"',
        b'a: "\\UFFFFFFFF"',
        b"a: \xed\xa0\x80",
        b"a: \xff",
        "a: 1".encode("utf-16"),
        "a: 1".encode("utf-8-sig"),
        b"a: \x01",
        b"a: \x1b[31m",
        b"\ta: 1",
        b"a: b: c",
        b"[1, 2",
        b"'open",
        b"a: @b",
        b"a: `b",
        b"a: 'x\n",
    ],
)
def test_bytes_that_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        read_yaml(data)
    assert caught.value.code == "MALFORMED"


def test_limits_are_those_of_json() -> None:
    assert read("[" * 32 + "]" * 32) is not None
    with pytest.raises(MalformedError, match="deeper than 32"):
        read("[" * 33 + "]" * 33)
    with pytest.raises(MalformedError, match="deeper than 32"):
        read("- " * 100_000 + "x")
    for text in ("#" * (1024 * 1024 + 1), "a: " + "x" * (256 * 1024 + 1), "[" + "1," * 20_000 + "]"):
        with pytest.raises(MalformedError) as caught:
            read(text)
        assert caught.value.code == "MALFORMED"


# --- properties -----------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts.filter(lambda k: k != "<<"), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_what_a_common_dumper_writes_with_all_strings_quoted_is_read_the_same(value: JsonValue) -> None:
    written = yaml.safe_dump(value, default_style='"', allow_unicode=True)
    # The dumper tags quoted numbers and words (!!int "1"); JSON's spelling is YAML too and needs no tags.
    if "!!" not in written:
        assert read(written) == value
    spaced = json.dumps(value, ensure_ascii=False, indent=1)
    if not any(char in spaced for char in "\ufeff\u2028\u2029\ufffe\uffff\x85"):
        assert read(spaced) == read_json(spaced.encode())


@given(st.text(alphabet="ab01-:?[]{},#&*!|>'\"%@` \n\t\\~<=.", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = read(text)
    except MalformedError:
        return
    assert value is None or isinstance(value, bool | int | str | list | dict)


@given(st.text(alphabet="abcno01.:+-_~", min_size=1, max_size=12))
def test_a_plain_scalar_is_either_one_of_four_spellings_or_itself(text: str) -> None:
    try:
        value = read(f"a: {text}")
    except MalformedError:
        return
    assert isinstance(value, dict)
    if isinstance(value.get("a"), int) and not isinstance(value["a"], bool):
        assert int(text) == value["a"]
        assert text.lstrip("-") == str(abs(int(text)))
