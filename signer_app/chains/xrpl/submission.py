"""Offer a signed blob to the nodes and say what their answers mean (reference/ledgers.md 1.4).

An answer is never an outcome: a refused transaction may have been applied by an earlier attempt, an
accepted one may never be validated, and a lost answer says nothing. outcome.py alone decides, from
validated ledgers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from signer_app.chains.node import Reply
from signer_app.chains.port import Attempt
from signer_app.chains.xrpl.answers import SubmitAnswer
from signer_app.chains.xrpl.client import XrplClient
from signer_app.chains.xrpl.reads import XrplPool
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import NodeError
from signer_app.core.json_types import JsonObject

ACCEPTED: Final = "accepted"
MAYBE: Final = "maybe"
REFUSED: Final = "refused"
#: Nothing left this program for the node: it was not reached, or is of another network.
UNSENT: Final = "unsent"

#: Refusals that a transaction of ours gets as well when it is in a ledger already, or may get in later.
_NOT_A_REFUSAL: Final = frozenset({"tefPAST_SEQ", "tefNO_TICKET", "tefMAX_LEDGER", "terQUEUED"})
_IN_ALREADY: Final = frozenset({"tefALREADY", "terQUEUED"})
_BAD_BYTES: Final = frozenset({"invalidTransaction", "invalidParams"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One node's answer, or the error instead of one. ``raw`` is the answer as it came."""

    node: str
    at: str
    answer: str
    standing: str
    raw: JsonObject

    def attempt(self) -> Attempt:
        """The form of the ledgers' port."""
        return Attempt(self.node, self.answer, self.at, self.standing == ACCEPTED)


def classify(answer: SubmitAnswer) -> str:
    """accepted, maybe or refused. tes and tec are preliminary; tel and ter may still get in; tem and most tef
    will not by this node."""
    code = answer.code
    if not answer.is_engine_result:
        return REFUSED if code in _BAD_BYTES else MAYBE
    if code.startswith(("tes", "tec")) or code in _IN_ALREADY:
        return ACCEPTED
    if code.startswith(("tem", "tef")) and code not in _NOT_A_REFUSAL:
        return REFUSED
    return MAYBE


def standing(offers: Sequence[Offer]) -> str:
    """Of all answers together: the most hopeful one that left the program."""
    return next(
        (word for word in (ACCEPTED, MAYBE, REFUSED) if any(offer.standing == word for offer in offers)),
        UNSENT,
    )


def submit(pool: XrplPool, network: str, blob: str) -> tuple[Offer, ...]:
    """Offer the blob (hex) to every node with the role submit, all at once. Never raises NodeError.

    Each node is asked for its network first: a transaction without NetworkID would be valid on another
    ledger.
    """
    sent: set[str] = set()

    def offer(client: XrplClient) -> SubmitAnswer:
        client.server_info()
        sent.add(client.node)
        return client.submit(blob)

    return tuple(_offer(reply, sent) for reply in pool.ask(pool.submitters(network), offer))


def _offer(reply: Reply[XrplClient, SubmitAnswer], sent: set[str]) -> Offer:
    node, at = reply.node.id, format_time(whole_seconds(reply.at))
    if reply.value is not None:
        return Offer(node, at, reply.value.code, classify(reply.value), reply.value.raw)
    error = reply.error or NodeError(f"Node {node} gave no answer.")
    # Once the request was on its way, a fault may have lost the answer alone.
    return Offer(node, at, error.code, MAYBE if node in sent else UNSENT, error.to_json())
