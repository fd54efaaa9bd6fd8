"""The journal page: state card, filters, table, record; F5 verifies all (UI.md section 4)."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError, NotFoundError
from signer_app.ui.choosing import choose_new_file
from signer_app.ui.pages.journal.record import RecordPanel
from signer_app.ui.pages.journal.state import DangerPage, Finding, JournalState, StateCard
from signer_app.ui.pages.journal.table import Line, RecordTable
from signer_app.ui.qt import Qt, QtCore, QtWidgets
from signer_app.ui.shell.actions import Handler
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Chooser, Reasons, StateBanner, column, label, plain, row
from signer_app.ui.words import faults, standing, strings
from signer_app.ui.words import journal as words

if TYPE_CHECKING:  # the rooms below load in the worker, when something is first read
    from signer_app.journal.states import Verification
    from signer_app.ui.pages.journal.reads import Wanted
    from signer_app.workspace import Workspace
    from signer_app.workspace.journal import FullCheck

#: Letters are gathered for so long before a search begins.
SEARCH_AFTER_MS = 250
#: The check gives the window its turn after each chunk of the file.
BREATH_S = 0.0005


class _StoppedError(Exception):
    """A person cancelled the check."""


class JournalPage(Page):
    """Reads in pages; the check of all records runs in a thread of its own and can be cancelled."""

    key = "journal"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._lines: list[Line] = []
        self._next_before: int | None = None
        self._state: JournalState | None = None
        self._found: Verification | None = None
        self._verified_at = ""
        self._stop = threading.Event()
        self._check: asyncio.Task[object] | None = None
        self._asked = ""
        self._quiet = False
        self._pause = QtCore.QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_AFTER_MS)
        self._pause.timeout.connect(self.refresh)
        self._build()

    # -- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        t = theme()
        margin = t.size("margin")
        box = column(self.body, spacing=t.size("gap"), margins=(margin, t.scaled(14), margin, margin))
        head, _ = page_head(strings.PAGES["journal"], words.SUB)
        self.verify = ActionButton(words.VERIFY_ALL, icon="refresh", name="journal.verify")
        self.verify.setToolTip(f"{words.VERIFY_ALL} ({words.VERIFY_KEY})")
        self.export = ActionButton(words.EXPORT_AUDITOR, icon="download", name="journal.export")
        head.addWidget(self.verify)
        head.addWidget(self.export)
        box.addLayout(head)
        box.addWidget(Reasons(self.verify, self.export, across=True, elsewhere=(words.VERIFY_RUNS,)))
        self._kinds = QtWidgets.QStackedWidget()
        box.addWidget(self._kinds, 1)
        normal = plain()
        self._kinds.addWidget(normal)
        inner = column(normal, spacing=t.size("gap"))
        self.state = StateCard()
        inner.addWidget(self.state)
        inner.addWidget(self._progress())
        inner.addLayout(self._filters())
        inner.addWidget(self._records(), 1)
        self.danger = DangerPage()
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(words.WHAT_WAS_FOUND)
        scroll.setWidget(self.danger)
        self._danger_view = scroll
        self._kinds.addWidget(scroll)
        self.verify.triggered.connect(self.verify_all)
        self.export.triggered.connect(self._choose_bundle)
        self.danger.export.triggered.connect(self._choose_evidence)

    def _progress(self) -> QtWidgets.QWidget:
        t = theme()
        self.running = plain()
        line = row(self.running, spacing=t.scaled(12))
        line.addWidget(label(words.VERIFY_RUNS, "label"))
        self.bar = QtWidgets.QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(words.VERIFYING)
        line.addWidget(self.bar, 1)
        self.done = label("", "body", "text2", name="journal.progress")
        line.addWidget(self.done)
        self.cancel = ActionButton(strings.CANCEL, name="journal.cancel")
        self.cancel.setProperty("size", "compact")
        self.cancel.triggered.connect(self._stop.set)
        line.addWidget(self.cancel)
        self.running.hide()
        return self.running

    def _filters(self) -> QtWidgets.QHBoxLayout:
        t = theme()
        line = row(spacing=t.scaled(8))
        self.search = QtWidgets.QLineEdit()
        self.search.setObjectName("journal.search")
        self.search.setPlaceholderText(words.SEARCH)
        self.search.setAccessibleName(words.SEARCH)
        self.search.setMaxLength(200)
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(t.scaled(200))
        self.search.setMaximumWidth(t.scaled(280))
        self.period = _choice(words.PERIOD, words.PERIODS)
        self.kind = _choice(words.KIND, tuple(words.KINDS))
        self.system = QtWidgets.QCheckBox(words.SYSTEM_RECORDS)
        self.system.setObjectName("journal.system")
        for widget in (self.search, self.period, self.kind, self.system):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(label(words.LEGEND, "caption", "text3", wrap=True), 2)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.period.activated.connect(lambda _index: self.refresh())
        self.kind.activated.connect(lambda _index: self.refresh())
        self.system.toggled.connect(lambda _on: self.refresh())
        return line

    def _records(self) -> QtWidgets.QWidget:
        t = theme()
        both = QtWidgets.QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.setHandleWidth(t.size("gap"))
        both.setStyleSheet("QSplitter::handle { background: transparent; }")
        card = QtWidgets.QFrame()
        card.setProperty("kind", "card")
        box = column(card, margins=(1, 1, 1, 0))
        self.table = RecordTable()
        box.addWidget(self.table, 1)
        self.none = StateBanner("info", words.NOTHING_FITS)
        self.none.offer([(words.CLEAR_FILTERS, self.clear_filters)])
        self.none.hide()
        box.addWidget(self.none)
        foot = row(margins=(t.scaled(14), t.scaled(6), t.scaled(10), t.scaled(6)))
        self.shown = label("", "small", "text2", name="journal.shown")
        foot.addWidget(self.shown)
        foot.addStretch(1)
        self.older = ActionButton(words.SHOW_OLDER, kind="link", name="journal.older")
        foot.addWidget(self.older)
        box.addLayout(foot)
        self.record = RecordPanel()
        self.record.setMinimumWidth(t.scaled(296))
        both.addWidget(card)
        both.addWidget(self.record)
        both.setStretchFactor(0, 1)
        both.setSizes([t.scaled(860), t.scaled(336)])
        self.table.selectionModel().selectionChanged.connect(lambda *_items: self._chosen())
        self.older.triggered.connect(lambda: self.tasks.spawn(self._more()))
        self.record.proof_asked.connect(self._choose_proof)
        self.record.proposal_asked.connect(lambda identifier: self.shell.go("inbox", identifier))
        return both

    # -- what the window asks ------------------------------------------------------------------------------

    def handlers(self) -> Mapping[str, Handler]:
        """F5 verifies all here."""
        return {
            "refresh": self.verify,
            "verify": self.verify,
            "export-journal": self.export,
        }

    def panes(self) -> list[QtWidgets.QWidget]:
        """Filters, table, record."""
        return [self.search, self.table, self.record]

    def open(self, argument: str) -> None:
        """Show a record by its index."""
        self._asked = argument if argument.isdigit() else ""

    def leave(self) -> None:
        """A check that runs ends with the workspace."""
        self._stop.set()
        super().leave()

    # -- reading -------------------------------------------------------------------------------------------

    def wanted(self) -> Wanted:
        """The filters as they stand."""
        from signer_app.ui.pages.journal.reads import Wanted  # noqa: PLC0415 - not before the first paint

        kind, period = self.kind.currentIndex(), self.period.currentIndex()
        return Wanted(self.search.text().strip(), period, kind, self.system.isChecked())

    def clear_filters(self) -> None:
        """Every record again."""
        self.period.setCurrentIndex(0)
        self.kind.setCurrentIndex(0)
        self.search.clear()
        self._pause.stop()
        self.refresh()

    async def load(self) -> None:
        """The newest records that the filters take."""
        from signer_app.ui.pages.journal.reads import listing  # noqa: PLC0415

        wanted = self.wanted()
        found = await self.session.call(lambda workspace: listing(workspace, wanted, None))
        self._state = found.state
        self._lines = list(found.lines)
        self._next_before = found.next_before
        self._show_lines()
        self._show_state()
        asked, self._asked = self._asked, ""
        if asked in self.table.facts.keys:
            self.table.selectRow(self.table.facts.keys.index(asked))
        elif asked:
            self._quietly(self.table.clearSelection)
            await self._open(int(asked))
        elif not self.table.chosen() and self._lines:
            self.table.selectRow(0)

    async def _more(self) -> None:
        from signer_app.ui.pages.journal.reads import listing  # noqa: PLC0415

        before, wanted = self._next_before, self.wanted()
        if before is None:
            return
        found = await self.session.call(lambda workspace: listing(workspace, wanted, before))
        self._lines += found.lines
        self._next_before = found.next_before
        self._show_lines()

    def _show_lines(self) -> None:
        self._quietly(lambda: self.table.show_records(self._lines))
        self.none.setVisible(not self._lines)
        total = self._state.records if self._state else 0
        more = self._next_before is not None
        self.shown.setText(words.shown(len(self._lines), total, more=more))
        self.older.setVisible(more)
        if not self._lines:
            self.record.show_nothing()

    def _show_state(self) -> None:
        if self.session.look_only and self._kinds.currentWidget() is not self._danger_view:
            self.export.block(standing.off(self.session.summary))  # what leaves is journaled
        state = self._state
        if state is None:
            return
        if self._found is not None and self._verified_at:
            state = JournalState(
                state.records, state.signed, state.signers, state.anchored, state.epoch,
                self._verified_at, self._found.size_checked,
            )  # fmt: skip
        self.state.show_state(state)

    def _quietly(self, change: Callable[[], None]) -> None:
        """Rows change; what is chosen stays open and is not read again."""
        self._quiet = True
        change()
        self._quiet = False

    def _chosen(self) -> None:
        key = self.table.chosen()
        if key and not self._quiet:
            self.tasks.spawn(self._open(int(key)))

    async def _open(self, index: int) -> None:
        from signer_app.ui.pages.journal.reads import detail  # noqa: PLC0415

        try:
            opened = await self.session.call(lambda workspace: detail(workspace, index))
        except NotFoundError as error:
            self.banner("record", StateBanner("info", error.message, faults.hint(error)))
            return
        except CountersignError as error:
            self.failed(error)
            return
        self.banner("record", None)
        found = self._found
        verified = found is not None and found.state.sound and index < found.size_checked
        self.record.show_record(opened, verified=verified, blocked=self._why_no_proof())

    def _why_no_proof(self) -> str:
        broken = self._found is not None and not self._found.state.sound
        return words.NOT_TRUSTED if broken else ""

    # -- verifying -----------------------------------------------------------------------------------------

    def verify_all(self) -> None:
        """Begin the check of every record, if none runs."""
        if self._check is None or self._check.done():
            self._stop.clear()
            self._check = self.tasks.spawn(self._verify())

    async def _verify(self) -> None:
        from signer_app.workspace.journal import accept_finding, full_check  # noqa: PLC0415

        self.banner("verify", None)
        self.verify.block(words.VERIFY_RUNS)
        self._tell(0, 0)
        self.running.show()
        try:
            check = await self.session.call(full_check, name=words.VERIFYING)
            self._tell(0, check.records)
            found = await asyncio.to_thread(self._run_check, check, asyncio.get_running_loop())
            if self._stop.is_set():
                raise _StoppedError
            await self.session.call(lambda workspace: accept_finding(workspace, found))
        except _StoppedError:
            self.banner("verify", StateBanner("info", words.CANCELLED))
            return
        except CountersignError as error:
            self.failed(error)
            return
        finally:
            self.running.hide()
            self.verify.block("")
        await self._take(found)

    def _run_check(self, check: FullCheck, loop: asyncio.AbstractEventLoop) -> Verification:
        """In a thread of its own. The loop hears of progress; a cancel ends the pass at the next chunk."""
        last = 0.0

        def progress(done: int) -> None:
            nonlocal last
            if self._stop.is_set():
                raise _StoppedError
            now = time.monotonic()
            if now - last >= 0.1:
                last = now
                loop.call_soon_threadsafe(self._tell, done, check.records)
            time.sleep(BREATH_S)

        return check.run(progress)

    def _tell(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        self.done.setText(words.progress(done, total))

    async def _take(self, found: Verification) -> None:
        from signer_app.ui.pages.journal.reads import people  # noqa: PLC0415

        self._found = found
        if found.state.sound:
            self._verified_at = datetime.now(UTC).astimezone().strftime("%H:%M:%S")
            self._show_state()
            await self.session.refresh()
            if self.record.opened is not None:
                await self._open(self.record.opened.line.index)
            return
        self._verified_at = ""
        contacts = await self.session.call(people)
        self.danger.show_finding(
            Finding(found.state.value, found.reason, found.first_bad, found.records), contacts
        )
        self._kinds.setCurrentWidget(self._danger_view)
        self.export.block(words.NOT_TRUSTED)
        await self.session.refresh()

    # -- files ---------------------------------------------------------------------------------------------

    def _choose_proof(self, index: int) -> None:
        name = f"record-{index}-proof.json"
        choose_new_file(self, words.PROOF_TITLE, name, lambda path: self.export_proof(index, path))

    def export_proof(self, index: int, path: Path) -> None:
        """Write the proof of a record to a file."""
        self.tasks.spawn(self._export_proof(index, path))

    async def _export_proof(self, index: int, path: Path) -> None:
        from signer_app.ui.pages.journal.reads import write_proof  # noqa: PLC0415

        await self._written(path, lambda opened: write_proof(opened, index, path))

    def _choose_bundle(self) -> None:
        choose_new_file(self, words.EXPORT_TITLE, words.BUNDLE_NAME, self.export_bundle)

    def _choose_evidence(self) -> None:
        choose_new_file(self, words.EXPORT_TITLE, words.EVIDENCE_NAME, self.export_bundle)

    def export_bundle(self, path: Path) -> None:
        """Write the auditor's bundle; with what was found, if the journal is not intact."""
        self.tasks.spawn(self._export_bundle(path))

    async def _export_bundle(self, path: Path) -> None:
        from signer_app.ui.pages.journal.reads import write_bundle  # noqa: PLC0415

        broken = self._found if self._found is not None and not self._found.state.sound else None
        await self._written(path, lambda opened: write_bundle(opened, path, broken))

    async def _written(self, path: Path, write: Callable[[Workspace], int]) -> None:
        try:
            size = await self.session.call(write)
        except CountersignError as error:
            self.failed(error)
            return
        self.banner("written", StateBanner("ok", words.written(path.name, size)))


def _choice(name: str, choices: tuple[str, ...]) -> QtWidgets.QComboBox:
    box = Chooser()
    box.addItems(list(choices))
    box.setAccessibleName(name)
    box.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)
    return box
