"""A workspace from a backup, by the real command: a new log, nothing that was open known, no older policy."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from offices import SECRETS, Answer, Offices, run_here, run_process
from test_workspace_keyring import SECRET, _Store, make, note

from signer_app.core.canonical import canonical
from signer_app.core.errors import IntegrityError
from signer_app.journal.files import JOURNAL_FILE
from signer_app.vault import keyring_half
from signer_app.workspace import Workspace
from signer_app.workspace.backup import make_backup
from signer_app.workspace.restoring import restore_backup

pytestmark = pytest.mark.slow


@dataclass
class Restored:
    """Bob's workstation after the loss of his disk."""

    offices: Offices
    folder: Path
    file: Path

    def globals(self) -> list[str]:
        mine = self.offices.globals("bob")
        return [str(self.folder) if word == str(self.offices.folder("bob")) else word for word in mine]

    def do(self, *arguments: str) -> Answer:
        return run_here(*self.globals(), *arguments)

    def back_up(self) -> None:
        made = self.offices.do("bob", "--yes", "workspace", "backup", "-o", str(self.file))
        assert made.exit_code == 0

    def restore(self, *more: str) -> Answer:
        return self.do("workspace", "restore", str(self.file), str(self.folder), *more)

    def state(self, identifier: str) -> str:
        return str(self.do("proposal", "show", identifier).result["state"])


@pytest.fixture
def bob(offices: Offices, tmp_path: Path) -> Restored:
    return Restored(offices, tmp_path / "new", tmp_path / "bob.countersign-backup")


def members(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file() and p.name != ".lock"}


# -- a new log ---------------------------------------------------------------------------------------------


def test_the_new_log_names_the_old_root_and_goes_on(offices: Offices, bob: Restored) -> None:
    identifier = offices.pay("alice", "5")
    offices.travel("alice", "bob", identifier)
    offices.sign("bob", identifier)
    bob.back_up()
    answer = run_process(*bob.globals(), "workspace", "restore", str(bob.file), str(bob.folder))
    made, old = answer.result, offices.folder("bob")
    earlier = bob.folder / "logs" / "earlier" / made["earlier"]["log_id"]
    assert members(bob.folder / "keys") == {
        name: data for name, data in members(old / "keys").items() if name != "attempts.json"
    }
    assert (old / "logs" / JOURNAL_FILE).read_bytes().startswith((earlier / JOURNAL_FILE).read_bytes())
    root = run_here("--json", "journal", "verify", str(earlier)).result["root"]
    start = bob.do("journal", "show", "0").result["records"][0]["record"]
    assert start["restored_from"] == {
        "log_id": json.loads((old / "logs/log.json").read_bytes())["log_id"],
        "size": made["earlier"]["size"],
        "root": root,
    }
    assert start["log_id"] == made["log_id"] != made["earlier"]["log_id"]
    shown = bob.do("workspace", "show").result
    assert (shown["log_id"], shown["person"], shown["nodes_confirmed"]) == (made["log_id"], "bob", True)
    assert shown["policy_in_force"] is not None
    verified = bob.do("journal", "verify", "--vault").result
    assert (verified["state"], verified["decrypted"]) == ("INTACT", True)
    assert bob.do("policy", "replay", identifier).result["same"] is True
    before = bob.do("proposal", "show", identifier).result
    assert bob.do("workspace", "rebuild").exit_code == 0
    assert bob.do("proposal", "show", identifier).result == before


def test_every_record_is_there_with_its_author_time_and_number(offices: Offices, bob: Restored) -> None:
    offices.travel("alice", "bob", offices.pay("alice", "5"))
    bob.back_up()
    made = bob.restore().result
    with offices.open("bob") as opened:
        old = dict(opened.journal.records())
    with Workspace.open(bob.folder, passphrase=bytearray(SECRETS["bob.vault"].encode())) as opened:
        new = list(opened.journal.records())
    carried = [record for _, record in new if "carried" in record]
    assert len(carried) == made["carried"] == made["earlier"]["size"] - 1, "all but the old log's start"
    assert [{**old[record["carried"]], "carried": record["carried"]} for record in carried] == carried
    kinds = [record["type"] for _, record in new]
    assert kinds[0] == "log.start"
    assert kinds[made["carried"] + 1] == "restored"


