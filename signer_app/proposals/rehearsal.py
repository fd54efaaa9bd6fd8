"""A policy tried on what was judged before: which verdicts would come out otherwise (policy page, Replay).

Bytes and facts are those of the journal, so the answer depends on nothing else. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from signer_app.core.canonical import read_json
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import IntegrityError, MalformedError, NotFoundError
from signer_app.core.facts import parse_facts
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.policy.engine import CompiledPolicy, compile_policy, evaluate
from signer_app.proposals.judging import inspect_body
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal

#: Verdicts from the strictest: a move to a smaller number is "more denied".
_RANK = {"DENY": 0, "NEEDS_OVERRIDE": 1, "ALLOW": 2}


@dataclass(frozen=True, slots=True)
class Moved:
    """A verdict that would be another."""

    proposal_id: str
    title: str
    type: str
    record: int
    phase: str
    before: str
    after: str
    codes: tuple[str, ...]

    @property
    def stricter(self) -> bool:
        """Whether the other policy lets less pass."""
        return _RANK[self.after] < _RANK[self.before]

    def to_json(self) -> JsonObject:
        """{proposal_id, title, type, record, phase, before, after, codes}."""
        return {
            "proposal_id": self.proposal_id, "title": self.title, "type": self.type, "record": self.record,
            "phase": self.phase, "before": self.before, "after": self.after, "codes": [*self.codes],
        }  # fmt: skip


@dataclass(slots=True)
class Rehearsal:
    """What came of it. ``unread`` counts verdicts whose stored parts this version cannot read."""

    denied: int = 0
    allowed: int = 0
    unchanged: int = 0
    unread: int = 0
    moved: list[Moved] = field(default_factory=list)

    def to_json(self) -> JsonObject:
        """{denied, allowed, unchanged, unread, moved: […]}."""
        moved: list[JsonValue] = [item.to_json() for item in self.moved]
        return {
            "denied": self.denied, "allowed": self.allowed, "unchanged": self.unchanged,
            "unread": self.unread, "moved": moved,
        }  # fmt: skip


def rehearse(rooms: Rooms, document: PolicyDocument, days: int) -> Rehearsal:
    """Judge every recorded verdict of the last ``days`` days under ``document``."""
    policy = compile_policy(document)
    since = format_time(whole_seconds(rooms.clock()) - timedelta(days=days))
    result = Rehearsal()
    for proposal in rooms.queries.proposals():
        for verdict in rooms.queries.verdicts(proposal.id):
            if str(verdict["at"]) >= since:
                _one(rooms, policy, proposal, verdict, result)
    return result


def _one(
    rooms: Rooms,
    policy: CompiledPolicy,
    proposal: Proposal,
    verdict: JsonObject,
    into: Rehearsal,
) -> None:
    signer = verdict["signer"]
    try:
        facts = parse_facts(read_json(rooms.journal.get_blob(str(verdict["facts_blob"]))))
        report = evaluate(
            policy,
            inspect_body(proposal),
            facts,
            phase=str(verdict["phase"]),
            signer=signer if isinstance(signer, str) else None,
        )
    except (MalformedError, NotFoundError, IntegrityError):
        into.unread += 1
        return
    before, after = str(verdict["verdict"]), report.verdict.value
    if before == after or before not in _RANK:
        into.unchanged += 1
        return
    record = verdict["record"]
    moved = Moved(
        proposal.id, proposal.title, proposal.type, record if isinstance(record, int) else 0,
        str(verdict["phase"]), before, after, tuple(report.codes),
    )  # fmt: skip
    into.moved.append(moved)
    if moved.stricter:
        into.denied += 1
    else:
        into.allowed += 1
