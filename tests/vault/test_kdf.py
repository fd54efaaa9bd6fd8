"""Keys from passphrases: the floor, the labels, and the library's own answers."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from signer_app.core.errors import MalformedError, UsageError
from signer_app.core.json_types import JsonValue
from signer_app.vault import kdf
from signer_app.vault.kdf import (
    FLOOR_MEMORY_KIB,
    KdfParameters,
    calibrated_parameters,
    combine,
    derive,
    floor_parameters,
    subkey,
    wipe,
)

SALT = bytes(range(32))


def test_derivation_is_argon2id_with_these_costs() -> None:
    parameters = KdfParameters(memory_kib=65536, iterations=3, lanes=2, salt=SALT)
    expected = Argon2id(salt=SALT, length=32, iterations=3, lanes=2, memory_cost=65536).derive(b"words")
    passphrase = bytearray(b"words")
    assert derive(parameters, passphrase) == expected
    assert passphrase == b"words"


def test_default_is_256_mib() -> None:
    assert (KdfParameters().memory_kib, KdfParameters().iterations, KdfParameters().lanes) == (262144, 3, 4)
    assert KdfParameters().salt != KdfParameters().salt


def test_empty_passphrase_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        derive(floor_parameters(), bytearray())
    assert caught.value.code == "PASSPHRASE_REQUIRED"


def test_json_round_trip_and_fresh_salt() -> None:
    parameters = KdfParameters(memory_kib=131072, iterations=4, lanes=1, salt=SALT)
    assert KdfParameters.from_json(parameters.to_json()) == parameters
    assert parameters.fresh().salt != SALT
    assert parameters.fresh().memory_kib == 131072


@pytest.mark.parametrize(
    "change",
    [
        {"memory_kib": FLOOR_MEMORY_KIB - 1},
        {"memory_kib": 2**22},
        {"memory_kib": True},
        {"memory_kib": "65536"},
        {"memory_kib": None},
        {"iterations": 2},
        {"iterations": 33},
        {"lanes": 0},
        {"lanes": 17},
        {"salt": "00" * 31},
        {"salt": "GG" * 32},
        {"salt": ""},
        {"name": "argon2i"},
        {"name": "scrypt"},
        {"extra": 1},
    ],
)
def test_what_a_file_may_not_ask(change: dict[str, JsonValue]) -> None:
    with pytest.raises(MalformedError):
        KdfParameters.from_json({**floor_parameters().to_json(), **change})


@pytest.mark.parametrize("value", [None, [], "argon2id", {}, 5])
def test_what_is_no_description(value: JsonValue) -> None:
    with pytest.raises(MalformedError):
        KdfParameters.from_json(value)


def test_subkeys_are_hkdf_expand() -> None:
    expected = HKDFExpand(algorithm=SHA256(), length=32, info=b"label").derive(SALT)
    assert subkey(SALT, "label") == expected
    assert subkey(SALT, "label") != subkey(SALT, "labe1")


def test_combining_needs_every_part() -> None:
    assert combine(b"a" * 32) == hmac.new(b"countersign/combine@1", b"a" * 32, hashlib.sha256).digest()
    assert len({combine(b"a" * 32), combine(b"a" * 32, b"b" * 32), combine(b"b" * 32, b"a" * 32)}) == 3


def test_wiping_is_in_place() -> None:
    buffer = bytearray(b"secret")
    view = memoryview(buffer)
    wipe(buffer)
    assert bytes(view) == bytes(6)


@pytest.mark.parametrize(("seconds", "memory_mib"), [(10.0, 64), (0.3, 128), (0.05, 512), (0.001, 1024)])
def test_calibration_doubles_memory_while_there_is_time(
    monkeypatch: pytest.MonkeyPatch, seconds: float, memory_mib: int
) -> None:
    """The floor costs ``seconds`` on a machine of our choice; the target is 0.7 s."""
    ticks = iter([0.0, seconds])
    monkeypatch.setattr(kdf.time, "perf_counter", lambda: next(ticks))
    monkeypatch.setattr(kdf, "derive", lambda *_: bytearray(32))
    chosen = calibrated_parameters(0.7)
    assert (chosen.memory_kib, chosen.iterations) == (memory_mib * 1024, 3)
