"""What one WebSocket client wants to hear of, and the messages it gets (xrpl.org "subscribe")."""

from __future__ import annotations

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.apply.context import NETWORK_ID
from signer_app.practice.xrpl.codec import is_address
from signer_app.practice.xrpl.ledger import Header, LedgerRecord
from signer_app.practice.xrpl.metadata import affected_accounts
from signer_app.practice.xrpl.reader import Reader
from signer_app.practice.xrpl.rpc.forms import stream_message
from signer_app.practice.xrpl.rpc.request import RpcRefusal, invalid, read_version
from signer_app.practice.xrpl.rpc.results import code_of, words_of
from signer_app.practice.xrpl.rpc.server import complete_ledgers

_LEDGER = "ledger"
_TRANSACTIONS = "transactions"
#: Streams that are known and on which nothing ever happens here.
_SILENT = ("server", "consensus", "validations", "manifests", "peer_status", "book_changes")
#: Wishes that the practice ledger cannot fulfil, which it says instead of staying silent.
_UNSUPPORTED = ("accounts_proposed", "books", "url")


class Subscriptions:
    """The streams and accounts of one connection."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._streams: set[str] = set()
        self._accounts: set[str] = set()
        self._version = 1

    def subscribe(self, params: JsonObject) -> JsonObject:
        """Add streams and accounts. The ledger stream's answer says where the ledger stands."""
        streams, accounts = _wishes(params)
        self._version = read_version(params)
        self._streams |= streams
        self._accounts |= accounts
        if _LEDGER not in streams:
            return {}
        return {**self._ledger_fields(self._reader.tip), "validated_ledgers": complete_ledgers(self._reader)}

    def unsubscribe(self, params: JsonObject) -> JsonObject:
        """Take streams and accounts away."""
        streams, accounts = _wishes(params)
        self._streams -= streams
        self._accounts -= accounts
        return {}

    def _ledger_fields(self, header: Header) -> JsonObject:
        fees = self._reader.fees
        return {
            "fee_base": fees.base,
            "ledger_hash": header.hash,
            "ledger_index": header.index,
            "ledger_time": header.close_time,
            "network_id": NETWORK_ID,
            "reserve_base": fees.reserve_base,
            "reserve_inc": fees.reserve_increment,
        }

    def messages(self, record: LedgerRecord) -> list[JsonObject]:
        """What this connection is told of a closed ledger: the close, then its transactions in order."""
        found: list[JsonObject] = []
        if _LEDGER in self._streams:
            found.append(
                {
                    "type": "ledgerClosed",
                    **self._ledger_fields(record.header),
                    "txn_count": len(record.transactions),
                    "validated_ledgers": complete_ledgers(self._reader),
                }
            )
        for item in record.transactions:
            nodes = item.meta["AffectedNodes"]
            touched = affected_accounts(nodes if isinstance(nodes, list) else [])
            if _TRANSACTIONS in self._streams or touched & self._accounts:
                code, words = code_of(item.result), words_of(item.result)
                found.append(stream_message(item, record.header, self._version, code, words))
        return found


def _wishes(params: JsonObject) -> tuple[set[str], set[str]]:
    if any(name in params for name in _UNSUPPORTED):
        raise RpcRefusal(
            "notSupported", 75, "The practice ledger has only the streams ledger and transactions."
        )
    streams = _texts(params.get("streams", []), "streams")
    accounts = _texts(params.get("accounts", []), "accounts")
    for stream in streams:
        if stream not in (_LEDGER, _TRANSACTIONS, *_SILENT):
            raise RpcRefusal("malformedStream", 55, "Stream malformed.")
    if not all(is_address(account) for account in accounts):
        raise RpcRefusal("actMalformed", 35, "Account malformed.")
    return streams, accounts


def _texts(value: JsonValue, name: str) -> set[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise invalid(f"Invalid field '{name}'.")
    return {item for item in value if isinstance(item, str)}
