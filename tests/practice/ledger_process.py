"""A practice ledger in a process of its own, for tests of every room, started by the real command.

It is forked from a process that has loaded the command (cli/warm.py), or with ``anew`` a program of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from xrpl.clients import JsonRpcClient
from xrpl.constants import CryptoAlgorithm
from xrpl.core.addresscodec import decode_classic_address
from xrpl.core.binarycodec import encode, encode_for_multisigning, encode_for_signing
from xrpl.core.keypairs import sign as sign_bytes
from xrpl.wallet import Wallet

from signer_app.cli import warm

_ROOT = Path(__file__).resolve().parents[2]


class LedgerProcess:
    """Context manager. ``ready`` is what the command printed; ``a`` and ``b`` are the HTTP addresses."""

    def __init__(
        self,
        directory: Path,
        *,
        close_ms: int | None = None,
        faults: Sequence[str] = (),
        port: int = 0,
        anew: bool = False,
    ) -> None:
        self.directory = directory
        self._close_ms = close_ms
        self._faults = list(faults)
        self._port = port
        self._anew = anew
        self.process: subprocess.Popen[bytes] | warm.WarmCommand | None = None
        self.ready: dict[str, Any] = {}
        # One client for all calls: making one costs more than a call.
        self._http = httpx.Client(timeout=20)

    def __enter__(self) -> LedgerProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()
        self._http.close()

    def start(self) -> None:
        """Start and wait until both endpoints listen."""
        self.process = self._started(["--json", "practice", "start", *self._options()])
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the practice ledger ended with {self.process.wait(10)} before it was ready")
        answer = json.loads(line)
        self.ready = answer.get("result", answer)

    def _started(self, arguments: list[str]) -> subprocess.Popen[bytes] | warm.WarmCommand:
        if self._anew:
            program = [sys.executable, "-m", "signer_app", *arguments]
            return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=_ROOT)
        return warm.commands().start(arguments, environment=os.environ, folder=_ROOT)

    def _options(self) -> list[str]:
        options = ["--dir", str(self.directory), "--port", str(self._port)]
        options += ["--close-ms", "manual" if self._close_ms is None else str(self._close_ms)]
        for fault in self._faults:
            options += ["--fault", fault]
        return options

    def stop(self) -> int:
        """End by SIGTERM; gives the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self._reap()

    def kill(self) -> None:
        """End by SIGKILL, as a crash would."""
        assert self.process is not None
        self.process.kill()
        self._reap()

    def _reap(self) -> int:
        assert self.process is not None
        code = self.process.wait(15)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code

    @property
    def endpoints(self) -> list[dict[str, str]]:
        """[{operator, http, ws}] of the XRPL network."""
        (network,) = self.ready["networks"]
        assert network["network"] == "xrpl:63456"
        return list(network["endpoints"])

    def ask(self, method: str, *, endpoint: int = 0, version: int = 2, **params: Any) -> dict[str, Any]:
        """One JSON-RPC call; gives the ``result`` object, errors included."""
        body = {"method": method, "params": [{"api_version": version, **params}]}
        answer = self._http.post(self.endpoints[endpoint]["http"], json=body)
        answer.raise_for_status()
        return dict(answer.json()["result"])

    def close(self) -> None:
        """Close a ledger."""
        assert self.ask("ledger_accept")["status"] == "success"

    def fault(self, name: str, *, on: bool = True, **params: Any) -> None:
        """Switch a fault."""
        assert self.ask("practice_fault", name=name, on=on, **params)["status"] == "success"

    def client(self, endpoint: int = 0) -> JsonRpcClient:
        """An unmodified client of the SDK."""
        return JsonRpcClient(self.endpoints[endpoint]["http"])


