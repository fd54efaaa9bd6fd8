"""Replay: judge stored bytes again with the stored policy and facts, and compare (DESIGN section 2).

The journal keeps body, policy and facts by hash, and the hash of the report. Years later the same four give
the same report, or the journal, the store or the program is not what it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from signer_app.chains.port import Source
from signer_app.chains.registry import chain_of
from signer_app.core.canonical import read_json
from signer_app.core.facts import parse_facts
from signer_app.policy.document import read_policy
from signer_app.policy.engine import compile_policy, evaluate
from signer_app.policy.report import Report


@dataclass(frozen=True, slots=True)
class Stored:
    """What a verdict was made from. ``body`` is the text form of CONTRACTS C1; policy and facts are files."""

    network: str
    account: str
    body: str
    policy: bytes
    facts: bytes | None
    phase: str
    signer: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """``same`` is whether the report's hash is the stored one."""

    report: Report
    report_hash: str
    same: bool


def replay(stored: Stored, report_hash: str) -> Replayed:
    """Evaluate again and compare hashes. Raises MalformedError where a stored part cannot be read any
    more.
    """
    source = Source(stored.body.encode("utf-8"), network=stored.network, account=stored.account)
    inspection = chain_of(stored.network).inspect(source)
    facts = None if stored.facts is None else parse_facts(read_json(stored.facts))
    policy = compile_policy(read_policy(stored.policy))
    report = evaluate(policy, inspection, facts, phase=stored.phase, signer=stored.signer)
    now = report.hash()
    return Replayed(report, now, now == report_hash)
