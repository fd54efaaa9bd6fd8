"""Making, opening and closing a workspace; who may not open it, and whom it does not believe."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from offices import SECRETS, Offices, run_here, run_process

from signer_app.core.errors import (
    ConflictError,
    CountersignError,
    DeniedError,
    IntegrityError,
    NodeError,
    NotFoundError,
    SignerError,
)
from signer_app.journal.verifying import verify
from signer_app.journal.writer import Journal
from signer_app.signers.keystore.client import Keystore, open_keystore
from signer_app.vault.kdf import KdfParameters
from signer_app.workspace import Workspace, create_workspace


def make(folder: Path, *, key_passphrase: bytes = b"key words here") -> dict[str, object]:
    def creator(keys: Path, kdf: KdfParameters) -> Keystore:
        return open_keystore(keys, passphrase=bytearray(key_passphrase), create=kdf)

    return dict(
        create_workspace(
            folder, network_class="practice", org="acme", person="alice", roles=("finance",),
            passphrase=bytearray(b"vault words here"), create_keystore=creator,
        )
    )  # fmt: skip


# -- making ------------------------------------------------------------------------------------------------


def test_a_new_workspace_has_the_folders_of_the_design(tmp_path: Path) -> None:
    made = make(tmp_path / "w")
    found = {path.name for path in (tmp_path / "w").iterdir()} - {".lock"}
    assert found == {"config", "policy", "keys", "logs", "reports", "vault.json"}
    log = json.loads((tmp_path / "w/logs/log.json").read_text())
    assert log["log_id"] == made["log_id"]
    assert log["device_keys"] == [{"person": "alice", "key": made["device_key"]}]
    assert verify(tmp_path / "w/logs").to_json()["state"] == "INTACT"
    for path in (tmp_path / "w").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, f"{path.name} can be read by others"
    with Workspace.open(tmp_path / "w", passphrase=bytearray(b"vault words here")) as opened:
        shown = opened.describe()
    assert (shown["class"], shown["networks"], shown["person"]) == ("practice", ["xrpl:63456"], "alice")
    assert shown["policy_in_force"] is None


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(ConflictError) as caught:
        make(tmp_path)
    assert caught.value.code == "EXISTS"
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


def test_a_creation_that_failed_can_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(CountersignError):
        make(tmp_path / "w", key_passphrase=b"")
    assert list((tmp_path / "w").iterdir()) == []
    make(tmp_path / "w")


# -- opening -----------------------------------------------------------------------------------------------


def test_no_workspace_is_opened_where_there_is_none(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(NotFoundError) as caught:
            Workspace.open(folder, passphrase=bytearray(b"x"))
        assert (caught.value.code, caught.value.exit_code) == ("NOT_A_WORKSPACE", 8)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_vault_passphrase_opens_nothing_and_frees_the_lock(offices: Offices) -> None:
    with pytest.raises(IntegrityError) as caught:
        Workspace.open(offices.folder("bob"), passphrase=bytearray(b"guess"))
    assert (caught.value.code, caught.value.exit_code) == ("VAULT_PASSPHRASE_WRONG", 7)
    offices.open("bob").close()


def test_a_wrong_key_passphrase_unlocks_nothing(offices: Offices, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("guess\n")
    with offices.open("bob") as opened:
        with pytest.raises(SignerError) as caught:
            opened.unlock_keys(lambda keys: open_keystore(keys, passphrase_file=wrong))
        assert caught.value.code == "KEY_PASSPHRASE_WRONG"
        assert opened.keys.keystore_or_none is None


def test_the_vaults_passphrase_does_not_open_the_keys(offices: Offices) -> None:
    with offices.open("bob") as opened, pytest.raises(SignerError):
        opened.unlock_keys(lambda keys: open_keystore(keys, passphrase_file=offices.secrets / "bob.vault"))


def test_a_second_instance_is_refused_while_the_first_is_open(offices: Offices) -> None:
    with offices.open("bob") as opened:
        with pytest.raises(ConflictError) as caught:
            offices.open("bob")
        assert caught.value.code == "WORKSPACE_LOCKED"
        other = offices.spawn("bob", "workspace", "show")
        assert other.refused == (8, "WORKSPACE_LOCKED")
        assert opened.describe()["person"] == "bob"
    assert offices.do("bob", "workspace", "show").exit_code == 0


def test_a_start_reads_no_more_of_the_journal_than_it_needs(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policy in force lies in the journal; it is found without decrypting what else lies there."""
    with offices.open("bob") as opened:
        for number in range(60):
            opened.rooms.record("note", {"text": f"note {number}"})
    read: list[int] = []
    decrypt = Journal.read

    def counted(journal: Journal, index: int) -> Any:
        read.append(index)
        return decrypt(journal, index)

    monkeypatch.setattr(Journal, "read", counted)
    with offices.open("bob") as opened:
        assert opened.journal.size > 60
        assert opened.describe()["policy_in_force"] is not None
        assert opened.policies.in_force(opened.rooms.clock()).document.body.people
    assert 0 < len(read) < 10, read


