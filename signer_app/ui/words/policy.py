"""Words of the policy page."""

from __future__ import annotations

from types import MappingProxyType

SUB = "the rules that every proposal is judged by"
OPEN_POLICY = "Open a policy…"
OPEN_TITLE = "Choose a policy document"
VERSIONS = "Versions"
EMPTY = "No policy is in force here, so nothing can be signed."
STATES = MappingProxyType(
    {
        "in_force": "In force",
        "earlier": "Earlier",
        "later": "Not valid yet",
        "opened": "Opened from a file",
    }
)
STATE_TONES = MappingProxyType({"in_force": "ok", "earlier": "neutral", "later": "info", "opened": "warn"})
HASH = "Hash of the document"
HASH_WHY = "Compare it by telephone with the people who vote: read row A, then row B."
SIGNATURES = "Signatures"
TABS = ("Rules", "Try it", "Replay", "Changes", SIGNATURES)
PASTED = "The text that was pasted"
HARD_NOTE = "What no rule allows is denied."
CHANGED_BY = "Changed by"
OVERRIDDEN_BY = "Soft failures overridden by"
VALID_FROM = "Valid from"
KINDS = MappingProxyType(
    {
        "allow": "Allows",
        "tx_cap": "Limit",
        "rolling_cap": "Rolling limit",
        "count_cap": "Count limit",
        "destinations": "Receivers",
        "quorum": "Quorum",
        "fee_cap": "Fee",
        "expiry": "Expiry",
        "network": "Network",
        "text_safety": "Texts",
        "lookalike": "Look-alikes",
    }
)
LEVEL_CHIPS = MappingProxyType({"hard": "Hard", "soft": "Soft", "advisory": "Advice"})

TRY_INTRO = "Judge a transaction from a file under this version. Nothing is added, read from nodes or kept."
CHOOSE_TRANSACTION = "Choose a transaction…"
CHOOSE_FACTS = "Choose facts…"
NO_FILE = "no file yet"
NO_FACTS = "no facts: what needs them cannot be told"
PHASE = "Phase"
PHASES = MappingProxyType({"propose": "When proposed", "sign": "When signed", "submit": "When sent"})
SIGNER = "Who signs"
NOBODY = "Nobody named"
TRY = "Judge it"
TRY_NEEDS_FILE = "Off: choose a transaction first."
TRY_NEEDS_SIGNER = "Off: in this phase somebody has to sign. Choose who."
TRIED = MappingProxyType(
    {
        "ALLOW": ("allowed", "This version allows it."),
        "NEEDS_OVERRIDE": ("override", "This version allows it only with an override."),
        "DENY": ("denied", "This version denies it."),
    }
)

REPLAY_INTRO = "Judge again what was judged here before, from the bytes and facts in the journal."
DAYS = (7, 30, 90, 365)
REPLAY = "Replay"
REPLAY_COLUMNS = ("Record", "Transaction", "Proposal", "Phase", "Was", "Would be", "Why")
REPLAY_NONE = "No verdict would be another."
VERDICTS = MappingProxyType({"ALLOW": "Allowed", "NEEDS_OVERRIDE": "Needs override", "DENY": "Denied"})

COMPARE_WITH = "Compare with"
CHANGE_COLUMNS = ("Where", "Before", "After", "Way")
NO_CHANGES = "The two documents say the same."
NOTHING_BEFORE = "There is no other version to compare with."
DIRECTIONS = MappingProxyType(
    {"tighter": ("Tighter", "ok"), "looser": ("Looser", "warn"), "different": ("Different", "info")}
)
ABSENT = "not there"

VOTES = "Votes"
NO_VOTES = "No vote is known here. Votes travel as files."
COMPARED = "I compared this hash with the people who vote, and it is the same."
VOTE = "Vote for it…"
VOTE_TITLE = "Where to write your vote"
ACTIVATE = "Activate with votes…"
ACTIVATE_TITLE = "Choose the files of the votes"
COMPARE_FIRST = "Off: compare the hash with the others first."
ACTIVE_ALREADY = "Off: this version was activated already."
VOTE_WHY = "A vote is a statement signed by your device key. It says that you want exactly this document."


def title(identifier: str, version: int) -> str:
    """A version by name."""
    return f"{identifier} version {version}"


def since(moment: str) -> str:
    """When it was activated here."""
    return f"since {moment[:10]} {moment[11:16]} UTC"


def vote_count(count: int) -> str:
    """How many voted."""
    return f"{count} vote{'' if count == 1 else 's'}"


def replayed(version: int, days: int, denied: int, unchanged: int, allowed: int, unread: int) -> str:
    """What came of a replay, in one line."""
    more = f", {unread:,} could not be read" if unread else ""
    return (
        f"Version {version} on the last {days} days: {denied:,} more denied, {unchanged:,} unchanged, "
        f"{allowed:,} more allowed{more}."
    )


def changed(tighter: int, looser: int, different: int) -> str:
    """How many differences go which way."""
    return f"{tighter} tighter, {looser} looser, {different} different"


def voted(name: str) -> str:
    """The vote is on disk."""
    return f"Your vote was journaled and written to {name}. Send it to whoever activates the policy."


def vote_came(name: str, person: str, version: int) -> str:
    """A vote came in by itself."""
    return f"{name} is the vote of {person} for version {version}."


def vote_next(state: str, digest: str) -> str:
    """What to do with a vote: ``state`` is that of its document here, "" where it is not here."""
    if not state:
        return f"Its document is not here: open the policy whose hash begins with {digest[:8]}."
    if state != "opened":
        return "That version was activated already: nothing has to be done with this vote."
    return f"Compare the hash below, then choose the vote at {ACTIVATE.rstrip('…')}."


def activated(identifier: str, version: int) -> str:
    """It is in force."""
    return f"{identifier} version {version} is activated in this workspace."


def missing_votes(groups: list[str]) -> str:
    """Whose votes are missing."""
    return f"Missing: {'; '.join(groups)}."


def days(count: int) -> str:
    """A choice of how far to look back."""
    return f"Last {count} days"
