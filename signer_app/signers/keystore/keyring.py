"""The open keys of one folder, inside the keystore child. Nothing of this ever runs in another process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from signer_app.chains.xrpl import keys as xrpl_keys
from signer_app.core.clock import Clock
from signer_app.core.errors import ConflictError, MalformedError, SignerError
from signer_app.signers.keystore.attempts import Attempts
from signer_app.signers.keystore.curves import PRIVATE_BYTES, Curve, new_private_key
from signer_app.signers.keystore.files import (
    MAX_KEYS,
    KeyFile,
    Purpose,
    broken,
    read_folder,
    write_key_file,
)
from signer_app.signers.port import DEVICE_KEY_ID
from signer_app.vault.files import private_folder, read_bounded
from signer_app.vault.kdf import KdfParameters, derive, wipe

_SEED_LIMIT: Final = 4096


class KeyRing:
    """Key files of a folder and, once unlocked, their private keys."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._wrap = bytearray()
        self._kdf: KdfParameters | None = None
        self._files: dict[str, KeyFile] = {}
        self._private: dict[str, bytearray] = {}

    def create(self, passphrase: bytearray, kdf: KdfParameters) -> None:
        """Start a folder without keys under ``passphrase``. Raises ConflictError EXISTS, IntegrityError
        STORAGE_*.
        """
        private_folder(self._folder)
        if read_folder(self._folder):
            raise ConflictError("This folder holds keys already.", code="EXISTS")
        self._wrap, self._kdf = derive(kdf, passphrase), kdf

    def unlock(self, passphrase: bytearray) -> None:
        """Open every key file, hashing the passphrase once.

        Raises SignerError KEY_PASSPHRASE_WRONG (details: retry_after_s in a wait), KEY_NOT_FOUND (no keys),
        KEY_FILE_BROKEN (also for a cost of hashing below the floor, or another passphrase than the others').
        """
        private_folder(self._folder)
        files = read_folder(self._folder)
        first = _reference(files)
        if first is None:
            raise SignerError("There are no keys in this workspace.", code="KEY_NOT_FOUND")
        attempts = Attempts(self._folder, self._clock)
        attempts.begin()
        wrap = derive(first.kdf, passphrase)
        if not first.opens_with(wrap):
            wipe(wrap)
            raise SignerError("The key passphrase is wrong.", code="KEY_PASSPHRASE_WRONG")
        attempts.succeeded()
        for file in files:
            if file.kdf != first.kdf or not file.opens_with(wrap):
                raise broken(file.id, "It is sealed under another passphrase than the other keys.")
            self._private[file.id] = file.open(wrap)
            self._files[file.id] = file
        self._wrap, self._kdf = wrap, first.kdf

    def generate(self, key_id: str, curve: Curve, purpose: Purpose) -> KeyFile:
        """Draw and seal a new key. Raises as write_key_file, and SignerError KEY_NOT_FOUND while locked."""
        if purpose is Purpose.DEVICE and curve is not Curve.ED25519:
            raise MalformedError("A device key is of Ed25519.")
        return self._add(key_id, purpose, curve, new_private_key(curve))

    def import_seed(self, key_id: str, curve: Curve, seed_file: Path) -> KeyFile:
        """Seal the key of an XRPL family seed or of 64 hex digits in ``seed_file``.

        Raises as generate, and MalformedError, which never quotes the file.
        """
        return self._add(
            key_id, Purpose.CHAIN, curve, _private_of(read_bounded(seed_file, _SEED_LIMIT), curve)
        )

    def _add(self, key_id: str, purpose: Purpose, curve: Curve, private: bytearray) -> KeyFile:
        if self._kdf is None:
            raise SignerError("The keys are locked.", code="KEY_NOT_FOUND")
        if len(self._files) >= MAX_KEYS:
            raise ConflictError(f"A workspace holds at most {MAX_KEYS} keys.")
        file = write_key_file(
            self._folder,
            key_id=key_id,
            purpose=purpose,
            curve=curve,
            private=private,
            wrap=self._wrap,
            kdf=self._kdf,
        )
        self._files[file.id] = file
        self._private[file.id] = private
        return file

    def files(self) -> list[KeyFile]:
        """All open keys by id."""
        return sorted(self._files.values(), key=lambda file: file.id)

    def private(self, key_id: str, purpose: Purpose) -> tuple[KeyFile, bytearray]:
        """The open key of that id and purpose. Raises SignerError KEY_NOT_FOUND."""
        file = self._files.get(key_id)
        if file is None or file.purpose is not purpose:
            raise SignerError(f"There is no open {purpose} key {key_id[:64]}.", code="KEY_NOT_FOUND")
        return file, self._private[key_id]

    def device(self) -> tuple[KeyFile, bytearray]:
        """The device key. Raises SignerError KEY_NOT_FOUND."""
        return self.private(DEVICE_KEY_ID, Purpose.DEVICE)


def _reference(files: Sequence[KeyFile]) -> KeyFile | None:
    """The file that the passphrase is tried on: the device key, else the first."""
    return next((file for file in files if file.purpose is Purpose.DEVICE), files[0] if files else None)


def _private_of(data: bytes, curve: Curve) -> bytearray:
    try:
        text = data.decode("ascii").strip()
    except UnicodeDecodeError:
        raise MalformedError("The seed file is not text.") from None  # the cause would quote the file
    if len(text) == 2 * PRIVATE_BYTES:
        pair = xrpl_keys.from_private_hex(curve.value, text)
    else:
        pair = xrpl_keys.from_seed(text, curve.value)
    return bytearray(pair.private)
