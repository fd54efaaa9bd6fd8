"""docs/requirements.md: every row leads to code and tests that exist, and an open row claims nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "docs" / "requirements.md", ROOT / "docs" / "threat-model.md")
STATES = ("built", "part", "open")


def rows() -> list[tuple[str, str, str, str, str]]:
    """(id, requirement, where, test, state) of each row."""
    found = []
    for line in PAGES[0].read_text(encoding="utf-8").splitlines():
        if re.match(r"\| [0-9]+\.[0-9]+ \|", line):
            cells = tuple(cell.strip() for cell in line.strip("|").split(" | "))
            assert len(cells) == 5, line
            found.append((cells[0], cells[1], cells[2], cells[3], cells[4].strip(" |")))
    return found


def named(text: str) -> list[str]:
    """Paths in back quotes."""
    return [name for name in re.findall(r"`([^`]+)`", text) if re.match(r"[\w.-]+/", name)]


def defines(path: Path, test: str) -> bool:
    """Whether ``path`` defines the test, as pytest would name it without parameters."""
    names = test.split("::")
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for name in names:
        matches = [
            node
            for node in body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name
        ]
        if not matches:
            return False
        body = matches[0].body
    return True


def missing(name: str) -> bool:
    path, _, test = name.partition("::")
    if not (ROOT / path).exists():
        return True
    if path.endswith("/"):
        return not any((ROOT / path).rglob("*.py"))
    return bool(test) and not defines(ROOT / path, test)


def test_the_ids_are_unique_and_in_order() -> None:
    ids = [tuple(map(int, row[0].split("."))) for row in rows()]
    assert len(ids) > 60
    assert ids == sorted(set(ids))
    assert {item for item, _ in ids} == set(range(1, 15))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_rows(row: tuple[str, str, str, str, str]) -> None:
    _, requirement, where, test, state = row
    assert state.split(":")[0] in STATES
    assert requirement
    assert [name for name in named(where) + named(test) if missing(name)] == []
    if state == "built":
        assert named(test), "a requirement that is built has a test"
    else:
        assert ":" in state, "what is missing is said"


def test_every_test_that_the_threat_model_names_is_there() -> None:
    names = [name for name in named(PAGES[1].read_text(encoding="utf-8")) if name.startswith("tests/")]
    assert len(names) > 20
    assert [name for name in sorted(set(names)) if missing(name)] == []


def test_every_place_that_the_architecture_names_is_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    names = [name for name in re.findall(r"`([\w./-]+/[\w./-]*)`", page) if "<" not in name]
    # A room is named from the package, a generated-later place by its pattern in words.
    gone = [
        name for name in names if not (ROOT / name).exists() and not (ROOT / "signer_app" / name).exists()
    ]
    assert len(names) > 15
    assert [name for name in gone if name != "migrations/"] == []
