"""A pool of nodes of several operators: ask all at once, pin one validated ledger, fail over, back off.

CONTRACTS B: "nodes/ asks all operators at one pinned validated index." A pool never judges agreement; it
brings every operator's answer home, and a node that gives none is simply missing (the policy then says
FACT_MISSING).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Generic, Self

from signer_app.chains.node import Client, Node, NodeStatus, Pinned, Reply, Value, node_error
from signer_app.core.clock import Clock, machine_clock
from signer_app.core.config import NodeProfile, Role
from signer_app.core.errors import NodeError


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """``max_behind``: ledgers a node may lag behind the middle one. ``max_age_s``: greatest age of a node's
    newest validated ledger (null: any, for ledgers that are closed by hand). ``answer_s``: seconds for one
    job of one node, all its requests together. Back-off doubles from ``retry_s`` up to ``retry_max_s``."""

    max_behind: int = 8
    max_age_s: int | None = 120
    answer_s: float = 45.0
    retry_s: float = 1.0
    retry_max_s: float = 60.0


@dataclass(slots=True)
class _Health:
    """Consecutive failures of a node and the monotonic time before which reads go to others first."""

    failures: int = 0
    not_before: float = 0.0


@dataclass(slots=True)
class _Member(Generic[Client]):
    node: Node[Client]
    roles: frozenset[Role]
    health: _Health = field(default_factory=_Health)


class NodePool(Generic[Client]):
    """All configured nodes of one kind of ledger. Blocking; for worker threads, never for the window's
    thread.
    """

    def __init__(
        self,
        profiles: Sequence[NodeProfile],
        connect: Callable[[NodeProfile], Client],
        *,
        clock: Clock = machine_clock,
        limits: PoolLimits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits or PoolLimits()
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._members = [
            _Member(
                Node(profile.id, profile.operator, profile.network, connect(profile)),
                frozenset(profile.roles),
            )
            for profile in profiles
        ]

    def now(self) -> datetime:
        """The pool's clock, UTC."""
        return self._clock()

    def readers(self, network: str) -> tuple[Node[Client], ...]:
        """The nodes of a network with the role read, in the order of the configuration."""
        return self._with_role(network, "read")

    def submitters(self, network: str) -> tuple[Node[Client], ...]:
        """The nodes of a network with the role submit, in the order of the configuration."""
        return self._with_role(network, "submit")

    def ask(
        self, nodes: Sequence[Node[Client]], job: Callable[[Client], Value]
    ) -> tuple[Reply[Client, Value], ...]:
        """Run the job on every node at once. One reply a node, in their order; errors are in the replies.

        A node that takes longer than ``answer_s`` counts as unreachable; its thread ends by its own time
        limits.
        """
        answers: queue.SimpleQueue[tuple[int, Value | None, NodeError | BaseException | None]]
        answers = queue.SimpleQueue()
        for position, node in enumerate(nodes):
            # Daemon threads: a hanging node must not keep the program from ending.
            threading.Thread(
                target=_run, args=(answers, position, node, job), name=f"node-{node.id}", daemon=True
            ).start()
        replies: dict[int, Reply[Client, Value]] = {}
        deadline = time.monotonic() + self._limits.answer_s
        while len(replies) < len(nodes):
            try:
                position, value, error = answers.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if error is not None and not isinstance(error, NodeError):
                raise error
            replies[position] = Reply(nodes[position], self.now(), value, error)
        return tuple(
            self._noted(replies.get(position) or self._late(node)) for position, node in enumerate(nodes)
        )

    def status(self, network: str) -> tuple[Reply[Client, NodeStatus], ...]:
        """What every reading node says of itself now."""
        return self.ask(self.readers(network), lambda client: client.status())

    def pinned(self, network: str) -> Pinned[Client]:
        """The newest validated ledger that all nodes in step have: the lowest of their newest ones.

        A node that is unreachable, stale or more than ``max_behind`` behind the middle one is left out and
        named in ``left_out``. Raises NodeError with the code of the first of them when no node remains.
        """
        left_out: list[NodeError] = []
        fresh: list[tuple[Node[Client], NodeStatus]] = []
        for reply in self.status(network):
            problem = reply.error or self._stale(reply.node, reply.value)
            if problem is not None:
                left_out.append(problem)
            elif reply.value is not None:
                fresh.append((reply.node, reply.value))
        in_step = self._in_step(fresh, left_out)
        index = min((status.validated for _, status in in_step), default=0)
        nodes = []
        for node, status in in_step:
            if status.history.covers(index, index):
                nodes.append(node)
            else:
                left_out.append(node_error(node.id, "NODE_BEHIND", f"does not hold ledger {index}"))
        if not nodes:
            raise _none_left(network, left_out)
        return Pinned(
            network, index, tuple(nodes), {node.id: status for node, status in in_step}, tuple(left_out)
        )

    def first(self, network: str, job: Callable[[Client], Value]) -> Value:
        """Run the job on one node after another, healthy ones first, until one answers. Raises the last
        error.

        For reads that are no facts (a fee estimate, a page to show). One operator's word is enough for those.
        """
        last: NodeError | None = None
        for node in self._healthy_first(self.readers(network)):
            reply = self.ask([node], lambda client: (client.status(), job(client))[1])[0]
            if reply.error is None:
                return reply.value  # type: ignore[return-value]  # no error: the job's own value, maybe None
            last = reply.error
        raise last or _none_left(network, [])

    def close(self) -> None:
        """Close all connections."""
        for member in self._members:
            member.node.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _with_role(self, network: str, role: Role) -> tuple[Node[Client], ...]:
        return tuple(
            member.node for member in self._members if member.node.network == network and role in member.roles
        )

    def _stale(self, node: Node[Client], status: NodeStatus | None) -> NodeError | None:
        limit = self._limits.max_age_s
        if status is None or limit is None:
            return None
        if status.age_s is None or status.age_s > limit:
            age = "an unknown time" if status.age_s is None else f"{status.age_s} s"
            return node_error(node.id, "NODE_BEHIND", f"validated its newest ledger {age} ago")
        return None

    def _in_step(
        self, fresh: list[tuple[Node[Client], NodeStatus]], left_out: list[NodeError]
    ) -> list[tuple[Node[Client], NodeStatus]]:
        """Drop laggards, measured by the middle index (of two, the higher).

        A node that names an old ledger as its newest would otherwise have everybody's facts read there.
        """
        indexes = sorted(status.validated for _, status in fresh)
        middle = indexes[len(indexes) // 2] if indexes else 0
        kept = []
        for node, status in fresh:
            if status.validated + self._limits.max_behind < middle:
                behind = middle - status.validated
                left_out.append(node_error(node.id, "NODE_BEHIND", f"is {behind} ledgers behind the others"))
            else:
                kept.append((node, status))
        return kept

    def _late(self, node: Node[Client]) -> Reply[Client, Value]:
        error = node_error(node.id, "NODE_UNREACHABLE", f"did not answer within {self._limits.answer_s:g} s")
        return Reply(node, self.now(), None, error)

    def _noted(self, reply: Reply[Client, Value]) -> Reply[Client, Value]:
        with self._lock:
            for member in self._members:
                if member.node is reply.node:
                    self._note(member.health, failed=reply.error is not None)
        return reply

    def _note(self, health: _Health, *, failed: bool) -> None:
        if not failed:
            health.failures, health.not_before = 0, 0.0
            return
        health.failures = min(health.failures + 1, 30)
        wait = min(self._limits.retry_s * 2 ** (health.failures - 1), self._limits.retry_max_s)
        health.not_before = self._monotonic() + wait

    def _healthy_first(self, nodes: Sequence[Node[Client]]) -> list[Node[Client]]:
        """Nodes that wait after a failure come last, the one whose wait ends first before the others."""
        now = self._monotonic()
        with self._lock:
            until = {member.node.id: member.health.not_before for member in self._members}
        return sorted(nodes, key=lambda node: until[node.id] if until[node.id] > now else 0.0)


def _node(profile: NodeProfile, client: Client) -> Node[Client]:
    return Node(profile.id, profile.operator, profile.network, client)


def _run(
    answers: queue.SimpleQueue[tuple[int, Value | None, NodeError | BaseException | None]],
    position: int,
    node: Node[Client],
    job: Callable[[Client], Value],
) -> None:
    """Root of a node's thread: whatever happens comes back through the queue."""
    try:
        answers.put((position, job(node.client), None))
    except BaseException as error:  # noqa: BLE001 - thread root: the caller raises what is not a NodeError
        answers.put((position, None, error))


def _none_left(network: str, left_out: Sequence[NodeError]) -> NodeError:
    if not left_out:
        return NodeError(f"No node of {network} is set up.", hint="Run nodes add.")
    first = left_out[0]
    return NodeError(
        f"No node of {network} can be used: {' '.join(error.message for error in left_out)}",
        code=first.code,
        details={"nodes": [error.to_json() for error in left_out]},
    )
