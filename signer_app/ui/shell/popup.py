"""What opens below a pill of the header: a few lines of detail, and a way to the page that has more."""

from __future__ import annotations

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, FocusRing, Icon, column, label, plain, row, set_tone, settle
from signer_app.ui.words.popups import Detail, Line

#: Pixels at 100 %: how wide it is where the window has room, and how far it stays from its edges.
WIDTH, EDGE = 440, 8
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class _Row(QtWidgets.QFrame):
    """One line; a stop of the keyboard, so that it can be heard."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        t = theme()
        self.setProperty("kind", "popup-row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        across = row(self, spacing=t.scaled(8), margins=(0, t.scaled(7), 0, t.scaled(7)))
        self._icon = Icon(line.icon, line.tone, "icon-button")
        across.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = column(spacing=t.scaled(1))
        across.addLayout(words, 1)
        head = row(spacing=t.scaled(8))
        self._title, self._state = label("", "label", wrap=True), label("", "small-strong")
        head.addWidget(self._title, 1)
        head.addWidget(self._state, 0, Qt.AlignmentFlag.AlignTop)
        words.addLayout(head)
        self._facts, self._next = label("", "small", "text2", wrap=True), label("", "small", wrap=True)
        words.addWidget(self._facts)
        words.addWidget(self._next)
        self.show_line(line)

    def show_line(self, line: Line) -> None:
        """How it is now."""
        self.setObjectName(f"popup.row.{line.key}")
        self.setAccessibleName(line.said)
        self._icon.show_icon(line.icon, line.tone)
        set_tone(self._state, "text2" if line.tone == "neutral" else line.tone)
        for part, text in (
            (self._title, line.title), (self._state, line.state), (self._facts, line.facts),
            (self._next, line.next_step),
        ):  # fmt: skip
            part.setText(text)
            part.setVisible(bool(text))


class _Scroller(QtWidgets.QScrollArea):
    """Asks for the height of all that it holds, and takes less."""

    def __init__(self, inner: QtWidgets.QWidget) -> None:
        super().__init__()
        self._inner = inner
        self.setWidgetResizable(True)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)

    def height_at(self, width: int) -> int:
        """All of it in this width."""
        layout = self._inner.layout()
        return layout.totalHeightForWidth(width) if layout is not None else 0

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """A line or two."""
        return QtCore.QSize(0, theme().scaled(40))

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Arrows go from line to line, which scrolls as well."""
        if event.key() in _STEPS:
            event.ignore()
        else:
            super().keyPressEvent(event)


