"""Bodies for the tests of the Ledger XRP app, and the recordings of the real app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from signer_app.chains.xrpl.codec.writer import write_transaction
from signer_app.chains.xrpl.transaction import open_blob

VECTORS = Path(__file__).parents[1] / "data" / "vectors"
RECORDED = json.loads((VECTORS / "ledger_recorded.json").read_text(encoding="utf-8"))
XRP = [row for row in RECORDED if row["app"].startswith("XRP ")]
REAL = [json.loads(line) for line in (VECTORS / "xrpl_real.jsonl").read_text(encoding="utf-8").splitlines()]

#: Key and address of the recorded device.
KEY = "038368B6F1151E0CD559126AE13910B8B8D790652EB5CC0B5019A63D2E60792961"
OWN = "ra7Zr8ddy9tB88RaXL8B87YkqhEJG2vkAJ"
ACCOUNT = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
OTHER = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
CANONICAL = 0x80000000


def body(kind: str = "Payment", **fields: Any) -> str:
    """The body of a transaction in multi mode; a Payment of 1 XRP unless the fields say other."""
    base: dict[str, Any] = {"Account": ACCOUNT, "Fee": "60", "Sequence": 77, "SigningPubKey": ""}
    if kind == "Payment":
        base |= {"Destination": OTHER, "Amount": "1000000"}
    merged = base | {"TransactionType": kind} | fields
    return (
        write_transaction({name: value for name, value in merged.items() if value is not None}).hex().upper()
    )


def real_bodies() -> list[tuple[str, str]]:
    """(id, body) of every vector that decodes and has an account."""
    rows = [row for row in REAL if not row.get("must_refuse") and row["id"] != "XRP-0069"]
    return [(row["id"], open_blob(bytes.fromhex(row["binary_hex"])).body().hex().upper()) for row in rows]


def issued(value: str = "25000", currency: str = "USD") -> dict[str, str]:
    return {"currency": currency, "issuer": OTHER, "value": value}
