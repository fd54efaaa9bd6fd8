"""The signatures that stand in a transaction's bytes, each checked against its stated key (CONTRACTS C2)."""

from __future__ import annotations

from signer_app.chains.signing_values import Signature, SigningPayload
from signer_app.chains.xrpl.address import address_of, decode_address
from signer_app.chains.xrpl.effects.context import caip_account
from signer_app.chains.xrpl.signing import SCHEME_MULTI, SCHEME_SINGLE
from signer_app.chains.xrpl.transaction import Transaction, sha512_half, signer_entries, text_of
from signer_app.chains.xrpl.verify import verifies
from signer_app.core.inspection import InspectedSignature

_BAD = "The signature does not fit these bytes and this key."
_NO_KEY = "The bytes state no key for this signature."
_MIXED = "The ledger refuses a transaction that is signed by one key and by a list."
_ORDER = "The ledger refuses signers that are not in the order of their accounts, or stand there twice."
_OWN = "The ledger refuses the account itself among its signers."


def found_signatures(transaction: Transaction, network: str) -> tuple[InspectedSignature, ...]:
    """Every signature of the account's own key or of list members, in the order of the bytes."""
    found = []
    if transaction.fields.get("TxnSignature"):
        found.append(_single(transaction, network))
    last = b""
    for entry in signer_entries(transaction.fields):
        address, key = text_of(entry, "Account"), text_of(entry, "SigningPubKey")
        account_id = decode_address(address)
        data = transaction.multi_signing_data(account_id)
        payload = SigningPayload(SCHEME_MULTI, data, sha512_half(data), caip_account(network, address))
        misplaced = _misplaced(transaction, address, in_order=account_id > last)
        found.append(_checked(payload, address, key, text_of(entry, "TxnSignature"), misplaced))
        last = max(last, account_id)
    return tuple(found)


def _misplaced(transaction: Transaction, address: str, *, in_order: bool) -> str | None:
    """Why the ledger would not take a list with this entry in it, however good the signature is (xrpl.org,
    "Multi-Signing"); None if it would.
    """
    if not transaction.multi:
        return _MIXED
    if address == transaction.account:
        return _OWN
    return None if in_order else _ORDER


def stored_form(found: InspectedSignature) -> Signature:
    """The signature as it is kept and carried; a missing key is empty text."""
    return Signature(found.signer, found.public_key or "", found.signature, found.scheme)


def _single(transaction: Transaction, network: str) -> InspectedSignature:
    # With Delegate (XLS-75) another account's key signs; it is then the signer.
    address = text_of(transaction.fields, "Delegate" if "Delegate" in transaction.fields else "Account")
    signature = text_of(transaction.fields, "TxnSignature")
    signer = caip_account(network, address)
    if transaction.multi:
        return InspectedSignature(signer, None, signature, SCHEME_SINGLE, None, None, _NO_KEY)
    data = transaction.single_signing_data()
    payload = SigningPayload(SCHEME_SINGLE, data, sha512_half(data), signer)
    return _checked(payload, address, transaction.signing_key, signature, None)


def _checked(
    payload: SigningPayload, address: str, key: str, signature: str, misplaced: str | None
) -> InspectedSignature:
    if not key:
        return InspectedSignature(payload.signer, None, signature, payload.scheme, None, None, _NO_KEY)
    valid = verifies(payload, key, signature)
    reason = misplaced if valid else _BAD
    master = address_of(key) == address
    return InspectedSignature(payload.signer, key, signature, payload.scheme, valid, master, reason)
