"""How proposals come in: composed here, or read from a file; and how their files go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from signer_app.chains.intents import CancelSlot, Intent, Terms
from signer_app.chains.port import AccountState
from signer_app.chains.registry import chain_of
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import ConflictError, MalformedError, NotFoundError
from signer_app.core.inspection import Inspection, Slot
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.proposal_file import (
    UNAUTHORED,
    ProposalFile,
    Proposer,
    Transaction,
    author_hash,
    make_file,
)
from signer_app.core.text import FINDINGS, text_findings
from signer_app.core.warning import Warning  # the field's word; not the builtin
from signer_app.exchange.incoming import Incoming, is_proposal_file, read_incoming
from signer_app.policy.document import PolicyDocument
from signer_app.proposals import lifecycle as life
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.slots import choose_slot, expiry_ledger
from signer_app.proposals.store.queries import Proposal
from signer_app.signers.statements import verify_statement


@dataclass(frozen=True, slots=True)
class Order:
    """A wish for a new proposal. ``slot`` null: a free ticket, or else the account's next sequence.

    ``links`` travel in the file; no check reads them.
    """

    network: str
    account: str
    intent: Intent
    expires_in: timedelta
    title: str = ""
    note: str = ""
    slot: Slot | None = None
    links: tuple[str, ...] = ()


def claims_warnings(title: str, note: str) -> list[JsonValue]:
    """What in the proposer's words would deceive a reader: [{code, message, path}], the codes of text_safety.

    They change no verdict: no check reads these words, and no signature covers them.
    """
    lines = [("title", title), *(("note", line) for line in note.splitlines())]
    found = {(code, path): None for path, text in lines for code in text_findings(text)}
    return [Warning(code, f"The {path} {FINDINGS[code]}.", path).to_json() for code, path in found]


def refuse_other_network(rooms: Rooms, network: str) -> None:
    """MalformedError NETWORK for a network that this workspace does not do."""
    if network not in rooms.networks:
        raise MalformedError(f"This workspace does not do {network}.", code="NETWORK")


def compose_body(rooms: Rooms, order: Order, state: AccountState) -> str:
    """The unsigned bytes for an order, with slot, expiry and fee from ``state``. Nothing is written."""
    slot = order.slot or choose_slot(rooms, order.account, state)
    if not isinstance(order.intent, CancelSlot):
        _refuse_taken_slot(rooms, order.account, slot)
    _refuse_missing_ticket(state, slot)
    return body_on(slot, order, state)


def body_on(slot: Slot, order: Order, state: AccountState) -> str:
    """The bytes of an order on a slot, whoever else uses it. MalformedError for what no bytes can hold."""
    chain = chain_of(order.network)
    return chain.compose(
        order.intent,
        network=order.network,
        account=order.account,
        # The fee pays for every list member: nobody knows yet how many of them will sign.
        terms=Terms(
            slot,
            expiry_ledger(state, order.expires_in),
            chain.fee_for(base_fee=state.base_fee, signers=max(state.signer_count, 1)),
        ),
    )


def compose(rooms: Rooms, order: Order) -> ProposalFile:
    """Bytes for an order, with slot, expiry and fee from the ledger, signed by the author's device key."""
    refuse_other_network(rooms, order.network)
    state = rooms.ledger(order.network).account_state(order.account)
    body = compose_body(rooms, order, state)
    now = whole_seconds(rooms.clock())
    keystore = rooms.keystore()
    file = make_file(
        network=order.network,
        account=order.account,
        transaction=Transaction(encoding="xrpl-blob", body=body),
        title=order.title,
        note=order.note,
        created_at=format_time(now),
        expires_at=format_time(now + order.expires_in),
        links=list(order.links),
        proposer=Proposer(person=rooms.person, device_key=keystore.device_public_key()),
    )
    signature = keystore.sign_statement("author", author_hash(file.to_json()))
    author = Proposer(person=rooms.person, device_key=keystore.device_public_key(), sig=signature)
    return file.model_copy(update={"proposer": author})


def _refuse_missing_ticket(state: AccountState, slot: Slot) -> None:
    """A proposal on a ticket that the ledger does not hold could never execute, or only by surprise later."""
    if slot.kind == "ticket" and slot.value not in {str(ticket) for ticket in state.tickets}:
        raise ConflictError(
            f"The ledger holds no ticket {slot.value[:20]!r} for this account.", code="SLOT_CONFLICT"
        )


