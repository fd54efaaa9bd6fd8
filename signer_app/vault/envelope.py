"""vault.json: what opens the store and the journal, under one passphrase (DESIGN section 4).

A random 256-bit vault key is wrapped by a key made of Argon2id(passphrase) and, if the vault was made so,
of a 32-byte half in the system's keyring; file or keyring alone opens nothing. The header, with the cost of
hashing, is authenticated by the wrap. All other keys are derived from the vault key by purpose. ``state``
is a sealed section for what must not be rolled back unseen: the journal's head, the highest policy version.

File: {header: {format, id, kdf, keyring, check}, sealed_key, state, checksum}; ``check`` tells a wrong
passphrase from a changed file and gives a guesser nothing that the seal itself does not.
"""

from __future__ import annotations

import hmac
import os
import threading
from enum import StrEnum
from pathlib import Path
from typing import Final

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.errors import ConflictError, IntegrityError, MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.vault.files import atomic_write, private_folder, read_bounded
from signer_app.vault.kdf import KEY_BYTES, KdfParameters, combine, derive, subkey, wipe
from signer_app.vault.keyring_half import KeyringHalf
from signer_app.vault.sealing import decode_file, encode_file, seal, unseal

FORMAT: Final = "countersign/vault@1"
_LIMIT: Final = 1024 * 1024
_HEADER_KEYS: Final = {"format", "id", "kdf", "keyring", "check"}


class Purpose(StrEnum):
    """What a derived key is for; the value is its HKDF label."""

    STORE = "countersign/vault/store@1"
    JOURNAL_WRAP = "countersign/vault/journal-wrap@1"
    HEAD_MAC = "countersign/vault/head-mac@1"
    DRAFTS = "countersign/vault/drafts@1"


_STATE_LABEL: Final = "countersign/vault/state@1"


