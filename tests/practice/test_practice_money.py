"""XRP and issued money: reserves, trust lines, fees of issuers, freezes, authorisation, settings."""

from __future__ import annotations

from typing import Any

import pytest
from ledger_process import Bank
from xrpl.wallet import Wallet

XRP = 1_000_000
NOOP = {"TransactionType": "AccountSet"}


def usd(issuer: Wallet, value: str, currency: str = "USD") -> dict[str, Any]:
    return {"currency": currency, "issuer": issuer.address, "value": value}


def pay(to: Wallet | str, amount: Any, **more: Any) -> dict[str, Any]:
    destination = to if isinstance(to, str) else to.address
    return {"TransactionType": "Payment", "Destination": destination, "Amount": amount, **more}


def trust(issuer: Wallet, limit: str, **more: Any) -> dict[str, Any]:
    return {"TransactionType": "TrustSet", "LimitAmount": usd(issuer, limit), **more}


def market(bank: Bank, holders: int = 2, **settings: Any) -> tuple[Wallet, list[Wallet]]:
    """An issuer that ripples by default, and holders that trust it for 1000, the first of whom holds 100."""
    issuer = bank.fund()
    bank.must(issuer, **NOOP, SetFlag=8, **settings)
    wallets = [bank.fund() for _ in range(holders)]
    for wallet in wallets:
        bank.must(wallet, **trust(issuer, "1000"))
    bank.must(issuer, **pay(wallets[0], usd(issuer, "100")))
    return issuer, wallets


def balance(bank: Bank, wallet: Wallet) -> str:
    (line,) = bank.lines(wallet.address)
    return str(line["balance"])


def meta_of(bank: Bank, answer: dict[str, Any]) -> dict[str, Any]:
    bank.ledger.close()
    return dict(bank.ledger.ask("tx", transaction=answer["tx_json"]["hash"])["meta"])


