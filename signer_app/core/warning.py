"""What a reader of a transaction should know besides its effects (CONTRACTS C2)."""

from __future__ import annotations

from dataclasses import dataclass

from signer_app.core.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class Warning:  # the field's word; the builtin is an exception class and not used here
    """A danger visible without facts. ``code`` is a check code."""

    code: str
    message: str
    path: str = ""

    def to_json(self) -> JsonObject:
        return {"code": self.code, "message": self.message, "path": self.path}
