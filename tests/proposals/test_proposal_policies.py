"""Which policy is in force: votes, the chain of versions, and that no older one comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from desk import Desk, Team, open_desk

from signer_app.core.canonical import canonical
from signer_app.core.errors import ConflictError, DeniedError, IntegrityError, MalformedError


@pytest.fixture
def fresh(desk_of: Any) -> Desk:
    """Bob's desk before any policy."""
    return desk_of("bob", active=False)  # type: ignore[no-any-return]


def in_force(desk: Desk) -> tuple[int, str]:
    document = desk.policies.in_force(desk.team.clock()).document
    return document.version, document.hash


def test_a_policy_acts_only_when_activated(fresh: Desk) -> None:
    with pytest.raises(DeniedError) as caught:
        fresh.policies.in_force(fresh.team.clock())
    assert (caught.value.code, caught.value.exit_code) == ("POLICY_INACTIVE", 4)
    digest = fresh.activate()
    assert in_force(fresh) == (1, digest)
    (record,) = fresh.records("policy.activated")
    assert {vote["person"] for vote in record["votes"]} == {"alice", "bob", "carol"}
    fresh.reopen()
    assert in_force(fresh) == (1, digest)


@pytest.mark.parametrize("voters", [("alice",), ("alice", "bob"), ("bob", "carol")])
def test_the_first_version_needs_everybody_who_can_be_called_on(fresh: Desk, voters: tuple[str, ...]) -> None:
    with pytest.raises(DeniedError) as caught:
        fresh.activate(None, *voters)
    assert caught.value.code == "VOTES_MISSING"
    missing = caught.value.details["missing"]
    assert isinstance(missing, list)
    waiting = {name for group in missing for name in group["waiting"]}  # type: ignore[index,call-overload,union-attr]
    assert waiting == {"alice", "bob", "carol"} - set(voters)
    assert not fresh.records("policy.activated")


def test_no_votes_at_all_are_not_enough(fresh: Desk) -> None:
    with pytest.raises(DeniedError):
        fresh.policies.activate(canonical(fresh.team.policy()), [])


def test_a_later_version_needs_the_change_quorum_of_the_one_in_force(fresh: Desk) -> None:
    first = fresh.activate()
    second = fresh.team.policy(2, first)
    with pytest.raises(DeniedError):
        fresh.activate(second, "alice", "bob")
    digest = fresh.activate(second, "alice", "carol")
    assert in_force(fresh) == (2, digest)
    assert fresh.policies.by_hash(first).document.version == 1, "kept for replays"


def test_a_version_that_does_not_follow_is_refused(fresh: Desk) -> None:
    first = fresh.activate()
    other_chain = fresh.team.policy(2, "00" * 32)
    gap = fresh.team.policy(3, first)
    renamed = {**fresh.team.policy(2, first), "id": "other"}
    for wrong in (other_chain, gap, renamed):
        with pytest.raises(DeniedError):
            fresh.activate(wrong)
    assert in_force(fresh) == (1, first)


def test_an_older_version_is_a_rollback(fresh: Desk) -> None:
    first = fresh.activate()
    fresh.activate(fresh.team.policy(2, first))
    again = {**fresh.team.policy(1), "time_zone": "Europe/Berlin"}
    with pytest.raises(IntegrityError) as caught:
        fresh.activate(again)
    assert (caught.value.code, caught.value.exit_code) == ("POLICY_ROLLBACK", 7)


def test_the_same_policy_twice_is_a_conflict(fresh: Desk) -> None:
    fresh.activate()
    with pytest.raises(ConflictError):
        fresh.activate()
    assert len(fresh.records("policy.activated")) == 1


def test_a_journal_that_forgot_the_newest_policy_is_a_rollback(tmp_path: Path, team: Team) -> None:
    """The vault's head has seen version 3; the files come from an older backup."""
    with open_desk(tmp_path / "bob", team, "bob") as desk:
        desk.activate()
    with open_desk(tmp_path / "bob", team, "bob", highest_seen=3) as desk:
        with pytest.raises(IntegrityError) as caught:
            desk.policies.in_force(team.clock())
        assert caught.value.code == "POLICY_ROLLBACK"
        with pytest.raises(IntegrityError):
            desk.service.import_bytes(desk.file().to_bytes())
        assert desk.queries.proposals() == []


def test_a_policy_that_is_not_valid_yet_leaves_the_one_before_in_force(fresh: Desk) -> None:
    first = fresh.activate()
    later = {**fresh.team.policy(2, first), "valid_from": "2026-11-21T00:00:00Z"}
    second = fresh.activate(later)
    assert in_force(fresh) == (1, first)
    fresh.team.clock.forward(hours=12)
    assert in_force(fresh) == (2, second)


def test_votes_that_do_not_count_stop_the_activation(fresh: Desk) -> None:
    data = canonical(fresh.team.policy())
    other = canonical({**fresh.team.policy(), "time_zone": "Europe/Berlin"})
    good = fresh.team.votes(data)
    for bad in (fresh.team.votes(other)[0], good[0].replace(b'"sig":"', b'"sig":"00')[:], b"{}", b"no"):
        with pytest.raises(MalformedError):
            fresh.policies.activate(data, [*good, bad])
    assert not fresh.records("policy.activated")


def test_a_stored_policy_is_held_against_its_hash(fresh: Desk) -> None:
    from sqlalchemy import update

    from signer_app.proposals.store import tables

    fresh.activate()
    other = fresh.journal.put_blob(
        canonical({**fresh.team.policy(), "time_zone": "Europe/Berlin"}), "application/json"
    )
    with fresh.engine.begin() as connection:
        connection.execute(update(tables.policies).values(blob=other))
    fresh.policies._compiled.clear()
    with pytest.raises(IntegrityError):
        fresh.policies.in_force(fresh.team.clock())


def test_an_unknown_hash_was_never_active(fresh: Desk) -> None:
    with pytest.raises(ConflictError):
        fresh.policies.by_hash("00" * 32)
