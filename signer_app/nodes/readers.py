"""Open the nodes of a configuration as the readers of their ledgers: the one place that knows which is
which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from signer_app.chains.node import Reach
from signer_app.chains.port import LedgerReader
from signer_app.chains.xrpl import client as xrpl_client
from signer_app.chains.xrpl.client import XrplClient
from signer_app.chains.xrpl.ledger_reader import XrplLedgerReader
from signer_app.core.caip import namespace
from signer_app.core.clock import Clock, machine_clock
from signer_app.core.config import NodeProfile, PlatformConfig
from signer_app.core.errors import NodeError, UsageError
from signer_app.core.node_certificate import NodeCertificate
from signer_app.nodes.health import Closed, NodeHealth, examine
from signer_app.nodes.pool import NodePool, PoolLimits

if TYPE_CHECKING:
    from signer_app.chains.node_certificates import CertificateGuard


class Readers:
    """One pool a kind of ledger, opened from the configuration; ``close`` gives the connections back.

    In a practice workspace ledgers may be closed by hand, so there the age of a node's newest ledger is not
    judged.
    """

    def __init__(
        self, config: PlatformConfig, *, clock: Clock = machine_clock, limits: PoolLimits | None = None
    ) -> None:
        if limits is None:
            limits = PoolLimits(max_age_s=None) if config.network_class == "practice" else PoolLimits()
        self._limits, self._config = limits, config
        self._profiles = [node for node in config.nodes if namespace(node.network) == "xrpl"]
        #: One for each https node, by the node's name.
        self._guards: dict[str, CertificateGuard] = {}
        self._xrpl: NodePool[XrplClient] = NodePool(self._profiles, self._connect, clock=clock, limits=limits)

    def _connect(self, profile: NodeProfile) -> XrplClient:
        guard = _guard(profile) if profile.secured else None
        if guard is not None:
            self._guards[profile.id] = guard
        return xrpl_client.connect(profile, reach=Reach(profile.ca, guard, self._config.proxy_for(profile)))

    def xrpl_pool(self) -> NodePool[XrplClient]:
        """The pool of all XRPL nodes, for commands such as `nodes test`."""
        return self._xrpl

    def health(self, networks: Sequence[str]) -> tuple[NodeHealth, ...]:
        """How every node of these networks is doing now. Blocking; never raises NodeError."""
        rows = [
            row
            for network in networks
            if namespace(network) == "xrpl"
            for row in examine(self._xrpl, self._profiles, network, _ledger_at, self._limits)
        ]
        guards = [self._guards.get(row.profile.id) for row in rows]
        return tuple(
            replace(row, certificate=guard.shown) if guard is not None else row
            for row, guard in zip(rows, guards, strict=True)
        )

    def certificates(self) -> dict[str, NodeCertificate]:
        """What nodes showed last that was taken, by the node's name; nobody is asked."""
        return {node: taken for node, guard in self._guards.items() if (taken := guard.taken) is not None}

    def refused(self) -> dict[str, NodeCertificate]:
        """Of nodes whose certificate changed: what they showed last, by the node's name; nobody is asked."""
        return {node: shown for node, guard in self._guards.items() if (shown := guard.refused) is not None}

    def contact(self, node_id: str) -> NodeError | None:
        """Ask one node who it is, so that certificates() and refused() know it; why it did not answer."""
        nodes = {
            node.id: node
            for network in {profile.network for profile in self._profiles}
            for node in (*self._xrpl.readers(network), *self._xrpl.submitters(network))
        }
        (reply,) = self._xrpl.ask([nodes[node_id]], lambda client: client.status())
        return reply.error

    def ledger(self, network: str, *, min_agree: int) -> LedgerReader:
        """The reader of a network. NodeError if no node of it is set up, NOT_BUILT for other kinds of
        ledgers.
        """
        if namespace(network) != "xrpl":
            raise UsageError(f"{network} cannot be read by this version.", code="NOT_BUILT")
        if not self._xrpl.readers(network):
            raise NodeError(f"No node of {network} is set up.", hint="Run nodes add.")
        return XrplLedgerReader(self._xrpl, network, min_agree=min_agree)

    def close(self) -> None:
        self._xrpl.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _guard(profile: NodeProfile) -> CertificateGuard:
    from signer_app.chains.node_certificates import CertificateGuard  # noqa: PLC0415 - says why there

    return CertificateGuard(profile.id, profile.certificate, profile.hold)


def _ledger_at(client: XrplClient, index: int) -> Closed:
    header = client.ledger(index)
    return Closed(header.hash, header.close_time)
