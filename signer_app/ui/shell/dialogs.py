"""Dialogs over a veil, one at a time, and the frame that all share."""

from __future__ import annotations

from collections.abc import Callable

from signer_app.ui import strings
from signer_app.ui.loop import ask
from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.shell.actions import BY_ID
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, FocusRing, NetworkFrame, column, label, row

#: How much of the window the veil hides.
VEIL = 0.52


class Veil(QtWidgets.QWidget):
    """A translucent sheet over the window while a dialog is open. It takes clicks and gives nothing."""

    def __init__(self, window: QtWidgets.QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.hide()

    def cover(self) -> None:
        """Lie over the whole window."""
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The sheet."""
        colour = QtGui.QColor(theme().tokens.veil)
        colour.setAlphaF(VEIL)
        QtGui.QPainter(self).fillRect(self.rect(), colour)


class DialogHost:
    """Shows one dialog at a time over the veil; a second one waits for nothing and is refused."""

    def __init__(self, window: QtWidgets.QWidget, lock: Callable[[], None]) -> None:
        """``lock`` locks the window. Qt keeps the window's own keys from a dialog over it; this one works
        there too, because it is the one that a person needs when somebody comes in.
        """
        self._veil, self._lock = Veil(window), lock
        self.current: QtWidgets.QDialog | None = None

    async def ask(self, dialog: QtWidgets.QDialog) -> int:
        """The dialog's result; Rejected at once if another dialog is open."""
        if self.current is not None:
            dialog.deleteLater()
            return int(QtWidgets.QDialog.DialogCode.Rejected)
        self.current = dialog
        QtGui.QShortcut(QtGui.QKeySequence(BY_ID["lock"].keys), dialog, self._lock)
        self._veil.cover()
        try:
            return await ask(dialog)
        finally:
            self.current = None
            self._veil.hide()

    def resized(self) -> None:
        """The window has another size."""
        if self._veil.isVisible():
            self._veil.cover()

    def close(self) -> None:
        """Close what is open: the window is being locked."""
        if self.current is not None:
            self.current.reject()


class Dialog(QtWidgets.QDialog):
    """Base of dialogs: window-modal, framed as the network, Esc cancels, Enter presses nothing."""

    def __init__(self, parent: QtWidgets.QWidget, title: str, network_class: str = "") -> None:
        super().__init__(parent)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        outer = column(self)
        self.frame = NetworkFrame(network_class)
        outer.addWidget(self.frame)
        t = theme()
        self.content = column(
            spacing=t.scaled(12), margins=(t.scaled(20), t.scaled(16), t.scaled(20), t.scaled(16))
        )
        self.frame.body.addLayout(self.content)
        self.title = label("", "title", wrap=True)
        self.content.addWidget(self.title)
        self.show_title(title)
        self.ring = FocusRing(self)

    def show_title(self, title: str) -> None:
        """What it is about, in its head and for the desktop."""
        self.title.setText(title)
        self.setWindowTitle(f"{title} – {strings.APP}")

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Enter never presses a button that is not in focus; haste is designed out."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)

    def add_buttons(self, *buttons: ActionButton) -> None:
        """Buttons at the right of the last line; Cancel or Close is the first of them."""
        line = row()
        line.addStretch(1)
        for button in buttons:
            line.addWidget(button)
        self.content.addLayout(line)
