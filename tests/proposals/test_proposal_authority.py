"""Who may sign before and after: rows, and the sentences that matter, from recorded facts and from nodes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from desk import NETWORK, Desk, Team, account_of

from signer_app.chains.intents import SetSigners, Settings
from signer_app.chains.xrpl import keys as xrpl_keys
from signer_app.core.canonical import canonical
from signer_app.core.errors import NodeError
from signer_app.core.facts import Context, FactsDocument
from signer_app.policy.document import PolicyDocument, read_policy
from signer_app.policy.readings import Readings
from signer_app.policy.schema import FactRules
from signer_app.proposals.authority import changes

STRANGER = account_of(xrpl_keys.generate("secp256k1"))


def account(team: Team, name: str) -> str:
    return team.people[name].account


def of_list(team: Team, quorum: int, **weights: int) -> dict[str, Any]:
    """The effect of a SignerListSet."""
    signers = [
        {"account": STRANGER if name == "stranger" else account(team, name), "weight": weight}
        for name, weight in weights.items()
    ]
    return effect(team, "signer_list", {"quorum": quorum, "signers": signers})


def effect(team: Team, what: str, after: Any) -> dict[str, Any]:
    return {"kind": "AuthorityChange", "account": team.treasury, "what": what, "after": after}


def policy_of(team: Team, **people: dict[str, Any]) -> PolicyDocument:
    value = team.policy()
    for person in value["people"]:
        person.update(people.get(person["id"], {}))
    return read_policy(canonical(value))


def found(
    team: Team, *effects: dict[str, Any], policy: PolicyDocument | None = None, read: bool = True
) -> list[dict[str, Any]]:
    facts = team.ledger.facts(account=team.treasury, destinations=(), window_s=1)
    document = FactsDocument(datetime(2026, 11, 20, 12, tzinfo=UTC), "online", Context(), facts)
    readings = Readings(document if read else None, FactRules())
    result: Any = changes(list(effects), readings, policy or policy_of(team))
    return list(result)


def span(entry: dict[str, Any]) -> dict[str, tuple[Any, Any, str]]:
    """Row by the person's name or what it is: before, after, how it differs."""
    return {
        row["name"] or row["account"] or row["row"]: (row["before"], row["after"], row["change"])
        for row in entry["rows"]
    }


def said(entry: dict[str, Any]) -> dict[str, str]:
    return {sentence["code"]: sentence["words"] for sentence in entry["sentences"]}


def test_each_signer_is_added_removed_changed_or_the_same(team: Team) -> None:
    (entry,) = found(team, of_list(team, 3, alice=1, bob=2, stranger=1))
    assert span(entry) == {
        "alice": (1, 1, "same"), "bob": (1, 2, "changed"), STRANGER: (0, 1, "added"),
        "carol": (1, 0, "removed"), "quorum": (2, 3, "changed"),
    }  # fmt: skip
    assert entry["rows"][0]["key"] == "alice-xrp"
    assert entry["problem"] == ""
    assert said(entry)["TOGETHER"] == ("After this, at least 2 of 3 signers must sign together, as before.")
    assert said(entry)["STRANGER"] == f"{STRANGER.rpartition(':')[2]} is nobody's key in the policy."


def test_one_who_could_then_sign_alone_is_named_first(team: Team) -> None:
    (entry,) = found(team, of_list(team, 2, alice=1, bob=2))
    first = entry["sentences"][0]
    assert (first["code"], first["tone"]) == ("ALONE", "danger")
    assert first["words"] == "After this, bob alone can sign."
    (entry,) = found(team, of_list(team, 1, alice=1, bob=1, carol=1))
    assert said(entry)["ALONE"] == "After this, alice, bob or carol alone can sign."
    team.ledger.quorum = 1
    (entry,) = found(team, of_list(team, 1, alice=1, bob=1, carol=1))
    assert said(entry)["ALONE"].endswith("alone can sign, as before.")


def test_two_keys_of_one_person_are_one_voice(team: Team) -> None:
    value = team.policy()
    value["keys"][1]["person"] = "alice"
    policy = read_policy(canonical(value))
    (entry,) = found(team, of_list(team, 2, alice=1, bob=1, carol=1), policy=policy)
    assert said(entry)["ALONE"] == "After this, alice alone can sign, as before."
    value = team.policy()
    value["people"][1]["name"] = "alice"
    policy = read_policy(canonical(value))
    (entry,) = found(team, of_list(team, 1, alice=1, bob=1), policy=policy)
    assert said(entry)["ALONE"] == "After this, alice (alice) or alice (bob) alone can sign."


