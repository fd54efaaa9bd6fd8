"""What the practice XRP app shows of transactions, and which ones it refuses (as the real app 2.4.1 does)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xrpl.core.binarycodec import encode

from signer_app.practice.devices.models import MODELS
from signer_app.practice.devices.status import StatusError
from signer_app.practice.devices.xrp import formats
from signer_app.practice.devices.xrp.reading import read

X = MODELS["nano-x"]
S = MODELS["nano-s"]
A = "ra7Zr8ddy9tB88RaXL8B87YkqhEJG2vkAJ"
B = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
C = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
CANONICAL = 0x80000000
BASE = {"TransactionType": "Payment", "Account": A, "Fee": "10", "Sequence": 1, "SigningPubKey": ""}


def blob(**fields: Any) -> bytes:
    return bytes.fromhex(encode({**BASE, **fields}))


def lines(**fields: Any) -> list[tuple[str, str]]:
    return [(line.name, line.value) for line in read(blob(**fields), X).lines]


def status_of(data: bytes, model: Any = X) -> str:
    with pytest.raises(StatusError) as caught:
        read(data, model)
    return f"{caught.value.status:04X}"


def test_type_and_account_come_first_and_some_fields_are_hidden() -> None:
    shown = lines(
        Destination=B, Amount="1", Flags=CANONICAL, LastLedgerSequence=99, DestinationTag=7, SourceTag=8
    )
    assert shown == [
        ("Transaction Type", "Payment"),
        ("Account", A),
        ("Source Tag", "8"),
        ("Destination Tag", "7"),
        ("Amount", "XRP 0.000001"),
        ("Fee", "XRP 0.00001"),
        ("Destination", B),
    ]


@pytest.mark.parametrize(
    ("drops", "text"),
    [
        ("0", "XRP 0.000000"),
        ("10", "XRP 0.00001"),
        ("1000000", "XRP 1"),
        ("1234567", "XRP 1.234567"),
        ("100000000000000000", "XRP 100000000000"),
    ],
)
def test_amounts_of_xrp(drops: str, text: str) -> None:
    assert ("Amount", text) in lines(Destination=B, Amount=drops)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("1", "1"),
        ("12.5", "12.5"),
        ("100000", "100000"),
        ("0.00012", "0.00012"),
        ("9999999999999999e80", "9999999999999999" + "0" * 80),
        ("1000000000000000e-96", "0." + "0" * 80 + "1"),
    ],
)
def test_amounts_that_are_issued(value: str, text: str) -> None:
    amount = {"currency": "USD", "issuer": C, "value": value}
    assert lines(Destination=B, Amount=amount)[2:4] == [("Amount", f"USD {text}"), ("Issuer", C)]


def test_a_currency_without_a_code_of_three_letters_stands_apart() -> None:
    code = "524C555344000000000000000000000000000000"
    shown = lines(Destination=B, Amount={"currency": code, "issuer": C, "value": "3"})
    assert shown[2:5] == [("Amount", "3"), ("Currency", code.lower()), ("Issuer", C)]
    # The app shows a code as text where it says XRP, though it is not.
    code = b"XRPZ".ljust(20, b"\0").hex().upper()
    shown = lines(Destination=B, Amount={"currency": code, "issuer": C, "value": "3"})
    assert ("Currency", "XRPZ") in shown


def test_amounts_that_no_ledger_takes() -> None:
    assert formats.native(1) == "Invalid amount!"
    assert formats.issued(0xFFFFFFFFFFFFFFFF, bytes(20)) == "Invalid amount!"
    negative = (97 - 15) << 54 | 10**15
    assert formats.issued(0x8000000000000000 | negative, bytes(12) + b"EUR" + bytes(5)) == "EUR -1"


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"Flags": CANONICAL | 0x20000}, ("Flags", "Partial Payment")),
        ({"Flags": CANONICAL | 0x70000}, ("Flags", "No Direct Ripple, Partial Payment, Limit Quality")),
        ({"Flags": CANONICAL | 0x1}, ("Flags", "Unsupported value")),
        (
            {"TransactionType": "TrustSet", "Flags": CANONICAL | 0x130000},
            ("Flags", "Setf Auth, Set No Ripple, Set Freeze"),
        ),
        (
            {"TransactionType": "OfferCreate", "Flags": CANONICAL | 0xE0000},
            ("Flags", "Immediate or Cancel, Fill or Kill, Sell"),
        ),
        (
            {"TransactionType": "AccountDelete", "Flags": CANONICAL | 2},
            ("Flags", "No flags for transaction type 21"),
        ),
        ({"TransactionType": "AccountSet", "SetFlag": 4}, ("Set Flag", "Disable Master")),
        ({"TransactionType": "AccountSet", "ClearFlag": 8}, ("Clear Flag", "Ripple by default")),
        ({"TransactionType": "AccountSet", "SetFlag": 16}, ("Set Flag", "Unknown flag: 16")),
        ({"TransactionType": "AccountSet", "TransferRate": 1005000000}, ("Transfer Rate", "0.5 %")),
        ({"TransactionType": "AccountSet", "TransferRate": 0}, ("Transfer Rate", "0 %")),
        ({"TransactionType": "AccountSet", "TransferRate": 5}, ("Transfer Rate", "Invalid value")),
        ({"TransactionType": "TrustSet", "QualityIn": 1000000000}, ("Quality In", "100 %")),
        ({"TransactionType": "TrustSet", "QualityOut": 0}, ("Quality Out", "100 %")),
        ({"TransactionType": "AccountSet", "TickSize": 5}, ("Tick Size", "5")),
        ({"TransactionType": "AccountSet", "Domain": "6578616D706C65"}, ("Domain", "example")),
        ({"TransactionType": "AccountSet", "EmailHash": "AB" * 16}, ("Email Hash", "ab" * 16)),
        ({"Expiration": 0}, ("Expiration", "2000-01-01 00:00:00 UTC")),
        ({"CancelAfter": 533257958}, ("Cancel After", "2016-11-23 23:12:38 UTC")),
        ({"FinishAfter": 4294967295}, ("Finish After", "2136-02-07 06:28:15 UTC")),
        ({"TransactionType": "PaymentChannelCreate", "SettleDelay": 86400}, ("Settle Delay", "86400 s")),
        ({"InvoiceID": "0F" * 32}, ("Invoice ID", "0f" * 32)),
        ({"TransactionType": "SetRegularKey"}, ("Regular Key", "[empty]")),
        ({"TransactionType": "SetRegularKey", "RegularKey": B}, ("Regular Key", B)),
        ({"TransactionType": "EscrowFinish", "OfferSequence": 9}, ("Transaction Type", "Finish Escrow")),
        # Newer than the app: it shows them, but has no name for them.
        ({"TransactionType": "TicketCreate", "TicketCount": 3}, ("Transaction Type", "Unknown")),
        ({"TransactionType": "TicketCreate", "TicketCount": 3}, ("Unknown", "3")),
        ({"TicketSequence": 12}, ("Unknown", "12")),
        ({"NetworkID": 63456}, ("Unknown", "63456")),
    ],
)  # fmt: skip
def test_fields(fields: dict[str, Any], line: tuple[str, str]) -> None:
    assert line in lines(**fields)


def test_entries_of_arrays_are_counted() -> None:
    shown = lines(
        TransactionType="SignerListSet",
        SignerQuorum=2,
        SignerEntries=[{"SignerEntry": {"Account": who, "SignerWeight": 1}} for who in (B, C)],
        Memos=[{"Memo": {"MemoType": "6E6F7465", "MemoData": "C3A9"}}, {"Memo": {"MemoData": ""}}],
    )
    assert shown[2:] == [
        ("Signer Quorum", "2"),
        ("Fee", "XRP 0.00001"),
        ("Signer Weight [1]", "1"),
        ("Account [1]", B),
        ("Signer Weight [2]", "1"),
        ("Account [2]", C),
        ("Memo Type [1]", "note"),
        ("Memo Data [1]", "c3a9"),
        ("Memo Data [2]", " "),
    ]


def test_path_sets() -> None:
    step = {"currency": "USD", "issuer": C}
    shown = lines(Destination=B, Amount="1", SendMax="2", Paths=[[{"account": B}, step], [{"issuer": C}]])
    assert shown[-4:] == [
        ("Account [P1: S1]", B),
        ("Currency [P1: S2]", "USD"),
        ("Issuer [P1: S2]", C),
        ("Issuer [P2: S1]", C),
    ]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"Flags": 0}, "6800"),
        ({"Flags": 0x20000}, "6800"),
        ({"Amount": {"mpt_issuance_id": "00" * 24, "value": "5"}}, "680B"),
        ({"TransactionType": "NFTokenCancelOffer", "NFTokenOffers": ["AB" * 32]}, "680B"),
        ({"TransactionType": "AMMDeposit", "Asset": {"currency": "XRP"}}, "680B"),
        ({"TransactionType": "MPTokenIssuanceCreate", "MaximumAmount": "5"}, "680B"),
        ({"TransactionType": "MPTokenAuthorize", "MPTokenIssuanceID": "00" * 24}, "680B"),
        ({"Paths": [[{"account": B}]] * 7}, "6804"),
        ({"Paths": [[{"account": B}] * 9]}, "6804"),
    ],
)
def test_what_the_app_refuses(fields: dict[str, Any], word: str) -> None:
    assert status_of(blob(**fields)) == word


def test_nine_signers_are_too_many_and_eight_are_not() -> None:
    def entries(count: int) -> bytes:
        rows = [{"SignerEntry": {"Account": B, "SignerWeight": 1}} for _ in range(count)]
        return blob(TransactionType="SignerListSet", SignerQuorum=1, SignerEntries=rows)

    assert len(read(entries(8), X).lines) == 4 + 16
    assert status_of(entries(9)) == "680B"


def test_the_largest_paths_pass() -> None:
    shown = read(blob(Paths=[[{"account": B}] * 8] * 6), X)
    assert len(shown.lines) == 3 + 48


def test_too_many_fields_for_the_model() -> None:
    memos = [{"Memo": {"MemoType": "AA", "MemoData": "BB", "MemoFormat": "CC"}} for _ in range(8)]
    assert len(read(blob(Memos=memos), X).lines) == 27
    assert status_of(blob(Memos=memos), S) == "6806"


def test_long_values_are_cut() -> None:
    long = lines(TransactionType="AccountSet", MessageKey="AB" * 600)
    assert dict(long)["Message Key"] == "ab" * 510 + "..."
    exact = lines(TransactionType="AccountSet", MessageKey="AB" * 511)
    assert dict(exact)["Message Key"] == "ab" * 511
    text = lines(TransactionType="AccountSet", Domain="61" * 1100)
    assert dict(text)["Domain"] == "a" * 1020 + "..."
    cut = lines(TransactionType="AccountSet", Domain="610062")
    assert dict(cut)["Domain"] == "a"


@pytest.mark.parametrize("cut", [1, 2, 5, 11, 20])
def test_bytes_that_end_too_soon(cut: int) -> None:
    assert status_of(blob(Destination=B, Amount="1")[:-cut]) == "6807"


def test_an_account_of_another_length() -> None:
    assert status_of(bytes.fromhex("8113") + bytes(19)) == "6804"


def test_only_an_empty_signing_key_means_multi() -> None:
    assert read(blob(), X).multi
    assert not read(blob(SigningPubKey="02" + "11" * 32), X).multi


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        reading = read(data, X)
    except StatusError:
        return
    assert len(reading.lines) <= X.max_fields
    assert all(line.name and line.value for line in reading.lines)


REAL = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "vectors" / "xrpl_real.jsonl").read_text().splitlines()
]


def test_real_transactions_are_read_or_refused_by_a_known_word() -> None:
    """Fixtures of others. What has no field of a newer type and no bare flags must be readable."""
    words: dict[str, int] = {}
    for row in REAL:
        if row["kind"] == "must-refuse":
            continue
        try:
            reading = read(bytes.fromhex(row["binary_hex"]), X)
            word = "9000"
            first = [(line.name, line.value) for line in reading.lines[:2]]
            assert "Account" not in row["tx_json"] or ("Account", row["tx_json"]["Account"]) in first
        except StatusError as error:
            word = f"{error.status:04X}"
        words[word] = words.get(word, 0) + 1
    assert words["9000"] > 100
    assert set(words) <= {"9000", "6800", "680B", "6804", "6806"}, words
