"""Small files that must never be half written: atomic replacement, bounded reads, private folders.

Symbolic links are refused, because a link in the place of a vault or key file would let somebody choose where
secrets are written or read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from signer_app.core.errors import CountersignError, IntegrityError, MalformedError, NotFoundError
from signer_app.core.failpoints import failpoint

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_READ_CHUNK = 64 * 1024


def storage_error(error: OSError, what: str) -> CountersignError:
    """The error of a failed system call: NOT_FOUND, STORAGE_FULL or STORAGE_FAILED with the errno's name."""
    number = error.errno or 0
    details = {"errno": errno.errorcode.get(number, str(number))}
    message = f"{what}: {os.strerror(number)}."
    if number == errno.ENOENT:
        return NotFoundError(message)
    if number in _FULL:
        return IntegrityError(message, code="STORAGE_FULL", details={**details})
    return IntegrityError(message, code="STORAGE_FAILED", details={**details})


class NewFile:
    """A file that does not have its name yet (replacing)."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        """Add bytes at the end. Raises OSError."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def sync(self) -> None:
        """Make what was written durable. Raises OSError."""
        os.fsync(self._descriptor)


@contextmanager
def replacing(path: Path, mode: int = PRIVATE_FILE, *, failpoints: str = "file") -> Iterator[NewFile]:
    """Write a file piece by piece. It takes the place of ``path`` when the block ends well, durably; else the
    old content stays, and nothing is left behind. After a crash the old or the new one is there, whole.

    A ``<failpoints>.temp_written`` and a ``<failpoints>.replaced`` failpoint stand around the replacement.
    An OSError in the block becomes IntegrityError STORAGE_FULL or STORAGE_FAILED, NotFoundError where the
    folder is missing.
    """
    # A fixed name: one left behind by a crash is taken over by the next write instead of piling up.
    temporary = path.with_name(f".{path.name}.tmp")
    done = False
    try:
        _refuse_link(path)
        temporary.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(temporary, flags, mode)
        try:
            file = NewFile(descriptor)
            yield file
            file.sync()
        finally:
            os.close(descriptor)
        failpoint(f"{failpoints}.temp_written")
        temporary.replace(path)
        done = True
        failpoint(f"{failpoints}.replaced")
        sync_folder(path.parent)
    except OSError as error:
        raise storage_error(error, f"{path.name} cannot be written") from error
    finally:
        if not done:
            _discard(temporary)


def atomic_write(path: Path, data: bytes, mode: int = PRIVATE_FILE, *, failpoints: str = "file") -> None:
    """Replace ``path`` by ``data``; as replacing(), in one piece."""
    with replacing(path, mode, failpoints=failpoints) as file:
        file.write(data)


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner reads. FileExistsError where there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


def _refuse_link(path: Path) -> None:
    """Only a regular file is replaced: a link would lead elsewhere, a device or pipe would be gone."""
    if path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no regular file")


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the write's own error is the one to report


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_bounded(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most ``limit`` bytes.

    Raises NotFoundError, MalformedError TOO_LARGE, IntegrityError STORAGE_FAILED (unreadable, a link, no
    file).
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
            data = _read_up_to(descriptor, limit + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise storage_error(error, f"{path.name} cannot be read") from error
    if len(data) > limit:
        raise MalformedError(f"{path.name} has more than {limit} bytes.", code="TOO_LARGE")
    return data


def _read_up_to(descriptor: int, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit
    while left > 0 and (part := os.read(descriptor, min(left, _READ_CHUNK))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def private_folder(path: Path) -> None:
    """Make ``path`` a folder that only its owner can enter (0700), creating it if missing.

    Raises IntegrityError STORAGE_FAILED where it is a link, no folder, or belongs to somebody else.
    """
    try:
        path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
                os.fchmod(descriptor, PRIVATE_FOLDER)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise storage_error(error, f"The folder {path.name} cannot be used") from error