def test_keys_of_another_workspace_are_refused(offices: Offices) -> None:
    shutil.rmtree(offices.folder("bob") / "keys")
    shutil.copytree(offices.folder("carol") / "keys", offices.folder("bob") / "keys")
    with offices.open("bob") as opened:
        with pytest.raises(SignerError) as caught:
            opened.unlock_keys(offices.opener("carol"))
        assert caught.value.code == "KEY_FILE_BROKEN"
        assert opened.keys.keystore_or_none is None


def test_the_vault_of_another_workspace_is_refused(offices: Offices) -> None:
    shutil.copy(offices.folder("carol") / "vault.json", offices.folder("bob") / "vault.json")
    before = (offices.folder("bob") / "logs/audit-events.jsonl").read_bytes()
    with pytest.raises(CountersignError) as caught:
        Workspace.open(offices.folder("bob"), passphrase=bytearray(SECRETS["carol.vault"].encode()))
    assert caught.value.exit_code == 7
    assert (offices.folder("bob") / "logs/audit-events.jsonl").read_bytes() == before


# -- closing -----------------------------------------------------------------------------------------------


def test_leaving_writes_head_and_checkpoint(offices: Offices) -> None:
    with offices.open("bob") as opened:
        opened.unlock_keys(offices.opener("bob"))
        opened.rooms.record("note", {"text": "something"})
        root, size = opened.journal.root().hex(), opened.journal.size
    with offices.open("bob") as opened:
        assert opened.vault.get("head") == {"size": size, "root": root}
    notes = (offices.folder("bob") / "logs/checkpoints.log").read_text()
    assert f"\n{size}\n" in notes


def test_what_came_without_keys_is_sealed_when_they_are_unlocked(offices: Offices) -> None:
    with offices.open("bob") as opened:
        opened.rooms.record("note", {"text": "no keys now"})
        size = opened.journal.size
    assert f"\n{size}\n" not in (offices.folder("bob") / "logs/checkpoints.log").read_text()
    with offices.open("bob") as opened:
        opened.unlock_keys(offices.opener("bob"))
        assert f"\n{size}\n" in (offices.folder("bob") / "logs/checkpoints.log").read_text()


def test_leaving_ends_the_key_process(offices: Offices) -> None:
    with offices.open("bob") as opened:
        keystore = opened.unlock_keys(offices.opener("bob"))
        assert keystore.alive
    assert not keystore.alive


def test_an_older_journal_under_a_newer_vault_is_refused(offices: Offices) -> None:
    """The journal's files come from a backup, the vault does not."""
    backup = offices.root / "backup"
    shutil.copytree(offices.folder("bob") / "logs", backup)
    with offices.open("bob") as opened:
        opened.unlock_keys(offices.opener("bob"))
        opened.rooms.record("note", {"text": "later"})
    shutil.rmtree(offices.folder("bob") / "logs")
    shutil.copytree(backup, offices.folder("bob") / "logs")
    with pytest.raises(IntegrityError) as caught:
        offices.open("bob")
    assert caught.value.details["state"] == "ROLLBACK"


