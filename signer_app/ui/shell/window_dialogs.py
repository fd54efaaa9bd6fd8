"""The dialogs of the window itself: find, help, keys, halt and resume, a file read without a workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.ui.choosing import choose_files
from signer_app.ui.halting.dialogs import HaltDialog, ResumeDialog
from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.session import Halted
from signer_app.ui.shell.finding import FindDialog
from signer_app.ui.shell.help import HelpDialog, ShortcutsDialog
from signer_app.ui.words import reading_file as reading_words
from signer_app.ui.words import strings

if TYPE_CHECKING:  # it makes this
    from signer_app.ui.shell.window import MainWindow


class WindowDialogs:
    """Each method shows one, unless another dialog is open."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    @property
    def network(self) -> str:
        """The class of networks whose frame a dialog has; "" while locked."""
        summary = self._window.session.summary
        return summary.network_class if summary is not None else ""

    def find(self) -> None:
        """Find a page, a proposal, an address, a hash or a record."""
        session = self._window.session
        records = session.summary.records if session.summary is not None else 0
        dialog = FindDialog(self._window, self.network, records)
        dialog.chosen.connect(self._window.go)
        self._show(dialog)
        if not session.locked:
            from signer_app.ui.pages.finding import read_findables  # noqa: PLC0415 - after the first paint

            self._window.tasks.spawn(dialog.read(session.call(read_findables, name=strings.LOADING)))

    def read_file(self) -> None:
        """What a file would do, while no workspace is open."""
        choose_files(self._window, reading_words.CHOOSE, self.read)

    def read(self, files: Sequence[Path]) -> None:
        """The first of them."""
        self._window.tasks.spawn(self._read(files[0]))

    async def _read(self, path: Path) -> None:
        from signer_app.ui.reading_file import FileDialog, read_file  # noqa: PLC0415 - after the first paint

        self._window.unlock.say(reading_words.READING)  # the first time decoders are loaded, for a second
        try:
            reading = await asyncio.to_thread(read_file, path)
        except CountersignError as error:
            self._window.unlock.say_failure(error)
            return
        self._window.unlock.say("")
        if self._window.session.locked:  # else it was unlocked meanwhile, and the inbox takes files
            dialog = FileDialog(self._window, reading)
            dialog.another.connect(lambda: QtCore.QTimer.singleShot(0, self._window, self.read_file))
            self._show(dialog)

    def keys(self) -> None:
        """Every key."""
        self._show(ShortcutsDialog(self._window, self.network))

    def help(self) -> None:
        """Help for what is in view."""
        page = "unlock" if self._window.session.locked else self._window.key
        dialog = HelpDialog(self._window, page, self.network)
        # Once the dialog that asks for it has gone: one at a time.
        dialog.keys_wanted.connect(lambda: QtCore.QTimer.singleShot(0, self._window, self.keys))
        self._show(dialog)

    def halt(self) -> None:
        """Halt something."""
        self._show(HaltDialog(self._window, self._window))

    def resume(self, halt: Halted) -> None:
        """Say that a halt may end."""
        self._show(ResumeDialog(self._window, self._window, halt))

    def _show(self, dialog: QtWidgets.QDialog) -> None:
        self._window.tasks.spawn(self._window.dialogs.ask(dialog))
