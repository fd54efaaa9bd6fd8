"""Typed reading of JSON objects of the ledger: entries, transactions and requests."""

from __future__ import annotations

from typing import TypeAlias

from signer_app.core.errors import UnforeseenError
from signer_app.core.json_types import JsonObject, JsonValue

#: A ledger entry in the field names of the XRPL documentation, without its index.
Entry: TypeAlias = JsonObject
#: An engine result such as ``tesSUCCESS``.
Result: TypeAlias = str

SUCCESS: Result = "tesSUCCESS"


def text(obj: JsonObject, name: str) -> str:
    """The string in field ``name``. A wrong type is a fault of the practice ledger, not of its client."""
    value = obj.get(name)
    if not isinstance(value, str):
        raise UnforeseenError(f"The ledger field {name} is no text.")
    return value


def number(obj: JsonObject, name: str, default: int | None = None) -> int:
    """The integer in field ``name``, or ``default`` where the field is absent."""
    value = obj.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnforeseenError(f"The ledger field {name} is no integer.")
    return value


def optional_number(obj: JsonObject, name: str) -> int | None:
    """The integer in field ``name``, or None where the field is absent."""
    return number(obj, name) if name in obj else None


def optional_text(obj: JsonObject, name: str) -> str | None:
    """The string in field ``name``, or None where the field is absent."""
    return text(obj, name) if name in obj else None


def member(obj: JsonObject, name: str) -> JsonObject:
    """The object in field ``name``."""
    value = obj.get(name)
    if not isinstance(value, dict):
        raise UnforeseenError(f"The ledger field {name} is no object.")
    return value


def rows(obj: JsonObject, name: str) -> list[JsonObject]:
    """The list of objects in field ``name``; empty where the field is absent."""
    value: JsonValue = obj.get(name, [])
    if not isinstance(value, list):
        raise UnforeseenError(f"The ledger field {name} is no list.")
    return [item for item in value if isinstance(item, dict)]


def inner_rows(obj: JsonObject, name: str, wrapper: str) -> list[JsonObject]:
    """The inner objects of an array of wrapped objects, such as ``Signers: [{Signer: {…}}]``."""
    return [member(row, wrapper) for row in rows(obj, name)]


def drops(obj: JsonObject, name: str) -> int:
    """The XRP amount in field ``name``, in drops."""
    return int(text(obj, name))
