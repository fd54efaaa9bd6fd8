"""Words of a change of signers: the columns, the rows, and how a row differs."""

from __future__ import annotations

from types import MappingProxyType

COLUMNS = ("Signer", "Before", "After", "Difference")
#: Rows that are no signer.
ROWS = MappingProxyType({"quorum": "Quorum", "master_key": "Master key", "regular_key": "Regular key"})
#: How a row differs -> word, tone, icon.
DIFFERENCES = MappingProxyType(
    {
        "added": ("Added", "warn", "plus"),
        "removed": ("Removed", "danger", "minus"),
        "changed": ("Changed", "warn", "change"),
        "same": ("As before", "text3", "equal"),
        "unknown": ("Not known", "warn", "unknown"),
    }
)
#: Tone of a sentence -> icon.
ICONS = MappingProxyType({"danger": "alert", "warn": "warning", "ok": "pass"})
NOT_KNOWN = "not known"
ABSENT = "–"
NONE = "none"
STRANGER = "Nobody's key in the policy"
SUSPENDED = "may not sign"


def holder(name: str, key: str, suspended: bool) -> str:
    """Whose key a signer is."""
    return f"{name} · {key} · {SUSPENDED}" if suspended else f"{name} · {key}"


def before_unknown(why: str) -> str:
    """Below the table."""
    return f"How it was before is not known. {why}".strip()


def before_after(before: str, after: str) -> tuple[str, str]:
    """Both sides for a screen reader."""
    return f"before {before}", f"after {after}"
