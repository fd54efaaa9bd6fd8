"""How each node of a network is doing: reachable, in step, and of one mind with the others about one ledger.

Only for people. Facts are read and judged elsewhere (pool.py pins a ledger, policy/ judges agreement);
nothing here lets a node in or keeps one out.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from signer_app.chains.node import Client, NodeStatus, Reply
from signer_app.core.clock import Clock
from signer_app.core.config import NodeProfile
from signer_app.core.errors import NodeError
from signer_app.core.json_types import JsonObject
from signer_app.core.node_certificate import NodeCertificate
from signer_app.nodes.clock import ClockCheck, Reading, compare
from signer_app.nodes.pool import NodePool, PoolLimits

OK, LATE, DIFFERS, WRONG_NETWORK, NO_ANSWER = "ok", "late", "differs", "wrong-network", "no-answer"
CERTIFICATE_CHANGED = "certificate-changed"
STATES: Final = (OK, LATE, DIFFERS, WRONG_NETWORK, CERTIFICATE_CHANGED, NO_ANSWER)
#: What a failure says about the node; any other is no answer.
_BY_ERROR: Final = {
    "NODE_WRONG_NETWORK": WRONG_NETWORK,
    "NODE_BEHIND": LATE,
    "NODE_CERTIFICATE_CHANGED": CERTIFICATE_CHANGED,
}


@dataclass(frozen=True, slots=True)
class Closed:
    """A ledger as a node has it: its hash, and when it closed."""

    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Probe:
    """What one node gave. ``latency_ms`` is the time of one question; ``hash`` and ``closed`` are those of
    the compared ledger, None where it was not asked or did not answer. ``ahead_ms``: by how much this
    computer's clock was before the node's, None where it did not say; known to half of ``latency_ms``."""

    profile: NodeProfile
    status: NodeStatus | None
    latency_ms: int
    error: NodeError | None = None
    hash: str | None = None
    ahead_ms: int | None = None
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class NodeHealth:
    """One row: ``agrees_with`` are other operators whose ledger has the same hash; ``compared`` its index,
    ``closed`` when it closed, None where that tells nothing. ``ahead_ms`` as in Probe; ``certificate`` is
    what an https node showed last, whether or not it is the recorded one."""

    profile: NodeProfile
    state: str
    validated: int | None
    age_s: int | None
    latency_ms: int
    agrees_with: tuple[str, ...]
    compared: int | None
    reason: str
    certificate: NodeCertificate | None = None
    ahead_ms: int | None = None
    closed: datetime | None = None

    def to_json(self) -> JsonObject:
        """{id, operator, network, url, roles, state, validated, age_s, latency_ms, agrees_with, compared,
        reason, certificate, ahead_ms}."""
        return {
            "id": self.profile.id,
            "operator": self.profile.operator,
            "network": self.profile.network,
            "url": self.profile.url,
            "roles": [*self.profile.roles],
            "state": self.state,
            "validated": str(self.validated) if self.validated is not None else None,
            "age_s": self.age_s,
            "latency_ms": self.latency_ms,
            "agrees_with": [*self.agrees_with],
            "compared": str(self.compared) if self.compared is not None else None,
            "reason": self.reason,
            "certificate": self.certificate.to_json() if self.certificate is not None else None,
            "ahead_ms": self.ahead_ms,
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the nodes of one network stand together. ``agreed`` counts nodes of state ok, ``operators`` names
    who runs those that are read; ``need``: how many operators the policy wants; ``ledger``: compared at."""

    network: str
    listed: int
    agreed: int
    operators: tuple[str, ...]
    need: int
    ledger: int | None
    differ: bool

    @property
    def enough(self) -> bool:
        """Whether facts of this network can be decided now: enough operators, and nobody against them."""
        return len(self.operators) >= self.need and not self.differ

    def to_json(self) -> JsonObject:
        """{network, listed, agreed, operators, need, ledger, differ, enough}."""
        return {
            "network": self.network,
            "listed": self.listed,
            "agreed": self.agreed,
            "operators": [*self.operators],
            "need": self.need,
            "ledger": str(self.ledger) if self.ledger is not None else None,
            "differ": self.differ,
            "enough": self.enough,
        }