def test_work_goes_on_with_checkpoints_and_another_restore(offices: Offices, bob: Restored) -> None:
    bob.back_up()
    first = bob.restore().result
    identifier = offices.pay("alice", "5")
    path = offices.root / "file.countersign"
    assert offices.do("alice", "proposal", "export", identifier, "-o", str(path)).exit_code == 0
    assert bob.do("proposal", "import", str(path)).exit_code == 0
    assert bob.do("proposal", "sign", identifier, "--key", "bob-xrp").exit_code == 0
    checked = bob.do("journal", "verify", "--vault").result
    assert checked["checkpoint"]["signature"] == "valid"
    assert checked["checkpoint"]["size"] > first["carried"]
    second = Restored(offices, bob.folder.with_name("second"), bob.file.with_name("second.backup"))
    assert bob.do("workspace", "backup", "-o", str(second.file)).exit_code == 0
    made = second.restore().result
    logs = {path.name for path in (second.folder / "logs" / "earlier").iterdir()}
    assert logs == {first["earlier"]["log_id"], first["log_id"]} == {*logs, made["earlier"]["log_id"]}
    assert second.state(identifier) == "UNKNOWN"
    assert len(second.do("proposal", "show", identifier).result["signatures"]) == 1


# -- what is not known any more ----------------------------------------------------------------------------


def test_what_was_signed_and_paid_after_the_backup_is_read_from_the_ledger(
    offices: Offices, bob: Restored
) -> None:
    identifier = offices.pay("alice", "5")
    offices.travel("alice", "bob", identifier)
    bob.back_up()
    slot = offices.do("bob", "proposal", "show", identifier).result["slot"]
    offices.sign("bob", identifier)
    offices.travel("bob", "carol", identifier)
    offices.sign("carol", identifier)
    sent = offices.do("carol", "proposal", "submit", identifier).result
    offices.ledger.close()
    bob.restore()
    shown = bob.do("proposal", "show", identifier).result
    assert (shown["state"], shown["live"], shown["signatures"]) == ("UNKNOWN", True, [])
    refused = bob.do("proposal", "sign", identifier, "--key", "bob-xrp")
    assert refused.refused == (8, "OUTCOME_UNREAD")
    assert bob.do("--offline", "workspace", "catch-up").refused == (6, "OFFLINE")
    assert bob.state(identifier) == "UNKNOWN"
    (read,) = bob.do("workspace", "catch-up").result["proposals"]
    assert (read["state"], read["tx_id"], read["live"]) == ("CONFIRMED", sent["tx_id"], False)
    tickets = bob.do("proposal", "slots", "list", "--account", offices.team.treasury).result["tickets"]
    assert slot["value"] not in {entry["value"] for entry in tickets}, "used on the ledger: never again"


def test_what_was_signed_after_the_backup_and_not_sent_is_live(offices: Offices, bob: Restored) -> None:
    identifier = offices.pay("alice", "5")
    offices.travel("alice", "bob", identifier)
    bob.back_up()
    released = offices.sign("bob", identifier)
    bob.restore()
    tickets = ("proposal", "slots", "list", "--account", offices.team.treasury)
    (planned,) = [entry for entry in bob.do(*tickets).result["tickets"] if entry["state"] == "unknown"]
    assert planned["proposals"] == [identifier]
    (read,) = bob.do("workspace", "catch-up").result["proposals"]
    assert (read["state"], read["live"]) == ("PENDING", True), "its signature is out there"
    again = bob.do("proposal", "sign", identifier, "--key", "bob-xrp").result
    assert again["signature"]["digest"] == released["signature"]["digest"], "the same bytes, judged anew"


def test_what_was_sent_before_the_backup(offices: Offices, bob: Restored) -> None:
    identifier = offices.ready("6")
    offices.travel("carol", "bob", identifier)
    assert offices.do("bob", "proposal", "submit", identifier).result["state"] == "SUBMITTED"
    bob.back_up()
    bob.restore()
    assert bob.state(identifier) == "UNKNOWN"
    offices.ledger.close()
    (read,) = bob.do("workspace", "catch-up").result["proposals"]
    assert read["state"] == "CONFIRMED"


