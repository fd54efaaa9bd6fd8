"""Reading a backup: the seal, the manifest, and each member in turn. Nothing here writes."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from signer_app.core.config import read_config
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.scan import scan
from signer_app.journal.states import Head
from signer_app.vault.files import storage_error
from signer_app.vault.sealed_stream import SealedReader
from signer_app.workspace.backup_members import (
    EARLIER_LOGS,
    FORMAT,
    MANIFEST_LIMIT,
    Manifest,
    Member,
    refused,
)
from signer_app.workspace.creation import CONFIG_FILE

_PIECE: Final = 256 * 1024


class MemberStream:
    """One member's bytes, in order, and no byte of the next."""

    def __init__(self, reader: SealedReader, member: Member) -> None:
        self._reader, self.left = reader, member.size

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; b"" at the end. IntegrityError BACKUP_BROKEN, OSError."""
        wanted = min(size, self.left)
        data = self._reader.read(wanted) if wanted else b""
        if wanted and not data:
            raise refused("It ends in the middle.")
        self.left -= len(data)
        return data

    def whole(self) -> bytes:
        """All that is left."""
        data = self._reader.exactly(self.left)
        self.left = 0
        return data


class Backup:
    """A backup whose seal opens. ``each`` reads it through once."""

    def __init__(self, reader: SealedReader) -> None:
        """Raises IntegrityError BACKUP_BROKEN."""
        self._reader = reader
        length = int.from_bytes(reader.exactly(4), "big")
        if length > MANIFEST_LIMIT:
            raise refused(f"Its list of contents is larger than {MANIFEST_LIMIT} bytes.")
        self.manifest = Manifest.read(reader.exactly(length))

    def each(self, take: Callable[[Member, MemberStream], None]) -> None:
        """Hand every member to ``take``; what it leaves is read past. BACKUP_BROKEN where there is more or
        less than the manifest says.
        """
        for member in self.manifest.members:
            stream = MemberStream(self._reader, member)
            take(member, stream)
            while stream.read(_PIECE):
                pass
        if self._reader.read(1):
            raise refused("Something follows its last part.")

    def check(self) -> None:
        """Read all of it: every seal, the configuration, and the chain and head of every journal.

        IntegrityError BACKUP_BROKEN.
        """
        self.each(self._check)

    def _check(self, member: Member, stream: MemberStream) -> None:
        if member.name == CONFIG_FILE:
            try:
                config = read_config(stream.whole())
            except MalformedError as error:
                raise refused(f"Its configuration cannot be read. {error.message}") from error
            if config.network_class != self.manifest.network_class:
                raise refused("Its configuration is for another class of networks.")
        if not member.name.endswith(f"/{JOURNAL_FILE}"):
            return
        earlier = member.name.startswith(f"{EARLIER_LOGS}/")
        log_id = member.name.split("/")[2] if earlier else self.manifest.log_id
        found = scan(stream, log_id=bytes.fromhex(log_id))
        if found.first_bad is not None or found.torn_bytes:
            raise refused("A journal in it is not what was written.")
        if not earlier and Head(found.size, found.tree.root().hex()) != self.manifest.head:
            raise refused("Its journal is not the one that its list of contents names.")


@contextmanager
def open_backup(file: Path, passphrase: bytearray) -> Iterator[Callable[[], Backup]]:
    """The file, opened once. The function given reads it from the start at each call.

    MalformedError for another kind of file, NotFoundError, IntegrityError VAULT_PASSPHRASE_WRONG,
    BACKUP_BROKEN, STORAGE_FAILED.
    """
    with _regular(file) as stream:

        def from_start() -> Backup:
            stream.seek(0)
            return Backup(SealedReader(stream, passphrase, format=FORMAT))

        try:
            yield from_start
        except OSError as error:
            raise storage_error(error, f"{file.name} cannot be read") from error


@contextmanager
def _regular(file: Path) -> Iterator[IO[bytes]]:
    """The open file. A pipe that nobody writes to must not hold anybody up."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise storage_error(error, f"{file.name} cannot be read") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise MalformedError(f"{file.name} is no ordinary file.")
    with os.fdopen(descriptor, "rb") as stream:
        yield stream


def check_backup(file: Path, passphrase: bytearray) -> JsonObject:
    """Read a backup through; nothing is written. {org, person, class, log_id, head, made_at, members, bytes}.

    Raises as open_backup.
    """
    with open_backup(file, passphrase) as reading:
        backup = reading()
        backup.check()
        members = backup.manifest.members
        return {
            **backup.manifest.describe(), "members": [member.name for member in members],
            "bytes": sum(member.size for member in members),
        }  # fmt: skip
