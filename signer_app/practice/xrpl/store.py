"""The practice ledger on disk: closed ledgers and what was taken in since.

``ledgers.jsonl`` is append-only, one closed ledger a line, durable before anybody hears of it.
``pending.jsonl`` has one transaction a line, durable before ``submit`` answers; it is written anew after a
close. A line without its end was never acknowledged and is cut off at the next start.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from signer_app.core.errors import ConflictError, IntegrityError, UnforeseenError
from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.ledger import ClosedLedger, header_from_json
from signer_app.practice.xrpl.values import member

try:
    import fcntl
except ImportError:  # not on Windows, where two processes in one folder stay unguarded
    fcntl = None  # type: ignore[assignment]  # the module is absent there


class Store:
    """The folder of one practice ledger. One process at a time."""

    def __init__(self, directory: Path) -> None:
        """Open or create the folder. Raises ConflictError when another process has it open."""
        directory.mkdir(parents=True, exist_ok=True)
        self._ledgers_path = directory / "ledgers.jsonl"
        self._pending_path = directory / "pending.jsonl"
        self._lock = self._take_lock(directory / "lock")
        # Everything that was opened goes again when the files cannot be read.
        with ExitStack() as opened:
            opened.callback(self._lock.close)
            self.closed = tuple(_closed_from_line(line) for line in _whole_lines(self._ledgers_path))
            self.pending = tuple(_pending_from_line(line) for line in _whole_lines(self._pending_path))
            opened.pop_all()
        self._ledgers = self._ledgers_path.open("ab")
        self._pending = self._pending_path.open("ab")

    @staticmethod
    def _take_lock(path: Path) -> BinaryIO:
        handle = path.open("ab")
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                handle.close()
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
                raise ConflictError("Another practice ledger runs in this folder.") from error
        return handle

    def append_ledger(self, closed: ClosedLedger) -> None:
        """Make a closed ledger durable."""
        line: JsonObject = {
            "header": closed.header.to_json(),
            "transactions": [blob.hex().upper() for blob in closed.blobs],
        }
        _write_durably(self._ledgers, json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def append_pending(self, blob: bytes) -> None:
        """Make a transaction durable that is in the open ledger or held."""
        _write_durably(self._pending, blob.hex().upper().encode() + b"\n")

    def replace_pending(self, blobs: Iterable[bytes]) -> None:
        """Keep only these transactions as pending, in this order."""
        temporary = self._pending_path.with_suffix(".new")
        with temporary.open("wb") as handle:
            _write_durably(handle, b"".join(blob.hex().upper().encode() + b"\n" for blob in blobs))
        self._pending.close()
        temporary.replace(self._pending_path)
        self._pending = self._pending_path.open("ab")

    def close(self) -> None:
        """Close the files and let another process in."""
        for handle in (self._ledgers, self._pending, self._lock):
            handle.close()


def _write_durably(handle: BinaryIO, data: bytes) -> None:
    """Raises IntegrityError; the practice ledger then stops, since memory is ahead of the file."""
    try:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    except OSError as error:
        code = "STORAGE_FULL" if error.errno == errno.ENOSPC else "STORAGE_FAILED"
        raise IntegrityError(
            f"The practice ledger cannot be written: {error.strerror}.", code=code
        ) from error


def _whole_lines(path: Path) -> list[bytes]:
    """The lines that have their end; what follows the last end is cut off the file."""
    if not path.exists():
        return []
    data = path.read_bytes()
    end = data.rfind(b"\n") + 1
    if end != len(data):
        with path.open("r+b") as handle:
            handle.truncate(end)
            os.fsync(handle.fileno())
    return data[:end].splitlines()


def _changed(path: str) -> IntegrityError:
    return IntegrityError(f"The practice ledger's file {path} was changed.", code="STORAGE_FAILED")


def _closed_from_line(line: bytes) -> ClosedLedger:
    try:
        data: object = json.loads(line)
        if not isinstance(data, dict) or not isinstance(data.get("transactions"), list):
            raise _changed("ledgers.jsonl")
        blobs = tuple(bytes.fromhex(item) for item in data["transactions"])
        return ClosedLedger(header_from_json(member(data, "header")), blobs)
    except (ValueError, TypeError, UnforeseenError) as error:
        raise _changed("ledgers.jsonl") from error


def _pending_from_line(line: bytes) -> bytes:
    try:
        return bytes.fromhex(line.decode())
    except ValueError as error:
        raise _changed("pending.jsonl") from error
