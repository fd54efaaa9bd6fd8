"""Hostile XRPL bytes: every one is refused with a code, or is the canonical form of what was understood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signer_app.chains.port import Source
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.codec.definitions import FIELDS
from signer_app.chains.xrpl.codec.reader import read_transaction
from signer_app.chains.xrpl.codec.writer import write_transaction
from signer_app.chains.xrpl.transaction import open_blob
from signer_app.core.errors import MalformedError

VECTORS = Path(__file__).parents[1] / "data" / "vectors"
ROWS = [json.loads(line) for line in (VECTORS / "xrpl_real.jsonl").read_text().splitlines()]
BLOBS = [
    bytes.fromhex(row["binary_hex"]) for row in ROWS if row.get("binary_hex") and not row.get("must_refuse")
]
CODES = {"MALFORMED", "REENCODE_MISMATCH", "NETWORK"}
CHAIN = XrplChain()

ACCOUNT = "81147BE25D9F113D2F3B88AE5DE9420B1DBEC7CBF9D5"
DESTINATION = "8314740D219F95E4729D5F3D733B3861EFE01E293D8C"
FEE, XRP_AMOUNT, SEQUENCE, NO_KEY = "68400000000000003C", "6140000000000F4240", "24000003E8", "7300"
GOOD = "120000" + SEQUENCE + XRP_AMOUNT + FEE + NO_KEY + ACCOUNT + DESTINATION


def refusal(data: bytes) -> str | None:
    """The code that inspect refuses with, or None. Any other exception is a failure of the test."""
    try:
        CHAIN.inspect(Source(data))
    except MalformedError as refused:
        return refused.code
    return None


def outcome(data: bytes) -> None:
    """Refused with a code of the list, or read to exactly these bytes. Nothing else may happen."""
    code = refusal(data.hex().encode())
    if code is None:
        assert write_transaction(open_blob(data).fields) == data
    else:
        assert code in CODES


@settings(max_examples=400, deadline=None)
@given(blob=st.sampled_from(BLOBS), bit=st.integers(0, 10**6))
def test_one_flipped_bit(blob: bytes, bit: int) -> None:
    index = bit % (len(blob) * 8)
    changed = bytearray(blob)
    changed[index // 8] ^= 1 << index % 8
    outcome(bytes(changed))


@settings(max_examples=200, deadline=None)
@given(blob=st.sampled_from(BLOBS), cut=st.integers(0, 10**6), tail=st.binary(max_size=4))
def test_cut_and_lengthened(blob: bytes, cut: int, tail: bytes) -> None:
    outcome(blob[: cut % len(blob)] + tail)
    outcome(blob + tail)


@settings(max_examples=200, deadline=None)
@given(first=st.sampled_from(BLOBS), second=st.sampled_from(BLOBS), at=st.integers(0, 10**6))
def test_two_spliced(first: bytes, second: bytes, at: int) -> None:
    outcome(first[: at % len(first)] + second[at % len(second) :])


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_noise(data: bytes) -> None:
    outcome(data)
    outcome(b"\x12\x00\x00" + data)
    with pytest.raises(MalformedError):
        CHAIN.inspect(Source(data))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=20) | st.just("AB" * 32),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FIELDS]) | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(
    fields=st.dictionaries(
        st.sampled_from([*FIELDS, "DeliverMax", "hash", "tx_blob"]), json_values, max_size=6
    )
)
def test_hostile_json(fields: dict) -> None:
    tx = {
        "TransactionType": "Payment",
        "Account": "rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r",
        "Fee": "1",
        "Sequence": 1,
        **fields,
    }
    for value in (tx, {"tx_json": fields}, {"result": tx}):
        data = json.dumps(value).encode()
        code = refusal(data)
        if code is None:
            body = CHAIN.inspect(Source(data)).body
            assert open_blob(bytes.fromhex(body)).body().hex().upper() == body
        else:
            assert code in CODES


def test_the_good_one_is_good() -> None:
    assert CHAIN.inspect(Source(GOOD.encode())).type == "Payment"


ISSUED = "0000000000000000000000005553440000000000" + "4B815D3CE423FA67DFB565000BABC89936B67475"


def payment(amount: str) -> str:
    return "120000" + SEQUENCE + "61" + amount + FEE + NO_KEY + ACCOUNT + DESTINATION


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("field twice", "120000" + SEQUENCE * 2 + XRP_AMOUNT + FEE + NO_KEY + ACCOUNT + DESTINATION),
        ("fields out of order", "120000" + XRP_AMOUNT + SEQUENCE + FEE + NO_KEY + ACCOUNT + DESTINATION),
        ("type not first", SEQUENCE + "120000" + XRP_AMOUNT + FEE + NO_KEY + ACCOUNT + DESTINATION),
        ("long field id of a short field", "12000020" + "04000003E8" + XRP_AMOUNT + FEE + NO_KEY + ACCOUNT),
        ("type code zero", "120000" + "0003" + SEQUENCE),
        ("field number zero", "120000" + "2003" + SEQUENCE),
        ("object end at top", GOOD + "E1"),
        ("array end at top", GOOD + "F1"),
        ("account of 19 bytes", GOOD.replace("81147B", "81137B")),
        ("account of no bytes", GOOD.replace(ACCOUNT, "8100")),
        ("no account", GOOD.replace(ACCOUNT, "")),
        ("length prefix 255", GOOD.replace(NO_KEY, "73FF")),
        ("negative XRP", payment("0000000000000F4240")),
        ("negative zero XRP", payment("0000000000000000")),
        ("more XRP than there is", payment("416345785D8A0001")),
        ("issued, mantissa too small", payment("D4438D7EA4C67FFF" + ISSUED)),
        ("issued, mantissa too large", payment("D4638D7EA4C68000" + ISSUED)),
        ("issued, exponent too small", payment("C0038D7EA4C68000" + ISSUED)),
        ("issued, exponent too large", payment("ECC38D7EA4C68000" + ISSUED)),
        ("issued, zero with a sign", payment("C000000000000000" + ISSUED)),
        ("issued, zero with an exponent", payment("8040000000000000" + ISSUED)),
        ("issued XRP", payment("D5038D7EA4C68000" + "0" * 40 + ISSUED[40:])),
        ("issued XRP by name", payment("D5038D7EA4C68000" + "0" * 24 + "585250" + "0" * 10 + ISSUED[40:])),
        ("issued by nobody", payment("D5038D7EA4C68000" + ISSUED[:40] + "0" * 40)),
        ("MPT, negative", payment("200000000000000001" + "00" * 24)),
        ("MPT, stray bits", payment("610000000000000001" + "00" * 24)),
        ("MPT, beyond the range", payment("608000000000000000" + "00" * 24)),
        (
            "memo without end",
            "120000" + SEQUENCE + XRP_AMOUNT + FEE + NO_KEY + ACCOUNT + DESTINATION + "F9EA7D01AB",
        ),
        ("list with a plain field", GOOD + "F9" + SEQUENCE + "F1"),
        ("path, empty", GOOD + "011200"),
        ("path, empty second", GOOD + "011201" + "11" * 20 + "FF00"),
        ("path, unknown step", GOOD + "011240" + "11" * 20 + "00"),
        ("path, no end", GOOD + "011201" + "11" * 20),
        ("fee in an issued asset", GOOD.replace(FEE, "68D5038D7EA4C68000" + ISSUED)),
        ("ledger entry type inside", "110061" + GOOD),
        ("hashes not whole", GOOD + "031321" + "11" * 33),
    ],
)
def test_bytes_that_are_not_canonical(name: str, text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        CHAIN.inspect(Source(text.encode()))
    assert refused.value.code == "MALFORMED", name


def test_deep_nesting_is_refused_before_the_stack_is_gone() -> None:
    memo = "EA"
    for text in (GOOD + "F9" + memo * 5000, GOOD + "F9" + memo + "F9EA" * 5000):
        with pytest.raises(MalformedError):
            CHAIN.inspect(Source(text.encode()))
    nested: object = {}
    for _ in range(25):
        nested = {"Memo": nested}
    tx = {"TransactionType": "Payment", "Account": "rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r", "Memos": [nested]}
    with pytest.raises(MalformedError):
        CHAIN.inspect(Source(json.dumps(tx).encode()))


def test_size_is_limited() -> None:
    with pytest.raises(MalformedError):
        read_transaction(bytes.fromhex("120000") + bytes(1024 * 1024))
    with pytest.raises(MalformedError):
        CHAIN.inspect(Source(b" " * 10 + b"12" * 1024 * 1024 + b"12"))


def test_many_small_values_cost_no_time() -> None:
    for text in (GOOD + "F9" + "EAE1" * 200_000 + "F1", GOOD + "0112" + ("10" + "00" * 20) * 30_000 + "00"):
        assert refusal(text.encode()) == "MALFORMED"
