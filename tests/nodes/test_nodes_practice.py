"""Facts, submission and outcomes against the practice ledger: two operators, real wire, faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ledger_process import Bank, LedgerProcess, multi_blob
from xrpl.core.binarycodec import decode
from xrpl.wallet import Wallet

from signer_app.chains.xrpl import client as xrpl_client
from signer_app.chains.xrpl import submission
from signer_app.chains.xrpl.client import XrplClient
from signer_app.chains.xrpl.follow import Progress, Schedule, follow, look
from signer_app.chains.xrpl.ledger_reader import XrplLedgerReader
from signer_app.chains.xrpl.movements import body_of
from signer_app.chains.xrpl.outcome import Question
from signer_app.chains.xrpl.reads import gather_facts
from signer_app.core.config import NodeProfile
from signer_app.core.errors import NodeError, NotFoundError
from signer_app.core.facts import Fact
from signer_app.core.identity import proposal_id
from signer_app.core.inspection import Slot
from signer_app.nodes.pool import NodePool, PoolLimits

NETWORK = "xrpl:63456"
RLUSD = "524C555344000000000000000000000000000000"
DAY = 86_400

Pool = NodePool[XrplClient]


class Treasury:
    """A 2-of-3 account with tickets and an issued dollar, made by signed transactions."""

    def __init__(self, ledger: LedgerProcess) -> None:
        self.ledger, self.bank = ledger, Bank(ledger)
        self.issuer, self.main, self.payee = (self.bank.fund() for _ in range(3))
        self.signers = [Wallet.create() for _ in range(3)]
        self.bank.must(self.issuer, TransactionType="AccountSet", SetFlag=8)
        for holder in (self.main, self.payee):
            limit = {"currency": RLUSD, "issuer": self.issuer.address, "value": "1000000"}
            self.bank.must(holder, TransactionType="TrustSet", LimitAmount=limit)
        self.bank.must(
            self.issuer, TransactionType="Payment", Destination=self.main.address, Amount=self.usd("100000")
        )
        entries = [{"SignerEntry": {"Account": wallet.address, "SignerWeight": 1}} for wallet in self.signers]
        self.bank.must(self.main, TransactionType="SignerListSet", SignerQuorum=2, SignerEntries=entries)
        self.first_ticket = self.bank.sequence(self.main.address) + 1
        self.bank.must(self.main, TransactionType="TicketCreate", TicketCount=5)
        self.bank.must(self.main, TransactionType="AccountSet", SetFlag=4)

    @property
    def account(self) -> str:
        return f"{NETWORK}:{self.main.address}"

    def usd(self, value: str) -> dict[str, str]:
        return {"currency": RLUSD, "issuer": self.issuer.address, "value": value}

    def validated(self) -> int:
        return int(self.ledger.ask("server_info")["info"]["validated_ledger"]["seq"])

    def fields(self, ticket: int, **changes: Any) -> dict[str, Any]:
        """An unsigned payment of 25,000 dollars to the payee by a ticket, ten ledgers to live."""
        fields = {
            "TransactionType": "Payment",
            "Account": self.main.address,
            "Destination": self.payee.address,
            "Amount": self.usd("25000"),
            "TicketSequence": self.first_ticket + ticket,
            "LastLedgerSequence": self.validated() + 10,
            **changes,
        }
        return self.bank.fill(fields, signers=3) | {"SigningPubKey": ""}

    def question(self, fields: dict[str, Any]) -> Question:
        slot = (
            Slot("ticket", str(fields["TicketSequence"]))
            if "TicketSequence" in fields
            else Slot("sequence", str(fields["Sequence"]))
        )
        last = fields.get("LastLedgerSequence")
        body = body_of(fields)
        return Question(NETWORK, self.main.address, body, slot, last, self.validated())

    def signed(self, fields: dict[str, Any], *numbers: int) -> str:
        return multi_blob(fields, [self.signers[number] for number in numbers])

    def close(self, times: int = 1) -> None:
        for _ in range(times):
            self.ledger.close()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerProcess]:
    with LedgerProcess(tmp_path_factory.mktemp("ledger")) as process:
        yield process


@pytest.fixture(scope="module")
def treasury(ledger: LedgerProcess) -> Treasury:
    return Treasury(ledger)


@pytest.fixture
def pool(ledger: LedgerProcess) -> Iterator[Pool]:
    with open_pool(ledger) as pool:
        yield pool


@pytest.fixture
def fault(ledger: LedgerProcess) -> Iterator[Callable[..., None]]:
    """Switch faults for one test."""
    used: list[str] = []

    def switch(name: str, **params: Any) -> None:
        used.append(name)
        ledger.fault(name, **params)

    yield switch
    for name in used:
        ledger.fault(name, on=False)


def open_pool(ledger: LedgerProcess) -> Pool:
    profiles = [
        NodeProfile(id=f"node-{place}", operator=end["operator"], network=NETWORK, url=end["http"])
        for place, end in zip("ab", ledger.endpoints, strict=True)
    ]
    return NodePool(profiles, xrpl_client.connect, limits=PoolLimits(max_age_s=None))


def fact(facts: tuple[Fact, ...], kind: str, key: str) -> Fact:
    (found,) = [item for item in facts if (item.kind, item.key) == (kind, key)]
    return found


def the_value(found: Fact) -> dict[str, Any]:
    """The value on which both operators agree."""
    first, second = found.observations
    assert first.value == second.value
    assert first.operator != second.operator
    return first.value


def test_facts_are_read_from_both_operators_at_one_ledger(treasury: Treasury, pool: Pool) -> None:
    payee = f"{NETWORK}:{treasury.payee.address}"
    asset = f"{NETWORK}/iou:{RLUSD}.{treasury.issuer.address}"

    facts = gather_facts(
        pool, NETWORK, treasury.account, [payee], DAY, assets=[asset, f"{NETWORK}/slip44:144"]
    )

    ledgers = {observation.ledger for item in facts for observation in item.observations}
    assert ledgers == {str(treasury.validated())}
    network = the_value(fact(facts, "network", NETWORK))
    assert network["base_fee"] == "10"
    assert network["network_id"] == "63456"
    assert int(network["reserve_base"]) > int(network["reserve_inc"]) > 0
    account = the_value(fact(facts, "account", treasury.account))
    root = treasury.bank.root(treasury.main.address)
    assert account["sequence"] == str(root["Sequence"])
    assert account["balance"] == root["Balance"]
    assert account["flags"] == ["lsfDisableMaster"]
    assert account["tickets"] == [str(treasury.first_ticket + number) for number in range(5)]
    assert the_value(fact(facts, "account", payee))["exists"] is True
    signers = the_value(fact(facts, "signers", treasury.account))
    assert signers["quorum"] == 2
    assert signers["master_enabled"] is False
    listed = {entry["account"] for entry in signers["signers"]}
    assert listed == {f"{NETWORK}:{wallet.address}" for wallet in treasury.signers}
    balance = the_value(fact(facts, "balance", f"{treasury.account}|{asset}"))
    assert balance == {"amount": "100000", "frozen": False}


def test_a_payment_is_confirmed_and_counted_as_an_outflow(treasury: Treasury, pool: Pool) -> None:
    fields = treasury.fields(0)
    question = treasury.question(fields)
    blob = treasury.signed(fields, 0, 1)

    offers = submission.submit(pool, NETWORK, blob)
    # All are asked at once; whoever comes second to the same ledger hears that it is there.
    answers = [offer.answer for offer in offers]
    assert answers.count("tesSUCCESS") == 1
    assert set(answers) <= {"tesSUCCESS", "tefALREADY"}
    assert submission.standing(offers) == submission.ACCEPTED
    assert look(pool, question, 2).state == "OPEN"
    treasury.close()
    ruling = look(pool, question, 2)

    assert ruling.state == "CONFIRMED"
    seen = treasury.ledger.ask("tx", transaction=ruling.finding.tx_id)
    assert seen["validated"] is True
    assert seen["tx_json"]["TicketSequence"] == fields["TicketSequence"]
    facts = gather_facts(pool, NETWORK, treasury.account, [], DAY)
    outflows = the_value(fact(facts, "outflows", treasury.account))
    assert outflows["complete"] is True
    name = proposal_id(network=NETWORK, account=treasury.account, encoding="xrpl-blob", body=question.body)
    (item,) = [item for item in outflows["items"] if item["id"] == name]
    assert item["amount"] == "25000"
    assert item["asset"] == f"{NETWORK}/iou:{RLUSD}.{treasury.issuer.address}"
    assert item["to"] == f"{NETWORK}:{treasury.payee.address}"
    assert item["state"] == "confirmed"
    assert item["at"] == seen["close_time_iso"].replace("+00:00", "Z")


def test_another_set_of_signers_over_the_same_body_is_the_same_body(treasury: Treasury, pool: Pool) -> None:
    fields = treasury.fields(1)
    question = treasury.question(fields)
    ours, theirs = treasury.signed(fields, 0, 1), treasury.signed(fields, 1, 2)
    assert ours != theirs
    assert treasury.ledger.ask("submit", tx_blob=theirs)["engine_result"] == "tesSUCCESS"
    treasury.close()

    offers = submission.submit(pool, NETWORK, ours)
    ruling = look(pool, question, 2)

    assert {offer.answer for offer in offers} == {"tefNO_TICKET"}
    assert submission.standing(offers) == submission.MAYBE
    assert ruling.state == "CONFIRMED"
    assert (
        decode(theirs)["Signers"]
        == treasury.ledger.ask("tx", transaction=ruling.finding.tx_id)["tx_json"]["Signers"]
    )


def test_a_claimed_fee_is_a_failure_with_its_code(treasury: Treasury, pool: Pool) -> None:
    fields = treasury.fields(2, Amount=treasury.usd("900000"))
    question = treasury.question(fields)
    submission.submit(pool, NETWORK, treasury.signed(fields, 0, 2))
    treasury.close()

    ruling = look(pool, question, 2)

    assert ruling.state == "FAILED"
    assert ruling.finding.result is not None
    assert ruling.finding.result.startswith("tec")
    assert (
        ruling.finding.result
        == treasury.ledger.ask("tx", transaction=ruling.finding.tx_id)["meta"]["TransactionResult"]
    )


def test_a_ticket_used_by_a_no_op_supersedes_the_payment(treasury: Treasury, pool: Pool) -> None:
    fields = treasury.fields(3)
    question = treasury.question(fields)
    no_op = treasury.bank.fill(
        {"TransactionType": "AccountSet", "Account": treasury.main.address,
         "TicketSequence": fields["TicketSequence"]}, signers=2
    ) | {"SigningPubKey": ""}  # fmt: skip
    submission.submit(pool, NETWORK, treasury.signed(no_op, 0, 1))
    treasury.close()

    ruling = look(pool, question, 2)

    assert ruling.state == "SUPERSEDED"
    used_by = treasury.ledger.ask("tx", transaction=ruling.finding.tx_id)["tx_json"]
    assert used_by["TransactionType"] == "AccountSet"


def test_an_unused_ticket_past_the_last_ledger_is_expired_and_stays_so(
    treasury: Treasury, pool: Pool
) -> None:
    fields = treasury.fields(4, LastLedgerSequence=treasury.validated() + 2)
    question = treasury.question(fields)
    states = []
    for _ in range(4):
        states.append(look(pool, question, 2).state)
        treasury.close()
    assert states == ["OPEN", "OPEN", "OPEN", "EXPIRED"]

    no_op = treasury.bank.fill(
        {"TransactionType": "AccountSet", "Account": treasury.main.address,
         "TicketSequence": fields["TicketSequence"]}, signers=2
    ) | {"SigningPubKey": ""}  # fmt: skip
    submission.submit(pool, NETWORK, treasury.signed(no_op, 0, 1))
    treasury.close()
    assert int(fields["TicketSequence"]) not in {
        row["TicketSequence"]
        for row in treasury.ledger.ask("account_objects", account=treasury.main.address, type="ticket",
                                       ledger_index="validated")["account_objects"]
    }  # fmt: skip
    assert look(pool, question, 2).state == "EXPIRED"


def sequence_payment(treasury: Treasury, **changes: Any) -> dict[str, Any]:
    fields = treasury.fields(0, Amount=treasury.usd("1"), **changes)
    del fields["TicketSequence"]
    return fields | {"Sequence": treasury.bank.sequence(treasury.main.address)}


def test_a_sequence_that_became_a_ticket_can_never_execute(treasury: Treasury, pool: Pool) -> None:
    fields = sequence_payment(treasury)
    waiting = fields | {"Sequence": fields["Sequence"] + 1}
    question = treasury.question(waiting)
    tickets = treasury.bank.fill(
        {"TransactionType": "TicketCreate", "Account": treasury.main.address, "TicketCount": 2}, signers=2
    ) | {"SigningPubKey": ""}
    submission.submit(pool, NETWORK, treasury.signed(tickets, 0, 1))
    treasury.close()

    ruling = look(pool, question, 2)

    assert ruling.state == "SUPERSEDED"
    assert ruling.evidence[0].use is not None
    assert ruling.evidence[0].use.same_body is False


def test_following_ends_confirmed_though_every_answer_is_dropped(
    treasury: Treasury, pool: Pool, fault: Callable[..., None]
) -> None:
    fields = sequence_payment(treasury)
    question = treasury.question(fields)
    blob = treasury.signed(fields, 0, 1)
    fault("drop_answer")

    offers = submission.submit(pool, NETWORK, blob)

    assert {offer.standing for offer in offers} == {submission.MAYBE}
    assert {offer.answer for offer in offers} <= {"NODE_UNREACHABLE", "NODE_PROTOCOL"}
    seen: list[Progress] = []

    def close_instead_of_waiting(seconds: float) -> bool:
        treasury.close()
        return False

    ruling = follow(
        pool,
        question,
        min_agree=2,
        until=pool.now() + timedelta(minutes=1),
        blob=blob,
        schedule=Schedule(resubmit_every=1),
        on_progress=seen.append,
        wait=close_instead_of_waiting,
    )
    assert ruling.state == "CONFIRMED"
    assert [progress.ruling.state for progress in seen] == ["OPEN", "CONFIRMED"]
    found = treasury.ledger.ask("account_tx", account=treasury.main.address, ledger_index_min=-1)
    bodies = [body_of(entry["tx_json"]) for entry in found["transactions"]]
    assert bodies.count(question.body) == 1


def test_a_lie_shows_as_two_observations_and_stops_the_signers(
    treasury: Treasury, pool: Pool, fault: Callable[..., None]
) -> None:
    reader = XrplLedgerReader(pool, NETWORK, min_agree=2)
    honest, keys = reader.signers(treasury.account)
    assert honest.quorum == 2
    assert {name: key.exists for name, key in keys.items()} == dict.fromkeys(honest.weights, False)
    fault("lie")

    facts = reader.facts(account=treasury.account, destinations=[], window_s=DAY)

    for kind in ("account", "signers"):
        left, right = fact(facts, kind, treasury.account).observations
        assert left.value != right.value
        assert left.ledger == right.ledger
    with pytest.raises(NodeError) as refused:
        reader.signers(treasury.account)
    assert refused.value.code == "NODES_DISAGREE"


def test_a_gap_in_the_history_leaves_the_outcome_unknown(
    treasury: Treasury, pool: Pool, fault: Callable[..., None]
) -> None:
    fields = sequence_payment(treasury)
    question = treasury.question(fields)
    submission.submit(pool, NETWORK, treasury.signed(fields, 1, 2))
    treasury.close(2)
    fault("history_gap", operator="practice-b")

    one_operator = look(pool, question, 2)
    outflows = fact(gather_facts(pool, NETWORK, treasury.account, [], DAY), "outflows", treasury.account)

    assert one_operator.state == "UNKNOWN"
    assert look(pool, question, 1).state == "CONFIRMED"
    assert {item.operator: item.value["complete"] for item in outflows.observations} == {
        "practice-a": True,
        "practice-b": False,
    }
    fault("history_gap")
    assert look(pool, question, 1).state == "UNKNOWN"


def test_an_operator_that_is_down_is_a_missing_observation(
    treasury: Treasury, pool: Pool, fault: Callable[..., None]
) -> None:
    fault("cut")

    facts = gather_facts(pool, NETWORK, treasury.account, [], DAY)

    assert {len(item.observations) for item in facts} == {1}
    assert {item.observations[0].operator for item in facts} == {"practice-a"}


def test_a_refused_transaction_stays_open_until_the_ledger_decides(
    treasury: Treasury, pool: Pool, fault: Callable[..., None]
) -> None:
    fields = sequence_payment(treasury)
    question = treasury.question(fields)
    blob = treasury.signed(fields, 0, 1)
    spoiled = blob[:-20] + ("0" if blob[-20] != "0" else "1") + blob[-19:]

    offers = submission.submit(pool, NETWORK, spoiled)

    assert {offer.standing for offer in offers} == {submission.REFUSED}
    assert look(pool, question, 2).state == "OPEN"


def test_account_state_is_what_both_operators_say(treasury: Treasury, pool: Pool) -> None:
    reader = XrplLedgerReader(pool, NETWORK, min_agree=2)

    state = reader.account_state(treasury.account)

    assert state.validated == treasury.validated()
    assert state.sequence == treasury.bank.sequence(treasury.main.address)
    assert state.signer_count == 3
    assert state.base_fee == 10
    with pytest.raises(NotFoundError):
        reader.account_state(f"{NETWORK}:{Wallet.create().address}")


def test_the_port_gives_the_same_outcome_with_its_evidence(treasury: Treasury, pool: Pool) -> None:
    reader = XrplLedgerReader(pool, NETWORK, min_agree=2)
    fields = sequence_payment(treasury)
    question = treasury.question(fields)
    attempts = reader.submit(bytes.fromhex(treasury.signed(fields, 0, 2)))
    treasury.close()

    outcome = reader.outcome(
        account=treasury.account,
        body=question.body,
        slot=question.slot,
        expiry_ledger=question.last_ledger,
        since_ledger=question.since,
    )

    assert attempts[0].accepted
    assert (outcome.state, outcome.evidence["result"]) == ("CONFIRMED", "tesSUCCESS")
    nodes = outcome.evidence["nodes"]
    assert isinstance(nodes, list)
    assert len(nodes) == 2
    assert look(pool, replace(question, since=treasury.validated() + 1), 2).state == "UNKNOWN"
