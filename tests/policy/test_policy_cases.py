"""The shared worked cases, judged from bytes (tests/data/vectors/policy_cases.json)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from policy_samples import cases, compiled, policy_value

from signer_app.chains.port import Source
from signer_app.chains.registry import chain_of
from signer_app.core.facts import parse_facts
from signer_app.policy.engine import evaluate
from signer_app.policy.replay import Stored, replay
from signer_app.policy.report import Report


def _judged(case: dict[str, Any]) -> Report:
    policy = compiled(None if case["policy"] == "BASE" else case["policy"])
    inspection = chain_of(case["network"]).inspect(Source(case["file"].encode(), network=case["network"]))
    facts = parse_facts(case["facts"]) if case["facts"] else None
    return evaluate(policy, inspection, facts, phase=case["phase"], signer=case["signer"])


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_case_gives_exactly_the_expected_verdict_and_codes(case: dict[str, Any]) -> None:
    report = _judged(case)
    expected = case["expect"]
    assert report.verdict == expected["verdict"]
    assert report.proposal_id == expected["proposal_id"]
    if expected["codes_any"]:
        assert set(expected["codes_any"]) & set(report.codes)
    else:
        assert list(report.codes) == sorted(expected["codes"])


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_case_replays_to_the_same_report(case: dict[str, Any]) -> None:
    report = _judged(case)
    inspection = report.case.subject.inspection
    policy = policy_value() if case["policy"] == "BASE" else case["policy"]
    stored = Stored(
        network=inspection.network,
        account=inspection.account,
        body=inspection.body,
        policy=json.dumps(policy).encode(),
        facts=json.dumps(case["facts"]).encode() if case["facts"] else None,
        phase=case["phase"],
        signer=case["signer"],
    )
    assert replay(stored, report.hash()).same
    assert not replay(stored, "00" * 32).same


def test_there_are_34_cases() -> None:
    assert len(cases()) == 34
