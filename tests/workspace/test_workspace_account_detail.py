"""An account beside the policy: agreement, owners of keys, drift, and how many keys may be lost."""

from __future__ import annotations

import pytest
from desk import NETWORK, Team, person

from signer_app.core.canonical import canonical
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import read_policy
from signer_app.workspace.account_detail import describe, reach


@pytest.fixture
def team() -> Team:
    return Team()


def seen(team: Team, **policy: object) -> JsonObject:
    document = read_policy(canonical({**team.policy(), **policy}))
    facts = team.ledger.facts(account=team.treasury, destinations=(), window_s=60)
    return describe(team.treasury, facts, document, team.clock, "bob", {})


def obj(value: JsonValue) -> JsonObject:
    assert isinstance(value, dict)
    return value


def test_signers_with_their_people_and_devices(team: Team) -> None:
    result = seen(team)
    members = obj(result["signers"])["members"]
    assert isinstance(members, list)
    by_person = {str(obj(member)["person"]): obj(member) for member in members}
    assert set(by_person) == {"alice", "bob", "carol"}
    assert by_person["bob"]["own"] is True
    assert by_person["bob"]["device"] == "desk-bob"
    assert by_person["alice"]["own"] is False
    assert obj(result["drift"])["equal"] is True
    assert obj(result["change"])["spare_keys"] == 1
    assert result["operators"] == ["op-a", "op-b"]
    assert obj(result["state"])["balance"] == "900000000"


def test_drift_is_named_on_both_sides(team: Team) -> None:
    stranger = person("mallory").account
    bob = team.people["bob"].account
    del team.ledger.weights[bob]
    team.ledger.weights[stranger] = 1
    result = seen(team)
    drift = obj(result["drift"])
    assert drift["equal"] is False
    assert drift["only_on_ledger"] == [stranger]
    assert drift["only_in_policy"] == [{"account": bob, "key": "bob-xrp"}]
    assert obj(result["change"])["usable_weight"] == 2
    assert obj(result["change"])["spare_keys"] == 0


def test_suspended_people_do_not_count(team: Team) -> None:
    people = team.policy()["people"]
    people[0]["suspended"] = True
    change = obj(seen(team, people=people)["change"])
    assert (change["usable_keys"], change["spare_keys"]) == (2, 0)


def test_nodes_that_disagree_leave_it_open(team: Team) -> None:
    team.ledger.dissent = True
    result = seen(team)
    assert result["state"] is None
    assert {obj(problem)["code"] for problem in result["problems"]} == {"FACT_DISAGREES"}  # type: ignore[union-attr]
    assert result["change"] is None


def test_without_a_policy_there_is_no_drift_to_speak_of(team: Team) -> None:
    facts = team.ledger.facts(account=team.treasury, destinations=(), window_s=60)
    result = describe(team.treasury, facts, None, team.clock, "bob", {})
    assert result["drift"] is None
    assert obj(result["change"])["spare_keys"] == 1
    assert NETWORK in str(result["account"])


@pytest.mark.parametrize(
    ("quorum", "weights", "spare"),
    [
        (2, [1, 1, 1], 1),
        (3, [1, 1, 1], 0),
        (4, [1, 1, 1], -1),
        (3, [2, 1, 1], 0),
        (2, [2, 1, 1], 1),
        (1, [], -1),
        (1, [1] * 5, 4),
    ],
)
def test_reach_takes_the_heaviest_keys_first(quorum: int, weights: list[int], spare: int) -> None:
    assert reach(quorum, weights).spare == spare
