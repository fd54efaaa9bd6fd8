"""What waits for people, and what ends soon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from signer_app.core.clock import format_time, parse_time
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.observations import Decided, moment, number
from signer_app.policy.readings import Readings
from signer_app.policy.schema import BookEntry
from signer_app.proposals import lifecycle as life
from signer_app.proposals.store.queries import Proposal

#: No XRP Ledger closes faster (reference/ledgers.md 1.2), so an expiry by ledger is not before that time.
_SECONDS_PER_LEDGER = 3


@dataclass(frozen=True, slots=True)
class Group:
    """``have`` of ``need`` people of a role signed."""

    role: str
    need: int
    have: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that waits, as its last judgement left it. ``groups`` is empty if it was never judged."""

    proposal_id: str
    title: str
    type: str
    account: str
    state: str
    groups: tuple[Group, ...]
    signatures: int

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing, "1 of security"."""
        return tuple(
            f"{group.need - group.have} of {group.role}" for group in self.groups if group.have < group.need
        )

    def to_json(self) -> JsonObject:
        """{proposal_id, title, type, account, state, groups: [{role, need, have}], signatures, missing}."""
        groups: list[JsonValue] = [
            {"role": group.role, "need": group.need, "have": group.have} for group in self.groups
        ]
        return {
            "proposal_id": self.proposal_id,
            "title": self.title,
            "type": self.type,
            "account": self.account,
            "state": self.state,
            "groups": groups,
            "signatures": self.signatures,
            "missing": [*self.missing],
        }


def waiting(
    proposals: Sequence[Proposal], report_of: Callable[[Proposal], JsonObject | None]
) -> tuple[Waiting, ...]:
    """Open proposals, the oldest first; ``report_of`` gives the last report (CONTRACTS C4) of one. One that
    policy denies waits for nobody's signature.
    """
    return tuple(
        Waiting(
            proposal.id,
            proposal.title,
            proposal.type,
            proposal.account,
            proposal.state,
            _groups(report_of(proposal)),
            len(proposal.signatures),
        )
        for proposal in proposals
        if proposal.state in life.OPEN and proposal.state != life.DENIED
    )


def _groups(report: JsonObject | None) -> tuple[Group, ...]:
    required = report.get("required") if report is not None else None
    listed = required.get("all_of") if isinstance(required, dict) else None
    found = []
    for group in listed if isinstance(listed, list) else []:
        if isinstance(group, dict):
            need, have = number(group.get("need")), number(group.get("have"))
            if need is not None and have is not None:
                found.append(Group(str(group.get("role")), need, have))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends. ``estimated``: by ledgers, so not before ``at``. ``kind``: proposal or entry."""

    kind: str
    name: str
    what: str
    at: datetime
    estimated: bool

    def to_json(self) -> JsonObject:
        """{kind, name, what, at, estimated}."""
        return {
            "kind": self.kind,
            "name": self.name,
            "what": self.what,
            "at": format_time(self.at),
            "estimated": self.estimated,
        }


def endings(
    readings: Readings, proposals: Sequence[Proposal], book: Sequence[BookEntry], now: datetime
) -> tuple[Ending, ...]:
    """What has not ended yet, the next first."""
    found: list[Ending] = []
    for proposal in proposals:
        if proposal.state in (*life.OPEN, *life.SENT):
            at, estimated = _end_of(readings, proposal)
            if at is not None:
                found.append(Ending("proposal", proposal.id, proposal.title or proposal.type, at, estimated))
    found += [
        Ending("entry", entry.id, f"address book: {entry.id}", entry.expires_at, False)
        for entry in book
        if entry.expires_at is not None
    ]
    return tuple(sorted((item for item in found if item.at > now), key=lambda item: (item.at, item.name)))


def _end_of(readings: Readings, proposal: Proposal) -> tuple[datetime | None, bool]:
    """The ledger's own limit where there is one; else what the file says."""
    last = number(proposal.expiry_ledger)
    fact = readings.judge("network", proposal.network)
    if last is not None and isinstance(fact, Decided):
        height, closed = number(fact.value.get("validated")), moment(fact.value.get("close_time"))
        if height is not None and closed is not None:
            return closed + timedelta(seconds=max(0, last - height) * _SECONDS_PER_LEDGER), True
    try:
        return (parse_time(proposal.expires_at) if proposal.expires_at else None), False
    except MalformedError:
        return None, False
