"""Lists of payments: checked without a trace, proposed one a row on its own ticket, never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from desk import NETWORK, TAG, XRP, Desk, Team

from signer_app.core.errors import ConflictError, MalformedError
from signer_app.proposals.batch_rows import ListOrder
from signer_app.proposals.batches import Batches
from signer_app.proposals.preview import Previews


def batches_of(desk: Desk) -> Batches:
    return Batches(desk.rooms, desk.policies, desk.service, Previews(desk.rooms, desk.policies))


def order(team: Team, rows: list[str], **changes: Any) -> ListOrder:
    data = "\n".join(["to,amount,tag,title", *rows]).encode()
    values = {
        "network": NETWORK, "account": team.treasury, "data": data, "expires_in": timedelta(hours=1),
        "asset": XRP, **changes,
    }  # fmt: skip
    return ListOrder(**values)


def test_checking_judges_every_row_and_writes_nothing(alice: Desk, team: Team) -> None:
    before = alice.journal.size
    seen: list[tuple[int, int]] = []
    checked = batches_of(alice).check(
        order(
            team, ["custodian,100,,First", f"{team.people['bob'].account},5,,", "custodian,402,,", "x,1,,"]
        ),
        lambda done, total: seen.append((done, total)) or True,  # type: ignore[func-returns-value]
    )
    assert alice.journal.size == before
    assert [row.verdict for row in checked.rows] == ["ALLOW", "DENY", "DENY", None]
    assert "DESTINATION_NOT_ALLOWED" in checked.rows[1].codes
    assert "TX_CAP" in checked.rows[2].codes
    assert checked.rows[2].says
    assert [row.line.number for row in checked.wrong] == [4]
    assert checked.sums == {XRP: "507"}
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert not checked.allowed


def test_caps_see_the_list_as_one(alice: Desk, team: Team) -> None:
    """Each row fits under the day's 501; three together do not."""
    batches = batches_of(alice)
    fits = batches.check(order(team, ["custodian,200,,", "custodian,300,,"]))
    assert fits.together is not None
    assert (fits.together.verdict, fits.allowed) == ("ALLOW", True)
    over = batches.check(order(team, ["custodian,200,,", "custodian,300,,", "custodian,2,,"]))
    assert {row.verdict for row in over.rows} == {"ALLOW"}
    assert over.together is not None
    assert over.together.codes == ("ROLLING_CAP",)
    assert not over.allowed


def test_the_same_row_twice_counts_twice(alice: Desk, team: Team) -> None:
    checked = batches_of(alice).check(order(team, ["custodian,300,,"] * 2))
    assert checked.together is not None
    assert checked.together.codes == ("ROLLING_CAP",)


def test_each_row_becomes_a_proposal_on_its_own_ticket(alice: Desk, team: Team) -> None:
    result = batches_of(alice).propose(order(team, ["custodian,10,,Invoice 1", "custodian,20,,Invoice 2"]))
    made = [alice.get(str(row["proposal_id"])) for row in result["rows"]]  # type: ignore[index,union-attr,call-overload]
    assert [(p.slot_kind, p.slot_value) for p in made] == [("ticket", "11"), ("ticket", "12")]
    assert [p.title for p in made] == ["Invoice 1", "Invoice 2"]
    assert [p.effects[0]["amount"] for p in made] == ["10", "20"]
    assert [p.effects[0]["tag"] for p in made] == [TAG, TAG]
    assert result["proposed"] == 2


def test_stopped_between_two_rows_and_taken_up_again(alice: Desk, team: Team) -> None:
    batches = batches_of(alice)
    wish = order(team, ["custodian,10,,", "custodian,10,,", "custodian,30,,"])
    first = batches.propose(wish, lambda done, _total: done < 1)
    assert (first["proposed"], first["stopped"]) == (1, True)
    again = batches.check(wish)
    assert [row.proposal_id is not None for row in again.rows] == [True, False, False]
    second = batches.propose(wish)
    assert second["proposed"] == 2
    assert batches.propose(wish)["proposed"] == 0
    assert len(alice.queries.proposals()) == 3


def test_too_few_tickets_is_said_with_the_number_before_anything_is_proposed(alice: Desk, team: Team) -> None:
    wish = order(team, ["custodian,1,,"] * 7)
    batches = batches_of(alice)
    assert batches.check(wish).missing_tickets == 2
    with pytest.raises(ConflictError) as caught:
        batches.propose(wish)
    assert caught.value.code == "SLOT_CONFLICT"
    assert "--count 2" in caught.value.hint
    assert alice.queries.proposals() == []


def test_one_wrong_row_and_nothing_is_proposed(alice: Desk, team: Team) -> None:
    with pytest.raises(MalformedError) as caught:
        batches_of(alice).propose(order(team, ["custodian,1,,", "custodian,1.0000001,,"]))
    rows = caught.value.details["rows"]
    assert isinstance(rows, list)
    assert isinstance(rows[0], dict)
    assert rows[0]["row"] == 2
    assert alice.queries.proposals() == []


def test_checking_can_be_stopped(alice: Desk, team: Team) -> None:
    checked = batches_of(alice).check(order(team, ["custodian,1,,"] * 5), lambda done, _total: done < 2)
    assert (len(checked.rows), checked.stopped, checked.together) == (2, True, None)


def test_without_a_policy_rows_are_read_and_none_is_judged(desk_of: Any, team: Team) -> None:
    desk = desk_of("alice", active=False)
    checked = batches_of(desk).check(order(team, [f"{team.custodian},1,17,"]))
    assert checked.problem is not None
    assert (checked.rows[0].verdict, checked.allowed) == (None, False)
