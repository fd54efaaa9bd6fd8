"""Walks over the widgets of a window: has each the room that it needs, and does each say what it is?"""

from __future__ import annotations

from collections.abc import Iterator

from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import Elided, FactTable
from signer_app.ui.widgets.tables import cell_margin


def shown(root: QtWidgets.QWidget) -> Iterator[QtWidgets.QWidget]:
    """Every widget below ``root`` that is to be seen."""
    for widget in root.findChildren(QtWidgets.QWidget):
        if widget.isVisibleTo(root):
            yield widget


def words_of(widget: QtWidgets.QWidget) -> str:
    text = widget.text() if isinstance(widget, QtWidgets.QLabel | QtWidgets.QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.objectName()} {text or widget.accessibleName()!r}"


def cramped(root: QtWidgets.QWidget) -> list[str]:
    """Labels, buttons and painted parts that have less room than they need."""
    return [f"{words_of(w)}: {why}" for w in shown(root) if (why := _lacks(w))]


def _lacks(widget: QtWidgets.QWidget) -> str:
    width, height = widget.width(), widget.height()
    if isinstance(widget, Elided):
        return ""
    if isinstance(widget, QtWidgets.QLabel):
        if widget.wordWrap():
            flags = Qt.TextFlag.TextWordWrap
            box = widget.contentsRect().adjusted(0, 0, 0, 10_000)
            need = QtGui.QFontMetrics(widget.font()).boundingRect(box, flags, widget.text())
            wide = need.width() > box.width() + 1
            return f"{need.size()} in {widget.size()}" if wide or need.height() > height + 1 else ""
        hint = widget.sizeHint()
        return f"{hint} in {widget.size()}" if hint.width() > width or hint.height() > height + 1 else ""
    if isinstance(widget, FactTable) and widget.textElideMode() == Qt.TextElideMode.ElideNone:
        return _cut_cell(widget)
    if isinstance(widget, QtWidgets.QAbstractButton) or type(widget).__module__.startswith("signer_app"):
        hint = widget.minimumSizeHint()
        least, holds = hint.height(), widget.layout()
        if widget.hasHeightForWidth():
            # What holds others needs the least of them: a list in it may scroll.
            least = holds.minimumHeightForWidth(width) if holds else widget.heightForWidth(width)
        return f"{hint} in {widget.size()}" if hint.width() > width or least > height else ""
    return ""


def _cut_cell(table: FactTable) -> str:
    """A cell of a table that never elides whose text does not fit, wrapped, into column and row."""
    margin = cell_margin(table)
    for row, line in enumerate(table.facts.lines):
        for number, cell in enumerate(line):
            box = table.visualRect(table.facts.index(row, number)).adjusted(margin, 0, -margin, 10_000)
            metrics = QtGui.QFontMetrics(theme().font(cell.role))
            need = metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, cell.text)
            if need.width() > box.width() or need.height() > table.rowHeight(row):
                return f"{cell.text!r} needs {need.size()} in {box.width()}x{table.rowHeight(row)}"
    return ""


def nameless(root: QtWidgets.QWidget) -> list[str]:
    """What can have the focus and gives a screen reader no name."""
    found = []
    for widget in shown(root):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
            continue
        plain = isinstance(widget, QtWidgets.QAbstractButton | QtWidgets.QLabel) and widget.text().strip()
        holder = isinstance(widget, QtWidgets.QScrollArea | QtWidgets.QStackedWidget | QtWidgets.QScrollBar)
        if not (widget.accessibleName() or plain or holder):
            found.append(words_of(widget))
    return found
