"""Accounts as people know them: labels, the policy's scope, and what the operators say now."""

from __future__ import annotations

from signer_app.chains.registry import chain_of
from signer_app.core.caip import parse_account
from signer_app.core.clock import Clock
from signer_app.core.errors import DeniedError, MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.proposals.judging import DEFAULT_WINDOW_S
from signer_app.proposals.policies import Policies
from signer_app.workspace.nodes import Nodes


class Accounts:
    """Reads and names accounts of one workspace."""

    def __init__(self, nodes: Nodes, policies: Policies, networks: tuple[str, ...], clock: Clock) -> None:
        self._nodes = nodes
        self._policies = policies
        self._networks = networks
        self._clock = clock

    def add(self, account: str, label: str) -> JsonObject:
        """Name an account of this workspace's networks; the checksum of its address is checked."""
        network = parse_account(account).network
        if network not in self._networks:
            raise MalformedError(f"This workspace does not do {network}.", code="NETWORK")
        known = chain_of(network).normalise_account(account, network)
        self._nodes.set_labels({**self._nodes.config.labels, known: label})
        return {"account": known, "label": label}

    def list(self) -> JsonObject:
        """{accounts: [{account, label, in_policy}]}: named ones, and those of the policy in force."""
        try:
            policy = self._policies.in_force(self._clock())
            scope = {entry.account for entry in policy.document.body.accounts}
        except DeniedError:
            scope = set()
        named = {name: label for name, label in self._nodes.config.labels.items() if _is_account(name)}
        found: list[JsonValue] = [
            {"account": account, "label": named.get(account), "in_policy": account in scope}
            for account in sorted({*named, *scope})
        ]
        return {"accounts": found}

    def show(self, account: str) -> JsonObject:
        """{account, facts}: what each operator says about an account at one validated ledger."""
        network = parse_account(account).network
        reader = self._nodes.ledger(network)
        facts = reader.facts(account=account, destinations=(), window_s=DEFAULT_WINDOW_S)
        kept: list[JsonValue] = [fact.to_json() for fact in facts if fact.kind in ("account", "signers")]
        return {"account": account, "facts": kept}


def _is_account(text: str) -> bool:
    """Labels may name assets and policies too."""
    try:
        parse_account(text)
    except MalformedError:
        return False
    return True
