"""Which network a transaction is for (CONTRACTS C2; xrpl.org, "NetworkID field").

Networks up to 1024 (Mainnet 0, Testnet 1, Devnet 2) take no NetworkID; all others demand it. A transaction
without one is therefore valid on Mainnet, whatever its author meant, and is never read as one for a network
above 1024.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signer_app.chains.xrpl.transaction import Transaction
from signer_app.core.caip import namespace, parse_network
from signer_app.core.errors import MalformedError
from signer_app.core.warning import Warning  # the field's word; not the builtin

MAINNET: Final = "xrpl:0"
LAST_WITHOUT_FIELD: Final = 1024


@dataclass(frozen=True, slots=True)
class Network:
    """The CAIP-2 id and what there is to say about how it was found."""

    id: str
    warnings: tuple[Warning, ...] = ()


def find_network(transaction: Transaction, named: str | None) -> Network:
    """From the bytes, else the one named, else xrpl:0 with a warning. MalformedError NETWORK on conflict."""
    if named is not None:
        require_network(transaction, named)
    stated = transaction.network_id
    if stated is None:
        if named is not None:
            return Network(named)
        message = "Neither the bytes nor the command name a network; Mainnet is assumed."
        return Network(MAINNET, (Warning("NETWORK_ASSUMED", message),))
    if stated > LAST_WITHOUT_FIELD:
        return Network(f"xrpl:{stated}")
    message = f"Network {stated} refuses transactions that carry NetworkID, as this one does."
    return Network(f"xrpl:{stated}", (Warning("NETWORK", message, "NetworkID"),))


def require_network(transaction: Transaction, network: str) -> None:
    """MalformedError NETWORK unless ``transaction`` can be meant for ``network``."""
    number = network_number(network)
    stated = transaction.network_id
    if stated is not None and stated != number:
        raise MalformedError(f"The transaction is for xrpl:{stated}, not for {network}.", code="NETWORK")
    if stated is None and number > LAST_WITHOUT_FIELD:
        raise MalformedError(
            f"The transaction has no NetworkID, so it is not for {network}; it would be valid on Mainnet.",
            code="NETWORK",
        )


def network_number(network: str) -> int:
    """63456 of "xrpl:63456". MalformedError NETWORK for ids of other ledgers."""
    parse_network(network)
    if namespace(network) != "xrpl":
        raise MalformedError(f"{network} is no XRPL network.", code="NETWORK")
    return int(network.partition(":")[2])
