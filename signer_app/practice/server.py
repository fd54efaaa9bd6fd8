"""`practice start`.

The practice networks of one folder, served until the process is told to end (CONTRACTS C).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from signer_app.core.json_types import JsonObject
from signer_app.practice.stopping import stop_event
from signer_app.practice.xrpl.apply.context import NETWORK_ID
from signer_app.practice.xrpl.endpoint import Endpoint
from signer_app.practice.xrpl.faults import FAULT_NAMES, Faults
from signer_app.practice.xrpl.ledger import GENESIS_ADDRESS, GENESIS_SEED
from signer_app.practice.xrpl.network import Consensus
from signer_app.practice.xrpl.reader import Reader
from signer_app.practice.xrpl.rpc.request import Service

__all__ = ["DEFAULT_CLOSE_MS", "FAULT_NAMES", "OPERATORS", "serve"]

#: Operators of the two XRPL endpoints, in order of their ports. The second is the one that faults pick to
#: lie.
OPERATORS = ("practice-a", "practice-b")
DEFAULT_CLOSE_MS = 1000


class _XrplNetwork:
    """Consensus, its readers and their endpoints."""

    def __init__(self, directory: Path, faults: Sequence[str]) -> None:
        self._faults = Faults(OPERATORS, faults)
        self.consensus = Consensus(directory, self._faults)
        self._readers = [Reader(operator, self.consensus, self._faults) for operator in OPERATORS]
        self.endpoints = [
            Endpoint(Service(reader, self._faults, self._close, self._catch_up)) for reader in self._readers
        ]

    def _close(self) -> None:
        self.consensus.close()

    def _catch_up(self) -> None:
        for reader in self._readers:
            reader.catch_up()

    async def close_every(self, milliseconds: int) -> bool:
        """Close a ledger after each interval, for ever."""
        while True:
            await asyncio.sleep(milliseconds / 1000)
            self.consensus.close()

    async def stop(self) -> None:
        """Close the ports, then the files."""
        for endpoint in self.endpoints:
            await endpoint.stop()
        self.consensus.shut()


async def serve(
    *,
    directory: Path,
    port: int = 0,
    close_ms: int | None,
    faults: Sequence[str],
    on_ready: Callable[[JsonObject], None],
) -> None:
    """Serve until SIGTERM, SIGINT or cancellation. Everything listens on 127.0.0.1.

    ``port`` is the first endpoint's and ``port + 1`` the second's; 0 takes any two. ``close_ms`` is the
    interval between ledgers in milliseconds; None closes them only by ``ledger_accept``. ``on_ready`` gets
    {networks: [{network, endpoints: [{operator, http, ws}]}], genesis: {address, seed}}.

    Raises UsageError (unknown fault), ConflictError (port or folder in use), IntegrityError (the folder's
    files).
    """
    network = _XrplNetwork(directory / f"xrpl-{NETWORK_ID}", faults)
    try:
        for offset, endpoint in enumerate(network.endpoints):
            await endpoint.start(port + offset if port else 0)
        stopped = stop_event()
        on_ready(
            {
                "networks": [
                    {
                        "network": f"xrpl:{NETWORK_ID}",
                        "endpoints": [endpoint.addresses() for endpoint in network.endpoints],
                    }
                ],
                "genesis": {"address": GENESIS_ADDRESS, "seed": GENESIS_SEED},
            }
        )
        await _run(stopped, network, close_ms)
    finally:
        await network.stop()


async def _run(stopped: asyncio.Event, network: _XrplNetwork, close_ms: int | None) -> None:
    """Wait for the end. A close that fails ends the server with its error."""
    tasks: list[asyncio.Task[bool]] = [asyncio.create_task(stopped.wait())]
    if close_ms is not None:
        tasks.append(asyncio.create_task(network.close_every(close_ms)))
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
