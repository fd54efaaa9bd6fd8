"""The hardened combine: nothing goes into a transaction that was not verified here (ledgers.md 1.1).

The SDK's own combine accepts foreign and duplicate signatures without looking; this one verifies each over
our payload, checks list membership and the key's authority, drops duplicates, sums weights and reads the
result again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from signer_app.chains.port import Combined, Refused, SignerKeys, SignerList
from signer_app.chains.signing_values import Signature, SigningPayload
from signer_app.chains.xrpl.address import account_id_of, decode_address, encode_address, key_bytes
from signer_app.chains.xrpl.codec.writer import write_transaction
from signer_app.chains.xrpl.inspect import parse
from signer_app.chains.xrpl.networks import find_network, require_network
from signer_app.chains.xrpl.signatures import found_signatures, stored_form
from signer_app.chains.xrpl.signing import SCHEME_MULTI, SCHEME_SINGLE, payload_for
from signer_app.chains.xrpl.transaction import Transaction, open_blob, open_body, transaction_id
from signer_app.chains.xrpl.verify import verifies
from signer_app.core.caip import parse_account
from signer_app.core.canonical import canonical
from signer_app.core.errors import MalformedError, SignerError
from signer_app.core.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class _Accepted:
    signature: Signature
    account_id: bytes
    weight: int


def verify(*, network: str, body: str, signature: Signature) -> bool:
    """Whether ``signature`` fits the body, its signer and its stated key.

    MalformedError for an unreadable body.
    """
    transaction = open_body(body)
    require_network(transaction, network)
    payload = _payload(transaction, network, signature)
    return payload is not None and verifies(payload, signature.public_key, signature.signature)


def combine(
    *,
    network: str,
    body: str,
    signatures: Sequence[Signature],
    signer_list: SignerList,
    keys: Mapping[str, SignerKeys],
) -> Combined:
    """Join the signatures that count into a transaction to submit. MalformedError for an unreadable body.

    In multi mode ``weight`` is the sum of the weights that went in, whether or not it reaches the quorum; in
    single mode the account's own key counts 1 and the list is not asked. ``used`` is in the order of the
    bytes.
    """
    transaction = open_body(body)
    require_network(transaction, network)
    weights = signer_list.weights if transaction.multi else {f"{network}:{transaction.account}": 1}
    accepted: dict[bytes, _Accepted] = {}
    refused = []
    for signature in signatures:
        checked = _check(transaction, network, signature, weights, keys)
        if isinstance(checked, Refused):
            refused.append(checked)
        else:
            # One signer counts once, whichever of their valid signatures came first.
            accepted.setdefault(checked.account_id, checked)
    used = [accepted[account_id] for account_id in sorted(accepted)]
    blob = _join(transaction, used)
    return Combined(
        blob=blob,
        tx_id=transaction_id(blob),
        used=tuple(item.signature for item in used),
        refused=tuple(refused),
        weight=sum(item.weight for item in used),
    )


def join(*, network: str, body: str, signatures: Sequence[Signature]) -> bytes:
    """A partly signed transaction for other tools: each signature verified, its authority not asked.

    MalformedError BAD_SIGNATURE for one that does not fit, MALFORMED for an unreadable body.
    """
    transaction = open_body(body)
    require_network(transaction, network)
    items: dict[bytes, _Accepted] = {}
    for signature in signatures:
        payload = _payload(transaction, network, signature)
        if payload is None or not verifies(payload, signature.public_key, signature.signature):
            raise MalformedError("A signature does not fit these bytes.", code="BAD_SIGNATURE")
        account_id = decode_address(parse_account(signature.signer).address)
        items.setdefault(account_id, _Accepted(signature, account_id, 0))
    return _join(transaction, [items[account_id] for account_id in sorted(items)])


def extract_signatures(data: bytes, network: str | None = None) -> tuple[str, tuple[Signature, ...]]:
    """(body, signatures) of a transaction in hex or JSON, whatever its signatures are worth.

    MalformedError.
    """
    transaction = parse(data, network)
    found = found_signatures(transaction, find_network(transaction, network).id)
    return transaction.body().hex().upper(), tuple(stored_form(item) for item in found)


def body_of(data: bytes | str | JsonObject, network: str | None = None) -> str:
    """The body (CONTRACTS C1) of a transaction as a ledger gives it: blob, hex text or tx_json.
    MalformedError.

    Two transactions are the same proposal when their bodies are the same, whatever signatures they carry.
    """
    if isinstance(data, dict):
        data = canonical(data)
    elif isinstance(data, str):
        data = data.encode("utf-8")
    return parse(data, network).body().hex().upper()


def strip_signers(blob: bytes) -> bytes:
    """Raw bytes of the body of a raw signed transaction. MalformedError."""
    return open_blob(blob).body()


def _payload(transaction: Transaction, network: str, signature: Signature) -> SigningPayload | None:
    """Our payload for the signature, or None where it is of another scheme or its signer cannot sign this."""
    if signature.scheme != (SCHEME_MULTI if transaction.multi else SCHEME_SINGLE):
        return None
    try:
        return payload_for(
            transaction, network=network, signer=signature.signer, public_key=signature.public_key
        )
    except (MalformedError, SignerError):
        return None


def _check(
    transaction: Transaction,
    network: str,
    signature: Signature,
    weights: Mapping[str, int],
    keys: Mapping[str, SignerKeys],
) -> _Accepted | Refused:
    payload = _payload(transaction, network, signature)
    if payload is None or not verifies(payload, signature.public_key, signature.signature):
        return Refused(signature, "SIGNATURE_INVALID", "The signature does not fit these bytes and this key.")
    if signature.signer not in weights:
        return Refused(signature, "NOT_A_SIGNER", "The signer is not on the account's list.")
    known = keys.get(signature.signer)
    if known is None:
        return Refused(signature, "FACT_MISSING", "The signer's keys were not read from the ledger.")
    reason = _authority_problem(known, signature.public_key)
    if reason:
        return Refused(signature, "NOT_A_SIGNER", reason)
    address = parse_account(signature.signer).address
    return _Accepted(signature, decode_address(address), weights[signature.signer])


def _authority_problem(known: SignerKeys, public_key: str) -> str | None:
    """Why the ledger would not take this key for this signer, or None (xrpl.org, "Multi-Signing")."""
    key_address = encode_address(account_id_of(key_bytes(public_key)))
    own_address = known.account.rpartition(":")[2]
    if not known.exists:
        return (
            None if key_address == own_address else "The signer has no account, and this is not its own key."
        )
    if known.regular_key is not None and key_address == known.regular_key.rpartition(":")[2]:
        return None
    if key_address != own_address:
        return "The key is neither the signer's own nor its regular key."
    return None if known.master_enabled else "The signer's own key is switched off."


def _join(transaction: Transaction, used: Sequence[_Accepted]) -> bytes:
    """The signed bytes, read again through the gate."""
    fields = dict(transaction.fields)
    if transaction.multi:
        fields["Signers"] = [{"Signer": _entry(item)} for item in used]
    elif used:
        fields["TxnSignature"] = used[0].signature.signature.upper()
    if not used:
        return transaction.blob
    joined = open_blob(write_transaction(fields))
    if joined.body() != transaction.blob:
        raise MalformedError(
            "The combined transaction is not the one that was signed.", code="REENCODE_MISMATCH"
        )
    return joined.blob


def _entry(item: _Accepted) -> JsonObject:
    return {
        "Account": encode_address(item.account_id),
        "SigningPubKey": item.signature.public_key.upper(),
        "TxnSignature": item.signature.signature.upper(),
    }
