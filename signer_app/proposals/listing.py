"""All proposals as lines of a list, which of them stand in each other's way, and the list as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from signer_app.core.canonical import read_json_object
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import csv_cell, safe_text
from signer_app.proposals import lifecycle as life
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.list_queries import ListRow

CSV_TITLES: Final = (
    "id", "created_at", "state", "type", "network", "account", "to", "tag", "asset", "amount", "effects",
    "slot", "signatures", "people_needed", "expires_at", "expiry_ledger", "proposer", "message", "tx_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Needs:
    """What signatures a proposal takes by its newest verdict: people by policy (0: it asks for none), and the
    weight that is there of the ledger's quorum, where the nodes stated one."""

    people: int
    weight: int | None
    quorum: int | None

    @classmethod
    def of(cls, required: JsonValue) -> Needs:
        """From ``required`` of a report (CONTRACTS C4)."""
        known = required if isinstance(required, dict) else {}
        ledger = known.get("ledger")
        people, (weight, quorum) = _count(known.get("persons")), _weights(ledger)
        return cls(people or 0, weight, quorum)


class Listing:
    """The list of one workspace. Reports are read only where a verdict does not say itself what it asked for,
    and then once."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._read: dict[int, Needs] = {}

    def rows(self) -> tuple[ListRow, ...]:
        """Every proposal, oldest first."""
        needs = self.needs()
        return tuple(
            replace(row, needed=needs[row.id].people or None) if row.id in needs else row
            for row in self._rooms.queries.list_rows()
        )

    def needs(self) -> dict[str, Needs]:
        """What each open proposal takes that was ever judged."""
        found: dict[str, Needs] = {}
        kept: dict[int, Needs] = {}
        for verdict in self._rooms.queries.newest_verdicts(life.OPEN):
            if verdict.required is not None:
                found[verdict.proposal_id] = Needs.of(verdict.required)
                continue
            known = self._read.get(verdict.record) or self._reported(verdict.report_blob)
            found[verdict.proposal_id] = kept[verdict.record] = known
        self._read = kept
        return found

    def _reported(self, blob: str) -> Needs:
        return Needs.of(read_json_object(self._rooms.journal.get_blob(blob)).get("required"))


def _count(value: JsonValue) -> int | None:
    return value if isinstance(value, int) else None


def _weights(ledger: JsonValue) -> tuple[int | None, int | None]:
    """Weight and quorum, both or neither."""
    if not isinstance(ledger, dict):
        return None, None
    weight, quorum = _count(ledger.get("weight")), _count(ledger.get("quorum"))
    return (None, None) if weight is None or quorum is None else (weight, quorum)


def conflicts(rows: Iterable[ListRow]) -> dict[str, tuple[str, ...]]:
    """Proposal -> the others that use the same slot, oldest first: at most one of them can ever execute.

    Only where one of them can still: a slot that was used is history.
    """
    users: dict[tuple[str, str, str], list[ListRow]] = {}
    for row in rows:
        users.setdefault((row.account, row.slot_kind, row.slot_value), []).append(row)
    found: dict[str, tuple[str, ...]] = {}
    for group in users.values():
        if len(group) > 1 and not all(row.final for row in group):
            for row in group:
                found[row.id] = tuple(other.id for other in group if other.id != row.id)
    return found


def to_csv(rows: Sequence[ListRow]) -> bytes:
    """The rows as UTF-8 CSV with a line of titles. A spreadsheet shows every cell and runs none."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(CSV_TITLES)
    for row in rows:
        cells = _cells(row)
        writer.writerow([csv_cell(_text(cells[title])) for title in CSV_TITLES])
    return stream.getvalue().encode("utf-8")


def _cells(row: ListRow) -> Mapping[str, JsonValue]:
    transfers = [effect for effect in row.effects if effect.get("kind") == "Transfer"]
    paid: JsonObject = transfers[0] if len(transfers) == 1 else {}
    return {
        "id": row.id,
        "created_at": row.created_at,
        "state": row.state_words,
        "type": row.type,
        "network": row.network,
        "account": row.account,
        **{name: paid.get(name) for name in ("to", "tag", "asset", "amount")},
        "effects": ", ".join(str(effect.get("kind")) for effect in row.effects),
        "slot": f"{row.slot_kind} {row.slot_value}",
        "signatures": row.signatures,
        "people_needed": row.needed,
        "expires_at": row.expires_at,
        "expiry_ledger": row.expiry_ledger,
        "proposer": row.proposer,
        "message": row.title,
        "tx_id": row.tx_id,
    }


def _text(value: JsonValue) -> str:
    """On one line; a tab or return at the beginning stays for csv_cell to see."""
    text = "" if value is None else str(value)
    lead = text[:1] if text[:1] in "\t\r" else ""
    return lead + safe_text(text[len(lead) :], 4000)
