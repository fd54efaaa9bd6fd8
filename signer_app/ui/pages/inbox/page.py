"""The inbox page: the list at the left, one proposal at the right, files in and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.ui import strings
from signer_app.ui.pages.inbox.detail import Detail
from signer_app.ui.pages.inbox.listing import EntryList
from signer_app.ui.pages.inbox.reading import Entry, read_details, read_list
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.shell.page import Hit, Page, Shell
from signer_app.ui.theme import theme
from signer_app.ui.widgets import StateBanner, column, plain, row

if TYPE_CHECKING:
    from signer_app.workspace import Workspace

#: The largest file that is read as a proposal (CONTRACTS G), and one byte more to notice a larger one.
FILE_LIMIT = 1024 * 1024
TABS = ("mine", "open", "done")


class InboxPage(Page):
    """Decide what waits."""

    key = "inbox"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.entries: list[Entry] = []
        self._wanted = ""
        self._reading = ""
        outer = column(self.body)
        self._split = QtWidgets.QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._left())
        self.detail = Detail()
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([theme().size("list"), 4000])
        outer.addWidget(self._split)
        self.list.chosen.connect(self._chosen)
        self.detail.asked.connect(self._asked)
        shell.add_finder(self._find)

    def _left(self) -> QtWidgets.QWidget:
        t = theme()
        pane = plain("surface")
        pane.setMinimumWidth(t.scaled(280))
        box = column(pane)
        line = row(spacing=t.scaled(2), margins=(t.scaled(10), t.scaled(10), t.scaled(10), t.scaled(8)))
        self.tabs: dict[str, QtWidgets.QPushButton] = {}
        group = QtWidgets.QButtonGroup(self)
        for name in TABS:
            button = QtWidgets.QPushButton(strings.INBOX_TABS[name])
            button.setProperty("kind", "tab")
            button.setObjectName(f"inbox.tab.{name}")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.clicked.connect(self._show)
            group.addButton(button)
            self.tabs[name] = button
            line.addWidget(button)
        line.addStretch(1)
        self.tabs["open"].setChecked(True)
        box.addLayout(line)
        self.list = EntryList()
        self._nothing = StateBanner("ok", strings.NOTHING_HERE)
        box.addWidget(self._nothing)
        box.addWidget(self.list, 1)
        return pane

    # -- what the window asks ------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the list, then the one in view."""
        self.entries = await self.session.call(read_list, name=strings.READING_PROPOSALS)
        if not self.entries:
            self.show_empty(strings.NOTHING_NEEDS_YOU, strings.OPEN_FILE, self._choose_file)
            return
        self.show_body()
        self._show()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Files in and out, and the one question that this version can ask again."""
        return {"open": self._choose_file, "export": self._choose_target, "verify": self._judge}

    def panes(self) -> list[QtWidgets.QWidget]:
        """List, detail."""
        return [self.list, self.detail]

    def open(self, argument: str) -> None:
        """Show a proposal by its id or the start of it."""
        self._wanted = argument
        self.tabs["open"].setChecked(True)
        if self.entries:
            self._show()

    def take_files(self, files: Sequence[Path]) -> None:
        """Import files, one after the other."""
        for path in files:
            self.run(self._import(path))

    # -- the list ------------------------------------------------------------------------------------------

    def _show(self) -> None:
        tab = next(name for name, button in self.tabs.items() if button.isChecked())
        kept = {
            "mine": [entry for entry in self.entries if entry.mine],
            "open": [entry for entry in self.entries if entry.open],
            "done": [entry for entry in self.entries if not entry.open],
        }
        if self._wanted and not any(e.id.startswith(self._wanted) for e in kept[tab]):
            done = any(e.id.startswith(self._wanted) for e in kept["done"])
            tab = "done" if done else "open"
            self.tabs[tab].setChecked(True)
        for name, button in self.tabs.items():
            button.setText(f"{strings.INBOX_TABS[name]}  {len(kept[name])}")
        self.list.show_entries(kept[tab], datetime.now(UTC))
        self._nothing.setVisible(not kept[tab])
        if self._wanted and self.list.choose(self._wanted):
            self._wanted = ""
        if kept[tab]:
            self._chosen(self.list.current())
        else:
            self._reading = ""
            self.detail.show_details(None)

    def _chosen(self, identifier: str) -> None:
        self._reading = identifier
        self.run(self._read(identifier))

    async def _read(self, identifier: str) -> None:
        details = await self.session.call(
            lambda workspace: read_details(workspace, identifier), name=strings.READING_PROPOSALS
        )
        if self._reading == identifier:  # a person may have gone on meanwhile
            self.detail.show_details(details)

    def _find(self, text: str) -> list[Hit]:
        wanted = text.casefold()
        return [
            Hit(entry.title, f"{entry.account_name}, {entry.state_words}", "inbox", entry.id)
            for entry in self.entries
            if wanted in entry.title.casefold()
            or wanted in entry.account.casefold()
            or entry.id.startswith(wanted)
        ]

    # -- doing ---------------------------------------------------------------------------------------------

    def _asked(self, name: str) -> None:
        act = self.handlers().get(name)
        if act is not None:
            act()

    def _judge(self) -> None:
        identifier = self.list.current()
        if identifier:
            self.run(self._judge_now(identifier))

    async def _judge_now(self, identifier: str) -> None:
        def judge(workspace: Workspace) -> None:
            workspace.proposals.verify(identifier)

        await self.session.call(judge, name=strings.JUDGING)
        self.shell.changed()

    def _choose_file(self) -> None:
        dialog = QtWidgets.QFileDialog(self, strings.OPEN_FILE)
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.take_files([Path(name) for name in names]))
        dialog.open()

    async def _import(self, path: Path) -> None:
        def take(workspace: Workspace) -> str:
            return str(workspace.proposals.import_bytes(_read_file(path))["proposal_id"])

        self._wanted = await self.session.call(take, name=strings.IMPORTING)
        self.shell.changed()

    def _choose_target(self) -> None:
        identifier = self.list.current()
        if not identifier:
            return
        dialog = QtWidgets.QFileDialog(self, strings.EXPORT)
        dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("countersign")
        dialog.selectFile(f"{identifier[:12]}.countersign")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.run(self.export(identifier, Path(name))))
        dialog.open()

    async def export(self, identifier: str, path: Path) -> None:
        """Write a proposal's file for the others."""

        def write(workspace: Workspace) -> None:
            from signer_app.vault.files import atomic_write  # noqa: PLC0415 - in the worker's thread

            data, _ = workspace.proposals.export(identifier, "countersign")
            atomic_write(path, data, 0o600)

        await self.session.call(write, name=strings.EXPORTING)
        self.shell.changed()


def _read_file(path: Path) -> bytes:
    """In the worker's thread. NotFoundError for what cannot be read."""
    from signer_app.core.errors import NotFoundError  # noqa: PLC0415

    try:
        with path.open("rb") as stream:
            return stream.read(FILE_LIMIT + 1)
    except OSError as error:
        raise NotFoundError(f"{path.name} cannot be read: {error.strerror}.") from error
