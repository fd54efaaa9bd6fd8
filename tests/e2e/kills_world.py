"""A lane: one practice ledger, a treasury of 2-of-3 signers, three workspaces; made once by the command."""

from __future__ import annotations

import json
import random
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from kills_processes import Ledger

from signer_app.cli.demo.actors import Actor
from signer_app.cli.demo.stage import PEOPLE, Stage
from signer_app.cli.demo.wallet import Wallet
from signer_app.practice import treasury
from signer_app.practice.policy_text import CUSTODIAN_TAG, Member, policy_yaml
from signer_app.practice.treasury import NETWORK
from signer_app.practice.xrpl.sponsor import Party, PracticeNode
from signer_app.vault.files import write_private

TICKETS = 60
#: Each flow pays one dollar more than the one before, so that no two transactions look alike.
FIRST_AMOUNT = 10
TAG = CUSTODIAN_TAG


@dataclass
class World:
    """What flows need. ``tickets``: the treasury's free ones, lowest first; ``signers``: key to person."""

    root: Path
    ledger: Ledger
    stage: Stage
    tickets: list[int]
    signers: dict[str, str]

    @property
    def people(self) -> dict[str, Actor]:
        return self.stage.people

    def arguments(self, person: str) -> list[str]:
        """The global options of a person's commands."""
        actor = self.people[person]
        return [
            "--workspace", str(actor.workspace),
            "--passphrase-file", str(actor.secrets / f"{person}.vault"),
            "--key-passphrase-file", str(actor.secrets / f"{person}.keys"),
        ]  # fmt: skip


def make_world(root: Path, rng: random.Random) -> World:
    """Start the ledger and make everything. Nothing is killed yet."""
    for name in ("files", "secrets", "ledger", "workspaces"):
        (root / name).mkdir(mode=0o700, parents=True)
    people = {}
    for person, role in PEOPLE:
        for kind in ("vault", "keys"):
            write_private(root / "secrets" / f"{person}.{kind}", secrets.token_urlsafe(18) + "\n")
        people[person] = Actor(person, role, root / "workspaces" / person, root / "secrets")
    ledger = Ledger(root / "ledger", rng)
    ledger.start()
    endpoints = ledger.ready["networks"][0]["endpoints"]
    stage = Stage(
        root=root,
        people=people,
        endpoints=endpoints,
        nodes=[PracticeNode(endpoint["http"]) for endpoint in endpoints],
        genesis=Party.from_seed("genesis", ledger.ready["genesis"]["seed"]),
        world=treasury.World.fresh(),
        wallet=Wallet(root, ExitStack()),  # nobody plugs it in: all keys are in sealed files here
    )
    public = {person: _workspace(stage, actor) for person, actor in people.items()}
    tickets = _treasury(stage, [entry["keys"][0]["accounts"][0] for entry in public.values()])
    _policy(stage, public)
    signers = {entry["keys"][0]["public_key"]: person for person, entry in public.items()}
    return World(root, ledger, stage, tickets, signers)


def _workspace(stage: Stage, actor: Actor) -> dict[str, Any]:
    made = actor.do(
        "workspace", "init", str(actor.workspace), "--class", "practice", "--org", "practice",
        "--person", actor.person, "--role", actor.role,
    ).ok()  # fmt: skip
    key = actor.do("keys", "generate", "--id", actor.key, "--curve", "secp256k1").ok()
    for number, endpoint in enumerate(stage.endpoints):
        actor.do(
            "nodes", "add", str(endpoint["http"]), "--id", f"node-{number + 1}",
            "--operator", str(endpoint["operator"]),
        ).ok()  # fmt: skip
    return {"device_key": made["device_key"], "keys": [key]}


def _treasury(stage: Stage, accounts: list[str]) -> list[int]:
    """Fund, issue, list signers, set tickets aside, disable the master key: all by signed transactions."""
    members = [account.rpartition(":")[2] for account in accounts]
    stage.world.set_up(stage.nodes[0], stage.genesis, members, tickets=TICKETS)
    answer = stage.nodes[1].ask(
        "account_objects", account=stage.treasury.address, type="ticket", ledger_index="validated", limit=400
    )
    found = answer["account_objects"]
    assert isinstance(found, list)
    tickets = sorted(int(entry["TicketSequence"]) for entry in found)
    assert len(tickets) == TICKETS
    return tickets


def _policy(stage: Stage, public: dict[str, dict[str, Any]]) -> None:
    """The rehearsal's policy, with room for as many payments as there are tickets."""
    members = [
        Member(
            person, actor.role, public[person]["device_key"], actor.key, key["accounts"][0], key["public_key"]
        )
        for person, actor in stage.people.items()
        for key in public[person]["keys"]
    ]
    document = yaml.safe_load(policy_yaml(stage.world, members))
    for rule in document["rules"]:
        if rule["kind"] == "count_cap":
            rule["max"] = 4 * TICKETS
    path = stage.file("policy.json")
    path.write_text(json.dumps(document), encoding="utf-8")
    votes = []
    for person, actor in stage.people.items():
        vote = stage.file(f"vote-{person}.json")
        actor.do("policy", "sign", str(path), "-o", str(vote)).ok()
        votes.append(str(vote))
    for actor in stage.people.values():
        actor.do("policy", "activate", str(path), *votes).ok()


def treasury_account(world: World) -> str:
    return f"{NETWORK}:{world.stage.treasury.address}"


def custodian_account(world: World) -> str:
    return f"{NETWORK}:{world.stage.custodian.address}"
