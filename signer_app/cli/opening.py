"""Opening a workspace for a command: passphrases from files or prompts, wiped when used."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.cli import interrupts
from signer_app.cli.session import Session
from signer_app.core.errors import ConflictError, UsageError

if TYPE_CHECKING:  # the rooms load when a command opens a workspace, not for help or inspect
    from signer_app.signers.keystore.client import Keystore
    from signer_app.signers.ledger.desk import Desk
    from signer_app.vault.kdf import KdfParameters
    from signer_app.workspace import KeystoreCreator, KeystoreOpener, Workspace


@contextmanager
def vault_passphrase(session: Session) -> Iterator[bytearray]:
    """The vault passphrase; wiped on leaving."""
    from signer_app.vault.kdf import wipe  # noqa: PLC0415
    from signer_app.vault.passphrase import prompt_passphrase, read_passphrase_file  # noqa: PLC0415

    if session.passphrase_file is not None:
        warn_if_exposed(session, session.passphrase_file)
        secret = read_passphrase_file(session.passphrase_file)
    else:
        secret = prompt_passphrase("Vault passphrase")
    try:
        yield secret
    finally:
        wipe(secret)


def warn_if_exposed(session: Session, path: Path) -> None:
    """Say so where others may read a file that holds a secret. Looks at its mode alone, and goes on."""
    from signer_app.vault.passphrase import is_exposed  # noqa: PLC0415

    if is_exposed(path):
        session.output.warn(
            f"Others on this system may read {path}, which holds a secret: chmod 600 is safer."
        )


def keystore_opener(session: Session) -> KeystoreOpener:
    """Opens keys. A passphrase file is read by the key process itself and never comes in here."""

    def opener(directory: Path) -> Keystore:
        from signer_app.signers.keystore.client import open_keystore  # noqa: PLC0415
        from signer_app.vault.passphrase import prompt_passphrase  # noqa: PLC0415

        if session.key_passphrase_file is not None:
            warn_if_exposed(session, session.key_passphrase_file)
            return open_keystore(directory, passphrase_file=session.key_passphrase_file)
        return open_keystore(directory, passphrase=prompt_passphrase("Key passphrase"))

    return opener


@contextmanager
def new_vault_passphrase(session: Session) -> Iterator[bytearray]:
    """The passphrase of a vault that is about to be made: asked twice at a terminal; wiped on leaving."""
    with vault_passphrase(session) as secret:
        if session.passphrase_file is None:
            _ask_again(secret, "Vault passphrase again")
        yield secret


def keystore_creator(session: Session, vault_secret: bytearray, *, judge: bool) -> KeystoreCreator:
    """Makes a new keystore; at a terminal the passphrase is asked twice. ``judge``: warn of poor ones."""

    beside = vault_secret if judge else None

    def creator(directory: Path, kdf: KdfParameters) -> Keystore:
        from signer_app.signers.keystore.client import open_keystore  # noqa: PLC0415
        from signer_app.vault.passphrase import prompt_passphrase  # noqa: PLC0415

        if session.key_passphrase_file is not None:
            warn_if_exposed(session, session.key_passphrase_file)
            made = open_keystore(
                directory, passphrase_file=session.key_passphrase_file, create=kdf, beside=beside
            )
        else:
            secret = prompt_passphrase("Key passphrase")
            _ask_again(secret, "Key passphrase again")
            made = open_keystore(directory, passphrase=secret, create=kdf, beside=beside)
        if judge:
            _warn_of_poor(session, vault_secret, made)
        return made

    return creator


def _warn_of_poor(session: Session, vault_secret: bytearray, made: Keystore) -> None:
    """Real money stands behind these two. They are taken all the same: whoever scripts this knows why."""
    from signer_app.vault.strength import strength  # noqa: PLC0415

    for name, word in (("vault", strength(vault_secret).word), ("key", made.strength)):
        if word in ("too weak", "weak"):
            session.output.warn(f"The {name} passphrase is {word} for real keys. Longer is stronger.")
    if made.same_as_beside:
        session.output.warn("Vault and keys have the same passphrase: who learns one has both.")


def _ask_again(secret: bytearray, label: str) -> None:
    from signer_app.vault.kdf import wipe  # noqa: PLC0415
    from signer_app.vault.passphrase import prompt_passphrase  # noqa: PLC0415

    again = prompt_passphrase(label)
    same = hmac.compare_digest(secret, again)
    wipe(again)
    if not same:
        wipe(secret)
        raise UsageError("The two passphrases differ. Nothing was made.", code="PASSPHRASE_REQUIRED")


def desk_of(session: Session) -> Desk:
    """Progress, and what a device will show, as lines on stderr; Ctrl-C stops waiting."""
    from signer_app.cli import render  # noqa: PLC0415
    from signer_app.signers.ledger.desk import Desk  # noqa: PLC0415

    return Desk(
        session.output.note,
        lambda review: session.output.show(render.review_lines(review)),
        check=interrupts.check,
    )


@contextmanager
def workspace(
    session: Session, *, keys: bool = False, confirm_repair: bool = False, discard_store: bool = False
) -> Iterator[Workspace]:
    """The session's workspace, open; with ``keys`` its key process too. With --read-only it is looked at:
    ConflictError READ_ONLY from whatever would write, and at once where the command is there to write.
    """
    from signer_app.workspace import Workspace  # noqa: PLC0415

    directory = session.workspace_path()
    if session.read_only and (keys or confirm_repair or discard_store):
        raise ConflictError("This command needs more than to look.", code="READ_ONLY")
    with vault_passphrase(session) as secret, session.output.working("Opening the workspace"):
        if session.read_only:
            opened = Workspace.look(
                directory, passphrase=secret, desk=desk_of(session), offline=session.offline
            )
        else:
            opened = Workspace.open(
                directory,
                passphrase=secret,
                desk=desk_of(session),
                confirm_repair=confirm_repair,
                offline=session.offline,
                discard_store=discard_store,
            )
    with opened:
        if keys:
            opened.unlock_keys(keystore_opener(session))
        yield opened
