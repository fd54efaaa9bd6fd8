"""One person halts, two resume; statements travel by files and count only by the policy in force."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from desk import NETWORK, Desk, Person, Team, authored, person, signature_file
from sqlalchemy import select
from statement_help import carrying, document, halt_by, resume_by
from statement_help import id_of as statement_id

from signer_app.core.canonical import canonical
from signer_app.core.errors import ConflictError, DeniedError, MalformedError, NotFoundError, UsageError
from signer_app.core.json_types import JsonObject
from signer_app.core.statements import HALTS_FORMAT, Halt, read_halts
from signer_app.proposals.store import tables
from signer_app.signers.statements import verify_statement

Opener = Callable[..., Desk]


def denied_codes(error: DeniedError) -> list[str]:
    return list(error.details["codes"])  # type: ignore[index,arg-type]


def sign(desk: Desk, identifier: str) -> JsonObject:
    return desk.service.sign(identifier, desk.keystore.key())  # type: ignore[union-attr]


def halts_of(desk: Desk) -> list[JsonObject]:
    return desk.service.halts.describe(standing=True)


def hand_over(sender: Desk, receiver: Desk) -> JsonObject:
    """The halts file of one desk, taken in by another."""
    found = sender.service.halts.document()
    assert found is not None
    return receiver.service.halts.take_file(found.to_bytes())


# -- one person stops --------------------------------------------------------------------------------------


def test_a_halt_stops_the_next_signature_and_says_who_when_and_why(bob: Desk) -> None:
    proposal = bob.take()
    result = bob.service.halts.halt("the CFO's laptop is gone")
    assert (result["person"], result["standing"], result["have"], result["need"]) == ("bob", 1, 0, 2)
    with pytest.raises(DeniedError) as error:
        sign(bob, proposal.id)
    assert denied_codes(error.value) == ["HALTED"]
    (said,) = [c for c in error.value.details["checks"] if c.startswith("HALTED")]  # type: ignore[index,union-attr]
    assert "bob" in said
    assert "2026-11-20T12:00:00Z" in said
    assert "the CFO's laptop is gone" in said
    assert bob.keystore.signed == 0  # type: ignore[union-attr]
    assert bob.get(proposal.id).state == "DENIED"


def test_it_is_journaled_with_a_signature_that_others_can_verify(bob: Desk) -> None:
    result = bob.service.halts.halt("stop")
    (record,) = bob.records("halt")
    statement = dict(record["statement"])
    signature = statement.pop("sig")
    assert verify_statement(bob.owner.device_key, "halt", statement, signature)
    assert record["halt_id"] == result["halt_id"] == statement_id(record["statement"])
    assert record["index"] == result["journal"]["index"]  # type: ignore[index,call-overload]
    assert bob.sealed[-1] == bob.journal.size


def test_what_was_ready_is_not_sent(bob: Desk) -> None:
    proposal = bob.signed("100", "carol")
    assert proposal.state == "READY"
    bob.service.halts.halt("stop")
    with pytest.raises(DeniedError) as error:
        bob.service.submit(proposal.id)
    assert denied_codes(error.value) == ["HALTED"]
    assert bob.team.ledger.submitted == []


def test_what_was_sent_once_is_not_offered_again(bob: Desk) -> None:
    proposal = bob.signed("100", "carol")
    bob.team.ledger.answer = (("tooBusy", False),)
    assert bob.service.submit(proposal.id)["state"] == "UNKNOWN"
    bob.service.halts.halt("stop")
    with pytest.raises(DeniedError) as error:
        bob.service.submit(proposal.id)
    assert denied_codes(error.value) == ["HALTED"]
    assert len(bob.team.ledger.submitted) == 1


def test_following_offers_nothing_while_halted(bob: Desk) -> None:
    from signer_app.proposals import sending

    proposal = bob.signed("100", "carol")
    bob.service.submit(proposal.id)
    assert len(bob.team.ledger.submitted) == 1
    moments = iter(range(0, 1000, 5))

    def look(identifier: str) -> None:
        sending.follow(
            bob.rooms, identifier, seconds=60, pause=lambda _s: None, now=lambda: float(next(moments))
        )

    bob.service.halts.halt("stop")
    look(proposal.id)
    assert len(bob.team.ledger.submitted) == 1
    (halt,) = halts_of(bob)
    bob.service.halts.take(
        document(resumes=[resume_by(bob.team.people[n], str(halt["halt_id"])) for n in ("bob", "carol")])
    )
    look(proposal.id)
    assert len(bob.team.ledger.submitted) > 1


def test_a_complete_set_of_signatures_does_not_leave_while_halted(bob: Desk) -> None:
    proposal = bob.signed("100", "carol")
    bob.service.halts.halt("stop")
    for form in ("countersign", "partial"):
        with pytest.raises(DeniedError) as error:
            bob.export(proposal.id, form)
        assert denied_codes(error.value) == ["HALTED"]
    assert bob.export(proposal.id, "native")


def test_a_halt_that_comes_while_nodes_answer_still_stops_the_signature(
    bob: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state is read when judging, after the facts: not when the command began."""
    proposal = bob.take()
    honest = bob.team.ledger.facts

    def slow(**asked: Any) -> Any:
        if not halts_of(bob):
            bob.service.halts.take(document([halt_by(bob.team.people["carol"])]))
        return honest(**asked)

    monkeypatch.setattr(bob.team.ledger, "facts", slow)
    with pytest.raises(DeniedError) as error:
        sign(bob, proposal.id)
    assert denied_codes(error.value) == ["HALTED"]
    assert bob.records("sign.intent") == []


