"""The vault file: what opens it, what it refuses, and that nothing readable stands in it."""

from __future__ import annotations

import importlib
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.errors import ConflictError, CountersignError, IntegrityError, NotFoundError
from signer_app.core.resources import program_root
from signer_app.vault import envelope, sealing
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.kdf import KdfParameters, floor_parameters
from signer_app.vault.keyring_half import ALLOWED_BACKENDS, SystemKeyring

PASSPHRASE = b"correct horse battery staple"


def words() -> bytearray:
    return bytearray(PASSPHRASE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "vault.json"


@pytest.fixture
def vault(path: Path) -> Vault:
    return Vault.create(path, words(), kdf=floor_parameters())


class StubBackend:
    """A keyring back end in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class ForgetfulBackend(StubBackend):
    """Accepts what it does not keep, as one real back end does with long values."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password[:-2]


ALLOWED_STUBS = frozenset({f"{__name__}.StubBackend", f"{__name__}.ForgetfulBackend"})


def code_of(caught: pytest.ExceptionInfo[CountersignError]) -> str:
    return caught.value.code


def test_what_was_put_is_there_after_opening(vault: Vault, path: Path) -> None:
    vault.put("head", {"size": 7, "root": "ab"})
    vault.put("policy", {"version": 3})
    keys = {purpose: vault.key(purpose) for purpose in Purpose}
    vault.close()
    again = Vault.open(path, words())
    assert again.get("head") == {"size": 7, "root": "ab"}
    assert again.get("policy") == {"version": 3}
    assert again.get("nothing") is None
    assert {purpose: again.key(purpose) for purpose in Purpose} == keys
    assert len({*keys.values()}) == len(Purpose)
    assert all(len(key) == 32 for key in keys.values())


def test_two_vaults_share_no_key(vault: Vault, tmp_path: Path) -> None:
    other = Vault.create(tmp_path / "other" / "vault.json", words(), kdf=floor_parameters())
    assert other.key(Purpose.STORE) != vault.key(Purpose.STORE)


def test_files_are_private(vault: Vault, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_open_folder_is_closed_again(vault: Vault, path: Path) -> None:
    path.parent.chmod(0o755)
    Vault.open(path, words())
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_readable_in_the_file(vault: Vault, path: Path) -> None:
    vault.put("head", {"secret-looking": "TREASURY-HEAD"})
    data = path.read_bytes()
    for needle in (b"TREASURY", b"secret-looking", PASSPHRASE, PASSPHRASE.hex().encode()):
        assert needle not in data
    for purpose in Purpose:
        assert vault.key(purpose).hex().encode() not in data


def test_wrong_passphrase(vault: Vault, path: Path) -> None:
    with pytest.raises(IntegrityError) as caught:
        Vault.open(path, bytearray(b"correct horse battery stapl"))
    assert code_of(caught) == "VAULT_PASSPHRASE_WRONG"


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        Vault.open(tmp_path / "vault.json", words())


def test_create_never_overwrites(vault: Vault, path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ConflictError) as caught:
        Vault.create(path, words(), kdf=floor_parameters())
    assert code_of(caught) == "EXISTS"
    assert path.read_bytes() == before


def test_every_flipped_bit_is_refused_before_the_passphrase_matters(
    vault: Vault, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.put("head", {"size": 1})
    good = path.read_bytes()

    def unreachable(*_: object) -> bytearray:
        raise AssertionError("a damaged file reached the passphrase")

    monkeypatch.setattr(envelope, "derive", unreachable)
    for position in range(len(good) * 8):
        bad = bytearray(good)
        bad[position // 8] ^= 1 << position % 8
        path.write_bytes(bad)
        with pytest.raises(IntegrityError) as caught:
            Vault.open(path, words())
        assert code_of(caught) == "VAULT_BROKEN"


@pytest.mark.parametrize(
    ("place", "name"), [("header", "kdf"), ("header", "keyring"), ("header", "id"), ("sealed_key", "body")]
)
def test_change_with_a_matching_checksum_is_refused(vault: Vault, path: Path, place: str, name: str) -> None:
    """The checksum has no key; whoever changes the file can compute it. The seal is what holds."""
    content = sealing.decode_file(path.read_bytes())
    part = content[place]
    assert isinstance(part, dict)
    if name == "kdf":
        kdf = part["kdf"]
        assert isinstance(kdf, dict)
        kdf["lanes"] = 5
    elif name == "keyring":
        part["keyring"] = True
    else:
        text = part[name]
        assert isinstance(text, str)
        part[name] = text[:-1] + ("0" if text[-1] != "0" else "1")
    path.write_bytes(sealing.encode_file(content))
    with pytest.raises(IntegrityError) as caught:
        Vault.open(path, words())
    assert code_of(caught) in {"VAULT_BROKEN", "VAULT_PASSPHRASE_WRONG", "KEYRING_UNAVAILABLE"}


@pytest.mark.parametrize(
    "change", [{"memory_kib": 65535}, {"iterations": 2}, {"memory_kib": 8}, {"lanes": 0}]
)
def test_downgrade_of_the_hashing_is_refused(vault: Vault, path: Path, change: dict[str, int]) -> None:
    content = sealing.decode_file(path.read_bytes())
    header = content["header"]
    assert isinstance(header, dict)
    kdf = header["kdf"]
    assert isinstance(kdf, dict)
    kdf.update(change)
    path.write_bytes(sealing.encode_file(content))
    with pytest.raises(IntegrityError) as caught:
        Vault.open(path, words())
    assert code_of(caught) == "VAULT_BROKEN"


def test_no_vault_is_written_below_the_floor() -> None:
    for cost in ({"memory_kib": 65535}, {"iterations": 2}):
        with pytest.raises(CountersignError):
            KdfParameters(**cost)


def test_state_of_another_vault_is_refused(vault: Vault, path: Path, tmp_path: Path) -> None:
    other_path = tmp_path / "other" / "vault.json"
    Vault.create(other_path, words(), kdf=floor_parameters())
    content = sealing.decode_file(path.read_bytes())
    content["state"] = sealing.decode_file(other_path.read_bytes())["state"]
    path.write_bytes(sealing.encode_file(content))
    with pytest.raises(IntegrityError) as caught:
        Vault.open(path, words())
    assert code_of(caught) == "VAULT_BROKEN"


def test_a_link_is_refused(vault: Vault, path: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.json"
    path.rename(real)
    path.symlink_to(real)
    with pytest.raises(IntegrityError) as caught:
        Vault.open(path, words())
    assert code_of(caught) == "STORAGE_FAILED"
    with pytest.raises(IntegrityError):
        vault.put("head", 1)
    assert path.is_symlink()
    assert sealing.decode_file(real.read_bytes())


def test_closed_vault_gives_nothing(vault: Vault) -> None:
    vault.close()
    for action in (lambda: vault.key(Purpose.STORE), lambda: vault.get("head"), lambda: vault.put("head", 1)):
        with pytest.raises(ConflictError):
            action()


def test_change_of_passphrase_keeps_keys_and_state(vault: Vault, path: Path) -> None:
    vault.put("head", {"size": 2})
    key = vault.key(Purpose.STORE)
    vault.change_passphrase(bytearray(b"another one"))
    with pytest.raises(IntegrityError) as caught:
        Vault.open(path, words())
    assert code_of(caught) == "VAULT_PASSPHRASE_WRONG"
    again = Vault.open(path, bytearray(b"another one"))
    assert (again.key(Purpose.STORE), again.get("head")) == (key, {"size": 2})


def test_keyring_half_is_needed(path: Path) -> None:
    backend = StubBackend()
    keyring = SystemKeyring(backend, allowed=ALLOWED_STUBS)
    vault = Vault.create(path, words(), kdf=floor_parameters(), keyring=keyring)
    assert vault.keyring
    key = vault.key(Purpose.STORE)
    assert Vault.open(path, words(), keyring=keyring).key(Purpose.STORE) == key
    with pytest.raises(IntegrityError) as caught:
        Vault.open(path, words())
    assert code_of(caught) == "KEYRING_UNAVAILABLE"
    backend.kept = {name: "00" * 32 for name in backend.kept}
    with pytest.raises(IntegrityError) as caught:
        Vault.open(path, words(), keyring=keyring)
    assert code_of(caught) == "VAULT_PASSPHRASE_WRONG"
    backend.kept.clear()
    with pytest.raises(IntegrityError) as caught:
        Vault.open(path, words(), keyring=keyring)
    assert code_of(caught) == "KEYRING_UNAVAILABLE"


def test_passphrase_only_is_said(vault: Vault, path: Path) -> None:
    header = sealing.decode_file(path.read_bytes())["header"]
    assert isinstance(header, dict)
    assert header["keyring"] is False
    assert not vault.keyring


def test_back_end_outside_the_list_is_refused() -> None:
    with pytest.raises(IntegrityError) as caught:
        SystemKeyring(StubBackend())
    assert code_of(caught) == "KEYRING_UNAVAILABLE"
    assert not any("alt" in name or "null" in name or "fail" in name for name in ALLOWED_BACKENDS)


def test_back_end_of_this_test_run_is_not_on_the_list() -> None:
    """The suite runs with the null back end, which keeps nothing: exactly what must not be taken."""
    with pytest.raises(IntegrityError) as caught:
        SystemKeyring()
    assert code_of(caught) == "KEYRING_UNAVAILABLE"


def test_back_end_that_loses_what_it_took_is_found_out(path: Path) -> None:
    keyring = SystemKeyring(ForgetfulBackend(), allowed=ALLOWED_STUBS)
    with pytest.raises(IntegrityError) as caught:
        Vault.create(path, words(), kdf=floor_parameters(), keyring=keyring)
    assert code_of(caught) == "KEYRING_UNAVAILABLE"
    assert not path.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("keyring.errors", "KeyringLocked"),
        ("secretstorage.exceptions", "LockedException"),
        ("jeepney.auth", "AuthenticationError"),
        ("jeepney.wrappers", "DBusErrorResponse"),
        ("builtins", "BrokenPipeError"),
    ],
)
def test_whatever_a_back_end_raises_is_an_unavailable_keyring(module: str, name: str) -> None:
    kind = getattr(importlib.import_module(module), name)

    class Failing(StubBackend):
        def get_password(self, service: str, username: str) -> str | None:
            raise kind.__new__(kind)  # without what its maker asks for

    keyring = SystemKeyring(Failing(), allowed=frozenset({f"{__name__}.{Failing.__qualname__}"}))
    with pytest.raises(IntegrityError) as caught:
        keyring.fetch("00" * 16)
    assert code_of(caught) == "KEYRING_UNAVAILABLE"


def test_header_is_what_is_documented(vault: Vault, path: Path) -> None:
    content = read_json_object(path.read_bytes())
    assert set(content) == {"header", "sealed_key", "state", "checksum"}
    header = content["header"]
    assert isinstance(header, dict)
    assert set(header) == {"format", "id", "kdf", "keyring", "check"}
    assert path.read_bytes() == canonical(content) + b"\n"


def test_a_full_disk_keeps_the_old_state(small_disk: Callable[[int], Path]) -> None:
    folder = small_disk(64) / "w"
    vault = Vault.create(folder / "vault.json", words(), kdf=floor_parameters())
    vault.put("head", {"size": 1})
    with pytest.raises(IntegrityError) as caught:
        vault.put("head", {"text": "x" * 100_000})
    assert code_of(caught) == "STORAGE_FULL"
    assert vault.get("head") == {"size": 1}
    assert Vault.open(folder / "vault.json", words()).get("head") == {"size": 1}
    vault.put("head", {"size": 2})
    assert [entry.name for entry in folder.iterdir()] == ["vault.json"]


_PUT = """
import sys
from pathlib import Path
from signer_app.vault.envelope import Vault
vault = Vault.open(Path(sys.argv[1]), bytearray(sys.stdin.buffer.read()))
vault.put("head", {"size": 2})
"""


@pytest.mark.parametrize(("failpoint", "size"), [("vault.temp_written", 1), ("vault.replaced", 2)])
def test_kill_around_the_replacement_leaves_one_whole_state(
    vault: Vault, path: Path, failpoint: str, size: int
) -> None:
    vault.put("head", {"size": 1})
    killed = subprocess.run(
        [sys.executable, "-c", _PUT, str(path)],
        input=PASSPHRASE,
        env={**os.environ, "COUNTERSIGN_FAILPOINT": failpoint, "PYTHONPATH": str(program_root())},
        check=False,
        timeout=60,
    )
    assert killed.returncode == -9
    again = Vault.open(path, words())
    assert again.get("head") == {"size": size}
    again.put("head", {"size": 3})
    assert Vault.open(path, words()).get("head") == {"size": 3}
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["vault.json"]
