"""One large sealed file, written and read piece by piece: Argon2id over a passphrase, AES-256-GCM chunks.

File: header line || chunks. The header line is RFC 8785 JSON {check, format, kdf} and one LF. Every chunk but
the last holds 1 MiB of plaintext, the last at least one byte (none where the whole is empty), each followed
by its tag of 16 bytes. Chunk i, counted from 0: nonce = i as 11 bytes, big-endian, and one byte that is 1 for
the last chunk, else 0; the header line is the associated data. So nothing can be changed, moved, cut off or
added. The salt is drawn for each file, and with it the key; no nonce is ever used twice.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.errors import IntegrityError, MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.vault.kdf import KdfParameters, combine, derive, subkey, wipe

CHUNK: Final = 1024 * 1024
TAG_BYTES: Final = 16
#: Of the header line, its LF included.
HEADER_LIMIT: Final = 4096
_CHECK: Final = re.compile(r"[0-9a-f]{32}")


class Source(Protocol):
    """Where a sealed stream is read from: an open file."""

    def read(self, size: int, /) -> bytes: ...

    def readline(self, size: int, /) -> bytes: ...


class SealedWriter:
    """Seals what is written. ``finish`` makes the file whole; one without it is refused by every reader."""

    def __init__(
        self, put: Callable[[bytes], None], passphrase: bytearray, *, format: str, kdf: KdfParameters
    ) -> None:
        """``put`` takes the file's bytes in order; ``kdf`` must have a salt that no other file has.

        Raises UsageError PASSPHRASE_REQUIRED, IntegrityError OUT_OF_MEMORY, and what ``put`` raises.
        """
        key = _key(format, kdf, passphrase)
        self._header = _header_line({"check": _check(format, key), "format": format, "kdf": kdf.to_json()})
        self._cipher, self._put = AESGCM(key), put
        self._number, self._waiting = 0, bytearray()
        put(self._header)

    def write(self, data: bytes) -> None:
        """Add plaintext. Raises what ``put`` raises."""
        self._waiting += data
        while len(self._waiting) > CHUNK:  # what may be the last chunk waits
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        """Write the last chunk. Raises what ``put`` raises."""
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, data: bytes, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, last=last), data, self._header))
        self._number += 1


class SealedReader:
    """The plaintext of a sealed stream, in order. A chunk is given out only after its tag was checked."""

    def __init__(self, source: Source, passphrase: bytearray, *, format: str) -> None:
        """Raises MalformedError (another kind of file), IntegrityError VAULT_PASSPHRASE_WRONG,
        OUT_OF_MEMORY, UsageError PASSPHRASE_REQUIRED, OSError.
        """
        self._header = source.readline(HEADER_LIMIT)
        kdf, check = _read_header(self._header, format)
        key = _key(format, kdf, passphrase)
        if not hmac.compare_digest(_check(format, key), check):
            raise IntegrityError("The passphrase does not open this file.", code="VAULT_PASSPHRASE_WRONG")
        self._cipher, self._source = AESGCM(key), source
        self._number, self._ready = 0, b""
        self._next = source.read(CHUNK + TAG_BYTES)
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes, b"" at the end. IntegrityError BACKUP_BROKEN where the file was changed
        or is not whole; OSError.
        """
        if not self._ready and not self._ended:
            self._open_next()
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def exactly(self, size: int) -> bytes:
        """Just ``size`` bytes. IntegrityError BACKUP_BROKEN where there are fewer; OSError."""
        parts: list[bytes] = []
        while size > 0:
            part = self.read(size)
            if not part:
                raise broken_file()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _open_next(self) -> None:
        sealed, self._next = self._next, self._source.read(CHUNK + TAG_BYTES)
        self._ended = not self._next
        try:
            self._ready = self._cipher.decrypt(_nonce(self._number, last=self._ended), sealed, self._header)
        except (InvalidTag, ValueError) as error:  # ValueError: shorter than a tag
            raise broken_file() from error
        if not self._ready and self._number:
            raise broken_file()
        self._number += 1


def broken_file() -> IntegrityError:
    """Damage and tampering look the same."""
    return IntegrityError("The backup was changed or is not whole.", code="BACKUP_BROKEN")


def _key(format: str, kdf: KdfParameters, passphrase: bytearray) -> bytes:
    hashed = derive(kdf, passphrase)
    try:
        return subkey(combine(hashed), f"{format}/key")
    finally:
        wipe(hashed)


def _check(format: str, key: bytes) -> str:
    """Tells a wrong passphrase from a changed file; no easier to guess against than the seal."""
    return subkey(key, f"{format}/check")[:16].hex()


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _header_line(header: JsonObject) -> bytes:
    return canonical(header) + b"\n"


def _read_header(line: bytes, format: str) -> tuple[KdfParameters, str]:
    try:
        header = read_json_object(line)
        check = header.get("check")
        good = set(header) == {"check", "format", "kdf"} and header["format"] == format
        if good and isinstance(check, str) and _CHECK.fullmatch(check) and _header_line(header) == line:
            return KdfParameters.from_json(header["kdf"]), check
    except MalformedError as error:
        raise MalformedError(f"The file is no {format}. {error.message}") from error
    raise MalformedError(f"The file is no {format}.")
