"""The offices of tests/workspace/offices.py: one template for the tests of a file, a copy for each test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_TESTS = Path(__file__).resolve().parents[1]
for _room in ("proposals", "practice", "workspace"):
    sys.path.insert(0, str(_TESTS / _room))

from ledger_office import LedgerTemplate  # noqa: E402 - found through the line above
from ledger_process import LedgerProcess  # noqa: E402
from offices import Offices, Template  # noqa: E402


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    root = tmp_path_factory.mktemp("offices")
    with LedgerProcess(root / "ledger") as ledger:
        yield Template(root, ledger)


@pytest.fixture
def offices(template: Template, tmp_path: Path) -> Offices:
    return template.copy(tmp_path / "offices")


@pytest.fixture(scope="session")
def ledger_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerTemplate]:
    root = tmp_path_factory.mktemp("ledger-offices")
    with LedgerProcess(root / "ledger") as ledger:
        yield LedgerTemplate(root, ledger)


@pytest.fixture
def ledger_offices(ledger_template: LedgerTemplate, tmp_path: Path) -> Offices:
    return ledger_template.copy(tmp_path / "offices")
