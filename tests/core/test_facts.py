"""Facts documents (CONTRACTS B): read whole or refused."""

from __future__ import annotations

import copy
from typing import cast

import pytest

from signer_app.core.canonical import canonical
from signer_app.core.errors import MalformedError
from signer_app.core.facts import FACT_SHAPES, Context, FactsDocument, parse_facts
from signer_app.core.json_types import JsonObject, JsonValue

A = "xrpl:0:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"


def document() -> JsonObject:
    value: JsonObject = {
        "format": "countersign/facts@1",
        "now": "2026-11-20T12:00:00Z",
        "mode": "online",
        "context": {
            "proposer": "alice",
            "origin": "operator",
            "created_at": "2026-11-20T11:00:00Z",
            "signer": A,
            "signatures": [{"signer": A, "public_key": "02AA", "at": None}],
            "overrides": [{"person": "bob"}],
            "halt": None,
        },
        "facts": [
            {
                "kind": "account",
                "key": A,
                "observations": [
                    {
                        "source": "node-a",
                        "operator": "opA",
                        "at": "2026-11-20T11:59:58.250000Z",
                        "ledger": "99999950",
                        "value": {"exists": True, "sequence": "7", "more": [1, None, {"x": "y"}]},
                    },
                    {
                        "source": "local",
                        "operator": "self",
                        "at": "2026-11-20T11:59:59Z",
                        "ledger": None,
                        "value": {"exists": False},
                    },
                ],
            },
            {"kind": "signers", "key": A, "observations": []},
        ],
    }
    return copy.deepcopy(value)


def change(path: str, value: JsonValue) -> JsonObject:
    """The document with the member at ``path`` replaced, or taken away by the value "<gone>"."""
    root = document()
    *way, last = path.split(".")
    at: JsonValue = root
    for step in way:
        at = cast(list[JsonValue], at)[int(step)] if isinstance(at, list) else cast(JsonObject, at)[step]
    if isinstance(at, list):
        at[int(last)] = value
    elif value == "<gone>":
        del cast(JsonObject, at)[last]
    else:
        cast(JsonObject, at)[last] = value
    return root


def test_a_document_round_trips() -> None:
    parsed = parse_facts(document())
    assert canonical(parsed.to_json()) == canonical(document())
    assert parse_facts(parsed.to_json()) == parsed


def test_observations_are_kept_raw() -> None:
    account = parse_facts(document()).facts[0]
    assert (account.kind, account.key, len(account.observations)) == ("account", A, 2)
    assert account.observations[0].value == {"exists": True, "sequence": "7", "more": [1, None, {"x": "y"}]}
    assert account.observations[0].ledger == "99999950"
    assert account.observations[1].ledger is None


def test_context_may_be_absent() -> None:
    for value in (None, "<gone>"):
        assert parse_facts(change("context", value)).context == Context()


def test_every_kind_of_the_contracts_is_known() -> None:
    assert set(FACT_SHAPES) == {
        *("network", "account", "signers", "balance", "outflows", "code", "call", "price", "list", "kyc"),
        "simulation",
    }


@pytest.mark.parametrize("kind", sorted(kind for kind, shape in FACT_SHAPES.items() if shape))
def test_a_value_without_its_members_is_refused(kind: str) -> None:
    entry: JsonObject = {
        "source": "n",
        "operator": "o",
        "at": "2026-11-20T12:00:00Z",
        "ledger": "1",
        "value": dict.fromkeys(sorted(FACT_SHAPES[kind]), "x"),
    }
    fact: JsonObject = {"kind": kind, "key": "k", "observations": [entry]}
    assert isinstance(parse_facts(change("facts", [fact])), FactsDocument)
    for name in FACT_SHAPES[kind]:
        less: JsonObject = {**entry, "value": dict.fromkeys(FACT_SHAPES[kind] - {name}, "x")}
        with pytest.raises(MalformedError, match=name):
            parse_facts(change("facts", [{**fact, "observations": [less]}]))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "countersign/facts@2"),
        ("format", "<gone>"),
        ("now", "<gone>"),
        ("now", "2026-11-20"),
        ("now", 1),
        ("now", "0001-01-01T00:00:00Z"),
        ("now", "1989-12-31T23:59:59Z"),
        ("now", "2501-01-01T00:00:00Z"),
        ("now", "9999-12-31T23:59:59Z"),
        ("mode", "maybe"),
        ("more", 1),
        ("facts", "<gone>"),
        ("facts", {}),
        ("facts.0", "x"),
        ("facts.0.kind", "weather"),
        ("facts.0.kind", None),
        ("facts.0.key", ""),
        ("facts.0.key", 7),
        ("facts.0.more", 1),
        ("facts.0.observations", None),
        ("facts.0.observations.0", []),
        ("facts.0.observations.0.at", None),
        ("facts.0.observations.0.at", "2026-11-20T12:00:00+01:00"),
        ("facts.0.observations.0.ledger", 99999950),
        ("facts.0.observations.0.ledger", "-1"),
        ("facts.0.observations.0.ledger", ""),
        ("facts.0.observations.0.ledger", "\u0661"),
        ("facts.0.observations.0.ledger", "1" * 21),
        ("facts.0.observations.0.ledger", "1" * 5000),
        ("facts.0.observations.0.ledger", "7\n"),
        ("facts.0.observations.0.operator", "<gone>"),
        ("facts.0.observations.0.source", None),
        ("facts.0.observations.0.value", []),
        ("facts.0.observations.0.validated", True),
        ("context", []),
        ("context.more", 1),
        ("context.proposer", 7),
        ("context.origin", None),
        ("context.created_at", "yesterday"),
        ("context.signatures", {}),
        ("context.signatures.0.signer", None),
        ("context.signatures.0.weight", 1),
        ("context.overrides.0", "bob"),
        ("context.halt", "stop"),
    ],
)
def test_what_is_not_a_facts_document(path: str, value: JsonValue) -> None:
    with pytest.raises(MalformedError):
        parse_facts(change(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("now", "1990-01-01T00:00:00Z"),
        ("now", "2500-12-31T23:59:59Z"),
        ("facts.0.observations.0.ledger", "9" * 20),
    ],
)
def test_what_is_just_within_the_limits_is_read(path: str, value: JsonValue) -> None:
    assert canonical(parse_facts(change(path, value)).to_json()) == canonical(change(path, value))


@pytest.mark.parametrize("value", [None, [], "x", 1, True])
def test_the_document_is_an_object(value: JsonValue) -> None:
    with pytest.raises(MalformedError):
        parse_facts(value)


def test_two_facts_of_one_kind_and_key_are_refused() -> None:
    facts = cast(list[JsonValue], document()["facts"])
    with pytest.raises(MalformedError, match="two facts"):
        parse_facts(change("facts", [facts[0], facts[0]]))