def test_a_halt_of_one_account_leaves_the_others_alone(bob: Desk) -> None:
    other = f"{NETWORK}:{person('x').pair.address}"
    proposal = bob.take()
    bob.service.halts.halt("stop", [other])
    assert bob.service.verify(proposal.id).report.verdict == "ALLOW"
    bob.service.halts.halt("stop", [bob.team.treasury, other])
    assert bob.service.verify(proposal.id).report.codes == ("HALTED",)


def test_it_stops_what_acts_for_the_account_inside_another_ones_transaction(bob: Desk) -> None:
    proposal = bob.take()
    inner = replace(proposal, account="xrpl:63456:rOther")
    halt = Halt.model_validate(halt_by(bob.team.people["carol"], accounts=[bob.team.treasury]))
    assert any(map(halt.covers, inner.acts_for))
    assert not any(map(halt.covers, replace(inner, effects=[]).acts_for))


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ("xrpl:0:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "NETWORK"),
        (f"{NETWORK}:rNot", "MALFORMED"),
        ("x", "MALFORMED"),
    ],
)
def test_an_account_that_is_none_of_ours_halts_nothing(bob: Desk, account: str, code: str) -> None:
    with pytest.raises(MalformedError) as error:
        bob.service.halts.halt("stop", [account])
    assert error.value.code == code
    assert bob.records("halt") == []


def test_two_halts_of_one_second_are_two(bob: Desk) -> None:
    first, second = bob.service.halts.halt("stop"), bob.service.halts.halt("stop")
    assert first["halt_id"] != second["halt_id"]
    with pytest.raises(UsageError):
        bob.service.halts.resume()
    assert bob.service.halts.resume(halt_id=str(second["halt_id"])[:12])["halt_id"] == second["halt_id"]


def test_without_a_policy_there_is_nobody_who_may_halt(desk_of: Opener) -> None:
    desk = desk_of("bob", active=False)
    with pytest.raises(DeniedError) as error:
        desk.service.halts.halt("stop")
    assert error.value.code == "POLICY_INACTIVE"


@pytest.mark.parametrize("change", ["machine", "suspended", "device_keys", "gone"])
def test_who_has_no_voice_cannot_halt(desk_of: Opener, team: Team, change: str) -> None:
    desk = desk_of("bob", active=False)
    policy = team.policy()
    bob = next(entry for entry in policy["people"] if entry["id"] == "bob")
    if change == "device_keys":
        bob["device_keys"] = []
    elif change == "gone":
        policy["people"].remove(bob)
        policy["keys"] = [key for key in policy["keys"] if key["person"] != "bob"]
    else:
        bob[change] = True
    policy["change_quorum"] = {"all_of": [{"role": "security", "need": 1}]}
    desk.activate(policy, "carol")
    with pytest.raises(DeniedError) as error:
        desk.service.halts.halt("stop")
    assert denied_codes(error.value) == ["ROLE"]
    assert desk.records("halt") == []


def test_a_reason_is_needed_and_bounded(bob: Desk) -> None:
    for reason in ("", "x" * 1001):
        with pytest.raises(MalformedError):
            bob.service.halts.halt(reason)
    assert bob.records("halt") == []


