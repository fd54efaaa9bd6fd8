"""While one looks only: what another process writes is shown within seconds, without F5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from signer_app.ui.loop import Tasks
from signer_app.ui.qt import QtCore
from signer_app.ui.session import Session

EVERY_MS: Final = 3000


class Follower(QtCore.QObject):
    """Asks now and then whether there are new records. ``shown`` draws the page in view anew."""

    def __init__(self, session: Session, tasks: Tasks, shown: Callable[[], None]) -> None:
        super().__init__()
        self._session, self._tasks, self._shown = session, tasks, shown
        self._asking = False
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        session.changed.connect(self._session_changed)

    def _session_changed(self) -> None:
        if self._session.locked or not self._session.look_only:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def look(self) -> None:
        """Once, unless it is being asked already."""
        if not self._asking:
            self._asking = True
            self._tasks.spawn(self._look())

    async def _look(self) -> None:
        try:
            if not self._session.locked and await self._session.look_again():
                self._shown()
        finally:
            self._asking = False
