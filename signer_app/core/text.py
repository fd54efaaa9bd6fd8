"""Safe text: what may be shown, and what in a text would deceive a reader.

Titles, notes, memos and labels come from others. They are data: never markup, never an input to a check other
than the TEXT_* checks here (CONTRACTS F; reference: Unicode UAX 9, UTS 39).
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_INVISIBLE_OTHERS = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0") | frozenset(
    # Variation selectors: marks without a shape, enough of them to carry a hidden text.
    map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CONFUSABLE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


#: What each of these says of a text.
FINDINGS = MappingProxyType(
    {
        "TEXT_BIDI": "holds marks that turn the direction of the text",
        "TEXT_INVISIBLE": "holds characters that cannot be seen",
        "TEXT_MIXED_SCRIPT": "mixes letters of scripts that look alike",
        "TEXT_FORMULA": "begins like a spreadsheet formula",
    }
)


def text_findings(text: str) -> list[str]:
    """Check codes that ``text`` raises: TEXT_BIDI, TEXT_INVISIBLE, TEXT_MIXED_SCRIPT, TEXT_FORMULA."""
    found: list[str] = []
    if any(char in _BIDI for char in text):
        found.append("TEXT_BIDI")
    if any(_is_invisible(char) for char in text):
        found.append("TEXT_INVISIBLE")
    if any(len(_scripts(word)) > 1 for word in text.split()):
        found.append("TEXT_MIXED_SCRIPT")
    if text.startswith(_FORMULA_STARTS):
        found.append("TEXT_FORMULA")
    return found


def safe_text(text: str, limit: int = 400) -> str:
    """``text`` for display on one line: NFC, hidden and control characters as \\u{…}, cut at ``limit``."""
    normal = unicodedata.normalize("NFC", text)
    shown = "".join(f"\\u{{{ord(char):x}}}" if _hidden(char) else char for char in normal)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def csv_cell(text: str) -> str:
    """``text`` so that a spreadsheet shows it instead of running it."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _hidden(char: str) -> bool:
    return char in _BIDI or _is_invisible(char)


def _is_invisible(char: str) -> bool:
    if char in _BIDI:
        return False
    return char in _INVISIBLE_OTHERS or unicodedata.category(char) in _INVISIBLE_CATEGORIES


def _scripts(word: str) -> set[str]:
    """Scripts of a word among those whose letters look alike."""
    found = set()
    for char in word:
        if char.isalpha():
            name = unicodedata.name(char, "").partition(" ")[0]
            if name in _CONFUSABLE_SCRIPTS:
                found.add(name)
    return found
