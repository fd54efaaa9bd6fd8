"""Every word of the window, in one place, so that it can be translated and read as a whole.

Rules: plain words, present tense, one idea a sentence; the fact first, then what to do. The same sentence
everywhere for the same thing. No exclamation marks. *Sign* is for keys, *send* for ledgers, *approve* only
for the button of a device. Texts with values are functions, so that a translation may order them anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

APP = "Countersign"


class Network(NamedTuple):
    """Words for a class of networks: on the chip, and said in full."""

    chip: str
    said: str


NETWORKS = MappingProxyType(
    {
        "mainnet": Network("MAINNET", "Main network. Real money."),
        "testnet": Network("TESTNET", "Test network. Nothing here has value."),
        "practice": Network("PRACTICE", "Practice ledger on this computer. Nothing is sent."),
    }
)

CHIPS = MappingProxyType(
    {
        "low": "Low",
        "review": "Review",
        "high": "High",
        "denied": "Denied",
        "waiting": "Waiting",
        "expired": "Expired",
        "allowed": "Allowed",
        "override": "Needs override",
        "verified": "Verified",
        "your-turn": "Your turn",
        "halted": "Halted",
        "on-list": "On allow-list",
        "not-on-list": "Not on allow-list",
        "own": "Own account",
        "ready": "Ready",
        "unknown": "Could not tell",
        "failed": "Failed",
    }
)

PIP_STATES = MappingProxyType({"signed": "signed", "you": "open, you", "open": "open", "refused": "refused"})

CHECK_OUTCOMES = MappingProxyType(
    {
        "FAIL": "failed",
        "INDETERMINATE": "could not tell",
        "WAITING": "waiting",
        "PASS": "passed",
        "NOT_APPLICABLE": "not applicable",
    }
)

# -- addresses and hashes -----------------------------------------------------------------------------------

NO_LABEL = "No label"
COPY_ADDRESS = "Copy address"
COPIED = "Copied. The clipboard holds this address."
CLIPBOARD_DIFFERS = "The clipboard holds something else. Do not paste it."
HASH_ROWS = ("A", "B")
COMPARE_HERE = "Paste the other value to compare"
HASH_EQUAL = "Equal"
HASH_NOT_64 = "Not 64 hex digits."


def hash_differs(group: str) -> str:
    """The first group that is not the same."""
    return f"Different, first in group {group}"


def address_said(label: str, mark: str, groups: list[str]) -> str:
    """An address for a screen reader: label, mark, then the groups."""
    return ", ".join(part for part in (label, mark, " ".join(groups)) if part)


def copy_address_of(label: str, groups: list[str]) -> str:
    """The button beside an address for a screen reader; without a label the first and the last group."""
    return f"{COPY_ADDRESS}: {label or ' … '.join([*groups[:1], *groups[-1:]])}"


def all_decimals(count: int, text: str) -> str:
    """The amount with every decimal of its asset."""
    return f"all {count} decimals: {text}"


def more_checks(count: int) -> str:
    """The link that opens the rest of the checks."""
    return f"Show {count} more check{'' if count == 1 else 's'}"


FEWER_CHECKS = "Show fewer checks"
CHECK_DETAILS = MappingProxyType(
    {"rule": "Rule", "code": "Code", "actual": "Here", "expected": "Asked for", "source": "Source",
     "time": "Time", "hash": "Hash of inputs"}
)  # fmt: skip
NO_OTHER_CHANGE = "No change to signers, keys, flags or trust lines."
LEGS = "Parts of this proposal"
TIMELINE = "Timeline"
BEFORE, AFTER, DIFFERENCE = "Before", "After", "Difference"

DEVICE_STATES = MappingProxyType(
    {
        "READY": "Ready",
        "SEARCHING": "Searching",
        "LOCKED": "Locked",
        "APP_CLOSED": "App closed",
        "WRONG_APP": "Wrong app",
        "WRONG_NETWORK": "Wrong network",
        "OLD_FIRMWARE": "Old firmware",
        "BUSY": "Busy",
        "IN_USE_ELSEWHERE": "In use elsewhere",
        "NO_PERMISSION": "No permission",
        "NOT_A_SIGNER": "Not a signer",
        "CANNOT_SIGN_KIND": "Cannot sign this",
        "DISCONNECTED": "Disconnected",
        "FAULT": "Fault",
    }
)

# -- the main window ----------------------------------------------------------------------------------------

PAGES = MappingProxyType(
    {
        "inbox": "Inbox",
        "proposals": "Proposals",
        "accounts": "Accounts",
        "treasury": "Treasury",
        "book": "Address book",
        "policy": "Policy",
        "devices": "Devices",
        "journal": "Journal",
        "nodes": "Nodes",
        "settings": "Settings",
    }
)
SECTION_EVIDENCE = "Evidence"
FIND_HINT = "Find a proposal, address, hash or record"
FIND_KEY = "Ctrl K"
FIND_TITLE = "Find"
FIND_NOTHING = "Nothing here has that text."
FIND_RESULTS = "Results"
PAGES_SAID = "Pages"
FIND_START = "Type at least two letters."
FIND_MORE = "The first {most}. Type more to see fewer."
FIND_RECORD = "Record {number} of the journal"
HALT_ALL = "Halt all"
LOCK = "Lock"
LOCK_NOW = "Lock this window"
NO_DEVICE = "No device connected"
MENUS = MappingProxyType(
    {
        "file": "&File",
        "proposal": "&Proposal",
        "account": "&Account",
        "device": "&Device",
        "journal": "&Journal",
        "view": "&View",
        "help": "&Help",
    }
)


def workstation(person: str) -> str:
    """Whose workstation this is."""
    return f"{person}, this workstation"


def locks_in(seconds: int) -> str:
    """When the window locks by itself."""
    return f"Locks in {seconds // 60}:{seconds % 60:02d} when idle"


def window_title(workspace: str) -> str:
    """The title of the main window; a locked window names nothing."""
    return f"{workspace} – {APP}" if workspace else APP


# -- states of a page ---------------------------------------------------------------------------------------

RETRY = "Retry"
CANCEL = "Cancel"
CLOSE = "Close"
COPY_DETAILS = "Copy details"
LOADING = "Reading"
OFFLINE = "You work offline."
OFFLINE_CONSEQUENCE = (
    "No node is asked. Reading, building and exporting stay on; signing is off until nodes answer."
)
INTERNAL_ERROR = "The program met a case that it was not built for."
INTERNAL_CONSEQUENCE = "Nothing was signed or sent by this step. The details can be copied for a report."


def last_good(time: str) -> str:
    """What is shown is old."""
    return f"What you see was read at {time}."


CANCELLED = "Not read: you cancelled it."
NOT_ON_THIS_PAGE = "Not on this page."
UNLOCK_FIRST = "Off: unlock a workspace first."


def not_here(page: str, keys: str) -> str:
    """Where an action is that the page in view does not have."""
    return f"{NOT_ON_THIS_PAGE} It belongs to the page {page} ({keys})."


def not_built(command: str) -> str:
    """A page that is not there yet names the command that does its work."""
    return f"This page is not in this version. On the command line: countersign {command}"


# -- unlock -------------------------------------------------------------------------------------------------

UNLOCK_TITLE = "Unlock"
WORKSPACE = "Workspace"
CHOOSE_FOLDER = "Choose a folder…"
CHOOSE_FOLDER_TITLE = "Choose a workspace folder"
PASSPHRASE = "Vault passphrase"  # noqa: S105 - a label
UNLOCK = "Unlock"
UNLOCKING = "Opening the workspace"
OPEN_OFFLINE = "Work offline: ask no node"
VERIFY_JOURNAL = "Verify a journal"
VERIFY_TITLE = "Choose the folder of a journal"
CAPS_LOCK = "Caps Lock is on."
NO_WORKSPACE_YET = "No workspace is known here yet. Choose its folder; workspace init makes a new one."
SHOW_NOTHING = "Nothing is read before you unlock."


def wait_seconds(seconds: int) -> str:
    """A wrong passphrase costs a wait that doubles."""
    return f"The passphrase is wrong. Try again in {seconds} s."


WRONG_PASSPHRASE = "The passphrase is wrong. Try again."  # noqa: S105 - a sentence
ALREADY_OPEN = "This workspace is open in another window or command."


def journal_verified(records: int) -> str:
    """The verifier's good news."""
    return f"Journal intact. {records:,} record{'' if records == 1 else 's'} verified."


