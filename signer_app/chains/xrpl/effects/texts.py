"""Texts in the bytes that people may read: memos, domains, URIs.

They are claims, never an input to an effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from signer_app.chains.xrpl.effects.context import hex_text
from signer_app.core.inspection import TextField
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import FINDINGS, text_findings
from signer_app.core.warning import Warning  # the field's word; not the builtin

MEMO_FIELDS: Final = frozenset({"MemoType", "MemoFormat", "MemoData"})
_TEXT_FIELDS: Final = ("Domain", "URI")


def texts_of(fields: JsonObject, path: str = "") -> tuple[TextField, ...]:
    """Every text of one transaction, with its place ("Memos[0].MemoData")."""
    prefix = f"{path}." if path else ""
    found = [
        TextField(f"{prefix}Memos[{index}].{name}", text)
        for index, memo in enumerate(memos_of(fields))
        for name, text in _decoded(memo, sorted(memo.keys() & MEMO_FIELDS))
    ]
    found += [TextField(f"{prefix}{name}", text) for name, text in _decoded(fields, _TEXT_FIELDS)]
    return tuple(found)


def memos_of(fields: JsonObject) -> list[JsonObject]:
    """The inner objects of Memos."""
    memos = fields.get("Memos")
    items = memos if isinstance(memos, list) else []
    inner = [item.get("Memo") if isinstance(item, dict) else None for item in items]
    return [memo for memo in inner if isinstance(memo, dict)]


def memo_text(fields: JsonObject) -> str | None:
    """What a Transfer says as memo: the data of all memos, as text where it is text, else as hex."""
    found = [memo["MemoData"] for memo in memos_of(fields) if "MemoData" in memo]
    shown = [hex_text(data) or data for data in found if isinstance(data, str)]
    return "\n".join(shown) if shown else None


def text_warnings(texts: tuple[TextField, ...]) -> tuple[Warning, ...]:
    """TEXT_* for each text that would deceive a reader."""
    return tuple(
        Warning(code, f"{field.path} {FINDINGS[code]}.", field.path)
        for field in texts
        for code in text_findings(field.text)
    )


def _decoded(fields: JsonObject, names: tuple[str, ...] | list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        value: JsonValue = fields.get(name)
        if isinstance(value, str) and value:
            text = hex_text(value)
            if text is not None:
                yield name, text