def test_a_lost_store_is_made_again_from_the_journal(offices: Offices) -> None:
    identifier = offices.pay("alice", "3")
    for path in offices.folder("alice").glob("store.db*"):
        path.unlink()
    assert offices.state("alice", identifier) == "PENDING"
    assert offices.do("alice", "workspace", "rebuild").result["proposals"] == 1


# -- policy ------------------------------------------------------------------------------------------------


def test_the_vault_remembers_the_highest_policy(offices: Offices) -> None:
    """All files but the vault come from the time before the policy."""
    with offices.open("bob") as opened:
        opened.vault.put("highest_policy", 2)
    with offices.open("bob") as opened:
        with pytest.raises(IntegrityError) as caught:
            opened.policies.in_force(opened.rooms.clock())
        assert caught.value.code == "POLICY_ROLLBACK"


def test_an_activated_policy_is_kept_with_its_votes(offices: Offices) -> None:
    kept = json.loads((offices.folder("bob") / "policy/treasury-v1.json").read_text())
    assert kept["policy"]["id"] == "treasury"
    assert {vote["person"] for vote in kept["votes"]} == {"alice", "bob", "carol"}


# -- nodes -------------------------------------------------------------------------------------------------


def change_nodes(offices: Offices, name: str) -> None:
    """What somebody with access to the disk may do."""
    path = offices.folder(name) / "config/platform-config.yaml"
    text = path.read_text()
    changed = text.replace(offices.ledger.endpoints[0]["http"], "http://127.0.0.1:9")
    assert changed != text
    path.write_text(changed)


def test_a_node_list_changed_outside_is_not_used(offices: Offices) -> None:
    change_nodes(offices, "bob")
    with offices.open("bob") as opened:
        assert not opened.nodes.confirmed
        with pytest.raises(NodeError) as caught:
            opened.nodes.ledger("xrpl:63456")
        assert caught.value.code == "NODES_UNCONFIRMED"
    assert offices.do("bob", "nodes", "test").refused == (6, "NODES_UNCONFIRMED")
    assert offices.do("bob", "nodes", "list").result["confirmed"] is False


@pytest.mark.parametrize("arguments", [("nodes", "confirm"), ("--yes", "nodes", "confirm")])
def test_only_a_person_at_a_terminal_confirms_it(offices: Offices, arguments: tuple[str, ...]) -> None:
    change_nodes(offices, "bob")
    assert offices.spawn("bob", *arguments).refused == (2, "CONFIRMATION_REQUIRED")
    removed = offices.do("bob", "--yes", "nodes", "remove", "node-1")
    assert removed.refused == (2, "CONFIRMATION_REQUIRED")
    added = offices.do("bob", "--yes", "nodes", "add", "http://127.0.0.1:10", "--id", "x", "--operator", "y")
    assert added.refused == (2, "CONFIRMATION_REQUIRED")
    assert offices.do("bob", "nodes", "list").result["confirmed"] is False


def test_a_node_is_taken_off_the_list(offices: Offices) -> None:
    names = [node["id"] for node in offices.do("bob", "nodes", "list").result["nodes"]]
    left = offices.do("bob", "nodes", "remove", names[0]).result
    assert [node["id"] for node in left["nodes"]] == names[1:]
    assert left["confirmed"] is True
    assert offices.do("bob", "nodes", "remove", names[0]).refused == (8, "NOT_FOUND")


def test_a_label_does_not_confirm_it_in_passing(offices: Offices) -> None:
    change_nodes(offices, "bob")
    offices.do("bob", "accounts", "add", offices.team.custodian, "--label", "custody")
    assert offices.do("bob", "nodes", "list").result["confirmed"] is False


def test_without_confirmed_nodes_nothing_is_signed(offices: Offices) -> None:
    identifier = offices.pay("alice", "3")
    offices.travel("alice", "bob", identifier)
    change_nodes(offices, "bob")
    refused = offices.do("bob", "proposal", "sign", identifier, "--key", "bob-xrp")
    assert refused.refused == (4, "POLICY_DENIED")
    assert "FACT_MISSING" in refused.error["details"]["codes"]


