from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from journal_help import LOG_ID, lines_of, redact

from signer_app.core.errors import IntegrityError, MalformedError
from signer_app.journal import records

KEY = bytes([5]) * 32
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
value = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)
record = st.dictionaries(text, value, max_size=6)


def seal(plaintext: bytes, index: int = 7) -> records.Line:
    sealed = records.seal(
        plaintext, index=index, epoch=3, epoch_key=KEY, log_id=LOG_ID, previous=bytes([1]) * 32
    )
    line = records.parse_line(sealed.data)
    assert (line.to_bytes(), line.leaf) == (sealed.data, sealed.leaf)
    return line


@given(record)
def test_what_is_written_is_read(entry: dict[str, object]) -> None:
    plaintext = records.encode_record(entry)  # type: ignore[arg-type]
    assert len(plaintext) % 128 == 0
    assert plaintext[4:].rstrip(b"\0") == rfc8785.dumps(entry)  # type: ignore[arg-type]
    line = records.parse_line(seal(plaintext).to_bytes())
    assert records.open_record(line, epoch_key=KEY, log_id=LOG_ID) == entry


@pytest.mark.parametrize(
    "bad",
    [
        {"a": 1.5},
        {"a": [1.0]},
        {"a": 2**53},
        {"a": "\0"},
        {"a": "\ud800"},
        {"\ud800": "a"},
        {"a": {"b": b"bytes"}},
        {"a": ["\0"]},
        {"\0": 1},
    ],
)
def test_what_could_not_be_read_is_not_written(bad: dict[str, object]) -> None:
    with pytest.raises(MalformedError):
        records.encode_record(bad)  # type: ignore[arg-type]


def test_nesting_beyond_the_reader_is_not_written() -> None:
    deep: object = "x"
    for _ in range(70):
        deep = [deep]
    with pytest.raises(MalformedError):
        records.encode_record({"a": deep})  # type: ignore[dict-item]


def test_the_largest_record_fits_a_line_and_one_more_byte_does_not() -> None:
    low, high = 1_000_000, 2_000_000
    while high - low > 1:
        middle = (low + high) // 2
        try:
            records.encode_record({"a": "x" * middle})
            low = middle
        except MalformedError:
            high = middle
    data = seal(records.encode_record({"a": "x" * low}), index=2**53).to_bytes()
    assert records.MAX_LINE - 1024 < len(data) <= records.MAX_LINE
    assert records.parse_line(data).index == 2**53


@given(record, st.integers(0, 3))
def test_a_record_opens_only_at_its_own_place(entry: dict[str, object], change: int) -> None:
    line = seal(records.encode_record(entry))  # type: ignore[arg-type]
    changed = [
        {"index": 8},
        {"epoch": 4},
        {"previous": bytes(32)},
        {"salt": bytes(16)},
    ][change]
    moved = records.Line(**({name: getattr(line, name) for name in line.__slots__} | changed))
    with pytest.raises(IntegrityError):
        records.unseal(moved, epoch_key=KEY, log_id=LOG_ID)
    with pytest.raises(IntegrityError):
        records.unseal(line, epoch_key=KEY, log_id=bytes([7]) * 16)


def test_the_same_record_twice_shares_no_key_nonce_or_content() -> None:
    plaintext = records.encode_record({"a": "b"})
    first, second = seal(plaintext), seal(plaintext)
    assert first.salt != second.salt
    assert first.sealed != second.sealed
    assert first.commitment != second.commitment


GOOD = lines_of(1)[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"v":1', b'{"v":2'),
        (b'{"v":1', b'{ "v":1'),
        (b'{"v":1', b'{"v":1.0'),
        (b'"i":0', b'"i":00'),
        (b'"i":0', b'"i":-0'),
        (b'"e":1', b'"e":0'),
        (b'"e":1', b'"e":01'),
        (b'"e":1', b'"e":4294967296'),
        (b'"e":1', b'"e":1,"e":1'),
        (b'"}\n', b'"}\r\n'),
        (b'"}\n', b'","z":1}\n'),
        (b'"}\n', b'"} \n'),
        (b'=="}\n', b'="}\n'),
        (b'"}\n', b'"}'),
    ],
)
def test_any_other_spelling_is_refused(old: bytes, new: bytes) -> None:
    changed = GOOD.replace(old, new, 1) if old in GOOD else GOOD[:-3] + b"=" + new
    assert changed != GOOD
    with pytest.raises(MalformedError):
        records.parse_line(changed)


def test_pad_bits_are_refused() -> None:
    """A lenient base64 reader gives the same bytes for two spellings."""
    texts = [line[line.index(b',"c":') + 6 : -3] for line in lines_of(3, text="y" * 80)]
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for content, line in zip(texts, lines_of(3, text="y" * 80), strict=True):
        assert content.endswith(b"=")
        last = len(content.rstrip(b"=")) - 1
        twin = alphabet[alphabet.index(content[last]) + 1]
        spelled = content[:last] + bytes([twin]) + content[last + 1 :]
        with pytest.raises(MalformedError):
            records.parse_line(line.replace(content, spelled))


def test_a_redacted_line_keeps_its_hashes() -> None:
    line = records.parse_line(redact(GOOD))
    assert line.sealed is None
    assert line.leaf == records.parse_line(GOOD).leaf


def test_padding_and_form_of_the_plaintext_are_judged() -> None:
    good = records.encode_record({"a": "b"})
    body = b'{"a": "b"}'
    for bad in (
        good[:-1] + b"\1",
        good + bytes(128),
        (200).to_bytes(4, "big") + good[4:],
        len(body).to_bytes(4, "big") + body + bytes(128 - 4 - len(body)),
    ):
        with pytest.raises(MalformedError):
            records.decode_record(bad)
    assert json.loads(good[4:].rstrip(b"\0")) == records.decode_record(good)
