"""logs/log.json: the log's id and the device keys whose checkpoints count (CONTRACTS E)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.errors import CountersignError, IntegrityError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.journal.files import LOG_FILE, read_file, replace_file, storage_error
from signer_app.journal.notes import DeviceKey, is_name

FORMAT = "countersign/log@1"
_LOG_ID = re.compile(r"[0-9a-f]{32}")
_KEY = re.compile(r"ed25519:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class LogInfo:
    """The content of log.json. ``log_id`` is 16 bytes."""

    log_id: bytes
    device_keys: tuple[DeviceKey, ...]

    def with_key(self, person: str, public_key: bytes) -> LogInfo:
        """The same with one more key; a key that is there already is not added twice. Raises UsageError."""
        if len(public_key) != 32:
            raise UsageError("An Ed25519 public key has 32 bytes.")
        key = DeviceKey(check_person(person), public_key)
        return self if key in self.device_keys else replace(self, device_keys=(*self.device_keys, key))

    def to_json(self) -> JsonObject:
        """Shape: CONTRACTS E."""
        keys: list[JsonValue] = [
            {"person": key.person, "key": f"ed25519:{key.public_key.hex()}"} for key in self.device_keys
        ]
        return {"format": FORMAT, "log_id": self.log_id.hex(), "device_keys": keys}


def check_person(person: str) -> str:
    """The id, if it can stand as the name of a key in a checkpoint. Raises UsageError."""
    if not is_name(person):
        raise UsageError("A person's id has 1 to 128 characters, no white space and no plus sign.")
    return person


def parse_log_id(text: str) -> bytes:
    """16 bytes from 32 lower hex digits. Raises UsageError."""
    if not _LOG_ID.fullmatch(text):
        raise UsageError("A log id has 32 lower hex digits.")
    return bytes.fromhex(text)


def read_log_info(folder: Path) -> LogInfo | None:
    """The folder's log.json; None if there is none. Raises IntegrityError JOURNAL_BROKEN, STORAGE_FAILED."""
    path = folder / LOG_FILE
    if not os.path.lexists(path):
        return None
    try:
        return _parse(read_json_object(read_file(path, limit=1024 * 1024)))
    except IntegrityError:
        raise
    except CountersignError as error:
        raise IntegrityError(f"log.json cannot be read: {error.message}") from error


def _parse(document: JsonObject) -> LogInfo:
    log_id, keys = document.get("log_id"), document.get("device_keys")
    if (
        set(document) != {"format", "log_id", "device_keys"}
        or document["format"] != FORMAT
        or not isinstance(log_id, str)
        or not _LOG_ID.fullmatch(log_id)
        or not isinstance(keys, list)
    ):
        raise IntegrityError("log.json is not a countersign/log@1 document.")
    return LogInfo(bytes.fromhex(log_id), tuple(_parse_key(key) for key in keys))


def _parse_key(value: JsonValue) -> DeviceKey:
    if isinstance(value, dict) and set(value) == {"person", "key"}:
        person, key = value["person"], value["key"]
        match = _KEY.fullmatch(key) if isinstance(key, str) else None
        if isinstance(person, str) and is_name(person) and match:
            return DeviceKey(person, bytes.fromhex(match.group(1)))
    raise IntegrityError("log.json holds a device key that is not {person, key}.")


def write_log_info(folder: Path, info: LogInfo) -> None:
    """Replace log.json. Raises IntegrityError STORAGE_FULL, STORAGE_FAILED."""
    try:
        replace_file(folder / LOG_FILE, canonical(info.to_json()) + b"\n")
    except OSError as error:
        raise storage_error(error, "log.json cannot be written") from error


def check_org(org: str) -> None:
    """An organisation's name becomes the first line of each checkpoint, before a slash. UsageError."""
    if not 1 <= len(org) <= 128 or "/" in org or not org.isprintable() or org != org.strip():
        raise UsageError("An organisation's name has 1 to 128 printable characters and no slash.")
    canonical(org)
