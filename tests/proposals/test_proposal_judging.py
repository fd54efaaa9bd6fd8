"""Judging: what the facts hold, what our own pending payments count, and that a verdict replays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from desk import NETWORK, START, XRP, Desk, authored
from statement_help import carrying, document, halt_by

from signer_app.chains.port import Outcome
from signer_app.core.clock import format_time
from signer_app.core.errors import IntegrityError, MalformedError, NodeError
from signer_app.proposals.store.queries import Proposal


def check(desk: Desk, proposal: Proposal, code: str) -> dict[str, Any]:
    report = desk.service.verify(proposal.id).report.to_json()
    checks = report["checks"]
    assert isinstance(checks, list)
    return next(c for c in checks if isinstance(c, dict) and c["code"] == code)


# -- our own pending payments ------------------------------------------------------------------------------


def test_what_waits_with_a_signature_counts_against_the_cap(bob: Desk) -> None:
    """300 waits signed, 200 more and their fee are under the cap of 501, 201 and their fee are over it."""
    bob.signed("300")
    assert bob.take("200").state == "PENDING"
    denied = bob.take("201")
    assert denied.state == "DENIED"
    assert bob.queries.verdicts(denied.id)[-1]["codes"] == ["ROLLING_CAP"]


def test_what_waits_without_a_signature_does_not_count(bob: Desk) -> None:
    bob.take("300")
    assert bob.take("201").state == "PENDING"


def test_a_proposal_never_counts_itself(bob: Desk) -> None:
    proposal = bob.signed("400")
    found = check(bob, proposal, "ROLLING_CAP")
    assert (found["verdict"], found["actual"]) == ("PASS", "400.0004")


def test_a_payment_that_ledger_and_we_know_counts_once(bob: Desk) -> None:
    pending = bob.signed("300")
    bob.service.reject(pending.id, "no")  # still live
    bob.team.ledger.outflows = [
        {"id": pending.id, "asset": XRP, "to": bob.team.custodian, "amount": "300",
         "at": format_time(START), "state": "confirmed"}
    ]  # fmt: skip
    assert check(bob, bob.take("200"), "ROLLING_CAP")["actual"] == "500.0004"


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        ("UNKNOWN", "301.0004"),
        ("SUBMITTED", "301.0004"),
        ("CONFIRMED", "1.0004"),
        ("EXPIRED", "1.0004"),
        ("FAILED", "1.0004"),
    ],
)
def test_a_sent_payment_counts_until_it_is_final(bob: Desk, state: str, counted: str) -> None:
    pending = bob.signed("300", "carol")
    bob.service.submit(pending.id)
    bob.team.ledger.outcome_state = Outcome(state if state != "SUBMITTED" else "OPEN", "AB" * 32, {})
    bob.service.track(pending.id)
    assert bob.get(pending.id).state == state
    assert check(bob, bob.take("1"), "ROLLING_CAP")["actual"] == counted


def test_a_rejected_payment_that_is_live_still_counts(bob: Desk) -> None:
    pending = bob.signed("300")
    bob.rooms.record("note", {"proposal_id": pending.id, "state": "REJECTED", "text": "test"})
    assert check(bob, bob.take("1"), "ROLLING_CAP")["actual"] == "301.0004"


# -- facts -------------------------------------------------------------------------------------------------


def test_nodes_that_fail_deny(bob: Desk) -> None:
    file = authored(bob.file(), bob.team.people["alice"])
    bob.team.ledger.down = NodeError("gone")
    result = bob.service.import_bytes(file)
    assert (result["state"], result["verdict"]) == ("DENIED", "DENY")
    assert "FACT_MISSING" in result["codes"]  # type: ignore[operator]
    bob.team.ledger.down = None
    identifier = str(result["proposal_id"])
    assert bob.service.verify(identifier).report.verdict == "ALLOW"
    assert bob.get(identifier).state == "PENDING"


def test_one_operator_is_not_enough(bob: Desk) -> None:
    seen = bob.team.ledger._seen
    bob.team.ledger._seen = lambda value: seen(value)[:1]  # type: ignore[method-assign]
    proposal = bob.take()
    assert proposal.state == "DENIED"
    assert "FACT_MISSING" in bob.queries.verdicts(proposal.id)[-1]["codes"]


def test_the_facts_name_who_asked_and_who_signed(bob: Desk) -> None:
    proposal = bob.signed("100")
    verdicts = bob.queries.verdicts(proposal.id)
    signing = next(v for v in verdicts if v["phase"] == "sign")
    facts = json.loads(bob.journal.get_blob(str(signing["facts_blob"])))
    assert facts["context"]["proposer"] == "alice"
    assert facts["context"]["signer"] == signing["signer"] == bob.owner.account
    assert facts["context"]["signatures"] == []
    last = json.loads(bob.journal.get_blob(str(verdicts[-1]["facts_blob"])))
    assert [s["signer"] for s in last["context"]["signatures"]] == [bob.owner.account]
    kinds = {(f["kind"], f["key"]) for f in facts["facts"]}
    assert ("account", bob.team.custodian) in kinds, "the receiver is asked about too"


def test_the_stored_body_is_decoded_again_for_every_verdict(bob: Desk) -> None:
    """A store that says something else than the bytes is not believed."""
    from sqlalchemy import update

    from signer_app.proposals.store import tables

    proposal = bob.take("100")
    with bob.engine.begin() as connection:
        connection.execute(update(tables.proposals).values(body=proposal.body[:-2] + "00"))
    with pytest.raises(IntegrityError) as caught:
        bob.service.verify(proposal.id)
    assert caught.value.code == "STORE_BROKEN"


# -- verdicts ----------------------------------------------------------------------------------------------


def test_every_verdict_replays_to_the_same_report(bob: Desk) -> None:
    proposal = bob.signed("100", "carol")
    bob.service.submit(proposal.id)
    result = bob.reading.replay(proposal.id)
    assert result["same"] is True
    verdicts = result["verdicts"]
    assert isinstance(verdicts, list)
    assert {v["phase"] for v in verdicts} == {"propose", "sign", "submit"}  # type: ignore[index,call-overload]
    bob.reopen()
    assert bob.reading.replay(proposal.id)["same"] is True, "after a restart too"


def test_a_verdict_that_was_written_otherwise_does_not_replay(bob: Desk) -> None:
    proposal = bob.take("402")
    assert proposal.state == "DENIED"
    true = bob.queries.verdicts(proposal.id)[-1]
    forged = {**{n: true[n] for n in ("phase", "signer", "report_blob", "facts_blob", "policy_hash")},
              "proposal_id": proposal.id, "body_hash": proposal.body_hash, "verdict": "ALLOW", "codes": [],
              "report_hash": "00" * 32}  # fmt: skip
    bob.rooms.record("verdict", forged)
    result = bob.reading.replay(proposal.id)
    assert result["same"] is False


def test_the_report_that_is_kept_is_the_one_that_was_hashed(bob: Desk) -> None:
    import hashlib

    proposal = bob.take()
    verdict = bob.queries.verdicts(proposal.id)[-1]
    data = bob.journal.get_blob(str(verdict["report_blob"]))
    assert hashlib.sha256(data).hexdigest() == verdict["report_blob"]
    report = json.loads(data)
    assert (report["proposal_id"], report["body_hash"]) == (proposal.id, proposal.body_hash)
    assert report["policy"]["hash"] == verdict["policy_hash"]
    assert (
        hashlib.sha256(bob.journal.get_blob(str(verdict["facts_blob"]))).hexdigest() == report["facts_hash"]
    )


# -- coming in ---------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(bob: Desk) -> None:
    data = authored(bob.file(), bob.team.people["alice"])
    first = bob.service.import_bytes(data)
    size = bob.journal.size
    again = bob.service.import_bytes(data)
    assert (first["created"], again["created"]) == (True, False)
    assert bob.journal.size == size
    assert again["proposal_id"] == first["proposal_id"]


def test_title_and_note_do_not_make_another_proposal(bob: Desk) -> None:
    file = bob.file()
    bob.service.import_bytes(authored(file, bob.team.people["alice"]))
    renamed = file.model_copy(update={"title": "Approved by the board", "proposer": None})
    again = bob.service.import_bytes(renamed.to_bytes())
    assert again["created"] is False
    assert again["title"] == ""


def test_without_a_policy_everything_is_denied(desk_of: Any) -> None:
    bob = desk_of("bob", active=False)
    result = bob.service.import_bytes(authored(bob.file(), bob.team.people["alice"]))
    assert (result["state"], result["verdict"]) == ("DENIED", None)
    assert bob.records("note")[-1]["code"] == "POLICY_INACTIVE"
    bob.activate()
    assert bob.service.verify(str(result["proposal_id"])).report.verdict == "ALLOW"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"network": "xrpl:0"}, "NETWORK"),
        ({"account": f"{NETWORK}:rrrrrrrrrrrrrrrrrrrrBZbvji"}, "MALFORMED"),
        ({"transaction": {"encoding": "stellar-xdr", "body": "AAAA"}}, "MALFORMED"),
        ({"transaction": {"encoding": "xrpl-blob", "body": "zz"}}, "MALFORMED"),
        ({"format": "countersign/proposal@2"}, "MALFORMED"),
        ({"amount": "5"}, "MALFORMED"),
        ({"created_at": "yesterday"}, "MALFORMED"),
        ({"signatures": [{}]}, "MALFORMED"),
        ({"title": "x" * 201}, "MALFORMED"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_a_file_that_contradicts_itself_is_not_added(bob: Desk, change: dict[str, Any], code: str) -> None:
    value = {**json.loads(bob.file().to_bytes()), **change}
    size = bob.journal.size
    with pytest.raises(MalformedError) as caught:
        bob.service.import_bytes(json.dumps(value).encode())
    assert caught.value.code == code
    assert bob.journal.size == size
    assert bob.queries.proposals() == []


def test_a_transaction_for_one_key_is_not_kept(bob: Desk) -> None:
    from xrpl.core.binarycodec import decode, encode

    value = decode(bob.file().transaction.body)
    value["SigningPubKey"] = bob.team.people["carol"].pair.public_key
    with pytest.raises(MalformedError):
        bob.service.import_bytes(encode(value).encode())


# -- rejecting ---------------------------------------------------------------------------------------------


def test_a_single_no_is_recorded_and_shown(alice: Desk) -> None:
    proposal = alice.new()
    result = alice.service.reject(proposal.id, "on second thoughts")
    assert result["state"] == "PENDING", "bob and carol could still do it"
    assert [r["person"] for r in result["rejections"]] == ["alice"]  # type: ignore[union-attr,index,call-overload]


def test_a_no_that_leaves_no_quorum_rejects(desk_of: Any) -> None:
    """Only carol is of security."""
    carol = desk_of("carol")
    proposal = carol.take()
    result = carol.service.reject(proposal.id, "not the agreed account")
    assert result["state"] == "REJECTED"
    (record,) = carol.records("reject")
    from signer_app.signers.statements import verify_statement

    statement = dict(record["statement"])
    signature = statement.pop("sig")
    assert verify_statement(carol.owner.device_key, "reject", statement, signature)
    assert statement["body_hash"] == proposal.body_hash


# -- halted ------------------------------------------------------------------------------------------------


def test_a_halt_that_comes_with_a_file_stops_the_proposal(bob: Desk) -> None:
    halt = halt_by(bob.team.people["carol"])
    file = bob.file().model_copy(update={"halt": document([halt]).to_json()})
    result = bob.service.import_bytes(authored(file, bob.team.people["alice"]))
    assert result["state"] == "DENIED"
    assert "HALTED" in result["codes"]  # type: ignore[operator]
    proposal = bob.get(str(result["proposal_id"]))
    assert bob.service.verify(proposal.id).report.verdict == "DENY"
    assert json.loads(bob.export(proposal.id, "countersign"))["halt"]["halts"] == [halt]


def test_a_halt_stops_what_is_here_already(bob: Desk) -> None:
    proposal = bob.signed("100", "carol")
    assert proposal.state == "READY"
    halt = document([halt_by(bob.team.people["carol"])]).to_json()
    result = bob.service.import_bytes(carrying(bob.export(proposal.id), halt=halt))
    assert result["created"] is False
    assert result["state"] == "DENIED"
