"""The policy that the rehearsal votes for: small, and like a real treasury's."""

from __future__ import annotations

from typing import Final

import yaml

from signer_app.cli.demo.stage import NETWORK, Stage
from signer_app.core.json_types import JsonObject, JsonValue

CUSTODIAN_TAG: Final = "17"
TX_CAP: Final = "400000"
DAY_CAP: Final = "500000"


def policy_yaml(stage: Stage, device_keys: dict[str, str]) -> str:
    """The document for the stage's accounts; ``device_keys`` are those of each person's workstation."""
    people: list[JsonValue] = []
    signers: list[JsonValue] = []
    for person, actor in stage.people.items():
        people.append(
            {"id": person, "name": person.capitalize(), "roles": [actor.role],
             "device_keys": [device_keys[person]], "suspended": False}
        )  # fmt: skip
        key = stage.keys[person]
        accounts = key["accounts"]
        where: JsonObject = (
            {"device": actor.device, "backend": "ledger", "tier": "cold"}
            if actor.device is not None
            else {"device": f"workstation-{person}", "backend": "keystore", "tier": "warm"}
        )
        signers.append(
            {"id": key["id"], "person": person,
             "signer": accounts[0] if isinstance(accounts, list) else None,
             "public_key": key["public_key"], **where, "purpose": "sign"}
        )  # fmt: skip
    groups: list[JsonValue] = [{"role": "finance", "need": 1}, {"role": "security", "need": 1}]
    document: JsonObject = {
        "format": "countersign/policy@1",
        "org": "practice",
        "id": "treasury",
        "version": 1,
        "prev": None,
        "valid_from": "2026-01-01T00:00:00Z",
        "time_zone": "UTC",
        "networks": [NETWORK],
        "people": people,
        "keys": signers,
        "accounts": [{"id": "main", "account": stage.account, "may_be_source_of_operations": []}],
        "assets": [
            {"id": stage.usd, "label": "USD"},
            {"id": f"{NETWORK}/slip44:144", "label": "XRP"},
        ],
        "address_book": [
            {"id": "custodian", "account": f"{NETWORK}:{stage.custodian.address}", "tag": CUSTODIAN_TAG,
             "memo": None, "assets": [stage.usd], "status": "active",
             "added_at": "2026-01-01T00:00:00Z", "active_after": "2026-01-03T00:00:00Z",
             "expires_at": None, "evidence": "called back on 1 January"},
        ],
        "contracts": [],
        "facts": {"min_agree": 2, "max_age_s": {"default": 120}, "offline_max_age_s": {"default": 86400}},
        "change_quorum": {"all_of": groups},
        "override_quorum": {"all_of": [{"role": "security", "need": 1}]},
        "rules": _rules(stage, groups),
    }  # fmt: skip
    text: str = yaml.dump(document, Dumper=_NoAliases, sort_keys=False, width=1000, allow_unicode=True)
    return text


def _rules(stage: Stage, groups: list[JsonValue]) -> list[JsonValue]:
    return [
        {"id": "pay", "kind": "allow", "match": {"accounts": ["main"], "effects": ["Transfer"]},
         "transactions": ["Payment"], "flags": ["tfFullyCanonicalSig"]},
        {"id": "cap", "kind": "tx_cap", "asset": stage.usd, "max": TX_CAP},
        {"id": "day", "kind": "rolling_cap", "by": "account", "asset": stage.usd, "max": DAY_CAP,
         "window_s": 86400},
        {"id": "count", "kind": "count_cap", "by": "account", "max": 20, "window_s": 86400},
        {"id": "payee", "kind": "destinations", "source": "address_book"},
        {"id": "two-people", "kind": "quorum", "all_of": groups, "persons": 2, "devices": 2,
         "proposer_may_approve": False},
        {"id": "fee", "kind": "fee_cap", "network": NETWORK, "max_base": "10000"},
        {"id": "expiry", "kind": "expiry", "required": True, "max_ledgers": 30000, "max_seconds": 259200},
        {"id": "net", "kind": "network"},
        {"id": "text", "kind": "text_safety"},
        {"id": "look", "kind": "lookalike", "same_first": 4, "same_last": 3},
    ]  # fmt: skip


class _NoAliases(yaml.SafeDumper):
    """The strict reader takes no aliases, so equal parts are written out."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class's signature
        return True
