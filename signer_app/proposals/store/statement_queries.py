"""Reads of halts, resumes and overrides. No query writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from signer_app.core.json_types import JsonObject
from signer_app.core.statements import Halt, Override, Resume
from signer_app.proposals.store import tables as t
from signer_app.vault.database import database_errors


@dataclass(frozen=True, slots=True)
class StoredHalt:
    """A halt that was accepted, with every resume that names it. ``lifted_at`` null: it stands."""

    halt: Halt
    record: int
    lifted_at: str | None
    lifted_by: tuple[str, ...]
    resumes: tuple[Resume, ...]


@dataclass(frozen=True, slots=True)
class RefusedStatement:
    """A statement that was kept out. ``statement`` is as it came."""

    hash: str
    kind: str
    proposal_id: str | None
    statement: JsonObject
    code: str
    reason: str
    at: str
    record: int

    def to_json(self) -> JsonObject:
        return {
            "kind": self.kind,
            "person": self.statement.get("person"),
            "code": self.code,
            "reason": self.reason,
            "at": self.at,
            "record": self.record,
        }


class StatementQueries:
    """Reads of statements over one store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        """A connection whose errors come out as STORE_BROKEN or STORAGE_FULL."""
        with database_errors(), self._engine.connect() as connection:
            yield connection

    def halts(self, *, standing: bool = False) -> list[StoredHalt]:
        """Halts in the order in which they came; with ``standing`` only those that nobody lifted."""
        query = select(t.halts).order_by(t.halts.c.record)
        if standing:
            query = query.where(t.halts.c.lifted_at.is_(None))
        with self._connect() as connection:
            return [
                StoredHalt(
                    Halt.model_validate(json.loads(row.statement)),
                    row.record,
                    row.lifted_at,
                    tuple(json.loads(row.lifted_by)) if row.lifted_by is not None else (),
                    _resumes(connection, row.id),
                )
                for row in connection.execute(query).fetchall()
            ]

    def halt_on(self, accounts: Iterable[str]) -> Halt | None:
        """The oldest standing halt that stops what acts for one of ``accounts`` (CAIP-10)."""
        acting = tuple(accounts)
        return next((s.halt for s in self.halts(standing=True) if any(map(s.halt.covers, acting))), None)

    def knows_resume(self, identifier: str) -> bool:
        """Whether a resume statement with this id was accepted."""
        with self._connect() as connection:
            return connection.execute(select(t.resumes.c.id).filter_by(id=identifier)).first() is not None

    def overrides(self, proposal_id: str, policy_hash: str | None = None) -> list[Override]:
        """Accepted overrides of a proposal, oldest first; with ``policy_hash`` those under that policy."""
        query = select(t.overrides).where(t.overrides.c.proposal_id == proposal_id)
        if policy_hash is not None:
            query = query.where(t.overrides.c.policy_hash == policy_hash)
        with self._connect() as connection:
            return [
                Override.model_validate(json.loads(row.statement))
                for row in connection.execute(query.order_by(t.overrides.c.record))
            ]

    def marks(self, proposal_id: str) -> list[int]:
        """Journal indexes of intents, submissions and overrides of a proposal, ascending."""
        with self._connect() as connection:
            return sorted(
                row.record
                for table in (t.intents, t.submissions, t.overrides)
                for row in connection.execute(select(table.c.record).filter_by(proposal_id=proposal_id))
            )

    def refused_statements(self, proposal_id: str | None = None) -> list[RefusedStatement]:
        """Statements that were kept out: all, or the overrides of one proposal."""
        query = select(t.refused_statements).order_by(t.refused_statements.c.record)
        if proposal_id is not None:
            query = query.where(t.refused_statements.c.proposal_id == proposal_id)
        with self._connect() as connection:
            return [
                RefusedStatement(
                    row.hash, row.kind, row.proposal_id, _object(row.statement), row.code, row.reason, row.at,
                    row.record,
                )
                for row in connection.execute(query)
            ]  # fmt: skip


def _resumes(connection: Connection, halt_id: str) -> tuple[Resume, ...]:
    query = select(t.resumes).where(t.resumes.c.halt_id == halt_id).order_by(t.resumes.c.record)
    return tuple(Resume.model_validate(json.loads(row.statement)) for row in connection.execute(query))


def _object(text: str) -> JsonObject:
    """A statement that was refused may be anything."""
    value = json.loads(text)
    return value if isinstance(value, dict) else {}