# -- two people resume -------------------------------------------------------------------------------------


def test_one_voice_is_recorded_and_changes_nothing(bob: Desk) -> None:
    proposal = bob.take()
    bob.service.halts.halt("stop")
    result = bob.service.halts.resume("found it")
    assert (result["lifted"], result["have"], result["need"], result["people"]) == (False, 1, 2, ["bob"])
    assert bob.service.verify(proposal.id).report.codes == ("HALTED",)
    with pytest.raises(ConflictError) as error:
        bob.service.halts.resume("again")
    assert error.value.code == "NOTHING_TO_SIGN"
    assert bob.service.verify(proposal.id).report.codes == ("HALTED",)


def test_two_people_lift_it_and_whoever_halted_may_be_one(desk_of: Opener) -> None:
    bob, carol = desk_of("bob"), desk_of("carol")
    proposal = bob.take()
    bob.service.halts.halt("stop")
    bob.service.halts.resume()
    assert hand_over(bob, carol)["refused"] == []
    assert [(h["person"], h["have"]) for h in halts_of(carol)] == [("bob", 1)]
    result = carol.service.halts.resume("checked")
    assert (result["lifted"], result["have"], result["people"]) == (True, 2, ["bob", "carol"])
    assert halts_of(carol) == []
    hand_over(carol, bob)
    assert halts_of(bob) == []
    assert sign(bob, proposal.id)["state"] == "PENDING"
    (lifted,) = [r for r in bob.records("resume") if r.get("lifted")]
    assert lifted["people"] == ["bob", "carol"]


def test_a_lifted_halt_never_halts_again(desk_of: Opener) -> None:
    bob = desk_of("bob")
    people = bob.team.people
    old = halt_by(people["carol"])
    bob.service.halts.take(document([old]))
    assert len(halts_of(bob)) == 1
    bob.service.halts.take(document(resumes=[resume_by(people[name], old) for name in ("alice", "bob")]))
    proposal = bob.take()
    again = carrying(bob.export(proposal.id), halt=document([old]).to_json())
    result = bob.service.import_bytes(again)
    assert result["statements"]["already"] == [  # type: ignore[index,call-overload]
        {"kind": "halt", "id": statement_id(old), "person": "carol"}
    ]
    assert halts_of(bob) == []
    bob.reopen()
    bob.service.halts.take(document([old]))
    assert halts_of(bob) == []
    assert bob.service.verify(proposal.id).report.verdict == "ALLOW"


def test_resumes_may_come_before_their_halt(bob: Desk) -> None:
    people = bob.team.people
    halt = halt_by(people["carol"])
    bob.service.halts.take(document(resumes=[resume_by(people[n], halt) for n in ("alice", "carol")]))
    bob.service.halts.take(document([halt]))
    assert halts_of(bob) == []


def test_one_person_at_two_workstations_is_one_voice(desk_of: Opener, team: Team) -> None:
    desk = desk_of("bob", active=False)
    second = Person("carol", team.people["carol"].pair, person("carol").device)
    policy = team.policy()
    carol = next(entry for entry in policy["people"] if entry["id"] == "carol")
    carol["device_keys"].append(second.device_key)
    desk.activate(policy)
    halt = halt_by(team.people["alice"])
    taken = desk.service.halts.take(
        document([halt], [resume_by(team.people["carol"], halt), resume_by(second, halt)])
    )
    assert (len(taken.added), taken.refused) == (3, [])
    assert [(h["have"], h["people"]) for h in halts_of(desk)] == [(1, ["carol"])]
    desk.service.halts.take(document(resumes=[resume_by(team.people["alice"], halt)]))
    assert halts_of(desk) == []


@pytest.mark.parametrize("change", ["machine", "suspended"])
def test_who_has_no_voice_resumes_nothing(desk_of: Opener, team: Team, change: str) -> None:
    desk = desk_of("bob", active=False)
    policy = team.policy()
    next(entry for entry in policy["people"] if entry["id"] == "carol")[change] = True
    policy["people"].append(
        {**policy["people"][2], "id": "dave", change: False,
         "device_keys": [person("dave").device_key]}
    )  # fmt: skip
    policy["keys"] = [key for key in policy["keys"] if key["person"] != "carol"]
    policy["change_quorum"] = {"all_of": [{"role": "finance", "need": 1}]}
    desk.activate(policy, "alice", "bob")
    halt = halt_by(team.people["alice"])
    taken = desk.service.halts.take(
        document([halt], [resume_by(team.people[name], halt) for name in ("alice", "carol")])
    )
    assert [(item.kind, item.person, item.code) for item in taken.refused] == [("resume", "carol", "ROLE")]
    assert [h["have"] for h in halts_of(desk)] == [1]


