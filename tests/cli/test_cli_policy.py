"""`policy check`, `diff` and their documents, through the real command and without a workspace."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from offices import run_here, run_process

VECTORS = Path(__file__).parents[1] / "data" / "vectors" / "policy_cases.json"
_LOADED = json.loads(VECTORS.read_text())
CASES: list[dict[str, Any]] = _LOADED["cases"]
BASE: dict[str, Any] = _LOADED["policy"]


def arguments(case: dict[str, Any], folder: Path) -> list[str]:
    """The case as files and options."""
    (folder / "tx").write_text(f"  {case['file']}\n")
    policy = BASE if case["policy"] == "BASE" else case["policy"]
    (folder / "policy.json").write_text(json.dumps(policy, indent=2))
    given = ["policy", "check", str(folder / "tx"), "--policy", str(folder / "policy.json")]
    given += ["--network", case["network"], "--phase", case["phase"]]
    if case["facts"]:
        (folder / "facts.json").write_text(json.dumps(case["facts"]))
        given += ["--facts", str(folder / "facts.json")]
    return [*given, "--signer", case["signer"]] if case["signer"] else given


def fits(result: dict[str, Any], exit_code: int, expected: dict[str, Any]) -> None:
    assert result["verdict"] == expected["verdict"]
    assert exit_code == (0 if expected["verdict"] == "ALLOW" else 4)
    assert result["proposal_id"] == expected["proposal_id"]
    codes = {
        c["code"]
        for c in result["checks"]
        if c["verdict"] in ("FAIL", "INDETERMINATE") and c["severity"] == "hard"
    }
    if expected["codes_any"]:
        assert codes & set(expected["codes_any"])
    else:
        assert codes == set(expected["codes"])


def test_there_are_34_cases() -> None:
    assert len(CASES) == 34


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_each_case_by_the_command(case: dict[str, Any], tmp_path: Path) -> None:
    answer = run_here("--json", *arguments(case, tmp_path))
    fits(answer.result, answer.exit_code, case["expect"])


@pytest.mark.parametrize("number", [0, 2, 33])
def test_and_by_a_process_of_its_own(number: int, tmp_path: Path) -> None:
    case = CASES[number]
    answer = run_process("--json", *arguments(case, tmp_path))
    fits(answer.result, answer.exit_code, case["expect"])
    assert answer.err == ""


@pytest.mark.parametrize("case", CASES[:3], ids=lambda case: case["id"])
def test_a_report_has_the_shape_of_the_contract(case: dict[str, Any], tmp_path: Path) -> None:
    result = run_here("--json", *arguments(case, tmp_path)).result
    assert set(result) == {
        "verdict", "phase", "active", "proposal_id", "body_hash", "policy", "facts_hash", "required",
        "checks",
    }  # fmt: skip
    assert set(result["policy"]) == {"id", "version", "hash"}
    assert set(result["required"]) >= {"all_of", "persons", "devices", "ledger"}
    for check in result["checks"]:
        assert set(check) == {
            "rule", "kind", "code", "verdict", "severity", "expected", "actual", "unit", "path", "evidence",
            "message",
        }  # fmt: skip
        for name in ("expected", "actual"):
            assert check[name] is None or isinstance(check[name], str)


def test_for_people_every_check_is_shown_with_its_values(tmp_path: Path) -> None:
    case = next(c for c in CASES if "TX_CAP" in c["expect"]["codes"])
    answer = run_here(*arguments(case, tmp_path))
    assert answer.exit_code == 4
    words = " ".join(answer.out.split())
    assert "DENY" in words
    assert "TX_CAP" in words
    result = run_here("--json", *arguments(case, tmp_path)).result
    cap = next(c for c in result["checks"] if c["code"] == "TX_CAP")
    assert cap["expected"] in words
    assert cap["actual"] in words


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("policy.json", "{}"),
        ("policy.json", "not: [yaml"),
        ("policy.json", json.dumps({**BASE, "colour": "red"})),
        ("policy.json", json.dumps({**BASE, "rules": [{"id": "x", "kind": "magic"}]})),
        ("policy.json", json.dumps({**BASE, "version": "1"})),
        ("policy.json", '{"format":"countersign/policy@1","format":"countersign/policy@1"}'),
        ("facts.json", "{}"),
        ("facts.json", json.dumps({**CASES[0]["facts"], "mood": "good"})),
        ("tx", "zz"),
        ("tx", CASES[0]["file"][:-2]),
        ("tx", CASES[0]["file"] + "00"),
        ("tx", ""),
    ],
)
def test_what_cannot_be_read_is_exit_3(tmp_path: Path, name: str, content: str) -> None:
    given = arguments(CASES[0], tmp_path)
    (tmp_path / name).write_text(content)
    assert run_here("--json", *given).refused == (3, "MALFORMED")


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    given = arguments(CASES[0], tmp_path)
    (tmp_path / "facts.json").write_text(" " * (1024 * 1024 + 1))
    answer = run_here("--json", *given)
    assert answer.exit_code == 3


def test_without_facts_every_rule_that_needs_one_says_so(tmp_path: Path) -> None:
    given = arguments({**CASES[0], "facts": None}, tmp_path)
    answer = run_here("--json", *given)
    assert answer.exit_code == 4
    codes = {c["code"] for c in answer.result["checks"] if c["verdict"] == "INDETERMINATE"}
    assert codes == {"FACT_MISSING"}
    assert answer.result["facts_hash"] is None


def test_the_machines_clock_decides_nothing(tmp_path: Path) -> None:
    """The same facts give the same bytes at any time."""
    given = arguments(CASES[0], tmp_path)
    assert run_here("--json", *given).out == run_here("--json", *given).out


def test_yaml_and_json_are_the_same_document(tmp_path: Path) -> None:
    import yaml

    class NoAliases(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    given = arguments(CASES[0], tmp_path)
    as_json = run_here("--json", *given).result
    (tmp_path / "policy.json").write_text(yaml.dump(BASE, Dumper=NoAliases, sort_keys=False))
    assert run_here("--json", *given).result == as_json


def test_policy_check_loads_no_node_and_no_database(tmp_path: Path) -> None:
    code = (
        "import sys; from signer_app.cli.main import run; run(sys.argv[1:]);"
        "print([m for m in ('aiohttp', 'sqlalchemy', 'alembic', 'sqlcipher3', 'signer_app.workspace',"
        " 'signer_app.nodes') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--json", *arguments(CASES[0], tmp_path)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "[]"


# -- diff --------------------------------------------------------------------------------------------------


def diff(folder: Path, old: dict[str, Any], new: dict[str, Any]) -> Any:
    (folder / "old").write_text(json.dumps(old))
    (folder / "new").write_text(json.dumps(new))
    return run_here("--json", "policy", "diff", str(folder / "old"), str(folder / "new"))


def test_a_document_does_not_differ_from_itself(tmp_path: Path) -> None:
    assert diff(tmp_path, BASE, BASE).result["changes"] == []


def test_a_changed_cap_is_named_with_both_values(tmp_path: Path) -> None:
    new = json.loads(json.dumps(BASE))
    rule = next(r for r in new["rules"] if r["kind"] == "tx_cap")
    before, rule["max"] = rule["max"], "999999999"
    answer = diff(tmp_path, BASE, new)
    assert answer.exit_code == 0
    (change,) = answer.result["changes"]
    assert rule["id"] in change["path"]
    assert before in json.dumps(change["before"])
    assert "999999999" in json.dumps(change["after"])


def test_added_and_removed_people_are_named(tmp_path: Path) -> None:
    new = json.loads(json.dumps(BASE))
    gone = new["people"].pop()
    answer = diff(tmp_path, BASE, new)
    if answer.exit_code == 0:
        assert any(gone["id"] in change["path"] for change in answer.result["changes"])
    else:
        assert answer.refused == (3, "MALFORMED"), "a key of nobody is no policy"
