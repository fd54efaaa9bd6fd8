"""The real keystore child: what it signs, what it refuses, how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from signing_cases import BODY, GENESIS, GENESIS_SEED, NETWORK, PASSPHRASE, PAYMENT, REPORT
from xrpl.constants import CryptoAlgorithm
from xrpl.core import binarycodec, keypairs

from signer_app.core.canonical import canonical
from signer_app.core.errors import CountersignError, SignerError
from signer_app.core.identity import proposal_id
from signer_app.core.resources import program_root
from signer_app.signers.host import ChildHost
from signer_app.signers.keystore.client import KeyInfo, Keystore, SignedTransaction, open_keystore
from signer_app.signers.port import DeviceStatus
from signer_app.signers.statements import verify_receipt, verify_statement
from signer_app.vault.kdf import KdfParameters, floor_parameters

SECRET_WORDS = (PASSPHRASE, PASSPHRASE.hex().encode(), GENESIS_SEED.encode())


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(CountersignError) as caught:
        action()
    for word in SECRET_WORDS:
        assert word.decode() not in json.dumps(caught.value.to_json())
    return caught.value.code


def key(keystore: Keystore, key_id: str) -> KeyInfo:
    return {entry.id: entry for entry in keystore.public_keys()}[key_id]


def sign(keystore: Keystore, using: str, **changes: str) -> SignedTransaction:
    signer = f"{NETWORK}:{key(keystore, using).addresses['xrpl']}"
    arguments = {"network": NETWORK, "body": BODY, "signer": signer, "key_id": using, "report_hash": REPORT}
    return keystore.sign_transaction(**{**arguments, **changes})


@pytest.mark.parametrize("key_id", ["alice-xrp", "bob-xrp"])
def test_a_signature_is_what_another_implementation_expects(keystore: Keystore, key_id: str) -> None:
    signed = sign(keystore, key_id)
    address = key(keystore, key_id).addresses["xrpl"]
    assert keypairs.derive_classic_address(signed.signature.public_key) == address
    message = bytes.fromhex(binarycodec.encode_for_multisigning(PAYMENT, address))
    signature = bytes.fromhex(signed.signature.signature)
    assert keypairs.is_valid_message(message, signature, signed.signature.public_key)
    assert signed.signature.scheme == "xrpl-multi"
    assert signed.signature.signer == f"{NETWORK}:{address}"


def test_the_receipt_binds_proposal_digest_and_report(keystore: Keystore) -> None:
    signed = sign(keystore, "alice-xrp")
    expected = proposal_id(network=NETWORK, account=f"{NETWORK}:{GENESIS}", encoding="xrpl-blob", body=BODY)
    assert signed.receipt["proposal_id"] == expected
    assert signed.receipt["digest"] == signed.digest
    assert signed.receipt["report_hash"] == REPORT
    assert signed.receipt["device_key"] == keystore.device_public_key()
    assert verify_receipt(signed.receipt)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": BODY[:-2]}, "MALFORMED"),
        ({"body": BODY.lower()}, "MALFORMED"),
        ({"body": "AB" * 32}, "MALFORMED"),
        ({"body": ""}, "MALFORMED"),
        ({"network": "xrpl:0"}, "NETWORK"),
        ({"network": "stellar:pubnet"}, "NETWORK"),
        ({"signer": f"{NETWORK}:{GENESIS}"}, "NOT_THIS_SIGNER"),
        ({"signer": "xrpl:0:rrrrrrrrrrrrrrrrrrrrBZbvji"}, "NETWORK"),
        ({"signer": "rrrrrrrrrrrrrrrrrrrrBZbvji"}, "MALFORMED"),
        ({"key_id": "device"}, "KEY_NOT_FOUND"),
        ({"key_id": "nobody"}, "KEY_NOT_FOUND"),
        ({"report_hash": "5A" * 32}, "MALFORMED"),
        ({"report_hash": ""}, "MALFORMED"),
    ],
)
def test_what_is_not_signed(keystore: Keystore, changes: dict[str, str], code: str) -> None:
    assert code_of(lambda: sign(keystore, "alice-xrp", **changes)) == code
    assert sign(keystore, "alice-xrp").digest


def test_nobody_else_can_be_signed_for_in_single_mode(keystore: Keystore) -> None:
    alice = key(keystore, "alice-xrp")
    single = {**PAYMENT, "Account": alice.addresses["xrpl"], "SigningPubKey": alice.public_key}
    signer = f"{NETWORK}:{alice.addresses['xrpl']}"
    body = binarycodec.encode(single)
    signed = sign(keystore, "alice-xrp", body=body, signer=signer)
    message = bytes.fromhex(binarycodec.encode_for_signing(single))
    assert keypairs.is_valid_message(message, bytes.fromhex(signed.signature.signature), alice.public_key)
    assert code_of(lambda: sign(keystore, "bob-xrp", body=body, signer=signer)) == "NOT_THIS_SIGNER"


def test_there_is_no_call_that_signs_a_digest(keystore: Keystore) -> None:
    host = keystore._host
    for call in ("sign", "sign_digest", "sign_hash", "export", "private_key", "eval", "_sign_transaction"):
        assert code_of(lambda call=call: host.call(call, {"digest": "00" * 32})) == "USAGE"  # type: ignore[misc]
    assert keystore.alive


def test_statements(keystore: Keystore) -> None:
    device = keystore.device_public_key()
    for kind, value in (("policy", "ab" * 32), ("reject", {"reason": "no"}), ("halt", '{"a":1}')):
        assert verify_statement(device, kind, value, keystore.sign_statement(kind, value))
    note = f"acme/{'0a' * 16}\n5\n{'A' * 43}=\n".encode()
    assert verify_statement(device, "checkpoint", note.decode(), keystore.sign_checkpoint(note).hex())
    for kind, value in (("reject", "ab" * 32), ("receipt", {"a": 1}), ("checkpoint", BODY)):
        assert code_of(lambda kind=kind, value=value: keystore.sign_statement(kind, value)) == "MALFORMED"  # type: ignore[misc]


def test_imported_seeds_are_the_keys_that_others_derive(keystore: Keystore, tmp_path: Path) -> None:
    seed = tmp_path / "seed"
    seed.write_text(GENESIS_SEED + "\n")
    imported = keystore.import_key("genesis", "secp256k1", seed)
    assert imported.addresses == {"xrpl": GENESIS}
    assert imported.accounts(["xrpl:0", "stellar:pubnet", NETWORK]) == [
        f"xrpl:0:{GENESIS}",
        f"{NETWORK}:{GENESIS}",
    ]
    ed_seed = keypairs.generate_seed(algorithm=CryptoAlgorithm.ED25519)
    seed.write_text(ed_seed)
    public, _private = keypairs.derive_keypair(ed_seed)
    assert keystore.import_key("ed", "ed25519", seed).public_key == public
    seed.write_text("11" * 32)
    assert keystore.import_key("raw", "ed25519", seed).public_key.startswith("ED")
    assert [entry.id for entry in keystore.public_keys()] == [
        *("alice-xrp", "bob-xrp", "device", "ed", "genesis", "raw"),
    ]


@pytest.mark.parametrize(
    "content",
    [GENESIS_SEED[:-1] + "c", "", "00" * 32, "ff" * 32, "0" * 63, "violet " * 12, "é" * 10, "x" * 5000],
)
def test_bad_seed_files_are_refused_and_never_quoted(
    keystore: Keystore, tmp_path: Path, content: str
) -> None:
    seed = tmp_path / "seed"
    seed.write_text(content)
    with pytest.raises(CountersignError) as caught:
        keystore.import_key("new", "secp256k1", seed)
    assert caught.value.code in {"MALFORMED", "TOO_LARGE"}
    assert not content or content[:20] not in json.dumps(caught.value.to_json(), ensure_ascii=False)
    assert not (tmp_path / "keys" / "new.json").exists()


def test_new_keys_survive_and_open_again(
    keys_folder: Path, passphrase_file: Path, keystore: Keystore
) -> None:
    made = keystore.generate_key("carol-xrp", "secp256k1")
    keystore.close()
    with open_keystore(keys_folder, passphrase_file=passphrase_file) as again:
        assert key(again, "carol-xrp") == made
        assert again.device_public_key() == keystore.device_public_key()
        assert code_of(again.create_device_key) == "EXISTS"
        assert code_of(lambda: again.generate_key("carol-xrp", "ed25519")) == "EXISTS"
        assert code_of(lambda: again.generate_key("x", "p256")) == "USAGE"
        assert code_of(lambda: again.generate_key("x", "secp256k1", purpose="any")) == "USAGE"


def test_wrong_passphrases_wait_longer_and_longer(keys_folder: Path, passphrase_file: Path) -> None:
    for _ in range(3):
        assert (
            code_of(lambda: open_keystore(keys_folder, passphrase=bytearray(b"no"))) == "KEY_PASSPHRASE_WRONG"
        )
    attempts = keys_folder / "attempts.json"
    told = json.loads(attempts.read_text())
    assert told["misses"] == 3
    # As after many more: a wait of minutes, which even the right passphrase does not shorten.
    attempts.write_bytes(canonical({**told, "misses": 20}))
    with pytest.raises(SignerError) as caught:
        open_keystore(keys_folder, passphrase_file=passphrase_file)
    assert caught.value.code == "KEY_PASSPHRASE_WRONG"
    assert 0 < int(str(caught.value.details["retry_after_s"])) <= 900
    attempts.write_bytes(canonical({"misses": 3, "last": "2020-01-01T00:00:00Z"}))
    open_keystore(keys_folder, passphrase_file=passphrase_file).close()
    assert json.loads(attempts.read_text())["misses"] == 0


def test_the_passphrase_is_wiped_even_when_it_fails(keys_folder: Path) -> None:
    for words in (bytearray(b"wrong words"), bytearray(PASSPHRASE)):
        length = len(words)
        with contextlib.suppress(SignerError):
            open_keystore(keys_folder, passphrase=words).close()
        assert words == bytes(length)


def test_folders_that_do_not_open(tmp_path: Path, keys_folder: Path, passphrase_file: Path) -> None:
    empty = tmp_path / "empty"
    assert code_of(lambda: open_keystore(empty, passphrase_file=passphrase_file)) == "KEY_NOT_FOUND"
    create = floor_parameters()
    assert (
        code_of(lambda: open_keystore(keys_folder, passphrase_file=passphrase_file, create=create))
        == "EXISTS"
    )
    assert code_of(lambda: open_keystore(keys_folder)) == "PASSPHRASE_REQUIRED"
    assert code_of(lambda: open_keystore(keys_folder, passphrase_file=tmp_path / "none")) == "NOT_FOUND"
    link = tmp_path / "link"
    link.symlink_to(keys_folder)
    assert code_of(lambda: open_keystore(link, passphrase_file=passphrase_file)) == "STORAGE_FAILED"


def test_a_damaged_or_foreign_key_file_stops_everything(
    tmp_path: Path, keys_folder: Path, passphrase_file: Path
) -> None:
    other = tmp_path / "other"
    with open_keystore(other, passphrase=bytearray(b"else"), create=floor_parameters()) as keystore:
        keystore.generate_key("mallory", "secp256k1")
    shutil.copy(other / "mallory.json", keys_folder)
    assert code_of(lambda: open_keystore(keys_folder, passphrase_file=passphrase_file)) == "KEY_FILE_BROKEN"
    (keys_folder / "mallory.json").write_bytes(b"{}")
    with pytest.raises(SignerError) as caught:
        open_keystore(keys_folder, passphrase_file=passphrase_file)
    assert (caught.value.code, caught.value.details) == ("KEY_FILE_BROKEN", {"id": "mallory"})


def test_weaker_hashing_is_not_started(tmp_path: Path) -> None:
    with ChildHost("keystore") as host:
        cost = {**floor_parameters().to_json(), "memory_kib": 1024}
        params = {"folder": str(tmp_path / "keys"), "passphrase_file": None, "create": cost}
        assert code_of(lambda: host.call("unlock", params, secret=bytearray(b"x"))) == "MALFORMED"  # type: ignore[arg-type]
    assert not list((tmp_path / "keys").glob("*"))


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is for Linux")
def test_the_fence_stands_in_the_real_child(keystore: Keystore) -> None:
    result = keystore.self_check()
    assert result["fenced"] is True
    calls = result["calls"]
    assert isinstance(calls, dict)
    assert set(calls) >= {"socket", "execve", "ptrace", "process_vm_readv", "io_uring_setup", "pidfd_getfd"}
    assert set(calls.values()) == {"EPERM"}
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{keystore.pid}/status").read_text().splitlines()
    )
    assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")


#: Stands in for a Linux where the filter cannot be installed.
UNFENCED = """
from signer_app.core.errors import SignerError
from signer_app.signers import child, fence
def refuse():
    raise SignerError("no fence here", code="SANDBOX_UNAVAILABLE")
