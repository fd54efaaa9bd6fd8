"""The list of all proposals, read in one query: no bodies, signatures only counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from signer_app.core.json_types import JsonObject
from signer_app.policy.codes import only_unread
from signer_app.proposals.lifecycle import DENIED, FINAL, words_of
from signer_app.proposals.store import tables as t
from signer_app.proposals.store.statement_queries import StatementQueries

_COLUMNS = (
    "id", "network", "account", "type", "state", "slot_kind", "slot_value", "created_at", "expires_at",
    "expiry_ledger", "title", "proposer", "tx_id", "added_index",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the list. ``needed``: people that the newest verdict asked for; null where none did, or
    the proposal is not open. ``untold``: it is denied, and only because facts could not be read."""

    id: str
    network: str
    account: str
    type: str
    state: str
    slot_kind: str
    slot_value: str
    created_at: str
    expires_at: str | None
    expiry_ledger: str | None
    title: str
    proposer: str
    tx_id: str | None
    added_index: int
    effects: tuple[JsonObject, ...]
    signatures: int
    needed: int | None = None
    untold: bool = False

    @property
    def state_words(self) -> str:
        """The state as people read it."""
        return words_of(self.state, untold=self.untold)

    @property
    def final(self) -> bool:
        """Whether nothing can change any more."""
        return self.state in FINAL


@dataclass(frozen=True, slots=True)
class NewestVerdict:
    """The newest verdict of a proposal: its journal record, where its report is, what stood against it, and
    what signatures it asked for (null: only its report says)."""

    proposal_id: str
    record: int
    report_blob: str
    codes: tuple[str, ...]
    required: JsonObject | None = None


class ListQueries(StatementQueries):
    """Reads over many proposals at once."""

    def list_rows(self) -> list[ListRow]:
        """All proposals, oldest first."""
        counted = (
            select(t.signatures.c.proposal_id, func.count().label("signatures"))
            .group_by(t.signatures.c.proposal_id)
            .subquery()
        )
        query = (
            select(*(t.proposals.c[name] for name in _COLUMNS), t.proposals.c.effects, counted.c.signatures)
            .outerjoin(counted, counted.c.proposal_id == t.proposals.c.id)
            .order_by(t.proposals.c.added_index)
        )
        with self._connect() as connection:
            untold = untold_in(connection)
            return [_row(row._mapping, untold) for row in connection.execute(query)]

    def rejected_by(self, person: str) -> frozenset[str]:
        """The proposals that this person rejected."""
        query = select(t.rejections.c.proposal_id).where(t.rejections.c.person == person)
        with self._connect() as connection:
            return frozenset(connection.execute(query).scalars())

    def newest_verdicts(self, states: tuple[str, ...]) -> list[NewestVerdict]:
        """The newest verdict of each proposal in one of these states."""
        newest = (
            select(t.verdicts.c.proposal_id, func.max(t.verdicts.c.record).label("record"))
            .join(t.proposals, t.proposals.c.id == t.verdicts.c.proposal_id)
            .where(t.proposals.c.state.in_(states))
            .group_by(t.verdicts.c.proposal_id)
            .subquery()
        )
        columns = ("proposal_id", "record", "report_blob", "codes", "required")
        query = select(*(t.verdicts.c[name] for name in columns)).join(
            newest, newest.c.record == t.verdicts.c.record
        )
        with self._connect() as connection:
            return [
                NewestVerdict(
                    row.proposal_id, row.record, row.report_blob, tuple(json.loads(row.codes)),
                    json.loads(row.required) if row.required is not None else None,
                )
                for row in connection.execute(query)
            ]  # fmt: skip


def untold_in(connection: Connection, proposal_id: str | None = None) -> frozenset[str]:
    """The denied proposals, or this one if it is, against which only facts stand that could not be read, as
    their newest denial says."""
    denied = [t.proposals.c.state == DENIED, t.verdicts.c.verdict == "DENY"]
    if proposal_id is not None:
        denied.append(t.proposals.c.id == proposal_id)
    newest = (
        select(func.max(t.verdicts.c.record).label("record"))
        .join(t.proposals, t.proposals.c.id == t.verdicts.c.proposal_id)
        .where(*denied)
        .group_by(t.verdicts.c.proposal_id)
        .subquery()
    )
    query = select(t.verdicts.c.proposal_id, t.verdicts.c.codes).join(
        newest, newest.c.record == t.verdicts.c.record
    )
    return frozenset(
        row.proposal_id for row in connection.execute(query) if only_unread(json.loads(row.codes))
    )


def _row(values: Mapping[Any, Any], untold: frozenset[str]) -> ListRow:
    effects = tuple(json.loads(values["effects"]))
    signatures, unread = values["signatures"] or 0, values["id"] in untold
    return ListRow(**{**values, "effects": effects, "signatures": signatures, "untold": unread})
