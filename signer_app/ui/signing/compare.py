"""Comparing: the lines that the device shows, a tick for each, the drawing of the screen, what is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.signing.side import Side
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    Card,
    GroupedText,
    Icon,
    StateBanner,
    clear,
    column,
    label,
    plain,
    row,
)
from signer_app.ui.widgets.base import rounded, text_width
from signer_app.ui.words import signing as words

if TYPE_CHECKING:  # loads a ledger's codec
    from signer_app.signers.ledger.xrp.screens import Review


@dataclass(frozen=True, slots=True)
class Line:
    """One field on the device; ``pages`` as recordings write them, "title | line | line"."""

    name: str
    value: str
    meaning: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a device will show (signers/ledger/xrp/screens.py Review), as the window needs it."""

    known: bool
    lines: tuple[Line, ...]
    hidden: tuple[str, ...]

    @classmethod
    def of(cls, review: Review) -> Expected:
        """From the review of a device's app."""
        return cls(
            known=review.known,
            lines=tuple(Line(s.name, s.value, s.meaning, s.lines()) for s in review.screens),
            hidden=tuple(f"{field.name} {field.value or words.EMPTY}" for field in review.hidden),
        )


def _in_groups(value: str) -> bool:
    """Addresses, hashes and hex are read in groups of four; words and amounts as they are."""
    return len(value) >= 25 and " " not in value and value.isascii() and value.isalnum()


#: Width of the names of fields.
NAMES = 112


