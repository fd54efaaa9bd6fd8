"""Which policy is in force in this workspace, and how a new one gets there (CONTRACTS A, Activation)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signer_app.core.canonical import canonical
from signer_app.core.clock import parse_time
from signer_app.core.errors import ConflictError, DeniedError, IntegrityError
from signer_app.core.json_types import JsonObject
from signer_app.policy.document import PolicyDocument, read_policy
from signer_app.policy.engine import CompiledPolicy, compile_policy
from signer_app.policy.votes import activation_missing, read_vote
from signer_app.proposals.rooms import Rooms


@dataclass(frozen=True, slots=True)
class ActivePolicy:
    """The policy in force. ``document.hash`` is what people compared before they voted."""

    document: PolicyDocument
    compiled: CompiledPolicy


class Policies:
    """Reads activations from the store, which has them from the journal."""

    def __init__(self, rooms: Rooms, highest_seen: int) -> None:
        self._rooms = rooms
        self._highest_seen = highest_seen
        self._compiled: dict[str, ActivePolicy] = {}

    def in_force(self, now: datetime) -> ActivePolicy:
        """The newest activated policy whose valid_from has come. DeniedError POLICY_INACTIVE if none.

        A store or journal that knows only an older version than the vault has seen is a rollback.
        """
        rows = self._rooms.queries.policies()
        versions = [int(str(row["version"])) for row in rows]
        if self._highest_seen > max(versions, default=0):
            raise IntegrityError(
                f"Version {self._highest_seen} was active here before, and the journal does not hold it.",
                code="POLICY_ROLLBACK",
            )
        for row in sorted(rows, key=lambda row: int(str(row["version"])), reverse=True):
            active = self._load(str(row["hash"]), str(row["blob"]))
            if parse_time(active.document.valid_from) <= now:
                return active
        raise DeniedError("No policy is active in this workspace.", code="POLICY_INACTIVE")

    def by_hash(self, digest: str) -> ActivePolicy:
        """An activated policy by its hash, for replays. ConflictError if it was never active here."""
        for row in self._rooms.queries.policies():
            if row["hash"] == digest:
                return self._load(digest, str(row["blob"]))
        raise ConflictError(f"No policy with hash {digest} was ever active here.")

    def _load(self, digest: str, blob: str) -> ActivePolicy:
        if digest not in self._compiled:
            document = read_policy(self._rooms.journal.get_blob(blob))
            if document.hash != digest:
                raise IntegrityError("A stored policy does not have the hash it was activated with.")
            self._compiled[digest] = ActivePolicy(document, compile_policy(document))
        return self._compiled[digest]

    def activate(self, data: bytes, votes: list[bytes]) -> JsonObject:
        """Check votes and version chain, journal the policy. Returns {hash, id, version, voters}.

        Raises DeniedError VOTES_MISSING, ConflictError, IntegrityError POLICY_ROLLBACK, MalformedError.
        """
        document = read_policy(data)
        newest = self._newest()
        if newest is not None and newest.hash == document.hash:
            raise ConflictError("This policy is active already.")
        self._check_chain(document, newest)
        parsed = [read_vote(vote) for vote in votes]
        missing = activation_missing(document, parsed, in_force=newest)
        if missing:
            raise DeniedError(
                "The votes do not fill the change quorum.",
                code="VOTES_MISSING",
                details={"missing": list(missing)},
            )
        self._rooms.record(
            "policy.activated",
            {
                "policy_hash": document.hash,
                "policy_id": document.id,
                "version": document.version,
                "blob": self._rooms.journal.put_blob(canonical(document.raw), "application/json"),
                "votes": [vote.to_json() for vote in parsed],
            },
        )
        self._highest_seen = max(self._highest_seen, document.version)
        return {
            "hash": document.hash,
            "id": document.id,
            "version": document.version,
            "voters": sorted({vote.person for vote in parsed}),
        }

    def _newest(self) -> PolicyDocument | None:
        rows = self._rooms.queries.policies()
        if not rows:
            return None
        row = max(rows, key=lambda row: int(str(row["version"])))
        return self._load(str(row["hash"]), str(row["blob"])).document

    def _check_chain(self, document: PolicyDocument, newest: PolicyDocument | None) -> None:
        highest = max(self._highest_seen, newest.version if newest is not None else 0)
        if document.version <= highest:
            raise IntegrityError(
                f"Version {document.version} is not newer than version {highest}, which was active here.",
                code="POLICY_ROLLBACK",
            )
        if newest is None:
            return  # a new workspace may join at any version; its votes are then everybody's
        if document.version != newest.version + 1 or document.prev != newest.hash:
            raise ConflictError(
                f"Version {document.version} does not follow version {newest.version}: "
                "version and prev must name the policy in force.",
            )
        if (document.org, document.id) != (newest.org, newest.id):
            raise ConflictError("A policy cannot replace one of another organisation or id.")
