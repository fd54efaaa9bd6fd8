"""What a validated transaction was and what it moved, from its JSON and metadata as a node shows them. Pure.

Amounts come from balance changes (xrpl.org, "Transaction Metadata"), not from the request: a partial
payment, a transfer fee or a path make the two differ. Values are exact; a node's claim that cannot be read
is MalformedError.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from signer_app.chains.xrpl.codec.numbers import parse_scientific, write_currency
from signer_app.chains.xrpl.codec.writer import write_transaction
from signer_app.core.amounts import add, issued_value, subtract, whole_units
from signer_app.core.caip import xrp, xrpl_issued, xrpl_mpt
from signer_app.core.errors import MalformedError
from signer_app.core.identity import proposal_id
from signer_app.core.json_types import JsonObject, JsonValue

SUCCESS = "tesSUCCESS"
#: Prefix of the transaction id's hash (xrpl.org, "Hash Prefixes").
_TX_PREFIX = b"TXN\x00"
_SIGNATURES = frozenset({"TxnSignature", "Signers", "BatchSigners"})
_ZERO = Decimal(0)
_XRP_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Moved:
    """An amount in whole units that left an account for ``to`` (an r-address)."""

    asset: str
    to: str
    amount: Decimal


def transaction_fields(tx: JsonObject) -> JsonObject:
    """The transaction's own fields out of a node's tx_json.

    Nodes add members of their own (hash, date, ledger_index, ctid), all in lower case, and write DeliverMax
    for a Payment's Amount (api_version 2); a Payment with both must have them equal.
    """
    fields: JsonObject = {name: value for name, value in tx.items() if name[:1].isupper()}
    if fields.get("TransactionType") == "Payment" and "DeliverMax" in fields:
        deliver = fields.pop("DeliverMax")
        if fields.setdefault("Amount", deliver) != deliver:
            raise MalformedError("The Payment has an Amount and another DeliverMax.")
    return fields


def body_of(tx: JsonObject) -> str:
    """The body (CONTRACTS C1): upper hex of the canonical serialisation without signatures.
    MalformedError.
    """
    fields = transaction_fields(tx)
    return _hex({name: value for name, value in fields.items() if name not in _SIGNATURES})


def tx_id_of(tx: JsonObject) -> str:
    """The transaction id of the signed JSON form, computed here (upper hex). MalformedError."""
    data = write_transaction(transaction_fields(tx))
    return hashlib.sha512(_TX_PREFIX + data).digest()[:32].hex().upper()


def _hex(fields: JsonObject) -> str:
    return write_transaction(fields).hex().upper()


def payment_id(network: str, tx: JsonObject, tx_id: str) -> str:
    """proposal_id of a ledger transaction (CONTRACTS A), or its transaction id where our codec cannot write
    it.

    Our own proposals are always writable, so that the fallback never hides one; it only keeps foreign ones
    apart.
    """
    try:
        body = body_of(tx)
    except MalformedError:
        return tx_id.lower()
    account = f"{network}:{tx.get('Account')}"
    return proposal_id(network=network, account=account, encoding="xrpl-blob", body=body)


def creates_account(meta: JsonObject, address: str) -> bool:
    """Whether the transaction brought the account into being."""
    return any(
        kind == "CreatedNode"
        and node.get("LedgerEntryType") == "AccountRoot"
        and after.get("Account") == address
        for kind, node, _, after in _changes(meta)
    )


def creates_ticket(meta: JsonObject, address: str, number: int) -> bool:
    """Whether the transaction turned the account's sequence ``number`` into a ticket (TicketCreate)."""
    return any(
        kind == "CreatedNode"
        and node.get("LedgerEntryType") == "Ticket"
        and after.get("Account") == address
        and after.get("TicketSequence") == number
        for kind, node, _, after in _changes(meta)
    )


def outflows(network: str, address: str, tx: JsonObject, meta: JsonObject) -> tuple[Moved, ...]:
    """What left the account by a successful transaction, one entry an asset; () for any other result.

    For the delivered asset of a Payment it is the larger of what was delivered and what left (a transfer
    fee makes them differ); for others what left. Not only Payments count: an escrow, a cashed check or a
    trade moves value out as well. The transaction's own fee is not in it: it goes to no payee and fee_cap
    judges it.
    """
    if meta.get("TransactionResult") != SUCCESS:
        return ()
    left = _left(network, address, tx, meta)
    if tx.get("Account") == address and tx.get("TransactionType") == "Payment":
        asset, delivered = _amount(network, meta.get("delivered_amount"))
        left[asset] = max(left.get(asset, _ZERO), delivered)
    to = tx.get("Destination") if tx.get("Account") == address else tx.get("Account")
    receiver = to if isinstance(to, str) else address
    return tuple(Moved(asset, receiver, left[asset]) for asset in sorted(left) if left[asset] > 0)


