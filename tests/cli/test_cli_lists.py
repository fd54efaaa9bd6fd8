"""What is asked before there is a proposal: dry runs and lists of payments; the address book; CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from desk import XRP
from offices import Offices

from signer_app.exchange.qr import encode


def new(offices: Offices, amount: str, *more: str) -> list[str]:
    return [
        "proposal", "new", "payment", "--from", offices.team.treasury, "--to", offices.team.custodian,
        "--asset", XRP, "--amount", amount, "--tag", "17", *more,
    ]  # fmt: skip


def payments(offices: Offices, tmp_path: Path, *rows: str) -> list[str]:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(["Recipient,Amount,Reference", *rows]))
    return ["proposal", "new", "payments", str(path), "--from", offices.team.treasury, "--asset", XRP]


def test_a_dry_run_shows_and_judges_and_writes_nothing(offices: Offices) -> None:
    before = offices.do("alice", "proposal", "list").result
    records = offices.do("alice", "journal", "show").result["records"][-1]["index"]
    seen = offices.do("alice", *new(offices, "25.5", "--dry-run"))
    assert (seen.exit_code, seen.result["verdict"], seen.result["dry_run"]) == (0, "ALLOW", True)
    assert seen.result["effects"][0]["amount"] == "25.5"
    assert {entry["person"] for entry in seen.result["signers"]} == {"alice", "bob", "carol"}
    assert seen.result["report"]["phase"] == "propose"
    denied = offices.do("alice", *new(offices, "402", "--dry-run"))
    assert (denied.exit_code, denied.result["verdict"]) == (4, "DENY")
    assert offices.do("alice", "proposal", "list").result == before
    assert offices.do("alice", "journal", "show").result["records"][-1]["index"] == records
    assert "Nothing was written." in offices.say("alice", *new(offices, "402", "--dry-run")).out


def test_a_dry_run_of_other_signers_sets_them_beside_those_of_now(offices: Offices) -> None:
    signers = [word for p in offices.team.people.values() for word in ("--signer", f"{p.account}=1")]
    command = [
        "proposal",
        "new",
        "signer-list",
        "--from",
        offices.team.treasury,
        "--quorum",
        "3",
        *signers,
        "--dry-run",
    ]
    (change,) = offices.do("alice", *command).result["authority"]
    rows = [(row["row"], row["before"], row["after"], row["change"]) for row in change["rows"]]
    assert rows == [*[("signer", 1, 1, "same")] * 3, ("quorum", 2, 3, "changed")]
    assert "at least 3 of 3 signers must sign together" in offices.say("alice", *command).out
    assert offices.do("alice", *new(offices, "25.5", "--dry-run")).result["authority"] == []


def test_a_list_is_checked_then_proposed_once(offices: Offices, tmp_path: Path) -> None:
    command = payments(offices, tmp_path, "custodian,10,Invoice 1", "custodian,20.25,Invoice 2")
    dry = offices.do("alice", *command, "--dry-run")
    assert dry.exit_code == 0
    assert dry.result["totals"] == [{"asset": XRP, "amount": "30.25"}]
    assert dry.result["tickets"]["needed"] == 2
    made = offices.do("alice", *command)
    assert (made.exit_code, made.result["proposed"]) == (0, 2)
    ids = [row["proposal_id"] for row in made.result["rows"]]
    assert len(set(ids)) == 2
    assert offices.do("alice", *command).result["proposed"] == 0
    words = offices.say("alice", *command, "--dry-run").out
    assert "Total 30.25 XRP" in words
    assert ids[0][:12] in words


def test_rows_that_cannot_be_paid_are_named(offices: Offices, tmp_path: Path) -> None:
    command = payments(offices, tmp_path, "custodian,10,", "nobody,1e3,")
    dry = offices.do("alice", *command, "--dry-run")
    assert dry.exit_code == 3
    assert {problem["field"] for problem in dry.result["rows"][1]["problems"]} == {"to", "amount"}
    real = offices.do("alice", *command)
    assert real.refused == (3, "MALFORMED")
    assert real.error["details"]["rows"][0]["row"] == 2
    assert offices.do("alice", "proposal", "list").result["proposals"] == []


def test_columns_can_be_named(offices: Offices, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("who;wieviel\ncustodian;10\n")
    command = ["proposal", "new", "payments", str(path), "--from", offices.team.treasury, "--asset", XRP]
    assert offices.do("alice", *command, "--dry-run").refused == (3, "MALFORMED")
    named = [*command, "--column", "to=who", "--column", "amount=wieviel", "--dry-run"]
    assert offices.do("alice", *named).result["rows"][0]["amount"] == "10"


@pytest.mark.parametrize("words", [("accounts", "book"), ("accounts", "list")])
def test_the_book_and_accounts_are_listed_for_people(offices: Offices, words: tuple[str, str]) -> None:
    assert offices.do("alice", *words).exit_code == 0
    assert offices.say("alice", *words).out


def test_the_book_has_its_rule_and_states(offices: Offices) -> None:
    book = offices.do("alice", "accounts", "book").result
    assert book["policy"]["rule"] == "dest"
    (entry,) = book["entries"]
    assert (entry["id"], entry["status"], entry["tag"]) == ("custodian", "active", "17")


def test_an_account_is_shown_beside_the_policy(offices: Offices) -> None:
    agreed = offices.do("alice", "accounts", "show", offices.team.treasury).result["agreed"]
    assert agreed["drift"]["equal"] is True
    assert {member["person"] for member in agreed["signers"]["members"]} == {"alice", "bob", "carol"}
    assert "Ledger equals policy." in offices.say("alice", "accounts", "show", offices.team.treasury).out


def test_when_each_signer_last_signed(offices: Offices) -> None:
    """As the signatures say that are known here; alice has given none."""
    identifier = offices.ready("7")
    shown = offices.do("carol", "proposal", "show", identifier).result["signatures"]
    agreed = offices.do("carol", "accounts", "show", offices.team.treasury).result["agreed"]
    seen = {member["account"]: member["last_signed"] for member in agreed["signers"]["members"]}
    assert len(shown) == 2
    signed = {signature["signer"]: signature["signed_at"] for signature in shown}
    assert {signer: at for signer, at in seen.items() if at is not None} == signed
    said = offices.say("carol", "accounts", "show", offices.team.treasury).out
    assert signed[offices.team.people["bob"].account][:10] in said


def test_the_list_as_csv(offices: Offices, tmp_path: Path) -> None:
    identifier = offices.pay("alice", "10", "--title", "=cmd|' /C calc'!A0")
    path = tmp_path / "list.csv"
    assert offices.do("alice", "proposal", "list", "--csv", str(path)).exit_code == 0
    with path.open(newline="", encoding="utf-8") as stream:
        (line,) = list(csv.DictReader(stream))
    assert line["id"] == identifier
    assert line["message"].startswith("'=cmd")


def test_an_address_as_a_qr_code_for_the_terminal_and_for_programs(offices: Offices) -> None:
    account = offices.team.custodian
    found = offices.do("alice", "accounts", "qr", account).result
    address = account.rpartition(":")[2]
    assert found["text"] == address
    assert found["modules"] == ["".join("1" if dark else "0" for dark in line) for line in encode(address)]
    *picture, text = offices.say("alice", "accounts", "qr", account).out.splitlines()
    assert text == address
    halves = {" ": "00", "▀": "10", "▄": "01", "█": "11"}
    lines = [[halves[block][half] for block in line] for line in picture for half in (0, 1)]
    quiet = range(4, 4 + len(found["modules"]))
    assert ["".join(lines[row][4:-4]) for row in quiet] == found["modules"]
    assert all(set(line) == {"0"} for number, line in enumerate(lines) if number not in quiet)
    assert {"".join(line[:4] + line[-4:]) for line in lines} == {"0" * 8}
    assert offices.do("alice", "accounts", "qr", account[:-1]).refused == (3, "MALFORMED")
