"""Foreign JSON of a transaction, as nodes and tools write it, to our strict JSON form (CONTRACTS C2).

Names that only a node's answer holds are listed here and dropped; every other unknown name is a refusal.
"""

from __future__ import annotations

from typing import Final

from signer_app.chains.xrpl.address import decode_x_address, encode_address, is_x_address
from signer_app.chains.xrpl.codec.definitions import FIELDS
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

#: What nodes add beside the fields of a transaction in their answers (xrpl.org, methods tx, account_tx,
#: ledger, submit and the transaction stream). None of it is signed.
ANSWER_ONLY: Final = frozenset({
    "hash", "date", "ledger_index", "ledger_hash", "inLedger", "ctid", "meta", "metaData", "metadata",
    "validated", "close_time_iso", "close_time", "owner_funds", "status", "searched_all", "warnings",
})  # fmt: skip

_WRAPPERS: Final = ("result", "tx_json", "transaction", "tx", "txjson")
#: A node that is asked for binary answers gives hex under "tx".
_BLOBS: Final = ("tx_blob", "txblob", "tx")
_X_ADDRESS_TAGS: Final = {"Account": "SourceTag", "Destination": "DestinationTag"}
_MAX_WRAPPERS: Final = 4


def unwrap(value: JsonObject) -> list[JsonObject | str]:
    """Every form of the transaction in ``value``: its JSON object, its blob in hex, or both.

    MalformedError.
    """
    for _ in range(_MAX_WRAPPERS):
        found: list[JsonObject | str] = []
        for name in _BLOBS:
            blob = value.get(name)
            if isinstance(blob, str):
                found.append(blob)
        if "TransactionType" in value:
            return [*found, {name: item for name, item in value.items() if name not in _BLOBS}]
        inner = [item for name in _WRAPPERS if isinstance(item := value.get(name), dict)]
        if len(inner) > 1:
            raise MalformedError("The object holds more than one transaction.")
        if not inner:
            if found:
                return found
            break
        value = inner[0] if not found else {**inner[0], _BLOBS[0]: found[0]}
    raise MalformedError("The object holds no XRPL transaction: there is no TransactionType.")


def strict_form(fields: JsonObject, network: str | None) -> JsonObject:
    """Our JSON form of a transaction object: answer-only names dropped, aliases and X-addresses resolved.

    MalformedError: MALFORMED for unknown names and contradictions, NETWORK for an X-address of another kind
    of network than ``network`` (None: Mainnet is assumed later).
    """
    kept = {name: value for name, value in fields.items() if name not in ANSWER_ONLY}
    _resolve_deliver_max(kept)
    _resolve_x_addresses(kept, test=_is_test(kept, network))
    unknown = [name for name in kept if name not in FIELDS]
    if unknown:
        raise MalformedError(f"{unknown[0][:60]!r} is not a field of a transaction.")
    # A key that is missing means multi mode (CONTRACTS C1), which the bytes say with an empty one.
    kept.setdefault("SigningPubKey", "")
    return kept


def _is_test(fields: JsonObject, network: str | None) -> bool:
    return bool(fields.get("NetworkID")) or network not in (None, "xrpl:0")


def _resolve_deliver_max(fields: JsonObject) -> None:
    """DeliverMax is how API version 2 names a Payment's Amount."""
    if "DeliverMax" not in fields:
        return
    alias = fields.pop("DeliverMax")
    if fields.get("TransactionType") != "Payment":
        raise MalformedError("DeliverMax is a name for the Amount of a Payment alone.")
    if fields.setdefault("Amount", alias) != alias:
        raise MalformedError("Amount and DeliverMax are not the same.")


def _resolve_x_addresses(fields: JsonObject, *, test: bool) -> None:
    for name, value in list(fields.items()):
        field = FIELDS.get(name)
        if (
            field is None
            or field.type != "AccountID"
            or not isinstance(value, str)
            or not is_x_address(value)
        ):
            continue
        decoded = decode_x_address(value)
        if decoded.test != test:
            raise MalformedError(f"The X-address in {name} is for another network.", code="NETWORK")
        fields[name] = encode_address(decoded.account_id)
        if decoded.tag is not None:
            _set_tag(fields, name, decoded.tag)


def _set_tag(fields: JsonObject, name: str, tag: JsonValue) -> None:
    tag_field = _X_ADDRESS_TAGS.get(name)
    if tag_field is None:
        raise MalformedError(f"The X-address in {name} holds a tag, which {name} cannot have.")
    if fields.setdefault(tag_field, tag) != tag:
        raise MalformedError(f"The tag in the X-address of {name} is not the one in {tag_field}.")
