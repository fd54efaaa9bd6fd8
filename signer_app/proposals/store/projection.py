"""From journal records to tables: the only writer of the store (docs/decisions/0002).

Records and the count of applied records are written in one transaction. A crash between the journal and
the store therefore heals itself at the next start, and rebuilding is the same code over an empty store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from sqlalchemy import Connection, Engine, delete, insert, select, update

from signer_app.core.errors import IntegrityError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.proposals.lifecycle import PROPOSAL, SENT, UNKNOWN, WAITING
from signer_app.proposals.store import statement_records
from signer_app.proposals.store import tables as t
from signer_app.proposals.store.fields import json_text, text
from signer_app.vault.database import database_errors


class RecordSource(Protocol):
    """What the projection needs of a journal."""

    @property
    def log_id(self) -> str: ...
    @property
    def size(self) -> int: ...
    def records(self, start: int = 0) -> Iterator[tuple[int, JsonObject]]: ...


class Projection:
    """Applies records to the store, each exactly once."""

    def __init__(self, engine: Engine, source: RecordSource) -> None:
        self._engine = engine
        self._source = source

    def catch_up(self) -> int:
        """Apply every record that is not applied yet; returns how many. IntegrityError STORE_BROKEN."""
        with database_errors(), self._engine.begin() as connection:
            applied = _applied(connection, self._source.log_id)
            if applied > self._source.size:
                raise IntegrityError(
                    "The database knows more records than the journal holds.", code="STORE_BROKEN"
                )
            count = 0
            for index, record in self._source.records(applied):
                _apply(connection, index, record)
                count += 1
            if count:
                connection.execute(
                    update(t.projection)
                    .where(t.projection.c.log_id == self._source.log_id)
                    .values(applied=applied + count)
                )
                failpoint("projection.before_commit")
        if count:
            failpoint("projection.after_commit")
        return count

    def rebuild(self) -> int:
        """Empty every table and apply the whole journal again; returns the number of records."""
        with database_errors(), self._engine.begin() as connection:
            for table in reversed(t.metadata.sorted_tables):
                connection.execute(delete(table))
        failpoint("projection.emptied")
        return self.catch_up()


def _applied(connection: Connection, log_id: str) -> int:
    row = connection.execute(select(t.projection)).first()
    if row is None:
        connection.execute(insert(t.projection).values(log_id=log_id, applied=0))
        return 0
    if row.log_id != log_id:
        raise IntegrityError("The database belongs to another journal.", code="STORE_BROKEN")
    return int(row.applied)


Handler = Callable[[Connection, int, JsonObject], None]


def _apply(connection: Connection, index: int, record: JsonObject) -> None:
    handler = _HANDLERS.get(text(record, "type"))
    if handler is not None:
        handler(connection, index, record)
    state = record.get("state")
    if isinstance(state, str) and record.get("type") != "proposal.added":
        _set_state(connection, record, state)


def _set_state(connection: Connection, record: JsonObject, state: str) -> None:
    identifier = text(record, "proposal_id")
    row = connection.execute(select(t.proposals.c.state).where(t.proposals.c.id == identifier)).first()
    if row is None:
        raise IntegrityError(f"The journal moves an unknown proposal {identifier}.", code="STORE_BROKEN")
    connection.execute(
        update(t.proposals)
        .where(t.proposals.c.id == identifier)
        .values(state=PROPOSAL.step(row.state, state), updated_at=text(record, "at"))
    )


def _proposal_added(connection: Connection, index: int, record: JsonObject) -> None:
    expiry = record.get("expiry_ledger")
    author = record.get("author")
    connection.execute(
        insert(t.proposals).values(
            id=text(record, "proposal_id"),
            **{
                name: text(record, name)
                for name in (
                    "network", "account", "encoding", "body", "body_hash", "slot_kind", "slot_value",
                    "state", "title", "note", "created_at", "origin", "proposer",
                )
            },
            type=text(record, "tx_type"),
            expiry_ledger=expiry,
            since_ledger=record.get("since_ledger"),
            expires_at=record.get("expires_at"),
            effects=json_text(record.get("effects", [])),
            links=json_text(record.get("links", [])),
            author=json_text(author) if author is not None else None,
            importer=text(record, "person"),
            added_at=text(record, "at"),
            added_index=index,
            updated_at=text(record, "at"),
        )
    )  # fmt: skip


def _signature(connection: Connection, index: int, record: JsonObject) -> None:
    identifier = text(record, "proposal_id")
    receipt = record.get("receipt")
    key = {"proposal_id": identifier, "signer": text(record, "signer"), "scheme": text(record, "scheme")}
    present = connection.execute(select(t.signatures.c.record).filter_by(**key)).first()
    if present is None:  # never overwritten: the first verified one stays
        connection.execute(
            insert(t.signatures).values(
                **key,
                public_key=text(record, "public_key"),
                signature=text(record, "signature"),
                digest=text(record, "digest"),
                device=record.get("device"),
                signed_at=record.get("signed_at"),
                released_here=record["type"] == "sign.released",
                receipt=json_text(receipt) if receipt is not None else None,
                record=index,
            )
        )
    _close_intents(connection, "sign", identifier, record.get("signer"))


def _sign_intent(connection: Connection, index: int, record: JsonObject) -> None:
    _open_intent(connection, index, "sign", record)


def _open_intent(connection: Connection, index: int, kind: str, record: JsonObject) -> None:
    connection.execute(
        insert(t.intents).values(
            record=index,
            kind=kind,
            proposal_id=text(record, "proposal_id"),
            signer=record.get("signer"),
            open=True,
        )
    )


def _sign_failed(connection: Connection, _index: int, record: JsonObject) -> None:
    _close_intents(connection, "sign", text(record, "proposal_id"), record.get("signer"))


def _close_intents(connection: Connection, kind: str, proposal_id: str, signer: JsonValue) -> None:
    query = update(t.intents).where(t.intents.c.kind == kind, t.intents.c.proposal_id == proposal_id)
    if isinstance(signer, str):
        query = query.where(t.intents.c.signer == signer)
    connection.execute(query.values(open=False))


def _quarantined(connection: Connection, index: int, record: JsonObject) -> None:
    entries = record.get("entries")
    for position, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            connection.execute(
                insert(t.quarantine).values(
                    record=index,
                    entry=position,
                    proposal_id=text(record, "proposal_id"),
                    signer=text(entry, "signer"),
                    public_key=entry.get("public_key"),
                    signature=text(entry, "signature"),
                    code=text(entry, "code"),
                    reason=text(entry, "reason"),
                    at=text(record, "at"),
                )
            )


def _rejected(connection: Connection, _index: int, record: JsonObject) -> None:
    key = {"proposal_id": text(record, "proposal_id"), "person": text(record, "person")}
    if connection.execute(select(t.rejections.c.at).filter_by(**key)).first() is None:
        connection.execute(
            insert(t.rejections).values(
                **key,
                reason=text(record, "reason"),
                at=text(record, "at"),
                statement=json_text(record.get("statement")),
            )
        )


def _verdict(connection: Connection, index: int, record: JsonObject) -> None:
    connection.execute(
        insert(t.verdicts).values(
            record=index,
            signer=record.get("signer"),
            codes=json_text(record.get("codes", [])),
            required=json_text(record["required"]) if "required" in record else None,
            **{
                name: text(record, name)
                for name in (
                    "proposal_id", "phase", "verdict", "report_hash", "report_blob", "facts_blob",
                    "policy_hash", "at",
                )
            },
        )
    )  # fmt: skip


def _submit_intent(connection: Connection, index: int, record: JsonObject) -> None:
    _open_intent(connection, index, "submit", record)
    connection.execute(
        insert(t.submissions).values(
            record=index,
            proposal_id=text(record, "proposal_id"),
            tx_id=text(record, "tx_id"),
            blob=text(record, "blob"),
            at=text(record, "at"),
            attempts="[]",
        )
    )
    connection.execute(
        update(t.proposals)
        .where(t.proposals.c.id == text(record, "proposal_id"))
        .values(tx_id=text(record, "tx_id"))
    )


def _submit_answer(connection: Connection, _index: int, record: JsonObject) -> None:
    identifier = text(record, "proposal_id")
    _close_intents(connection, "submit", identifier, None)
    connection.execute(
        update(t.submissions)
        .where(t.submissions.c.proposal_id == identifier, t.submissions.c.tx_id == text(record, "tx_id"))
        .values(attempts=json_text(record.get("attempts", [])))
    )


def _outcome(connection: Connection, _index: int, record: JsonObject) -> None:
    identifier = text(record, "proposal_id")
    values: dict[str, JsonValue] = {"outcome": json_text(record.get("evidence", {}))}
    if isinstance(record.get("tx_id"), str):
        values["tx_id"] = record["tx_id"]
    connection.execute(update(t.proposals).where(t.proposals.c.id == identifier).values(**values))
    connection.execute(delete(t.slots).where(t.slots.c.proposal_id == identifier))


def _slot_reserved(connection: Connection, _index: int, record: JsonObject) -> None:
    key = {
        "account": text(record, "account"),
        "kind": text(record, "slot_kind"),
        "value": text(record, "slot_value"),
        "proposal_id": record.get("proposal_id"),
    }
    if connection.execute(select(t.slots.c.at).filter_by(**key)).first() is None:
        connection.execute(insert(t.slots).values(**key, at=text(record, "at")))


def _slot_freed(connection: Connection, _index: int, record: JsonObject) -> None:
    query = delete(t.slots).where(
        t.slots.c.account == text(record, "account"),
        t.slots.c.kind == text(record, "slot_kind"),
        t.slots.c.value == text(record, "slot_value"),
    )
    connection.execute(query.where(t.slots.c.proposal_id.is_(None)))


def _policy_activated(connection: Connection, index: int, record: JsonObject) -> None:
    digest = text(record, "policy_hash")
    if connection.execute(select(t.policies.c.record).filter_by(hash=digest)).first() is None:
        version = record.get("version")
        if not isinstance(version, int):
            raise IntegrityError("A policy record has no version.", code="STORE_BROKEN")
        connection.execute(
            insert(t.policies).values(
                hash=digest,
                policy_id=text(record, "policy_id"),
                version=version,
                blob=text(record, "blob"),
                votes=json_text(record.get("votes", [])),
                activated_at=text(record, "at"),
                record=index,
            )
        )


def _restored(connection: Connection, _index: int, record: JsonObject) -> None:
    """No step in a proposal's life, but the loss of what is known of it, and its return (decision 0019)."""
    if "proposal_id" in record:
        connection.execute(
            update(t.proposals)
            .where(t.proposals.c.id == text(record, "proposal_id"))
            .values(state=text(record, "back_to"), updated_at=text(record, "at"))
        )
        return
    # What was not final when the backup was made may have gone on without this workspace; nor is known what
    # became of what was being signed or sent then.
    connection.execute(update(t.intents).values(open=False))
    known = select(t.proposals).where(t.proposals.c.state.in_((*WAITING, *SENT)))
    for row in connection.execute(known).fetchall():
        again = row.state == UNKNOWN and row.restored is not None
        connection.execute(
            update(t.proposals)
            .where(t.proposals.c.id == row.id)
            .values(
                state=UNKNOWN,
                restored=row.restored if again else row.state,
                updated_at=text(record, "at"),
            )
        )


def _blob_put(connection: Connection, index: int, record: JsonObject) -> None:
    """The newest place counts: an older one may have been redacted."""
    connection.execute(delete(t.blobs).where(t.blobs.c.sha256 == text(record, "sha256")))
    connection.execute(insert(t.blobs).values(sha256=text(record, "sha256"), record=index))


_HANDLERS: dict[str, Handler] = {
    "blob.put": _blob_put,
    "proposal.added": _proposal_added,
    "sign.intent": _sign_intent,
    "sign.released": _signature,
    "sign.failed": _sign_failed,
    "signature.added": _signature,
    "signature.quarantined": _quarantined,
    "reject": _rejected,
    "verdict": _verdict,
    "submit.intent": _submit_intent,
    "submit.answer": _submit_answer,
    "outcome": _outcome,
    "slot.reserved": _slot_reserved,
    "slot.freed": _slot_freed,
    "policy.activated": _policy_activated,
    "restored": _restored,
    "halt": statement_records.halt,
    "resume": statement_records.resume,
    "override": statement_records.override,
}
