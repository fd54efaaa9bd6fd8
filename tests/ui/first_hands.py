"""A newcomer at the window: what they press and type, by keyboard, and what they see."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot
from room import cramped, nameless
from window_help import closed, turns, until

from signer_app.ui.pages.setup import SetupPage
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.widgets import ActionButton

SIZES = ((1440, 900), (1024, 700))


class Newcomer:
    """Works on one window."""

    def __init__(self, settings: ViewSettings, qtbot: QtBot) -> None:
        app = QtWidgets.QApplication.instance()
        assert isinstance(app, QtWidgets.QApplication)
        app.setQuitOnLastWindowClosed(False)
        self.bot = qtbot
        self.window = MainWindow(settings)
        self.window.resize(*SIZES[0])
        self.window.show_first_run()
        self.window.show()

    def button(self, name: str) -> ActionButton:
        found = [b for b in self.window.findChildren(ActionButton, name) if b.isVisibleTo(self.window)]
        assert len(found) == 1, f"{name}: {len(found)}"
        return found[0]

    def press(self, name: str) -> None:
        """With the space bar."""
        button = self.button(name)
        assert button.reason == "", f"{name}: {button.reason}"
        button.setFocus()
        self.bot.keyClick(button, Qt.Key.Key_Space)

    def field(self, name: str) -> QtWidgets.QLineEdit:
        found = [f for f in self.window.findChildren(QtWidgets.QLineEdit, name) if f.isVisibleTo(self.window)]
        assert len(found) == 1, f"{name}: {len(found)}"
        return found[0]

    def type(self, name: str, words: str) -> None:
        field = self.field(name)
        field.setFocus()
        field.selectAll()
        self.bot.keyClicks(field, words)

    def text(self, name: str) -> str:
        found = self.window.findChild(QtWidgets.QLabel, name)
        assert found is not None, name
        return found.text()

    def shown(self, name: str) -> bool:
        return any(w.isVisibleTo(self.window) for w in self.window.findChildren(QtWidgets.QWidget, name))

    def choose_file(self, path: Path) -> None:
        """In the dialog that is open."""
        (dialog,) = [d for d in self.window.findChildren(QtWidgets.QFileDialog) if d.isVisible()]
        dialog.selectFile(str(path))
        dialog.accept()

    @property
    def setup(self) -> SetupPage:
        page = self.window.page
        assert isinstance(page, SetupPage), page
        return page

    async def settled(self) -> None:
        """Nothing runs any more on the page in view."""
        if self.window.page is not None:
            await self.window.page.tasks.settle()
        await turns()

    async def at(self, step: str) -> None:
        """On this step of the set-up, which has room for everything at both sizes."""
        await until(lambda: isinstance(self.window.page, SetupPage) and self.setup.step == step)
        await self.settled()
        await self.looks_right()

    async def go_on(self, step: str) -> None:
        """Next."""
        self.press("setup.next")
        await self.at(step)

    async def looks_right(self) -> None:
        """Nothing is cut off, and everything that can have the focus has a name."""
        for size in SIZES:
            self.window.resize(*size)
            await turns()
            tight = cramped(self.window)
            assert tight == [], (size, tight)
        assert nameless(self.window) == []
        self.window.resize(*SIZES[0])

    async def lock_and_open(self, passphrase: str) -> None:
        """Lock, and open the same workspace again."""
        window = self.window
        window.lock()
        await until(lambda: window.session.locked and window.unlock.isVisibleTo(window))
        await window.tasks.settle()
        self.bot.keyClicks(window.unlock.passphrase, passphrase)
        self.bot.keyClick(window.unlock.passphrase, Qt.Key.Key_Return)
        await until(lambda: not window.session.locked, 30)

    @property
    def error(self) -> str:
        """The banner of what failed, or nothing."""
        banner = self.window.findChild(QtWidgets.QWidget, "banner.error")
        return banner.accessibleName() if banner is not None and banner.isVisibleTo(self.window) else ""

    async def end(self) -> None:
        """Close the window, and wait for everything that it started."""
        await closed(self.window)
