"""Statements made by hand, as another workstation or an attacker would make them."""

from __future__ import annotations

import secrets
from typing import Any

from desk import Person

from signer_app.core.canonical import canonical_hash
from signer_app.core.json_types import JsonObject
from signer_app.core.proposal_file import ProposalFile
from signer_app.core.statements import HaltsDocument
from signer_app.signers.statements import statement_message


def signed(kind: str, value: dict[str, Any], by: Person) -> JsonObject:
    """The statement with a signature by this person's device key."""
    return {**value, "sig": by.device.sign(statement_message(kind, value)).hex()}


def halt_by(by: Person, **changes: Any) -> JsonObject:
    """A halt of everything; ``changes`` are made before it is signed."""
    value: dict[str, Any] = {
        "format": "countersign/halt@1", "org": "acme", "policy": "treasury", "person": by.name,
        "device_key": by.device_key, "accounts": None, "reason": "key lost", "at": "2026-11-20T11:59:00Z",
        "nonce": secrets.token_hex(16), **changes,
    }  # fmt: skip
    return signed("halt", value, by)


def id_of(statement: JsonObject) -> str:
    """The hash that a statement is known by."""
    return canonical_hash({name: value for name, value in statement.items() if name != "sig"})


def resume_by(by: Person, halt: JsonObject | str, **changes: Any) -> JsonObject:
    value: dict[str, Any] = {
        "format": "countersign/resume@1", "org": "acme", "policy": "treasury", "person": by.name,
        "device_key": by.device_key, "halt": halt if isinstance(halt, str) else id_of(halt), "reason": "",
        "at": "2026-11-20T11:59:30Z", **changes,
    }  # fmt: skip
    return signed("resume", value, by)


def override_by(by: Person, proposal: Any, policy_hash: str, **changes: Any) -> JsonObject:
    value: dict[str, Any] = {
        "format": "countersign/override@1", "org": "acme", "policy": "treasury", "person": by.name,
        "device_key": by.device_key, "policy_hash": policy_hash, "proposal_id": proposal.id,
        "body_hash": proposal.body_hash, "report_hash": "ab" * 32,
        "checks": [{"rule": "cap", "code": "TX_CAP"}], "reason": "agreed", "at": "2026-11-20T11:59:00Z",
        **changes,
    }  # fmt: skip
    return signed("override", value, by)


def document(halts: list[Any] | None = None, resumes: list[Any] | None = None) -> HaltsDocument:
    return HaltsDocument(tuple(halts or ()), tuple(resumes or ()))


def carrying(file: bytes, **members: Any) -> bytes:
    """A proposal file with these members in place of its own."""
    from signer_app.core.canonical import canonical, read_json_object

    value = {**read_json_object(file), **members}
    ProposalFile.model_validate(value)
    return canonical(value)
