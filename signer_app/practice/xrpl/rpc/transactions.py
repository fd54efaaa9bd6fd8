"""Methods that submit and look up transactions."""

from __future__ import annotations

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.codec import Transaction, encode_json, parse
from signer_app.practice.xrpl.faults import REFUSE
from signer_app.practice.xrpl.ledger import Applied, LedgerRecord
from signer_app.practice.xrpl.reader import Submission
from signer_app.practice.xrpl.rpc.forms import hex_of, iso_time, meta_json, transaction_json, validated_entry
from signer_app.practice.xrpl.rpc.request import (
    Request,
    RpcRefusal,
    Service,
    as_integer,
    invalid,
    read_account,
    read_flag,
    read_limit,
    select_ledger,
)
from signer_app.practice.xrpl.rpc.results import code_of, words_of
from signer_app.practice.xrpl.signatures import check
from signer_app.practice.xrpl.state import account_root
from signer_app.practice.xrpl.values import number

_PSEUDO = ("EnableAmendment", "SetFee", "UNLModify")
_MAX_RANGE = 1000
_HASH_DIGITS = 64


def submit(service: Service, request: Request) -> JsonObject:
    """Take in a signed transaction as a blob. This ledger signs for nobody."""
    params = request.params
    if "tx_blob" not in params:
        if "tx_json" in params:
            raise RpcRefusal("notSupported", 75, "Signing is not supported by this server.")
        raise invalid("Invalid parameters.")
    return _submit(service, request, _bytes_of(params["tx_blob"]))


def submit_multisigned(service: Service, request: Request) -> JsonObject:
    """Take in a multi-signed transaction as JSON."""
    fields = request.params.get("tx_json")
    if not isinstance(fields, dict):
        raise invalid("Missing field 'tx_json'.")
    if "Signers" not in fields:
        raise invalid("Missing field 'tx_json.Signers'.")
    if fields.get("SigningPubKey") != "":
        raise invalid("When multi-signing 'tx_json.SigningPubKey' must be empty.")
    if "DeliverMax" in fields and "Amount" not in fields:
        fields = {**fields, "Amount": fields["DeliverMax"]}
    unsigned_names = ("hash", "DeliverMax")
    try:
        blob = encode_json({name: value for name, value in fields.items() if name not in unsigned_names})
    except MalformedError as error:
        raise _refused(str(error)) from error
    return _submit(service, request, blob)


def _bytes_of(value: JsonValue) -> bytes:
    if not isinstance(value, str):
        raise invalid("Invalid field 'tx_blob'.")
    try:
        blob = bytes.fromhex(value)
    except ValueError as error:
        raise invalid("Invalid parameters.") from error
    if not blob:
        raise invalid("Invalid parameters.")
    return blob


def _refused(reason: str) -> RpcRefusal:
    return RpcRefusal("invalidTransaction", None, reason, {"error_exception": reason})


def _submit(service: Service, request: Request, blob: bytes) -> JsonObject:
    if service.faults.has(REFUSE, service.reader.operator):
        raise RpcRefusal("tooBusy", 9, "The server is too busy to help you now.")
    try:
        transaction = parse(blob)
    except MalformedError as error:
        raise _refused(error.message) from error
    if transaction.kind in _PSEUDO:
        raise _refused("fails local checks: Cannot submit pseudo transactions.")
    try:
        check(transaction)
    except MalformedError as error:
        raise _refused(f"fails local checks: {error.message}") from error
    fail_hard = read_flag(request.params, "fail_hard")
    return _submission(service, request, transaction, service.reader.submit(transaction, fail_hard=fail_hard))


def _submission(service: Service, request: Request, transaction: Transaction, done: Submission) -> JsonObject:
    reader = service.reader
    root = account_root(reader.open_draft.view, transaction.account)
    sequence = 0 if root is None else number(root, "Sequence")
    fields = transaction_json(transaction, request.version)
    return {
        "accepted": done.applied or done.kept,
        "account_sequence_available": sequence,
        "account_sequence_next": sequence,
        "applied": done.applied,
        "broadcast": done.applied,
        "engine_result": done.result,
        "engine_result_code": code_of(done.result),
        "engine_result_message": words_of(done.result),
        "kept": done.kept,
        "open_ledger_cost": str(reader.fees.base * reader.fees.load),
        "queued": False,
        "tx_blob": transaction.blob.hex().upper(),
        "tx_json": {**fields, "hash": transaction.hash},
        "validated_ledger_index": reader.tip.index,
    }


