"""One practice ledger for the tests of a module.

Tests make accounts of their own and close ledgers by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ledger_process import Bank, LedgerProcess


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerProcess]:
    with LedgerProcess(tmp_path_factory.mktemp("ledger")) as process:
        yield process


@pytest.fixture(scope="module")
def bank(ledger: LedgerProcess) -> Bank:
    return Bank(ledger)
