"""The API's own forms: versions, ledgers named in requests, pages, errors, ranges."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from ledger_process import Bank, LedgerProcess
from xrpl.wallet import Wallet

NOOP = {"TransactionType": "AccountSet"}


@pytest.fixture(scope="module")
def owner(bank: Bank) -> Wallet:
    """An account with a signer list, seven tickets and two trust lines."""
    wallet, issuer = bank.fund(), bank.fund()
    entry = {"SignerEntry": {"Account": issuer.address, "SignerWeight": 1}}
    bank.must(wallet, TransactionType="SignerListSet", SignerQuorum=1, SignerEntries=[entry])
    bank.must(wallet, TransactionType="TicketCreate", TicketCount=7)
    for currency in ("USD", "EUR"):
        limit = {"currency": currency, "issuer": issuer.address, "value": "5"}
        bank.must(wallet, TransactionType="TrustSet", LimitAmount=limit)
    return wallet


def all_pages(ledger: LedgerProcess, method: str, field: str, **params: Any) -> list[Any]:
    found: list[Any] = []
    marker: dict[str, Any] = {}
    while True:
        answer = ledger.ask(method, **params, **marker)
        assert len(answer[field]) <= params["limit"]
        found += answer[field]
        if "marker" not in answer:
            return found
        marker = {"marker": answer["marker"]}


def test_signer_lists_stand_at_the_root_in_version_2_and_inside_in_version_1(
    ledger: LedgerProcess, owner: Wallet
) -> None:
    new = ledger.ask("account_info", account=owner.address, signer_lists=True)
    old = ledger.ask("account_info", version=1, account=owner.address, signer_lists=True)
    assert new["signer_lists"] == old["account_data"]["signer_lists"]
    assert new["signer_lists"][0]["SignerQuorum"] == 1
    assert "signer_lists" not in new["account_data"]
    assert "signer_lists" not in old


def test_a_payment_in_both_versions(bank: Bank) -> None:
    blob = bank.single(bank.genesis, TransactionType="Payment", Destination=bank.fund().address, Amount="5")
    tx_hash = bank.submit(blob)["tx_json"]["hash"]
    bank.ledger.close()
    new = bank.ledger.ask("tx", transaction=tx_hash)
    old = bank.ledger.ask("tx", version=1, transaction=tx_hash)
    assert new["tx_json"]["DeliverMax"] == "5"
    assert "Amount" not in new["tx_json"]
    assert (old["Amount"], old["DeliverMax"], old["hash"]) == ("5", "5", tx_hash)
    assert old["meta"] == new["meta"]
    assert bank.ledger.ask("tx", transaction=tx_hash, binary=True)["tx_blob"] == blob
    (row,) = bank.ledger.ask("ledger", ledger_index=new["ledger_index"], transactions=True, expand=True)[
        "ledger"
    ]["transactions"]
    assert row["hash"] == tx_hash


def test_a_ledger_is_named_by_word_number_or_hash(bank: Bank) -> None:
    ledger = bank.ledger
    tip = ledger.ask("ledger", ledger_index="validated")
    by_hash = ledger.ask("ledger", ledger_hash=tip["ledger_hash"])
    by_text = ledger.ask("ledger", version=1, ledger_index=str(tip["ledger_index"]))
    assert by_hash == tip
    assert by_text["ledger"]["ledger_index"] == str(tip["ledger_index"])
    assert (tip["validated"], tip["ledger"]["closed"]) == (True, True)
    current = ledger.ask("ledger", ledger_index="current")
    assert current["ledger_current_index"] == tip["ledger_index"] + 1
    assert (current["validated"], current["ledger"]["closed"]) == (False, False)
    assert "ledger_index" not in current
    assert ledger.ask("ledger", ledger_index=10**6)["error"] == "lgrNotFound"
    assert ledger.ask("ledger", ledger_index="soon")["error"] == "invalidParams"


def test_ledgers_hang_together(bank: Bank) -> None:
    bank.fund()
    tip = bank.ledger.ask("ledger", ledger_index="validated")["ledger"]
    before = bank.ledger.ask("ledger", ledger_index=tip["ledger_index"] - 1)["ledger"]
    assert tip["parent_hash"] == before["ledger_hash"]
    assert tip["close_time"] > before["close_time"] == tip["parent_close_time"]
    assert bank.ledger.ask("ledger", endpoint=1, ledger_index="validated")["ledger"] == tip


def test_objects_by_type_in_pages(ledger: LedgerProcess, owner: Wallet) -> None:
    everything = all_pages(ledger, "account_objects", "account_objects", account=owner.address, limit=3)
    kinds = sorted(item["LedgerEntryType"] for item in everything)
    assert kinds == ["RippleState"] * 2 + ["SignerList"] + ["Ticket"] * 7
    tickets = all_pages(
        ledger, "account_objects", "account_objects", account=owner.address, limit=2, type="ticket"
    )
    assert len({item["index"] for item in tickets}) == 7
    (signers,) = ledger.ask("account_objects", account=owner.address, type="signer_list")["account_objects"]
    entry = ledger.ask("ledger_entry", signer_list={"account": owner.address})
    assert entry["node"] == signers
    ticket = {"account": owner.address, "ticket_seq": tickets[0]["TicketSequence"]}
    assert ledger.ask("ledger_entry", ticket=ticket)["node"]["index"] == tickets[0]["index"]
    assert ledger.ask("account_objects", account=owner.address, type="toast")["error"] == "invalidParams"
    assert ledger.ask("account_objects", account=owner.address, marker="x")["error"] == "invalidParams"


def test_lines_in_pages(ledger: LedgerProcess, owner: Wallet) -> None:
    lines = all_pages(ledger, "account_lines", "lines", account=owner.address, limit=1)
    assert sorted(line["currency"] for line in lines) == ["EUR", "USD"]
    assert {line["limit"] for line in lines} == {"5"}
    peer = lines[0]["account"]
    assert ledger.ask("account_lines", account=peer, peer=owner.address)["lines"][0]["limit_peer"] == "5"


def test_account_tx_in_pages_both_ways(ledger: LedgerProcess, owner: Wallet) -> None:
    down = all_pages(ledger, "account_tx", "transactions", account=owner.address, limit=2)
    up = all_pages(ledger, "account_tx", "transactions", account=owner.address, limit=2, forward=True)
    assert [row["hash"] for row in down] == [row["hash"] for row in up][::-1]
    assert len(down) == 5
    one = down[1]["ledger_index"]
    answer = ledger.ask("account_tx", account=owner.address, ledger_index_min=one, ledger_index_max=one)
    assert [row["hash"] for row in answer["transactions"]] == [down[1]["hash"]]
    assert (answer["ledger_index_min"], answer["ledger_index_max"]) == (one, one)
    old = ledger.ask("account_tx", version=1, account=owner.address, limit=1)["transactions"][0]
    assert old["tx"]["hash"] == down[0]["hash"]


def test_a_search_says_whether_it_saw_everything(bank: Bank) -> None:
    ledger, missing = bank.ledger, "AB" * 32
    tip = ledger.ask("ledger_closed")["ledger_index"]
    for first, last, expected in ((1, tip, True), (1, tip + 1, False), (tip, tip, True)):
        answer = ledger.ask("tx", transaction=missing, min_ledger=first, max_ledger=last)
        assert (answer["error"], answer["searched_all"]) == ("txnNotFound", expected)
    assert "searched_all" not in ledger.ask("tx", transaction=missing)
    wide = ledger.ask("tx", transaction=missing, min_ledger=1, max_ledger=1002)
    assert wide["error"] == "excessiveLgrRange"


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("account_info", {"account": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTx"}, "actMalformed"),
        ("account_info", {}, "invalidParams"),
        ("account_info", {"account": 7}, "invalidParams"),
        ("account_info", {"account": "rrrrrrrrrrrrrrrrrrrrrhoLvTp"}, "actNotFound"),
        ("no_such_method", {}, "unknownCmd"),
        ("subscribe", {"streams": ["ledger"]}, "noEvents"),
        ("practice_fault", {"name": "nonsense"}, "invalidParams"),
        ("submit", {"tx_json": {}, "secret": "x"}, "notSupported"),
        ("ledger_entry", {"index": "AB" * 32}, "entryNotFound"),
        ("ledger_entry", {"ripple_state": {"accounts": ["x", "y"], "currency": "USD"}}, "actMalformed"),
        ("ping", {"api_version": 9}, "invalid_API_version"),
    ],
)
def test_refused_requests(ledger: LedgerProcess, method: str, params: dict[str, Any], error: str) -> None:
    answer = ledger.ask(method, **params)
    assert (answer["status"], answer["error"]) == ("error", error)
    assert answer["request"]["command"] == method


def test_bodies_that_are_no_requests(ledger: LedgerProcess) -> None:
    address = ledger.endpoints[0]["http"]
    for body in (b"", b"[" * 100_000, b"[]", b'{"method":1}', b'{"method":"ping","params":["x"]}'):
        assert httpx.post(address, content=body).status_code == 400
    assert ledger.ask("ping")["status"] == "success"


@pytest.mark.parametrize(
    "headers",
    [{"Host": "treasury.example:5005"}, {"Origin": "https://treasury.example"}, {"Origin": "null"},
     {"Origin": "https://127.0.0.1.example"}, {"Host": ""}],
    ids=["rebound", "page", "file", "like", "none"],
)  # fmt: skip
def test_a_page_in_a_browser_is_not_answered(ledger: LedgerProcess, headers: dict[str, str]) -> None:
    """It reaches loopback too, and the practice ledger closes ledgers and pays out for who asks."""
    before = ledger.ask("ledger", ledger_index="validated")["ledger_index"]
    body = {"method": "ledger_accept", "params": [{}]}
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="}  # fmt: skip
    address = ledger.endpoints[0]["http"]
    assert httpx.post(address, json=body, headers=headers).status_code == 403
    assert httpx.get(address, headers={**upgrade, **headers}).status_code == 403
    assert ledger.ask("ledger", ledger_index="validated")["ledger_index"] == before
    own = {"Origin": address.rstrip("/")}
    assert httpx.post(address, json={"method": "ping"}, headers=own).status_code == 200


def test_what_a_client_asks_first(bank: Bank) -> None:
    info = bank.ledger.ask("server_info")["info"]
    state = bank.ledger.ask("server_state")["state"]
    tip = bank.ledger.ask("ledger_closed")
    assert info["network_id"] == state["network_id"] == 63456
    assert info["complete_ledgers"] == f"1-{tip['ledger_index']}"
    assert info["validated_ledger"]["hash"] == state["validated_ledger"]["hash"] == tip["ledger_hash"]
    ledger_state = state["validated_ledger"]
    assert (ledger_state["base_fee"], ledger_state["reserve_base"], ledger_state["reserve_inc"]) == (
        10,
        1_000_000,
        200_000,
    )
    assert bank.ledger.ask("fee")["drops"]["open_ledger_fee"] == "10"
    assert bank.ledger.ask("random")["random"] != bank.ledger.ask("random")["random"]
    names = {row["name"] for row in bank.ledger.ask("feature")["features"].values()}
    assert "TicketBatch" in names
    operators = [bank.ledger.ask("server_info", endpoint=n)["info"]["practice_operator"] for n in (0, 1)]
    assert operators == [endpoint["operator"] for endpoint in bank.ledger.endpoints]


def test_submit_multisigned_takes_the_same_as_json(bank: Bank) -> None:
    from xrpl.core.binarycodec import decode

    wallet, signer = bank.fund(), Wallet.create()
    entry = {"SignerEntry": {"Account": signer.address, "SignerWeight": 1}}
    bank.must(wallet, TransactionType="SignerListSet", SignerQuorum=1, SignerEntries=[entry])
    blob = bank.multi(wallet.address, [signer], **NOOP)
    answer = bank.ledger.ask("submit_multisigned", tx_json=decode(blob))
    assert (answer["engine_result"], answer["tx_blob"]) == ("tesSUCCESS", blob)