class Vault:
    """An open vault. Holds the vault key until close(); safe to use from several threads."""

    def __init__(self, path: Path, header: JsonObject, sealed_key: JsonValue, key: bytearray) -> None:
        """Not for callers: use create or open."""
        self._path = path
        self._header = header
        self._sealed_key = sealed_key
        self._key = key
        self._state: JsonObject = {}
        self._lock = threading.Lock()
        #: Whether it was opened to look only.
        self.read_only = False

    @classmethod
    def create(
        cls,
        path: Path,
        passphrase: bytearray,
        *,
        kdf: KdfParameters | None = None,
        keyring: KeyringHalf | None = None,
    ) -> Vault:
        """Write a new vault at ``path``; its folder becomes 0700. ``passphrase`` is left to the caller to
        wipe.

        Raises ConflictError EXISTS, UsageError PASSPHRASE_REQUIRED, IntegrityError STORAGE_*,
        KEYRING_UNAVAILABLE.
        """
        private_folder(path.parent)
        if path.exists() or path.is_symlink():
            raise ConflictError("There is a vault here already.", code="EXISTS")
        vault_id = os.urandom(16).hex()
        parameters = kdf or KdfParameters()
        if keyring is not None:
            keyring.store(vault_id, os.urandom(KEY_BYTES))
        wrap = _wrap_key(parameters, passphrase, vault_id, keyring)
        header: JsonObject = {
            "format": FORMAT,
            "id": vault_id,
            "kdf": parameters.to_json(),
            "keyring": keyring is not None,
            "check": _check(wrap),
        }
        key = bytearray(os.urandom(KEY_BYTES))
        vault = cls(path, header, seal(wrap, key, header), key)
        vault._write({})
        return vault

    @classmethod
    def open(
        cls,
        path: Path,
        passphrase: bytearray,
        *,
        keyring: KeyringHalf | None = None,
        read_only: bool = False,
    ) -> Vault:
        """Open the vault at ``path``. ``passphrase`` is left to the caller to wipe. ``read_only``: whatever
        would write refuses, and not even the folder's mode is put right.

        Raises IntegrityError VAULT_PASSPHRASE_WRONG, VAULT_BROKEN (also for a cost of hashing below the
        floor), KEYRING_UNAVAILABLE, STORAGE_FAILED (also for a link); NotFoundError where there is no file.
        """
        if not read_only:
            private_folder(path.parent)
        data = read_bounded(path, _LIMIT)
        try:
            content = decode_file(data)
            header = _header(content)
            parameters = KdfParameters.from_json(header["kdf"])
        except MalformedError as error:
            raise _broken(error) from error
        if header["keyring"] and keyring is None:
            raise IntegrityError(
                "Half of this vault's key is in the system's keyring, which is not at hand.",
                code="KEYRING_UNAVAILABLE",
            )
        half = keyring if header["keyring"] else None
        wrap = _wrap_key(parameters, passphrase, str(header["id"]), half)
        if not hmac.compare_digest(_check(wrap), str(header["check"])):
            raise IntegrityError("The vault passphrase is wrong.", code="VAULT_PASSPHRASE_WRONG")
        try:
            key = unseal(wrap, content["sealed_key"], header)
            if len(key) != KEY_BYTES:
                raise MalformedError("The vault key has the wrong length.")
            vault = cls(path, header, content["sealed_key"], key)
            vault.read_only = read_only
            vault._state = vault._unsealed(content)
        except MalformedError as error:
            raise _broken(error) from error
        return vault

    def look_again(self) -> None:
        """Read what another process has put since. Raises IntegrityError VAULT_BROKEN, STORAGE_FAILED."""
        with self._lock:
            self._open_key()
            try:
                self._state = self._unsealed(decode_file(read_bounded(self._path, _LIMIT)))
            except MalformedError as error:
                raise _broken(error) from error

    def refuse_read_only(self) -> None:
        """Raises ConflictError READ_ONLY where it was opened to look only: nothing beside it is written."""
        if self.read_only:
            raise ConflictError("This workspace was opened to look only.", code="READ_ONLY")

    @staticmethod
    def uses_keyring(path: Path) -> bool:
        """Whether the file says that half of its key is in the system's keyring; ``open`` proves it.

        Raises as open.
        """
        try:
            return _header(decode_file(read_bounded(path, _LIMIT)))["keyring"] is True
        except MalformedError as error:
            raise _broken(error) from error

    @staticmethod
    def id_of(path: Path) -> str:
        """What the file says is its id; ``open`` proves it. Raises as uses_keyring."""
        try:
            return str(_header(decode_file(read_bounded(path, _LIMIT)))["id"])
        except MalformedError as error:
            raise _broken(error) from error

    @property
    def vault_id(self) -> str:
        """32 lower hex digits, drawn at creation."""
        return str(self._header["id"])

    @property
    def keyring(self) -> bool:
        """Whether half of the key is in the system's keyring; false is passphrase-only."""
        return self._header["keyring"] is True

    @property
    def hashing(self) -> KdfParameters:
        """What hashing its passphrase costs, with its own salt."""
        return KdfParameters.from_json(self._header["kdf"])

    def key(self, purpose: Purpose) -> bytes:
        """The 32-byte key for one purpose. Raises ConflictError after close()."""
        with self._lock:
            return subkey(self._open_key(), purpose.value)

    def get(self, name: str) -> JsonValue:
        """The value last put under ``name``, else null."""
        with self._lock:
            self._open_key()
            return self._state.get(name)

    def put(self, name: str, value: JsonValue) -> None:
        """Seal ``value`` under ``name``, durable on return; the other names stay. Atomic: old or new, never
        half.

        Raises IntegrityError STORAGE_FULL or STORAGE_FAILED (the old state stays), MalformedError for a value
        without canonical JSON, ConflictError READ_ONLY, or after close().
        """
        with self._lock:
            self._open_key()
            self._write({**self._state, name: value})

    def change_passphrase(
        self, passphrase: bytearray, *, kdf: KdfParameters | None = None, keyring: KeyringHalf | None = None
    ) -> None:
        """Wrap the vault key under another passphrase. Raises as put(), and KEYRING_UNAVAILABLE."""
        self.refuse_read_only()
        with self._lock:
            key = self._open_key()
            if self.keyring and keyring is None:
                raise IntegrityError("This vault needs its keyring half.", code="KEYRING_UNAVAILABLE")
            parameters = kdf or KdfParameters.from_json(self._header["kdf"]).fresh()
            wrap = _wrap_key(parameters, passphrase, self.vault_id, keyring if self.keyring else None)
            before = self._header, self._sealed_key
            header: JsonObject = {**self._header, "kdf": parameters.to_json(), "check": _check(wrap)}
            self._header, self._sealed_key = header, seal(wrap, key, header)
            try:
                self._write(self._state)
            except IntegrityError:
                self._header, self._sealed_key = before
                raise

    def close(self) -> None:
        """Wipe the vault key. Keys handed out before are the callers' to forget."""
        with self._lock:
            wipe(self._key)
            self._key = bytearray()
            self._state = {}

    def _open_key(self) -> bytearray:
        if not self._key:
            raise ConflictError("The vault is locked.")
        return self._key

    def _state_key(self) -> bytes:
        return subkey(self._key, _STATE_LABEL)

    def _unsealed(self, content: JsonObject) -> JsonObject:
        """The state in the file; it opens after a change of passphrase too. Raises MalformedError."""
        header = _header(content)
        return read_json_object(bytes(unseal(self._state_key(), content["state"], header)))

    def _write(self, state: JsonObject) -> None:
        self.refuse_read_only()
        sealed = seal(self._state_key(), canonical(state), self._header)
        content: JsonObject = {"header": self._header, "sealed_key": self._sealed_key, "state": sealed}
        data = encode_file(content)
        if len(data) > _LIMIT:
            raise MalformedError("The vault's state is too large.", code="TOO_LARGE")
        atomic_write(self._path, data, failpoints="vault")
        self._state = state


def _wrap_key(
    parameters: KdfParameters, passphrase: bytearray, vault_id: str, keyring: KeyringHalf | None
) -> bytes:
    hashed = derive(parameters, passphrase)
    try:
        if keyring is None:
            return subkey(combine(hashed), "countersign/vault/wrap@1")
        return subkey(combine(hashed, keyring.fetch(vault_id)), "countersign/vault/wrap-keyring@1")
    finally:
        wipe(hashed)


def _check(wrap: bytes) -> str:
    return subkey(wrap, "countersign/vault/check@1")[:16].hex()


def _header(content: JsonObject) -> JsonObject:
    header = content.get("header")
    if set(content) != {"header", "sealed_key", "state"} or not isinstance(header, dict):
        raise MalformedError("The vault file has other parts than expected.")
    if set(header) != _HEADER_KEYS or header["format"] != FORMAT or not isinstance(header["keyring"], bool):
        raise MalformedError("The vault file is of another format.")
    return header


def _broken(error: MalformedError) -> IntegrityError:
    return IntegrityError(f"The vault cannot be opened. {error.message}", code="VAULT_BROKEN")
