"""Which policy is in force in this workspace, and how a new one gets there (CONTRACTS A, Activation)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from signer_app.core.canonical import canonical
from signer_app.core.errors import ConflictError, DeniedError, IntegrityError, MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.policy.document import PolicyDocument, read_policy
from signer_app.policy.engine import CompiledPolicy, compile_policy
from signer_app.policy.rules.count_cap import CountCap
from signer_app.policy.rules.rolling_cap import RollingCap
from signer_app.policy.votes import activation_missing, check_succession, read_vote
from signer_app.proposals.rooms import Rooms


@dataclass(frozen=True, slots=True)
class ActivePolicy:
    """The policy in force. ``document.hash`` is what people compared before they voted."""

    document: PolicyDocument
    compiled: CompiledPolicy

    @property
    def longest_window_s(self) -> int:
        """The longest window that a rule sums over, in seconds; 0 without such a rule."""
        windows = [rule.window_s for rule in self.document.rules if isinstance(rule, RollingCap | CountCap)]
        return max(windows, default=0)


class Policies:
    """Reads activations from the store, which has them from the journal."""

    def __init__(self, rooms: Rooms, highest_seen: int, expected: int = 0) -> None:
        """``highest_seen``: the highest version ever active here. ``expected``: one that was in force before
        this workspace was restored from an older backup; until it is here again, none is in force."""
        self._rooms = rooms
        self._highest_seen = highest_seen
        self._expected = expected
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
        if self._expected > max(versions, default=0):
            raise DeniedError(
                f"Version {self._expected} was in force before the restore. Activate it here.",
                code="POLICY_INACTIVE",
            )
        for row in sorted(rows, key=lambda row: int(str(row["version"])), reverse=True):
            active = self._load(str(row["hash"]), str(row["blob"]))
            if active.document.body.valid_from <= now:
                return active
        raise DeniedError("No policy is active in this workspace.", code="POLICY_INACTIVE")

    def by_hash(self, digest: str) -> ActivePolicy:
        """An activated policy by its hash, for replays. ConflictError if it was never active here."""
        for row in self._rooms.queries.policies():
            if row["hash"] == digest:
                return self._load(digest, str(row["blob"]))
        raise ConflictError(f"No policy with hash {digest} was ever active here.")

    def activated(self, until: int) -> Iterator[tuple[JsonObject, PolicyDocument]]:
        """Every version up to ``until`` that was activated here, the oldest first, with its row of the
        store."""
        rows = [row for row in self._rooms.queries.policies() if int(str(row["version"])) <= until]
        for row in sorted(rows, key=lambda row: int(str(row["version"]))):
            yield row, self._load(str(row["hash"]), str(row["blob"])).document

    def _load(self, digest: str, blob: str) -> ActivePolicy:
        if digest not in self._compiled:
            document = read_policy(self._rooms.journal.get_blob(blob))
            if document.hash != digest:
                raise IntegrityError("A stored policy does not have the hash it was activated with.")
            self._compiled[digest] = ActivePolicy(document, compile_policy(document))
        return self._compiled[digest]

    def read(self, data: bytes) -> PolicyDocument:
        """A document that can be for this workspace. MalformedError, NETWORK for one of another class of
        network: a workspace belongs to one class (DESIGN section 4).
        """
        document = read_policy(data)
        if not set(document.body.networks) & set(self._rooms.networks):
            named = ", ".join(document.body.networks)
            raise MalformedError(f"The policy is for {named}; this workspace does not do it.", code="NETWORK")
        return document

    def remarks(self, document: PolicyDocument, org: str, device_key: str) -> list[str]:
        """What the person here should know before voting for a document: whole sentences."""
        body, me, found = document.body, self._rooms.person, []
        if body.org != org:
            found.append(f"The document is of the organisation {safe_text(body.org, 80)}, not of {org}.")
        if not any(person.id == me and device_key in person.device_keys for person in body.people):
            found.append(f"The document does not name {me} with this workstation's device key.")
        return found

    def activate(self, data: bytes, votes: list[bytes]) -> JsonObject:
        """Check votes and version chain, journal the policy. Returns {hash, id, version, voters}.

        Raises DeniedError VOTES_MISSING, ConflictError, IntegrityError POLICY_ROLLBACK, MalformedError.
        """
        document = self.read(data)
        newest = self._newest()
        if newest is not None and newest.hash == document.hash:
            raise ConflictError("This policy is active already.")
        check_succession(document, newest, highest_seen=self._highest_seen)
        parsed = [read_vote(vote) for vote in votes]
        missing = activation_missing(document, parsed, newest)
        if missing:
            raise DeniedError(
                "The votes do not fill the change quorum.",
                code="VOTES_MISSING",
                details={"missing": [group.to_json() for group in missing]},
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
        voters: list[JsonValue] = [*sorted({vote.person for vote in parsed})]
        return {
            "hash": document.hash,
            "id": document.id,
            "version": document.version,
            "voters": voters,
        }

    def _newest(self) -> PolicyDocument | None:
        rows = self._rooms.queries.policies()
        if not rows:
            return None
        row = max(rows, key=lambda row: int(str(row["version"])))
        return self._load(str(row["hash"]), str(row["blob"])).document
