"""What stands in the way of the next step of a set-up, what a person should know, and what a policy is made
of: pure readings of what was entered (first_run.py keeps it)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from signer_app.core.caip import parse_asset
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy import templates
from signer_app.workspace.composition import Workspace

#: How cold a key is taken to be, until somebody says otherwise.
_TIERS: Final = {"ledger": "cold", "keystore": "warm"}


def problem(state: Mapping[str, JsonValue], workspace: Workspace) -> str:
    """For the steps from KEYS to DEVICES: one sentence, or "" if the step can be left forwards."""
    match state["step"]:
        case "KEYS":
            mine = [known for known in _objects(state["people"]) if known["person"] == workspace.person]
            return "" if mine else "Write your enrolment first: it proves that you hold your keys."
        case "NODES":
            return _nodes_problem(state, workspace)
        case "ACCOUNTS":
            return "" if state["accounts"] else "Read an account from the ledger, or open a policy file."
        case "PEOPLE":
            return next(
                (text for account in _objects(state["accounts"]) if (text := _short(account, state))), ""
            )
        case "DEVICES":
            return _devices_problem(state)
        case _:
            return ""


def _nodes_problem(state: Mapping[str, JsonValue], workspace: Workspace) -> str:
    if not workspace.nodes.config.nodes:
        return "Add a node of each operator whom you believe."
    answered = state["nodes_answered"]
    if not isinstance(answered, dict):
        return "Ask the nodes whether they answer."
    if answered.get("ok") is not True:
        return "A node did not answer, or for another network. Mend or remove it, then ask again."
    return ""


def _short(account: JsonObject, state: Mapping[str, JsonValue]) -> str:
    """Where the people who are enrolled cannot fill an account's quorum on the ledger."""
    held = {str(key["signer"]) for person in _objects(state["people"]) for key in _objects(person["keys"])}
    weights = {str(entry["account"]): _number(entry["weight"]) for entry in _objects(account["signers"])}
    have, need = sum(weight for name, weight in weights.items() if name in held), _number(account["quorum"])
    if not weights:
        return f"{account['label']} has no signer list: one key alone can move everything."
    if have < need:
        return (
            f"{account['label']} needs weight {need} on the ledger; the people here hold {have}. "
            "Take more enrolments."
        )
    return ""


def _devices_problem(state: Mapping[str, JsonValue]) -> str:
    owners: dict[str, str] = {}
    for person in _objects(state["people"]):
        for key in _objects(person["keys"]):
            device = where_of(state, key)["device"]
            if owners.setdefault(device, str(person["person"])) != person["person"]:
                names = f"{owners[device]} and for {person['person']}"
                return f"{device} is named for {names}. One device, one person."
    return ""


def hints(state: Mapping[str, JsonValue]) -> list[str]:
    """What is worth knowing and stops nothing."""
    found = []
    answered = state["nodes_answered"]
    nodes = _objects(answered.get("nodes")) if isinstance(answered, dict) else []
    if nodes and len({str(node["operator"]) for node in nodes}) < 2:
        found.append("All nodes belong to one operator: nobody would notice if it lied.")
    held = {
        str(key["signer"]): str(person["person"])
        for person in _objects(state["people"])
        for key in _objects(person["keys"])
    }
    listed: set[str] = set()
    for account in _objects(state["accounts"]):
        if account["master"] is True:
            found.append(
                f"The master key of {account['label']} can still sign alone. Disable it on the ledger."
            )
        for entry in _objects(account["signers"]):
            listed.add(str(entry["account"]))
            if entry["account"] not in held:
                found.append(f"Nobody here holds {entry['account']}, a signer of {account['label']}.")
    if listed:
        found += [
            f"{person}'s key {signer} signs for no account here."
            for signer, person in held.items()
            if signer not in listed
        ]
    return found


def observed(shown: JsonObject) -> JsonObject:
    """{master, ledger, operators} of Accounts.show(): whether the master key signs, and who said so when."""
    signers = [fact for fact in _objects(shown["facts"]) if fact["kind"] == "signers"]
    found = [entry for fact in signers for entry in _objects(fact["observations"])]
    values = [value for entry in found if isinstance(value := entry["value"], dict)]
    return {
        "master": any(value.get("master_enabled") is True for value in values),
        "ledger": max((str(entry["ledger"]) for entry in found), default=""),
        "operators": len({str(entry["operator"]) for entry in found}),
    }


def asset_of(text: str, network: str) -> str:
    """The CAIP-19 id of what a person types: XRP, USD.rIssuer, or the id itself. MalformedError."""
    typed = text.strip()
    if typed.upper() == "XRP":
        return f"{network}/slip44:144"
    code, dot, issuer = typed.rpartition(".")
    if dot and "/" not in typed:
        # Three letters stand at their place in 20 bytes (xrpl.org, "Currency Codes").
        if len(code) == 3 and code.isascii() and code.isprintable():
            code = f"{'00' * 12}{code.encode('ascii').hex().upper()}{'00' * 5}"
        typed = f"{network}/iou:{code.upper()}.{issuer}"
    return parse_asset(typed)


def where_of(state: Mapping[str, JsonValue], key: JsonObject) -> dict[str, str]:
    """{device, tier} of a key: what was entered, else what its enrolment says."""
    devices = state["devices"]
    chosen = devices.get(str(key["public_key"])) if isinstance(devices, dict) else None
    if isinstance(chosen, dict):
        return {"device": str(chosen["device"]), "tier": str(chosen["tier"])}
    return {"device": str(key["device"]), "tier": _TIERS.get(str(key["backend"]), "warm")}


def filling(
    state: Mapping[str, JsonValue],
    workspace: Workspace,
    assets: Sequence[templates.AssetLimit],
    receivers: Sequence[templates.Receiver],
) -> templates.Filling:
    """What a template is filled with. Where every node belongs to one operator, one has to suffice."""
    people, keys = [], []
    for person in _objects(state["people"]):
        people.append(_person(person))
        keys += [_key(state, str(person["person"]), key) for key in _objects(person["keys"])]
    operators = {node.operator for node in workspace.nodes.config.nodes}
    return templates.Filling(
        org=str(workspace.identity["org"]),
        networks=workspace.networks[:1],
        people=people,
        keys=keys,
        accounts=_named([str(account["account"]) for account in _objects(state["accounts"])]),
        assets=assets,
        receivers=receivers,
        min_agree=min(2, max(1, len(operators))),
        may_wait=workspace.identity["class"] != "practice",
    )


def _named(accounts: Sequence[str]) -> list[tuple[str, str]]:
    return [
        ("main" if number == 0 else f"account-{number + 1}", name) for number, name in enumerate(accounts)
    ]


def _person(person: JsonObject) -> JsonObject:
    roles = person["roles"]
    return {
        "id": str(person["person"]), "name": str(person["person"]).capitalize(),
        "roles": [*roles] if isinstance(roles, list) else [],
        "device_keys": [person["device_key"]], "suspended": False,
    }  # fmt: skip


def _key(state: Mapping[str, JsonValue], person: str, key: JsonObject) -> JsonObject:
    where = where_of(state, key)
    name = str(key["id"])
    return {
        # Two people may call their keys alike; the policy's ids are unique.
        "id": name if name.startswith(person) else f"{person}-{name}"[:64],
        "person": person, "signer": key["signer"], "public_key": key["public_key"],
        "device": where["device"], "backend": key["backend"], "tier": where["tier"], "purpose": "sign",
    }  # fmt: skip


def _objects(value: JsonValue) -> list[JsonObject]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _number(value: JsonValue) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
