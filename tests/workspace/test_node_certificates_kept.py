"""A node's certificate in a workspace: recorded, renewed, changed, accepted by a person, and journaled."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from offices import ROOT, SECRETS, Offices
from tls_front import Authority, TlsFront, new_key

from signer_app.core.errors import ConflictError, UsageError
from signer_app.workspace import Workspace

pytestmark = pytest.mark.slow


class Secured:
    """Bob's first node behind TLS, in place of the one in clear text."""

    def __init__(self, offices: Offices, folder: Path) -> None:
        self.offices, self.folder, self.key = offices, folder, new_key()
        self.authority = Authority("Northern")
        self.front = TlsFront(offices.ledger.endpoints[0]["http"], self.issue(self.key))
        #: As such a file comes: with words around the certificate.
        self.ca = folder / "ca.pem"
        self.ca.write_text(f"Northern, for our nodes\n{self.authority.pem}\n")

    def issue(self, key: Any) -> Path:
        return self.authority.issue(self.folder / "node.pem", key)

    def add(self, *more: str) -> dict[str, Any]:
        bob = self.offices.do
        assert bob("bob", "nodes", "remove", "node-0").exit_code == 0
        return bob(
            "bob", "nodes", "add", self.front.url, "--id", "north", "--operator", "northern",
            "--ca", str(self.ca), *more,
        ).result  # fmt: skip

    def listed(self) -> dict[str, Any]:
        nodes = self.offices.do("bob", "nodes", "list").result["nodes"]
        return next(node for node in nodes if node["id"] == "north")

    def state(self) -> str:
        rows = self.offices.do("bob", "nodes", "health").result["nodes"]
        return next(str(row["state"]) for row in rows if row["id"] == "north")

    def notes(self) -> list[dict[str, Any]]:
        with self.offices.open("bob") as opened:
            found = [record for _, record in opened.journal.records() if record["type"] == "note"]
        return [record for record in found if str(record["text"]).startswith("node certificate")]


@pytest.fixture
def secured(offices: Offices, tmp_path: Path) -> Iterator[Secured]:
    made = Secured(offices, tmp_path)
    with made.front:
        yield made


def at_terminal(offices: Offices, answer: str, *command: str) -> tuple[dict[str, Any], str]:
    main, far = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "signer_app", *offices.globals("bob"), "--yes", *command],
        stdin=far, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        os.write(main, f"{answer}\n".encode())
        out, err = process.communicate(timeout=120)
    os.close(main)
    os.close(far)
    return json.loads(out), err


def test_the_first_contact_is_recorded_and_a_renewal_with_the_same_key_too(secured: Secured) -> None:
    added = secured.add()
    north = added["nodes"][-1]
    assert (north["hold"], north["certificate"], len(north["authorities"])) == ("key", None, 1)
    assert secured.state() == "ok"
    first = secured.listed()["certificate"]
    assert set(first) == {"sha256", "key", "authority", "issuer", "not_before", "not_after", "recorded_at"}
    secured.front.use(secured.issue(secured.key))
    assert secured.state() == "ok"
    renewed = secured.listed()["certificate"]
    assert (renewed["key"], renewed["sha256"] == first["sha256"]) == (first["key"], False)
    assert [note["text"] for note in secured.notes()] == [
        "node certificate recorded", "node certificate renewed",
    ]  # fmt: skip
    assert secured.notes()[1]["before"]["sha256"] == first["sha256"]
    assert secured.offices.do("bob", "nodes", "list").result["confirmed"] is True


def test_a_changed_one_counts_for_nothing_and_nothing_is_signed(secured: Secured) -> None:
    offices = secured.offices
    identifier = offices.pay("alice", "3")
    offices.travel("alice", "bob", identifier)
    secured.add()
    assert secured.state() == "ok"
    secured.front.use(secured.issue(new_key()))
    assert secured.state() == "certificate-changed"
    refused = offices.do("bob", "proposal", "sign", identifier, "--key", "bob-xrp")
    assert refused.refused == (4, "POLICY_DENIED")
    assert "FACT_MISSING" in refused.error["details"]["codes"]
    seen = offices.do("bob", "nodes", "certificate", "north")
    assert seen.exit_code == 6
    assert seen.result["changed"] is True
    assert seen.result["shown"]["key"] != seen.result["recorded"]["key"]
    with offices.open("bob") as opened:
        assert opened.nodes.changed_certificates() == ()
        opened.nodes.examiner()()
        assert opened.nodes.changed_certificates() == ("north",)
        with pytest.raises(ConflictError):
            opened.nodes.accept_certificate("north", seen.result["recorded"]["sha256"])
    assert [note["text"] for note in secured.notes()] == ["node certificate recorded"]


