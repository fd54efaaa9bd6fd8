"""A main window over a real workspace of three people on a practice ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from offices import SECRETS
from window_help import turns, until

from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.page import Page
from signer_app.ui.shell.window import MainWindow


@asynccontextmanager
async def window_of(
    folder: Path, passphrase: bytes, settings: ViewSettings, page: str, *, offline: bool = False,
    held: bool = False,
) -> AsyncIterator[MainWindow]:  # fmt: skip
    """The window, open, on this page, whose first reading has ended. ``held``: to look only, because another
    has the workspace open.
    """
    app = QtWidgets.QApplication.instance()
    assert isinstance(app, QtWidgets.QApplication)
    app.setQuitOnLastWindowClosed(False)  # as ui/loop.py run(): the loop ends with its coroutine
    window = MainWindow(settings)
    window.resize(1440, 900)
    window.show()
    try:
        await window.session.open(folder, bytearray(passphrase), offline=offline, look_only=held, held=held)
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
