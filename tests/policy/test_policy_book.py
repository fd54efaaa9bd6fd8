"""The address book for people: states of entries and look-alikes, as the rules have them."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from signer_app.chains.xrpl.address import encode_address
from signer_app.core.canonical import canonical
from signer_app.policy.book import book_lines, entry_status, receiver_rule
from signer_app.policy.document import PolicyDocument, read_policy

CASES = Path(__file__).parents[1] / "data" / "vectors" / "policy_cases.json"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def policy(**changes: Any) -> PolicyDocument:
    document = copy.deepcopy(json.loads(CASES.read_text(encoding="utf-8"))["policy"])
    document["address_book"][0].update(changes)
    return read_policy(canonical(document))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "active"),
        ({"active_after": "2026-11-20T12:00:00Z"}, "active"),
        ({"active_after": "2026-11-20T12:00:01Z"}, "cooling"),
        ({"expires_at": "2026-11-20T12:00:00Z"}, "expired"),
        ({"expires_at": "2026-11-20T12:00:01Z"}, "active"),
        ({"status": "suspended", "expires_at": "2026-11-20T12:00:00Z"}, "suspended"),
    ],
)
def test_states(changes: dict[str, str], status: str) -> None:
    values = {"active_after": "2026-01-01T00:00:00Z", "expires_at": None, **changes}
    assert entry_status(policy(**values).body.address_book[0], NOW) == status


def test_an_address_that_begins_and_ends_like_another_is_named_with_it() -> None:
    """Looked for by its last letter alone, so that one is found at once."""
    base = policy()
    network, _, address = base.body.accounts[0].account.rpartition(":")
    candidates = (encode_address(number.to_bytes(20, "big")) for number in count(1))
    twin = next(found for found in candidates if found[-1].casefold() == address[-1].casefold())
    document = copy.deepcopy(base.raw)
    document["address_book"][0]["account"] = f"{network}:{twin}"  # type: ignore[index,call-overload]
    assert book_lines(read_policy(canonical(document)), NOW)[0].alike == ()
    rules = [rule for rule in document["rules"] if rule["kind"] != "lookalike"]  # type: ignore[union-attr,index,call-overload]
    document["rules"] = [*rules, {"id": "look", "kind": "lookalike", "same_first": 1, "same_last": 1}]
    alike = book_lines(read_policy(canonical(document)), NOW)[0].alike
    assert any(address in text for text in alike)
    assert not any(twin in text for text in alike)


def test_the_rule_that_refuses_strangers_is_named() -> None:
    document = policy()
    assert receiver_rule(document) in [rule.id for rule in document.rules if rule.kind == "destinations"]
