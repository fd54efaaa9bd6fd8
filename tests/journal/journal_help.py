"""Helpers of the journal's tests: a journal with a device key, the stand-alone verifier, line surgery."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_app.journal import records
from signer_app.journal.states import Head
from signer_app.journal.writer import Journal

WRAP_KEY = bytes(range(32))
DEVICE = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
DEVICE_PUBLIC = DEVICE.public_key().public_bytes_raw()
VERIFIER = Path(records.__file__).with_name("verify.py")
VECTORS = Path(__file__).parents[1] / "data" / "vectors" / "journal"
LOG_ID = bytes(range(16))


class Clock:
    """Moves one second at each look."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def make(folder: Path, notes: int = 0) -> Journal:
    journal = Journal.create(
        folder, org="acme", person="alice", wrap_key=WRAP_KEY, device_public_key=DEVICE_PUBLIC, clock=Clock()
    )
    for number in range(notes):
        journal.append("note", {"text": f"note {number}"})
    return journal


def reopen(folder: Path, head: Head | None = None, *, confirm: bool = False) -> Journal:
    return Journal.open(
        folder, person="alice", wrap_key=WRAP_KEY, clock=Clock(), head=head, confirm_repair=confirm
    )


def stand_alone() -> ModuleType:
    """The stand-alone verifier as a module of its own, loaded from its file as a script would be."""
    name = "journal_stand_alone_verifier"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, VERIFIER)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
    return sys.modules[name]


def lines_of(count: int, *, text: str = "x", log_id: bytes = LOG_ID, key: bytes = bytes(32)) -> list[bytes]:
    """Lines of a sound journal with nothing random in them."""
    previous, result = records.first_previous(log_id), []
    for index in range(count):
        record = {"type": "note", "at": "2026-11-20T12:00:00Z", "person": "alice", "text": text}
        if index == 0:
            record |= {"type": "log.start", "log_id": log_id.hex()}
        seed = index.to_bytes(4, "big")
        line = records.seal(
            records.encode_record(record),
            index=index,
            epoch=1,
            epoch_key=key,
            log_id=log_id,
            previous=previous,
            randomness=records.Randomness(salt=seed * 4, nonce=seed * 3, blind=seed * 8),
        )
        previous = line.leaf
        result.append(line.data)
    return result


def redact(line: bytes) -> bytes:
    """The line as it stands after its content was taken out."""
    start = line.index(b',"c":') + 5
    return line[:start] + b"null}\n"