def test_fewer_than_the_quorum_remain(team: Team) -> None:
    policy = policy_of(team, carol={"suspended": True}, bob={"suspended": True})
    off = effect(team, "master_key", "disabled")
    (entry,) = found(team, off, policy=policy)
    assert said(entry)["TOO_FEW"] == (
        "The master key is disabled and fewer signers than the quorum remain: people of the policy hold "
        "weight 1 of 2."
    )
    assert entry["sentences"][0]["tone"] == "danger"
    team.ledger.flags = []
    (entry,) = found(team, of_list(team, 2, alice=1, stranger=5), policy=policy)
    assert said(entry)["TOO_FEW"].startswith("Fewer signers than the quorum remain")
    assert said(entry)["MASTER_ALONE"] == "The master key can still sign alone."


def test_master_and_regular_keys(team: Team) -> None:
    team.ledger.flags = []
    (entry,) = found(team, effect(team, "master_key", "disabled"))
    assert span(entry) == {"master_key": ("enabled", "disabled", "changed")}
    assert said(entry)["MASTER_OFF"] == "After this, the master key can no longer sign."
    assert said(entry)["TOGETHER"].endswith(", as before.")
    (entry,) = found(team, effect(team, "regular_key", STRANGER))
    assert span(entry) == {"regular_key": ("", STRANGER, "changed")}
    words = said(entry)["REGULAR_ALONE"]
    assert words == f"After this, the regular key {STRANGER.rpartition(':')[2]} can sign alone."
    one, two = found(team, effect(team, "regular_key", STRANGER), effect(team, "regular_key", None))
    assert span(two) == {"regular_key": (STRANGER, "", "changed")}, "one after the other"
    assert "REGULAR_OFF" in said(two)
    assert (one["effect"], two["effect"]) == (0, 1)


def test_without_a_list_the_keys_that_remain_are_named(team: Team) -> None:
    (entry,) = found(team, effect(team, "signer_list", None))
    assert said(entry)["NOBODY"].startswith("After this nobody can sign")
    assert span(entry)["quorum"] == (2, 0, "changed")
    assert {change for _, _, change in span(entry).values()} == {"removed", "changed"}
    team.ledger.flags = []
    (entry,) = found(team, effect(team, "signer_list", None))
    assert said(entry)["NO_LIST"] == "After this there is no signer list: the master key signs alone."


def test_those_without_whom_nothing_goes_are_named(team: Team) -> None:
    (entry,) = found(team, of_list(team, 2, alice=1, bob=1))
    assert said(entry)["NEEDED"].startswith("Without alice or bob the quorum cannot be reached")
    assert said(entry)["TOGETHER"].endswith("Before, at least 2 of 3.")


def test_what_nobody_read_is_not_known_and_never_invented(team: Team) -> None:
    (entry,) = found(team, of_list(team, 2, alice=1, bob=1), read=False)
    assert span(entry) == {
        "alice": (None, 1, "unknown"), "bob": (None, 1, "unknown"), "quorum": (None, 2, "unknown")
    }  # fmt: skip
    assert entry["problem"] == "Not enough operators said."
    assert "not known" in said(entry)["TOGETHER"]
    assert "MASTER_UNKNOWN" in said(entry)
    (entry,) = found(team, effect(team, "master_key", "disabled"), read=False)
    assert said(entry)["LIST_UNKNOWN"]
    assert span(entry) == {"master_key": (None, "disabled", "unknown")}
    team.ledger.dissent = True  # about the balance alone, so about the fact that holds the flags
    (entry,) = found(team, effect(team, "master_key", "disabled"))
    assert entry["problem"] == "The operators do not agree."


@pytest.mark.parametrize("now", [False, True])
def test_from_the_facts_of_the_verdict_or_from_the_nodes(alice: Desk, now: bool) -> None:
    team = alice.team
    entries = ((account(team, "alice"), 1), (account(team, "bob"), 2))
    proposal = alice.new(intent=SetSigners(2, entries))
    team.ledger.weights[account(team, "bob")] = 3
    result: Any = (
        alice.reading.balances_now(proposal.id).ask() if now else alice.reading.balances(proposal.id)
    )
    (entry,) = result["authority"]
    assert span(entry)["bob"] == (3 if now else 1, 2, "changed")
    assert entry["account"] == team.treasury
    assert proposal.effects[entry["effect"]]["kind"] == "AuthorityChange"
    assert (result["ledger"], result["operators"]) == ("1000", ["op-a", "op-b"])


def test_nodes_that_say_nothing(alice: Desk) -> None:
    proposal = alice.new(intent=Settings(("asfDisableMaster",)))
    alice.team.ledger.down = NodeError("No node answers.", code="NODE_UNREACHABLE")
    result: Any = alice.reading.balances_now(proposal.id).ask()
    (entry,) = result["authority"]
    assert entry["problem"] == "No node answers."
    assert span(entry) == {"master_key": (None, "disabled", "unknown")}


def test_a_payment_changes_nobody(alice: Desk) -> None:
    assert alice.reading.balances(alice.new("1").id)["authority"] == []
    assert NETWORK in alice.team.treasury
