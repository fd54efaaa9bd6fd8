"""Builders: what they write is what was asked, and nothing wrong is written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from signer_app.chains.intents import (
    Again,
    CancelSlot,
    Intent,
    Pay,
    ReserveTickets,
    SetSigners,
    Settings,
    Terms,
    Trust,
)
from signer_app.chains.port import Source
from signer_app.chains.xrpl import build
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.core.errors import MalformedError
from signer_app.core.inspection import Slot

N = "xrpl:63456"
A = "rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r"
B = "rB2dfdmWJqWtCBKuFXy1YEeR9ZiLRSJpdM"
ISSUER = "rMB6Z9i8kEstvMjUQzgAKMQUfFM2myzwDr"
RLUSD = f"{N}/iou:524C555344000000000000000000000000000000.{ISSUER}"
XRP = f"{N}/slip44:144"
CHAIN = XrplChain()
TERMS = Terms(Slot("ticket", "42"), 1000, 120)
FULLY_CANONICAL = 0x80000000


def compose(intent: Intent, network: str = N, terms: Terms = TERMS) -> dict:
    body = CHAIN.compose(intent, network=network, account=f"{network}:{A}", terms=terms)
    found = CHAIN.inspect(Source(body.encode(), network=network))
    assert (found.body, found.mode, found.warnings == () or found.type in PRIVILEGED) == (body, "multi", True)
    assert "Unknown" not in [effect.kind for effect in found.effects]
    fields = CHAIN.native_json(body=body)
    assert fields.pop("Account") == A
    assert fields.pop("SigningPubKey") == ""
    assert fields.pop("NetworkID", 0) == (63456 if network == N else 0)
    assert fields.pop("Fee") == str(terms.fee_base)
    assert fields.pop("LastLedgerSequence") == terms.last_ledger
    assert (fields.pop("Sequence"), fields.pop("TicketSequence", None)) == (
        (0, 42) if terms.slot.kind == "ticket" else (42, None)
    )
    return fields


PRIVILEGED = ("SignerListSet", "SetRegularKey", "AccountSet")


def test_payment() -> None:
    assert compose(Pay(f"{N}:{B}", XRP, Decimal("25.000001"), "0")) == {
        "TransactionType": "Payment", "Flags": FULLY_CANONICAL, "Destination": B, "Amount": "25000001",
        "DestinationTag": 0,
    }  # fmt: skip
    assert compose(Pay(f"{N}:{B}", RLUSD, Decimal("25000.50")))["Amount"] == {
        "value": "25000.5", "currency": "524C555344000000000000000000000000000000", "issuer": ISSUER,
    }  # fmt: skip
    issuance = "0000055543ABF2D7B13CE9EA5F6D2D87DCBFE078E2454C24"
    token = compose(Pay(f"{N}:{B}", f"{N}/mpt:{issuance}", Decimal("7")))
    assert token["Amount"] == {"value": "7", "mpt_issuance_id": issuance}


def test_on_mainnet_there_is_no_network_id() -> None:
    assert (
        compose(Pay(f"xrpl:0:{B}", "xrpl:0/slip44:144", Decimal(1)), network="xrpl:0")["Amount"] == "1000000"
    )


def test_sequence_slots() -> None:
    assert compose(CancelSlot(), terms=Terms(Slot("sequence", "42"), 5, 10)) == {
        "TransactionType": "AccountSet",
        "Flags": FULLY_CANONICAL,
    }


def test_other_intents() -> None:
    assert compose(Trust(RLUSD, Decimal(0), ("tfSetNoRipple",)))["Flags"] == FULLY_CANONICAL | 0x00020000
    assert compose(ReserveTickets(250))["TicketCount"] == 250
    assert compose(CancelSlot()) == {"TransactionType": "AccountSet", "Flags": FULLY_CANONICAL}
    settings = compose(Settings(("asfDisableMaster",), ("asfRequireDest",), "example.com"))
    assert (settings["SetFlag"], settings["ClearFlag"], settings["Domain"]) == (
        4,
        1,
        b"example.com".hex().upper(),
    )
    assert compose(Settings(domain=""))["Domain"] == ""
    listed = compose(SetSigners(2, ((f"{N}:{B}", 1), (f"{N}:{ISSUER}", 2))))
    assert listed["SignerQuorum"] == 2
    entries = [item["SignerEntry"] for item in listed["SignerEntries"]]
    assert {entry["Account"]: entry["SignerWeight"] for entry in entries} == {B: 1, ISSUER: 2}
    assert compose(SetSigners(0, ())) == {
        "TransactionType": "SignerListSet", "Flags": FULLY_CANONICAL, "SignerQuorum": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "intent",
    [
        Pay(f"{N}:{B}", RLUSD, Decimal("12.5"), "7"),
        Trust(RLUSD, Decimal(100), ("tfSetNoRipple",)),
        SetSigners(1, ((f"{N}:{B}", 1),)),
    ],
)
def test_again_does_the_same_on_other_terms(intent: Intent) -> None:
    first = CHAIN.compose(intent, network=N, account=f"{N}:{A}", terms=TERMS)
    other = Terms(Slot("sequence", "42"), 2000, 240)
    assert compose(Again(first), terms=other) == compose(intent, terms=other)
    with pytest.raises(MalformedError, match="another account"):
        CHAIN.compose(Again(first), network=N, account=f"{N}:{B}", terms=other)


def test_spans_are_the_fields_in_order_without_a_gap() -> None:
    body = CHAIN.compose(Pay(f"{N}:{B}", XRP, Decimal(1)), network=N, account=f"{N}:{A}", terms=TERMS)
    spans = CHAIN.spans(body=body)
    assert {span.name for span in spans} == set(CHAIN.native_json(body=body))
    at = 0
    for span in spans:
        assert span.start == at
        at += span.length
    assert at * 2 == len(body)
    account = next(span for span in spans if span.name == "Account")
    # Field id 81, length 14 (20 bytes), and the account: the JavaScript SDK and the specification agree.
    assert body[2 * account.start : 2 * account.start + 4] == "8114"
    assert account.length == 22


def test_regular_key() -> None:
    common = {"network": N, "account": f"{N}:{A}", "slot": TERMS.slot, "last_ledger": 5, "fee_drops": 10}
    body = build.build_regular_key(regular_key=f"{N}:{B}", **common)
    assert CHAIN.native_json(body=body)["RegularKey"] == B
    assert "RegularKey" not in CHAIN.native_json(body=build.build_regular_key(regular_key=None, **common))
    with pytest.raises(MalformedError):
        build.build_regular_key(regular_key=f"{N}:{A}", **common)


@pytest.mark.parametrize(
    "intent",
    [
        Pay(f"{N}:{B}", XRP, Decimal(0)),
        Pay(f"{N}:{B}", XRP, Decimal(-1)),
        Pay(f"{N}:{B}", XRP, Decimal("NaN")),
        Pay(f"{N}:{B}", XRP, Decimal("Infinity")),
        Pay(f"{N}:{B}", XRP, Decimal("0.0000001")),
        Pay(f"{N}:{B}", XRP, Decimal("100000000001")),
        Pay(f"{N}:{A}", XRP, Decimal(1)),
        Pay(f"xrpl:0:{B}", XRP, Decimal(1)),
        Pay(f"{N}:{B}", "xrpl:0/slip44:144", Decimal(1)),
        Pay(f"{N}:{B[:-1]}q", XRP, Decimal(1)),
        Pay(f"{N}:{B}", RLUSD, Decimal("1.234567890123456")),
        Pay(f"{N}:{B}", RLUSD, Decimal("1e96")),
        Pay(f"{N}:{B}", RLUSD, Decimal("1e-90")),
        Pay(f"{N}:{B}", XRP, Decimal("1e600")),
        Pay(f"{N}:{B}", RLUSD, Decimal("1e-600")),
        Pay(f"{N}:{B}", XRP, Decimal("1" + "0" * 200)),
        Pay(f"{N}:{B}", RLUSD[:-1] + "x", Decimal(1)),
        Pay(f"{N}:{B}", f"{N}/nft:" + "0" * 64, Decimal(1)),
        Pay(f"{N}:{B}", f"{N}/mpt:" + "0" * 48, Decimal("1.5")),
        Pay(f"{N}:{B}", f"{N}/mpt:" + "0" * 48, Decimal(2**63)),
        Pay(f"{N}:{B}", f"{N}/iou:{'0' * 40}.{ISSUER}", Decimal(1)),
        Pay(f"{N}:{B}", XRP, Decimal(1), "-1"),
        Pay(f"{N}:{B}", XRP, Decimal(1), "4294967296"),
        Pay(f"{N}:{B}", XRP, Decimal(1), "01"),
        Trust(XRP, Decimal(1)),
        Trust(RLUSD, Decimal(-1)),
        Trust(RLUSD, Decimal(1), ("tfPartialPayment",)),
        Trust(RLUSD.replace(ISSUER, A), Decimal(1)),
        SetSigners(1, ()),
        SetSigners(0, ((f"{N}:{B}", 1),)),
        SetSigners(2, ((f"{N}:{B}", 1),)),
        SetSigners(1, ((f"{N}:{B}", 0),)),
        SetSigners(1, ((f"{N}:{B}", 65536),)),
        SetSigners(1, ((f"{N}:{A}", 1),)),
        SetSigners(1, ((f"{N}:{B}", 1), (f"{N}:{B}", 1))),
        SetSigners(1, tuple((f"{N}:{B}", 1) for _ in range(33))),
        ReserveTickets(0),
        ReserveTickets(251),
        Settings(),
        Settings(set_flags=("asfNothing",)),
        Settings(set_flags=("asfRequireDest", "asfRequireAuth")),
        Settings(set_flags=("asfRequireDest",), clear_flags=("asfRequireDest",)),
        Settings(set_flags=("asfAuthorizedNFTokenMinter",)),
        Settings(domain="Example.com"),
        Settings(domain="a b"),
        Settings(domain="ü.de"),
        Settings(domain="a" * 257),
    ],
)
def test_what_cannot_be_is_refused(intent: Intent) -> None:
    with pytest.raises(MalformedError):
        CHAIN.compose(intent, network=N, account=f"{N}:{A}", terms=TERMS)


@pytest.mark.parametrize(
    "terms",
    [
        Terms(Slot("nonce", "1"), 5, 10),
        Terms(Slot("sequence", "0"), 5, 10),
        Terms(Slot("sequence", "-1"), 5, 10),
        Terms(Slot("sequence", "x"), 5, 10),
        Terms(Slot("sequence", "4294967296"), 5, 10),
        Terms(Slot("ticket", "²"), 5, 10),
        Terms(Slot("ticket", "1"), 0, 10),
        Terms(Slot("ticket", "1"), 2**32, 10),
        Terms(Slot("ticket", "1"), 5, 0),
        Terms(Slot("ticket", "1"), 5, 10**18),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: Terms) -> None:
    with pytest.raises(MalformedError):
        CHAIN.compose(CancelSlot(), network=N, account=f"{N}:{A}", terms=terms)


def test_fee_pays_for_every_signature() -> None:
    assert CHAIN.fee_for(base_fee=10, signers=0) == 100
    assert CHAIN.fee_for(base_fee=10, signers=3) == 400
    for base, signers in ((0, 1), (10, -1), (10, 33)):
        with pytest.raises(MalformedError):
            CHAIN.fee_for(base_fee=base, signers=signers)
