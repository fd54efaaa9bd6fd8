"""What tests of the window share: waiting in the loop, and closing windows. Fixtures are in conftest.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.shell.window import MainWindow

T = TypeVar("T")
Run = Callable[[Coroutine[object, object, T]], T]

#: Of the workspace that the fixture ``workspace_folder`` gives.
PASSPHRASE = b"violet anchor seven"


async def turns(count: int = 3) -> None:
    """Let the loop turn: what was posted, and what that posts. A coroutine never turns the loop itself: a
    task that becomes ready meanwhile is never woken again, and the test hangs.
    """
    for _ in range(count):
        await asyncio.sleep(0)


async def closed(window: MainWindow) -> None:
    """Close a window and wait until it is gone, its workspace closed and its thread ended."""
    ended = asyncio.Event()
    window.closed.connect(ended.set)
    window.close()
    async with asyncio.timeout(30):
        await ended.wait()
    window.idle.stop()
    window.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)


async def close_windows() -> None:
    """What a test that failed left open."""
    for widget in QtWidgets.QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow):
            await closed(widget)


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Let the loop run until ``condition`` holds; TimeoutError with the condition's name if it never does."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)
