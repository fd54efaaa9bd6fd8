"""Members of journal records as the store keeps them."""

from __future__ import annotations

from signer_app.core.canonical import canonical
from signer_app.core.errors import IntegrityError
from signer_app.core.json_types import JsonObject, JsonValue


def text(record: JsonObject, name: str) -> str:
    """A member that must be a text. IntegrityError STORE_BROKEN."""
    value = record.get(name)
    if not isinstance(value, str):
        raise IntegrityError(f"A journal record lacks {name}.", code="STORE_BROKEN")
    return value


def json_text(value: JsonValue) -> str:
    """Canonical JSON text, for a JSON column."""
    return canonical(value).decode("utf-8")
