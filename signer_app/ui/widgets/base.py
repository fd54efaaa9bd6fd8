"""What the parts share: plain-text labels, layouts without surprises, painted widgets, and the focus ring."""

from __future__ import annotations

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, is_alive
from signer_app.ui.theme import theme
from signer_app.ui.theme.tokens import Tokens

Margins = tuple[int, int, int, int]
NO_MARGINS: Margins = (0, 0, 0, 0)


def label(
    text: str = "",
    role: str = "body",
    tone: str = "",
    *,
    wrap: bool = False,
    selectable: bool = False,
    name: str = "",
) -> QtWidgets.QLabel:
    """A label that shows text as it is: never markup, never a link. Names of roles are in theme/tokens.py."""
    made = QtWidgets.QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setOpenExternalLinks(False)
    made.setProperty("role", role)
    made.setProperty("tone", tone)
    made.setText(text)
    made.setWordWrap(wrap)
    if selectable:
        flags = Qt.TextInteractionFlag
        made.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
    if name:
        made.setObjectName(name)
    return made


def set_tone(widget: QtWidgets.QWidget, tone: str) -> None:
    """Change the tone of a label or frame that is shown already."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        repolish(widget)


def repolish(widget: QtWidgets.QWidget) -> None:
    """Let the style sheet look again at the properties of a widget."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def column(
    parent: QtWidgets.QWidget | None = None, *, spacing: int = 0, margins: Margins = NO_MARGINS
) -> QtWidgets.QVBoxLayout:
    """A vertical layout with exactly these distances."""
    made = QtWidgets.QVBoxLayout()
    made.setSpacing(spacing)
    made.setContentsMargins(*margins)
    if parent is not None:
        parent.setLayout(made)
    return made


def row(
    parent: QtWidgets.QWidget | None = None, *, spacing: int = 8, margins: Margins = NO_MARGINS
) -> QtWidgets.QHBoxLayout:
    """A horizontal layout with exactly these distances."""
    made = QtWidgets.QHBoxLayout()
    made.setSpacing(spacing)
    made.setContentsMargins(*margins)
    if parent is not None:
        parent.setLayout(made)
    return made


def plain(surface: str = "none") -> QtWidgets.QWidget:
    """A widget that only holds others, on a surface of the style sheet."""
    made = QtWidgets.QWidget()
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    made.setProperty("surface", surface)
    return made


def rule() -> QtWidgets.QFrame:
    """A thin line between rows."""
    made = QtWidgets.QFrame()
    made.setProperty("kind", "line")
    made.setFixedHeight(1)
    return made


def clear(layout: QtWidgets.QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


#: A row that turns out narrower asks for another line, its card for another height, the page for a bar.
_ROUNDS = 8


def settle() -> None:
    """Give everything its place now, before it is painted. What was just put into a layout gets its size only
    when the loop turns, and what wraps asks once more when it knows its width: until then parts lie on each
    other. Only requests of layouts are served; nothing else that waits in the loop runs.
    """
    for _ in range(_ROUNDS):
        QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.LayoutRequest)


