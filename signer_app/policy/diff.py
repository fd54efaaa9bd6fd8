"""What differs between two policy documents, entry by entry. Lists of entries with ids are paired by id.

Each difference says which way it goes where that can be decided from it alone (policy/direction.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.direction import direction_of
from signer_app.policy.document import PolicyDocument


@dataclass(frozen=True, slots=True)
class Change:
    """``change`` is added, removed or changed; ``direction`` is tighter, looser or different."""

    change: str
    path: tuple[str, ...]
    before: JsonValue
    after: JsonValue
    direction: str

    def to_json(self) -> JsonObject:
        """{change, path, direction, before?, after?}."""
        result: JsonObject = {
            "change": self.change,
            "path": ".".join(self.path),
            "direction": self.direction,
        }
        if self.change != "added":
            result["before"] = self.before
        if self.change != "removed":
            result["after"] = self.after
        return result


def changes(old: PolicyDocument, new: PolicyDocument) -> tuple[Change, ...]:
    """Every difference, in the order of names."""
    kinds = {rule.id: rule.kind for rule in (*old.rules, *new.rules)}
    return tuple(
        Change(change, path, before, after, direction_of(change, path, before, after, kinds))
        for change, path, before, after in _walk((), old.raw, new.raw)
    )


def diff_policies(old: PolicyDocument, new: PolicyDocument) -> JsonObject:
    """{old: hash, new: hash, changes: [{change, path, direction, before?, after?}]} (Change.to_json)."""
    found: list[JsonValue] = [change.to_json() for change in changes(old, new)]
    return {"old": old.hash, "new": new.hash, "changes": found}


def _walk(
    path: tuple[str, ...], before: JsonValue, after: JsonValue
) -> Iterator[tuple[str, tuple[str, ...], JsonValue, JsonValue]]:
    if before == after:
        return
    left, right = _members(before), _members(after)
    if left is None or right is None:
        yield "changed", path, before, after
        return
    for name in sorted({*left, *right}):
        where = (*path, name)
        if name not in right:
            yield "removed", where, left[name], None
        elif name not in left:
            yield "added", where, None, right[name]
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
