"""What the parts share: plain-text labels, layouts without surprises, and painted widgets."""

from __future__ import annotations

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
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


def roomy(inner: QtWidgets.QWidget) -> QtWidgets.QScrollArea:
    """Where there is less room than ``inner`` needs, as with large text in a small window, one scrolls and
    nothing is cut."""
    made = QtWidgets.QScrollArea()
    made.setWidgetResizable(True)
    made.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(inner)
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
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        option = QtWidgets.QStyleOption()
        option.initFrom(self)
        painter.setPen(option.palette.color(QtGui.QPalette.ColorRole.WindowText))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


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