def _refuse_taken_slot(rooms: Rooms, account: str, slot: Slot) -> None:
    for other in rooms.queries.proposals(states=(*life.WAITING, *life.SENT), account=account):
        if (other.slot_kind, other.slot_value) == (slot.kind, slot.value):
            raise ConflictError(
                f"The {slot.kind} {slot.value} is used by proposal {other.id[:12]}.",
                code="SLOT_CONFLICT",
                details={"proposal_id": other.id},
            )


def read(rooms: Rooms, data: bytes, *, network: str | None, account: str | None) -> Incoming:
    """Read an incoming file for this workspace. MalformedError NETWORK for a network it does not do."""
    incoming = read_incoming(data, network=network or _assumed(rooms, data), account=account)
    if incoming.inspection.network not in rooms.networks:
        raise MalformedError(
            f"The transaction is for {incoming.inspection.network}; this workspace does "
            f"{', '.join(rooms.networks)}.",
            code="NETWORK",
        )
    if incoming.inspection.mode != "multi":
        raise MalformedError("The transaction names one signing key. Only multi-signed ones are kept here.")
    return incoming


def _assumed(rooms: Rooms, data: bytes) -> str | None:
    """Native bytes without a network id belong to the workspace's network, never to another class."""
    return None if is_proposal_file(data) else rooms.networks[0]


def added_record(rooms: Rooms, incoming: Incoming, policy: PolicyDocument | None, blob: str) -> JsonObject:
    """The proposal.added record of an incoming transaction (state PENDING, judged next)."""
    inspection, file = incoming.inspection, incoming.file
    proposer, origin, author = _author(rooms, file, policy)
    expiry = inspection.expiry
    return {
        "proposal_id": inspection.proposal_id,
        "network": inspection.network,
        "account": inspection.account,
        "encoding": inspection.encoding,
        "body": inspection.body,
        "body_hash": inspection.body_hash,
        "tx_type": inspection.type,
        "slot_kind": inspection.sequence.kind,
        "slot_value": inspection.sequence.value,
        "expiry_ledger": expiry.value if expiry is not None and expiry.kind == "ledger" else None,
        "effects": [effect.to_json() for effect in inspection.effects],
        "title": file.title if file else "",
        "note": file.note if file else "",
        "created_at": file.created_at if file else format_time(whole_seconds(rooms.clock())),
        "expires_at": file.expires_at if file else None,
        "links": list(file.links) if file else [],
        "origin": origin,
        "proposer": proposer,
        "author": author,
        "source": blob,
        "state": life.PENDING,
    }


def _author(
    rooms: Rooms, file: ProposalFile | None, policy: PolicyDocument | None
) -> tuple[str, str, JsonObject | None]:
    """(proposer, origin, signed part). Without a device key that policy knows, the importer proposes.

    The signed part is kept whoever signed it: a policy that is activated later may know the key.
    """
    block = file.proposer if file is not None else None
    if file is None or block is None or block.sig is None:
        return rooms.person, "import", None
    if not verify_statement(block.device_key, "author", author_hash(file.to_json()), block.sig):
        return rooms.person, "import", None
    signed = file.to_json()
    for name in UNAUTHORED:
        signed.pop(name, None)
    people = policy.body.people if policy is not None else []
    if any(person.id == block.person and block.device_key in person.device_keys for person in people):
        return block.person, "operator", signed
    return rooms.person, "import", signed


def same_transaction(proposal: Proposal, inspection: Inspection) -> None:
    """Refuse signatures that belong to other bytes. MalformedError BAD_SIGNATURE."""
    if inspection.proposal_id != proposal.id:
        raise MalformedError(
            "The file holds another transaction than this proposal.",
            code="BAD_SIGNATURE",
            hint="Nothing of it was added or kept. Name the proposal that it is of, or import it.",
            details={"proposal_id": proposal.id, "found": inspection.proposal_id},
        )


def require(rooms: Rooms, identifier: str) -> Proposal:
    """The proposal, or NotFoundError with advice."""
    try:
        return rooms.queries.proposal(identifier)
    except NotFoundError as error:
        raise NotFoundError(error.message, hint="Run proposal list.") from error
