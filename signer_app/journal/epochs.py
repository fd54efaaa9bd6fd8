"""logs/epochs.jsonl: the epoch keys, each wrapped under the journal's wrap key, which the vault holds.

One line an epoch, RFC 8785, epochs counted from 1 without gaps:
``{"epoch":1,"format":"countersign/epoch@1","nonce":"<24 hex>","wrapped":"<96 hex>"}``, where wrapped =
AES-256-GCM(wrap key, nonce, K_epoch, "countersign/epoch@1\\n" || log_id16 || epoch as u32be), tag at the end.
A line is durable before the first record uses its key, so an unfinished last line was never used.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signer_app.core.canonical import canonical
from signer_app.core.errors import IntegrityError, UsageError
from signer_app.journal.files import EPOCHS_FILE, read_file, replace_file, storage_error
from signer_app.journal.records import KEY_BYTES, Sealer

_FORMAT: Final = "countersign/epoch@1"
_LINE = re.compile(
    rb'\{"epoch":([1-9][0-9]{0,9}),"format":"countersign/epoch@1",'
    rb'"nonce":"([0-9a-f]{24})","wrapped":"([0-9a-f]{96})"\}'
)
_FILE_LIMIT: Final = 64 * 1024 * 1024


@dataclass(slots=True)
class EpochKeys:
    """The unwrapped keys of one log, by epoch, and the file that holds them wrapped."""

    folder: Path
    log_id: bytes
    wrap_key: bytes
    keys: dict[int, bytes] = field(default_factory=dict)
    lines: list[bytes] = field(default_factory=list)
    _sealers: dict[int, Sealer] = field(default_factory=dict)

    def sealer(self, epoch: int) -> Sealer:
        """What makes lines under the key of an epoch; made once."""
        found = self._sealers.get(epoch)
        if found is None:
            found = Sealer(epoch=epoch, epoch_key=self.keys[epoch], log_id=self.log_id)
            self._sealers[epoch] = found
        return found

    def add(self) -> int:
        """Draw the next epoch's key and store it durably. Returns its epoch.

        Raises IntegrityError STORAGE_*.
        """
        epoch = len(self.keys) + 1
        key = os.urandom(KEY_BYTES)
        line = _wrap(self.wrap_key, self.log_id, epoch, key)
        try:
            replace_file(self.folder / EPOCHS_FILE, b"".join([*self.lines, line]))
        except OSError as error:
            raise storage_error(error, "epochs.jsonl cannot be written") from error
        self.lines.append(line)
        self.keys[epoch] = key
        return epoch


def check_wrap_key(wrap_key: bytes) -> None:
    """Raises UsageError unless it has 32 bytes."""
    if len(wrap_key) != KEY_BYTES:
        raise UsageError("The journal's wrap key has 32 bytes.")


def _binding(log_id: bytes, epoch: int) -> bytes:
    return _FORMAT.encode("ascii") + b"\n" + log_id + epoch.to_bytes(4, "big")


def _wrap(wrap_key: bytes, log_id: bytes, epoch: int, key: bytes) -> bytes:
    nonce = os.urandom(12)
    wrapped = AESGCM(wrap_key).encrypt(nonce, key, _binding(log_id, epoch))
    return (
        canonical({"epoch": epoch, "format": _FORMAT, "nonce": nonce.hex(), "wrapped": wrapped.hex()}) + b"\n"
    )


def read_epochs(folder: Path, log_id: bytes, wrap_key: bytes) -> EpochKeys:
    """Unwrap every epoch key.

    Raises IntegrityError JOURNAL_BROKEN where a line is malformed or does not open.
    """
    check_wrap_key(wrap_key)
    result = EpochKeys(folder, log_id, wrap_key)
    finished, _, _ = read_file(folder / EPOCHS_FILE, limit=_FILE_LIMIT).rpartition(b"\n")
    for line in finished.split(b"\n") if finished else []:
        match = _LINE.fullmatch(line)
        epoch = len(result.keys) + 1
        if match is None or int(match.group(1)) != epoch:
            raise IntegrityError("epochs.jsonl cannot be read.")
        nonce, wrapped = (bytes.fromhex(digits.decode("ascii")) for digits in match.groups()[1:])
        try:
            result.keys[epoch] = AESGCM(wrap_key).decrypt(nonce, wrapped, _binding(log_id, epoch))
        except InvalidTag as error:
            raise IntegrityError("The journal's keys do not open with this vault's key.") from error
        result.lines.append(line + b"\n")
    return result
