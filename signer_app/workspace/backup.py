"""A backup: one sealed file with all that a workstation needs, and nothing opened that is sealed on its own.

Inside the seal (vault/sealed_stream.py, under the vault's passphrase, with a salt of its own): the length of
the manifest as u32be, the manifest (backup_members.py), and the members' contents in its order. Left out are
what is made again (store.db, .lock), what belongs to no workstation (practice devices), and bytes that never
became a record (torn-*). Where half of the vault's key is in the system's keyring, the member keyring-half
holds it: else the backup would be worth nothing on another computer.

It can be made while the workspace is open here, elsewhere, or nowhere: files are replaced whole, and the
journal only grows, so it is cut behind a whole record. The order of reading makes the parts fit: the vault
before the journal, whose head it keeps; the journal before the epoch keys, which are durable before their
first record.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signer_app.core.canonical import canonical
from signer_app.core.clock import Clock, format_time, machine_clock, whole_seconds
from signer_app.core.errors import IntegrityError, NotFoundError, UsageError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject
from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.records import MAX_LINE
from signer_app.journal.states import Head
from signer_app.journal.trust import not_intact
from signer_app.journal.verifying import verify
from signer_app.signers.keystore.files import ATTEMPTS_FILE
from signer_app.vault.files import read_bounded, replacing, storage_error
from signer_app.vault.kdf import KEY_BYTES, KdfParameters
from signer_app.vault.sealed_stream import SealedWriter
from signer_app.workspace.backup_members import (
    DRAFTS_FILE,
    EARLIER_LOGS,
    FORMAT,
    HALF,
    LOG_FILES,
    Manifest,
    Member,
    limit_of,
)
from signer_app.workspace.creation import CONFIG_FILE, VAULT_FILE
from signer_app.workspace.unsealing import unseal, vault_file

if TYPE_CHECKING:
    from signer_app.workspace.composition import Workspace

#: What is offered as a backup's name ends so.
SUFFIX: Final = ".countersign-backup"
_PIECE: Final = 1024 * 1024
#: How often a wrong passphrase was tried for the keys; it says nothing on another computer.
_ATTEMPTS: Final = f"keys/{ATTEMPTS_FILE}"
#: Appends the record of a backup whose bytes are durable and have no name yet; returns its index.
Record = Callable[[JsonObject], int]


@dataclass(frozen=True, slots=True)
class _Part:
    """One member: its bytes, or the first ``size`` bytes of an open file that only grows."""

    name: str
    size: int
    data: bytes = b""
    descriptor: int | None = None

    def pieces(self) -> Iterator[bytes]:
        """The content. IntegrityError JOURNAL_BROKEN where a file is shorter than it was, STORAGE_*."""
        if self.descriptor is None:
            yield self.data
            return
        done = 0
        while done < self.size:
            try:
                piece = os.pread(self.descriptor, min(_PIECE, self.size - done), done)
            except OSError as error:
                raise storage_error(error, f"{self.name} cannot be read") from error
            if not piece:
                raise IntegrityError(f"{self.name} became shorter while it was read.")
            done += len(piece)
            yield piece


def back_up(workspace: Workspace, passphrase: bytearray, file: Path) -> JsonObject:
    """Back the open workspace up, journal that, and remember which record it was. As make_backup; ``record``
    is the index of the journal's record, which is durable before the file gets its name.
    """
    workspace.seal()
    made = make_backup(
        workspace.directory, passphrase, file, record=lambda fields: workspace.rooms.record("backup", fields)
    )
    workspace.vault.put("last_backup", made["record"])
    workspace.seal()
    return made


def last_backup(workspace: Workspace) -> JsonObject | None:
    """{record, at, file, bytes, sha256, head} of the newest, read from the journal; None before the first."""
    index = workspace.vault.get("last_backup")
    if not isinstance(index, int):
        return None
    try:
        found = workspace.journal.read(index)
    except NotFoundError:
        return None  # redacted
    names = ("at", "file", "bytes", "sha256", "head")
    return (
        {"record": index, **{name: found.get(name) for name in names}} if found["type"] == "backup" else None
    )


def make_backup(
    directory: Path,
    passphrase: bytearray,
    file: Path,
    *,
    clock: Clock = machine_clock,
    record: Record | None = None,
) -> JsonObject:
    """Write a backup of the workspace in ``directory`` to ``file``, 0600, whole or not at all; what was there
    is replaced. {file, bytes, sha256, head, records, members, record}. Takes no lock and writes nothing into
    the workspace; without ``record`` the journal does not hold it.

    ``passphrase`` is the vault's, and opens the backup. Raises VAULT_PASSPHRASE_WRONG, JOURNAL_BROKEN (it is
    not intact), UsageError (a file inside the workspace), STORAGE_*, KEYRING_UNAVAILABLE, NOT_FOUND.
    """
    file = file.absolute()
    if file.resolve().is_relative_to(directory.resolve()):
        raise UsageError("A backup inside the workspace would be lost with it.", hint="Choose another place.")
    with ExitStack() as stack:
        manifest, parts, cost = _gather(directory, passphrase, clock, stack)
        written, digest = 0, hashlib.sha256()
        with replacing(file, failpoints="backup") as target:

            def put(data: bytes) -> None:
                nonlocal written
                target.write(data)
                digest.update(data)
                written += len(data)

            writer = SealedWriter(put, passphrase, format=FORMAT, kdf=cost)
            text = canonical(manifest.to_json())
            writer.write(len(text).to_bytes(4, "big") + text)
            failpoint("backup.half")
            for part in parts:
                for piece in part.pieces():
                    writer.write(piece)
            writer.finish()
            target.sync()
            fields: JsonObject = {
                "file": str(file), "bytes": written, "sha256": digest.hexdigest(),
                "head": manifest.head.to_json(),
            }  # fmt: skip
            index = record(fields) if record is not None else None
    return {**fields, "records": manifest.head.size, "members": len(parts), "record": index}


def _gather(
    directory: Path, passphrase: bytearray, clock: Clock, stack: ExitStack
) -> tuple[Manifest, list[_Part], KdfParameters]:
    """All members as they are now, read in an order in which they fit; descriptors close with ``stack``."""
    file = vault_file(directory)
    sealed_vault = _small(directory, VAULT_FILE)
    unsealed = unseal(file, passphrase, stack, read_only=True)
    vault, identity, head = unsealed.vault, unsealed.identity, unsealed.heads.vault_head()
    parts = [sealed_vault, _small(directory, CONFIG_FILE)]
    for pattern in ("keys/*.json", "policy/*.json"):
        names = sorted(f"{path.parent.name}/{path.name}" for path in directory.glob(pattern))
        parts += [_small(directory, name) for name in names if limit_of(name) and name != _ATTEMPTS]
    if (directory / DRAFTS_FILE).exists():
        parts.append(_small(directory, DRAFTS_FILE))
    for folder in sorted((directory / EARLIER_LOGS).glob("*")):
        parts += _log(directory, f"{EARLIER_LOGS}/{folder.name}", stack)
    parts += _log(directory, "logs", stack)
    if unsealed.keyring is not None:
        parts.append(_Part(HALF, KEY_BYTES, unsealed.keyring.fetch(vault.vault_id)))
    length = next(part.size for part in parts if part.name == f"logs/{JOURNAL_FILE}")
    found = verify(directory / "logs", head=head, length=length)
    if not found.state.sound:
        raise not_intact(found).refusal()
    manifest = Manifest(
        org=str(identity["org"]), person=str(identity["person"]), network_class=str(identity["class"]),
        log_id=str(identity["log_id"]), head=Head(found.size_checked, found.root),
        made_at=format_time(whole_seconds(clock())),
        members=tuple(Member(part.name, part.size) for part in parts),
    )  # fmt: skip
    return manifest, parts, vault.hashing.fresh()


def _small(directory: Path, name: str) -> _Part:
    data = read_bounded(directory / name, limit_of(name) or 0)
    return _Part(name, len(data), data)


def _log(directory: Path, folder: str, stack: ExitStack) -> list[_Part]:
    """A log's files in the order of LOG_FILES; its journal up to the end of its last whole record."""
    parts: list[_Part] = []
    for name in LOG_FILES:
        path = directory / folder / name
        if name == JOURNAL_FILE:
            parts.append(_journal(path, f"{folder}/{name}", stack))
        elif path.exists():
            parts.append(_small(directory, f"{folder}/{name}"))
    return parts


def _journal(path: Path, name: str, stack: ExitStack) -> _Part:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        stack.callback(os.close, descriptor)
        end = os.fstat(descriptor).st_size
        start = max(0, end - MAX_LINE)  # no line is longer
        whole = start + os.pread(descriptor, end - start, start).rfind(b"\n") + 1
    except OSError as error:
        raise storage_error(error, f"{name} cannot be read") from error
    return _Part(name, whole, descriptor=descriptor)
