"""What comes in from outside, whatever page is in view: files that are opened, dropped or given to the
program, and what is pasted. Each goes to the page that takes its kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.ui.choosing import choose_files
from signer_app.ui.chosen_file import read_chosen
from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.words import strings
from signer_app.ui.words.actions import ACTIONS

if TYPE_CHECKING:  # it makes this
    from signer_app.ui.shell.window import MainWindow

#: The largest file that anybody here takes (CONTRACTS G), and one byte to notice a larger one.
_LIMIT = 1024 * 1024
#: Kind of exchange/kinds.py -> page. The inbox says of the others what they are, or what is wrong with them.
_PAGES = {"policy": "policy", "vote": "policy"}


class Incoming:
    """Keeps what came until somebody can see what becomes of it: unlocked, and not below a dialog."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._new: list[Path] = []
        self._sorted: list[tuple[str, Path]] = []

    def choose(self) -> None:
        """Ask for files."""
        choose_files(self._window, strings.OPEN_FILE, self.take)

    def paste(self) -> None:
        """Files that were copied, or the text of one document."""
        clipboard = QtWidgets.QApplication.clipboard()
        files, text = local_files(clipboard.mimeData()), clipboard.text().strip()
        if files:
            self.take(files)
        elif text:
            self._window.tasks.spawn(self._take_text(text.encode()))
        else:
            self._window.why.say(ACTIONS["paste"], strings.NOTHING_COPIED)

    def take(self, files: Sequence[Path]) -> None:
        """These files; none of them is read in the window's thread."""
        self._new.extend(files)
        self.offer()

    def offer(self) -> None:
        """Something may go on now: a workspace was opened, a page was shown, a dialog has ended."""
        if self._window.session.locked:
            return
        if self._new:
            files, self._new = self._new, []
            self._window.tasks.spawn(self._sort(files))
        self._hand_on()

    async def _sort(self, files: list[Path]) -> None:
        try:
            kinds = await self._window.session.call(
                lambda _workspace: [_kind_of_file(path) for path in files], name=strings.IMPORTING
            )
        except BaseException:  # it was locked meanwhile: they wait for the next unlock
            self._new[:0] = files
            raise
        self._sorted += [(_PAGES.get(kind, "inbox"), path) for kind, path in zip(kinds, files, strict=True)]
        self._hand_on()

    def _hand_on(self) -> None:
        """Each file to its page; a page is not changed below a dialog."""
        while self._sorted and not self._window.session.locked:
            page = self._sorted[0][0]
            if self._window.key != page:
                if self._window.dialogs.current is not None:
                    return
                self._window.go(page)  # comes back here
                continue
            files = [path for of, path in self._sorted if of == page]
            self._sorted = [item for item in self._sorted if item[0] != page]
            if self._window.page is not None:
                self._window.page.take_files(files)

    async def _take_text(self, data: bytes) -> None:
        kind = await self._window.session.call(lambda _workspace: _kind(data), name=strings.IMPORTING)
        self._window.go(_PAGES.get(kind, "inbox"))
        if self._window.page is not None:
            self._window.page.take_text(data)


def local_files(data: QtCore.QMimeData | None) -> list[Path]:
    """Files of this computer that are dragged or were copied; an empty clipboard has no data at all."""
    urls = data.urls() if data is not None else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


def _kind_of_file(path: Path) -> str:
    try:
        return _kind(read_chosen(path, _LIMIT))
    except CountersignError:
        return ""  # the inbox reads it again, and says what is wrong with it


def _kind(data: bytes) -> str:
    from signer_app.exchange.kinds import kind_of  # noqa: PLC0415 - in the worker's thread

    return kind_of(data)
