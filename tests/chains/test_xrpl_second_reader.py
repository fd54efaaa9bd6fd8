"""Two implementations: generated transactions mean the same to our codec and to xrpl-py."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xrpl.core.addresscodec import codec
from xrpl.core.binarycodec import decode, encode, encode_for_multisigning, encode_for_signing

from signer_app.chains.port import Source
from signer_app.chains.xrpl.address import decode_address, encode_address
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.codec import numbers
from signer_app.chains.xrpl.codec.reader import read_transaction
from signer_app.chains.xrpl.codec.writer import length_prefix, write_transaction
from signer_app.chains.xrpl.second_reader import require_agreement
from signer_app.chains.xrpl.transaction import open_blob
from signer_app.core.errors import MalformedError

CHAIN = XrplChain()

addresses = st.binary(min_size=20, max_size=20).filter(any).map(encode_address)
uint32 = st.integers(0, 2**32 - 1)
hashes = st.binary(min_size=32, max_size=32).map(lambda data: data.hex().upper())
blobs = st.binary(max_size=300).map(lambda data: data.hex().upper())
drops = st.integers(0, 10**17).map(str)
currencies = st.one_of(
    st.sampled_from(["USD", "EUR", "xrp", "A?b", "<$>"]),
    st.binary(min_size=20, max_size=20)
    .filter(lambda data: data[0] != 0)
    .map(lambda data: data.hex().upper()),
)
#: The decimals that both SDKs write: 15 digits, magnitudes that people use.
values = st.tuples(st.integers(1, 10**15 - 1), st.integers(-20, 20)).map(lambda parts: numbers.plain(*parts))
issued = st.fixed_dictionaries({"value": values, "currency": currencies, "issuer": addresses})
mpt = st.fixed_dictionaries({
    "value": st.integers(0, 2**63 - 1).map(str),
    "mpt_issuance_id": st.binary(min_size=24, max_size=24).map(lambda data: data.hex().upper()),
})  # fmt: skip
amounts = st.one_of(drops, issued, mpt)
steps = st.one_of(
    st.fixed_dictionaries({"account": addresses}),
    st.fixed_dictionaries({"currency": currencies, "issuer": addresses}),
)
paths = st.lists(st.lists(steps, min_size=1, max_size=3), min_size=1, max_size=3)
memos = st.lists(
    st.fixed_dictionaries(
        {"Memo": st.fixed_dictionaries({}, optional={"MemoType": blobs, "MemoData": blobs})}
    ),
    min_size=1,
    max_size=3,
)
COMMON = {"Account": addresses, "Fee": drops, "Sequence": uint32, "SigningPubKey": st.just("")}
OPTIONAL = {
    "Flags": uint32,
    "SourceTag": uint32,
    "LastLedgerSequence": uint32,
    "TicketSequence": uint32,
    "Memos": memos,
    "NetworkID": st.integers(1025, 2**32 - 1),
    "AccountTxnID": hashes,
}
entries = st.lists(
    st.fixed_dictionaries({
        "SignerEntry": st.fixed_dictionaries(
            {"Account": addresses, "SignerWeight": st.integers(0, 65535)}, optional={"WalletLocator": hashes}
        )
    }),
    max_size=8,
)  # fmt: skip
KINDS = {
    "Payment": (
        {"Destination": addresses, "Amount": amounts},
        {
            "DestinationTag": uint32,
            "SendMax": amounts,
            "DeliverMin": amounts,
            "Paths": paths,
            "InvoiceID": hashes,
        },
    ),
    "TrustSet": ({"LimitAmount": issued}, {"QualityIn": uint32, "QualityOut": uint32}),
    "SignerListSet": ({"SignerQuorum": uint32, "SignerEntries": entries}, {}),
    "AccountSet": (
        {},
        {"SetFlag": uint32, "Domain": blobs, "TickSize": st.integers(0, 255), "MessageKey": blobs},
    ),
    "EscrowCreate": (
        {"Destination": addresses, "Amount": amounts},
        {"FinishAfter": uint32, "Condition": blobs},
    ),
    "EscrowFinish": ({"Owner": addresses, "OfferSequence": uint32}, {"Fulfillment": blobs}),
    "TicketCreate": ({"TicketCount": uint32}, {}),
    "SetRegularKey": ({}, {"RegularKey": addresses}),
    "NFTokenCancelOffer": ({"NFTokenOffers": st.lists(hashes, min_size=1, max_size=4)}, {}),
}
transactions = st.one_of(
    *(
        st.fixed_dictionaries(
            {"TransactionType": st.just(kind), **COMMON, **required}, optional={**OPTIONAL, **optional}
        )
        for kind, (required, optional) in KINDS.items()
    )
)


@settings(max_examples=300, deadline=None)
@given(tx=transactions)
def test_json_and_bytes_are_those_of_the_sdk(tx: dict) -> None:
    blob = write_transaction(tx)
    assert blob.hex().upper() == encode(tx)
    fields, parts = read_transaction(blob)
    assert b"".join(part.data for part in parts) == blob
    assert _plain(fields) == _plain(decode(encode(tx))) == _plain(tx)


@settings(max_examples=150, deadline=None)
@given(tx=transactions, signer=addresses)
def test_signing_data_is_that_of_the_sdk(tx: dict, signer: str) -> None:
    transaction = open_blob(write_transaction(tx))
    require_agreement(transaction, signer)
    assert transaction.single_signing_data().hex().upper() == encode_for_signing(tx)
    assert transaction.multi_signing_data(decode_address(signer)).hex().upper() == encode_for_multisigning(
        tx, signer
    )


@settings(max_examples=150, deadline=None)
@given(tx=transactions)
def test_inspect_gives_a_total_reading(tx: dict) -> None:
    found = CHAIN.inspect(Source(json.dumps(tx).encode()))
    assert found.effects[-1].kind == "FeePaid"
    assert found.body == write_transaction(tx).hex().upper()
    json.dumps(found.to_json())


def _plain(value: object) -> object:
    """The same tree with values of issued amounts as numbers: their text has several forms."""
    if isinstance(value, dict):
        return {
            key: Decimal(item) if key == "value" and isinstance(item, str) else _plain(item)
            for key, item in value.items()
        }
    return [_plain(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=300, deadline=None)
@given(
    mantissa=st.integers(10**15, 10**16 - 1), exponent=st.integers(-96, 80), negative=st.booleans()
)  # fmt: skip
def test_every_canonical_issued_amount_comes_back(mantissa: int, exponent: int, negative: bool) -> None:
    number = 1 << 63 | (not negative) << 62 | exponent + 97 << 54 | mantissa
    data = number.to_bytes(8, "big") + numbers.write_currency("USD") + b"\x01" * 20
    form = numbers.read_amount(data)
    assert isinstance(form, dict)
    assert isinstance(form["value"], str)
    assert Decimal(form["value"]) == Decimal(mantissa * (-1 if negative else 1)).scaleb(exponent)
    assert "e" not in form["value"].lower()
    assert numbers.write_amount(form) == data


@settings(max_examples=200, deadline=None)
@given(mantissa=st.integers(-(2**63) + 1, 2**63 - 1), exponent=st.integers(-200, 200))
def test_numbers_are_those_of_the_sdk_or_refused(mantissa: int, exponent: int) -> None:
    from xrpl.core.binarycodec.types.number import Number

    text = f"{mantissa}e{exponent}"
    ours = numbers.write_number(text)
    assert ours == bytes(Number.from_value(text)) or mantissa == 0
    assert numbers.write_number(numbers.read_number(ours)) == ours
    assert Decimal(numbers.read_number(ours)) == Decimal(text)


@pytest.mark.parametrize(
    "text", ["9223372036854775809", "92233720368547758081", "1e40000", "x", "", "1.", "--1"]
)
def test_numbers_that_do_not_fit_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        numbers.write_number(text)


def test_a_reading_that_was_tampered_with_is_a_mismatch() -> None:
    tx = {
        "TransactionType": "Payment",
        "Account": encode_address(b"\x01" * 20),
        "Fee": "12",
        "Sequence": 1,
        "Destination": encode_address(b"\x02" * 20),
        "Amount": "5",
        "SigningPubKey": "",
        "Signers": [
            {
                "Signer": {
                    "Account": encode_address(b"\x03" * 20),
                    "SigningPubKey": "ED" + "11" * 32,
                    "TxnSignature": "AB",
                }
            }
        ],
    }
    honest = open_blob(write_transaction(tx))
    require_agreement(honest)
    for change in (
        {"Amount": "6"},
        {"Destination": tx["Account"]},
        {"Sequence": 2},
        {"Signers": []},
        {"Unheard": 1, "Amount": 5},
    ):
        with pytest.raises(MalformedError) as refused:
            require_agreement(replace(honest, fields={**honest.fields, **change}))
        assert refused.value.code == "REENCODE_MISMATCH"


def test_length_prefixes_are_shortest() -> None:
    for length, size in ((0, 1), (192, 1), (193, 2), (12480, 2), (12481, 3), (918744, 3)):
        assert len(length_prefix(length)) == size
    with pytest.raises(MalformedError):
        length_prefix(918745)


def test_long_blobs_are_read_at_every_length_step() -> None:
    for length in (192, 193, 448, 449, 12480, 12481, 78017):
        tx = {
            "TransactionType": "AccountSet",
            "Account": encode_address(bytes(20)),
            "MessageKey": "A0" * length,  # without a zero the SDK takes it for an address, which takes long
        }
        blob = write_transaction(tx)
        assert blob.hex().upper() == encode(tx)
        assert read_transaction(blob)[0] == tx


def test_a_long_blob_is_never_taken_for_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK would convert it as one: minutes for the memo of a hostile file, while the window waits."""
    tried: list[str] = []
    real = codec.base58.b58decode_check

    def decode_check(text: str, **options: Any) -> bytes:
        tried.append(text)
        return real(text[:200], **options)  # enough to see that it is none

    monkeypatch.setattr(codec.base58, "b58decode_check", decode_check)
    memo = "AB" * 100_000
    tx = {
        "TransactionType": "AccountSet", "Account": encode_address(bytes(20)), "Fee": "12", "Sequence": 1,
        "SigningPubKey": "", "Memos": [{"Memo": {"MemoData": memo}}, {"Memo": {"MemoData": memo[:300]}}],
    }  # fmt: skip
    require_agreement(open_blob(write_transaction(tx)), encode_address(bytes(20)))
    assert tried
    assert all(len(text) <= 128 or text.startswith(" ") for text in tried)
    assert any(len(text) == 2 * 100_000 + 1 for text in tried)
