"""Halt, resume and override as values: strict, and known by the hash of what is signed."""

from __future__ import annotations

from typing import Any

import pytest

from signer_app.core.canonical import canonical_hash
from signer_app.core.errors import MalformedError
from signer_app.core.statements import (
    Halt,
    HaltsDocument,
    Override,
    Resume,
    make_statement,
    parse_halts,
    read_halts,
    read_statement,
)

ACCOUNT = "xrpl:0:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
COMMON: dict[str, Any] = {
    "org": "acme", "policy": "treasury", "person": "carol", "device_key": "ed25519:" + "ab" * 32,
    "reason": "stop", "at": "2026-11-20T12:00:00Z", "sig": "cd" * 64,
}  # fmt: skip
HALT = {**COMMON, "format": "countersign/halt@1", "accounts": [ACCOUNT], "nonce": "ef" * 16}
RESUME = {**COMMON, "format": "countersign/resume@1", "halt": "12" * 32}
OVERRIDE = {
    **COMMON, "format": "countersign/override@1", "policy_hash": "34" * 32, "proposal_id": "56" * 32,
    "body_hash": "78" * 32, "report_hash": "9a" * 32, "checks": [{"rule": "cap", "code": "TX_CAP"}],
}  # fmt: skip
MODELS: dict[str, tuple[Any, dict[str, Any]]] = {
    "halt": (Halt, HALT), "resume": (Resume, RESUME), "override": (Override, OVERRIDE)
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_what_is_read_is_written_again(kind: str) -> None:
    model, value = MODELS[kind]
    made = read_statement(model, value)
    assert made.to_json() == value
    unsigned = {name: part for name, part in value.items() if name != "sig"}
    assert made.unsigned() == unsigned
    assert made.id == canonical_hash(unsigned)
    assert make_statement(model, unsigned).to_json() == unsigned
    assert make_statement(model, unsigned).id == made.id


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_every_member_is_needed_and_no_other_is_known(kind: str) -> None:
    model, value = MODELS[kind]
    for name in value:
        if name != "format":
            with pytest.raises(MalformedError):
                read_statement(model, {key: part for key, part in value.items() if key != name})
    with pytest.raises(MalformedError):
        read_statement(model, {**value, "more": 1})
    for other in (None, [], "text", 5):
        with pytest.raises(MalformedError):
            read_statement(model, other)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_every_member_is_bound_by_the_id(kind: str) -> None:
    model, value = MODELS[kind]
    other: dict[str, Any] = {
        "org": "x", "policy": "x", "person": "x", "device_key": "ed25519:" + "00" * 32, "reason": "x",
        "at": "2026-11-20T12:00:01Z", "accounts": None, "nonce": "00" * 16, "halt": "00" * 32,
        "policy_hash": "00" * 32, "proposal_id": "00" * 32, "body_hash": "00" * 32, "report_hash": "00" * 32,
        "checks": [{"rule": "cap", "code": "FEE_CAP"}],
    }  # fmt: skip
    before = read_statement(model, value).id
    for name in set(value) - {"sig", "format"}:
        assert read_statement(model, {**value, name: other[name]}).id != before
    assert read_statement(model, {**value, "sig": "00" * 64}).id == before


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("halt", {"reason": ""}), ("halt", {"reason": "x" * 1001}), ("halt", {"accounts": []}),
        ("halt", {"accounts": ["rNot"]}), ("halt", {"at": "yesterday"}), ("halt", {"nonce": "EF" * 16}),
        ("halt", {"device_key": "ab" * 32}), ("halt", {"sig": "CD" * 64}), ("halt", {"person": "a b"}),
        ("halt", {"format": "countersign/resume@1"}), ("halt", {"sig": None}), ("resume", {"halt": "12"}),
        ("override", {"checks": []}), ("override", {"checks": [{"rule": "cap"}]}),
        ("override", {"reason": ""}),
        ("override", {"checks": [{"rule": "cap", "code": "tx cap"}]}), ("resume", {"policy": "Treasury"}),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit_is_refused(kind: str, change: dict[str, Any]) -> None:
    model, value = MODELS[kind]
    with pytest.raises(MalformedError):
        read_statement(model, {**value, **change})


def test_a_resume_needs_no_reason() -> None:
    assert read_statement(Resume, {**RESUME, "reason": ""}).reason == ""


def test_what_a_halt_covers() -> None:
    assert read_statement(Halt, HALT).covers(ACCOUNT)
    assert not read_statement(Halt, HALT).covers("xrpl:1:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh")
    assert read_statement(Halt, {**HALT, "accounts": None}).covers("anything")


def test_a_halts_document_keeps_statements_as_they_came() -> None:
    made = HaltsDocument((HALT, {"x": 1}), (RESUME,))
    assert read_halts(made.to_bytes()) == made
    assert parse_halts(made.to_json()) == made
    with pytest.raises(MalformedError):
        read_halts(b"[]")
