"""Overrides in the pure engine: soft failures alone, for these bytes, under this policy, by the quorum."""

from __future__ import annotations

from typing import Any

import pytest
from policy_samples import compiled, facts_value, inspected, policy_value, read, rule_of, signed_by, transfer

from signer_app.core.canonical import canonical_hash
from signer_app.core.inspection import Inspection
from signer_app.policy.engine import evaluate
from signer_app.policy.report import Report

LARGE = "900000"
CAPS = [{"rule": "cap", "code": "TX_CAP"}, {"rule": "day", "code": "ROLLING_CAP"}]


def soft_policy(need: int = 1, **changes: Any) -> dict[str, Any]:
    """Both caps are soft; the override quorum is ``need`` of security; carol and erin hold the role."""
    policy = policy_value()
    for name in ("cap", "day"):
        rule_of(policy, name)["level"] = "soft"
    for person in policy["people"]:
        if person["id"] in ("carol", "erin"):
            person["roles"] = [*person["roles"], "security"]
    policy["override_quorum"] = {"all_of": [{"role": "security", "need": need}]}
    return {**policy, **changes}


def by(name: str, policy: dict[str, Any], payment: Inspection, **changes: Any) -> dict[str, Any]:
    return {
        "person": name, "policy_hash": canonical_hash(policy), "proposal_id": payment.proposal_id,
        "body_hash": payment.body_hash, "checks": CAPS, **changes,
    }  # fmt: skip


def judged(
    policy: dict[str, Any], overrides: list[dict[str, Any]], payment: Inspection, *, phase: str = "propose",
    facts: dict[str, Any] | None = None,
) -> Report:  # fmt: skip
    value = facts or facts_value()
    value["context"]["overrides"] = overrides
    return evaluate(compiled(policy), payment, read(value), phase=phase)


PAYMENT = inspected(transfer(LARGE))


def test_the_sample_needs_an_override() -> None:
    report = judged(soft_policy(), [], PAYMENT)
    assert report.verdict == "NEEDS_OVERRIDE"
    assert [check.kind for check in report.checks if check.kind == "override"] == []


def test_a_complete_quorum_makes_it_allowed_and_says_by_whom() -> None:
    policy = soft_policy(2)
    one = judged(policy, [by("carol", policy, PAYMENT)], PAYMENT)
    assert one.verdict == "NEEDS_OVERRIDE"
    (check,) = [check for check in one.checks if check.kind == "override"]
    assert (check.code, check.verdict, check.actual) == ("QUORUM", "FAIL", ("carol",))
    assert "1 of 2" in check.sentence()
    two = judged(policy, [by("carol", policy, PAYMENT), by("erin", policy, PAYMENT)], PAYMENT)
    assert two.verdict == "ALLOW"
    (check,) = [check for check in two.checks if check.kind == "override"]
    assert (check.verdict, check.expected, check.actual) == ("PASS", ("2 of security",), ("carol", "erin"))
    assert {c.code for c in two.checks if c.verdict == "FAIL"} == {"TX_CAP", "ROLLING_CAP"}


def test_one_person_is_one_voice() -> None:
    policy = soft_policy(2)
    twice = [by("carol", policy, PAYMENT), by("carol", policy, PAYMENT, reason="again")]
    assert judged(policy, twice, PAYMENT).verdict == "NEEDS_OVERRIDE"


def test_every_failure_needs_the_quorum_by_itself() -> None:
    policy = soft_policy(2)
    split = [
        by("carol", policy, PAYMENT),
        by("erin", policy, PAYMENT, checks=CAPS[:1]),
    ]
    report = judged(policy, split, PAYMENT)
    assert report.verdict == "NEEDS_OVERRIDE"
    (check,) = [check for check in report.checks if check.kind == "override"]
    assert "ROLLING_CAP of day (1 of 2)" in check.sentence()
    assert "TX_CAP" not in check.sentence()
    rest = by("erin", policy, PAYMENT, checks=CAPS[1:])
    assert judged(policy, [*split, rest], PAYMENT).verdict == "ALLOW"


