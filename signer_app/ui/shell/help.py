"""Help for a page, and the sheet of every key."""

from __future__ import annotations

from signer_app.ui.qt import Qt, QtGui, QtWidgets, Signal
from signer_app.ui.shell.actions import ACTIONS
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, label
from signer_app.ui.words import help as words
from signer_app.ui.words import strings

_NATIVE = QtGui.QKeySequence.SequenceFormat.NativeText


class HelpDialog(Dialog):
    """A page in a few sentences. ``keys_wanted``: the person asks for the sheet of keys."""

    keys_wanted = Signal()

    def __init__(self, parent: QtWidgets.QWidget, page: str, network_class: str = "") -> None:
        name = strings.PAGES.get(page, words.UNLOCK if page == "unlock" else page.capitalize())
        super().__init__(parent, words.HELP_TITLE.format(page=name), network_class)
        self.page = page
        self.setMinimumWidth(theme().scaled(460))
        for sentence in words.PAGES[page]:
            self.content.addWidget(label(sentence, "body", wrap=True))
        self.content.addStretch(1)
        keys = ActionButton(words.SHOW_KEYS, icon="keyboard", name="help.keys")
        keys.triggered.connect(self._show_keys)
        close = ActionButton(strings.CLOSE)
        close.triggered.connect(self.accept)
        self.add_buttons(keys, close)

    def _show_keys(self) -> None:
        self.accept()
        self.keys_wanted.emit()


class ShortcutsDialog(Dialog):
    """Every key of the window: those of the menus from the table that makes them, then those of parts."""

    def __init__(self, parent: QtWidgets.QWidget, network_class: str = "") -> None:
        super().__init__(parent, strings.KEYS_TITLE, network_class)
        t = theme()
        self.setMaximumHeight(t.scaled(620))
        self.resize(t.scaled(760), t.scaled(620))
        self.content.addWidget(label(strings.KEYS_INTRO, "body", "text2", wrap=True))
        self._grid = QtWidgets.QGridLayout()
        self._grid.setHorizontalSpacing(t.scaled(16))
        self._grid.setVerticalSpacing(t.scaled(5))
        self._grid.setColumnStretch(1, 1)
        self.content.addLayout(self._grid)
        self.content.addStretch(1)
        for menu, title in strings.MENUS.items():
            specs = [spec for spec in ACTIONS if spec.keys and spec.menu == menu]
            listed = [
                (" ".join(_native(keys) for keys in (spec.keys, spec.also) if keys), spec.words.rstrip("…"))
                for spec in specs
            ]
            self._section(title.replace("&", ""), listed)
        for title, more in words.MORE_KEYS:
            self._section(title, list(more))
        close = ActionButton(strings.CLOSE)
        close.triggered.connect(self.accept)
        self.add_buttons(close)

    def _section(self, title: str, lines: list[tuple[str, str]]) -> None:
        if not lines:
            return
        at = self._grid.rowCount()
        self._grid.addWidget(label(title, "section"), at, 0, 1, 2)
        for number, (keys, said) in enumerate(lines, at + 1):
            shown = label(keys)
            shown.setProperty("kbd", "true")
            self._grid.addWidget(shown, number, 0, Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(label(said, "body", wrap=True), number, 1)


def _native(keys: str) -> str:
    return QtGui.QKeySequence(keys).toString(_NATIVE)
