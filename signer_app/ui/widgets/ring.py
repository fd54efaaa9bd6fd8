"""The focus ring: two pixels of accent around what has the focus."""

from __future__ import annotations

from collections.abc import Iterator

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, is_alive
from signer_app.ui.theme import theme
from signer_app.ui.widgets.base import rounded


class FocusRing(QtCore.QObject):
    """Two pixels of accent, two away from what has the focus. One for each window; it follows.

    What is drawn lies in the nearest widget around what has the focus that has room for it, at most in the
    page that scrolls, so that it is cut where that is cut; it may be deleted together with it at any time.

    It looks at the window's own events and at those of what has the focus and of what holds that, never at
    the application's: a filter there would run for every event of every widget.
    """

    GAP = 4

    def __init__(self, window: QtWidgets.QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._focus: QtWidgets.QWidget | None = None
        self._around: QtWidgets.QWidget | None = None
        self._ring: _Ring | None = None
        self._watched: list[QtWidgets.QWidget] = []
        self._by_key = False
        app = QtWidgets.QApplication.instance()
        if isinstance(app, QtWidgets.QApplication):
            app.focusChanged.connect(self._moved)

    @property
    def around(self) -> QtWidgets.QWidget | None:
        """What the ring is drawn around now."""
        return self._around

    @property
    def place(self) -> QtCore.QRect | None:
        """Where the ring is, in the parent of what it is around; None without one."""
        return None if self._ring is None or not self._ring.isVisible() else self._ring.geometry()

    def _moved(self, _old: QtWidgets.QWidget | None, new: QtWidgets.QWidget | None) -> None:
        self._leave()
        if not is_alive(self._window):  # the focus moves once more while a window is taken apart
            return
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        if new is None or new is self._window or not self._window.isAncestorOf(new):
            return
        self._focus = new
        self._watch(new)
        if not self._wanted(new):
            return
        # A view is ringed inside its edge, since what lies around it would cover a ring outside.
        inside = isinstance(new, QtWidgets.QAbstractScrollArea)
        host = new if inside else self._host(new)
        self._around, self._ring = new, _Ring(host, inside=inside)
        self._ring.destroyed.connect(self._lost)
        for holder in _between(new, host):
            self._watch(holder)
        self._follow()
        self._ring.show()
        self._ring.raise_()

    def _watch(self, widget: QtWidgets.QWidget) -> None:
        widget.installEventFilter(self)
        self._watched.append(widget)

    def _leave(self) -> None:
        # A parent that is deleted takes both along, one after the other, and the focus moves in between.
        for widget in self._watched:
            if is_alive(widget):
                widget.removeEventFilter(self)
        self._watched.clear()
        if self._ring is not None and is_alive(self._ring):
            self._ring.destroyed.disconnect(self._lost)
            self._ring.hide()
            self._ring.deleteLater()
        self._focus = self._around = self._ring = None

    def _lost(self) -> None:
        """The parent went, and with it the ring and what it was around."""
        self._around = self._ring = None

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802
        """Follow what has the focus when it moves; leave it before it is deleted. Remember whether a key or
        the pointer was used last."""
        kinds, kind = QtCore.QEvent.Type, event.type()
        if kind == kinds.KeyPress:
            self._by_key = True
            if self._around is None and self._window.isActiveWindow():
                self._moved(None, QtWidgets.QApplication.focusWidget())  # it may be the only stop there is
        elif kind == kinds.MouseButtonPress:
            self._by_key = False
            if self._around is not None and not self._wanted(self._around):
                self._leave()
        elif kind in (kinds.Move, kinds.Resize) and watched in self._watched:
            self._follow()
        elif watched is self._focus and kind in (kinds.Hide, kinds.DeferredDelete, kinds.Destroy):
            self._leave()
        return False

    def _wanted(self, widget: QtWidgets.QWidget) -> bool:
        """Fields always; other things when they were reached by key, so that a click leaves no ring."""
        if isinstance(widget, QtWidgets.QLineEdit | QtWidgets.QPlainTextEdit):
            return True
        return self._by_key and widget.focusPolicy() != Qt.FocusPolicy.NoFocus

    def _host(self, widget: QtWidgets.QWidget) -> QtWidgets.QWidget:
        gap, host = self.GAP, widget.parentWidget() or widget
        while host is not self._window and not host.rect().contains(
            QtCore.QRect(widget.mapTo(host, QtCore.QPoint(0, 0)), widget.size()).adjusted(
                -gap, -gap, gap, gap
            )
        ):
            above = host.parentWidget()
            if above is None or isinstance(above, QtWidgets.QAbstractScrollArea):
                break
            host = above
        return host

    def _follow(self) -> None:
        if self._around is not None and self._ring is not None:
            gap = self.GAP
            host = self._ring.parentWidget() or self._window
            corner = self._around.mapTo(host, QtCore.QPoint(0, 0))
            outside = QtCore.QRect(corner, self._around.size()).adjusted(-gap, -gap, gap, gap)
            self._ring.setGeometry(self._around.rect() if self._ring.inside else outside)


def _between(widget: QtWidgets.QWidget, host: QtWidgets.QWidget) -> Iterator[QtWidgets.QWidget]:
    """What holds ``widget`` below ``host``: when one of them moves, so does the widget."""
    holder = widget.parentWidget()
    while widget is not host and holder is not None and holder is not host:
        yield holder
        holder = holder.parentWidget()


class _Ring(QtWidgets.QWidget):
    """What FocusRing draws."""

    def __init__(self, parent: QtWidgets.QWidget, *, inside: bool) -> None:
        super().__init__(parent)
        self.inside = inside
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """The ring."""
        painter = QtGui.QPainter(self)
        rounded(
            painter, QtCore.QRectF(self.rect()), 2 if self.inside else 8, None, theme().tokens.accent.text, 2
        )
