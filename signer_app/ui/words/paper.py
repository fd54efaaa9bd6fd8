"""Words of what is printed: a proposal, and the report of its signing (strings.py has the rules)."""

from __future__ import annotations

from types import MappingProxyType

PRINTING = "Reading what is printed"
PAPER_PROPOSAL = "Proposal"
PAPER_REPORT = "Signing report"
PAPER_FOOT = "Made by Countersign from the journal and the bytes. Paper proves nothing; the journal does."
PRINTED_BY = "Printed by"
PDF_TITLE = "Where to write the PDF"
SECTION_FACTS, SECTION_EFFECTS, SECTION_CHECKS = "Facts", "What the bytes do", "Policy checks"
SECTION_SIGNATURES, SECTION_TIMELINE, SECTION_FIELDS = "Signatures", "Timeline", "Bytes, field by field"
SECTION_SCREENS, SECTION_SENT = "What a Ledger shows", "Sending and outcome"
NONE_YET = "None."

FACTS = MappingProxyType(
    {
        "hash": "Hash",
        "account": "Account",
        "network": "Network",
        "kind": "Kind",
        "state": "State",
        "uses": "Uses",
        "proposer": "Proposed by",
        "proposed": "Proposed",
        "expires": "Expires",
    }
)
OVERRIDE, REJECTION, KEPT_OUT = "override", "rejection", "kept out"


def expiry(time: str, ledger: str) -> str:
    """Until when it can execute, by time and by ledger."""
    return f"{time or 'never'}, ledger {ledger or 'none'}"


def receiver(address: str, tag: str) -> str:
    """Who receives."""
    return f"to {address}, tag {tag or 'none'}"


def signature(key: str, digest: str) -> str:
    """What signed what."""
    return f"key {key}, digest {digest}"


def recorded(time: str, record: str) -> str:
    """When, and the journal's record of it."""
    return f"{time}, record {record}"
