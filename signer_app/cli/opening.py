"""Opening a workspace for a command: passphrases from files or prompts, wiped when used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from signer_app.cli.session import Session
from signer_app.signers.keystore.client import Keystore, open_keystore
from signer_app.vault.kdf import wipe
from signer_app.vault.passphrase import prompt_passphrase, read_passphrase_file
from signer_app.workspace import KeystoreOpener, Workspace


@contextmanager
def vault_passphrase(session: Session) -> Iterator[bytearray]:
    """The vault passphrase; wiped on leaving."""
    if session.passphrase_file is not None:
        secret = read_passphrase_file(session.passphrase_file)
    else:
        secret = prompt_passphrase("Vault passphrase")
    try:
        yield secret
    finally:
        wipe(secret)


def keystore_opener(session: Session) -> KeystoreOpener:
    """Opens keys. A passphrase file is read by the key process itself and never comes in here."""

    def opener(directory: Path) -> Keystore:
        if session.key_passphrase_file is not None:
            return open_keystore(directory, passphrase_file=session.key_passphrase_file)
        return open_keystore(directory, passphrase=prompt_passphrase("Key passphrase"))

    return opener


@contextmanager
def workspace(session: Session, *, keys: bool = False, confirm_repair: bool = False) -> Iterator[Workspace]:
    """The session's workspace, open; with ``keys`` its key process too."""
    directory = session.workspace_path()
    with vault_passphrase(session) as secret, session.output.working("Opening the workspace"):
        opened = Workspace.open(
            directory, passphrase=secret, progress=session.output.note, confirm_repair=confirm_repair
        )
    with opened:
        if keys:
            opened.unlock_keys(keystore_opener(session))
        yield opened
