"""The inbox page: the list at the left, one proposal at the right, files in and out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.core.text import safe_text
from signer_app.ui.choosing import choose_new_file
from signer_app.ui.halting import reads as halting
from signer_app.ui.pages.inbox import paper
from signer_app.ui.pages.inbox.allowed import Place
from signer_app.ui.pages.inbox.authority_part import read_from_nodes
from signer_app.ui.pages.inbox.deeds import Deeds
from signer_app.ui.pages.inbox.detail import Detail
from signer_app.ui.pages.inbox.head import ListHead
from signer_app.ui.pages.inbox.listing import EntryList
from signer_app.ui.pages.inbox.reading import Details, Entry, read_details, read_list
from signer_app.ui.qt import Qt, QtCore, QtPrintSupport, QtWidgets
from signer_app.ui.sending import send_proposal
from signer_app.ui.shell.actions import Handler
from signer_app.ui.shell.page import EmptyState, Page, Shell
from signer_app.ui.signing.dialog import EXPORT, SEND, sign_proposal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import HashCompare, StateBanner, column, plain
from signer_app.ui.words import effects as words
from signer_app.ui.words import faults, shared, standing, strings
from signer_app.ui.words import inbox as say
from signer_app.ui.words import paper as paper_words

if TYPE_CHECKING:
    from signer_app.workspace import Workspace

#: How wide the list begins, in pixels.
LIST_WIDTH = 352
#: How often the minutes that are left are looked at.
CLOCK_MS = 5000


class InboxPage(Page):
    """Decide what waits."""

    key = "inbox"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.entries: list[Entry] = []
        self._wanted = ""
        self._reading = ""
        self._large = False
        self._refused: dict[Path, CountersignError] = {}
        outer = column(self.body)
        self._split = QtWidgets.QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._left())
        self.detail = Detail()
        self.none = EmptyState()
        self._right = QtWidgets.QStackedWidget()
        self._right.addWidget(self.detail)
        self._right.addWidget(self.none)
        self._split.addWidget(self._right)
        self._split.setStretchFactor(1, 1)
        # With large text the list begins no wider than else, so that the detail keeps its room. The tabs
        # say how narrow it may become.
        self._split.setSizes([min(theme().size("list"), LIST_WIDTH), 4000])
        outer.addWidget(self._split)
        self.list.chosen.connect(self._chosen)
        self._clock = QtCore.QTimer(self, interval=CLOCK_MS)
        self._clock.timeout.connect(self._ticked)
        self._clock.start()
        self.detail.asked.connect(self._asked)
        self.detail.record_asked.connect(lambda record: shell.go("journal", str(record)))
        self.deeds = Deeds(shell, self)
        self.session.changed.connect(self._place_changed)
        shell.nodes.changed.connect(self._place_changed)

    def _left(self) -> QtWidgets.QWidget:
        pane = plain("surface")
        box = column(pane)
        self.head = ListHead()
        self.head.changed.connect(self._show)
        self.head.new_asked.connect(self._new)
        box.addWidget(self.head)
        self.list = EntryList()
        box.addWidget(self.list, 1)
        return pane

    # -- what the window asks ------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the list, then the one in view."""
        self.entries = await self.session.call(read_list, name=strings.READING_PROPOSALS)
        if not self.entries:
            self.show_empty(say.NOTHING["mine"], shared.NEW_PROPOSAL, self._new)
            return
        self.show_body()
        self._show()

    def handlers(self) -> Mapping[str, Handler]:
        """What can be done with the proposal in view."""
        return {
            **{name: partial(self._asked, name) for name in ("export", "review", "reject")},
            "compare": self._compare_large,
        }

    def why_off(self, action: str) -> str:
        """As the buttons say it."""
        if self.detail.details is None:
            return say.NONE_CHOSEN
        return self.detail.reasons.get(action, "")

    def panes(self) -> list[QtWidgets.QWidget]:
        """List, detail."""
        return [self.list, self.detail]

    def open(self, argument: str) -> None:
        """Show a proposal by its id or the start of it."""
        self._wanted = argument
        self.head.choose("open")
        if self.entries:
            self._show()

    def take_files(self, files: Sequence[Path]) -> None:
        """Import files, one after the other; one banner names every one that could not be taken."""
        if self._says_off():
            return
        self.run(self._import_all(files))

    async def _import_all(self, files: Sequence[Path]) -> None:
        for path in files:
            self._refused.pop(path, None)
            try:
                await self._import(path)
            except CountersignError as error:
                self._refused[path] = error
        self._show_refused()

    def _show_refused(self) -> None:
        if not self._refused:
            self.banner("files", None)
            return
        said = [
            (faults.about(safe_text(path.name, 200), error.message), faults.hint(error))
            for path, error in self._refused.items()
        ]
        fact, consequence = said[0]
        if len(said) > 1:
            fact, consequence = say.not_taken(len(said)), "\n".join(" ".join(pair).strip() for pair in said)
        banner = StateBanner("danger", fact, consequence)
        banner.offer(
            [(strings.RETRY, lambda: self.take_files([*self._refused])), (strings.CLOSE, self._forget)]
        )
        self.banner("files", banner)

    def _forget(self) -> None:
        self._refused.clear()
        self._show_refused()

    def take_text(self, data: bytes) -> None:
        """Import what was pasted."""
        if self._says_off():
            return
        again = partial(self.take_text, data)
        self.run(self._take(lambda: data, say.CLIPBOARD), about=say.CLIPBOARD, again=again)

    # -- the list ------------------------------------------------------------------------------------------

    def _show(self) -> None:
        kept = self.head.narrow(self.entries, self._wanted)
        # What the list chooses again while it is filled is read once, below: a second drawing would swallow a
        # key that comes between the two.
        with QtCore.QSignalBlocker(self.list):
            self.list.show_entries(kept, datetime.now(UTC))
            if self._wanted and self.list.choose(self._wanted):
                self._wanted = ""
        if kept:
            self._right.setCurrentWidget(self.detail)
            self._chosen(self.list.current())
        else:
            self._reading = ""
            self.detail.show_details(None)
            tab = self.head.tab
            if self.head.narrowed:
                self.none.show_words(say.NOTHING_OF_ACCOUNT, say.ALL_ACCOUNTS, self.head.widen)
            elif tab == "done":
                self.none.show_words(say.NOTHING[tab])
            else:
                self.none.show_words(say.NOTHING[tab], shared.NEW_PROPOSAL, self._new)
            self._right.setCurrentWidget(self.none)

    def _new(self) -> None:
        self.shell.go("new")

    def _chosen(self, identifier: str) -> None:
        self._reading = identifier
        self.run(self._read(identifier))

    def _ticked(self) -> None:
        """List and detail say the same of the time that is left."""
        if self.isVisible() and not self.session.locked:
            self.detail.show_time(datetime.now(UTC))
            self.list.viewport().update()

    async def _read(self, identifier: str) -> None:
        try:
            details = await self.session.call(
                lambda workspace: read_details(workspace, identifier), name=strings.READING_PROPOSALS
            )
        except CountersignError:
            if self._reading == identifier != self.detail.shown:  # never another one than the list's
                self.detail.show_details(None)
            raise
        if self._reading != identifier:  # a person may have gone on meanwhile
            return
        asking = details.entry.open and not self.session.offline
        self.detail.show_details(details, self._place(), asking=asking)
        if asking:
            await self._ask_balances(details)

    def _place(self) -> Place:
        off, silent = standing.off(self.session.summary), self.shell.nodes.silence is not None
        return Place(not off, self.session.offline, datetime.now(UTC), off, silent)

    def _place_changed(self) -> None:
        """What is in view is on or off by what holds now."""
        if not self.session.locked:
            self.detail.show_place(self._place())

    async def _ask_balances(self, details: Details) -> None:
        """Balances of now. The nodes are asked in a thread of their own: nothing waits behind them."""
        identifier = details.entry.id
        question = await self.session.call(
            lambda workspace: workspace.reading.balances_now(identifier), name=say.READING_BALANCES
        )
        found = await asyncio.to_thread(question.ask)
        read = any(line["after"] is not None for line in words.items(found["effects"]))
        read = read or read_from_nodes(found)
        if self._reading == identifier:
            self.detail.show_balances(details.with_balances(found) if read else details)

    # -- doing ---------------------------------------------------------------------------------------------

    def _asked(self, name: str) -> None:
        """Do what a button or a key names, unless the proposal does not have it now: its button says why."""
        details = self.detail.details
        if details is None or self.detail.reasons.get(name):
            return
        identifier = details.entry.id
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "review": lambda: self._sign(identifier),
            "send": lambda: send_proposal(self.shell, identifier),
            "reject": lambda: self.deeds.reject(details),
            "override": lambda: self.deeds.override(details),
            "copy": lambda: self._made(self.deeds.copy(details)),
            "cancel": lambda: self._made(self.deeds.cancel(details)),
            "verify": lambda: self._judge_now(identifier),
        }
        shown: dict[str, Callable[[], None]] = {
            "export": lambda: self._choose_target(identifier),
            "print": lambda: self._print(details),
            "pdf": lambda: self._choose_pdf(details, report=False),
            "report": lambda: self._choose_pdf(details, report=True),
        }
        if name in acts:
            self.run(acts[name]())
        elif name in shown:
            shown[name]()

    async def _sign(self, identifier: str) -> None:
        """The dialog, and what the person wants to do then."""
        wanted = await sign_proposal(self.shell, identifier)
        if wanted == SEND:
            await send_proposal(self.shell, identifier)
        elif wanted == EXPORT:
            self._choose_target(identifier)

    async def _made(self, making: Awaitable[str]) -> None:
        """Show the proposal that was made, if one was."""
        made = await making
        if made:
            self._wanted = made
            self.head.choose("open")
            self.shell.changed()

    def _compare_large(self) -> None:
        """The hash in large digits, and back."""
        compare = self.detail.findChild(HashCompare, "detail.hash")
        if compare is not None:
            self._large = not self._large
            compare.grid.set_large(self._large)
            self.detail.ensureWidgetVisible(compare)

    # -- paper ---------------------------------------------------------------------------------------------

    def sheet(self, details: Details, *, report: bool) -> paper.Sheet:
        """What goes onto paper."""
        by = f"{details.me}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        return paper.report_sheet(details, by) if report else paper.proposal_sheet(details, by)

    def _choose_pdf(self, details: Details, *, report: bool) -> None:
        name = f"{details.entry.id[:12]}-{'report' if report else 'proposal'}.pdf"
        choose_new_file(
            self, paper_words.PDF_TITLE, name, lambda path: self.write_pdf(details, path, report=report)
        )

    def write_pdf(self, details: Details, path: Path, *, report: bool) -> None:
        """A proposal or the report of its signing as a PDF."""
        paper.write_pdf(self.sheet(details, report=report), path, details.entry.title)

    def _print(self, details: Details) -> None:
        dialog = QtPrintSupport.QPrintDialog(paper.make_printer(), self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet = self.sheet(details, report=False)
        dialog.accepted.connect(lambda: sheet.document.print_(dialog.printer()))
        QtWidgets.QDialog.open(dialog)

    # -- files and judging ---------------------------------------------------------------------------------

    async def _judge_now(self, identifier: str) -> None:
        def judge(workspace: Workspace) -> None:
            workspace.proposals.verify(identifier)

        await self.session.call(judge, name=strings.JUDGING)
        self.shell.changed()

    def _says_off(self) -> bool:
        """Whether nothing can be taken in; then the page says why."""
        off = standing.off(self.session.summary)
        if off:
            banner = StateBanner("info", off)
            banner.offer([(strings.CLOSE, lambda: self.banner("statements", None))])
            self.banner("statements", banner)
        return bool(off)

    async def _import(self, path: Path) -> None:
        await self._take(lambda: halting.read_file(path), path.name)

    async def _take(self, read: Callable[[], bytes], name: str) -> None:
        def take(workspace: Workspace) -> tuple[str, str]:
            data = read()
            if halting.is_halts(data):
                return "", halting.take(workspace, data)
            return str(workspace.proposals.import_bytes(data)["proposal_id"]), ""

        made, said = await self.session.call(take, name=strings.IMPORTING)
        if said:
            banner = StateBanner("info", said, name)
            banner.offer([(strings.CLOSE, lambda: self.banner("statements", None))])
            self.banner("statements", banner)
        self._wanted = made or self._wanted
        self.shell.changed()

    def _choose_target(self, identifier: str) -> None:
        choose_new_file(
            self,
            strings.EXPORT,
            f"{identifier[:12]}.countersign",
            lambda path: self.run(self.export(identifier, path)),
        )

    async def export(self, identifier: str, path: Path) -> None:
        """Write a proposal's file for the others."""

        def write(workspace: Workspace) -> None:
            from signer_app.vault.files import atomic_write  # noqa: PLC0415 - in the worker's thread

            data, _ = workspace.proposals.export(identifier, "countersign")
            atomic_write(path, data, 0o600)

        await self.session.call(write, name=strings.EXPORTING)
        self.shell.changed()
