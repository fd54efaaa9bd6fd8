"""From a passphrase to keys: Argon2id (RFC 9106) with a floor, then HKDF-SHA256 labels (RFC 5869).

The floor holds in both directions: no file is written below it, and a file that asks for less is refused,
because somebody who can write the file could otherwise make guessing cheap (a downgrade).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import threading
import time
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from signer_app.core.errors import IntegrityError, MalformedError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue

KEY_BYTES = 32
SALT_BYTES = 32
FLOOR_MEMORY_KIB = 64 * 1024
FLOOR_ITERATIONS = 3
#: Bounds on what a file may ask of this machine: 2 GiB for one derivation.
CEILING_MEMORY_KIB = 2 * 1024 * 1024
CEILING_ITERATIONS = 32
CEILING_LANES = 16

#: The library under Argon2id shares one pool of threads: two derivations at once fail or wait for ever.
_ONE_AT_A_TIME = threading.Lock()

_SALT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """Cost of one Argon2id derivation: memory in KiB, passes, lanes; ``salt`` has 32 bytes.

    Raises MalformedError outside floor and ceiling.
    """

    memory_kib: int = 256 * 1024
    iterations: int = 3
    lanes: int = 4
    salt: bytes = field(default_factory=lambda: os.urandom(SALT_BYTES))

    def __post_init__(self) -> None:
        if self.memory_kib < FLOOR_MEMORY_KIB or self.iterations < FLOOR_ITERATIONS:
            raise MalformedError("The passphrase hashing is weaker than the floor of 64 MiB and 3 passes.")
        if self.memory_kib > CEILING_MEMORY_KIB or self.iterations > CEILING_ITERATIONS:
            raise MalformedError("The passphrase hashing asks for more than this program gives.")
        if not 1 <= self.lanes <= CEILING_LANES or len(self.salt) != SALT_BYTES:
            raise MalformedError("The passphrase hashing has an impossible number of lanes or salt.")

    def to_json(self) -> JsonObject:
        """Shape: {name: "argon2id", memory_kib, iterations, lanes, salt: 64 lower hex}."""
        return {
            "name": "argon2id",
            "memory_kib": self.memory_kib,
            "iterations": self.iterations,
            "lanes": self.lanes,
            "salt": self.salt.hex(),
        }

    @classmethod
    def from_json(cls, value: JsonValue) -> KdfParameters:
        """Read the shape of to_json. Raises MalformedError, also below the floor."""
        if not isinstance(value, dict) or set(value) != {"name", "memory_kib", "iterations", "lanes", "salt"}:
            raise MalformedError("The passphrase hashing is not described as expected.")
        salt = value["salt"]
        if value["name"] != "argon2id" or not isinstance(salt, str) or not _SALT.fullmatch(salt):
            raise MalformedError("The passphrase hashing is not argon2id with a salt of 32 bytes.")
        return cls(
            memory_kib=_integer(value["memory_kib"]),
            iterations=_integer(value["iterations"]),
            lanes=_integer(value["lanes"]),
            salt=bytes.fromhex(salt),
        )

    def fresh(self) -> KdfParameters:
        """The same cost with a new random salt."""
        return replace(self, salt=os.urandom(SALT_BYTES))


def _integer(value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedError("The cost of passphrase hashing is not an integer.")
    return value


def floor_parameters() -> KdfParameters:
    """The least cost that is accepted, with a fresh salt."""
    return KdfParameters(memory_kib=FLOOR_MEMORY_KIB, iterations=FLOOR_ITERATIONS)


def calibrated_parameters(target_s: float = 0.7) -> KdfParameters:
    """Memory doubled from the floor up to 1 GiB while one derivation stays near ``target_s`` seconds here."""
    chosen = floor_parameters()
    started = time.perf_counter()
    wipe(derive(chosen, bytearray(b"calibration")))
    cost = time.perf_counter() - started
    while cost * 2 <= target_s and chosen.memory_kib < 1024 * 1024:
        chosen = replace(chosen, memory_kib=chosen.memory_kib * 2)
        cost *= 2
    return chosen


def derive(parameters: KdfParameters, passphrase: bytearray) -> bytearray:
    """The 32-byte Argon2id result, in a buffer that can be wiped. Raises UsageError for an empty
    passphrase, IntegrityError OUT_OF_MEMORY.
    """
    if not passphrase:
        raise UsageError("The passphrase is empty.", code="PASSPHRASE_REQUIRED")
    result = bytearray(KEY_BYTES)
    argon = Argon2id(
        salt=parameters.salt,
        length=KEY_BYTES,
        iterations=parameters.iterations,
        lanes=parameters.lanes,
        memory_cost=parameters.memory_kib,
    )
    try:
        with _ONE_AT_A_TIME:
            argon.derive_into(passphrase, result)  # type: ignore[arg-type] # any buffer; its stub says bytes
    except MemoryError as error:
        raise IntegrityError(
            f"Hashing the passphrase takes {parameters.memory_kib // 1024} MiB; there is less free memory.",
            code="OUT_OF_MEMORY",
        ) from error
    return result


def subkey(key: bytes | bytearray, label: str) -> bytes:
    """HKDF-Expand-SHA256 of a uniform 32-byte key for one purpose, 32 bytes; ``label`` names the purpose."""
    return hmac.digest(key, label.encode("ascii") + b"\x01", hashlib.sha256)


def combine(*secrets: bytes | bytearray) -> bytes:
    """HKDF-Extract-SHA256 of secrets of fixed length, joined: the key needs all of them."""
    joined = bytearray().join(secrets)
    result = hmac.digest(b"countersign/combine@1", joined, hashlib.sha256)
    wipe(joined)
    return result


def wipe(buffer: bytearray) -> None:
    """Overwrite in place. Copies that other code made are not reached; see docs/threat-model.md."""
    buffer[:] = bytes(len(buffer))
