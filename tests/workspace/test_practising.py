"""A place to practise: what is in it, that it starts again, and that nothing is left of one that failed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from signer_app.core.errors import CountersignError, NotFoundError, UsageError
from signer_app.practice.devices.remote import DeviceRemote
from signer_app.signers.keystore.client import open_keystore
from signer_app.workspace import Workspace, practising
from signer_app.workspace.colleagues import colleagues, resumes
from signer_app.workspace.practising import Made, make_place, place_of, start_place


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Made, list[str], str]]:
    told: list[str] = []
    place = make_place(tmp_path_factory.mktemp("home") / "practice", tell=told.append, stop=Event())
    try:
        yield place, told, place.passphrase.decode()
    finally:
        place.processes.close()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_payment_waits_for_your_signature_alone(made: tuple[Made, list[str], str]) -> None:
    place, told, secret = made
    assert len(told) == len(set(told)) >= 6
    with Workspace.open(place.workspace, passphrase=bytearray(secret.encode())) as opened:
        shown = opened.describe()
        assert (shown["person"], shown["class"], shown["nodes"]) == ("you", "practice", 2)
        assert shown["policy_in_force"] is not None
        (proposal,) = opened.queries.proposals()
        assert proposal.id == place.proposal_id
        assert len(proposal.signatures) == 1
        assert proposal.state == "PENDING"
        # Nothing but your signature is missing.
        assert set(opened.proposals.verify(proposal.id).report.codes) == {"QUORUM"}
        able = opened.proposals.able_signers(proposal.id)
        assert [entry["person"] for entry in able if isinstance(entry, dict) and entry["person"] == "you"]
        (device,) = opened.devices.connected.describe()["devices"]  # type: ignore[misc]
        assert device["model"]  # type: ignore[index,call-overload]


def test_you_sign_on_the_device_and_it_is_ready(made: tuple[Made, list[str], str], tmp_path: Path) -> None:
    place, _, secret = made
    with DeviceRemote(place.workspace / "devices" / practising.DEVICE) as hand:
        hand.do("mode", mode="auto")
        with Workspace.open(place.workspace, passphrase=bytearray(secret.encode())) as opened:
            opened.unlock_keys(lambda keys: open_keystore(keys, passphrase=bytearray(secret.encode())))
            signed = opened.sign_on_device(place.proposal_id, practising.DEVICE)
            assert signed["state"] == "READY"
            assert opened.proposals.submit(place.proposal_id)["state"] in ("SUBMITTED", "CONFIRMED")


def test_a_colleague_says_that_a_halt_may_end(made: tuple[Made, list[str], str], tmp_path: Path) -> None:
    place, _, secret = made
    assert colleagues(place.workspace) == ("alice", "carol")
    assert colleagues(tmp_path / "workspaces" / "bob") == ()
    with Workspace.open(place.workspace, passphrase=bytearray(secret.encode())) as opened:
        opened.unlock_keys(lambda keys: open_keystore(keys, passphrase=bytearray(secret.encode())))
        halts = opened.proposals.halts
        halts.halt("An exercise")
        (halt,) = halts.describe(standing=True)
        identifier = str(halt["halt_id"])
        statements = halts.document()
        assert statements is not None
        for nobody in ("you", "mallory", "../alice"):
            with pytest.raises(NotFoundError):
                resumes(place.workspace, nobody, statements.to_bytes(), identifier)
        halts.take_file(resumes(place.workspace, "alice", statements.to_bytes(), identifier))
        (standing,) = halts.describe(standing=True)
        assert standing["people"] == ["alice"]
        assert halts.resume("", identifier)["lifted"] is True
    with Workspace.open(place.root / "workspaces" / "alice", passphrase=alices(place)) as other:
        kinds = [record["type"] for _, record in other.journal.records()]
        assert kinds[-2:] == ["halt", "resume"]


def alices(place: Made) -> bytearray:
    return bytearray((place.root / "secrets" / "alice.txt").read_bytes().strip())


def test_your_passphrase_is_kept_nowhere(made: tuple[Made, list[str], str]) -> None:
    place, told, secret = made
    assert len(secret) == 24
    assert secret not in " ".join(told)
    for path in place.root.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    assert sorted(path.name for path in (place.root / "secrets").iterdir()) == ["alice.txt", "carol.txt"]


def test_it_stops_and_starts_again_where_the_node_lists_say(
    made: tuple[Made, list[str], str],
) -> None:
    place, _, secret = made
    pids = place.processes.pids
    assert len(pids) == 2
    place.processes.close()
    assert all(gone(pid) for pid in pids)
    assert place_of(place.workspace) == place.root
    again = start_place(place.root)
    try:
        assert again.alive
        with Workspace.open(place.workspace, passphrase=bytearray(secret.encode())) as opened:
            assert opened.nodes.test()["ok"] is True
        beside = start_place(place.root)  # what runs already is used, and not ended by the second keeper
        assert beside.pids == ()
        beside.close()
        assert again.alive
    finally:
        again.close()


def test_another_workspace_has_no_place(tmp_path: Path) -> None:
    assert place_of(tmp_path / "a" / "b" / "c") is None
    (tmp_path / "practice.json").write_text(json.dumps({"format": "else"}))
    assert place_of(tmp_path / "workspaces" / "you") is None


def test_stopping_leaves_nothing(tmp_path: Path) -> None:
    stop, seen = Event(), list[str]()

    def tell(words: str) -> None:
        seen.append(words)
        if "you" in words:
            stop.set()

    with pytest.raises(UsageError):
        make_place(tmp_path / "practice", tell=tell, stop=stop)
    assert len(seen) == 3
    assert list((tmp_path / "practice").iterdir()) == []


def test_a_step_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    def broken(*_arguments: object, **_options: object) -> object:
        raise UsageError("no room")

    real = practising.PracticeProcesses.start_ledger

    def noted(self: practising.PracticeProcesses, port: int) -> None:
        real(self, port)
        started.extend(self.pids)

    monkeypatch.setattr(practising.PracticeProcesses, "start_ledger", noted)
    monkeypatch.setattr(practising, "create_workspace", broken)
    with pytest.raises(CountersignError, match="no room"):
        make_place(tmp_path, tell=lambda _words: None, stop=Event())
    assert started
    assert all(gone(pid) for pid in started)
    assert list(tmp_path.iterdir()) == []


def test_what_was_killed_half_way_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half, whole = tmp_path / "practice-1", tmp_path / "practice-2"
    for root, is_whole in ((half, False), (whole, True)):
        root.mkdir()
        (root / "file").write_text("x")
        value = {"format": practising.FORMAT, "port": 0, "person": "you", "whole": is_whole}
        (root / practising.PLACE_FILE).write_text(json.dumps(value))
    stop = Event()
    stop.set()
    with pytest.raises(UsageError):
        make_place(tmp_path, tell=lambda _words: None, stop=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["practice-2"]
    shutil.rmtree(whole)
