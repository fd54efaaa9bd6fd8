"""Transaction metadata.

What a transaction created, modified and deleted (xrpl.org "Transaction Metadata").
"""

from __future__ import annotations

from collections.abc import Iterable

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.amounts import NO_ACCOUNT
from signer_app.practice.xrpl.codec import account_index
from signer_app.practice.xrpl.state import Sandbox, owners_of
from signer_app.practice.xrpl.values import Entry

#: Entry types that remember the last transaction that touched them.
_THREADED = frozenset({"AccountRoot", "RippleState", "SignerList", "Ticket"})
_THREAD_FIELDS = ("PreviousTxnID", "PreviousTxnLgrSeq")
_ACCOUNT_FIELDS = ("Account", "Owner", "Destination", "RegularKey", "NFTokenMinter")
_ISSUER_FIELDS = ("LowLimit", "HighLimit")


def thread(view: Sandbox, tx_hash: str, ledger_index: int) -> None:
    """Write the transaction's id into each entry it changed and into owners of those it made or removed."""
    for index, entry in list(view.changes.items()):
        before = view.before(index)
        if entry is None or before is None:
            for owner in owners_of(entry or before or {"LedgerEntryType": ""}):
                view.edit(account_index(owner))
    for entry in view.changes.values():
        if entry is not None and entry["LedgerEntryType"] in _THREADED:
            _mark(entry, tx_hash, ledger_index)


def _mark(entry: Entry, tx_hash: str, ledger_index: int) -> None:
    entry["PreviousTxnID"] = tx_hash
    entry["PreviousTxnLgrSeq"] = ledger_index


def affected_nodes(view: Sandbox) -> list[JsonValue]:
    """The AffectedNodes array, ordered by ledger index."""
    nodes: list[JsonValue] = []
    for index in sorted(view.changes):
        before, after = view.before(index), view.changes[index]
        if before is None and after is not None:
            nodes.append({"CreatedNode": _created(index, after)})
        elif before is not None and after is None:
            nodes.append({"DeletedNode": _deleted(index, before, view.last_form(index) or before)})
        elif before is not None and after is not None and before != after:
            nodes.append({"ModifiedNode": _modified(index, before, after)})
    return nodes


def _head(index: str, entry: Entry) -> JsonObject:
    return {"LedgerEntryType": entry["LedgerEntryType"], "LedgerIndex": index}


def _created(index: str, entry: Entry) -> JsonObject:
    hidden = {"LedgerEntryType", *_THREAD_FIELDS}
    fields: JsonObject = {k: v for k, v in entry.items() if k not in hidden and not _is_default(v)}
    return {**_head(index, entry), "NewFields": fields}


def _is_default(value: JsonValue) -> bool:
    """Zero numbers and empty values are left out of NewFields; zero amounts stay."""
    return value in (0, "", []) and not isinstance(value, bool)


def _deleted(index: str, before: Entry, last: Entry) -> JsonObject:
    node = _head(index, before)
    node["FinalFields"] = {k: v for k, v in last.items() if k != "LedgerEntryType"}
    previous: JsonObject = {k: v for k, v in before.items() if last.get(k) != v and k not in _THREAD_FIELDS}
    if previous:
        node["PreviousFields"] = previous
    return node


def _modified(index: str, before: Entry, after: Entry) -> JsonObject:
    node = _head(index, after)
    hidden = {"LedgerEntryType", *_THREAD_FIELDS}
    node["FinalFields"] = {k: v for k, v in after.items() if k not in hidden}
    previous: JsonObject = {k: v for k, v in before.items() if k not in hidden and after.get(k) != v}
    if previous:
        node["PreviousFields"] = previous
    for name in _THREAD_FIELDS:
        if name in before:
            node[name] = before[name]
    return node


def affected_accounts(nodes: Iterable[JsonValue]) -> set[str]:
    """Accounts that a transaction touched, as account_tx and subscriptions count them."""
    found: set[str] = set()
    for wrapped in nodes:
        if not isinstance(wrapped, dict):
            continue
        for node in wrapped.values():
            if isinstance(node, dict):
                found |= _accounts_in(node.get("NewFields") or node.get("FinalFields"))
    found.discard(NO_ACCOUNT)
    return found


def _accounts_in(fields: JsonValue) -> set[str]:
    if not isinstance(fields, dict):
        return set()
    found = {value for name in _ACCOUNT_FIELDS if isinstance(value := fields.get(name), str)}
    for name in _ISSUER_FIELDS:
        limit = fields.get(name)
        if isinstance(limit, dict) and isinstance(issuer := limit.get("issuer"), str):
            found.add(issuer)
    return found