class Popup(QtWidgets.QFrame):
    """A part of the window that lies over the page, below what opened it. Esc closes it and gives the focus
    back; Tab and the arrows go round in it; a press elsewhere, or a focus that moves away, closes it too.

    It is no window of its own: the keys of the window, above all the one that locks, go on working.
    """

    #: It is gone.
    closed = Signal()
    #: The person asks for the page with more.
    more = Signal()

    def __init__(self, window: QtWidgets.QWidget, opener: QtWidgets.QWidget, title: str, link: str) -> None:
        super().__init__(window)
        t = theme()
        self._window, self._opener = window, opener
        self._lines: tuple[Line, ...] = ()
        self._rows: list[_Row] = []
        self.setProperty("kind", "popup")
        self.setAccessibleName(title)
        pad = t.scaled(10)
        self._box = column(self, spacing=t.scaled(6), margins=(pad, t.scaled(12), pad, t.scaled(8)))
        head = label(title, "section")
        self._box.addWidget(head)
        self._summary = label("", "small", "text2", wrap=True)
        self._box.addWidget(self._summary)
        inner = plain()
        ring = FocusRing.GAP  # the lines keep room for it, and all other words stand in line with theirs
        self._list = column(inner, spacing=t.scaled(2), margins=(ring, ring, ring, ring))
        self._scroller = _Scroller(inner)
        self._box.addWidget(self._scroller, 1)
        self._foot = label("", "small", "text3", wrap=True)
        self._box.addWidget(self._foot)
        for words in (head, self._summary, self._foot):
            words.setContentsMargins(ring, 0, ring, 0)
        self.link = ActionButton(link, kind="link", name="popup.more")
        self._box.addWidget(self.link, 0, Qt.AlignmentFlag.AlignLeft)
        self.link.triggered.connect(self._more)
        app = QtWidgets.QApplication.instance()
        if isinstance(app, QtWidgets.QApplication):
            app.focusChanged.connect(self._focus_moved)
            app.installEventFilter(self)

    # -- what it shows -------------------------------------------------------------------------------------

    def show_detail(self, detail: Detail) -> None:
        """Show this. What has the focus keeps it while its line is there."""
        for part, text in ((self._summary, detail.summary), (self._foot, detail.foot)):
            part.setText(text)
            part.setVisible(bool(text))
        now = detail.lines
        if [line.key for line in now] == [line.key for line in self._lines]:
            for shown, line in zip(self._rows, now, strict=True):
                shown.show_line(line)
        else:
            self._rebuild(now)
        self._lines = now
        self._scroller.setVisible(bool(now))
        self.place()

    def _rebuild(self, lines: tuple[Line, ...]) -> None:
        focused = next((index for index, shown in enumerate(self._rows) if shown.hasFocus()), None)
        made = [_Row(line) for line in lines]
        for shown in made:
            self._list.addWidget(shown)
            shown.show()  # at once: what is not seen takes no focus
        if focused is not None:
            stop = made[min(focused, len(made) - 1)] if made else self.link
            stop.setFocus(Qt.FocusReason.OtherFocusReason)
        for old in self._rows:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._rows = made

    def open_up(self) -> None:
        """Be seen, with the focus in the first line."""
        self.place()
        self.raise_()
        self.show()
        self._stops()[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self) -> None:
        """Below its pill and inside the window, as high as what it says; the lines scroll where that is more
        than there is."""
        t = theme()
        settle()
        edge = t.scaled(EDGE)
        room = self._window.rect().adjusted(edge, edge, -edge, -edge)
        below = self._opener.mapTo(self._window, self._opener.rect().bottomRight())
        width = min(t.scaled(WIDTH), room.width())
        top = below.y() + t.scaled(4)
        height = min(self._needed(width), max(0, room.bottom() - top))
        left = max(room.left(), min(below.x() - width, room.right() - width))
        self.setGeometry(left, top, width, height)

    def _needed(self, width: int) -> int:
        margins, inside = self._box.contentsMargins(), width - 2
        inside -= margins.left() + margins.right()
        total, shown = margins.top() + margins.bottom() + 2, 0
        for number in range(self._box.count()):
            item = self._box.itemAt(number)
            widget = item.widget() if item is not None else None
            if widget is None or widget.isHidden():
                continue
            shown += 1
            if widget is self._scroller:
                total += self._scroller.height_at(inside)
            elif widget.hasHeightForWidth():
                total += widget.heightForWidth(inside)
            else:
                total += widget.sizeHint().height()
        return total + self._box.spacing() * max(0, shown - 1)

    # -- how it goes away ----------------------------------------------------------------------------------

    def close_up(self) -> None:
        """Go away; the focus goes back to what opened it, unless it is elsewhere by now."""
        app = QtWidgets.QApplication.instance()
        if isinstance(app, QtWidgets.QApplication):
            app.focusChanged.disconnect(self._focus_moved)
            app.removeEventFilter(self)
        if self._holds(QtWidgets.QApplication.focusWidget()):
            self._opener.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()
        self.deleteLater()
        self.closed.emit()

    def _more(self) -> None:
        self.close_up()
        self.more.emit()

    def _holds(self, widget: QtWidgets.QWidget | None) -> bool:
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    def _focus_moved(self, _old: QtWidgets.QWidget | None, new: QtWidgets.QWidget | None) -> None:
        if new is not None and self.isVisible() and not self._holds(new):
            self.close_up()

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802 - Qt's name
        """A press outside closes it; one on its pill is that pill's affair. Another size: another place."""
        kind = event.type()
        if kind == QtCore.QEvent.Type.MouseButtonPress and isinstance(watched, QtWidgets.QWidget):
            if self.isVisible() and not self._holds(watched) and watched is not self._opener:
                self.close_up()
        elif kind == QtCore.QEvent.Type.Resize and watched is self._window:
            self.place()
        return False

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802
        """A press on it ends here, and is none on what lies below."""
        event.accept()

    # -- keys ----------------------------------------------------------------------------------------------

    def _stops(self) -> list[QtWidgets.QWidget]:
        return [*self._rows, self.link]

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Round and round in it: Esc is the way out."""
        self._step(1 if forward else -1)
        return True

    def _step(self, by: int) -> None:
        stops, now = self._stops(), QtWidgets.QApplication.focusWidget()
        at = stops.index(now) if now in stops else -1
        target = stops[(at + by) % len(stops)]
        target.setFocus(Qt.FocusReason.TabFocusReason if by > 0 else Qt.FocusReason.BacktabFocusReason)
        if target is not self.link:
            self._scroller.ensureWidgetVisible(target, 0, 4)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Esc, and the arrows."""
        if event.key() == Qt.Key.Key_Escape:
            event.accept()
            self.close_up()
        elif event.key() in _STEPS:
            event.accept()
            self._step(_STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
