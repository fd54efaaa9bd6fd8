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
ENDED = "The program ended unexpectedly last time."
ENDED_SAYS = "A report of where it was lies here, for you to read, copy or delete."
ENDED_SAFE = (
    "What was signed or sent before it stands in the journal, which is written first; it is checked at each "
    "opening."
)
DELETE = "Delete report"
