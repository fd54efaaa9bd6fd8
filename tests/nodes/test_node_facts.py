"""Facts as scripted nodes give them: shapes of CONTRACTS B, windows, history, and what is left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ledger_entries import ALICE, BOB, EPOCH, ISSUER, USD, entry, payment, root
from scripted_node import NETWORK, LedgerScript, Raw, ScriptedNode

from signer_app.chains.xrpl.answers import ripple_time
from signer_app.chains.xrpl.client import connect
from signer_app.chains.xrpl.movements import body_of
from signer_app.chains.xrpl.reads import flag_names, gather_facts
from signer_app.core.errors import MalformedError
from signer_app.core.facts import Fact, FactsDocument, parse_facts
from signer_app.core.identity import proposal_id
from signer_app.nodes.pool import NodePool

ACCOUNT, PAYEE = f"{NETWORK}:{ALICE}", f"{NETWORK}:{BOB}"
XRP = f"{NETWORK}/slip44:144"

Gather = Callable[..., tuple[Fact, ...]]


@pytest.fixture
def gather() -> Iterator[Gather]:
    """Read facts of ALICE from scripted ledgers; the clock stands at the close of ledger 100."""
    with ExitStack() as stack:

        def read(*scripts: Any, window_s: int = 50, **options: Any) -> tuple[Fact, ...]:
            nodes = [
                stack.enter_context(ScriptedNode(script, id=f"node-{place}"))
                for place, script in zip("abc", scripts, strict=False)
            ]
            pool = NodePool(
                [node.profile() for node in nodes], connect, clock=lambda: ripple_time(EPOCH + 100)
            )
            with pool:
                return gather_facts(pool, NETWORK, ACCOUNT, [PAYEE], window_s, **options)

        yield read


def ledger(*transactions: dict[str, Any], **info: Any) -> LedgerScript:
    script = LedgerScript(100, **info)
    script.account(ALICE)
    script.account(BOB)
    script.transactions = list(transactions)
    return script


def value(facts: tuple[Fact, ...], kind: str, key: str = ACCOUNT) -> dict[str, Any]:
    (found,) = [item for item in facts if (item.kind, item.key) == (kind, key)]
    (observation,) = found.observations
    return observation.value


def shape(item: Any) -> Any:
    """Member names and JSON types, for comparing with the vectors."""
    if isinstance(item, dict):
        return {name: shape(member) for name, member in item.items()}
    if isinstance(item, list):
        return [shape(item[0])] if item else []
    return type(item).__name__


def test_values_have_exactly_the_shape_of_the_vectors(gather: Gather, vectors: Path) -> None:
    cases = json.loads((vectors / "policy_cases.json").read_text())["cases"]
    script = ledger(payment(90))
    entries = [{"SignerEntry": {"Account": BOB, "SignerWeight": 1}}]
    script.account(ALICE, Flags=0x00100000, signer_lists=[{"SignerQuorum": 2, "SignerEntries": entries}])
    script.tickets[ALICE] = [501]

    facts = gather(script)

    wanted = {fact["kind"]: fact for fact in cases[3]["facts"]["facts"]}
    wanted["account"] = next(fact for fact in cases[0]["facts"]["facts"] if fact["kind"] == "account")
    for kind, key in (
        ("network", NETWORK),
        ("account", ACCOUNT),
        ("signers", ACCOUNT),
        ("outflows", ACCOUNT),
    ):
        assert shape(value(facts, kind, key)) == shape(wanted[kind]["observations"][0]["value"]), kind
    document = FactsDocument(datetime.now(UTC), "online", context=parse_facts_context(), facts=facts)
    assert parse_facts(document.to_json()).facts == facts


def parse_facts_context() -> Any:
    return parse_facts({"format": "countersign/facts@1", "now": "2026-11-20T12:00:00Z", "facts": []}).context


def test_the_observation_names_node_operator_time_and_ledger(gather: Gather) -> None:
    facts = gather(ledger(), ledger())

    assert len(facts) == 5
    for fact in facts:
        assert [(seen.source, seen.operator, seen.ledger) for seen in fact.observations] == [
            ("node-a", "op-node-a", "100"),
            ("node-b", "op-node-b", "100"),
        ]
        assert {seen.at for seen in fact.observations} == {ripple_time(EPOCH + 100)}
    assert value(gather(ledger()), "network", NETWORK)["close_time"] == "2025-05-08T06:15:00Z"


def test_an_account_that_is_not_there_is_a_fact_too(gather: Gather) -> None:
    script = ledger()
    del script.accounts[BOB]

    assert value(gather(script), "account", PAYEE) == {
        "exists": False, "sequence": "0", "balance": "0", "flags": [], "regular_key": None, "owner_count": 0,
        "tickets": [], "require_dest_tag": False, "memo_required": False,
    }  # fmt: skip


def test_flags_and_keys_are_named(gather: Gather) -> None:
    script = ledger()
    script.account(BOB, Flags=0x00020000 | 0x00100000, RegularKey=ISSUER)

    found = value(gather(script), "account", PAYEE)

    assert found["flags"] == ["lsfRequireDestTag", "lsfDisableMaster"]
    assert found["require_dest_tag"] is True
    assert found["regular_key"] == ISSUER
    assert flag_names(0x80000001) == ("0x00000001", "lsfAllowTrustLineClawback")


def test_a_payment_has_the_proposal_id_of_its_body(gather: Gather) -> None:
    item = payment(90, 3_000_000)

    outflows = value(gather(ledger(item)), "outflows")

    name = proposal_id(network=NETWORK, account=ACCOUNT, encoding="xrpl-blob", body=body_of(item["tx_json"]))
    assert outflows == {
        "complete": True,
        "items": [
            {
                "id": name,
                "asset": XRP,
                "to": PAYEE,
                "amount": "3",
                "at": "2025-05-08T06:14:50Z",
                "state": "confirmed",
            }
        ],
    }


@pytest.mark.parametrize(
    ("window_s", "low", "count", "complete"),
    [
        (11, 1, 1, True),
        (10, 1, 0, True),
        (50, 1, 3, True),
        (50, 50, 3, True),
        (50, 51, 3, False),
        (50, 85, 2, False),
        (5000, 1, 5, True),
        (5000, 2, 5, False),
    ],
)
def test_the_window_is_complete_only_with_history_over_all_of_it(
    gather: Gather, window_s: int, low: int, count: int, complete: bool
) -> None:
    """Payments in ledgers 20, 40, 60, 88, 90; the clock stands at 100, one second a ledger."""
    script = ledger(*(payment(number) for number in (20, 40, 60, 88, 90)), low=low)

    outflows = value(gather(script, window_s=window_s), "outflows")

    assert (len(outflows["items"]), outflows["complete"]) == (count, complete)


def test_an_account_younger_than_the_window_has_its_whole_history(gather: Gather) -> None:
    born = entry(
        70, [root(BOB, 90, 40), root(ALICE, None, 50)], delivered="50", Account=BOB, Destination=ALICE
    )

    young = value(gather(ledger(born, payment(90), low=60), window_s=5000), "outflows")
    older = value(gather(ledger(payment(90), low=60), window_s=5000), "outflows")

    assert (len(young["items"]), young["complete"]) == (1, True)
    assert (len(older["items"]), older["complete"]) == (1, False)


def test_a_gap_before_the_pinned_ledger_is_not_complete(gather: Gather) -> None:
    script = ledger(payment(60), payment(90))
    script.overrides["server_info"] = LedgerScript(100)._server_info({})
    script.overrides["server_info"]["info"]["complete_ledgers"] = "1-70,80-100"

    outflows = value(gather(script), "outflows")

    assert (len(outflows["items"]), outflows["complete"]) == (1, False)


def test_a_node_that_searched_less_than_it_was_asked_is_not_complete(gather: Gather) -> None:
    script = ledger(payment(90))
    good = script._account_tx
    script.overrides["account_tx"] = lambda params: good(params) | {"ledger_index_min": 85}
    assert value(gather(script), "outflows")["complete"] is False

    script.overrides["account_tx"] = lambda params: good(params) | {"ledger_index_max": 95}
    assert value(gather(script), "outflows")["complete"] is False


def test_one_unreadable_fact_leaves_the_others(gather: Gather) -> None:
    script = ledger(payment(90))
    script.transactions[0]["meta"]["delivered_amount"] = "unavailable"

    facts = gather(script)

    counted = {(fact.kind, fact.key): len(fact.observations) for fact in facts}
    assert counted.pop(("outflows", ACCOUNT)) == 0
    assert set(counted.values()) == {1}


def test_a_node_that_fails_half_way_gives_what_it_gave(gather: Gather) -> None:
    script = ledger()
    script.overrides["account_info"] = Raw(b"", 503)

    facts = gather(script, ledger())

    sources = {fact.kind: [seen.source for seen in fact.observations] for fact in facts}
    assert sources["network"] == ["node-a", "node-b"]
    assert sources["signers"] == sources["outflows"] == ["node-b"]


def test_balances_of_issued_assets_and_freezes(gather: Gather) -> None:
    script = ledger()
    asset = f"{NETWORK}/iou:{USD}.{ISSUER}"
    key = f"{ACCOUNT}|{asset}"
    assert value(gather(script, assets=[asset]), "balance", key) == {"amount": "0", "frozen": False}

    script.lines[ALICE] = [
        {"account": BOB, "currency": "USD", "balance": "7"},
        {"account": ISSUER, "currency": "EUR", "balance": "8"},
        {"account": ISSUER, "currency": "USD", "balance": "12e-1", "freeze_peer": True},
    ]
    assert value(gather(script, assets=[asset]), "balance", key) == {"amount": "1.2", "frozen": True}
    assert value(gather(script, assets=[XRP]), "balance", f"{ACCOUNT}|{XRP}")["amount"] == "5"


def test_accounts_of_other_networks_are_refused(gather: Gather) -> None:
    with (
        NodePool([], connect, clock=lambda: datetime.now(UTC) - timedelta(0)) as pool,
        pytest.raises(MalformedError),
    ):
        gather_facts(pool, NETWORK, f"xrpl:0:{ALICE}", [], 60)
