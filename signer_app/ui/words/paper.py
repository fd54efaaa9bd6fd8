"""Words of what is printed: a proposal, and the report of its signing (strings.py has the rules)."""

from __future__ import annotations

from datetime import datetime
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


def utc(moment: datetime) -> str:
    """When, for whoever reads it later and elsewhere."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def expiry(time: str, ledger: str) -> str:
    """Until when it can execute, by time and by ledger."""
    shown = f"{int(ledger):,}" if ledger.isdigit() else ledger or "none"
    return f"{time or 'never'}, ledger {shown}"


def receiver(address: str, tag: str) -> str:
    """Who receives; the address on a line of its own."""
    return f"to {address}\ntag {tag or 'none'}"


def balance(before: str, after: str, asset: str) -> str:
    """What an account holds before and after."""
    return f"{before} →\n{after} {asset}"


def signature(address: str, key: str, digest: str, when: str) -> str:
    """Who signed what with which key, and when."""
    return f"{address}\nkey {key}\ndigest {digest}\n{when}"


def against(who: str, reason: str, when: str) -> str:
    """Who said no, or whose signature was kept out, and why."""
    return "\n".join(filter(None, (who, reason, when)))


def recorded(time: str, record: str) -> str:
    """When, and the journal's record of it."""
    return f"{time}, record {record}"
