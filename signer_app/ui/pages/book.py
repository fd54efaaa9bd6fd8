"""The address book: entries of the policy in force, their state, look-alikes. Only a policy changes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    AddressBlock,
    Cell,
    Column,
    FactTable,
    Reasons,
    StateBanner,
    column,
    label,
    row,
)
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import book as say
from signer_app.ui.words import shared, strings
from signer_app.ui.words.effects import address, asset_name, items

if TYPE_CHECKING:
    from signer_app.workspace import Workspace

#: State of an entry -> icon and tone.
LOOKS = MappingProxyType(
    {
        "active": ("pass", "ok"),
        "cooling": ("clock", "warn"),
        "suspended": ("denied", "danger"),
        "expired": ("expired", "danger"),
    }
)


def read_book(workspace: Workspace) -> tuple[str, str, tuple[JsonObject, ...], dict[str, str]]:
    """In the worker's thread: policy, rule, entries, names of assets."""
    found = workspace.book.whole()
    policy = found["policy"]
    words = f"{policy['id']} v{policy['version']}" if isinstance(policy, dict) else ""
    rule = str(policy["rule"] or "") if isinstance(policy, dict) else ""
    return words, rule, tuple(items(found["entries"])), workspace.accounts.asset_names()


class BookPage(Page):
    """Who may be paid."""

    key = "book"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        t = theme()
        margin = t.size("margin")
        box = column(self.body, spacing=t.scaled(10), margins=(margin, t.scaled(14), margin, margin))
        head, self.sub = page_head(strings.PAGES["book"])
        self.how = ActionButton(say.HOW_TO_CHANGE, icon="policy", name="book.how")
        self.pay = ActionButton(say.PAY_ENTRY, kind="primary", icon="payment", name="book.pay")
        head.addWidget(self.how)
        head.addWidget(self.pay)
        box.addLayout(head)
        box.addWidget(Reasons(self.pay))
        self.text = QtWidgets.QLineEdit()
        self.text.setObjectName("book.filter")
        self.text.setPlaceholderText(say.BOOK_FILTER)
        self.text.setAccessibleName(say.BOOK_FILTER)
        self.text.setMaximumWidth(t.scaled(420))
        box.addWidget(self.text)
        self.alike = StateBanner("danger", say.ALIKE, say.ALIKE_SAID)
        self.alike.setObjectName("book.alike")
        self.alike.hide()
        box.addWidget(self.alike)
        frame = QtWidgets.QFrame()
        frame.setProperty("kind", "card")
        inner = column(frame, margins=(1, 1, 1, 1))
        columns = [
            Column(say.ENTRY, 130), Column(say.STATUS, FITS), Column(shared.ADDRESS, FITS),
            Column(say.TAG_SHORT, FITS), Column(say.ASSETS, FITS), Column(say.LOOKS_LIKE, FITS),
            Column(say.PAID, FITS), Column(say.ADDED, FITS), Column(say.EVIDENCE, 0),
        ]  # fmt: skip
        self.nothing = StateBanner("info", say.NO_ENTRY_FITS)
        self.nothing.offer([(say.CLEAR_FILTER, self.text.clear)])
        self.nothing.hide()
        inner.addWidget(self.nothing)
        self.table = FactTable(columns, name="book.table", said=strings.PAGES["book"])
        self.table.setHorizontalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        inner.addWidget(self.table, 1)
        inner.addWidget(self._chosen())
        box.addWidget(frame, 1)
        self.entries: tuple[JsonObject, ...] = ()
        self._names: dict[str, str] = {}
        self._rule = ""
        self._wire()

    def _chosen(self) -> QtWidgets.QFrame:
        t = theme()
        foot = Foot()
        margins = (t.scaled(14), t.scaled(8), t.scaled(14), t.scaled(10))
        box = column(foot, spacing=t.scaled(6), margins=margins)
        self.block = AddressBlock()
        self.block.setObjectName("book.block")
        box.addWidget(self.block)
        self.story = label("", "small", "text2", wrap=True, selectable=True, name="book.story")
        box.addWidget(self.story)
        self.foot = foot
        return foot

    def _wire(self) -> None:
        self.text.textChanged.connect(lambda _text: self._show())
        self.how.triggered.connect(lambda: self.run(self._explain()))
        self.pay.triggered.connect(self._pay)
        self.table.selectionModel().selectionChanged.connect(lambda *_changed: self._choose())
        find = QtGui.QShortcut(QtGui.QKeySequence(QtGui.QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WindowShortcut)  # while this page is in view
        find.activated.connect(lambda: self.text.setFocus(Qt.FocusReason.ShortcutFocusReason))

    # -- what the window asks ------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the policy's book."""
        policy, self._rule, self.entries, self._names = await self.session.call(
            read_book, name=say.READING_BOOK
        )
        self.sub.setText(say.from_policy(policy))
        if not policy:
            self.show_empty(say.NO_POLICY_NO_BOOK, say.HOW_TO_CHANGE, self.how.click)
        elif not self.entries:
            self.show_empty(say.BOOK_EMPTY, say.HOW_TO_CHANGE, self.how.click)
        else:
            self.show_body()
            self._show()

    def panes(self) -> list[QtWidgets.QWidget]:
        """Filter, table."""
        return [self.text, self.table]

    def open(self, argument: str) -> None:
        """Choose an entry by its id."""
        if argument in self.table.facts.keys:
            self.table.selectRow(self.table.facts.keys.index(argument))

    # -- the table -----------------------------------------------------------------------------------------

    def _show(self) -> None:
        wanted = self.text.text().casefold().split()
        rows = [entry for entry in self.entries if all(word in _haystack(entry) for word in wanted)]
        self.table.show_lines([self._line(entry) for entry in rows], [str(entry["id"]) for entry in rows])
        self.nothing.setVisible(not rows)
        if rows and not self.table.chosen():
            self.table.selectRow(0)
        alike = [entry for entry in self.entries if entry["looks_like"]]
        self.alike.setVisible(bool(alike))
        self._choose()

    def _line(self, entry: JsonObject) -> Sequence[Cell]:
        icon, tone = LOOKS[str(entry["status"])]
        assets = entry["assets"] if isinstance(entry["assets"], list) else []
        alike = entry["looks_like"] if isinstance(entry["looks_like"], list) else []
        tag = entry["tag"]
        tagged = shared.tag_of(str(tag) if tag is not None else None) or say.NO_TAG
        twins = "; ".join(safe_text(str(name), 120) for name in alike)
        added, used = _added(entry), _used(entry)
        paid = ", ".join(asset_name(asset, self._names) for asset in assets)
        return (
            Cell(safe_text(str(entry["id"]), 80), "label"),
            Cell(status_words(entry), "small-strong", tone, icon=icon),
            Cell(address(entry["account"]), "mono", raw=str(entry["account"])),
            Cell(safe_text(tagged, 60), tone="text2"),
            Cell(paid, tone="text2"),
            Cell(twins, "mono", "danger", icon="warning") if twins else Cell(shared.NONE, tone="text3"),
            Cell(used, tone="text2") if used else Cell(say.NEVER, tone="text3"),
            Cell(added, tone="text2"),
            Cell(safe_text(str(entry["evidence"] or ""), 400), tone="text2"),
        )  # fmt: skip

    def _entry(self) -> JsonObject | None:
        chosen = self.table.chosen()
        return next((entry for entry in self.entries if entry["id"] == chosen), None)

    def _choose(self) -> None:
        entry = self._entry()
        self.foot.setVisible(entry is not None)
        if entry is None:
            self.pay.block(say.CHOOSE_ENTRY)
            return
        status = str(entry["status"])
        self.block.show_address(
            address(entry["account"]), str(entry["id"]), mark="on-list", note=status_words(entry)
        )
        self.story.setText(_story(entry))
        self.pay.block("" if status == "active" else say.not_active(status_words(entry), self._rule))

    def _pay(self) -> None:
        entry = self._entry()
        if entry is not None:
            self.shell.go("new", f"payment:{entry['id']}")

    async def _explain(self) -> None:
        summary = self.session.summary
        await self.shell.ask(HowDialog(self, summary.network_class if summary else ""))


class Foot(QtWidgets.QFrame):
    """Below the table. Its address takes its own height, so that the page need not be laid out by width."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card-foot")

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """No."""
        return False


class HowDialog(Dialog):
    """How an entry is added, changed or suspended."""

    def __init__(self, parent: QtWidgets.QWidget, network_class: str) -> None:
        super().__init__(parent, say.HOW_TITLE, network_class)
        self.setObjectName("book.dialog")
        for number, words in enumerate(say.HOW_STEPS, 1):
            line = row(spacing=theme().scaled(10))
            line.addWidget(label(str(number), "section", "accent"), 0, Qt.AlignmentFlag.AlignTop)
            text = label(words, "body", wrap=True, selectable=True)
            text.setMinimumWidth(theme().scaled(460))
            line.addWidget(text, 1)
            self.content.addLayout(line)
        close = ActionButton(strings.CLOSE, name="book.dialog.close")
        close.triggered.connect(self.accept)
        self.add_buttons(close)


def status_words(entry: JsonObject) -> str:
    """Active, Cooling down until …, Suspended, Expired …, Expires …"""
    now = datetime.now().astimezone()
    status, expires = str(entry["status"]), entry["expires_at"]
    if status == "cooling":
        return say.cooling(shared.moment(str(entry["active_after"]), now))
    if status == "expired":
        return say.expired(shared.moment(str(expires), now))
    if status == "active" and expires:
        return say.active_until(shared.moment(str(expires), now))
    return say.BOOK_STATES[status]


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _moment(value: JsonValue) -> str:
    return shared.moment(str(value), datetime.now().astimezone())


def _added(entry: JsonObject) -> str:
    added = _object(entry["added"])
    return say.added(str(added["version"]), _moment(added["at"]))


def _used(entry: JsonObject) -> str:
    used = _object(entry["used"])
    count = used["count"]
    return say.paid(count, _moment(used["last_at"])) if isinstance(count, int) and count else ""


def _story(entry: JsonObject) -> str:
    """Who added it, and how often it was paid, in sentences."""
    added, used = _object(entry["added"]), _object(entry["used"])
    voters = added["voters"] if isinstance(added["voters"], list) else []
    by = say.added_by(str(added["version"]), _moment(added["at"]), [safe_text(str(v), 80) for v in voters])
    count = used["count"] if isinstance(used["count"], int) else 0
    return f"{by} {say.paid_at(count, _moment(used['last_at']))}"


def _haystack(entry: JsonObject) -> str:
    parts = (entry["id"], entry["account"], entry["tag"], entry["evidence"], status_words(entry))
    return "\n".join(str(part or "") for part in parts).casefold()
