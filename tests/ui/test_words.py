"""Every word of the window lies in ui/words: nothing that a person reads is written elsewhere in the room."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import signer_app.ui

ROOM = Path(signer_app.ui.__file__).parent
WORDS = ROOM / "words"
#: Words between spaces, a sentence's end, or a word that begins with a capital: what people read. Names of
#: objects, kinds, icons and tones are in small letters without spaces.
_SHOWN = re.compile(r"[A-Za-z]{2,}[,;:]? +[A-Za-z]|^ [a-z]{2,}|[a-z]{2,} $|^[A-Z][a-z]+(?![A-Za-z+])|…")
#: Names of the world outside that look like words: fonts, the organisation of the settings, keys, kinds.
_NAMES = frozenset(
    {"Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans", "JetBrains Mono", "Cascadia Mono",
     "Menlo", "DejaVu Sans Mono", "Fusion", "Countersign", "Ctrl+", "Unknown"}
)  # fmt: skip

#: What is given to these is a type, a style, a measure, a letter to cut off or a pattern.
_UNSHOWN = frozenset({"cast", "TypeVar", "setStyleSheet", "horizontalAdvance", "rstrip", "compile"})


def _called(function: ast.expr) -> str:
    return str(getattr(function, "id", None) or getattr(function, "attr", ""))


def _unread(tree: ast.Module) -> set[int]:
    """Ids of constants that nobody is shown: docstrings, faults of the program, what is compared, `__all__`,
    annotations and names of types."""
    hidden: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            hidden += [first] if isinstance(first, ast.Expr) else []
        if isinstance(node, ast.Raise | ast.Compare | ast.Assert):
            hidden.append(node)
        if isinstance(node, ast.Assign) and any(
            getattr(name, "id", "") == "__all__" for name in node.targets
        ):
            hidden.append(node)
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            hidden.append(node.annotation)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            hidden.append(node.returns)
        if isinstance(node, ast.Call) and _called(node.func) in _UNSHOWN:
            hidden.append(node)
    return {id(part) for node in hidden for part in ast.walk(node)}


def shown_words(source: str) -> Iterator[tuple[int, str]]:
    """Lines and literals of a module that a person would read."""
    tree = ast.parse(source)
    unread = _unread(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in unread:
            text = node.value
            if text not in _NAMES and text.strip('"…') and _SHOWN.search(text):
                yield node.lineno, text


def test_it_finds_what_a_person_reads() -> None:
    source = '''"""A page."""
label("Nothing to sign")
label("Sign")
label(f"{count} of {most} signed")
card = Card(words.TITLE, "lock", name=f"inbox.{key}")
raise LookupError("No such action.")
if kind == "Transfer": ...
'''
    assert [text for _, text in shown_words(source)] == ["Nothing to sign", "Sign", " of ", " signed"]


def test_nothing_outside_the_words_is_read_by_people() -> None:
    found = [
        f"{path.relative_to(ROOM)}:{line}: {text!r}"
        for path in sorted(ROOM.rglob("*.py"))
        if WORDS not in path.parents
        for line, text in shown_words(path.read_text(encoding="utf-8"))
    ]
    assert found == []
