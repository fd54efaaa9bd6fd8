"""The way of a proposal through the real command, on a practice ledger whose state is read by itself."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from desk import XRP
from offices import SECRETS, Offices, run_here
from xrpl.core.binarycodec import decode

pytestmark = pytest.mark.slow

VERIFIER = Path(__file__).parents[2] / "signer_app" / "journal" / "verify.py"


def on_ledger(offices: Offices, tx_id: str) -> dict[str, Any]:
    return offices.ledger.ask("tx", transaction=tx_id)


def drops(offices: Offices, account: str) -> int:
    return offices.bank.drops(account.rpartition(":")[2])


def stand_alone(verifier: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-I", str(verifier), *arguments], capture_output=True, check=False, timeout=60
    )
    return {"exit": done.returncode, **json.loads(done.stdout)["result"]}


# -- to the end --------------------------------------------------------------------------------------------


def test_from_proposal_to_proof(offices: Offices) -> None:
    before = drops(offices, offices.team.custodian)
    identifier = offices.ready("100")
    sent = offices.do("carol", "proposal", "submit", identifier)
    assert sent.exit_code == 0
    assert set(sent.result) == {"proposal_id", "state", "tx_id", "attempts"}
    assert sent.result["state"] == "SUBMITTED"
    assert offices.do("carol", "proposal", "track", identifier).result["state"] == "SUBMITTED"
    offices.ledger.close()
    tracked = offices.do("carol", "proposal", "track", identifier)
    assert (tracked.exit_code, tracked.result["state"], tracked.result["live"]) == (0, "CONFIRMED", False)
    found = on_ledger(offices, sent.result["tx_id"])
    assert found["meta"]["TransactionResult"] == "tesSUCCESS"
    assert drops(offices, offices.team.custodian) == before + 100_000_000
    for name in ("alice", "bob"):
        seen = offices.do(name, "proposal", "track", identifier).result
        assert (seen["state"], seen["tx_id"]) == ("CONFIRMED", sent.result["tx_id"])
        assert offices.do(name, "policy", "replay", identifier).result["same"] is True
    again = offices.do("carol", "proposal", "submit", identifier)
    assert again.refused == (8, "WRONG_STATE")


def test_sign_and_add_signature_answer_as_the_contract_says(offices: Offices) -> None:
    identifier = offices.pay("alice", "5")
    offices.travel("alice", "bob", identifier)
    offices.travel("alice", "carol", identifier)
    signed = offices.sign("bob", identifier)
    assert set(signed) == {"proposal_id", "state", "signature", "quorum", "journal"}
    assert set(signed["signature"]) == {"signer", "public_key", "signature", "scheme", "digest"}
    path = offices.root / "bob.countersign"
    offices.do("bob", "proposal", "export", identifier, "-o", str(path))
    added = offices.do("carol", "proposal", "add-signature", identifier, str(path)).result
    assert added["added"] == [signed["signature"]["signer"]]
    assert (added["quarantined"], added["already"]) == ([], [])
    already = offices.do("carol", "proposal", "add-signature", identifier, str(path)).result
    assert (already["added"], already["already"]) == ([], added["added"])
    value = json.loads(path.read_bytes())
    value["signatures"][0]["signer"] = offices.team.people["alice"].account
    path.write_text(json.dumps(value))
    bad = offices.do("carol", "proposal", "add-signature", identifier, str(path))
    assert bad.refused == (3, "BAD_SIGNATURE")
    assert set(bad.error["details"]["quarantined"][0]) == {"signer", "code", "reason"}


def test_denials_are_errors_of_exit_4_with_codes(offices: Offices) -> None:
    identifier = offices.pay("alice", "5")
    refused = offices.do("alice", "proposal", "sign", identifier, "--key", "alice-xrp")
    assert refused.refused == (4, "POLICY_DENIED")
    assert refused.error["details"]["codes"] == ["PROPOSER_APPROVES"]
    assert offices.do("alice", "proposal", "submit", identifier).refused == (4, "POLICY_DENIED")
    assert offices.do("alice", "proposal", "sign", identifier, "--key", "none").refused == (
        5,
        "KEY_NOT_FOUND",
    )
    over = offices.pay("alice", "402")
    verdict = offices.do("alice", "proposal", "verify", over)
    assert (verdict.exit_code, verdict.result["verdict"]) == (4, "DENY")


# -- outcomes that are none, or no success -----------------------------------------------------------------


def test_refusing_nodes_leave_it_unknown(offices: Offices) -> None:
    identifier = offices.ready("6")
    offices.ledger.fault("refuse")
    try:
        sent = offices.do("carol", "proposal", "submit", identifier)
    finally:
        offices.ledger.fault("refuse", on=False)
    assert (sent.exit_code, sent.result["state"]) == (6, "UNKNOWN")
    offices.ledger.close()
    assert offices.do("carol", "proposal", "track", identifier).exit_code == 6
    assert offices.do("carol", "proposal", "submit", identifier).result["state"] == "SUBMITTED"
    offices.ledger.close()
    assert offices.do("carol", "proposal", "track", identifier).result["state"] == "CONFIRMED"


def test_a_lost_answer_is_proved_afterwards(offices: Offices) -> None:
    identifier = offices.ready("7")
    offices.ledger.fault("drop_answer")
    try:
        sent = offices.do("carol", "proposal", "submit", identifier)
    finally:
        offices.ledger.fault("drop_answer", on=False)
    assert sent.exit_code in {0, 6}
    offices.ledger.close()
    tracked = offices.do("carol", "proposal", "track", identifier).result
    assert (tracked["state"], tracked["tx_id"]) == ("CONFIRMED", sent.result["tx_id"])
    records = offices.do("carol", "journal", "show", "--proposal", identifier, "--type", "submit.intent")
    assert len(records.result["records"]) == 1


def test_a_failure_on_the_ledger_is_final(offices: Offices) -> None:
    """After the signatures the custodian takes payments only from those it names (asfDepositAuth)."""
    identifier = offices.ready("8")
    wallet = offices.custodian
    offices.bank.must(wallet, TransactionType="AccountSet", SetFlag=9)
    try:
        offices.do("carol", "proposal", "submit", identifier)
        offices.ledger.close()
        tracked = offices.do("carol", "proposal", "track", identifier)
        assert (tracked.exit_code, tracked.result["state"]) == (8, "FAILED")
        assert on_ledger(offices, tracked.result["tx_id"])["meta"]["TransactionResult"].startswith("tec")
    finally:
        offices.bank.must(wallet, TransactionType="AccountSet", ClearFlag=9)


def test_an_unsent_proposal_expires_by_proof(offices: Offices) -> None:
    made = offices.do(
        "alice", "proposal", "new", "payment", "--from", offices.team.treasury,
        "--to", offices.team.custodian, "--asset", XRP, "--amount", "9", "--tag", "17",
        "--expires-in", "6s",
    ).result  # fmt: skip
    identifier = made["proposal_id"]
    assert offices.do("alice", "proposal", "track", identifier).result["state"] == "PENDING"
    for _ in range(3):
        offices.ledger.close()
    tracked = offices.do("alice", "proposal", "track", identifier)
    assert (tracked.exit_code, tracked.result["state"]) == (8, "EXPIRED")


def test_a_used_ticket_supersedes_what_waited_on_it(offices: Offices) -> None:
    """Two files for one ticket: the second is sent, the first can never execute."""
    first = offices.ready("10")
    ticket = offices.do("carol", "proposal", "show", first).result["slot"]["value"]
    second = offices.do(
        "bob",
        "proposal",
        "new",
        "ticket",
        "--from",
        offices.team.treasury,
        "--count",
        "1",
        "--ticket",
        ticket,
    )
    assert second.refused == (8, "SLOT_CONFLICT")
    other = offices.do("alice", "slots", "cancel", ticket, "--account", offices.team.treasury)
    assert other.exit_code == 0
    body = offices.do("alice", "proposal", "show", other.result["proposal_id"]).result["body"]
    blob = multi_signed(offices, body, "bob", "carol")
    answer = offices.ledger.ask("submit", tx_blob=blob)
    assert answer["engine_result"] == "tesSUCCESS"
    offices.ledger.close()
    tracked = offices.do("carol", "proposal", "track", first)
    assert (tracked.exit_code, tracked.result["state"]) == (8, "SUPERSEDED")
    assert (
        offices.do("alice", "proposal", "track", other.result["proposal_id"]).result["state"] == "CONFIRMED"
    )
    again = offices.do("carol", "proposal", "copy", first)
    assert again.exit_code == 0
    old = offices.do("carol", "proposal", "show", first).result
    new = offices.do("carol", "proposal", "show", again.result["proposal_id"]).result
    assert new["slot"]["value"] != old["slot"]["value"]
    changed = decode(new["body"]), decode(old["body"])
    assert {name for name in changed[0] if changed[0][name] != changed[1].get(name)} <= {
        "TicketSequence", "LastLedgerSequence",
    }  # fmt: skip
    assert offices.do("carol", "proposal", "copy", new["proposal_id"]).refused == (8, "WRONG_STATE")
    cancels = offices.do("carol", "proposal", "cancel", new["proposal_id"])
    shown = offices.do("carol", "proposal", "show", cancels.result["proposal_id"]).result
    assert shown["slot"] == new["slot"]
    assert decode(shown["body"])["TransactionType"] == "AccountSet"
    raw = offices.do("carol", "proposal", "raw", new["proposal_id"])
    assert (raw.result["readers_agree"], raw.result["body"]) == (True, new["body"])
    assert "TransactionType" in offices.say("carol", "proposal", "raw", new["proposal_id"]).out


def multi_signed(offices: Offices, body: str, *names: str) -> str:
    """Signed by these people's key processes without anybody's judgement, as a thief of keys could."""
    from signer_app.chains.registry import chain_of

    signatures = []
    for name in names:
        with offices.opener(name)(offices.folder(name) / "keys") as keystore:
            signed = keystore.sign_transaction(
                network="xrpl:63456", body=body, signer=offices.team.people[name].account,
                key_id=f"{name}-xrp", report_hash="00" * 32,
            )  # fmt: skip
            signatures.append(signed.signature)
    return chain_of("xrpl:63456").join(network="xrpl:63456", body=body, signatures=signatures).hex().upper()


def test_what_another_workstation_sent_is_found(offices: Offices) -> None:
    identifier = offices.ready("11")
    path = offices.root / "signed.blob"
    assert (
        offices.do(
            "carol", "proposal", "export", identifier, "--format", "partial", "-o", str(path)
        ).exit_code
        == 0
    )
    assert offices.ledger.ask("submit", tx_blob=path.read_text())["engine_result"] == "tesSUCCESS"
    offices.ledger.close()
    tracked = offices.do("carol", "proposal", "track", identifier)
    assert (tracked.exit_code, tracked.result["state"]) == (0, "CONFIRMED")


# -- files in and out --------------------------------------------------------------------------------------


def test_every_format_that_leaves_is_read_again(offices: Offices) -> None:
    identifier = offices.ready("12")
    for form, signatures in (("countersign", 0), ("native", 0), ("partial", 2)):
        path = offices.root / f"out.{form}"
        done = offices.do("carol", "proposal", "export", identifier, "--format", form, "-o", str(path))
        assert done.result["format"] == form
        assert done.result["bytes"] == path.stat().st_size
        seen = offices.do("carol", "inspect", str(path), "--network", "xrpl:63456").result
        assert seen["proposal_id"] == identifier
        assert len(seen["signatures"]) == signatures
        assert all(entry["valid"] for entry in seen["signatures"])
    assert decode((offices.root / "out.partial").read_text())["Amount"] == "12000000"
    assert json.loads((offices.root / "out.native").read_bytes())["Amount"] == "12000000"


def test_a_native_transaction_becomes_a_proposal_of_the_importer(offices: Offices) -> None:
    identifier = offices.pay("alice", "13")
    path = offices.root / "native.json"
    offices.do("alice", "proposal", "export", identifier, "--format", "native", "-o", str(path))
    result = offices.do("bob", "proposal", "import", str(path)).result
    assert (result["proposal_id"], result["proposer"], result["origin"]) == (identifier, "bob", "import")


def test_importing_twice_and_finding_by_the_first_digits(offices: Offices) -> None:
    identifier = offices.pay("alice", "14")
    path = offices.travel("alice", "bob", identifier)
    again = offices.spawn("bob", "proposal", "import", "-", stdin=path.read_bytes() + b"\n  ")
    assert (again.exit_code, again.result["created"]) == (0, False)
    assert offices.do("bob", "proposal", "show", identifier[:8]).result["proposal_id"] == identifier
    assert offices.do("bob", "proposal", "show", identifier[:5]).refused == (8, "NOT_FOUND")
    assert offices.do("bob", "proposal", "show", "00" * 32).refused == (8, "NOT_FOUND")
    listed = offices.do("bob", "proposal", "list", "--state", "pending").result["proposals"]
    assert [entry["proposal_id"] for entry in listed] == [identifier]
    assert offices.do("bob", "proposal", "list", "--state", "CONFIRMED").result["proposals"] == []
    assert offices.do("bob", "proposal", "list", "--state", "GREAT").refused == (2, "USAGE")


def test_every_kind_that_can_be_composed(offices: Offices) -> None:
    treasury = offices.team.treasury
    issuer = offices.team.custodian.rpartition(":")[2]
    usd = f"xrpl:63456/iou:{'0' * 24}555344{'0' * 10}.{issuer}"
    bob = offices.team.people["bob"].account
    for arguments, kind in (
        (("trust", "--asset", usd, "--limit", "5"), "TrustSet"),
        (("signer-list", "--quorum", "1", "--signer", f"{bob}=1"), "SignerListSet"),
        (("ticket", "--count", "2"), "TicketCreate"),
        (("settings", "--set", "asfRequireDest"), "AccountSet"),
    ):
        result = offices.do("alice", "proposal", "new", *arguments, "--from", treasury).result
        body = offices.do("alice", "proposal", "show", result["proposal_id"]).result["body"]
        assert decode(body)["TransactionType"] == result["type"] == kind
        assert result["verdict"] == "DENY", "the policy allows payments alone"


# -- slots -------------------------------------------------------------------------------------------------


def test_slots_are_listed_held_and_released(offices: Offices) -> None:
    account = ("--account", offices.team.treasury)
    identifier = offices.pay("alice", "15")
    listed = offices.do("alice", "proposal", "slots", "list", *account).result["tickets"]
    (mine,) = [ticket for ticket in listed if ticket["proposals"]]
    assert (mine["state"], mine["proposals"]) == ("assigned", [identifier])
    free = next(ticket["value"] for ticket in listed if ticket["state"] == "free")
    assert offices.do("alice", "proposal", "slots", "reserve", free, *account).result["state"] == "held"
    assert offices.do("alice", "slots", "reserve", free, *account).refused == (8, "SLOT_CONFLICT")
    next_one = offices.do("alice", "proposal", "show", offices.pay("alice", "16")).result["slot"]["value"]
    assert next_one != free
    assert offices.do("alice", "slots", "release", free, *account).result["state"] == "free"
    assert offices.do("alice", "slots", "cancel", "1", *account).refused == (8, "SLOT_CONFLICT")
    assert offices.say("alice", "slots", "list", *account).exit_code == 0


# -- journal -----------------------------------------------------------------------------------------------


def test_the_journal_is_verified_shown_and_proved(offices: Offices) -> None:
    identifier = offices.pay("alice", "17")
    offices.travel("alice", "bob", identifier)
    index = offices.sign("bob", identifier)["journal"]["index"]
    logs = offices.folder("bob") / "logs"
    ours = offices.do("bob", "journal", "verify", "--vault").result
    named = run_here(
        "--json", "--passphrase-file", str(offices.secrets / "bob.vault"),
        "journal", "verify", str(offices.folder("bob")), "--vault",
    )  # fmt: skip
    assert named.result == ours
    theirs = stand_alone(VERIFIER, "log", str(logs / "audit-events.jsonl"))
    assert (ours["state"], ours["decrypted"]) == ("INTACT", True)
    assert {n: ours[n] for n in ("state", "records", "root")} == {
        n: theirs[n] for n in ("state", "records", "root")
    }
    proof = offices.root / "proof.json"
    assert offices.do("bob", "journal", "prove", str(index), "-o", str(proof)).exit_code == 0
    opened = stand_alone(VERIFIER, "proof", str(proof))
    assert (opened["exit"], opened["record"]["type"]) == (0, "sign.released")
    (shown,) = offices.do("bob", "journal", "show", str(index)).result["records"]
    assert shown["record"]["signature"] == opened["record"]["signature"]
    assert offices.do("bob", "journal", "show", "99999").refused == (8, "NOT_FOUND")


def test_an_auditors_bundle_verifies_with_what_is_in_it(offices: Offices) -> None:
    bundle = offices.root / "audit.zip"
    result = offices.do("bob", "journal", "export", "-o", str(bundle)).result
    with zipfile.ZipFile(bundle) as archive:
        assert sorted(archive.namelist()) == sorted(result["files"])
        archive.extractall(offices.root / "audit")
    folder = offices.root / "audit"
    found = stand_alone(
        folder / "verify.py", "log", str(folder / "audit-events.jsonl"), "--checkpoint",
        str(folder / "checkpoints.log"),
    )  # fmt: skip
    assert (found["exit"], found["state"], found["records"]) == (0, "INTACT", result["records"])
    assert json.loads((folder / "policy/treasury-v1.json").read_bytes())["id"] == "treasury"
    assert not (folder / "epochs.jsonl").exists(), "no wrapped key leaves"


@pytest.mark.parametrize("damage", ["flip", "cut", "torn"])
def test_a_damaged_journal_ends_with_exit_7(offices: Offices, damage: str) -> None:
    log = offices.folder("bob") / "logs" / "audit-events.jsonl"
    data = log.read_bytes()
    lines = data.splitlines(keepends=True)
    changed = {
        "flip": data.replace(b'"e":1', b'"e":2', 1),
        "cut": b"".join(lines[:-1]),
        "torn": data[:-20],
    }[damage]
    log.write_bytes(changed)
    # A journal that was cut at a line's end is whole by itself; the vault's head knows that more was there.
    answer = offices.do("bob", "journal", "verify", *(["--vault"] if damage == "cut" else []))
    wanted = {"flip": "TAMPERED", "cut": "ROLLBACK", "torn": "TORN"}[damage]
    assert (answer.exit_code, answer.result["state"].partition("(")[0]) == (7, wanted)
    assert log.read_bytes() == changed, "verify never writes"
    assert offices.do("bob", "proposal", "list").exit_code == 7


def test_a_repair_asks_a_person(offices: Offices) -> None:
    log = offices.folder("bob") / "logs" / "audit-events.jsonl"
    log.write_bytes(log.read_bytes()[:-20])
    assert offices.spawn("bob", "--yes", "journal", "repair").refused == (2, "CONFIRMATION_REQUIRED")


# -- secrets -----------------------------------------------------------------------------------------------


def test_no_secret_shows_anywhere(offices: Offices) -> None:
    identifier = offices.ready("18")
    answers = [
        offices.do("bob", "proposal", "show", identifier), offices.do("bob", "journal", "show"),
        offices.do("bob", "workspace", "show"), offices.do("bob", "keys", "list"),
        offices.say("bob", "workspace", "show"), offices.spawn("bob", "keys", "list"),
    ]  # fmt: skip
    seen = "".join(answer.out + answer.err for answer in answers)
    with offices.open("bob") as opened:
        seen += json.dumps([record for _, record in opened.journal.records()])
    for path in offices.root.rglob("*"):
        if path.is_file():
            seen += path.read_bytes().decode("latin-1")
    for secret in SECRETS.values():
        assert secret not in seen


@pytest.mark.usefixtures("_children_by_exec")
def test_no_secret_is_in_arguments_or_environment_of_a_process(offices: Offices) -> None:
    """While the keys are open, the key process and this one are looked at as anybody on the machine may."""
    with offices.open("bob") as opened:
        keystore = opened.unlock_keys(offices.opener("bob"))
        seen = b""
        for name in ("cmdline", "environ"):
            path = Path(f"/proc/{keystore.pid}/{name}")
            try:
                seen += path.read_bytes()
            except PermissionError:  # not dumpable: nobody may look
                continue
    for secret in SECRETS.values():
        assert secret.encode() not in seen


def test_the_policy_in_words_and_another_one_tried_on_what_was_judged(offices: Offices) -> None:
    offices.pay("alice", "100")
    shown = offices.do("alice", "policy", "show").result
    sentences = {rule["id"]: rule["sentence"] for rule in shown["rules"]}
    assert sentences["day"] == "XRP out of each account: at most 20,000 in any 24 hours"
    said = offices.say("alice", "policy", "show").out
    assert "at most 20,000 in any 24 hours. Nobody can override it." in said
    kept = json.loads((offices.folder("alice") / "policy" / "treasury-v1.json").read_bytes())
    value = kept["policy"]
    next(rule for rule in value["rules"] if rule["id"] == "cap")["max"] = "99"
    other = offices.root / "v2.json"
    other.write_text(json.dumps(value))
    tried = offices.do("alice", "policy", "rehearse", str(other), "--days", "1").result
    assert (tried["denied"], tried["allowed"], tried["unread"]) == (1, 0, 0)
    assert tried["moved"][0]["codes"] == ["TX_CAP"]
