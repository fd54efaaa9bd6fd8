"""Methods about the node, the network and single ledgers."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import cast

from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.apply.context import NETWORK_ID
from signer_app.practice.xrpl.codec import (
    account_index,
    half_sha512,
    line_index,
    signer_list_index,
    ticket_index,
)
from signer_app.practice.xrpl.ledger import seconds_now
from signer_app.practice.xrpl.reader import Reader
from signer_app.practice.xrpl.rpc.forms import header_json, hex_of, validated_entry
from signer_app.practice.xrpl.rpc.request import (
    Request,
    RpcRefusal,
    Service,
    as_integer,
    invalid,
    read_account,
    read_flag,
    select_ledger,
)

#: The version whose API these methods follow; clients derive from it what they may send.
BUILD_VERSION = "3.3.0"
#: The amendments whose rules the practice ledger carries out.
AMENDMENTS = (
    "DeepFreeze", "DeletableAccounts", "DepositAuth", "DisallowIncoming", "ExpandedSignerList", "MultiSign",
    "MultiSignReserve", "TicketBatch", "fixMasterKeyAsRegularKey",
)  # fmt: skip
_DROPS_PER_XRP = 1_000_000


def complete_ledgers(reader: Reader) -> str:
    """The history as text, such as "1-5,7"."""
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in reader.complete()]
    return ",".join(parts) or "empty"


def ping(_: Service, __: Request) -> JsonObject:
    """Nothing, successfully."""
    return {}


def random(_: Service, __: Request) -> JsonObject:
    """32 random bytes."""
    return {"random": os.urandom(32).hex().upper()}


def _xrp(drops: int) -> JsonValue:
    # The API has these as JSON numbers in XRP. Nothing here calculates with them.
    return cast(JsonValue, drops / _DROPS_PER_XRP)


def _common(service: Service) -> JsonObject:
    reader = service.reader
    return {
        "build_version": BUILD_VERSION,
        "complete_ledgers": complete_ledgers(reader),
        "initial_sync_duration_us": "1",
        "io_latency_ms": 1,
        "jq_trans_overflow": "0",
        "load_factor": reader.fees.load,
        "network_id": NETWORK_ID,
        "peers": 1,
        "practice_operator": reader.operator,
        "pubkey_node": "n9practice",
        "server_state": "full",
        "server_state_duration_us": "1",
        "time": datetime.now(UTC).strftime("%Y-%b-%d %H:%M:%S.%f UTC"),
        "uptime": int(time.monotonic()),
        "validation_quorum": 1,
    }


def server_info(service: Service, _: Request) -> JsonObject:
    """The node's state in XRP."""
    reader = service.reader
    fees, tip = reader.fees, reader.tip
    return {
        "info": {
            **_common(service),
            "hostid": "PRACTICE",
            "last_close": {"converge_time_s": 0, "proposers": 1},
            "validated_ledger": {
                "age": max(0, seconds_now() - tip.close_time),
                "base_fee_xrp": _xrp(fees.base),
                "hash": tip.hash,
                "reserve_base_xrp": _xrp(fees.reserve_base),
                "reserve_inc_xrp": _xrp(fees.reserve_increment),
                "seq": tip.index,
            },
        }
    }


def server_state(service: Service, _: Request) -> JsonObject:
    """The node's state in drops."""
    reader = service.reader
    fees, tip = reader.fees, reader.tip
    return {
        "state": {
            **_common(service),
            "last_close": {"converge_time": 0, "proposers": 1},
            "load_base": 256,
            "load_factor": 256 * fees.load,
            "load_factor_fee_escalation": 256 * fees.load,
            "load_factor_fee_queue": 256,
            "load_factor_fee_reference": 256,
            "load_factor_server": 256,
            "validated_ledger": {
                "base_fee": fees.base,
                "close_time": tip.close_time,
                "hash": tip.hash,
                "reserve_base": fees.reserve_base,
                "reserve_inc": fees.reserve_increment,
                "seq": tip.index,
            },
        }
    }


def fee(service: Service, _: Request) -> JsonObject:
    """What a transaction costs now, in drops as text."""
    reader = service.reader
    asked = str(reader.fees.base * reader.fees.load)
    level = str(256 * reader.fees.load)
    return {
        "current_ledger_size": str(len(reader.open_draft.applied)),
        "current_queue_size": "0",
        "drops": {
            "base_fee": str(reader.fees.base),
            "median_fee": asked,
            "minimum_fee": asked,
            "open_ledger_fee": asked,
        },
        "expected_ledger_size": "1000",
        "ledger_current_index": reader.open_draft.index,
        "levels": {
            "median_level": level,
            "minimum_level": level,
            "open_ledger_level": level,
            "reference_level": "256",
        },
        "max_queue_size": "2000",
    }


