"""One Countersign at a time in a workspace: an advisory lock on <workspace>/.lock.

The kernel frees the lock when its process ends, however it ends, so a live lock is never broken and a dead
one never stays. The pid in the file is for people only.
"""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from types import TracebackType

from signer_app.core.errors import ConflictError
from signer_app.core.json_types import JsonValue
from signer_app.vault.files import PRIVATE_FILE, storage_error

LOCK_FILE = ".lock"


class WorkspaceLock:
    """Held from acquire() to release(), or as a context manager."""

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / LOCK_FILE
        self._descriptor: int | None = None

    def acquire(self) -> WorkspaceLock:
        """Take the lock or fail at once.

        Raises ConflictError WORKSPACE_LOCKED (details: pid of the holder, if known), NotFoundError where the
        folder is missing, IntegrityError STORAGE_FAILED.
        """
        if self._descriptor is not None:
            return self
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._path, flags, PRIVATE_FILE)
        except OSError as error:
            raise storage_error(error, "The workspace cannot be locked") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        except OSError as error:
            holder = _holder(descriptor)
            os.close(descriptor)
            if error.errno in {errno.EAGAIN, errno.EACCES}:
                details: dict[str, JsonValue] = {} if holder is None else {"pid": holder}
                raise ConflictError(
                    "Another Countersign has this workspace open.", code="WORKSPACE_LOCKED", details=details
                ) from error
            raise storage_error(error, "The workspace cannot be locked") from error
        self._descriptor = descriptor
        return self

    def release(self) -> None:
        """Free the lock. The file stays: removing it would let two processes lock two files of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> WorkspaceLock:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _holder(descriptor: int) -> int | None:
    text = os.pread(descriptor, 20, 0).strip()
    return int(text) if text.isdigit() else None
