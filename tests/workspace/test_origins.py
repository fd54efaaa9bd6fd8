"""Who added a receiver or a key, and when one was paid, has signed, and passed a test."""

from __future__ import annotations

from typing import Any

import pytest
from ledger_office import NANO, ledger_key, plug_in
from offices import PEOPLE, Offices

from signer_app.core.canonical import canonical
from signer_app.policy.document import read_policy
from signer_app.workspace.signing import signer_keys

pytestmark = pytest.mark.slow


def second(offices: Offices, **members: Any) -> None:
    """Version 2 with other members, voted for by all and activated in bob's workspace."""
    with offices.open("bob") as opened:
        active = opened.policies.in_force(opened.rooms.clock()).document
    data = canonical({**active.raw, "version": active.version + 1, "prev": active.hash, **members})
    assert read_policy(data).version == active.version + 1
    votes = []
    for name in PEOPLE:
        with offices.open(name) as opened:
            opened.unlock_keys(offices.opener(name))
            votes.append(canonical(opened.vote(data)))
    with offices.open("bob") as opened:
        opened.activate_policy(data, votes)


def book(offices: Offices) -> dict[str, dict[str, Any]]:
    entries = offices.do("bob", "accounts", "book").result["entries"]
    return {entry["id"]: entry for entry in entries}


def raw(offices: Offices) -> dict[str, Any]:
    with offices.open("bob") as opened:
        return dict(opened.policies.in_force(opened.rooms.clock()).document.raw)


def test_an_entry_is_as_old_as_the_version_since_which_it_pays_the_same(offices: Offices) -> None:
    (old,) = raw(offices)["address_book"]
    before = book(offices)["custodian"]["added"]
    assert (before["version"], before["voters"]) == (1, ["alice", "bob", "carol"])
    other = {**old, "id": "other", "account": offices.team.people["alice"].account, "tag": None}
    second(offices, address_book=[{**old, "evidence": "called again"}, other])
    now = book(offices)
    assert now["custodian"]["added"] == before, "other words about it are no other receiver"
    assert (now["other"]["added"]["version"], now["other"]["used"]) == (2, {"count": 0, "last_at": None})
    assert now["other"]["added"]["at"] >= before["at"]
    second(offices, address_book=[{**old, "tag": "18"}])
    moved = book(offices)
    assert list(moved) == ["custodian"]
    assert moved["custodian"]["added"]["version"] == 3, "another tag is another receiver"
    second(offices, address_book=[])
    second(offices, address_book=[{**old, "tag": "18"}])
    assert book(offices)["custodian"]["added"]["version"] == 5, "it was away in between"


def test_payments_are_counted_by_receiver_and_tag_when_they_are_final(offices: Offices) -> None:
    assert book(offices)["custodian"]["used"] == {"count": 0, "last_at": None}
    identifier = offices.ready("7")
    offices.do("carol", "proposal", "submit", identifier)
    with offices.open("carol") as opened:
        assert opened.queries.paid() == [], "sent is not paid"
    offices.ledger.close()
    tracked = offices.do("carol", "proposal", "track", identifier).result
    assert tracked["state"] == "CONFIRMED"
    entries = offices.do("carol", "accounts", "book").result["entries"]
    used = next(entry for entry in entries if entry["id"] == "custodian")["used"]
    with offices.open("carol") as opened:
        outcome = [record for _, record in opened.journal.records() if record["type"] == "outcome"][-1]
    assert used == {"count": 1, "last_at": outcome["at"]}
    said = offices.say("carol", "accounts", "book").out
    assert "1 times" not in said
    assert "once, last" in said
    assert "v1" in said
    old = raw(offices)["address_book"]
    second(offices, address_book=[{**old[0], "tag": "18"}, {**old[0], "id": "any", "tag": "*"}])
    with offices.open("bob") as opened:
        opened.queries.paid = lambda: [  # type: ignore[method-assign]
            {"to": old[0]["account"], "tag": tag, "count": count, "last_at": at}
            for tag, count, at in (("17", 2, "2026-01-02T00:00:00Z"), ("18", 1, "2026-01-01T00:00:00Z"))
        ]
        found = {entry["id"]: entry["used"] for entry in opened.book.whole()["entries"]}  # type: ignore[union-attr,index,call-overload]
    assert found == {
        "custodian": {"count": 1, "last_at": "2026-01-01T00:00:00Z"},
        "any": {"count": 3, "last_at": "2026-01-02T00:00:00Z"},
    }


