"""Policies, facts and transactions for the tests of this room, made from the shared policy cases."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from signer_app.core.effects import AssetAmount, Effect, FeePaid, Transfer
from signer_app.core.facts import FactsDocument, parse_facts
from signer_app.core.identity import proposal_id
from signer_app.core.inspection import Expiry, Inspection, Leg, Signing, Slot, TextField
from signer_app.policy.document import parse_policy
from signer_app.policy.engine import CompiledPolicy, compile_policy

_CASES = Path(__file__).parents[1] / "data" / "vectors" / "policy_cases.json"
NETWORK = "xrpl:0"
XRP = "xrpl:0/slip44:144"
RLUSD = "xrpl:0/iou:524C555344000000000000000000000000000000.rftNemCAMaSrHuR6KEQ6bDpYcp8xjWfWpA"
MAIN = "xrpl:0:rwiiaRDuEms7bf1aFN3F2U88k6rpcxXAgV"
ACME = "xrpl:0:rERa9HxGrRgvjCggjNPsPihcKF5QTo9aAo"
BETA = "xrpl:0:rnZx86anX6VHdgQPrLKXRzdCZUVwSZawMZ"
STRANGER = "xrpl:0:rNgc5T8ygZDQ4bXo33Jjoyu83WWbHSc8EL"
ALICE = "xrpl:0:r3JqhEznRmjXEmYsCe3ktMgScjoZ8bnpLh"
BOB = "xrpl:0:r3SvR2uiRy8H2z1ChEs8mP8JBRwYQXGeQR"
CAROL = "xrpl:0:rJ3MLwhtaGLxPfSQKQaKp5sk9ENMsejzc7"
ERIN = "xrpl:0:rsmWEZfYt8TsPcdWKHAFd8E2VvHSD3FUDt"
SIGNERS = {"alice": ALICE, "bob": BOB, "carol": CAROL, "erin": ERIN}
#: Validated ledger of the facts.
LEDGER = 99_000_000


@cache
def _texts() -> dict[str, str]:
    """Kept as texts: reading one again is the quickest way to a copy of its own."""
    loaded = json.loads(_CASES.read_text())
    first = loaded["cases"][0]["facts"]
    return {
        name: json.dumps(value)
        for name, value in {"cases": loaded["cases"], "policy": loaded["policy"], "facts": first}.items()
    }


def cases() -> list[dict[str, Any]]:
    return list(json.loads(_texts()["cases"]))


def policy_value() -> dict[str, Any]:
    """The BASE policy of the cases, as a value to change."""
    return dict(json.loads(_texts()["policy"]))


def facts_value() -> dict[str, Any]:
    """The facts of the first case, under which everything passes."""
    return dict(json.loads(_texts()["facts"]))


def compiled(value: dict[str, Any] | None = None) -> CompiledPolicy:
    return compile_policy(parse_policy(value or policy_value()))


def read(value: dict[str, Any] | None = None) -> FactsDocument:
    return parse_facts(value or facts_value())


def rule_of(value: dict[str, Any], name: str) -> dict[str, Any]:
    return next(rule for rule in value["rules"] if rule["id"] == name)


def observations(value: dict[str, Any], kind: str, key: str | None = None) -> list[dict[str, Any]]:
    return next(f for f in value["facts"] if f["kind"] == kind and key in (None, f["key"]))["observations"]


def signed_by(value: dict[str, Any], *people: str) -> dict[str, Any]:
    """The facts with signatures of these people present."""
    keys = {key["person"]: key for key in policy_value()["keys"]}
    value["context"]["signatures"] = [
        {"signer": keys[name]["signer"], "public_key": keys[name]["public_key"], "at": "2026-11-20T11:00:00Z"}
        for name in people
    ]
    return value


def transfer(amount: str = "100", **changes: Any) -> Transfer:
    """A payment of RLUSD to acme with its tag."""
    return replace(
        Transfer(
            path="", account=MAIN, to=ACME, tag="17", memo=None, asset=RLUSD, amount=amount, base=None,
            max_spend=None, min_delivered=None, partial=False, paths=False, issue=False,
        ),
        **changes,
    )  # fmt: skip


def fee(worst: str = "0.00006") -> FeePaid:
    return FeePaid(path="", account=MAIN, asset=XRP, amount=worst, worst_case=worst)


def inspected(
    *effects: Effect,
    kind: str = "Payment",
    flags: tuple[str, ...] = ("tfFullyCanonicalSig",),
    texts: tuple[TextField, ...] = (),
    **changes: Any,
) -> Inspection:
    """A multi-signed transaction with these effects (a payment without any) and a fee."""
    done = effects or (transfer(),)
    body = json.dumps([effect.to_json() for effect in done], sort_keys=True)
    made = Inspection(
        proposal_id=proposal_id(network=NETWORK, account=MAIN, encoding="xrpl-blob", body=body),
        body_hash="00" * 32, network=NETWORK, account=MAIN, encoding="xrpl-blob", body=body, mode="multi",
        type=kind, tx_id=None, sequence=Slot("ticket", "501"), expiry=Expiry("ledger", str(LEDGER + 1000)),
        fee=AssetAmount(XRP, "0.00006"),
        effects=(*done, fee()),
        legs=(Leg("", kind, MAIN, flags),),
        texts=texts, signing=Signing("xrpl-multi", None), signatures=(), warnings=(),
    )  # fmt: skip
    return replace(made, **changes)


def fifty_rules() -> dict[str, Any]:
    """A policy of 50 mixed rules for measuring: every kind several times, most of them concerned."""
    value = policy_value()
    kinds = list(value["rules"])
    for turn in range(1, 5):
        for rule in kinds:
            copied = {**copy.deepcopy(rule), "id": f"{rule['id']}-{turn}"}
            if rule["kind"] == "allow":
                copied["match"]["effects"] = ["EscrowOpen", "TrustChange"]
            elif rule["kind"] in ("tx_cap", "rolling_cap") and turn % 2:
                copied["asset"] = XRP
            elif rule["kind"] == "quorum":
                copied["match"] = {"effects": ["Transfer"], "min_amount": str(10**turn)}
            value["rules"].append(copied)
    value["rules"] = value["rules"][:50]
    return value