@pytest.mark.parametrize("yes", [(), ("--yes",)])
def test_nobody_accepts_it_without_a_terminal(secured: Secured, yes: tuple[str, ...]) -> None:
    secured.add()
    assert secured.state() == "ok"
    secured.front.use(secured.issue(new_key()))
    spawned = secured.offices.spawn("bob", *yes, "nodes", "accept-certificate", "north")
    assert spawned.refused == (2, "CONFIRMATION_REQUIRED")
    assert secured.state() == "certificate-changed"


@pytest.mark.parametrize("answer", ["y", "n"])
def test_a_person_at_a_terminal_accepts_what_was_shown_whole(secured: Secured, answer: str) -> None:
    secured.add()
    assert secured.state() == "ok"
    before = secured.listed()["certificate"]
    secured.front.use(secured.issue(new_key()))
    said, err = at_terminal(secured.offices, answer, "nodes", "accept-certificate", "north")
    shown = secured.offices.do("bob", "nodes", "certificate", "north").result["shown"]
    for certificate in (before, shown):
        assert {certificate["sha256"], certificate["not_after"]} <= set(err.replace(",", " ").split())
    assert said["ok"] is (answer == "y")
    if answer == "n":
        assert (said["error"]["code"], secured.listed()["certificate"]) == ("CONFIRMATION_REQUIRED", before)
        return
    assert secured.state() == "ok"
    assert secured.listed()["certificate"]["sha256"] == shown["sha256"]
    accepted = secured.notes()[-1]
    assert (accepted["text"], accepted["person"]) == ("node certificate accepted", "bob")
    assert (accepted["before"], accepted["certificate"]) == (before, shown)
    again = secured.offices.do("bob", "nodes", "accept-certificate", "north")
    assert again.refused == (8, "CONFLICT")


def test_held_to_its_authority_a_new_key_of_it_is_a_renewal(secured: Secured) -> None:
    secured.add("--hold", "authority")
    assert secured.state() == "ok"
    first = secured.listed()["certificate"]
    secured.front.use(secured.issue(new_key()))
    assert secured.state() == "ok"
    assert secured.listed()["certificate"]["key"] != first["key"]
    secured.offices.do("bob", "nodes", "hold", "north", "key")
    secured.front.use(secured.issue(new_key()))
    assert secured.state() == "certificate-changed"


def test_who_edits_the_file_to_another_certificate_has_changed_the_list(secured: Secured) -> None:
    secured.add()
    assert secured.state() == "ok"
    path = secured.offices.folder("bob") / "config/platform-config.yaml"
    text = path.read_text()
    path.write_text(text.replace(secured.listed()["certificate"]["key"], "0" * 64))
    assert path.read_text() != text
    assert secured.offices.do("bob", "nodes", "test").refused == (6, "NODES_UNCONFIRMED")


def test_who_only_looks_writes_nothing_and_is_held_to_the_first_one_all_the_same(secured: Secured) -> None:
    secured.add()
    folder = secured.offices.folder("bob")
    before = (folder / "config/platform-config.yaml").read_bytes()
    with Workspace.look(folder, passphrase=bytearray(SECRETS["bob.vault"].encode())) as looking:
        states = [row.state for row in looking.nodes.examiner()()]
        assert states == ["ok", "ok"]
        secured.front.use(secured.issue(new_key()))
        assert "certificate-changed" in [row.state for row in looking.nodes.examiner()()]
        (shown,) = [row.certificate for row in looking.nodes.examiner()() if row.certificate is not None]
        with pytest.raises(ConflictError) as caught:
            looking.nodes.accept_certificate("north", shown.sha256)
        assert caught.value.code == "READ_ONLY"
    assert (folder / "config/platform-config.yaml").read_bytes() == before
    assert secured.notes() == []


def test_words_that_are_no_such_choice_and_files_without_a_certificate(secured: Secured) -> None:
    offices, nothing = secured.offices, secured.folder / "nothing.pem"
    nothing.write_text("nothing")
    bad = ("nodes", "add", "https://a.example/", "--id", "a", "--operator", "a")
    assert offices.do("bob", *bad, "--hold", "nothing").refused == (2, "USAGE")
    assert offices.do("bob", *bad, "--ca", str(nothing)).refused == (3, "MALFORMED")
    with offices.open("bob") as opened, pytest.raises(UsageError):
        opened.nodes.hold_to("node-0", "authority")
    assert offices.do("bob", "nodes", "certificate", "nobody").refused == (8, "NOT_FOUND")
    plain = offices.do("bob", "nodes", "certificate", "node-0").result
    assert (plain["recorded"], plain["shown"], plain["changed"]) == (None, None, False)
