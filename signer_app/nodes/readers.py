"""Open the nodes of a configuration as the readers of their ledgers: the one place that knows which is
which.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from signer_app.chains.port import LedgerReader
from signer_app.chains.xrpl import client as xrpl_client
from signer_app.chains.xrpl.client import XrplClient
from signer_app.chains.xrpl.ledger_reader import XrplLedgerReader
from signer_app.core.caip import namespace
from signer_app.core.clock import Clock, machine_clock
from signer_app.core.config import PlatformConfig
from signer_app.core.errors import NodeError, UsageError
from signer_app.nodes.health import Closed, NodeHealth, examine
from signer_app.nodes.pool import NodePool, PoolLimits


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
        self._limits = limits
        self._profiles = [node for node in config.nodes if namespace(node.network) == "xrpl"]
        self._xrpl: NodePool[XrplClient] = NodePool(
            self._profiles, xrpl_client.connect, clock=clock, limits=limits
        )

    def xrpl_pool(self) -> NodePool[XrplClient]:
        """The pool of all XRPL nodes, for commands such as `nodes test`."""
        return self._xrpl

    def health(self, networks: Sequence[str]) -> tuple[NodeHealth, ...]:
        """How every node of these networks is doing now. Blocking; never raises NodeError."""
        return tuple(
            row
            for network in networks
            if namespace(network) == "xrpl"
            for row in examine(self._xrpl, self._profiles, network, _ledger_at, self._limits)
        )

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


def _ledger_at(client: XrplClient, index: int) -> Closed:
    header = client.ledger(index)
    return Closed(header.hash, header.close_time)