def tx(service: Service, request: Request) -> JsonObject:
    """Look a transaction up by hash; txnNotFound says whether the whole range was searched."""
    params = request.params
    wanted = params.get("transaction")
    if not isinstance(wanted, str) or len(wanted) != _HASH_DIGITS:
        if wanted is None and "ctid" in params:
            raise RpcRefusal("notSupported", 75, "Lookup by CTID is not built into the practice ledger.")
        raise (
            invalid("Invalid parameters.")
            if wanted is None
            else RpcRefusal("notImpl", 74, "Not implemented.")
        )
    searched = _searched_range(params)
    binary = read_flag(params, "binary")
    found = service.reader.find(wanted.upper())
    if found is not None:
        return _found(*found, request.version, binary=binary)
    waiting = service.reader.find_open(wanted.upper())
    if waiting is not None:
        return _unvalidated(waiting, request.version)
    extra: JsonObject = {}
    if searched is not None:
        extra["searched_all"] = any(
            first <= searched[0] and searched[1] <= last for first, last in service.reader.complete()
        )
    raise RpcRefusal("txnNotFound", 29, "Transaction not found.", extra)


def _searched_range(params: JsonObject) -> tuple[int, int] | None:
    if "min_ledger" not in params and "max_ledger" not in params:
        return None
    first, last = as_integer(params.get("min_ledger")), as_integer(params.get("max_ledger"))
    if first is None or last is None or last < first:
        raise RpcRefusal("invalidLgrRange", 79, "Ledger range is invalid.")
    if last - first > _MAX_RANGE:
        raise RpcRefusal("excessiveLgrRange", 78, "Ledger range exceeds 1000.")
    return first, last


def _found(record: LedgerRecord, item: Applied, version: int, *, binary: bool) -> JsonObject:
    header = record.header
    if version > 1:
        return validated_entry(item, header, version, binary=binary)
    answer: JsonObject = {
        "date": header.close_time,
        "hash": item.transaction.hash,
        "inLedger": header.index,
        "ledger_hash": header.hash,
        "ledger_index": header.index,
        "close_time_iso": iso_time(header.close_time),
        "validated": True,
    }
    if binary:
        return {**answer, "meta": hex_of(item.meta), "tx": item.transaction.blob.hex().upper()}
    return {**transaction_json(item.transaction, 1), **answer, "meta": meta_json(item)}


def _unvalidated(transaction: Transaction, version: int) -> JsonObject:
    fields = transaction_json(transaction, version)
    if version > 1:
        return {"hash": transaction.hash, "tx_json": fields, "validated": False}
    return {**fields, "hash": transaction.hash, "validated": False}


def account_tx(service: Service, request: Request) -> JsonObject:
    """The account's transactions in a range of ledgers, in pages, the newest first unless ``forward``."""
    params = request.params
    address = read_account(params)
    first, last = _account_range(service, request)
    forward, binary = read_flag(params, "forward"), read_flag(params, "binary")
    limit = read_limit(params)
    places = [place for place in service.reader.places_of(address) if first <= place[0] <= last]
    places.sort(reverse=not forward)
    start = _marker(params.get("marker"))
    if start is not None:
        places = [place for place in places if (place >= start if forward else place <= start)]
    rows: list[JsonValue] = []
    for index, position in places[:limit]:
        record = service.reader.record(index)
        item = record.transactions[position]
        rows.append(validated_entry(item, record.header, request.version, binary=binary))
    answer: JsonObject = {
        "account": address,
        "ledger_index_max": last,
        "ledger_index_min": first,
        "limit": limit,
        "transactions": rows,
        "validated": True,
    }
    if len(places) > limit:
        answer["marker"] = {"ledger": places[limit][0], "seq": places[limit][1]}
    return answer


def _account_range(service: Service, request: Request) -> tuple[int, int]:
    """The range that is searched in truth.

    What was asked for within the newest unbroken part of the history.
    """
    params, reader = request.params, service.reader
    names_range = "ledger_index_min" in params or "ledger_index_max" in params
    if "ledger_index" in params or "ledger_hash" in params:
        if names_range and request.version > 1:
            raise invalid("Invalid parameters.")
        selected = select_ledger(service, params)
        if selected.header is None:
            raise RpcRefusal("lgrNotValidated", 22, "Ledger not validated.")
        return selected.index, selected.index
    low, high = reader.complete()[-1]
    first, last = (
        as_integer(params.get("ledger_index_min", -1)),
        as_integer(params.get("ledger_index_max", -1)),
    )
    if first is None or last is None:
        raise invalid("Invalid parameters.")
    start, end = (low if first < 0 else max(first, low)), (high if last < 0 else min(last, high))
    if end < start:
        if request.version == 1:
            raise RpcRefusal("lgrIdxsInvalid", 57, "Ledger indexes invalid.")
        raise RpcRefusal("invalidLgrRange", 79, "Ledger range is invalid.")
    return start, end


def _marker(value: JsonValue) -> tuple[int, int] | None:
    if value is None:
        return None
    if isinstance(value, dict):
        ledger, position = as_integer(value.get("ledger")), as_integer(value.get("seq"))
        if ledger is not None and position is not None:
            return ledger, position
    raise invalid(
        "invalid marker. Provide ledger index via ledger field, and transaction sequence number via seq"
    )
