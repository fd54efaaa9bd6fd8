"""Words of the journal page."""

from __future__ import annotations

from types import MappingProxyType

SUB = "encrypted on this computer, append only"
VERIFY_ALL = "Verify all"
VERIFY_KEY = "F5"
EXPORT_AUDITOR = "Export for auditor"
EXPORT_TITLE = "Where to write the auditor's bundle"
BUNDLE_NAME = "journal-for-auditor.zip"
EVIDENCE_NAME = "journal-evidence.zip"
PROOF_TITLE = "Where to write the proof"
SEARCH = "Search summary, proposal, person"
PERIODS = ("Any time", "Today", "Last 7 days", "Last 30 days")
PERIOD = "Period"
KIND = "Kind of event"
KINDS: MappingProxyType[str, frozenset[str] | None] = MappingProxyType(
    {
        "All events": None,
        "Proposals": frozenset({"proposal.added", "reject", "override", "verdict"}),
        "Signatures": frozenset(
            {
                "sign.intent",
                "sign.released",
                "sign.failed",
                "signature.added",
                "signature.quarantined",
                "carrier.signed",
            }
        ),
        "Sending": frozenset({"submit.intent", "submit.answer", "outcome"}),
        "Halts": frozenset({"halt", "resume"}),
        "Policy": frozenset({"policy.activated"}),
        "Journal itself": frozenset({"log.start", "recovered", "redacted", "epoch.rotated", "checkpoint"}),
    }
)
SYSTEM_RECORDS = "System records"
COLUMNS = ("", "Record", "Time, UTC", "Event", "About", "Summary", "Origin")
TABLE_SAID = "Records of the journal, newest first"
CHAIN = MappingProxyType(
    {
        "covered": "under a signed checkpoint",
        "tail": "newer than the last checkpoint",
        "anchor": "names the state of the journal",
    }
)
LEGEND = "Solid: under a signed checkpoint. Dashed: newer than the last one."
SHOW_OLDER = "Show older"
NOTHING_FITS = "No record fits these filters."
CLEAR_FILTERS = "Clear filters"
NOT_VERIFIED = "Not verified since it was opened"
VERIFY_HINT = "The chain was checked when it was opened. Verify all also opens every record."
INTACT = "Journal intact"
CHECKPOINT = "Under a checkpoint"
NO_CHECKPOINT = "none yet"
TAIL = "Newer than it"
TAIL_NONE = "no record"
ANCHORED = "Anchored on a ledger"
NOT_ANCHORED = "not in this version"
KEY_EPOCH = "Encryption epoch"
VERIFYING = "Verifying"
CANCELLED = "Verifying was cancelled. Nothing was judged."
CHOOSE_RECORD = "Choose a record to see it whole, with its hashes."
WHEN = "When"
WHO = "Written by"
PROPOSAL = "Proposal"
SUMMARY = "In words"
THIS_HASH = "This record, leaf hash"
HASH_FITS = "The line fits its own hash."
PROOF = "Proof"
PROOF_NEWER = "Newer than the last checkpoint: a proof leads to the journal's present root."
EXPORT_PROOF = "Export proof"
PROOF_NOTE = "The proof file shows this one record. The reader needs no key and sees no other record."
WHOLE_RECORD = "Whole record"
RECORD_SAID = "The chosen record"
OPEN_PROPOSAL = "Open the proposal"
COPY_HASH = "Copy the leaf hash"
VERIFIED = "Verified"
OPENED = "Opened"
NOT_TRUSTED = "Off: the journal is not intact. Export the evidence; nothing can be proved from it."
VERIFY_RUNS = "Every record is being verified."
NOTHING_CHOSEN = "Off: choose a record first."
DANGER_TITLES = MappingProxyType(
    {
        "TAMPERED": "Journal not intact",
        "FORK": "Journal forked",
        "ROLLBACK": "Journal rolled back",
        "TORN": "Journal ends in a torn record",
    }
)
DANGER_NEXT = "Signing is off. Export the evidence before anything else."
DANGER_STEPS = (
    "1. Export the evidence. It holds the journal as it is, every checkpoint and what the check found.",
    "2. Call the people below by a number that you know. Do not use this computer to reach them.",
    "3. Compare with their journals: each holds its own record of the same proposals.",
    "4. Sign nothing here until they agree on what happened.",
)
EXPORT_EVIDENCE = "Export evidence"
CONTACTS = "Who to call"
NO_CONTACTS = "No policy is in force here, so this computer does not know who the others are."
WHAT_WAS_FOUND = "What was found"


def written(name: str, size: int) -> str:
    """A file was written."""
    return f"Written: {name}, {size:,} bytes."


def record_title(index: int) -> str:
    """A record by its number."""
    return f"Record {index:,}"


def before_hash(index: int) -> str:
    """Above the hash that a record links to."""
    return f"Record before, {index - 1:,}" if index else "What record 0 begins from"


def intact(records: int, time: str) -> str:
    """The good news of a check."""
    return f"{records:,} records verified at {time}"


def opened_with(records: int) -> str:
    """Before a check."""
    return f"{records:,} records"


def to_record(count: int, signers: tuple[str, ...]) -> str:
    """How far a checkpoint reaches, and whose it is."""
    return f"to record {count - 1:,}, {', '.join(signers)}" if count else NO_CHECKPOINT


def tail(count: int) -> str:
    """How many records no checkpoint covers."""
    return f"{count:,} record{'' if count == 1 else 's'}" if count else TAIL_NONE


def progress(done: int, total: int) -> str:
    """How far the check is."""
    return f"{done:,} of {total:,} records"


def shown(rows: int, total: int, *, more: bool) -> str:
    """Below the table."""
    return f"{rows:,} of {total:,} records shown" + ("" if more else "; the beginning is reached")


def proof_covered(size: int) -> str:
    """What a proof of a covered record leads to."""
    return f"A proof leads to the signed checkpoint over {size:,} records."


def not_intact(title: str, first_bad: int | None) -> str:
    """The danger page's headline."""
    return f"{title} at record {first_bad:,}" if first_bad is not None else title
