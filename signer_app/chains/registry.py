"""Which ledger a network id or an input belongs to. SDKs load when their chain is first asked for."""

from __future__ import annotations

from functools import cache

from signer_app.chains.port import Chain
from signer_app.core.caip import namespace, parse_network
from signer_app.core.errors import MalformedError, UsageError

#: Networks of each workspace class (DESIGN section 4). A workspace never mixes classes.
CLASS_NETWORKS: dict[str, tuple[str, ...]] = {
    "practice": ("xrpl:63456",),
    "testnet": ("xrpl:1",),
    "mainnet": ("xrpl:0",),
}


@cache
def _xrpl() -> Chain:
    from signer_app.chains.xrpl.chain import XrplChain  # noqa: PLC0415 - chains load on first use

    return XrplChain()


def chain_of(network: str) -> Chain:
    """The chain of a CAIP-2 id. Raises UsageError NOT_BUILT for ledgers that this version does not read."""
    if namespace(parse_network(network)) == "xrpl":
        return _xrpl()
    raise UsageError(f"This version does not read {namespace(network)} transactions.", code="NOT_BUILT")


def recognise(data: bytes, network: str | None) -> Chain:
    """The chain whose transaction ``data`` holds.

    Raises MalformedError: NETWORK where ``network`` is of another ledger than the data, MALFORMED where no
    chain recognises it. Raises UsageError NOT_BUILT for ledgers that this version does not read.
    """
    if network is not None and namespace(parse_network(network)) == "xrpl":
        return _xrpl()
    recognised = _xrpl().recognises(data)
    if network is not None:
        if recognised:
            raise MalformedError(f"The input is an XRPL transaction, not one for {network}.", code="NETWORK")
        return chain_of(network)
    if recognised:
        return _xrpl()
    raise MalformedError("The input is no transaction that this version reads.")
