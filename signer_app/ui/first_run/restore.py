"""A workspace from a backup: which file, where to, and the passphrase that opens it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from signer_app.core.errors import CountersignError
from signer_app.ui.choosing import choose_file, choose_folder
from signer_app.ui.first_run.form import labelled, line_edit
from signer_app.ui.loop import Tasks
from signer_app.ui.preload import load_rooms
from signer_app.ui.qt import Qt, QtGui, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.unlock import PassphraseField
from signer_app.ui.widgets import ActionButton, StateBanner, WhyDisabled, column, label, row
from signer_app.ui.words import faults, strings
from signer_app.ui.words import first_run as words

#: Digits of a policy's version.
_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class RestoredWorkspace:
    """What was made, and what opens it."""

    folder: Path
    passphrase: bytearray = field(repr=False)


class RestoreView(QtWidgets.QWidget):
    """``made`` carries a RestoredWorkspace; ``left`` when somebody goes back."""

    made = Signal(object)
    left = Signal()

    def __init__(self, home: Path) -> None:
        """``home``: where workspaces are offered to lie."""
        super().__init__()
        self._home = home
        self._busy = False
        self.tasks = Tasks(lambda _error: self._say(strings.INTERNAL_ERROR, strings.INTERNAL_CONSEQUENCE))
        box = column(self, spacing=theme().scaled(12))
        box.addWidget(label(words.RESTORE, "page"))
        box.addWidget(label(words.RESTORE_STEPS, "body", "text2", wrap=True))
        self.message = StateBanner("danger")
        self.message.setObjectName("restore.message")
        self.message.hide()
        box.addWidget(self.message)
        self.file, self.folder = line_edit("restore.file", 1000), line_edit("restore.folder", 1000)
        self.folder.setText(str(home / "restored"))
        self.choose_file = ActionButton(
            words.CHOOSE_BACKUP, kind="link", icon="file", name="restore.choose-file"
        )
        self.choose_folder = ActionButton(
            words.CHOOSE, kind="link", icon="folder", name="restore.choose-folder"
        )
        self.secret = PassphraseField()
        self.secret.setObjectName("restore.passphrase")
        self.policy = line_edit("restore.policy", _DIGITS)
        self.policy.setValidator(QtGui.QIntValidator(0, 10**_DIGITS - 1, self.policy))
        box.addWidget(labelled(words.BACKUP_FILE, self.file))
        box.addLayout(_left(self.choose_file))
        box.addWidget(labelled(words.FOLDER, self.folder, words.FOLDER_HINT))
        box.addLayout(_left(self.choose_folder))
        box.addWidget(labelled(words.BACKUP_OPENS, self.secret, words.BACKUP_OPENS_HINT))
        box.addWidget(labelled(words.POLICY_SEEN, self.policy, words.POLICY_SEEN_HINT))
        line = row(spacing=theme().scaled(8))
        self.cancel = ActionButton(words.CANCEL, kind="quiet", name="restore.cancel")
        self.start = ActionButton(words.RESTORE_START, kind="primary", name="restore.start")
        self.why = WhyDisabled(self.start)
        line.addWidget(self.cancel)
        line.addStretch(1)
        line.addWidget(self.start)
        box.addLayout(line)
        box.addWidget(self.why)
        self._wire()
        self._judge()

    def _wire(self) -> None:
        for edited in (self.file, self.folder, self.secret):
            edited.textChanged.connect(self._judge)
        self.choose_file.triggered.connect(
            lambda: choose_file(self, words.CHOOSE_BACKUP, lambda path: self.file.setText(str(path)))
        )
        self.choose_folder.triggered.connect(
            lambda: choose_folder(
                self, words.CHOOSE_TITLE, lambda path: self.folder.setText(str(path / "restored"))
            )
        )
        self.secret.returnPressed.connect(self.start.click)
        self.start.triggered.connect(self._start)
        self.cancel.triggered.connect(self._leave)

    def focus(self) -> None:
        """Who works by keyboard begins at the first field."""
        self.file.setFocus(Qt.FocusReason.TabFocusReason)

    def _judge(self) -> None:
        if self._busy:
            reason = words.RESTORING
        elif not self.file.text().strip():
            reason = words.NO_FILE_YET
        elif not self.folder.text().strip():
            reason = words.NO_FOLDER_YET
        else:
            reason = "" if self.secret.text() else words.NOT_TYPED_YET
        self.why.block(reason)
        self.cancel.block(words.RESTORING if self._busy else "")

    def _start(self) -> None:
        if not self._busy:
            self._busy = True
            self.tasks.spawn(self._restore(self.secret.take()))
            self._judge()

    async def _restore(self, secret: bytearray) -> None:
        self.message.show_state("info", words.RESTORING, "")
        self.message.show()
        folder = Path(self.folder.text().strip()).expanduser()
        file = Path(self.file.text().strip()).expanduser()
        try:
            await asyncio.to_thread(_restore, file, folder, secret, int(self.policy.text() or "0"))
        except CountersignError as error:
            self._say(error.message, faults.hint(error, locked=True))
            self.secret.setFocus()
            return
        finally:
            self._busy = False
            self._judge()
        self.made.emit(RestoredWorkspace(folder, secret))

    def _say(self, fact: str, consequence: str) -> None:
        self.message.show_state("danger", fact, consequence)
        self.message.show()

    def _leave(self) -> None:
        self.secret.clear()
        self.left.emit()


def _left(button: ActionButton) -> QtWidgets.QHBoxLayout:
    line = row()
    line.addWidget(button)
    line.addStretch(1)
    return line


def _restore(file: Path, folder: Path, secret: bytearray, policy_version: int) -> None:
    """In a thread; ``secret`` opens the workspace afterwards, and is wiped where there is none."""
    load_rooms()
    from signer_app.vault.kdf import wipe  # noqa: PLC0415 - in the thread
    from signer_app.workspace.restoring import restore_backup  # noqa: PLC0415

    try:
        restore_backup(file, folder, secret, policy_version=policy_version)
    except CountersignError:
        wipe(secret)
        raise
