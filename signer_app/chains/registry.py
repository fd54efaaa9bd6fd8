"""Which ledger a network id or an input belongs to. SDKs load when their chain is first asked for."""

from __future__ import annotations

from functools import cache

from signer_app.chains.foreign import foreign_ledger
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
    raise _not_built(namespace(network))


def _not_built(ledger: str) -> UsageError:
    return UsageError(f"This version does not read {ledger} transactions.", code="NOT_BUILT")


def recognise(data: bytes, network: str | None) -> Chain:
    """The chain whose transaction ``data`` holds.

    Raises MalformedError: NETWORK where ``network`` is of another ledger than the data, MALFORMED where no
    chain recognises it. Raises UsageError NOT_BUILT for ledgers that this version does not read.
    """
    recognised = _xrpl().recognises(data)
    foreign = "" if recognised else foreign_ledger(data)
    if network is not None and namespace(parse_network(network)) == "xrpl":
        if foreign:
            raise MalformedError(f"The input is of {foreign}, not of {network}.", code="NETWORK")
        return _xrpl()
    if network is not None:
        if recognised:
            raise MalformedError(f"The input is an XRPL transaction, not one for {network}.", code="NETWORK")
        return chain_of(network)
    if recognised:
        return _xrpl()
    if foreign:
        raise _not_built(foreign)
    raise MalformedError("The input is no transaction that this version reads.")
