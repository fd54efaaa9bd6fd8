"""The open files of one log: folder, lock, journal descriptor, log.json and keys; made or found."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from signer_app.core.errors import ConflictError, IntegrityError
from signer_app.journal import files
from signer_app.journal.epochs import EpochKeys, check_wrap_key, read_epochs
from signer_app.journal.loginfo import LogInfo, read_log_info, write_log_info
from signer_app.journal.records import LOG_ID_BYTES


@dataclass(slots=True)
class OpenLog:
    """What an open journal holds of the system. ``close`` gives descriptor and lock back. Who looks only has
    no lock.
    """

    folder: Path
    info: LogInfo
    epochs: EpochKeys
    lock: int | None
    descriptor: int
    closed: bool = False

    def close(self) -> None:
        """Harmless the second time."""
        if not self.closed:
            self.closed = True
            os.close(self.descriptor)
            if self.lock is not None:
                os.close(self.lock)

    @contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """Close unless the block ends well; a failed system call becomes IntegrityError STORAGE_*."""
        good = False
        try:
            yield
            good = True
        except OSError as error:
            raise files.storage_error(error, "The journal cannot be opened") from error
        finally:
            if not good:
                self.close()


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """The lock, kept if the block ends well."""
    lock = files.lock_folder(folder)
    good = False
    try:
        yield lock
        good = True
    except OSError as error:
        raise files.storage_error(error, "The journal cannot be opened") from error
    finally:
        if not good:
            os.close(lock)


def start_log(folder: Path, wrap_key: bytes, keys: Sequence[tuple[str, bytes]]) -> OpenLog:
    """Make log.json, epochs.jsonl and an empty journal file. ``keys``: (person, device public key).

    Raises ConflictError EXISTS or WORKSPACE_LOCKED, UsageError, IntegrityError STORAGE_*.
    """
    check_wrap_key(wrap_key)
    info = LogInfo(os.urandom(LOG_ID_BYTES), ())
    for person, public_key in keys:
        info = info.with_key(person, public_key)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.sync_folder(folder.parent)
    except OSError as error:
        raise files.storage_error(error, "The journal's folder cannot be made") from error
    path = folder / files.JOURNAL_FILE
    with _locked(folder) as lock:
        if os.path.lexists(path) and (path.is_symlink() or path.stat().st_size > 0):
            raise ConflictError("There is a journal in this folder already.", code="EXISTS")
        path.unlink(missing_ok=True)  # empty: an earlier start did not come far
        write_log_info(folder, info)
        epochs = EpochKeys(folder, info.log_id, wrap_key)
        epochs.add()
        descriptor = files.open_append(path, create=True)
        files.sync_folder(folder)
        return OpenLog(folder, info, epochs, lock, descriptor)


def open_log(folder: Path, wrap_key: bytes) -> OpenLog:
    """Lock a log, read its log.json and keys, open its journal file.

    Raises ConflictError WORKSPACE_LOCKED, IntegrityError JOURNAL_BROKEN or STORAGE_*.
    """
    with _locked(folder) as lock:
        info = _known(folder)
        epochs = read_epochs(folder, info.log_id, wrap_key)
        descriptor = files.open_append(folder / files.JOURNAL_FILE, create=False)
        return OpenLog(folder, info, epochs, lock, descriptor)


def look_at_log(folder: Path, wrap_key: bytes) -> OpenLog:
    """As open_log, without the lock and for reading only; another process may be writing. Raises
    IntegrityError JOURNAL_BROKEN or STORAGE_*.
    """
    info = _known(folder)
    epochs = read_epochs(folder, info.log_id, wrap_key)
    try:
        descriptor = files.open_read(folder / files.JOURNAL_FILE)
    except OSError as error:
        raise files.storage_error(error, "The journal cannot be opened") from error
    return OpenLog(folder, info, epochs, None, descriptor)


def _known(folder: Path) -> LogInfo:
    info = read_log_info(folder)
    if info is None:
        raise IntegrityError("The journal's log.json is missing.")
    return info
