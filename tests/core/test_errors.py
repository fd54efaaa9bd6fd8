"""The tree of errors: a closed list of codes, and families that fix the exit code."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import signer_app
from signer_app.core import errors
from signer_app.core.errors import CATALOGUE, CountersignError

PACKAGE = Path(signer_app.__file__).parent

#: DESIGN section 5, with the family words of the catalogue.
EXIT_CODES = {
    "unforeseen": 1,
    "usage": 2,
    "malformed": 3,
    "denied": 4,
    "signer": 5,
    "node": 6,
    "integrity": 7,
    "not_found": 8,
    "conflict": 8,
}

CLASSES = {
    "unforeseen": errors.UnforeseenError,
    "usage": errors.UsageError,
    "malformed": errors.MalformedError,
    "denied": errors.DeniedError,
    "signer": errors.SignerError,
    "node": errors.NodeError,
    "integrity": errors.IntegrityError,
    "not_found": errors.NotFoundError,
    "conflict": errors.ConflictError,
}


def test_every_family_has_the_exit_code_of_the_design() -> None:
    assert {family: kind.exit_code for family, kind in CLASSES.items()} == EXIT_CODES
    assert set(CLASSES.values()) == set(CountersignError.__subclasses__())


@pytest.mark.parametrize("family", sorted(CLASSES))
def test_the_default_code_belongs_to_the_family(family: str) -> None:
    assert CATALOGUE[CLASSES[family].default_code].family == family


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_rows_of_the_catalogue(code: str) -> None:
    row = CATALOGUE[code]
    assert row.code == code
    assert re.fullmatch(r"[A-Z][A-Z0-9_]{2,40}", code)
    assert row.family in EXIT_CODES
    for text in (row.sentence, row.hint):
        assert text.endswith(".")
        assert text[0].isupper() or text.startswith("docs/")


def test_the_codes_are_unique() -> None:
    tree = ast.parse((PACKAGE / "core" / "errors.py").read_text())
    table = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id == "CATALOGUE"
    )
    assert isinstance(table, ast.Call)
    written = [ast.literal_eval(row)[0] for row in table.args]
    assert len(written) == len(set(written)) == len(CATALOGUE)


def test_an_error_says_what_it_is() -> None:
    error = errors.NodeError("The node is away.", details={"node": "a"})
    assert error.to_json() == {
        "code": "NODE_UNREACHABLE",
        "message": "The node is away.",
        "hint": CATALOGUE["NODE_UNREACHABLE"].hint,
        "details": {"node": "a"},
    }
    assert str(error) == "The node is away."
    assert "details" not in errors.NodeError("x").to_json()
    assert errors.NodeError("x", hint="Go home.").to_json()["hint"] == "Go home."


def test_a_code_outside_the_catalogue_cannot_be_raised() -> None:
    with pytest.raises(LookupError, match="NO_SUCH_CODE"):
        errors.NodeError("x", code="NO_SUCH_CODE")


@cache
def written() -> list[tuple[Path, ast.Call | ast.Raise]]:
    """Every call and raise of the package, each with its file."""
    return [
        (path, node)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(), str(path)))
        if isinstance(node, ast.Call | ast.Raise)
    ]


def calls() -> list[tuple[str, str, str]]:
    """(place, error class, code) of every construction of an error in the package with a written code."""
    names = {kind.__name__ for kind in CLASSES.values()}
    found = []
    for path, node in written():
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        for keyword in node.keywords:
            if name in names and keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                found.append((f"{path.relative_to(PACKAGE)}:{node.lineno}", name, keyword.value.value))
    return found


def test_every_code_that_is_raised_stands_in_the_catalogue() -> None:
    assert len(calls()) > 3  # or this test looks at nothing
    assert [call for call in calls() if call[2] not in CATALOGUE] == []


def test_a_code_is_raised_by_its_own_family() -> None:
    def fits(name: str, code: str) -> bool:
        return CLASSES[CATALOGUE[code].family].__name__ == name

    assert [call for call in calls() if call[2] in CATALOGUE and not fits(call[1], call[2])] == []


def test_nobody_raises_an_error_without_a_code() -> None:
    """ValueError and the like stay possible where a protocol asks for them (validators, buffers)."""
    strangers = []
    for path, node in written():
        if path.parent.name == "migrations":  # run by the migration runner, which maps what they raise
            continue
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = getattr(node.exc.func, "attr", getattr(node.exc.func, "id", ""))
            if name in {"Exception", "BaseException", "RuntimeError", "CountersignError"}:
                strangers.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {name}")
    assert strangers == []