# -- policies ----------------------------------------------------------------------------------------------


def second_policy(offices: Offices, first: dict[str, Any]) -> tuple[Path, list[str]]:
    """Version 2 with everybody's votes, and where they lie."""
    digest = hashlib.sha256(canonical(first)).hexdigest()
    path = offices.root / "policy-2.json"
    path.write_bytes(canonical({**first, "version": 2, "prev": digest}))
    votes = []
    for name in ("alice", "bob", "carol"):
        vote = offices.root / f"{name}.vote"
        assert offices.do(name, "policy", "sign", str(path), "-o", str(vote)).exit_code == 0
        votes.append(str(vote))
    return path, votes


def test_no_older_policy_than_the_highest_seen_is_in_force(offices: Offices, bob: Restored) -> None:
    identifier = offices.pay("alice", "5")
    offices.travel("alice", "bob", identifier)
    (row,) = offices.do("bob", "policy", "show").result["policies"]
    with offices.open("bob") as opened:
        first = opened.policies.by_hash(row["hash"]).document.raw
    bob.back_up()
    path, votes = second_policy(offices, first)
    assert offices.do("bob", "policy", "activate", str(path), *votes).exit_code == 0
    made = bob.restore("--policy-version", "2").result
    assert (made["policy"], made["policy_expected"]) == (1, 2)
    assert bob.do("workspace", "show").result["policy_in_force"] is None
    bob.do("workspace", "catch-up")
    refused = bob.do("proposal", "sign", identifier, "--key", "bob-xrp")
    assert refused.refused == (4, "POLICY_INACTIVE")
    assert "Version 2" in refused.error["message"]
    old = offices.root / "policy-1.json"
    old.write_bytes(canonical(first))
    assert bob.do("policy", "activate", str(old), *votes).exit_code != 0, "the old one is no way out"
    assert bob.do("policy", "activate", str(path), *votes).exit_code == 0
    assert bob.do("proposal", "sign", identifier, "--key", "bob-xrp").exit_code == 0


def test_a_vault_that_has_seen_more_than_its_journal_is_refused(offices: Offices, bob: Restored) -> None:
    with offices.open("bob") as opened:
        opened.vault.put("highest_policy", 2)
    make_backup(offices.folder("bob"), bytearray(SECRETS["bob.vault"].encode()), bob.file)
    assert bob.restore().refused == (7, "POLICY_ROLLBACK")
    assert not bob.folder.exists()


# -- against a rollback ------------------------------------------------------------------------------------


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> _Store:
    made = _Store()
    monkeypatch.setattr(keyring_half, "_system_backend", lambda _allowed: made)
    return made


def opened(home: Path) -> Workspace:
    return Workspace.open(home, passphrase=bytearray(SECRET))


def test_an_honest_restore_is_no_rollback_and_an_old_folder_still_is(store: _Store, tmp_path: Path) -> None:
    home, file = make(tmp_path), tmp_path / "b"
    make_backup(home, bytearray(SECRET), file)
    old = Path(shutil.copytree(home, tmp_path / "old"))
    note(home, "after the backup")
    note(home, "and again")
    made = restore_backup(file, tmp_path / "new", bytearray(SECRET))
    assert made["newer_records"] == 2, "the keyring knows what the backup lacks"
    with opened(tmp_path / "new") as workspace:
        assert workspace.journal.log_id == made["log_id"]
    # The folder as it was at the time of the backup, put in the place of the workspace.
    shutil.rmtree(home)
    old.rename(home)
    with pytest.raises(IntegrityError) as caught:
        opened(home)
    assert (caught.value.code, caught.value.details["state"]) == ("JOURNAL_BROKEN", "ROLLBACK")
    # And the restored one is watched by heads of its own.
    early = Path(shutil.copytree(tmp_path / "new", tmp_path / "early"))
    note(tmp_path / "new", "more")
    shutil.rmtree(tmp_path / "new")
    early.rename(tmp_path / "new")
    with pytest.raises(IntegrityError) as caught:
        opened(tmp_path / "new")
    assert caught.value.details["state"] == "ROLLBACK"


