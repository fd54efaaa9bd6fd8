"""The scripted approver: it says yes only to what was agreed, and names what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from device_process import ADDRESS, PATH, DeviceProcess, exchange, sign
from xrpl.core.binarycodec import encode

from signer_app.core.effects import (
    AssetAmount,
    AuthorityChange,
    Effect,
    FeePaid,
    TicketReserve,
    Transfer,
    TrustChange,
)
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonValue
from signer_app.practice.devices.expectations import parse

ACCOUNT = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
TO = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
TX = {
    "TransactionType": "Payment",
    "Account": ACCOUNT,
    "Destination": TO,
    "DestinationTag": 17,
    "Amount": "1234567",
    "Fee": "60",
    "Sequence": 77,
    "Flags": 0x80000000,
    "SigningPubKey": "",
}
LINES = [
    {"name": "Transaction Type", "value": "Payment"},
    {"name": "Account", "value": ACCOUNT},
    {"name": "Destination Tag", "value": "17"},
    {"name": "Amount", "value": "XRP 1.234567"},
    {"name": "Fee", "value": "XRP 0.00006"},
    {"name": "Destination", "value": TO},
]
CAIP = "xrpl:0:"
EFFECTS = [
    Transfer(
        path="",
        account=CAIP + ACCOUNT,
        to=CAIP + TO,
        tag="17",
        memo=None,
        asset="xrpl:0/slip44:144",
        amount="1.234567",
        base="1234567",
        max_spend=None,
        min_delivered=None,
        partial=False,
        paths=False,
        issue=False,
    ).to_json(),
    FeePaid(
        path="",
        account=CAIP + ACCOUNT,
        asset="xrpl:0/slip44:144",
        amount="0.00006",
        worst_case="0.00006",
    ).to_json(),
]
WORDS = {
    "type": "Payment",
    "account": ACCOUNT,
    "destination": TO,
    "tag": "17",
    "amount": "XRP 1.234567",
    "fee": "XRP 0.00006",
}


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeviceProcess]:
    home = tmp_path_factory.mktemp("devices")
    agreed = home / "agreed.json"
    agreed.write_text(json.dumps(LINES))
    with DeviceProcess(home, "nano", "--approve", "expect", "--expect", str(agreed)) as process:
        yield process


def outcome(device: DeviceProcess, tx: dict[str, Any], expectation: dict[str, Any] | None = None) -> Any:
    """The answer, and why."""
    handle = device.open()
    with device.control() as control:
        if expectation is not None:
            control.do("expect", **expectation)
        answer = sign(handle, encode(tx))
        decision = control.do("history")["decisions"][-1]
    handle.close()
    assert decision["by"] == "approver"
    assert (decision["decision"] == "approved") == answer.endswith("9000")
    assert answer.endswith("9000") or answer == "6985"
    return decision["reason"]


def test_an_expectation_from_a_file(device: DeviceProcess) -> None:
    assert outcome(device, TX) is None


def test_it_pages_through_every_screen(device: DeviceProcess) -> None:
    outcome(device, TX, {"lines": LINES})
    with device.control() as control:
        shown = control.do("history")["screens"]
    first = len(shown) - 1 - shown[::-1].index("Transaction Type | Payment")
    assert shown[first:] == [
        "Transaction Type | Payment",
        "Account | rPT1Sjq2YGrBMTttX4 | GZHjKu9dyfzbpAYe",
        "Destination Tag | 17",
        "Amount | XRP 1.234567",
        "Fee | XRP 0.00006",
        "Destination | rHb9CJAWyB4rj91VR | Wn96DkukG4bwdtyT | h",
        "Sign transaction",
        "Signing...",
        "Use wallet to | view accounts",
    ]


@pytest.mark.parametrize("agreed", [{"lines": LINES}, {"words": WORDS}, {"effects": EFFECTS}], ids=list)
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"Amount": "1234568"}, 'Amount shows "XRP 1.234568", agreed was "XRP 1.234567"'),
        ({"Destination": ACCOUNT}, f'Destination shows "{ACCOUNT}", agreed was "{TO}"'),
        ({"DestinationTag": 18}, 'Destination Tag shows "18", agreed was "17"'),
        ({"Fee": "61"}, 'Fee shows "XRP 0.000061", agreed was "XRP 0.00006"'),
        ({"Flags": 0x80020000}, "Flags"),
        ({"InvoiceID": "AB" * 32}, "Invoice ID"),
        ({"Memos": [{"Memo": {"MemoData": "6869"}}]}, 'Memo Data [1] shows "hi", nothing was agreed'),
        ({"DestinationTag": None}, "Destination Tag"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_any_difference_is_a_no(
    device: DeviceProcess, agreed: dict[str, Any], change: dict[str, Any], named: str
) -> None:
    tx = {name: value for name, value in {**TX, **change}.items() if value is not None}
    reason = outcome(device, tx, agreed)
    assert reason is not None
    assert named in reason
    assert outcome(device, TX, agreed) is None


def test_values_of_several_pages(device: DeviceProcess) -> None:
    memo = "a memo that is longer than one page of a screen of a device with three lines on a page, by far"
    tx = {**TX, "Memos": [{"Memo": {"MemoData": memo.encode().hex()}}]}
    line = {"name": "Memo Data [1]", "value": memo}
    assert outcome(device, tx, {"effects": EFFECTS, "also": [line]}) is None
    assert outcome(device, tx, {"words": {**WORDS, "memo": memo}}) is None
    with device.control() as control:
        assert any(text.startswith("Memo Data [1] (2/") for text in control.do("history")["screens"])
    other = {"name": "Memo Data [1]", "value": memo[:-1]}
    assert "Memo Data [1]" in outcome(device, tx, {"effects": EFFECTS, "also": [other]})


def test_order_counts_in_lines(device: DeviceProcess) -> None:
    reason = outcome(device, TX, {"lines": [LINES[1], LINES[0], *LINES[2:]]})
    assert reason == 'Transaction Type stands where "Account" was agreed'


def test_issued_money_by_its_effects(device: DeviceProcess) -> None:
    code = "524C555344000000000000000000000000000000"
    spend = AssetAmount(f"xrpl:63456/iou:0000000000000000000000005553440000000000.{ACCOUNT}", "3")
    effect = Transfer(
        path="", account=f"xrpl:63456:{ACCOUNT}", to=f"xrpl:63456:{TO}", tag=None, memo=None,
        asset=f"xrpl:63456/iou:{code}.{TO}", amount="2.5", base=None, max_spend=spend, min_delivered=spend,
        partial=True, paths=False, issue=False,
    )  # fmt: skip
    tx = {name: value for name, value in TX.items() if name != "DestinationTag"}
    tx |= {
        "Amount": {"currency": code, "issuer": TO, "value": "2.5"},
        "SendMax": {"currency": "USD", "issuer": ACCOUNT, "value": "3"},
        "DeliverMin": {"currency": "USD", "issuer": ACCOUNT, "value": "3"},
        "Flags": 0x80020000,
        "NetworkID": 63456,
    }
    assert outcome(device, tx, {"effects": [effect.to_json(), EFFECTS[1]]}) is None
    assert 'Unknown shows "63456"' in outcome(device, tx, {"effects": EFFECTS})


def test_tickets_by_their_effects(device: DeviceProcess) -> None:
    effect = TicketReserve(path="", account=CAIP + ACCOUNT, count=3).to_json()
    tx = {
        "TransactionType": "TicketCreate", "TicketCount": 3, "Account": ACCOUNT, "Fee": "60", "Sequence": 5,
        "SigningPubKey": "",
    }  # fmt: skip
    assert outcome(device, tx, {"effects": [effect, EFFECTS[1]]}) is None
    assert 'Unknown shows "4"' in outcome(device, {**tx, "TicketCount": 4}, {"effects": [effect, EFFECTS[1]]})


SIGNERS = [ADDRESS, TO]


def change(what: str, after: JsonValue) -> AuthorityChange:
    return AuthorityChange(path="", account=CAIP + ACCOUNT, what=what, before=None, after=after)


@pytest.mark.parametrize(
    ("effect", "fields", "other"),
    [
        (
            TrustChange(
                path="", account=CAIP + ACCOUNT, limit="1000", flags=("tfSetNoRipple", "tfSetfAuth"),
                asset=f"xrpl:0/iou:0000000000000000000000005553440000000000.{TO}",
            ),
            {
                "TransactionType": "TrustSet", "Flags": 0x80030000,
                "LimitAmount": {"currency": "USD", "issuer": TO, "value": "1000"},
            },
            {"Flags": 0x80020000},
        ),
        (
            AuthorityChange(
                path="", account=CAIP + ACCOUNT, what="signer_list", before=None,
                after={"quorum": 2, "signers": [{"account": CAIP + who, "weight": 1} for who in SIGNERS]},
            ),
            {
                "TransactionType": "SignerListSet", "SignerQuorum": 2,
                "SignerEntries": [{"SignerEntry": {"Account": who, "SignerWeight": 1}} for who in SIGNERS],
            },
            {"SignerQuorum": 1},
        ),
        (
            change("signer_list", None),
            {"TransactionType": "SignerListSet", "SignerQuorum": 0},
            {"SignerQuorum": 1},
        ),
        (
            change("regular_key", None),
            {"TransactionType": "SetRegularKey"},
            {"RegularKey": TO},
        ),
        (
            change("regular_key", CAIP + TO),
            {"TransactionType": "SetRegularKey", "RegularKey": TO},
            {"RegularKey": ADDRESS},
        ),
        (
            change("master_key", "disabled"),
            {"TransactionType": "AccountSet", "SetFlag": 4},
            {"SetFlag": 5},
        ),
    ],
    ids=lambda value: getattr(value, "what", getattr(value, "kind", "")),
)  # fmt: skip
def test_set_up_of_an_account_by_its_effects(
    device: DeviceProcess, effect: Effect, fields: dict[str, Any], other: dict[str, Any]
) -> None:
    tx = {"Account": ACCOUNT, "Fee": "60", "Sequence": 5, "SigningPubKey": "", **fields}
    agreed = {"effects": [effect.to_json(), EFFECTS[1]]}
    assert outcome(device, tx, agreed) is None
    assert outcome(device, {**tx, **other}, agreed) is not None


def test_a_script_presses_without_looking(device: DeviceProcess) -> None:
    assert outcome(device, TX, {"script": [*["right"] * 6, "both"]}) == "by script"
    assert outcome(device, TX, {"script": [*["right"] * 7, "both", "both", "right"]}) == "by script"


def test_an_address_needs_to_be_agreed_too(device: DeviceProcess) -> None:
    handle = device.open()
    show = f"e002014015{PATH}"
    with device.control() as control:
        control.do("expect", address=ADDRESS)
        assert exchange(handle, show).endswith("9000")
        control.do("expect", address=TO)
        assert exchange(handle, show) == "6985"
        assert control.do("history")["decisions"][-1]["reason"].startswith(f'Address shows "{ADDRESS}"')
        control.do("expect", lines=LINES)
        assert exchange(handle, show) == "6985"
        assert control.do("history")["decisions"][-1]["reason"] == "no address was agreed"
    handle.close()


def test_a_mode_that_is_set_answers_what_stands(device: DeviceProcess) -> None:
    handle = device.open()
    from device_process import receive, send, sign_apdus

    with device.control() as control:
        control.do("mode", mode="manual")
        send(handle, sign_apdus(encode(TX))[0])
        device.question()
        control.do("expect", words=WORDS)
    assert receive(handle).hex().endswith("9000")
    handle.close()


@pytest.mark.parametrize(
    "document",
    [
        None,
        "text",
        {},
        {"nonsense": []},
        {"lines": [], "words": {}},
        {"lines": {}},
        {"lines": ["x"]},
        {"lines": [{"name": "Fee"}]},
        {"lines": [{"name": "Fee", "value": 1}]},
        {"words": []},
        {"words": {"colour": "red"}},
        {"words": {"fee": 1}},
        {"script": "right"},
        {"script": ["up"]},
        {"script": [["right"]]},
        {"address": 5},
        {"effects": [{}]},
        {"effects": [{"kind": "Unknown", "what": "x"}]},
        {"effects": [{**EFFECTS[0], "asset": "xrpl:0/mpt:" + "00" * 24}]},
        {"effects": [{**EFFECTS[0], "asset": f"xrpl:0/iou:{'00' * 12}ffffff{'00' * 5}.{TO}"}]},
        {"effects": [{**EFFECTS[0], "asset": f"xrpl:0/iou:{'0z' * 20}.{TO}"}]},
        {"effects": [{**EFFECTS[0], "paths": True}]},
        {"effects": [{**EFFECTS[0], "path": "RawTransactions[0]"}]},
        {"effects": [TrustChange(path="", account="x", asset="y", limit="1", flags=()).to_json()]},
        {"effects": [AuthorityChange(path="", account="x", what="x", before=None, after=None).to_json()]},
        {"effects": [{**change("signer_list", None).to_json(), "after": {"quorum": 1}}]},
        {"effects": [{"kind": "TicketReserve", "account": "x", "count": True}]},
    ],
)
def test_expectations_that_are_none(document: Any) -> None:
    with pytest.raises(MalformedError):
        parse(document)
