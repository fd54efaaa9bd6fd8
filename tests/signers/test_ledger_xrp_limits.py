"""What a Ledger would refuse is known before anybody is asked; what the real app signed is not refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_bodies import ACCOUNT, CANONICAL, KEY, OTHER, OWN, XRP, body, issued, real_bodies

from signer_app.chains.xrpl.transaction import open_body
from signer_app.core.errors import CATALOGUE, MalformedError, UnforeseenError
from signer_app.signers.abilities import cannot_sign
from signer_app.signers.ledger.xrp.limits import Obstacle, obstacles
from signer_app.signers.obstacles import TOO_LARGE, UNSUPPORTED

ED_KEY = "ED" + "AA" * 32
NANO_S = "Ledger Nano S"


def of(blob: str, **named: Any) -> tuple[Obstacle, ...]:
    return obstacles(blob, **({"signer_address": OWN, "public_key": KEY} | named))


def only(blob: str, **named: Any) -> Obstacle:
    found = of(blob, **named)
    assert len(found) == 1, found
    return found[0]


def memos(count: int, **inner: str) -> list[dict[str, Any]]:
    return [{"Memo": inner or {"MemoData": "6869"}} for _ in range(count)]


def members(count: int) -> list[dict[str, Any]]:
    accounts = sorted({open_body(text).account for _, text in real_bodies()} - {ACCOUNT})
    return [{"SignerEntry": {"Account": account, "SignerWeight": 1}} for account in accounts[:count]]


@pytest.mark.parametrize("row", [row for row in XRP if row["screens"]], ids=lambda row: row["name"])
def test_what_the_real_app_showed_meets_no_obstacle(row: dict[str, Any]) -> None:
    assert of(row["inputs"]["blob"], app_version="2.4.1") == ()


def test_a_regular_key_cannot_multisign() -> None:
    found = only(body(), signer_address=OTHER)
    assert (found.code, found.path) == (UNSUPPORTED, "")
    assert OWN in found.message
    assert OTHER in found.message


def test_without_a_key_the_account_is_not_judged() -> None:
    assert of(body(), signer_address=OTHER, public_key=None) == ()


def test_a_regular_key_may_sign_alone() -> None:
    single = body(SigningPubKey=KEY)
    assert of(single, signer_address=ACCOUNT) == ()


def test_keys_on_ed25519_do_not_work() -> None:
    found = of(body(SigningPubKey=ED_KEY), public_key=ED_KEY)
    assert [item.code for item in found] == [UNSUPPORTED]
    assert "Ed25519" in found[0].message


def test_flags_need_the_canonical_one_where_they_are_present() -> None:
    assert of(body(Flags=CANONICAL)) == ()
    assert of(body(Flags=CANONICAL | 0x20000)) == ()
    for flags in (0, 0x20000):
        found = only(body(Flags=flags))
        assert (found.code, found.path) == (UNSUPPORTED, "Flags")
        assert "2147483648" in found.message
    # The flags of AccountSet's own fields are another thing.
    assert of(body("AccountSet", SetFlag=8)) == ()


@pytest.mark.parametrize(
    ("kind", "fields", "path"),
    [
        (
            "AMMDeposit",
            {"Asset": {"currency": "XRP"}, "Asset2": {"currency": "USD", "issuer": OTHER}, "Amount": "5"},
            "Asset",
        ),
        ("NFTokenCancelOffer", {"NFTokenOffers": ["AB" * 32]}, "NFTokenOffers"),
        ("Payment", {"Amount": {"mpt_issuance_id": "00" * 23 + "01", "value": "5"}}, "Amount"),
        ("MPTokenIssuanceCreate", {"MaximumAmount": "5"}, "MaximumAmount"),
        ("MPTokenAuthorize", {"MPTokenIssuanceID": "00" * 23 + "01"}, "MPTokenIssuanceID"),
        ("OracleSet", {"OracleDocumentID": 1, "LastUpdateTime": 5, "PriceDataSeries": [
            {"PriceData": {"BaseAsset": "XRP", "QuoteAsset": "USD", "AssetPrice": "01"}}]},
         "PriceDataSeries[0].PriceData.AssetPrice"),
    ],
)  # fmt: skip
def test_field_types_that_the_app_cannot_read(kind: str, fields: dict[str, Any], path: str) -> None:
    found = {item.path: item for item in of(body(kind, **fields))}
    assert found[path].code == UNSUPPORTED
    assert path in found[path].message


def test_every_type_of_the_field_table_is_either_readable_or_refused() -> None:
    refused = set()
    for _, text in real_bodies():
        for item in of(text, public_key=None):
            if match := re.search(r"of the type (\w+)", item.message):
                refused.add(match[1])
    assert {"UInt64", "Issue", "Vector256"} <= refused
    assert not refused & {"UInt8", "UInt16", "UInt32", "Hash128", "Hash256", "Amount", "Blob", "AccountID"}


def test_a_list_of_nine_entries_is_too_long() -> None:
    assert of(body("SignerListSet", SignerQuorum=1, SignerEntries=members(8))) == ()
    found = only(body("SignerListSet", SignerQuorum=1, SignerEntries=members(9)))
    assert found == Obstacle(
        TOO_LARGE, "9 entries in SignerEntries; a Ledger shows 8 at most.", "SignerEntries"
    )
    assert only(body(Memos=memos(9))).path == "Memos"


def test_payment_paths_have_limits() -> None:
    step = {"account": OTHER}
    large = {"Amount": issued(), "SendMax": issued("1", "EUR")}
    assert of(body(**large, Paths=[[step]] * 6)) == ()
    assert of(body(**large, Paths=[[step] * 8])) == ()
    assert only(body(**large, Paths=[[step]] * 7)).message == "7 payment paths; a Ledger shows 6 at most."
    found = only(body(**large, Paths=[[step], [step] * 9]))
    assert (found.code, found.path) == (TOO_LARGE, "Paths[1]")
    assert found.message.startswith("9 steps in payment path 2;")


def test_a_step_that_names_an_account_and_more_cannot_be_read() -> None:
    odd = body(Amount=issued(), Paths=[[{"account": OTHER, "currency": "USD", "issuer": OTHER}]])
    assert [(item.code, item.path) for item in of(odd)] == [(UNSUPPORTED, "Paths[0][0]")]


@pytest.mark.parametrize(("model", "limit"), [(None, 10_000), ("Ledger Nano X", 10_000), (NANO_S, 800)])
@pytest.mark.parametrize(("key", "around"), [("", 24), (KEY, 4)])
def test_size_counts_prefix_and_suffix(model: str | None, limit: int, key: str, around: int) -> None:
    def padded(extra: int) -> str:
        # Values that are shown whole, so that size alone is the obstacle.
        length = limit // 12
        filled = [{"Memo": {"MemoType": "61" * length, "MemoFormat": "61" * (length // 5)}} for _ in range(7)]
        return body(SigningPubKey=key, Memos=[*filled, {"Memo": {"MemoType": "61" * extra}}])

    def too_large(text: str) -> list[str]:
        found = of(text, model=model)
        return [item.message for item in found if item.message.startswith("Too large")]

    # Twice, because the length prefix of the last value may take one byte more.
    extra = 20
    for _ in range(2):
        extra += limit - around - len(padded(extra)) // 2
    assert len(padded(extra)) // 2 + around == limit
    assert too_large(padded(extra)) == []
    assert too_large(padded(extra + 1)) == [f"Too large for this device: {limit + 1:,} of {limit:,} bytes."]


def test_fields_need_places() -> None:
    def wide(count: int, **more: Any) -> str:
        inner = {"MemoType": "61", "MemoData": "62", "MemoFormat": "63"}
        steps = [{"currency": "USD", "issuer": OTHER}]
        return body(
            Amount=issued(),
            SendMax=issued("1", "52" * 20),
            Paths=[steps * 4] * 3,
            Memos=memos(count, **inner),
            **more,
        )

    # 5 for the amounts, 24 for the steps, type, account, fee and destination, 24 for the memos, both tags.
    assert of(wide(8, SourceTag=1, DestinationTag=2)) == ()
    text = wide(8, SourceTag=1, DestinationTag=2, InvoiceID="AB" * 32)
    # 60 shown fields: the mark that ends the list finds no place.
    assert [(i.code, i.message) for i in of(text)] == [
        (TOO_LARGE, "The fields need 61 places; this device has 60.")
    ]


def test_a_nano_s_has_fewer_places() -> None:
    text = body(Memos=memos(7, MemoType="61", MemoData="62", MemoFormat="63"))
    assert of(text) == ()
    assert [i.message for i in of(text, model=NANO_S)] == ["The fields need 27 places; this device has 24."]


@pytest.mark.parametrize(
    ("inner", "whole", "kept"),
    [({"MemoData": "00"}, 511, 510), ({"MemoData": "61"}, 1023, 1020), ({"MemoType": "61"}, 1023, 1020)],
)
def test_a_value_that_is_shown_in_part_is_too_large(inner: dict[str, str], whole: int, kept: int) -> None:
    ((name, byte),) = inner.items()
    assert of(body(Memos=memos(1, **{name: byte * whole}))) == ()
    found = only(body(Memos=memos(1, **{name: byte * (whole + 1)})))
    assert (found.code, found.path) == (TOO_LARGE, f"Memos[0].Memo.{name}")
    assert f"has {whole + 1:,} bytes; a Ledger shows the first {kept:,}" in found.message


def test_an_inner_empty_key_changes_the_form_of_signing() -> None:
    inner = {
        "TransactionType": "Payment", "Account": ACCOUNT, "Destination": OTHER, "Amount": "1", "Fee": "0",
        "Sequence": 1, "SigningPubKey": "", "Flags": CANONICAL | 0x40000000,
    }  # fmt: skip
    batch = {"Flags": CANONICAL | 0x10000, "RawTransactions": [{"RawTransaction": inner}]}
    path = "RawTransactions[0].RawTransaction.SigningPubKey"
    assert only(body("Batch", SigningPubKey=KEY, **batch)).path == path
    assert of(body("Batch", **batch)) == ()


def test_several_obstacles_are_all_named() -> None:
    found = of(body(Flags=0, Memos=memos(9), Amount=issued()), signer_address=OTHER)
    assert len(found) == 3
    assert all(item.message.endswith(".") and item.code in CATALOGUE for item in found)


def test_every_real_body_is_judged_alike_each_time() -> None:
    judged = 0
    for _, text in real_bodies():
        first = of(text, public_key=None)
        assert first == of(text, public_key=None)
        assert all(item.code in (TOO_LARGE, UNSUPPORTED) for item in first)
        # A smaller device never takes more.
        assert {item.code for item in first} <= {i.code for i in of(text, public_key=None, model=NANO_S)}
        judged += 1
    assert judged > 400


@given(st.integers(0, 0xFFFFFFFF))
def test_the_demand_on_flags_is_one_bit(flags: int) -> None:
    assert (of(body(Flags=flags)) == ()) is bool(flags & CANONICAL)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_body_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        of(data.hex().upper())


def test_an_unknown_code_cannot_be_made() -> None:
    with pytest.raises(LookupError):
        Obstacle("DEV_SOMETHING", "A sentence.")


# Abilities by backend


def ability(backend: str, text: str, *, network: str = "xrpl:0", signer: str = OWN) -> tuple[Obstacle, ...]:
    return cannot_sign(backend, network=network, body=text, signer=f"{network}:{signer}", public_key=KEY)


def test_abilities_by_backend() -> None:
    nine = body("SignerListSet", SignerQuorum=1, SignerEntries=members(9))
    assert ability("ledger", nine) == of(nine)
    assert ability("ledger", body()) == ()
    assert ability("ledger", body(), signer=OTHER) == of(body(), signer_address=OTHER)
    assert [item.message for item in ability("trezor", nine)] == ["Trezor does no XRPL multisigning."]
    assert ability("trezor", body(SigningPubKey=KEY)) == ()
    for backend in ("keystore", "pkcs11", "yubihsm", "airgap"):
        assert ability(backend, nine) == ()


def test_an_address_alone_is_a_signer_too() -> None:
    assert cannot_sign("ledger", network="xrpl:1", body=body(), signer=OWN, public_key=KEY) == ()


def test_another_ledger_is_not_judged_by_the_rules_of_this_one() -> None:
    assert ability("trezor", body(), network="stellar:pubnet") == ()


def test_a_backend_that_no_policy_can_name_is_a_fault() -> None:
    with pytest.raises(UnforeseenError):
        ability("abacus", body())
