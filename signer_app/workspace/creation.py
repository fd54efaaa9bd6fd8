"""Making a workspace: folders, device key, vault, configuration, journal; the person is named last."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from signer_app.core.clock import Clock, machine_clock
from signer_app.core.config import NetworkClass, PlatformConfig, config_hash, nodes_hash, write_config
from signer_app.core.errors import ConflictError
from signer_app.core.json_types import JsonObject
from signer_app.journal.writer import Journal
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.files import atomic_write, private_folder
from signer_app.vault.kdf import KdfParameters, floor_parameters
from signer_app.vault.lock import LOCK_FILE, WorkspaceLock
from signer_app.workspace.keys import KeystoreCreator, raw_device_key

FOLDERS = ("", "config", "policy", "keys", "logs", "reports")
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
) -> JsonObject:
    """Make a workspace with its person's device key. {workspace, log_id, device_key}.

    ConflictError EXISTS for a folder that is not empty. A failure leaves the folder empty again. The vault
    names the person last: a folder whose making was killed does not open, and is made again in another place.
    """
    if directory.exists() and not directory.is_dir():
        raise ConflictError(f"{directory} is no folder.", code="EXISTS")
    if directory.exists() and any(directory.iterdir()):
        raise ConflictError(f"{directory} is not empty.", code="EXISTS")
    with ExitStack() as undo, ExitStack() as stack:
        undo.callback(_empty, directory)
        for name in FOLDERS:
            private_folder(directory / name)
        stack.enter_context(WorkspaceLock(directory).acquire())
        kdf = kdf_for(network_class)
        keystore = stack.enter_context(create_keystore(directory / "keys", kdf))
        device_key = keystore.create_device_key()
        vault = Vault.create(directory / "vault.json", passphrase, kdf=kdf)
        stack.callback(vault.close)
        config = PlatformConfig(network_class=network_class)
        atomic_write(directory / CONFIG_FILE, write_config(config))
        journal = stack.enter_context(
            Journal.create(
                directory / "logs",
                org=org,
                person=person,
                wrap_key=vault.key(Purpose.JOURNAL_WRAP),
                device_public_key=raw_device_key(device_key),
                clock=clock,
            )
        )
        journal.append("config.seen", {"config_hash": config_hash(config), "nodes_hash": nodes_hash(config)})
        vault.put("config_seen", config_hash(config))
        vault.put("nodes_hash", nodes_hash(config))
        vault.put("head", journal.head().to_json())
        vault.put(
            "workspace",
            {
                "org": org,
                "person": person,
                "class": network_class,
                "roles": list(roles),
                "log_id": journal.log_id,
                "device_key": device_key,
            },
        )
        undo.pop_all()
    return {"workspace": str(directory), "log_id": journal.log_id, "device_key": device_key}


def _empty(directory: Path) -> None:
    """Remove what a failed creation made; the folder held nothing before. Its keys were never used."""
    for name in FOLDERS[1:]:
        shutil.rmtree(directory / name, ignore_errors=True)
    for name in ("vault.json", LOCK_FILE):
        (directory / name).unlink(missing_ok=True)


def kdf_for(network_class: NetworkClass) -> KdfParameters:
    """Cost of hashing a passphrase: the floor where keys are worth nothing, the full default elsewhere."""
    return floor_parameters() if network_class == "practice" else KdfParameters()
