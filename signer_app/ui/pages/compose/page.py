"""The page of new proposals: a form at the left, what it would do at the right, nothing written till then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.ui import strings_work as say
from signer_app.ui.pages.compose import batch
from signer_app.ui.pages.compose.asking import (
    DRAFT_KIND,
    KINDS,
    Options,
    Seen,
    Wish,
    drop_draft,
    keys_locked,
    preview,
    propose,
    read_options,
)
from signer_app.ui.pages.compose.fields import Field, choice, digits, fill, line
from signer_app.ui.pages.compose.forms import FORMS, Form
from signer_app.ui.pages.compose.keys import KeysDialog, unlock_keys
from signer_app.ui.pages.compose.result import ResultPanel
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import Card, column, plain, row
from signer_app.ui.worker import Job, Progress

if TYPE_CHECKING:
    from signer_app.workspace import Workspace

#: Milliseconds after the last key until the form is judged and kept; how often it is kept at the latest.
PAUSE_MS, KEEP_MS = 350, 2000
#: Below this width the result stands below the form.
WIDE, LIST_WIDE = 860, 1150
LIST = "payments"


class NewPage(Page):
    """Nothing is journaled, and no slot is taken, until a person presses Propose."""

    key = "new"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.setAccessibleName(say.NEW_PROPOSAL)
        self.options = Options()
        self.kind = KINDS[0]
        self.draft, self._kept = "", dict[str, str]()
        self._asked: Job[Seen] | None = None
        self._turn = 0
        self._steps: batch.Steps | None = None
        self._loaded = False
        self._pause = self._timer(PAUSE_MS, self._judge)
        self._keep = self._timer(KEEP_MS, self._save)
        self._build()
        self._wire()
        self.choose_kind(self.kind)

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QtCore.QTimer:
        made = QtCore.QTimer(self)
        made.setSingleShot(True)
        made.setInterval(milliseconds)
        made.timeout.connect(act)
        return made

    # -- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        t = theme()
        margin = t.size("margin")
        box = column(self.body, spacing=t.scaled(10), margins=(margin, t.scaled(14), margin, margin))
        head, _ = page_head(say.NEW_PROPOSAL, say.NEW_SUB)
        box.addLayout(head)
        box.addLayout(self._kinds())
        self._split = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight)
        self._split.setSpacing(t.size("gap"))
        self._split.addWidget(self._left(), 1)
        self.result, self.list = ResultPanel(), batch.BatchResult()
        self._right = QtWidgets.QStackedWidget()
        self._right.addWidget(self.result)
        self._right.addWidget(self.list)
        self._split.addWidget(self._right, 1)
        box.addLayout(self._split, 1)

    def _kinds(self) -> QtWidgets.QHBoxLayout:
        bar = row(spacing=theme().scaled(2))
        group = QtWidgets.QButtonGroup(self)
        self.kinds: dict[str, QtWidgets.QPushButton] = {}
        for kind in KINDS:
            button = QtWidgets.QPushButton(say.KINDS[kind])
            button.setObjectName(f"new.kind.{kind}")
            button.setProperty("kind", "tab")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, kind=kind: self.choose_kind(kind))
            group.addButton(button)
            self.kinds[kind] = button
            bar.addWidget(button)
        bar.addStretch(1)
        return bar

    def _left(self) -> QtWidgets.QScrollArea:
        t = theme()
        self._scroll = QtWidgets.QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = plain("none")
        box = column(holder, spacing=t.size("gap"), margins=(0, 0, t.scaled(4), 0))
        card = Card(name="new.form")
        card.body.setSpacing(t.scaled(12))
        self.account = choice("new.account")
        policy = QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.account.setSizeAdjustPolicy(policy)
        self.account.setMinimumContentsLength(36)
        card.body.addWidget(Field(say.ACCOUNT, self.account))
        self.forms: dict[str, Form] = {kind: made() for kind, made in FORMS.items()}
        self.batch = batch.BatchForm()
        for form in (*self.forms.values(), self.batch):
            card.body.addWidget(form)
        box.addWidget(card)
        box.addWidget(self._terms())
        box.addStretch(1)
        self._scroll.setWidget(holder)
        return self._scroll

    def _terms(self) -> Card:
        t = theme()
        card = Card(name="new.terms")
        card.body.setSpacing(t.scaled(12))
        self.expires = choice("new.expires", say.EXPIRIES)
        self.expires.setCurrentIndex(self.expires.findData("1d"))
        self.ticket = digits("new.ticket")
        self.ticket.setPlaceholderText(say.NEXT_TICKET)
        pair = row(spacing=t.scaled(12))
        self._expires_field = Field(say.EXPIRES_IN, self.expires)
        self._ticket_field = Field(say.TICKET, self.ticket)
        pair.addWidget(self._expires_field, 1)
        pair.addWidget(self._ticket_field, 1)
        card.body.addLayout(pair)
        self.title, self.note = line("new.message"), line("new.note", longest=1000)
        card.body.addWidget(Field(say.MESSAGE, self.title, say.MESSAGE_HINT))
        self._note_field = Field(say.NOTE, self.note)
        card.body.addWidget(self._note_field)
        return card

    def _wire(self) -> None:
        for form in self.forms.values():
            form.changed.connect(self._edited)
        self.batch.changed.connect(self._edited)
        self.batch.chosen.connect(lambda path: self.run(self.open_list(path)))
        self.account.currentIndexChanged.connect(self._account_chosen)
        self.expires.currentIndexChanged.connect(lambda _index: self._edited())
        for field in (self.ticket, self.title, self.note):
            field.textChanged.connect(lambda _text: self._edited())
        self.result.proposed.connect(lambda: self.run(self._propose()))
        self.result.dropped.connect(lambda: self.run(self._drop()))
        self.result.again.connect(self._again)
        self.list.proposed.connect(lambda: self.run(self._propose()))
        self.list.dropped.connect(lambda: self.run(self._drop()))
        self.list.stopped.connect(self._stop)
        self.list.tickets.connect(self._want_tickets)

    # -- what the window asks ------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read what the form offers; the first time, the newest draft too. What was typed stays."""
        self.options = await self.session.call(read_options, name=say.READING_OPTIONS)
        fill(self.account, [(_account_words(*item), item[0]) for item in self.options.accounts])
        self._offer()
        if not self._loaded:
            self._loaded = True
            if self.options.drafts and not self.draft:
                await self._restore(*self.options.drafts[0])
        self._judge()

    def panes(self) -> list[QtWidgets.QWidget]:
        """Form, result."""
        return [self._scroll, self.list if self.kind == LIST else self.result]

    def open(self, argument: str) -> None:
        """Begin a kind of proposal: "payment", or "payment:<id of an entry of the address book>"."""
        kind, _, receiver = argument.partition(":")
        if kind in KINDS:
            self.choose_kind(kind)
        if receiver:
            self.forms["payment"].restore({"to": receiver})

    def take_files(self, files: object) -> None:
        """A list that was dropped here."""

    def leave(self) -> None:
        """Nothing more is asked."""
        self._pause.stop()
        self._keep.stop()
        self._stop()
        super().leave()

    # -- the form ------------------------------------------------------------------------------------------

    def choose_kind(self, kind: str) -> None:
        """Another form."""
        self.kind = kind
        self.kinds[kind].setChecked(True)
        for name, form in self.forms.items():
            form.setVisible(name == kind)
        lists = kind == LIST
        self.batch.setVisible(lists)
        self._ticket_field.setVisible(not lists)
        self._note_field.setVisible(not lists)
        self._right.setCurrentWidget(self.list if lists else self.result)
        self._arrange()
        self._edited()

    def wish(self) -> Wish:
        """The form as texts."""
        fields = {
            "expires": str(self.expires.currentData() or ""),
            "ticket": self.ticket.text(),
            "title": self.title.text(),
            "note": self.note.text(),
            **(self.batch.values() if self.kind == LIST else self.forms[self.kind].values()),
        }
        return Wish(self.kind, str(self.account.currentData() or ""), fields)

    def _account_chosen(self) -> None:
        self._offer()
        self._edited()

    def _offer(self) -> None:
        network = str(self.account.currentData() or "").rpartition(":")[0]
        for form in self.forms.values():
            form.offer(self.options, network)
        self.batch.offer(self.options, network)

    def _edited(self) -> None:
        if not self._loaded:
            return
        if self.kind != LIST:
            self.result.wait()
        self._pause.start()
        if not self._keep.isActive():
            self._keep.start()

    # -- judging -------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        self._pause.stop()
        self._save()
        self._turn += 1
        if self.kind == LIST:
            if self.batch.opened is not None:
                self.tasks.spawn(self._check(self._turn, self.batch.opened))
            else:
                self.list.show_outcome(None)
        else:
            self.tasks.spawn(self._preview(self._turn))

    async def _preview(self, turn: int) -> None:
        if self._asked is not None:
            self._asked.cancel()  # an earlier text that nobody looked at yet
        wish = self.wish()
        self._asked = job = self.session.call(
            lambda workspace: preview(workspace, wish), name=say.JUDGING_NOW
        )
        seen = await job
        if turn != self._turn or wish != self.wish():
            return
        self.forms[wish.kind].show_problems(seen.problems)
        self._ticket_field.show_problem(seen.problems.get("ticket", ""))
        self.result.show_seen(seen, self._blocked())

    def _blocked(self) -> str:
        summary = self.session.summary
        return say.READ_ONLY if summary is not None and not summary.writable else ""

    def _again(self) -> None:
        self.run(self._forget())

    async def _forget(self) -> None:
        await self.session.call(lambda workspace: workspace.previews.forget())
        self._judge()

    async def _check(self, turn: int, opened: batch.Opened) -> None:
        self._stop()
        wish = self.wish()
        steps = self._steps = batch.Steps(Progress(self.list.step))
        self.list.run(say.CHECKING)
        try:
            found = await self.session.call(
                lambda workspace: batch.check(workspace, wish, opened, steps), name=say.CHECKING
            )
        except CountersignError as error:
            if turn == self._turn:
                self.list.show_problem(error.message, error.hint)
            return
        if turn == self._turn:
            self.list.show_outcome(found)

    def _stop(self) -> None:
        if self._steps is not None:
            self._steps.stop()

    async def open_list(self, path: Path) -> None:
        """Take a CSV file."""
        opened = await self.session.call(lambda workspace: batch.open_file(workspace, path))
        self.batch.show_file(opened)

    def _want_tickets(self, count: int) -> None:
        """The list needs tickets: propose them first."""
        self.choose_kind("tickets")
        self.forms["tickets"].restore({"count": str(min(count, 250))})

    # -- drafts --------------------------------------------------------------------------------------------

    def _values(self) -> dict[str, str]:
        wish = self.wish()
        return {"kind": wish.kind, "account": wish.account, **wish.fields}

    def _save(self) -> None:
        """Keep what was typed, if anything was since the last time."""
        self._keep.stop()
        values = self._values()
        if not self._loaded or values == self._kept or not _typed(values):
            return
        self._kept = values
        self.tasks.spawn(self._saving(values))

    async def _saving(self, values: Mapping[str, str]) -> None:
        draft = self.draft

        def save(workspace: Workspace) -> str:
            return workspace.drafts.save(DRAFT_KIND, values, draft)

        self.draft = await self.session.call(save)
        self.result.saved.setText(say.DRAFT_KEPT)

    async def _restore(self, draft: str, values: Mapping[str, str]) -> None:
        kind = values.get("kind", "")
        if kind not in KINDS:
            return
        self.draft = draft
        self.account.setCurrentIndex(max(0, self.account.findData(values.get("account", ""))))
        self.choose_kind(kind)
        self.expires.setCurrentIndex(max(0, self.expires.findData(values.get("expires", ""))))
        for name, field in (("ticket", self.ticket), ("title", self.title), ("note", self.note)):
            field.setText(values.get(name, ""))
        if kind == LIST:
            await self._restore_list(values)
        else:
            self.forms[kind].restore(values)
        self._kept = self._values()
        self.result.saved.setText(say.DRAFT_RESTORED)

    async def _restore_list(self, values: Mapping[str, str]) -> None:
        if "csv" not in values:
            return
        data, name = values["csv"].encode("utf-8"), values.get("csv.name", "")
        opened = await self.session.call(lambda workspace: batch.open_data(workspace, name, data))
        columns = {name: int(values.get(f"column.{name}", batch.NONE)) for name in batch.FIELDS}
        self.batch.show_file(opened, {name: index for name, index in columns.items() if index >= 0})
        self.batch.asset.setCurrentIndex(max(0, self.batch.asset.findData(values.get("asset", ""))))

    async def _drop(self) -> None:
        draft = self.draft
        await self.session.call(lambda workspace: drop_draft(workspace, draft))
        self._empty_form()
        self._judge()

    def _empty_form(self) -> None:
        self.draft, self._kept = "", {}
        for field in (self.ticket, self.title, self.note):
            field.clear()
        blank = {"to": "", "amount": "", "tag": "", "limit": "", "domain": "", "quorum": "", "entries": ""}
        for form in self.forms.values():
            form.restore(blank)
        self._offer()
        self.result.saved.setText("")

    # -- proposing -----------------------------------------------------------------------------------------

    async def _propose(self) -> None:
        """Make it; ask for the key passphrase where it is needed."""
        try:
            await self._make()
        except CountersignError as error:
            if not keys_locked(error):
                self.list.end()
                raise
            if await self._unlock():
                await self._make()
            self.list.end()

    async def _make(self) -> None:
        wish, draft, opened = self.wish(), self.draft, self.batch.opened
        if wish.kind != LIST:
            identifier = await self.session.call(
                lambda workspace: propose(workspace, wish, draft), name=say.PROPOSING
            )
            self._empty_form()
            self.shell.changed()
            self.shell.go("inbox", identifier)
            return
        if opened is None:
            return
        steps = self._steps = batch.Steps(Progress(self.list.step))
        self.list.run(say.PROPOSING)
        await self.session.call(
            lambda workspace: batch.propose(workspace, wish, opened, draft, steps), name=say.PROPOSING
        )
        self.draft, self._kept = "", self._values()
        self.shell.changed()
        self.shell.go("proposals")

    async def _unlock(self) -> bool:
        """Ask for the key passphrase until it fits; False if the person gives up."""
        summary = self.session.summary
        dialog = KeysDialog(self, summary.network_class if summary else "")
        dialog.given.connect(lambda text: self.tasks.spawn(self._try_keys(dialog, text)))
        return await self.shell.ask(dialog) == int(QtWidgets.QDialog.DialogCode.Accepted)

    async def _try_keys(self, dialog: KeysDialog, text: str) -> None:
        secret = bytearray(text.encode("utf-8"))
        try:
            await self.session.call(lambda workspace: unlock_keys(workspace, secret), name=say.UNLOCKING)
        except CountersignError as error:
            dialog.refuse(error)
        else:
            dialog.accept()

    # -- looks ---------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Side by side, or below each other."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        directions = QtWidgets.QBoxLayout.Direction
        lists = self.kind == LIST
        wide = self.width() >= theme().scaled(LIST_WIDE if lists else WIDE)
        self._scroll.setMinimumWidth(theme().scaled(400) if wide else 0)
        self._split.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        left, right = (1, 1) if not lists else (2, 5) if wide else (2, 3)
        self._split.setStretch(0, left)
        self._split.setStretch(1, right)


def _account_words(account: str, name: str) -> str:
    address = account.rpartition(":")[2]
    return address if name == address else f"{name}  {address}"


#: Fields that are never empty, so that they do not make a draft.
_ALWAYS = frozenset({"kind", "account", "expires", "asset", "count", "entries", "no_ripple", "no_domain"})


def _typed(values: Mapping[str, str]) -> bool:
    """Whether a person typed anything that would be missed."""
    return any(
        value for name, value in values.items() if name not in _ALWAYS and not name.startswith("column.")
    )
