"""Regressions of a hostile reading of the command: who signs, and which port."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from offices import Answer, run_here

VECTORS = Path(__file__).parents[1] / "data" / "vectors" / "policy_cases.json"
_LOADED = json.loads(VECTORS.read_text())
SIGN: dict[str, Any] = next(
    case for case in _LOADED["cases"] if case["phase"] == "sign" and case["expect"]["verdict"] == "ALLOW"
)


def check(folder: Path, *more: str, signer: str | None) -> Answer:
    """`policy check --phase sign` of an allowed case whose facts name this signer."""
    facts = {**SIGN["facts"], "context": {**SIGN["facts"]["context"], "signer": signer}}
    policy = _LOADED["policy"] if SIGN["policy"] == "BASE" else SIGN["policy"]
    (folder / "tx").write_text(SIGN["file"])
    (folder / "policy.json").write_text(json.dumps(policy))
    (folder / "facts.json").write_text(json.dumps(facts))
    return run_here(
        "--json", "policy", "check", str(folder / "tx"), "--policy", str(folder / "policy.json"),
        "--network", SIGN["network"], "--phase", "sign", "--facts", str(folder / "facts.json"), *more,
    )  # fmt: skip


def test_the_signer_of_the_facts_is_taken(tmp_path: Path) -> None:
    answer = check(tmp_path, signer=SIGN["signer"])
    assert (answer.exit_code, answer.result["verdict"]) == (0, "ALLOW")


def test_a_signer_nowhere_is_a_wrong_use(tmp_path: Path) -> None:
    assert check(tmp_path, signer=None).refused == (2, "USAGE")


def test_an_address_is_a_signer_too(tmp_path: Path) -> None:
    whole = check(tmp_path, "--signer", SIGN["signer"], signer=None)
    address = check(tmp_path, "--signer", SIGN["signer"].rpartition(":")[2], signer=None)
    assert (address.exit_code, whole.exit_code) == (0, 0)
    assert address.result == whole.result


def test_the_option_wins_over_the_facts(tmp_path: Path) -> None:
    stranger = "rNgc5T8ygZDQ4bXo33Jjoyu83WWbHSc8EL"
    answer = check(tmp_path, "--signer", stranger, signer=SIGN["signer"])
    assert (answer.exit_code, answer.result["verdict"]) == (4, "DENY")


@pytest.mark.parametrize("signer", ["foo", "", "rNgc5T8ygZDQ4bXo33Jjoyu83WWbHSc8EM", "x" * 5000])
def test_what_is_no_account_is_malformed(tmp_path: Path, signer: str) -> None:
    answer = check(tmp_path, "--signer", signer, signer=SIGN["signer"])
    assert answer.refused == (3, "MALFORMED")


@pytest.mark.parametrize("port", ["99999", "65536", "65535", "-1"])
def test_a_port_beyond_the_last_is_a_wrong_use(port: str) -> None:
    assert run_here("--json", "practice", "start", "--port", port).refused == (2, "USAGE")
