"""The life of a proposal as a state table (DESIGN section 2)."""

from __future__ import annotations

from itertools import product

from signer_app.core.states import Edge, StateTable

DRAFT = "DRAFT"
PENDING = "PENDING"
READY = "READY"
DENIED = "DENIED"
REJECTED = "REJECTED"
SUBMITTED = "SUBMITTED"
UNKNOWN = "UNKNOWN"
CONFIRMED = "CONFIRMED"
FAILED = "FAILED"
EXPIRED = "EXPIRED"
SUPERSEDED = "SUPERSEDED"

OPEN = (PENDING, READY, DENIED)
WAITING = (*OPEN, REJECTED)
#: What people read of a denial that stands on facts alone that nobody could read: nobody said no.
COULD_NOT_TELL = "Could not tell"
SENT = (SUBMITTED, UNKNOWN)
FINAL = (CONFIRMED, FAILED, EXPIRED, SUPERSEDED)


def _edges(sources: tuple[str, ...], targets: tuple[str, ...], event: str, guard: str = "") -> list[Edge]:
    return [Edge(s, t, event, guard) for s, t in product(sources, targets) if s != t]


PROPOSAL = StateTable(
    name="Proposal",
    initial=DRAFT,
    words={
        DRAFT: "Draft",
        PENDING: "Open",
        READY: "Ready to send",
        DENIED: "Denied",
        REJECTED: "Rejected",
        SUBMITTED: "Sent",
        UNKNOWN: "Outcome unknown",
        CONFIRMED: "Confirmed",
        FAILED: "Failed",
        EXPIRED: "Expired",
        SUPERSEDED: "Superseded",
    },
    edges=(
        Edge(DRAFT, PENDING, "offered"),
        Edge(PENDING, READY, "judged", "ledger quorum and policy quorum are met"),
        Edge(READY, PENDING, "judged", "a quorum is no longer met"),
        *_edges((PENDING, READY), (DENIED,), "judged", "policy denies these bytes"),
        *_edges((DENIED,), (PENDING, READY), "judged", "policy allows them on fresh facts"),
        *_edges(OPEN, (REJECTED,), "rejected", "no quorum is possible any more, or a veto"),
        *_edges(WAITING, (SUBMITTED,), "sent", "by us, or seen on the ledger"),
        Edge(SUBMITTED, UNKNOWN, "no proof", "the answer or the history is missing"),
        Edge(UNKNOWN, SUBMITTED, "seen again"),
        *_edges(SENT, FINAL, "proved", "by the ledger"),
        *_edges(WAITING, (EXPIRED, SUPERSEDED), "proved", "by the ledger, or no signature was ever released"),
    ),
    final=frozenset(FINAL),
)


def words_of(state: str, *, untold: bool) -> str:
    """A state as people read it. ``untold``: only facts that were not read stand against it."""
    return COULD_NOT_TELL if untold and state == DENIED else PROPOSAL.words[state]


STANDING = "STANDING"
LIFTED = "LIFTED"

HALT = StateTable(
    name="Halt",
    initial=STANDING,
    words={STANDING: "Halted", LIFTED: "Lifted"},
    edges=(
        Edge(STANDING, STANDING, "resumed", "by fewer than two people who count"),
        Edge(STANDING, LIFTED, "resumed", "by two distinct people who count"),
    ),
    final=frozenset({LIFTED}),
)
