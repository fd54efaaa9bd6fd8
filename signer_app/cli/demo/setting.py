"""First act: the ledger, three workspaces, the treasury, the policy."""

from __future__ import annotations

from signer_app.cli.demo.actors import Actor, StepError
from signer_app.cli.demo.evidence import entries, expect, member, travelled, verified_journal
from signer_app.cli.demo.stage import Stage
from signer_app.core.canonical import canonical
from signer_app.core.json_types import JsonObject
from signer_app.practice.policy_text import Member, policy_yaml
from signer_app.practice.treasury import ISSUED, TICKETS, USD_HEX

#: lsfDisableMaster in account flags (xrpl.org, AccountRoot).
DISABLED_MASTER = 0x00100000


def ledger(stage: Stage) -> list[str]:
    """Two endpoints of two operators answer for one network."""
    lines = []
    for endpoint, node in zip(stage.endpoints, stage.nodes, strict=True):
        info = member(node.ask("server_info"), "info")
        expect(member(info, "network_id"), 63456, f"network of {endpoint['operator']}")
        lines.append(
            f"{endpoint['operator']} at {endpoint['http']}, ledgers {member(info, 'complete_ledgers')}"
        )
    expect(len({endpoint["operator"] for endpoint in stage.endpoints}), 2, "operators")
    return lines


def workspaces(stage: Stage) -> list[str]:
    """A workspace, a key and two nodes for each person; bob's key is on a hardware wallet."""
    lines = []
    for actor in stage.people.values():
        made = actor.do(
            "workspace", "init", str(actor.workspace), "--class", "practice", "--org", "practice",
            "--person", actor.person, "--role", actor.role,
        ).ok()  # fmt: skip
        key = _on_the_device(stage, actor) if actor.device is not None else _in_a_file(actor)
        handed_out = stage.file(f"public-{actor.person}.json")
        handed_out.write_bytes(canonical({**key, "device_key": made["device_key"]}))
        stage.keys[actor.person] = travelled(handed_out)  # what the treasury and the policy's author read
        for number, endpoint in enumerate(stage.endpoints):
            actor.do(
                "nodes", "add", str(endpoint["http"]), "--id", f"node-{number + 1}",
                "--operator", str(endpoint["operator"]),
            ).ok()  # fmt: skip
        expect(actor.do("nodes", "test").ok()["ok"], True, f"{actor.person}'s nodes")
        log = travelled(actor.workspace / "logs" / "log.json")
        expect(log["log_id"], made["log_id"], f"log id of {actor.person}")
        lines.append(f"{actor.person} ({actor.role}): signs as {_account(key)}, {key['kept']}")
    return lines


def _in_a_file(actor: Actor) -> JsonObject:
    """A new key, sealed on disk."""
    key = actor.do("keys", "generate", "--id", actor.key, "--curve", "secp256k1").ok()
    sealed = (actor.workspace / "keys" / f"{actor.key}.json").read_text()
    expect(str(key["public_key"]).lower() in sealed, True, f"key file of {actor.person}")
    return {**key, "kept": "key in a sealed file"}


def _on_the_device(stage: Stage, actor: Actor) -> JsonObject:
    """The key of a hardware wallet, whose address was compared on its screen."""
    ready = stage.wallet.plug_in()
    key = actor.do("devices", "address", "--no-show").ok()
    stage.wallet.agree_to_address(str(key["address"]))
    shown = actor.do("devices", "address").ok()
    expect(shown["public_key"], key["public_key"], "the key whose address was shown")
    expect(stage.wallet.decisions()[-1]["decision"], "approved", "the address on the device")
    drawn = "".join(stage.wallet.shown()).replace(" | ", "")
    expect(str(key["address"]) in drawn, True, "the device's screen")
    return {**key, "id": actor.key, "kept": f"key on a {ready['product']}, address compared on its screen"}


def _account(key: JsonObject) -> str:
    accounts = key["accounts"]
    if not isinstance(accounts, list) or len(accounts) != 1:
        raise StepError("a key has one account on a practice network")
    return str(accounts[0])


def treasury(stage: Stage) -> list[str]:
    """Fund, issue, list signers, set tickets aside, disable the master key: all by signed transactions."""
    members = [_account(key).rpartition(":")[2] for key in stage.keys.values()]
    stage.world.set_up(stage.nodes[0], stage.genesis, members)
    return _read_treasury(stage, members)


def _read_treasury(stage: Stage, members: list[str]) -> list[str]:
    """From the second operator, which saw none of the submissions."""
    answer = stage.nodes[1].account(stage.treasury.address)
    flags = member(member(answer, "account_data"), "Flags")
    expect(isinstance(flags, int) and bool(flags & DISABLED_MASTER), True, "master key is disabled")
    lists = entries(member(answer, "signer_lists"))
    expect(member(lists[0], "SignerQuorum"), 2, "ledger quorum")
    listed = {
        str(member(member(entry, "SignerEntry"), "Account")) for entry in entries(lists[0]["SignerEntries"])
    }
    expect(listed, set(members), "signers on the ledger")
    balance = stage.nodes[1].issued_balance(stage.treasury.address, "USD", stage.issuer.address)
    expect(balance, ISSUED, "issued dollars of the treasury")
    return [
        f"treasury {stage.treasury.address}: 2 of 3 signers, master key disabled, {TICKETS} tickets",
        f"it holds {balance} USD of {stage.issuer.address} (currency {USD_HEX})",
    ]


def _member(actor: Actor, key: JsonObject) -> Member:
    """What the policy's author has to know of a person."""
    return Member(
        id=actor.person,
        role=actor.role,
        device_key=str(key["device_key"]),
        key_id=str(key["id"]),
        account=_account(key),
        public_key=str(key["public_key"]),
        device=actor.device,
    )


def policy(stage: Stage) -> list[str]:
    """One document, three votes, active in each workspace under one hash."""
    document = stage.file("policy.yaml")
    members = [_member(actor, stage.keys[person]) for person, actor in stage.people.items()]
    document.write_text(policy_yaml(stage.world, members), encoding="utf-8")
    votes = []
    for person, actor in stage.people.items():
        vote = stage.file(f"vote-{person}.json")
        actor.do("policy", "sign", str(document), "-o", str(vote)).ok()
        votes.append(str(vote))
    stage.people["alice"].do("policy", "activate", str(document), *votes[:2]).refused("VOTES_MISSING", 4)
    hashes = {
        person: actor.do("policy", "activate", str(document), *votes).ok()["hash"]
        for person, actor in stage.people.items()
    }
    expect(len(set(hashes.values())), 1, "different policy hashes")
    for person, actor in stage.people.items():
        kept = travelled(actor.workspace / "policy" / "treasury-v1.json")
        expect(member(kept, "policy") is not None, True, f"policy file of {person}")
        expect({vote["policy_hash"] for vote in entries(kept["votes"])}, {hashes[person]}, "votes' hash")
        verified_journal(actor)
    return [f"hash {hashes['alice']}, with the votes of alice, bob and carol; two votes were not enough"]


SCENES = (
    ("A practice XRPL ledger with two endpoints of two operators", ledger),
    ("Three people, each with a workspace of their own", workspaces),
    ("A treasury with a 2-of-3 signer list and its master key disabled", treasury),
    ("A policy, voted for and activated in each workspace", policy),
)