VERIFYING = "Verifying every record"
VERIFIED_WITHOUT_KEY = "The chain, the tree and the checkpoints were checked. Contents stay encrypted."
JOURNAL_NOT_INTACT = "Journal not intact. Do not sign. Export the evidence before anything else."


def no_workspace(folder: str) -> str:
    """A folder that was chosen is none of ours."""
    return f"{folder} is no workspace. Choose the folder that holds vault.json."


# -- inbox --------------------------------------------------------------------------------------------------

INBOX_TABS = MappingProxyType({"mine": "Needs me", "open": "All open", "done": "Done"})
INBOX_GROUPS = MappingProxyType(
    {
        "soon": "Expires within the hour",
        "stopped": "Stopped by policy or people",
        "today": "Today",
        "later": "Later",
        "others": "Waiting for other signers",
        "done": "Done",
    }
)
OPEN_FILE = "Open proposals, halts, a policy or a vote"
NOTHING_COPIED = "The clipboard holds no text and no files."
READING_PROPOSALS = "Reading proposals"
JUDGING = "Judging on fresh facts"
IMPORTING = "Taking a proposal in"
EXPORTING = "Writing a proposal's file"
DETAIL = "The proposal"
WHAT_WILL_CHANGE = "What will change"
POLICY_CHECKS = "Policy checks"
HASHES = "Hash of this proposal"
HASHES_SUB = "Read row A to another signer by phone."
SIGNATURES = "Signatures"
FROM, TO = "From", "To"
NO_TAG = "No destination tag"
NEVER_JUDGED = "Not judged yet. Nothing can be signed before it is."
NOT_ASKED = "Your device was not asked."
DENIED = "Denied. These bytes cannot be signed with Countersign."
SEND, FOLLOW = "Send…", "Follow"
REVIEW_AND_SIGN = "Review and sign"
JUDGE_AGAIN = "Judge again"
EXPORT = "Export"
EXPORT_EVIDENCE = "Export evidence"
OPEN = "Open"
LIVE = "Signatures are out"
LIVE_SAID = "Signatures that exist could still execute this until it expires."
VERDICTS = MappingProxyType(
    {
        "ALLOW": "Allowed by policy",
        "DENY": "Not allowed by policy as it is",
        "NEEDS_OVERRIDE": "Needs override",
    }
)
NEXT_SIGN, NEXT_OTHERS = "Your signature", "Signatures of others"
NEXT_SEND, NEXT_SEND_SUB = "Send", "After a last policy check"


