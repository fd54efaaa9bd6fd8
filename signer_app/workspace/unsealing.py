"""The first step into a workspace, for work, for looking, for a backup, for a check: its vault."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from signer_app.core.errors import NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.vault.envelope import Vault
from signer_app.vault.keyring_half import SystemKeyring
from signer_app.workspace.creation import VAULT_FILE, identity_of
from signer_app.workspace.heads import Heads, keyring_of


@dataclass(frozen=True, slots=True)
class Unsealed:
    """An open vault with whose it is, and the heads of its journal that it and the keyring know."""

    vault: Vault
    keyring: SystemKeyring | None
    identity: JsonObject
    heads: Heads


def vault_file(directory: Path) -> Path:
    """Raises NotFoundError NOT_A_WORKSPACE."""
    file = directory / VAULT_FILE
    if not file.is_file():
        raise NotFoundError(f"{directory} is no workspace.", code="NOT_A_WORKSPACE")
    return file


def unseal(file: Path, passphrase: bytearray, stack: ExitStack, *, read_only: bool = False) -> Unsealed:
    """Open the vault; it closes with ``stack``. Raises as Vault.open, and VAULT_BROKEN."""
    keyring = keyring_of(file)
    vault = Vault.open(file, passphrase, keyring=keyring, read_only=read_only)
    stack.callback(vault.close)
    identity = identity_of(vault)
    return Unsealed(vault, keyring, identity, Heads(vault, keyring, str(identity["log_id"])))
