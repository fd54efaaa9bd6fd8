"""Walks over the widgets of a window: has each the room that it needs, and does each say what it is?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from window_help import turns, until

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Elided, FactTable
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


def place(widget: QtWidgets.QWidget) -> QtCore.QRect:
    """On the screen."""
    return QtCore.QRect(widget.mapToGlobal(QtCore.QPoint(0, 0)), widget.size())


def scroller(widget: QtWidgets.QWidget, dialog: QtWidgets.QDialog) -> QtWidgets.QScrollArea | None:
    """What scrolls it away, if anything does."""
    holder = widget.parentWidget()
    while holder is not None and holder is not dialog:
        if isinstance(holder, QtWidgets.QScrollArea):
            return holder
        holder = holder.parentWidget()
    return None


def foot(dialog: QtWidgets.QDialog) -> list[ActionButton]:
    """The buttons that do not scroll."""
    return [w for w in shown(dialog) if isinstance(w, ActionButton) and scroller(w, dialog) is None]


def lacking(window: QtWidgets.QWidget, dialog: QtWidgets.QDialog) -> Iterator[str]:
    """What is wrong with the place of a dialog and of its parts."""
    inside, here = place(window), place(dialog)
    if not inside.contains(here):
        yield f"{here} is not inside {inside}"
    for button in foot(dialog):
        if not here.intersected(inside).contains(place(button)):
            yield f"out of view: {words_of(button)}"
    for area in shown(dialog):
        if isinstance(area, QtWidgets.QScrollArea) and area.widget().width() > area.viewport().width():
            yield f"cut at its right: {words_of(area)}"
    yield from cramped(dialog)


async def fits(window: QtWidgets.QWidget, dialog: QtWidgets.QDialog, name: str, *, buttons: int = 1) -> None:
    """Once the layout has run."""
    await turns(5)
    with contextlib.suppress(TimeoutError):
        await until(lambda: not list(lacking(window, dialog)), 3)
    found = list(lacking(window, dialog))
    assert not found, name + "\n" + "\n".join(found)
    assert len(foot(dialog)) >= buttons, f"{name}: buttons that scroll away"
