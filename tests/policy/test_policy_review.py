"""Regressions of a hostile reading: quorums are no advice, a match says something, nothing counts twice."""

from __future__ import annotations

from typing import Any

import pytest
from policy_samples import (
    ACME,
    BETA,
    CAROL,
    NETWORK,
    RLUSD,
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

from signer_app.core.errors import MalformedError
from signer_app.policy.document import parse_policy
from signer_app.policy.engine import evaluate

OTHER_NETWORK = "xrpl:1"


# -- quorums -----------------------------------------------------------------------------------------------


def test_an_advisory_quorum_is_malformed() -> None:
    value = policy_value()
    rule_of(value, "q")["level"] = "advisory"
    with pytest.raises(MalformedError) as caught:
        parse_policy(value)
    assert (caught.value.code, caught.value.exit_code) == ("MALFORMED", 3)
    assert "rules[5].level" in caught.value.message
    assert "never advisory" in caught.value.message


@pytest.mark.parametrize(("level", "verdict"), [(None, "DENY"), ("hard", "DENY"), ("soft", "NEEDS_OVERRIDE")])
def test_a_missing_quorum_is_always_an_objection(level: str | None, verdict: str) -> None:
    value = policy_value()
    if level is not None:
        rule_of(value, "q")["level"] = level
    facts = read(signed_by(facts_value(), "carol"))
    report = evaluate(compiled(value), inspected(), facts, phase="submit")
    assert report.verdict == verdict
    (quorum,) = [check for check in report.checks if check.code == "QUORUM"]
    assert quorum.verdict == "FAIL"


@pytest.mark.parametrize("level", ["hard", "soft"])
def test_a_filled_quorum_allows(level: str) -> None:
    value = policy_value()
    rule_of(value, "q")["level"] = level
    facts = read(signed_by(facts_value(), "bob", "carol", "erin"))
    report = evaluate(compiled(value), inspected(), facts, phase="submit")
    (quorum,) = [check for check in report.checks if check.code == "QUORUM"]
    assert (quorum.verdict, report.verdict) == ("PASS", "ALLOW")


# -- matches -----------------------------------------------------------------------------------------------

MEMBERS = ("networks", "accounts", "effects", "transactions", "assets", "destinations", "origins", "tags")


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("rule", ["pay", "cap"])
def test_an_empty_list_in_a_match_is_malformed(rule: str, member: str) -> None:
    """It reads like no condition and would match nothing: a cap that never holds."""
    value = policy_value()
    rule_of(value, rule)["match"] = {member: []}
    with pytest.raises(MalformedError) as caught:
        parse_policy(value)
    assert caught.value.code == "MALFORMED"
    assert f".match.{member}" in caught.value.message


def test_a_restriction_for_another_network_alone_never_matches() -> None:
    value = policy_value()
    rule_of(value, "cap")["match"] = {"networks": [OTHER_NETWORK]}
    over = inspected(transfer("250000.01"))
    assert "TX_CAP" not in evaluate(compiled(value), over, read(), phase="propose").codes
    rule_of(value, "cap")["match"] = {"networks": [OTHER_NETWORK, NETWORK]}
    assert "TX_CAP" in evaluate(compiled(value), over, read(), phase="propose").codes


def test_a_permission_for_another_network_alone_permits_nothing() -> None:
    value = policy_value()
    rule_of(value, "pay")["match"]["networks"] = [OTHER_NETWORK]
    report = evaluate(compiled(value), inspected(), read(), phase="propose")
    assert report.verdict == "DENY"
    rule_of(value, "pay")["match"]["networks"] = [NETWORK]
    assert evaluate(compiled(value), inspected(), read(), phase="propose").verdict == "ALLOW"


def test_a_receiver_may_be_named_by_its_account() -> None:
    """An account that stands in no book is no misspelt id; it is a receiver that can come up."""
    value = policy_value()
    rule_of(value, "cap")["match"] = {"destinations": [CAROL]}
    over = inspected(transfer("250000.01"))
    assert "TX_CAP" not in evaluate(compiled(value), over, read(), phase="propose").codes
    rule_of(value, "cap")["match"] = {"destinations": [ACME]}
    assert "TX_CAP" in evaluate(compiled(value), over, read(), phase="propose").codes


# -- outflows ----------------------------------------------------------------------------------------------


def with_outflows(ledger: list[dict[str, Any]], local: list[dict[str, Any]]) -> dict[str, Any]:
    """Facts in which the ledger's operators and our own journal say these payments."""
    facts = facts_value()
    seen = observations(facts, "outflows")
    for one in seen:
        one["value"]["items"] = ledger
    ours = {**seen[0], "source": "local", "operator": "local", "ledger": None}
    seen.append({**ours, "value": {"complete": True, "items": local}})
    return facts


def paid(amount: str, to: str = ACME, name: str = "a") -> dict[str, Any]:
    return {"id": name * 64, "asset": RLUSD, "to": to, "amount": amount, "at": "2026-11-20T01:00:00Z",
            "state": "confirmed"}  # fmt: skip


@pytest.mark.parametrize(
    "ours",
    [paid("300000", BETA), {**paid("300000"), "to": None}, paid("300000"), paid("1", BETA)],
    ids=["another receiver", "no receiver", "the same", "another receiver and amount"],
)
def test_a_payment_that_the_ledger_knows_is_counted_once(ours: dict[str, Any]) -> None:
    """The cap is 500,000 in a day; the ledger says 300,000 of it are gone."""
    facts = read(with_outflows([paid("300000")], [ours]))
    at_the_cap = inspected(transfer("200000"))
    assert evaluate(compiled(), at_the_cap, facts, phase="propose").verdict == "ALLOW"
    over = inspected(transfer("200000.01"))
    assert evaluate(compiled(), over, facts, phase="propose").codes == ("ROLLING_CAP",)


def test_a_payment_to_several_receivers_that_only_we_know_counts_whole() -> None:
    ours = [paid("100000"), paid("100000", BETA), paid("50000", BETA)]
    facts = read(with_outflows([paid("50000", name="b")], ours))
    at_the_cap = inspected(transfer("200000"))
    assert evaluate(compiled(), at_the_cap, facts, phase="propose").verdict == "ALLOW"
    over = inspected(transfer("200000.01"))
    assert evaluate(compiled(), over, facts, phase="propose").codes == ("ROLLING_CAP",)
