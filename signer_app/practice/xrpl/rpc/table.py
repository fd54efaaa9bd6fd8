"""The methods by name, and the one way to call them."""

from __future__ import annotations

from decimal import Overflow

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.faults import LIE
from signer_app.practice.xrpl.rpc import accounts, server, transactions
from signer_app.practice.xrpl.rpc.lies import doctored
from signer_app.practice.xrpl.rpc.request import Method, Request, RpcRefusal, Service, invalid, read_version

METHODS: dict[str, Method] = {
    "account_channels": accounts.account_channels,
    "account_currencies": accounts.account_currencies,
    "account_info": accounts.account_info,
    "account_lines": accounts.account_lines,
    "account_nfts": accounts.account_nfts,
    "account_objects": accounts.account_objects,
    "account_offers": accounts.account_offers,
    "account_tx": transactions.account_tx,
    "feature": server.feature,
    "fee": server.fee,
    "gateway_balances": accounts.gateway_balances,
    "ledger": server.ledger,
    "ledger_accept": server.ledger_accept,
    "ledger_closed": server.ledger_closed,
    "ledger_current": server.ledger_current,
    "ledger_entry": server.ledger_entry,
    "ping": server.ping,
    "practice_fault": server.practice_fault,
    "random": server.random,
    "server_info": server.server_info,
    "server_state": server.server_state,
    "submit": transactions.submit,
    "submit_multisigned": transactions.submit_multisigned,
    "tx": transactions.tx,
    "version": server.version,
}
#: Methods that change the ledger, whose answers can get lost.
SUBMITTING = ("submit", "submit_multisigned")


def call(service: Service, method: str, params: JsonObject) -> JsonObject:
    """Carry out one method and give its result. Raises RpcRefusal with the API's own error."""
    handler = METHODS.get(method)
    if handler is None:
        raise RpcRefusal("unknownCmd", 32, "Unknown method.")
    request = Request(params, read_version(params))
    try:
        answer = handler(service, request)
    except MalformedError as error:
        # Currency codes and the like that no method reads by itself.
        raise invalid(error.message) from error
    except Overflow as error:
        raise RpcRefusal("internal", 73, "A sum is larger than an amount can be.") from error
    if service.faults.has(LIE, service.reader.operator):
        return doctored(method, answer)
    return answer
