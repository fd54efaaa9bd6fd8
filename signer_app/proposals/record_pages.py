"""The journal read backwards, a page at a time: a million records are never read for a list of twenty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from signer_app.core.errors import NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.journal.writer import Journal
from signer_app.proposals.record_words import RecordWords, words_of

#: Rows of a page, and records that one call looks at before it gives the window its turn.
PAGE_ROWS, PAGE_READS = 200, 5_000


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records a list shows. ``text`` is looked for in the words and the about, without case.
    ``since`` is the start of an RFC 3339 time; types None: all."""

    text: str = ""
    types: frozenset[str] | None = None
    since: str = ""
    system: bool = False

    def takes(self, record: JsonObject, words: RecordWords) -> bool:
        """Whether the record is to be shown."""
        if words.system and not self.system:
            return False
        if self.types is not None and str(record.get("type")) not in self.types:
            return False
        wanted = self.text.casefold()
        shown = f"{words.event} {words.about} {words.summary} {words.origin}".casefold()
        return not wanted or wanted in shown


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a list; ``leaf`` is its hash in lower hex."""

    index: int
    at: str
    type: str
    words: RecordWords
    leaf: str


@dataclass(slots=True)
class RecordPage:
    """Rows, newest first, and where to go on; ``next_before`` None: the beginning was reached."""

    rows: list[Row] = field(default_factory=list)
    next_before: int | None = None
    looked_at: int = 0


def read_page(
    journal: Journal, wanted: RecordFilter, *, before: int | None = None, rows: int = PAGE_ROWS,
    reads: int = PAGE_READS, tell: Callable[[int], None] = lambda _count: None,
) -> RecordPage:  # fmt: skip
    """The newest records below ``before`` that the filter takes. Redacted ones are left out.

    ``since`` ends the walk: records stand in the order of time. Raises IntegrityError JOURNAL_BROKEN.
    """
    page = RecordPage()
    index = journal.size if before is None else min(before, journal.size)
    while index > 0 and len(page.rows) < rows and page.looked_at < reads:
        index -= 1
        page.looked_at += 1
        try:
            record = journal.read(index)
        except NotFoundError:
            continue
        at = str(record["at"])
        if wanted.since and at < wanted.since:
            return page
        words = words_of(record)
        if wanted.takes(record, words):
            leaf = journal.line(index).leaf.hex()
            page.rows.append(Row(index, at, str(record["type"]), words, leaf))
            tell(len(page.rows))
    page.next_before = index if index > 0 else None
    return page


@dataclass(frozen=True, slots=True)
class RecordDetail:
    """One record whole. ``previous`` is the leaf before it, or what record 0 starts from."""

    row: Row
    record: JsonObject
    previous: str


def read_detail(journal: Journal, index: int) -> RecordDetail:
    """Raises NotFoundError (no such record, or redacted), IntegrityError JOURNAL_BROKEN."""
    record = journal.read(index)
    line = journal.line(index)
    row = Row(index, str(record["at"]), str(record["type"]), words_of(record), line.leaf.hex())
    return RecordDetail(row, record, line.previous.hex())
