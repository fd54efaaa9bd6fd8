"""The stage of the rehearsal: a practice ledger in its own process, secrets on disk, an outside world."""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from signer_app.cli.demo.actors import Actor, StepError, program
from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.sponsor import Party, PracticeNode

START_TIMEOUT_S = 60
NETWORK = "xrpl:63456"
#: "USD" as an XRPL currency code: three letters at their place in 20 bytes (xrpl.org, "Currency Codes").
USD_HEX = "0000000000000000000000005553440000000000"

PEOPLE = (("alice", "finance"), ("bob", "finance"), ("carol", "security"))


@dataclass(slots=True)
class Stage:
    """What every act needs. ``nodes`` are the two operators' endpoints."""

    root: Path
    people: dict[str, Actor]
    endpoints: list[JsonObject]
    nodes: list[PracticeNode]
    genesis: Party
    treasury: Party
    issuer: Party
    custodian: Party
    stranger: Party

    @property
    def account(self) -> str:
        return f"{NETWORK}:{self.treasury.address}"

    @property
    def usd(self) -> str:
        return f"{NETWORK}/iou:{USD_HEX}.{self.issuer.address}"

    def file(self, name: str) -> Path:
        """A file that travels between people."""
        return self.root / "files" / name


@contextmanager
def set_stage(root: Path) -> Iterator[Stage]:
    """Make the folders and secrets and start the practice ledger; stop it on leaving."""
    for name in ("files", "secrets", "ledger", "workspaces"):
        (root / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    people = {}
    for person, role in PEOPLE:
        for kind in ("vault", "keys"):
            write_private(root / "secrets" / f"{person}.{kind}", secrets.token_urlsafe(18) + "\n")
        people[person] = Actor(person, role, root / "workspaces" / person, root / "secrets")
    with _practice_ledger(root / "ledger") as ready:
        endpoints, genesis = _endpoints(ready)
        yield Stage(
            root=root,
            people=people,
            endpoints=endpoints,
            nodes=[PracticeNode(str(endpoint["http"])) for endpoint in endpoints],
            genesis=genesis,
            treasury=Party.fresh("treasury"),
            issuer=Party.fresh("issuer"),
            custodian=Party.fresh("custodian"),
            stranger=Party.fresh("stranger"),
        )


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner reads."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


@contextmanager
def _practice_ledger(directory: Path) -> Iterator[JsonObject]:
    command = [*program(), "--json", "practice", "start", "--dir", str(directory), "--close-ms", "1000"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)  # noqa: S603
    try:
        yield _first_object(process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _first_object(process: subprocess.Popen[bytes]) -> JsonObject:
    stream = process.stdout
    if stream is None:
        raise StepError("the practice ledger has no output")
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        ready, _, _ = select.select([stream], [], [], 1.0)
        if ready:
            line = stream.readline()
            if not line:
                break
            value = json.loads(line)
            result = value.get("result")
            if isinstance(result, dict):
                return result
            break
    raise StepError("the practice ledger did not start")


def _endpoints(ready: JsonObject) -> tuple[list[JsonObject], Party]:
    networks, genesis = ready["networks"], ready["genesis"]
    if not isinstance(networks, list) or not isinstance(genesis, dict):
        raise StepError("the practice ledger's first object has another shape")
    first = networks[0]
    found = first["endpoints"] if isinstance(first, dict) else None
    endpoints = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    return endpoints, Party.from_seed("genesis", str(genesis["seed"]))
