"""keys/<id>.json: one sealed private key (DESIGN section 4). Only the keystore child opens the seal.

File: {format, id, purpose, curve, public_key, kdf, check, sealed, checksum}. All but the last two are the
header, which the seal authenticates. All keys of a folder share one passphrase and one salt, so that
unlocking hashes the passphrase once; each file's seal has its own key, derived with the key's id.
vault.json opens none of them.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from signer_app.core.errors import ConflictError, CountersignError, MalformedError, SignerError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.signers.keystore.curves import PUBLIC_BYTES, Curve, public_key
from signer_app.signers.port import DEVICE_KEY_ID
from signer_app.vault.files import atomic_write, read_bounded
from signer_app.vault.kdf import KdfParameters, subkey, wipe
from signer_app.vault.sealing import decode_file, encode_file, seal, unseal

FORMAT: Final = "countersign/key@1"
ATTEMPTS_FILE: Final = "attempts.json"
MAX_KEYS: Final = 256
_LIMIT: Final = 16 * 1024
_ID: Final = re.compile(r"[a-z0-9-]{1,64}")
_HEADER_KEYS: Final = {"format", "id", "purpose", "curve", "public_key", "kdf", "check"}
_CHECK: Final = re.compile(r"[0-9a-f]{32}")


class Purpose(StrEnum):
    """A chain key signs transactions only; the device key signs statements and receipts only."""

    CHAIN = "chain"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file as read: everything but the private key, which stays sealed. ``public_key`` is raw bytes."""

    id: str
    purpose: Purpose
    curve: Curve
    public_key: bytes
    kdf: KdfParameters
    check: str
    sealed: JsonValue

    def header(self) -> JsonObject:
        """The authenticated part."""
        return {
            "format": FORMAT,
            "id": self.id,
            "purpose": self.purpose.value,
            "curve": self.curve.value,
            "public_key": self.public_key.hex(),
            "kdf": self.kdf.to_json(),
            "check": self.check,
        }

    def opens_with(self, wrap: bytearray) -> bool:
        """Whether ``wrap`` comes from the right passphrase."""
        return hmac.compare_digest(self.check, check_value(wrap))

    def open(self, wrap: bytearray) -> bytearray:
        """The private key. Raises SignerError KEY_FILE_BROKEN where seal or public key do not fit."""
        try:
            private = unseal(_seal_key(wrap, self.id), self.sealed, self.header())
            if public_key(self.curve, private) != self.public_key:
                wipe(private)
                raise MalformedError("The public key belongs to another private key.")
        except MalformedError as error:
            raise broken(self.id, error.message) from error
        return private


def check_id(key_id: str, purpose: Purpose) -> str:
    """Raises UsageError unless ``key_id`` is usable: [a-z0-9-]{1,64}; "device" is the device key's, and
    only its.
    """
    if not _ID.fullmatch(key_id) or f"{key_id}.json" == ATTEMPTS_FILE:
        raise UsageError("A key id has 1 to 64 characters of a-z, 0-9 and hyphen, and is not 'attempts'.")
    if (key_id == DEVICE_KEY_ID) != (purpose is Purpose.DEVICE):
        raise UsageError("The id 'device' is the device key's, and only its.")
    return key_id


def check_value(wrap: bytearray) -> str:
    """Tells a wrong passphrase from a changed file; no easier to guess against than the seal."""
    return subkey(wrap, "countersign/key/check@1")[:16].hex()


def _seal_key(wrap: bytearray, key_id: str) -> bytes:
    return subkey(wrap, f"countersign/key/seal@1/{key_id}")


def write_key_file(
    folder: Path,
    *,
    key_id: str,
    purpose: Purpose,
    curve: Curve,
    private: bytearray,
    wrap: bytearray,
    kdf: KdfParameters,
) -> KeyFile:
    """Seal ``private`` and write keys/<id>.json, durable on return.

    Raises ConflictError EXISTS, UsageError, MalformedError (no key of the curve), IntegrityError STORAGE_*.
    """
    path = folder / f"{check_id(key_id, purpose)}.json"
    if path.exists() or path.is_symlink():
        raise ConflictError(f"There is a key {key_id} already.", code="EXISTS")
    bare = KeyFile(key_id, purpose, curve, public_key(curve, private), kdf, check_value(wrap), None)
    sealed = seal(_seal_key(wrap, key_id), private, bare.header())
    atomic_write(path, encode_file({**bare.header(), "sealed": sealed}), failpoints="keyfile")
    return read_key_file(path)


def read_key_file(path: Path) -> KeyFile:
    """Read one file without opening its seal. Raises SignerError KEY_FILE_BROKEN for any deviation."""
    key_id = path.name.removesuffix(".json")
    try:
        content = decode_file(read_bounded(path, _LIMIT))
        return _parse(content, key_id)
    except CountersignError as error:
        raise broken(key_id, error.message) from error


def read_folder(folder: Path) -> list[KeyFile]:
    """Every key file of a folder, by id. Raises SignerError KEY_FILE_BROKEN if one cannot be read."""
    paths = sorted(path for path in folder.glob("*.json") if path.name != ATTEMPTS_FILE)
    if len(paths) > MAX_KEYS:
        raise broken("keys", f"There are more than {MAX_KEYS} key files.")
    return [read_key_file(path) for path in paths]


def _parse(content: JsonObject, key_id: str) -> KeyFile:
    if set(content) != _HEADER_KEYS | {"sealed"} or content["format"] != FORMAT:
        raise MalformedError("It is no key file of this version.")
    if content["id"] != key_id or not _ID.fullmatch(key_id):
        raise MalformedError("Its name is not the id that it holds.")
    try:
        purpose, curve = Purpose(str(content["purpose"])), Curve(str(content["curve"]))
    except ValueError as error:
        raise MalformedError("It names an unknown purpose or curve.") from error
    public, check = content["public_key"], content["check"]
    if not isinstance(public, str) or not re.fullmatch(r"(?:[0-9a-f]{2}){32,33}", public):
        raise MalformedError("Its public key has the wrong form.")
    if len(public) != 2 * PUBLIC_BYTES[curve] or not isinstance(check, str) or not _CHECK.fullmatch(check):
        raise MalformedError("Its public key or check value has the wrong length.")
    kdf = KdfParameters.from_json(content["kdf"])
    return KeyFile(key_id, purpose, curve, bytes.fromhex(public), kdf, check, content["sealed"])


def broken(key_id: str, reason: str) -> SignerError:
    """The error for a key file that is not as it was written."""
    return SignerError(
        f"The key file {key_id[:64]} cannot be used. {reason}",
        code="KEY_FILE_BROKEN",
        details={"id": key_id[:64]},
    )
