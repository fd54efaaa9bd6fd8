"""The table of proposals: fixed row heights, brackets in the first column, columns that can be hidden."""

from __future__ import annotations

from signer_app.ui.pages.proposals.model import COLUMNS, NAMES, PLACE, RAW, TITLE, ProposalModel
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets.base import pen
from signer_app.ui.words import proposals as say

#: These are always there: what a proposal is, and what stands in its way.
FIXED = ("bracket", "title")
_Index = QtCore.QModelIndex | QtCore.QPersistentModelIndex


class ProposalTable(QtWidgets.QTableView):
    """Emits ``chosen`` with an id when a row is double clicked or Enter is pressed on it."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows = ProposalModel(self)
        self.setModel(self.rows)
        self.setObjectName("proposals.table")
        self.setAccessibleName(say.TABLE_SAID)
        view = QtWidgets.QAbstractItemView
        self.setEditTriggers(view.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(view.SelectionBehavior.SelectRows)
        self.setSelectionMode(view.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(view.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(view.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setItemDelegateForColumn(0, _BracketDelegate(self))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QtWidgets.QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        self.setProperty("remember", True)  # see ui/layouts.py
        head.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        for number, name in enumerate(NAMES):
            modes = QtWidgets.QHeaderView.ResizeMode
            head.setSectionResizeMode(number, modes.Fixed if name in FIXED else modes.Interactive)
        self.setSortingEnabled(True)
        self.doubleClicked.connect(lambda index: self.chosen.emit(self.rows.line(index.row()).id))
        self._measure()

    def _measure(self) -> None:
        t = theme()
        self.verticalHeader().setDefaultSectionSize(t.size("row-table"))
        self.setIconSize(QtCore.QSize(t.size("icon"), t.size("icon")))
        self.horizontalHeader().setMinimumSectionSize(t.scaled(24))
        for number, name in enumerate(NAMES):
            if COLUMNS[name]:
                self.setColumnWidth(number, t.scaled(COLUMNS[name]))
        self._stretch()

    def _stretch(self) -> None:
        """The title takes what the others leave, but it is never too short for an amount: then one
        scrolls.
        """
        head, own = self.horizontalHeader(), NAMES.index("title")
        others = sum(head.sectionSize(number) for number in range(len(NAMES)) if number != own)
        self.setColumnWidth(own, max(theme().scaled(TITLE), self.viewport().width() - others))

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width for the title."""
        super().resizeEvent(event)
        self._stretch()

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802 - Qt's name
        """Another text size."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.StyleChange:
            self._measure()

    def focusInEvent(self, event: QtGui.QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Who comes by Tab has a row chosen, which Enter opens."""
        super().focusInEvent(event)
        if self.rows.rowCount() and not self.current():
            self.selectRow(max(0, self.currentIndex().row()))

    def current(self) -> str:
        """The id of the chosen row, or ""."""
        rows = self.selectionModel().selectedRows()
        return self.rows.line(rows[0].row()).id if rows else ""

    def choose(self, identifier: str) -> None:
        """Choose a row, if it is in view."""
        row = self.rows.row_of(identifier)
        if row >= 0:
            self.selectRow(row)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Enter opens; Ctrl+C copies the whole value of the cell."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            identifier = self.current()
            if identifier:
                self.chosen.emit(identifier)
        elif event.matches(QtGui.QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            QtWidgets.QApplication.clipboard().setText(str(self.currentIndex().data(RAW)))
        else:
            super().keyPressEvent(event)

    # -- columns -------------------------------------------------------------------------------------------

    def hidden(self) -> list[str]:
        """Names of columns that are not shown."""
        return [name for number, name in enumerate(NAMES) if self.isColumnHidden(number)]

    def hide_columns(self, names: list[str]) -> None:
        """Show all but these."""
        for number, name in enumerate(NAMES):
            self.setColumnHidden(number, name in names and name not in FIXED)
        self._stretch()

    def _show_column(self, number: int, shown: bool) -> None:
        self.setColumnHidden(number, not shown)
        self._stretch()

    def column_menu(self) -> QtWidgets.QMenu:
        """What to sort by, and a tick for each column that can be hidden."""
        menu = QtWidgets.QMenu(self)
        menu.setAccessibleName(say.COLUMNS_BUTTON)
        self._fill_sorting(menu.addMenu(say.SORT_BY))
        menu.addSeparator()
        for number, name in enumerate(NAMES):
            if name in FIXED:
                continue
            action = menu.addAction(say.COLUMNS[name])
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(number))
            action.toggled.connect(lambda shown, number=number: self._show_column(number, shown))
        return menu

    def _fill_sorting(self, menu: QtWidgets.QMenu) -> None:
        """The heads of the table for who has no pointer: by what, and in which direction."""
        head = self.horizontalHeader()
        one = QtGui.QActionGroup(menu)
        for number, name in enumerate(NAMES):
            action = menu.addAction(say.COLUMNS[name] or say.NEWEST)
            action.setCheckable(True)
            action.setChecked(head.sortIndicatorSection() == number)
            one.addAction(action)
            first = Qt.SortOrder.AscendingOrder if number else Qt.SortOrder.DescendingOrder
            action.triggered.connect(lambda _on, number=number, first=first: self._sort_by(number, first))
        menu.addSeparator()
        turn = menu.addAction(say.TURN_ORDER)
        orders = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)
        turn.triggered.connect(
            lambda: self._sort_by(head.sortIndicatorSection(), orders[head.sortIndicatorOrder() == orders[0]])
        )

    def _sort_by(self, column: int, order: Qt.SortOrder) -> None:
        """The chosen row stays chosen."""
        chosen = self.current()
        self.sortByColumn(column, order)
        self.choose(chosen)


class _BracketDelegate(QtWidgets.QStyledItemDelegate):
    """A bracket around neighbours that share a slot; a short mark where the partner is elsewhere."""

    def paint(self, painter: QtGui.QPainter, option: QtWidgets.QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        place = index.data(PLACE)
        if not place:
            return
        t = theme()
        painter.save()
        pen(painter, t.tokens.warn.text, 2)
        box = QtCore.QRect(option.rect)
        left, right, middle = box.left() + t.scaled(10), box.right() - t.scaled(3), box.center().y()
        top = middle if place in ("first", "alone") else box.top()
        bottom = middle if place in ("last", "alone") else box.bottom() + 1
        if place == "alone":
            painter.drawLine(left, middle - t.scaled(5), left, middle + t.scaled(5))
        painter.drawLine(left, top, left, bottom)
        painter.drawLine(left, middle, right, middle)
        painter.restore()
