"""What a validated transaction moved, from metadata; and whose body it has."""

from __future__ import annotations

from typing import Any

import pytest
from ledger_entries import ALICE, BOB, ISSUER, USD, entry, line, payment, root, usd

from signer_app.chains.xrpl import movements
from signer_app.core.amounts import format_decimal
from signer_app.core.errors import MalformedError

NETWORK = "xrpl:63456"
XRP = f"{NETWORK}/slip44:144"


def iou(issuer: str) -> str:
    return f"{NETWORK}/iou:{USD}.{issuer}"


def left(address: str, item: dict[str, Any]) -> list[tuple[str, str, str]]:
    moved = movements.outflows(NETWORK, address, item["tx_json"], item["meta"])
    return [(part.asset, part.to, format_decimal(part.amount)) for part in moved]


def test_a_payment_of_xrp_counts_without_its_fee() -> None:
    item = payment(90, 2_500_000)

    assert left(ALICE, item) == [(XRP, BOB, "2.5")]
    assert left(BOB, item) == []


def test_a_failed_payment_moves_nothing_though_it_costs_the_fee() -> None:
    item = entry(90, [root(ALICE, 100, 88)], result="tecPATH_DRY")

    assert left(ALICE, item) == []


def test_a_transfer_fee_counts_by_the_larger_amount() -> None:
    nodes = [root(ALICE, 100, 88), line(ALICE, ISSUER, "500", "398.5"), line(BOB, ISSUER, "0", "100")]
    item = entry(90, nodes, delivered=usd("100"), Amount=usd("100"), SendMax=usd("102"))

    assert left(ALICE, item) == [(iou(ISSUER), BOB, "101.5")]


def test_a_line_is_read_from_either_side() -> None:
    nodes = [root(ALICE, 100, 88), line(ISSUER, ALICE, "-500", "-400")]

    assert left(ALICE, entry(90, nodes, delivered=usd("100"), Amount=usd("100"))) == [
        (iou(ISSUER), BOB, "100")
    ]


def test_a_conversion_counts_what_was_spent_and_what_arrived() -> None:
    nodes = [root(ALICE, 50_000_000, 39_999_988), line(BOB, ISSUER, "0", "7")]
    item = entry(90, nodes, delivered=usd("7"), Amount=usd("7"), SendMax="11000000")

    assert left(ALICE, item) == [(iou(ISSUER), BOB, "7"), (XRP, BOB, "10")]


def test_a_partial_payment_counts_what_was_delivered_not_what_was_asked() -> None:
    nodes = [root(ALICE, 100, 88), line(ALICE, ISSUER, "500", "499")]
    item = entry(90, nodes, delivered=usd("1"), Amount=usd("400"), Flags=0x80020000)

    assert left(ALICE, item) == [(iou(ISSUER), BOB, "1")]


def test_issuing_counts_in_the_issuers_own_asset() -> None:
    nodes = [root(ISSUER, 100, 88), line(BOB, ISSUER, "0", "1e3", "CreatedNode")]
    item = entry(90, nodes, delivered=usd("1000"), Amount=usd("1000"), Account=ISSUER)

    assert left(ISSUER, item) == [(iou(ISSUER), BOB, "1000")]


def test_what_only_ripples_through_an_issuer_does_not_leave_it() -> None:
    nodes = [root(ALICE, 100, 88), line(ALICE, ISSUER, "500", "400"), line(BOB, ISSUER, "0", "100")]
    item = entry(90, nodes, delivered=usd("100"), Amount=usd("100"))

    assert left(ISSUER, item) == []


def test_value_that_others_take_counts_as_well() -> None:
    """A check cashed by its holder: the transaction is theirs, the money ours."""
    nodes = [root(ALICE, 9_000_000, 4_000_000), root(BOB, 100, 5_000_088)]
    fields = {"Destination": None, "Amount": "5000000", "CheckID": "0" * 64}
    item = entry(90, nodes, Account=BOB, **{"TransactionType": "Payment"})
    item["tx_json"] |= fields | {"TransactionType": "CheckCash"}

    assert left(ALICE, item) == [(XRP, BOB, "5")]


def test_settings_move_nothing() -> None:
    item = entry(90, [root(ALICE, 100, 88)], TransactionType="AccountSet")
    for name in ("Destination", "Amount"):
        item["tx_json"].pop(name, None)

    assert left(ALICE, item) == []


def test_multi_purpose_tokens_count_whole_units() -> None:
    issuance = "00" * 23 + "07"
    token = {
        "ModifiedNode": {
            "LedgerEntryType": "MPToken",
            "FinalFields": {"Account": ALICE, "MPTokenIssuanceID": issuance},
            "PreviousFields": {"MPTAmount": "40"},
        }
    }
    amount = {"mpt_issuance_id": issuance, "value": "40"}
    item = entry(90, [root(ALICE, 100, 88), token], delivered=amount, Amount=amount)

    assert left(ALICE, item) == [(f"{NETWORK}/mpt:{issuance}", BOB, "40")]


def test_the_body_is_the_same_for_every_set_of_signers_and_every_form() -> None:
    unsigned = {
        "TransactionType": "Payment", "Account": ALICE, "Destination": BOB, "Amount": "1", "Fee": "12",
        "Flags": 0, "Sequence": 3, "SigningPubKey": "",
    }  # fmt: skip
    signer = {"Signer": {"Account": BOB, "SigningPubKey": "02" * 33, "TxnSignature": "30" * 70}}
    shown = {name: value for name, value in unsigned.items() if name != "Amount"} | {
        "DeliverMax": "1", "Signers": [signer], "date": 5, "hash": "x", "ledger_index": 9
    }  # fmt: skip

    assert movements.body_of(shown) == movements.body_of(unsigned)
    assert movements.tx_id_of(shown) != movements.tx_id_of(unsigned)
    assert movements.body_of(shown | {"Fee": "13"}) != movements.body_of(unsigned)
    with pytest.raises(MalformedError):
        movements.body_of(unsigned | {"DeliverMax": "2"})


@pytest.mark.parametrize(
    "meta",
    [
        {"TransactionResult": "tesSUCCESS"},
        {"TransactionResult": "tesSUCCESS", "AffectedNodes": ["x"]},
        {"TransactionResult": "tesSUCCESS", "AffectedNodes": []},
        {"TransactionResult": "tesSUCCESS", "AffectedNodes": [], "delivered_amount": "unavailable"},
        {"TransactionResult": "tesSUCCESS", "AffectedNodes": [], "delivered_amount": "1.5"},
    ],
)
def test_metadata_that_cannot_be_read_is_refused_not_guessed(meta: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        movements.outflows(NETWORK, ALICE, payment(90)["tx_json"], meta)