@dataclass(frozen=True, slots=True)
class Look:
    """What one round of asking gave: ``at`` is when it ended, UTC."""

    at: datetime
    rows: tuple[NodeHealth, ...]
    networks: tuple[Agreement, ...]

    @property
    def silent(self) -> bool:
        """Whether not one of the nodes answered at all."""
        return bool(self.rows) and all(row.state == NO_ANSWER for row in self.rows)

    @property
    def changed(self) -> tuple[str, ...]:
        """Nodes that show another certificate than the recorded one."""
        return tuple(row.profile.id for row in self.rows if row.state == CERTIFICATE_CHANGED)

    @property
    def agreed(self) -> bool:
        """Whether facts of every network can be decided."""
        return bool(self.networks) and all(of.enough for of in self.networks)

    @property
    def clock(self) -> ClockCheck:
        """How this computer's clock stands to the ledger: by the nodes that are read and in step."""
        good = [row for row in self.rows if row.state == OK and "read" in row.profile.roles]
        return compare(
            [
                Reading(row.profile.operator, row.ahead_ms, (row.latency_ms + 1) // 2)
                for row in good
                if row.ahead_ms is not None
            ],
            [row.closed for row in good if row.closed is not None],
            self.at,
            max((of.need for of in self.networks), default=1),
        )


def agreements(rows: Sequence[NodeHealth], need: int) -> tuple[Agreement, ...]:
    """One for each network, in the order of the rows."""
    found: dict[str, list[NodeHealth]] = {}
    for row in rows:
        found.setdefault(row.profile.network, []).append(row)
    return tuple(_agreement(network, of, need) for network, of in found.items())


def _agreement(network: str, rows: Sequence[NodeHealth], need: int) -> Agreement:
    good = [row for row in rows if row.state == OK]
    operators = {row.profile.operator for row in good if "read" in row.profile.roles}
    return Agreement(
        network=network,
        listed=len(rows),
        agreed=len(good),
        operators=tuple(sorted(operators)),
        need=need,
        ledger=next((row.compared for row in good), None),
        differ=any(row.state in (DIFFERS, WRONG_NETWORK) for row in rows),
    )


def examine(
    pool: NodePool[Client], profiles: Sequence[NodeProfile], network: str,
    ledger_at: Callable[[Client, int], Closed], limits: PoolLimits,
) -> tuple[NodeHealth, ...]:  # fmt: skip
    """Ask every node of a network for its status, then for one ledger that all in step have. Blocking."""
    nodes = {node.id: node for node in (*pool.readers(network), *pool.submitters(network))}
    known = [profile for profile in profiles if profile.id in nodes]
    replies = pool.ask([nodes[profile.id] for profile in known], lambda client: _timed(client, pool.now))
    probes = [_probe(profile, reply) for profile, reply in zip(known, replies, strict=True)]
    index = common_ledger(probes, limits)
    ledgers: Mapping[str, Closed] = {}
    if index is not None:
        asked = [nodes[probe.profile.id] for probe in probes if _has(probe, index)]
        answers = pool.ask(asked, lambda client: ledger_at(client, index))
        ledgers = {reply.node.id: reply.value for reply in answers if reply.value is not None}
    found = [
        replace(probe, hash=ledger.hash, closed=ledger.at)
        if (ledger := ledgers.get(probe.profile.id)) is not None
        else probe
        for probe in probes
    ]
    return judge(found, index, limits)


@dataclass(frozen=True, slots=True)
class _Timed:
    status: NodeStatus
    latency_ms: int
    ahead_ms: int | None


def _timed(client: Client, clock: Clock) -> _Timed:
    asked, begun = clock(), time.monotonic()
    status = client.status()
    took = time.monotonic() - begun
    # The node read its clock somewhere between question and answer: in the middle, as far as is known.
    here = asked + timedelta(seconds=took / 2)
    ahead = None if status.time is None else round((here - status.time).total_seconds() * 1000)
    return _Timed(status, round(took * 1000), ahead)


def _probe(profile: NodeProfile, reply: Reply[Client, _Timed]) -> Probe:
    timed = reply.value
    if timed is None:
        return Probe(profile, None, 0, reply.error)
    return Probe(profile, timed.status, timed.latency_ms, reply.error, ahead_ms=timed.ahead_ms)


def _has(probe: Probe, index: int) -> bool:
    return probe.status is not None and probe.status.history.covers(index, index)


def common_ledger(probes: Sequence[Probe], limits: PoolLimits) -> int | None:
    """The newest ledger that every node in step has validated; None if none is in step."""
    in_step = [
        probe.status.validated for probe in probes if probe.status and not _late(probe, probes, limits)
    ]
    return min(in_step, default=None)


def _late(probe: Probe, probes: Sequence[Probe], limits: PoolLimits) -> str:
    """Why a node that answered is out of step, or ""."""
    if probe.status is None:
        return ""
    heights = sorted(other.status.validated for other in probes if other.status is not None)
    behind = heights[len(heights) // 2] - probe.status.validated
    if behind > limits.max_behind:
        return f"{behind} ledgers behind the others"
    if limits.max_age_s is None:
        return ""
    age = probe.status.age_s
    if age is None:
        return "does not say how old its newest ledger is"
    return f"its newest ledger is {age} s old" if age > limits.max_age_s else ""


def judge(probes: Sequence[Probe], index: int | None, limits: PoolLimits) -> tuple[NodeHealth, ...]:
    """The state of each node. Where hashes differ and no one has more operators behind it, all differ."""
    operators: dict[str, set[str]] = {}
    for probe in probes:
        if probe.hash is not None:
            operators.setdefault(probe.hash, set()).add(probe.profile.operator)
    ranked = Counter({digest: len(names) for digest, names in operators.items()}).most_common(2)
    tied = len(ranked) == 2 and ranked[0][1] == ranked[1][1]
    right = ranked[0][0] if ranked and not tied else None
    rows = []
    for probe in probes:
        state, reason = _state(probe, probes, right, limits, split=len(ranked) > 1)
        others = operators.get(probe.hash or "", set()) - {probe.profile.operator}
        status = probe.status
        rows.append(
            NodeHealth(
                probe.profile,
                state,
                status.validated if status else None,
                status.age_s if status else None,
                probe.latency_ms,
                tuple(sorted(others)),
                index if probe.hash is not None else None,
                reason,
                ahead_ms=probe.ahead_ms,
                # A ledger that is closed by hand may close in the future of every clock.
                closed=probe.closed if limits.max_age_s is not None else None,
            )
        )
    return tuple(rows)


def _state(
    probe: Probe, probes: Sequence[Probe], right: str | None, limits: PoolLimits, *, split: bool
) -> tuple[str, str]:
    if probe.error is not None:
        return _BY_ERROR.get(probe.error.code, NO_ANSWER), probe.error.message
    late_words = _late(probe, probes, limits)
    if late_words:
        return LATE, late_words
    if probe.hash is None:
        return LATE, "does not hold the ledger that the others have"
    if split and probe.hash != right:
        return DIFFERS, "has another ledger than the others at the same height"
    return OK, ""
