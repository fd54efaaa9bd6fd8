"""The page of accounts: a tree by ledger at the left, one account at the right."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.ui.pages.accounts.detail import AccountDetail
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.shell.actions import Handler
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.page import Page, Shell
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets import ActionButton, AddressBlock, Reasons, StateBanner, column, label, plain, row
from signer_app.ui.words import accounts as say
from signer_app.ui.words import faults, shared, standing, strings
from signer_app.ui.words.effects import address, items

if TYPE_CHECKING:
    from signer_app.exchange.qr import Modules
    from signer_app.workspace import Workspace

_ACCOUNT = Qt.ItemDataRole.UserRole
USUAL_PATH = "44'/144'/0'/0/0"


@dataclass(frozen=True, slots=True)
class Known:
    """An account that is named here or in the policy. ``code`` is its address as a QR code."""

    account: str
    name: str
    in_policy: bool
    code: Modules


@dataclass(frozen=True, slots=True)
class Listed:
    """All accounts, and names for signers."""

    accounts: tuple[Known, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def read_accounts(workspace: Workspace) -> Listed:
    """In the worker's thread."""
    from signer_app.exchange.qr import encode  # noqa: PLC0415 - in the worker's thread

    names = workspace.accounts.names()
    found = items(workspace.accounts.list()["accounts"])
    return Listed(
        tuple(
            Known(
                str(item["account"]),
                names.get(str(item["account"]), address(item["account"])),
                item["in_policy"] is True,
                encode(address(item["account"])),
            )
            for item in found
        ),
        names,
    )


class AccountsPage(Page):
    """Read only: what changes an account is a proposal."""

    key = "accounts"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.listed = Listed()
        self._wanted, self._reading = "", ""
        self._asking: asyncio.Task[object] | None = None
        self._read: dict[str, JsonObject] = {}
        outer = column(self.body)
        split = QtWidgets.QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._left())
        self.detail = AccountDetail()
        split.addWidget(self.detail)
        split.setStretchFactor(1, 1)
        split.setSizes([theme().scaled(240), 4000])
        outer.addWidget(split)
        self.detail.shown_on_device.connect(self._show_on_device)
        self.detail.read_again.connect(self._again)
        self.detail.given_up.connect(self._give_up)
        self.detail.proposed.connect(lambda _account: self.shell.go("new", "signers"))
        theme().changed.connect(self._restyle)

    def _left(self) -> QtWidgets.QWidget:
        t = theme()
        pane = plain("surface")
        box = column(pane)
        head = row(spacing=t.scaled(8), margins=(t.scaled(16), t.scaled(12), t.scaled(10), t.scaled(8)))
        head.addWidget(label(strings.PAGES["accounts"], "page"))
        head.addStretch(1)
        box.addLayout(head)
        self.add = ActionButton(say.ADD_ACCOUNT, kind="quiet", icon="plus", name="accounts.add")
        self.add.triggered.connect(lambda: self.run(self._ask_account()))
        self.tree = QtWidgets.QTreeView()
        self.tree.setObjectName("accounts.tree")
        self.tree.setAccessibleName(strings.PAGES["accounts"])
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setIndentation(t.scaled(12))
        self.tree.setUniformRowHeights(False)
        self.tree.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self._model = QtGui.QStandardItemModel(self)
        self.tree.setModel(self._model)
        self.tree.selectionModel().currentChanged.connect(self._current)
        box.addWidget(self.tree, 1)
        foot = column(spacing=t.scaled(6), margins=(t.scaled(10), t.scaled(8), t.scaled(10), t.scaled(10)))
        foot.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        foot.addWidget(Reasons(self.add))
        box.addLayout(foot)
        return pane

    # -- what the window asks ------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the accounts, then the ledger about the one in view."""
        self.listed = await self.session.call(read_accounts, name=say.READING_ACCOUNTS)
        self._read = {}
        off = standing.off(self.session.summary)
        self.add.block(off)
        if not self.listed.accounts:
            offered = "" if off else say.ADD_ACCOUNT
            self.show_empty(say.NO_ACCOUNTS, offered, lambda: self.run(self._ask_account()))
            return
        self.show_body()
        self._fill()

    def handlers(self) -> Mapping[str, Handler]:
        """Naming an account, and asking the nodes again."""
        return {"account-add": self.add, "account-refresh": self._again}

    def panes(self) -> list[QtWidgets.QWidget]:
        """Tree, detail."""
        return [self.tree, self.detail]

    def open(self, argument: str) -> None:
        """Show an account by its CAIP-10 id."""
        self._wanted = argument
        if self.listed.accounts:
            self._fill()

    # -- the tree ------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        wanted = self._wanted or self._reading
        self._wanted = ""
        self.tree.selectionModel().blockSignals(True)
        self._model.clear()
        t = theme()
        chosen: QtGui.QStandardItem | None = None
        for network in sorted({known.account.rpartition(":")[0] for known in self.listed.accounts}):
            head = QtGui.QStandardItem(say.network(network))
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            head.setSizeHint(QtCore.QSize(0, t.size("row-nav")))
            head.setData(t.font("caption-strong"), Qt.ItemDataRole.FontRole)
            self._model.appendRow(head)
            for known in self.listed.accounts:
                if known.account.rpartition(":")[0] == network:
                    item = self._item(known)
                    head.appendRow(item)
                    if chosen is None or known.account == wanted:
                        chosen = item
        self.tree.expandAll()
        if chosen is not None:
            self.tree.setCurrentIndex(chosen.index())
        self.tree.selectionModel().blockSignals(False)
        self.tree.setIconSize(QtCore.QSize(t.size("icon"), t.size("icon")))
        self.tree.viewport().update()
        self._show()

    def _item(self, known: Known) -> QtGui.QStandardItem:
        t = theme()
        item = QtGui.QStandardItem(say.account_line(known.name, in_policy=known.in_policy))
        item.setData(known.account, _ACCOUNT)
        item.setSizeHint(QtCore.QSize(0, t.size("row-nav")))
        item.setToolTip(address(known.account))
        icon = "accounts" if known.in_policy else "link"
        item.setIcon(icons.icon(icon, t.tokens.text2, t.size("icon")))
        return item

    def current(self) -> Known | None:
        """The account in view."""
        chosen = self.tree.currentIndex().data(_ACCOUNT)
        return next((known for known in self.listed.accounts if known.account == chosen), None)

    def _current(self) -> None:
        if self.current() is not None:
            self._show()

    def _restyle(self) -> None:
        """Items keep a font and icons of their own."""
        if self._model.rowCount():
            self._fill()

    # -- one account ---------------------------------------------------------------------------------------

    def _again(self) -> None:
        self._read = {}
        self._show()

    def _show(self) -> None:
        known = self.current()
        if known is None:
            return
        self._reading = known.account
        self.detail.about(known.account, known.name, known.code, own=known.in_policy)
        agreed = self._read.get(known.account)
        if agreed is not None:
            self.detail.show_agreed(agreed)
            return
        self.detail.show_waiting()
        self._asking = self.tasks.spawn(self._ask(known))

    def _give_up(self) -> None:
        """Nobody waits for the nodes any more; what they still say is not shown."""
        if self._asking is not None:
            self._asking.cancel()
        self.detail.show_failed(strings.CANCELLED, "")

    async def _ask(self, known: Known) -> None:
        def read(workspace: Workspace) -> JsonObject:
            agreed = workspace.accounts.show(known.account)["agreed"]
            return agreed if isinstance(agreed, dict) else {}

        try:
            agreed = await self.session.call(read, name=say.READING_ACCOUNT)
        except CountersignError as error:
            if self._reading == known.account:
                self.detail.show_failed(error.message, faults.hint(error))
            return
        self._read[known.account] = agreed
        if self._reading == known.account:
            self.detail.show_agreed(agreed)

    # -- doing ---------------------------------------------------------------------------------------------

    def _show_on_device(self, account: str) -> None:
        self.run(self.show_on_device(account))

    async def show_on_device(self, account: str) -> None:
        """Let the person compare the address of their key on the device; never shows another one as equal."""
        banner = StateBanner("info", say.LOOK_AT_DEVICE, address(account))
        self.banner("device", banner)

        def ask(workspace: Workspace) -> str:
            shown = workspace.devices.connected.address(None, USUAL_PATH, workspace.networks, show=True)
            return str(shown["address"])

        try:
            shown = await self.session.call(ask, name=say.LOOK_AT_DEVICE)
        except CountersignError:
            self.banner("device", None)
            raise
        same = shown == address(account)
        fact = say.DEVICE_EQUAL if same else say.DEVICE_OTHER
        banner = StateBanner("ok" if same else "danger", fact, shown)
        banner.offer([(strings.CLOSE, lambda: self.banner("device", None))])
        self.banner("device", banner)

    async def _ask_account(self) -> None:
        summary = self.session.summary
        dialog = AddDialog(self, summary.network_class if summary else "")
        given: list[tuple[str, str]] = []
        dialog.accepted.connect(
            lambda: given.append((dialog.account.text().strip(), dialog.name.text().strip()))
        )
        await self.shell.ask(dialog)
        if given and all(given[0]):
            await self.add_account(*given[0])

    async def add_account(self, text: str, name: str) -> None:
        """Name an account of this workspace's networks."""

        def add(workspace: Workspace) -> str:
            account = text if ":" in text else f"{workspace.networks[0]}:{text}"
            return str(workspace.accounts.add(account, name)["account"])

        self._wanted = await self.session.call(add)
        self.shell.changed()


