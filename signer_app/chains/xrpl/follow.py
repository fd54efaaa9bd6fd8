"""Gather evidence about a body from the nodes, and follow it to a final state. The rule itself is
outcome.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from signer_app.chains.node import NodeStatus, node_error, values
from signer_app.chains.xrpl import movements
from signer_app.chains.xrpl.answers import LedgerTransaction
from signer_app.chains.xrpl.client import XrplClient
from signer_app.chains.xrpl.outcome import OPEN, UNKNOWN, Evidence, Finding, Question, Ruling, Use, rule
from signer_app.chains.xrpl.reads import XrplPool
from signer_app.chains.xrpl.submission import Offer, submit
from signer_app.core.errors import MalformedError, NodeError


@dataclass(frozen=True, slots=True)
class Schedule:
    """Seconds between looks grow from ``first_s`` by ``factor`` up to ``most_s``; while the body is open,
    its blob is offered again at every ``resubmit_every``-th look."""

    first_s: float = 0.5
    factor: float = 1.5
    most_s: float = 4.0
    resubmit_every: int = 4

    def pause(self, look: int) -> float:
        """Seconds after look number ``look``, counted from 0."""
        return min(self.most_s, self.first_s * self.factor ** min(look, 50))


@dataclass(frozen=True, slots=True)
class Progress:
    """One look: what is known now, and the answers to a repeated offer, if there was one before it."""

    ruling: Ruling
    offers: tuple[Offer, ...]


def look(pool: XrplPool, question: Question, min_agree: int) -> Ruling:
    """Ask every operator at one pinned validated ledger. Raises NodeError when none can be pinned."""
    pinned = pool.pinned(question.network)
    replies = pool.ask(
        pinned.nodes,
        lambda client: read_evidence(client, question, pinned.index, pinned.status[client.node]),
    )
    evidence = [replace(item, operator=node.operator) for node, item in values(replies)]
    errors = (*pinned.left_out, *(reply.error for reply in replies if reply.error is not None))
    return replace(rule(question, evidence, min_agree), problems=tuple(error.message for error in errors))


def follow(
    pool: XrplPool,
    question: Question,
    *,
    min_agree: int,
    until: datetime,
    blob: str | None = None,
    schedule: Schedule | None = None,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    wait: Callable[[float], bool] | None = None,
) -> Ruling:
    """Look again and again until the state is final or ``until`` has come; the last ruling is returned.

    ``blob`` (hex), if given, is offered again while the slot is unused, which is safe: the same bytes can
    execute once at most. ``wait`` pauses for seconds and returns true to stop early. Node faults never end
    the following.
    """
    schedule = schedule or Schedule()
    wait = wait or threading.Event().wait
    number = 0
    offers: tuple[Offer, ...] = ()
    while True:
        ruling = _look_or_unknown(pool, question, min_agree)
        on_progress(Progress(ruling, offers))
        if ruling.is_final or pool.now() >= until or wait(schedule.pause(number)):
            return ruling
        number, offers = number + 1, ()
        if ruling.state != OPEN:
            continue
        # Unused at that ledger, as enough operators agree: nothing before it can be the use.
        question = replace(question, since=max(question.since, _ledger_of(ruling)))
        if blob is not None and number % schedule.resubmit_every == 0:
            offers = submit(pool, question.network, blob)


def _look_or_unknown(pool: XrplPool, question: Question, min_agree: int) -> Ruling:
    try:
        return look(pool, question, min_agree)
    except NodeError as error:
        return Ruling(Finding(UNKNOWN, reason=error.message), ())


def _ledger_of(ruling: Ruling) -> int:
    return min(item.ledger for item in ruling.evidence)


def read_evidence(client: XrplClient, question: Question, ledger: int, status: NodeStatus) -> Evidence:
    """One node's evidence at a validated ledger. ``operator`` is left empty: a node does not say whose it
    is.
    """
    used = _is_used(client, question, ledger)
    if not used and (question.last_ledger is None or ledger <= question.last_ledger):
        return Evidence(client.node, "", ledger, used, None)
    span = status.history.around(ledger)
    low = max(question.since, span[0]) if span else ledger + 1
    if low > ledger:
        return Evidence(client.node, "", ledger, used, None)
    history = client.history(question.address, low, ledger)
    uses = {use for entry in history.transactions if (use := _use(client, question, entry)) is not None}
    if len(uses) > 1:
        raise NodeError(
            f"Node {client.node} shows two transactions that used one slot.", code="NODE_PROTOCOL"
        )
    searched = (history.low, history.high) if history.low <= history.high else None
    return Evidence(client.node, "", ledger, used, searched, next(iter(uses), None))


def _is_used(client: XrplClient, question: Question, ledger: int) -> bool:
    """Whether the slot is gone. A ticket that the account has not made yet is not used (XLS-13d)."""
    info = client.account_info(question.address, ledger)
    number = int(question.slot.value)
    if info is None:
        return True
    if question.slot.kind == "ticket" and number < info.sequence:
        return number not in client.tickets(question.address, ledger)
    return number < info.sequence


def _use(client: XrplClient, question: Question, entry: LedgerTransaction) -> Use | None:
    """The entry as the use of the slot, or None if it is something else. A lie about its id is
    NODE_PROTOCOL.
    """
    if not entry.validated or not _takes_slot(question, entry):
        return None
    try:
        same = movements.body_of(entry.tx) == question.body
        known_id = movements.tx_id_of(entry.tx)
    except MalformedError:
        # Our body can be written, so a transaction that cannot is another one.
        return Use(entry.tx_id, entry.ledger, entry.result, same_body=False)
    if known_id != entry.tx_id:
        raise node_error(
            client.node,
            "NODE_PROTOCOL",
            "shows a transaction under an id that is not its own",
            f"{entry.tx_id[:64]} is {known_id}",
        )
    return Use(entry.tx_id, entry.ledger, entry.result, same)


def _takes_slot(question: Question, entry: LedgerTransaction) -> bool:
    tx, number = entry.tx, int(question.slot.value)
    own = tx.get("Account") == question.address
    if question.slot.kind == "ticket":
        return own and tx.get("TicketSequence") == number
    by_sequence = own and "TicketSequence" not in tx and tx.get("Sequence") == number
    # TicketCreate turns the following sequences into tickets; a transaction waiting for one can never
    # execute.
    return by_sequence or movements.creates_ticket(entry.meta, question.address, number)
