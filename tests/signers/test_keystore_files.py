"""Key files: any change is found, no weaker hashing is taken, seals cannot be moved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from signing_cases import PASSPHRASE

from signer_app.core.errors import ConflictError, CountersignError, SignerError
from signer_app.core.json_types import JsonObject
from signer_app.signers.keystore.curves import Curve
from signer_app.signers.keystore.files import Purpose, check_id, read_folder, read_key_file, write_key_file
from signer_app.vault.kdf import derive
from signer_app.vault.sealing import decode_file, encode_file


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(CountersignError) as caught:
        action()
    return caught.value.code


@pytest.fixture
def alice(keys_folder: Path) -> Path:
    return keys_folder / "alice-xrp.json"


def forge(path: Path, change: Callable[[JsonObject], None]) -> None:
    """Change a file as somebody would who also computes the checksum."""
    content = decode_file(path.read_bytes())
    change(content)
    path.write_bytes(encode_file(content))


def test_every_flipped_bit_is_found_without_the_passphrase(alice: Path) -> None:
    good = alice.read_bytes()
    for position in range(len(good) * 8):
        bad = bytearray(good)
        bad[position // 8] ^= 1 << position % 8
        alice.write_bytes(bad)
        assert refused(lambda: read_key_file(alice)) == "KEY_FILE_BROKEN"


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_cut_file_is_found(alice: Path, cut: int) -> None:
    alice.write_bytes(alice.read_bytes()[:cut])
    assert refused(lambda: read_key_file(alice)) == "KEY_FILE_BROKEN"


def test_the_file_says_what_it_is_and_no_more(alice: Path) -> None:
    content = decode_file(alice.read_bytes())
    assert set(content) == {"format", "id", "purpose", "curve", "public_key", "kdf", "check", "sealed"}
    assert content["format"] == "countersign/key@1"
    assert alice.stat().st_mode & 0o777 == 0o600
    key = read_key_file(alice)
    private = key.open(derive(key.kdf, bytearray(PASSPHRASE)))
    for needle in (private, private.hex().encode(), PASSPHRASE):
        assert bytes(needle) not in alice.read_bytes()


@pytest.mark.parametrize(
    ("name", "value"),
    [("purpose", "device"), ("public_key", "02" + "11" * 32), ("curve", "ed25519"), ("check", "00" * 16)],
)
def test_forged_header_does_not_open(alice: Path, name: str, value: str) -> None:
    forge(alice, lambda content: content.update({name: value}))

    def use() -> None:
        key = read_key_file(alice)
        wrap = derive(key.kdf, bytearray(PASSPHRASE))
        if not key.opens_with(wrap):
            raise SignerError("wrong", code="KEY_PASSPHRASE_WRONG")
        key.open(wrap)

    expected = "KEY_PASSPHRASE_WRONG" if name == "check" else "KEY_FILE_BROKEN"
    assert refused(use) == expected


@pytest.mark.parametrize(
    "change", [{"memory_kib": 65535}, {"iterations": 2}, {"memory_kib": 0}, {"name": "none"}]
)
def test_cheaper_hashing_is_refused(alice: Path, change: dict[str, int | str]) -> None:
    def cheaper(content: JsonObject) -> None:
        kdf = content["kdf"]
        assert isinstance(kdf, dict)
        kdf.update(change)

    forge(alice, cheaper)
    assert refused(lambda: read_key_file(alice)) == "KEY_FILE_BROKEN"


def test_a_seal_does_not_fit_another_file(keys_folder: Path) -> None:
    other = decode_file((keys_folder / "bob-xrp.json").read_bytes())["sealed"]
    forge(keys_folder / "alice-xrp.json", lambda content: content.update({"sealed": other}))
    key = read_key_file(keys_folder / "alice-xrp.json")
    wrap = derive(key.kdf, bytearray(PASSPHRASE))
    assert refused(lambda: key.open(wrap)) == "KEY_FILE_BROKEN"


def test_a_renamed_file_is_refused(keys_folder: Path) -> None:
    (keys_folder / "alice-xrp.json").rename(keys_folder / "carol-xrp.json")
    assert refused(lambda: read_folder(keys_folder)) == "KEY_FILE_BROKEN"


def test_a_link_is_refused(alice: Path, tmp_path: Path) -> None:
    alice.rename(tmp_path / "moved")
    alice.symlink_to(tmp_path / "moved")
    assert refused(lambda: read_key_file(alice)) == "KEY_FILE_BROKEN"


@pytest.mark.parametrize("key_id", ["", "A", "a b", "../a", "a/b", "x" * 65, "attempts", "ä", "a.b", "a\n"])
def test_ids_that_are_refused(key_id: str) -> None:
    assert refused(lambda: check_id(key_id, Purpose.CHAIN)) == "USAGE"


def test_the_device_key_has_its_own_id() -> None:
    assert check_id("device", Purpose.DEVICE) == "device"
    assert refused(lambda: check_id("device", Purpose.CHAIN)) == "USAGE"
    assert refused(lambda: check_id("alice", Purpose.DEVICE)) == "USAGE"


def test_a_key_is_never_overwritten(keys_folder: Path, alice: Path) -> None:
    before = alice.read_bytes()
    key = read_key_file(alice)
    wrap = derive(key.kdf, bytearray(PASSPHRASE))
    with pytest.raises(ConflictError) as caught:
        write_key_file(
            keys_folder,
            key_id="alice-xrp",
            purpose=Purpose.CHAIN,
            curve=Curve.SECP256K1,
            private=bytearray(b"\x01" * 32),
            wrap=wrap,
            kdf=key.kdf,
        )
    assert caught.value.code == "EXISTS"
    assert alice.read_bytes() == before
