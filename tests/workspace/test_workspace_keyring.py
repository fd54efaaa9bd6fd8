"""A workspace that uses the system's keyring: an old copy of the whole folder is noticed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from keyring.errors import KeyringLocked
from offices import Answer, run_here, run_program

from signer_app.core.errors import ConflictError, IntegrityError
from signer_app.signers.keystore.client import open_keystore
from signer_app.vault import keyring_half
from signer_app.vault.files import write_private
from signer_app.workspace import Workspace, create_workspace

SECRET = b"a passphrase for tests"


class _Store:
    """The session's keyring in memory, under the name of a back end that is on the list."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._answer()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._answer()
        self.kept[service, username] = password

    def _answer(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")

    def entry(self, prefix: str) -> tuple[str, str]:
        (name,) = [name for name in self.kept if name[1].startswith(prefix)]
        return name


_Store.__module__, _Store.__qualname__ = "keyring.backends.SecretService", "Keyring"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> _Store:
    made = _Store()
    monkeypatch.setattr(keyring_half, "_system_backend", lambda _allowed: made)
    return made


def make(folder: Path, *, use_keyring: bool = True) -> Path:
    write_private(folder / "pass.txt", SECRET.decode())
    create_workspace(
        folder / "w",
        network_class="practice",
        org="acme",
        person="alice",
        roles=("finance",),
        passphrase=bytearray(SECRET),
        create_keystore=lambda keys, kdf: open_keystore(
            keys, passphrase_file=folder / "pass.txt", create=kdf
        ),
        use_keyring=use_keyring,
    )
    return folder / "w"


@pytest.fixture
def home(store: _Store, tmp_path: Path) -> Path:
    return make(tmp_path)


def opened(home: Path, *, confirm_repair: bool = False) -> Workspace:
    return Workspace.open(home, passphrase=bytearray(SECRET), confirm_repair=confirm_repair)


def note(home: Path, text: str) -> None:
    with opened(home) as workspace:
        workspace.rooms.record("note", {"text": text})


def refused(home: Path, *, confirm_repair: bool = False) -> IntegrityError:
    with pytest.raises(IntegrityError) as caught:
        opened(home, confirm_repair=confirm_repair)
    return caught.value


def put_back(copy: Path, home: Path) -> None:
    """What an attacker, or a restored backup, does: the whole folder as it once was, vault.json included."""
    shutil.rmtree(home)
    shutil.copytree(copy, home)


def copied(home: Path) -> Path:
    return Path(shutil.copytree(home, home.parent / "copy"))


def command(home: Path, *words: str) -> Answer:
    secret = home.parent / "pass.txt"
    return run_here("--workspace", str(home), "--passphrase-file", str(secret), "--json", *words)


# -- what is kept where ------------------------------------------------------------------------------------


def test_every_head_goes_to_the_vault_and_to_the_keyring(home: Path, store: _Store) -> None:
    with opened(home) as workspace:
        workspace.unlock_keys(lambda keys: open_keystore(keys, passphrase_file=home.parent / "pass.txt"))
        for text in ("one", "two"):
            workspace.rooms.record("note", {"text": text})
            workspace.seal()
            head = workspace.journal.head().to_json()
            kept = json.loads(store.kept[store.entry("head:")])
            assert {name: kept[name] for name in head} == head == workspace.vault.get("head")
            assert workspace.vault.get("checkpoint") == head
        assert store.entry("head:")[1] == f"head:{workspace.journal.log_id}"


def test_show_says_where_the_head_is_kept(home: Path, store: _Store, tmp_path: Path) -> None:
    with_it = command(home, "workspace", "show").result
    assert (with_it["keyring"], with_it["head_kept_in"]) == (True, ["vault", "keyring"])
    (tmp_path / "other").mkdir()
    before = dict(store.kept)
    without = command(make(tmp_path / "other", use_keyring=False), "workspace", "show").result
    assert (without["keyring"], without["head_kept_in"]) == (False, ["vault"])
    assert {name: text for name, text in store.kept.items() if name not in before} == {}


# -- the attack --------------------------------------------------------------------------------------------


def test_an_old_copy_of_the_whole_folder_is_a_rollback(home: Path) -> None:
    note(home, "before")
    copy = copied(home)
    note(home, "what somebody wants forgotten")
    put_back(copy, home)
    error = refused(home)
    assert (error.code, error.details["state"]) == ("JOURNAL_BROKEN", "ROLLBACK")
    assert refused(home, confirm_repair=True).details["state"] == "ROLLBACK", "no confirmation lifts it"
    verified = command(home, "journal", "verify", "--vault")
    assert (verified.exit_code, verified.result["state"]) == (7, "ROLLBACK")


def test_an_old_copy_with_other_records_added_is_a_fork(home: Path, store: _Store) -> None:
    copy = copied(home)
    seen = dict(store.kept)
    note(home, "what somebody wants forgotten")
    newest = dict(store.kept)
    put_back(copy, home)
    store.kept = seen
    for text in ("another story", "told at greater length"):
        note(home, text)
    store.kept = newest
    error = refused(home)
    assert (error.code, error.details["state"]) == ("JOURNAL_BROKEN", "FORK")


def test_without_the_keyring_an_old_copy_is_not_noticed(store: _Store, tmp_path: Path) -> None:
    """The limit that the threat model states; this test is its proof, and fails when it is lifted."""
    home = make(tmp_path, use_keyring=False)
    copy = copied(home)
    note(home, "forgotten")
    put_back(copy, home)
    with opened(home):
        pass
    assert store.kept == {}


# -- a keyring that does not do its part -------------------------------------------------------------------


def test_a_keyring_that_is_locked_stops_everything(home: Path, store: _Store) -> None:
    store.locked = True
    assert refused(home).code == "KEYRING_UNAVAILABLE"
    answer = command(home, "workspace", "show")
    assert answer.refused == (7, "KEYRING_UNAVAILABLE")


def test_a_keyring_that_locks_during_work_is_no_success(home: Path, store: _Store) -> None:
    workspace = opened(home)
    workspace.rooms.record("note", {"text": "new"})
    store.locked = True
    with pytest.raises(IntegrityError) as caught:
        workspace.close()
    assert caught.value.code == "KEYRING_UNAVAILABLE"
    store.locked = False
    with opened(home) as workspace:
        assert workspace.journal.size > 2, "the record is there, and the head follows now"


def test_a_head_that_lags_behind_the_vault_is_no_harm(home: Path, store: _Store) -> None:
    """A crash between the two writes leaves the keyring with the head before."""
    name = store.entry("head:")
    before = store.kept[name]
    note(home, "one more")
    assert store.kept[name] != before
    store.kept[name] = before
    with opened(home) as workspace:
        assert json.loads(store.kept[name])["size"] < workspace.journal.size
    assert json.loads(store.kept[name])["size"] >= 3


@pytest.mark.parametrize(
    "value", [None, "", "junk", '{"mac":"00","root":"' + "00" * 32 + '","size":1}', "ROLLED BACK BY HAND"]
)
def test_a_head_that_is_lost_or_made_up_needs_a_person(home: Path, store: _Store, value: str | None) -> None:
    name = store.entry("head:")
    if value is None:
        del store.kept[name]
    elif value.startswith("ROLLED"):
        kept = json.loads(store.kept[name])
        store.kept[name] = json.dumps({**kept, "size": 1})
    else:
        store.kept[name] = value
    error = refused(home)
    assert error.code == "KEYRING_UNAVAILABLE"
    assert "journal repair" in error.hint
    with opened(home, confirm_repair=True) as workspace:
        texts = [record.get("text") for _, record in workspace.journal.records()]
        assert "a person opened it without the keyring's head" in texts
    with opened(home):
        pass


def test_a_lost_half_opens_nothing(home: Path, store: _Store) -> None:
    store.kept = {name: text for name, text in store.kept.items() if name[1].startswith("head:")}
    assert refused(home, confirm_repair=True).code == "KEYRING_UNAVAILABLE"


def test_without_a_safe_keyring_nothing_is_made(tmp_path: Path) -> None:
    """The suite runs with the null back end, which keeps nothing."""
    with pytest.raises(IntegrityError) as caught:
        make(tmp_path)
    assert caught.value.code == "KEYRING_UNAVAILABLE"
    assert not (tmp_path / "w").exists()


# -- torn ends under two heads -----------------------------------------------------------------------------


@pytest.mark.parametrize("lag", [False, True])
def test_a_confirmed_repair_settles_both_heads(
    home: Path, store: _Store, lag: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest record is torn and both places cover it; ``lag``: the keyring only the one before."""
    name = store.entry("head:")
    note(home, "one")
    before = store.kept[name]
    note(home, "two")
    if lag:
        store.kept[name] = before
    log = home / "logs" / "audit-events.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[: -1 - lag]) + lines[-1 - lag][:-10])
    assert refused(home).code == "JOURNAL_TORN"
    # A crash when the journal is repaired and neither vault nor keyring has learned of it.
    with monkeypatch.context() as crash:
        crash.setattr("signer_app.workspace.heads.Heads.keep", _stop)
        with pytest.raises(ConflictError):
            opened(home, confirm_repair=True)
    with opened(home) as workspace:
        head = workspace.journal.head()
    assert json.loads(store.kept[name])["size"] == head.size
    with opened(home):
        pass


def _stop(*_arguments: Any) -> None:
    raise ConflictError("stopped here")


# -- which of several back ends ----------------------------------------------------------------------------


def test_of_several_stores_the_first_safe_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring package then gives a chain of them, which is on no list."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    class Plain(_Store):
        pass

    Plain.__module__, Plain.__qualname__ = "keyrings.alt.file", "PlaintextKeyring"
    safe = _Store()

    monkeypatch.setattr(keyring, "get_keyring", ChainerBackend)
    monkeypatch.setattr(ChainerBackend, "backends", [Plain(), safe])
    keyring_half.SystemKeyring().keep("name", "text")
    assert safe.kept == {("countersign", "name"): "text"}
    monkeypatch.setattr(ChainerBackend, "backends", [Plain()])
    with pytest.raises(IntegrityError) as caught:
        keyring_half.SystemKeyring()
    assert caught.value.code == "KEYRING_UNAVAILABLE"


# -- the real thing ----------------------------------------------------------------------------------------


@pytest.fixture
def session_keyring(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A message bus and a Secret Service of this test's own, unlocked. Gives the environment."""
    place = tmp_path / "session"
    place.mkdir(mode=0o700)
    environment = {
        "HOME": str(place), "XDG_RUNTIME_DIR": str(place), "XDG_DATA_HOME": str(place / "data"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
    }  # fmt: skip
    surroundings = {**os.environ, **environment}
    with subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=surroundings, text=True,
    ) as bus:  # fmt: skip
        assert bus.stdout is not None
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        with subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, **environment}, text=True,
        ) as service:  # fmt: skip
            assert service.stdin is not None
            assert service.stdout is not None
            service.stdin.write("the session's password")
            service.stdin.close()
            service.stdout.readline()  # it says where it is when it can be asked
            yield environment
            service.terminate()
        bus.terminate()


