"""Three workspaces of one treasury on a practice ledger, made once and copied for each test.

Commands run through the program's own entry, in this process (`do`) or as a process of their own (`spawn`).
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk import NETWORK, TAG, XRP, Team
from ledger_process import Bank, LedgerProcess
from xrpl.wallet import Wallet

from signer_app.cli import warm
from signer_app.cli.main import run
from signer_app.core.canonical import canonical
from signer_app.core.config import read_profile
from signer_app.signers.keystore.client import Keystore, open_keystore
from signer_app.vault.kdf import KdfParameters
from signer_app.workspace import Workspace, create_workspace

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ("alice", "bob", "carol")
TICKETS = 60
#: Words that must be found nowhere but in the files that hold them.
SECRETS = {
    f"{name}.{kind}": f"{name}-{kind}-violet-anchor-{number}"
    for number, name in enumerate(PEOPLE)
    for kind in ("vault", "keys")
}


@dataclass(frozen=True)
class Answer:
    """How a command ended. ``object`` is what it printed with --json."""

    exit_code: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        lines = self.out.splitlines()
        assert len(lines) == 1, f"exit {self.exit_code}: {self.out!r} {self.err[-2000:]!r}"
        value = json.loads(lines[0])
        assert isinstance(value, dict)
        assert value["ok"] is ("result" in value) is ("error" not in value)
        return value

    @property
    def result(self) -> dict[str, Any]:
        assert self.object["ok"], self.object
        return dict(self.object["result"])

    @property
    def error(self) -> dict[str, Any]:
        assert not self.object["ok"], self.object
        error = dict(self.object["error"])
        assert set(error) <= {"code", "message", "hint", "details"}
        assert {"code", "message", "hint"} <= set(error)
        return error

    @property
    def refused(self) -> tuple[int, str]:
        """(exit code, error code)."""
        return self.exit_code, str(self.error["code"])


def run_here(*arguments: str) -> Answer:
    """The program's entry, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(list(arguments))
    return Answer(code, out.getvalue(), err.getvalue())


def run_process(*arguments: str, stdin: bytes | None = None, **environment: str) -> Answer:
    """The command as a process of its own, without a terminal, forked from one that has loaded it."""
    with tempfile.TemporaryFile() as given:
        given.write(stdin or b"")
        given.seek(0)
        done = warm.commands().start(
            arguments, environment={**os.environ, **environment}, folder=ROOT,
            stdin=None if stdin is None else given.fileno(),
        )  # fmt: skip
        out, err = done.communicate(timeout=120)
    return Answer(done.wait(), out.decode(), err.decode("utf-8", "replace"))


def run_program(*arguments: str, **environment: str) -> Answer:
    """The program started anew, as a shell does it, without a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "signer_app", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        timeout=120,
        check=False,
        start_new_session=True,  # no controlling terminal to ask at
        env={**os.environ, **environment},
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "replace"))


@dataclass
class _Public:
    """What the author of a policy knows of a person."""

    name: str
    device_key: str
    account: str
    public_key: str

    @property
    def pair(self) -> _Public:
        return self


@dataclass
class Offices:
    """Copies of the three workspaces under ``root``."""

    root: Path
    ledger: LedgerProcess
    bank: Bank
    team: Team
    secrets: Path
    custodian: Wallet

    def folder(self, name: str) -> Path:
        return self.root / name

    def globals(self, name: str) -> list[str]:
        return [
            "--json", "--workspace", str(self.folder(name)),
            "--passphrase-file", str(self.secrets / f"{name}.vault"),
            "--key-passphrase-file", str(self.secrets / f"{name}.keys"),
        ]  # fmt: skip

    def do(self, name: str, *arguments: str) -> Answer:
        """A command of this person, in this process."""
        return run_here(*self.globals(name), *arguments)

    def say(self, name: str, *arguments: str) -> Answer:
        """The same, answered for people."""
        return run_here(*self.globals(name)[1:], *arguments)

    def spawn(self, name: str, *arguments: str, **options: Any) -> Answer:
        """A command of this person as a process."""
        return run_process(*self.globals(name), *arguments, **options)

    def open(self, name: str, **options: Any) -> Workspace:
        return Workspace.open(
            self.folder(name), passphrase=bytearray(SECRETS[f"{name}.vault"].encode()), **options
        )

    def opener(self, name: str) -> Any:
        return lambda folder: open_keystore(folder, passphrase_file=self.secrets / f"{name}.keys")

    def pay(self, name: str = "alice", amount: str = "100", *more: str) -> str:
        """A proposal to pay the custodian; its id."""
        made = self.do(
            name, "proposal", "new", "payment", "--from", self.team.treasury, "--to", self.team.custodian,
            "--asset", XRP, "--amount", amount, "--tag", TAG, "--expires-in", "10m", *more,
        )  # fmt: skip
        return str(made.result["proposal_id"])

    def travel(self, sender: str, receiver: str, identifier: str) -> Path:
        """The proposal's file, taken from one to the other."""
        path = self.root / f"{identifier[:8]}-{sender}-{receiver}.countersign"
        path.unlink(missing_ok=True)
        assert self.do(sender, "proposal", "export", identifier, "-o", str(path)).exit_code == 0
        assert self.do(receiver, "proposal", "import", str(path)).exit_code == 0
        return path

    def sign(self, name: str, identifier: str) -> dict[str, Any]:
        return self.do(name, "proposal", "sign", identifier, "--key", f"{name}-xrp").result

    def ready(self, amount: str = "100", *more: str) -> str:
        """Proposed by alice, signed by bob and carol, ready at carol's."""
        identifier = self.pay("alice", amount, *more)
        self.travel("alice", "bob", identifier)
        self.sign("bob", identifier)
        self.travel("bob", "carol", identifier)
        assert self.sign("carol", identifier)["state"] == "READY"
        return identifier

    def state(self, name: str, identifier: str) -> str:
        return str(self.do(name, "proposal", "show", identifier).result["state"])


