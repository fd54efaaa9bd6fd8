"""Each fault of CONTRACTS C does what it says, and the two operators are two readers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ledger_process import Bank, LedgerProcess, outcome
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from xrpl.wallet import Wallet

NOOP = {"TransactionType": "AccountSet"}


@pytest.fixture
def clean(bank: Bank) -> Iterator[Bank]:
    """The shared ledger, without faults again afterwards."""
    yield bank
    for name in bank.ledger.ask("practice_fault", name="refuse", on=False)["faults"]:
        bank.ledger.fault(name, on=False)


def ws_ask(address: str, command: str, **params: Any) -> dict[str, Any]:
    with connect(address) as socket:
        socket.send(json.dumps({"id": [1], "command": command, "api_version": 2, **params}))
        answer = json.loads(socket.recv(10))
        assert answer["id"] == [1]
        return dict(answer)


def test_refuse_applies_nothing(clean: Bank) -> None:
    wallet = clean.fund()
    blob = clean.single(wallet, **NOOP)
    clean.ledger.fault("refuse")
    for endpoint in (0, 1):
        assert outcome(clean.submit(blob, endpoint=endpoint)) == "tooBusy"
        answer = ws_ask(clean.ledger.endpoints[endpoint]["ws"], "submit", tx_blob=blob)
        assert (answer["status"], answer["error"]) == ("error", "tooBusy")
    clean.ledger.close()
    assert clean.ledger.ask("account_tx", account=wallet.address)["transactions"][0]["tx_json"][
        "Account"
    ] == (clean.genesis.address)
    clean.ledger.fault("refuse", on=False)
    assert outcome(clean.submit(blob)) == "tesSUCCESS"


def test_drop_answer_applies_and_stays_silent(clean: Bank) -> None:
    first, second = clean.fund(), clean.fund()
    blobs = [clean.single(wallet, **NOOP) for wallet in (first, second)]
    clean.ledger.fault("drop_answer")
    with pytest.raises(httpx.TransportError):
        clean.submit(blobs[0])
    with pytest.raises(ConnectionClosed):
        ws_ask(clean.ledger.endpoints[1]["ws"], "submit", tx_blob=blobs[1])
    clean.ledger.close()
    for wallet, blob in zip((first, second), blobs, strict=True):
        (row, _) = clean.ledger.ask("account_tx", account=wallet.address, binary=True)["transactions"]
        assert row["tx_blob"] == blob


def test_lie_is_one_operators_alone(clean: Bank) -> None:
    wallet, signer = clean.fund(), Wallet.create()
    entry = {"SignerEntry": {"Account": signer.address, "SignerWeight": 1}}
    clean.must(wallet, TransactionType="SignerListSet", SignerQuorum=1, SignerEntries=[entry])
    ask = {"account": wallet.address, "signer_lists": True, "ledger_index": "validated"}
    truth = clean.ledger.ask("account_info", **ask)
    assert clean.ledger.ask("account_info", endpoint=1, **ask) == truth
    clean.ledger.fault("lie")
    assert clean.ledger.ask("account_info", **ask) == truth
    lie = clean.ledger.ask("account_info", endpoint=1, **ask)
    assert lie["account_data"]["Balance"] != truth["account_data"]["Balance"]
    said = [row["SignerEntry"]["Account"] for row in lie["signer_lists"][0]["SignerEntries"]]
    assert signer.address in said
    assert len(said) == 2
    objects = clean.ledger.ask("account_objects", endpoint=1, account=wallet.address, type="signer_list")
    assert len(objects["account_objects"][0]["SignerEntries"]) == 2
    # The lie is in what is said. The liar's own ledger goes on with the true list.
    assert clean.multi_result(wallet.address, [signer], **NOOP) == "tesSUCCESS"
    clean.ledger.close()
    hashes = {clean.ledger.ask("ledger_closed", endpoint=n)["ledger_hash"] for n in (0, 1)}
    assert len(hashes) == 1
    for name in ("account_info",):
        empty = clean.fund()
        lists = clean.ledger.ask(name, endpoint=1, account=empty.address, signer_lists=True)["signer_lists"]
        assert len(lists) == 1


def test_never_validate_closes_ledgers_without_it(clean: Bank) -> None:
    wallet = clean.fund()
    clean.ledger.fault("never_validate")
    answer = clean.submit(clean.single(wallet, **NOOP, Domain="AB"))
    tx_hash = answer["tx_json"]["hash"]
    before = clean.ledger.ask("ledger_closed")["ledger_index"]
    for _ in range(3):
        clean.ledger.close()
    assert clean.ledger.ask("ledger_closed")["ledger_index"] == before + 3
    for endpoint in (0, 1):
        assert clean.ledger.ask("tx", endpoint=endpoint, transaction=tx_hash)["validated"] is False
    assert clean.root(wallet.address, index="current")["Domain"] == "AB"
    clean.ledger.fault("never_validate", on=False)
    clean.ledger.close()
    assert clean.ledger.ask("tx", transaction=tx_hash)["ledger_index"] == before + 4


def test_what_never_validates_expires(clean: Bank) -> None:
    wallet = clean.fund()
    clean.ledger.fault("never_validate")
    last = clean.ledger.ask("ledger_current")["ledger_current_index"] + 1
    tx_hash = clean.submit(clean.single(wallet, **NOOP, LastLedgerSequence=last))["tx_json"]["hash"]
    sequence = clean.root(wallet.address)["Sequence"]
    for _ in range(3):
        clean.ledger.close()
    clean.ledger.fault("never_validate", on=False)
    clean.ledger.close()
    answer = clean.ledger.ask("tx", transaction=tx_hash, min_ledger=1, max_ledger=last)
    assert (answer["error"], answer["searched_all"]) == ("txnNotFound", True)
    assert clean.root(wallet.address, index="current")["Sequence"] == sequence


def test_fee_spike_asks_a_hundred_times(clean: Bank) -> None:
    wallet = clean.fund()
    clean.ledger.fault("fee_spike")
    assert clean.ledger.ask("fee")["drops"]["open_ledger_fee"] == "1000"
    assert clean.ledger.ask("server_info")["info"]["load_factor"] == 100
    assert clean.result(wallet, **NOOP, Fee="999") == "telINSUF_FEE_P"
    assert clean.result(wallet, **NOOP, Fee="1000") == "tesSUCCESS"
    clean.ledger.close()
    assert clean.drops(wallet.address) == 1_000_000_000 - 1000


def test_close_ws_after_a_message(clean: Bank) -> None:
    clean.ledger.fault("close_ws")
    with connect(clean.ledger.endpoints[0]["ws"]) as socket:
        socket.send(json.dumps({"id": 1, "command": "ping"}))
        assert json.loads(socket.recv(10))["status"] == "success"
        with pytest.raises(ConnectionClosed):
            socket.recv(10)


def test_history_gap_hides_and_says_so(clean: Bank) -> None:
    wallet = clean.fund()
    found = clean.must(wallet, **NOOP)
    index = found["ledger_index"]
    clean.ledger.close()
    clean.ledger.fault("history_gap")
    search = {"transaction": found["hash"], "min_ledger": index, "max_ledger": index}
    answer = clean.ledger.ask("tx", **search)
    assert (answer["error"], answer["searched_all"]) == ("txnNotFound", False)
    assert clean.ledger.ask("server_info")["info"]["complete_ledgers"] == f"1,{index + 1}"
    assert clean.ledger.ask("ledger", ledger_index=index)["error"] == "lgrNotFound"
    listed = clean.ledger.ask("account_tx", account=wallet.address)
    assert (listed["transactions"], listed["ledger_index_min"]) == ([], index + 1)
    assert clean.drops(wallet.address) == 1_000_000_000 - 10
    clean.ledger.fault("history_gap", on=False, operator=clean.ledger.endpoints[1]["operator"])
    assert clean.ledger.ask("tx", endpoint=1, **search)["validated"] is True
    clean.ledger.fault("history_gap", on=False)
    assert clean.ledger.ask("tx", **search)["validated"] is True


def test_a_reader_that_lags_has_its_own_ledger(clean: Bank) -> None:
    wallet = clean.fund()
    clean.ledger.fault("lag")
    found = clean.must(wallet, **NOOP, Domain="AB")
    behind = clean.ledger.ask("ledger_closed", endpoint=1)["ledger_index"]
    assert behind == found["ledger_index"] - 1
    assert "Domain" not in clean.root(wallet.address, endpoint=1)
    assert clean.ledger.ask("ledger", endpoint=1, ledger_hash=found["ledger_hash"])["error"] == "lgrNotFound"
    # It heard of the transaction all the same, and has it in its open ledger.
    assert clean.root(wallet.address, endpoint=1, index="current")["Domain"] == "AB"
    clean.ledger.fault("lag", on=False)
    assert clean.root(wallet.address, endpoint=1)["Domain"] == "AB"
    assert clean.ledger.ask("tx", endpoint=1, transaction=found["hash"]) == found


def test_an_operator_that_is_cut_off_answers_nobody(clean: Bank) -> None:
    clean.ledger.fault("cut")
    with pytest.raises(httpx.TransportError):
        clean.ledger.ask("ping", endpoint=1)
    assert clean.ledger.ask("ping")["status"] == "success"
    clean.ledger.fault("cut", on=False)
    assert clean.ledger.ask("ping", endpoint=1)["status"] == "success"


def test_faults_from_the_start(tmp_path: Path) -> None:
    with LedgerProcess(tmp_path, faults=["refuse", "fee_spike"]) as faulty:
        assert faulty.ask("practice_fault", name="refuse")["faults"].keys() == {"refuse", "fee_spike"}
        assert outcome(faulty.ask("submit", tx_blob="00")) == "tooBusy"


def test_a_subscriber_hears_closes_and_its_accounts(bank: Bank) -> None:
    wallet, other = bank.fund(), bank.fund()
    with connect(bank.ledger.endpoints[1]["ws"]) as socket:
        wish = {"streams": ["ledger"], "accounts": [wallet.address], "api_version": 2}
        socket.send(json.dumps({"id": "s", "command": "subscribe", **wish}))
        start = json.loads(socket.recv(10))["result"]["ledger_index"]
        bank.must(other, **NOOP)
        found = bank.must(wallet, **NOOP)
        messages = [json.loads(socket.recv(10)) for _ in range(3)]
    assert [m["type"] for m in messages] == ["ledgerClosed", "ledgerClosed", "transaction"]
    assert [m["ledger_index"] for m in messages] == [start + 1, start + 2, start + 2]
    assert messages[2]["hash"] == found["hash"]
    assert messages[2]["meta"] == found["meta"]
    assert messages[1]["ledger_hash"] == found["ledger_hash"]
