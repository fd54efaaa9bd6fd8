"""Proposals that are made from another one: the same once more, and the one that uses its slot up."""

from __future__ import annotations

from datetime import timedelta

from signer_app.chains.intents import Again, CancelSlot
from signer_app.core.errors import ConflictError
from signer_app.core.inspection import Slot
from signer_app.core.proposal_file import ProposalFile
from signer_app.proposals import intake
from signer_app.proposals import lifecycle as life
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal

#: States in which the old bytes can never execute: only then the same may be proposed once more.
OVER = (life.EXPIRED, life.SUPERSEDED, life.FAILED)


def copy(rooms: Rooms, proposal: Proposal, expires_in: timedelta) -> ProposalFile:
    """The same transaction on a free slot, with a new last ledger and fee; signed by whoever copies it.

    ConflictError WRONG_STATE while the first could still execute, or has: both together would pay twice.
    """
    if proposal.state not in OVER:
        words = life.PROPOSAL.words[proposal.state].lower()
        raise ConflictError(
            f"The proposal is {words}. A copy beside it could do the same twice.", code="WRONG_STATE"
        )
    return intake.compose(
        rooms,
        intake.Order(
            network=proposal.network,
            account=proposal.account,
            intent=Again(proposal.body),
            expires_in=expires_in,
            title=proposal.title,
            note=proposal.note,
        ),
    )


def cancelling(rooms: Rooms, proposal: Proposal, expires_in: timedelta) -> ProposalFile:
    """A transaction on the proposal's own slot that changes nothing: once it is in a ledger, the proposal
    can never execute. It is judged and signed as any other. ConflictError WRONG_STATE once that is settled.
    """
    if proposal.state in life.FINAL:
        words = life.PROPOSAL.words[proposal.state].lower()
        raise ConflictError(f"The proposal is {words}: nothing is left to cancel.", code="WRONG_STATE")
    return intake.compose(
        rooms,
        intake.Order(
            network=proposal.network,
            account=proposal.account,
            intent=CancelSlot(),
            expires_in=expires_in,
            title=f"Cancels {proposal.id[:12]}",
            slot=Slot(proposal.slot_kind, proposal.slot_value),
        ),
    )
