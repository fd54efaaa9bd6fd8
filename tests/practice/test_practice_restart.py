"""The ledger survives its process.

What was closed and what was acknowledged, bytes that tore, folders in use.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from ledger_process import Bank, LedgerProcess

from signer_app.core.errors import ConflictError, IntegrityError, UsageError
from signer_app.practice.server import serve

NOOP = {"TransactionType": "AccountSet"}


def folder(ledger: LedgerProcess) -> Path:
    return ledger.directory / "xrpl-63456"


def test_after_sigkill_everything_acknowledged_is_there(tmp_path: Path) -> None:
    with LedgerProcess(tmp_path) as ledger:
        bank = Bank(ledger)
        wallet = bank.fund()
        closed = bank.must(wallet, **NOOP, Domain="AA")
        sequence = bank.sequence(wallet.address)
        waiting = bank.submit(bank.single(wallet, **NOOP, Domain="BB"))
        held = bank.submit(bank.single(wallet, **NOOP, Sequence=sequence + 2, Domain="DD"))
        assert (waiting["applied"], held["kept"]) == (True, True)
        tip = ledger.ask("ledger", ledger_index="validated")
        ledger.kill()

        ledger.start()
        assert ledger.ask("ledger", ledger_index="validated") == tip
        assert ledger.ask("tx", transaction=closed["hash"]) == closed
        for endpoint in (0, 1):
            assert bank.root(wallet.address, endpoint=endpoint, index="current")["Domain"] == "BB"
        assert bank.root(wallet.address)["Domain"] == "AA"
        assert bank.result(wallet, **NOOP, Sequence=sequence + 1, Domain="CC") == "tesSUCCESS"
        ledger.close()
        assert bank.root(wallet.address)["Domain"] == "DD"
        assert bank.root(wallet.address)["Sequence"] == sequence + 3
        assert ledger.stop() == 0


def test_killed_at_once_after_each_answer(tmp_path: Path) -> None:
    with LedgerProcess(tmp_path) as ledger:
        bank = Bank(ledger)
        for turn in range(4):
            blob = bank.single(bank.genesis, **NOOP, Domain=f"{turn:02X}")
            tx_hash = bank.submit(blob)["tx_json"]["hash"]
            if turn % 2:
                ledger.close()
            ledger.kill()
            ledger.start()
            assert ledger.ask("tx", transaction=tx_hash)["validated"] is bool(turn % 2)
        rows = ledger.ask("account_tx", account=bank.genesis.address)["transactions"]
        assert len({row["hash"] for row in rows}) == len(rows) == 4


def test_a_torn_end_is_cut_and_a_changed_ledger_is_refused(tmp_path: Path) -> None:
    with LedgerProcess(tmp_path) as ledger:
        bank = Bank(ledger)
        bank.fund()
        tip = ledger.ask("ledger_closed")
        ledger.kill()
        path = folder(ledger) / "ledgers.jsonl"
        whole = path.read_bytes()
        path.write_bytes(whole + whole.splitlines()[-1][:50])
        ledger.start()
        assert ledger.ask("ledger_closed") == tip
        assert path.read_bytes() == whole
        ledger.kill()
        lines = whole.splitlines()
        changed = json.loads(lines[-1])
        changed["transactions"] = []
        path.write_bytes(b"\n".join([*lines[:-1], json.dumps(changed).encode()]) + b"\n")
    with pytest.raises(IntegrityError, match="does not follow"):
        asyncio.run(serve(directory=tmp_path, close_ms=None, faults=(), on_ready=lambda _: None))


def test_one_process_in_a_folder(tmp_path: Path) -> None:
    with LedgerProcess(tmp_path), pytest.raises(ConflictError, match="runs in this folder"):
        asyncio.run(serve(directory=tmp_path, close_ms=None, faults=(), on_ready=lambda _: None))


def test_unknown_faults_and_taken_ports(tmp_path: Path) -> None:
    for name in ("nonsense", "lag"):
        with pytest.raises(UsageError, match="no fault"):
            asyncio.run(serve(directory=tmp_path, close_ms=None, faults=[name], on_ready=lambda _: None))
    with LedgerProcess(tmp_path / "one") as ledger:
        port = int(ledger.endpoints[0]["http"].rsplit(":", 1)[1].rstrip("/"))
        with pytest.raises(ConflictError, match="taken"):
            asyncio.run(
                serve(
                    directory=tmp_path / "two", port=port, close_ms=None, faults=(), on_ready=lambda _: None
                )
            )


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    with LedgerProcess(tmp_path) as ledger:
        assert {e["http"].split(":")[1] for e in ledger.endpoints} == {"//127.0.0.1"}
        first, second = (e["http"] for e in ledger.endpoints)
        assert first != second


def test_the_real_command_starts_the_same_ledger(tmp_path: Path) -> None:
    with LedgerProcess(tmp_path, anew=True, faults=["fee_spike"]) as ledger:
        bank = Bank(ledger)
        assert bank.result(bank.genesis, **NOOP) == "telINSUF_FEE_P"
        assert ledger.ask("fee")["drops"]["open_ledger_fee"] == "1000"
        assert ledger.stop() == 0
