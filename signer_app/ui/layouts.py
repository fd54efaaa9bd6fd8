"""Remembers how a person arranged a page: its splitters, and the columns of tables that can be arranged."""

from __future__ import annotations

from collections.abc import Iterator

from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.settings import ViewSettings

#: Property of a table whose columns a person arranges; its header's state is kept.
REMEMBER = "remember"


def _parts(page: QtWidgets.QWidget) -> Iterator[tuple[str, QtWidgets.QSplitter | QtWidgets.QHeaderView]]:
    """(name, what has a state), in the page's own order: pages are built the same way each time."""
    for number, splitter in enumerate(page.findChildren(QtWidgets.QSplitter)):
        yield f"splitter-{number}-{splitter.count()}", splitter
    for table in page.findChildren(QtWidgets.QTableView):
        if table.property(REMEMBER):
            yield f"table-{table.objectName()}", table.horizontalHeader()


def restore(settings: ViewSettings, page: QtWidgets.QWidget) -> None:
    """As it was left; a state of another version that does not fit is ignored."""
    for name, part in _parts(page):
        state = settings.layout(_key(page, name))
        if state is not None and not part.restoreState(state):
            settings.save_layout(_key(page, name), QtCore.QByteArray())


def save(settings: ViewSettings, page: QtWidgets.QWidget) -> None:
    """Before the page goes. What was never laid out has nothing to remember."""
    for name, part in _parts(page):
        if part.width() > 0 and part.isVisibleTo(page):
            settings.save_layout(_key(page, name), part.saveState())


def _key(page: QtWidgets.QWidget, name: str) -> str:
    return f"{page.objectName()}.{name}"