class AddDialog(Dialog):
    """Asks for an address and what to call it."""

    def __init__(self, parent: QtWidgets.QWidget, network_class: str) -> None:
        super().__init__(parent, say.ADD_ACCOUNT, network_class)
        self.setObjectName("accounts.dialog")
        self.content.addWidget(label(say.ADD_SAID, "body", "text2", wrap=True))
        self.account = self._line(shared.ADDRESS, "accounts.dialog.address", 140)
        self.block = AddressBlock()
        self.block.hide()
        self.content.addWidget(self.block)
        self.name = self._line(say.NAME, "accounts.dialog.name", 60)
        self.account.textChanged.connect(self._look)
        cancel = ActionButton(strings.CANCEL)
        save = ActionButton(say.ADD_ACCOUNT, kind="primary", name="accounts.dialog.save")
        cancel.triggered.connect(self.reject)
        save.triggered.connect(self.accept)
        self.add_buttons(cancel, save)
        self.account.setFocus()

    def _line(self, name: str, key: str, longest: int) -> QtWidgets.QLineEdit:
        made = QtWidgets.QLineEdit()
        made.setObjectName(key)
        made.setAccessibleName(name)
        made.setMaxLength(longest)
        made.setMinimumWidth(theme().scaled(420))
        words = label(name, "small", "text2")
        words.setBuddy(made)
        self.content.addWidget(words)
        self.content.addWidget(made)
        return made

    def values(self) -> tuple[str, str]:
        """Address and name."""
        return self.account.text().strip(), self.name.text().strip()

    def _look(self, text: str) -> None:
        self.block.setVisible(bool(text.strip()))
        self.block.show_address(text.strip().rpartition(":")[2])