def _left(network: str, address: str, tx: JsonObject, meta: JsonObject) -> dict[str, Decimal]:
    """Net decrease by asset, positive where value left; increases cancel decreases of the same asset."""
    left: dict[str, Decimal] = {}
    for _, node, before, after in _changes(meta):
        entry = node.get("LedgerEntryType")
        if entry == "AccountRoot" and after.get("Account") == address:
            _put(left, xrp(network), subtract(_drops(before.get("Balance")), _drops(after.get("Balance"))))
        elif entry == "RippleState":
            _line(left, network, address, before, after)
        elif entry == "MPToken" and after.get("Account") == address:
            asset = xrpl_mpt(network, _text(after.get("MPTokenIssuanceID")))
            _put(left, asset, subtract(_count(before.get("MPTAmount")), _count(after.get("MPTAmount"))))
    fee_payer = tx.get("Delegate", tx.get("Account"))
    if fee_payer == address and xrp(network) in left:
        _put(left, xrp(network), -_drops(tx.get("Fee")))
    return left


def _line(
    left: dict[str, Decimal], network: str, address: str, before: JsonObject, after: JsonObject
) -> None:
    """A trust line. From the account's side a positive balance is held, a negative one is what it issued."""
    low, high = _issuer(after.get("LowLimit")), _issuer(after.get("HighLimit"))
    if address not in (low, high):
        return
    sign, peer = (1, high) if address == low else (-1, low)
    currency = write_currency(_text(_object(after.get("Balance")).get("currency"))).hex().upper()
    old, new = _balance(before.get("Balance")) * sign, _balance(after.get("Balance")) * sign
    _put(left, xrpl_issued(network, currency, peer), subtract(max(old, _ZERO), max(new, _ZERO)))
    _put(left, xrpl_issued(network, currency, address), subtract(min(old, _ZERO), min(new, _ZERO)))


def _changes(meta: JsonObject) -> Iterator[tuple[str, JsonObject, JsonObject, JsonObject]]:
    """(kind, node, fields before, fields after) of every affected node. Before a creation nothing was
    there.
    """
    nodes = meta.get("AffectedNodes")
    if not isinstance(nodes, list):
        raise MalformedError("The metadata holds no list of affected nodes.")
    for wrapper in nodes:
        for kind, inner in _object(wrapper).items():
            node = _object(inner)
            if kind == "CreatedNode":
                yield kind, node, {}, _object(node.get("NewFields", {}))
                continue
            after = _object(node.get("FinalFields", {}))
            yield kind, node, {**after, **_object(node.get("PreviousFields", {}))}, after


def _put(left: dict[str, Decimal], asset: str, change: Decimal) -> None:
    left[asset] = add(left.get(asset, _ZERO), change)


def _amount(network: str, value: JsonValue) -> tuple[str, Decimal]:
    """Asset and whole units of an amount in JSON form. "unavailable" (before 2014) is MalformedError."""
    if isinstance(value, str):
        return xrp(network), _drops(value)
    amount = _object(value)
    if "mpt_issuance_id" in amount:
        return xrpl_mpt(network, _text(amount["mpt_issuance_id"]).upper()), _count(amount.get("value"))
    currency = write_currency(_text(amount.get("currency"))).hex().upper()
    return xrpl_issued(network, currency, _text(amount.get("issuer"))), _number(amount.get("value"))


def _balance(value: JsonValue) -> Decimal:
    return _ZERO if value is None else _number(_object(value).get("value"))


def _issuer(limit: JsonValue) -> str:
    return _text(_object(limit).get("issuer"))


def _number(value: JsonValue) -> Decimal:
    return issued_value(*parse_scientific(_text(value)))


def _drops(value: JsonValue) -> Decimal:
    return whole_units(_whole(value), _XRP_DECIMALS)


def _count(value: JsonValue) -> Decimal:
    return Decimal(_whole(value))


def _whole(value: JsonValue) -> int:
    if value is None:
        return 0
    text = _text(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise MalformedError(f"{text[:40]!r} is not a count of base units.")
    return int(text)


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise MalformedError("A text is missing in a transaction's metadata.")
    return value


def _object(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise MalformedError("An object is missing in a transaction's metadata.")
    return value
