"""From journal records to tables: the only writer of the store (docs/decisions/0002).

Records and the count of applied records are written in one transaction. A crash between the journal and
the store therefore heals itself at the next start, and rebuilding is the same code over an empty store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from sqlalchemy import Connection, Engine, delete, insert, select, update

from signer_app.core.canonical import canonical
from signer_app.core.errors import IntegrityError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.proposals.lifecycle import PROPOSAL
from signer_app.proposals.store import tables as t
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
    handler = _HANDLERS.get(_text(record, "type"))
    if handler is not None:
        handler(connection, index, record)
    state = record.get("state")
    if isinstance(state, str) and record.get("type") != "proposal.added":
        _set_state(connection, record, state)


def _set_state(connection: Connection, record: JsonObject, state: str) -> None:
    identifier = _text(record, "proposal_id")
    row = connection.execute(select(t.proposals.c.state).where(t.proposals.c.id == identifier)).first()
    if row is None:
        raise IntegrityError(f"The journal moves an unknown proposal {identifier}.", code="STORE_BROKEN")
    connection.execute(
        update(t.proposals)
        .where(t.proposals.c.id == identifier)
        .values(state=PROPOSAL.step(row.state, state), updated_at=_text(record, "at"))
    )


def _proposal_added(connection: Connection, index: int, record: JsonObject) -> None:
    expiry = record.get("expiry_ledger")
    author = record.get("author")
    connection.execute(
        insert(t.proposals).values(
            id=_text(record, "proposal_id"),
            **{
                name: _text(record, name)
                for name in (
                    "network", "account", "encoding", "body", "body_hash", "slot_kind", "slot_value",
                    "state", "title", "note", "created_at", "origin", "proposer",
                )
            },
            type=_text(record, "tx_type"),
            expiry_ledger=expiry,
            since_ledger=record.get("since_ledger"),
            expires_at=record.get("expires_at"),
            effects=_json(record.get("effects", [])),
            links=_json(record.get("links", [])),
            author=_json(author) if author is not None else None,
            importer=_text(record, "person"),
            added_at=_text(record, "at"),
            added_index=index,
            updated_at=_text(record, "at"),
        )
    )  # fmt: skip


def _signature(connection: Connection, index: int, record: JsonObject) -> None:
    identifier = _text(record, "proposal_id")
    receipt = record.get("receipt")
    key = {"proposal_id": identifier, "signer": _text(record, "signer"), "scheme": _text(record, "scheme")}
    present = connection.execute(select(t.signatures.c.record).filter_by(**key)).first()
    if present is None:  # never overwritten: the first verified one stays
        connection.execute(
            insert(t.signatures).values(
                **key,
                public_key=_text(record, "public_key"),
                signature=_text(record, "signature"),
                digest=_text(record, "digest"),
                device=record.get("device"),
                signed_at=record.get("signed_at"),
                released_here=record["type"] == "sign.released",
                receipt=_json(receipt) if receipt is not None else None,
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
            proposal_id=_text(record, "proposal_id"),
            signer=record.get("signer"),
            open=True,
        )
    )


def _sign_failed(connection: Connection, _index: int, record: JsonObject) -> None:
    _close_intents(connection, "sign", _text(record, "proposal_id"), record.get("signer"))


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
                    proposal_id=_text(record, "proposal_id"),
                    signer=_text(entry, "signer"),
                    public_key=entry.get("public_key"),
                    signature=_text(entry, "signature"),
                    code=_text(entry, "code"),
                    reason=_text(entry, "reason"),
                    at=_text(record, "at"),
                )
            )


def _rejected(connection: Connection, _index: int, record: JsonObject) -> None:
    key = {"proposal_id": _text(record, "proposal_id"), "person": _text(record, "person")}
    if connection.execute(select(t.rejections.c.at).filter_by(**key)).first() is None:
        connection.execute(
            insert(t.rejections).values(
                **key,
                reason=_text(record, "reason"),
                at=_text(record, "at"),
                statement=_json(record.get("statement")),
            )
        )


def _verdict(connection: Connection, index: int, record: JsonObject) -> None:
    connection.execute(
        insert(t.verdicts).values(
            record=index,
            signer=record.get("signer"),
            codes=_json(record.get("codes", [])),
            **{
                name: _text(record, name)
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
            proposal_id=_text(record, "proposal_id"),
            tx_id=_text(record, "tx_id"),
            blob=_text(record, "blob"),
            at=_text(record, "at"),
            attempts="[]",
        )
    )
    connection.execute(
        update(t.proposals)
        .where(t.proposals.c.id == _text(record, "proposal_id"))
        .values(tx_id=_text(record, "tx_id"))
    )


def _submit_answer(connection: Connection, _index: int, record: JsonObject) -> None:
    identifier = _text(record, "proposal_id")
    _close_intents(connection, "submit", identifier, None)
    connection.execute(
        update(t.submissions)
        .where(t.submissions.c.proposal_id == identifier, t.submissions.c.tx_id == _text(record, "tx_id"))
        .values(attempts=_json(record.get("attempts", [])))
    )


def _outcome(connection: Connection, _index: int, record: JsonObject) -> None:
    identifier = _text(record, "proposal_id")
    values: dict[str, JsonValue] = {"outcome": _json(record.get("evidence", {}))}
    if isinstance(record.get("tx_id"), str):
        values["tx_id"] = record["tx_id"]
    connection.execute(update(t.proposals).where(t.proposals.c.id == identifier).values(**values))
    connection.execute(delete(t.slots).where(t.slots.c.proposal_id == identifier))


def _slot_reserved(connection: Connection, _index: int, record: JsonObject) -> None:
    key = {
        "account": _text(record, "account"),
        "kind": _text(record, "slot_kind"),
        "value": _text(record, "slot_value"),
        "proposal_id": record.get("proposal_id"),
    }
    if connection.execute(select(t.slots.c.at).filter_by(**key)).first() is None:
        connection.execute(insert(t.slots).values(**key, at=_text(record, "at")))


def _slot_freed(connection: Connection, _index: int, record: JsonObject) -> None:
    query = delete(t.slots).where(
        t.slots.c.account == _text(record, "account"),
        t.slots.c.kind == _text(record, "slot_kind"),
        t.slots.c.value == _text(record, "slot_value"),
    )
    connection.execute(query.where(t.slots.c.proposal_id.is_(None)))


def _halted(connection: Connection, _index: int, record: JsonObject) -> None:
    connection.execute(
        update(t.proposals)
        .where(t.proposals.c.id == _text(record, "proposal_id"))
        .values(halt=_json(record.get("statement")))
    )


def _policy_activated(connection: Connection, index: int, record: JsonObject) -> None:
    digest = _text(record, "policy_hash")
    if connection.execute(select(t.policies.c.record).filter_by(hash=digest)).first() is None:
        version = record.get("version")
        if not isinstance(version, int):
            raise IntegrityError("A policy record has no version.", code="STORE_BROKEN")
        connection.execute(
            insert(t.policies).values(
                hash=digest,
                policy_id=_text(record, "policy_id"),
                version=version,
                blob=_text(record, "blob"),
                votes=_json(record.get("votes", [])),
                activated_at=_text(record, "at"),
                record=index,
            )
        )


_HANDLERS: dict[str, Handler] = {
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
    "halt": _halted,
    "policy.activated": _policy_activated,
}


def _text(record: JsonObject, name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise IntegrityError(f"A journal record lacks {name}.", code="STORE_BROKEN")
    return value


def _json(value: JsonValue) -> str:
    return canonical(value).decode("utf-8")