def test_a_voice_that_was_suspended_since_does_not_count_any_more(desk_of: Opener, team: Team) -> None:
    desk = desk_of("bob", active=False)
    first = desk.activate()
    halt = halt_by(team.people["bob"])
    desk.service.halts.take(document([halt], [resume_by(team.people["alice"], halt)]))
    assert [h["have"] for h in halts_of(desk)] == [1]
    policy = team.policy(2, first)
    next(entry for entry in policy["people"] if entry["id"] == "alice")["suspended"] = True
    desk.activate(policy, "bob", "carol")
    assert [h["have"] for h in halts_of(desk)] == [0]
    desk.service.halts.take(document(resumes=[resume_by(team.people["carol"], halt)]))
    assert [(h["have"], h["people"]) for h in halts_of(desk)] == [(1, ["carol"])]


def test_a_halt_stands_though_its_author_was_removed(desk_of: Opener, team: Team) -> None:
    desk = desk_of("bob")
    desk.service.halts.take(document([halt_by(team.people["alice"])]))
    policy = team.policy(2, str(desk.queries.policies()[0]["hash"]))
    next(entry for entry in policy["people"] if entry["id"] == "alice")["suspended"] = True
    desk.activate(policy, "bob", "carol")
    desk.service.settle_statements()
    assert [h["person"] for h in halts_of(desk)] == ["alice"]


def test_there_is_nothing_to_resume_where_nothing_stands(bob: Desk) -> None:
    with pytest.raises(NotFoundError):
        bob.service.halts.resume()
    bob.service.halts.halt("stop")
    with pytest.raises(NotFoundError):
        bob.service.halts.resume(halt_id="00" * 32)


# -- what does not count -----------------------------------------------------------------------------------


def forged(team: Team) -> dict[str, tuple[JsonObject, str]]:
    carol, mallory = team.people["carol"], person("mallory")
    honest = halt_by(carol)
    return {
        "another's signature": ({**halt_by(mallory), "person": "carol", "device_key": carol.device_key},
                                "SIGNATURE_INVALID"),
        "altered reason": ({**honest, "reason": "something else"}, "SIGNATURE_INVALID"),
        "altered scope": ({**honest, "accounts": [team.treasury]}, "SIGNATURE_INVALID"),
        "unknown device key": (halt_by(mallory, person="carol"), "ROLE"),
        "unknown person": (halt_by(mallory), "ROLE"),
        "a key of somebody else": (halt_by(team.people["bob"], person="carol"), "ROLE"),
        "another organisation": (halt_by(carol, org="other"), "POLICY_DENIED"),
        "another policy": (halt_by(carol, policy="other"), "POLICY_DENIED"),
        "no signature": ({k: v for k, v in honest.items() if k != "sig"}, "MALFORMED"),
        "a resume as a halt": (resume_by(carol, honest), "MALFORMED"),
        "an unknown member": (halt_by(carol, more="x"), "MALFORMED"),
        "an account that is none": (halt_by(carol, accounts=["rNot"]), "MALFORMED"),
        "nothing": ({}, "MALFORMED"),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(forged(Team())))
def test_a_halt_of_nobody_is_kept_out_with_its_reason(bob: Desk, name: str) -> None:
    proposal = bob.take()
    statement, code = forged(bob.team)[name]
    file = carrying(bob.export(proposal.id), halt=document([statement]).to_json())
    result = bob.service.import_bytes(file)
    (refused,) = result["statements"]["refused"]  # type: ignore[index,call-overload,misc]
    assert (refused["kind"], refused["code"]) == ("halt", code)
    assert refused["reason"]
    assert bob.service.verify(proposal.id).report.verdict == "ALLOW"
    assert halts_of(bob) == []
    (record,) = bob.records("halt")
    assert record["refused"]["code"] == code
    assert record["statement"] == statement
    assert [item.code for item in bob.queries.refused_statements()] == [code]
    bob.service.import_bytes(file)
    assert len(bob.records("halt")) == 1
    with pytest.raises(MalformedError) as error:
        bob.service.halts.take_file(document([statement]).to_bytes())
    assert error.value.code == "BAD_SIGNATURE"


