"""Pages made from the code are as fresh as the code."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from signer_app.core.errors import CATALOGUE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GENERATOR = runpy.run_path(str(DOCS / "generate.py"))


def test_the_checked_in_pages_are_current() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, text in GENERATOR["pages"]()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `make docs`"


def test_every_error_code_has_one_row() -> None:
    rows = [
        line.split("`")[1] for line in (DOCS / "errors.md").read_text().splitlines() if line.startswith("| `")
    ]
    assert sorted(rows) == sorted(CATALOGUE)


def test_every_state_table_is_drawn() -> None:
    drawn = (DOCS / "architecture.md").read_text()
    tables = GENERATOR["state_tables"]()
    assert "Proposal" in tables
    assert [name for name in tables if f"<!-- made from state-table {name} -->" not in drawn] == []


def test_a_stale_part_is_found() -> None:
    page = "a\n<!-- made from state-table Proposal -->\nold\n<!-- end -->\nb\n"
    filled = GENERATOR["fill"](page)
    assert filled != page
    assert "DRAFT --> PENDING" in filled
    assert filled.startswith("a\n<!-- made from")
    assert filled.endswith("<!-- end -->\nb\n")
    assert GENERATOR["fill"](filled) == filled


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(LookupError):
        GENERATOR["fill"]("<!-- made from nothing at all -->\n<!-- end -->\n")


def links() -> list[tuple[str, str]]:
    found = []
    for page in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]:
        for piece in page.read_text(encoding="utf-8").split("](")[1:]:
            target = piece.split(")")[0].split("#")[0]
            if target and "://" not in target and not (page.parent / target).exists():
                found.append((str(page.relative_to(ROOT)), target))
    return found


def test_links_between_pages_lead_somewhere() -> None:
    assert links() == []
