"""Overrides of soft failures: signed by the override quorum, for these bytes and this policy, by files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from desk import Desk, Team, authored, person
from statement_help import carrying, document, halt_by, override_by

from signer_app.core.errors import ConflictError, DeniedError, MalformedError, NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.proposals.store.queries import Proposal
from signer_app.signers.statements import verify_statement

Opener = Callable[..., Desk]
CAP = {"rule": "cap", "code": "TX_CAP"}


def soft(team: Team, need: int = 1, *rules: str, **changes: Any) -> dict[str, Any]:
    """A policy whose cap (and ``rules``) are soft; bob and carol hold security."""
    policy = team.policy()
    for rule in policy["rules"]:
        if rule["id"] in ("cap", *rules):
            rule["level"] = "soft"
    next(entry for entry in policy["people"] if entry["id"] == "bob")["roles"].append("security")
    policy["override_quorum"] = {"all_of": [{"role": "security", "need": need}]}
    return {**policy, **changes}


def opened(desk_of: Opener, name: str, policy: dict[str, Any]) -> Desk:
    desk = desk_of(name, active=False)
    desk.activate(policy)
    return desk


def shared(amount: str, desk: Desk) -> bytes:
    """A file by alice that moves ``amount``."""
    return authored(desk.file(amount), desk.team.people["alice"])


def sign(desk: Desk, proposal: Proposal) -> JsonObject:
    return desk.service.sign(proposal.id, desk.keystore.key())  # type: ignore[union-attr]


def taken(desk: Desk, file: bytes) -> Proposal:
    return desk.get(str(desk.service.import_bytes(file)["proposal_id"]))


def test_a_soft_failure_stops_a_signature_until_the_quorum_has_spoken(desk_of: Opener, team: Team) -> None:
    bob = opened(desk_of, "bob", soft(team))
    proposal = taken(bob, shared("402", bob))
    with pytest.raises(DeniedError) as error:
        sign(bob, proposal)
    assert error.value.details["verdict"] == "NEEDS_OVERRIDE"  # type: ignore[index]
    result = bob.service.override(proposal.id, "the invoice was checked")
    assert (result["verdict"], result["overridden"], result["state"]) == ("ALLOW", [CAP], "PENDING")
    assert sign(bob, proposal)["state"] == "PENDING"
    (record,) = bob.records("override")
    statement = dict(record["statement"])
    signature = statement.pop("sig")
    assert verify_statement(bob.owner.device_key, "override", statement, signature)
    assert statement["body_hash"] == proposal.body_hash
    assert statement["policy_hash"] == bob.queries.policies()[0]["hash"]
    assert bob.reading.replay(proposal.id)["same"] is True


def test_three_workstations_collect_the_quorum_and_send(desk_of: Opener, team: Team) -> None:
    policy = soft(team, 2)
    bob, carol = (opened(desk_of, name, policy) for name in ("bob", "carol"))
    proposal = taken(bob, shared("402", bob))
    first = bob.service.override(proposal.id, "checked")
    assert (first["verdict"], first["codes"]) == ("NEEDS_OVERRIDE", [])
    file = bob.export(proposal.id)
    assert [entry["person"] for entry in json.loads(file)["overrides"]] == ["bob"]
    there = taken(carol, file)
    assert there.proposer == "alice"
    assert carol.service.override(proposal.id, "agreed")["verdict"] == "ALLOW"
    sign(carol, there)
    back = bob.service.import_bytes(carol.export(proposal.id))
    assert [entry["person"] for entry in back["statements"]["added"]] == ["carol"]  # type: ignore[index,call-overload,union-attr]
    assert sign(bob, proposal)["state"] == "READY"
    assert bob.service.submit(proposal.id)["state"] == "SUBMITTED"


def test_one_voice_of_two_allows_nothing_and_the_same_person_adds_none(desk_of: Opener, team: Team) -> None:
    bob = opened(desk_of, "bob", soft(team, 2))
    proposal = taken(bob, shared("402", bob))
    bob.service.override(proposal.id, "checked")
    with pytest.raises(ConflictError) as error:
        bob.service.override(proposal.id, "again")
    assert error.value.code == "NOTHING_TO_SIGN"
    again = override_by(bob.owner, proposal, str(bob.queries.policies()[0]["hash"]))
    bob.service.import_bytes(carrying(bob.export(proposal.id), overrides=[again]))
    assert len(bob.queries.overrides(proposal.id)) == 1
    with pytest.raises(DeniedError):
        sign(bob, proposal)


@pytest.mark.parametrize("name", ["alice", "carol"])
def test_who_is_not_of_the_quorum_cannot(desk_of: Opener, team: Team, name: str) -> None:
    """alice holds no role of it; carol proposed, and the policy bars proposers from approving."""
    desk = opened(desk_of, name, soft(team))
    file = authored(desk.file("402"), team.people["carol"])
    proposal = taken(desk, file)
    with pytest.raises(DeniedError) as error:
        desk.service.override(proposal.id, "please")
    assert error.value.details["codes"] == ["ROLE"]  # type: ignore[index]
    assert desk.records("override") == []


def test_a_policy_without_an_override_quorum_takes_none(desk_of: Opener, team: Team) -> None:
    policy = soft(team)
    del policy["override_quorum"]
    bob = opened(desk_of, "bob", policy)
    with pytest.raises(DeniedError):
        bob.service.override(taken(bob, shared("402", bob)).id, "please")


def test_hard_failures_are_never_overridden(desk_of: Opener, team: Team) -> None:
    bob = opened(desk_of, "bob", soft(team))
    proposal = taken(bob, shared("502", bob))  # over the soft cap and over the day's hard one
    with pytest.raises(DeniedError) as error:
        bob.service.override(proposal.id, "please")
    assert error.value.details["codes"] == ["ROLLING_CAP"]  # type: ignore[index]
    forced = override_by(
        bob.owner, proposal, str(bob.queries.policies()[0]["hash"]),
        checks=[CAP, {"rule": "day", "code": "ROLLING_CAP"}],
    )  # fmt: skip
    bob.service.import_bytes(carrying(bob.export(proposal.id), overrides=[forced]))
    assert bob.service.verify(proposal.id).report.verdict == "DENY"


def test_a_halt_cannot_be_overridden(desk_of: Opener, team: Team) -> None:
    bob = opened(desk_of, "bob", soft(team))
    proposal = taken(bob, shared("402", bob))
    bob.service.override(proposal.id, "checked")
    bob.service.halts.take(document([halt_by(team.people["carol"])]))
    with pytest.raises(DeniedError) as error:
        sign(bob, proposal)
    assert error.value.details["codes"] == ["HALTED"]  # type: ignore[index]


def test_nothing_soft_stands_nothing_is_signed(desk_of: Opener, team: Team) -> None:
    bob = opened(desk_of, "bob", soft(team))
    proposal = taken(bob, shared("100", bob))
    with pytest.raises(ConflictError) as error:
        bob.service.override(proposal.id, "why not")
    assert error.value.code == "NOTHING_TO_SIGN"
    with pytest.raises(NotFoundError):
        bob.service.override(proposal.id, "x", ["no-such-rule"])
    with pytest.raises(MalformedError):
        bob.service.override(taken(bob, shared("402", bob)).id, "")
    assert bob.records("override") == []


def test_a_soft_quorum_is_not_waived_in_passing(desk_of: Opener, team: Team) -> None:
    """Overriding a cap says nothing about who has to sign; --rule q does."""
    bob = opened(desk_of, "bob", soft(team, 1, "q"))
    proposal = taken(bob, shared("402", bob))
    assert bob.service.override(proposal.id, "checked")["overridden"] == [CAP]
    signed = sign(bob, proposal)
    assert signed["state"] == "PENDING"
    team.ledger.quorum = 1
    with pytest.raises(DeniedError) as error:
        bob.service.submit(proposal.id)
    assert error.value.details["verdict"] == "NEEDS_OVERRIDE"  # type: ignore[index]
    named = bob.service.override(proposal.id, "alone today", ["q"])
    assert {entry["rule"] for entry in named["overridden"]} == {"q"}  # type: ignore[union-attr,index,call-overload]
    assert {entry["code"] for entry in named["overridden"]} >= {"QUORUM"}  # type: ignore[union-attr,index,call-overload]
    assert named["state"] == "READY"
    assert bob.service.submit(proposal.id)["state"] == "SUBMITTED"


def test_an_override_ends_with_its_version_of_the_policy(desk_of: Opener, team: Team) -> None:
    policy = soft(team)
    bob = desk_of("bob", active=False)
    first = bob.activate(policy)
    proposal = taken(bob, shared("402", bob))
    bob.service.override(proposal.id, "checked")
    bob.activate({**policy, "version": 2, "prev": first}, "alice", "carol")
    assert bob.service.verify(proposal.id).report.verdict == "NEEDS_OVERRIDE"
    (shown,) = bob.reading.proposal(proposal.id)["overrides"]  # type: ignore[misc]
    assert shown["in_force"] is False
    assert bob.service.override(proposal.id, "still fine")["verdict"] == "ALLOW"


def test_overrides_of_a_policy_that_comes_later_are_weighed_then(desk_of: Opener, team: Team) -> None:
    policy = soft(team)
    bob = desk_of("bob", active=False)
    first = bob.activate(policy)
    second = {**policy, "version": 2, "prev": first}
    carol = opened(desk_of, "carol", policy)
    later = carol.activate(second, "alice", "bob")
    proposal = taken(bob, shared("402", bob))
    early = override_by(team.people["carol"], proposal, later)
    result = bob.service.import_bytes(carrying(bob.export(proposal.id), overrides=[early]))
    assert [entry["code"] for entry in result["statements"]["refused"]] == ["POLICY_DENIED"]  # type: ignore[index,call-overload,union-attr]
    bob.activate(second, "alice", "carol")
    bob.service.settle_statements()
    assert bob.service.verify(proposal.id).report.verdict == "ALLOW"


@pytest.mark.parametrize("name", ["forged", "altered reason", "altered checks", "unknown key", "other bytes",
                                  "other policy", "suspended", "no such rule", "no such code"])  # fmt: skip
def test_what_does_not_count_is_kept_out(desk_of: Opener, team: Team, name: str) -> None:
    policy = soft(team)
    if name == "suspended":
        next(entry for entry in policy["people"] if entry["id"] == "carol")["suspended"] = True
        policy["change_quorum"] = {"all_of": [{"role": "finance", "need": 1}]}
    bob = desk_of("bob", active=False)
    digest = bob.activate(policy, *(("alice", "bob") if name == "suspended" else ()))
    proposal, other = taken(bob, shared("402", bob)), taken(bob, shared("403", bob))
    carol, mallory = team.people["carol"], person("mallory")
    good = override_by(carol, proposal, digest)
    statement, code = {
        "forged": ({**override_by(mallory, proposal, digest), "person": "carol",
                    "device_key": carol.device_key}, "SIGNATURE_INVALID"),
        "altered reason": ({**good, "reason": "x"}, "SIGNATURE_INVALID"),
        "altered checks": ({**good, "checks": [CAP, {"rule": "q", "code": "QUORUM"}]}, "SIGNATURE_INVALID"),
        "unknown key": (override_by(mallory, proposal, digest, person="carol"), "ROLE"),
        "other bytes": (override_by(carol, other, digest), "SIGNATURE_INVALID"),
        "other policy": (override_by(carol, proposal, "11" * 32), "POLICY_DENIED"),
        "suspended": (good, "ROLE"),
        "no such rule": (override_by(carol, proposal, digest, checks=[{**CAP, "rule": "x"}]),
                         "POLICY_DENIED"),
        "no such code": (override_by(carol, proposal, digest, checks=[{**CAP, "code": "XX"}]),
                         "POLICY_DENIED"),
    }[name]  # fmt: skip
    file = carrying(bob.export(proposal.id), overrides=[statement])
    result = bob.service.import_bytes(file)
    (refused,) = result["statements"]["refused"]  # type: ignore[index,call-overload,misc]
    assert (refused["kind"], refused["person"], refused["code"]) == ("override", "carol", code)
    assert bob.service.verify(proposal.id).report.verdict == "NEEDS_OVERRIDE"
    (shown,) = bob.reading.proposal(proposal.id)["refused_statements"]  # type: ignore[misc]
    assert shown["code"] == code
    bob.service.import_bytes(file)
    assert len(bob.records("override")) == 1


def test_many_of_one_person_do_not_crowd_out_the_others(desk_of: Opener, team: Team) -> None:
    bob = desk_of("bob", active=False)
    digest = bob.activate(soft(team, 2))
    proposal = taken(bob, shared("402", bob))
    bob.service.override(proposal.id, "checked")
    codes = ("TX_CAP", "FEE_CAP", "ROLE", "TIER", "QUORUM", "RESERVE", "EXPIRED", "TEXT_BIDI",
             "NETWORK", "HALTED")  # fmt: skip
    flood = [
        override_by(team.people["carol"], proposal, digest, checks=[{"rule": "cap", "code": code}])
        for code in codes
    ]
    bob.service.import_bytes(carrying(bob.export(proposal.id), overrides=[*flood, *flood]))
    assert len(bob.queries.overrides(proposal.id)) == 11
    travelling = [entry["person"] for entry in json.loads(bob.export(proposal.id))["overrides"]]
    assert travelling == ["bob", *["carol"] * 8]


@pytest.mark.parametrize("state", ["REJECTED", "CONFIRMED"])
def test_only_an_open_proposal_takes_overrides(desk_of: Opener, team: Team, state: str) -> None:
    from signer_app.chains.port import Outcome

    carol = opened(desk_of, "carol", {**soft(team), "people": _with_veto(soft(team))})
    proposal = taken(carol, shared("402", carol))
    if state == "REJECTED":
        carol.service.reject(proposal.id, "no")
    else:
        team.ledger.outcome_state = Outcome("CONFIRMED", "AB" * 32, {"state": "CONFIRMED"})
        carol.service.track(proposal.id)
    assert carol.get(proposal.id).state == state
    with pytest.raises(ConflictError) as error:
        carol.service.override(proposal.id, "late")
    assert error.value.code == "WRONG_STATE"


def _with_veto(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**entry, "veto": entry["id"] == "carol"} for entry in policy["people"]]


def test_a_rebuilt_store_knows_the_same(desk_of: Opener, team: Team) -> None:
    bob = opened(desk_of, "bob", soft(team))
    proposal = taken(bob, shared("402", bob))
    bob.service.override(proposal.id, "checked")
    before = bob.reading.proposal(proposal.id)
    bob.projection.rebuild()
    assert bob.reading.proposal(proposal.id) == before
    assert bob.service.verify(proposal.id).report.verdict == "ALLOW"


def test_the_author_still_signs_a_file_that_overrides_joined(desk_of: Opener, team: Team) -> None:
    bob, carol = (opened(desk_of, name, soft(team)) for name in ("bob", "carol"))
    proposal = taken(bob, shared("402", bob))
    bob.service.override(proposal.id, "checked")
    there = taken(carol, bob.export(proposal.id))
    assert (there.proposer, there.origin) == ("alice", "operator")
    assert carol.service.verify(proposal.id).report.verdict == "ALLOW"
