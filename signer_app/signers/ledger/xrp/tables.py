"""What differs between versions of the XRP app, and the font: screens.json, read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from signer_app.core.resources import package_path
from signer_app.signers.ledger.xrp.values import Words


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the app.

    ``models`` are those that its recordings speak for. ``names`` gives the title of a ledger field,
    ``unknown`` stands for all others. ``signing`` and ``rejecting`` are the screens that close a review.
    """

    models: frozenset[str]
    names: Mapping[str, str]
    unknown: str
    words: Words
    signing: tuple[str, ...]
    rejecting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Font:
    """Widths in pixels by character, of a full line, lines of a page, and where a line may break."""

    widths: Mapping[str, int]
    line: int
    lines: int
    break_at: frozenset[str]


_DATA = json.loads(package_path("signer_app.signers.ledger.xrp", "screens.json").read_text(encoding="utf-8"))


def _font() -> Font:
    row = _DATA["glyphs"]
    widths = {char: int(width) for width, chars in row["widths"].items() for char in chars}
    return Font(MappingProxyType(widths), row["line"], row["lines"], frozenset(row["break_at"]))


def _versions() -> dict[str, Version]:
    result = {}
    for version, row in _DATA["versions"].items():
        words = Words(
            types=MappingProxyType(row["types"]),
            unknown=row["unknown"],
            flags={kind: tuple((bit, word) for word, bit in of.items()) for kind, of in row["flags"].items()},
            no_flags=row["no_flags"],
            no_known_flag=row["no_known_flag"],
            account_flags={int(number): word for number, word in row["account_flags"].items()},
            unknown_account_flag=row["unknown_account_flag"],
        )
        result[version] = Version(
            models=frozenset(row["models"]),
            names=MappingProxyType(row["names"]),
            unknown=row["unknown"],
            words=words,
            signing=tuple(row["signing"]),
            rejecting=tuple(row["rejecting"]),
        )
    return result


FONT: Final = _font()
VERSIONS: Final[Mapping[str, Version]] = MappingProxyType(_versions())
#: What an unknown version is compared with: the last one that was recorded.
LATEST: Final = list(VERSIONS.values())[-1]
