"""The keyboard is never nowhere: when what had the focus is deleted, it goes back to the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from signer_app.ui.qt import Qt, QtCore, QtWidgets


class FocusKeeper(QtCore.QObject):
    """Watches one window. A page that draws its cards anew deletes the button that was pressed."""

    def __init__(self, window: QtWidgets.QWidget, home: Callable[[], QtWidgets.QWidget | None]) -> None:
        """``home`` names what gets the focus then, if anything."""
        super().__init__(window)
        self._window, self._home = window, home
        app = QtWidgets.QApplication.instance()
        if isinstance(app, QtWidgets.QApplication):
            app.focusChanged.connect(self._moved)

    def _moved(self, _old: QtWidgets.QWidget | None, new: QtWidgets.QWidget | None) -> None:
        if new is None:  # Later: something may take it by itself, and what had it is being deleted now.
            QtCore.QTimer.singleShot(0, self, self._bring_home)

    def _bring_home(self) -> None:
        if self._window.isActiveWindow() and QtWidgets.QApplication.focusWidget() is None:
            home = self._home()
            if home is not None:
                home.setFocus(Qt.FocusReason.OtherFocusReason)
                if not home.hasFocus():  # a holder of things: its first one
                    home.focusNextChild()


def move_pane(panes: Sequence[QtWidgets.QWidget], step: int) -> None:
    """Give the focus to the pane so many steps after the one that holds it."""
    now = QtWidgets.QApplication.focusWidget()
    held = [now is not None and (pane is now or pane.isAncestorOf(now)) for pane in panes]
    at = held.index(True) if True in held else -1
    target = panes[(at + step) % len(panes)]
    target.setFocus(Qt.FocusReason.TabFocusReason)
    if not target.hasFocus():
        target.focusNextChild()
