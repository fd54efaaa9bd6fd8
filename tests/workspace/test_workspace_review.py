"""Regressions of a hostile reading: a class is for good, a rebuild needs nothing of the store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from offices import Offices, run_here

from signer_app.core.errors import IntegrityError
from signer_app.core.strict_yaml import read_yaml

CONFIG = "config/platform-config.yaml"
GARBAGE = {
    "words": b"this is no database\n" * 400,
    "zeros": bytes(8192),
    "plain header": b"SQLite format 3\0" + bytes(4080),
}


# -- the class ---------------------------------------------------------------------------------------------


def change_class(offices: Offices, other: str, **changes: Any) -> Path:
    """What somebody with access to the disk may do."""
    path = offices.folder("bob") / CONFIG
    config = read_yaml(path.read_bytes())
    assert isinstance(config, dict)
    assert config["class"] == "practice"
    path.write_text(json.dumps({**config, "class": other, **changes}))  # JSON is YAML
    return path


@pytest.mark.parametrize("other", ["testnet", "mainnet"])
def test_a_workspace_keeps_its_class(offices: Offices, other: str) -> None:
    kept = (offices.folder("bob") / CONFIG).read_bytes()
    path = change_class(offices, other, nodes=[], labels={})
    journal = offices.folder("bob") / "logs/audit-events.jsonl"
    before = journal.read_bytes()
    with pytest.raises(IntegrityError) as caught:
        offices.open("bob")
    assert (caught.value.code, caught.value.exit_code) == ("CLASS_CHANGED", 7)
    assert offices.do("bob", "workspace", "show").refused == (7, "CLASS_CHANGED")
    assert offices.do("bob", "workspace", "rebuild").refused == (7, "CLASS_CHANGED")
    assert journal.read_bytes() == before
    path.write_bytes(kept)
    assert offices.do("bob", "workspace", "show").result["class"] == "practice"


def test_a_class_that_does_not_fit_the_nodes_opens_nothing_either(offices: Offices) -> None:
    change_class(offices, "mainnet")
    assert offices.do("bob", "workspace", "show").refused == (3, "MALFORMED")


# -- the store ---------------------------------------------------------------------------------------------


def listed(offices: Offices, name: str) -> Any:
    return offices.do(name, "proposal", "list").result["proposals"]


def ruin(folder: Path, content: bytes) -> None:
    for leftover in ("store.db-wal", "store.db-shm"):
        (folder / leftover).unlink(missing_ok=True)
    (folder / "store.db").write_bytes(content)


def test_a_rebuild_heals_a_ruined_store(offices: Offices) -> None:
    first, second = offices.pay("alice", "3"), offices.ready("5")
    proposals = listed(offices, "carol")
    shown = offices.do("carol", "proposal", "show", second).result
    assert [p["proposal_id"] for p in proposals] == [second]
    assert [p["proposal_id"] for p in listed(offices, "alice")] == [first, second]
    for kind, content in GARBAGE.items():
        ruin(offices.folder("carol"), content)
        for command in (("proposal", "list"), ("workspace", "show")):
            assert offices.do("carol", *command).refused == (7, "STORE_BROKEN"), kind
        assert offices.do("carol", "workspace", "rebuild").result["proposals"] == 1, kind
        assert listed(offices, "carol") == proposals, kind
        assert offices.do("carol", "proposal", "show", second).result == shown, kind


def test_an_empty_store_is_filled_by_opening(offices: Offices) -> None:
    """The same as a lost one."""
    offices.pay("alice", "3")
    proposals = listed(offices, "alice")
    ruin(offices.folder("alice"), b"")
    assert listed(offices, "alice") == proposals


def test_a_rebuild_leaves_the_journal_as_it_was(offices: Offices) -> None:
    offices.pay("alice", "3")
    offices.do("alice", "workspace", "show")
    journal = offices.folder("alice") / "logs/audit-events.jsonl"
    before = journal.read_bytes()
    result = offices.do("alice", "workspace", "rebuild").result
    assert journal.read_bytes() == before
    assert result == {"records": before.count(b"\n"), "proposals": 1}


def test_a_rebuild_with_a_wrong_passphrase_takes_nothing_away(offices: Offices) -> None:
    store = offices.folder("alice") / "store.db"
    before = store.read_bytes()
    wrong = offices.root / "wrong"
    wrong.write_text("guess\n")
    answer = run_here(
        "--json", "--workspace", str(offices.folder("alice")), "--passphrase-file", str(wrong),
        "workspace", "rebuild",
    )  # fmt: skip
    assert answer.exit_code == 7
    assert store.read_bytes() == before


# -- making ------------------------------------------------------------------------------------------------


def test_no_workspace_is_made_in_the_place_of_a_file(offices: Offices) -> None:
    path = offices.root / "letter"
    path.write_text("dear")
    answer = run_here(
        "--json", "--passphrase-file", str(offices.secrets / "bob.vault"),
        "--key-passphrase-file", str(offices.secrets / "bob.keys"),
        "workspace", "init", str(path), "--class", "practice", "--org", "acme", "--person", "bob",
    )  # fmt: skip
    assert answer.refused == (8, "EXISTS")
    assert path.read_text() == "dear"


# -- by the command ----------------------------------------------------------------------------------------


def test_a_ticket_of_5000_digits_is_a_conflict(offices: Offices) -> None:
    answer = offices.do("bob", "slots", "reserve", "--account", offices.team.treasury, "1" * 5000)
    assert answer.refused == (8, "SLOT_CONFLICT")


def test_a_title_of_201_characters_is_malformed(offices: Offices) -> None:
    journal = offices.folder("alice") / "logs/audit-events.jsonl"
    before = journal.read_bytes()
    answer = offices.do(
        "alice", "proposal", "new", "payment", "--from", offices.team.treasury, "--to",
        offices.team.custodian, "--asset", "xrpl:63456/slip44:144", "--amount", "1", "--tag", "17",
        "--title", "x" * 201,
    )  # fmt: skip
    assert answer.refused == (3, "MALFORMED")
    assert journal.read_bytes() == before


@pytest.mark.parametrize("form", ["partial", "countersign"])
def test_without_nodes_signatures_are_written_nowhere(offices: Offices, form: str) -> None:
    identifier = offices.ready()
    path = offices.root / "leaving"
    refused = offices.do(
        "carol", "--offline", "proposal", "export", identifier, "--format", form, "-o", str(path)
    )
    assert refused.refused == (4, "POLICY_DENIED")
    assert not path.exists()
    offices.do("carol", "proposal", "export", identifier, "--format", form, "-o", str(path))
    assert path.exists(), "with nodes the full quorum leaves"
