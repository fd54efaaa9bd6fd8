"""Words of the report of a fault."""

from __future__ import annotations

from datetime import datetime

TITLE = "A fault of the program"
SAFE = (
    "Nothing was signed or sent by this step. What was recorded before it is in the journal. You can go on; "
    "if it comes again, close the window and open it anew."
)
REPORT = "Report"
REDACTED = (
    "The report names places in the program and kinds of errors. It has no amounts, addresses, names, "
    "folders or keys. It is not sent anywhere; copy it if you want to give it to somebody."
)
COPY = "Copy report"
SHOW = "Show report"
ENDED = "The program ended unexpectedly last time."
ENDED_SAYS = "A report of where it was lies here, for you to read, copy or delete."
ENDED_SAFE = (
    "What was signed or sent before it stands in the journal, which is written first; it is checked at each "
    "opening."
)
DELETE = "Delete report"
#: How a line begins that Qt said, and what kind of line it is.
QT = "Qt "
QT_WARNS, QT_FAULT, QT_ENDS = "warns", "finds a fault", "cannot go on"


def machine(python: str, qt: str, system: str) -> str:
    """What the program ran on."""
    return f"Python {python}, Qt {qt}, {system}"


def page(name: str) -> str:
    """Which page was in view."""
    return f"Page: {name or 'none'}"


def ended(at: datetime) -> str:
    """When the system ended the program."""
    return f"Ended: {at:%Y-%m-%d %H:%M}"