def test_on_another_computer_the_keyrings_half_comes_along(store: _Store, tmp_path: Path) -> None:
    home, file = make(tmp_path), tmp_path / "b"
    make_backup(home, bytearray(SECRET), file)
    half = store.kept[store.entry(_vault_id(home))]
    store.kept.clear()
    made = restore_backup(file, tmp_path / "new", bytearray(SECRET))
    assert made["newer_records"] is None
    assert store.kept[store.entry(_vault_id(home))] == half
    with opened(tmp_path / "new") as workspace:
        assert workspace.describe()["head_kept_in"] == ["vault", "keyring"]
    with pytest.raises(IntegrityError) as caught:  # the old folder has no head there
        opened(home)
    assert caught.value.code == "KEYRING_UNAVAILABLE"


def test_another_half_in_the_keyring_is_never_replaced(store: _Store, tmp_path: Path) -> None:
    home, file = make(tmp_path), tmp_path / "b"
    make_backup(home, bytearray(SECRET), file)
    name = store.entry(_vault_id(home))
    store.kept[name] = "ab" * 32
    with pytest.raises(IntegrityError) as caught:
        restore_backup(file, tmp_path / "new", bytearray(SECRET))
    assert caught.value.code == "KEYRING_UNAVAILABLE"
    assert store.kept[name] == "ab" * 32
    assert not (tmp_path / "new").exists()


def test_the_keyring_remembers_the_highest_policy(store: _Store, tmp_path: Path) -> None:
    home, file = make(tmp_path), tmp_path / "b"
    make_backup(home, bytearray(SECRET), file)
    with opened(home) as workspace:
        workspace._heads.keep_policy(3)
        workspace._heads.keep_policy(2)
        assert workspace._heads.policy_seen() == 3
    assert restore_backup(file, tmp_path / "new", bytearray(SECRET))["policy_expected"] == 3
    name = store.entry("policy:")
    store.kept[name] = store.kept[name].replace("3 ", "9 ")
    made = restore_backup(file, tmp_path / "other", bytearray(SECRET))
    assert made["policy_expected"] == 0, "nobody can make a version up"


def _vault_id(home: Path) -> str:
    return str(json.loads((home / "vault.json").read_bytes())["header"]["id"])


# -- crashes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        "restore.temp_written:3",
        "restore.replaced:9",
        "journal.half_line:2",
        "vault.replaced:1",
        "restore.whole",
    ],
)
def test_a_kill_leaves_no_half_workspace_and_the_next_try_goes_through(
    offices: Offices, bob: Restored, place: str
) -> None:
    bob.back_up()
    command = ("workspace", "restore", str(bob.file), str(bob.folder))
    killed = run_process(*bob.globals(), *command, COUNTERSIGN_FAILPOINT=place)
    assert killed.exit_code == -9
    assert not bob.folder.exists()
    assert run_process(*bob.globals(), *command).exit_code == 0
    assert bob.do("journal", "verify", "--vault").result["state"] == "INTACT"
    assert not bob.folder.with_name(f".{bob.folder.name}.restoring").exists()


def test_a_full_disk_leaves_nothing(bob: Restored, small_disk: Callable[[int], Path]) -> None:
    bob.back_up()
    place = small_disk(64)
    bob.folder = place / "new"
    assert bob.restore().refused == (7, "STORAGE_FULL")
    assert list(place.iterdir()) == []


def test_two_restores_to_one_place_do_not_meet(offices: Offices, bob: Restored) -> None:
    from signer_app.vault.lock import WorkspaceLock

    bob.back_up()
    staging = bob.folder.with_name(f".{bob.folder.name}.restoring")
    staging.mkdir()
    with WorkspaceLock(staging).acquire():
        assert bob.restore().refused == (8, "WORKSPACE_LOCKED")
    (staging / "left-by-a-crash").write_text("half")
    assert bob.restore().exit_code == 0
    assert not (bob.folder / "left-by-a-crash").exists()
