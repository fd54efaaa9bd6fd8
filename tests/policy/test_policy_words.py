"""Every kind of rule in words, and which way each difference between two policies goes."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from policy_samples import policy_value

from signer_app.policy.diff import changes, diff_policies
from signer_app.policy.document import PolicyDocument, parse_policy
from signer_app.policy.rules import RULE_MODELS
from signer_app.policy.words import amount_words, quorum_words, rules_in_words, span_words

ASSET = policy_value()["assets"][0]["id"]
LABEL = policy_value()["assets"][0]["label"]
ACCOUNT = policy_value()["accounts"][0]["id"]
NET = policy_value()["networks"][0]
KEEP = [rule for rule in policy_value()["rules"] if rule["kind"] in ("allow", "quorum")]

GROUPS = [{"role": "finance", "need": 1}, {"role": "security", "need": 2}]
#: Kind -> (members of the rule, its sentence).
SENTENCES: dict[str, list[tuple[dict[str, Any], str]]] = {
    "allow": [
        ({"transactions": ["Payment"]}, "Payment may be signed"),
        ({}, "Any transaction may be signed"),
        (
            {
                "transactions": ["Payment", "TrustSet"],
                "flags": ["tfPartialPayment"],
                "match": {"accounts": [ACCOUNT]},
            },
            f"Payment or TrustSet may be signed, flags tfPartialPayment; only from {ACCOUNT}",
        ),
    ],
    "tx_cap": [
        (
            {"asset": ASSET, "max": "1500.50", "match": {"accounts": [ACCOUNT], "min_amount": "1"}},
            f"{LABEL} out of {ACCOUNT}: at most 1,500.50 in one transaction; only from 1 on",
        )
    ],
    "rolling_cap": [
        (
            {
                "asset": ASSET,
                "max": "500000.00",
                "window_s": 86400,
                "by": "account",
                "match": {"accounts": [ACCOUNT]},
            },
            f"{LABEL} out of {ACCOUNT}: at most 500,000.00 in any 24 hours",
        ),
        (
            {"asset": ASSET, "max": "7", "window_s": 604800, "by": "destination"},
            f"{LABEL} out of each account to any one receiver: at most 7 in any 7 days",
        ),
    ],
    "count_cap": [
        (
            {"max": 5, "window_s": 3600, "by": "account"},
            "Payments out of each account: at most 5 in any 1 hour",
        )
    ],
    "destinations": [
        (
            {"source": "address_book"},
            "Every receiver is in the address book, is active, and gets the tag, memo and assets of its "
            "entry",
        )
    ],
    "quorum": [
        (
            {"all_of": GROUPS, "persons": 3, "devices": 2},
            "Signatures of 1 of finance and 2 of security; 3 people with 2 devices; "
            "whoever proposed does not count",
        ),
        (
            {"all_of": GROUPS[:1], "proposer_may_approve": True},
            "Signatures of 1 of finance; whoever proposed counts",
        ),
    ],
    "fee_cap": [
        ({"network": NET, "max_base": "10000"}, f"Fee on {NET}: at most 10,000 drops for one transaction")
    ],
    "expiry": [
        (
            {"required": True, "max_ledgers": 100000, "max_seconds": 604800},
            "Every transaction expires; an expiry is at most 100,000 ledgers or 7 days away",
        ),
        ({"required": False}, "A transaction need not expire"),
    ],
    "network": [({}, f"Only on {NET}")],
    "text_safety": [({}, "No text in the bytes hides, reverses or imitates characters")],
    "lookalike": [
        (
            {"same_first": 4, "same_last": 5},
            "No receiver looks like a known address: the same first 4 and last 5 characters, and another "
            "between",
        )
    ],
}


def document(rules: list[dict[str, Any]]) -> PolicyDocument:
    value = policy_value()
    value["rules"], value["networks"] = rules, [NET]
    return parse_policy(value)


def test_every_kind_of_this_version_has_a_sentence() -> None:
    assert set(SENTENCES) == set(RULE_MODELS)


@pytest.mark.parametrize(
    ("kind", "members", "sentence"),
    [(kind, members, sentence) for kind, found in SENTENCES.items() for members, sentence in found],
)
def test_sentences(kind: str, members: dict[str, Any], sentence: str) -> None:
    rule = {"id": "mine", "kind": kind, "text": "because", **members}
    words = rules_in_words(document([*KEEP, rule]))[-1]
    assert (words.id, words.kind, words.sentence) == ("mine", kind, sentence)
    assert words.remark == "because"
    assert words.level == "Nobody can override it."


def test_what_narrows_a_rule_is_said_with_the_documents_own_names() -> None:
    value = policy_value()
    entry = value["address_book"][0]
    match = {
        "destinations": [entry["id"], entry["account"]],
        "assets": [ASSET],
        "max_amount": "5",
        "effects": ["Transfer"],
        "transactions": ["Payment"],
        "networks": [NET],
        "origins": ["operator"],
        "tags": ["17"],
    }
    rule = {"id": "mine", "kind": "tx_cap", "asset": ASSET, "max": "9", "level": "soft", "match": match}
    words = rules_in_words(document([*KEEP, rule]))[-1]
    assert words.sentence == (
        f"{LABEL} out of any account: at most 9 in one transaction; only to {entry['id']} or {entry['id']}, "
        f"in {LABEL}, up to 5, effects Transfer, transactions Payment, networks {NET}, origins operator, "
        "tags 17"
    )
    assert words.level == "The override quorum can override it."


def test_amounts_spans_and_quorums() -> None:
    assert amount_words(Decimal("1234567.1000")) == "1,234,567.1000"
    assert amount_words(Decimal("1E+3")) == "1,000"
    spans = {86400: "24 hours", 172800: "2 days", 90: "90 seconds", 120: "2 minutes", 1: "1 second"}
    assert {seconds: span_words(seconds) for seconds in spans} == spans
    assert quorum_words(None) == "nobody"


# -- directions --------------------------------------------------------------------------------------------


def base() -> dict[str, Any]:
    value = policy_value()
    value["rules"] = [
        *KEEP,
        {"id": "cap", "kind": "tx_cap", "asset": ASSET, "max": "100", "match": {"accounts": [ACCOUNT]}},
        {
            "id": "day",
            "kind": "rolling_cap",
            "asset": ASSET,
            "max": "500",
            "window_s": 86400,
            "by": "account",
        },
        {"id": "exp", "kind": "expiry", "required": True, "max_ledgers": 100},
        {"id": "fee", "kind": "fee_cap", "network": NET, "max_base": "100"},
        {"id": "grant", "kind": "allow", "transactions": ["Payment"], "match": {"accounts": [ACCOUNT]}},
        {"id": "two", "kind": "quorum", "all_of": GROUPS[:1], "persons": 2},
    ]
    return value


def rule_of(value: dict[str, Any], name: str) -> dict[str, Any]:
    return next(rule for rule in value["rules"] if rule["id"] == name)


def changed(path: str, after: Any) -> dict[str, Any]:
    """The base with one member set (None: taken away)."""
    value = copy.deepcopy(base())
    head, *rest = path.split("/")
    where: Any = rule_of(value, head) if head in {r["id"] for r in value["rules"]} else value[head]
    for name in rest[:-1]:
        where = where[int(name)] if name.isdigit() else where.setdefault(name, {})
    if after is None:
        where.pop(rest[-1])
    else:
        where[rest[-1]] = after
    return value


def directions(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [change.direction for change in changes(parse_policy(old), parse_policy(new))]


@pytest.mark.parametrize(
    ("path", "after", "direction"),
    [
        ("cap/max", "99.99", "tighter"),
        ("cap/max", "100.01", "looser"),
        ("day/window_s", 3600, "looser"),
        ("day/window_s", 90000, "tighter"),
        ("cap/level", "soft", "looser"),
        ("exp/required", False, "looser"),
        ("exp/max_ledgers", None, "looser"),
        ("exp/max_ledgers", 50, "tighter"),
        ("exp/max_seconds", 60, "tighter"),
        ("fee/max_base", "101", "looser"),
        ("cap/match/effects", ["Transfer"], "looser"),
        ("cap/match", None, "tighter"),
        ("grant/match", None, "looser"),
        ("grant/match/max_amount", "5", "tighter"),
        ("grant/transactions", ["Payment", "TrustSet"], "looser"),
        ("grant/transactions", None, "looser"),
        ("grant/text", "remark", "different"),
        ("two/all_of", GROUPS, "tighter"),
        ("two/persons", 1, "looser"),
        ("two/proposer_may_approve", True, "looser"),
        ("people/0/suspended", True, "tighter"),
        ("people/0/name", "Other", "different"),
        ("address_book/0/status", "suspended", "tighter"),
        ("address_book/0/expires_at", "2030-01-01T00:00:00Z", "tighter"),
        ("address_book/0/active_after", "2029-01-01T00:00:00Z", "tighter"),
        ("facts/min_agree", 3, "tighter"),
    ],
)
def test_the_way_of_one_change(path: str, after: Any, direction: str) -> None:
    new = changed(path, after)
    assert directions(base(), new) == [direction]
    back = {"tighter": "looser", "looser": "tighter", "different": "different"}[direction]
    assert directions(new, base()) == [back], "the way back is the other way"


def test_entries_that_come_and_go() -> None:
    new = copy.deepcopy(base())
    new["rules"] = [rule for rule in new["rules"] if rule["id"] not in ("cap", "grant")]
    found = {
        change.path: (change.change, change.direction)
        for change in changes(parse_policy(base()), parse_policy(new))
    }
    assert found == {("rules", "cap"): ("removed", "looser"), ("rules", "grant"): ("removed", "tighter")}
    fewer = copy.deepcopy(base())
    gone = fewer["address_book"].pop()
    assert directions(base(), fewer) == ["tighter"]
    assert directions(fewer, base()) == ["looser"]
    result = diff_policies(parse_policy(base()), parse_policy(fewer))
    assert result["changes"] == [
        {"change": "removed", "path": f"address_book.{gone['id']}", "direction": "tighter", "before": gone}
    ]


def test_an_advisory_rule_moves_nothing() -> None:
    new = copy.deepcopy(base())
    new["rules"].append({"id": "tip", "kind": "tx_cap", "asset": ASSET, "max": "1", "level": "advisory"})
    assert directions(base(), new) == ["different"]


def test_a_quorum_that_trades_roles_is_just_different() -> None:
    new = changed("two/all_of", [{"role": "security", "need": 1}])
    assert directions(base(), new) == ["different"]
