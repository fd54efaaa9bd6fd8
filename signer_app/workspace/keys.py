"""The keys of a workspace's person, in their own process (DESIGN section 3)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from signer_app.core.errors import SignerError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.signers.keystore.client import KeyInfo, Keystore
from signer_app.vault.kdf import KdfParameters

#: Opens the keystore in the folder given; a passphrase file or a prompt is the caller's choice.
KeystoreOpener: TypeAlias = Callable[[Path], Keystore]
#: The same for a new keystore, with its cost of hashing.
KeystoreCreator: TypeAlias = Callable[[Path, KdfParameters], Keystore]


def raw_device_key(text: str) -> bytes:
    """The 32 bytes of "ed25519:<64 hex>"."""
    return bytes.fromhex(text.removeprefix("ed25519:"))


class Keys:
    """The key process of one workspace, once it is unlocked."""

    def __init__(
        self,
        folder: Path,
        networks: tuple[str, ...],
        device_key: str,
        record: Callable[[str, JsonObject], int],
    ) -> None:
        """``device_key`` is the one that the workspace was made with; ``record`` appends to the journal."""
        self._folder = folder
        self._networks = networks
        self._device_key = device_key
        self._record = record
        self._keystore: Keystore | None = None

    def unlock(self, open_keystore: KeystoreOpener) -> Keystore:
        """Start the key process. SignerError KEY_FILE_BROKEN if it holds another device key."""
        if self._keystore is None:
            keystore = open_keystore(self._folder)
            if keystore.device_public_key() != self._device_key:
                keystore.close()
                raise SignerError(
                    "The device key in keys/ is not the one this workspace was made with.",
                    code="KEY_FILE_BROKEN",
                )
            self._keystore = keystore
        return self._keystore

    def close(self) -> None:
        """End the key process."""
        if self._keystore is not None:
            self._keystore.close()
            self._keystore = None

    @property
    def keystore_or_none(self) -> Keystore | None:
        """The key process if it is unlocked and alive."""
        return self._keystore if self._keystore is not None and self._keystore.alive else None

    @property
    def unlocked(self) -> Keystore | None:
        """The key process that was unlocked, alive or not: one that died says so itself (SIGNER_DIED)."""
        return self._keystore

    def keystore(self) -> Keystore:
        """The unlocked key process. UsageError PASSPHRASE_REQUIRED while the keys are locked."""
        if self._keystore is None:
            raise UsageError("This needs your keys, and they are locked.", code="PASSPHRASE_REQUIRED")
        return self._keystore

    def generate(self, key_id: str, curve: str) -> JsonObject:
        """Draw a chain key. {id, curve, public_key, accounts}."""
        return self._noted("key generated", self.keystore().generate_key(key_id, curve))

    def import_seed(self, key_id: str, curve: str, seed_file: Path) -> JsonObject:
        """Import a chain key; only the key process opens the file. {id, curve, public_key, accounts}."""
        return self._noted("key imported", self.keystore().import_key(key_id, curve, seed_file))

    def _noted(self, text: str, key: KeyInfo) -> JsonObject:
        result = self._describe(key)
        self._record("note", {"text": text, "key": result})
        return result

    def chain_keys(self) -> list[KeyInfo]:
        """The chain keys, by id."""
        keystore = self.keystore()
        return keystore.keys()

    def find(self, key_id: str) -> KeyInfo:
        """A chain key by its id. SignerError KEY_NOT_FOUND."""
        for key in self.chain_keys():
            if key.id == key_id:
                return key
        raise SignerError(f"There is no key {key_id[:64]} here.", code="KEY_NOT_FOUND")

    def describe(self, person: str) -> JsonObject:
        """{person, device_key, keys: [{id, curve, public_key, accounts}]}, public parts only."""
        keys: list[JsonValue] = [self._describe(key) for key in self.chain_keys()]
        return {"person": person, "device_key": self.keystore().device_public_key(), "keys": keys}

    def _describe(self, key: KeyInfo) -> JsonObject:
        accounts: list[JsonValue] = list(key.accounts(self._networks))
        return {"id": key.id, "curve": key.curve, "public_key": key.public_key, "accounts": accounts}
