"""Making a workspace: folders, device key, vault, configuration, journal; the person is named last."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from signer_app.core.clock import Clock, machine_clock
from signer_app.core.config import NetworkClass, PlatformConfig, config_hash, nodes_hash, write_config
from signer_app.core.errors import ConflictError, IntegrityError
from signer_app.core.json_types import JsonObject
from signer_app.journal.writer import Journal
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.files import atomic_write, private_folder
from signer_app.vault.kdf import KdfParameters, floor_parameters
from signer_app.vault.keyring_half import SystemKeyring
from signer_app.vault.lock import LOCK_FILE, WorkspaceLock
from signer_app.workspace.heads import Heads
from signer_app.workspace.keys import KeystoreCreator, raw_device_key

FOLDERS = ("", "config", "policy", "keys", "logs", "reports")
VAULT_FILE = "vault.json"
CONFIG_FILE = "config/platform-config.yaml"


def create_workspace(
    directory: Path,
    *,
    network_class: NetworkClass,
    org: str,
    person: str,
    roles: tuple[str, ...],
    passphrase: bytearray,
    create_keystore: KeystoreCreator,
    clock: Clock = machine_clock,
    use_keyring: bool = False,
    kdf: KdfParameters | None = None,
) -> JsonObject:
    """Make a workspace with its person's device key. {workspace, log_id, device_key}.

    ``use_keyring``: half of the vault's key, and each head of the journal, go to the system's keyring; fixed
    for good. Raises KEYRING_UNAVAILABLE, and nothing is made, where no safe keyring answers.
    ``kdf``: the cost of hashing both passphrases; by default that of the class.

    ConflictError EXISTS for a folder that is not empty. A failure leaves the folder empty again. The vault
    names the person last: a folder whose making was killed does not open, and is made again in another place.
    """
    if directory.exists() and not directory.is_dir():
        raise ConflictError(f"{directory} is no folder.", code="EXISTS")
    if directory.exists() and any(directory.iterdir()):
        raise ConflictError(f"{directory} is not empty.", code="EXISTS")
    keyring = SystemKeyring() if use_keyring else None
    with ExitStack() as undo, ExitStack() as stack:
        undo.callback(_empty, directory)
        for name in FOLDERS:
            private_folder(directory / name)
        stack.enter_context(WorkspaceLock(directory).acquire())
        cost = kdf or kdf_for(network_class)
        keystore = stack.enter_context(create_keystore(directory / "keys", cost))
        device_key = keystore.create_device_key()
        vault = Vault.create(directory / VAULT_FILE, passphrase, kdf=cost.fresh(), keyring=keyring)
        stack.callback(vault.close)
        identity: JsonObject = {
            "org": org,
            "person": person,
            "class": network_class,
            "roles": list(roles),
            "device_key": device_key,
        }
        log_id = _begin(directory, vault, keyring, identity, network_class, clock)
        undo.pop_all()
    return {"workspace": str(directory), "log_id": log_id, "device_key": device_key}


def _begin(
    directory: Path,
    vault: Vault,
    keyring: SystemKeyring | None,
    identity: JsonObject,
    network_class: NetworkClass,
    clock: Clock,
) -> str:
    """Write configuration, journal and heads, and name the person last. The log's id."""
    config = PlatformConfig(network_class=network_class)
    atomic_write(directory / CONFIG_FILE, write_config(config))
    with Journal.create(
        directory / "logs",
        org=str(identity["org"]),
        person=str(identity["person"]),
        wrap_key=vault.key(Purpose.JOURNAL_WRAP),
        device_public_key=raw_device_key(str(identity["device_key"])),
        clock=clock,
    ) as journal:
        journal.append("config.seen", {"config_hash": config_hash(config), "nodes_hash": nodes_hash(config)})
        vault.put("config_seen", config_hash(config))
        vault.put("nodes_hash", nodes_hash(config))
        Heads(vault, keyring, journal.log_id).keep(journal.head())
        vault.put("workspace", {**identity, "log_id": journal.log_id})
        return journal.log_id


def identity_of(vault: Vault) -> JsonObject:
    """{org, person, class, roles, device_key, log_id} as the workspace was made.

    IntegrityError VAULT_BROKEN.
    """
    identity = vault.get("workspace")
    if not isinstance(identity, dict):
        raise IntegrityError(
            "The vault does not say whose workspace this is: its making was interrupted.", code="VAULT_BROKEN"
        )
    return identity


def _empty(directory: Path) -> None:
    """Remove what a failed creation made; the folder held nothing before. Its keys were never used."""
    for name in FOLDERS[1:]:
        shutil.rmtree(directory / name, ignore_errors=True)
    for name in (VAULT_FILE, LOCK_FILE):
        (directory / name).unlink(missing_ok=True)


def kdf_for(network_class: NetworkClass) -> KdfParameters:
    """Cost of hashing a passphrase: the floor where keys are worth nothing, the full default elsewhere."""
    return floor_parameters() if network_class == "practice" else KdfParameters()