class LineRow(QtWidgets.QFrame):
    """Number, name, the raw value, what it means, and a tick."""

    chosen = Signal()

    def __init__(self, number: int, count: int, line: Line) -> None:
        super().__init__()
        t = theme()
        self.line, self._number, self._count = line, number, count
        self.current = False
        box = row(self, spacing=t.scaled(10), margins=(t.scaled(12), t.scaled(7), t.scaled(12), t.scaled(7)))
        at = label(str(number), "body", "text3")
        at.setFixedWidth(t.scaled(18))
        box.addWidget(at, 0, Qt.AlignmentFlag.AlignTop)
        self.name = label(line.name, "label", wrap=True)
        self.name.setFixedWidth(t.scaled(NAMES))
        box.addWidget(self.name, 0, Qt.AlignmentFlag.AlignTop)
        values = column(spacing=t.scaled(1))
        if _in_groups(line.value):
            shown: QtWidgets.QWidget = GroupedText(line.value)
            shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            shown.setMinimumWidth(t.scaled(80))  # it wraps between groups
        else:
            shown = label(line.value or "–", "mono", wrap=True)
        values.addWidget(shown)
        if line.meaning:
            values.addWidget(label(line.meaning, "small", "text2", wrap=True))
        box.addLayout(values, 1)
        self.tick = QtWidgets.QCheckBox()
        self.tick.setProperty("tone", "ok")
        self.tick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tick.toggled.connect(lambda _on: self.say())
        box.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignVCenter)
        self.say()

    def say(self) -> None:
        """Name and state, for who cannot see."""
        state = words.TICKED if self.tick.isChecked() else words.NOT_TICKED
        parts = (
            words.screen_of(self._number, self._count),
            self.line.name,
            self.line.value,
            self.line.meaning,
        )
        said = ", ".join(part for part in (*parts, state) if part)
        self.setAccessibleName(said)
        self.tick.setAccessibleName(said)

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Looking at a line by the pointer."""
        super().mousePressEvent(event)
        self.chosen.emit()

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """A line below; the current one in a frame."""
        painter, tokens = QtGui.QPainter(self), theme().tokens
        if self.current:
            box = QtCore.QRectF(self.rect()).adjusted(1, 1, -1, -1)
            rounded(painter, box, 6, tokens.selected, tokens.accent.text, 2)
        else:
            painter.setPen(QtGui.QColor(tokens.line2))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


class LineList(QtWidgets.QScrollArea):
    """The lines in order. Space: equal, next. Shift+Space: back. Up and Down only look."""

    moved = Signal(int)
    ticked = Signal()
    turned = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sign.lines")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inner = plain("surface")
        whole = column(self._inner)
        self._above, self._box, self._below = column(), column(), column()
        for part in (self._above, self._box, self._below):
            whole.addLayout(part)
        whole.addStretch(1)
        self.setWidget(self._inner)
        self.rows: list[LineRow] = []
        self.at = 0
        self._narrow = False
        # New rows have their places only once the layout has run.
        self._look = QtCore.QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(0)
        self._look.timeout.connect(self._show_current)

    def frame_by(self, above: QtWidgets.QWidget, below: QtWidgets.QWidget) -> None:
        """What scrolls along with the lines, where there is little room."""
        t = theme()
        for part, widget in ((self._above, above), (self._below, below)):
            part.setContentsMargins(t.scaled(12), t.scaled(8), t.scaled(12), t.scaled(8))
            part.addWidget(widget)

    def tighten(self, narrow: bool) -> None:
        """``narrow``: names wrap between their words, so that values have the room."""
        self._narrow, t = narrow, theme()
        if not self.rows:
            return
        longest = [word for made in self.rows for word in made.line.name.split()]
        widest = max((text_width("label", word) for word in longest), default=0) + 2
        for made in self.rows:
            made.name.setFixedWidth(min(t.scaled(NAMES), widest) if narrow else t.scaled(NAMES))

    def unframe(self) -> None:
        """The lines alone."""
        for part in (self._above, self._below):
            part.setContentsMargins(0, 0, 0, 0)

    def _show_current(self) -> None:
        if self.at == 0 and self.rows:
            self.verticalScrollBar().setValue(0)
        if self.rows:
            self.ensureWidgetVisible(self.rows[self.at], 0, 30)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Lines, none of them ticked. Those that are there already stay."""
        if [made.line for made in self.rows] == [*lines]:
            self.untick()
            return
        clear(self._box)
        self.rows = [LineRow(number, len(lines), line) for number, line in enumerate(lines, 1)]
        for number, made in enumerate(self.rows):
            made.chosen.connect(lambda number=number: self.go(number))
            made.tick.toggled.connect(lambda _on, number=number: self._toggled(number))
            self._box.addWidget(made)
        self.tighten(self._narrow)
        self.at = 0
        self.go(0)

    def untick(self) -> None:
        """Compare anew, from the first line."""
        for made in self.rows:
            with QtCore.QSignalBlocker(made.tick):
                made.tick.setChecked(False)
            made.say()
        self.go(0)

    def _toggled(self, number: int) -> None:
        self.go(number)
        self.ticked.emit()

    def go(self, number: int) -> None:
        """Make a line the current one."""
        if not self.rows:
            return
        self.at = max(0, min(number, len(self.rows) - 1))
        for index, made in enumerate(self.rows):
            made.current = index == self.at
            made.update()
        self._look.start()
        self.setAccessibleName(self.rows[self.at].accessibleName())
        self.moved.emit(self.at)

    def equal(self) -> None:
        """The current line is equal; on to the next one."""
        if self.rows:
            at = self.at
            self.rows[at].tick.setChecked(True)
            self.go(at + 1)

    def back(self) -> None:
        """To the line before, whose tick is taken back."""
        if self.rows and self.at > 0:
            last = self.at == len(self.rows) - 1 and self.rows[self.at].tick.isChecked()
            target = self.at if last else self.at - 1
            self.rows[target].tick.setChecked(False)
            self.go(target)

    @property
    def count(self) -> int:
        """How many lines are ticked."""
        return sum(made.tick.isChecked() for made in self.rows)

    @property
    def complete(self) -> bool:
        """Whether there are lines and all are ticked."""
        return bool(self.rows) and self.count == len(self.rows)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """The keys of comparing."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_Space:
            (self.back if shift else self.equal)()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.go(self.at + (1 if key == Qt.Key.Key_Down else -1))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.turned.emit(1 if key == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)
            return
        event.accept()


class ComparePage(QtWidgets.QWidget):
    """Steps 3 and 4. First the lines against what the person wants; then, asked, against the device."""

    differs = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.expected: Expected | None = None
        self._page = 0
        self._tight: tuple[bool, bool] | None = None
        whole = row(self, spacing=0)
        left = plain("bg")
        self._left = column(left, spacing=t.scaled(6))
        self.question = label("", "title", wrap=True)
        self.sub = label("", "body", "text2", wrap=True)
        self.unknown = StateBanner("warn", words.NOT_KNOWN, words.NOT_KNOWN_SUB)
        self.unknown.setObjectName("sign.unknown")
        self._said, self._left_out = plain(), plain()
        said = column(self._said, spacing=t.scaled(6))
        said.addWidget(self.sub)
        said.addWidget(self.unknown)
        foot = row(self._left_out, spacing=t.scaled(8))
        foot.addWidget(Icon("info", "info", "icon-button"), 0, Qt.AlignmentFlag.AlignTop)
        self.hidden = label("", "small", "text2", wrap=True, name="sign.hidden")
        foot.addWidget(self.hidden, 1)
        frame = Card()
        frame.body.setContentsMargins(2, 2, 2, 2)
        self.lines = LineList()
        frame.body.addWidget(self.lines)
        self._left.addWidget(self.question)
        self._left.addWidget(frame, 1)
        whole.addWidget(left, 1)
        self._side = Side()
        whole.addWidget(self._side)
        self.drawing = self._side.drawing
        self._side.turn.triggered.connect(lambda: self._turn(1))
        self._side.back.triggered.connect(self.lines.back)
        self._side.equal.triggered.connect(self.lines.equal)
        self._side.differs.triggered.connect(self.differs)
        self.lines.moved.connect(self._moved)
        self.lines.ticked.connect(self.changed)
        self.lines.turned.connect(self._turn)
        self.tighten(narrow=False, low=False)

    def tighten(self, *, narrow: bool, low: bool) -> None:
        """``narrow``: the column at the right is smaller. ``low``: what is said above and below the lines
        scrolls with them."""
        if (narrow, low) == self._tight:
            return
        self._tight = (narrow, low)
        self._side.tighten(narrow=narrow, low=low)
        self.lines.tighten(narrow)
        side = theme().scaled(12 if narrow else 20)
        self._left.setContentsMargins(side, theme().scaled(16), side, theme().scaled(10))
        if low:
            self.lines.frame_by(self._said, self._left_out)
        else:
            self.lines.unframe()
            self._left.insertWidget(1, self._said)
            self._left.addWidget(self._left_out)

    def show_signer(self, person: str, address: str) -> None:
        """Who signs, by which account."""
        self._side.who.setText(person)
        self._side.address.show_text(address)

    def show_expected(self, expected: Expected, *, asked: bool) -> None:
        """The lines, none of them ticked. ``asked``: the device shows them now."""
        self.expected = expected
        count = len(expected.lines)
        self.question.setText(words.expects_device(count) if asked else words.expects_read(count))
        self.sub.setText(words.COMPARE_SUB if asked else words.READ_SUB)
        self.unknown.setVisible(not expected.known)
        self.hidden.setText(words.hidden(list(expected.hidden)))
        self.lines.show_lines(expected.lines)
        self.lines.setFocus()
        self.changed.emit()

    def _moved(self, _at: int) -> None:
        self._page = 0
        self._draw()

    def _turn(self, step: int) -> None:
        if self.expected is not None and self.expected.lines:
            self._page = (self._page + step) % max(1, len(self.expected.lines[self.lines.at].pages))
            self._draw()

    def _draw(self) -> None:
        if self.expected is None or not self.expected.lines:
            return
        at, count = self.lines.at, len(self.expected.lines)
        pages = self.expected.lines[at].pages or (self.expected.lines[at].name,)
        title, *texts = pages[self._page].split(" | ")
        self._side.place.setText(words.screen_of(at + 1, count))
        self.drawing.show_page(title, tuple(texts), back=at > 0 or self._page > 0, forward=True)
        self._side.turn.setVisible(len(pages) > 1)
        self._side.turn.setText(words.page_of(self._page + 1, len(pages)))
