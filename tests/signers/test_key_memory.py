"""After unlocking, importing and signing, the window's process holds no key, seed or passphrase.

A parent process does what the window does and waits; its whole memory is then searched through /proc. A
word that must be there proves that the search finds things.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from memory_search import found, keys_of
from signing_cases import BODY, GENESIS_SEED, NETWORK, PASSPHRASE, REPORT

from signer_app.core.resources import program_root

PARENT = """
import os, sys
from pathlib import Path
from signer_app.signers.keystore.client import open_keystore
from signer_app.vault.passphrase import read_passphrase_file

folder, passphrase_file, seed_file, network, body, report, typed = sys.argv[1:]
if typed == "typed":  # a prompt gives bytes once
    keystore = open_keystore(Path(folder), passphrase=read_passphrase_file(Path(passphrase_file)))
else:
    keystore = open_keystore(Path(folder), passphrase_file=Path(passphrase_file))
imported = keystore.import_key("imported", "secp256k1", Path(seed_file))
keystore.generate_key("generated", "ed25519")
for key in keystore.keys():
    signed = keystore.sign_transaction(
        network=network, body=body, signer=f"{network}:rrrrrrrrrrrrrrrrrrrn5RM1rHd",
        key_id=key.id, report_hash=report,
    )
keystore.sign_statement("reject", {"reason": "no"})
canary = bytearray(os.urandom(32))
print(canary.hex(), keystore.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("way", ["typed", "file"])
def test_no_secret_in_the_parent(keys_folder: Path, passphrase_file: Path, tmp_path: Path, way: str) -> None:
    seed_file = tmp_path / "seed"
    seed_file.write_text(GENESIS_SEED)
    arguments = [str(keys_folder), str(passphrase_file), str(seed_file), NETWORK, BODY, REPORT, way]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments],
        env={**os.environ, "PYTHONPATH": str(program_root())},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        canary, child = parent.stdout.readline().split()
        needles = secrets_of(keys_folder)
        assert len(needles) == 5 * 4 + 3
        assert found(parent.pid, {**needles, "canary": bytes.fromhex(canary)}) == {"canary"}
        if os.geteuid() == 0:  # the child is closed to everybody else
            assert {f"{key} raw" for key in ("alice-xrp", "imported", "device")} <= found(int(child), needles)
        parent.communicate()


def secrets_of(folder: Path) -> dict[str, bytes]:
    """Every private key, and what unlocks or makes it."""
    return {"passphrase": PASSPHRASE, "seed": GENESIS_SEED.encode(), **keys_of(folder, PASSPHRASE)}
