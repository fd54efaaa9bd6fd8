"""The treasury's numbers over real proposals and facts of a ledger that a test sets."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from desk import NETWORK, START, XRP, Desk

from signer_app.core.clock import format_time
from signer_app.core.errors import DeniedError, NodeError
from signer_app.proposals.policies import Policies
from signer_app.treasury.balances import Balance, totals
from signer_app.treasury.limits import LimitUse
from signer_app.treasury.view import Treasury, TreasuryView


def view(desk: Desk) -> TreasuryView:
    treasury = Treasury(desk.rooms, desk.policies)
    return treasury.view(treasury.plan().read())


def sign(desk: Desk, identifier: str) -> None:
    assert desk.keystore is not None
    desk.service.sign(identifier, desk.keystore.key())


def outflow(amount: str, ago: timedelta, name: str = "a") -> dict[str, Any]:
    return {"id": name * 64, "asset": XRP, "to": None, "amount": amount, "at": format_time(START - ago),
            "state": "validated"}  # fmt: skip


def test_available_is_total_without_reserve_and_pending(bob: Desk) -> None:
    (before,) = view(bob).balances
    # 900 XRP, base reserve 1 and five objects at 0.2 each.
    assert (before.total, before.reserve, before.pending) == (Decimal(900), Decimal(2), Decimal(0))
    assert before.available == Decimal(898)
    proposal = bob.new("100")
    assert view(bob).balances[0].pending == 0, "what nobody signed can take nothing"
    sign(bob, proposal.id)
    (after,) = view(bob).balances
    fee = next(Decimal(str(e["amount"])) for e in proposal.effects if e["kind"] == "FeePaid")
    assert fee > 0
    assert after.pending == Decimal(100) + fee
    assert after.available == Decimal(898) - Decimal(100) - fee
    shown = after.to_json()
    assert (shown["total"], shown["reserve"], shown["label"]) == ("900", "2", "XRP")


def test_an_account_that_promises_more_than_it_has_is_below_zero(bob: Desk) -> None:
    for _ in range(3):
        sign(bob, bob.new("160").id)
    balance = view(bob).balances[0]
    assert balance.available is not None
    bob.team.ledger.quorum = 2
    assert balance.pending > Decimal(480)
    assert balance.available == Decimal(898) - balance.pending


def test_limits_count_what_left_and_what_is_pending(bob: Desk) -> None:
    bob.team.ledger.outflows = [outflow("200", timedelta(hours=20)), outflow("50", timedelta(hours=3), "b")]
    (use,) = view(bob).limits
    assert (use.used, use.cap, use.left, use.level) == (Decimal(250), Decimal(501), Decimal(251), "ok")
    assert use.room_at == START + timedelta(hours=4)
    assert use.room == Decimal(200)
    sign(bob, bob.new("150").id)
    (use,) = view(bob).limits
    assert use.used is not None
    assert use.used >= Decimal(400)
    assert use.level == "warn"


@pytest.mark.parametrize(
    ("used", "level"),
    [("74.9999", "ok"), ("75", "warn"), ("94.999999", "warn"), ("95", "danger"), ("101", "danger")],
)
def test_levels_are_exact(used: str, level: str) -> None:
    use = LimitUse("r", "a", "main", XRP, "", Decimal(used), Decimal(100), 86400)
    assert use.level == level
    assert use.left == max(Decimal(0), Decimal(100) - Decimal(used))
    assert LimitUse("r", "a", "main", XRP, "", None, Decimal(100), 86400).level == "unknown"


def test_by_destination_and_counts(bob: Desk) -> None:
    value = bob.team.policy(version=2, prev=bob.policies.in_force(START).document.hash)
    to = bob.team.custodian
    value["rules"] += [
        {"id": "each", "kind": "rolling_cap", "by": "destination", "asset": XRP, "max": "1000",
         "window_s": 86400},
        {"id": "count", "kind": "count_cap", "by": "account", "max": 4, "window_s": 86400,
         "match": {"accounts": ["main"]}},
    ]  # fmt: skip
    bob.activate(value)
    bob.team.ledger.outflows = [
        {**outflow("960", timedelta(hours=1)), "to": to},
        outflow("1", timedelta(hours=2), "b"),
        outflow("1", timedelta(hours=5), "c"),
    ]
    uses = {use.rule: use for use in view(bob).limits}
    assert (uses["each"].to, uses["each"].used, uses["each"].level) == (to, Decimal(960), "danger")
    assert (uses["count"].used, uses["count"].cap, uses["count"].asset) == (Decimal(3), Decimal(4), "")
    assert uses["count"].level == "warn"
    assert uses["count"].room_at == START + timedelta(hours=19)
    assert uses["day"].level == "danger", "962 of 501"


def test_what_policy_denies_waits_for_nobody(bob: Desk) -> None:
    denied = bob.new("500")
    assert denied.state == "DENIED"
    assert view(bob).waiting == ()


def test_what_waits_and_what_ends(bob: Desk) -> None:
    proposal = bob.new("100")
    shown = view(bob)
    (item,) = shown.waiting
    assert item.proposal_id == proposal.id
    assert item.missing == ("1 of finance", "1 of security")
    sign(bob, proposal.id)
    (item,) = view(bob).waiting
    assert item.missing == ("1 of security",)
    assert item.signatures == 1
    (ending,) = view(bob).endings
    assert ending.estimated
    last = int(str(proposal.expiry_ledger))
    assert ending.at == START + timedelta(seconds=(last - 1000) * 3)
    bob.team.ledger.validated = last
    assert view(bob).endings == (), "what has ended is not upcoming"


def test_facts_that_are_not_decided_are_not_guessed(bob: Desk) -> None:
    bob.team.ledger.down = NodeError("Node a cannot be reached.", code="NODE_UNREACHABLE")
    shown = view(bob)
    (balance,) = shown.balances
    assert (balance.total, balance.available) == (None, None)
    assert balance.why
    assert shown.limits[0].used is None
    assert shown.limits[0].level == "unknown"
    (line,) = shown.nodes
    assert (line.agree, line.operators, line.why) == (False, 0, "Node a cannot be reached.")
    assert [alert.kind for alert in shown.alerts] == ["nodes"]
    assert shown.oldest_s is None
    bob.team.ledger.down = None
    bob.team.ledger.dissent = True
    disagree = view(bob)
    assert disagree.balances[0].reserve is None
    assert disagree.balances[0].available is None


def test_offline_nobody_is_asked(bob: Desk) -> None:
    bob.team.ledger.down = NodeError("must not be asked", code="NODE_UNREACHABLE")
    shown = Treasury(bob.rooms, bob.policies).view(None)
    assert shown.nodes[0].why == "Nobody was asked."
    assert shown.balances[0].total is None


def test_nodes_and_ages(bob: Desk) -> None:
    treasury = Treasury(bob.rooms, bob.policies)
    answers = treasury.plan().read()
    bob.team.clock.forward(seconds=40)
    shown = treasury.view(answers)
    assert shown.oldest_s == 40
    (line,) = shown.nodes
    assert (line.network, line.operators, line.agree, line.ledger) == (NETWORK, 2, True, "1000")
    bob.team.clock.forward(seconds=200)
    assert not treasury.view(answers).nodes[0].agree, "facts grow too old to be believed"


def test_alerts_the_gravest_first(bob: Desk) -> None:
    assert view(bob).alerts == ()
    bob.service.halts.halt("odd screens", [bob.team.treasury])
    bob.team.ledger.weights.popitem()
    bob.team.ledger.outflows = [outflow("400", timedelta(hours=1))]
    shown = view(bob)
    assert [(alert.level, alert.kind) for alert in shown.alerts] == [
        ("danger", "halt"),
        ("danger", "drift"),
        ("warn", "limit"),
    ]
    assert "bob" in shown.alerts[0].fact
    assert "odd screens" in shown.alerts[0].detail
    assert shown.to_json()["alerts"]


def test_without_a_policy_there_is_no_scope(bob: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bob.queries, "policies", list)
    with pytest.raises(DeniedError):
        Treasury(bob.rooms, Policies(bob.rooms, 0)).plan()


def test_nothing_is_written(bob: Desk) -> None:
    bob.new("100")
    before = bob.journal.size
    view(bob)
    assert bob.journal.size == before


def test_totals_add_up_accounts_and_say_nothing_where_one_is_not_known() -> None:
    def balance(account: str, total: str | None, reserve: str, pending: str) -> Balance:
        known = None if total is None else Decimal(total)
        return Balance(account, account, XRP, "XRP", known, Decimal(reserve), Decimal(pending))

    one, two = balance("a", "0.1", "0.02", "0.03"), balance("b", "0.2", "0", "0.3")
    (total,) = totals([one, two])
    assert total.to_json() == {
        "asset": XRP, "label": "XRP", "accounts": 2, "total": "0.3", "held": "0.35", "available": "-0.05",
    }  # fmt: skip
    (unknown,) = totals([one, balance("b", None, "0", "0.3")])
    assert (unknown.total, unknown.held, unknown.available) == (None, Decimal("0.35"), None)


def test_the_view_carries_its_totals(bob: Desk) -> None:
    shown = view(bob).to_json()["totals"]
    assert shown == [
        {"asset": XRP, "label": "XRP", "accounts": 1, "total": "900", "held": "2", "available": "898"}
    ]