@dataclass
class Template:
    """The workspaces as they are after a policy was activated; ``copy`` gives a test its own."""

    root: Path
    ledger: LedgerProcess
    bank: Bank = field(init=False)
    team: Team = field(init=False)
    custodian: Wallet = field(init=False)

    def __post_init__(self) -> None:
        self.bank = Bank(self.ledger)
        self.secrets = self.root / "secrets"
        self.secrets.mkdir(mode=0o700)
        (self.root / "workspaces").mkdir()
        for name, text in SECRETS.items():
            (self.secrets / name).write_text(text + "\n")
            (self.secrets / name).chmod(0o600)
        people = {name: self._person(name) for name in PEOPLE}
        treasury, custodian = self.bank.fund(50_000), self.bank.fund(100)
        self.custodian = custodian
        self.team = Team(
            people=people,  # type: ignore[arg-type]  # only what a policy's author knows
            treasury=f"{NETWORK}:{treasury.address}",
            custodian=f"{NETWORK}:{custodian.address}",
        )
        entries = [
            {"SignerEntry": {"Account": account.rpartition(":")[2], "SignerWeight": 1}}
            for account in self.signers()
        ]
        self.bank.must(treasury, TransactionType="SignerListSet", SignerQuorum=2, SignerEntries=entries)
        self.bank.must(treasury, TransactionType="TicketCreate", TicketCount=TICKETS)
        self.bank.must(treasury, TransactionType="AccountSet", SetFlag=4)
        self._activate()

    def signers(self) -> list[str]:
        """The accounts of the treasury's signer list."""
        return [person.account for person in self.team.people.values()]

    def offices(self, root: Path) -> Offices:
        return Offices(root, self.ledger, self.bank, self.team, self.secrets, self.custodian)

    def _person(self, name: str) -> _Public:
        folder = self.root / "workspaces" / name
        keys_file = self.secrets / f"{name}.keys"

        def creator(keys: Path, kdf: KdfParameters) -> Keystore:
            return open_keystore(keys, passphrase_file=keys_file, create=kdf)

        made = create_workspace(
            folder, network_class="practice", org="acme", person=name, roles=(),
            passphrase=bytearray(SECRETS[f"{name}.vault"].encode()), create_keystore=creator,
        )  # fmt: skip
        with Workspace.open(folder, passphrase=bytearray(SECRETS[f"{name}.vault"].encode())) as opened:
            for number, endpoint in enumerate(self.ledger.endpoints):
                opened.nodes.add(
                    read_profile(
                        {"id": f"node-{number}", "operator": endpoint["operator"], "network": NETWORK,
                         "url": endpoint["http"], "ws": None, "roles": ["read", "submit"]}
                    )
                )  # fmt: skip
            opened.unlock_keys(lambda keys: open_keystore(keys, passphrase_file=keys_file))
            key = opened.keys.generate(f"{name}-xrp", "ed25519" if name == "bob" else "secp256k1")
        accounts = key["accounts"]
        assert isinstance(accounts, list)
        return _Public(name, str(made["device_key"]), str(accounts[0]), str(key["public_key"]))

    def _activate(self) -> None:
        data = canonical(self.policy())
        (self.root / "policy.json").write_bytes(data)
        offices = self.offices(self.root / "workspaces")
        votes = []
        for name in PEOPLE:
            with offices.open(name) as opened:
                opened.unlock_keys(offices.opener(name))
                votes.append(canonical(opened.vote(data)))
        for name in PEOPLE:
            with offices.open(name) as opened:
                opened.activate_policy(data, votes)

    def policy(self) -> dict[str, Any]:
        """The rules of the desks, with caps that many tests fit under."""
        value = self.team.policy()
        for rule in value["rules"]:
            if rule["kind"] == "rolling_cap":
                rule["max"] = "20000"
        return value

    def copy(self, root: Path) -> Offices:
        # What an earlier test sent and left open would use up the ticket that a copy takes for free.
        self.ledger.close()
        shutil.copytree(self.root / "workspaces", root, dirs_exist_ok=True)
        return self.offices(root)