def ledger_current(service: Service, _: Request) -> JsonObject:
    """Index of the open ledger."""
    return {"ledger_current_index": service.reader.open_draft.index}


def ledger_closed(service: Service, _: Request) -> JsonObject:
    """Index and hash of the last closed ledger."""
    tip = service.reader.tip
    return {"ledger_hash": tip.hash, "ledger_index": tip.index}


def ledger(service: Service, request: Request) -> JsonObject:
    """One ledger's header and, if asked, its transactions."""
    params = request.params
    selected = select_ledger(service, params)
    wants, expand = read_flag(params, "transactions"), read_flag(params, "expand")
    binary = read_flag(params, "binary")
    if selected.header is None:
        tip = service.reader.tip
        index: JsonValue = selected.index if request.version > 1 else str(selected.index)
        body: JsonObject = {"closed": False, "ledger_index": index, "parent_hash": tip.hash}
        if wants:
            body["transactions"] = [item.transaction.hash for item in service.reader.open_draft.applied]
        return {"ledger": body, **selected.stamp()}
    body = header_json(selected.header, request.version)
    if wants:
        record = service.reader.record(selected.index)
        body["transactions"] = [
            validated_entry(item, record.header, request.version, binary=binary)
            if expand
            else item.transaction.hash
            for item in record.transactions
        ]
    return {"ledger": body, **selected.stamp()}


def ledger_entry(service: Service, request: Request) -> JsonObject:
    """One entry by its index, or by what names it."""
    selected = select_ledger(service, request.params)
    index = _entry_index(request.params)
    entry = selected.view.read(index)
    if entry is None:
        raise RpcRefusal("entryNotFound", 97, "Requested ledger entry not found.", selected.stamp())
    answer: JsonObject = {"index": index, **selected.stamp()}
    if read_flag(request.params, "binary"):
        answer["node_binary"] = hex_of(entry)
    else:
        answer["node"] = {**entry, "index": index}
    return answer


def _entry_index(params: JsonObject) -> str:
    for name in ("index", "ticket", "signer_list", "ripple_state", "state"):
        value = params.get(name)
        if isinstance(value, str):
            if len(value) != 64:
                raise invalid(f"Invalid field '{name}'.")
            return value.upper()
    if "account_root" in params:
        return account_index(read_account(params, "account_root"))
    return _named_entry_index(params)


def _named_entry_index(params: JsonObject) -> str:
    ticket, signers = params.get("ticket"), params.get("signer_list")
    line = params.get("ripple_state", params.get("state"))
    if isinstance(ticket, dict):
        sequence = as_integer(ticket.get("ticket_seq"))
        if sequence is None:
            raise invalid("Missing field 'ticket_seq'.")
        return ticket_index(read_account(ticket), sequence)
    if isinstance(signers, dict):
        return signer_list_index(read_account(signers))
    if isinstance(line, dict):
        accounts, currency = line.get("accounts"), line.get("currency")
        if isinstance(accounts, list) and len(accounts) == 2 and isinstance(currency, str):
            pair: list[JsonObject] = [{"account": account} for account in accounts]
            return line_index(read_account(pair[0]), read_account(pair[1]), currency)
        raise invalid("Invalid field 'ripple_state'.")
    raise RpcRefusal("unknownOption", 5, "Unknown option.")


def feature(_: Service, __: Request) -> JsonObject:
    """The amendments whose rules hold here."""
    features: JsonObject = {
        half_sha512(name.encode()).hex().upper(): {
            "enabled": True,
            "name": name,
            "supported": True,
            "vetoed": False,
        }
        for name in AMENDMENTS
    }
    return {"features": features}


def version(_: Service, __: Request) -> JsonObject:
    """The API versions that are spoken here."""
    return {"version": {"first": 1, "good": 1, "last": 2}}


def ledger_accept(service: Service, _: Request) -> JsonObject:
    """Admin: close the open ledger now."""
    service.close_ledger()
    return {"ledger_current_index": service.reader.open_draft.index}


def practice_fault(service: Service, request: Request) -> JsonObject:
    """Admin: switch a fault {name, on, operator?}; gives those that are on (CONTRACTS C)."""
    name, operator = request.params.get("name"), request.params.get("operator")
    if not isinstance(name, str) or not (operator is None or isinstance(operator, str)):
        raise invalid("Invalid field 'name'.")
    is_on = request.params.get("on", True)
    if not isinstance(is_on, bool):
        raise invalid("Invalid field 'on', not boolean.")
    try:
        service.faults.switch(name, is_on=is_on, operator=operator)
    except UsageError as error:
        raise invalid(error.message) from error
    service.catch_up()
    return {"faults": {key: list[JsonValue](value) for key, value in service.faults.to_json().items()}}
