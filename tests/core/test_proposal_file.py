"""The proposal file (DESIGN section 6): its shape, and what its author signs."""

from __future__ import annotations

import hashlib

import pytest

from signer_app.core.canonical import canonical
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.proposal_file import author_hash, author_message, read_proposal_file

A = "xrpl:0:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"


def file(**changes: JsonValue) -> JsonObject:
    value: JsonObject = {
        "format": "countersign/proposal@1",
        "network": "xrpl:0",
        "account": A,
        "transaction": {"encoding": "xrpl-blob", "body": "120000"},
        "title": "Rent",
        "note": "",
        "created_at": "2026-11-20T12:00:00Z",
        "expires_at": None,
        "proposer": {"person": "alice", "device_key": "ed25519:" + "ab" * 32, "sig": "cd" * 64},
        "signatures": [
            {
                "signer": A,
                "public_key": "02AA",
                "signature": "3045",
                "scheme": "xrpl-multi",
                "device": "nano-1",
                "signed_at": None,
            }
        ],
        "links": [],
    }
    return {**value, **changes}


def test_a_file_round_trips() -> None:
    data = canonical(file())
    parsed = read_proposal_file(data)
    assert parsed.to_bytes() == data
    assert read_proposal_file(parsed.to_bytes()) == parsed


def test_optional_parts_stay_away() -> None:
    small: JsonObject = {
        name: value for name, value in file().items() if name not in ("proposer", "signatures")
    }
    written = read_proposal_file(canonical(small)).to_json()
    assert "proposer" not in written
    assert "facts" not in written
    assert "halt" not in written
    assert "overrides" not in written
    assert written["signatures"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "countersign/proposal@2"},
        {"more": 1},
        {"transaction": {"encoding": "xrpl-blob", "body": "120000", "title": "x"}},
        {"transaction": {"encoding": "psbt", "body": "120000"}},
        {"transaction": {"encoding": "xrpl-blob", "body": ""}},
        {"transaction": None},
        {"created_at": "yesterday"},
        {"created_at": 7},
        {"expires_at": "2026-11-20"},
        {"title": "x" * 201},
        {"title": None},
        {"signatures": [{}]},
        {"signatures": {}},
        {"links": ["x"] * 33},
        {"halt": []},
        {"overrides": {}},
        {"overrides": ["x"]},
        {"overrides": [{}] * 65},
        {"proposer": {"person": "Alice Doe", "device_key": "ed25519:" + "ab" * 32}},
        {"proposer": {"person": "alice", "device_key": "ab" * 32}},
        {"proposer": {"person": "alice\n", "device_key": "ed25519:" + "ab" * 32}},
        {"proposer": {"person": "alice", "device_key": "ed25519:" + "AB" * 32}},
    ],
)
def test_other_shapes_are_refused(changes: JsonObject) -> None:
    with pytest.raises(MalformedError):
        read_proposal_file(canonical(file(**changes)))


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(MalformedError, match=r"transaction\.encoding"):
        read_proposal_file(canonical(file(transaction={"encoding": "psbt", "body": "120000"})))


def test_the_author_signs_everything_but_the_parts_that_others_add() -> None:
    message = author_message(file())
    assert message == b"countersign/author@1\n" + author_hash(file()).encode()
    for same in (
        file(signatures=[]),
        file(facts={"x": 1}),
        file(halt={"x": 1}),
        file(overrides=[{"x": 1}]),
        file(proposer={"person": "alice", "device_key": "ed25519:" + "ab" * 32}),
    ):
        assert author_message(same) == message
    for other in (
        file(title="Rent "),
        file(note="x"),
        file(account=A.replace("xrpl:0", "xrpl:1")),
        file(transaction={"encoding": "xrpl-blob", "body": "120001"}),
        file(proposer={"person": "bob", "device_key": "ed25519:" + "ab" * 32, "sig": "cd" * 64}),
        file(expires_at="2026-11-21T12:00:00Z"),
        file(links=["x"]),
    ):
        assert author_message(other) != message


def test_the_hash_is_over_canonical_bytes() -> None:
    signed = {name: value for name, value in file().items() if name != "signatures"}
    signed["proposer"] = {"person": "alice", "device_key": "ed25519:" + "ab" * 32}
    assert author_hash(file()) == hashlib.sha256(canonical(signed)).hexdigest()
