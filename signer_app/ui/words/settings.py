"""Words of the cards of the Settings page that do something: backup, about. strings.py has the rules."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from signer_app.ui.words.shared import moment

# -- backup -------------------------------------------------------------------------------------------------

BACKUP = "Backup"
WHAT = (
    "One sealed file with all that this workstation needs: vault, sealed keys, journal, policies and nodes. "
    "The vault's passphrase of today opens it, also after it was changed; your keys stay under their own."
)
LAST = "Last backup"
NONE_YET = "None yet. If this computer is lost, so is this workspace."
FILE = "File"
BACK_UP = "Back up…"
SHOW_RECORD = "Show the record"
RESTORING = "To restore"
HOW = (
    "On the other computer, choose I have a backup in the first steps. Work with the restored workspace "
    "alone from then on, never with the old folder beside it."
)
READ = "Read the ledger"
READING = "Reading the ledger"
TITLE = "Back up this workspace"
FILE_TITLE = "Where to write the backup"
VAULT_FIELD = "Passphrase of the vault"
OPENS = "This passphrase will open the backup."
START = "Back up"
WORKING = "Writing and checking the backup"
READING_LAST = "Reading the last backup"


def written_to(path: str) -> str:
    """Where it will be."""
    return f"It is written to {path}."


def made(at: str, now: datetime, record: int) -> str:
    """When the last one was made, and which record says so."""
    return f"{moment(at, now)}, record {record:,}"


def file_of(path: str, size: int) -> str:
    """Where it was written, and how large it is."""
    return f"{path}, {bytes_of(size)}"


def bytes_of(size: int) -> str:
    """A size for people."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size:,} bytes"


def unread(count: int) -> str:
    """Proposals that a restore left unknown."""
    if count == 1:
        return "Since the restore it is not known what became of one proposal. It cannot be signed or sent."
    return (
        f"Since the restore it is not known what became of {count:,} proposals. None can be signed or sent."
    )


# -- files --------------------------------------------------------------------------------------------------

FILES = "Files"
BEGIN_IN = "Folder for new files"
BEGIN_SAYS = "Where the dialogs for saving and opening files begin."
CHANGE = "Change…"
CHANGE_TITLE = "Folder for new files"
USUAL = "Use the usual folder"


# -- about --------------------------------------------------------------------------------------------------

BUILD = "Build"
VERIFY = "Verify this program"
VERIFYING = "Reading the program's files"
VERIFIED = "Build verified"
FROM_SOURCE = "Runs from source: no build to check"
#: What the check of a build found, for the line at the bottom.
BRIEF = MappingProxyType(
    {"verified": "build verified", "differs": "files differ from the build", "source": "from source"}
)
MANIFEST = "Hash of the build's list of files"
COMPARE = (
    "The check finds damage. Against somebody who changed files and list alike, compare this hash with the "
    "one that is published for this version, by another way than the one the program came by."
)
NOT_CHECKED = "Not checked yet"
CHANGED, MISSING, ADDED = "Changed", "Missing", "Added"


def verified(files: int) -> str:
    """All as built."""
    return f"{VERIFIED}: {files:,} files are as they were built"


def differs(count: int) -> str:
    """Not as built."""
    what = "one file" if count == 1 else f"{count:,} files"
    return f"This program's files differ from its build: {what}"


def and_more(count: int) -> str:
    """Files that are not listed."""
    return f"and {count:,} more"
