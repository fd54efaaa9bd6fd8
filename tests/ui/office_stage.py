"""A main window over a real workspace of three people on a practice ledger.

The fixtures are for conftest.py: a module that imported one would make ledger and workspaces of its own.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from window_help import turns, until

_TESTS = Path(__file__).resolve().parents[1]
for _room in ("proposals", "practice", "workspace"):
    sys.path.insert(0, str(_TESTS / _room))

from ledger_office import LedgerTemplate  # noqa: E402 - found through the line above
from ledger_process import LedgerProcess  # noqa: E402
from offices import SECRETS, Offices, Template  # noqa: E402

from signer_app.ui.qt import QtCore, QtWidgets  # noqa: E402
from signer_app.ui.settings import ViewSettings  # noqa: E402
from signer_app.ui.shell.page import Page  # noqa: E402
from signer_app.ui.shell.window import MainWindow  # noqa: E402


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    root = tmp_path_factory.mktemp("ui-offices")
    with LedgerProcess(root / "ledger") as ledger:
        yield Template(root, ledger)


@pytest.fixture
def offices(template: Template, tmp_path: Path) -> Offices:
    return template.copy(tmp_path / "offices")


@pytest.fixture(scope="session")
def ledger_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerTemplate]:
    """The same treasury; carol's key is on a practice device."""
    root = tmp_path_factory.mktemp("ledger-offices")
    with LedgerProcess(root / "ledger") as ledger:
        yield LedgerTemplate(root, ledger)


@pytest.fixture
def ledger_offices(ledger_template: LedgerTemplate, tmp_path: Path) -> Offices:
    return ledger_template.copy(tmp_path / "offices")


@asynccontextmanager
async def window_of(
    folder: Path, passphrase: bytes, settings: ViewSettings, page: str, *, offline: bool = False
) -> AsyncIterator[MainWindow]:
    """The window, open, on this page, whose first reading has ended."""
    app = QtWidgets.QApplication.instance()
    assert isinstance(app, QtWidgets.QApplication)
    app.setQuitOnLastWindowClosed(False)  # as ui/loop.py run(): the loop ends with its coroutine
    window = MainWindow(settings)
    window.resize(1440, 900)
    window.show()
    try:
        await window.session.open(folder, bytearray(passphrase), offline=offline)
        window.go(page)
        await settled(window)
        yield window
    finally:
        window.close()
        await until(lambda: window.session.locked and not window.isVisible())
        await window.tasks.settle()
        window.deleteLater()
        # In this loop still: a window that is deleted while the next test's loop begins takes it down.
        QtWidgets.QApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)


def passphrase_of(name: str) -> bytes:
    """The vault passphrase of a person of the offices."""
    return SECRETS[f"{name}.vault"].encode()


async def settled(window: MainWindow) -> Page:
    """The page in view, when nothing runs on it any more."""
    page = window.page
    assert page is not None
    await page.tasks.settle()
    await turns()
    return page
