"""Input forms, networks, accounts, identity of what was read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest
from xrpl.core.addresscodec import classic_address_to_xaddress, decode_classic_address
from xrpl.core.binarycodec import encode_for_multisigning
from xrpl.core.keypairs import generate_seed, sign
from xrpl.wallet import Wallet

from signer_app.chains.port import Chain, Source
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.combine import body_of, strip_signers
from signer_app.core.canonical import canonical
from signer_app.core.errors import MalformedError
from signer_app.core.inspection import Inspection

A = "rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r"
B = "rB2dfdmWJqWtCBKuFXy1YEeR9ZiLRSJpdM"
CHAIN: Chain = XrplChain()
TX = {
    "TransactionType": "Payment",
    "Account": A,
    "Destination": B,
    "Amount": "1000000",
    "Fee": "60",
    "Sequence": 1000,
    "LastLedgerSequence": 90000000,
}


def inspect(tx: object, **named: str) -> Inspection:
    data = tx if isinstance(tx, bytes) else json.dumps(tx).encode()
    return CHAIN.inspect(Source(data, **named))


def refusal(tx: object, **named: str) -> str:
    with pytest.raises(MalformedError) as refused:
        inspect(tx, **named)
    return refused.value.code


BODY = inspect(TX).body


def test_identity() -> None:
    found = inspect(TX, network="xrpl:0")
    assert found.body.startswith("12000024000003E8")
    assert "7300811" in found.body
    assert (found.mode, found.encoding, found.tx_id) == ("multi", "xrpl-blob", None)
    form = {"account": f"xrpl:0:{A}", "body": BODY, "encoding": "xrpl-blob", "network": "xrpl:0"}
    assert found.proposal_id == hashlib.sha256(canonical(form)).hexdigest()
    assert found.body_hash == hashlib.sha256(bytes.fromhex(BODY)).hexdigest()
    assert found.signing.to_json() == {"scheme": "xrpl-multi", "digest": None}
    assert found.fee.amount == "0.00006"
    assert found.warnings == ()


def test_other_networks_have_other_ids() -> None:
    assert inspect(TX, network="xrpl:1").proposal_id != inspect(TX, network="xrpl:0").proposal_id


def test_ticket_and_no_expiry() -> None:
    found = inspect({**TX, "Sequence": 0, "TicketSequence": 17, "LastLedgerSequence": 1})
    assert found.sequence.to_json() == {"kind": "ticket", "value": "17"}
    assert found.expiry is not None
    assert found.expiry.to_json() == {"kind": "ledger", "value": "1"}
    assert inspect({name: value for name, value in TX.items() if name != "LastLedgerSequence"}).expiry is None


@pytest.mark.parametrize(
    "wrap",
    [
        BODY.encode,
        lambda: b"\n\t " + BODY.lower().encode() + b" \r\n",
        lambda: {"tx_json": TX, "hash": "AB", "validated": True},
        lambda: {"result": {"tx_json": TX, "meta": {"x": 1}, "status": "success"}},
        lambda: {"result": {**TX, "meta": {}, "hash": "AB", "validated": True, "status": "success"}},
        lambda: {"tx_blob": BODY},
        lambda: {"result": {"tx_blob": BODY.lower(), "tx_json": TX, "engine_result": "tesSUCCESS"}},
        lambda: {"result": {"tx": BODY}},
        lambda: {"tx": TX, "meta": {}},
        lambda: {**{k: v for k, v in TX.items() if k != "Amount"}, "DeliverMax": "1000000"},
        lambda: {**TX, "DeliverMax": "1000000", "date": 1, "ledger_index": 2, "inLedger": 2, "ctid": "C0"},
        lambda: {**TX, "SigningPubKey": ""},
        lambda: {**TX, "Account": classic_address_to_xaddress(A, None, False)},
    ],
)
def test_all_forms_of_one_transaction_are_the_same(wrap: Callable[[], object]) -> None:
    assert inspect(wrap()) == inspect(TX)
    data = wrap()
    assert CHAIN.recognises(data if isinstance(data, bytes) else json.dumps(data).encode())


@pytest.mark.parametrize(
    "tx",
    [
        b"",
        b" ",
        b"zz",
        b"12000",
        b"null",
        b"[]",
        b"{}",
        b'"12"',
        b"{",
        b"\xff\xfe",
        b"12 00",
        {"tx_json": 5},
        {"result": {}},
        {"tx_blob": ""},
        {"tx_blob": "zz"},
        {"tx_blob": "12é0"},
        {**TX, "hooks": 1},
        {**TX, "Hooks": []},
        {**TX, "ObjectEndMarker": {}},
        {**TX, "Generic": 1},
        {**TX, "Sequence": "1000"},
        {**TX, "Sequence": True},
        {**TX, "Sequence": -1},
        {**TX, "Sequence": 2**32},
        {**TX, "Amount": 1000000},
        {**TX, "Amount": "1.5"},
        {**TX, "Amount": "-1"},
        {**TX, "Amount": "01"},
        {**TX, "Amount": "100000000000000001"},
        {**TX, "Amount": ""},
        {**TX, "Amount": None},
        {**TX, "Amount": {"value": "1", "currency": "XRP", "issuer": B}},
        {**TX, "Amount": {"value": "1", "currency": "USD"}},
        {**TX, "Amount": {"value": "1", "currency": "USD", "issuer": B, "x": 1}},
        {**TX, "Amount": {"value": 1, "currency": "USD", "issuer": B}},
        {**TX, "Amount": {"value": "12345678901234567", "currency": "USD", "issuer": B}},
        {**TX, "Amount": {"value": "1e99", "currency": "USD", "issuer": B}},
        {**TX, "Amount": {"value": "1", "currency": "USDT", "issuer": B}},
        {**TX, "Amount": {"value": "1", "mpt_issuance_id": "00"}},
        {**TX, "Amount": {"value": "9223372036854775808", "mpt_issuance_id": "0" * 48}},
        {**TX, "Fee": {"value": "1", "currency": "USD", "issuer": B}},
        {**TX, "Account": A[:-1] + "q"},
        {**TX, "Account": ""},
        {**TX, "Destination": None},
        {**TX, "DeliverMax": "2"},
        {**TX, "TransactionType": "SetHook"},
        {**TX, "TransactionType": "SetFee"},
        {**TX, "TransactionType": "Invalid"},
        {**TX, "TransactionType": 0},
        {**TX, "LedgerEntryType": "Offer"},
        {**TX, "SigningPubKey": "AB"},
        {**TX, "SigningPubKey": "00" * 33},
        {**TX, "Memos": {}},
        {**TX, "Memos": [{"Memo": {}, "Signer": {}}]},
        {**TX, "Memos": [{"MemoData": "AB"}]},
        {**TX, "Memos": [5]},
        {**TX, "Paths": []},
        {**TX, "Paths": [[]]},
        {**TX, "Paths": [[{}]]},
        {**TX, "Paths": [[{"account": B, "type": 48}]]},
        {**TX, "InvoiceID": "AB"},
        {**TX, "InvoiceID": "zz" * 32},
        {**TX, "Signers": [{"Signer": {"Account": B}}]},
        {**TX, "DomainID": 5},
        {**TX, "CredentialIDs": "AB"},
        {"tx_json": TX, "tx_blob": "00"},
        {"tx_json": TX, "transaction": TX},
        {"TransactionType": "Payment", "Fee": "1"},
        {"TransactionType": "OfferCreate", "Account": A, "DeliverMax": "1"},
        b'{"TransactionType":"Payment","TransactionType":"Payment"}',
        b'{"TransactionType":1.5}',
    ],
)
def test_what_is_no_transaction_is_malformed(tx: object) -> None:
    assert refusal(tx) == "MALFORMED"


def test_json_and_blob_that_differ_are_refused() -> None:
    other = inspect({**TX, "Amount": "2"}).body
    assert refusal({"tx_json": TX, "tx_blob": other}) == "MALFORMED"
    assert refusal({"result": {"tx_json": TX, "tx_blob": other}}) == "MALFORMED"


def test_x_addresses() -> None:
    tagged = classic_address_to_xaddress(B, 17, False)
    with_tag = inspect({**TX, "Destination": tagged})
    assert with_tag == inspect({**TX, "DestinationTag": 17})
    assert inspect({**TX, "Destination": tagged, "DestinationTag": 17}) == with_tag
    assert refusal({**TX, "Destination": tagged, "DestinationTag": 18}) == "MALFORMED"
    assert inspect({**TX, "Account": classic_address_to_xaddress(A, 5, False)}) == inspect(
        {**TX, "SourceTag": 5}
    )
    test_address = classic_address_to_xaddress(B, None, True)
    assert refusal({**TX, "Destination": test_address}) == "NETWORK"
    assert inspect({**TX, "Destination": test_address}, network="xrpl:1").network == "xrpl:1"
    assert refusal({**TX, "Destination": tagged}, network="xrpl:1") == "NETWORK"
    key = {"TransactionType": "SetRegularKey", "Account": A, "Fee": "1", "Sequence": 1, "RegularKey": tagged}
    assert refusal(key) == "MALFORMED"


def test_network_from_the_bytes_the_command_or_assumed() -> None:
    assumed = inspect(TX)
    assert (assumed.network, [item.code for item in assumed.warnings]) == ("xrpl:0", ["NETWORK_ASSUMED"])
    assert inspect(TX, network="xrpl:1").warnings == ()
    practice = inspect({**TX, "NetworkID": 63456})
    assert (practice.network, practice.warnings) == ("xrpl:63456", ())
    assert inspect({**TX, "NetworkID": 63456}, network="xrpl:63456") == practice
    low = inspect({**TX, "NetworkID": 1})
    assert (low.network, [item.code for item in low.warnings]) == ("xrpl:1", ["NETWORK"])


@pytest.mark.parametrize(
    ("number", "network"),
    [(63456, "xrpl:0"), (63456, "xrpl:1"), (None, "xrpl:63456"), (None, "xrpl:1025"), (1, "xrpl:0"),
     (None, "stellar:pubnet"), (63456, "eip155:1")],
)  # fmt: skip
def test_conflicting_networks_are_refused(number: int | None, network: str) -> None:
    tx = TX if number is None else {**TX, "NetworkID": number}
    assert refusal(tx, network=network) == "NETWORK"


def test_named_accounts() -> None:
    assert inspect(TX, network="xrpl:0", account=f"xrpl:0:{A}") == inspect(TX, network="xrpl:0", account=A)
    assert refusal(TX, account=f"xrpl:0:{B}") == "MALFORMED"
    assert refusal(TX, account=B) == "MALFORMED"
    assert refusal(TX, account="nonsense") == "MALFORMED"
    assert refusal(TX, account=f"xrpl:1:{A}") == "NETWORK"


def test_named_signers() -> None:
    by_address = inspect(TX, signer=B).signing
    assert by_address == inspect(TX, signer=f"xrpl:0:{B}").signing
    assert by_address.signing_data is not None
    assert by_address.signing_data.startswith("534D5400")
    assert by_address.to_json()["signer"] == f"xrpl:0:{B}"
    assert refusal(TX, signer=f"xrpl:1:{B}") == "NETWORK"
    assert refusal(TX, signer="x") == "MALFORMED"


KEY = "ED510865F867CDFCB944D435812ACF23D231E5C14534B146BCE46A2F794D198B77"


def test_signature_without_a_key_and_key_with_a_list() -> None:
    keyless = inspect({**TX, "TxnSignature": "ABCD"})
    assert [(item.valid, item.public_key) for item in keyless.signatures] == [(None, None)]
    assert keyless.tx_id is not None
    entry = {"Signer": {"Account": B, "SigningPubKey": KEY, "TxnSignature": "ABCD"}}
    mixed = inspect({**TX, "SigningPubKey": KEY, "TxnSignature": "AB", "Signers": [entry]})
    assert (mixed.mode, [item.valid for item in mixed.signatures]) == ("single", [False, False])
    assert [item.scheme for item in mixed.signatures] == ["xrpl-single", "xrpl-multi"]
    assert mixed.body == inspect({**TX, "SigningPubKey": KEY}).body
    assert inspect({**TX, "SigningPubKey": KEY}).tx_id is None


def test_a_list_that_the_ledger_refuses_says_why() -> None:
    """The signatures fit, so they are valid; the reason tells why the transaction would not be taken."""
    wallets = sorted(
        (Wallet.from_seed(generate_seed(f"{number:032x}")) for number in range(3)),
        key=lambda wallet: decode_classic_address(wallet.address),
    )
    tx = {**TX, "Account": wallets[1].address, "SigningPubKey": ""}

    def reasons(*order: int) -> list[tuple[bool | None, str | None]]:
        entries = [
            {
                "Signer": {
                    "Account": wallets[place].address,
                    "SigningPubKey": wallets[place].public_key,
                    "TxnSignature": sign(
                        bytes.fromhex(encode_for_multisigning(tx, wallets[place].address)),
                        wallets[place].private_key,
                    ),
                }
            }
            for place in order
        ]
        return [(found.valid, found.reason) for found in inspect({**tx, "Signers": entries}).signatures]

    assert reasons(0, 2) == [(True, None), (True, None)]
    for order in ((2, 0), (2, 2)):
        first, second = reasons(*order)
        assert first == (True, None)
        assert second[0] is True
        assert "order" in str(second[1])
    (own,) = reasons(1)
    assert own[0] is True
    assert "account itself" in str(own[1])


def test_bodies_for_the_outcome() -> None:
    entry = {"Signer": {"Account": B, "SigningPubKey": KEY, "TxnSignature": "ABCD"}}
    signed = {**TX, "SigningPubKey": "", "Signers": [entry], "hash": "00", "date": 5}
    assert body_of(signed) == BODY
    assert body_of(json.dumps(TX)) == BODY
    blob = CHAIN.native_json(body=BODY)
    assert blob == {**TX, "SigningPubKey": ""}
    assert strip_signers(bytes.fromhex(BODY)).hex().upper() == BODY


def test_accounts_are_normalised() -> None:
    for text in (A, f" {A} ", f"xrpl:0:{A}", classic_address_to_xaddress(A, None, False)):
        assert CHAIN.normalise_account(text, "xrpl:0") == f"xrpl:0:{A}"
    for text, code in (
        (f"xrpl:1:{A}", "NETWORK"),
        (classic_address_to_xaddress(A, None, True), "NETWORK"),
        (classic_address_to_xaddress(A, 3, False), "MALFORMED"),
        (A[:-1], "MALFORMED"),
        ("", "MALFORMED"),
    ):
        with pytest.raises(MalformedError) as refused:
            CHAIN.normalise_account(text, "xrpl:0")
        assert refused.value.code == code


@pytest.mark.parametrize("data", [b"", b"hello", b"{}", b'{"safe":"0x"}', b"AAAAAgAAAA==", b"0x12", b"FF"])
def test_other_input_is_not_recognised(data: bytes) -> None:
    assert not CHAIN.recognises(data)
