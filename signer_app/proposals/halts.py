"""Halt and resume: one person stops signing and sending, two people resume (DESIGN section 2).

A halt is known by its id, the hash of what was signed. It stands from the moment it is journaled until two
distinct people of the policy in force have resumed it; then the journal says that it is lifted, for good: the
same statement shown again does not halt again. Statements travel in every proposal file and in files of
their own. Whoever halted may be one of the two who resume (docs/decisions/0009).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from signer_app.chains.registry import chain_of
from signer_app.core.caip import parse_account
from signer_app.core.errors import ConflictError, DeniedError, MalformedError, NotFoundError, UsageError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.statements import (
    MAX_STATEMENTS,
    Halt,
    HaltsDocument,
    Resume,
    Statement,
    parse_halts,
    read_halts,
)
from signer_app.policy.document import PolicyDocument
from signer_app.proposals import lifecycle as life
from signer_app.proposals.policies import Policies
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.statement_queries import StoredHalt
from signer_app.proposals.weighing import (
    LATER,
    Refused,
    keep_refused,
    members_of_own,
    signed,
    unread,
    weigh,
    why_silent,
)

#: How many distinct people lift a halt.
RESUMES_NEEDED: Final = 2
#: Lifted halts that still travel, so that a workstation which has not heard of their end learns it.
LIFTED_CARRIED: Final = 8
_STANDING_CARRIED: Final = 64


@dataclass(slots=True)
class Taken:
    """What became of the statements of a file."""

    added: list[Statement] = field(default_factory=list)
    already: list[Statement] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def to_json(self) -> JsonObject:
        """{added, already: [{kind, id, person}], refused: [{kind, person, code, reason}]}."""
        return {
            "added": _named(self.added),
            "already": _named(self.already),
            "refused": [item.to_json() for item in self.refused],
        }


class Halts:
    """Halts of one workspace."""

    def __init__(self, rooms: Rooms, policies: Policies) -> None:
        self._rooms = rooms
        self._policies = policies

    # -- this person's word --------------------------------------------------------------------------------

    def halt(self, reason: str, accounts: Sequence[str] = ()) -> JsonObject:
        """Stop signing and sending at once: everything, or what acts for ``accounts`` (CAIP-10).

        {halt_id, …, standing, journal}. DeniedError POLICY_INACTIVE, or POLICY_DENIED for who has no voice;
        MalformedError for an account that is none.
        """
        policy = self._policies.in_force(self._rooms.clock()).document
        scope: list[JsonValue] = [*sorted({self._account(account) for account in accounts})]
        members: JsonObject = {
            **members_of_own(self._rooms, policy, reason),
            "accounts": scope or None,
            "nonce": secrets.token_hex(16),
        }
        statement = signed(self._rooms, Halt, members)
        record: JsonObject = {"halt_id": statement.id, "statement": statement.to_json(), "origin": "here"}
        index = self._rooms.record("halt", record)
        failpoint("halt.recorded")
        self._rooms.seal()
        (made,) = [item for item in self.describe() if item["halt_id"] == statement.id]
        return {**made, "standing": self.standing_count, "journal": {"index": index}}

    def _account(self, account: str) -> str:
        network = parse_account(account).network
        if network not in self._rooms.networks:
            raise MalformedError(f"This workspace does not do {network}.", code="NETWORK")
        return chain_of(network).normalise_account(account, network)

    def resume(self, reason: str = "", halt_id: str | None = None) -> JsonObject:
        """This person's voice for resuming. {halt_id, lifted, have, need, people, standing, journal}.

        ``halt_id`` (or its first 6 digits) names the halt; without it there must be just one.
        NotFoundError, UsageError if several stand, ConflictError NOTHING_TO_SIGN for a second voice.
        """
        stored = self._chosen(halt_id)
        policy = self._policies.in_force(self._rooms.clock()).document
        members = members_of_own(self._rooms, policy, reason)
        if self._rooms.person in self._people(stored, policy):
            raise ConflictError("You have resumed this halt already.", code="NOTHING_TO_SIGN")
        statement = signed(self._rooms, Resume, {**members, "halt": stored.halt.id})
        index = self._rooms.record("resume", _resume_record(statement, "here"))
        failpoint("resume.recorded")
        self._lift(policy)
        self._rooms.seal()
        (made,) = [item for item in self.describe() if item["halt_id"] == stored.halt.id]
        return {
            "halt_id": stored.halt.id,
            "lifted": made["state"] == life.LIFTED,
            **{name: made[name] for name in ("have", "need", "people")},
            "standing": self.standing_count,
            "journal": {"index": index},
        }

    def _chosen(self, halt_id: str | None) -> StoredHalt:
        standing = self._rooms.queries.halts(standing=True)
        if halt_id is not None:
            wanted = halt_id.lower()
            standing = [item for item in standing if len(wanted) >= 6 and item.halt.id.startswith(wanted)]
        if not standing:
            raise NotFoundError("No such halt stands here.", hint="Run workspace show.")
        if len(standing) > 1:
            raise UsageError(
                f"{len(standing)} halts stand. Say which one you resume.",
                hint="Run workspace show, then resume --halt ID.",
            )
        return standing[0]

    # -- from files ----------------------------------------------------------------------------------------

    def take_file(self, data: bytes) -> JsonObject:
        """Take the statements of a halts file. {added, already, refused, halts}.

        MalformedError BAD_SIGNATURE if nothing is added or known and something is refused.
        """
        taken = self.take(read_halts(data))
        if taken.refused and not (taken.added or taken.already):
            raise MalformedError(
                "No statement in this file counts here.", code="BAD_SIGNATURE", details=taken.to_json()
            )
        return {**taken.to_json(), "halts": list(self.describe())}

    def take_member(self, value: JsonObject) -> Taken:
        """Take what a proposal file carries as ``halt``. What cannot be read is kept out and blocks nothing:
        the transaction is not to blame for what travels beside it."""
        try:
            document = parse_halts(value)
        except MalformedError as error:
            spoiled = unread("halt", value, error.message)
            keep_refused(self._rooms, [spoiled])
            return Taken(refused=[spoiled])
        return self.take(document)

    def take(self, document: HaltsDocument) -> Taken:
        """Weigh and keep statements of others. What does not count is kept out, with its reason."""
        policy = self._policy_or_none()
        taken = Taken()
        for value in document.halts:
            self._take_one(weigh(Halt, value, policy), taken)
        for value in document.resumes:
            self._take_one(weigh(Resume, value, policy), taken)
        keep_refused(self._rooms, taken.refused)
        if policy is not None:
            self._lift(policy)
        if taken.added:
            self._rooms.seal()
        return taken

    def _take_one(self, weighed: Halt | Resume | Refused, taken: Taken) -> None:
        if isinstance(weighed, Refused):
            taken.refused.append(weighed)
        elif self._knows(weighed):
            taken.already.append(weighed)
        elif isinstance(weighed, Halt):
            record: JsonObject = {"halt_id": weighed.id, "statement": weighed.to_json(), "origin": "file"}
            self._rooms.record("halt", record)
            taken.added.append(weighed)
        else:
            self._rooms.record("resume", _resume_record(weighed, "file"))
            taken.added.append(weighed)

    def _knows(self, statement: Halt | Resume) -> bool:
        if isinstance(statement, Halt):
            return any(item.halt.id == statement.id for item in self._rooms.queries.halts())
        return self._rooms.queries.knows_resume(statement.id)

    def settle(self) -> None:
        """Weigh again what another policy may let in, and lift what two people have resumed.

        Called when a workspace opens (a kill may have come between the second resume and the word that the
        halt is lifted) and when a policy is activated.
        """
        kept_out = [
            item
            for item in self._rooms.queries.refused_statements()
            if item.kind != "override" and item.code in LATER
        ]
        if not kept_out and not self.standing_count:
            return
        policy = self._policy_or_none()
        if policy is None:
            return
        for item in sorted(kept_out, key=lambda item: item.kind):  # halts before resumes
            weighed: Halt | Resume | Refused = (
                weigh(Halt, item.statement, policy)
                if item.kind == "halt"
                else weigh(Resume, item.statement, policy)
            )
            if not isinstance(weighed, Refused):
                self._take_one(weighed, Taken())
        self._lift(policy)

    def _lift(self, policy: PolicyDocument) -> None:
        """Journal the end of each halt that two distinct people have resumed, as policy sees them now."""
        for stored in self._rooms.queries.halts(standing=True):
            people = self._people(stored, policy)
            if len(people) >= RESUMES_NEEDED:
                lifted: JsonObject = {"halt_id": stored.halt.id, "lifted": True, "people": [*people]}
                self._rooms.record("resume", lifted)

    def _people(self, stored: StoredHalt, policy: PolicyDocument) -> tuple[str, ...]:
        """Who has resumed a halt, of those who count under the policy; each once."""
        return tuple(
            sorted(
                {
                    resume.person
                    for resume in stored.resumes
                    if why_silent(policy, resume.person, resume.device_key) is None
                }
            )
        )

    def _policy_or_none(self) -> PolicyDocument | None:
        try:
            return self._policies.in_force(self._rooms.clock()).document
        except DeniedError:
            return None

    # -- what is known -------------------------------------------------------------------------------------

    @property
    def standing_count(self) -> int:
        """How many halts stand."""
        return len(self._rooms.queries.halts(standing=True))

    def describe(self, *, standing: bool = False, accounts: Sequence[str] | None = None) -> list[JsonObject]:
        """Halts in the order in which they came, with who has resumed them so far; with ``accounts`` those
        that stop what acts for one of them.

        [{halt_id, state, person, reason, at, accounts, people, have, need, lifted_at, record}]
        """
        policy = self._policy_or_none()
        return [
            self._described(stored, policy)
            for stored in self._rooms.queries.halts(standing=standing)
            if accounts is None or any(map(stored.halt.covers, accounts))
        ]

    def _described(self, stored: StoredHalt, policy: PolicyDocument | None) -> JsonObject:
        halt = stored.halt
        people = stored.lifted_by or (self._people(stored, policy) if policy is not None else ())
        return {
            "halt_id": halt.id,
            "state": life.STANDING if stored.lifted_at is None else life.LIFTED,
            "person": halt.person,
            "reason": halt.reason,
            "at": halt.at,
            "accounts": [*halt.accounts] if halt.accounts is not None else None,
            "people": [*people],
            "have": len(people),
            "need": RESUMES_NEEDED,
            "lifted_at": stored.lifted_at,
            "record": stored.record,
        }

    def document(self) -> HaltsDocument | None:
        """What travels: every halt that stands, the newest that were lifted, and all resumes of them."""
        known = self._rooms.queries.halts()
        lifted = [item for item in known if item.lifted_at is not None][-LIFTED_CARRIED:]
        standing = [item for item in known if item.lifted_at is None][-_STANDING_CARRIED:]
        if not lifted and not standing:
            return None
        resumes = [resume.to_json() for item in (*lifted, *standing) for resume in item.resumes]
        return HaltsDocument(
            tuple(item.halt.to_json() for item in (*lifted, *standing)), tuple(resumes[:MAX_STATEMENTS])
        )


def _resume_record(statement: Resume, origin: str) -> JsonObject:
    return {
        "halt_id": statement.halt,
        "resume_id": statement.id,
        "statement": statement.to_json(),
        "origin": origin,
    }


def _named(statements: Sequence[Statement]) -> list[JsonValue]:
    return [{"kind": item.kind, "id": item.id, "person": item.person} for item in statements]
