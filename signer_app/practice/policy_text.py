"""The policy of a practice treasury: small, and like a real treasury's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.treasury import NETWORK, World

CUSTODIAN_TAG: Final = "17"
TX_CAP: Final = "400000"
DAY_CAP: Final = "500000"


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the treasury: their workstation's device key and their key on the ledger.

    ``device`` is the hardware wallet that holds the key; None for a sealed file.
    """

    id: str
    role: str
    device_key: str
    key_id: str
    account: str
    public_key: str
    device: str | None = None

    def person(self) -> JsonObject:
        """Their entry in people."""
        return {
            "id": self.id, "name": self.id.capitalize(), "roles": [self.role],
            "device_keys": [self.device_key], "suspended": False,
        }  # fmt: skip

    def key(self) -> JsonObject:
        """Their entry in keys."""
        where: JsonObject = (
            {"device": self.device, "backend": "ledger", "tier": "cold"}
            if self.device is not None
            else {"device": f"workstation-{self.id}", "backend": "keystore", "tier": "warm"}
        )
        return {
            "id": self.key_id, "person": self.id, "signer": self.account,
            "public_key": self.public_key, **where, "purpose": "sign",
        }  # fmt: skip


def policy_yaml(world: World, members: Sequence[Member]) -> str:
    """The document for these accounts and people."""
    people: list[JsonValue] = [member.person() for member in members]
    signers: list[JsonValue] = [member.key() for member in members]
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
        "accounts": [{"id": "main", "account": world.account, "may_be_source_of_operations": []}],
        "assets": [
            {"id": world.usd, "label": "USD"},
            {"id": f"{NETWORK}/slip44:144", "label": "XRP"},
        ],
        "address_book": [
            {"id": "custodian", "account": world.payee, "tag": CUSTODIAN_TAG,
             "memo": None, "assets": [world.usd], "status": "active",
             "added_at": "2026-01-01T00:00:00Z", "active_after": "2026-01-03T00:00:00Z",
             "expires_at": None, "evidence": "called back on 1 January"},
        ],
        "contracts": [],
        "facts": {"min_agree": 2, "max_age_s": {"default": 120}, "offline_max_age_s": {"default": 86400}},
        "change_quorum": {"all_of": groups},
        "override_quorum": {"all_of": [{"role": "security", "need": 1}]},
        "rules": _rules(world, groups),
    }  # fmt: skip
    text: str = yaml.dump(document, Dumper=_NoAliases, sort_keys=False, width=1000, allow_unicode=True)
    return text


def _rules(world: World, groups: list[JsonValue]) -> list[JsonValue]:
    return [
        {"id": "pay", "kind": "allow", "match": {"accounts": ["main"], "effects": ["Transfer"]},
         "transactions": ["Payment"], "flags": ["tfFullyCanonicalSig"]},
        {"id": "cap", "kind": "tx_cap", "asset": world.usd, "max": TX_CAP},
        {"id": "day", "kind": "rolling_cap", "by": "account", "asset": world.usd, "max": DAY_CAP,
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
