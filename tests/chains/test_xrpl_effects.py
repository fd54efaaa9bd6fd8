"""What each kind of transaction does, in effects; and that nothing in it is left out."""

from __future__ import annotations

import json

import pytest
from policy_samples import compiled, read

from signer_app.chains.port import Source
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.codec.definitions import TRANSACTION_FORMATS
from signer_app.chains.xrpl.effects.table import COMMON, KINDS
from signer_app.core.errors import MalformedError
from signer_app.core.inspection import Inspection
from signer_app.policy.engine import evaluate

A = "rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r"
B = "rB2dfdmWJqWtCBKuFXy1YEeR9ZiLRSJpdM"
ISSUER = "rMB6Z9i8kEstvMjUQzgAKMQUfFM2myzwDr"
USD = f"xrpl:0/iou:0000000000000000000000005553440000000000.{ISSUER}"
XRP = "xrpl:0/slip44:144"
CHAIN = XrplChain()


def usd(value: str, issuer: str = ISSUER) -> dict:
    return {"currency": "USD", "issuer": issuer, "value": value}


def inspect(kind: str, **fields: object) -> Inspection:
    tx = {"TransactionType": kind, "Account": A, "Fee": "12", "Sequence": 7, **fields}
    tx = {name: value for name, value in tx.items() if value is not None}
    return CHAIN.inspect(Source(json.dumps(tx).encode(), network="xrpl:0"))


def effects(kind: str, **fields: object) -> list[dict]:
    """All but the fee, which is always last."""
    found = [effect.to_json() for effect in inspect(kind, **fields).effects]
    assert found[-1] == {
        "kind": "FeePaid", "path": "", "account": f"xrpl:0:{A}", "asset": XRP, "amount": "0.000012",
        "worst_case": "0.000012",
    }  # fmt: skip
    return found[:-1]


def only(kind: str, **fields: object) -> dict:
    found = effects(kind, **fields)
    assert len(found) == 1, found
    assert found[0].pop("path") == ""
    assert found[0].pop("account") == f"xrpl:0:{A}"
    return found[0]


def codes(kind: str, **fields: object) -> list[str]:
    return [warning.code for warning in inspect(kind, **fields).warnings]


PLAIN = {
    "kind": "Transfer",
    "from": f"xrpl:0:{A}",
    "to": f"xrpl:0:{B}",
    "tag": None,
    "memo": None,
    "max_spend": None,
    "min_delivered": None,
    "partial": False,
    "paths": False,
    "issue": False,
}


def test_payment_of_xrp() -> None:
    found = only("Payment", Destination=B, Amount="1500000", DestinationTag=17)
    assert found == {**PLAIN, "tag": "17", "asset": XRP, "amount": "1.5", "base": "1500000"}
    assert codes("Payment", Destination=B, Amount="1500000") == []


def test_payment_of_an_issued_asset() -> None:
    found = only("Payment", Destination=B, Amount=usd("25000.50"))
    assert found == {**PLAIN, "asset": USD, "amount": "25000.5", "base": None}


def test_the_issuer_issues() -> None:
    found = only("Payment", Destination=B, Amount=usd("1", A))
    assert found["issue"] is True
    assert only("Payment", Destination=ISSUER, Amount=usd("1"))["issue"] is False


def test_payment_of_a_multi_purpose_token() -> None:
    issuance = "0000055543ABF2D7B13CE9EA5F6D2D87DCBFE078E2454C24"
    found = only(
        "Payment", Destination=B, Amount={"value": "9223372036854775807", "mpt_issuance_id": issuance}
    )
    assert found["asset"] == f"xrpl:0/mpt:{issuance}"
    assert (found["amount"], found["base"], found["issue"]) == ("9223372036854775807",) * 2 + (False,)


def test_partial_payment_with_send_max() -> None:
    fields = {
        "Destination": B,
        "Amount": usd("10"),
        "SendMax": "5000000",
        "DeliverMin": usd("9"),
        "Flags": 0x00020000,
    }
    found = only("Payment", **fields)
    assert found["partial"] is True
    assert found["paths"] is True
    assert found["max_spend"] == {"asset": XRP, "amount": "5"}
    assert found["min_delivered"] == {"asset": USD, "amount": "9"}
    assert codes("Payment", **fields) == ["PARTIAL_PAYMENT", "PATHS_NOT_ALLOWED"]


def test_paths_are_said() -> None:
    found = only("Payment", Destination=B, Amount=usd("10"), Paths=[[{"account": ISSUER}]])
    assert found["paths"] is True
    same = only("Payment", Destination=B, Amount=usd("10"), SendMax=usd("10.1"))
    assert (same["paths"], same["max_spend"]) == (False, {"asset": USD, "amount": "10.1"})


