"""Looking at connected devices in a thread of its own: one watch for the whole window.

Not in the worker's thread, which may be waiting for a person at a device; and never in the window's, because
a device or its process may hang. A device that somebody is asked at is left alone (DeviceProcess.look).
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from signer_app.core.errors import ConflictError, CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.ui.qt import Qt, QtCore, QtGui, Signal
from signer_app.ui.session import Session

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.workspace.devices import ConnectedDevices

#: Seconds between two looks: while a page shows devices, and for the header alone.
EVERY_S, SELDOM_S = 1.0, 3.0
#: The first look for the header comes this long after the unlock, so that it never delays the first page.
FIRST_AFTER_MS = 1500
Show = Callable[[JsonObject], None]
Failed = Callable[[CountersignError], None]


class DeviceWatch:
    """A thread that scans; start() and stop() return at once. One that hangs in a scan ends after it."""

    def __init__(
        self, connected: ConnectedDevices, show: Show, failed: Failed, *, every_s: float = EVERY_S
    ) -> None:
        """``show`` gets what ConnectedDevices.describe gives, in the loop's thread, at each change."""
        self._loop = asyncio.get_running_loop()
        self._connected, self._show, self._failed = connected, show, failed
        self._every_s, self._resting = every_s, False
        self._stopped, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="countersign-devices", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more scans; what one finds now is not shown."""
        self._stopped.set()
        self._wake.set()

    def pace(self, every_s: float, *, resting: bool = False) -> None:
        """Look this often from now on, the first time at once; or not at all while it is ``resting``."""
        if (every_s, resting) != (self._every_s, self._resting):
            self._every_s, self._resting = every_s, resting
            self._wake.set()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        last: JsonObject | None = None
        trouble = ""
        while not self._stopped.is_set():
            if not self._resting:
                try:
                    found = self._connected.describe()
                except CountersignError as error:
                    if error.code != trouble:
                        trouble, last = error.code, None
                        self._say(lambda error=error: self._failed(error))  # type: ignore[misc]
                else:
                    trouble = ""
                    if found != last:
                        last = found
                        self._say(lambda found=found: self._show(found))  # type: ignore[misc]
            self._wake.wait(self._every_s)
            self._wake.clear()

    def _say(self, call: Callable[[], None]) -> None:
        def unless_stopped() -> None:
            if not self._stopped.is_set():
                call()

        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(unless_stopped)


class Listening:
    """Who listens to the watch; stop() ends it."""

    def __init__(self, show: Show, failed: Failed, ended: Callable[[Listening], None]) -> None:
        self.show, self.failed, self._ended = show, failed, ended

    def stop(self) -> None:
        """Hear nothing more."""
        self._ended(self)


class DeviceStation(QtCore.QObject):
    """The one watch of a window while its workspace is open. Locked, nothing is scanned.

    While another program has the screen and no page shows devices, it rests: that program may be talking to
    the same device.
    """

    #: What is connected (ConnectedDevices.describe), or the CountersignError of a failed scan.
    changed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._watch: DeviceWatch | None = None
        self._listening: list[Listening] = []
        self.last: JsonObject | CountersignError | None = None
        self._first = QtCore.QTimer(self)
        self._first.setSingleShot(True)
        self._first.setInterval(FIRST_AFTER_MS)
        self._first.timeout.connect(self._start)
        app = QtGui.QGuiApplication.instance()
        if isinstance(app, QtGui.QGuiApplication):
            app.applicationStateChanged.connect(lambda _state: self._pace())

    @property
    def scanning(self) -> bool:
        """Whether there is a watch."""
        return self._watch is not None

    def begin(self) -> None:
        """A workspace was opened: look soon."""
        self._first.start()

    def end(self) -> None:
        """It is locked: no scan, and nothing of it is remembered."""
        self._first.stop()
        self._listening.clear()
        self.last = None
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def listen(self, show: Show, failed: Failed) -> Listening:
        """Look often, and tell; what is known is told at once. ConflictError while locked."""
        made = Listening(show, failed, self._stopped)
        self._listening.append(made)
        if isinstance(self.last, dict):
            show(self.last)
        self._start()
        self._pace()
        return made

    def _stopped(self, listening: Listening) -> None:
        if listening in self._listening:
            self._listening.remove(listening)
        self._pace()

    def _start(self) -> None:
        if self._watch is None:
            with contextlib.suppress(ConflictError):  # locked meanwhile
                self._watch = DeviceWatch(self._session.connected, self._found, self._failed)
                self._pace()

    def _pace(self) -> None:
        if self._watch is None:
            return
        active = QtGui.QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive
        wanted = bool(self._listening)
        self._watch.pace(EVERY_S if wanted else SELDOM_S, resting=not wanted and not active)

    def _found(self, found: JsonObject) -> None:
        self.last = found
        for listening in tuple(self._listening):
            listening.show(found)
        self.changed.emit(found)

    def _failed(self, error: CountersignError) -> None:
        self.last = error
        for listening in tuple(self._listening):
            listening.failed(error)
        self.changed.emit(error)
