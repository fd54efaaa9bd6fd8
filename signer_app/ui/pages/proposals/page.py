"""The page of all proposals: filter row, table, columns, saved filters, CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from signer_app.ui.choosing import choose_new_file
from signer_app.ui.pages.proposals.model import Filter
from signer_app.ui.pages.proposals.reading import Listed, read_list, write_csv
from signer_app.ui.pages.proposals.table import ProposalTable
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Chooser, Reasons, StateBanner, column, fill, label, row
from signer_app.ui.words import proposals as say
from signer_app.ui.words import shared, standing, strings

if TYPE_CHECKING:
    from signer_app.workspace import Workspace

STATES = MappingProxyType(
    {
        "open": frozenset({"PENDING"}),
        "ready": frozenset({"READY"}),
        "stopped": frozenset({"DENIED", "REJECTED"}),
        "sent": frozenset({"SUBMITTED", "UNKNOWN"}),
        "done": frozenset({"CONFIRMED", "FAILED", "EXPIRED", "SUPERSEDED"}),
    }
)
#: Below this width the columns that say least are hidden until a person chooses otherwise.
NARROW, LEAST = 1100, ["created", "id"]


class ProposalsPage(Page):
    """Everything that was ever proposed here."""

    key = "proposals"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        t = theme()
        margin = t.size("margin")
        box = column(self.body, spacing=t.scaled(10), margins=(margin, t.scaled(14), margin, margin))
        head, _ = page_head(strings.PAGES["proposals"], say.PROPOSALS_SUB)
        self.columns = ActionButton(say.COLUMNS_BUTTON, icon="settings", name="proposals.columns")
        self.csv = ActionButton(say.EXPORT_CSV, icon="download", name="proposals.csv")
        self.new = ActionButton(shared.NEW_PROPOSAL, kind="primary", icon="plus", name="proposals.new")
        for button in (self.columns, self.csv, self.new):
            head.addWidget(button)
        box.addLayout(head)
        box.addLayout(self._filters())
        box.addWidget(Reasons(self.save, self.delete, self.csv, across=True))
        frame = QtWidgets.QFrame()
        frame.setProperty("kind", "card")
        inner = column(frame, margins=(1, 1, 1, 1))
        self.table = ProposalTable()
        inner.addWidget(self.table, 1)
        self.nothing = StateBanner("info", say.NOTHING_MATCHES)
        self.nothing.offer([(say.CLEAR_FILTER, self.clear)])
        self.nothing.hide()
        foot = QtWidgets.QFrame()
        foot.setProperty("kind", "card-foot")
        line = row(foot, margins=(t.scaled(14), t.scaled(7), t.scaled(14), t.scaled(7)))
        self.count = label("", "small", "text3", name="proposals.count")
        line.addWidget(self.count)
        line.addStretch(1)
        inner.addWidget(foot)
        box.addWidget(self.nothing)
        box.addWidget(frame, 1)
        self._saved: list[tuple[str, Mapping[str, str]]] = []
        self._chosen_columns = False
        self._wire()

    def _filters(self) -> QtWidgets.QBoxLayout:
        t = theme()
        self._row = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(t.scaled(8))
        line = row(spacing=t.scaled(8))
        self.text = QtWidgets.QLineEdit()
        self.text.setObjectName("proposals.filter")
        self.text.setPlaceholderText(say.FILTER_HINT)
        self.text.setAccessibleName(say.FILTER_SAID)
        self.text.setMaxLength(200)
        self._row.addWidget(self.text, 1)
        self.states = _choice("proposals.states", say.ALL_STATES)
        self.states.addItem(say.ALL_STATES, "")
        for name, words in say.STATE_GROUPS.items():
            self.states.addItem(words, name)
        self.accounts = _choice("proposals.accounts", say.ALL_ACCOUNTS)
        self.accounts.addItem(say.ALL_ACCOUNTS, "")
        self.conflicts = QtWidgets.QCheckBox(say.CONFLICTS_ONLY)
        self.conflicts.setObjectName("proposals.conflicts")
        self.saved = _choice("proposals.saved", say.SAVED_FILTERS)
        self.saved.addItem(say.NO_SAVED, "")
        self.save = ActionButton(say.SAVE_FILTER, kind="quiet", name="proposals.save")
        self.delete = ActionButton(say.DELETE_FILTER, kind="quiet", name="proposals.delete")
        for widget in (self.states, self.accounts, self.conflicts, self.saved, self.save, self.delete):
            line.addWidget(widget)
        line.addStretch(1)
        self._row.addLayout(line)
        return self._row

    def _wire(self) -> None:
        self.text.textChanged.connect(self._filter)
        self.states.currentIndexChanged.connect(self._filter)
        self.accounts.currentIndexChanged.connect(self._filter)
        self.conflicts.toggled.connect(self._filter)
        self.saved.activated.connect(self._use_saved)
        self.save.triggered.connect(self._ask_name)
        self.delete.triggered.connect(self._delete_saved)
        self.columns.triggered.connect(self._show_columns)
        self.csv.triggered.connect(self._choose_target)
        self.new.triggered.connect(lambda: self.shell.go("new"))
        self.table.chosen.connect(lambda identifier: self.shell.go("inbox", identifier))
        self.table.rows.counted.connect(self._counted)
        find = QtGui.QShortcut(QtGui.QKeySequence(QtGui.QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WindowShortcut)  # while this page is in view
        find.activated.connect(lambda: self.text.setFocus(Qt.FocusReason.ShortcutFocusReason))
        leave = QtGui.QShortcut(QtGui.QKeySequence(Qt.Key.Key_Escape), self.text)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self.clear)
        self._block()

    # -- what the window asks ------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the list; the filter and the chosen row stay."""
        listed = await self.session.call(read_list, name=say.READING_ALL)
        self.show_listed(listed)

    def show_listed(self, listed: Listed) -> None:
        """Show what was read."""
        chosen = self.table.current()
        self.table.rows.show_lines(listed.lines)
        self._hide()
        self.table.choose(chosen)
        fill(self.accounts, [(say.ALL_ACCOUNTS, ""), *((name, acc) for acc, name in listed.accounts)])
        self._saved = list(listed.filters)
        saved = [(fields.get("name", ""), identifier) for identifier, fields in self._saved]
        fill(self.saved, [(say.NO_SAVED, ""), *saved])
        self._block()
        if listed.lines:
            self.show_body()
        else:
            self.show_empty(say.NO_PROPOSALS, shared.NEW_PROPOSAL, lambda: self.shell.go("new"))

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """New proposals are begun anywhere; see the window."""
        return {}

    def panes(self) -> list[QtWidgets.QWidget]:
        """Filter, table."""
        return [self.text, self.table]

    def open(self, argument: str) -> None:
        """Choose a proposal."""
        self.table.choose(argument)

    # -- filtering -----------------------------------------------------------------------------------------

    def chosen_filter(self) -> Filter:
        """What the filter row says now."""
        return Filter(
            self.text.text().strip(),
            STATES.get(str(self.states.currentData()), frozenset()),
            str(self.accounts.currentData() or ""),
            self.conflicts.isChecked(),
        )

    def _filter(self) -> None:
        chosen = self.table.current()
        self.table.rows.set_filter(self.chosen_filter())
        self.table.choose(chosen)
        self._block()

    def clear(self) -> None:
        """Show everything again."""
        self._set({})

    def _set(self, fields: Mapping[str, str]) -> None:
        widgets = (self.text, self.states, self.accounts, self.conflicts)
        for widget in widgets:
            widget.blockSignals(True)
        self.text.setText(fields.get("text", ""))
        self.states.setCurrentIndex(max(0, self.states.findData(fields.get("states", ""))))
        self.accounts.setCurrentIndex(max(0, self.accounts.findData(fields.get("account", ""))))
        self.conflicts.setChecked(fields.get("conflicts") == "yes")
        for widget in widgets:
            widget.blockSignals(False)
        self._filter()

    def _counted(self, shown: int, total: int) -> None:
        self.count.setText(say.counted(shown, total))
        self.nothing.setVisible(shown == 0 and total > 0)

    def _block(self) -> None:
        """Say why a button is off."""
        empty = self.chosen_filter() == Filter()
        off = standing.off(self.session.summary) if self.session.look_only else ""
        self.save.block(off or (say.SAVE_NOTHING if empty else ""))
        self.delete.block(off or ("" if self.saved.currentData() else say.DELETE_NOTHING))
        self.csv.block("" if self.table.rows.rowCount() else say.NOTHING_MATCHES)

    # -- saved filters -------------------------------------------------------------------------------------

    def _use_saved(self) -> None:
        for identifier, fields in self._saved:
            if identifier == self.saved.currentData():
                self._set(fields)
        self._block()

    def _ask_name(self) -> None:
        self.run(self._save())

    async def _save(self) -> None:
        summary = self.session.summary
        dialog = NameDialog(self, summary.network_class if summary else "")
        named: list[str] = []
        dialog.accepted.connect(lambda: named.append(dialog.input.text().strip()))
        await self.shell.ask(dialog)
        if named and named[0]:
            await self.save_filter(named[0])

    async def save_filter(self, name: str) -> None:
        """Keep the filter row under a name."""
        fields = {
            "name": name,
            "text": self.text.text().strip(),
            "states": str(self.states.currentData() or ""),
            "account": str(self.accounts.currentData() or ""),
            "conflicts": "yes" if self.conflicts.isChecked() else "no",
        }
        await self.session.call(lambda workspace: workspace.drafts.save("filter", fields))
        await self.load()

    def _delete_saved(self) -> None:
        identifier = str(self.saved.currentData() or "")
        if identifier:
            self.run(self._delete(identifier))

    async def _delete(self, identifier: str) -> None:
        await self.session.call(lambda workspace: workspace.drafts.delete(identifier))
        self.saved.setCurrentIndex(0)
        await self.load()

    # -- columns and CSV -----------------------------------------------------------------------------------

    def _show_columns(self) -> None:
        self._chosen_columns = True
        menu = self.table.column_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.columns.mapToGlobal(QtCore.QPoint(0, self.columns.height() + 4)))

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """In a narrow window the title needs the room of lesser columns, and the filter a line of its own."""
        super().resizeEvent(event)
        directions = QtWidgets.QBoxLayout.Direction
        narrow = self.width() < theme().scaled(NARROW)
        self._row.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
        self._hide()

    def _hide(self) -> None:
        """One network or account needs no column; a person's own choice stays."""
        if self._chosen_columns:
            return
        narrow = self.width() < theme().scaled(NARROW)
        lines = self.table.rows.lines
        one = [name for name in ("network", "account") if len({getattr(line, name) for line in lines}) < 2]
        self.table.hide_columns([*(LEAST if narrow else []), *one])

    def _choose_target(self) -> None:
        choose_new_file(self, say.EXPORT_TITLE, "proposals.csv", lambda path: self.run(self.export(path)))

    async def export(self, path: Path) -> None:
        """Write what is in view as CSV, in its order."""
        ids = [line.id for line in self.table.rows.shown()]

        def write(workspace: Workspace) -> int:
            return write_csv(workspace, ids, path)

        count = await self.session.call(write, name=say.WRITING_CSV)
        banner = StateBanner("ok", say.csv_written(count, str(path)), say.CSV_SAFE)
        banner.offer([(strings.CLOSE, lambda: self.banner("csv", None))])
        self.banner("csv", banner)


class NameDialog(Dialog):
    """Asks what a filter is called."""

    def __init__(self, parent: QtWidgets.QWidget, network_class: str) -> None:
        super().__init__(parent, say.SAVE_FILTER, network_class)
        self.setObjectName("filter.dialog")
        name = label(say.SAVE_FILTER_NAME, "body", "text2")
        self.input = QtWidgets.QLineEdit()
        self.input.setObjectName("filter.name")
        self.input.setAccessibleName(say.SAVE_FILTER_NAME)
        self.input.setMaxLength(60)
        self.input.setMinimumWidth(theme().scaled(320))
        name.setBuddy(self.input)
        self.content.addWidget(name)
        self.content.addWidget(self.input)
        cancel, save = (
            ActionButton(strings.CANCEL),
            ActionButton(say.SAVE, kind="primary", name="filter.save"),
        )
        cancel.triggered.connect(self.reject)
        save.triggered.connect(self.accept)
        self.add_buttons(cancel, save)
        self.input.setFocus()


def _choice(name: str, said: str) -> QtWidgets.QComboBox:
    made = Chooser()
    made.setObjectName(name)
    made.setAccessibleName(said)
    made.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToContents)
    return made
