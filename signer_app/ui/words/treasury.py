"""Words of the treasury page."""

from __future__ import annotations

from types import MappingProxyType

TITLE = "Treasury"
BOARD_SAID = "Treasury at a glance"
READING = "Reading facts from the nodes"
ALL_ACCOUNTS = "All accounts"
ACCOUNT = "Account"
READ_NOW = "Read now"
EXPORT = "Export report"
EXPORT_TITLE = "Where to write the report"
EXPORT_NAME = "treasury-report.json"
NOTHING_READ = "Off: nothing was read yet."
DETACH = "Own window"
DETACH_WHY = "Show the treasury in a window of its own"
READING_NOW = "Facts are being read."
OFFLINE = "Off: you work offline, so no node is asked."

NO_POLICY = "No policy is in force, so there are no accounts to add up."
GO_POLICY = "Open policy"

BALANCES, BALANCES_SUB = "Balances", "by account and asset"
BALANCES_RULE = "Available = total − reserve − pending"
COLUMNS = ("Asset", "Total", "Reserve", "Pending", "Available")
NOT_KNOWN = "not known"
LIMITS, LIMITS_SUB = "Limits used", "pending counted"
NO_LIMITS = "The policy has no rolling limit for these accounts."
WAITING = "Pending by quorum"
NO_WAITING = "No proposal waits for a signature."
NOT_JUDGED = "not judged yet"
COMPLETE = "complete"
ENDINGS, ENDINGS_SUB = "Upcoming expiries", "next 24 hours"
NO_ENDINGS = "Nothing ends in the next 24 hours."
NODES = "Node health"
NO_NODES = "The policy names no network."
ALERTS = "Alerts"
NO_ALERTS = "Nothing is wrong."
OPEN_SAID = "Open"
AVAILABLE, TOTAL, HELD = "Available to pay", "Total", "Reserve and pending"
WAIT_STRIP, LIMIT_STRIP = "Waiting for signatures", "Highest limit"
NO_LIMIT_YET = "none"
LEVELS = MappingProxyType(
    {"ok": "within limit", "warn": "nearly used", "danger": "used up", "unknown": "could not tell"}
)
HALTED_NEXT = "Signing and sending are off. Two people must resume."
STALE_NEXT = "Balances and limits marked with their age are those of the last answer. Do not rely on them."
NEVER_READ = "Balances and limits are not known: no node has answered since this window was unlocked."
NEVER_READ_NEXT = "Pending proposals, expiries and alerts are from this workspace and are complete."


def reading(accounts: int, nodes: int) -> str:
    """What is being read, and from whom."""
    return f"Reading {_count(accounts, 'account')} from {_count(nodes, 'node')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def as_of(moment: str, oldest_s: int | None, *, reading: bool = False) -> str:
    """Below the title: when it was worked out, how old the oldest fact is, and whether it is read anew."""
    age = "no facts" if oldest_s is None else f"oldest fact {duration(oldest_s)}"
    return f"as of {moment}, {age}{f'. {READING_NOW}' if reading else ''}"


def duration(seconds: int) -> str:
    """A length of time in the two largest units."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 24:
        return f"{hours} h {minutes % 60:02d} min"
    days = hours // 24
    return f"{days} day{'' if days == 1 else 's'}"


def old(seconds: int) -> str:
    """The age of a fact."""
    return f"{duration(seconds)} old"


def stale(networks: list[str], seconds: int) -> str:
    """No fresh facts: what is shown is the last that was heard."""
    return f"No agreed answer for {', '.join(networks)}. Facts are {duration(seconds)} old."


def account_head(name: str, address: str) -> str:
    """Above the assets of an account; the address is whole."""
    return f"{name}   {address}"


def of_total(held: str, unit: str) -> str:
    """Beside what is available: of how much."""
    return f"{unit}, of {held}"


def limit_name(asset: str, account: str, rule: str) -> str:
    """Which limit, for which account."""
    return f"{asset} out of {account}, rule {rule}" if asset else f"Payments of {account}, rule {rule}"


def limit_to(name: str) -> str:
    """The receiver of a limit by destination."""
    return f" to {name}"


def limit_used(used: str, cap: str) -> str:
    """Exact values beside the bar."""
    return f"{used} of {cap}"


def limit_left(left: str, window: str, room: str, room_at: str) -> str:
    """Below the bar: what still fits, and when more comes back."""
    words = f"{left} left in any {window}"
    return f"{words}; {room} comes back {room_at}" if room else words


def quorum(have: int, need: int) -> str:
    """How many voices there are."""
    return f"{have} of {need}"


def needs(missing: list[str]) -> str:
    """Who is needed next."""
    return f"needs {', '.join(missing)}" if missing else COMPLETE


def waiting_count(count: int) -> str:
    """At the right of the head."""
    return f"{count} open"


def ends(left: str, moment: str, estimated: bool) -> str:
    """When something ends; by ledgers it is not before."""
    return f"{left}, {'not before ' if estimated else ''}{moment}"


def axis_said(begins: str, ends_at: str) -> str:
    """What the axis of endings shows, for who does not see it."""
    return f"From now, {begins}, to {ends_at} tomorrow"


def later(parts: list[str]) -> str:
    """What ends after the axis."""
    return f"Later: {'; '.join(parts)}"


def later_item(what: str, left: str) -> str:
    """One of them."""
    return f"{what} in {left}"


def operators(count: int, agree: bool) -> str:
    """How many operators answered, and whether they say the same."""
    word = "operator" if count == 1 else "operators"
    return f"{count} {word} agree{'s' if count == 1 else ''}" if agree else f"{count} {word}, no agreed word"


def window_title(workspace: str) -> str:
    """The title of the second window."""
    return f"{TITLE} – {workspace} – Countersign"


def exported(name: str) -> str:
    """The report was written."""
    return f"The report was written to {name}."
