"""How transactions and metadata look in answers, in API version 1 and 2."""

from __future__ import annotations

from datetime import UTC, datetime

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.codec import Transaction, encode_json
from signer_app.practice.xrpl.ledger import RIPPLE_EPOCH, Applied, Header
from signer_app.practice.xrpl.values import SUCCESS

_DELIVERING = ("Payment", "AccountDelete")


def iso_time(ripple_seconds: int) -> str:
    """A ledger time in RFC 3339."""
    return datetime.fromtimestamp(ripple_seconds + RIPPLE_EPOCH, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def human_time(ripple_seconds: int) -> str:
    """A ledger time as close_time_human has it."""
    return datetime.fromtimestamp(ripple_seconds + RIPPLE_EPOCH, UTC).strftime(
        "%Y-%b-%d %H:%M:%S.000000000 UTC"
    )


def transaction_json(transaction: Transaction, version: int) -> JsonObject:
    """The fields of a transaction.

    A payment's Amount is named DeliverMax in version 2, and both in version 1.
    """
    fields = dict(transaction.fields)
    if transaction.kind == "Payment":
        fields["DeliverMax"] = fields["Amount"]
        if version > 1:
            del fields["Amount"]
    return fields


def meta_json(item: Applied) -> JsonObject:
    """Metadata with delivered_amount, which is computed and not part of the ledger."""
    meta = dict(item.meta)
    if item.transaction.kind in _DELIVERING and item.result == SUCCESS:
        meta["delivered_amount"] = meta.get("DeliveredAmount", item.transaction.fields.get("Amount"))
    return meta


def hex_of(fields: JsonObject) -> str:
    """Upper hex of the canonical bytes."""
    return encode_json(fields).hex().upper()


def validated_entry(item: Applied, header: Header, version: int, *, binary: bool) -> JsonObject:
    """A row of account_tx or of an expanded ledger."""
    if version == 1:
        return _old_entry(item, header, binary=binary)
    entry: JsonObject = {
        "close_time_iso": iso_time(header.close_time),
        "hash": item.transaction.hash,
        "ledger_hash": header.hash,
        "ledger_index": header.index,
        "validated": True,
    }
    if binary:
        return {**entry, "meta_blob": hex_of(item.meta), "tx_blob": item.transaction.blob.hex().upper()}
    fields = {**transaction_json(item.transaction, version), **_place(header)}
    return {**entry, "meta": meta_json(item), "tx_json": fields}


def _old_entry(item: Applied, header: Header, *, binary: bool) -> JsonObject:
    entry: JsonObject = {"validated": True}
    if binary:
        entry["ledger_index"] = header.index
        return {**entry, "meta": hex_of(item.meta), "tx_blob": item.transaction.blob.hex().upper()}
    fields: JsonObject = {**transaction_json(item.transaction, 1), "hash": item.transaction.hash}
    return {**entry, "meta": meta_json(item), "tx": {**fields, **_place(header), "inLedger": header.index}}


def _place(header: Header) -> JsonObject:
    return {"date": header.close_time, "ledger_index": header.index}


def stream_message(item: Applied, header: Header, version: int, code: int, words: str) -> JsonObject:
    """The message that subscribers of transactions and accounts get."""
    message: JsonObject = {
        "close_time_iso": iso_time(header.close_time),
        "engine_result": item.result,
        "engine_result_code": code,
        "engine_result_message": words,
        "ledger_hash": header.hash,
        "ledger_index": header.index,
        "meta": meta_json(item),
        "status": "closed",
        "type": "transaction",
        "validated": True,
    }
    fields: JsonObject = {**transaction_json(item.transaction, version), "date": header.close_time}
    if version == 1:
        return {**message, "transaction": {**fields, "hash": item.transaction.hash}}
    return {**message, "hash": item.transaction.hash, "tx_json": fields}


def header_json(header: Header, version: int) -> JsonObject:
    """A closed ledger's header as ``ledger`` gives it."""
    index: JsonValue = header.index if version > 1 else str(header.index)
    return {
        "account_hash": header.account_hash,
        "close_flags": 0,
        "close_time": header.close_time,
        "close_time_human": human_time(header.close_time),
        "close_time_iso": iso_time(header.close_time),
        "close_time_resolution": 10,
        "closed": True,
        "ledger_hash": header.hash,
        "ledger_index": index,
        "parent_close_time": header.parent_close_time,
        "parent_hash": header.parent_hash,
        "total_coins": str(header.coins),
        "transaction_hash": header.transaction_hash,
    }
