"""Folders with sealed keys. Hashing is at its floor: cost is not what these tests measure."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_devices import Shelf
from signing_cases import PASSPHRASE

from signer_app.signers.keystore.client import Keystore, open_keystore
from signer_app.vault.kdf import floor_parameters


@pytest.fixture(scope="session")
def _sealed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed") / "keys"
    with open_keystore(folder, passphrase=bytearray(PASSPHRASE), create=floor_parameters()) as keystore:
        keystore.create_device_key()
        keystore.generate_key("alice-xrp", "secp256k1")
        keystore.generate_key("bob-xrp", "ed25519")
    return folder


@pytest.fixture
def keys_folder(_sealed_once: Path, tmp_path: Path) -> Path:
    """device, alice-xrp (secp256k1) and bob-xrp (ed25519), sealed under PASSPHRASE."""
    return Path(shutil.copytree(_sealed_once, tmp_path / "keys"))


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_bytes(PASSPHRASE + b"\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def keystore(keys_folder: Path, passphrase_file: Path) -> Iterator[Keystore]:
    with open_keystore(keys_folder, passphrase_file=passphrase_file) as opened:
        yield opened


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Devices: nano answers by a person; plus and old approve everything."""
    devices = {
        "nano": {"approve": "manual", "seed_file": "recorded"},
        "plus": {"approve": "auto", "model": "nano-s-plus"},
        "old": {"approve": "auto", "model": "nano-s"},
    }
    with Shelf(tmp_path_factory.mktemp("devices"), devices) as running:
        yield running
