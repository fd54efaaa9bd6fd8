"""How the nodes stood together when they were last asked: one watch for the whole window.

Asked soon after the unlock, after something was written, and about once a minute while the workspace is open
and online; by nobody while it is locked or offline. Each round runs in a thread of its own, since a node may
hang for many seconds: neither the window nor the worker's thread waits for it, and closing does not either.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from signer_app.core.errors import CountersignError
from signer_app.ui.loop import Tasks
from signer_app.ui.qt import QtCore, Signal
from signer_app.ui.session import Session

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.nodes.health import Look

T = TypeVar("T")
#: Seconds between two rounds; what is older than three of them is too old to rely on.
EVERY_S, STALE_AFTER_S = 60, 180
#: While no node answers they are asked more often, so that it is seen soon when one does.
SILENT_EVERY_S = 10
#: After something was written, a round that is younger than this is not repeated.
FRESH_S = 10
#: The first round comes this long after the unlock, so that it never delays the first page.
FIRST_AFTER_MS = 1200
#: How often the age is said anew, and looked at.
TICK_MS = 15_000


@dataclass(frozen=True, slots=True)
class News:
    """``look``: what the last round gave; ``error``: why the one after it could not be had."""

    look: Look | None = None
    error: CountersignError | None = None
    asking: bool = False

    def age_s(self, now: datetime) -> int | None:
        """How old the look is, in whole seconds; None: there is none."""
        return max(0, int((now - self.look.at).total_seconds())) if self.look is not None else None

    def stale(self, now: datetime) -> bool:
        """Whether several rounds that should have come since did not."""
        age = self.age_s(now)
        return age is not None and age > STALE_AFTER_S


@dataclass(frozen=True, slots=True)
class Silence:
    """No node answers. ``since``: when that was first seen; ``agreed``: when enough of them last agreed, None
    if they never did while this workspace was open.
    """

    since: datetime
    agreed: datetime | None = None


class NodeStation(QtCore.QObject):
    """The one watch of a window. It follows the session by itself."""

    #: News, also when only its age changed.
    changed = Signal(object)

    def __init__(self, session: Session, failed: Callable[[BaseException], None]) -> None:
        """``failed`` is told of what nobody foresaw."""
        super().__init__()
        self._session, self._failed = session, failed
        self._tasks = Tasks(self._broken)
        self.news = News()
        #: None unless not one node answers.
        self.silence: Silence | None = None
        self._agreed: datetime | None = None
        self._again = False
        #: Which list of nodes the news are of: (how many, whether confirmed).
        self._list: tuple[int, bool] | None = None
        self._first = QtCore.QTimer(self)
        self._first.setSingleShot(True)
        self._first.timeout.connect(self.look_if_due)
        self._ticks = QtCore.QTimer(self)
        self._ticks.timeout.connect(self._tick)
        session.changed.connect(self._session_changed)

    @property
    def running(self) -> bool:
        """Whether nodes are asked now and then."""
        return self._ticks.isActive()

    def look_if_due(self, older_than_s: int = EVERY_S) -> None:
        """Ask, unless the last answers are younger than this many seconds."""
        age = self.news.age_s(datetime.now(UTC))
        if age is None or age >= older_than_s:
            self.look()

    def written(self) -> None:
        """Something was written: ask soon, if the last answers are not of just now."""
        self.look_if_due(FRESH_S)

    def look(self) -> None:
        """Ask now; while nodes are being asked, once more afterwards."""
        if not self.running:
            return
        if self.news.asking:
            self._again = True
            return
        self._say(News(self.news.look, self.news.error, asking=True))
        self._tasks.spawn(self._look())

    def take(self, look: Look) -> None:
        """Somebody else asked; this is what was answered."""
        if self.running:
            self._say(News(look, None, self.news.asking))

    async def _look(self) -> None:
        look, error = self.news.look, None
        try:
            ask = await self._session.call(lambda workspace: workspace.nodes.looker())
            look = await in_own_thread(ask, "countersign-nodes")
        except CountersignError as refused:
            error = refused
        if self.running:
            self._say(News(look, error))
            if self._again:
                self._again = False
                self.look()

    def _broken(self, error: BaseException) -> None:
        self._say(News(self.news.look))
        self._failed(error)

    def _session_changed(self) -> None:
        summary = self._session.summary
        askable = summary is not None and summary.nodes > 0 and summary.nodes_confirmed
        here = (summary.nodes, summary.nodes_confirmed) if summary is not None else None
        if here == self._list:
            return
        first, self._list = self._list is None, here
        self._end()
        if askable and not self._session.offline:
            self._ticks.start(TICK_MS)
            self._first.start(FIRST_AFTER_MS if first else 0)

    def _end(self) -> None:
        self._first.stop()
        self._ticks.stop()
        self._tasks.cancel_all()
        self._again, self._agreed = False, None
        self._say(News())

    def _tick(self) -> None:
        self.look_if_due(SILENT_EVERY_S if self.silence is not None else EVERY_S)
        self._say(self.news)

    def _say(self, news: News) -> None:
        self.news, look = news, news.look
        if look is not None and look.agreed:
            self._agreed = look.at
        if look is None or not look.silent:
            self.silence = None
        elif self.silence is None:
            self.silence = Silence(look.at, self._agreed)
        self.changed.emit(news)


async def in_own_thread(work: Callable[[], T], name: str) -> T:
    """Run ``work`` in a thread that nobody waits for at the end of the program. Raises what it raises."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def give(outcome: Callable[[], None]) -> None:
        if not answer.done():  # else nobody waits for it any more
            outcome()

    def run() -> None:
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001 - thread root: who waits raises it
            outcome = partial(answer.set_exception, error)
        else:
            outcome = partial(answer.set_result, value)
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(give, outcome)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await answer
