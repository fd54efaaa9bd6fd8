"""The treasury page: facts are read in a thread while it, or its second window, is in view."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError, DeniedError
from signer_app.ui.choosing import choose_new_file
from signer_app.ui.pages.treasury.board import Board, utc_now
from signer_app.ui.pages.treasury.detached import TreasuryWindow
from signer_app.ui.pages.treasury.reads import Shown, read_plan, read_shown, rows, with_last_good
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.shell.actions import Handler
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Chooser, Reasons, StateBanner, column, row
from signer_app.ui.words import faults, strings
from signer_app.ui.words import treasury as words

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.treasury.view import Answers

#: Seconds between two readings while somebody can see them.
EVERY_S = 30


class TreasuryPage(Page):
    """The last good facts stay in view, with their age, while nodes are silent."""

    key = "treasury"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.shown: Shown | None = None
        self.window_: TreasuryWindow | None = None
        self._reading, self._awaited = False, ""
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(EVERY_S * 1000)
        self._timer.timeout.connect(self.refresh)
        self._second = QtCore.QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        self._build()

    def _build(self) -> None:
        t = theme()
        margin = t.size("margin")
        box = column(self.body, spacing=t.size("gap"))
        head, self.sub = page_head(words.TITLE)
        self._head = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight)
        self._head.setContentsMargins(margin, t.scaled(14), margin, 0)
        self._head.setSpacing(t.scaled(8))
        self._head.addLayout(head, 1)
        box.addLayout(self._head)
        buttons = row(spacing=t.scaled(8))
        self._head.addLayout(buttons)
        self.account = Chooser()
        self.account.setObjectName("treasury.account")
        self.account.setAccessibleName(words.ACCOUNT)
        self.account.addItem(words.ALL_ACCOUNTS, "")
        self.account.activated.connect(self._choose)
        self.read = ActionButton(words.READ_NOW, icon="refresh", name="treasury.read")
        self.export = ActionButton(words.EXPORT, icon="download", name="treasury.export")
        self.detach = ActionButton(words.DETACH, icon="window", name="treasury.detach")
        self.detach.setToolTip(words.DETACH_WHY)
        for widget in (self.account, self.read, self.export, self.detach):
            buttons.addWidget(widget)
        self._buttons = buttons
        why = row(margins=(margin, 0, margin, 0))
        why.addWidget(Reasons(self.read, self.export, across=True, elsewhere=(words.READING_NOW,)))
        box.addLayout(why)
        self.board = Board()
        self.board.opened.connect(self._open)
        box.addWidget(self.board, 1)
        self.read.triggered.connect(self.refresh)
        self.export.triggered.connect(self._choose_target)
        self.detach.triggered.connect(self.show_window)
        self._blocking()
        find = QtGui.QShortcut(QtGui.QKeySequence(QtGui.QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WindowShortcut)  # while this page is in view
        find.activated.connect(lambda: self.account.setFocus(Qt.FocusReason.ShortcutFocusReason))
        theme().changed.connect(self._fold)

    # -- what the window asks ------------------------------------------------------------------------------

    def handlers(self) -> Mapping[str, Handler]:
        """F5 reads; the report; the second window."""
        return {
            "refresh": self.read,
            "export-report": self.export,
            "detach": self.show_window,
        }

    def panes(self) -> list[QtWidgets.QWidget]:
        """The account filter, then the cards."""
        return [self.account, *self.board.panes()]

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """In view: read now and then, and let ages go on."""
        super().showEvent(event)
        self._watch()

    def hideEvent(self, event: QtGui.QHideEvent) -> None:  # noqa: N802
        """Out of view: nobody is asked, unless the second window is there."""
        super().hideEvent(event)
        self._watch()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Title and buttons in one line, or in two where there is no room."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        t = theme()
        room = self.width() - 2 * t.size("margin") - t.scaled(400)
        directions = QtWidgets.QBoxLayout.Direction
        wide = self._buttons.sizeHint().width() <= room
        self._head.setDirection(directions.LeftToRight if wide else directions.TopToBottom)

    def _watch(self) -> None:
        seen = self.isVisible() or self.window_ is not None
        for timer in (self._timer, self._second):
            if seen and not timer.isActive():
                timer.start()
            elif not seen:
                timer.stop()

    def leave(self) -> None:
        """The workspace is being locked: the second window goes too."""
        self._timer.stop()
        self._second.stop()
        if self.window_ is not None:
            self.window_.close()
        super().leave()

    # -- reading -------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Ask the nodes in a thread, then work everything out in the worker's."""
        self._reading = True
        self._blocking()
        try:
            answers = None if self.session.offline else await self._ask()
            found = await self.session.call(
                lambda workspace: read_shown(workspace, answers), name=words.READING
            )
        except DeniedError as error:
            if error.code != "POLICY_INACTIVE":
                raise
            self.show_empty(words.NO_POLICY, words.GO_POLICY, lambda: self.shell.go("policy"))
            return
        finally:
            self._reading = False
            self._blocking()
        self._take(with_last_good(found, self.shown))

    @property
    def awaited(self) -> str:
        """So many accounts from so many nodes, once that is known."""
        return self._awaited or super().awaited

    async def _ask(self) -> Answers:
        plan, nodes = await self.session.call(read_plan, name=words.READING)
        self._awaited = words.reading(len(plan.questions), nodes)
        return await asyncio.to_thread(plan.read)

    def failed(self, error: BaseException) -> None:
        """The second window says it too."""
        super().failed(error)
        if self.window_ is not None and isinstance(error, CountersignError):
            self.window_.board.show_notices([("danger", error.message, faults.hint(error))])

    def _take(self, shown: Shown) -> None:
        self.shown = shown
        self.show_body()
        self._show_accounts(shown)
        for board in self._boards():
            board.show_notices(_notices(shown))
            board.show_picture(shown)
        self._blocking()

    def _boards(self) -> list[Board]:
        return [self.board, *([self.window_.board] if self.window_ else [])]

    def _show_accounts(self, shown: Shown) -> None:
        names = {str(row["account"]): str(row["account_name"]) for row in rows(shown.view["balances"])}
        known = [self.account.itemData(number) for number in range(1, self.account.count())]
        if known == list(names):
            return
        chosen = self.account.currentData()
        self.account.clear()
        self.account.addItem(words.ALL_ACCOUNTS, "")
        for account, name in names.items():
            self.account.addItem(name, account)
        self.account.setCurrentIndex(max(0, self.account.findData(chosen)))
        self._choose()

    def _choose(self, _index: int = 0) -> None:
        for board in self._boards():
            board.choose_account(str(self.account.currentData() or ""))

    def _tick(self) -> None:
        """Ages go on between two readings."""
        if self.shown is None:
            self.sub.setText(words.READING_NOW if self._reading else "")
            return
        oldest = self.shown.oldest_s
        if oldest is not None:
            oldest += max(0, int((utc_now() - self.shown.as_of).total_seconds()))
        at = self.shown.as_of.astimezone().strftime("%H:%M:%S")
        said = words.as_of(at, oldest, reading=self._reading)
        for line in (self.sub, *([self.window_.sub] if self.window_ else [])):
            line.setText(said)

    def _blocking(self) -> None:
        offline = words.OFFLINE if self.session.offline else ""
        self.read.block(offline or (words.READING_NOW if self._reading else ""))
        self.export.block("" if self.shown is not None else words.NOTHING_READ)
        self._tick()

    # -- what can be done ----------------------------------------------------------------------------------

    def _open(self, page: str, argument: str) -> None:
        """In the main window, which comes to the front."""
        self.shell.go(page, argument)
        self.window().raise_()
        self.window().activateWindow()

    def show_window(self) -> None:
        """The second window; the one that is open already comes to the front."""
        if self.window_ is not None:
            self.window_.raise_()
            self.window_.activateWindow()
            return
        summary = self.session.summary
        if summary is None:
            return
        acts = {"Ctrl+L": self.shell.lock, "F5": self.read.click, "Ctrl+W": self._close_window}
        made = TreasuryWindow(self.shell.settings, summary.name, summary.network_class, acts)
        self.window_ = made
        made.closed.connect(self._window_closed)
        made.board.opened.connect(self._open)
        made.board.choose_account(self.board.account)
        if self.shown is not None:
            made.board.show_notices(_notices(self.shown))
            made.board.show_picture(self.shown)
        self._tick()
        self._watch()
        made.show()

    def _close_window(self) -> None:
        if self.window_ is not None:
            self.window_.close()

    def _window_closed(self) -> None:
        made, self.window_ = self.window_, None
        if made is not None:
            made.deleteLater()
        self._watch()

    def _choose_target(self) -> None:
        choose_new_file(
            self, words.EXPORT_TITLE, words.EXPORT_NAME, lambda path: self.run(self.write_report(path))
        )

    async def write_report(self, path: Path) -> None:
        """What is shown, as JSON: the same object as `countersign treasury --json` gives."""
        if self.shown is None:
            return
        data = json.dumps(self.shown.view, indent=2, ensure_ascii=False).encode() + b"\n"
        await asyncio.to_thread(_write, path, data)
        banner = StateBanner("ok", words.exported(str(path)))
        banner.offer([(strings.CLOSE, lambda: self.banner("report", None))])
        self.banner("report", banner)


def _notices(shown: Shown) -> list[tuple[str, str, str]]:
    """States that last: halts that stand, facts that are old, facts that were never there."""
    found = [
        ("danger", f"{alert['fact']}. {alert['detail']}", words.HALTED_NEXT)
        for alert in rows(shown.view["alerts"])
        if alert["kind"] == "halt"
    ]
    if shown.stale:
        oldest = max(0, int((shown.as_of - min(shown.stale.values())).total_seconds()))
        found.append(("warn", words.stale(sorted(shown.stale), oldest), words.STALE_NEXT))
    lines = rows(shown.view["nodes"])
    if lines and not shown.stale and not any(line["agree"] is True for line in lines):
        found.append(("warn", words.NEVER_READ, words.NEVER_READ_NEXT))
    return found


def _write(path: Path, data: bytes) -> None:
    from signer_app.vault.files import atomic_write  # noqa: PLC0415

    atomic_write(path, data, 0o600)
