"""--read-only: reading commands beside a program that has the workspace open; every other one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import Offices
from second_program import everything, writing

from signer_app.core.errors import CATALOGUE

#: Commands that only read, beside those that need no workspace.
READING = (
    ("workspace", "show"),
    ("proposal", "list"),
    ("proposal", "show", "ID"),
    ("proposal", "raw", "ID"),
    ("proposal", "balances", "ID"),
    ("proposal", "balances", "ID", "--now"),
    ("proposal", "screens", "ID"),
    ("proposal", "slots", "list", "--account", "ACCOUNT"),
    ("policy", "show"),
    ("policy", "replay", "ID"),
    ("accounts", "list"),
    ("accounts", "book"),
    ("accounts", "show", "ACCOUNT"),
    ("nodes", "list"),
    ("nodes", "test"),
    ("treasury",),
    ("journal", "show"),
    ("journal", "show", "0"),
    ("journal", "prove", "0", "-o", "FILE"),
    ("journal", "verify"),
    ("journal", "verify", "--vault"),
)
#: The rest: what changes something here, or lets something leave.
WRITING = (
    ("proposal", "sign", "ID", "--key", "alice-xrp"),
    ("proposal", "reject", "ID", "--reason", "no"),
    ("proposal", "submit", "ID"),
    ("proposal", "verify", "ID"),
    ("proposal", "export", "ID", "-o", "FILE"),
    ("accounts", "add", "ACCOUNT", "--label", "Treasury"),
    ("nodes", "remove", "node-0"),
    ("keys", "list"),
    ("keys", "generate", "--id", "more", "--curve", "secp256k1"),
    ("halt", "--reason", "stop"),
    ("journal", "export", "-o", "FILE"),
    ("workspace", "rebuild"),
    ("workspace", "enrol", "-o", "FILE"),
)


def filled(command: tuple[str, ...], offices: Offices, identifier: str, file: Path) -> list[str]:
    values = {"ID": identifier, "ACCOUNT": offices.team.treasury, "FILE": str(file)}
    return [values.get(word, word) for word in command]


def test_reading_commands_work_beside_an_open_workspace_and_write_nothing(
    offices: Offices, tmp_path: Path
) -> None:
    identifier, folder = offices.pay("alice"), offices.folder("alice")
    alone = {
        command: offices.do("alice", *filled(command, offices, identifier, tmp_path / "a"))
        for command in READING[:3]
    }
    with writing(offices, "alice") as writer:
        writer.do("the newest")
        assert offices.do("alice", "proposal", "list").refused == (8, "WORKSPACE_LOCKED")
        before = everything(folder)
        for number, command in enumerate(READING):
            words = filled(command, offices, identifier, tmp_path / f"{number}.json")
            answer = offices.do("alice", *words, "--read-only")
            assert answer.exit_code == 0, (command, answer)
            if command in alone and command != ("workspace", "show"):
                assert answer.result == alone[command].result
        shown = offices.do("alice", "--read-only", "journal", "show").result["records"]
        assert shown[-1]["record"]["text"] == "the newest"
        assert everything(folder) == before
        assert writer.do("and on") == writer.size


@pytest.mark.parametrize("held", [True, False])
def test_whatever_writes_is_refused_with_one_code(offices: Offices, tmp_path: Path, held: bool) -> None:
    identifier, folder, file = offices.pay("alice"), offices.folder("alice"), tmp_path / "out"

    def refuse_all() -> None:
        before = everything(folder)
        for command in WRITING if not held else WRITING[:3]:
            answer = offices.do("alice", *filled(command, offices, identifier, file), "--read-only")
            assert (command, *answer.refused) == (command, 8, "READ_ONLY")
        assert everything(folder) == before
        assert not file.exists()

    if held:
        with writing(offices, "alice"):
            refuse_all()
    else:
        refuse_all()


def test_people_are_told_how_to_go_on(offices: Offices) -> None:
    with writing(offices, "alice"):
        locked = offices.say("alice", "proposal", "list")
        assert "--read-only" in locked.err
        assert "the newest" not in locked.out
    refused = offices.say("alice", "halt", "--reason", "stop", "--read-only")
    assert refused.err.startswith("READ_ONLY: ")
    assert CATALOGUE["READ_ONLY"].hint in refused.err
    looked = offices.spawn("alice", "proposal", "list", "--read-only")
    assert looked.result["proposals"] == []
