"""Find: whatever the workspace holds, by its words, and the page that shows it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from signer_app.core.errors import CountersignError
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal, is_alive
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.theme import theme
from signer_app.ui.widgets import label
from signer_app.ui.words import strings

#: Letters before anything is looked for, and how many results are shown.
LEAST, MOST = 2, 50
_RECORD = re.compile(r"\s*(?:record\s*|#\s*)?([0-9]{1,12})\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Findable:
    """A thing that can be found: what it is, where it leads, and the words that it is found by."""

    title: str
    detail: str
    page: str
    argument: str
    haystack: str

    @classmethod
    def of(cls, title: str, detail: str, page: str, argument: str, *more: str) -> Findable:
        """Found by title, detail, argument and ``more``, in any case of letters."""
        return cls(title, detail, page, argument, " ".join((title, detail, argument, *more)).casefold())


def find(things: Sequence[Findable], text: str) -> list[Findable]:
    """The first things that hold every word of ``text``, or all of it without its spaces (an address in
    groups)."""
    words, joined = text.casefold().split(), "".join(text.casefold().split())
    if len(joined) < LEAST:
        return []
    found: list[Findable] = []
    for thing in things:
        if joined in thing.haystack or all(word in thing.haystack for word in words):
            found.append(thing)
            if len(found) == MOST:
                break
    return found


def record(text: str, records: int) -> list[Findable]:
    """The record of the journal that is named: "record 37", "#37" or 37."""
    match = _RECORD.fullmatch(text)
    if match is None or int(match[1]) >= records:
        return []
    number = str(int(match[1]))
    return [Findable.of(strings.FIND_RECORD.format(number=number), "", "journal", number)]


def pages() -> list[Findable]:
    """The pages of the navigation."""
    return [Findable.of(words, "", key, "") for key, words in strings.PAGES.items()]


class FindDialog(Dialog):
    """Type, see, choose. Answers at once from what was read when it opened; until then from the pages."""

    chosen = Signal(str, str)

    def __init__(self, parent: QtWidgets.QWidget, network_class: str = "", records: int = 0) -> None:
        """``records``: how many the journal has; each is found by its number."""
        super().__init__(parent, strings.FIND_TITLE, network_class)
        self._records = records
        self._things: Sequence[Findable] = pages()
        self._hits: Sequence[Findable] = ()
        self._waiting, self._problem = False, ""
        t = theme()
        self.resize(t.scaled(620), t.scaled(440))
        self.input = QtWidgets.QLineEdit()
        self.input.setObjectName("find.input")
        self.input.setPlaceholderText(strings.FIND_HINT)
        self.input.setAccessibleName(strings.FIND_HINT)
        self.input.setMaxLength(200)
        self.content.addWidget(self.input)
        self.list = QtWidgets.QListView()
        self.list.setObjectName("find.results")
        self.list.setProperty("rows", "true")
        self.list.setWordWrap(True)
        self.list.setAccessibleName(strings.FIND_RESULTS)
        self.list.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self._model = QtGui.QStandardItemModel(self)
        self.list.setModel(self._model)
        self.content.addWidget(self.list, 1)
        self.words = label(strings.FIND_START, "small", "text3")
        self.content.addWidget(self.words)
        self.input.textChanged.connect(self._show)
        self.list.activated.connect(self._choose)
        self.list.clicked.connect(self._choose)
        self.input.installEventFilter(self)
        self.input.setFocus()

    async def read(self, job: Awaitable[Sequence[Findable]]) -> None:
        """Take what ``job`` gives; what is typed meanwhile is then looked for in it. It may end after this
        dialog.
        """
        self._waiting = True
        self._show()
        try:
            more: Sequence[Findable] = await job
        except CountersignError as error:
            more, self._problem = (), error.message
        self._waiting, self._things = False, [*self._things, *more]
        if is_alive(self):
            self._show()

    def _show(self) -> None:
        text, row = self.input.text(), max(self.list.currentIndex().row(), 0)
        same = self._hits
        self._hits = [*record(text, self._records), *find(self._things, text)]
        row = row if self._hits[: row + 1] == list(same[: row + 1]) else 0
        self._model.clear()
        for hit in self._hits:
            item = QtGui.QStandardItem(f"{hit.title}    {hit.detail}")
            item.setToolTip(f"{hit.title}\n{hit.detail}")
            self._model.appendRow(item)
        if self._hits:
            self.list.setCurrentIndex(self._model.index(row, 0))
        self.words.setText(self._said("".join(text.split())))

    def _said(self, typed: str) -> str:
        if self._waiting:
            return strings.LOADING
        if self._problem:
            return self._problem
        if not self._hits:
            return strings.FIND_START if len(typed) < LEAST else strings.FIND_NOTHING
        return strings.FIND_MORE.format(most=MOST) if len(self._hits) >= MOST else ""

    def _choose(self, index: QtCore.QModelIndex) -> None:
        if index.isValid() and index.row() < len(self._hits):
            hit = self._hits[index.row()]
            self.accept()
            self.chosen.emit(hit.page, hit.argument)

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802
        """Down and Up move in the list while the letters stay in the field; Enter goes there."""
        if (
            watched is self.input
            and isinstance(event, QtGui.QKeyEvent)
            and event.type() == event.Type.KeyPress
        ):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                QtWidgets.QApplication.sendEvent(self.list, event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)
