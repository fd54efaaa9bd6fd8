"""What to do about a fault, for somebody in front of the window: the catalogue's hints (core/errors.py) name
commands and options, these name pages and buttons."""

from __future__ import annotations

from types import MappingProxyType

from signer_app.core.errors import CATALOGUE, CountersignError

_AGAIN = "then lock this window and unlock it again."
_TIMELINE = "Open the proposal in the inbox: its timeline says what happened."
HINTS = MappingProxyType(
    {
        "OFFLINE": "To have them asked, lock this window and unlock it without working offline.",
        "NODES_UNCONFIRMED": "Open the Nodes page, read the list and confirm it.",
        "NODE_CERTIFICATE_CHANGED": "Ask its operator. The Nodes page shows both certificates.",
        "JOURNAL_BROKEN": "Open the Journal page and press Verify all.",
        "JOURNAL_POISONED": f"Free space or repair the disk, {_AGAIN}",
        "STORAGE_FULL": f"Free space, {_AGAIN} Nothing was lost.",
        "POLICY_INACTIVE": "Collect votes on the Policy page, then activate it there.",
        "OUTCOME_UNKNOWN": "Do not send another one. Open it in the inbox and press Follow.",
        "OUTCOME_UNREAD": "Open Settings and press Read the ledger.",
        "WRONG_STATE": _TIMELINE,
        "NOTHING_TO_SIGN": _TIMELINE,
        "NOT_SUCCESSFUL": _TIMELINE,
        "KEY_NOT_FOUND": "The Devices page lists the keys of the policy.",
        "DEV_NOT_FOUND": "Connect it; the Devices page shows what is there.",
        "NOT_A_WORKSPACE": "Choose the folder that holds vault.json.",
        "READ_ONLY": "To work in it, lock this window and unlock it without looking only.",
        "WORKSPACE_LOCKED": "Close it there, or look only.",
    }
)


#: The same while nothing is open.
LOCKED = MappingProxyType(
    {
        "JOURNAL_BROKEN": "Press Verify a journal below: it says what was found.",
        "NOT_A_WORKSPACE": HINTS["NOT_A_WORKSPACE"],
        "WORKSPACE_LOCKED": HINTS["WORKSPACE_LOCKED"],
    }
)


def hint(error: CountersignError, *, locked: bool = False) -> str:
    """What to do. What was written for this one case stays as it is."""
    general = error.hint == CATALOGUE[error.code].hint
    return (LOCKED if locked else HINTS).get(error.code, error.hint) if general else error.hint


# -- files that a person chose -------------------------------------------------------------------------------

THE_FILE = "The file"
CHOOSE_INSIDE = "Choose a file that is in it."
CHOOSE_FILE = "Choose an ordinary file."


def no_file(name: str) -> str:
    """Nothing has this name."""
    return f"There is no file {name}."


def is_folder(name: str) -> str:
    """A folder where a file is meant."""
    return f"{name} is a folder."


def is_no_file(name: str) -> str:
    """A device, a pipe."""
    return f"{name} is no ordinary file."


def unreadable(name: str, why: str) -> str:
    """The system refuses it."""
    return f"{name} cannot be read: {why}."


def check_path(path: str) -> str:
    """Where it was looked for."""
    return f"Check the path: {path}"


def about(name: str, fact: str) -> str:
    """A fault of one file among others; the name once."""
    return fact if name in fact else f"{name}: {fact}"
