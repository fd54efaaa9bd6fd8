"""Asks services for the list of proposals, in the worker's thread, and makes lines of text of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.ui.pages.proposals.model import Line, haystack_of
from signer_app.ui.words import effects as words
from signer_app.ui.words import proposals as say
from signer_app.ui.words import shared

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.proposals.store.list_queries import ListRow
    from signer_app.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Listed:
    """All lines, the accounts that they are of by name, and the filters that were saved."""

    lines: tuple[Line, ...]
    accounts: tuple[tuple[str, str], ...]
    filters: tuple[tuple[str, Mapping[str, str]], ...]


def read_list(workspace: Workspace) -> Listed:
    """Every proposal."""
    from signer_app.proposals.listing import conflicts  # noqa: PLC0415 - in the worker's thread

    rows = workspace.listing.rows()
    names = {**workspace.accounts.names(), **workspace.accounts.asset_names()}
    lines = make_lines(rows, conflicts(rows), names, datetime.now().astimezone())
    accounts = sorted({(line.account_name, line.account) for line in lines})
    saved = [
        (str(draft["id"]), {str(name): str(value) for name, value in fields.items()})
        for draft in words.items(workspace.drafts.list()["drafts"])
        if draft["kind"] == "filter" and isinstance(fields := draft["fields"], dict)
    ]
    return Listed(tuple(lines), tuple((account, name) for name, account in accounts), tuple(saved))


def make_lines(
    rows: Sequence[ListRow], conflicts: Mapping[str, Sequence[str]], names: Mapping[str, str], now: datetime
) -> list[Line]:
    """Rows as text, newest first; those on one slot stand together where the newest of them stands. ``now``
    has the zone that times are shown in."""
    newest: dict[tuple[str, str, str], tuple[str, int]] = {}
    groups: dict[tuple[str, str, str], int] = {}
    for row in rows:
        if row.id in conflicts:
            slot = (row.account, row.slot_kind, row.slot_value)
            groups.setdefault(slot, len(groups))
            newest[slot] = max(newest.get(slot, ("", -1)), (row.created_at, row.added_index))
    added = {row.id: row.added_index for row in rows} if conflicts else {}

    def rank(row: ListRow) -> tuple[tuple[str, int], tuple[str, int]]:
        """Times have whole seconds; within one the journal's order counts."""
        slot, own = (row.account, row.slot_kind, row.slot_value), (row.created_at, row.added_index)
        return (newest[slot], own) if row.id in conflicts else (own, own)

    ordered = sorted(rows, key=rank, reverse=True)
    return [_line(row, conflicts.get(row.id, ()), names, now, groups, added) for row in ordered]


def _line(
    row: ListRow,
    rivals: Sequence[str],
    names: Mapping[str, str],
    now: datetime,
    groups: Mapping[tuple[str, str, str], int],
    added: Mapping[str, int],
) -> Line:
    effects = list(row.effects)
    slot = (row.account, row.slot_kind, row.slot_value)
    conflict, group = "", -1
    if rivals:
        older = [rival for rival in rivals if added[rival] < row.added_index]
        conflict = say.replaces(older[-1][:12]) if older else say.same_slot(rivals[-1][:12])
        group = groups[slot]
    title, account = words.title(effects, names), words.name_of(row.account, names)
    used = shared.slot(row.slot_kind, row.slot_value)
    hay = (title, row.id, row.account, account, row.network, row.state_words, used, conflict)
    return Line(
        id=row.id,
        title=title,
        icon=words.icon(effects),
        account=row.account,
        account_name=account,
        network=row.network,
        state=row.state,
        state_words=row.state_words,
        quorum=say.signatures(row.signatures, row.needed),
        created=row.created_at,
        created_words=shared.moment(row.created_at, now),
        expires=row.expires_at or "",
        expires_words=shared.moment(row.expires_at, now) if row.expires_at else "",
        slot=f"{row.slot_kind} {row.slot_value}",
        slot_words=used,
        group=group,
        conflict=conflict,
        haystack=haystack_of(*hay),
        untold=row.untold,
    )


def write_csv(workspace: Workspace, ids: Sequence[str], path: Path) -> int:
    """Write these proposals, in this order, as CSV; how many there are."""
    from signer_app.proposals.listing import to_csv  # noqa: PLC0415
    from signer_app.vault.files import atomic_write  # noqa: PLC0415

    by_id = {row.id: row for row in workspace.listing.rows()}
    rows = [by_id[identifier] for identifier in ids if identifier in by_id]
    atomic_write(path, to_csv(rows), 0o600)
    return len(rows)
