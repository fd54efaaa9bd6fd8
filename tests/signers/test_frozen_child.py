"""The frozen program: the command line and its key process in one folder, without Python around it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from signing_cases import BODY, NETWORK, PASSPHRASE, PAYMENT, REPORT
from xrpl.core import binarycodec, keypairs

from signer_app.core.resources import program_root
from signer_app.signers.keystore.client import open_keystore
from signer_app.signers.statements import verify_receipt
from signer_app.vault.kdf import floor_parameters

ROOT: Final = program_root()
BUILDS: Final = ROOT / "build" / "frozen-cli"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def fingerprint() -> str:
    """Of everything that goes in: sources, data, spec, locked dependencies, and this Python."""
    digest = hashlib.sha256(sys.version.encode())
    files = [*(ROOT / "signer_app").rglob("*"), *(ROOT / "resources").rglob("*")]
    files += [ROOT / "packaging" / "cli.spec", *(ROOT / "requirements").glob("*.txt")]
    for path in sorted(files):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def build(into: Path) -> None:
    work = into.with_suffix(".work")
    command = [
        *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"),
        *("--distpath", str(work / "dist"), "--workpath", str(work / "work")),
        str(ROOT / "packaging" / "cli.spec"),
    ]
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        pytest.fail(f"the build failed:\n{result.stderr[-4000:]}")
    (work / "dist" / "countersign").rename(into)
    shutil.rmtree(work)


@pytest.fixture(scope="module")
def program() -> Path:
    """The built program; a second run with unchanged input finds it there."""
    BUILDS.mkdir(parents=True, exist_ok=True)
    with (BUILDS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = BUILDS / fingerprint()
        if not built.is_dir():
            for old in BUILDS.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            build(built)
    return built / "countersign"


def test_the_key_process_of_the_frozen_program(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    folder = tmp_path / "keys"
    with open_keystore(folder, passphrase=bytearray(PASSPHRASE), create=floor_parameters()) as keystore:
        command = Path(f"/proc/{keystore.pid}/cmdline").read_bytes().split(b"\0")
        assert command[:3] == [str(program).encode(), b"--child", b"keystore"]
        keystore.create_device_key()
        made = [keystore.generate_key(curve, curve) for curve in ("secp256k1", "ed25519")]
        check = keystore.self_check()
    assert check["fenced"] is True
    assert set(check["calls"].values()) == {"EPERM"}  # type: ignore[union-attr]
    with open_keystore(folder, passphrase=bytearray(PASSPHRASE)) as keystore:
        for key in made:
            address = key.addresses["xrpl"]
            signed = keystore.sign_transaction(
                network=NETWORK,
                body=BODY,
                signer=f"{NETWORK}:{address}",
                key_id=key.id,
                report_hash=REPORT,
            )
            message = bytes.fromhex(binarycodec.encode_for_multisigning(PAYMENT, address))
            assert keypairs.is_valid_message(
                message, bytes.fromhex(signed.signature.signature), key.public_key
            )
            assert verify_receipt(signed.receipt)
        resident = Path(f"/proc/{keystore.pid}/status").read_text().split("VmRSS:")[1].split()[0]
    assert int(resident) < 60_000


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *arguments], env={}, capture_output=True, text=True, check=False, timeout=120, cwd="/"
    )


def test_a_kind_that_does_not_exist(program: Path) -> None:
    assert run(program, "--child", "no-such-kind").returncode == 2


def test_the_frozen_command_line_decodes_with_both_readers(program: Path, tmp_path: Path) -> None:
    """Both codecs and their data files are in the program."""
    (tmp_path / "payment.json").write_text(json.dumps(PAYMENT))
    result = run(program, "--json", "inspect", str(tmp_path / "payment.json"))
    answer = json.loads(result.stdout)
    assert answer["ok"] is True, answer
    assert answer["result"]["network"] == NETWORK
    assert answer["result"]["effects"]


def test_the_frozen_program_has_its_device_process_and_the_usb_rules(program: Path) -> None:
    """The child that opens devices starts, and finds both back ends of hidapi; no device is connected
    here.
    """
    listed = run(program, "--json", "devices", "list")
    assert (listed.returncode, json.loads(listed.stdout)) == (0, {"ok": True, "result": {"devices": []}})
    shown = run(program, "--json", "devices", "install-udev", "--dry-run", "--directory", "/nowhere")
    assert 'KERNEL=="hidraw*"' in json.loads(shown.stdout)["result"]["diff"]


def test_the_frozen_program_makes_a_workspace_with_its_store(program: Path, tmp_path: Path) -> None:
    """The encrypted store, its migration scripts and the key process, all from the one folder."""
    for name in ("vault", "keys"):
        (tmp_path / name).write_bytes(PASSPHRASE)
    common = ("--json", "--passphrase-file", str(tmp_path / "vault"))
    common += ("--key-passphrase-file", str(tmp_path / "keys"))
    place = str(tmp_path / "workspace")
    made = run(
        program,
        *common,
        "workspace",
        "init",
        place,
        "--class",
        "practice",
        "--org",
        "acme",
        "--person",
        "alice",
    )
    assert made.returncode == 0, made.stdout + made.stderr
    listed = run(program, *common, "--workspace", place, "keys", "list")
    assert listed.returncode == 0, listed.stdout + listed.stderr
    assert (
        json.loads(listed.stdout)["result"]["device_key"] == json.loads(made.stdout)["result"]["device_key"]
    )
    assert (tmp_path / "workspace" / "store.db").stat().st_size > 0
