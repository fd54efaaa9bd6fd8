"""The window over somebody's workspace, driven to the pages of the signing dialog."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from device_process import DeviceProcess
from window_help import until

from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.session import Session
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.signing.dialog import SignDialog


def press(widget: QtWidgets.QWidget, key: Qt.Key, shift: bool = False) -> None:
    """A key, down and up again."""
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    for kind in (QtGui.QKeyEvent.Type.KeyPress, QtGui.QKeyEvent.Type.KeyRelease):
        QtWidgets.QApplication.sendEvent(widget, QtGui.QKeyEvent(kind, key, held))


async def in_app(nano: DeviceProcess) -> None:
    """The XRP app is open on a device."""

    def open_app() -> None:
        with nano.control() as control:
            control.do("open", app="XRP")
        nano.wait(lambda screen: bool(screen["plugged"]) and screen["app"] == "XRP")

    await asyncio.to_thread(open_app)


class Desk:
    """The window over one workspace, and the dialog for one proposal."""

    def __init__(self, folder: Path, vault: str, keys: str, settings: ViewSettings) -> None:
        """``vault`` and ``keys`` are the passphrases."""
        self.folder, self._vault, self._keys = folder, vault, keys
        self.window = MainWindow(settings)
        self.window.show()
        self.session: Session = self.window.session
        self.asking: asyncio.Task[int] | None = None

    async def unlock(self) -> None:
        """Open the workspace."""
        await self.session.open(self.folder, bytearray(self._vault.encode()))

    async def open(self, identifier: str) -> SignDialog:
        """The dialog, once it shows the keys to choose from."""
        if self.session.locked:
            await self.unlock()
        self.dialog = SignDialog(self.window, self.window, identifier)
        await asyncio.sleep(0)  # as sign_proposal() does
        self.asking = asyncio.create_task(self.window.dialogs.ask(self.dialog))
        await until(lambda: self.dialog.choose.buttons or self.stopped, 100)
        assert not self.stopped, self.dialog.stopped.accessibleName()
        return self.dialog

    @property
    def stopped(self) -> bool:
        """Whether the dialog says why it does not go on."""
        return self.dialog._stack.currentWidget() is self.dialog.stopped

    async def pass_phrase(self, text: str | None = None) -> None:
        """Type it where it is asked for, and go on."""
        dialog = self.dialog
        assert dialog._stack.currentWidget() is dialog.unlock
        dialog.unlock.passphrase.setText(text or self._keys)
        dialog.go_on.click()

    async def to_compare(self, device: str = "") -> None:
        """With the key on ``device``, or with the one that is chosen, to the lines to compare."""
        dialog = self.dialog
        for button in dialog.choose.buttons:
            if button.choice.device == device:
                button.click()
        dialog.go_on.click()
        if dialog._stack.currentWidget() is dialog.unlock:
            await self.pass_phrase()
        await until(lambda: dialog.compare.lines.rows or self.stopped, 100)
        assert not self.stopped, dialog.stopped.accessibleName()

    def tick_all(self) -> None:
        """Every line was compared."""
        for _ in self.dialog.compare.lines.rows:
            press(self.dialog.compare.lines, Qt.Key.Key_Space)

    async def to_question(self, nano: DeviceProcess) -> None:
        """Every line was compared, and the device asks."""
        for _ in self.dialog.compare.lines.rows:  # nobody presses twice in one turn of the loop
            press(self.dialog.compare.lines, Qt.Key.Key_Space)
            await asyncio.sleep(0.02)
        self.dialog.go_on.click()
        await until(lambda: self.dialog.rail.at == 3, 100)
        await asyncio.to_thread(nano.question)


async def sign_on_the_other(
    desk: Desk, identifier: str, first: DeviceProcess, second: DeviceProcess, stop: Callable[[int], None]
) -> None:
    """``stop`` is called with the process that asks the first device, in the middle of the exchange; the
    person cancels, and signs with the key on the second.
    """
    await desk.open(identifier)
    await desk.to_compare(first.name)
    await desk.to_question(first)
    pid = desk.session.connected._process.pid
    assert pid is not None
    stop(pid)
    press(desk.dialog, Qt.Key.Key_Escape)
    assert desk.asking is not None
    assert await desk.asking == 0
    assert desk.session.busy_with, "the dialog goes at once, the attempt ends after it"
    await asyncio.sleep(0.3)  # as long as a hand needs at least
    await desk.open(identifier)
    await desk.to_compare(second.name)
    await desk.to_question(second)
    with second.control() as control:
        control.do("approve")
    await until(lambda: desk.dialog.rail.at == 5 or desk.stopped, 100)
    assert not desk.stopped, desk.dialog.stopped.accessibleName()
    desk.dialog.go_on.click()
    assert await desk.asking == 1
