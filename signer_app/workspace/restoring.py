"""A workspace from a backup (DESIGN section 4): a new log that goes on where the old one was, and says so.

Everything is read and checked before anything is written. Then the workspace is built in a hidden folder
beside its place, and gets its name when it is whole: a crash leaves no half of one. The log of the backup is
kept in logs/earlier/<its id>; the new log begins with its last root, carries its records over, and ends with
``restored``, after which nothing that was open then counts as known. The new log has an id of its own, so the
heads that vault and keyring keep of the old one go on standing against old copies of the old folder.
"""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from signer_app.core.clock import Clock, machine_clock
from signer_app.core.errors import ConflictError, CountersignError, IntegrityError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject
from signer_app.journal.carrying import carry_over
from signer_app.journal.loginfo import read_log_info
from signer_app.journal.reading import read_records
from signer_app.journal.states import Head
from signer_app.journal.verifying import vault_keys, verify
from signer_app.journal.writer import Journal
from signer_app.signers.keystore.files import read_folder
from signer_app.signers.port import DEVICE_KEY_ID
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.files import private_folder, replacing, storage_error, sync_folder
from signer_app.vault.keyring_half import SystemKeyring
from signer_app.vault.lock import WorkspaceLock
from signer_app.workspace.backup_members import EARLIER_LOGS, HALF, Manifest, Member, refused
from signer_app.workspace.backup_reading import Backup, MemberStream, open_backup
from signer_app.workspace.creation import FOLDERS, VAULT_FILE
from signer_app.workspace.heads import Heads
from signer_app.workspace.keys import raw_device_key

_PIECE: Final = 256 * 1024
Tell = Callable[[str], None]


def restore_backup(
    file: Path,
    directory: Path,
    passphrase: bytearray,
    *,
    policy_version: int = 0,
    clock: Clock = machine_clock,
    tell: Tell = lambda _words: None,
) -> JsonObject:
    """Make a workspace in ``directory`` from a backup. {workspace, org, person, class, log_id, head, made_at,
    earlier: {log_id, size, root}, carried, newer_records, policy, policy_expected}.

    ``passphrase`` is the vault's at the time of the backup. ``policy_version``: the highest version that
    somebody knows to have been in force; until it is here again, none is. ``newer_records``: how many records
    the keyring knows to have followed the backup, null where it knows nothing.
    ConflictError EXISTS for a folder that is not empty; IntegrityError BACKUP_BROKEN, POLICY_ROLLBACK (its
    vault has seen a version that its journal lacks), KEYRING_UNAVAILABLE, STORAGE_*; and as open_backup.
    """
    directory = directory.absolute()
    _refuse_taken(directory)
    with open_backup(file, passphrase) as reading:
        tell("Reading the backup")
        reading().check()
        with _staging(directory) as staging:
            tell("Writing the workspace")
            backup = reading()
            half = _extract(backup, staging)
            made = _begin_again(staging, backup.manifest, passphrase, half, policy_version, clock, tell)
            failpoint("restore.whole")
    return {"workspace": str(directory), **made}


def _refuse_taken(directory: Path) -> None:
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise ConflictError(f"{directory} is no folder.", code="EXISTS")
    if directory.exists() and any(directory.iterdir()):
        raise ConflictError(f"{directory} is not empty.", code="EXISTS")


@contextmanager
def _staging(directory: Path) -> Iterator[Path]:
    """A hidden folder beside ``directory`` that takes its place if the block ends well, and else is gone."""
    staging = directory.with_name(f".{directory.name}.restoring")
    done = False
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        private_folder(staging)
        with WorkspaceLock(staging).acquire():  # of another restore to the same place, or left by a crash
            try:
                _empty(staging)
                yield staging
                sync_folder(staging)
                staging.rename(directory)
                done = True
                sync_folder(directory.parent)
            finally:
                if not done:
                    shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise storage_error(error, f"{directory.name} cannot be written") from error


def _empty(staging: Path) -> None:
    for path in staging.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != ".lock":
            path.unlink()


def _extract(backup: Backup, staging: Path) -> bytes | None:
    """Write every member, the log's files to its place among the earlier ones. The keyring's half, if any."""
    for name in (*FOLDERS[1:], EARLIER_LOGS):
        private_folder(staging / name)
    kept = f"{EARLIER_LOGS}/{backup.manifest.log_id}"
    halves: list[bytes] = []

    def take(member: Member, stream: MemberStream) -> None:
        if member.name == HALF:
            halves.append(stream.whole())
            return
        name = member.name
        if name.startswith("logs/") and name.count("/") == 1:
            name = name.replace("logs", kept, 1)
        path = staging / name
        private_folder(path.parent)
        with replacing(path, failpoints="restore") as target:
            while piece := stream.read(_PIECE):
                target.write(piece)

    backup.each(take)
    return halves[0] if halves else None


