"""Checkpoints as C2SP signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint; CONTRACTS E).

A note is three lines of text (origin, size, root), an empty line and signature lines. The signed bytes
are the three lines with their line feeds. A key id is the first 4 bytes of SHA-256(name || LF || 0x01 ||
public key).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signer_app.core.errors import MalformedError

_DASH: Final = "\u2014 "
_DASH_BYTES: Final = _DASH.encode()
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_ORIGIN = re.compile(r"[^/\n]{1,128}/([0-9a-f]{32})")
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,128}")


class SignatureState(Enum):
    """What can be said of the signatures of a note against a list of device keys."""

    VALID = "valid"
    UNKNOWN = "unknown"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A person's Ed25519 public key, 32 bytes."""

    person: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the name, the 4-byte key id and what follows it."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed note. ``root`` is 32 bytes."""

    origin: str
    log_id: str
    size: int
    root: bytes
    signatures: tuple[NoteSignature, ...]

    def signed_bytes(self) -> bytes:
        """The three lines."""
        return note_text(self.origin, self.size, self.root)

    def to_text(self) -> str:
        """The whole note."""
        lines = "".join(
            f"{_DASH}{item.name} {base64.b64encode(item.key_id + item.signature).decode('ascii')}\n"
            for item in self.signatures
        )
        return self.signed_bytes().decode("utf-8") + "\n" + lines

    def check(self, keys: Sequence[DeviceKey]) -> SignatureState:
        """VALID if one known key signed, BAD if one that names a known key does not verify, else UNKNOWN."""
        known = {(key.person, key_id(key.person, key.public_key)): key.public_key for key in keys}
        state = SignatureState.UNKNOWN
        for item in self.signatures:
            public_key = known.get((item.name, item.key_id))
            if public_key is None:
                continue
            if not verify_signature(public_key, item.signature, self.signed_bytes()):
                return SignatureState.BAD
            state = SignatureState.VALID
        return state


def is_name(text: str) -> bool:
    """True if ``text`` can name a key in a note: no white space, plus sign or control character."""
    return _NAME.fullmatch(text) is not None


def note_text(origin: str, size: int, root: bytes) -> bytes:
    """The bytes that are signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode('ascii')}\n".encode()


def key_id(name: str, public_key: bytes) -> bytes:
    """Key id of an Ed25519 key under this name."""
    return hashlib.sha256(name.encode("utf-8") + b"\n\x01" + public_key).digest()[:4]


def verify_signature(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """True if the Ed25519 signature is valid."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A concatenation of notes: the good ones with their bytes, how many are malformed, and the open end."""

    notes: tuple[tuple[Checkpoint, bytes], ...]
    malformed: int
    #: Bytes after the last finished note: a note that was being written.
    open_bytes: int


def read_notes(data: bytes) -> NoteFile:
    """Read a checkpoints.log. Each finished note is judged on its own, so a damaged one hides no other."""
    notes: list[tuple[Checkpoint, bytes]] = []
    malformed = 0
    block: list[bytes] = []
    finished = 0
    lines = data.split(b"\n")[:-1]
    for line, following in zip(lines, [*lines[1:], b""], strict=False):
        block.append(line)
        if not line.startswith(_DASH_BYTES) or following.startswith(_DASH_BYTES):
            continue
        raw = b"".join(item + b"\n" for item in block)
        try:
            notes.append((_read_note(block), raw))
        except MalformedError:
            malformed += 1
        finished += len(raw)
        block = []
    return NoteFile(tuple(notes), malformed, len(data) - finished)


def _read_note(block: list[bytes]) -> Checkpoint:
    lines = [_utf8(line) for line in block]
    if len(lines) < 5:
        raise MalformedError("A checkpoint has three lines, an empty one and signatures.")
    origin, size, root, blank = lines[:4]
    match = _ORIGIN.fullmatch(origin)
    if match is None or not _SIZE.fullmatch(size) or blank:
        raise MalformedError("A checkpoint does not have the form <org>/<log id>, size, root.")
    root_bytes = _base64(root)
    if len(root_bytes) != 32:
        raise MalformedError("A checkpoint's root is not 32 bytes.")
    return Checkpoint(
        origin=origin, log_id=match.group(1), size=int(size), root=root_bytes,
        signatures=tuple(_read_signature(line) for line in lines[4:]),
    )  # fmt: skip


def _read_signature(line: str) -> NoteSignature:
    name, separator, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not separator or not is_name(name):
        raise MalformedError("A checkpoint's signature line is malformed.")
    payload = _base64(encoded)
    if len(payload) < 5:
        raise MalformedError("A checkpoint's signature is too short.")
    return NoteSignature(name=name, key_id=payload[:4], signature=payload[4:])


def _base64(text: str) -> bytes:
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise MalformedError("A checkpoint holds something that is not base64.") from error
    if base64.b64encode(value).decode("ascii") != text:
        raise MalformedError("A checkpoint holds base64 that is not in its one form.")
    return value


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("A checkpoint is not UTF-8.") from error
