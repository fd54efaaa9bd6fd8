"""What must hold for all policies, facts and transactions (policy-and-journal 1.7)."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from policy_samples import (
    ACME,
    ALICE,
    BETA,
    BOB,
    CAROL,
    MAIN,
    RLUSD,
    STRANGER,
    XRP,
    compiled,
    facts_value,
    inspected,
    policy_value,
    read,
    rule_of,
    signed_by,
    transfer,
)  # fmt: skip

from signer_app.core.amounts import format_decimal
from signer_app.core.effects import AssetAmount
from signer_app.core.inspection import Expiry, Inspection
from signer_app.policy.checks import FAIL, INDETERMINATE, Level
from signer_app.policy.engine import evaluate

RANK = {"DENY": 0, "NEEDS_OVERRIDE": 1, "ALLOW": 2}
AMOUNTS = st.decimals(min_value=0, max_value=600_000, places=2).map(format_decimal)
LEVELS = st.sampled_from(["hard", "soft", "advisory"])
PHASES = st.sampled_from([("propose", None), ("sign", BOB), ("sign", CAROL), ("submit", None)])
RECEIVERS = st.sampled_from([ACME, BETA, STRANGER])

#: Rules that can only deny.
RESTRICTIONS = st.one_of(
    st.builds(lambda m, a: {"kind": "tx_cap", "asset": a, "max": m}, st.sampled_from(["1", "100", "300000"]),
              st.sampled_from([RLUSD, XRP])),
    st.builds(lambda m, b, w: {"kind": "rolling_cap", "by": b, "asset": RLUSD, "max": m, "window_s": w},
              st.sampled_from(["100", "400000"]), st.sampled_from(["account", "destination"]),
              st.sampled_from([60, 86400])),
    st.builds(lambda m: {"kind": "count_cap", "by": "account", "max": m, "window_s": 86400}, st.integers(1,
    4)),
    st.builds(lambda m: {"kind": "fee_cap", "network": "xrpl:0", "max_base": m}, st.sampled_from(["1",
    "100"])),
    st.just({"kind": "destinations", "source": "address_book"}),
    st.builds(lambda n: {"kind": "expiry", "required": True, "max_ledgers": n}, st.sampled_from([10, 5000])),
    st.builds(lambda role, n: {"kind": "quorum", "all_of": [{"role": role, "need": n}]},
              st.sampled_from(["finance", "security"]), st.integers(1, 2)),
    st.just({"kind": "lookalike", "same_first": 1, "same_last": 1}),
)  # fmt: skip
MATCHES = st.one_of(
    st.none(),
    st.just({"effects": ["Transfer"]}),
    st.just({"assets": [RLUSD], "min_amount": "1000"}),
    st.just({"destinations": ["acme"]}),
    st.just({"effects": ["FeePaid"]}),
)


def level_of(rule: dict[str, Any], level: str) -> str:
    """A quorum is never advisory; the document would be refused."""
    return "soft" if (rule["kind"], level) == ("quorum", "advisory") else level


@st.composite
def rules(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for index, rule in enumerate(draw(st.lists(RESTRICTIONS, max_size=4))):
        match = draw(MATCHES)
        extra = {"match": match} if match else {}
        found.append(
            {**copy.deepcopy(rule), **extra, "id": f"x{index}", "level": level_of(rule, draw(LEVELS))}
        )
    return found


def policy_with(more: list[dict[str, Any]]) -> dict[str, Any]:
    value = policy_value()
    value["rules"] += more
    return value


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Facts with earlier payments and signatures, all of them fresh and agreed."""
    value = signed_by(
        facts_value(), *draw(st.sampled_from([(), ("alice",), ("alice", "carol"), ("bob", "erin")]))
    )
    items = [
        {"id": f"{index:064x}", "asset": RLUSD, "to": ACME, "amount": amount, "at": at, "state": "signed"}
        for index, (amount, at) in enumerate(
            draw(st.lists(st.tuples(AMOUNTS, st.sampled_from(["2026-11-20T01:00:00Z",
            "2026-11-20T12:00:00Z"])),
                          max_size=3))
        )
    ]  # fmt: skip
    for fact in value["facts"]:
        if fact["kind"] == "outflows":
            for seen in fact["observations"]:
                seen["value"]["items"] = items
    return value


def verdict(policy: dict[str, Any], payment: Any, given_facts: Any, phase: tuple[str, str | None]) -> str:
    read_facts = None if given_facts is None else read(given_facts)
    return evaluate(compiled(policy), payment, read_facts, phase=phase[0], signer=phase[1]).verdict.value


@given(rules(), facts(), AMOUNTS, AMOUNTS, PHASES, RECEIVERS)
def test_raising_an_amount_never_helps(
    more: list[dict[str, Any]],
    seen: dict[str, Any],
    one: str,
    two: str,
    phase: tuple[str, str | None],
    to: str,
) -> None:
    low, high = sorted((one, two), key=Decimal)
    policy = policy_with(more)
    before = verdict(policy, inspected(transfer(low, to=to)), seen, phase)
    after = verdict(policy, inspected(transfer(high, to=to)), seen, phase)
    assert RANK[after] <= RANK[before]
    spend = inspected(transfer(low, to=to, max_spend=AssetAmount(RLUSD, high)))
    assert RANK[verdict(policy, spend, seen, phase)] <= RANK[before]


