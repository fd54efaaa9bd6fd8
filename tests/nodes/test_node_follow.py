"""Submission and following against scripted nodes: answers and their meaning, resubmission, lies, gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ledger_entries import ALICE, BOB, entry, payment, root
from scripted_node import NETWORK, Drop, LedgerScript, Raw, ScriptedNode

from signer_app.chains.xrpl import submission
from signer_app.chains.xrpl.answers import SubmitAnswer
from signer_app.chains.xrpl.client import XrplClient, connect
from signer_app.chains.xrpl.follow import Progress, Schedule, follow, look
from signer_app.chains.xrpl.movements import body_of
from signer_app.chains.xrpl.outcome import Question
from signer_app.core.inspection import Slot
from signer_app.nodes.pool import NodePool

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
BLOB = "1200"

Open = Callable[..., NodePool[XrplClient]]


@pytest.fixture
def open_pool() -> Iterator[Open]:
    with ExitStack() as stack:

        def make(*scripts: Any, **changes: Any) -> NodePool[XrplClient]:
            nodes = [
                stack.enter_context(ScriptedNode(script, id=f"node-{place}"))
                for place, script in zip("abc", scripts, strict=False)
            ]
            profiles = [node.profile(**changes) for node in nodes]
            return stack.enter_context(NodePool(profiles, connect, clock=lambda: NOW))

        yield make


def question(item: dict[str, Any], *, last: int | None = 110, since: int = 80, **slot: str) -> Question:
    kind, value = next(iter(slot.items()), ("sequence", str(item["tx_json"]["Sequence"])))
    return Question(NETWORK, ALICE, body_of(item["tx_json"]), Slot(kind, value), last, since)


def ledger(
    *transactions: dict[str, Any], validated: int = 100, sequence: int = 91, **info: Any
) -> LedgerScript:
    script = LedgerScript(validated, **info)
    script.account(ALICE, Sequence=sequence)
    script.transactions = list(transactions)
    return script


# What answers mean


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("tesSUCCESS", "accepted"),
        ("tecPATH_DRY", "accepted"),
        ("terQUEUED", "accepted"),
        ("tefALREADY", "accepted"),
        ("tefPAST_SEQ", "maybe"),
        ("tefNO_TICKET", "maybe"),
        ("tefMAX_LEDGER", "maybe"),
        ("telINSUF_FEE_P", "maybe"),
        ("telCAN_NOT_QUEUE", "maybe"),
        ("terPRE_SEQ", "maybe"),
        ("terPRE_TICKET", "maybe"),
        ("tefBAD_QUORUM", "refused"),
        ("tefBAD_SIGNATURE", "refused"),
        ("tefMASTER_DISABLED", "refused"),
        ("temMALFORMED", "refused"),
        ("xyzNEW", "maybe"),
    ],
)
def test_engine_results_fall_into_classes(code: str, meaning: str) -> None:
    assert submission.classify(SubmitAnswer(code, True, "", {})) == meaning


def test_rpc_errors_fall_into_classes() -> None:
    assert submission.classify(SubmitAnswer("invalidTransaction", False, "", {})) == "refused"
    assert submission.classify(SubmitAnswer("tooBusy", False, "", {})) == "maybe"


def test_every_node_gets_the_blob_and_every_answer_is_kept(open_pool: Open) -> None:
    good, lost, elsewhere = ledger(), ledger(), ledger(network_id=0)
    lost.overrides["submit"] = Drop()
    pool = open_pool(good, lost, elsewhere)

    offers = submission.submit(pool, NETWORK, BLOB)

    assert [(offer.node, offer.answer, offer.standing) for offer in offers] == [
        ("node-a", "tesSUCCESS", "accepted"),
        ("node-b", "NODE_PROTOCOL", "maybe"),
        ("node-c", "NODE_WRONG_NETWORK", "unsent"),
    ]
    assert (good.submitted, elsewhere.submitted) == ([BLOB], [])
    assert offers[0].raw["engine_result_message"] == "applied"
    assert offers[0].attempt().to_json() == {
        "node": "node-a", "answer": "tesSUCCESS", "at": "2026-11-20T12:00:00Z"
    }  # fmt: skip
    assert submission.standing(offers) == "accepted"
    assert submission.standing(offers[1:]) == "maybe"
    assert submission.standing(offers[2:]) == "unsent"
    assert submission.standing(()) == "unsent"


# Evidence


def test_a_confirmed_payment_by_two_operators(open_pool: Open) -> None:
    ours = payment(90)

    ruling = look(open_pool(ledger(ours), ledger(ours)), question(ours), 2)

    assert (ruling.state, ruling.finding.tx_id, ruling.finding.ledger) == ("CONFIRMED", ours["hash"], 90)
    assert {item.operator for item in ruling.evidence} == {"op-node-a", "op-node-b"}


def test_one_operator_is_not_two(open_pool: Open) -> None:
    ours = payment(90)

    ruling = look(open_pool(ledger(ours), ledger(ours), operator="same"), question(ours), 2)

    assert ruling.state == "UNKNOWN"


def test_a_node_that_renames_a_transaction_gives_no_evidence(open_pool: Open) -> None:
    ours = payment(90)
    renamed = ours | {"hash": "F" * 64}
    changed = ours | {"tx_json": ours["tx_json"] | {"DeliverMax": "2"}}
    for lie in (renamed, changed):
        ruling = look(open_pool(ledger(ours), ledger(lie)), question(ours), 2)
        assert ruling.state == "UNKNOWN"
        assert len(ruling.evidence) == 1
        assert "id that is not its own" in ruling.problems[0]


def test_a_transaction_that_is_not_final_is_no_use_of_the_slot(open_pool: Open) -> None:
    ours = payment(90) | {"validated": False}

    assert look(open_pool(ledger(ours), ledger(ours)), question(ours), 2).state == "UNKNOWN"


def test_history_that_begins_too_late_proves_nothing(open_pool: Open) -> None:
    ours = payment(90)
    pool = open_pool(ledger(ours, low=81), ledger(ours, low=81))

    assert look(pool, question(ours, since=80), 2).state == "UNKNOWN"
    assert look(pool, question(ours, since=81), 2).state == "CONFIRMED"


def test_a_ticket_number_is_not_a_sequence_number(open_pool: Open) -> None:
    by_sequence = payment(50)
    by_ticket = payment(90, Sequence=0, TicketSequence=50)
    both = ledger(by_sequence, by_ticket)
    pool = open_pool(both, both)

    sequence = look(pool, question(by_sequence, since=40), 2)
    ticket = look(pool, question(by_ticket, since=40, ticket="50"), 2)

    assert (sequence.state, sequence.finding.tx_id) == ("CONFIRMED", by_sequence["hash"])
    assert (ticket.state, ticket.finding.tx_id) == ("CONFIRMED", by_ticket["hash"])


@pytest.mark.parametrize(
    ("tickets", "sequence", "validated", "state"),
    [
        ([50], 91, 100, "OPEN"),
        ([50], 91, 111, "EXPIRED"),
        ([], 50, 100, "OPEN"),
        ([], 51, 100, "UNKNOWN"),
        ([51], 91, 111, "UNKNOWN"),
    ],
)
def test_a_ticket_is_unused_while_listed_or_not_yet_made(
    open_pool: Open, tickets: list[int], sequence: int, validated: int, state: str
) -> None:
    ours = payment(90, Sequence=0, TicketSequence=50)
    script = ledger(validated=validated, sequence=sequence)
    script.tickets[ALICE] = tickets

    assert look(open_pool(script, script), question(ours, ticket="50"), 2).state == state


def test_others_using_the_same_number_do_not_matter(open_pool: Open) -> None:
    ours, theirs = payment(90), payment(90, Account=BOB, Destination=ALICE)
    script = ledger(theirs, sequence=90)

    assert look(open_pool(script, script), question(ours), 2).state == "OPEN"


# Following


class Scene:
    """Scripted ledgers that move on at each pause."""

    def __init__(self, *scripts: LedgerScript) -> None:
        self.scripts = scripts
        self.steps: list[Callable[[LedgerScript], None]] = []
        self.seen: list[Progress] = []
        self.pauses: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        if not self.steps:
            return True
        step = self.steps.pop(0)
        for script in self.scripts:
            step(script)
        return False

    def run(self, pool: NodePool[XrplClient], asked: Question, **options: Any) -> str:
        options = {"until": NOW + timedelta(minutes=5), "min_agree": 2, **options}
        return follow(pool, asked, on_progress=self.seen.append, wait=self.wait, **options).state


def nothing(script: LedgerScript) -> None:
    script.validated += 1


def test_following_offers_again_while_open_and_never_after_the_end(open_pool: Open) -> None:
    ours = payment(104)
    a, b = ledger(sequence=104), ledger(sequence=104)
    scene = Scene(a, b)

    def execute(script: LedgerScript) -> None:
        script.validated, script.transactions = 104, [ours]
        script.account(ALICE, Sequence=105)

    scene.steps = [nothing, nothing, nothing, execute]

    state = scene.run(open_pool(a, b), question(ours), blob=BLOB, schedule=Schedule(resubmit_every=2))

    assert state == "CONFIRMED"
    assert [progress.ruling.state for progress in scene.seen] == ["OPEN"] * 4 + ["CONFIRMED"]
    assert [len(progress.offers) for progress in scene.seen] == [0, 0, 2, 0, 2]
    assert a.submitted == b.submitted == [BLOB, BLOB]


def test_ledgers_seen_unused_need_not_be_searched_again(open_pool: Open) -> None:
    """History may be lost behind the last ledger at which the slot was seen unused."""
    ours = payment(101)
    a, b = ledger(sequence=101, low=80), ledger(sequence=101, low=80)
    scene = Scene(a, b)

    def execute_and_forget(script: LedgerScript) -> None:
        script.validated, script.transactions, script.info = 101, [ours], {"low": 100}
        script.account(ALICE, Sequence=102)

    scene.steps = [execute_and_forget]

    assert scene.run(open_pool(a, b), question(ours, since=80)) == "CONFIRMED"
    assert look(open_pool(a, b), question(ours, since=80), 2).state == "UNKNOWN"


def test_following_survives_faults_and_says_so(open_pool: Open) -> None:
    ours = payment(90)
    a, b = ledger(ours), ledger(ours)
    for script in (a, b):
        script.overrides["server_info"] = Raw(b"", 503)
    scene = Scene(a, b)
    scene.steps = [nothing, lambda script: script.overrides.clear()]

    assert (
        scene.run(open_pool(a, b), question(ours), blob=BLOB, schedule=Schedule(resubmit_every=1))
        == "CONFIRMED"
    )
    assert [progress.ruling.state for progress in scene.seen] == ["UNKNOWN", "UNKNOWN", "CONFIRMED"]
    assert "cannot be reached" in scene.seen[0].ruling.finding.reason
    assert a.submitted == []


def test_following_ends_at_its_time_or_when_told(open_pool: Open) -> None:
    ours = payment(104)
    a, b = ledger(sequence=104), ledger(sequence=104)

    late = Scene(a, b)
    assert late.run(open_pool(a, b), question(ours), until=NOW) == "OPEN"
    assert late.pauses == []
    told = Scene(a, b)
    assert told.run(open_pool(a, b), question(ours)) == "OPEN"
    assert len(told.pauses) == 1


def test_pauses_grow_to_their_bound() -> None:
    schedule = Schedule(first_s=1.0, factor=2.0, most_s=5.0)

    assert [schedule.pause(look) for look in (0, 1, 2, 3, 10_000)] == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_no_op_supersedes_whatever_its_result(open_pool: Open) -> None:
    ours = payment(90)
    no_op = entry(
        90,
        [root(ALICE, 100, 88)],
        result="tecDIR_FULL",
        TransactionType="AccountSet",
        Destination=None,
        Amount=None,
    )

    ruling = look(open_pool(ledger(no_op), ledger(no_op)), question(ours), 2)

    assert (ruling.state, ruling.finding.tx_id) == ("SUPERSEDED", no_op["hash"])
