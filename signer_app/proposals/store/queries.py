"""Reads of the store as plain values. No query writes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, func, select, true

from signer_app.core.errors import NotFoundError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.proposals.lifecycle import DENIED, FINAL, SENT, UNKNOWN, words_of
from signer_app.proposals.store import tables as t
from signer_app.proposals.store.list_queries import ListQueries, untold_in


@dataclass(frozen=True, slots=True)
class StoredSignature:
    """A verified signature. ``record`` is its journal index."""

    signer: str
    scheme: str
    public_key: str
    signature: str
    digest: str
    device: str | None
    signed_at: str | None
    released_here: bool
    record: int

    def to_json(self) -> JsonObject:
        return {
            "signer": self.signer,
            "public_key": self.public_key,
            "signature": self.signature,
            "scheme": self.scheme,
            "digest": self.digest,
            "device": self.device,
            "signed_at": self.signed_at,
            "record": self.record,
        }


@dataclass(frozen=True, slots=True)
class Submission:
    """A combined transaction that was sent, or was about to be."""

    tx_id: str
    blob: str
    at: str
    attempts: list[JsonValue]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as stored. Members as in store/tables.py; JSON columns are parsed. ``untold``: it is denied,
    and only because facts could not be read."""

    id: str
    network: str
    account: str
    encoding: str
    body: str
    body_hash: str
    type: str
    slot_kind: str
    slot_value: str
    expiry_ledger: str | None
    effects: list[JsonObject]
    state: str
    title: str
    note: str
    created_at: str
    expires_at: str | None
    origin: str
    proposer: str
    importer: str
    author: JsonObject | None
    links: list[JsonValue]
    added_index: int
    since_ledger: str | None
    tx_id: str | None
    outcome: JsonObject | None
    updated_at: str
    signatures: tuple[StoredSignature, ...]
    restored: str | None = None
    untold: bool = False

    @property
    def state_words(self) -> str:
        """The state as people read it."""
        return words_of(self.state, untold=self.untold)

    @property
    def live(self) -> bool:
        """Whether signatures that exist could still execute (DESIGN section 2). After a restore nobody here
        knows which do."""
        return (bool(self.signatures) or self.restored is not None) and self.state not in FINAL

    @property
    def unread(self) -> bool:
        """Whether it waited when the backup was made that this workspace was restored from, and the ledger
        was not read since."""
        return self.state == UNKNOWN and self.restored is not None and self.restored not in SENT

    @property
    def acts_for(self) -> tuple[str, ...]:
        """Accounts in whose name it does something: its own, and those of inner transactions."""
        return tuple(sorted({self.account, *(str(effect["account"]) for effect in self.effects)}))

    def to_json(self) -> JsonObject:
        return {
            "proposal_id": self.id,
            "body_hash": self.body_hash,
            "network": self.network,
            "account": self.account,
            "type": self.type,
            "state": self.state,
            "state_words": self.state_words,
            "could_not_tell": self.untold,
            "live": self.live,
            "restored": self.restored,
            "title": self.title,
            "note": self.note,
            "proposer": self.proposer,
            "origin": self.origin,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "slot": {"kind": self.slot_kind, "value": self.slot_value},
            "expiry_ledger": self.expiry_ledger,
            "effects": list(self.effects),
            "signatures": [signature.to_json() for signature in self.signatures],
            "tx_id": self.tx_id,
            "outcome": self.outcome,
            "updated_at": self.updated_at,
        }