def _begin_again(
    staging: Path, manifest: Manifest, passphrase: bytearray, half: bytes | None, policy_version: int,
    clock: Clock, tell: Tell,
) -> JsonObject:  # fmt: skip
    """Hold what was written against each other, then begin the new log."""
    keyring = _keyring(staging / VAULT_FILE, half)
    vault = Vault.open(staging / VAULT_FILE, passphrase, keyring=keyring)
    try:
        old = _Old(staging / EARLIER_LOGS / manifest.log_id, vault, manifest)
        old.check(staging / "keys")
        heads = Heads(vault, keyring, manifest.log_id)
        newer = heads.newer_than(manifest.head)
        expected = max(policy_version, heads.policy_seen())
        tell("Carrying the journal over")
        log_id, carried = _new_log(staging, old, clock, expected)
        # The names of a vault's values are those that composition.py reads.
        vault.put("workspace", {**old.identity, "log_id": log_id})
        for name in ("checkpoint", "last_backup"):
            vault.put(name, None)
        vault.put("policy_expected", expected)
        head = _head_of(staging / "logs")
        Heads(vault, keyring, log_id).keep(head)
    finally:
        vault.close()
    return {
        **manifest.describe(), "log_id": log_id, "head": head.to_json(),
        "earlier": {"log_id": manifest.log_id, **manifest.head.to_json()}, "carried": carried,
        "newer_records": newer, "policy": old.policy, "policy_expected": max(expected, old.policy),
    }  # fmt: skip


def _keyring(vault_file: Path, half: bytes | None) -> SystemKeyring | None:
    """The system's keyring with the vault's half in it, for a vault that uses one."""
    if not Vault.uses_keyring(vault_file):
        return None
    keyring, name = SystemKeyring(), Vault.id_of(vault_file)
    if half is None:
        raise refused("It lacks the keyring's half of its vault's key.")
    if keyring.read(name) is None:
        keyring.store(name, half)
    elif not hmac.compare_digest(keyring.fetch(name), half):
        raise IntegrityError("The keyring holds another half for this vault.", code="KEYRING_UNAVAILABLE")
    return keyring


class _Old:
    """The log of the backup, and the vault that opens it."""

    def __init__(self, logs: Path, vault: Vault, manifest: Manifest) -> None:
        self.logs, self.manifest = logs, manifest
        self.wrap_key = vault.key(Purpose.JOURNAL_WRAP)
        identity, head = vault.get("workspace"), vault.get("head")
        if not isinstance(identity, dict) or not isinstance(head, dict):
            raise refused("Its vault does not say whose it is.")
        self.identity, self._head = identity, Head.from_json(head)
        seen = vault.get("highest_policy")
        self._seen = seen if isinstance(seen, int) else 0
        #: The highest version that was activated in it; 0 before the first.
        self.policy = 0

    def check(self, keys: Path) -> None:
        """Vault, journal, keys and manifest speak of one workspace. BACKUP_BROKEN, POLICY_ROLLBACK."""
        stated = {**self.manifest.describe(), "head": None, "made_at": None}
        if any(self.identity.get(name) != value for name, value in stated.items() if value is not None):
            raise refused("Its vault belongs to another workspace than its list of contents says.")
        try:
            epoch_keys = vault_keys(self.logs, self.wrap_key)
            found = verify(self.logs, head=self._head, epoch_keys=epoch_keys)
            device = next(key for key in read_folder(keys) if key.id == DEVICE_KEY_ID)
        except CountersignError as error:
            raise refused(error.message) from error
        if not found.state.sound or found.log_id != self.manifest.log_id:
            raise refused(found.reason or "Its journal is of another log.")
        if f"ed25519:{device.public_key.hex()}" != self.identity["device_key"]:
            raise refused("Its device key is not the one that its vault names.")
        for _, record in read_records(self.logs, self.wrap_key):
            version = record.get("version") if record["type"] == "policy.activated" else 0
            self.policy = max(self.policy, version if isinstance(version, int) else 0)
        if self.policy < self._seen:
            raise IntegrityError(
                f"Its vault has seen version {self._seen} of the policy, its journal only {self.policy}.",
                code="POLICY_ROLLBACK",
            )


def _new_log(staging: Path, old: _Old, clock: Clock, expected: int) -> tuple[str, int]:
    """(id, records carried over) of the log that goes on."""
    manifest = old.manifest
    earlier: JsonObject = {"log_id": manifest.log_id, **manifest.head.to_json()}
    with Journal.create(
        staging / "logs",
        org=manifest.org,
        person=manifest.person,
        wrap_key=old.wrap_key,
        device_public_key=raw_device_key(str(old.identity["device_key"])),
        clock=clock,
        start_fields={"restored_from": earlier},
    ) as journal:
        known = read_log_info(old.logs)
        for key in known.device_keys if known is not None else ():
            journal.add_device_key(key.person, key.public_key)
        carried = carry_over(journal, read_records(old.logs, old.wrap_key))
        journal.append(
            "restored",
            {
                "earlier": earlier,
                "made_at": manifest.made_at,
                "records": carried,
                "policy_expected": expected,
            },
        )
        return journal.log_id, carried


def _head_of(logs: Path) -> Head:
    """Read back from the disk: what was written is what will be opened."""
    found = verify(logs)
    if not found.state.sound:
        raise IntegrityError("The new journal is not what was written.")
    return Head(found.size_checked, found.root)