def test_the_reserve_stays(bank: Bank) -> None:
    wallet, other = bank.fund(10), bank.fund()
    bank.must(wallet, TransactionType="TicketCreate", TicketCount=2)
    spendable = 10 * XRP - 10 - (1 * XRP + 2 * 200_000)
    assert bank.result(wallet, **pay(other, str(spendable + 1))) == "tecUNFUNDED_PAYMENT"
    bank.ledger.close()
    # That claim cost 10 drops. The reserve may pay the fee, so all above the reserve may be sent.
    bank.must(wallet, **pay(other, str(spendable - 10)))
    assert bank.drops(wallet.address) == 1_400_000 - 10


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Amount": "999999"}, "tecNO_DST_INSUF_XRP"),
        ({"Amount": {"currency": "USD", "issuer": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "value": "1"}},
         "tecNO_DST"),
        ({"Amount": "0"}, "temBAD_AMOUNT"),
        ({"Destination": "rrrrrrrrrrrrrrrrrrrrrhoLvTp"}, "temDST_NEEDED"),
        ({"SendMax": "2000000"}, "temBAD_SEND_XRP_MAX"),
        ({"Flags": 0x00020000}, "temBAD_SEND_XRP_PARTIAL"),
        ({"Flags": 0x00010000}, "temBAD_SEND_XRP_NO_DIRECT"),
        ({"DeliverMin": "1"}, "temBAD_AMOUNT"),
        ({"Paths": [[{"account": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"}]]}, "temDISABLED"),
        ({"Amount": {"mpt_issuance_id": "00" * 24, "value": "1"}}, "temDISABLED"),
        ({"SendMax": {"currency": "USD", "issuer": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "value": "1"}},
         "tecPATH_DRY"),
    ],
)  # fmt: skip
def test_payments_that_cannot_be(bank: Bank, fields: dict[str, Any], expected: str) -> None:
    fresh = Wallet.create().address
    assert bank.result(bank.genesis, **{**pay(fresh, "1000000"), **fields}) == expected
    bank.ledger.close()
    assert bank.ledger.ask("account_info", account=fresh)["error"] == "actNotFound"


def test_to_oneself_is_redundant(bank: Bank) -> None:
    wallet = bank.fund()
    assert bank.result(wallet, **pay(wallet, "1")) == "temREDUNDANT"


def test_destination_tag_and_deposit_authorisation(bank: Bank) -> None:
    sender, receiver = bank.fund(), bank.fund()
    bank.must(receiver, **NOOP, SetFlag=1)
    assert bank.result(sender, **pay(receiver, "1")) == "tecDST_TAG_NEEDED"
    assert bank.result(sender, **pay(receiver, "1", DestinationTag=0)) == "tesSUCCESS"
    bank.must(receiver, **NOOP, SetFlag=9)
    assert bank.result(sender, **pay(receiver, "1", DestinationTag=0)) == "tecNO_PERMISSION"


def test_issue_transfer_redeem(bank: Bank) -> None:
    issuer, (alice, bob) = market(bank)
    found = bank.must(alice, **pay(bob, usd(issuer, "40.25")))
    assert found["meta"]["delivered_amount"] == usd(issuer, "40.25")
    assert "DeliveredAmount" not in found["meta"]
    assert (balance(bank, alice), balance(bank, bob)) == ("59.75", "40.25")
    bank.must(bob, **pay(issuer, usd(issuer, "0.25")))
    owed = bank.ledger.ask("gateway_balances", account=issuer.address, ledger_index="validated")
    assert owed["obligations"] == {"USD": "99.75"}
    assert bank.result(bob, **pay(alice, usd(issuer, "41"))) == "tecPATH_PARTIAL"
    assert bank.result(issuer, **pay(bob, usd(issuer, "961"))) == "tecPATH_PARTIAL"
    assert bank.result(issuer, **pay(bob, usd(issuer, "960"))) == "tesSUCCESS"


def test_partial_payments_say_what_arrived(bank: Bank) -> None:
    issuer, (alice, bob) = market(bank)
    part = {"Flags": 0x00020000}
    asked = pay(bob, usd(issuer, "500"), **part)
    assert bank.result(alice, **asked, DeliverMin=usd(issuer, "101")) == "tecPATH_PARTIAL"
    answer = bank.submit(bank.single(alice, **asked, DeliverMin=usd(issuer, "100")))
    meta = meta_of(bank, answer)
    assert meta["TransactionResult"] == "tesSUCCESS"
    assert meta["DeliveredAmount"] == meta["delivered_amount"] == usd(issuer, "100")
    assert bank.result(alice, **asked) == "tecPATH_DRY"
    assert bank.result(alice, **pay(bob, usd(issuer, "1"), DeliverMin=usd(issuer, "1"))) == "temBAD_AMOUNT"


def test_the_issuers_transfer_fee(bank: Bank) -> None:
    issuer, (alice, bob) = market(bank, TransferRate=1_100_000_000)
    assert bank.result(alice, **pay(bob, usd(issuer, "10"))) == "tecPATH_PARTIAL"
    bank.must(alice, **pay(bob, usd(issuer, "10"), SendMax=usd(issuer, "11")))
    assert (balance(bank, alice), balance(bank, bob)) == ("89", "10")
    bank.must(alice, **pay(issuer, usd(issuer, "9")))
    assert balance(bank, alice) == "80"


def test_without_default_ripple_only_the_issuer_moves_it(bank: Bank) -> None:
    issuer, alice, bob = bank.fund(), bank.fund(), bank.fund()
    for wallet in (alice, bob):
        bank.must(wallet, **trust(issuer, "1000"))
    bank.must(issuer, **pay(alice, usd(issuer, "100")))
    assert bank.result(alice, **pay(bob, usd(issuer, "1"))) == "tecPATH_DRY"
    assert bank.result(alice, **pay(issuer, usd(issuer, "1"))) == "tesSUCCESS"


def test_freezes_stop_holders_and_not_the_way_home(bank: Bank) -> None:
    issuer, (alice, bob) = market(bank)
    bank.must(issuer, TransactionType="TrustSet", LimitAmount=usd(alice, "0"), Flags=0x00100000)
    assert bank.lines(alice.address)[0]["freeze_peer"] is True
    assert bank.result(alice, **pay(bob, usd(issuer, "1"))) == "tecPATH_DRY"
    assert bank.result(alice, **pay(issuer, usd(issuer, "1"))) == "tesSUCCESS"
    bank.must(issuer, TransactionType="TrustSet", LimitAmount=usd(alice, "0"), Flags=0x00200000)
    assert bank.result(alice, **pay(bob, usd(issuer, "1"))) == "tesSUCCESS"
    bank.must(issuer, **NOOP, SetFlag=7)
    assert bank.result(alice, **pay(bob, usd(issuer, "1"))) == "tecPATH_DRY"


def test_lines_that_need_the_issuers_word(bank: Bank) -> None:
    issuer, alice = bank.fund(), bank.fund()
    bank.must(issuer, **NOOP, SetFlag=2)
    bank.must(alice, **trust(issuer, "10"))
    assert bank.result(issuer, **pay(alice, usd(issuer, "1"))) == "tecPATH_DRY"
    bank.must(issuer, TransactionType="TrustSet", LimitAmount=usd(alice, "0"), Flags=0x00010000)
    assert bank.result(issuer, **pay(alice, usd(issuer, "1"))) == "tesSUCCESS"
    assert bank.result(alice, **trust(issuer, "10", Flags=0x00010000)) == "tefNO_AUTH_REQUIRED"


def test_lines_come_and_go_with_their_reserve(bank: Bank) -> None:
    issuer, (alice, _) = market(bank)
    assert bank.root(alice.address)["OwnerCount"] == 1
    assert bank.root(issuer.address)["OwnerCount"] == 0
    # A side that neither ripples by default nor forbids it is not in its default state, which keeps a line
    # alive.
    bank.must(alice, **trust(issuer, "0", Flags=0x00020000))
    assert balance(bank, alice) == "100"
    found = bank.must(alice, **pay(issuer, usd(issuer, "100")))
    assert bank.lines(alice.address) == []
    assert bank.root(alice.address)["OwnerCount"] == 0
    (gone,) = [n["DeletedNode"] for n in found["meta"]["AffectedNodes"] if "DeletedNode" in n]
    assert (gone["PreviousFields"]["Balance"]["value"], gone["FinalFields"]["Balance"]["value"]) in (
        ("100", "0"),
        ("-100", "0"),
    )
    assert bank.result(alice, **trust(issuer, "0")) == "tecNO_LINE_REDUNDANT"
    assert bank.result(alice, **trust(alice, "1")) == "temDST_IS_SRC"
    assert bank.result(alice, **trust(Wallet.create(), "1")) == "tecNO_DST"


def test_the_third_object_needs_reserve_for_a_line(bank: Bank) -> None:
    issuer, poor = bank.fund(), bank.fund(1)
    for currency in ("AAA", "BBB"):
        limit = usd(issuer, "1", currency)
        bank.must(poor, TransactionType="TrustSet", LimitAmount=limit)
    third = usd(issuer, "1", "CCC")
    assert bank.result(poor, TransactionType="TrustSet", LimitAmount=third) == "tecNO_LINE_INSUF_RESERVE"


@pytest.mark.parametrize("value", ["0.000001", "123456789012345", "9999999999999999e80", "1e-81", "1.5e-30"])
def test_amounts_keep_every_digit(bank: Bank, value: str) -> None:
    issuer, alice = bank.fund(), bank.fund()
    bank.must(alice, TransactionType="TrustSet", LimitAmount=usd(issuer, "9999999999999999e80"))
    bank.must(issuer, **pay(alice, usd(issuer, value)))
    from decimal import Decimal

    assert Decimal(balance(bank, alice)) == Decimal(value)


def test_sums_that_no_amount_can_say(bank: Bank) -> None:
    largest = "9999999999999999e80"
    issuer, alice, bob = bank.fund(), bank.fund(), bank.fund()
    for wallet in (alice, bob):
        bank.must(wallet, **trust(issuer, largest))
        bank.must(issuer, **pay(wallet, usd(issuer, largest)))
    assert bank.result(alice, **pay(bob, usd(issuer, largest))) in ("tefEXCEPTION", "tecPATH_DRY")
    bank.ledger.close()
    answer = bank.ledger.ask("gateway_balances", account=issuer.address)
    assert answer["error"] == "internal"
    assert bank.ledger.ask("ping")["status"] == "success"


def test_settings_come_and_go(bank: Bank) -> None:
    wallet = bank.fund()
    bank.must(wallet, **NOOP, Domain="6578616D706C65", TransferRate=1_500_000_000, TickSize=5, SetFlag=5)
    root = bank.root(wallet.address)
    assert (root["Domain"], root["TransferRate"], root["TickSize"]) == ("6578616D706C65", 1_500_000_000, 5)
    last = root["AccountTxnID"]
    found = bank.must(wallet, **NOOP, AccountTxnID=last, Domain="", TransferRate=0, TickSize=0)
    root = bank.root(wallet.address)
    assert not {"Domain", "TransferRate", "TickSize"} & set(root)
    assert root["AccountTxnID"] == found["hash"] == root["PreviousTxnID"]
    assert bank.result(wallet, **NOOP, SetFlag=1, ClearFlag=1) == "temINVALID_FLAG"
    assert bank.result(wallet, **NOOP, TransferRate=999) == "temBAD_TRANSFER_RATE"


@pytest.mark.parametrize(
    ("flag", "name"),
    [
        (1, "requireDestinationTag"), (2, "requireAuthorization"), (3, "disallowIncomingXRP"),
        (7, "globalFreeze"), (8, "defaultRipple"), (9, "depositAuth"), (12, "disallowIncomingNFTokenOffer"),
        (13, "disallowIncomingCheck"), (14, "disallowIncomingPayChan"), (15, "disallowIncomingTrustline"),
    ],
)  # fmt: skip
def test_each_setting_has_its_flag(bank: Bank, flag: int, name: str) -> None:
    wallet = bank.fund()
    for change, expected in (({"SetFlag": flag}, [name]), ({"ClearFlag": flag}, [])):
        bank.must(wallet, **NOOP, **change)
        answer = bank.ledger.ask("account_info", account=wallet.address, ledger_index="validated")
        assert [key for key, is_set in answer["account_flags"].items() if is_set] == expected


def test_an_account_is_deleted_when_it_is_old_and_free(bank: Bank) -> None:
    wallet, heir = bank.fund(20), bank.fund()
    delete = {"TransactionType": "AccountDelete", "Destination": heir.address}
    assert bank.result(wallet, **delete) == "telINSUF_FEE_P"
    assert bank.result(wallet, **delete, Fee="200000") == "tecTOO_SOON"
    bank.must(wallet, TransactionType="TicketCreate", TicketCount=2)
    for _ in range(260):
        bank.ledger.close()
    before = bank.drops(wallet.address)
    found = bank.must(wallet, **delete, Fee="200000")
    assert found["meta"]["delivered_amount"] == str(before - 200_000)
    assert bank.drops(heir.address) == 1000 * XRP + before - 200_000
    assert bank.ledger.ask("account_info", account=wallet.address)["error"] == "actNotFound"
