"""Phases, quorums and the people behind signatures; what stands on the ledger; lockout."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_samples import (
    ALICE,
    BOB,
    CAROL,
    ERIN,
    MAIN,
    SIGNERS,
    STRANGER,
    compiled,
    facts_value,
    inspected,
    observations,
    policy_value,
    read,
    rule_of,
    signed_by,
    transfer,
)  # fmt: skip

from signer_app.core.effects import AuthorityChange
from signer_app.core.errors import UsageError
from signer_app.policy.engine import evaluate
from signer_app.policy.quorums import can_fill, fill
from signer_app.policy.report import Report


def judged(
    phase: str, signer: str | None, *present: str, policy: dict[str, Any] | None = None, **context: Any
) -> Report:
    facts = signed_by(facts_value(), *present)
    facts["context"].update(context)
    return evaluate(compiled(policy), inspected(), read(facts), phase=phase, signer=signer)


def person(value: dict[str, Any], name: str) -> dict[str, Any]:
    return next(entry for entry in value["people"] if entry["id"] == name)


def test_propose_shows_what_is_required() -> None:
    report = judged("propose", None)
    assert report.verdict == "ALLOW"
    assert report.required.to_json() == {
        "all_of": [{"role": "finance", "need": 1, "have": 0}, {"role": "security", "need": 1, "have": 0}],
        "persons": 2,
        "devices": 2,
        "ledger": {"quorum": 2, "weight": 0},
    }
    states = {check.code: check.verdict for check in report.checks if check.kind == "quorum"}
    assert set(states) == {"QUORUM", "ROLE", "SAME_DEVICE", "PROPOSER_APPROVES", "QUORUM_BYPASS"}
    assert set(states.values()) == {"NOT_APPLICABLE"}


def test_required_is_the_largest_demand_of_the_rules_that_apply() -> None:
    policy = policy_value()
    policy["rules"] += [
        {"id": "big", "kind": "quorum", "all_of": [{"role": "finance", "need": 2}], "persons": 3,
         "match": {"min_amount": "100"}},
        {"id": "bigger", "kind": "quorum", "all_of": [{"role": "finance", "need": 3}],
         "match": {"min_amount": "101"}},
    ]  # fmt: skip
    required = judged("propose", None, policy=policy).required
    assert [(item.role, item.need) for item in required.all_of] == [("finance", 2), ("security", 1)]
    assert required.persons == 3


def test_a_role_missing_at_signing() -> None:
    policy = policy_value()
    person(policy, "bob")["roles"] = ["operator"]
    assert judged("sign", BOB, policy=policy).codes == ("ROLE",)


def test_suspended_people_and_machines_never_count() -> None:
    for change in ({"suspended": True}, {"machine": True}):
        policy = policy_value()
        person(policy, "carol").update(change)
        assert judged("sign", CAROL, policy=policy).codes == ("ROLE",)
        assert judged("submit", None, "alice", "carol", policy=policy).codes == ("QUORUM", "ROLE")
        assert judged("submit", None, "alice", "erin", policy=policy).verdict == "ALLOW"


def test_a_key_of_nobody_raises_role_and_counts_for_the_ledger_only() -> None:
    facts = signed_by(facts_value(), "alice", "carol")
    facts["context"]["signatures"][1]["public_key"] = "ED" + "00" * 32
    report = evaluate(compiled(), inspected(), read(facts), phase="submit")
    assert report.codes == ("QUORUM", "ROLE")
    assert report.required.ledger_weight == 2


def test_one_device_in_two_hands() -> None:
    policy = policy_value()
    policy["keys"][2]["device"] = "nano-1"
    assert judged("sign", CAROL, policy=policy).verdict == "ALLOW"
    assert judged("sign", CAROL, "alice", policy=policy).codes == ("QUORUM_BYPASS", "SAME_DEVICE")
    assert judged("submit", None, "alice", "carol", policy=policy).codes == ("QUORUM", "SAME_DEVICE")
    rule_of(policy, "q")["devices"] = 1
    assert judged("submit", None, "alice", "carol", policy=policy).verdict == "ALLOW"


def test_the_proposer_does_not_approve_unless_allowed() -> None:
    assert "PROPOSER_APPROVES" in judged("submit", None, "alice", "carol", proposer="alice").codes
    policy = policy_value()
    rule_of(policy, "q")["proposer_may_approve"] = True
    assert judged("submit", None, "alice", "carol", proposer="alice", policy=policy).verdict == "ALLOW"
    assert judged("sign", BOB, proposer=None).codes == ("PROPOSER_APPROVES",)


def test_not_on_the_ledgers_list() -> None:
    assert judged("sign", STRANGER).codes == ("NOT_A_SIGNER", "ROLE")


def test_a_signer_must_be_named_to_be_judged() -> None:
    report = judged("sign", None)
    assert report.verdict == "DENY"
    facts = facts_value()
    facts["context"]["signer"] = BOB
    assert evaluate(compiled(), inspected(), read(facts), phase="sign").verdict == "ALLOW"
    with pytest.raises(UsageError):
        judged("approve", None)


def test_single_mode_is_complete_with_any_signature() -> None:
    single = replace(inspected(), mode="single")
    report = evaluate(compiled(), single, read(), phase="sign", signer=MAIN)
    assert "QUORUM_BYPASS" in report.codes


@pytest.mark.parametrize("order", list(permutations(["alice", "bob", "carol"])))
def test_whoever_completes_the_ledgers_quorum_completes_the_policys(order: tuple[str, ...]) -> None:
    """Signing one by one, nobody ever holds a set that the ledger takes and the policy does not."""
    present: list[str] = []
    for name in order:
        report = judged("sign", SIGNERS[name], *present)
        if report.verdict == "ALLOW":
            present.append(name)
        weight = len(present)
        complete = judged("submit", None, *present).verdict == "ALLOW"
        assert weight < 2 or complete


def test_already_complete_sets_take_no_more_without_policy() -> None:
    assert judged("sign", ERIN, "alice", "bob").verdict == "ALLOW"
    policy = policy_value()
    rule_of(policy, "q")["all_of"][1]["need"] = 2
    assert judged("sign", ERIN, "alice", "bob", policy=policy).codes == ("QUORUM_BYPASS",)


# -- the last lock where no quorum rule speaks ------------------------------------------------------------


def _without_quorum() -> dict[str, Any]:
    policy = policy_value()
    policy["rules"].remove(rule_of(policy, "q"))
    return policy


def _unmatched() -> list[dict[str, Any]]:
    """Policies whose quorum rule does not concern a payment of 100: none at all, by kind, by amount."""
    found = [_without_quorum()]
    for match in ({"effects": ["AuthorityChange"]}, {"min_amount": "100.01"}):
        policy = policy_value()
        rule_of(policy, "q")["match"] = match
        found.append(policy)
    return found


def _last_lock(report: Report) -> list[tuple[str, str]]:
    return [
        (check.code, check.verdict)
        for check in report.checks
        if check.rule == "built-in" and check.kind == "quorum"
    ]


@pytest.mark.parametrize("policy", _unmatched(), ids=["no rule", "another kind", "another amount"])
def test_without_a_quorum_rule_the_ledgers_quorum_alone_never_decides(policy: dict[str, Any]) -> None:
    assert judged("sign", BOB, policy=policy).verdict == "ALLOW", "one of two leaves the ledger's quorum open"
    assert judged("sign", CAROL, "bob", policy=policy).codes == ("QUORUM_BYPASS",)
    assert judged("sign", ERIN, "bob", "carol", policy=policy).codes == ("QUORUM_BYPASS",)
    assert judged("submit", None, "bob", "carol", policy=policy).codes == ("QUORUM_BYPASS",)
    assert judged("submit", None, "bob", policy=policy).codes == ("QUORUM",)
    assert judged("submit", None, policy=policy).codes == ("QUORUM",)


def test_a_proposal_without_a_quorum_rule_is_told_early_and_not_denied() -> None:
    report = judged("propose", None, policy=_without_quorum())
    assert report.verdict == "ALLOW"
    assert _last_lock(report) == [("QUORUM_BYPASS", "NOT_APPLICABLE")]


def test_where_a_quorum_rule_concerns_the_transaction_it_alone_speaks() -> None:
    by_amount = policy_value()
    rule_of(by_amount, "q")["match"] = {"min_amount": "100"}
    for policy in (policy_value(), by_amount):
        for phase, signer in (("propose", None), ("sign", BOB), ("submit", None)):
            assert _last_lock(judged(phase, signer, policy=policy)) == []


def test_one_shape_of_transaction_with_and_without_a_quorum_rule() -> None:
    """Judged after each other over the same facts: what was kept for one must not answer for the other."""
    policy = policy_value()
    rule_of(policy, "q")["match"] = {"min_amount": "1000"}
    ready, facts = compiled(policy), read(signed_by(facts_value(), "alice", "carol"))
    verdicts = [
        evaluate(ready, inspected(transfer(amount)), facts, phase="submit").codes
        for amount in ("1000", "999", "1000", "999")
    ]
    assert verdicts == [(), ("QUORUM_BYPASS",), (), ("QUORUM_BYPASS",)]


def test_the_last_lock_needs_the_ledgers_signers() -> None:
    policy = _without_quorum()
    for phase, signer in (("sign", BOB), ("submit", None)):
        facts = signed_by(facts_value(), "carol")
        facts["facts"] = [fact for fact in facts["facts"] if fact["kind"] != "signers"]
        report = evaluate(compiled(policy), inspected(), read(facts), phase=phase, signer=signer)
        assert _last_lock(report) == [("FACT_MISSING", "INDETERMINATE")]
        assert report.verdict == "DENY"


def test_single_mode_without_a_quorum_rule_is_a_bypass() -> None:
    single = replace(inspected(), mode="single")
    report = evaluate(compiled(_without_quorum()), single, read(), phase="sign", signer=MAIN)
    assert "QUORUM_BYPASS" in report.codes


def test_an_empty_signer_list_is_no_quorum() -> None:
    facts = facts_value()
    for seen in observations(facts, "signers", MAIN):
        seen["value"].update(signers=[], quorum=None)
    report = evaluate(compiled(_without_quorum()), inspected(), read(facts), phase="sign", signer=BOB)
    assert "QUORUM_BYPASS" in report.codes


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from("vwxyz"), st.frozensets(st.sampled_from("abc")), max_size=5),
)
def test_matching_equals_brute_force(groups: list[tuple[str, int]], roles: dict[str, frozenset[str]]) -> None:
    places = [role for role, need in groups for _ in range(need)]
    people = list(roles)
    best = 0
    for chosen in permutations([*people, *[None] * len(places)], len(places)) if len(places) <= 4 else ():
        best = max(
            best,
            sum(who is not None and role in roles[who] for role, who in zip(places, chosen, strict=True)),
        )
    if len(places) <= 4:
        assert sum(fill(groups, roles)) == best
        assert can_fill(groups, roles) == (best == len(places))
    assert all(have <= need for (_, need), have in zip(groups, fill(groups, roles), strict=True))


# -- the account on the ledger ------------------------------------------------------------------------------


def _with_fact(kind: str, **value: Any) -> Report:
    facts = facts_value()
    for seen in observations(facts, kind, MAIN):
        seen["value"].update(value)
    return evaluate(compiled(), inspected(), read(facts))


def test_keys_that_sign_alone() -> None:
    assert _with_fact("account", regular_key=STRANGER).codes == ("REGULAR_KEY_SET",)
    assert _with_fact("account", flags=[]).codes == ("MASTER_KEY_ENABLED",)
    assert _with_fact("signers", master_enabled=True).codes == ("MASTER_KEY_ENABLED",)
    assert _with_fact("signers", master_enabled=None).codes == ("FACT_MISSING",)


def test_drift_of_the_signer_list() -> None:
    four = [{"account": a, "weight": 1} for a in (ALICE, BOB, CAROL, ERIN)]
    assert _with_fact("signers", signers=four).verdict == "ALLOW"
    assert _with_fact("signers", signers=four[:3]).codes == ("SIGNER_DRIFT",)
    assert _with_fact("signers", signers=[*four, {"account": STRANGER, "weight": 1}]).codes == (
        "SIGNER_DRIFT",
    )
    assert _with_fact("signers", signers=[], quorum=None).codes == ("SIGNER_DRIFT",)
    assert _with_fact("signers", signers=[{"account": ALICE}]).codes == ("FACT_MISSING",)


# -- lockout ------------------------------------------------------------------------------------------------


def _change(what: str, after: Any, policy: dict[str, Any] | None = None, **facts_change: Any) -> Report:
    value = policy or policy_value()
    value["rules"].append({"id": "admin", "kind": "allow", "match": {"effects": ["AuthorityChange"]}})
    facts = facts_value()
    for seen in observations(facts, "signers", MAIN):
        seen["value"].update(facts_change)
    change = AuthorityChange(path="", account=MAIN, what=what, before=None, after=after)
    return evaluate(compiled(value), inspected(change, kind="SignerListSet"), read(facts))


def _list(quorum: int, *accounts: str) -> dict[str, Any]:
    return {"quorum": quorum, "signers": [{"account": account, "weight": 1} for account in accounts]}


def test_a_signer_list_must_leave_people_who_can_sign() -> None:
    assert _change("signer_list", _list(2, ALICE, BOB, STRANGER)).verdict == "ALLOW"
    assert _change("signer_list", _list(2, ALICE, STRANGER)).codes == ("LOCKOUT",)
    assert _change("signer_list", _list(3, ALICE, BOB)).codes == ("LOCKOUT",)
    assert _change("signer_list", None).codes == ("LOCKOUT",)
    assert _change("signer_list", "odd").codes == ("LOCKOUT",)


def test_people_who_may_not_sign_do_not_prevent_a_lockout() -> None:
    policy = policy_value()
    person(policy, "bob")["suspended"] = True
    assert _change("signer_list", _list(2, ALICE, BOB), policy).codes == ("LOCKOUT",)


def test_disabling_the_master_key_needs_a_list_that_works() -> None:
    assert _change("master_key", "disabled").verdict == "ALLOW"
    assert "LOCKOUT" in _change("master_key", "disabled", signers=[], quorum=0).codes
    assert "LOCKOUT" in _change("regular_key", None, signers=[], quorum=0).codes
    assert _change("master_key", "enabled").verdict == "ALLOW"


# -- the report ---------------------------------------------------------------------------------------------


def test_report_has_the_shape_of_the_contract() -> None:
    value = judged("submit", None, "alice", "carol").to_json()
    assert list(value) == [
        "verdict", "phase", "active", "proposal_id", "body_hash", "policy", "facts_hash", "required",
        "checks",
    ]  # fmt: skip
    assert value["active"] is True
    for check in value["checks"]:  # type: ignore[union-attr]
        assert list(check) == [
            "rule", "kind", "code", "verdict", "severity", "expected", "actual", "unit", "path", "evidence",
            "message",
        ]  # fmt: skip
        assert all(isinstance(check[name], str) for name in check if name != "evidence")


def test_active_follows_valid_from_and_is_no_check() -> None:
    policy = policy_value()
    policy["valid_from"] = "2026-11-20T12:00:00Z"
    assert judged("propose", None, policy=policy).active
    policy["valid_from"] = "2026-11-20T12:00:01Z"
    report = judged("propose", None, policy=policy)
    assert not report.active
    assert report.verdict == "ALLOW"


def test_hash_of_the_report_changes_with_its_inputs() -> None:
    first = judged("propose", None)
    assert first.hash() == judged("propose", None).hash()
    assert first.hash() != judged("submit", None, "alice", "carol").hash()
    policy = policy_value()
    policy["org"] = "other"
    assert first.hash() != judged("propose", None, policy=policy).hash()