def test_the_real_command_notices_an_old_copy_through_a_real_secret_service(
    session_keyring: dict[str, str], tmp_path: Path
) -> None:
    secret, home = tmp_path / "pass.txt", tmp_path / "w"
    write_private(secret, SECRET.decode())

    def real(*words: str, **more: str) -> Answer:
        common = ("--json", "--passphrase-file", str(secret), "--key-passphrase-file", str(secret))
        return run_program(*common, "--workspace", str(home), *words, **{**session_keyring, **more})

    named = ("--class", "practice", "--org", "acme", "--person", "alice")
    made = real("workspace", "init", str(home), *named, "--keyring")
    assert made.result["workspace"] == str(home)
    assert real("workspace", "show").result["head_kept_in"] == ["vault", "keyring"]
    copy = copied(home)
    assert real("keys", "generate", "--id", "k", "--curve", "ed25519").exit_code == 0
    put_back(copy, home)
    refusal = real("workspace", "show")
    assert refusal.refused == (7, "JOURNAL_BROKEN")
    assert refusal.error["details"]["state"] == "ROLLBACK"
    for lost in (
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"},
        {"PYTHON_KEYRING_BACKEND": "no.such.Thing"},
    ):
        assert real("workspace", "show", **lost).refused == (7, "KEYRING_UNAVAILABLE")
