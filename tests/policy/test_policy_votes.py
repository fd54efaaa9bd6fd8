"""Votes: what a device key signs, who has a vote, when a policy may be put in force."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from policy_samples import policy_value

from signer_app.core.errors import CountersignError, MalformedError
from signer_app.policy.document import PolicyDocument, parse_policy
from signer_app.policy.votes import (
    Vote,
    activation_missing,
    check_succession,
    make_vote,
    read_vote,
    vote_message,
    votes_needed,
)  # fmt: skip

KEYS = {name: Ed25519PrivateKey.from_private_bytes(bytes([index]) * 32) for index, name in enumerate(
    ["alice", "bob", "carol", "erin", "dave"], start=1
)}  # fmt: skip


def public(name: str) -> str:
    return "ed25519:" + KEYS[name].public_key().public_bytes_raw().hex()


def value(version: int = 1, prev: str | None = None, **changes: Any) -> dict[str, Any]:
    made = policy_value()
    for entry in made["people"]:
        entry["device_keys"] = [public(entry["id"])]
    return {**made, "version": version, "prev": prev, **changes}


def vote(document: PolicyDocument, name: str, key: str | None = None) -> Vote:
    signature = KEYS[key or name].sign(vote_message(document.hash))
    return make_vote(document, person=name, device_key=public(key or name), signature=signature)


FIRST = parse_policy(value())
SECOND = parse_policy(value(2, FIRST.hash))


def test_the_message_is_that_of_the_contract() -> None:
    assert vote_message(FIRST.hash) == b"countersign/policy@1\n" + FIRST.hash.encode()
    assert FIRST.hash == FIRST.hash.lower()


def test_a_vote_reads_back() -> None:
    made = vote(FIRST, "alice")
    assert read_vote(made.to_bytes()) == made
    with pytest.raises(MalformedError):
        read_vote(made.to_bytes().replace(b'"sig"', b'"zig"'))
    with pytest.raises(MalformedError):
        read_vote(made.to_bytes().replace(b"vote@1", b"vote@2"))


def test_the_first_version_needs_everybody_of_its_change_quorum() -> None:
    people = ["alice", "bob", "carol", "erin"]
    for missing in people:
        open_groups = activation_missing(FIRST, [vote(FIRST, n) for n in people if n != missing], None)
        assert all(missing in group.waiting for group in open_groups)
        assert open_groups
    assert activation_missing(FIRST, [vote(FIRST, name) for name in people], None) == ()


def test_a_policy_of_one_person_needs_one_vote() -> None:
    single = value(change_quorum={"all_of": [{"role": "finance", "need": 1}]})
    single["people"] = [entry for entry in single["people"] if entry["id"] == "alice"]
    single["keys"] = single["keys"][:1]
    single["rules"] = [rule for rule in single["rules"] if rule["kind"] != "quorum"]
    document = parse_policy(single)
    assert activation_missing(document, [], None)[0].waiting == ("alice",)
    assert activation_missing(document, [vote(document, "alice")], None) == ()


def test_a_later_version_needs_the_change_quorum_in_force() -> None:
    finance, security = vote(SECOND, "alice"), vote(SECOND, "carol")
    assert [group.role for group in activation_missing(SECOND, [finance], FIRST)] == ["security"]
    assert activation_missing(SECOND, [finance, security], FIRST) == ()
    # Erin holds both roles, and still is one person; alice twice is one person.
    assert activation_missing(SECOND, [vote(SECOND, "erin")], FIRST)
    assert activation_missing(SECOND, [finance, finance], FIRST)
    assert activation_missing(SECOND, [vote(SECOND, "erin"), finance], FIRST) == ()


def test_how_many_votes_it_takes() -> None:
    """As many as fill the quorum and no fewer; who holds two roles is one person."""
    assert votes_needed(FIRST, None) == len(["alice", "bob", "carol", "erin"])
    assert votes_needed(SECOND, FIRST) == 2
    grabbed = value(2, FIRST.hash, change_quorum={"all_of": [{"role": "operator", "need": 1}]})
    assert votes_needed(parse_policy(grabbed), FIRST) == 2, "the quorum in force counts, not the new one"
    suspended = value()
    suspended["people"][0]["suspended"] = True
    assert votes_needed(parse_policy(suspended), None) == 3


def test_the_people_in_force_decide_not_the_new_ones() -> None:
    grabbed = value(2, FIRST.hash, change_quorum={"all_of": [{"role": "operator", "need": 1}]})
    document = parse_policy(grabbed)
    assert activation_missing(document, [vote(document, "dave")], FIRST)
    grabbed["people"] = [entry for entry in grabbed["people"] if entry["id"] != "carol"]
    grabbed["people"].append({"id": "mallory", "name": "M", "roles": ["finance", "security", "operator"],
                              "device_keys": [public("carol")]})  # fmt: skip
    grabbed["keys"] = [key for key in grabbed["keys"] if key["person"] != "carol"]
    document = parse_policy(grabbed)
    with pytest.raises(MalformedError):
        activation_missing(document, [vote(document, "mallory", "carol")], FIRST)


@pytest.mark.parametrize("what", ["other policy", "other key", "broken", "suspended", "machine", "unknown"])
def test_votes_that_do_not_count(what: str) -> None:
    changed = value()
    if what in ("suspended", "machine"):
        changed["people"][0][what] = True
    document = parse_policy(changed)
    votes = {
        "other policy": lambda: vote(SECOND, "alice"),
        "other key": lambda: vote(document, "alice", "bob"),
        "broken": lambda: Vote(document.hash, 1, "alice", public("alice"), "00" * 64),
        "unknown": lambda: vote(document, "zoe", "bob"),
    }
    with pytest.raises(MalformedError):
        activation_missing(document, [votes.get(what, lambda: vote(document, "alice"))()], None)


@pytest.mark.parametrize("sig", ["", "zz", "00", "ff" * 65])
def test_a_signature_of_another_form_is_refused(sig: str) -> None:
    with pytest.raises(MalformedError) as caught:
        activation_missing(FIRST, [Vote(FIRST.hash, 1, "alice", public("alice"), sig)], None)
    assert caught.value.code == "BAD_SIGNATURE"


def _succession(document: PolicyDocument, in_force: PolicyDocument | None, highest: int = 0) -> str:
    try:
        check_succession(document, in_force, highest_seen=highest)
    except CountersignError as error:
        return error.code
    return "ok"


def test_versions_follow_one_another() -> None:
    assert _succession(FIRST, None) == "ok"
    assert _succession(SECOND, FIRST) == "ok"
    assert _succession(SECOND, None) == "POLICY_DENIED"
    assert _succession(FIRST, FIRST) == "POLICY_ROLLBACK"
    assert _succession(FIRST, None, highest=1) == "POLICY_ROLLBACK"
    assert _succession(SECOND, FIRST, highest=2) == "POLICY_ROLLBACK"
    assert _succession(parse_policy(value(3, FIRST.hash)), FIRST) == "POLICY_DENIED"
    assert _succession(parse_policy(value(2, "aa" * 32)), FIRST) == "POLICY_DENIED"
    assert _succession(parse_policy(value(2, FIRST.hash, org="other")), FIRST) == "POLICY_DENIED"
