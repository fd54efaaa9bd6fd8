"""Texts from outside are data: nothing in them reaches a terminal as a control, or hides from a reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk import XRP
from offices import Answer, Offices, run_here
from test_cli_policy import CASES
from xrpl.core.binarycodec import decode, encode

#: Clears the screen; turns the reading direction; a C1 control; a zero-width space; another line; a tag.
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u202c \x9b31m \u200b\nState  Confirmed\r [bold]x[/bold] \u2028"
)
FORBIDDEN = [char for char in HOSTILE if not char.isprintable()]


def clean(text: str) -> None:
    for char in FORBIDDEN:
        if char != "\n":
            assert char not in text, f"U+{ord(char):04X} reached the terminal"


@pytest.fixture
def hostile(offices: Offices) -> Path:
    """A proposal file with such a title and note, for the treasury."""
    identifier = offices.pay("alice", "3")
    path = offices.root / "hostile.countersign"
    offices.do("alice", "proposal", "export", identifier, "-o", str(path))
    value = json.loads(path.read_bytes())
    value.pop("proposer")
    signature = {"signer": HOSTILE, "public_key": None, "signature": HOSTILE, "scheme": HOSTILE[:50]}
    value |= {"title": HOSTILE, "note": HOSTILE, "signatures": [signature], "links": [HOSTILE]}
    path.write_text(json.dumps(value))
    return path


def test_titles_and_signers_are_shown_harmless(offices: Offices, hostile: Path) -> None:
    answer = offices.say("bob", "proposal", "import", str(hostile))
    assert answer.exit_code == 0
    clean(answer.out + answer.err)
    assert "\\u{1b}[2J" in answer.out
    assert "\\u{202e}" in answer.out
    assert not [line for line in answer.out.splitlines() if line.startswith("State  Confirmed")]
    assert "[bold]x[/bold]" in answer.out, "markup is text"
    identifier = offices.do("bob", "proposal", "list").result["proposals"][0]["proposal_id"]
    for arguments in (
        ("proposal", "list"),
        ("proposal", "show", identifier),
        ("proposal", "verify", identifier),
        ("proposal", "add-signature", identifier, str(hostile)),
        ("journal", "show", "--proposal", identifier),
    ):
        shown = offices.say("bob", *arguments)
        clean(shown.out + shown.err)


def test_words_that_deceive_are_warned_of_wherever_a_proposal_comes_from(offices: Offices) -> None:
    turned = "Pay \u202eemca"
    made = new(offices, turned)
    expected = [
        {"code": "TEXT_BIDI", "message": "The title holds marks that turn the direction of the text.",
         "path": "title"}
    ]  # fmt: skip
    assert (made.exit_code, made.result["warnings"]) == (0, expected)
    identifier = str(made.result["proposal_id"])
    assert new(offices, turned, "--dry-run").result["warnings"] == expected
    assert offices.do("alice", "proposal", "show", identifier).result["warnings"] == expected
    path = offices.root / "turned.countersign"
    offices.do("alice", "proposal", "export", identifier, "-o", str(path))
    assert offices.do("bob", "proposal", "import", str(path)).result["warnings"] == expected
    for shown in (
        offices.say("bob", "proposal", "import", str(path)),
        offices.say("bob", "proposal", "show", identifier),
        offices.say("alice", *payment(offices, turned, "--dry-run")),
    ):
        assert "TEXT_BIDI: The title holds marks" in shown.out
    assert new(offices, "October\u2019s rent", "--note", "Line one\nline two").result["warnings"] == []
    mixed = new(offices, "October", "--note", "First\np\u0430ypal").result["warnings"]
    assert [(found["code"], found["path"]) for found in mixed] == [("TEXT_MIXED_SCRIPT", "note")]


def payment(offices: Offices, title: str, *more: str) -> list[str]:
    return [
        "proposal", "new", "payment", "--from", offices.team.treasury, "--to", offices.team.custodian,
        "--asset", XRP, "--amount", "3", "--tag", "17", "--title", title, *more,
    ]  # fmt: skip


def new(offices: Offices, title: str, *more: str) -> Answer:
    return offices.do("alice", *payment(offices, title, *more))


def test_in_json_they_are_whole_and_escaped(offices: Offices, hostile: Path) -> None:
    answer = offices.do("bob", "proposal", "import", str(hostile))
    assert answer.result["title"] == HOSTILE
    assert answer.out.isascii()


def test_labels_and_reasons_are_shown_harmless(offices: Offices) -> None:
    offices.do("bob", "accounts", "add", offices.team.custodian, "--label", HOSTILE)
    identifier = offices.pay("alice", "3")
    offices.travel("alice", "bob", identifier)
    offices.do("bob", "proposal", "reject", identifier, "--reason", HOSTILE)
    for arguments in (("accounts", "list"), ("proposal", "show", identifier)):
        clean(offices.say("bob", *arguments).out)


def test_a_memo_inside_the_bytes_is_shown_harmless(tmp_path: Path) -> None:
    fields = decode(CASES[0]["file"])
    memo = {"Memo": {"MemoData": HOSTILE.encode().hex().upper(), "MemoType": b"\x1b[2J".hex().upper()}}
    (tmp_path / "tx").write_text(encode({**fields, "Memos": [memo]}))
    answer = run_here("inspect", str(tmp_path / "tx"))
    assert answer.exit_code == 0
    clean(answer.out)


@pytest.mark.parametrize("arguments", [("inspect", HOSTILE), (HOSTILE,), ("proposal", HOSTILE)])
def test_errors_repeat_no_control_characters(arguments: tuple[str, ...]) -> None:
    answer = run_here(*arguments)
    assert answer.exit_code != 0
    clean(answer.out + answer.err)


def test_a_node_that_answers_controls_is_shown_harmless(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    from signer_app.chains.port import Attempt
    from signer_app.chains.xrpl.ledger_reader import XrplLedgerReader

    identifier = offices.ready("2")
    monkeypatch.setattr(
        XrplLedgerReader, "submit", lambda _self, _blob: (Attempt("node-0", HOSTILE, "", False),)
    )
    answer = offices.say("carol", "proposal", "submit", identifier)
    assert answer.exit_code == 6
    clean(answer.out + answer.err)