class Queries(ListQueries):
    """Reads over one store."""

    def proposal(self, identifier: str) -> Proposal:
        """One proposal by its id or an unambiguous start of at least 6 digits. NotFoundError."""
        with self._connect() as connection:
            query = select(t.proposals).where(t.proposals.c.id == identifier)
            rows = connection.execute(query).fetchall()
            if not rows and len(identifier) >= 6 and identifier.isalnum():
                query = select(t.proposals).where(t.proposals.c.id.startswith(identifier.lower()))
                rows = connection.execute(query.limit(2)).fetchall()
            if len(rows) != 1:
                word = "more than one proposal starts" if rows else "no proposal begins"
                raise NotFoundError(f"In this workspace {word} with {identifier[:64]}.")
            return _whole(connection, rows[0])

    def find(self, identifier: str) -> Proposal | None:
        """The proposal with exactly this id, or None."""
        with self._connect() as connection:
            row = connection.execute(select(t.proposals).where(t.proposals.c.id == identifier)).first()
            return _whole(connection, row) if row is not None else None

    def proposals(
        self, *, states: tuple[str, ...] | None = None, account: str | None = None
    ) -> list[Proposal]:
        """All proposals, oldest first."""
        wanted: list[ColumnElement[bool]] = []
        if states is not None:
            wanted.append(t.proposals.c.state.in_(states))
        if account is not None:
            wanted.append(t.proposals.c.account == account)
        query = select(t.proposals).where(*wanted).order_by(t.proposals.c.added_index)
        signatures = select(t.signatures)
        if wanted:
            signatures = signatures.join(t.proposals, t.proposals.c.id == t.signatures.c.proposal_id).where(
                *wanted
            )
        with self._connect() as connection:
            found: dict[str, list[StoredSignature]] = {}
            for row in connection.execute(signatures.order_by(t.signatures.c.record)):
                found.setdefault(row.proposal_id, []).append(_signature(row))
            untold = untold_in(connection)
            return [
                _proposal(row, found.get(row.id, ()), untold=row.id in untold)
                for row in connection.execute(query)
            ]

    def count(self, states: tuple[str, ...] | None = None) -> int:
        """How many proposals there are, in these states or at all."""
        query = select(func.count()).select_from(t.proposals)
        if states is not None:
            query = query.where(t.proposals.c.state.in_(states))
        with self._connect() as connection:
            return int(connection.execute(query).scalar_one())

    def blob_record(self, sha256: str) -> int | None:
        """The journal record that holds this file."""
        with self._connect() as connection:
            return connection.execute(select(t.blobs.c.record).where(t.blobs.c.sha256 == sha256)).scalar()

    def submissions(self, proposal_id: str) -> list[Submission]:
        """Every combined transaction of a proposal, oldest first."""
        query = (
            select(t.submissions)
            .where(t.submissions.c.proposal_id == proposal_id)
            .order_by(t.submissions.c.record)
        )
        with self._connect() as connection:
            return [
                Submission(row.tx_id, row.blob, row.at, json.loads(row.attempts))
                for row in connection.execute(query)
            ]

    def quarantine(self, proposal_id: str) -> list[JsonObject]:
        """Signatures that were refused, with their reasons."""
        query = select(t.quarantine).where(t.quarantine.c.proposal_id == proposal_id)
        with self._connect() as connection:
            return [
                {"signer": r.signer, "public_key": r.public_key, "signature": r.signature, "code": r.code,
                 "reason": r.reason, "at": r.at, "record": r.record}
                for r in connection.execute(query.order_by(t.quarantine.c.record))
            ]  # fmt: skip

    def is_quarantined(self, proposal_id: str, signer: str, signature: str) -> bool:
        """Whether exactly this signature was refused before."""
        query = select(t.quarantine.c.record).filter_by(
            proposal_id=proposal_id, signer=signer, signature=signature
        )
        with self._connect() as connection:
            return connection.execute(query).first() is not None

    def rejections(self, proposal_id: str) -> list[JsonObject]:
        """Who said no, and why."""
        query = select(t.rejections).where(t.rejections.c.proposal_id == proposal_id)
        with self._connect() as connection:
            return [
                {"person": row.person, "reason": row.reason, "at": row.at}
                for row in connection.execute(query)
            ]

    def verdicts(self, proposal_id: str) -> list[JsonObject]:
        """Every judgement, oldest first, with the hashes that allow its replay."""
        query = select(t.verdicts).where(t.verdicts.c.proposal_id == proposal_id)
        with self._connect() as connection:
            return [
                {"record": r.record, "phase": r.phase, "signer": r.signer, "verdict": r.verdict,
                 "codes": json.loads(r.codes), "report_hash": r.report_hash, "report_blob": r.report_blob,
                 "facts_blob": r.facts_blob, "policy_hash": r.policy_hash, "at": r.at}
                for r in connection.execute(query.order_by(t.verdicts.c.record))
            ]  # fmt: skip

    def last_signed(self, network: str) -> dict[str, str]:
        """When each signer of a network last signed, as the verified signatures known here say of themselves.

        For display: a signature's time is claimed by whoever sent it.
        """
        claimed = func.max(t.signatures.c.signed_at)
        query = select(t.signatures.c.signer, claimed).where(
            t.signatures.c.signer.startswith(f"{network}:", autoescape=True),
            t.signatures.c.signed_at.is_not(None),
        )
        with self._connect() as connection:
            rows = connection.execute(query.group_by(t.signatures.c.signer))
            return {str(signer): str(at) for signer, at in rows}

    def paid(self) -> list[JsonObject]:
        """Confirmed payments by receiver and tag: {to, tag|null, count, last_at}.

        ``count`` is of proposals; ``last_at`` is when this workspace learned the newest outcome.
        """
        effect = func.json_each(t.proposals.c.effects).table_valued("value", name="effect")
        to, tag = (func.json_extract(effect.c.value, f"$.{name}") for name in ("to", "tag"))
        query = (
            select(to, tag, func.count(t.proposals.c.id.distinct()), func.max(t.proposals.c.updated_at))
            .select_from(t.proposals.join(effect, true()))
            .where(
                t.proposals.c.state == "CONFIRMED",
                func.json_extract(effect.c.value, "$.kind") == "Transfer",
            )
            .group_by(to, tag)
        )
        with self._connect() as connection:
            return [
                {"to": str(receiver), "tag": str(number) if number is not None else None,
                 "count": count, "last_at": str(at)}
                for receiver, number, count, at in connection.execute(query)
            ]  # fmt: skip

    def open_intents(self, kind: str) -> list[JsonObject]:
        """Intents whose result was never recorded."""
        query = select(t.intents).where(t.intents.c.kind == kind, t.intents.c.open)
        with self._connect() as connection:
            return [
                {"record": row.record, "proposal_id": row.proposal_id, "signer": row.signer}
                for row in connection.execute(query)
            ]

    def slots(self, account: str) -> list[JsonObject]:
        """Slots taken or held back on an account."""
        query = select(t.slots).where(t.slots.c.account == account)
        with self._connect() as connection:
            return [
                {"kind": row.kind, "value": row.value, "proposal_id": row.proposal_id, "at": row.at}
                for row in connection.execute(query)
            ]

    def policies(self) -> list[JsonObject]:
        """Activated policies, in the order of activation."""
        with self._connect() as connection:
            return [
                {"hash": row.hash, "id": row.policy_id, "version": row.version, "blob": row.blob,
                 "votes": json.loads(row.votes), "activated_at": row.activated_at, "record": row.record}
                for row in connection.execute(select(t.policies).order_by(t.policies.c.record))
            ]  # fmt: skip


def _whole(connection: Connection, row: Row[tuple[object, ...]]) -> Proposal:
    """One proposal with its signatures."""
    query = select(t.signatures).where(t.signatures.c.proposal_id == row.id)
    untold = row.state == DENIED and row.id in untold_in(connection, row.id)
    signatures = map(_signature, connection.execute(query.order_by(t.signatures.c.record)))
    return _proposal(row, signatures, untold=untold)


def _proposal(
    row: Row[tuple[object, ...]], signatures: Iterable[StoredSignature], *, untold: bool
) -> Proposal:
    values = dict(row._mapping)
    values.pop("added_at")
    for name in ("effects", "links"):
        values[name] = json.loads(values[name])
    for name in ("author", "outcome"):
        values[name] = json.loads(values[name]) if values[name] is not None else None
    return Proposal(**values, signatures=tuple(signatures), untold=untold)


def _signature(row: Row[tuple[object, ...]]) -> StoredSignature:
    return StoredSignature(
        signer=row.signer, scheme=row.scheme, public_key=row.public_key, signature=row.signature,
        digest=row.digest, device=row.device, signed_at=row.signed_at, released_here=row.released_here,
        record=row.record,
    )  # fmt: skip
