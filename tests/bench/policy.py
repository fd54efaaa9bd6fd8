"""Decoding and judging: 1,000 different payments under a policy of 50 rules."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from signer_app.chains.intents import Pay, Terms
from signer_app.chains.port import Source
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.core.canonical import canonical
from signer_app.core.facts import parse_facts
from signer_app.core.inspection import Slot
from signer_app.policy.document import read_policy
from signer_app.policy.engine import compile_policy, evaluate
from tests.bench.calibration import JSON
from tests.bench.measure import Figure, Setup, measure

CASES = Path(__file__).parents[1] / "data" / "vectors" / "policy_cases.json"
PROPOSALS, RULES = 1000, 50
NETWORK = "xrpl:0"


def fifty_rules(base: dict[str, object]) -> bytes:
    """The worked policy with its caps and scopes repeated under other ids, up to 50 rules."""
    document = copy.deepcopy(base)
    rules = document["rules"]
    if not isinstance(rules, list):
        raise TypeError("rules is a list")
    kinds = [
        rule for rule in rules if rule["kind"] in ("tx_cap", "rolling_cap", "count_cap", "fee_cap", "allow")
    ]
    for number in range(RULES - len(rules)):
        extra = copy.deepcopy(kinds[number % len(kinds)])
        rules.append({**extra, "id": f"{extra['id']}-{number}"})
    return canonical(document)


def figures(setup: Setup) -> Iterator[Figure]:
    """policy: judging alone. decode-policy: bytes to verdict, with both readers."""
    if setup.wanted.isdisjoint({"policy", "decode-policy"}):
        return
    vectors = json.loads(CASES.read_text(encoding="utf-8"))
    policy = compile_policy(read_policy(fifty_rules(vectors["policy"])))
    facts = parse_facts(vectors["cases"][0]["facts"])
    chain = XrplChain()
    bodies = [body.encode() for body in _payments(chain, vectors["policy"])]
    inspections = [chain.inspect(Source(body, network=NETWORK)) for body in bodies]
    for inspection in inspections[:3]:
        if evaluate(policy, inspection, facts).verdict != "ALLOW":
            raise RuntimeError("the bench judges payments that are allowed")

    def judge() -> None:
        for inspection in inspections:
            evaluate(policy, inspection, facts)

    def decode_and_judge() -> None:
        for body in bodies:
            evaluate(policy, chain.inspect(Source(body, network=NETWORK)), facts)

    if "policy" in setup.wanted:
        yield measure("policy", judge, units=PROPOSALS, unit="verdicts/s", loop=JSON, rounds=15)
    if "decode-policy" in setup.wanted:
        yield measure("decode-policy", decode_and_judge, units=PROPOSALS, unit="proposals/s", loop=JSON)


def _payments(chain: XrplChain, policy: dict[str, object]) -> Iterator[str]:
    accounts, book = policy["accounts"], policy["address_book"]
    if not isinstance(accounts, list) or not isinstance(book, list):
        raise TypeError("accounts and address_book are lists")
    for number in range(PROPOSALS):
        intent = Pay(
            to=book[0]["account"],
            asset=book[0]["assets"][0],
            amount=Decimal(100 + number),
            tag=book[0]["tag"],
        )
        terms = Terms(Slot("ticket", str(501 + number)), 99_005_000, 60)
        yield chain.compose(intent, network=NETWORK, account=accounts[0]["account"], terms=terms)
