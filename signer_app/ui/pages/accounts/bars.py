"""Weights as bars against the quorum. The same stands in the table and in words: bars never stand alone."""

from __future__ import annotations

from collections.abc import Sequence

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import Painted
from signer_app.ui.widgets.base import pen, rounded
from signer_app.ui.words import accounts as say


class WeightBars(Painted):
    """One bar, a part for each signer, and a mark where the quorum is reached."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self.quorum, self.weights = 0, list[tuple[str, int]]()

    def show_weights(self, quorum: int, weights: Sequence[tuple[str, int]]) -> None:
        """(who, weight) in order."""
        self.quorum, self.weights = quorum, list(weights)
        total = sum(weight for _, weight in weights)
        parts = ", ".join(f"{who} {weight}" for who, weight in weights)
        self.setAccessibleName(f"{say.quorum(quorum, total)}: {parts}")
        self.setToolTip(self.accessibleName())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """Bar and the words of the mark."""
        return QtCore.QSize(theme().scaled(320), theme().scaled(44))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """As high, and not too short for the mark."""
        return QtCore.QSize(theme().scaled(160), theme().scaled(44))

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Parts, names where they fit, mark."""
        painter, t = QtGui.QPainter(self), theme()
        total = max(1, sum(weight for _, weight in self.weights), self.quorum)
        gap, height = t.scaled(3), t.scaled(20)
        width = self.width() - 2
        left = 1.0
        painter.setFont(t.font("caption"))
        metrics = QtGui.QFontMetrics(t.font("caption"))
        for who, weight in self.weights:
            part = width * weight / total
            box = QtCore.QRectF(left, 1, max(2.0, part - gap), height)
            rounded(painter, box, 4, t.tokens.accent.soft, t.tokens.accent.line)
            if metrics.horizontalAdvance(who) < box.width() - t.scaled(10):
                pen(painter, t.tokens.text)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, who)
            left += part
        if self.quorum:
            self._mark(painter, 1 + width * self.quorum / total, height)

    def _mark(self, painter: QtGui.QPainter, at: float, height: int) -> None:
        t = theme()
        at = min(at - t.scaled(2), self.width() - 2.0)
        pen(painter, t.tokens.text, 2)
        painter.drawLine(QtCore.QPointF(at, 0), QtCore.QPointF(at, height + t.scaled(6)))
        words = say.quorum_mark(self.quorum)
        wide = QtGui.QFontMetrics(t.font("caption")).horizontalAdvance(words) + 2
        left = max(0.0, min(at - wide / 2, self.width() - wide))
        pen(painter, t.tokens.text2)
        box = QtCore.QRectF(left, height + t.scaled(6), wide, t.scaled(16))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
