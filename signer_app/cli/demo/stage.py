"""The stage of the rehearsal: a practice ledger in its own process, secrets on disk, an outside world."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from signer_app.cli.demo.actors import Actor
from signer_app.cli.demo.wallet import NANO, Wallet
from signer_app.core.json_types import JsonObject
from signer_app.practice.processes import serving
from signer_app.practice.treasury import World, endpoints_of
from signer_app.practice.xrpl.sponsor import Party, PracticeNode
from signer_app.vault.files import write_private
from signer_app.workspace.practising import describe_place, two_ports

PEOPLE = (("alice", "finance"), ("bob", "finance"), ("carol", "security"))
#: Who signs on a hardware wallet; the others have keys in sealed files.
DEVICE_OWNER = "bob"


@dataclass(slots=True)
class Stage:
    """What every act needs. ``nodes`` are the two operators' endpoints, ``wallet`` is bob's,
    ``keys`` holds {id, public_key, accounts, device_key} of each person, as their file has it."""

    root: Path
    people: dict[str, Actor]
    endpoints: list[JsonObject]
    nodes: list[PracticeNode]
    genesis: Party
    world: World
    wallet: Wallet
    keys: dict[str, JsonObject] = field(default_factory=dict)

    @property
    def treasury(self) -> Party:
        return self.world.treasury

    @property
    def issuer(self) -> Party:
        return self.world.issuer

    @property
    def custodian(self) -> Party:
        return self.world.custodian

    @property
    def stranger(self) -> Party:
        return self.world.stranger

    @property
    def account(self) -> str:
        return self.world.account

    @property
    def usd(self) -> str:
        return self.world.usd

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
        port = two_ports()
        # Whoever looks around later, in the window for example, starts the ledger where it was.
        describe_place(root, port=port, whole=True, person=DEVICE_OWNER)
        ledger = (
            "practice",
            "start",
            "--dir",
            str(root / "ledger"),
            "--close-ms",
            "1000",
            "--port",
            str(port),
        )
        endpoints, genesis = endpoints_of(stack.enter_context(serving(*ledger)))
        yield Stage(
            root=root,
            people=people,
            endpoints=endpoints,
            nodes=[PracticeNode(str(endpoint["http"])) for endpoint in endpoints],
            genesis=genesis,
            world=World.fresh(),
            wallet=Wallet(people[DEVICE_OWNER].workspace, stack),
        )