fence.raise_fence = refuse
raise SystemExit(child.run_child("keystore"))
"""


def test_a_child_without_a_fence_refuses_secrets(keys_folder: Path) -> None:
    host = ChildHost("keystore", command=[sys.executable, "-P", "-c", UNFENCED])
    opener = lambda: open_keystore(keys_folder, passphrase=bytearray(PASSPHRASE), host=host)  # noqa: E731
    assert code_of(opener) == "SANDBOX_UNAVAILABLE"
    assert not (keys_folder / "attempts.json").exists()


#: The real loop and the real fence; when the pipe ends, it writes down what is loaded.
LISTING = """
import sys
from signer_app.signers.child import run_child
code = run_child("keystore")
with open({path!r}, "w") as file:
    file.write("\\n".join(sys.modules))
raise SystemExit(code)
"""


def test_what_the_child_loads(keys_folder: Path, passphrase_file: Path, tmp_path: Path) -> None:
    listing = tmp_path / "modules"
    command = [sys.executable, "-P", "-c", LISTING.format(path=str(listing))]
    with open_keystore(
        keys_folder, passphrase_file=passphrase_file, host=ChildHost("keystore", command=command)
    ) as keystore:
        assert sign(keystore, "alice-xrp").digest
        assert keystore.sign_statement("reject", {"a": 1})
    loaded = {name.partition(".")[0] for name in listing.read_text().split("\n")}
    assert "coincurve" in loaded
    assert not loaded & {
        *("xrpl", "aiohttp", "httpx", "sqlalchemy", "sqlcipher3", "alembic", "asyncio", "socket", "ssl"),
        *("pydantic", "keyring", "typer", "websockets", "subprocess", "multiprocessing"),
    }
    rooms = {name.split(".")[1] for name in listing.read_text().split("\n") if name.startswith("signer_app.")}
    assert rooms <= {"chains", "core", "signers", "vault"}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_memory_of_the_child_after_the_default_hashing(tmp_path: Path) -> None:
    """256 MiB are used to hash and given back: under 60 MB stay (DESIGN section 8)."""
    with open_keystore(tmp_path / "keys", passphrase=bytearray(b"x"), create=KdfParameters()) as keystore:
        keystore.create_device_key()
        keystore.generate_key("alice-xrp", "secp256k1")
        sign(keystore, "alice-xrp")
        status = Path(f"/proc/{keystore.pid}/status").read_text()
    figures = {line.split()[0]: int(line.split()[1]) for line in status.splitlines() if line.startswith("Vm")}
    assert figures["VmHWM:"] > 256 * 1024
    assert figures["VmRSS:"] < 60_000


def test_no_secret_in_arguments_or_environment(keystore: Keystore, tmp_path: Path) -> None:
    for pid in (keystore.pid, os.getpid()):
        for name in ("cmdline", "environ"):
            try:
                content = Path(f"/proc/{pid}/{name}").read_bytes()
            except PermissionError:
                continue  # not dumpable: nobody but root reads it
            assert not any(word in content for word in SECRET_WORDS)


CALLS: dict[str, Callable[[Keystore], object]] = {
    "sign_transaction": lambda keystore: sign(keystore, "alice-xrp"),
    "sign_statement": lambda keystore: keystore.sign_statement("reject", {"a": 1}),
    "generate": lambda keystore: keystore.generate_key("new", "secp256k1"),
    "public_keys": lambda keystore: keystore.public_keys(),
}


@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGSTOP, "SIGNER_TIMEOUT"), (signal.SIGKILL, "SIGNER_DIED")]
)
def test_stopped_or_killed_between_calls(
    keystore: Keystore, monkeypatch: pytest.MonkeyPatch, call: str, number: int, code: str
) -> None:
    host_call = keystore._host.call
    monkeypatch.setattr(
        keystore._host, "call", lambda *args, **named: host_call(*args, **{**named, "timeout": 0.5})
    )
    os.kill(keystore.pid, number)
    assert code_of(lambda: CALLS[call](keystore)) == code
    assert not keystore.alive
    assert keystore.state().status is DeviceStatus.LOCKED


def test_stopped_before_unlocking(keys_folder: Path, passphrase_file: Path) -> None:
    host = ChildHost("keystore")
    os.kill(host.pid, signal.SIGSTOP)
    opener = lambda: open_keystore(keys_folder, passphrase_file=passphrase_file, host=host, timeout=0.3)  # noqa: E731
    assert code_of(opener) == "SIGNER_TIMEOUT"


def test_hanging_while_unlocking(keys_folder: Path, tmp_path: Path) -> None:
    """A pipe in the place of the passphrase file holds the child exactly there."""
    os.mkfifo(tmp_path / "pipe")
    opener = lambda: open_keystore(keys_folder, passphrase_file=tmp_path / "pipe", timeout=0.5)  # noqa: E731
    assert code_of(opener) == "SIGNER_TIMEOUT"


@pytest.mark.parametrize(
    "place",
    ["keystore.unlocking", "attempts.temp_written", "attempts.replaced", "attempts.replaced:2"],
)
def test_killed_while_unlocking(
    keys_folder: Path, passphrase_file: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("COUNTERSIGN_FAILPOINT", place)
    assert code_of(lambda: open_keystore(keys_folder, passphrase_file=passphrase_file)) == "SIGNER_DIED"
    monkeypatch.delenv("COUNTERSIGN_FAILPOINT")
    with open_keystore(keys_folder, passphrase_file=passphrase_file) as keystore:
        assert sign(keystore, "alice-xrp").digest


@pytest.mark.parametrize(
    ("place", "call", "made"),
    [
        ("keystore.before_sign", "sign_transaction", False),
        ("keystore.after_sign", "sign_transaction", False),
        ("keystore.before_statement", "sign_statement", False),
        ("keyfile.temp_written", "generate", False),
        ("keyfile.replaced", "generate", True),
    ],
)
def test_killed_in_a_call(
    keys_folder: Path,
    passphrase_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    call: str,
    made: bool,
) -> None:
    monkeypatch.setenv("COUNTERSIGN_FAILPOINT", place)
    with open_keystore(keys_folder, passphrase_file=passphrase_file) as keystore:
        assert code_of(lambda: CALLS[call](keystore)) == "SIGNER_DIED"
    monkeypatch.delenv("COUNTERSIGN_FAILPOINT")
    with open_keystore(keys_folder, passphrase_file=passphrase_file) as keystore:
        assert sign(keystore, "alice-xrp").digest
        assert ("new" in [entry.id for entry in keystore.public_keys()]) is made


def test_the_end_of_the_pipe_ends_the_child(keystore: Keystore) -> None:
    """As when the parent dies: nobody says goodbye."""
    process = keystore._host._process
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 0


def test_a_parent_that_is_killed_leaves_no_child(keys_folder: Path, passphrase_file: Path) -> None:
    code = (
        "import sys, signal\nfrom pathlib import Path\n"
        "from signer_app.signers.keystore.client import open_keystore\n"
        "keystore = open_keystore(Path(sys.argv[1]), passphrase_file=Path(sys.argv[2]))\n"
        "print(keystore.pid, flush=True)\nsignal.pause()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(keys_folder), str(passphrase_file)],
        env={**os.environ, "PYTHONPATH": str(program_root())},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        watch = os.pidfd_open(pid)
        parent.kill()
    try:
        poller = select.poll()
        poller.register(watch, select.POLLIN)
        assert poller.poll(60_000)
    finally:
        os.close(watch)


def test_threads_may_share_a_keystore(keystore: Keystore) -> None:
    digests: list[str] = []
    threads = [
        threading.Thread(target=lambda: digests.append(sign(keystore, "alice-xrp").digest)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(digests) == 8
    assert len(set(digests)) == 1


def test_machine_is_one_that_the_fence_knows() -> None:
    assert sys.platform != "linux" or platform.machine() in {"x86_64", "aarch64"}