class Elided(QtWidgets.QLabel):
    """A name or free text that may end in an ellipsis. Never for addresses, hashes or amounts.

    The whole text is the tooltip and the accessible name.
    """

    def __init__(self, text: str = "", role: str = "body", tone: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setProperty("tone", tone)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show ``text``, cut with an ellipsis where it does not fit."""
        super().setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Room for a few letters; the rest is cut."""
        metrics = self.fontMetrics()
        return QtCore.QSize(metrics.horizontalAdvance("Wi…"), metrics.height())

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The whole text."""
        metrics = self.fontMetrics()
        return QtCore.QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height())

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Draw as much as fits."""
        painter = QtGui.QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        option = QtWidgets.QStyleOption()
        option.initFrom(self)
        painter.setPen(option.palette.color(QtGui.QPalette.ColorRole.WindowText))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class Painted(QtWidgets.QWidget):
    """Base of parts that draw themselves: they follow theme and text size, and say what they show."""

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return theme().tokens

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        """A new theme or text size: measure and draw again."""
        if event.type() in (QtCore.QEvent.Type.StyleChange, QtCore.QEvent.Type.FontChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)


def text_width(role: str, text: str) -> int:
    """Width of ``text`` in pixels, rounded up, in the font of a role."""
    return QtGui.QFontMetrics(theme().font(role)).horizontalAdvance(text) + 1


def pen(painter: QtGui.QPainter, colour: str, width: float = 1.0) -> None:
    """Draw lines in ``colour``; ``width`` in pixels."""
    painter.setPen(QtGui.QPen(QtGui.QColor(colour), width))


def rounded(
    painter: QtGui.QPainter,
    box: QtCore.QRectF,
    radius: float,
    fill: str | None,
    edge: str | None,
    width: float = 1,
) -> None:
    """A rounded box whose edge lies inside ``box``."""
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    if edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        pen(painter, edge, width)
        half = width / 2
        box = box.adjusted(half, half, -half, -half)
    painter.setBrush(QtGui.QColor(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, radius, radius)


class FocusRing(QtCore.QObject):
    """Two pixels of accent, two away from what has the focus. One for each window; it follows.

    What is drawn lies in the nearest widget around what has the focus that has room for it, at most in the
    page that scrolls, so that it is cut where that is cut; it may be deleted together with it at any time.
    """

    GAP = 4

    def __init__(self, window: QtWidgets.QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._around: QtWidgets.QWidget | None = None
        self._ring: _Ring | None = None
        self._by_key = False
        app = QtWidgets.QApplication.instance()
        if isinstance(app, QtWidgets.QApplication):
            app.focusChanged.connect(self._moved)
            app.installEventFilter(self)

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
        if new is None or new is self._window or not self._window.isAncestorOf(new) or not self._wanted(new):
            return
        new.installEventFilter(self)
        # A view is ringed inside its edge, since what lies around it would cover a ring outside.
        inside = isinstance(new, QtWidgets.QAbstractScrollArea)
        self._around, self._ring = new, _Ring(new if inside else self._host(new), inside=inside)
        self._ring.destroyed.connect(self._lost)
        self._follow()
        self._ring.show()
        self._ring.raise_()

    def _leave(self) -> None:
        # A parent that is deleted takes both along, one after the other, and the focus moves in between.
        if self._around is not None and is_alive(self._around):
            self._around.removeEventFilter(self)
        if self._ring is not None and is_alive(self._ring):
            self._ring.destroyed.disconnect(self._lost)
            self._ring.hide()
            self._ring.deleteLater()
        self._around = self._ring = None

    def _lost(self) -> None:
        """The parent went, and with it the ring and what it was around."""
        self._around = self._ring = None

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802
        """Follow what has the focus when it moves; leave it before it is deleted. Remember whether a key or
        the pointer was used last."""
        kinds = QtCore.QEvent.Type
        if event.type() == kinds.KeyPress:
            self._by_key = True
            if self._around is None and watched is QtWidgets.QApplication.focusWidget():
                self._moved(None, QtWidgets.QApplication.focusWidget())  # it may be the only stop there is
        elif event.type() == kinds.MouseButtonPress:
            self._by_key = False
            if self._around is not None and not self._wanted(self._around):
                self._leave()
        if event.type() in (kinds.Move, kinds.Resize) and self._moves(watched):
            self._follow()
        elif watched is self._around and event.type() in (kinds.Hide, kinds.DeferredDelete, kinds.Destroy):
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

    def _moves(self, watched: QtCore.QObject) -> bool:
        """Whether the ring moves with it: what has the focus, or what lies between that and its host."""
        if self._around is None or self._ring is None or not is_alive(self._around):
            return False
        if watched is self._around:
            return True
        host = self._ring.parentWidget()
        if host is None or watched is host or not isinstance(watched, QtWidgets.QWidget):
            return False
        return watched.isAncestorOf(self._around) and host.isAncestorOf(watched)

    def _follow(self) -> None:
        if self._around is not None and self._ring is not None:
            gap = self.GAP
            host = self._ring.parentWidget() or self._window
            corner = self._around.mapTo(host, QtCore.QPoint(0, 0))
            outside = QtCore.QRect(corner, self._around.size()).adjusted(-gap, -gap, gap, gap)
            self._ring.setGeometry(self._around.rect() if self._ring.inside else outside)


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
