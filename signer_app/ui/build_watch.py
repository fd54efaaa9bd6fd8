"""Whether this program's files are those of its build: asked after the start and on demand, in a thread."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from signer_app.ui.qt import QtCore, QtWidgets, Signal
from signer_app.ui.words import settings as words

if TYPE_CHECKING:  # nothing of the vault loads before the first paint
    from signer_app.core.build import BuildCheck


class BuildStation(QtCore.QObject):
    """Keeps what the last check found. ``check`` runs one; two at once share theirs."""

    changed = Signal()

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        #: None until the first check ended.
        self.found: BuildCheck | None = None
        self._running: asyncio.Task[BuildCheck] | None = None

    async def check(self) -> BuildCheck:
        """Read all files. The window goes on meanwhile."""
        if self._running is None or self._running.done():
            self._running = asyncio.ensure_future(asyncio.to_thread(_check))
        self.found = await asyncio.shield(self._running)
        self.changed.emit()
        return self.found

    def said(self) -> tuple[str, str]:
        """(a sentence, tone): ok, danger, or neutral; ("", "neutral") before the first check."""
        if self.found is None:
            return "", "neutral"
        if self.found.state == "differs":
            return words.differs(self.found.differing), "danger"
        return (words.VERIFIED, "ok") if self.found.state == "verified" else (words.FROM_SOURCE, "neutral")

    def brief(self) -> tuple[str, str]:
        """The same in a few words, for the line at the bottom."""
        said, tone = self.said()
        return (words.BRIEF[self.found.state] if self.found is not None else said), tone


def _check() -> BuildCheck:
    from signer_app.core.build import check_build, program_folder  # noqa: PLC0415 - in the thread

    return check_build(program_folder())


_current: list[BuildStation] = []


def build_station() -> BuildStation:
    """The one of this process; made on first use, when there is a QApplication."""
    app = QtWidgets.QApplication.instance()
    if app is None:
        raise TypeError("a build station needs a QApplication")
    if not _current or _current[0].parent() is not app:
        _current[:] = [BuildStation(app)]
    return _current[0]
