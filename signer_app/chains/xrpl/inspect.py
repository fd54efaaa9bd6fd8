"""From input to Inspection: decode, agree, explain (CONTRACTS C1, C2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from signer_app.chains.port import Source
from signer_app.chains.xrpl.address import decode_address, encode_address
from signer_app.chains.xrpl.codec.writer import write_transaction
from signer_app.chains.xrpl.effects.context import caip_account, money_of
from signer_app.chains.xrpl.effects.table import read_effects
from signer_app.chains.xrpl.json_form import strict_form, unwrap
from signer_app.chains.xrpl.networks import find_network
from signer_app.chains.xrpl.signatures import found_signatures
from signer_app.chains.xrpl.signing import (
    ENCODING,
    SCHEME_MULTI,
    SCHEME_SINGLE,
    signer_account_id,
)
from signer_app.chains.xrpl.transaction import Transaction, open_blob, sha512_half, transaction_id
from signer_app.core.caip import parse_account
from signer_app.core.canonical import read_json_object
from signer_app.core.errors import MalformedError
from signer_app.core.identity import hash_bytes, proposal_id
from signer_app.core.inspection import Expiry, Inspection, Signing, Slot
from signer_app.core.json_types import JsonObject

#: Compares our reading with another implementation's; raises MalformedError REENCODE_MISMATCH.
Agreement = Callable[[Transaction, str | None], None]

_HEX: Final = re.compile(rb"[0-9A-Fa-f]+\Z")


def looks_like_xrpl(data: bytes) -> bool:
    """Hex that begins as transactions do, or JSON that names a TransactionType or a blob (cheap, not
    decisive)."""
    text = data.strip()
    if _HEX.match(text):
        return text[:2] in (b"11", b"12")
    return text[:1] == b"{" and any(
        mark in text
        for mark in (b'"TransactionType"', b'"tx_blob"', b'"tx_json"', b'"tx"', b'"LedgerEntryType"')
    )


def parse(data: bytes, network: str | None = None) -> Transaction:
    """The transaction in hex or JSON input.

    MalformedError: MALFORMED, REENCODE_MISMATCH, NETWORK.
    """
    text = data.strip()
    if text[:1] != b"{":
        return _open_hex(text)
    found = [_open_form(form, network) for form in unwrap(read_json_object(text))]
    if any(other.blob != found[0].blob for other in found[1:]):
        raise MalformedError("The JSON and the blob of this transaction are not the same.")
    return found[0]


def _open_form(form: JsonObject | str, network: str | None) -> Transaction:
    if isinstance(form, str):
        return _open_hex(form.strip().encode("utf-8"))
    return open_blob(write_transaction(strict_form(form, network)))


def _open_hex(text: bytes) -> Transaction:
    if not _HEX.match(text) or len(text) % 2:
        raise MalformedError("The input is neither hex of whole bytes nor a JSON object.")
    return open_blob(bytes.fromhex(text.decode("ascii")))


def inspect(source: Source, agree: Agreement) -> Inspection:
    """Decode ``source`` through both readers.

    MalformedError: MALFORMED, REENCODE_MISMATCH, NETWORK.
    """
    transaction = parse(source.data, source.network)
    network = find_network(transaction, source.network)
    account = caip_account(network.id, transaction.account)
    _require_account(account, source.account)
    signing = _signing(transaction, network.id, source.signer)
    agree(transaction, parse_account(signing.signer).address if signing.signer else None)
    reading = read_effects(transaction.fields, network.id)
    body = transaction.body()
    text = body.hex().upper()
    signatures = found_signatures(transaction, network.id)
    last_ledger = transaction.fields.get("LastLedgerSequence")
    return Inspection(
        proposal_id=proposal_id(network=network.id, account=account, encoding=ENCODING, body=text),
        body_hash=hash_bytes(body),
        network=network.id,
        account=account,
        encoding=ENCODING,
        body=text,
        mode="multi" if transaction.multi else "single",
        type=transaction.type,
        tx_id=transaction_id(transaction.blob) if signatures else None,
        sequence=_slot(transaction.fields),
        expiry=None if last_ledger is None else Expiry("ledger", str(last_ledger)),
        fee=money_of(transaction.fields.get("Fee", "0"), network.id).amount,
        effects=reading.effects,
        legs=reading.legs,
        texts=reading.texts,
        signing=signing,
        signatures=signatures,
        warnings=(*network.warnings, *reading.warnings),
    )


def _require_account(account: str, named: str | None) -> None:
    if named is None or named == account:
        return
    wanted = parse_account(named) if ":" in named else None
    if wanted is not None and not account.startswith(f"{wanted.network}:"):
        raise MalformedError(f"The transaction is not for {wanted.network}.", code="NETWORK")
    if encode_address(decode_address(named.rpartition(":")[2])) != account.rpartition(":")[2]:
        raise MalformedError(f"The transaction is for {account}, not for {named}.")


def _slot(fields: JsonObject) -> Slot:
    if "TicketSequence" in fields:
        return Slot("ticket", str(fields["TicketSequence"]))
    return Slot("sequence", str(fields.get("Sequence", 0)))


def _signing(transaction: Transaction, network: str, signer: str | None) -> Signing:
    """What is signed. A named signer always gets the multi-signing data, as CONTRACTS C2 has it; without one
    the digest of multi mode is null, because each signer signs another."""
    if signer is not None:
        named = signer if ":" in signer else caip_account(network, signer)
        data, scheme = transaction.multi_signing_data(signer_account_id(named, network)), SCHEME_MULTI
        return Signing(scheme, sha512_half(data).hex().upper(), data.hex().upper(), signer=named)
    if transaction.multi:
        return Signing(SCHEME_MULTI, None)
    data = transaction.single_signing_data()
    return Signing(SCHEME_SINGLE, sha512_half(data).hex().upper(), data.hex().upper())
