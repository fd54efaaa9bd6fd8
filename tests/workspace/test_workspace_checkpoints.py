"""Checkpoints of a workspace: lost ones are noticed, and a key process that dies costs nothing else."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from signer_app.signers.keystore.client import open_keystore
from signer_app.vault.files import write_private
from signer_app.workspace import Workspace, create_workspace

SECRET = b"a passphrase for tests"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_private(tmp_path / "keys.txt", SECRET.decode())
    create_workspace(
        tmp_path / "w",
        network_class="practice",
        org="acme",
        person="alice",
        roles=("finance",),
        passphrase=bytearray(SECRET),
        create_keystore=lambda folder, kdf: open_keystore(
            folder, passphrase_file=tmp_path / "keys.txt", create=kdf
        ),
    )
    return tmp_path / "w"


def opened(home: Path) -> Workspace:
    return Workspace.open(home, passphrase=bytearray(SECRET))


def unlock(workspace: Workspace, home: Path) -> int:
    return workspace.unlock_keys(
        lambda folder: open_keystore(folder, passphrase_file=home.parent / "keys.txt")
    ).pid


def notes(workspace: Workspace) -> list[str]:
    return [str(record.get("text")) for _, record in workspace.journal.records() if record["type"] == "note"]


def test_a_deleted_checkpoints_log_is_noticed_and_made_again(home: Path) -> None:
    with opened(home) as workspace:
        unlock(workspace, home)
    log = home / "logs" / "checkpoints.log"
    before = log.read_bytes()
    assert before.count("—".encode()) >= 1
    log.unlink()
    with opened(home) as workspace:
        assert notes(workspace) == ["checkpoints.log lacks the last checkpoint"]
        assert not log.exists()
        unlock(workspace, home)
        assert log.read_bytes().count("—".encode()) == 1
    with opened(home) as workspace:
        assert notes(workspace) == ["checkpoints.log lacks the last checkpoint"], "said once"


def test_a_key_process_that_dies_costs_the_checkpoint_alone(home: Path) -> None:
    with opened(home) as workspace:
        pid = unlock(workspace, home)
        size = (home / "logs" / "checkpoints.log").stat().st_size
        keystore = workspace.keys.keystore()
        workspace.rooms.record("note", {"text": "before"})
        os.kill(pid, signal.SIGSTOP)
        os.kill(pid, signal.SIGKILL)
        workspace.seal()
        keystore.close()
        assert (home / "logs" / "checkpoints.log").stat().st_size == size
        assert workspace.vault.get("head") == workspace.journal.head().to_json()
    with opened(home) as workspace:
        unlock(workspace, home)
        assert (home / "logs" / "checkpoints.log").stat().st_size > size, "it follows at the next unlock"
