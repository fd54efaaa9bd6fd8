"""Dialogs over a veil, one at a time, and the frame that all share."""

from __future__ import annotations

from collections.abc import Callable

from signer_app.ui.loop import ask
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.shell.actions import BY_ID
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    FocusRing,
    NetworkFrame,
    Reasons,
    WhyDisabled,
    column,
    label,
    plain,
    row,
    settle,
    tab_through,
)
from signer_app.ui.words import strings

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
        #: Called when no dialog is open any more.
        self.freed: Callable[[], None] = lambda: None
        #: Whether the last dialog went because the window was locked, and not by a person.
        self.was_closed = False

    async def ask(self, dialog: QtWidgets.QDialog) -> int:
        """The dialog's result; Rejected at once if another dialog is open."""
        if self.current is not None:
            dialog.deleteLater()
            return int(QtWidgets.QDialog.DialogCode.Rejected)
        self.current, self.was_closed = dialog, False
        QtGui.QShortcut(QtGui.QKeySequence(BY_ID["lock"].keys), dialog, self._lock)
        self._veil.cover()
        try:
            return await ask(dialog)
        finally:
            self.current = None
            self._veil.hide()
            self.freed()

    def resized(self) -> None:
        """The window has another size."""
        if self._veil.isVisible():
            self._veil.cover()
        if isinstance(self.current, Dialog):
            self.current.keep_inside()

    def close(self) -> None:
        """Close what is open: the window is being locked."""
        if self.current is not None:
            self.was_closed = True
            self.current.reject()


class _Middle(QtWidgets.QScrollArea):
    """What a dialog says and asks. It scrolls where the window has less room than that needs."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inner = plain()
        self.setWidget(self.inner)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """All of it."""
        return self.inner.sizeHint()

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Its whole width and a few lines of it."""
        least, bar = self.inner.minimumSizeHint(), self.verticalScrollBar().sizeHint().width()
        return QtCore.QSize(least.width() + bar, min(least.height(), theme().scaled(80)))

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802
        """Something in it was shown, hidden or said otherwise: the dialog looks again."""
        if event.type() == QtCore.QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def height_at(self, width: int) -> int:
        """How high all of it is in this width."""
        inner = self.inner
        return inner.heightForWidth(width) if inner.hasHeightForWidth() else inner.sizeHint().height()


