"""What an attacker would send to a treasury's signers. Made with a ledger SDK, not with our own encoder."""

from __future__ import annotations

import secrets

from xrpl.core.addresscodec import decode_classic_address, encode_classic_address
from xrpl.core.binarycodec import encode

from signer_app.core.errors import UnforeseenError
from signer_app.core.json_types import JsonValue
from signer_app.practice.xrpl.sponsor import NETWORK_ID

FULLY_CANONICAL = 0x80000000
_TRIES = 60_000_000


def look_alike(address: str, *, first: int, last: int) -> str:
    """Another valid address with the same ``first`` and ``last`` characters (found by trying)."""
    known = decode_classic_address(address)
    for _ in range(_TRIES):
        found = encode_classic_address(known[:10] + secrets.token_bytes(10))
        if found != address and found[:first] == address[:first] and found[-last:] == address[-last:]:
            return found
    raise UnforeseenError("No look-alike address was found.")


def regular_key_body(account: str, new_key: str, ticket: int, *, last_ledger: int) -> str:
    """SetRegularKey to the attacker's own address."""
    return _body(account, ticket, last_ledger, {"TransactionType": "SetRegularKey", "RegularKey": new_key})


def payment_body(
    account: str, destination: str, issuer: str, value: str, tag: int, ticket: int, *, last_ledger: int
) -> str:
    """A payment of the treasury's dollars."""
    return _body(
        account,
        ticket,
        last_ledger,
        {
            "TransactionType": "Payment",
            "Destination": destination,
            "DestinationTag": tag,
            "Amount": {"currency": "USD", "issuer": issuer, "value": value},
        },
    )


def _body(account: str, ticket: int, last_ledger: int, fields: dict[str, JsonValue]) -> str:
    full: dict[str, JsonValue] = {
        "Account": account,
        "Sequence": 0,
        "TicketSequence": ticket,
        "Fee": "400",
        "Flags": FULLY_CANONICAL,
        "LastLedgerSequence": last_ledger,
        "NetworkID": NETWORK_ID,
        "SigningPubKey": "",
        **fields,
    }
    return encode(full)
