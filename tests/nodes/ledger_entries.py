"""Ledger transactions for scripts: true ids, metadata by hand."""

from __future__ import annotations

from typing import Any

from signer_app.chains.xrpl.movements import tx_id_of

ALICE = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
BOB = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
ISSUER = "r3JqhEznRmjXEmYsCe3ktMgScjoZ8bnpLh"
USD = "0000000000000000000000005553440000000000"
#: The scripted ledger closes ledger i at this ripple time plus i seconds.
EPOCH = 800_000_000


def root(address: str, before: int | None, after: int) -> dict[str, Any]:
    """An AccountRoot that changed its balance, or came into being."""
    if before is None:
        fields = {"Account": address, "Balance": str(after)}
        return {"CreatedNode": {"LedgerEntryType": "AccountRoot", "NewFields": fields}}
    return {
        "ModifiedNode": {
            "LedgerEntryType": "AccountRoot",
            "FinalFields": {"Account": address, "Balance": str(after)},
            "PreviousFields": {"Balance": str(before)},
        }
    }


def line(low: str, high: str, before: str, after: str, kind: str = "ModifiedNode") -> dict[str, Any]:
    """A trust line that changed; balances as the low account sees them."""

    def amount(value: str, issuer: str = "rrrrrrrrrrrrrrrrrrrrBZbvji") -> dict[str, str]:
        return {"currency": "USD", "issuer": issuer, "value": value}

    fields = {"Balance": amount(after), "LowLimit": amount("0", low), "HighLimit": amount("0", high)}
    if kind == "CreatedNode":
        return {kind: {"LedgerEntryType": "RippleState", "NewFields": fields}}
    previous = {"Balance": amount(before)}
    return {kind: {"LedgerEntryType": "RippleState", "FinalFields": fields, "PreviousFields": previous}}


def usd(value: str) -> dict[str, str]:
    return {"currency": "USD", "issuer": ISSUER, "value": value}


def entry(
    ledger: int,
    nodes: list[dict[str, Any]],
    *,
    result: str = "tesSUCCESS",
    delivered: Any = None,
    **fields: Any,
) -> dict[str, Any]:
    """One entry of account_tx, api_version 2."""
    tx = {
        "TransactionType": "Payment", "Account": ALICE, "Destination": BOB, "Amount": "1000000", "Fee": "12",
        "Flags": 0x80000000, "Sequence": ledger, "NetworkID": 63456, "SigningPubKey": "", **fields
    }  # fmt: skip
    tx = {name: value for name, value in tx.items() if value is not None}
    tx_id = tx_id_of(tx)
    if tx["TransactionType"] == "Payment":
        tx["DeliverMax"] = tx.pop("Amount")
    meta: dict[str, Any] = {"TransactionResult": result, "AffectedNodes": nodes}
    if delivered is not None:
        meta["delivered_amount"] = delivered
    shown = {**tx, "date": EPOCH + ledger, "ledger_index": ledger, "ctid": "C0"}
    return {"hash": tx_id, "ledger_index": ledger, "validated": True, "tx_json": shown, "meta": meta}


def payment(ledger: int, drops: int = 1_000_000, **fields: Any) -> dict[str, Any]:
    """A plain payment of XRP by ALICE."""
    nodes = [root(ALICE, 900_000_000, 900_000_000 - drops - 12), root(BOB, 5, 5 + drops)]
    return entry(ledger, nodes, delivered=str(drops), Amount=str(drops), **fields)
