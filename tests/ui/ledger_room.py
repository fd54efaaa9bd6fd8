"""A real treasury on a practice ledger for tests of the window; carol's key is on a practice device.

A test module imports the two fixtures by name.
"""

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
from offices import Offices  # noqa: E402


@pytest.fixture(scope="module")
def ledger_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerTemplate]:
    root = tmp_path_factory.mktemp("ledger-offices")
    with LedgerProcess(root / "ledger") as ledger:
        yield LedgerTemplate(root, ledger)


@pytest.fixture
def ledger_offices(ledger_template: LedgerTemplate, tmp_path: Path) -> Offices:
    return ledger_template.copy(tmp_path / "offices")
