"""Locks by itself when nobody touched a key or the pointer for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

from signer_app.ui.qt import QtCore, QtGui, Signal

_TOUCHES = frozenset(
    {
        QtCore.QEvent.Type.KeyPress,
        QtCore.QEvent.Type.KeyRelease,  # of a key that a shortcut took nothing else is seen
        QtCore.QEvent.Type.MouseButtonPress,
        QtCore.QEvent.Type.MouseMove,
        QtCore.QEvent.Type.Wheel,
        QtCore.QEvent.Type.TouchBegin,
    }
)


class IdleTimer(QtCore.QObject):
    """``expired`` after so many idle minutes; ``ticked`` each second with the seconds that are left.

    The time is that of a clock that goes on while the computer sleeps where the system has one, so that a
    lid that was closed counts as idle. Touches are seen at the windows of the program, where each arrives
    once: a filter of the application would run for every event of every widget.
    """

    expired = Signal()
    ticked = Signal(int)

    def __init__(
        self,
        minutes: int,
        *,
        parent: QtCore.QObject,
        now: Callable[[], float] | None = None,
    ) -> None:
        """``parent`` is the window: with it goes the timer, so that no event passes through it any more."""
        super().__init__(parent)
        self._now = now or _clock()
        self._limit = minutes * 60.0
        self._last = self._now()
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)

    def set_minutes(self, minutes: int) -> None:
        """Another limit, from now."""
        self._limit = minutes * 60.0
        self._last = self._now()

    def start(self) -> None:
        """A workspace was opened."""
        self._last = self._now()
        self._timer.start()
        self.tick()

    def stop(self) -> None:
        """It was locked."""
        self._timer.stop()

    @property
    def left(self) -> int:
        """Seconds until it locks."""
        return max(0, round(self._limit - (self._now() - self._last)))

    @property
    def untouched(self) -> float:
        """Seconds since somebody touched a key or the pointer here."""
        return max(0.0, self._now() - self._last)

    def tick(self) -> None:
        """Look at the clock, and at windows that were opened since."""
        for window in QtGui.QGuiApplication.allWindows():
            window.installEventFilter(self)  # one that has it already keeps one
        left = self.left
        self.ticked.emit(left)
        if left == 0 and self._timer.isActive():
            self._timer.stop()
            self.expired.emit()

    def eventFilter(self, _watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802 - Qt's name
        """A touch starts the time again. It never takes an event away."""
        if event.type() in _TOUCHES:
            self._last = self._now()
        return False


def _clock() -> Callable[[], float]:
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic if boot is None else lambda: time.clock_gettime(boot)
