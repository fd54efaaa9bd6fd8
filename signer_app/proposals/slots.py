"""Slots: what lets proposals wait for days beside each other (DESIGN section 2). On XRPL, Tickets.

A proposal that waits on the account's Sequence dies when anything else is sent first; one on a Ticket does
not. So a free ticket is taken first, and the sequence only where there is none.
"""

from __future__ import annotations

import math
from datetime import timedelta

from signer_app.chains.port import AccountState
from signer_app.core.errors import ConflictError
from signer_app.core.inspection import Slot
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.proposals import lifecycle as life
from signer_app.proposals.rooms import Rooms


def choose_slot(rooms: Rooms, account: str, state: AccountState) -> Slot:
    """The lowest ticket that no open proposal uses, else the sequence. ConflictError SLOT_CONFLICT."""
    free = free_tickets(rooms, account, state)
    if free:
        return Slot("ticket", str(free[0]))
    if ("sequence", str(state.sequence)) in _taken(rooms, account):
        raise ConflictError(
            "Every ticket is taken, and another proposal waits on the account's next sequence.",
            code="SLOT_CONFLICT",
            hint="Send or cancel a proposal first, then propose new tickets.",
        )
    return Slot("sequence", str(state.sequence))


def free_tickets(rooms: Rooms, account: str, state: AccountState) -> tuple[int, ...]:
    """Tickets on the ledger that no open proposal uses and nobody holds back, ascending."""
    taken = _taken(rooms, account)
    return tuple(ticket for ticket in state.tickets if ("ticket", str(ticket)) not in taken)


def expiry_ledger(state: AccountState, expires_in: timedelta) -> int:
    """Last ledger index that surely leaves ``expires_in``, however quickly ledgers close."""
    return state.validated + math.ceil(expires_in.total_seconds() / state.seconds_per_ledger)


def _taken(rooms: Rooms, account: str) -> set[tuple[str, str]]:
    open_proposals = rooms.queries.proposals(states=(*life.WAITING, *life.SENT), account=account)
    held = {(str(slot["kind"]), str(slot["value"])) for slot in rooms.queries.slots(account)}
    return held | {(proposal.slot_kind, proposal.slot_value) for proposal in open_proposals}


def overview(rooms: Rooms, network: str, account: str) -> JsonObject:
    """{account, sequence, tickets: [{value, state, proposals}], conflicts}: the ledger beside our plans.

    state: free, held (set aside by hand), assigned (one proposal), conflict (several), gone (the ledger no
    longer has the ticket that a proposal waits on), unknown (its proposal was not read since a restore).
    """
    state = rooms.ledger(network).account_state(account)
    plans: dict[str, list[str]] = {}
    unread: set[str] = set()
    for proposal in rooms.queries.proposals(states=(*life.WAITING, *life.SENT), account=account):
        if proposal.slot_kind == "ticket":
            plans.setdefault(proposal.slot_value, []).append(proposal.id)
            if proposal.unread:
                unread.add(proposal.slot_value)
    held = {
        str(slot["value"])
        for slot in rooms.queries.slots(account)
        if slot["kind"] == "ticket" and slot["proposal_id"] is None
    }
    on_ledger = {str(ticket) for ticket in state.tickets}
    tickets: list[JsonValue] = []
    for value in sorted(on_ledger | set(plans) | held, key=int):
        users = plans.get(value, [])
        word = "unknown" if value in unread else _word(value in on_ledger, users, value in held)
        tickets.append({"value": value, "state": word, "proposals": list(users)})
    return {"account": account, "sequence": str(state.sequence), "tickets": tickets}


def _word(on_ledger: bool, users: list[str], held: bool) -> str:
    if not on_ledger:
        return "gone"
    if len(users) > 1:
        return "conflict"
    if users:
        return "assigned"
    return "held" if held else "free"


def hold(rooms: Rooms, network: str, account: str, value: str) -> JsonObject:
    """Set a free ticket aside, so that no new proposal takes it. ConflictError SLOT_CONFLICT."""
    state = rooms.ledger(network).account_state(account)
    if value not in {str(ticket) for ticket in state.tickets}:
        raise ConflictError(
            f"The ledger holds no ticket {value[:20]} for this account.", code="SLOT_CONFLICT"
        )
    if ("ticket", value) in _taken(rooms, account):
        raise ConflictError(f"Ticket {value} is taken.", code="SLOT_CONFLICT")
    index = rooms.record("slot.reserved", {"account": account, "slot_kind": "ticket", "slot_value": value})
    return {"account": account, "value": value, "state": "held", "record": index}


def release(rooms: Rooms, account: str, value: str) -> JsonObject:
    """Give a ticket that was set aside free again. ConflictError if it was not."""
    held = [s for s in rooms.queries.slots(account) if s["value"] == value and s["proposal_id"] is None]
    if not held:
        raise ConflictError(f"Ticket {value[:20]} was not set aside.", code="SLOT_CONFLICT")
    index = rooms.record("slot.freed", {"account": account, "slot_kind": "ticket", "slot_value": value})
    return {"account": account, "value": value, "state": "free", "record": index}
