"""A passphrase for one deed, and its first use: unlocking this person's keys for what signs a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from signer_app.core.errors import CountersignError
from signer_app.ui.loop import Tasks
from signer_app.ui.qt import Qt, QtGui, QtWidgets
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


class PassphraseDialog(Dialog):
    """Takes one passphrase for one deed of the worker. Accepted when that is done."""

    #: What stands on the button and on the message while the worker is at it.
    working: ClassVar[str]
    #: Whether a person may leave while the worker is at it: what it does goes on.
    can_leave: ClassVar[bool] = True

    def __init__(
        self,
        parent: QtWidgets.QWidget,
        session: Session,
        title: str,
        network_class: str,
        *,
        name: str,
        go: ActionButton,
    ) -> None:
        """``name``: what the object names of its parts begin with. ``go``: the button that begins."""
        super().__init__(parent, title, network_class)
        self._session = session
        self.tasks = Tasks(self._failed)
        self._busy = False
        self.field = PassphraseField()
        self.field.setObjectName(f"{name}.passphrase")
        self._caps = label(strings.CAPS_LOCK, "small", "warn")
        self._caps.hide()
        self.message = StateBanner("danger")
        self.message.setObjectName(f"{name}.message")
        self.message.hide()
        self.cancel, self.go = ActionButton(strings.CANCEL, name=f"{name}.cancel"), go
        self._build()
        self.content.addWidget(self._caps)
        self.content.addWidget(self.message)
        self.add_buttons(self.cancel, go)
        self.field.caps_lock.connect(self._caps.setVisible)
        self.field.returnPressed.connect(go.click)
        go.triggered.connect(self._start)
        self.cancel.triggered.connect(self.reject)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        """Put what explains the deed, and the field, into the content."""
        raise NotImplementedError

    def _deed(self, workspace: Workspace, secret: bytearray) -> None:
        """In the worker's thread; it wipes ``secret`` whatever happens. CountersignError is shown."""
        raise NotImplementedError

    def _start(self) -> None:
        if self._busy or not self.field.text():
            self.field.setFocus()
            return
        self._busy = True
        self.tasks.spawn(self._work(self.field.take()))

    async def _work(self, secret: bytearray) -> None:
        held = (self.go,) if self.can_leave else (self.go, self.cancel)
        for button in held:
            button.block(self.working)
        self._say("info", self.working)
        try:
            await self._session.call(lambda workspace: self._deed(workspace, secret), name=self.working)
        except CountersignError as error:
            self._say("danger", error.message, faults.hint(error))
            self.field.setFocus()
        else:
            self.accept()
        finally:
            self._busy = False
            for button in held:
                button.block("")

    def _say(self, tone: str, fact: str, consequence: str = "") -> None:
        self.message.show_state(tone, fact, consequence)
        self.message.show()

    def _failed(self, _error: BaseException) -> None:
        self._say("danger", strings.INTERNAL_ERROR, strings.INTERNAL_CONSEQUENCE)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc is Cancel, also while that is off; a lock closes the dialog all the same."""
        if event.key() == Qt.Key.Key_Escape and self.cancel.blocked:
            event.accept()
        else:
            super().keyPressEvent(event)

    def done(self, code: int) -> None:
        """Closed either way: a passphrase that was typed is gone."""
        self.field.clear()
        super().done(code)


class UnlockKeysDialog(PassphraseDialog):
    """Takes the key passphrase and starts the key process. Accepted when the keys are open."""

    working = words.UNLOCKING

    def __init__(self, parent: QtWidgets.QWidget, session: Session, why: str, network_class: str) -> None:
        """``why``: what the keys are needed for, one sentence."""
        self._why = why
        unlock = ActionButton(words.UNLOCK, kind="primary", icon="unlock", name="keys.unlock")
        super().__init__(parent, session, words.TITLE, network_class, name="keys", go=unlock)

    def _build(self) -> None:
        self.setMinimumWidth(theme().scaled(440))
        self.content.addWidget(label(self._why, "body", wrap=True))
        self.content.addWidget(label(words.WHICH, "small", "text2", wrap=True))
        self.field.setAccessibleName(words.PASSPHRASE)
        self.content.addWidget(self.field)

    def _deed(self, workspace: Workspace, secret: bytearray) -> None:
        unlock_with(workspace, secret)


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