@pytest.mark.parametrize(
    ("fields", "warned"),
    [
        ({"Paths": [[{"account": ISSUER}]]}, True),
        ({"SendMax": "5000000"}, True),
        ({"SendMax": usd("11", B)}, True),
        ({"SendMax": usd("11"), "Paths": [[{"account": ISSUER}]]}, True),
        ({"SendMax": usd("11")}, False),
        ({}, False),
    ],
)
def test_a_conversion_on_the_way_is_a_warning_of_its_leg(fields: dict, *, warned: bool) -> None:
    """Seen without facts, so said without a policy, once a leg and with the code of the check."""
    payment = {"Destination": B, "Amount": usd("10"), **fields}
    found = inspect("Payment", **payment)
    assert [(item.code, item.path) for item in found.warnings] == [("PATHS_NOT_ALLOWED", "")] * warned
    inner = {"TransactionType": "Payment", "Account": A, "Fee": "0", "Sequence": 8, "SigningPubKey": "",
             "Flags": 0x40000000, **payment}  # fmt: skip
    batch = inspect("Batch", RawTransactions=[{"RawTransaction": inner}] * 2, Flags=0x00010000)
    paths = [item.path for item in batch.warnings if item.code == "PATHS_NOT_ALLOWED"]
    assert paths == ["RawTransactions[0]", "RawTransactions[1]"] * warned


def test_policy_judges_a_conversion_once() -> None:
    found = inspect("Payment", Destination=B, Amount=usd("10"), SendMax="5000000")
    report = evaluate(compiled(), found, read())
    judged = [(check.verdict, check.path) for check in report.checks if check.code == "PATHS_NOT_ALLOWED"]
    assert judged == [("FAIL", "")]


def test_memos_are_texts_and_data_is_shown_as_hex() -> None:
    memos = [{"Memo": {"MemoData": "696E766F6963652037"}}, {"Memo": {"MemoData": "FF00"}}]
    found = inspect("Payment", Destination=B, Amount="1", Memos=memos)
    assert found.effects[0].to_json()["memo"] == "invoice 7\nFF00"
    assert [(text.path, text.text) for text in found.texts] == [("Memos[0].MemoData", "invoice 7")]


@pytest.mark.parametrize(
    ("text", "code"),
    [("abc\u202etxt", "TEXT_BIDI"), ("a\u200bb", "TEXT_INVISIBLE"), ("p\u0430ypal", "TEXT_MIXED_SCRIPT"),
     ("=1+1", "TEXT_FORMULA")],
)  # fmt: skip
def test_texts_that_deceive_are_named(text: str, code: str) -> None:
    memo = {"Memo": {"MemoData": text.encode().hex()}}
    found = inspect("Payment", Destination=B, Amount="1", Memos=[memo])
    assert [(warning.code, warning.path) for warning in found.warnings] == [(code, "Memos[0].MemoData")]
    assert codes("AccountSet", Domain=text.encode().hex()) == [code]


def test_trust_line() -> None:
    found = only("TrustSet", LimitAmount=usd("1e6"), Flags=0x80020000)
    assert found == {"kind": "TrustChange", "asset": USD, "limit": "1000000", "flags": ["tfSetNoRipple"]}
    with_quality = effects("TrustSet", LimitAmount=usd("0"), QualityIn=5)
    assert [(item["kind"], item.get("name"), item.get("value")) for item in with_quality] == [
        ("TrustChange", None, None),
        ("SettingChange", "QualityIn", 5),
    ]


def test_trust_lines_that_cannot_be() -> None:
    for limit in ("5", usd("-1")):
        assert only("TrustSet", LimitAmount=limit)["kind"] == "Unknown"


def test_signer_list() -> None:
    entries = [{"SignerEntry": {"Account": B, "SignerWeight": 2, "WalletLocator": "AB" * 32}}]
    found = only("SignerListSet", SignerQuorum=2, SignerEntries=entries)
    assert found == {
        "kind": "AuthorityChange", "what": "signer_list", "before": None, "privileged": True,
        "after": {"quorum": 2, "signers": [
            {"account": f"xrpl:0:{B}", "weight": 2, "wallet_locator": "AB" * 32}]},
    }  # fmt: skip
    assert codes("SignerListSet", SignerQuorum=2, SignerEntries=entries) == ["PRIVILEGED_OP"]
    assert only("SignerListSet", SignerQuorum=0)["after"] is None
    assert only("SignerListSet", SignerQuorum=1)["kind"] == "Unknown"
    assert only("SignerListSet", SignerQuorum=0, SignerEntries=entries)["kind"] == "Unknown"
    with pytest.raises(MalformedError):
        inspect("SignerListSet", SignerQuorum=1, SignerEntries=[{"SignerEntry": {"Account": B}}])


