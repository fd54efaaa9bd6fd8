"""Voting for a policy: by its hash, by a person at a terminal, and only for what can be for a workspace."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from offices import ROOT, Offices

from signer_app.core.canonical import canonical
from signer_app.policy.document import read_policy


def changed(offices: Offices, folder: Path, **members: Any) -> Path:
    """The offices' document with other members."""
    path = folder / "next.json"
    second = {**offices.team.policy(), "version": 2, "prev": "0" * 64}
    path.write_bytes(canonical({**second, **members}))
    return path


def test_a_vote_is_given_for_the_named_hash_alone(offices: Offices, tmp_path: Path) -> None:
    document, vote = changed(offices, tmp_path), tmp_path / "vote.json"
    digest = read_policy(document.read_bytes()).hash
    other = ("f" if digest[0] != "f" else "0") + digest[1:]
    refused = offices.do("alice", "policy", "sign", str(document), "--hash", other, "-o", str(vote))
    assert refused.refused == (3, "MALFORMED")
    assert digest in refused.error["message"]
    assert not vote.exists()
    assert (
        offices.do(
            "alice", "policy", "sign", str(document), "--hash", digest.upper(), "-o", str(vote)
        ).exit_code
        == 0
    )
    assert json.loads(vote.read_text())["policy_hash"] == digest


def test_what_speaks_against_a_vote_is_said_and_the_vote_is_given(offices: Offices, tmp_path: Path) -> None:
    people = [person for person in offices.team.policy()["people"] if person["id"] != "alice"]
    keys = [key for key in offices.team.policy()["keys"] if key["person"] != "alice"]
    document = changed(offices, tmp_path, org="northgate", people=people, keys=keys)
    said = offices.say("alice", "policy", "sign", str(document), "-o", str(tmp_path / "vote.json"))
    assert said.exit_code == 0
    assert "of the organisation northgate, not of acme" in said.err
    assert "does not name alice with this workstation's device key" in said.err
    assert (
        offices.do("alice", "policy", "sign", str(changed(offices, tmp_path)), "-o", str(tmp_path / "v")).err
        == ""
    )


def test_a_policy_of_another_class_of_network_is_neither_voted_for_nor_activated(
    offices: Offices, tmp_path: Path
) -> None:
    vote = tmp_path / "vote.json"
    offices.do("alice", "policy", "sign", str(changed(offices, tmp_path)), "-o", str(vote))
    foreign = tmp_path / "foreign.json"
    foreign.write_text(changed(offices, tmp_path).read_text().replace("xrpl:63456", "xrpl:0"))
    before = offices.do("alice", "policy", "show").result
    other = tmp_path / "other.json"
    assert offices.do("alice", "policy", "sign", str(foreign), "-o", str(other)).refused == (3, "NETWORK")
    assert not other.exists()
    assert offices.do("alice", "policy", "activate", str(foreign), str(vote)).refused == (3, "NETWORK")
    assert offices.do("alice", "policy", "show").result == before


@pytest.mark.parametrize("answer", ["y", "n"])
def test_at_a_terminal_a_person_agrees_to_the_hash_and_yes_does_not(
    offices: Offices, tmp_path: Path, answer: str
) -> None:
    document, vote = changed(offices, tmp_path), tmp_path / "vote.json"
    main, far = pty.openpty()
    command = ("--yes", "policy", "sign", str(document), "-o", str(vote))
    with subprocess.Popen(
        [sys.executable, "-m", "signer_app", *offices.globals("alice"), *command],
        stdin=far, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        os.write(main, f"{answer}\n".encode())
        out, err = process.communicate(timeout=120)
    os.close(main)
    os.close(far)
    assert read_policy(document.read_bytes()).hash in err
    assert (json.loads(out)["ok"], vote.exists()) == (answer == "y", answer == "y")
