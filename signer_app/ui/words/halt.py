"""Words of halting and resuming."""

from __future__ import annotations

TITLE = "Halt signing and sending"
QUESTION = "What must stop?"
SCOPE = "Scope"
EVERYTHING = "Everything in this workspace"
WHAT = "What it does"
DOES = (
    "From now on nothing in this scope is signed, sent or handed out complete, on this workstation.",
    "It travels in every proposal file. Pass the file on now, so that the others stop too.",
    "It stays until two people resume. You may be one of them.",
)
NO_UNDO = "Signatures that exist already are not taken back; a ledger may still execute what was sent."
REASON = "Reason"
REASON_HINT = "What happened, for the others and for the journal"
REASON_NEEDED = "Write a reason first. The others read it before they resume."
PASSPHRASE_NEEDED = "Type your key passphrase. Your device key signs it."  # noqa: S105 - a sentence
HALT = "Halt now"
HALTING = "Halting"
NO_VOICE = "Off: no policy is in force here, so nobody has a voice. Nothing can be signed either."
ELSEWHERE = "Do it at another workstation."
HALTED = "Halted."
SAVE_FILE = "Save file for the others…"
FILE_TITLE = "Where to write the file for the others"
FILE_NAME = "halts.countersign"
FILE_SAVED = "Written. Give it to the others: they drop it onto their window or open it."
SAVING = "Writing the file"

RESUME = "Resume…"
RESUME_TITLE = "Resume signing and sending?"
RESUME_DO = "I say: resume"
RESUMING = "Recording your word"
RESUME_DOES = (
    "Two different people must say it, each at their own workstation. Your word is signed and recorded; "
    "theirs comes in a file, or in a proposal's file."
)
RESUME_REASON = "Why it may go on (optional)"
TAKE_FILE = "Take a file of others…"
TAKE_TITLE = "Choose a file of halts and resumes"
TAKING = "Taking statements in"
SAID = "Said so far"
NOBODY_YET = "Nobody yet."
ASKING = "Asking the colleague"
SAID_ALREADY = "Off: you have said it already. Another person must say it too."
LIFTED = "The halt is lifted. Signing and sending are on again."
WHICH = "Which halt"


def network_scope(network: str, count: int) -> str:
    """All accounts of a network."""
    return f"Network {network}: {count} account{'' if count == 1 else 's'}"


def account_scope(name: str, address: str) -> str:
    """One account, whole."""
    return f"Account {name}, {address}" if name != address else f"Account {address}"


def class_scope(network_class: str) -> str:
    """Everything; a workspace holds one class of networks."""
    return f"{EVERYTHING} (class {network_class})"


def standing(person: str, time: str, *, all_of_it: bool) -> str:
    """The banner's fact."""
    what = "Signing and sending are off." if all_of_it else "Signing and sending are off for some accounts."
    return f"Halted by {person} {time}. {what}"


def consequence(reason: str, have: int, need: int, scope: str) -> str:
    """The banner's second line."""
    left = need - have
    people = f"{left} {'person' if left == 1 else 'people'} must resume"
    said = f", {have} of {need} have" if have else ""
    return f"{reason}\n{scope}. {people}{said}."


def scope_words(accounts: tuple[str, ...] | None) -> str:
    """What it stops."""
    return "Everything" if accounts is None else ", ".join(accounts)


def recorded(have: int, need: int) -> str:
    """After a first word."""
    return f"Recorded: {have} of {need}. Nothing changes until another person says it too."


def halted_as(record: int) -> str:
    """After halting."""
    return f"{HALTED} It is record {record:,} of the journal."


def more_halts(count: int) -> str:
    """Beyond what there is room for."""
    return f"{count} more halt{'' if count == 1 else 's'} stand{'s' if count == 1 else ''}."


def taken(added: int, already: int, refused: tuple[str, ...]) -> str:
    """What became of a file."""
    parts = [f"{added} statement{'' if added == 1 else 's'} taken"]
    if already:
        parts.append(f"{already} known already")
    if refused:
        parts.append(f"{len(refused)} kept out: {'; '.join(refused)}")
    return f"{', '.join(parts)}."


def ask_colleague(person: str) -> str:
    """In practice: a button."""
    return f"Practice: let {person} say it too"


def not_taken(kind: str, person: str, reason: str) -> str:
    """A statement in a file that was refused."""
    return f"{kind} of {person}, {reason}"
