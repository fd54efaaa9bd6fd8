"""The page of new proposals: a form at the left, what it would do at the right, nothing written till then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
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
from signer_app.ui.pages.compose.form import LIST, ComposeForm, typed
from signer_app.ui.pages.compose.result import ResultPanel
from signer_app.ui.pages.compose.rows import BatchResult
from signer_app.ui.passphrase import keys_unlocked
from signer_app.ui.qt import QtCore, QtGui, QtWidgets
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import TabButton, TabButtons, column, row
from signer_app.ui.words import compose as say
from signer_app.ui.words import faults, shared, standing
from signer_app.ui.words import lists as list_words
from signer_app.ui.worker import Job, Progress

if TYPE_CHECKING:
    from signer_app.workspace import Workspace

#: Milliseconds after the last key until the form is judged and kept; how often it is kept at the latest.
PAUSE_MS, KEEP_MS = 350, 2000
#: Below this width the result stands below the form.
WIDE, LIST_WIDE = 860, 1150


class NewPage(Page):
    """Nothing is journaled, and no slot is taken, until a person presses Propose."""

    key = "new"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.setAccessibleName(shared.NEW_PROPOSAL)
        self.setAcceptDrops(True)
        self.options = Options()
        self.draft, self._kept = "", dict[str, str]()
        self._asked: Job[Seen] | None = None
        self._turn = 0
        self._steps: batch.Steps | None = None
        self._loaded = False
        self._pause = self._timer(PAUSE_MS, self._judge)
        self._keep = self._timer(KEEP_MS, self._save)
        self._build()
        self._wire()
        self.choose_kind(self.form.kind)

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
        head, _ = page_head(shared.NEW_PROPOSAL, say.NEW_SUB)
        box.addLayout(head)
        box.addLayout(self._kinds())
        self._split = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight)
        self._split.setSpacing(t.size("gap"))
        self.form = ComposeForm()
        self._split.addWidget(self.form, 1)
        self.result, self.list = ResultPanel(), BatchResult()
        self._right = QtWidgets.QStackedWidget()
        self._right.addWidget(self.result)
        self._right.addWidget(self.list)
        self._split.addWidget(self._right, 1)
        box.addLayout(self._split, 1)

    def _kinds(self) -> QtWidgets.QHBoxLayout:
        bar = row(spacing=theme().scaled(2))
        group = TabButtons(self)
        self.kinds: dict[str, QtWidgets.QPushButton] = {}
        for kind in KINDS:
            button = TabButton(say.KINDS[kind], f"new.kind.{kind}")
            button.clicked.connect(lambda _checked=False, kind=kind: self.choose_kind(kind))
            group.addButton(button)
            self.kinds[kind] = button
            bar.addWidget(button)
        bar.addStretch(1)
        return bar

    def _wire(self) -> None:
        self.form.changed.connect(self._edited)
        self.form.batch.chosen.connect(lambda path: self.run(self.open_list(path)))
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
        self.form.offer(self.options)
        if not self._loaded:
            self._loaded = True
            if self.options.drafts and not self.draft:
                await self._restore(*self.options.drafts[0])
        self._judge()

    def panes(self) -> list[QtWidgets.QWidget]:
        """Form, result."""
        return [self.form, self.list if self.form.kind == LIST else self.result]

    def open(self, argument: str) -> None:
        """Begin a kind of proposal: "payment", or "payment:<id of an entry of the address book>"."""
        kind, _, receiver = argument.partition(":")
        if kind in KINDS:
            self.choose_kind(kind)
        if receiver:
            self.form.forms["payment"].restore({"to": receiver})

    def dragEnterEvent(self, event: QtGui.QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """One file may be dropped here."""
        if _dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QtGui.QDropEvent) -> None:  # noqa: N802 - Qt's name
        """A list of payments; what it really is, its reader says."""
        path = _dropped(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.choose_kind(LIST)
            self.run(self.open_list(path))

    def leave(self) -> None:
        """Nothing more is asked."""
        self._pause.stop()
        self._keep.stop()
        self._stop()
        super().leave()

    # -- the form ------------------------------------------------------------------------------------------

    def choose_kind(self, kind: str) -> None:
        """Another form."""
        self.kinds[kind].setChecked(True)
        self.form.choose_kind(kind)
        self._right.setCurrentWidget(self.list if kind == LIST else self.result)
        self._arrange()

    def _edited(self) -> None:
        if not self._loaded:
            return
        if self.form.kind != LIST:
            self.result.wait()
        self._pause.start()
        if not self._keep.isActive():
            self._keep.start()

    # -- judging -------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        self._pause.stop()
        self._save()
        self._turn += 1
        wish = self.form.wish()  # now: by the time a task begins, another kind may have been chosen
        if wish.kind == LIST:
            if self.form.batch.opened is not None:
                self.tasks.spawn(self._check(self._turn, wish, self.form.batch.opened))
            else:
                self.list.show_outcome(None)
        else:
            self.tasks.spawn(self._preview(self._turn, wish))

    async def _preview(self, turn: int, wish: Wish) -> None:
        if self._asked is not None:
            self._asked.cancel()  # an earlier text that nobody looked at yet
        self._asked = job = self.session.call(
            lambda workspace: preview(workspace, wish), name=say.JUDGING_NOW
        )
        seen = await job
        if turn != self._turn or wish != self.form.wish():
            return
        self.form.show_problems(wish.kind, seen.problems)
        self.result.show_seen(seen, self._blocked())

    def _blocked(self) -> str:
        return standing.off(self.session.summary)

    def _again(self) -> None:
        self.run(self._forget())

    async def _forget(self) -> None:
        await self.session.call(lambda workspace: workspace.previews.forget())
        self._judge()

    async def _check(self, turn: int, wish: Wish, opened: batch.Opened) -> None:
        self._stop()
        steps = self._steps = batch.Steps(Progress(self.list.step))
        self.list.run(list_words.CHECKING)
        try:
            found = await self.session.call(
                lambda workspace: batch.check(workspace, wish, opened, steps), name=list_words.CHECKING
            )
        except CountersignError as error:
            if turn == self._turn:
                self.list.show_problem(error.message, faults.hint(error))
            return
        if turn == self._turn:
            self.list.show_outcome(found)

    def _stop(self) -> None:
        if self._steps is not None:
            self._steps.stop()

    async def open_list(self, path: Path) -> None:
        """Take a CSV file."""
        opened = await self.session.call(lambda workspace: batch.open_file(workspace, path))
        self.form.batch.show_file(opened)

    def _want_tickets(self, count: int) -> None:
        """The list needs tickets: propose them first."""
        self.choose_kind("tickets")
        self.form.forms["tickets"].restore({"count": str(min(count, 250))})

    # -- drafts --------------------------------------------------------------------------------------------

    def _save(self) -> None:
        """Keep what was typed, if anything was since the last time."""
        self._keep.stop()
        values = self.form.values()
        if not self._loaded or values == self._kept or not typed(values) or self.session.look_only:
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
        self.choose_kind(kind)
        self.form.restore(values)
        if kind == LIST and "csv" in values:
            data, name = values["csv"].encode("utf-8"), values.get("csv.name", "")
            opened = await self.session.call(lambda workspace: batch.open_data(workspace, name, data))
            self.form.restore_list(opened, values)
        self._kept = self.form.values()
        self.result.saved.setText(say.DRAFT_RESTORED)

    async def _drop(self) -> None:
        draft = self.draft
        if not self.session.look_only:  # who looks only empties the form, and the draft stays
            await self.session.call(lambda workspace: drop_draft(workspace, draft))
        self._clear()
        self._judge()

    def _clear(self) -> None:
        self.draft, self._kept = "", {}
        self.form.clear()
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
            if await keys_unlocked(self.shell, self, say.UNLOCK_KEYS_WHY):
                await self._make()
            self.list.end()

    async def _make(self) -> None:
        wish, draft, opened = self.form.wish(), self.draft, self.form.batch.opened
        if wish.kind != LIST:
            identifier = await self.session.call(
                lambda workspace: propose(workspace, wish, draft), name=say.PROPOSING
            )
            self._clear()
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
        self.draft, self._kept = "", self.form.values()
        self.shell.changed()
        self.shell.go("proposals")

    # -- looks ---------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Side by side, or below each other."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        directions = QtWidgets.QBoxLayout.Direction
        lists = self.form.kind == LIST
        wide = self.width() >= theme().scaled(LIST_WIDE if lists else WIDE)
        self.form.setMinimumWidth(theme().scaled(400) if wide else 0)
        self.form.setMinimumHeight(0 if wide else theme().scaled(96 if lists else 170))
        self._split.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        left, right = (1, 1) if not lists else (2, 5) if wide else (1, 4)
        self._split.setStretch(0, left)
        self._split.setStretch(1, right)


def _dropped(data: QtCore.QMimeData) -> Path | None:
    """The one file of this computer that is dropped, or None."""
    urls = data.urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
