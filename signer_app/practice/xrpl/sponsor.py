"""The world around a practice treasury: who funds it, who issues its dollars, who receives them.

Everything happens by signed transactions that the ledger applies. Reads go to the node's JSON directly, so
that what is read here comes by another path than the program's own readers.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xrpl.core.binarycodec import encode, encode_for_signing
from xrpl.core.keypairs import derive_classic_address, derive_keypair, generate_seed, sign

from signer_app.core.errors import UnforeseenError
from signer_app.core.json_types import JsonObject, JsonValue

NETWORK_ID = 63456
_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class Party:
    """An account of the outside world with its seed. Practice money only."""

    name: str
    address: str
    seed: str

    @classmethod
    def fresh(cls, name: str) -> Party:
        """A new key that exists nowhere else."""
        seed = generate_seed()
        return cls.from_seed(name, seed)

    @classmethod
    def from_seed(cls, name: str, seed: str) -> Party:
        public, _ = derive_keypair(seed)
        return cls(name, derive_classic_address(public), seed)


class PracticeNode:
    """One endpoint of a practice ledger, asked over plain HTTP."""

    def __init__(self, http: str) -> None:
        self.http = http

    def ask(self, method: str, **params: JsonValue) -> JsonObject:
        """One JSON-RPC call; returns `result`. UnforeseenError if the answer is no JSON object."""
        body = json.dumps({"method": method, "params": [{**params, "api_version": 2}]}).encode()
        request = urllib.request.Request(  # noqa: S310 - the address is the practice server's own
            self.http, body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            result = json.load(answer)["result"]
        if not isinstance(result, dict):
            raise UnforeseenError("The practice node answered no object.")
        return result

    def account(self, address: str) -> JsonObject:
        """account_info with signer lists, in the last validated ledger."""
        return self.ask("account_info", account=address, ledger_index="validated", signer_lists=True)

    def issued_balance(self, address: str, currency: str, issuer: str) -> str:
        """The balance of one trust line as the ledger writes it; "0" without a line."""
        lines = self.ask("account_lines", account=address, peer=issuer, ledger_index="validated")["lines"]
        for line in lines if isinstance(lines, list) else []:
            if isinstance(line, dict) and line["currency"] == currency:
                return str(line["balance"])
        return "0"

    def fault(self, name: str, *, on: bool) -> None:
        """Switch a fault."""
        self.ask("practice_fault", name=name, on=on)


class Sponsor:
    """Signs with outside keys and waits until each transaction is in a validated ledger."""

    def __init__(self, node: PracticeNode) -> None:
        self._node = node

    def send(self, party: Party, transaction: Mapping[str, JsonValue]) -> str:
        """Fill in, sign, submit and close the ledger. Returns the transaction id of a tesSUCCESS."""
        info = self._node.ask("account_info", account=party.address, ledger_index="current")["account_data"]
        if not isinstance(info, dict):
            raise UnforeseenError(f"{party.name} has no account.")
        public, private = derive_keypair(party.seed)
        full: dict[str, JsonValue] = {
            "Account": party.address,
            "Sequence": info["Sequence"],
            "Fee": "100",
            "NetworkID": NETWORK_ID,
            "SigningPubKey": public,
            **transaction,
        }
        full["TxnSignature"] = sign(bytes.fromhex(encode_for_signing(full)), private)
        answer = self._node.ask("submit", tx_blob=encode(full))
        self._node.ask("ledger_accept")
        result = answer.get("engine_result")
        if result != "tesSUCCESS":
            raise UnforeseenError(f"{party.name}: the practice ledger answered {result}.")
        sent = answer["tx_json"]
        identifier = answer.get("hash") or (sent.get("hash") if isinstance(sent, dict) else None)
        return str(identifier)

    def fund(self, payer: Party, receiver: str, xrp: int) -> str:
        """Pay XRP from ``payer``; makes the receiver's account."""
        return self.send(
            payer, {"TransactionType": "Payment", "Destination": receiver, "Amount": str(xrp * 1_000_000)}
        )

    def trust(self, holder: Party, currency: str, issuer: str, limit: str) -> str:
        """``holder`` accepts an issued currency."""
        amount: JsonObject = {"currency": currency, "issuer": issuer, "value": limit}
        return self.send(holder, {"TransactionType": "TrustSet", "LimitAmount": amount})

    def issue(self, issuer: Party, holder: str, currency: str, value: str) -> str:
        """``issuer`` pays its own currency."""
        amount: JsonObject = {"currency": currency, "issuer": issuer.address, "value": value}
        return self.send(issuer, {"TransactionType": "Payment", "Destination": holder, "Amount": amount})

    def tickets(self, party: Party, count: int) -> str:
        """Set sequence numbers aside."""
        return self.send(party, {"TransactionType": "TicketCreate", "TicketCount": count})

    def signer_list(self, party: Party, quorum: int, members: Sequence[str]) -> str:
        """Members of weight 1."""
        entries: list[JsonValue] = [
            {"SignerEntry": {"Account": member, "SignerWeight": 1}} for member in members
        ]
        return self.send(
            party, {"TransactionType": "SignerListSet", "SignerQuorum": quorum, "SignerEntries": entries}
        )

    def account_set(self, party: Party, flag: int) -> str:
        """Set one asf flag: 4 disables the master key, 8 is DefaultRipple (xrpl.org, AccountSet)."""
        return self.send(party, {"TransactionType": "AccountSet", "SetFlag": flag})
