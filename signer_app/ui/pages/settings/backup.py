"""The card that says when this workspace was last backed up, and the dialog that backs it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.text import safe_text
from signer_app.ui.choosing import choose_new_file
from signer_app.ui.passphrase import PassphraseDialog
from signer_app.ui.qt import QtWidgets
from signer_app.ui.session import Session
from signer_app.ui.shell.page import Page
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Card, Reasons, StateBanner, label, row
from signer_app.ui.words import settings as words
from signer_app.ui.words import standing

if TYPE_CHECKING:
    from signer_app.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Backups:
    """What the card shows. ``record`` None: there is none yet. ``unread``: proposals that a restore left
    unknown."""

    record: int | None
    at: str
    file: str
    size: int
    unread: int


def read_backups(workspace: Workspace) -> Backups:
    """In the worker's thread."""
    from signer_app.workspace.backup import last_backup  # noqa: PLC0415 - after the first paint

    found = last_backup(workspace)
    unread = sum(one.unread for one in workspace.queries.proposals(states=("UNKNOWN",)))
    if found is None:
        return Backups(None, "", "", 0, unread)
    record, size = found["record"], found["bytes"]
    return Backups(
        record if isinstance(record, int) else None, str(found["at"]), safe_text(str(found["file"]), 1000),
        size if isinstance(size, int) else 0, unread,
    )  # fmt: skip


class BackupCard(Card):
    """Last backup, the way to a new one, how to restore, and what a restore left open."""

    def __init__(self, page: Page) -> None:
        super().__init__(words.BACKUP, "history", name="settings.backup")
        self._page = page
        self._record: int | None = None
        t = theme()
        self.body.addWidget(label(words.WHAT, "body", "text2", wrap=True))
        self._facts = QtWidgets.QFormLayout()
        self._facts.setHorizontalSpacing(t.scaled(24))
        self._facts.setVerticalSpacing(t.scaled(8))
        self.last = label(words.READING_LAST, "body", wrap=True, selectable=True, name="settings.backup.last")
        self.file = label("", "body", wrap=True, selectable=True, name="settings.backup.file")
        self._facts.addRow(label(words.LAST, "body", "text2"), self.last)
        self._facts.addRow(label(words.FILE, "body", "text2"), self.file)
        self._facts.setRowVisible(self.file, False)
        self._facts.addRow(label(words.RESTORING, "body", "text2"), label(words.HOW, "body", wrap=True))
        self.body.addLayout(self._facts)
        self.back_up = ActionButton(words.BACK_UP, icon="download", name="settings.backup.make")
        self.show_record = ActionButton(
            words.SHOW_RECORD, kind="link", icon="journal", name="settings.backup.record"
        )
        self.show_record.hide()
        line = row(spacing=t.scaled(8))
        line.addWidget(self.back_up)
        line.addWidget(self.show_record)
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(Reasons(self.back_up))
        self.unread = StateBanner("warn")
        self.unread.setObjectName("settings.backup.unread")
        self.unread.hide()
        self.body.addWidget(self.unread)
        self.back_up.triggered.connect(self._choose)
        self.show_record.triggered.connect(self._show_record)

    def show_backups(self, found: Backups, off: str) -> None:
        """``off``: why nothing can be written now, "" if it can."""
        self._record = found.record
        none = found.record is None
        self.last.setText(
            words.NONE_YET
            if found.record is None
            else words.made(found.at, datetime.now().astimezone(), found.record)
        )
        self.file.setText("" if none else words.file_of(found.file, found.size))
        self._facts.setRowVisible(self.file, not none)
        self.show_record.setVisible(not none)
        self.back_up.block(off)
        if found.unread:
            self.unread.show_state("warn", words.unread(found.unread), "")
            self.unread.offer([(words.READ, self._read)])
        self.unread.setVisible(found.unread > 0)

    def _choose(self) -> None:
        directory = self._page.session.directory
        from signer_app.workspace.backup import SUFFIX  # noqa: PLC0415 - the workspace is open, so it is loaded

        name = f"{directory.name if directory else 'workspace'}{SUFFIX}"
        choose_new_file(self, words.FILE_TITLE, name, self.write_to)

    def write_to(self, file: Path) -> None:
        """Ask for the passphrase and write it there."""
        self._page.run(self._write(file))

    async def _write(self, file: Path) -> None:
        summary = self._page.session.summary
        network_class = summary.network_class if summary else ""
        dialog = BackupDialog(self.window(), self._page.session, file, network_class)
        if await self._page.shell.ask(dialog) == QtWidgets.QDialog.DialogCode.Accepted:
            self._page.shell.changed()

    def _show_record(self) -> None:
        if self._record is not None:
            self._page.shell.go("journal", str(self._record))

    def _read(self) -> None:
        self._page.run(self._catch_up())

    async def _catch_up(self) -> None:
        self.unread.offer([])
        self.unread.show_state("info", words.READING, "")
        await self._page.session.call(
            lambda workspace: workspace.proposals.track_all() and None, name=words.READING
        )
        self._page.shell.changed()


class BackupDialog(PassphraseDialog):
    """Takes the vault's passphrase, which opens the backup afterwards. Accepted when the file is written."""

    working = words.WORKING
    can_leave = False

    def __init__(self, parent: QtWidgets.QWidget, session: Session, file: Path, network_class: str) -> None:
        self._file = file
        start = ActionButton(words.START, kind="primary", icon="download", name="backup.start")
        super().__init__(parent, session, words.TITLE, network_class, name="backup", go=start)

    def _build(self) -> None:
        self.setMinimumWidth(theme().scaled(460))
        self.content.addWidget(label(words.written_to(safe_text(str(self._file), 600)), "body", wrap=True))
        above = label(words.VAULT_FIELD, "small", "text2")
        self.field.setAccessibleName(words.VAULT_FIELD)
        above.setBuddy(self.field)
        self.content.addWidget(above)
        self.content.addWidget(self.field)
        self.content.addWidget(label(words.OPENS, "small", "text2", wrap=True))

    def _deed(self, workspace: Workspace, secret: bytearray) -> None:
        from signer_app.vault.kdf import wipe  # noqa: PLC0415 - in the worker's thread
        from signer_app.workspace.backup import back_up  # noqa: PLC0415

        try:
            back_up(workspace, secret, self._file)
        finally:
            wipe(secret)


def writing_off(session: Session) -> str:
    """Why no backup can be made now; "" if one can."""
    return standing.off(session.summary)
