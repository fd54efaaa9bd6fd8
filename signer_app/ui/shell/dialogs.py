"""Dialogs over a veil, one at a time: the frame that all share, and find."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from signer_app.ui import strings
from signer_app.ui.loop import ask
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.shell.actions import BY_ID
from signer_app.ui.shell.page import Hit
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


def find_pages(text: str) -> list[Hit]:
    """Pages of the navigation whose name has ``text``; the finder that is always there."""
    wanted = text.casefold()
    return [Hit(words, "", key) for key, words in strings.PAGES.items() if wanted in words.casefold()]


class FindDialog(Dialog):
    """Type, see, choose. ``search`` is asked after each letter and answers at once from what is loaded."""

    chosen = Signal(str, str)

    def __init__(
        self, parent: QtWidgets.QWidget, search: Callable[[str], Sequence[Hit]], network_class: str = ""
    ) -> None:
        super().__init__(parent, strings.FIND_TITLE, network_class)
        self._search = search
        self._hits: Sequence[Hit] = ()
        t = theme()
        self.resize(t.scaled(620), t.scaled(440))
        self.input = QtWidgets.QLineEdit()
        self.input.setObjectName("find.input")
        self.input.setPlaceholderText(strings.FIND_HINT)
        self.input.setAccessibleName(strings.FIND_HINT)
        self.input.setMaxLength(200)
        self.content.addWidget(self.input)
        self.list = QtWidgets.QListView()
        self.list.setObjectName("find.results")
        self.list.setProperty("rows", "true")
        self.list.setWordWrap(True)
        self.list.setAccessibleName(strings.FIND_RESULTS)
        self.list.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self._model = QtGui.QStandardItemModel(self)
        self.list.setModel(self._model)
        self.content.addWidget(self.list, 1)
        self.words = label(strings.FIND_START, "small", "text3")
        self.content.addWidget(self.words)
        self.input.textChanged.connect(self._changed)
        self.list.activated.connect(self._choose)
        self.list.clicked.connect(self._choose)
        self.input.installEventFilter(self)
        self.input.setFocus()

    def _changed(self, text: str) -> None:
        wanted = text.strip()
        self._hits = self._search(wanted) if len(wanted) >= 2 else ()
        self._model.clear()
        for hit in self._hits:
            item = QtGui.QStandardItem(f"{hit.title}    {hit.detail}")
            item.setToolTip(f"{hit.title}\n{hit.detail}")
            self._model.appendRow(item)
        if self._hits:
            self.list.setCurrentIndex(self._model.index(0, 0))
        self.words.setText(
            strings.FIND_START if len(wanted) < 2 else "" if self._hits else strings.FIND_NOTHING
        )

    def _choose(self, index: QtCore.QModelIndex) -> None:
        if index.isValid() and index.row() < len(self._hits):
            hit = self._hits[index.row()]
            self.accept()
            self.chosen.emit(hit.page, hit.argument)

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802
        """Down and Up move in the list while the letters stay in the field; Enter goes there."""
        if (
            watched is self.input
            and isinstance(event, QtGui.QKeyEvent)
            and event.type() == event.Type.KeyPress
        ):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                QtWidgets.QApplication.sendEvent(self.list, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)