def test_regular_key() -> None:
    assert only("SetRegularKey", RegularKey=B)["after"] == f"xrpl:0:{B}"
    assert only("SetRegularKey")["after"] is None
    assert codes("SetRegularKey") == ["PRIVILEGED_OP"]


def test_master_key() -> None:
    off = only("AccountSet", SetFlag=4)
    assert (off["kind"], off["what"], off["after"]) == ("AuthorityChange", "master_key", "disabled")
    assert only("AccountSet", ClearFlag=4)["after"] == "enabled"
    assert codes("AccountSet", SetFlag=4) == ["PRIVILEGED_OP"]


def test_settings() -> None:
    found = effects(
        "AccountSet",
        SetFlag=1,
        ClearFlag=8,
        Domain="6578616D706C652E636F6D",
        TransferRate=1002000000,
        TickSize=5,
        Flags=0x00100000,
        NFTokenMinter=B,
        EmailHash="AB" * 16,
    )
    assert {item["kind"] for item in found} == {"SettingChange"}
    assert {item["name"]: item["value"] for item in found} == {
        "asfDisallowXRP": True, "asfRequireDest": True, "asfDefaultRipple": False, "Domain": "example.com",
        "TransferRate": 1002000000, "TickSize": 5, "NFTokenMinter": f"xrpl:0:{B}", "EmailHash": "AB" * 16,
    }  # fmt: skip
    assert effects("AccountSet") == []
    assert only("AccountSet", Domain="FF")["value"] == "FF"
    assert only("AccountSet", SetFlag=99)["kind"] == "Unknown"


def test_account_delete_says_where_the_xrp_goes() -> None:
    found = only("AccountDelete", Destination=B, DestinationTag=5)
    assert found["what"] == "account_delete"
    assert found["after"] == {"exists": False, "to": f"xrpl:0:{B}", "tag": "5", "leaves": "all XRP"}
    assert codes("AccountDelete", Destination=B) == ["PRIVILEGED_OP"]


def test_tickets() -> None:
    assert only("TicketCreate", TicketCount=250) == {"kind": "TicketReserve", "count": 250}


def test_escrow() -> None:
    found = effects(
        "EscrowCreate", Destination=B, Amount="7", FinishAfter=0, CancelAfter=4294967295, Condition="AB",
        DestinationTag=3,
    )  # fmt: skip
    assert found[0]["finish_after"] == "2000-01-01T00:00:00Z"
    assert found[0]["cancel_after"] == "2136-02-07T06:28:15Z"
    assert (found[0]["condition"], found[0]["amount"], found[0]["asset"]) == ("AB", "0.000007", XRP)
    assert (found[1]["kind"], found[1]["name"], found[1]["value"]) == ("DataWrite", "DestinationTag", "3")
    finish = {"kind": "EscrowRelease", "owner": f"xrpl:0:{B}", "sequence": "9"}
    assert only("EscrowFinish", Owner=B, OfferSequence=9, Condition="AB", Fulfillment="CD") == finish
    assert only("EscrowCancel", Owner=B, OfferSequence=9) == {**finish, "kind": "EscrowCancel"}


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"CredentialIDs": ["AB" * 32]}, "field CredentialIDs"),
        ({"DomainID": "AB" * 32}, "field DomainID"),
        ({"Delegate": B}, "field Delegate"),
        ({"OfferSequence": 3}, "field OfferSequence"),
        ({"OperationLimit": 21337}, "field OperationLimit"),
        ({"Flags": 0x40000000}, "flag tfInnerBatchTxn"),
        ({"Flags": 0x00080000}, "flag tfSponsorCreatedAccount"),
        ({"Flags": 0x01000000}, "flag 0x01000000"),
        ({"Memos": [{"Memo": {"MemoData": "AB", "URI": "CD"}}]}, "field Memos"),
        ({"Memos": [{"Signer": {"MemoData": "AB"}}]}, "field Memos"),
        ({"TicketSequence": 8}, "both a Sequence and a Ticket"),
        ({"Fee": None}, "no Fee"),
        ({"Sequence": None}, "no Sequence"),
    ],
)
def test_what_the_kind_does_not_explain_is_unknown(fields: dict, what: str) -> None:
    found = inspect("Payment", Destination=B, Amount="1", **fields)
    assert [effect.what for effect in found.effects if effect.kind == "Unknown"] == [what]
    assert [effect.kind for effect in found.effects] == ["Transfer", "Unknown", "FeePaid"]
    assert "UNKNOWN_EFFECT" in [warning.code for warning in found.warnings]


