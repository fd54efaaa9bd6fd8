"""Words of lists of payments on the page of new proposals."""

from __future__ import annotations

from types import MappingProxyType

CHOOSE_CSV = "Choose a CSV file"
CSV_HINT = "A line of titles, then one payment a row."
CSV_FILES, ALL_FILES = "CSV files (*.csv *.txt *.tsv)", "All files (*)"
LIST_ASSET, LIST_ASSET_HINT = "Asset that is paid", "Where no column says another."
LIST_COLUMNS = MappingProxyType(
    {"to": "Receiver", "amount": "Amount", "asset": "Asset", "tag": "Tag", "title": "Message"}
)
NO_COLUMN = "No column"
LIST_TITLE = "Rows"
ROW, CHECK, RECEIVER, KNOWN_AS, SAYS = "Row", "Check", "Receiver", "Known as", "Says"
ROW_WRONG, ROW_DONE, ROW_ALLOWED = "Problem", "Proposed", "Allowed"
LIST_EMPTY = "No list yet."
LIST_EMPTY_SAID = "Choose a CSV file. Every row is checked here before anything is written."
LIST_STOPPED = "Stopped: not every row was checked."
LIST_STOPPED_SAID = "Change something, or choose the file again, to check it from the start."
WRONG_ROWS_SAID = "Mend the file and choose it again. Nothing is proposed while a row is wrong."
DENIED_ROWS_SAID = "Take what is denied out of the list, or change the policy first."
TOGETHER = "Each row is allowed, but not all of them together."
MISSING_TICKETS_SAID = "Every row waits on a ticket of its own. Propose tickets, sign and send them first."
LIST_DONE = "Every row of this list was proposed."
LIST_FINE = "Every row is allowed, and so is the whole list."
CHECKING = "Checking every row"
PROPOSE_LIST = "Propose the list"


def csv_file(name: str, columns: int) -> str:
    """The file that was chosen."""
    return f"{name}, {columns} columns"


def column(number: int) -> str:
    """A column without a title."""
    return f"Column {number + 1}"


def of(done: int, total: int) -> str:
    """How far it is."""
    return f"{done:,} of {total:,}"


def row_says(row: str, words: str) -> str:
    """The chosen row of a list."""
    return f"Row {row}: {words}"


def total(words: str) -> str:
    """The sum of an asset."""
    return f"Total {words}"


def propose_list(count: int) -> str:
    """The button below a list."""
    return f"Propose {count:,} payment{'' if count == 1 else 's'}" if count else PROPOSE_LIST


def wrong_rows(count: int) -> str:
    """Rows that cannot be read or paid."""
    return f"{count:,} row{' has a problem' if count == 1 else 's have problems'}."


def denied_rows(count: int) -> str:
    """Rows that policy denies."""
    return f"Policy does not allow {count:,} row{'' if count == 1 else 's'}."


def missing_tickets(needed: int, free: int) -> str:
    """Too few tickets."""
    return f"{needed:,} rows need a ticket each; {free:,} {'is' if free == 1 else 'are'} free."


def propose_tickets(count: int) -> str:
    """Opens the form for tickets."""
    return f"Propose {min(count, 250)} tickets"


def already(count: int) -> str:
    """What became of the list before."""
    return f"{count:,} proposals carry its rows."


def list_fine(rows: int, free: int) -> str:
    """What happens next."""
    return f"{rows:,} proposals, each on one of {free:,} free tickets."
