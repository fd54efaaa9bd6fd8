"""The table of records with the chain painted in its first column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import Cell, Column, FactTable
from signer_app.ui.widgets.base import pen, rounded
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import journal as words

#: Digits of a proposal's id that a row shows; commands take them, and the panel has the whole id.
ID_DIGITS = 12
ABOUT, ORIGIN = 4, 6
#: Below this width in pixels at 100 % the table leaves two columns out.
NARROW = 720


@dataclass(frozen=True, slots=True)
class Line:
    """One record as the table shows it. ``link`` is covered, tail or anchor (words.CHAIN)."""

    index: int
    at: str
    event: str
    about: str
    summary: str
    origin: str
    tone: str
    link: str


class ChainDelegate(QtWidgets.QStyledItemDelegate):
    """A square on a line: solid where a checkpoint covers it, dashed where not, filled where a record names
    the state of the journal. The words are the cell's accessible text.
    """

    def paint(
        self,
        painter: QtGui.QPainter,
        option: QtWidgets.QStyleOptionViewItem,
        index: QtCore.QModelIndex | QtCore.QPersistentModelIndex,
    ) -> None:
        """Background as the style has it, then the chain."""
        style = QtWidgets.QApplication.style()
        style.drawPrimitive(QtWidgets.QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter)
        link = str(index.data(Qt.ItemDataRole.UserRole))
        box: QtCore.QRect = option.rect
        tokens, t = theme().tokens, theme()
        covered = link != "tail"
        colour = tokens.ok.text if covered else tokens.text3
        middle = QtCore.QRectF(box).center().x()
        painter.save()
        pen(painter, tokens.ok.line if covered else tokens.ctl, 2)
        if not covered:
            dashes = painter.pen()
            dashes.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(dashes)
        painter.drawLine(QtCore.QPointF(middle, box.top()), QtCore.QPointF(middle, box.bottom() + 1))
        size = t.scaled(11)
        square = QtCore.QRectF(middle - size / 2, QtCore.QRectF(box).center().y() - size / 2, size, size)
        rounded(painter, square, 2, colour if link == "anchor" else tokens.surface, colour, 2)
        painter.restore()


class RecordTable(FactTable):
    """Newest first; the key of a row is the record's index."""

    def __init__(self) -> None:
        titles = words.COLUMNS
        super().__init__(
            [
                Column(titles[0], 34),
                Column(titles[1], FITS),
                Column(titles[2], FITS),
                Column(titles[3], FITS),
                Column(titles[4], FITS),
                Column(titles[5]),
                Column(titles[6], FITS),
            ],
            name="journal.table",
            said=words.TABLE_SAID,
        )
        self.horizontalHeader().setStretchLastSection(False)
        self.setItemDelegateForColumn(0, ChainDelegate(self))

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """In a narrow table the summary has the room; the panel shows what a row leaves out."""
        super().resizeEvent(event)
        narrow = event.size().width() < theme().scaled(NARROW)
        for column in (ABOUT, ORIGIN):
            self.setColumnHidden(column, narrow)

    def show_records(self, lines: Sequence[Line]) -> None:
        """Show these records."""
        self.show_lines([_cells(line) for line in lines], [str(line.index) for line in lines])


def _cells(line: Line) -> tuple[Cell, ...]:
    return (
        Cell(words.CHAIN[line.link], raw=line.link),
        Cell(f"{line.index:,}", "mono", raw=str(line.index)),
        Cell(f"{line.at[:10]} {line.at[11:19]}", "small", "text2", raw=line.at),
        Cell(line.event, "label", line.tone),
        Cell(line.about[:ID_DIGITS], "mono", raw=line.about),
        Cell(line.summary),
        Cell(line.origin, "small", "text3"),
    )
