"""The drawing of a Nano: what stands on its screen, or should. The same for the signing dialog and for the
window of a practice device. A device is dark in both themes."""

from __future__ import annotations

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.theme.tokens import DEVICE
from signer_app.ui.widgets import Painted
from signer_app.ui.widgets.base import rounded


class NanoDrawing(Painted):
    """Case, two buttons and a screen with a title, up to four lines, and arrows where there is more."""

    def __init__(self, width: int = 244, name: str = "") -> None:
        super().__init__()
        self._width = width
        self.setObjectName(name)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)
        self.title, self.lines = "", tuple[str, ...]()
        self.back = self.forward = False
        self.pressed: str = ""

    def show_page(
        self, title: str, lines: tuple[str, ...] = (), *, back: bool = False, forward: bool = False
    ) -> None:
        """Show another page. ``back`` and ``forward``: whether there is one before and behind it."""
        self.title, self.lines, self.back, self.forward = title, lines, back, forward
        self.setAccessibleName(", ".join(part for part in (title, *lines) if part))
        self.update()

    def draw_in(self, width: int) -> None:
        """As wide as this, at 100 % of the text size."""
        self._width = width
        self.updateGeometry()

    def show_press(self, button: str) -> None:
        """Draw ``left``, ``right`` or ``both`` buttons as held; "" releases them."""
        self.pressed = button
        self.update()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """As wide as it was made, and two fifths as high."""
        width = theme().scaled(self._width)
        return QtCore.QSize(width, round(width * 0.42))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The same: a screen is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """The device."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        width, height = self.width(), self.height()
        top = height * 0.06
        for side, left in (("left", 0.30), ("right", 0.62)):
            held = self.pressed in (side, "both")
            place = QtCore.QRectF(width * left, top * (0.5 if held else 0), width * 0.13, top * 2)
            rounded(painter, place, 3, theme().tokens.accent.fill if held else DEVICE.button, None)
        case = QtCore.QRectF(0, top, width, height - top)
        rounded(painter, case, case.height() * 0.42, DEVICE.case, DEVICE.edge, 1)
        right = QtCore.QRectF(width * 0.55, top, width * 0.45, height - top)
        rounded(painter, right, 6, DEVICE.case, None)
        screen = QtCore.QRectF(width * 0.17, top + height * 0.13, width * 0.77, height * 0.70)
        rounded(painter, screen, 3, DEVICE.screen, None)
        self._draw_words(painter, screen)

    def _draw_words(self, painter: QtGui.QPainter, screen: QtCore.QRectF) -> None:
        painter.setPen(QtGui.QColor(DEVICE.ink))
        count = 1 + len(self.lines)
        step = min(screen.height() / max(count, 4), screen.height() / 4)
        start = screen.top() + (screen.height() - step * count) / 2
        centre = Qt.AlignmentFlag.AlignCenter
        for number, text in enumerate((self.title, *self.lines)):
            font = theme().font("caption-strong" if number == 0 else "caption")
            font.setPixelSize(max(8, round(step * 0.68)))
            room = screen.width() - 2 * screen.width() * 0.09
            wide = QtGui.QFontMetricsF(font).horizontalAdvance(text)
            if wide > room:
                font.setPixelSize(max(6, int(font.pixelSize() * room / wide)))
            painter.setFont(font)
            line = QtCore.QRectF(screen.left(), start + number * step, screen.width(), step)
            painter.drawText(line, centre, text)
        painter.setFont(theme().font("section"))
        edge = screen.adjusted(5, 0, -5, 0)
        if self.back:
            painter.drawText(edge, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "‹")
        if self.forward:
            painter.drawText(edge, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, "›")
