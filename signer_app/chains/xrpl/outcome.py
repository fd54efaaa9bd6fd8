"""What became of a body (DESIGN promise 8): a pure rule over evidence. follow.py gathers the evidence.

The rule is about the body, not about one transaction id: every set of signers makes another id. A body can
execute only by using up its Ticket or Sequence. So either the slot is still unused (OPEN, and EXPIRED once
a validated ledger is past LastLedgerSequence), or one transaction used it, and that one has our body
(CONFIRMED or FAILED by its result) or another (SUPERSEDED).

Three things keep a wrong word from becoming final. A final state needs ``min_agree`` operators with the
same finding and none that contradicts it. It needs history without a gap from the first released signature
on. And it does not depend on when one looks: a slot that another body used only after LastLedgerSequence
had passed unused counts as EXPIRED, as it did before that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from signer_app.core.inspection import Slot
from signer_app.core.json_types import JsonObject, JsonValue

OPEN: Final = "OPEN"
UNKNOWN: Final = "UNKNOWN"
CONFIRMED: Final = "CONFIRMED"
FAILED: Final = "FAILED"
EXPIRED: Final = "EXPIRED"
SUPERSEDED: Final = "SUPERSEDED"
FINAL: Final = frozenset({CONFIRMED, FAILED, EXPIRED, SUPERSEDED})

#: Result codes of transactions that can stand in a validated ledger (xrpl.org, "Transaction Results").
_SUCCESS, _CLAIMED = "tesSUCCESS", "tec"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``body`` is upper hex (CONTRACTS C1), ``address`` the r-address of its account,
    ``slot`` of kind sequence or ticket. ``since`` is the ledger of the first released signature, or any
    later validated ledger at which ``min_agree`` operators showed the slot unused."""

    network: str
    address: str
    body: str
    slot: Slot
    last_ledger: int | None
    since: int


@dataclass(frozen=True, slots=True)
class Use:
    """The validated transaction that used up the slot, as one node shows it."""

    tx_id: str
    ledger: int
    result: str
    same_body: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one node said at validated ledger ``ledger``. ``searched`` is the unbroken range of ledgers,
    both ends included, in which all transactions of the account were read; null if none was."""

    node: str
    operator: str
    ledger: int
    slot_used: bool
    searched: tuple[int, int] | None
    use: Use | None = None

    def to_json(self) -> JsonObject:
        """For the journal; ledger indexes are decimal strings."""
        use: JsonObject | None = None
        if self.use is not None:
            use = {
                "tx_id": self.use.tx_id,
                "ledger": str(self.use.ledger),
                "result": self.use.result,
                "same_body": self.use.same_body,
            }
        searched: list[JsonValue] | None = [str(i) for i in self.searched] if self.searched else None
        return {
            "node": self.node,
            "operator": self.operator,
            "ledger": str(self.ledger),
            "slot_used": self.slot_used,
            "searched": searched,
            "use": use,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """What one node's evidence proves by itself. ``reason`` says why it is no more than that."""

    state: str
    tx_id: str | None = None
    ledger: int | None = None
    result: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What all evidence proves together. ``problems`` says why nodes gave none."""

    finding: Finding
    evidence: tuple[Evidence, ...]
    problems: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return self.finding.state

    @property
    def is_final(self) -> bool:
        return self.finding.state in FINAL

    def to_json(self) -> JsonObject:
        """Shape: {state, tx_id, ledger, result, reason, nodes: […], problems: […]}."""
        found = self.finding
        return {
            "state": found.state,
            "tx_id": found.tx_id,
            "ledger": None if found.ledger is None else str(found.ledger),
            "result": found.result,
            "reason": found.reason,
            "nodes": [item.to_json() for item in self.evidence],
            "problems": [*self.problems],
        }


def rule(question: Question, evidence: Iterable[Evidence], min_agree: int) -> Ruling:
    """The state that the evidence proves. The order of the evidence and repeated items change nothing."""
    items = tuple(sorted(set(evidence), key=lambda item: (item.operator, item.node, item.ledger, repr(item))))
    findings = [(item, find(question, item)) for item in items]
    finals = {found for _, found in findings if found.state in FINAL}
    if any(_is_impossible(question, item) for item in items):
        return Ruling(Finding(UNKNOWN, reason="a node contradicts itself"), items)
    if len(finals) > 1 or any(_contradict(left, right) for left in items for right in items):
        return Ruling(Finding(UNKNOWN, reason="the nodes contradict each other"), items)
    for state in (*finals, Finding(OPEN)):
        if len({item.operator for item, found in findings if found == state}) >= max(1, min_agree):
            return Ruling(state, items)
    return Ruling(Finding(UNKNOWN, reason=_why(findings, min_agree)), items)


def find(question: Question, item: Evidence) -> Finding:
    """What one node's evidence proves, if the node tells the truth."""
    if _is_impossible(question, item):
        return Finding(UNKNOWN, reason="the node contradicts itself")
    if not item.slot_used:
        return _unused(question, item)
    if not _is_whole(question, item):
        return Finding(UNKNOWN, reason=_GAP)
    use = item.use
    if use is None or use.ledger < question.since:
        return Finding(UNKNOWN, reason="the slot is used, and by no transaction of the searched ledgers")
    if question.last_ledger is not None and use.ledger > question.last_ledger:
        return Finding(EXPIRED)
    return _used(use)


def _unused(question: Question, item: Evidence) -> Finding:
    if question.last_ledger is None or item.ledger <= question.last_ledger:
        return Finding(OPEN)
    return Finding(EXPIRED) if _is_whole(question, item) else Finding(UNKNOWN, reason=_GAP)


def _used(use: Use) -> Finding:
    if not use.same_body:
        return Finding(SUPERSEDED, use.tx_id, use.ledger, use.result)
    if use.result == _SUCCESS:
        return Finding(CONFIRMED, use.tx_id, use.ledger, use.result)
    if use.result.startswith(_CLAIMED):
        return Finding(FAILED, use.tx_id, use.ledger, use.result)
    return Finding(UNKNOWN, reason="the result is none that a validated ledger can hold")


_GAP: Final = "the node's history has a gap in the ledgers that matter"


def _is_impossible(question: Question, item: Evidence) -> bool:
    """A use of an unused slot or after the ledger looked at, or our body after its own last ledger."""
    use, last = item.use, question.last_ledger
    if use is None:
        return False
    too_late = use.same_body and last is not None and use.ledger > last
    return not item.slot_used or use.ledger > item.ledger or too_late


def _is_whole(question: Question, item: Evidence) -> bool:
    """Whether every ledger from ``since`` to the one where the slot was read was searched."""
    if item.searched is None:
        return False
    low, high = item.searched
    return low <= question.since and item.ledger <= high


def _contradict(left: Evidence, right: Evidence) -> bool:
    """A slot never becomes unused again, and one transaction alone uses it."""
    if left.slot_used and not right.slot_used:
        used_by = left.use.ledger if left.use else left.ledger
        return right.ledger >= used_by
    return left.use is not None and right.use is not None and left.use != right.use


def _why(findings: Sequence[tuple[Evidence, Finding]], min_agree: int) -> str:
    reasons = sorted({found.reason for _, found in findings if found.reason})
    if reasons:
        return "; ".join(reasons)
    return f"fewer than {min_agree} operators answered with the same finding"