def keys(offices: Offices, name: str) -> dict[str, dict[str, Any]]:
    with offices.open(name) as opened:
        listed = signer_keys(opened)["keys"]
    assert isinstance(listed, list)
    return {str(key["id"]): key for key in listed if isinstance(key, dict)}


def test_a_key_knows_its_version_and_when_it_last_signed(offices: Offices) -> None:
    first = keys(offices, "bob")["bob-xrp"]
    assert (first["enrolled"]["version"], first["last_signed"], first["last_test"]) == (1, None, None)
    identifier = offices.pay("alice", "3")
    offices.travel("alice", "bob", identifier)
    offices.sign("bob", identifier)
    table = [{**key, "device": "desk-2"} if key["id"] == "bob-xrp" else key for key in raw(offices)["keys"]]
    second(offices, keys=table)
    now = keys(offices, "bob")
    assert now["bob-xrp"]["enrolled"]["version"] == 2, "another device is another enrolment"
    assert now["alice-xrp"]["enrolled"]["version"] == 1
    with offices.open("bob") as opened:
        released = [r for _, r in opened.journal.records() if r["type"] == "sign.released"][-1]
    assert now["bob-xrp"]["last_signed"] is not None
    assert now["bob-xrp"]["last_signed"][:19] <= released["at"][:19]
    said = offices.do("bob", "devices", "keys").result
    assert {key["id"]: key for key in said["keys"]} == now
    assert "Enrolled     v2" in offices.say("bob", "devices", "keys").out


def test_a_passed_test_of_a_device_is_journaled_and_shown_with_its_key(ledger_offices: Offices) -> None:
    with plug_in(ledger_offices, "--approve", "auto") as nano:
        with nano.control() as control:
            control.do("quit")
        plain = ledger_offices.do("carol", "devices", "test").result
        assert keys(ledger_offices, "carol")["carol-nano"]["last_test"] is None, "only who asks for it"
        result = ledger_offices.do("carol", "devices", "test", "--record").result
    _, public_key = ledger_key()
    assert plain["public_key"] == result["public_key"] == public_key
    assert result["firmware"] is None, "the app was open when it was asked"
    assert (result["signed"], result["app"], plain["firmware"]) == (True, "XRP", "2.4.2")
    tested = keys(ledger_offices, "carol")
    test = tested["carol-nano"]["last_test"]
    assert {name: test[name] for name in ("model", "app", "app_version", "signed")} == {
        "model": "Ledger Nano X", "app": "XRP", "app_version": result["app_version"], "signed": True,
    }  # fmt: skip
    assert tested["carol-trezor"]["last_test"] is None
    with ledger_offices.open("carol") as opened:
        notes = [r for _, r in opened.journal.records() if r.get("text") == "device test passed"]
    assert [(note["public_key"], note["at"][:19]) for note in notes] == [(public_key, test["at"][:19])]
    said = ledger_offices.say("carol", "devices", "keys").out
    assert "Ledger Nano X" in said
    assert NANO in said


def test_a_test_that_fails_is_not_kept(ledger_offices: Offices) -> None:
    with plug_in(ledger_offices, "--approve", "manual") as nano:
        with nano.control() as control:
            control.do("open", app="XRP")
            control.do("fault", name="refuses")
        refused = ledger_offices.do("carol", "devices", "test", "--record")
    assert refused.exit_code == 5
    assert keys(ledger_offices, "carol")["carol-nano"]["last_test"] is None
