"""Writes the pages and parts of pages that are made from the code. `make docs` runs it; a test compares.

docs/errors.md is whole; in other pages everything between a line `<!-- made from … -->` and the next line
`<!-- end -->` is replaced.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import signer_app
from signer_app.core import errors
from signer_app.core.states import StateTable

DOCS = Path(__file__).resolve().parent
PACKAGE = Path(signer_app.__file__).resolve().parent

_PART = re.compile(r"(<!-- made from (?P<what>[^\n]+?) -->\n).*?(<!-- end -->\n)", re.DOTALL)

_FAMILIES = {
    "unforeseen": "A fault of the program",
    "usage": "The command line",
    "malformed": "Input that cannot be read",
    "denied": "Policy or lifecycle says no",
    "signer": "A signer, its process or its device",
    "node": "A ledger node or the network",
    "integrity": "Vault, store or journal",
    "not_found": "What is named does not exist",
    "conflict": "What exists is in another state",
}


def exit_codes() -> dict[str, int]:
    """Exit code of each family of errors."""
    return {
        errors.CATALOGUE[kind.default_code].family: kind.exit_code
        for kind in errors.CountersignError.__subclasses__()
    }


def errors_page() -> str:
    """docs/errors.md."""
    lines = [
        "# Error codes",
        "",
        "Made from `signer_app/core/errors.py` by `make docs`; do not edit this page.",
        "",
        'With `--json` an error is `{"ok":false,"error":{"code","message","hint","details"?}}`. The code is',
        "one of this closed list; its family fixes the exit code of the command. The message names the case",
        "at hand. A verdict of policy is no error: its check codes are in [checks.md](checks.md).",
        "",
    ]
    codes = exit_codes()
    for family, title in _FAMILIES.items():
        lines += [f"## {title}: exit {codes[family]}", "", "| code | meaning | what to do |", "|---|---|---|"]
        rows = sorted(
            (row for row in errors.CATALOGUE.values() if row.family == family), key=lambda row: row.code
        )
        lines += [f"| `{row.code}` | {row.sentence} | {row.hint} |" for row in rows]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def state_tables() -> dict[str, StateTable]:
    """Every StateTable of the package by its name. Only modules whose text makes one are imported."""
    tables: dict[str, StateTable] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "StateTable(" not in path.read_text(encoding="utf-8") or path.name == "states.py":
            continue
        parts = ("signer_app", *path.relative_to(PACKAGE).with_suffix("").parts)
        module = importlib.import_module(".".join(part for part in parts if part != "__init__"))
        for value in vars(module).values():
            if isinstance(value, StateTable):
                tables[value.name] = value
    return tables


def part(what: str) -> str:
    """The text between the marks `made from <what>` and `end`."""
    kind, _, name = what.partition(" ")
    if kind == "state-table":
        table = state_tables()[name]
        words = "\n".join(f"| `{state}` | {word} |" for state, word in table.words.items())
        return f"```mermaid\n{table.mermaid()}```\n\n| state | word in the windows |\n|---|---|\n{words}\n"
    raise LookupError(f"no generator for {what!r}")


def fill(page: str) -> str:
    """``page`` with all its generated parts made anew."""
    return _PART.sub(lambda match: f"{match.group(1)}{part(match.group('what'))}{match.group(3)}", page)


def pages() -> Iterator[tuple[Path, str]]:
    """(path, text as it should be) of every page that is generated or holds a generated part."""
    yield DOCS / "errors.md", errors_page()
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        if _PART.search(text):
            yield path, fill(text)


def main() -> int:
    """Write what changed; with --check only say what would change."""
    stale = [
        (path, text)
        for path, text in pages()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        sys.stdout.write(f"{path.relative_to(DOCS.parent)}\n")
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
