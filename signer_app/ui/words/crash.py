"""Words of the report of a fault."""

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


def machine(python: str, qt: str, system: str) -> str:
    """What the program ran on."""
    return f"Python {python}, Qt {qt}, {system}"


def page(name: str) -> str:
    """Which page was in view."""
    return f"Page: {name or 'none'}"
