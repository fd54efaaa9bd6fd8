"""Asks for the passphrase of the person's keys: a proposal is signed by its author's device key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.ui.qt import QtWidgets, Signal
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, label
from signer_app.ui.words import compose as say
from signer_app.ui.words import faults, strings

if TYPE_CHECKING:
    from signer_app.signers.keystore.client import Keystore
    from signer_app.workspace import Workspace


class AuthorKeyDialog(Dialog):
    """Emits ``given`` with the passphrase; it stays open until who asked says that it fits."""

    given = Signal(str)

    def __init__(self, parent: QtWidgets.QWidget, network_class: str) -> None:
        super().__init__(parent, say.UNLOCK_KEYS, network_class)
        self.setObjectName("keys.dialog")
        self.content.addWidget(label(say.UNLOCK_KEYS_WHY, "body", "text2", wrap=True))
        self.input = QtWidgets.QLineEdit()
        self.input.setObjectName("keys.passphrase")
        self.input.setEchoMode(QtWidgets.QLineEdit.EchoMode.Password)
        self.input.setAccessibleName(say.KEY_PASSPHRASE)
        self.input.setMinimumWidth(theme().scaled(360))
        name = label(say.KEY_PASSPHRASE, "small", "text2")
        name.setBuddy(self.input)
        self.content.addWidget(name)
        self.content.addWidget(self.input)
        self.words = label("", "small", "danger", wrap=True)
        self.words.hide()
        self.content.addWidget(self.words)
        cancel = ActionButton(strings.CANCEL, name="keys.cancel")
        self.unlock = ActionButton(say.UNLOCK, kind="primary", icon="unlock", name="keys.unlock")
        cancel.triggered.connect(self.reject)
        self.unlock.triggered.connect(self._give)
        self.input.returnPressed.connect(self._give)
        self.add_buttons(cancel, self.unlock)
        self.input.setFocus()

    def _give(self) -> None:
        text = self.input.text()
        if text and not self.unlock.blocked:
            self.input.clear()
            self.unlock.block(say.UNLOCKING)
            self.given.emit(text)

    def refuse(self, error: CountersignError) -> None:
        """It did not fit: say so and ask again."""
        self.unlock.block("")
        self.words.setText(f"{error.message} {faults.hint(error)}".strip())
        self.words.show()
        self.input.setFocus()


def unlock_keys(workspace: Workspace, passphrase: bytearray) -> None:
    """In the worker's thread: start the key process. ``passphrase`` is wiped, whatever happens."""
    from signer_app.signers.keystore.client import open_keystore  # noqa: PLC0415
    from signer_app.vault.kdf import wipe  # noqa: PLC0415

    def opener(folder: Path) -> Keystore:
        return open_keystore(folder, passphrase=passphrase)

    try:
        workspace.unlock_keys(opener)
    finally:
        wipe(passphrase)