def decoded(count: int) -> str:
    """Where the effects come from."""
    return f"decoded from the {count:,} bytes you sign"


def judged(policy: str, time: str) -> str:
    """Which policy, and when."""
    return f"policy {policy}, run {time}"


def denied_because(against: Sequence[str]) -> str:
    """What stands against it, the first two in full."""
    more = len(against) - 2
    rest = [f"{more} more check{'' if more == 1 else 's'} failed or could not tell."] if more > 0 else []
    return "\n".join((*against[:2], *rest, NOT_ASKED))


def failed(count: int) -> str:
    """A chip."""
    return f"{count} failed"


def passed(count: int) -> str:
    """A chip."""
    return f"{count} passed"


def tag(text: str) -> str:
    """The destination tag, which is not part of the address."""
    return f"Destination tag {text}"


def needs(parts: tuple[str, ...]) -> str:
    """Which groups are open."""
    return f"Needed: {', '.join(parts)}"


def proposed_by(who: str) -> str:
    """A step."""
    return f"Proposed by {who}"


def signed_by(who: str) -> str:
    """A step."""
    return f"Signed by {who}"


def rejected_by(who: str) -> str:
    """A step."""
    return f"Rejected by {who}"


# -- settings -----------------------------------------------------------------------------------------------

SETTINGS_SUB = "Changes that touch safety are proposals, not settings."
APPEARANCE = "Appearance"
THEME = "Theme"
MODES = MappingProxyType({"system": "As the system", "light": "Light", "dark": "Dark"})
TEXT_SIZE = "Text size"
LOCKING = "Locking"
LOCK_AFTER = "Lock when idle for"
ABOUT = "About"
VERSION = "Version"
PERSON = "Person"
ORGANISATION = "Organisation"
NETWORK_CLASS = "Networks"
NOT_BUILT = "Not built yet."


def minutes(count: int) -> str:
    """A time to wait."""
    return f"{count} minute{'' if count == 1 else 's'}"


# -- help ---------------------------------------------------------------------------------------------------

KEYS_TITLE = "Keys"
KEYS_INTRO = "No key signs, sends or resumes. Enter never does either."
HELP_KEYS = "Keys of this window"
CLOSE_TITLE = "Close Countersign"


def closing_waits(names: list[str]) -> str:
    """What is still running when the window should close."""
    return f"Waiting for: {', '.join(names)}."


# -- signing and sending ------------------------------------------------------------------------------------


def takes_no_signature(state: str) -> str:
    """Why a proposal that is open no more cannot be signed."""
    return f"Off: the proposal is {state.lower()}. It takes no signatures."


CLOSING = "Closing"
