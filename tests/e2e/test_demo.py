"""The rehearsal as a newcomer runs it: three runs of the real command at once, then its files by other means.

Nothing here asks the program what it did: files are read as JSON, transactions by a ledger SDK, journals by
the stand-alone verifier, and the ledger by starting it again on the state that it left.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ledger_process import Bank, LedgerProcess
from remembering import remembering
from xrpl.core.binarycodec import decode

_ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE = ("alice", "bob", "carol")
STEPS = 15
SEND = "Carol sends; the ledger proves the outcome"
VERIFIER = _ROOT / "signer_app" / "journal" / "verify.py"


@dataclass(frozen=True)
class Run:
    """A finished rehearsal. ``object`` is the one JSON object that it printed."""

    root: Path
    exit_code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        (line,) = self.out.splitlines()
        value = json.loads(line)
        assert value["ok"] is (self.exit_code == 0), value
        return dict(value["result"])

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.result["steps"])

    def evidence(self, *words: str) -> list[str]:
        """Lines of the one step whose name holds these words."""
        (step,) = [s for s in self.steps if all(word in s["name"] for word in words)]
        return list(step["evidence"])


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    """All three at once: each waits most of its time for its own children."""
    started = {}
    program = [sys.executable, "-m", "signer_app"]
    for fault in ("none", "refuse", "drop_answer"):
        root = tmp_path_factory.mktemp("demo") / "kept"
        command = [*program, "--json", "--workspace", str(root), "demo", "--headless"]
        if fault != "none":
            command += ["--fault", fault]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=_ROOT
        )
        started[fault] = (root, process)
        program = remembering(tmp_path_factory.mktemp("derived"))  # those with a fault need not hash for real
    finished = {}
    try:
        for fault, (root, process) in started.items():
            out, err = process.communicate(timeout=600)
            finished[fault] = Run(root, process.returncode, out.decode(), err.decode())
        yield finished
    finally:
        for _, process in started.values():
            if process.poll() is None:
                process.kill()
                process.communicate()


@pytest.fixture(scope="module")
def good(runs: dict[str, Run]) -> Run:
    return runs["none"]


@pytest.fixture(scope="module")
def ledger(good: Run) -> Iterator[LedgerProcess]:
    """The ledger as the rehearsal left it on disk."""
    with LedgerProcess(good.root / "ledger") as process:
        yield process


def travelled(run: Run, name: str) -> dict[str, Any]:
    return dict(json.loads((run.root / "files" / f"{name}.countersign").read_bytes()))


def stand_alone(*arguments: str) -> dict[str, Any]:
    """The verifier as an auditor runs it: one file, an isolated interpreter."""
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *arguments], capture_output=True, check=False, timeout=120
    )
    return {"exit": done.returncode, **json.loads(done.stdout)["result"]}


def test_every_step_is_right(good: Run) -> None:
    assert [s["name"] for s in good.steps if not s["ok"]] == []
    assert good.exit_code == 0, good.err
    assert len(good.steps) == STEPS
    assert all(step["evidence"] for step in good.steps)
    assert good.err == ""
    assert good.result["workspaces"] == [str(good.root / "workspaces" / name) for name in PEOPLE]


def test_the_payment_that_was_proposed_is_on_the_ledger(good: Run, ledger: LedgerProcess) -> None:
    tx_id = next(line for line in good.evidence("Carol sends") if line.startswith("transaction ")).split()[1]
    file = travelled(good, "payment-carol")
    proposed = decode(file["transaction"]["body"])
    found = ledger.ask("tx", transaction=tx_id)
    assert found["validated"] is True
    assert found["meta"]["TransactionResult"] == "tesSUCCESS"
    assert proposed["Amount"]["value"] == "25000"
    wanted = {name: value for name, value in proposed.items() if name != "Amount"}
    wanted["DeliverMax"] = proposed["Amount"]  # its name in version 2 of the interface
    assert {name: found["tx_json"].get(name) for name in wanted} == wanted
    signatures = {s["Signer"]["TxnSignature"] for s in found["tx_json"]["Signers"]}
    assert signatures == {s["signature"] for s in file["signatures"]}
    (line,) = Bank(ledger).lines(proposed["Destination"])
    assert line["balance"] == "25000"


def test_the_treasury_was_set_up_by_signed_transactions(good: Run, ledger: LedgerProcess) -> None:
    account = decode(travelled(good, "payment-unsigned")["transaction"]["body"])["Account"]
    info = ledger.ask("account_info", account=account, ledger_index="validated", signer_lists=True)
    assert info["account_data"]["Flags"] & 0x00100000, "the master key is disabled"
    (listed,) = info["signer_lists"]
    assert (listed["SignerQuorum"], len(listed["SignerEntries"])) == (2, 3)
    assert "RegularKey" not in info["account_data"]
    (line,) = Bank(ledger).lines(account)
    assert line["balance"] == "975000", "and nothing but the payment has left it"


def test_signatures_gathered_one_by_one_in_the_files_that_travelled(good: Run) -> None:
    files = [travelled(good, f"payment-{name}") for name in ("unsigned", "bob", "carol")]
    assert [len(file["signatures"]) for file in files] == [0, 1, 2]
    assert len({file["transaction"]["body"] for file in files}) == 1
    assert {file["proposer"]["person"] for file in files} == {"alice"}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("fault", ["none", "refuse", "drop_answer"])
def test_every_journal_is_whole_by_the_stand_alone_verifier(
    runs: dict[str, Run], fault: str, person: str
) -> None:
    log = runs[fault].root / "workspaces" / person / "logs" / "audit-events.jsonl"
    found = stand_alone("log", str(log), "--checkpoint", str(log.with_name("checkpoints.log")))
    assert (found["exit"], found["state"]) == (0, "INTACT")
    assert found["records"] == log.read_bytes().count(b"\n")


def test_the_proofs_of_the_releases_open_without_a_key(good: Run) -> None:
    signatures = {s["signature"] for s in travelled(good, "payment-carol")["signatures"]}
    proved = set()
    for name in ("bob", "carol"):
        found = stand_alone("proof", str(good.root / "files" / f"release-{name}.proof"))
        assert found["exit"] == 0
        assert (found["record"]["type"], found["record"]["person"]) == ("sign.released", name)
        proved.add(found["record"]["signature"])
    assert proved == signatures


def test_the_hostile_files_are_what_they_claim_not_to_be(good: Run) -> None:
    regular = travelled(good, "invoice-1182")
    assert "Invoice" in regular["title"]
    assert decode(regular["transaction"]["body"])["TransactionType"] == "SetRegularKey"
    alike = decode(travelled(good, "look-alike")["transaction"]["body"])["Destination"]
    custodian = decode(travelled(good, "payment-bob")["transaction"]["body"])["Destination"]
    assert alike != custodian
    assert (alike[:4], alike[-3:]) == (custodian[:4], custodian[-3:])


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("regular key", {"PRIVILEGED_OP"}),
        ("daily cap", {"ROLLING_CAP"}),
        ("look-alike", {"ADDR_LOOKALIKE", "DESTINATION_NOT_ALLOWED"}),
    ],
)
def test_each_attack_is_refused_with_its_codes(good: Run, words: str, codes: set[str]) -> None:
    (line,) = [line for line in good.evidence("Refused", words) if line.startswith("refused: ")]
    assert codes <= set(line.removeprefix("refused: ").split(", "))


def test_no_signature_of_a_hostile_proposal_is_in_any_file(good: Run) -> None:
    for name in ("invoice-1182-after", "cap-second-after", "look-alike-after"):
        assert travelled(good, name)["signatures"] == []


def test_secrets_are_in_their_own_files_alone(good: Run) -> None:
    secrets = {path.read_text().strip().encode() for path in (good.root / "secrets").iterdir()}
    assert len(secrets) == 2 * len(PEOPLE)
    searched = 0
    for path in good.root.rglob("*"):
        if path.is_file() and path.parent.name != "secrets":
            data = path.read_bytes()
            searched += 1
            assert not [1 for secret in secrets if secret in data], path
    assert searched > 30
    assert not [1 for secret in secrets if secret.decode() in good.out + good.err]


def test_with_refusing_nodes_it_ends_at_the_step_that_failed(runs: dict[str, Run]) -> None:
    run = runs["refuse"]
    assert run.exit_code != 0
    last = run.steps[-1]
    assert (last["name"], last["ok"]) == (SEND, False)
    assert all(step["ok"] for step in run.steps[:-1])
    assert "CONFIRMED" in last["evidence"][0]


def test_with_a_lost_answer_it_still_ends_right(runs: dict[str, Run]) -> None:
    run = runs["drop_answer"]
    assert [s["name"] for s in run.steps if not s["ok"]] == []
    assert (run.exit_code, len(run.steps)) == (0, STEPS)
    assert any("NODE_" in line for line in run.evidence("Carol sends")), "an answer was indeed lost"


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear")
    done = subprocess.run(
        [sys.executable, "-m", "signer_app", "--json", "--workspace", str(tmp_path), "demo"],
        capture_output=True, check=False, cwd=_ROOT, timeout=60,
    )  # fmt: skip
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (8, "EXISTS")
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]
