"""The checks of a policy report: one row each, failed first; a row opens to what is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import icons, theme
from signer_app.ui.theme.icons import CHECK_ICONS
from signer_app.ui.widgets.base import column, label, pen
from signer_app.ui.widgets.cards import ActionButton
from signer_app.ui.widgets.controls import enter_presses
from signer_app.ui.words import strings

#: WAITING is no outcome of a report: it is a quorum that is still open.
ORDER = ("FAIL", "INDETERMINATE", "WAITING", "PASS", "NOT_APPLICABLE")
#: Width of the column of names at 100 %, in pixels.
NAME_WIDTH = 150
#: A word that is longer may be broken.
LONG_WORD = 20


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check: its outcome (CONTRACTS C4), what it is called, the actual value against the limit in words,
    and (name of strings.CHECK_DETAILS, value) pairs for who wants to know more.
    """

    outcome: str
    name: str
    words: str
    details: tuple[tuple[str, str], ...] = ()


def breakable(text: str) -> str:
    """``text`` with places to break inside long words: an address has no space, and must not be cut."""
    return " ".join(
        word if len(word) <= LONG_WORD else "\u200b".join(word[i : i + 4] for i in range(0, len(word), 4))
        for word in text.split(" ")
    )


class CheckRow(QtWidgets.QAbstractButton):
    """A row that Space, Enter or a click opens and closes."""

    def __init__(self, line: CheckLine) -> None:
        super().__init__()
        self.line = line
        self.setCheckable(bool(line.details))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if line.details else Qt.FocusPolicy.NoFocus)
        policy = QtWidgets.QSizePolicy(
            QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed
        )
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._shown = breakable(line.words)
        outcome = strings.CHECK_OUTCOMES[line.outcome]
        self.setAccessibleName(f"{line.name}, {outcome}, {line.words}")
        self.setToolTip(outcome)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter opens and closes it, as Space does."""
        if not enter_presses(self, event):
            super().keyPressEvent(event)

    def _words_box(self, width: int) -> QtCore.QRect:
        t = theme()
        left = t.scaled(24) + t.scaled(NAME_WIDTH)
        return QtCore.QRect(left, 0, max(t.scaled(80), width - left), 10_000)

    def _height(self, width: int) -> int:
        t = theme()
        words = QtGui.QFontMetrics(t.font("body")).boundingRect(
            self._words_box(width), Qt.TextFlag.TextWordWrap, self._shown
        )
        names = QtGui.QFontMetrics(t.font("label")).boundingRect(
            QtCore.QRect(0, 0, t.scaled(NAME_WIDTH - 8), 10_000), Qt.TextFlag.TextWordWrap, self.line.name
        )
        return max(t.size("row-check"), words.height() + t.scaled(7), names.height() + t.scaled(7))

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """A narrower row may need a second line."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """As many lines as the words need."""
        return self._height(width)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """One line, or as many as the words need."""
        width = theme().scaled(360)
        return QtCore.QSize(width, self._height(width))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Icon, name and a few words across."""
        return QtCore.QSize(theme().scaled(NAME_WIDTH + 24 + 80), theme().size("row-check"))

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Insist on the height that this width needs, in layouts too that do not ask for it."""
        self.setMinimumHeight(self.heightForWidth(event.size().width()))
        super().resizeEvent(event)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Icon, name, words."""
        painter, t = QtGui.QPainter(self), theme()
        icon, tone = CHECK_ICONS[self.line.outcome]
        size = t.size("icon")
        icons.draw(painter, icon, t.tokens.tone(tone).text, 0, t.scaled(5), size)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
        painter.setFont(t.font("label"))
        pen(painter, t.tokens.text)
        painter.drawText(
            QtCore.QRect(t.scaled(24), t.scaled(4), t.scaled(NAME_WIDTH - 8), self.height()),
            flags,
            self.line.name,
        )
        painter.setFont(t.font("body"))
        pen(painter, t.tokens.danger.text if self.line.outcome == "FAIL" else t.tokens.text2)
        box = self._words_box(self.width())
        painter.drawText(box.adjusted(0, t.scaled(4), 0, 0), flags, self._shown)


class CheckList(QtWidgets.QWidget):
    """Rows in the order failed, could not tell, passed, not applicable; the last kinds after a link."""

    def __init__(self, lines: Sequence[CheckLine] = (), *, shown: int = 5) -> None:
        """At least ``shown`` rows are visible; what failed or is open is visible always."""
        super().__init__()
        self._shown = shown
        self._box = column(self)
        self._more = ActionButton("", kind="link")
        self._more.triggered.connect(self._toggle)
        self.rows: list[CheckRow] = []
        self._open = False
        self.show_checks(lines)

    def show_checks(self, lines: Sequence[CheckLine]) -> None:
        """Show another report's checks."""
        while (item := self._box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._more:
                widget.deleteLater()
        self.rows = []
        self._details: dict[CheckRow, QtWidgets.QWidget] = {}
        for line in sorted(lines, key=lambda line: ORDER.index(line.outcome)):
            row_ = CheckRow(line)
            details = _details(line)
            details.hide()
            row_.toggled.connect(details.setVisible)
            self._box.addWidget(row_)
            self._box.addWidget(details)
            self.rows.append(row_)
            self._details[row_] = details
        self._box.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._open = False
        self._place()

    def _toggle(self) -> None:
        self._open = not self._open
        self._place()

    def _place(self) -> None:
        urgent = sum(1 for row_ in self.rows if row_.line.outcome in ORDER[:3])
        visible = max(self._shown, urgent)
        hidden = max(0, len(self.rows) - visible)
        for number, row_ in enumerate(self.rows):
            row_.setVisible(self._open or number < visible)
            if row_.isHidden():
                row_.setChecked(False)
        self._more.setVisible(hidden > 0)
        self._more.setText(strings.FEWER_CHECKS if self._open else strings.more_checks(hidden))


def _details(line: CheckLine) -> QtWidgets.QWidget:
    t = theme()
    holder = QtWidgets.QWidget()
    grid = QtWidgets.QGridLayout(holder)
    grid.setContentsMargins(t.scaled(24), t.scaled(2), 0, t.scaled(8))
    grid.setHorizontalSpacing(t.scaled(12))
    grid.setVerticalSpacing(t.scaled(2))
    grid.setColumnMinimumWidth(0, t.scaled(NAME_WIDTH - 12))
    grid.setColumnStretch(1, 1)
    for number, (name, value) in enumerate(line.details):
        grid.addWidget(
            label(strings.CHECK_DETAILS[name], "small", "text3"), number, 0, Qt.AlignmentFlag.AlignTop
        )
        grid.addWidget(label(value, "small", "text2", wrap=True, selectable=True), number, 1)
    return holder
