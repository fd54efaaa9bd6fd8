"""Unlocking this person's keys: one dialog, used by everything that signs a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.ui.loop import Tasks
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.session import Session
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.page import Shell
from signer_app.ui.theme import theme
from signer_app.ui.unlock import PassphraseField
from signer_app.ui.widgets import ActionButton, StateBanner, label
from signer_app.ui.words import faults, strings
from signer_app.ui.words import passphrase as words

if TYPE_CHECKING:
    from signer_app.workspace import Workspace


class UnlockKeysDialog(Dialog):
    """Takes the key passphrase and starts the key process. Accepted when the keys are open."""

    def __init__(self, parent: QtWidgets.QWidget, session: Session, why: str, network_class: str) -> None:
        """``why``: what the keys are needed for, one sentence."""
        super().__init__(parent, words.TITLE, network_class)
        self._session = session
        self.tasks = Tasks(self._failed)
        self._busy = False
        self.setMinimumWidth(theme().scaled(440))
        self.content.addWidget(label(why, "body", wrap=True))
        self.content.addWidget(label(words.WHICH, "small", "text2", wrap=True))
        self.field = PassphraseField()
        self.field.setObjectName("keys.passphrase")
        self.field.setAccessibleName(words.PASSPHRASE)
        self.content.addWidget(self.field)
        self._caps = label(strings.CAPS_LOCK, "small", "warn")
        self._caps.hide()
        self.content.addWidget(self._caps)
        self.message = StateBanner("danger")
        self.message.setObjectName("keys.message")
        self.message.hide()
        self.content.addWidget(self.message)
        self.cancel = ActionButton(strings.CANCEL, name="keys.cancel")
        self.unlock = ActionButton(words.UNLOCK, kind="primary", icon="unlock", name="keys.unlock")
        self.add_buttons(self.cancel, self.unlock)
        self.field.caps_lock.connect(self._caps.setVisible)
        self.field.returnPressed.connect(self.unlock.click)
        self.unlock.triggered.connect(self._start)
        self.cancel.triggered.connect(self.reject)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _start(self) -> None:
        if self._busy or not self.field.text():
            self.field.setFocus()
            return
        self.tasks.spawn(self._open(self.field.take()))

    async def _open(self, secret: bytearray) -> None:
        self._busy = True
        self.unlock.block(words.UNLOCKING)
        self._say("info", words.UNLOCKING)
        try:
            await self._session.call(lambda workspace: unlock_with(workspace, secret), name=words.UNLOCKING)
        except CountersignError as error:
            self._say("danger", error.message, faults.hint(error))
            self.field.setFocus()
        else:
            self.accept()
        finally:
            self._busy = False
            self.unlock.block("")

    def _say(self, tone: str, fact: str, consequence: str = "") -> None:
        self.message.show_state(tone, fact, consequence)
        self.message.show()

    def _failed(self, _error: BaseException) -> None:
        self._say("danger", strings.INTERNAL_ERROR, strings.INTERNAL_CONSEQUENCE)

    def done(self, code: int) -> None:
        """Closed either way: a passphrase that was typed is gone."""
        self.field.clear()
        super().done(code)


def unlock_with(workspace: Workspace, secret: bytearray) -> None:
    """Open this person's keys, in the worker's thread; ``secret`` is wiped whatever happens."""
    from signer_app.signers.keystore.client import open_keystore  # noqa: PLC0415 - in the worker's thread
    from signer_app.vault.kdf import wipe  # noqa: PLC0415

    try:
        if workspace.keys.keystore_or_none is None:
            workspace.keys.close()  # one that died makes room
            workspace.unlock_keys(lambda folder: open_keystore(folder, passphrase=secret))
    finally:
        wipe(secret)


async def keys_unlocked(shell: Shell, parent: QtWidgets.QWidget, why: str) -> bool:
    """Whether this person's keys are open now; asks for their passphrase where they are not."""
    session = shell.session
    if await session.call(lambda workspace: workspace.keys.keystore_or_none is not None):
        return True
    network_class = session.summary.network_class if session.summary else ""
    answer = await shell.ask(UnlockKeysDialog(parent.window(), session, why, network_class))
    return answer == QtWidgets.QDialog.DialogCode.Accepted