def test_a_changed_list_can_be_confirmed(offices: Offices) -> None:
    """What was seen, and what a person stood by, are two records."""
    change_nodes(offices, "bob")
    with offices.open("bob") as opened:
        seen = [record for _, record in opened.journal.records()][-1]
        assert seen["type"] == "config.seen"
        opened.nodes.confirm()
        assert opened.nodes.confirmed
        confirmed = opened.journal.read(opened.journal.size - 1)
        assert (confirmed["text"], confirmed["nodes_hash"]) == ("nodes confirmed", seen["nodes_hash"])
        assert confirmed["person"] == "bob"
    with offices.open("bob") as opened:
        assert opened.nodes.confirmed


# -- offline -----------------------------------------------------------------------------------------------


def test_offline_no_node_is_asked(offices: Offices) -> None:
    for arguments in (
        ("nodes", "test"),
        ("accounts", "show", offices.team.treasury),
        ("slots", "list", "--account", offices.team.treasury),
        ("proposal", "new", "ticket", "--from", offices.team.treasury, "--count", "1"),
    ):
        assert offices.do("alice", "--offline", *arguments).refused == (6, "OFFLINE")


def test_offline_a_file_can_be_read_in_and_is_not_signed(offices: Offices) -> None:
    identifier = offices.pay("alice", "4")
    path = offices.root / "x.countersign"
    offices.do("alice", "proposal", "export", identifier, "-o", str(path))
    result = offices.do("bob", "--offline", "proposal", "import", str(path)).result
    assert (result["state"], result["created"]) == ("DENIED", True)
    assert (
        offices.do("bob", "--offline", "proposal", "list").result["proposals"][0]["proposal_id"] == identifier
    )
    refused = offices.do("bob", "--offline", "proposal", "sign", identifier, "--key", "bob-xrp")
    assert refused.refused == (4, "POLICY_DENIED")
    assert offices.do("bob", "--offline", "proposal", "submit", identifier).exit_code == 4
    assert offices.do("bob", "--offline", "proposal", "track", identifier).refused == (6, "OFFLINE")
    assert offices.sign("bob", identifier)["state"] == "PENDING", "and online it goes on"


def test_offline_the_workspace_loads_no_network_library(offices: Offices) -> None:
    """In a process of its own: what other tests loaded must not count."""
    import subprocess
    import sys

    code = (
        "import sys; from signer_app.cli.main import run; code = run(sys.argv[1:]);"
        "print(sorted(m for m in ('httpx', 'httpcore', 'websockets', 'aiohttp', 'signer_app.nodes.readers')"
        " if m in sys.modules), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *offices.globals("bob"), "--offline", "proposal", "list"],
        capture_output=True, check=False, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "[]"


# -- which workspace ---------------------------------------------------------------------------------------


def test_a_workspace_is_named_by_option_or_variable(offices: Offices, tmp_path: Path) -> None:
    secret = ["--passphrase-file", str(offices.secrets / "bob.vault")]
    named = run_process(
        "--json", *secret, "workspace", "show", COUNTERSIGN_WORKSPACE=str(offices.folder("bob"))
    )
    assert named.result["person"] == "bob"
    assert run_process("--json", *secret, "workspace", "show").refused == (8, "NOT_A_WORKSPACE")
    nowhere = run_here("--json", "--workspace", str(tmp_path), *secret, "workspace", "show")
    assert nowhere.refused == (8, "NOT_A_WORKSPACE")


def test_without_a_policy_nothing_is_allowed(tmp_path: Path) -> None:
    make(tmp_path / "w")
    with Workspace.open(tmp_path / "w", passphrase=bytearray(b"vault words here")) as opened:
        with pytest.raises(DeniedError) as caught:
            opened.policies.in_force(opened.rooms.clock())
        assert caught.value.code == "POLICY_INACTIVE"