class Dialog(QtWidgets.QDialog):
    """Base of dialogs: window-modal, framed as the network, Esc cancels, Enter presses nothing. It is never
    larger than its window: the middle scrolls then, and the row of buttons below it stays in view."""

    def __init__(
        self, parent: QtWidgets.QWidget, title: str, network_class: str = "", *, scrolls: bool = True
    ) -> None:
        """``scrolls``: False for one whose pages scroll by themselves."""
        super().__init__(parent)
        self._window = parent.window()
        self.setWindowModality(Qt.WindowModality.WindowModal)
        outer = column(self)
        # The size is this class's affair: else the layout makes a dialog as large as what it holds.
        outer.setSizeConstraint(QtWidgets.QLayout.SizeConstraint.SetNoConstraint)
        self.frame = NetworkFrame(network_class)
        outer.addWidget(self.frame)
        t = theme()
        side, edge = t.scaled(20), t.scaled(16)
        self.content = column(spacing=t.scaled(12), margins=(side, edge, side, edge))
        self._last: QtWidgets.QLayout | None = None
        self._middle = _Middle() if scrolls else None
        if self._middle is None:
            self.frame.body.addLayout(self.content)
        else:
            self._middle.inner.setLayout(self.content)
            self.frame.body.addWidget(self._middle, 1)
        self.title = label("", "title", wrap=True)
        self.content.addWidget(self.title)
        self.show_title(title)
        self.ring = FocusRing(self)
        self._later = QtCore.QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.keep_inside)

    def show_title(self, title: str) -> None:
        """What it is about, in its head and for the desktop."""
        self.title.setText(title)
        self.setWindowTitle(f"{title} – {strings.APP}")

    def add_buttons(self, *buttons: ActionButton) -> None:
        """Buttons at the right of the last line; Cancel or Close is the first of them. Above them stands why
        the last one, which does something, is off."""
        line, foot = row(), column(spacing=theme().scaled(10))
        foot.addWidget(Reasons(buttons[-1]))
        line.addStretch(1)
        for button in buttons:
            line.addWidget(button)
        foot.addLayout(line)
        self._take_foot(foot)
        tab_through(*buttons)

    def _take_foot(self, line: QtWidgets.QLayout) -> None:
        """Below what scrolls."""
        margins, t = self.content.contentsMargins(), theme()
        line.setContentsMargins(margins.left(), t.scaled(10), margins.right(), margins.bottom())
        margins.setBottom(t.scaled(2))
        self.content.setContentsMargins(margins)
        self.frame.body.addLayout(line)
        self._last = line

    def _find_foot(self) -> None:
        """A line of buttons that was put below the content by hand stays in view too."""
        at = self.content.count() - 1
        item = self.content.itemAt(at)
        line = item.layout() if item is not None else None
        if line is None or self._last is not None or self._middle is None:
            return
        held = (line.itemAt(number) for number in range(line.count()))
        widgets = [part.widget() for part in held if part is not None]
        if any(isinstance(widget, ActionButton | WhyDisabled) for widget in widgets):
            self.content.takeAt(at)
            self._take_foot(line)

    # -- its size ------------------------------------------------------------------------------------------

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - Qt's name
        """Take the size that it needs before it is seen."""
        if visible and not self.isVisible():
            self._find_foot()
            self.ensurePolished()
            sized = self.testAttribute(Qt.WidgetAttribute.WA_Resized)
            self._size_to(self.width() if sized else self.sizeHint().width(), self.height() if sized else 0)
        super().setVisible(visible)

    def fit(self) -> None:
        """As high as what is shown now needs, once the layout has run."""
        QtCore.QTimer.singleShot(0, self, lambda: self._size_to(self.width(), 0))

    def bring(self, part: QtWidgets.QWidget) -> None:
        """Scroll to a part that has just been shown, once the dialog has its size."""
        QtCore.QTimer.singleShot(0, part, lambda: self._bring(part))

    def _bring(self, part: QtWidgets.QWidget) -> None:
        settle()
        self.keep_inside()
        settle()
        if self._middle is not None and part.isVisible():
            self._middle.ensureWidgetVisible(part, 0, theme().scaled(12))

    def keep_inside(self) -> None:
        """Larger where what is shown needs it, never larger than the window."""
        if self.isVisible():
            self._size_to(self.width(), self.height())

    def _size_to(self, width: int, height: int) -> None:
        """This size, or more where more is needed, inside the window and over its middle."""
        room, least = self._window.size().boundedTo(self.maximumSize()), 0
        self.setMinimumWidth(min(self.minimumWidth(), room.width()))
        if self._middle is not None:
            least = max(self.minimumWidth(), self.minimumSizeHint().width())
        width = min(max(width, least), room.width())
        wanted = QtCore.QSize(width, min(max(height, self._needed(width)), room.height()))
        if wanted == self.size() and self.isVisible():
            return
        self.resize(wanted)
        # Both have the same frame, or none: corners are those of frames.
        left = self._window.size() - wanted
        self.move(self._window.pos() + QtCore.QPoint(left.width() // 2, left.height() // 2))

    def _needed(self, width: int) -> int:
        """How high all of it is in this width."""
        if self._middle is None:
            return 0
        around, below = self.frame.body.contentsMargins(), 0
        inside = width - around.left() - around.right()
        if self._last is not None:
            below = self._last.sizeHint().height()
            below = self._last.heightForWidth(inside) if self._last.hasHeightForWidth() else below
        return around.top() + around.bottom() + self._middle.height_at(inside) + below

    def event(self, event: QtCore.QEvent) -> bool:
        """Something was shown, hidden or said otherwise."""
        if event.type() == QtCore.QEvent.Type.LayoutRequest and self.isVisible():
            self._later.start()
        return super().event(event)

    # -- keys ----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Enter never presses a button that is not in focus; haste is designed out. Page Up and Page Down
        scroll from wherever the focus is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        steps = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if self._middle is not None and event.key() in steps:
            bar = self._middle.verticalScrollBar()
            bar.setValue(bar.value() + steps[Qt.Key(event.key())] * bar.pageStep())
            event.accept()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """What the focus comes to is in view."""
        moved = super().focusNextPrevChild(forward)
        now: QtWidgets.QWidget | None = QtWidgets.QApplication.focusWidget()
        if self._middle is not None and now is not None and self._middle.inner.isAncestorOf(now):
            self._middle.ensureWidgetVisible(now)
        return moved
