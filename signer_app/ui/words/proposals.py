"""Words of the page of proposals."""

from __future__ import annotations

from types import MappingProxyType

COLUMNS = MappingProxyType(
    {
        "bracket": "",
        "title": "Proposal",
        "id": "Id",
        "account": "Account",
        "network": "Network",
        "status": "Status",
        "quorum": "Signed",
        "created": "Created",
        "expires": "Expires",
        "slot": "Uses",
    }
)
COLUMN_SAID = MappingProxyType({"bracket": "Newest first; what shares a slot stands together"})
PROPOSALS_SUB = "titles are read from the bytes"
FILTER_HINT = "Filter by title, id, account, ticket"
FILTER_SAID = "Filter the list"
ALL_STATES, ALL_ACCOUNTS = "All states", "All accounts"
STATE_GROUPS = MappingProxyType(
    {
        "open": "Open",
        "ready": "Ready to send",
        "stopped": "Denied or rejected",
        "sent": "Sent or unknown",
        "done": "Final",
    }
)
CONFLICTS_ONLY = "Only conflicts"
COLUMNS_BUTTON = "Columns"
SORT_BY, NEWEST, TURN_ORDER = "Sort by", "Newest, with what shares a slot", "Turn the order round"
EXPORT_CSV = "Export CSV"
EXPORT_TITLE = "Write the list as CSV"
SAVED_FILTERS = "Saved filters"
NO_SAVED = "Saved filters"
SAVE_FILTER = "Save filter"
SAVE_FILTER_NAME = "Name of the filter"
DELETE_FILTER = "Delete filter"
SAVE_NOTHING = "There is no filter to save. Type something or choose a state first."
SAVE = "Save"
DELETE_NOTHING = "Choose a saved filter first."
NO_PROPOSALS = "There is no proposal yet."
NOTHING_MATCHES = "No proposal matches this filter."
CLEAR_FILTER = "Clear filter"
TABLE_SAID = "Proposals"
READING_ALL = "Reading all proposals"
WRITING_CSV = "Writing the list"
CSV_SAFE = "Cells that a spreadsheet would run as formulas begin with a quote."


def signatures(have: int, need: int | None) -> str:
    """How many signed, of how many people needed where that is known."""
    return f"{have} of {need}" if need is not None else str(have)


def replaces(identifier: str) -> str:
    """Two proposals on one slot, said at the newer one."""
    return f"replaces {identifier}"


def same_slot(identifier: str) -> str:
    """The same, said at the older one."""
    return f"replaced by {identifier}"


def counted(shown: int, total: int) -> str:
    """Below a table."""
    if shown == total:
        return f"{total:,} proposal{'' if total == 1 else 's'}"
    return f"{shown:,} of {total:,} proposals"


def csv_written(count: int, path: str) -> str:
    """The list is in a file."""
    return f"{count:,} proposals written to {path}."
