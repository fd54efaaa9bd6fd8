"""What a page is, and the states that every page has: loading, empty, error, and banners that last.

A page is made on first use and dropped on lock. It reads with services (``self.session.call``) in load(),
which the window runs when the page comes into view, on F5, and when something changed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

from signer_app.core.errors import CountersignError
from signer_app.ui.crash import report_of
from signer_app.ui.device_watch import DeviceStation
from signer_app.ui.loop import Tasks
from signer_app.ui.node_watch import NodeStation
from signer_app.ui.notices.station import NoticeStation
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.session import Session
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.actions import Handler
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Elided,
    Painted,
    StateBanner,
    clear,
    column,
    label,
    plain,
    roomy,
    row,
)
from signer_app.ui.widgets.base import rounded
from signer_app.ui.words import faults, shared, strings
from signer_app.ui.words.crash import SHOW as SHOW_REPORT

T = TypeVar("T")
#: When a wait shows itself, in seconds: a skeleton, then words, then Cancel.
SKELETON_AFTER, WORDS_AFTER, CANCEL_AFTER = 0.2, 2.0, 5.0


class Shell(Protocol):
    """What pages may ask of the window."""

    session: Session
    settings: ViewSettings
    devices: DeviceStation
    notices: NoticeStation
    nodes: NodeStation

    def go(self, page: str, argument: str = "") -> None:
        """Show a page, and in it what ``argument`` names."""

    def ask(self, dialog: QtWidgets.QDialog) -> Awaitable[int]:
        """Show a dialog over the veil; one at a time."""

    def changed(self) -> None:
        """Something was written: read the frame and the page in view again."""

    def restyle(self) -> None:
        """The view settings changed."""

    def lock(self) -> None:
        """Close the workspace now."""

    def show_report(self, report: str) -> None:
        """Show the report of a fault."""


class Page(QtWidgets.QWidget):
    """Base of pages. Fill ``self.body``; override load(), handlers(), panes() and open()."""

    #: Name in the navigation and in object names: "page.<key>".
    key: ClassVar[str] = ""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell, self.session = shell, shell.session
        self.tasks = Tasks(self.failed)
        self.setObjectName(f"page.{self.key}")
        self.setAccessibleName(strings.PAGES.get(self.key, ""))
        outer = column(self)
        self._banners = column(spacing=8, margins=(16, 0, 16, 0))
        outer.addLayout(self._banners)
        self._stack = QtWidgets.QStackedWidget()
        outer.addWidget(self._stack, 1)
        self.body = plain()
        self._waiting = Waiting()
        self._empty = EmptyState()
        self._view = roomy(self.body)
        for widget in (self._view, self._waiting, self._empty):
            self._stack.addWidget(widget)
        self._shown: dict[str, StateBanner] = {}
        self._read_at: datetime | None = None
        self._failures = 0
        self._loading: asyncio.Task[object] | None = None
        self._gone = False

    # -- for pages to override -----------------------------------------------------------------------------

    async def load(self) -> None:
        """Read what the page shows. What it raises becomes the error banner."""

    @property
    def awaited(self) -> str:
        """What a first reading waits for, in words; a page may know more than the name of its call."""
        return next(filter(None, self.session.busy_with), strings.LOADING)

    def handlers(self) -> Mapping[str, Handler]:
        """What actions of shell/actions.py do while this page is in view. A button stands for what it does
        and for why it does not.
        """
        return {}

    def why_off(self, action: str) -> str:  # noqa: ARG002 - what pages override
        """Why one of handlers() is off now, as its control says it; "" while it is on."""
        return ""

    def panes(self) -> list[QtWidgets.QWidget]:
        """Where F6 goes, in order."""
        return [self]

    def open(self, argument: str) -> None:
        """Show what ``argument`` names: an id, an index."""

    def take_files(self, files: Sequence[Path]) -> None:
        """Files of its kind that were opened, dropped, pasted or given to the program (shell/incoming.py)."""

    def take_text(self, data: bytes) -> None:
        """One document of its kind that was pasted as text."""

    # -- reading -------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read again; a reading that has not ended is given up."""
        if self._loading is not None and not self._loading.done():
            self._loading.cancel()
        self._loading = self.tasks.spawn(self._load())

    async def _load(self) -> None:
        waiting, said = asyncio.get_running_loop().create_task(self._show_waiting()), self._failures
        try:
            await self.load()
        except CountersignError as error:
            self.failed(error)
        else:
            if said == self._failures:  # what failed meanwhile, such as a file that came in, stays
                self.banner("error", None)
            self._read_at = datetime.now().astimezone()
            if self._stack.currentWidget() is self._waiting:
                self.show_body()
        finally:
            waiting.cancel()
            if not self._gone and self._stack.currentWidget() is self._waiting:
                self.show_body()

    async def _show_waiting(self) -> None:
        """Only a first reading hides the page; later ones leave the last good data in view."""
        await asyncio.sleep(SKELETON_AFTER)
        if self._read_at is None:
            self._waiting.start()
            self._stack.setCurrentWidget(self._waiting)
            await asyncio.sleep(WORDS_AFTER - SKELETON_AFTER)
            self._waiting.say(lambda: self.awaited, WORDS_AFTER)
            await asyncio.sleep(CANCEL_AFTER - WORDS_AFTER)
            self._waiting.offer_cancel(self._cancel)

    def _cancel(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
        self.show_empty(strings.CANCELLED, strings.RETRY, self._again)

    def _again(self) -> None:
        self.show_body()
        self.refresh()

    def run(
        self, work: Awaitable[object], *, about: str = "", again: Callable[[], None] | None = None
    ) -> None:
        """Do something that takes time; what it raises becomes the error banner. ``about`` names what it was
        done with, ``again`` does it once more where reading the page anew would not.
        """

        async def wrapped() -> None:
            try:
                await work
            except CountersignError as error:
                if about or again:
                    self._say_failed(error, about, again)
                else:
                    self.failed(error)

        task = self.tasks.spawn(wrapped())
        if isinstance(work, Coroutine):  # a page that is left before it begins never begins it
            task.add_done_callback(lambda _task: work.close())

    def failed(self, error: BaseException) -> None:
        """Say what failed, what still works, and give the details to copy."""
        self._say_failed(error, "", None)

    def _say_failed(self, error: BaseException, about: str, again: Callable[[], None] | None) -> None:
        self._failures += 1
        if isinstance(error, CountersignError):
            fact, consequence, details = error.message, faults.hint(error), f"{error.code}: {error.message}"
        else:
            fact, consequence = strings.INTERNAL_ERROR, strings.INTERNAL_CONSEQUENCE
            details = report_of(error, self.key)
        fact = faults.about(about, fact) if about else fact
        if self._read_at is not None:
            consequence = f"{consequence} {strings.last_good(self._read_at.strftime('%H:%M'))}"
        shown = self._shown.get("error") or StateBanner("danger")  # one, however often it fails
        shown.show_state("danger", fact, consequence)
        clipboard = QtWidgets.QApplication.clipboard()
        second = (strings.COPY_DETAILS, lambda: clipboard.setText(details))
        if not isinstance(error, CountersignError):
            second = (SHOW_REPORT, lambda: self.shell.show_report(details))
        shown.offer([(strings.RETRY, again or self.refresh), second])
        if self._shown.get("error") is not shown:
            self.banner("error", shown)

    # -- states --------------------------------------------------------------------------------------------

    def banner(self, key: str, banner: StateBanner | None) -> None:
        """Put a lasting state at the top, replace it, or take it away with None."""
        old = self._shown.pop(key, None)
        if old is not None:
            self._banners.removeWidget(old)
            old.hide()
            old.deleteLater()
        if banner is not None:
            banner.setObjectName(f"banner.{key}")
            self._shown[key] = banner
            self._banners.addWidget(banner)
        self._banners.setContentsMargins(16, 12 if self._shown else 0, 16, 0)

    @property
    def banner_keys(self) -> tuple[str, ...]:
        """The states that are shown now."""
        return tuple(self._shown)

    def show_body(self) -> None:
        """The page itself."""
        self._stack.setCurrentWidget(self._view)

    def show_empty(self, sentence: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """There is nothing: one sentence, one thing to do."""
        self._empty.show_words(sentence, action, act)
        self._stack.setCurrentWidget(self._empty)

    def leave(self) -> None:
        """The workspace is being locked: end everything that runs here. Its widgets may go before that has
        ended.
        """
        self._gone = True
        self.tasks.cancel_all()


class EmptyState(QtWidgets.QWidget):
    """One sentence in the middle, and one button."""

    def __init__(self) -> None:
        super().__init__()
        box = column(self, spacing=14)
        box.addStretch(2)
        self.words = label("", "body", "text2", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self.words)
        self._line = row()
        box.addLayout(self._line)
        box.addStretch(3)

    def show_words(self, sentence: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Say something else."""
        self.words.setText(sentence)
        self.setAccessibleName(sentence)
        clear(self._line)
        if action and act is not None:
            button = ActionButton(action)
            button.triggered.connect(act)
            self._line.addStretch(1)
            self._line.addWidget(button)
            self._line.addStretch(1)


class Waiting(QtWidgets.QWidget):
    """Bars where rows will be; they do not move. Then words, then Cancel."""

    def __init__(self) -> None:
        super().__init__()
        box = column(self, spacing=12, margins=(16, 16, 16, 16))
        box.addWidget(_Bars())
        self.words = label("", "body", "text2")
        box.addWidget(self.words)
        self._line = row()
        box.addLayout(self._line)
        box.addStretch(1)
        self._awaited: Callable[[], str] = lambda: strings.LOADING
        self._since = 0.0
        self._clock = QtCore.QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)

    def start(self) -> None:
        """From the beginning."""
        self._clock.stop()
        self.words.setText("")
        clear(self._line)

    def say(self, awaited: Callable[[], str], waited: float) -> None:
        """What is awaited, and for how long; ``waited`` seconds already."""
        self._awaited, self._since = awaited, time.monotonic() - waited
        self._tick()
        self._clock.start()

    def _tick(self) -> None:
        words = self._awaited()
        self.words.setText(shared.waiting(words, int(time.monotonic() - self._since)))
        self.setAccessibleName(words)

    def hideEvent(self, event: QtGui.QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is awaited any more."""
        self._clock.stop()
        super().hideEvent(event)

    def offer_cancel(self, cancel: Callable[[], None]) -> None:
        """It takes long."""
        button = ActionButton(strings.CANCEL)
        button.triggered.connect(cancel)
        self._line.addWidget(button)
        self._line.addStretch(1)


class _Bars(Painted):
    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        return QtCore.QSize(400, theme().scaled(180))

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        painter, t = QtGui.QPainter(self), theme()
        step = t.scaled(34)
        for number in range(5):
            width = self.width() * (0.9 - 0.13 * (number % 3))
            box = QtCore.QRectF(0, number * step, width, t.scaled(18))
            rounded(painter, box, 4, t.tokens.line2, None)


def page_head(title: str, sub: str = "") -> tuple[QtWidgets.QHBoxLayout, QtWidgets.QLabel]:
    """The head line of a page: title, supporting words, room for buttons at the right."""
    line = row(spacing=10)
    line.addWidget(label(title, "page"))
    words = Elided(sub, "body", "text3")
    # Both are drawn in the middle of the line; so far down both stand on one base line.
    large, small = (QtGui.QFontMetrics(theme().font(role)) for role in ("page", "body"))
    lower = (large.ascent() - large.descent()) - (small.ascent() - small.descent())
    words.setContentsMargins(0, max(0, lower), 0, 0)
    line.addWidget(words, 1)
    return line, words