@pytest.mark.parametrize("change", ["sig", "reason", "halt", "person"])
def test_an_altered_resume_is_no_voice(bob: Desk, change: str) -> None:
    people = bob.team.people
    halt = halt_by(people["alice"])
    good = resume_by(people["carol"], halt)
    bad = {**good, change: {"sig": "00" * 64, "reason": "x", "halt": "11" * 32, "person": "bob"}[change]}
    taken = bob.service.halts.take(document([halt], [resume_by(people["bob"], halt), bad]))
    assert [item.code for item in taken.refused] == ["SIGNATURE_INVALID"]
    assert [h["have"] for h in halts_of(bob)] == [1]


def test_the_good_statements_of_a_spoiled_file_are_taken(bob: Desk) -> None:
    people = bob.team.people
    good = halt_by(people["carol"])
    result = bob.service.halts.take_file(document([{"x": 1}, "text", 5, good], [None]).to_bytes())
    assert [entry["person"] for entry in result["added"]] == ["carol"]  # type: ignore[union-attr,index,call-overload]
    assert len(result["refused"]) == 4  # type: ignore[arg-type]
    assert len(halts_of(bob)) == 1


@pytest.mark.parametrize(
    "value",
    [{"person": "carol"}, {"format": HALTS_FORMAT, "halts": {}, "resumes": []},
     {"format": "x", "halts": [], "resumes": []},
     {"format": HALTS_FORMAT, "halts": [], "resumes": [], "a": 1},
     {"format": HALTS_FORMAT, "halts": [{}] * 257, "resumes": []}],
)  # fmt: skip
def test_a_member_that_is_no_document_blocks_nothing(bob: Desk, value: JsonObject) -> None:
    proposal = bob.take()
    result = bob.service.import_bytes(carrying(bob.export(proposal.id), halt=value))
    (refused,) = result["statements"]["refused"]  # type: ignore[index,call-overload,misc]
    assert refused["code"] == "MALFORMED"
    assert bob.service.verify(proposal.id).report.verdict == "ALLOW"
    with pytest.raises(MalformedError):
        read_halts(canonical(value))


def test_a_huge_statement_is_kept_by_its_hash(bob: Desk) -> None:
    taken = bob.service.halts.take(document([{"x": "y" * 100_000}]))
    assert [item.code for item in taken.refused] == ["MALFORMED"]
    (record,) = bob.records("halt")
    assert set(record["statement"]) == {"sha256", "bytes"}


def test_what_no_policy_knew_is_weighed_when_one_does(desk_of: Opener, team: Team) -> None:
    desk = desk_of("bob", active=False)
    halt = halt_by(team.people["carol"])
    taken = desk.service.halts.take(document([halt], [resume_by(team.people["alice"], halt)]))
    assert [item.code for item in taken.refused] == ["POLICY_INACTIVE"] * 2
    desk.activate()
    desk.service.settle_statements()
    assert [(h["person"], h["people"]) for h in halts_of(desk)] == [("carol", ["alice"])]
    assert desk.queries.refused_statements() == []


# -- files -------------------------------------------------------------------------------------------------


def test_a_halt_travels_in_every_file_from_then_on(desk_of: Opener) -> None:
    alice, bob, carol = desk_of("alice"), desk_of("bob"), desk_of("carol")
    proposal = alice.new()
    carol.service.halts.halt("stop")
    before = alice.export(proposal.id)
    assert "halt" not in json.loads(before)
    carol.service.import_bytes(before)
    file = carol.export(proposal.id)
    assert set(json.loads(file)["halt"]) == {"format", "halts", "resumes"}
    result = bob.service.import_bytes(file)
    assert result["state"] == "DENIED"
    assert result["codes"] == ["HALTED"]
    with pytest.raises(DeniedError):
        sign(bob, proposal.id)
    onward = bob.export(bob.new("5").id)
    alice.service.import_bytes(onward)
    assert [h["person"] for h in halts_of(alice)] == ["carol"]


def test_the_authors_signature_holds_with_or_without_statements(desk_of: Opener) -> None:
    bob, carol = desk_of("bob"), desk_of("carol")
    carol.service.halts.halt("stop")
    carol_file = carrying(
        authored(bob.file(), bob.team.people["alice"]),
        halt=carol.service.halts.document().to_json(),  # type: ignore[union-attr]
    )
    result = bob.service.import_bytes(carol_file)
    assert (result["proposer"], result["origin"]) == ("alice", "operator")


