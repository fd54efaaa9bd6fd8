"""The steps at the left of the signing dialog."""

from __future__ import annotations

from collections.abc import Sequence

from signer_app.ui.qt import Qt, QtCore, QtGui
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets import Painted
from signer_app.ui.widgets.base import pen, rounded
from signer_app.ui.words.shared import so_many_of

#: Width of the steps, with their words and as numbers.
LONG, SHORT = 206, 56


class Rail(Painted):
    """The steps at the left: done, the present one, those to come, each with a word below."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sign.step")
        self.short = False
        self.shorten(False)
        self.steps: tuple[str, ...] = ()
        self.at = 0
        self.below: dict[int, str] = {}

    def show_steps(self, steps: Sequence[str], at: int, below: dict[int, str]) -> None:
        """``at`` is the present step, from 0; ``below`` says more about a step."""
        self.steps, self.at, self.below = tuple(steps), at, dict(below)
        self.setAccessibleName(f"{so_many_of(at + 1, len(steps))}, {steps[min(at, len(steps) - 1)]}")
        self.setToolTip("\n".join(f"{number}  {text}" for number, text in enumerate(steps, 1)))
        self.update()

    def shorten(self, short: bool) -> None:
        """Numbers alone, where the page needs the room; the words are its tooltip and its name."""
        self.short = short
        self.setFixedWidth(theme().scaled(SHORT if short else LONG))
        self.update()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """Six steps."""
        return QtCore.QSize(self.width(), theme().scaled(360))

    @property
    def step(self) -> int:
        """From one step to the next, in pixels."""
        return min(theme().scaled(54), self.height() // max(1, len(self.steps)))

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Circle, word, word below."""
        painter, t = QtGui.QPainter(self), theme()
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QtGui.QColor(t.tokens.sunken))
        step, side = self.step, t.scaled(6 if self.short else 12)
        for number, text in enumerate(self.steps):
            top = min(t.scaled(14), (step - t.scaled(24)) // 2) + number * step
            if number == self.at:
                box = QtCore.QRectF(side, top, self.width() - 2 * side, min(step, t.scaled(48)))
                rounded(painter, box, 8, t.tokens.surface, t.tokens.line)
            self._draw(painter, number, text, top)

    def _draw(self, painter: QtGui.QPainter, number: int, text: str, top: int) -> None:
        t = theme()
        left = (self.width() - t.scaled(24)) / 2 if self.short else t.scaled(22)
        circle = QtCore.QRectF(left, top + t.scaled(12), t.scaled(24), t.scaled(24))
        done, now = number < self.at, number == self.at
        if done:
            rounded(painter, circle, t.scaled(12), t.tokens.ok.fill, None)
            size = t.size("icon-button")
            inner = circle.center()
            icons.draw(
                painter, "check", t.tokens.ok.on_fill, inner.x() - size / 2, inner.y() - size / 2, size
            )
        else:
            fill = t.tokens.accent.fill if now else t.tokens.surface
            rounded(painter, circle, t.scaled(12), fill, None if now else t.tokens.ctl, 1.5)
            pen(painter, t.tokens.accent.on_fill if now else t.tokens.text2)
            painter.setFont(t.font("small-strong"))
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(number + 1))
        if not self.short:
            self._draw_words(painter, number, text, top)

    def _draw_words(self, painter: QtGui.QPainter, number: int, text: str, top: int) -> None:
        t, now = theme(), number == self.at
        below, left = self.below.get(number, ""), t.scaled(56)
        pen(painter, t.tokens.text if number <= self.at else t.tokens.text2)
        painter.setFont(t.font("section" if now else "body"))
        width = self.width() - left - t.scaled(14)
        first = QtCore.QRect(left, top + t.scaled(6 if below else 15), width, t.scaled(18))
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, text)
        pen(painter, t.tokens.text3)
        painter.setFont(t.font("caption"))
        second = QtCore.QRect(left, top + t.scaled(25), width, t.scaled(16))
        elided = painter.fontMetrics().elidedText(below, Qt.TextElideMode.ElideRight, width)
        painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, elided)
