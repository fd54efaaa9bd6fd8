"""Offices whose bob signs with a practice Ledger, and whose carol has a second key on the same one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk import NETWORK
from ledger_devices import PHRASE, Person, Shelf
from offices import ROOT, Answer, Offices, Template

from signer_app.chains.xrpl.address import account_id_of, encode_address
from signer_app.cli import warm
from signer_app.practice.devices.hdkeys import master
from signer_app.practice.devices.mnemonic import seed_of
from signer_app.signers.ledger.signer import USUAL_PATHS
from signer_app.workspace import Workspace

#: The policy's name of the device nano.
DEVICE = "ledger-7"
_HARDENED = 0x8000_0000


@dataclass(frozen=True)
class DeviceKey:
    """A key of the device nano."""

    public_key: str
    account: str


def device_key(path: str) -> DeviceKey:
    numbers = [int(part.rstrip("'")) | (_HARDENED if part.endswith("'") else 0) for part in path.split("/")]
    public = master(seed_of(PHRASE)).descend(tuple(numbers)).public_key
    return DeviceKey(public.hex().upper(), f"{NETWORK}:{encode_address(account_id_of(public))}")


BOB, CAROL = device_key(USUAL_PATHS[0]), device_key(USUAL_PATHS[1])


@dataclass
class DeviceTemplate(Template):
    """Bob's key of the treasury is on the device; carol has one in her keystore and one on bob's device."""

    shelf: Shelf

    identifier: str = field(init=False)

    def signers(self) -> list[str]:
        people = self.team.people
        return [people["alice"].account, BOB.account, people["carol"].account, CAROL.account]

    def _activate(self) -> None:
        """And one proposal of alice's, which bob has and every test's copy holds."""
        super()._activate()
        offices = self.offices(self.root / "workspaces")
        self.identifier = offices.pay("alice", "5")
        offices.travel("alice", "bob", self.identifier)

    def policy(self) -> dict[str, Any]:
        value = super().policy()
        for row in value["keys"]:
            if row["person"] == "bob":
                row |= {"signer": BOB.account, "public_key": BOB.public_key, **_ON_DEVICE}
        value["keys"].append(
            {"id": "carol-shared", "person": "carol", "purpose": "sign", "tier": "warm",
             "signer": CAROL.account, "public_key": CAROL.public_key, **_ON_DEVICE}
        )  # fmt: skip
        return value

    def desk(self, root: Path) -> DeviceDesk:
        """A copy of the offices with the devices plugged in at bob's and at carol's."""
        offices = self.copy(root)
        for name in ("bob", "carol"):
            (offices.folder(name) / "devices").symlink_to(self.shelf.home)
        return DeviceDesk(offices, self.shelf, self.identifier)


_ON_DEVICE = {"device": DEVICE, "backend": "ledger"}


@dataclass(frozen=True)
class Seen:
    """A proposal as one workspace knows it. ``signing``: (type, code) of the records about signing."""

    state: str
    signing: list[tuple[str, str | None]]
    released: list[dict[str, Any]]
    quarantine: list[tuple[str, str]]
    exported: list[dict[str, Any]]

    @classmethod
    def of(cls, opened: Workspace, identifier: str) -> Seen:
        shown: dict[str, Any] = dict(opened.reading.proposal(identifier))
        records = [r for _, r in opened.journal.records() if r.get("proposal_id") == identifier]
        data, _ = opened.proposals.export(identifier, "countersign")
        return cls(
            state=shown["state"],
            signing=[(r["type"], r.get("code")) for r in records if r["type"] in _SIGNING],
            released=[r for r in records if r["type"] == "sign.released"],
            quarantine=[(entry["code"], entry["signer"]) for entry in shown["quarantine"]],
            exported=list(json.loads(data)["signatures"]),
        )

    def nothing_released(self) -> bool:
        return self.state in ("PENDING", "DENIED") and self.released == [] and self.exported == []


_SIGNING = ("sign.intent", "sign.failed", "sign.released", "signature.quarantined")


@dataclass
class DeviceDesk:
    """What a test holds: the offices, and whoever stands in front of the devices."""

    offices: Offices
    shelf: Shelf
    identifier: str

    def sign(self, name: str = "bob") -> Answer:
        return self.offices.do(name, "proposal", "sign", self.identifier, "--device", DEVICE)

    def person(self, device: str = "nano") -> Person:
        return self.shelf.person(device)

    def seen(self, name: str = "bob") -> Seen:
        """What this person's workspace holds about the proposal."""
        with self.offices.open(name) as opened:
            return Seen.of(opened, self.identifier)

    @contextmanager
    def running(self, *, plain: bool = False, anew: bool = False) -> Iterator[Running]:
        """`proposal sign --device` as a process of its own; ``plain``: in words for people; ``anew``: it has
        yet to load all that it needs.
        """
        options = self.offices.globals("bob")[1 if plain else 0 :]
        arguments = [*options, "proposal", "sign", self.identifier, "--device", DEVICE]
        process: subprocess.Popen[bytes] | warm.WarmCommand
        if anew:
            process = subprocess.Popen(
                [sys.executable, "-m", "signer_app", *arguments], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, start_new_session=True,
            )  # fmt: skip
        else:
            process = warm.commands().start(arguments, environment=os.environ, folder=ROOT)
        try:
            yield Running(process)
        finally:
            process.kill()
            process.communicate()


@dataclass
class Running:
    """A command that runs."""

    process: subprocess.Popen[bytes] | warm.WarmCommand

    def line(self, words: str) -> None:
        """Wait until it says so on stderr."""
        assert self.process.stderr is not None
        said = []
        while not said or words not in said[-1]:
            said.append(self.process.stderr.readline().decode())
            assert said[-1], (said, self.end())

    def interrupt(self) -> Answer:
        """Ctrl-C, and how it ended."""
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> Answer:
        out, err = self.process.communicate(timeout=120)
        return Answer(self.process.wait(), out.decode(), err.decode("utf-8", "replace"))

    def children(self) -> list[int]:
        """Processes that the command started."""
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in text.split()]
