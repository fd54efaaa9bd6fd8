"""The built program: window, command line and child processes in one folder, without Python around it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from signing_cases import BODY, NETWORK, PASSPHRASE, PAYMENT, REPORT
from xrpl.core import binarycodec, keypairs

from signer_app.signers.keystore.client import open_keystore
from signer_app.signers.statements import verify_receipt
from signer_app.vault.kdf import floor_parameters

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


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


def test_alone_it_opens_the_window(program: Path) -> None:
    """Until it listens for a second start; a signal then ends it in good order."""
    # A socket's path may have 107 characters, which a folder of the test runner's leaves no room for.
    with tempfile.TemporaryDirectory(prefix="countersign-test-") as home:
        environment = {"HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
        with subprocess.Popen(
            [str(program)],
            env=environment,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as window:  # fmt: skip
            try:
                end = time.monotonic() + 60
                while not any(path.is_socket() for path in Path(home).glob("countersign-*/*")):
                    assert window.poll() is None
                    assert time.monotonic() < end
                    time.sleep(0.05)
                window.terminate()
                _, said = window.communicate(timeout=60)
            finally:
                window.kill()
        assert (window.returncode, said) == (0, "")


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


def test_the_frozen_program_draws_codes(program: Path) -> None:
    """The library for QR codes is in the program."""
    address = PAYMENT["Account"]
    drawn = run(program, "--json", "accounts", "qr", f"{NETWORK}:{address}")
    assert json.loads(drawn.stdout)["result"]["text"] == address


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


def test_the_frozen_program_knows_its_own_files(program: Path, folder: Path, tmp_path: Path) -> None:
    """Unchanged it is verified; a file that was altered, one that is gone and one that is new are named."""
    answer = run(program, "--json", "about")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    build = json.loads(answer.stdout)["result"]["build"]
    assert build["state"] == "verified"
    assert build["files"] > 100
    assert build["manifest"] == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    copy = Path(shutil.copytree(folder, tmp_path / "copy", symlinks=True))
    style = copy / "_internal" / "resources" / "style.qss"
    style.write_bytes(style.read_bytes() + b" ")
    (copy / "_internal" / "resources" / "icons" / "countersign.svg").unlink()
    (copy / "_internal" / "more.so").write_bytes(b"x")
    altered = run(copy / "countersign", "--json", "about")
    assert altered.returncode == 7
    found = json.loads(altered.stdout)["result"]["build"]
    assert found["state"] == "differs"
    assert found["changed"] == ["_internal/resources/style.qss"]
    assert found["missing"] == ["_internal/resources/icons/countersign.svg"]
    assert found["added"] == ["_internal/more.so"]
    assert found["manifest"] == build["manifest"], "which is why it has to be compared by another way"
