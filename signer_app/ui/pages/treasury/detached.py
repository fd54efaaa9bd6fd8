"""The treasury in a window of its own: the same picture as the page, for a second screen.

It reads nothing itself: the page gives it each picture, closes it on lock, and its place is remembered.
"""

from __future__ import annotations

from collections.abc import Callable

from signer_app.ui.pages.treasury.board import Board
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.page import page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import FocusRing, NetworkChip, NetworkFrame, column, plain
from signer_app.ui.words import treasury as words

PLACE = "treasury"
DEFAULT, MINIMUM = QtCore.QSize(1200, 800), QtCore.QSize(640, 480)


class TreasuryWindow(QtWidgets.QWidget):
    """Framed as its network. Closing it leaves the page as it is."""

    closed = Signal()

    def __init__(
        self, settings: ViewSettings, workspace: str, network_class: str, acts: dict[str, Callable[[], None]]
    ) -> None:
        """``acts``: keys in Qt's portable text, and what they do."""
        super().__init__(None, Qt.WindowType.Window)
        t = theme()
        self._settings = settings
        self.setObjectName("treasury.window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setProperty("surface", "bg")
        self.setMinimumSize(MINIMUM)
        self.setWindowTitle(words.window_title(workspace))
        self.setAccessibleName(words.window_title(workspace))
        self.frame = NetworkFrame(network_class)
        column(self).addWidget(self.frame)
        inside = plain("bg")
        self.frame.body.addWidget(inside)
        box = column(inside, spacing=t.size("gap"))
        head, self.sub = page_head(words.TITLE)
        chip = NetworkChip()
        chip.show_network(network_class)
        head.addWidget(chip)
        margin = t.size("margin")
        head.setContentsMargins(margin, t.scaled(14), margin, 0)
        box.addLayout(head)
        self.board = Board()
        box.addWidget(self.board, 1)
        self.ring = FocusRing(self)
        for keys, act in acts.items():
            QtGui.QShortcut(QtGui.QKeySequence(keys), self).activated.connect(act)
        place = settings.layout(PLACE)
        if place is None or not self.restoreGeometry(place):
            self.resize(DEFAULT)

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Remember the place."""
        self._settings.save_layout(PLACE, self.saveGeometry())
        self._settings.sync()
        self.closed.emit()
        super().closeEvent(event)