def test_signatures_that_come_with_a_halt_are_kept_and_nothing_is_sent(bob: Desk) -> None:
    proposal = bob.take()
    sign(bob, proposal.id)
    file = carrying(
        signature_file(proposal, bob.team.people["carol"].sign(proposal.body)),
        halt=document([halt_by(bob.team.people["alice"])]).to_json(),
    )
    result = bob.service.add_signatures(proposal.id, file)
    assert len(result["added"]) == 1  # type: ignore[arg-type]
    assert result["state"] == "DENIED"


def test_the_end_of_a_halt_travels_too(desk_of: Opener) -> None:
    bob, carol, alice = desk_of("bob"), desk_of("carol"), desk_of("alice")
    bob.service.halts.halt("stop")
    hand_over(bob, carol)
    hand_over(bob, alice)
    carol.service.halts.resume()
    hand_over(carol, bob)
    assert bob.service.halts.resume()["lifted"] is True
    alice.service.import_bytes(bob.export(bob.take().id))
    assert halts_of(alice) == []


def test_only_the_newest_ends_travel_and_every_standing_halt(bob: Desk) -> None:
    people = bob.team.people
    lifted = [halt_by(people["alice"]) for _ in range(10)]
    voices = [resume_by(people[name], halt) for halt in lifted for name in ("alice", "carol")]
    bob.service.halts.take(document(lifted, voices))
    standing = [halt_by(people["carol"]) for _ in range(3)]
    bob.service.halts.take(document(standing))
    carried = bob.service.halts.document()
    assert carried is not None
    assert list(carried.halts) == [*lifted[2:], *standing]
    assert len(carried.resumes) == 16


def test_a_file_made_before_halts_is_read_as_before(bob: Desk) -> None:
    proposal = bob.take()
    assert set(json.loads(bob.export(proposal.id))) & {"halt", "overrides"} == set()


# -- store -------------------------------------------------------------------------------------------------


def test_a_rebuilt_store_knows_the_same(desk_of: Opener) -> None:
    bob = desk_of("bob")
    people = bob.team.people
    old, new = halt_by(people["alice"]), halt_by(people["carol"])
    voices = [resume_by(people[name], old) for name in ("alice", "carol")]
    bob.service.halts.take(document([old, new, {"x": 1}], [*voices, resume_by(people["alice"], new)]))
    before = _rows(bob)
    assert {name: len(rows) for name, rows in before.items()} == {
        "halts": 2, "resumes": 3, "refused_statements": 1, "overrides": 0,
    }  # fmt: skip
    bob.projection.rebuild()
    assert _rows(bob) == before
    assert len(halts_of(bob)) == 1


def _rows(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    chosen = (tables.halts, tables.resumes, tables.refused_statements, tables.overrides)
    with desk.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table)).fetchall()]
            for table in chosen
        }


def test_a_record_of_an_earlier_version_halts_nobody(bob: Desk) -> None:
    """Before statements were weighed, a file could leave such a record. Nobody had signed it."""
    proposal = bob.take()
    bob.rooms.record("halt", {"proposal_id": proposal.id, "statement": {"person": "carol"}})
    bob.projection.rebuild()
    assert halts_of(bob) == []


def test_verdicts_under_a_halt_replay(bob: Desk) -> None:
    proposal = bob.take()
    bob.service.halts.halt("stop")
    bob.service.verify(proposal.id)
    assert bob.reading.replay(proposal.id)["same"] is True


def test_reading_shows_halts_and_what_was_kept_out(bob: Desk) -> None:
    proposal = bob.take()
    bob.service.halts.take(document([halt_by(person("mallory"))]))
    bob.service.halts.halt("stop")
    bob.service.halts.resume()
    (shown,) = bob.reading.proposal(proposal.id)["halts"]  # type: ignore[misc]
    assert (shown["person"], shown["have"], shown["need"]) == ("bob", 1, 2)
    whole = bob.reading.halts()
    assert whole["halts"] == [shown]
    assert [entry["person"] for entry in whole["refused_statements"]] == ["mallory"]  # type: ignore[union-attr,index,call-overload]
    kinds = [entry["record"]["type"] for entry in bob.reading.records(kind="halt")["records"]]  # type: ignore[union-attr,index,call-overload]
    assert kinds == ["halt", "halt"]
