"""When desktop notices are looked for and shown: after something was written, and once a minute.

Reading is a job of the worker's thread, one at a time; it waits its turn there, and the window never waits
for it. While nobody wants notices, or the desktop shows none, nothing is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from signer_app.core.errors import CountersignError
from signer_app.ui.loop import Tasks
from signer_app.ui.notices.machine import Notices, Quiet, Sight
from signer_app.ui.notices.reading import read_facts
from signer_app.ui.notices.tray import Tray
from signer_app.ui.qt import Qt, QtCore, QtWidgets

if TYPE_CHECKING:
    from signer_app.ui.shell.window import MainWindow

EVERY_MS: Final = 60_000
#: Who has touched nothing for so long may have left the window in front and gone.
LOOKING_S: Final = 120.0


class Shower(Protocol):
    """What shows notices (tray.py)."""

    @property
    def available(self) -> bool:
        """Whether it can."""

    def appear(self) -> None:
        """Be there."""

    def vanish(self) -> None:
        """Be gone."""

    def show(self, lines: Sequence[str]) -> None:
        """One notice with these lines."""


class NoticeStation(QtCore.QObject):
    """The notices of one window. Once it has locked, only deadlines' times are left here."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        named = ("lock", "quit")
        self.shower: Shower = Tray(
            window,
            raised=self.come_forward,
            clicked=self.clicked,
            actions=[window.actions_.all[name] for name in named],
        )
        #: In the zone of this computer, in which people mean quiet hours.
        self.clock: Callable[[], datetime] = lambda: datetime.now().astimezone()
        self.tasks = Tasks(window.tasks_failed)
        self._notices = Notices()
        self._directory: Path | None = None
        self._open = self._on = self._ended = self._again = False
        self._task: asyncio.Task[object] | None = None
        self.timer = QtCore.QTimer(self)
        self.timer.setInterval(EVERY_MS)
        self.timer.timeout.connect(self.tick)
        self._session.changed.connect(self._changed)
        window.closed.connect(self.end)

    @property
    def available(self) -> bool:
        """Whether this desktop shows notices."""
        return self.shower.available

    def chosen(self) -> None:
        """The settings are others. Who turns notices on is not told what was there already."""
        if self._wanted and not self._on:
            self._notices.open()
        self._pace()
        if self._open:
            self.tick()

    def end(self) -> None:
        """The window is closed."""
        self._ended = True
        self._stop_reading()
        self._pace()

    @property
    def _wanted(self) -> bool:
        return self._window.settings.notices and not self._ended and self.shower.available

    def _changed(self) -> None:
        """The workspace was opened or locked, or something was written."""
        if self._session.locked:
            if self._open:
                self._open = False
                self._stop_reading()
                self._notices.lock()
            self._pace()
            return
        if not self._open:
            self._open = True
            if self._session.directory != self._directory:
                self._directory, self._notices = self._session.directory, Notices()
            self._notices.open()
        self._pace()
        self.tick()

    def _stop_reading(self) -> None:
        self.tasks.cancel_all()
        self._task, self._again = None, False

    def _pace(self) -> None:
        """The minute's timer runs while something can become worth telling."""
        self._on = self._wanted
        if self._on and (self._open or self._notices.waiting):
            if not self.timer.isActive():
                self.timer.start()
        else:
            self.timer.stop()
        if self._on and self._directory is not None:
            self.shower.appear()
        else:
            self.shower.vanish()

    def tick(self) -> None:
        """Look now."""
        if not self._wanted:
            return
        if not self._open:
            self._show(self._notices.look_locked(self.clock(), quiet=self._quiet()))
            self._pace()
        elif self._task is None or self._task.done():
            self._task = self.tasks.spawn(self._look())
        else:
            self._again = True

    async def _look(self) -> None:
        wanted = True
        while wanted:
            self._again = False
            try:
                facts = await self._session.call(read_facts)
            except CountersignError:
                return  # the page in view says what is wrong with the store, where there is room for it
            told = self._notices.look(facts, self.clock(), sight=self.sight(), quiet=self._quiet())
            self._show(told)
            wanted = self._again

    def _show(self, lines: Sequence[str]) -> None:
        if lines:
            self.shower.show(lines)

    def _quiet(self) -> Quiet | None:
        settings = self._window.settings
        return Quiet(*settings.quiet_times) if settings.quiet else None

    def sight(self) -> Sight:
        """What the person looks at."""
        if QtWidgets.QApplication.activeWindow() is None or self._window.idle.untouched > LOOKING_S:
            return Sight.AWAY
        return Sight.INBOX if self._window.key == "inbox" else Sight.WINDOW

    # -- what a person does with it ------------------------------------------------------------------------

    def come_forward(self) -> None:
        """The icon was chosen: the window, in front."""
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    def clicked(self) -> None:
        """A notice was chosen: the inbox, unless a dialog is open over the page or it is locked."""
        self.come_forward()
        if self._window.dialogs.current is None:
            self._window.go("inbox")
