"""Signing payloads from a body, by our own encoder only (DESIGN promises 2 and 4; CONTRACTS C2).

This module and what it imports hold no SDK: the process of the key loads it.
"""

from __future__ import annotations

from typing import Final

from signer_app.chains.signing_values import SigningPayload
from signer_app.chains.xrpl.address import decode_address, key_bytes
from signer_app.chains.xrpl.networks import require_network
from signer_app.chains.xrpl.transaction import Transaction, open_body, sha512_half
from signer_app.core.caip import parse_account
from signer_app.core.errors import MalformedError, SignerError
from signer_app.core.identity import hash_bytes, proposal_id

ENCODING: Final = "xrpl-blob"
SCHEME_SINGLE: Final = "xrpl-single"
SCHEME_MULTI: Final = "xrpl-multi"


def signing_payload(*, network: str, body: str, signer: str, public_key: str) -> SigningPayload:
    """What ``signer`` (CAIP-10) signs with ``public_key`` (hex).

    MalformedError: body, signer or key cannot be read, or belong to another network. SignerError
    NOT_THIS_SIGNER: the body names another key, or the account would sign for itself in multi mode.
    """
    transaction = open_body(body)
    require_network(transaction, network)
    return payload_for(transaction, network=network, signer=signer, public_key=public_key)


def payload_for(transaction: Transaction, *, network: str, signer: str, public_key: str) -> SigningPayload:
    """As signing_payload, of a transaction that was opened already."""
    signer_id = signer_account_id(signer, network)
    key = key_bytes(public_key).hex().upper()
    if transaction.multi:
        if signer_id == decode_address(transaction.account):
            raise SignerError("An account cannot stand on its own signer list.", code="NOT_THIS_SIGNER")
        data, scheme = transaction.multi_signing_data(signer_id), SCHEME_MULTI
    else:
        # With Delegate (XLS-75) the key of another account signs.
        delegate = transaction.fields.get("Delegate")
        acting = delegate if isinstance(delegate, str) else transaction.account
        if key != transaction.signing_key or signer_id != decode_address(acting):
            raise SignerError("The transaction names another key or account.", code="NOT_THIS_SIGNER")
        data, scheme = transaction.single_signing_data(), SCHEME_SINGLE
    return SigningPayload(scheme, data, sha512_half(data), signer)


def signer_account_id(signer: str, network: str) -> bytes:
    """The 20-byte account id of a CAIP-10 signer on ``network``. MalformedError."""
    account = parse_account(signer)
    if account.network != network:
        raise MalformedError(f"The signer {signer} is on another network than {network}.", code="NETWORK")
    return decode_address(account.address)


def body_identity(*, network: str, body: str) -> tuple[str, str]:
    """(account, proposal_id) of a body: the CAIP-10 account and the id of CONTRACTS C1. MalformedError."""
    transaction = open_body(body)
    require_network(transaction, network)
    account = f"{network}:{transaction.account}"
    return account, proposal_id(network=network, account=account, encoding=ENCODING, body=body)


def body_hash(body: str) -> str:
    """Lower hex SHA-256 of the raw bytes of the body (CONTRACTS C1). MalformedError."""
    return hash_bytes(open_body(body).blob)
