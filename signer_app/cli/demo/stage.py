"""The stage of the rehearsal: a practice ledger in its own process, secrets on disk, an outside world."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from signer_app.cli.demo.actors import Actor, StepError
from signer_app.cli.demo.processes import serving
from signer_app.cli.demo.wallet import NANO, Wallet
from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.sponsor import Party, PracticeNode

NETWORK = "xrpl:63456"
#: "USD" as an XRPL currency code: three letters at their place in 20 bytes (xrpl.org, "Currency Codes").
USD_HEX = "0000000000000000000000005553440000000000"

PEOPLE = (("alice", "finance"), ("bob", "finance"), ("carol", "security"))
#: Who signs on a hardware wallet; the others have keys in sealed files.
DEVICE_OWNER = "bob"


@dataclass(slots=True)
class Stage:
    """What every act needs. ``nodes`` are the two operators' endpoints, ``wallet`` is bob's,
    ``keys`` holds {id, public_key, accounts} of each person's signer key."""

    root: Path
    people: dict[str, Actor]
    endpoints: list[JsonObject]
    nodes: list[PracticeNode]
    genesis: Party
    treasury: Party
    issuer: Party
    custodian: Party
    stranger: Party
    wallet: Wallet
    keys: dict[str, JsonObject] = field(default_factory=dict)

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
        device = NANO if person == DEVICE_OWNER else None
        people[person] = Actor(person, role, root / "workspaces" / person, root / "secrets", device)
    with ExitStack() as stack:
        ledger = ("practice", "start", "--dir", str(root / "ledger"), "--close-ms", "1000")
        endpoints, genesis = _endpoints(stack.enter_context(serving(*ledger)))
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
            wallet=Wallet(people[DEVICE_OWNER].workspace, stack),
        )


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner reads."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


def _endpoints(ready: JsonObject) -> tuple[list[JsonObject], Party]:
    networks, genesis = ready["networks"], ready["genesis"]
    if not isinstance(networks, list) or not isinstance(genesis, dict):
        raise StepError("the practice ledger's first object has another shape")
    first = networks[0]
    found = first["endpoints"] if isinstance(first, dict) else None
    endpoints = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    return endpoints, Party.from_seed("genesis", str(genesis["seed"]))
