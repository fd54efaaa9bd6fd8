"""Reading a passphrase from a file or a terminal into a buffer that can be wiped.

A passphrase is the bytes as given, without line ending: it is never decoded, printed or put into an error.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from signer_app.core.errors import MalformedError, UsageError
from signer_app.vault.files import storage_error
from signer_app.vault.kdf import wipe

MAX_BYTES = 1024


def read_passphrase_file(path: Path) -> bytearray:
    """The first line of ``path``, of 1 to 1024 bytes. Links and pipes are allowed: the person named this
    path.

    Raises NotFoundError, IntegrityError STORAGE_FAILED, MalformedError TOO_LARGE, UsageError
    PASSPHRASE_REQUIRED.
    """
    buffer = bytearray(MAX_BYTES + 2)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            size = _fill(descriptor, buffer)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise storage_error(error, "The passphrase file cannot be read") from error
    return _first_line(buffer, size)


def is_exposed(path: Path) -> bool:
    """Whether others than the owner may read the file: worth a warning, since a secret is in it.

    False for what is no regular file (a pipe of the shell) or cannot be looked at.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and bool(stat.S_IMODE(mode) & 0o044)


def prompt_passphrase(label: str) -> bytearray:
    """Ask at the controlling terminal without echo. Raises UsageError PASSPHRASE_REQUIRED without a
    terminal.
    """
    try:
        descriptor = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"{label} is needed.", code="PASSPHRASE_REQUIRED") from error
    buffer = bytearray(MAX_BYTES + 2)
    try:
        size = _read_hidden(descriptor, f"{label}: ", buffer)
    finally:
        os.close(descriptor)
    return _first_line(buffer, size)


def _read_hidden(descriptor: int, prompt: str, buffer: bytearray) -> int:
    if sys.platform == "win32":  # pragma: no cover - the terminal of this system is another one
        raise UsageError("Give the passphrase as a file.", code="PASSPHRASE_REQUIRED")
    import termios  # noqa: PLC0415 - a module that Windows does not have

    before = termios.tcgetattr(descriptor)
    hidden = termios.tcgetattr(descriptor)
    hidden[3] &= ~termios.ECHO
    try:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, hidden)
        os.write(descriptor, prompt.encode("utf-8"))
        size = _fill(descriptor, buffer)
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
        os.write(descriptor, b"\n")
    return size


def _fill(descriptor: int, buffer: bytearray) -> int:
    """Read up to the first line end, the end or a full buffer; returns the number of bytes."""
    size = 0
    view = memoryview(buffer)
    while size < len(buffer):
        count = os.readv(descriptor, [view[size:]])
        if count == 0:
            break
        size += count
        if b"\n" in buffer:
            break
    return size


def _first_line(buffer: bytearray, size: int) -> bytearray:
    end = buffer.find(b"\n", 0, size)
    line = buffer[: size if end < 0 else end]
    if line.endswith(b"\r"):
        line.pop()
    wipe(buffer)
    if not line:
        raise UsageError("The passphrase is empty.", code="PASSPHRASE_REQUIRED")
    if len(line) > MAX_BYTES:
        wipe(line)
        raise MalformedError(f"A passphrase has at most {MAX_BYTES} bytes.", code="TOO_LARGE")
    return line
