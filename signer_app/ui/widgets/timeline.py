"""What happened and what comes next, and the state of a device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets.base import pen, text_width
from signer_app.ui.widgets.chips import dot_colour, draw_dot
from signer_app.ui.widgets.controls import enter_presses
from signer_app.ui.words import strings


@dataclass(frozen=True, slots=True)
class Step:
    """``when`` says past, now or next. ``record`` is the journal record it leads to, if there is one."""

    words: str
    detail: str = ""
    tone: str = "ok"
    when: str = "past"
    record: int | None = None


_STEP = Qt.ItemDataRole.UserRole


class Timeline(QtWidgets.QListView):
    """Steps from first to next. It is as high as its steps; pages scroll, not this list."""

    def __init__(self, steps: Sequence[Step] = ()) -> None:
        super().__init__()
        self.setItemDelegate(_StepDelegate(self))
        self.setProperty("surface", "none")
        self.setAccessibleName(strings.TIMELINE)
        self.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self._model = QtGui.QStandardItemModel(self)
        self.setModel(self._model)
        self.show_steps(steps)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show other steps."""
        self._model.clear()
        self.steps = tuple(steps)
        for step in steps:
            item = QtGui.QStandardItem(step.words)
            item.setEditable(False)
            item.setData(step, _STEP)
            item.setToolTip(step.words)
            item.setAccessibleText(", ".join(part for part in (step.words, step.detail) if part))
            self._model.appendRow(item)
        self._fit()

    def _fit(self) -> None:
        width = self.viewport().width() or theme().scaled(230)
        height = sum(_step_height(step, width) for step in self.steps)
        self.setFixedHeight(max(1, height))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Not the 72 pixels of every scroll area: one step needs less."""
        return QtCore.QSize(super().minimumSizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Another width may need other heights."""
        super().resizeEvent(event)
        self._fit()
        self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        """Another text size."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.StyleChange and hasattr(self, "steps"):
            self._fit()


_LEFT = 22


def _text_height(text: str, role: str, width: int) -> int:
    box = QtCore.QRect(0, 0, max(40, width - theme().scaled(_LEFT)), 10_000)
    metrics = QtGui.QFontMetrics(theme().font(role))
    return metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, text).height() if text else 0


def _step_height(step: Step, width: int) -> int:
    t = theme()
    return _text_height(step.words, "body", width) + _text_height(step.detail, "caption", width) + t.scaled(8)


class _StepDelegate(QtWidgets.QStyledItemDelegate):
    def sizeHint(  # noqa: N802 - Qt's name
        self,
        _option: QtWidgets.QStyleOptionViewItem,
        index: QtCore.QModelIndex | QtCore.QPersistentModelIndex,
    ) -> QtCore.QSize:
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QtWidgets.QListView) else 240
        step = index.data(_STEP)
        return QtCore.QSize(width, _step_height(step, width))

    def paint(
        self,
        painter: QtGui.QPainter,
        option: QtWidgets.QStyleOptionViewItem,
        index: QtCore.QModelIndex | QtCore.QPersistentModelIndex,
    ) -> None:
        t, box = theme(), option.rect
        step, rows = index.data(_STEP), index.model().rowCount()
        painter.save()
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        centre = QtCore.QPointF(box.left() + t.scaled(6), box.top() + t.scaled(11))
        pen(painter, t.tokens.line)
        if index.row() > 0:
            painter.drawLine(QtCore.QPointF(centre.x(), box.top()), centre)
        if index.row() < rows - 1:
            painter.drawLine(centre, QtCore.QPointF(centre.x(), box.bottom() + 1))
        _draw_mark(painter, centre, step)
        width = box.width() - t.scaled(_LEFT)
        left, top = box.left() + t.scaled(_LEFT), box.top() + t.scaled(3)
        height = _text_height(step.words, "body", box.width())
        painter.setFont(t.font("body"))
        colours = {"now": t.tokens.accent.text, "next": t.tokens.text3}
        danger = step.tone == "danger"
        pen(painter, t.tokens.danger.text if danger else colours.get(step.when, t.tokens.text))
        painter.drawText(QtCore.QRect(left, top, width, height), Qt.TextFlag.TextWordWrap, step.words)
        painter.setFont(t.font("caption"))
        pen(painter, t.tokens.text3)
        rest = QtCore.QRect(left, top + height, width, box.bottom() - top - height + 1)
        painter.drawText(rest, Qt.TextFlag.TextWordWrap, step.detail)
        painter.restore()


def _draw_mark(painter: QtGui.QPainter, centre: QtCore.QPointF, step: Step) -> None:
    tokens = theme().tokens
    if step.when == "next":
        pen(painter, tokens.ctl, 1.5)
        painter.setBrush(QtGui.QColor(tokens.surface))
        painter.drawEllipse(centre, 3.2, 3.2)
        return
    if step.when == "now":
        draw_dot(painter, QtCore.QRectF(centre.x() - 6, centre.y() - 6, 12, 12), tokens.accent.line)
    colour = tokens.accent.text if step.when == "now" else dot_colour(step.tone)
    draw_dot(painter, QtCore.QRectF(centre.x() - 3.5, centre.y() - 3.5, 7, 7), colour)


#: DeviceState -> tone. What a person can mend is warn; what this device cannot do is danger.
DEVICE_TONES = MappingProxyType(
    {
        "READY": "ok",
        "SEARCHING": "neutral",
        "LOCKED": "warn",
        "APP_CLOSED": "warn",
        "WRONG_APP": "warn",
        "WRONG_NETWORK": "danger",
        "OLD_FIRMWARE": "warn",
        "BUSY": "neutral",
        "IN_USE_ELSEWHERE": "warn",
        "NO_PERMISSION": "warn",
        "NOT_A_SIGNER": "neutral",
        "CANNOT_SIGN_KIND": "danger",
        "DISCONNECTED": "neutral",
        "FAULT": "danger",
    }
)


class DeviceChip(QtWidgets.QToolButton):
    """A device: dot, name, state in a word, and the reason or the next step below. Unusable ones stay."""

    def __init__(self, name: str = "", state: str = "SEARCHING", reason: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setProperty("kind", "device")  # two lines high: the style sheet's height wins over the hint
        self.show_device(name, state, reason)

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        """Another text size: it measures itself."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.StyleChange:
            self.updateGeometry()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Enter presses it, as Space does."""
        if not enter_presses(self, event):
            super().keyPressEvent(event)

    def show_device(self, name: str, state: str, reason: str) -> None:
        """Show another state."""
        self.device, self.state, self.reason = name, state, reason
        self.word = strings.DEVICE_STATES[state]
        self.setAccessibleName(f"{name}, {self.word.lower()}")
        self.setAccessibleDescription(reason)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Two lines."""
        t = theme()
        first = text_width("small-strong", self.device) + t.scaled(6) + text_width("small", self.word)
        return QtCore.QSize(
            t.scaled(20) + max(first, text_width("caption", self.reason)) + t.scaled(6), t.scaled(34)
        )

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The same: nothing is cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Dot, words, reason."""
        painter, t = QtGui.QPainter(self), theme()
        tone = DEVICE_TONES[self.state]
        size = t.scaled(8)
        draw_dot(
            painter, QtCore.QRectF(t.scaled(2), (self.height() - size) / 2, size, size), dot_colour(tone)
        )
        left, half = t.scaled(18), self.height() // 2
        painter.setFont(t.font("small-strong"))
        pen(painter, t.tokens.text)
        width = text_width("small-strong", self.device)
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QtCore.QRect(left, 0, width + 2, half), flags, self.device)
        painter.setFont(t.font("small"))
        pen(painter, t.tokens.text2 if tone == "neutral" else t.tokens.tone(tone).text)
        painter.drawText(QtCore.QRect(left + width + t.scaled(6), 0, self.width(), half), flags, self.word)
        painter.setFont(t.font("caption"))
        pen(painter, t.tokens.text3)
        painter.drawText(QtCore.QRect(left, half, self.width() - left, half), flags, self.reason)
