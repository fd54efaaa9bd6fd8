"""Which input is plainly a transaction of a ledger that this version does not read, and which is none."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signer_app.chains.foreign import foreign_ledger
from signer_app.chains.registry import recognise
from signer_app.core.errors import MalformedError, UsageError

KEY, PLAIN, MUXED = bytes(range(32)), struct.pack(">I", 0), struct.pack(">IQ", 0x100, 7)
TO = "0x" + "11" * 20
SAFE = {
    "safe": TO, "to": TO, "value": "0", "data": None, "operation": 0, "safeTxGas": 0, "baseGas": 0,
    "gasPrice": "0", "gasToken": TO, "refundReceiver": TO, "nonce": 4,
}  # fmt: skip
BATCH = {
    "version": "1.0", "chainId": "1", "meta": {}, "transactions": [{"to": TO, "value": "0", "data": "0x"}],
}  # fmt: skip


def transaction(conditions: bytes = b"\0\0\0\0", memo: bytes = b"\0\0\0\0", operations: int = 1) -> bytes:
    """What follows the source account: fee, sequence, conditions, memo, operations, no extension."""
    payment = struct.pack(">III", 0, 1, 0) + KEY + struct.pack(">Iq", 0, 10_000_000)
    return struct.pack(">Iq", 100, 7) + conditions + memo + struct.pack(">I", operations) + payment + bytes(4)


def envelope(body: bytes) -> bytes:
    return base64.b64encode(body + struct.pack(">I", 0))


V1 = struct.pack(">I", 2) + PLAIN + KEY + transaction()
ENVELOPES = {
    "v1": envelope(V1),
    "v1 in lines": b"\n".join(envelope(V1)[i : i + 40] for i in range(0, len(envelope(V1)), 40)),
    "v0": envelope(struct.pack(">I", 0) + KEY + transaction()),
    "muxed": envelope(struct.pack(">I", 2) + MUXED + KEY + transaction()),
    "time bounds": envelope(struct.pack(">I", 2) + PLAIN + KEY + transaction(struct.pack(">IQQ", 1, 0, 9))),
    "memo": envelope(
        struct.pack(">I", 2) + PLAIN + KEY + transaction(memo=struct.pack(">II", 1, 5) + b"hello\0\0\0")
    ),
    "memo id": envelope(struct.pack(">I", 2) + PLAIN + KEY + transaction(memo=struct.pack(">IQ", 2, 5))),
    "fee bump": envelope(
        struct.pack(">I", 5) + PLAIN + KEY + struct.pack(">q", 400) + V1 + struct.pack(">I", 0) + bytes(4)
    ),
    "uri": b"web+stellar:tx?xdr=AAAA",
}


@pytest.mark.parametrize("data", ENVELOPES.values(), ids=ENVELOPES)
def test_a_transaction_of_stellar_is_told(data: bytes) -> None:
    assert foreign_ledger(b"  " + data + b"\n") == "stellar"
    with pytest.raises(UsageError) as caught:
        recognise(data, None)
    assert caught.value.code == "NOT_BUILT"
    with pytest.raises(MalformedError) as other:
        recognise(data, "xrpl:0")
    assert other.value.code == "NETWORK"


@pytest.mark.parametrize(
    "value",
    [SAFE, {**SAFE, "chainId": "1", "version": "1.4.1"}, BATCH,
     {name: SAFE[name] for name in SAFE if name != "safe"} | {"safeTxHash": "0x" + "22" * 32}],
)  # fmt: skip
def test_a_transaction_of_a_safe_is_told(value: dict[str, Any]) -> None:
    assert foreign_ledger(json.dumps(value).encode()) == "eip155"
    with pytest.raises(UsageError) as caught:
        recognise(json.dumps(value).encode(), None)
    assert caught.value.code == "NOT_BUILT"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"AAAA", b"AAAAAA==", b"AAAAAgAAAAA=", envelope(V1)[:60], envelope(V1[:-8])[:-4],
        envelope(struct.pack(">I", 2) + PLAIN + KEY + transaction(operations=0)),
        envelope(struct.pack(">I", 2) + PLAIN + KEY + transaction(operations=101)),
        envelope(struct.pack(">I", 2) + PLAIN + KEY + transaction(memo=b"\0\0\0\x09")),
        envelope(struct.pack(">I", 2) + struct.pack(">I", 9) + KEY + transaction()),
        envelope(struct.pack(">I", 3) + PLAIN + KEY + transaction()), b"deadbeef" * 20, b"hello world",
        b"{}", b"{", b"[]", b"null", b'{"to":"x","value":"0"}', b'{"safe":"x","to":"y"}', b'{"chainId":"1"}',
        b'{"chainId":"1","transactions":["x"]}', b'{"TransactionType":"Payment"}',
    ],
)  # fmt: skip
def test_anything_else_is_no_transaction_of_theirs(data: bytes) -> None:
    assert foreign_ledger(data) == ""


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(base64.b64encode)))
def test_no_input_is_a_fault(data: bytes) -> None:
    assert foreign_ledger(data) in ("", "stellar", "eip155")
