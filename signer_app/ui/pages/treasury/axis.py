"""What ends within a day, as bars on one axis of hours from now. Each has its time in words beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from signer_app.ui.pages.treasury.parts import RowButton
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import Elided, Painted, clear, column, label, row
from signer_app.ui.widgets.base import pen, rounded, text_width
from signer_app.ui.words import treasury as words

#: The hours of the axis, and the distances of its lines, of which the first that has room is taken.
AXIS_HOURS, STEPS = 24, (4, 6, 8, 12, 24)
#: How name and axis share a row.
_NAME, _AXIS = 1, 1


@dataclass(frozen=True, slots=True)
class EndsSoon:
    """Something that ends within the axis: ``page`` and ``argument`` lead to it."""

    what: str
    when: str
    left: timedelta
    page: str
    argument: str

    @property
    def soon(self) -> bool:
        """Within the hour."""
        return self.left < timedelta(hours=1)


class _Lane(Painted):
    """A part of the axis: the lines of its hours go through all lanes, which lie on each other."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """As wide as it may be."""
        return QtCore.QSize(theme().scaled(120), theme().scaled(22))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Room for a short bar."""
        return QtCore.QSize(theme().scaled(48), theme().scaled(16))

    @property
    def step(self) -> int:
        """Hours between two lines: as many lines as have their times beside them."""
        needed = text_width("caption", "00:00") + theme().scaled(14)
        return next((hours for hours in STEPS if self.place(hours) >= needed), STEPS[-1])

    def place(self, hours: float) -> float:
        """Where so many hours from now lie."""
        return (self.width() - 1) * min(hours, AXIS_HOURS) / AXIS_HOURS

    def lines(self, painter: QtGui.QPainter) -> None:
        """Draw them over the whole height."""
        pen(painter, self.tokens.line2)
        for hours in range(0, AXIS_HOURS + 1, self.step):
            at = round(self.place(hours))
            painter.drawLine(at, 0, at, self.height())


class AxisHead(_Lane):
    """The times of the lines; it says from when to when the axis goes."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._now = now
        ends = now + timedelta(hours=AXIS_HOURS)
        self.setAccessibleName(words.axis_said(f"{now:%H:%M}", f"{ends:%H:%M}"))

    @property
    def times(self) -> list[str]:
        """What stands beside the lines, from now on."""
        later = (self._now + timedelta(hours=hours) for hours in range(0, AXIS_HOURS, self.step))
        return [f"{at:%H:%M}" for at in later]

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Lines and times."""
        painter, t = QtGui.QPainter(self), theme()
        self.lines(painter)
        painter.setFont(t.font("caption"))
        pen(painter, t.tokens.text3)
        for number, text in enumerate(self.times):
            at = round(self.place(number * self.step)) + t.scaled(4)
            box = QtCore.QRect(at, 0, self.width(), self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class EndingBar(_Lane):
    """From now to the end, on the lines of the axis. Decoration: words beside it say the same."""

    def __init__(self, left: timedelta, tone: str) -> None:
        super().__init__()
        self.hours, self.tone = left / timedelta(hours=1), tone

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """The lines behind, the bar before them; the shortest one still shows its end."""
        painter, t = QtGui.QPainter(self), theme()
        self.lines(painter)
        high = t.scaled(10)
        box = QtCore.QRectF(0, (self.height() - high) / 2, max(high, self.place(self.hours)), high)
        colour = t.tokens.ctl if self.tone == "neutral" else t.tokens.tone(self.tone).text
        rounded(painter, box, high / 2, colour, None)


class EndingRow(RowButton):
    """Name, bar, and when in words; it opens what ends."""

    def __init__(self, item: EndsSoon) -> None:
        super().__init__(f"{item.what}, {item.when}")
        self.line.setContentsMargins(self.line.contentsMargins().left(), 0, 0, 0)
        self.line.addWidget(Elided(item.what, "label"), _NAME)
        self.bar = EndingBar(item.left, "warn" if item.soon else "neutral")
        self.line.addWidget(self.bar, _AXIS)
        self.when = label(item.when, "small-strong", "warn" if item.soon else "text2")
        self.line.addWidget(self.when)


class EndingsChart(QtWidgets.QWidget):
    """The axis with its rows, and what ends later in words."""

    def __init__(self, opened: Callable[[str, str], None]) -> None:
        """``opened`` is called with the page and what it shall show."""
        super().__init__()
        self._opened = opened
        self._box = column(self)

    def show_endings(self, now: datetime, items: Sequence[EndsSoon], later: Sequence[str]) -> None:
        """Show others. ``now`` has the zone that times are shown in."""
        clear(self._box)
        if items:
            self._show_axis(now, items)
        else:
            self._box.addWidget(label(words.NO_ENDINGS, "body", "text2", wrap=True))
        if later:
            self._box.addSpacing(theme().scaled(6))
            self._box.addWidget(label(words.later(list(later)), "small", "text3", wrap=True))

    def _show_axis(self, now: datetime, items: Sequence[EndsSoon]) -> None:
        made = [EndingRow(item) for item in items]
        # One width for all, so that the axis is as long in every row and below its times.
        width = max(text_width("small-strong", item.when) for item in items)
        edge = made[0].line
        head = row(spacing=edge.spacing(), margins=(edge.contentsMargins().left(), 0, 0, 0))
        head.addWidget(Elided("", "label"), _NAME)
        head.addWidget(AxisHead(now), _AXIS)
        below = label("", "small-strong")
        below.setMinimumWidth(width)
        head.addWidget(below)
        self._box.addLayout(head)
        for line, item in zip(made, items, strict=True):
            line.when.setMinimumWidth(width)
            line.clicked.connect(lambda _on=False, it=item: self._opened(it.page, it.argument))
            self._box.addWidget(line)
