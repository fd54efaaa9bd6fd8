"""The folder of a practice device: what makes it the same device after a restart, and where it listens.

``device.json`` holds its practice seed and is readable by its owner alone. ``endpoint.json`` stands there
only while the device runs.
"""

from __future__ import annotations

import errno
import json
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from signer_app.core.canonical import read_json_object
from signer_app.core.errors import ConflictError, IntegrityError, MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.practice.devices import mnemonic
from signer_app.practice.devices.models import DEFAULT_MODEL, MODELS, model_named
from signer_app.vault.files import atomic_write, private_folder, read_bounded

try:
    import fcntl
except ImportError:  # not on Windows, where two processes in one folder stay unguarded
    fcntl = None  # type: ignore[assignment]  # the module is absent there

DEVICE_FILE = "device.json"
ENDPOINT_FILE = "endpoint.json"
DEVICE_FORMAT = "countersign/practice-device-state@1"
ENDPOINT_FORMAT = "countersign/practice-device@1"
DEFAULT_REPLUG_MS = 500
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a device this one. ``replug_ms`` is how long it is away when its program changes."""

    model: str
    serial: str
    phrase: str = field(repr=False)
    replug_ms: int = DEFAULT_REPLUG_MS

    def to_json(self) -> JsonObject:
        """The content of device.json."""
        return {
            "format": DEVICE_FORMAT,
            "model": self.model,
            "serial": self.serial,
            "phrase": self.phrase,
            "replug_ms": self.replug_ms,
        }


class Folder:
    """The folder of one device. One process at a time."""

    def __init__(self, directory: Path) -> None:
        """Raises ConflictError where another device runs in the folder."""
        directory.mkdir(parents=True, exist_ok=True)
        private_folder(directory)
        self._directory = directory
        self._lock = _take_lock(directory / "lock")

    def identity(self, *, model: str | None, seed_file: Path | None, replug_ms: int | None) -> Identity:
        """The device of this folder, a new one where there is none.

        Raises ConflictError where the folder holds another model or seed than asked for, UsageError for an
        unknown model, MalformedError for a seed phrase that is none or a broken device.json.
        """
        phrase = None if seed_file is None else _phrase_in(seed_file)
        path = self._directory / DEVICE_FILE
        if not path.exists():
            name = model_named(model or DEFAULT_MODEL).name
            kept = Identity(name, secrets.token_hex(4), phrase or mnemonic.fresh_phrase())
        else:
            kept = _read_identity(path)
            if model not in (None, kept.model) or phrase not in (None, kept.phrase):
                raise ConflictError("This folder holds another practice device.", code="EXISTS")
        if replug_ms is not None:
            kept = replace(kept, replug_ms=replug_ms)
        atomic_write(path, json.dumps(kept.to_json(), indent=1).encode() + b"\n")
        return kept

    def publish(self, host: str, port: int, token: str) -> Path:
        """Write where the device listens."""
        path = self._directory / ENDPOINT_FILE
        content: JsonObject = {"format": ENDPOINT_FORMAT, "host": host, "port": port, "token": token}
        atomic_write(path, json.dumps(content).encode() + b"\n")
        return path

    def close(self) -> None:
        """Take the endpoint back and let another process in."""
        (self._directory / ENDPOINT_FILE).unlink(missing_ok=True)
        self._lock.close()


def _take_lock(path: Path) -> BinaryIO:
    handle = path.open("ab")
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.close()
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise IntegrityError("The folder cannot be locked.", code="STORAGE_FAILED") from error
            raise ConflictError("Another practice device runs in this folder.") from error
    return handle


def _phrase_in(path: Path) -> str:
    try:
        return mnemonic.checked(read_bounded(path, _LARGEST).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedError("The seed file is no text.") from error


def _read_identity(path: Path) -> Identity:
    document = read_json_object(read_bounded(path, _LARGEST))
    model, serial, phrase = document.get("model"), document.get("serial"), document.get("phrase")
    replug_ms = document.get("replug_ms")
    if (
        document.get("format") != DEVICE_FORMAT
        or not isinstance(model, str)
        or model not in MODELS
        or not isinstance(serial, str)
        or not isinstance(phrase, str)
        or not isinstance(replug_ms, int)
    ):
        raise MalformedError(f"{DEVICE_FILE} is not the file of a practice device.")
    return Identity(model, serial, mnemonic.checked(phrase), replug_ms)