@dataclass
class Bank:
    """Signs with fields filled in from the ledger, so that a test says only what it is about."""

    ledger: LedgerProcess

    @property
    def genesis(self) -> Wallet:
        """The account that holds everything at first (a secp256k1 key)."""
        genesis = self.ledger.ready["genesis"]
        wallet = Wallet.from_seed(genesis["seed"], algorithm=CryptoAlgorithm.SECP256K1)
        assert wallet.address == genesis["address"]
        return wallet

    def sequence(self, address: str) -> int:
        """The next Sequence in the open ledger."""
        info = self.ledger.ask("account_info", account=address, ledger_index="current")
        return int(info["account_data"]["Sequence"])

    def fill(self, fields: dict[str, Any], signers: int = 0) -> dict[str, Any]:
        """Add NetworkID, Fee, Flags, Sequence and LastLedgerSequence where the test gave none."""
        full = {"NetworkID": 63456, "Fee": str(10 * (1 + signers)), "Flags": 0x80000000, **fields}
        if "Sequence" not in full:
            full["Sequence"] = 0 if "TicketSequence" in full else self.sequence(full["Account"])
        return {name: value for name, value in full.items() if value is not None}

    def single(self, wallet: Wallet, **fields: Any) -> str:
        """A blob signed by one key, for the account of ``wallet`` unless the test says another."""
        full = self.fill({"Account": wallet.address, **fields})
        return _single(full, wallet)

    def multi(self, account: str, wallets: Sequence[Wallet], **fields: Any) -> str:
        """A blob signed by several signers. A wallet's address is the signer it signs for."""
        full = self.fill({"Account": account, **fields}, len(wallets)) | {"SigningPubKey": ""}
        return multi_blob(full, wallets)

    def submit(self, blob: str, **params: Any) -> dict[str, Any]:
        """Submit a blob; gives the whole result."""
        return self.ledger.ask("submit", tx_blob=blob, **params)

    def result(self, wallet: Wallet, **fields: Any) -> str:
        """Sign singly, submit, give the engine result or the RPC error."""
        return outcome(self.submit(self.single(wallet, **fields)))

    def multi_result(self, account: str, wallets: Sequence[Wallet], **fields: Any) -> str:
        """Sign by several, submit, give the engine result or the RPC error."""
        return outcome(self.submit(self.multi(account, wallets, **fields)))

    def must(self, wallet: Wallet, **fields: Any) -> dict[str, Any]:
        """Sign singly, submit, close a ledger; the transaction must succeed. Gives what ``tx`` says."""
        answer = self.submit(self.single(wallet, **fields))
        assert outcome(answer) == "tesSUCCESS", answer
        self.ledger.close()
        found = self.ledger.ask("tx", transaction=answer["tx_json"]["hash"])
        assert found["validated"] is True
        assert found["meta"]["TransactionResult"] == "tesSUCCESS"
        return found

    def fund(self, xrp: int = 1000, *, seed: str | None = None) -> Wallet:
        """A new account with so many XRP."""
        wallet = Wallet.create() if seed is None else Wallet.from_seed(seed)
        amount = str(xrp * 1_000_000)
        self.must(self.genesis, TransactionType="Payment", Destination=wallet.address, Amount=amount)
        return wallet

    def root(self, address: str, *, endpoint: int = 0, index: Any = "validated") -> dict[str, Any]:
        """The account_data of an account."""
        answer = self.ledger.ask("account_info", endpoint=endpoint, account=address, ledger_index=index)
        return dict(answer["account_data"])

    def drops(self, address: str) -> int:
        """The validated XRP balance."""
        return int(self.root(address)["Balance"])

    def lines(self, address: str) -> list[dict[str, Any]]:
        """The validated trust lines."""
        return list(self.ledger.ask("account_lines", account=address, ledger_index="validated")["lines"])


def outcome(answer: dict[str, Any]) -> str:
    """The engine result of a submission, or the name of the RPC error."""
    return str(answer.get("engine_result") or answer["error"])


def _single(fields: dict[str, Any], wallet: Wallet) -> str:
    full = {**fields, "SigningPubKey": wallet.public_key}
    full["TxnSignature"] = sign_bytes(bytes.fromhex(encode_for_signing(full)), wallet.private_key)
    return encode(full)


def signer_entry(fields: dict[str, Any], wallet: Wallet) -> dict[str, Any]:
    """One entry of Signers, by a wallet whose address is the signer."""
    message = bytes.fromhex(encode_for_multisigning(fields, wallet.address))
    return {
        "Signer": {
            "Account": wallet.address,
            "SigningPubKey": wallet.public_key,
            "TxnSignature": sign_bytes(message, wallet.private_key),
        }
    }


def multi_blob(fields: dict[str, Any], wallets: Sequence[Wallet]) -> str:
    """A multi-signed blob with its signers in the ledger's order."""
    entries = [signer_entry(fields, wallet) for wallet in wallets]
    entries.sort(key=lambda entry: decode_classic_address(entry["Signer"]["Account"]))
    return encode({**fields, "Signers": entries})


__all__ = ["Bank", "LedgerProcess", "multi_blob", "outcome", "signer_entry"]
