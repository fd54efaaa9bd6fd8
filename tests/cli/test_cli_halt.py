"""halt, resume and override by the real command: three workspaces, one ledger, files between them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from offices import PEOPLE, Offices

from signer_app.core.canonical import canonical
from signer_app.core.failpoints import VARIABLE

pytestmark = pytest.mark.slow


def shown(offices: Offices, name: str) -> list[dict[str, object]]:
    return list(offices.do(name, "workspace", "show").result["halts"])


def take(offices: Offices, name: str, path: Path) -> dict[str, object]:
    return offices.do(name, "halt", "--from", str(path)).result


# -- one stops, two resume ---------------------------------------------------------------------------------


def test_one_halts_the_file_travels_two_resume_and_signing_goes_on(offices: Offices) -> None:
    first = offices.pay("alice", "100")
    offices.travel("alice", "bob", first)
    offices.travel("alice", "carol", first)
    halted = offices.spawn("carol", "halt", "--reason", "the CFO's laptop is gone").result
    assert (halted["person"], halted["standing"], halted["accounts"]) == ("carol", 1, None)
    refused = offices.do("carol", "proposal", "sign", first, "--key", "carol-xrp")
    assert refused.refused == (4, "POLICY_DENIED")
    assert refused.error["details"]["codes"] == ["HALTED"]
    assert any("carol" in c and "laptop" in c for c in refused.error["details"]["checks"])

    # Bob has not heard of it. Any file of Carol's tells him.
    offices.travel("carol", "bob", first)
    assert offices.state("bob", first) == "DENIED"
    signing = offices.spawn("bob", "proposal", "sign", first, "--key", "bob-xrp")
    assert signing.refused == (4, "POLICY_DENIED")
    assert signing.error["details"]["codes"] == ["HALTED"]
    assert [(h["person"], h["have"], h["need"]) for h in shown(offices, "bob")] == [("carol", 0, 2)]

    # One voice is not enough, and Carol, who halted, may be the other.
    path = offices.root / "resume.halts.json"
    one = offices.do("bob", "resume", "--reason", "it was found", "-o", str(path)).result
    assert (one["lifted"], one["have"], one["need"]) == (False, 1, 2)
    assert offices.do("bob", "resume").refused == (8, "NOTHING_TO_SIGN")
    assert offices.do("bob", "proposal", "sign", first, "--key", "bob-xrp").refused == (4, "POLICY_DENIED")
    assert [entry["kind"] for entry in take(offices, "carol", path)["added"]] == ["resume"]  # type: ignore[index,attr-defined]
    path = offices.root / "lifted.halts.json"
    assert offices.do("carol", "resume", "-o", str(path)).result["lifted"] is True
    take(offices, "bob", path)
    assert shown(offices, "bob") == []

    offices.sign("bob", first)
    offices.travel("bob", "carol", first)
    assert offices.sign("carol", first)["state"] == "READY"
    sent = offices.do("carol", "proposal", "submit", first)
    assert (sent.exit_code, sent.result["state"]) == (0, "SUBMITTED")
    offices.ledger.close()
    assert offices.do("carol", "proposal", "track", first).result["state"] == "CONFIRMED"
    assert offices.do("bob", "policy", "replay", first).result["same"] is True
    verified = offices.do("carol", "journal", "verify", str(offices.folder("carol") / "logs"), "--vault")
    assert (verified.exit_code, verified.result["state"]) == (0, "INTACT")


def test_what_is_ready_is_not_sent_and_an_old_halt_halts_once(offices: Offices) -> None:
    identifier = offices.ready("5")
    path = offices.root / "halt.halts.json"
    halted = offices.do("alice", "halt", "--reason", "stop", "-o", str(path)).result
    assert halted["file"] == str(path)
    old = path.read_bytes()
    take(offices, "carol", path)
    assert offices.do("carol", "proposal", "submit", identifier).error["details"]["codes"] == ["HALTED"]
    export = ("proposal", "export", identifier, "-o", str(offices.root / "x.countersign"))
    assert offices.do("carol", *export).refused == (4, "POLICY_DENIED")
    offices.do("carol", "resume", "-o", str(path), "--yes")
    take(offices, "bob", path)
    lifted = offices.do("bob", "resume", "-o", str(path), "--yes").result
    assert lifted["lifted"] is True
    take(offices, "carol", path)
    path.write_bytes(old)
    again = take(offices, "carol", path)
    assert [entry["kind"] for entry in again["already"]] == ["halt"]  # type: ignore[index,attr-defined]
    assert shown(offices, "carol") == []
    assert offices.do("carol", "proposal", "submit", identifier).result["state"] == "SUBMITTED"
    offices.ledger.close()  # the ledger is shared: its ticket is used now, and no other test finds it free


def test_a_halt_of_one_account(offices: Offices) -> None:
    identifier = offices.pay("alice", "3")
    offices.travel("alice", "bob", identifier)
    offices.do("bob", "halt", "--reason", "stop", "--account", offices.team.custodian)
    assert offices.do("bob", "proposal", "verify", identifier).exit_code == 0
    halted = offices.do("bob", "halt", "--reason", "stop", "--account", offices.team.treasury).result
    assert halted["accounts"] == [offices.team.treasury]
    assert offices.do("bob", "proposal", "verify", identifier).exit_code == 4
    assert offices.do("bob", "resume").refused == (2, "USAGE")
    assert offices.do("bob", "resume", "--halt", halted["halt_id"][:10]).result["have"] == 1
    assert offices.do("bob", "proposal", "show", identifier).result["halts"][0]["have"] == 1


@pytest.mark.parametrize(
    "arguments",
    [("halt",), ("halt", "--reason", "a", "--from", "b"), ("halt", "--from", "b", "--account", "c"),
     ("halt", "--from", "b", "-o", "c")],
)  # fmt: skip
def test_what_does_not_go_together_is_a_wrong_use(offices: Offices, arguments: tuple[str, ...]) -> None:
    assert offices.do("bob", *arguments).refused == (2, "USAGE")


def test_a_forged_halt_is_refused_by_the_command_and_shown(offices: Offices) -> None:
    path = offices.root / "forged.halts.json"
    offices.do("alice", "halt", "--reason", "stop", "-o", str(path))
    value = json.loads(path.read_bytes())
    value["halts"][0]["reason"] = "something else"
    path.write_bytes(canonical(value))
    answer = offices.do("bob", "halt", "--from", str(path))
    assert answer.refused == (3, "BAD_SIGNATURE")
    assert answer.error["details"]["refused"][0]["code"] == "SIGNATURE_INVALID"
    kept = offices.do("bob", "workspace", "show").result["refused_statements"]
    assert [(entry["kind"], entry["person"]) for entry in kept] == [("halt", "alice")]
    assert shown(offices, "bob") == []
    wrong = offices.do("bob", "proposal", "import", str(path))
    assert wrong.refused == (3, "MALFORMED")
    assert "halt --from" in wrong.error["hint"]
    assert offices.do("bob", "halt", "--from", str(offices.root / "none")).refused == (8, "NOT_FOUND")


def test_people_read_who_when_why_and_how_many_and_a_rebuild_says_the_same(offices: Offices) -> None:
    offices.do("bob", "halt", "--reason", "lost\x1b[31m key")
    offices.do("bob", "resume")
    words = offices.say("bob", "workspace", "show").out
    assert "HALTED by bob" in words
    assert "\x1b" not in words
    assert "1 of 2: bob" in " ".join(words.split())
    listed = offices.do("bob", "journal", "show", "--type", "halt").result["records"]
    assert [record["record"]["statement"]["person"] for record in listed] == ["bob"]
    assert offices.say("bob", "resume", "--halt", "00" * 32).exit_code == 8
    identifier = offices.pay("bob", "2")
    assert "bob" in offices.say("bob", "proposal", "show", identifier).out.partition("Halted by")[2]
    before = shown(offices, "bob")
    assert offices.do("bob", "workspace", "rebuild").exit_code == 0
    assert shown(offices, "bob") == before
    assert [h["have"] for h in before] == [1]


# -- kills -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "stands"),
    [
        ("journal.half_line", False),
        ("journal.after_sync", True),
        ("projection.before_commit", True),
        ("halt.recorded", True),
    ],
)
def test_a_kill_leaves_a_whole_halt_or_none(offices: Offices, place: str, stands: bool) -> None:
    killed = offices.spawn("bob", "halt", "--reason", "stop", **{VARIABLE: place})
    assert killed.exit_code == -9
    assert [h["person"] for h in shown(offices, "bob")] == (["bob"] if stands else [])
    assert offices.do("bob", "journal", "verify", str(offices.folder("bob") / "logs")).exit_code == 0


def test_a_kill_before_the_word_that_it_is_lifted_is_made_good_at_the_next_start(offices: Offices) -> None:
    path = offices.root / "halt.halts.json"
    offices.do("bob", "halt", "--reason", "stop")
    offices.do("bob", "resume", "-o", str(path))
    take(offices, "carol", path)
    killed = offices.spawn("carol", "resume", **{VARIABLE: "resume.recorded"})
    assert killed.exit_code == -9
    assert shown(offices, "carol") == []
    records = offices.do("carol", "journal", "show", "--type", "resume").result["records"]
    assert [record["record"].get("lifted", False) for record in records] == [False, False, True]
    assert offices.do("carol", "resume").refused == (8, "NOT_FOUND")


# -- override ----------------------------------------------------------------------------------------------


def soften(offices: Offices) -> None:
    """Version 2: the cap of one payment is soft; two of security override, which bob and carol are."""
    with offices.open("alice") as opened:
        first = opened.reading.policies()["in_force"]
        policy = {**opened.policies.by_hash(str(first)).document.raw, "version": 2, "prev": first}
    for rule in policy["rules"]:
        if rule["kind"] == "tx_cap":
            rule["level"] = "soft"
    for person in policy["people"]:
        if person["id"] == "bob":
            person["roles"] = ["finance", "security"]
    policy["override_quorum"] = {"all_of": [{"role": "security", "need": 2}]}
    data, votes = canonical(policy), []
    for name in ("alice", "carol"):
        with offices.open(name) as opened:
            opened.unlock_keys(offices.opener(name))
            votes.append(canonical(opened.vote(data)))
    for name in PEOPLE:
        with offices.open(name) as opened:
            opened.activate_policy(data, votes)


def test_the_quorum_overrides_a_soft_cap_and_the_payment_arrives(offices: Offices) -> None:
    soften(offices)
    identifier = offices.pay("alice", "402")
    alone = offices.do("alice", "proposal", "override", identifier, "--reason", "mine")
    assert alone.refused == (4, "POLICY_DENIED")
    offices.travel("alice", "bob", identifier)
    signing = offices.do("bob", "proposal", "sign", identifier, "--key", "bob-xrp")
    assert signing.error["details"]["verdict"] == "NEEDS_OVERRIDE"
    first = offices.do("bob", "proposal", "override", identifier, "--reason", "called back")
    assert (first.exit_code, first.result["verdict"]) == (4, "NEEDS_OVERRIDE")
    offices.travel("bob", "carol", identifier)
    second = offices.spawn("carol", "proposal", "override", identifier, "--reason", "agreed")
    assert (second.exit_code, second.result["verdict"]) == (0, "ALLOW")
    assert [entry["person"] for entry in second.result["overrides"]] == ["bob", "carol"]
    offices.sign("carol", identifier)
    offices.travel("carol", "bob", identifier)
    assert offices.sign("bob", identifier)["state"] == "READY"
    assert offices.do("bob", "proposal", "submit", identifier).result["state"] == "SUBMITTED"
    offices.ledger.close()
    assert offices.do("bob", "proposal", "track", identifier).result["state"] == "CONFIRMED"
    assert offices.do("bob", "policy", "replay", identifier).result["same"] is True
    assert "called back" in offices.say("bob", "proposal", "show", identifier).out
