"""The nodes page: a table for each ledger, asked while it is in view and never in the window's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from signer_app.core.errors import ConflictError, CountersignError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.ui.pages.nodes.certificates import CertificateDialog, certificate_cell
from signer_app.ui.pages.nodes.dialogs import AddDialog, ConfirmDialog, ProxyDialog
from signer_app.ui.qt import QtCore, QtGui, QtWidgets
from signer_app.ui.shell.actions import Handler
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Cell,
    Column,
    FactTable,
    Reasons,
    StateBanner,
    clear,
    column,
    label,
    plain,
    row,
)
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import nodes as words
from signer_app.ui.words import standing, strings

if TYPE_CHECKING:
    from signer_app.nodes.health import NodeHealth
    from signer_app.workspace import Workspace

#: Seconds between questions while the page is in view.
EVERY_S = 15


class NodesPage(Page):
    """Rows keep what was heard last while the nodes are asked again."""

    key = "nodes"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._nodes: list[JsonObject] = []
        self._confirmed, self._proxy, self._asked_at = True, "", ""
        self._health: Mapping[str, JsonObject] = {}
        #: One question at a time, and none while the list changes: a changed list closes its connections.
        self._asking = asyncio.Lock()
        self.tables: dict[str, FactTable] = {}
        self._reasons: dict[str, QtWidgets.QLabel] = {}
        self._subs: dict[str, QtWidgets.QLabel] = {}
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(EVERY_S * 1000)
        self._timer.timeout.connect(self._tick)
        self._build()

    def _build(self) -> None:
        t = theme()
        margin = t.size("margin")
        box = column(self.body, spacing=t.size("gap"), margins=(margin, t.scaled(14), margin, margin))
        head, _ = page_head(strings.PAGES["nodes"], words.SUB)
        self.when = label("", "small", "text3", name="nodes.asked")
        self.test = ActionButton(words.TEST_NOW, icon="refresh", name="nodes.test")
        self.certificate = ActionButton(words.CERTIFICATE_OF, name="nodes.certificate")
        self.add = ActionButton(words.ADD, icon="plus", name="nodes.add")
        for widget in (self.when, self.test, self.certificate, self.add):
            head.addWidget(widget)
        box.addLayout(head)
        way_line = row(spacing=t.scaled(8))
        self.way = label("", "small", "text2", wrap=True, selectable=True, name="nodes.way")
        self.change_way = ActionButton(words.WAY, kind="link", name="nodes.proxy")
        way_line.addWidget(self.way, 1)
        way_line.addWidget(self.change_way)
        box.addLayout(way_line)
        buttons = (self.test, self.certificate, self.change_way, self.add)
        box.addWidget(Reasons(*buttons, across=True, elsewhere=(words.TESTING,)))
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(strings.PAGES["nodes"])
        inner = plain()
        scroll.setWidget(inner)
        self._cards = column(inner, spacing=t.size("gap"))
        box.addWidget(scroll, 1)
        self.test.triggered.connect(self.ask_now)
        self.add.triggered.connect(self.add_node)
        self.change_way.triggered.connect(lambda: self.tasks.spawn(self._way()))
        self.certificate.triggered.connect(lambda: self.show_certificate(self._chosen()))

    # -- what the window asks ------------------------------------------------------------------------------

    def handlers(self) -> Mapping[str, Handler]:
        """F5 asks now."""
        return {"refresh": self.test}

    def panes(self) -> list[QtWidgets.QWidget]:
        """A table for each ledger."""
        return [*self.tables.values()] or [self]

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """In view: ask now and then."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QtGui.QHideEvent) -> None:  # noqa: N802
        """Out of view: nobody is asked."""
        self._timer.stop()
        super().hideEvent(event)

    # -- reading -------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """The list as it is configured; the answers follow by themselves."""
        described = await self.session.call(lambda workspace: workspace.nodes.describe())
        self._take_list(described)
        if self._may_ask:
            self.tasks.spawn(self._ask())

    def _take_nodes(self, described: JsonObject) -> None:
        self._nodes = [node for node in _list(described["nodes"]) if isinstance(node, dict)]
        self._proxy = str(described["proxy"] or "")
        self.way.setText(words.through(safe_text(self._proxy, 400)) if self._proxy else words.DIRECTLY)

    def _take_list(self, described: JsonObject) -> None:
        self._take_nodes(described)
        self._confirmed = described["confirmed"] is True
        if self._confirmed:
            self.banner("unconfirmed", None)
        else:
            banner = StateBanner("danger", words.UNCONFIRMED, words.UNCONFIRMED_NEXT)
            if not standing.off(self.session.summary):
                banner.offer([(words.SHOW_LIST, self.read_list)])
            self.banner("unconfirmed", banner)
        self._blocking()
        if self._nodes:
            self.show_body()
            self._show_rows()
        else:
            self.show_empty(words.EMPTY, "" if self.add.blocked else words.ADD, self.add_node)

    def _blocking(self) -> None:
        common = "" if self._confirmed else words.CONFIRM_FIRST
        self.add.block(common or standing.off(self.session.summary))
        practice = words.PRACTICE_WAY if self._class == "practice" else ""
        self.change_way.block(common or practice or standing.off(self.session.summary))
        offline = words.OFFLINE if self.session.offline else ""
        asking = self._asking.locked()
        self.test.block(offline or common or (words.TESTING if asking else ""))
        self.when.setText(words.TESTING if asking else self._asked_at)
        self.certificate.block(common or ("" if self._secured(self._chosen()) else words.CHOOSE_SECURE))

    def _chosen(self) -> str:
        """The node whose row is chosen, or ""."""
        return next((name for table in self.tables.values() if (name := table.chosen())), "")

    def _secured(self, name: str) -> bool:
        """Whether a node of this name is here and shows a certificate."""
        return any(node["id"] == name and str(node["url"]).startswith("https:") for node in self._nodes)

    @property
    def _may_ask(self) -> bool:
        return bool(self._nodes) and self._confirmed and not self.session.offline

    def _tick(self) -> None:
        if self._may_ask and not self._asking.locked():
            self.tasks.spawn(self._ask())

    def ask_now(self) -> None:
        """Ask every node, if they are not being asked already."""
        self._tick()

    async def _ask(self) -> None:
        if self._asking.locked():
            return
        async with self._asking:
            self._blocking()
            try:
                ask = await self.session.call(lambda workspace: workspace.nodes.looker())
                found = await asyncio.to_thread(ask)
                described = await self.session.call(_kept)
            except CountersignError as error:
                self.failed(error)
                return
            self.banner("error", None)
            self._take_nodes(described)
            self._take_health(found.rows)
            self.shell.nodes.take(found)
        self._blocking()

    def _take_health(self, found: Sequence[NodeHealth]) -> None:
        self._health = {row.profile.id: row.to_json() for row in found}
        self._asked_at = words.asked_at(datetime.now().astimezone().strftime("%H:%M:%S"))
        wrong = [row for row in found if row.state in ("differs", "wrong-network")]
        self.banner("differs", StateBanner("danger", words.DIFFER, words.DIFFER_NEXT) if wrong else None)
        self._show_changed()
        self._show_rows()

    def _show_changed(self) -> None:
        """A banner for each node whose certificate changed, as long as it did."""
        for node in self._nodes:
            name = str(node["id"])
            row = self._health.get(name)
            if row is None or row["state"] != "certificate-changed":
                self.banner(f"certificate.{name}", None)
                continue
            banner = StateBanner("danger", words.certificate_changed(safe_text(name)), words.CHANGED_NEXT)
            banner.offer([(words.ACCEPT_THE_NEW, partial(self.show_certificate, name))])
            self.banner(f"certificate.{name}", banner)

    # -- showing -------------------------------------------------------------------------------------------

    def _show_rows(self) -> None:
        networks = list(dict.fromkeys(str(node["network"]) for node in self._nodes))
        if list(self.tables) != networks:
            clear(self._cards)
            for known in (self.tables, self._reasons, self._subs):
                known.clear()
            for network in networks:
                self._cards.addWidget(self._card(network))
            self._cards.addStretch(1)
        for network in networks:
            nodes = [node for node in self._nodes if node["network"] == network]
            rows = [self._health.get(str(node["id"])) for node in nodes]
            self.tables[network].show_lines(
                [self._line(node, row) for node, row in zip(nodes, rows, strict=True)],
                [str(node["id"]) for node in nodes],
            )
            reasons = [
                words.why(str(row["id"]), str(row["reason"]))
                for row in rows
                if row and row["reason"] and row["state"] != "certificate-changed"  # its banner says it
            ]
            self._reasons[network].setText("\n".join(safe_text(reason, 1000) for reason in reasons))
            self._reasons[network].setVisible(bool(reasons))
            compared = next((str(row["compared"]) for row in rows if row and row["compared"]), "")
            self._subs[network].setText(words.compared(compared) if compared else "")

    def _card(self, network: str) -> Card:
        count = sum(1 for node in self._nodes if node["network"] == network)
        card = Card(words.network(network, count), "nodes")
        card.body.setContentsMargins(1, 0, 1, 8)
        titles = words.COLUMNS
        right = (5, 6, 8)
        table = FactTable(
            [
                Column(title, 0 if number == 4 else FITS, number in right)
                for number, title in enumerate(titles)
            ],
            fit=True,
            name=f"nodes.table.{network}",
            said=words.network(network, count),
        )
        table.selectionModel().selectionChanged.connect(lambda *_changed: self._row_chosen(table))
        table.activated.connect(lambda _index: self.certificate.click())
        card.body.addWidget(table)
        reasons = label("", "body", "warn", wrap=True, selectable=True)
        reasons.setContentsMargins(14, 0, 14, 0)
        card.body.addWidget(reasons)
        self.tables[network], self._reasons[network], self._subs[network] = table, reasons, card.sub
        return card

    def _row_chosen(self, table: FactTable) -> None:
        """One row of all tables is chosen."""
        if table.chosen():
            for other in self.tables.values():
                if other is not table:
                    other.clearSelection()
        self._blocking()

    def _line(self, node: JsonObject, row: JsonObject | None) -> tuple[Cell, ...]:
        roles = ", ".join(words.ROLES.get(str(role), str(role)) for role in _list(node["roles"]))
        url = str(node["url"])
        if row is None:
            state = "asking" if self._may_ask else "unasked"
            heard = (words.NO_ANSWER, words.NO_ANSWER, words.NO_ANSWER, words.NO_ANSWER)
        else:
            state = str(row["state"])
            height = words.NO_ANSWER if row["validated"] is None else f"{int(str(row['validated'])):,}"
            age, latency = row["age_s"], row["latency_ms"]
            agrees = [str(name) for name in _list(row["agrees_with"])]
            heard = (
                height,
                words.age(age if isinstance(age, int) else None),
                words.NO_ANSWER if row["compared"] is None else words.operators(agrees),
                words.latency(latency) if isinstance(latency, int) and latency else words.NO_ANSWER,
            )
        said, tone, icon = words.STATES[state]
        return (
            Cell(safe_text(str(node["id"])), "label"),
            Cell(said, "small-strong", tone, icon=icon),
            Cell(safe_text(str(node["operator"]))),
            Cell(roles, "small", "text2"),
            Cell(safe_text(url, 2000), "mono", raw=url),
            Cell(heard[0], "mono", right=True),
            Cell(heard[1], "small", right=True),
            Cell(safe_text(heard[2]), "small"),
            Cell(heard[3], "small", right=True),
            certificate_cell(node, row),
        )

    # -- changing the list ---------------------------------------------------------------------------------

    @property
    def _class(self) -> str:
        return self.session.summary.network_class if self.session.summary else ""

    def read_list(self) -> None:
        """Show the list that was changed outside, to be stood by or not."""
        self.tasks.spawn(self._confirm())

    def add_node(self) -> None:
        """Ask for a new node."""
        self.tasks.spawn(self._add())

    def show_certificate(self, name: str) -> None:
        """Show a node's certificate, and another one that it shows now, to be accepted or not."""
        if self._secured(name):
            self.tasks.spawn(self._certificate(name))

    async def _certificate(self, name: str) -> None:
        """Only what was shown can be accepted: the service compares it with what the node showed last."""
        node = next(node for node in self._nodes if node["id"] == name)
        row = self._health.get(name)
        off = standing.off(self.session.summary)
        dialog = CertificateDialog(self.window(), node, row, self._class, off)
        if await self.shell.ask(dialog) != QtWidgets.QDialog.DialogCode.Accepted:
            return
        hold, shown = dialog.chosen, row["certificate"] if row is not None and dialog.changed else None
        if isinstance(shown, dict):
            digest = str(shown["sha256"])
            await self._change(lambda workspace: workspace.nodes.accept_certificate(name, digest, hold))
        else:
            await self._change(lambda workspace: workspace.nodes.hold_to(name, hold))

    async def _confirm(self) -> None:
        """Show the list; only who has seen it can stand by it."""
        shown, proxy = list(self._nodes), self._proxy
        dialog = ConfirmDialog(self.window(), shown, self._class, proxy)
        if await self.shell.ask(dialog) != QtWidgets.QDialog.DialogCode.Accepted:
            return
        await self._change(lambda workspace: _confirm_shown(workspace, shown, proxy))

    async def _way(self) -> None:
        dialog = ProxyDialog(self.window(), self._proxy, self._class)
        if await self.shell.ask(dialog) == QtWidgets.QDialog.DialogCode.Accepted:
            proxy = dialog.proxy
            await self._change(lambda workspace: workspace.nodes.set_proxy(proxy))

    async def _add(self) -> None:
        if self.add.blocked:
            return
        summary = self.session.summary
        dialog = AddDialog(self.window(), summary.networks if summary else (), self._class)
        if await self.shell.ask(dialog) != QtWidgets.QDialog.DialogCode.Accepted or dialog.profile is None:
            return
        profile = dialog.profile
        await self._change(lambda workspace: workspace.nodes.add(profile))

    async def _change(self, change: Callable[[Workspace], None]) -> None:
        async with self._asking:
            try:
                await self.session.call(change)
                described = await self.session.call(lambda workspace: workspace.nodes.describe())
            except CountersignError as error:
                self.failed(error)
                return
            self.banner("error", None)
        self._health = {}
        self._take_list(described)
        await self.session.refresh()
        if self._may_ask:
            await self._ask()


def _kept(workspace: Workspace) -> JsonObject:
    """The list after a round of asking: what was shown at a first contact is recorded."""
    workspace.nodes.keep_certificates()
    return workspace.nodes.describe()


def _confirm_shown(workspace: Workspace, shown: list[JsonObject], proxy: str) -> None:
    """Confirm exactly the list that was shown; one that changed meanwhile is not. Raises ConflictError."""
    described = workspace.nodes.describe()
    if described["nodes"] != shown or (described["proxy"] or "") != proxy:
        raise ConflictError("The list of nodes is another by now. Read it again.")
    workspace.nodes.confirm()


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
