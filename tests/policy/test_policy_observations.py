"""How the engine judges facts: age, future, agreement (CONTRACTS B)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from policy_samples import MAIN, compiled, facts_value, inspected, observations, policy_value, read

from signer_app.core.facts import Fact, Observation
from signer_app.policy.engine import evaluate
from signer_app.policy.observations import Decided, Undecided, judge_fact
from signer_app.policy.schema import FactRules

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULES = FactRules(min_agree=2, max_age_s={"default": 120, "account": 60}, offline_max_age_s={"default": 3600})


def seen(operator: str, age: float = 10, ledger: str | None = "100", **value: Any) -> Observation:
    return Observation(f"node-{operator}", operator, NOW - timedelta(seconds=age), ledger, value or {"a": 1})


def code(*observed: Observation, kind: str = "network", mode: str = "online") -> str:
    judgement = judge_fact(Fact(kind, "k", observed), kind, "k", RULES, NOW, mode)
    assert judge_fact(Fact(kind, "k", observed[::-1]), kind, "k", RULES, NOW, mode).__class__ is type(
        judgement
    )
    return judgement.code if isinstance(judgement, Undecided) else "ok"


def test_nothing_seen_is_missing() -> None:
    assert code() == "FACT_MISSING"
    assert isinstance(judge_fact(None, "network", "k", RULES, NOW, "online"), Undecided)


@pytest.mark.parametrize(
    ("age", "kind", "mode", "expected"),
    [
        (120, "network", "online", "ok"),
        (121, "network", "online", "FACT_STALE"),
        (120.5, "network", "online", "FACT_STALE"),
        (60, "account", "online", "ok"),
        (61, "account", "online", "FACT_STALE"),
        (3600, "account", "offline", "ok"),
        (3601, "account", "offline", "FACT_STALE"),
        (-5, "network", "online", "ok"),
        (-6, "network", "online", "FACT_STALE"),
    ],
)
def test_age(age: float, kind: str, mode: str, expected: str) -> None:
    assert code(seen("a", age), seen("b", age), kind=kind, mode=mode) == expected


def test_agreement_of_operators_not_of_sources() -> None:
    assert code(seen("a")) == "FACT_MISSING"
    twice = seen("a"), Observation("node-z", "a", NOW, "100", {"a": 1})
    assert code(*twice) == "FACT_MISSING"
    assert code(seen("a"), seen("b", 500)) == "FACT_STALE"
    assert code(seen("a"), seen("b"), seen("c", 500)) == "ok"
    assert code(seen("a", a=1), seen("b", a=2)) == "FACT_DISAGREES"
    assert code(seen("a", a=1), seen("b", a=1), seen("c", a=2)) == "FACT_DISAGREES"


def test_only_the_newest_of_each_operator_counts() -> None:
    assert code(seen("a", 50, a=2), seen("a", 10, a=1), seen("b", a=1)) == "ok"
    assert code(seen("a", 10, a=2), seen("a", 10, a=1), seen("b", a=1)) == "FACT_DISAGREES"


def test_ledgers_may_be_two_apart() -> None:
    assert code(seen("a", ledger="100"), seen("b", ledger="102")) == "ok"
    assert code(seen("a", ledger="100"), seen("b", ledger="103")) == "FACT_DISAGREES"


def test_the_lowest_of_what_moves_is_taken() -> None:
    high = seen("a", validated="102", close_time="2026-11-20T11:59:59Z", base_fee="10")
    low = seen("b", validated="99", close_time="2026-11-20T11:59:51Z", base_fee="10")
    for pair in ((high, low), (low, high)):
        judgement = judge_fact(Fact("network", "k", pair), "network", "k", RULES, NOW, "online")
        assert isinstance(judgement, Decided)
        assert judgement.value == {"validated": "99", "close_time": "2026-11-20T11:59:51Z", "base_fee": "10"}


def test_values_without_a_canonical_form_are_not_agreed() -> None:
    assert code(seen("a", a=2**60), seen("b", a=2**60)) == "FACT_DISAGREES"


def test_without_facts_everything_that_needs_one_is_missing() -> None:
    report = evaluate(compiled(), inspected(), None)
    assert report.codes == ("FACT_MISSING",)
    assert not report.active
    assert report.to_json()["facts_hash"] is None


@pytest.mark.parametrize("index", range(7))
def test_each_fact_is_needed_or_concerns_another_receiver(index: int) -> None:
    facts = facts_value()
    fact = facts["facts"].pop(index)
    report = evaluate(compiled(), inspected(), read(facts))
    needed = fact["kind"] != "account" or fact["key"] in (MAIN, inspected().effects[0].to_json()["to"])
    assert report.codes == (("FACT_MISSING",) if needed else ())


def test_evidence_names_sources_and_ledgers() -> None:
    report = evaluate(compiled(), inspected(), read())
    check = next(c for c in report.checks if c.code == "SIGNER_DRIFT").to_json()
    assert check["evidence"] == [
        {"source": "node-a", "at": "2026-11-20T11:59:50Z", "ledger": "99000000"},
        {"source": "node-b", "at": "2026-11-20T11:59:50Z", "ledger": "99000000"},
    ]


def test_offline_mode_takes_older_facts() -> None:
    facts = facts_value()
    for seen_one in [o for fact in facts["facts"] for o in fact["observations"]]:
        seen_one["at"] = "2026-11-19T12:00:00Z"
    assert evaluate(compiled(), inspected(), read(facts)).codes == ("FACT_STALE",)
    facts["mode"] = "offline"
    assert evaluate(compiled(), inspected(), read(facts)).verdict == "ALLOW"


def test_min_agree_one_takes_one_operator() -> None:
    policy, facts = policy_value(), facts_value()
    policy["facts"]["min_agree"] = 1
    for fact in facts["facts"]:
        del fact["observations"][1:]
    assert evaluate(compiled(policy), inspected(), read(facts)).verdict == "ALLOW"
    assert observations(facts, "signers")[0]["operator"] == "op-a"
