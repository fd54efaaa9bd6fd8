"""Weighing signed statements: whose device key it is, and whether the policy in force lets that person speak.

A statement that does not fit is kept out, with the reason, and journaled so: an auditor sees who tried what.
One whose signature fits is weighed again when another policy is in force (Halts.settle).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from signer_app.core.canonical import canonical, canonical_hash
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import DeniedError, MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.statements import Override, Statement, make_statement, read_statement
from signer_app.core.text import safe_text
from signer_app.policy.codes import CHECK_CODES
from signer_app.policy.document import PolicyDocument
from signer_app.proposals.rooms import Rooms
from signer_app.signers.statements import verify_statement

#: Refusals that another policy may answer differently.
LATER: Final = frozenset({"ROLE", "POLICY_DENIED", "POLICY_INACTIVE"})
#: A statement that cannot be read is kept whole up to this size, in bytes of its canonical form.
_KEPT: Final = 16 * 1024
_Kind = TypeVar("_Kind", bound=Statement)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a statement was kept out. ``code`` is a check code; ``person`` is a claim of the statement."""

    kind: str
    statement: JsonValue
    code: str
    reason: str

    @property
    def person(self) -> str | None:
        named = self.statement.get("person") if isinstance(self.statement, dict) else None
        return named[:64] if isinstance(named, str) else None

    def to_json(self) -> JsonObject:
        return {"kind": self.kind, "person": self.person, "code": self.code, "reason": self.reason}

    def record(self) -> JsonObject:
        """Fields of the journal record that keeps it."""
        return {"statement": self.statement, "refused": {"code": self.code, "reason": self.reason}}


def weigh(model: type[_Kind], value: JsonValue, policy: PolicyDocument | None) -> _Kind | Refused:
    """The statement, if it counts under ``policy`` (null: none is in force)."""
    kind = model.kind
    try:
        statement = read_statement(model, value)
    except MalformedError as error:
        return unread(kind, value, error.message)
    if not verify_statement(statement.device_key, kind, statement.unsigned(), statement.sig or ""):
        return Refused(kind, value, "SIGNATURE_INVALID", "The signature does not fit the statement.")
    if policy is None:
        return Refused(kind, value, "POLICY_INACTIVE", "No policy is in force that says whose key this is.")
    refusal = _policy_refusal(statement, policy)
    return Refused(kind, value, *refusal) if refusal is not None else statement


def _policy_refusal(statement: Statement, policy: PolicyDocument) -> tuple[str, str] | None:
    if (statement.org, statement.policy) != (policy.body.org, policy.id):
        return "POLICY_DENIED", (
            f"It is for the policy {statement.policy} of {safe_text(statement.org, 80)}, not for this one."
        )
    if isinstance(statement, Override) and statement.policy_hash != policy.hash:
        return "POLICY_DENIED", "It is for another version of the policy."
    if isinstance(statement, Override) and not _names_rules(statement, policy):
        return "POLICY_DENIED", "It names a rule or a code that the policy does not have."
    silent = why_silent(policy, statement.person, statement.device_key)
    return ("ROLE", silent) if silent is not None else None


def _names_rules(statement: Override, policy: PolicyDocument) -> bool:
    rules = {rule.id for rule in policy.rules}
    return all(check.rule in rules and check.code in CHECK_CODES for check in statement.checks)


def why_silent(policy: PolicyDocument, person_id: str, device_key: str) -> str | None:
    """Why a statement by this person and device key counts for nothing, or None where it counts.

    Machines never count and suspended people have no voice (CONTRACTS D), not even to halt: whoever stole a
    key whose person was suspended for it could else stop the treasury again and again.
    """
    person = next((item for item in policy.body.people if item.id == person_id), None)
    if person is None:
        return f"{person_id} is no person of the policy in force."
    if device_key not in person.device_keys:
        return f"The device key is not one of {person_id}'s in the policy in force."
    if person.machine:
        return f"{person_id} is a machine; machines never count."
    if person.suspended:
        return f"{person_id} is suspended."
    return None


def members_of_own(rooms: Rooms, policy: PolicyDocument, reason: str) -> JsonObject:
    """Members that every statement of this workspace's person begins with. DeniedError if it counts for
    nothing; UsageError while the keys are locked."""
    device_key = rooms.keystore().device_public_key()
    silent = why_silent(policy, rooms.person, device_key)
    if silent is not None:
        raise DeniedError(silent, details={"codes": ["ROLE"]})
    return {
        "org": policy.body.org,
        "policy": policy.id,
        "person": rooms.person,
        "device_key": device_key,
        "reason": reason,
        "at": format_time(whole_seconds(rooms.clock())),
    }


def signed(rooms: Rooms, model: type[_Kind], members: JsonObject) -> _Kind:
    """The statement with its signature by this workstation's device key. MalformedError for a bad member."""
    unsigned = make_statement(model, {"format": f"countersign/{model.kind}@1", **members}).unsigned()
    signature = rooms.keystore().sign_statement(model.kind, unsigned)
    return read_statement(model, {**unsigned, "sig": signature})


def keep_refused(rooms: Rooms, refused: Sequence[Refused], proposal_id: str | None = None) -> None:
    """Journal refusals that are not known yet."""
    known = {(item.hash, item.code) for item in rooms.queries.refused_statements()}
    entries: list[tuple[str, JsonObject]] = []
    for item in refused:
        key = (canonical_hash(item.statement), item.code)
        if key not in known:
            known.add(key)
            record = item.record()
            if proposal_id is not None:
                record["proposal_id"] = proposal_id
            entries.append((item.kind, record))
    if entries:
        rooms.record_many(entries)


def unread(kind: str, value: JsonValue, reason: str) -> Refused:
    """The refusal of something that cannot be read: kept as it came, or by its hash where it is too long."""
    size = len(canonical(value))
    kept: JsonValue = value if size <= _KEPT else {"sha256": canonical_hash(value), "bytes": size}
    return Refused(kind, kept, "MALFORMED", reason)
