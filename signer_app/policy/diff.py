"""What differs between two policy documents, entry by entry. Lists of entries with ids are paired by id."""

from __future__ import annotations

from collections.abc import Iterator

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument


def diff_policies(old: PolicyDocument, new: PolicyDocument) -> JsonObject:
    """{old: hash, new: hash, changes: [{change: added|removed|changed, path, before?, after?}]}."""
    changes: list[JsonValue] = list(_walk("", old.raw, new.raw))
    return {"old": old.hash, "new": new.hash, "changes": changes}


def _walk(path: str, before: JsonValue, after: JsonValue) -> Iterator[JsonObject]:
    if before == after:
        return
    left, right = _members(before), _members(after)
    if left is None or right is None:
        yield {"change": "changed", "path": path, "before": before, "after": after}
        return
    for name in sorted({*left, *right}):
        where = f"{path}.{name}" if path else name
        if name not in right:
            yield {"change": "removed", "path": where, "before": left[name]}
        elif name not in left:
            yield {"change": "added", "path": where, "after": right[name]}
        else:
            yield from _walk(where, left[name], right[name])


def _members(value: JsonValue) -> dict[str, JsonValue] | None:
    """An object's members, or a list's entries by their `id`; null for what is compared whole."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return None
    found: dict[str, JsonValue] = {}
    for entry in value:
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str) or name in found:
            return None
        found[name] = entry
    return found
