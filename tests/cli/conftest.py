"""The offices of tests/workspace/offices.py, for the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_TESTS = Path(__file__).resolve().parents[1]
for _room in ("proposals", "practice", "workspace", "signers"):
    sys.path.insert(0, str(_TESTS / _room))

from ledger_process import LedgerProcess  # noqa: E402 - found through the line above
from offices import Offices, Template  # noqa: E402


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    root = tmp_path_factory.mktemp("offices")
    with LedgerProcess(root / "ledger") as ledger:
        yield Template(root, ledger)


@pytest.fixture
def offices(template: Template, tmp_path: Path) -> Offices:
    return template.copy(tmp_path / "offices")
