"""Why a signer cannot sign certain bytes: found from the bytes, before a device or a person is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signer_app.core.errors import CATALOGUE

TOO_LARGE: Final = "DEV_TOO_LARGE"
UNSUPPORTED: Final = "DEV_UNSUPPORTED"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """``code`` is one of the error catalogue, ``message`` a sentence for a person.

    ``path`` names the field that is the reason ("Memos[0].Memo.MemoData"), empty for the whole transaction.
    """

    code: str
    message: str
    path: str = ""

    def __post_init__(self) -> None:
        if self.code not in CATALOGUE:
            raise LookupError(f"error code {self.code!r} is not in the catalogue")
