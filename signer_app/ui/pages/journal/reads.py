"""What the journal page asks of the rooms below, as plain values. Everything here runs in the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from signer_app.core.canonical import canonical
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import DeniedError
from signer_app.journal.states import Verification
from signer_app.proposals.record_pages import (
    RecordDetail,
    RecordFilter,
    RecordPage,
    Row,
    read_detail,
    read_page,
)
from signer_app.ui.pages.journal.record import Opened
from signer_app.ui.pages.journal.state import JournalState
from signer_app.ui.pages.journal.table import Line
from signer_app.ui.words import journal as words
from signer_app.vault.files import atomic_write
from signer_app.workspace import Workspace
from signer_app.workspace.journal import coverage, evidence_bundle

#: Records that name the state of the journal itself.
_ANCHORS = frozenset({"checkpoint", "log.start", "epoch.rotated"})
#: Days of each choice of words.PERIODS.
_DAYS = (None, 0, 7, 30)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as they stand: indexes into words.PERIODS and words.KINDS."""

    text: str = ""
    period: int = 0
    kind: int = 0
    system: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of lines; ``next_before`` None at the beginning of the journal."""

    state: JournalState
    lines: tuple[Line, ...]
    next_before: int | None


def listing(workspace: Workspace, wanted: Wanted, before: int | None) -> Listing:
    """Read a page of records and how the journal is covered."""
    covered = coverage(workspace)
    days = _DAYS[wanted.period]
    now = whole_seconds(workspace.rooms.clock())
    since = "" if days is None else format_time(now - timedelta(days=days))[:10]
    kinds = list(words.KINDS.values())[wanted.kind]
    shown = RecordFilter(wanted.text, kinds, since, wanted.system or wanted.kind != 0)
    page: RecordPage = read_page(workspace.journal, shown, before=before)
    journal = workspace.journal
    state = JournalState(
        journal.size,
        covered.signed,
        covered.signers,
        covered.anchored,
        journal.line(journal.size - 1).epoch,
    )
    return Listing(state, tuple(_line(row, covered.signed) for row in page.rows), page.next_before)


def _line(row: Row, signed: int) -> Line:
    link = "tail" if row.index >= signed else "anchor" if row.type in _ANCHORS else "covered"
    shown = row.words
    return Line(row.index, row.at, shown.event, shown.about, shown.summary, shown.origin, shown.tone, link)


def detail(workspace: Workspace, index: int) -> Opened:
    """One record whole."""
    signed = coverage(workspace).signed
    found: RecordDetail = read_detail(workspace.journal, index)
    return Opened(_line(found.row, signed), found.record, found.row.leaf, found.previous, signed)


def write_proof(workspace: Workspace, index: int, path: Path) -> int:
    """Write the proof of a record; its size in bytes."""
    data = canonical(workspace.prove_record(index))
    atomic_write(path, data, 0o600)
    return len(data)


def write_bundle(workspace: Workspace, path: Path, found: Verification | None) -> int:
    """Write the auditor's bundle, with what a check found where it found something; its size in bytes."""
    if found is None:
        data, _ = workspace.reading.bundle(workspace.directory / "logs")
    else:
        data, _ = evidence_bundle(workspace, found)
    atomic_write(path, data, 0o600)
    return len(data)


def people(workspace: Workspace) -> tuple[tuple[str, str, str], ...]:
    """(id, name, roles) of the people of the policy in force but this workspace's own."""
    try:
        body = workspace.policies.in_force(workspace.rooms.clock()).document.body
    except DeniedError:
        return ()
    return tuple(
        (person.id, person.name, ", ".join(person.roles))
        for person in body.people
        if person.id != workspace.person and not person.machine
    )
