"""What a Ledger will show is said before it shows it: equal to recordings of the real app, and complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_bodies import ACCOUNT, CANONICAL, KEY, OTHER, OWN, RECORDED, XRP, body, issued, real_bodies

from signer_app.chains.xrpl.codec.definitions import FIELDS, TRANSACTION_CODES, TRANSACTION_FLAGS
from signer_app.chains.xrpl.transaction import open_body
from signer_app.core.errors import MalformedError
from signer_app.practice.devices.paging import split_lines
from signer_app.practice.devices.paging import width as device_width
from signer_app.signers.ledger.xrp.limits import obstacles
from signer_app.signers.ledger.xrp.paging import broken, pages, width
from signer_app.signers.ledger.xrp.screens import NOT_KNOWN, Review, review
from signer_app.signers.ledger.xrp.tables import FONT, VERSIONS

VERSION = "2.4.1"
RLUSD = "524C555344000000000000000000000000000000"


def of(text: str, version: str = VERSION, model: str | None = "Ledger Nano X") -> Review:
    return review(text, app_version=version, model=model)


def shown(text: str) -> list[tuple[str, str]]:
    return [(screen.name, screen.value) for screen in of(text).screens]


def rest(text: str) -> dict[str, str]:
    """Titles and values but for the four that every test transaction has."""
    common = {"Transaction Type", "Account", "Fee"}
    return {name: value for name, value in shown(text) if name not in common}


def meanings(text: str) -> dict[str, str]:
    return {screen.path: screen.meaning for screen in of(text).screens}


def hidden(text: str) -> dict[str, str]:
    return {field.path: field.value for field in of(text).hidden}


# Recordings


@pytest.mark.parametrize("row", [row for row in XRP if row["screens"]], ids=lambda row: row["name"])
def test_the_pages_are_those_of_the_real_app(row: dict[str, Any]) -> None:
    for model in ("Ledger Nano X", "Ledger Nano S Plus", None):
        found = of(row["inputs"]["blob"], row["app"].removeprefix("XRP "), model)
        assert found.known
        assert found.note == ""
        assert list(found.pages(approved="error" not in row["expected"])) == row["screens"]


def test_there_are_recordings_of_signing_and_of_rejecting() -> None:
    closing = {tuple(row["screens"][-2:]) for row in XRP if row["screens"]}
    assert closing == {("Sign transaction", "Signing..."), ("Sign transaction", "Reject")}


def recorded_values() -> Iterator[tuple[str, list[str]]]:
    """(title, lines) of every value that was recorded from an app with this font and drawing library."""
    for row in RECORDED:
        if not row["screens"] or row["app"].startswith("Ethereum"):
            continue
        found: list[tuple[str, list[str]]] = []
        for page in row["screens"]:
            title, *lines = page.split(" | ")
            match = re.fullmatch(r"(.*) \((\d+)/\d+\)", title)
            if match and match[2] != "1":
                found[-1][1].extend(lines)
            else:
                found.append((match[1] if match else title, lines))
        # Titles of the Stellar app's fixed screens of two lines are no values.
        yield from (item for item in found if item[1] and item[0] not in ("Stellar", "Review", "Sign"))


def test_every_recorded_value_breaks_where_the_device_broke_it() -> None:
    values = list(recorded_values())
    assert len(values) > 60
    assert sum(len(lines) > 1 for _, lines in values) >= 25
    for title, lines in values:
        assert list(broken("".join(lines))) == lines, title


def test_hashes_of_the_other_library_with_this_font_break_alike() -> None:
    rows = [row for row in RECORDED if row["app"].startswith("Ethereum") and row["screens"]]
    lines = [
        page.split(" | ")[1:] for row in rows for page in row["screens"] if page.startswith("Domain hash")
    ]
    whole = "".join(line for page in lines[:2] for line in page)
    assert [list(broken(whole))[:3], list(broken(whole))[3:]] == lines[:2]


# The table of versions


def test_an_unknown_version_is_said_to_be_unknown_and_shown_all_the_same() -> None:
    for version, model in (("2.4.2", None), ("2.5.1", "Ledger Nano X"), ("", None), (VERSION, "Ledger Flex")):
        found = review(body(), app_version=version, model=model)
        assert not found.known
        assert found.note == NOT_KNOWN == "We do not know what this version shows. Compare every field."
        assert found.screens == of(body()).screens
    assert not review(body(), app_version=None).known


def test_a_nano_s_is_not_known() -> None:
    assert not of(body(), model="Ledger Nano S").known


def test_the_table_speaks_of_fields_and_types_of_the_ledger() -> None:
    for version in VERSIONS.values():
        assert set(version.names) - {"Currency"} <= set(FIELDS)
        assert set(version.words.types) <= set(TRANSACTION_CODES)
        for kind, words in version.words.flags.items():
            numbers = set(TRANSACTION_FLAGS[kind].values())
            assert {bit for bit, _ in words} <= numbers
    assert set(FONT.widths) == {chr(code) for code in range(32, 127)}


def test_a_body_that_does_not_decode_has_no_screens() -> None:
    with pytest.raises(MalformedError):
        of("12")


# Kinds of transactions


def test_a_payment_in_an_issued_currency() -> None:
    text = body(Amount=issued("25000", RLUSD), DestinationTag=7, Flags=CANONICAL, LastLedgerSequence=900)
    assert shown(text) == [
        ("Transaction Type", "Payment"),
        ("Account", ACCOUNT),
        ("Destination Tag", "7"),
        ("Amount", "25000"),
        ("Currency", RLUSD.lower()),
        ("Issuer", OTHER),
        ("Fee", "XRP 0.00006"),
        ("Destination", OTHER),
    ]
    assert hidden(text) == {
        "Sequence": "77",
        "LastLedgerSequence": "900",
        "SigningPubKey": "",
        "Flags": str(CANONICAL),
    }
    said = meanings(text)
    assert said["Amount"] == "25000 of RLUSD; the next screens name currency and issuer."
    assert said["Amount.currency"] == "This code spells RLUSD."
    assert said["DestinationTag"]
    assert said["Account"] == said["Fee"] == ""


def test_the_whole_of_a_payment_with_everything() -> None:
    text = body(
        Amount=issued("1.5"),
        SendMax=issued("2", RLUSD),
        DeliverMin=issued("0.001"),
        Flags=CANONICAL | 0x70000,
        SourceTag=0,
        InvoiceID="AB" * 32,
        AccountTxnID="CD" * 32,
        Paths=[
            [{"currency": "USD", "issuer": OTHER}, {"account": OWN}],
            [{"currency": "XRP"}, {"issuer": OTHER}, {"currency": RLUSD}],
        ],
        Memos=[{"Memo": {"MemoType": "746578742F78", "MemoData": "00FF", "MemoFormat": "61"}}],
    )
    assert shown(text)[2:] == [
        ("Flags", "No Direct Ripple, Partial Payment, Limit Quality"),
        ("Source Tag", "0"),
        ("Account Txn ID", "cd" * 32),
        ("Invoice ID", "ab" * 32),
        ("Amount", "USD 1.5"),
        ("Issuer", OTHER),
        ("Fee", "XRP 0.00006"),
        ("Send Max", "2"),
        ("Currency", RLUSD.lower()),
        ("Issuer", OTHER),
        ("Deliver Min", "USD 0.001"),
        ("Issuer", OTHER),
        ("Destination", OTHER),
        ("Memo Type [1]", "text/x"),
        ("Memo Data [1]", "00ff"),
        ("Memo Fmt [1]", "a"),
        ("Currency [P1: S1]", "USD"),
        ("Issuer [P1: S1]", OTHER),
        ("Account [P1: S2]", OWN),
        ("Currency [P2: S1]", "XRP"),
        ("Issuer [P2: S2]", OTHER),
        ("Currency [P2: S3]", RLUSD.lower()),
    ]


NAMED = {
    "Payment": "Payment", "EscrowCreate": "Create Escrow", "EscrowFinish": "Finish Escrow",
    "EscrowCancel": "Cancel Escrow", "AccountSet": "Account Setting", "SetRegularKey": "Set Regular Key",
    "OfferCreate": "Create Offer", "OfferCancel": "Cancel Offer", "SignerListSet": "Set Signer List",
    "PaymentChannelCreate": "Create Channel", "PaymentChannelFund": "Fund Channel",
    "PaymentChannelClaim": "Channel Claim", "CheckCreate": "Create Check", "CheckCash": "Cash Check",
    "CheckCancel": "Cancel Check", "DepositPreauth": "Preauth. Deposit", "TrustSet": "Set Trust Line",
    "AccountDelete": "Delete Account",
}  # fmt: skip


def test_types_have_words_or_are_unknown() -> None:
    for kind in ("TicketCreate", "NFTokenMint", "NFTokenBurn", "AMMVote", "Clawback", *NAMED):
        assert shown(body(kind))[0] == ("Transaction Type", NAMED.get(kind, "Unknown"))
        assert bool(meanings(body(kind))["TransactionType"]) is (kind not in NAMED)
    assert meanings(body("TicketCreate"))["TransactionType"] == (
        "This is TicketCreate; the app has no word for it."
    )


CASES: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    (
        "TrustSet",
        {"LimitAmount": issued("0"), "QualityIn": 980000000, "QualityOut": 0, "Flags": CANONICAL | 0x120000},
        {
            "Limit Amount": "USD 0", "Issuer": OTHER, "Quality In": "98 %", "Quality Out": "100 %",
            "Flags": "Set No Ripple, Set Freeze",
        },
    ),
    (
        "TrustSet",
        {"LimitAmount": issued("5"), "Flags": CANONICAL | 0x10000},
        {"Limit Amount": "USD 5", "Issuer": OTHER, "Flags": "Setf Auth"},
    ),
    (
        "SignerListSet",
        {"SignerQuorum": 2, "SignerEntries": [
            {"SignerEntry": {"Account": OWN, "SignerWeight": 1}},
            {"SignerEntry": {"Account": OTHER, "SignerWeight": 2}}]},
        {
            "Signer Quorum": "2", "Signer Weight [1]": "1", "Account [1]": OWN,
            "Signer Weight [2]": "2", "Account [2]": OTHER,
        },
    ),
    ("SignerListSet", {"SignerQuorum": 0}, {"Signer Quorum": "0"}),
    ("SetRegularKey", {"RegularKey": OTHER}, {"Regular Key": OTHER}),
    ("SetRegularKey", {}, {"Regular Key": "[empty]"}),
    (
        "AccountSet",
        {"SetFlag": 8, "ClearFlag": 1, "TransferRate": 1005000000, "TickSize": 5, "Domain": "6578616D706C65",
         "EmailHash": "AB" * 16, "MessageKey": KEY},
        {
            "Set Flag": "Ripple by default", "Clear Flag": "Require Dest", "Transfer Rate": "0.5 %",
            "Tick Size": "5", "Domain": "example", "Email Hash": "ab" * 16, "Message Key": KEY.lower(),
        },
    ),
    ("AccountSet", {"SetFlag": 10, "TransferRate": 0},
     {"Set Flag": "Unknown flag: 10", "Transfer Rate": "0 %"}),
    ("AccountSet", {"SetFlag": 0, "TransferRate": 1000000000}, {"Transfer Rate": "0 %"}),
    ("AccountSet", {"TransferRate": 5, "Domain": ""}, {"Transfer Rate": "Invalid value", "Domain": " "}),
    (
        "AccountSet",
        {"Flags": CANONICAL | 0x3F0000},
        {
            "Flags": "Require Dest Tag, Optional Dest Tag, Require Auth, Optional Auth, "
            "Disallow XRP, Allow XRP"
        },
    ),
    ("AccountDelete", {"Destination": OTHER, "DestinationTag": 4294967295},
     {"Destination": OTHER, "Destination Tag": "4294967295"}),
    ("TicketCreate", {"TicketCount": 3}, {"Unknown": "3"}),
    ("Payment", {"Sequence": 0, "TicketSequence": 12},
     {"Unknown": "12", "Amount": "XRP 1", "Destination": OTHER}),
    (
        "EscrowCreate",
        {"Amount": "1", "Destination": OTHER, "CancelAfter": 533257958, "FinishAfter": 0,
         "Condition": "A025"},
        {
            "Amount": "XRP 0.000001", "Destination": OTHER, "Cancel After": "2016-11-23 23:12:38 UTC",
            "Finish After": "2000-01-01 00:00:00 UTC", "Condition": "a025",
        },
    ),
    (
        "EscrowFinish",
        {"Owner": OTHER, "OfferSequence": 7, "Condition": "A025", "Fulfillment": "A0028000"},
        {"Owner": OTHER, "Offer Sequence": "7", "Condition": "a025", "Fulfillment": "a0028000"},
    ),
    ("EscrowCancel", {"Owner": OTHER, "OfferSequence": 7}, {"Owner": OTHER, "Offer Sequence": "7"}),
    (
        "OfferCreate",
        {"TakerPays": issued("2", "8@8"), "TakerGets": "5", "Expiration": 4294967295, "OfferSequence": 4,
         "Flags": CANONICAL | 0xF0000},
        {
            "Taker Pays": "8@8 2", "Issuer": OTHER, "Taker Gets": "XRP 0.000005", "Offer Sequence": "4",
            "Expiration": "2136-02-07 06:28:15 UTC",
            "Flags": "Passive, Immediate or Cancel, Fill or Kill, Sell",
        },
    ),
    ("OfferCancel", {"OfferSequence": 4}, {"Offer Sequence": "4"}),
    (
        "CheckCreate",
        {"Destination": OTHER, "SendMax": "1230000", "InvoiceID": "00" * 32},
        {"Destination": OTHER, "Send Max": "XRP 1.23", "Invoice ID": "00" * 32},
    ),
    ("CheckCash", {"CheckID": "0A" * 32, "DeliverMin": "0"},
     {"Check ID": "0a" * 32, "Deliver Min": "XRP 0.000000"}),
    ("CheckCancel", {"CheckID": "0A" * 32}, {"Check ID": "0a" * 32}),
    (
        "PaymentChannelCreate",
        {"Amount": "100000000000000000", "Destination": OTHER, "SettleDelay": 86400, "PublicKey": KEY},
        {
            "Amount": "XRP 100000000000", "Destination": OTHER, "Settle Delay": "86400 s",
            "Public Key": KEY.lower(),
        },
    ),
    ("PaymentChannelFund", {"Channel": "0B" * 32, "Amount": "10000000"},
     {"Channel": "0b" * 32, "Amount": "XRP 10"}),
    (
        "PaymentChannelClaim",
        {"Channel": "0B" * 32, "Balance": "1", "Signature": "3044", "Flags": CANONICAL | 0x30000},
        {"Channel": "0b" * 32, "Balance": "XRP 0.000001", "Signature": "3044", "Flags": "Renew, Close"},
    ),
    ("DepositPreauth", {"Authorize": OTHER}, {"Authorize": OTHER}),
    ("DepositPreauth", {"Unauthorize": OTHER}, {"Unauthorize": OTHER}),
    ("NFTokenMint", {"NFTokenTaxon": 9, "Flags": CANONICAL | 8},
     {"Unknown": "9", "Flags": "No flags for transaction type 25"}),
    ("NFTokenBurn", {"NFTokenID": "0C" * 32}, {"Unknown": "0c" * 32}),
    ("Payment", {"Flags": CANONICAL | 1},
     {"Flags": "Unsupported value", "Amount": "XRP 1", "Destination": OTHER}),
    ("Payment", {"NetworkID": 1025}, {"Unknown": "1025", "Amount": "XRP 1", "Destination": OTHER}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "fields", "expected"), CASES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CASES)]
)
def test_titles_and_values_by_kind(kind: str, fields: dict[str, Any], expected: dict[str, str]) -> None:
    assert rest(body(kind, **fields)) == expected


def test_type_and_account_come_first_then_the_order_of_the_bytes() -> None:
    names = [name for name, _ in shown(body("CheckCash", CheckID="0A" * 32, SourceTag=1, Amount="5"))]
    assert names == ["Transaction Type", "Account", "Source Tag", "Check ID", "Amount", "Fee"]


def test_in_a_list_the_app_leaves_nothing_out() -> None:
    inner = {
        "TransactionType": "AccountSet", "Account": OTHER, "Fee": "0", "Sequence": 5, "SigningPubKey": "",
        "Flags": CANONICAL,
    }  # fmt: skip
    text = body("Batch", Flags=CANONICAL | 0x10000, RawTransactions=[{"RawTransaction": inner}])
    assert shown(text) == [
        ("Transaction Type", "Unknown"),
        ("Transaction Type [1]", "Account Setting"),
        ("Account", ACCOUNT),
        # The type read last decides the words of all flags.
        ("Flags", "Require Dest Tag"),
        ("Fee", "XRP 0.00006"),
        ("Sequence [1]", "5"),
        ("Fee [1]", "XRP 0.000000"),
        ("Sig.PubKey [1]", " "),
        ("Account [1]", OTHER),
    ]


# Currencies


@pytest.mark.parametrize(
    ("code", "currency", "says"),
    [
        ("584D45" + "00" * 17, "584d45" + "00" * 17, "This code spells XME."),
        ("FF" * 20, "ff" * 20, "This code spells no letters."),
        ("58525032" + "00" * 16, "XRP2", "This is not XRP, but an issued currency that spells XRP2."),
        (
            "585250" + "61" * 17,
            "585250" + "61" * 17,
            "This is not XRP, but an issued currency that spells XRP",
        ),
    ],
)
def test_a_long_code_has_a_screen_of_its_own(code: str, currency: str, says: str) -> None:
    text = body(Amount=issued("5", code))
    assert rest(text)["Amount"] == "5"
    assert rest(text)["Currency"] == currency
    assert meanings(text)["Amount.currency"].startswith(says)


def test_a_short_code_that_only_looks_like_xrp_is_called_out() -> None:
    text = body(Amount=issued("5", "01".rjust(24, "0") + "585250" + "00" * 5))
    assert rest(text)["Amount"] == "XRP 5"
    assert "not XRP" in meanings(text)["Amount"]


# Texts


def memo(**inner: str) -> str:
    return body(Memos=[{"Memo": inner}])


def test_memo_data_is_text_where_it_is_printable_and_hex_elsewhere() -> None:
    assert rest(memo(MemoData=b"Invoice 7 ~".hex()))["Memo Data [1]"] == "Invoice 7 ~"
    text = memo(MemoData="Zürich\n".encode().hex())
    assert rest(text)["Memo Data [1]"] == "Zürich\n".encode().hex()
    assert meanings(text)["Memos[0].Memo.MemoData"] == "As text: Zürich\\u{a}"
    assert meanings(memo(MemoData="FF"))["Memos[0].Memo.MemoData"] == ""


def test_a_text_that_the_device_shows_in_part_says_all_its_bytes() -> None:
    for data, value in (
        (b"abc\x00def", "abc"),
        (b"\x00ab", " ab"),
        (b"\xbb" * 20, ""),
        (b"a\xc3\xa9b", "ab"),
    ):
        text = memo(MemoType=data.hex())
        assert rest(text)["Memo Type [1]"] == value
        said = meanings(text)["Memos[0].Memo.MemoType"]
        assert said == f"The device shows a part of it only. All bytes are {data.hex().upper()}."
    assert of(memo(MemoType="BB" * 20)).screens[-1].lines() == ("Memo Type [1]",)


def test_a_value_is_cut_where_the_room_ends() -> None:
    text = memo(MemoData="61" * 1024)
    assert rest(text)["Memo Data [1]"] == "a" * 1020 + "..."
    assert meanings(text)["Memos[0].Memo.MemoData"] == "The device shows the first 1,020 of 1,024 bytes only."
    assert rest(memo(MemoData="61" * 1023))["Memo Data [1]"] == "a" * 1023
    assert rest(memo(MemoData="00" * 512))["Memo Data [1]"] == "00" * 510 + "..."
    assert rest(memo(MemoData="00" * 511))["Memo Data [1]"] == "00" * 511


def test_what_is_cut_is_what_limits_call_too_large() -> None:
    for size in (510, 511, 512, 1023, 1024):
        for byte in ("00", "61"):
            text = memo(MemoData=byte * size)
            refused = obstacles(text, signer_address=OWN, public_key=KEY)
            assert bool(refused) is rest(text)["Memo Data [1]"].endswith("...")


# Meanings


def test_times_and_delays_are_said_in_words() -> None:
    said = meanings(body("EscrowCreate", Amount="1", Destination=OTHER, CancelAfter=533257958))
    assert said["CancelAfter"] == "On 23 November 2016 at 23:12:38 UTC."
    for seconds, words in (
        (90061, "1 day, 1 hour, 1 minute, 1 second."),
        (0, "No time at all."),
        (7200, "2 hours."),
    ):
        assert meanings(body("PaymentChannelCreate", SettleDelay=seconds))["SettleDelay"] == words


def test_flags_are_named_as_the_ledger_names_them() -> None:
    assert meanings(body(Flags=CANONICAL | 0x20001))["Flags"] == (
        "Set: tfPartialPayment, tfFullyCanonicalSig, 0x00000001, which has no name."
    )
    assert meanings(body("NFTokenMint", NFTokenTaxon=0, Flags=CANONICAL | 8))["Flags"] == (
        "Set: tfTransferable, tfFullyCanonicalSig."
    )
    said = meanings(body("AccountSet", SetFlag=10, ClearFlag=99))
    assert said["SetFlag"] == "This is asfAuthorizedNFTokenMinter."
    assert said["ClearFlag"] == "Number 99 has no name on the ledger."


def test_a_title_that_says_nothing_is_explained() -> None:
    assert meanings(body(Sequence=0, TicketSequence=12))["TicketSequence"] == (
        "This is the field TicketSequence."
    )


def test_the_removal_of_a_regular_key_is_said() -> None:
    assert meanings(body("SetRegularKey"))["RegularKey"] == "The regular key is taken away."


# Pages


def test_words_are_kept_whole_and_pages_hold_three_lines() -> None:
    text = "This memo has words that a line of the device cannot hold at once, so it is broken between"
    # The first line is full to the pixel; no line may be wider.
    assert width("This memo has words") == FONT.line == 114
    assert broken(text) == (
        "This memo has words",
        " that a line of the",
        " device cannot hold",
        " at once, so it is",
        " broken between",
    )
    assert pages("Memo Data [1]", text) == (
        "Memo Data [1] (1/2) | This memo has words | that a line of the | device cannot hold",
        "Memo Data [1] (2/2) | at once, so it is | broken between",
    )


def test_a_line_that_ends_on_a_hyphen_keeps_it() -> None:
    start = "a" * 18 + "-"
    assert width(start) <= FONT.line < width(start + "a")
    assert broken(start + "aaa") == (start, "aaa")
    assert broken("a" * 10 + "-" + "a" * 12) == ("a" * 10, "-" + "a" * 12)


def test_a_blank_value_is_a_title_alone() -> None:
    assert pages("Domain", " ") == pages("Domain", "") == ("Domain",)


def test_a_line_end_in_a_value_ends_the_line() -> None:
    assert broken("ab\ncd\n") == ("ab", "cd")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=400))
def test_what_is_told_and_the_practice_device_break_alike(text: str) -> None:
    """Two tables of widths and two ways to break, made apart; where they part, one of them is wrong."""
    assert broken(text) == tuple(split_lines(text))


def test_what_is_told_and_the_practice_device_know_the_same_font() -> None:
    drawn = [chr(code) for code in range(0x20, 0x7F)]
    assert {char: width(char) for char in drawn} == {char: device_width(char) for char in drawn}


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=400))
def test_no_character_is_lost_between_pages(text: str) -> None:
    lines = broken(text)
    assert "".join(lines) == text
    assert all(0 < width(line) <= FONT.line for line in lines)
    made = pages("Title", text)
    assert len(made) == max(1, -(-len(lines) // 3))


@given(st.text(st.sampled_from("aiW"), min_size=1, max_size=200))
def test_a_line_without_words_is_as_full_as_it_can_be(text: str) -> None:
    lines = broken(text)
    for line, following in pairwise(lines):
        assert width(line + following[0]) > FONT.line


# Completeness


def leaves(value: Any, path: str) -> Iterator[str]:
    """Where the values of a transaction stand, told from its JSON form alone."""
    name = re.sub(r"\[\d+\]", "", path).rpartition(".")[2]
    if isinstance(value, dict) and {"value", "issuer"} <= set(value):
        long_code = re.fullmatch("[0-9A-F]{40}", value["currency"]) and not value["currency"].startswith("00")
        yield from [path, f"{path}.issuer", *([f"{path}.currency"] if long_code else [])]
    elif name == "Paths" or (name in FIELDS and FIELDS[name].type == "STArray"):
        for number, entry in enumerate(value):
            for place, step in enumerate([entry] if isinstance(entry, dict) else entry):
                where = f"{path}[{number}]" + ("" if isinstance(entry, dict) else f"[{place}]")
                for inner, content in step.items():
                    yield from leaves(content, f"{where}.{inner}")
    elif name in FIELDS and FIELDS[name].type == "STObject":
        for inner, content in value.items():
            yield from leaves(content, f"{path}.{inner}")
    else:
        yield path


@pytest.mark.parametrize("version", [VERSION, "9.9.9"])
def test_every_field_of_every_real_body_is_in_one_list_and_none_is_lost(version: str) -> None:
    seen = 0
    for name, text in real_bodies():
        found = of(text, version)
        transaction = open_body(text)
        listed = [entry.path for entry in (*found.screens, *found.hidden)]
        expected = [path for field, value in transaction.fields.items() for path in leaves(value, field)]
        if transaction.type == "SetRegularKey" and "RegularKey" not in transaction.fields:
            expected.append("RegularKey")
        assert sorted(listed) == sorted(expected), name
        assert found == of(text, version)
        assert found.screens[0].path == "TransactionType"
        assert found.pages()[-2:] == ("Sign transaction", "Signing...")
        for field in found.hidden:
            value = transaction.fields.get(field.path)
            if isinstance(value, str | int):
                assert field.value == str(value)
        seen += len(listed)
    assert seen > 4_000


def test_what_the_app_can_read_is_hidden_only_by_rule() -> None:
    allowed = {"Sequence", "LastLedgerSequence", "SigningPubKey", "Flags", "SetFlag", "ClearFlag"}
    for _, text in real_bodies():
        refused = {item.path for item in obstacles(text, signer_address=OWN, public_key=None)}
        for field in of(text).hidden:
            assert field.name in allowed or field.path in refused


@given(st.integers(0, 10**17))
def test_an_amount_of_xrp_is_the_number_itself(drops: int) -> None:
    value = rest(body(Amount=str(drops)))["Amount"]
    assert Decimal(value.removeprefix("XRP ")) * 1_000_000 == drops
    assert drops == 0 or not re.search(r"\.\d*0$", value)


@given(st.integers(10**15, 10**16 - 1), st.integers(-96, 80), st.booleans())
def test_an_issued_amount_is_the_plain_number(mantissa: int, exponent: int, negative: bool) -> None:
    number = f"{'-' if negative else ''}{mantissa}e{exponent}"
    value = rest(body(Amount=issued(number)))["Amount"].removeprefix("USD ")
    assert re.fullmatch(r"-?\d+(\.\d+)?", value)
    assert Decimal(value) == Decimal(number)


@given(st.binary(max_size=1200))
def test_any_memo_has_pages(data: bytes) -> None:
    for name in ("MemoData", "MemoType"):
        screen = of(memo(**{name: data.hex()})).screens[-1]
        assert all(char == "\n" or " " <= char <= "~" for char in screen.value)
        assert len(screen.value) <= 1023
        assert screen.lines()
