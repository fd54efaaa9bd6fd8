"""CAIP-2, CAIP-10 and CAIP-19 identifiers: the only names of networks, accounts and assets outside chains/.

This module checks syntax. Checksums of addresses are the chain rooms' business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from signer_app.core.errors import MalformedError

#: Practice networks share the semantics of the real ones and none of their ids (CONTRACTS, head).
PRACTICE_XRPL = "xrpl:63456"

_NETWORK = re.compile(r"(xrpl:(0|[1-9][0-9]{0,9})|stellar:[a-z0-9-]{1,32}|eip155:[1-9][0-9]{0,19})\Z")
_ADDRESS = {
    "xrpl": re.compile(r"r[1-9A-HJ-NP-Za-km-z]{24,34}\Z"),
    "stellar": re.compile(r"G[A-Z2-7]{55}\Z"),
    "eip155": re.compile(r"0x[0-9a-fA-F]{40}\Z"),
}
_ASSET = {
    "xrpl": re.compile(
        r"(slip44:144|iou:[0-9A-F]{40}\.r[1-9A-HJ-NP-Za-km-z]{24,34}|mpt:[0-9A-F]{48}|nft:[0-9A-F]{64})\Z"
    ),
    "stellar": re.compile(r"(slip44:148|asset:[A-Za-z0-9]{1,12}-G[A-Z2-7]{55})\Z"),
    "eip155": re.compile(r"(slip44:60|erc20:0x[0-9a-fA-F]{40}|erc721:0x[0-9a-fA-F]{40}/(0|[1-9][0-9]*))\Z"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """A parsed CAIP-10 id."""

    network: str
    address: str

    def __str__(self) -> str:
        return f"{self.network}:{self.address}"


def namespace(network: str) -> str:
    """ "xrpl" of "xrpl:0"."""
    return network.partition(":")[0]


def parse_network(text: str) -> str:
    """The CAIP-2 id itself, checked. XRPL network ids are unsigned 32-bit numbers."""
    if not _NETWORK.match(text):
        raise MalformedError(f"{text[:80]!r} is not a network id such as xrpl:0.")
    if text.startswith("xrpl:") and int(text[5:]) > 0xFFFFFFFF:
        raise MalformedError(f"{text[:80]!r} is beyond the range of XRPL network ids.")
    return text


def parse_account(text: str) -> Account:
    """Split and check a CAIP-10 id such as xrpl:0:r…."""
    network, _, address = text.rpartition(":")
    if not network:
        raise MalformedError(
            f"{text[:120]!r} names no network. Write the network before the address, such as xrpl:0:r…"
        )
    parse_network(network)
    if not _ADDRESS[namespace(network)].match(address):
        raise MalformedError(f"{text[:120]!r} is not an account id such as xrpl:0:r…")
    return Account(network, address)


def parse_asset(text: str) -> str:
    """The CAIP-19 id itself, checked."""
    network, slash, reference = text.partition("/")
    if slash:
        parse_network(network)
    if not slash or not _ASSET[namespace(network)].match(reference):
        raise MalformedError(
            f"{text[:160]!r} is not an asset id such as xrpl:0/slip44:144 or xrpl:0/iou:<40 hex>.<issuer>."
        )
    return text


def asset_network(asset: str) -> str:
    """The CAIP-2 part of a CAIP-19 id."""
    return asset.partition("/")[0]


def xrp(network: str) -> str:
    """The CAIP-19 id of XRP on an XRPL network."""
    return f"{network}/slip44:144"


def xrpl_issued(network: str, currency: str, issuer: str) -> str:
    """The CAIP-19 id of an issued asset; ``currency`` is 40 upper hex digits, ``issuer`` an r-address."""
    return f"{network}/iou:{currency}.{issuer}"


def xrpl_mpt(network: str, issuance_id: str) -> str:
    """The CAIP-19 id of a multi-purpose token; ``issuance_id`` is 48 upper hex digits (XLS-33)."""
    return f"{network}/mpt:{issuance_id}"


def account_asset_key(account: str, asset: str) -> str:
    """Key of a balance fact: account|asset (CONTRACTS B)."""
    return f"{account}|{asset}"
