"""Votes for a policy and when they suffice (CONTRACTS A, Activation).

A vote is an Ed25519 signature by a device key over "countersign/policy@1\\n" and the policy hash in lower
hex.
Version 1 needs everybody whom its own change quorum can call on; a later version the change quorum of the
version in force, whose people and device keys decide who may vote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.errors import DeniedError, IntegrityError, MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.policy.document import PolicyDocument
from signer_app.policy.quorums import fill
from signer_app.policy.schema import DeviceKey, Hash, Id, Person, StrictModel

VOTE_FORMAT: Final = "countersign/vote@1"
_DOMAIN: Final = b"countersign/policy@1\n"


class _VoteBody(StrictModel):
    format: Literal["countersign/vote@1"]
    policy_hash: Hash
    version: int
    person: Id
    device_key: DeviceKey
    sig: str


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote. ``device_key`` is "ed25519:" and 64 lower hex digits, ``sig`` 128 lower hex digits."""

    policy_hash: str
    version: int
    person: str
    device_key: str
    sig: str

    def to_json(self) -> JsonObject:
        """The document countersign/vote@1."""
        return {
            "format": VOTE_FORMAT,
            "policy_hash": self.policy_hash,
            "version": self.version,
            "person": self.person,
            "device_key": self.device_key,
            "sig": self.sig,
        }

    def to_bytes(self) -> bytes:
        """The file of `policy sign`, RFC 8785."""
        return canonical(self.to_json())


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A group whose votes are missing. ``waiting`` are people who could still give them, sorted."""

    role: str
    need: int
    have: int
    waiting: tuple[str, ...]

    def to_json(self) -> JsonObject:
        return {"role": self.role, "need": self.need, "have": self.have, "waiting": list(self.waiting)}


def vote_message(policy_hash: str) -> bytes:
    """The bytes that a device key signs."""
    return _DOMAIN + policy_hash.encode("ascii")


def make_vote(document: PolicyDocument, *, person: str, device_key: str, signature: bytes) -> Vote:
    """A vote from a signature over vote_message(document.hash). Who may vote is judged at activation."""
    return Vote(document.hash, document.version, person, device_key, signature.hex())


def read_vote(data: bytes) -> Vote:
    """Read a vote file. Raises MalformedError."""
    try:
        body = _VoteBody.model_validate(read_json_object(data))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise MalformedError(f"vote {safe_text(where, 60)}: {safe_text(first['msg'], 200)}") from error
    return Vote(body.policy_hash, body.version, body.person, body.device_key, body.sig)


def check_vote(document: PolicyDocument, vote: Vote, electorate: PolicyDocument) -> None:
    """Raise MalformedError (BAD_SIGNATURE or MALFORMED) unless the vote counts for ``document``.

    ``electorate`` is the version in force, or the document itself for version 1.
    """
    if vote.policy_hash != document.hash or vote.version != document.version:
        raise MalformedError(f"The vote of {vote.person} is for another policy.")
    person = next((item for item in electorate.body.people if item.id == vote.person), None)
    if person is None or not _may_vote(person):
        raise MalformedError(f"{vote.person} has no vote: unknown, suspended or a machine.")
    if vote.device_key not in person.device_keys:
        raise MalformedError(
            f"The device key of this vote is not one of {vote.person}.", code="BAD_SIGNATURE"
        )
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(vote.device_key.partition(":")[2]))
    try:
        key.verify(bytes.fromhex(vote.sig), vote_message(document.hash))
    except (InvalidSignature, ValueError) as error:
        raise MalformedError(
            f"The signature of {vote.person}'s vote does not verify.", code="BAD_SIGNATURE"
        ) from error


def check_succession(
    document: PolicyDocument, in_force: PolicyDocument | None, *, highest_seen: int = 0
) -> None:
    """Whether ``document`` may follow. IntegrityError POLICY_ROLLBACK for an old version, else DeniedError.

    ``highest_seen`` is the highest version that journal or vault ever saw active.
    """
    highest = max(highest_seen, in_force.version if in_force else 0)
    if document.version <= highest:
        raise IntegrityError(
            f"Version {document.version} is not newer than version {highest}, which was active here.",
            code="POLICY_ROLLBACK",
        )
    if in_force is None:
        if document.version != 1:
            raise DeniedError("The first policy of a workspace is version 1.")
        return
    if document.version != in_force.version + 1:
        raise DeniedError(f"Version {in_force.version} is followed by version {in_force.version + 1}.")
    if document.body.prev != in_force.hash:
        raise DeniedError("prev is not the hash of the version in force.")
    if (document.id, document.body.org) != (in_force.id, in_force.body.org):
        raise DeniedError("A new version keeps the policy's id and org.")


def activation_missing(
    document: PolicyDocument, votes: Sequence[Vote], in_force: PolicyDocument | None
) -> tuple[OpenGroup, ...]:
    """Groups whose votes are still open; empty when the policy can be activated.

    Every vote is checked (MalformedError for one that does not count); several of one person count once.
    """
    electorate = in_force or document
    for vote in votes:
        check_vote(document, vote, electorate)
    voted = {vote.person for vote in votes}
    people = {person.id: frozenset(person.roles) for person in electorate.body.people if _may_vote(person)}
    groups = tuple((group.role, group.need) for group in electorate.body.change_quorum.all_of)
    if in_force is None:
        return _everybody(dict.fromkeys(role for role, _ in groups), people, voted)
    filled = fill(groups, {person: roles for person, roles in people.items() if person in voted})
    return tuple(
        OpenGroup(role, need, have, _waiting(role, people, voted))
        for (role, need), have in zip(groups, filled, strict=True)
        if have < need
    )


def votes_needed(document: PolicyDocument, in_force: PolicyDocument | None) -> int:
    """How many people have to vote before ``document`` can follow ``in_force`` (None: it is the first)."""
    groups = (in_force or document).body.change_quorum.all_of
    if in_force is not None:
        return sum(group.need for group in groups)
    roles = {group.role for group in groups}
    return sum(1 for person in document.body.people if _may_vote(person) and roles & set(person.roles))


def _everybody(
    roles: dict[str, None], people: dict[str, frozenset[str]], voted: set[str]
) -> tuple[OpenGroup, ...]:
    """Version 1: all who hold a role of the change quorum. Nobody could take part in it later unseen."""
    found = []
    for role in roles:
        holders = [person for person, held in people.items() if role in held]
        have = sum(person in voted for person in holders)
        if have < len(holders) or not holders:
            found.append(OpenGroup(role, max(len(holders), 1), have, _waiting(role, people, voted)))
    return tuple(found)


def _waiting(role: str, people: dict[str, frozenset[str]], voted: set[str]) -> tuple[str, ...]:
    return tuple(sorted(person for person, held in people.items() if role in held and person not in voted))


def _may_vote(person: Person) -> bool:
    return not (person.suspended or person.machine)
