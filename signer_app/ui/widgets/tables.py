"""Read-only tables of facts: effects, legs, differences, and whatever a page lists.

Rows are plain values; sorting and filtering belong to who makes the rows (a proxy model is slow beyond some
thousand rows). Every cell gives its whole text as tooltip, and copying takes the raw value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets.base import clear, column, label, row, rule
from signer_app.ui.words import strings


@dataclass(frozen=True, slots=True)
class Cell:
    """``raw`` is what a copy takes where it differs from the text; ``role`` and ``tone`` as for labels."""

    text: str
    role: str = "body"
    tone: str = ""
    right: bool = False
    icon: str = ""
    raw: str = ""


#: Where a long word may end its line; nobody reads or copies it.
BREAK = "\u200b"
#: Of an item in resources/style.qss.
PADDING = 8
#: A column that is as wide as its longest text.
FITS = -1


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` in pixels at 100 %; 0 takes what is left, FITS as much as its longest text."""

    title: str
    width: int = 0
    right: bool = False


Line = Sequence[Cell]
_Index = QtCore.QModelIndex | QtCore.QPersistentModelIndex


class FactModel(QtCore.QAbstractTableModel):
    """Rows of cells, with a key for each row."""

    def __init__(self, columns: Sequence[Column], parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.lines: list[Line] = []
        self.keys: list[str] = []

    def show_lines(self, lines: Sequence[Line], keys: Sequence[str] = ()) -> None:
        """Take other rows. ``keys`` name them for who asks which row was chosen."""
        self.beginResetModel()
        self.lines = list(lines)
        self.keys = list(keys) if keys else [str(number) for number in range(len(self.lines))]
        self.endResetModel()

    def rowCount(self, parent: _Index = QtCore.QModelIndex()) -> int:  # noqa: N802, B008
        """Number of rows."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index = QtCore.QModelIndex()) -> int:  # noqa: N802, B008
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a view asks for."""
        if not index.isValid():
            return None
        cell, roles = self.lines[index.row()][index.column()], Qt.ItemDataRole
        answers: dict[int, Callable[[], object]] = {
            roles.DisplayRole: lambda: cell.text,
            roles.ToolTipRole: lambda: cell.text.replace(BREAK, ""),
            roles.AccessibleTextRole: lambda: cell.text.replace(BREAK, ""),
            roles.UserRole: lambda: cell.raw or cell.text,
            roles.ForegroundRole: lambda: QtGui.QColor(_colour(cell.tone)),
            roles.FontRole: lambda: theme().font(cell.role),
            roles.TextAlignmentRole: lambda: _side(cell.right),
            roles.DecorationRole: lambda: _cell_icon(cell),
        }
        answer = answers.get(role)
        return answer() if answer else None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Titles of columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        head = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return head.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(head.right)
        return None


def _side(right: bool) -> Qt.AlignmentFlag:
    return (
        Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    ) | Qt.AlignmentFlag.AlignVCenter


def _cell_icon(cell: Cell) -> QtGui.QIcon | None:
    colour = _colour(cell.tone or "text2")
    return icons.icon(cell.icon, colour, theme().size("icon")) if cell.icon else None


def _colour(tone: str) -> str:
    tokens = theme().tokens
    if tone in ("", "text"):
        return tokens.text
    if tone in ("text2", "text3"):
        return str(getattr(tokens, tone))
    return tokens.tone(tone).text


class FactTable(QtWidgets.QTableView):
    """A table that is read, chosen from and copied, never edited.

    ``name`` is for tests, ``said`` for screen readers (else the titles of the columns). ``fit`` makes it as
    high as its rows, and a row as high as its text: for amounts, which are never cut.
    """

    def __init__(
        self, columns: Sequence[Column], *, fit: bool = False, name: str = "", said: str = ""
    ) -> None:
        super().__init__()
        self.facts = FactModel(columns, self)
        self.setModel(self.facts)
        self.setObjectName(name)
        self.setAccessibleName(said or ", ".join(item.title for item in columns if item.title))
        self._fit, self._settling = fit, False
        view = QtWidgets.QAbstractItemView
        self.setEditTriggers(view.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(view.SelectionBehavior.SelectRows)
        self.setSelectionMode(view.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(fit)
        if fit:
            self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QtWidgets.QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setVisible(any(item.title for item in columns))
        for number, item in enumerate(columns):
            mode = QtWidgets.QHeaderView.ResizeMode
            chosen = {0: mode.Stretch, FITS: mode.ResizeToContents}.get(item.width, mode.Interactive)
            head.setSectionResizeMode(number, chosen)
        if fit:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
            head.sectionResized.connect(lambda *_sizes: self._settle())
            self.horizontalScrollBar().rangeChanged.connect(lambda *_range: self._fit_rows())
        self._measure()

    def show_lines(self, lines: Sequence[Line], keys: Sequence[str] = ()) -> None:
        """Take other rows; the chosen row stays chosen if its key is still there."""
        chosen = self.chosen()
        self.facts.show_lines(lines, keys)
        if chosen in self.facts.keys:
            self.selectRow(self.facts.keys.index(chosen))
        self._measure()

    def chosen(self) -> str:
        """The key of the chosen row, or ""."""
        rows = self.selectionModel().selectedRows()
        return self.facts.keys[rows[0].row()] if rows else ""

    def refit(self) -> None:
        """Measure again; after spans were set."""
        self._measure()

    def _measure(self) -> None:
        t = theme()
        self.verticalHeader().setDefaultSectionSize(t.size("row-table"))
        self.setIconSize(QtCore.QSize(t.size("icon"), t.size("icon")))
        for number, item in enumerate(self.facts.columns):
            if item.width > 0:
                self.setColumnWidth(number, t.scaled(item.width))
        self._settle()

    def _settle(self) -> None:
        """Columns, then rows; what that moves does not begin it again."""
        if self._fit and not self._settling:
            self._settling = True
            self._keep_words_whole()
            self._fit_rows()
            self._settling = False

    def _keep_words_whole(self) -> None:
        """A column that takes what is left takes at least its longest word; then the table scrolls."""
        head, mode = self.horizontalHeader(), QtWidgets.QHeaderView.ResizeMode
        taking = [number for number, item in enumerate(self.facts.columns) if item.width == 0]
        others = sum(head.sectionSize(n) for n in range(len(self.facts.columns)) if n not in taking)
        left = (self.viewport().width() - others) // max(1, len(taking))
        for number in taking:
            own = (place for place in range(len(self.facts.lines)) if self.columnSpan(place, number) == 1)
            least = max((_longest_word(self.facts.lines[place][number]) for place in own), default=0)
            least += 2 * cell_margin(self) + 1
            head.setSectionResizeMode(number, mode.Stretch if left >= least else mode.Fixed)
            if left < least:
                head.resizeSection(number, least)

    def _fit_rows(self) -> None:
        """A row is as high as its highest cell; the table as its rows."""
        t, total = theme(), 0
        for number in range(len(self.facts.lines)):
            height = max(t.size("row-table"), self._text_height(number) + t.scaled(14))
            self.setRowHeight(number, height)
            total += height
        titled = any(item.title for item in self.facts.columns)
        head = max(self.horizontalHeader().sizeHint().height(), t.scaled(30)) if titled else 0
        bar = self.horizontalScrollBar()
        scrolls = bar.sizeHint().height() if bar.maximum() > 0 else 0  # else it would lie on the last row
        self.setFixedHeight(head + total + scrolls + 2)

    def _text_height(self, number: int) -> int:
        """Pixels of the highest text of a row, wrapped as it is drawn. Qt's own hint forgets the padding, and
        columns that are scrolled away."""
        margin, highest = cell_margin(self), 0
        for place, cell in enumerate(self.facts.lines[number]):
            span = range(place, place + self.columnSpan(number, place))
            width = sum(self.columnWidth(one) for one in span) - 2 * margin
            width -= theme().size("icon") + 4 if cell.icon else 0
            box = QtCore.QRect(0, 0, max(1, width), 100_000)
            metrics = QtGui.QFontMetrics(theme().font(cell.role))
            highest = max(highest, metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, cell.text).height())
        return highest

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """A table that fits has no smallest height but its own."""
        hint = super().minimumSizeHint()
        return QtCore.QSize(hint.width(), self.minimumHeight()) if self._fit else hint

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """A narrower table may need a second line in a row."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._settle()

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        """Another text size."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.StyleChange:
            self._measure()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Ctrl+C copies the raw value of the cell in focus."""
        if event.matches(QtGui.QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            raw = self.currentIndex().data(Qt.ItemDataRole.UserRole)
            QtWidgets.QApplication.clipboard().setText(str(raw))
        else:
            super().keyPressEvent(event)


def cell_margin(table: QtWidgets.QTableView) -> int:
    """Pixels between the edge of a cell and its text: the padding of the style sheet and the style's own."""
    return PADDING + table.style().pixelMetric(QtWidgets.QStyle.PixelMetric.PM_FocusFrameHMargin) + 1


def _longest_word(cell: Cell) -> int:
    """Pixels of the longest part of a text that no line can break."""
    metrics = QtGui.QFontMetrics(theme().font(cell.role))
    words = cell.text.replace(BREAK, " ").split()
    widest = max((metrics.horizontalAdvance(word) for word in words), default=0)
    return widest + (theme().size("icon") + 4 if cell.icon else 0)


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of what will change: what, by how much, and from what to what, all as text."""

    what: str
    change: str
    before: str = ""
    after: str = ""
    tone: str = ""


class EffectTable(QtWidgets.QWidget):
    """What changes: name, signed amount, before → after. Amounts are never cut: where the line is too short,
    before and after go below it. That nothing else changes is written out below by who shows it
    (strings.NO_OTHER_CHANGE).
    """

    def __init__(self) -> None:
        super().__init__()
        self._box = column(self)
        self.lines: list[_EffectLine] = []

    def show_effects(self, effects: Sequence[Effect]) -> None:
        """Show other effects."""
        clear(self._box)
        self.lines = [_EffectLine(effect) for effect in effects]
        for number, line in enumerate(self.lines):
            if number:
                self._box.addWidget(rule())
            self._box.addWidget(line)


class _EffectLine(QtWidgets.QWidget):
    def __init__(self, effect: Effect) -> None:
        super().__init__()
        t = theme()
        outer = row(self, spacing=t.scaled(12), margins=(0, t.scaled(6), 0, t.scaled(6)))
        what = label(effect.what, "body", "text2", wrap=True)
        what.setFixedWidth(t.scaled(96))
        change = label(effect.change, "name", effect.tone, selectable=True)
        words = f"{effect.before} → {effect.after}" if effect.after else ""
        # Amount and asset stay together; a line may end before the arrow only.
        kept = f"{_joined(effect.before)} →\u00a0{_joined(effect.after)}" if effect.after else ""
        span = label(words, "small", "text2")
        self._words, self._kept = words, kept
        self._change, self._span, self._last = change, span, f"→\u00a0{_joined(effect.after)}"
        self._inner = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(t.scaled(4))
        self._inner.addWidget(change)
        self._inner.addStretch(1)
        self._inner.addWidget(span)
        outer.addWidget(what, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(self._inner, 1)
        self.setAccessibleName(" ".join(part for part in (effect.what, effect.change, words) if part))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The widest amount; before and after may stand below each other."""
        span = self._span.fontMetrics().horizontalAdvance(self._last) if self._span.text() else 0
        widest = max(self._change.sizeHint().width(), span)
        return QtCore.QSize(theme().scaled(108) + widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Side by side where there is room for both; before and after in one line where there is."""
        super().resizeEvent(event)
        room = event.size().width() - theme().scaled(108 + 16)
        span = self._span.fontMetrics().horizontalAdvance(self._span.text())
        wide = self._change.sizeHint().width() + span <= room
        directions = QtWidgets.QBoxLayout.Direction
        self._inner.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        tight = span > room + theme().scaled(16)
        self._span.setText(self._kept if tight else self._words)
        self._span.setWordWrap(tight)


def _joined(text: str) -> str:
    return text.replace(" ", "\u00a0")


class LegTable(FactTable):
    """Every leg of a proposal with several, each with its own verdict."""

    def __init__(self) -> None:
        super().__init__([Column("", 40), Column("", 0), Column("", 130)], fit=True, said=strings.LEGS)

    def show_legs(self, legs: Sequence[tuple[str, str, str]]) -> None:
        """(words, outcome of CONTRACTS C4, verdict in words) for each leg in order."""
        self.show_lines(
            [
                (
                    Cell(str(number), "small", "text3"),
                    Cell(words),
                    Cell(
                        verdict,
                        "small-strong",
                        icons.CHECK_ICONS[outcome][1],
                        icon=icons.CHECK_ICONS[outcome][0],
                    ),
                )
                for number, (words, outcome, verdict) in enumerate(legs, 1)
            ]
        )


class DiffTable(FactTable):
    """Before and after, side by side; what is different is marked by word and tone."""

    def __init__(self) -> None:
        super().__init__(
            [Column("", 150), Column(strings.BEFORE), Column(strings.AFTER), Column(strings.DIFFERENCE, 130)],
            fit=True,
        )

    def show_diff(self, rows: Sequence[tuple[str, str, str, str]]) -> None:
        """(name, before, after, difference in words or "")."""
        self.show_lines(
            [
                (
                    Cell(name, tone="text2"),
                    Cell(before),
                    Cell(after, "section" if before != after else "body"),
                    Cell(words, "small-strong", "warn" if before != after else "text3"),
                )
                for name, before, after, words in rows
            ]
        )