@given(rules(), facts(), AMOUNTS, PHASES, st.randoms())
def test_order_of_rules_and_facts_never_matters(
    more: list[dict[str, Any]], seen: dict[str, Any], amount: str, phase: tuple[str, str | None], shuffle: Any
) -> None:
    policy = policy_with(more)
    payment = inspected(transfer(amount))
    first = evaluate(compiled(policy), payment, read(seen), phase=phase[0], signer=phase[1])
    for name in ("rules", "people", "keys", "assets", "address_book"):
        shuffle.shuffle(policy[name])
    shuffle.shuffle(seen["facts"])
    for fact in seen["facts"]:
        shuffle.shuffle(fact["observations"])
    second = evaluate(compiled(policy), payment, read(seen), phase=phase[0], signer=phase[1])
    assert (first.verdict, first.codes, first.required) == (second.verdict, second.codes, second.required)
    said = [{(c.rule, c.code, c.verdict, c.sentence()) for c in report.checks} for report in (first, second)]
    assert said[0] == said[1]


@given(rules(), RESTRICTIONS, LEVELS, MATCHES, facts(), AMOUNTS, PHASES)
def test_one_more_restriction_never_allows_more(
    more: list[dict[str, Any]], rule: dict[str, Any], level: str, match: Any, seen: dict[str, Any],
    amount: str,
    phase: tuple[str, str | None],
) -> None:  # fmt: skip
    policy = policy_with(more)
    payment = inspected(transfer(amount))
    before = verdict(policy, payment, seen, phase)
    one_more = {**rule, "id": "one-more", "level": level_of(rule, level)}
    policy["rules"].append({**one_more, **({"match": match} if match else {})})
    assert RANK[verdict(policy, payment, seen, phase)] <= RANK[before]


def _remove(fact: dict[str, Any]) -> None:
    fact["observations"] = []


def _age(fact: dict[str, Any]) -> None:
    for seen in fact["observations"]:
        seen["at"] = "2026-11-20T11:00:00Z"


def _age_one(fact: dict[str, Any]) -> None:
    fact["observations"][0]["at"] = "2026-11-20T11:00:00Z"


def _disagree(fact: dict[str, Any]) -> None:
    fact["observations"][0]["value"]["more"] = "x"


def _apart(fact: dict[str, Any]) -> None:
    fact["observations"][0]["ledger"] = "98999997"


@given(
    rules(), facts(), AMOUNTS, PHASES,
    st.dictionaries(st.integers(0, 6), st.sampled_from([_remove, _age, _age_one, _disagree, _apart]),
    min_size=1),
)  # fmt: skip
def test_worse_facts_never_help(
    more: list[dict[str, Any]], seen: dict[str, Any], amount: str, phase: tuple[str, str | None],
    harm: dict[int, Any],
) -> None:  # fmt: skip
    policy = policy_with(more)
    payment = inspected(transfer(amount))
    before = verdict(policy, payment, seen, phase)
    for index, change in harm.items():
        change(seen["facts"][index])
    assert RANK[verdict(policy, payment, seen, phase)] <= RANK[before]
    assert verdict(policy, payment, None, phase) == "DENY"


@given(rules(), facts(), AMOUNTS, PHASES)
def test_verdict_follows_from_the_checks(
    more: list[dict[str, Any]], seen: dict[str, Any], amount: str, phase: tuple[str, str | None]
) -> None:
    report = evaluate(compiled(policy_with(more)), inspected(transfer(amount)), read(seen), phase=phase[0],
                      signer=phase[1])  # fmt: skip
    against = [check.severity for check in report.checks if check.verdict in (FAIL, INDETERMINATE)]
    worst = "DENY" if Level.HARD in against else "NEEDS_OVERRIDE" if Level.SOFT in against else "ALLOW"
    assert report.verdict.value == worst
    assert {rule["id"] for rule in more} <= {check.rule for check in report.checks}


PAYMENTS = st.builds(
    lambda amount, to, tag, kind, flags, expiry: inspected(
        transfer(amount, to=to, tag=tag), kind=kind, flags=flags, expiry=expiry
    ),
    AMOUNTS,
    RECEIVERS,
    st.sampled_from(["17", "5", None]),
    st.sampled_from(["Payment", "CheckCash"]),
    st.sampled_from([(), ("tfLimitQuality",)]),
    st.sampled_from([None, Expiry("ledger", "99000100"), Expiry("time", "1")]),
)


@given(rules(), st.lists(PAYMENTS, min_size=2, max_size=6))
def test_a_policy_that_judged_others_before_answers_the_same(
    more: list[dict[str, Any]], payments: list[Inspection]
) -> None:
    """What is kept between evaluations never shows."""
    policy, shared = compiled(policy_with(more)), read()
    for payment in payments:
        fresh = evaluate(compiled(policy_with(more)), payment, read())
        assert evaluate(policy, payment, shared).hash() == fresh.hash()


def test_rules_are_not_weakened_by_an_unrelated_allow() -> None:
    policy = policy_value()
    policy["rules"].append({"id": "all", "kind": "allow"})
    rule_of(policy, "cap")["max"] = "1"
    assert evaluate(compiled(policy), inspected(), read()).verdict == "DENY"
    outside = replace(inspected(), account=ALICE)
    assert "OP_SOURCE" in evaluate(compiled(policy), outside, read()).codes
    assert MAIN != ALICE