@pytest.mark.parametrize(
    "change",
    [
        {"proposal_id": "00" * 32}, {"body_hash": "11" * 32}, {"policy_hash": "22" * 32}, {"checks": []},
        {"checks": "cap"}, {"checks": [{"rule": "cap", "code": "FACT_MISSING"}]}, {"person": "alice"},
        {"person": "nobody"}, {"person": 5}, {"checks": [{"rule": "other", "code": "TX_CAP"}]},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_for_something_else_does_not_count(change: dict[str, Any]) -> None:
    policy = soft_policy()
    assert judged(policy, [by("carol", policy, PAYMENT)], PAYMENT).verdict == "ALLOW"
    assert judged(policy, [by("carol", policy, PAYMENT, **change)], PAYMENT).verdict == "NEEDS_OVERRIDE"


@pytest.mark.parametrize("change", ["suspended", "machine"])
def test_who_has_no_voice_does_not_count(change: str) -> None:
    policy = soft_policy()
    next(person for person in policy["people"] if person["id"] == "erin")[change] = True
    assert judged(policy, [by("erin", policy, PAYMENT)], PAYMENT).verdict == "NEEDS_OVERRIDE"
    assert judged(policy, [by("carol", policy, PAYMENT)], PAYMENT).verdict == "ALLOW"


def test_a_hard_failure_is_never_overridden() -> None:
    policy = soft_policy()
    rule_of(policy, "day")["level"] = "hard"
    report = judged(policy, [by("carol", policy, PAYMENT)], PAYMENT)
    assert (report.verdict, report.codes) == ("DENY", ("ROLLING_CAP",))
    halted = facts_value()
    halted["context"]["halt"] = {"person": "erin"}
    report = judged(soft_policy(), [by("carol", soft_policy(), PAYMENT)], PAYMENT, facts=halted)
    assert (report.verdict, report.codes) == ("DENY", ("HALTED",))


def test_without_an_override_quorum_nobody_overrides() -> None:
    policy = soft_policy()
    del policy["override_quorum"]
    report = judged(policy, [by("carol", policy, PAYMENT)], PAYMENT)
    assert report.verdict == "NEEDS_OVERRIDE"
    assert [check.verdict for check in report.checks if check.kind == "override"] == ["FAIL"]


@pytest.mark.parametrize(("may", "verdict"), [(False, "NEEDS_OVERRIDE"), (True, "ALLOW")])
def test_the_proposer_counts_only_where_the_proposer_may_approve(may: bool, verdict: str) -> None:
    policy = soft_policy()
    rule_of(policy, "q")["proposer_may_approve"] = may
    facts = facts_value()
    facts["context"]["proposer"] = "carol"
    assert judged(policy, [by("carol", policy, PAYMENT)], PAYMENT, facts=facts).verdict == verdict


def test_where_the_proposer_is_unknown_and_barred_nobody_counts() -> None:
    policy = soft_policy()
    facts = facts_value()
    facts["context"]["proposer"] = None
    report = judged(policy, [by("carol", policy, PAYMENT)], PAYMENT, facts=facts)
    assert report.verdict == "NEEDS_OVERRIDE"


@pytest.mark.parametrize("phase", ["propose", "submit"])
def test_it_holds_in_every_phase(phase: str) -> None:
    policy = soft_policy()
    facts = signed_by(facts_value(), "bob", "carol")
    plain = judged(policy, [], PAYMENT, phase=phase, facts=facts)
    assert plain.verdict == "NEEDS_OVERRIDE"
    done = judged(policy, [by("carol", policy, PAYMENT)], PAYMENT, phase=phase, facts=facts)
    assert done.verdict == "ALLOW"


def test_a_soft_quorum_is_overridden_only_by_name() -> None:
    policy = soft_policy()
    rule_of(policy, "q")["level"] = "soft"
    facts = signed_by(facts_value(), "bob")
    small = inspected(transfer("100"))
    caps = [by("carol", policy, small)]
    assert judged(policy, caps, small, phase="submit", facts=facts).verdict == "NEEDS_OVERRIDE"
    named = [by("carol", policy, small, checks=[{"rule": "q", "code": "QUORUM"}])]
    assert judged(policy, named, small, phase="submit", facts=facts).verdict == "ALLOW"


def test_where_nothing_soft_stands_overrides_say_nothing() -> None:
    policy, small = soft_policy(), inspected(transfer("100"))
    report = judged(policy, [by("carol", policy, small)], small)
    assert report.verdict == "ALLOW"
    assert [check for check in report.checks if check.kind == "override"] == []


def test_a_halt_is_said_with_who_when_and_why() -> None:
    facts = facts_value()
    facts["context"]["halt"] = {
        "person": "carol", "at": "2026-11-20T11:59:00Z", "reason": "keys {stolen}\x1b[31m."
    }  # fmt: skip
    (check,) = [c for c in judged(policy_value(), [], PAYMENT, facts=facts).checks if c.code == "HALTED"]
    words = check.sentence()
    assert "carol stopped signing and sending at 2026-11-20T11:59:00Z: keys {stolen}" in words
    assert "\x1b" not in words


@pytest.mark.parametrize("halt", [{"x": 1}, {}, {"person": 5, "reason": None}, {"person": "a" * 5000}])
def test_a_halt_that_cannot_be_read_stops_all_the_same(halt: dict[str, Any]) -> None:
    facts = facts_value()
    facts["context"]["halt"] = halt
    report = judged(policy_value(), [], inspected(), facts=facts)
    assert report.codes == ("HALTED",)
    report.to_json()
