"""Words of the page of the address book."""

from __future__ import annotations

from types import MappingProxyType

READING_BOOK = "Reading the address book"
HOW_TO_CHANGE = "How to change it"
PAY_ENTRY = "Pay"
BOOK_FILTER = "Filter by name, address, tag"
ENTRY, STATUS, TAG_SHORT, ASSETS = "Entry", "Status", "Tag", "Assets"
LOOKS_LIKE, EVIDENCE = "Looks like", "Evidence"
ADDED, PAID, NEVER = "Added", "Paid", "never"
NO_TAG = "no tag"
ALIKE = "Two addresses here look alike and are not the same."
ALIKE_SAID = "Compare the whole address before you pay one of them."
CHOOSE_ENTRY = "Choose an entry first."
NO_POLICY_NO_BOOK = "No policy is in force, so there is no address book."
NO_ENTRY_FITS, CLEAR_FILTER = "No entry fits this filter.", "Clear filter"
BOOK_EMPTY = "The address book of the policy is empty."
BOOK_STATES = MappingProxyType(
    {"active": "Active", "cooling": "Cooling down", "suspended": "Suspended", "expired": "Expired"}
)
HOW_TITLE = "Changing the address book"
HOW_STEPS = (
    "The address book is part of the policy. Nobody can change an entry alone, here or elsewhere.",
    "Write the next version of the policy: add, change or suspend the entry under address_book. A new entry "
    "rests until its active_after.",
    "People of the change quorum compare its hash and vote: countersign policy sign FILE.",
    "With enough votes it is activated: countersign policy activate FILE. This list then shows it.",
)


def from_policy(policy: str) -> str:
    """Where the book comes from."""
    return f"policy {policy}" if policy else ""


def added(version: str, time: str) -> str:
    """Since which version of the policy an entry is there, in the table."""
    return f"v{version}, {time}"


def added_by(version: str, time: str, voters: list[str]) -> str:
    """The same in a sentence, with those who voted for it."""
    return f"Added with version {version} of the policy at {time}, by the votes of {', '.join(voters)}."


def paid(count: int, last: str) -> str:
    """How often an entry was paid."""
    return f"{count}×, {last}"


def paid_at(count: int, last: str) -> str:
    """The same in a sentence."""
    often = "once" if count == 1 else f"{count} times"
    return f"Paid {often} by proposals known here, last at {last}." if count else NEVER_PAID


NEVER_PAID = "Never paid by a proposal known here."


def cooling(time: str) -> str:
    """A new entry."""
    return f"Cooling down until {time}"


def expired(time: str) -> str:
    """An old entry."""
    return f"Expired {time}"


def active_until(time: str) -> str:
    """An entry that will expire."""
    return f"Active, expires {time}"


def not_active(status: str, rule: str) -> str:
    """Why an entry cannot be paid."""
    return f"Off: {status.lower()}. Rule {rule} would refuse it." if rule else f"Off: {status.lower()}."
