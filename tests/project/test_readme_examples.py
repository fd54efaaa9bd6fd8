"""The first commands of the README, run as they stand there, and what it says about its three small files."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from offices import Answer, run_here

from signer_app.core.canonical import read_json
from signer_app.core.errors import MalformedError
from signer_app.core.facts import parse_facts

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    shlex.split(line)
    for line in re.findall(r"^    \.venv/bin/countersign (.+)$", README, re.MULTILINE)
    if "docs/examples/" in line
]


def run(command: list[str]) -> Answer:
    return run_here("--json", *command)


@pytest.fixture(autouse=True)
def _in_the_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_readme_names_files_that_exist_and_all_of_them() -> None:
    named = {word for command in COMMANDS for word in command if word.startswith("docs/examples/")}
    assert named == {str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "examples").iterdir()}
    assert [command[0] for command in COMMANDS] == ["inspect", "policy"]


def test_inspect_reads_the_example() -> None:
    result = run(COMMANDS[0]).result
    assert [effect["kind"] for effect in result["effects"]] == ["Transfer", "FeePaid"]
    assert (result["network"], result["warnings"]) == ("xrpl:0", [])


def test_the_example_policy_allows_the_example_payment() -> None:
    answer = run(COMMANDS[1])
    assert (answer.exit_code, answer.result["verdict"]) == (0, "ALLOW")
    assert {check["verdict"] for check in answer.result["checks"]} == {"PASS", "NOT_APPLICABLE"}
    assert run_here(*COMMANDS[1]).out.startswith("ALLOW")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("Amount", "250000.01", "TX_CAP"),
        ("Amount", "500000.01", "ROLLING_CAP"),
        ("DestinationTag", 18, "DESTINATION_NOT_ALLOWED"),
        ("Fee", "10001", "FEE_CAP"),
        ("LastLedgerSequence", 99030001, "EXPIRY_TOO_FAR"),
    ],
)
def test_another_amount_or_tag_is_refused_by_its_rule(
    tmp_path: Path, field: str, value: str | int, code: str
) -> None:
    payment = json.loads((ROOT / "docs/examples/payment.json").read_text())
    payment[field] = {**payment["Amount"], "value": value} if field == "Amount" else value
    (tmp_path / "payment.json").write_text(json.dumps(payment))
    command = [str(tmp_path / "payment.json") if w.endswith("payment.json") else w for w in COMMANDS[1]]
    answer = run(command)
    assert (answer.exit_code, answer.result["verdict"]) == (4, "DENY")
    assert code in {check["code"] for check in answer.result["checks"] if check["verdict"] == "FAIL"}


def test_the_example_facts_are_read_as_they_stand() -> None:
    value = read_json((ROOT / "docs/examples/facts.json").read_bytes())
    parse_facts(value)
    with pytest.raises(MalformedError):
        parse_facts({**value, "more": 1})  # type: ignore[dict-item]