def test_flags_have_names() -> None:
    leg = inspect("Payment", Destination=B, Amount="1", Flags=0x81020000).legs[0]
    assert (leg.type, leg.account, leg.path) == ("Payment", f"xrpl:0:{A}", "")
    assert leg.flags == ("tfPartialPayment", "0x01000000", "tfFullyCanonicalSig")
    assert leg.unknown_flags == ("0x01000000",)
    assert "FLAG_NOT_ALLOWED" in codes("Payment", Destination=B, Amount="1", Flags=0x01000000)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_without_what_it_needs_a_kind_is_unknown(kind: str) -> None:
    for field in KINDS[kind].required:
        assert f"{kind} without {field}" in [item.get("what") for item in effects(kind)]


def test_the_rows_explain_no_field_that_the_ledger_does_not_take() -> None:
    for name, kind in KINDS.items():
        formats = TRANSACTION_FORMATS[name]
        assert {*kind.required, *kind.optional} <= formats.required | formats.optional
        assert formats.required <= set(kind.required)
    common = TRANSACTION_FORMATS["common"]
    assert common.required | common.optional >= COMMON


def test_other_types_are_unknown_and_privileged_ones_are_named() -> None:
    found = inspect("DelegateSet", Authorize=B, Permissions=[{"Permission": {"PermissionValue": "Payment"}}])
    assert [effect.kind for effect in found.effects] == ["Unknown", "FeePaid"]
    assert {warning.code for warning in found.warnings} == {"UNKNOWN_EFFECT", "PRIVILEGED_OP"}
    offer = only("OfferCreate", TakerPays="1", TakerGets=usd("1"))
    assert offer == {
        "kind": "Unknown",
        "what": "OfferCreate",
        "raw": {"TakerPays": "1", "TakerGets": usd("1")},
    }


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"SignerQuorum": 2},
        {"SignerQuorum": 0, "SignerEntries": [{"SignerEntry": {"Account": B, "SignerWeight": 1}}]},
    ],
    ids=["nothing", "quorum-alone", "list-alone"],
)
def test_a_signer_list_that_cannot_be_read_is_privileged_all_the_same(fields: dict) -> None:
    found = inspect("SignerListSet", **fields)
    assert [effect.kind for effect in found.effects] == ["Unknown", "FeePaid"]
    assert {warning.code for warning in found.warnings} == {"UNKNOWN_EFFECT", "PRIVILEGED_OP"}


def test_inner_transactions_of_a_batch_are_legs_and_never_understood() -> None:
    inner = {
        "TransactionType": "SignerListSet", "Account": A, "Fee": "0", "Sequence": 8, "SigningPubKey": "",
        "SignerQuorum": 0, "Flags": 0x40000000,
    }  # fmt: skip
    found = inspect("Batch", RawTransactions=[{"RawTransaction": inner}], Flags=0x00010000)
    assert [effect.kind for effect in found.effects] == ["Unknown", "FeePaid"]
    assert [(leg.path, leg.type) for leg in found.legs] == [
        ("", "Batch"),
        ("RawTransactions[0]", "SignerListSet"),
    ]
    assert ("PRIVILEGED_OP", "RawTransactions[0]") in [(item.code, item.path) for item in found.warnings]
    master = {
        **{name: value for name, value in inner.items() if name != "SignerQuorum"},
        "TransactionType": "AccountSet", "SetFlag": 4,
    }  # fmt: skip
    found = inspect("Batch", RawTransactions=[{"RawTransaction": master}], Flags=0x00010000)
    assert ("PRIVILEGED_OP", "RawTransactions[0]") in [(item.code, item.path) for item in found.warnings]
    with pytest.raises(MalformedError):
        inspect("Batch", RawTransactions=[{"RawTransaction": {**inner, "TransactionType": "SetFee"}}])


def test_negative_payments_are_unknown() -> None:
    assert only("Payment", Destination=B, Amount=usd("-1"))["kind"] == "Unknown"
    assert only("Payment", Destination=B, Amount="1", SendMax=usd("-1"))["kind"] == "Unknown"
    assert only("EscrowCreate", Destination=B, Amount=usd("-1"))["kind"] == "Unknown"
