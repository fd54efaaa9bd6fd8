"""Records of halts, resumes and overrides, as the projection applies them.

Each kind has two forms: with ``statement`` alone it was accepted; with ``refused: {code, reason}`` beside it,
kept out. A resume record with ``lifted`` says that the halt ended, and by whose word.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from signer_app.core.canonical import canonical_hash
from signer_app.core.json_types import JsonObject
from signer_app.proposals.store import tables as t
from signer_app.proposals.store.fields import json_text, text


def halt(connection: Connection, index: int, record: JsonObject) -> None:
    """A halt that stands from now on, or was kept out."""
    if _refused(connection, index, record) or "halt_id" not in record:
        return  # without an id: a statement of nobody, as versions before this one could meet in a file
    key = text(record, "halt_id")
    if connection.execute(select(t.halts.c.id).filter_by(id=key)).first() is None:
        connection.execute(
            insert(t.halts).values(id=key, statement=json_text(record.get("statement")), record=index)
        )


def resume(connection: Connection, index: int, record: JsonObject) -> None:
    """One voice for resuming, or the word that the halt is lifted."""
    if _refused(connection, index, record):
        return
    key = text(record, "halt_id")
    if record.get("lifted") is True:
        connection.execute(
            update(t.halts)
            .where(t.halts.c.id == key, t.halts.c.lifted_at.is_(None))
            .values(
                lifted_at=text(record, "at"),
                lifted_record=index,
                lifted_by=json_text(record.get("people", [])),
            )
        )
        return
    name = text(record, "resume_id")
    if connection.execute(select(t.resumes.c.id).filter_by(id=name)).first() is None:
        statement = json_text(record.get("statement"))
        connection.execute(insert(t.resumes).values(id=name, halt_id=key, statement=statement, record=index))


def override(connection: Connection, index: int, record: JsonObject) -> None:
    """One voice of an override quorum."""
    if _refused(connection, index, record):
        return
    key = text(record, "override_id")
    if connection.execute(select(t.overrides.c.id).filter_by(id=key)).first() is None:
        connection.execute(
            insert(t.overrides).values(
                id=key,
                proposal_id=text(record, "proposal_id"),
                policy_hash=text(record, "policy_hash"),
                statement=json_text(record.get("statement")),
                record=index,
            )
        )


def _refused(connection: Connection, index: int, record: JsonObject) -> bool:
    """Keep or drop the refusal of this statement; true if the record is one."""
    if "statement" not in record:
        return False
    statement, refused = record["statement"], record.get("refused")
    key = canonical_hash(statement)
    if not isinstance(refused, dict):
        connection.execute(delete(t.refused_statements).where(t.refused_statements.c.hash == key))
        return False
    values = {
        "kind": text(record, "type"),
        "proposal_id": record.get("proposal_id"),
        "statement": json_text(statement),
        "code": text(refused, "code"),
        "reason": text(refused, "reason"),
        "at": text(record, "at"),
        "record": index,
    }
    connection.execute(delete(t.refused_statements).where(t.refused_statements.c.hash == key))
    connection.execute(insert(t.refused_statements).values(hash=key, **values))
    return True
