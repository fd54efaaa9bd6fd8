"""The few system calls of the journal: open, write, sync, replace, lock.

POSIX; every call states its durability.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from signer_app.core.errors import ConflictError, IntegrityError
from signer_app.core.failpoints import armed, failpoint

JOURNAL_FILE: Final = "audit-events.jsonl"
LOG_FILE: Final = "log.json"
EPOCHS_FILE: Final = "epochs.jsonl"
CHECKPOINTS_FILE: Final = "checkpoints.log"
ANCHORS_FILE: Final = "anchors.log"
LOCK_FILE: Final = ".lock"

_PRIVATE: Final = 0o600
#: A symlink in the place of a journal file would let somebody choose where records go.
_APPEND: Final = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


def storage_error(error: OSError, what: str, *, poisoned: bool = False) -> IntegrityError:
    """STORAGE_FULL, or JOURNAL_POISONED (after a failed write of the journal), else STORAGE_FAILED."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    code = "STORAGE_FULL" if full else "JOURNAL_POISONED" if poisoned else "STORAGE_FAILED"
    reason = errno.errorcode.get(error.errno or 0, "unknown")
    return IntegrityError(f"{what}: {os.strerror(error.errno or 0)}.", code=code, details={"errno": reason})


def open_append(path: Path, *, create: bool) -> int:
    """A descriptor that only ever writes at the end. ``create``: the file must not exist yet.

    Raises OSError.
    """
    flags = _APPEND | (os.O_CREAT | os.O_EXCL if create else 0)
    return os.open(path, flags, _PRIVATE)


def open_read(path: Path) -> int:
    """A descriptor that reads and never writes. Raises OSError."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)


def size_of(descriptor: int) -> int:
    """Bytes of an open file that is only appended to and read at offsets. Raises OSError."""
    return os.lseek(descriptor, 0, os.SEEK_END)  # cheaper than fstat, and the position is not used


#: Writes at the end of a file that is ``at`` bytes long and says how many bytes it took.
_Put: TypeAlias = Callable[[int, "bytes | memoryview", int], int]
#: The flag of a write that is durable when it returns; None where the system has no such write.
_DURABLE: int | None = getattr(os, "RWF_DSYNC", None)


def _put(descriptor: int, data: bytes | memoryview, _at: int) -> int:
    return os.write(descriptor, data)


def _put_durably(descriptor: int, data: bytes | memoryview, at: int) -> int:
    return os.pwritev(descriptor, (data,), at, _DURABLE or 0)


def write_durably(descriptor: int, data: bytes, *, start: int) -> None:
    """As write_all, and durable on return: bytes and size. Raises OSError; what was written then is unknown.

    One call where the system has it (pwritev2 with RWF_DSYNC, which does what fdatasync would do for these
    bytes), because each call that waits is a chance to lose the processor; else a write and a sync.
    """
    if _DURABLE is not None:
        try:
            write_all(descriptor, data, start=start, put=_put_durably)
        except OSError as error:
            # Said before anything is written, by file systems and sandboxes that know no such flag.
            if error.errno not in {errno.EOPNOTSUPP, errno.ENOSYS}:
                raise
        else:
            return
    write_all(descriptor, data, start=start)
    sync_data(descriptor)


def write_all(descriptor: int, data: bytes, *, start: int, put: _Put = _put) -> None:
    """Write every byte at the end of a file of ``start`` bytes; the kernel may take fewer at a time.

    Before going on after a short write, and at the end, the file's size must tell the same: going on after a
    lost piece would leave a line that looks finished and is wrong. Raises OSError.
    """
    end, done = start + len(data), put(descriptor, data, start)
    while start + done < end:
        taken = 0
        if size_of(descriptor) == start + done:
            taken = put(descriptor, memoryview(data)[done:], start + done)
        if taken == 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        done += taken
    if size_of(descriptor) != end:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def sync_data(descriptor: int) -> None:
    """Make the file's bytes and size durable. Raises OSError."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:
        # macOS: fsync alone stops at the drive's cache; the constant exists only there.
        fcntl.fcntl(descriptor, getattr(fcntl, "F_FULLFSYNC"))  # noqa: B009


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create_file(path: Path, data: bytes) -> None:
    """A new durable file, 0600. Raises FileExistsError, OSError."""
    descriptor = open_append(path, create=True)
    try:
        write_all(descriptor, data, start=0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that a reader or a crash sees the old or the new one, never half. Raises OSError."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    create_file(temporary, data)
    temporary.replace(path)
    sync_folder(path.parent)


def append_file(path: Path, data: bytes, *, failpoints: str = "file") -> None:
    """Add bytes to a file (made if missing), durable on return. Raises OSError.

    Failpoints ``<failpoints>.before_append``, ``.half`` (half of the bytes are there) and ``.appended``.
    """
    failpoint(f"{failpoints}.before_append")
    try:
        descriptor = open_append(path, create=False)
    except FileNotFoundError:
        create_file(path, data)
        return
    try:
        start = os.fstat(descriptor).st_size
        if armed(f"{failpoints}.half"):
            half = data[: len(data) // 2]
            write_all(descriptor, half, start=start)
            failpoint(f"{failpoints}.half")
            data, start = data[len(half) :], start + len(half)
        write_durably(descriptor, data, start=start)
    finally:
        os.close(descriptor)
    failpoint(f"{failpoints}.appended")


def read_file(path: Path, *, limit: int) -> bytes:
    """At most ``limit`` bytes; a missing file is empty. Raises IntegrityError STORAGE_FAILED."""
    try:
        with path.open("rb") as stream:
            return stream.read(limit)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise storage_error(error, f"{path.name} cannot be read") from error


def lock_folder(folder: Path) -> int:
    """Take the one writer's lock of a journal folder; closing the descriptor gives it back.

    The lock is on a file of its own: replacing or truncating the journal never loses it.
    Raises ConflictError WORKSPACE_LOCKED, IntegrityError STORAGE_FAILED.
    """
    try:
        descriptor = os.open(
            folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _PRIVATE
        )
    except OSError as error:
        raise storage_error(error, "The journal's lock file cannot be opened") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            raise ConflictError("Another process writes to this journal.", code="WORKSPACE_LOCKED") from error
        raise storage_error(error, "The journal's lock cannot be taken") from error
    return descriptor
