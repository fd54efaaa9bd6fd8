"""Accounts as people know them: labels, the policy's scope, and what the operators say now."""

from __future__ import annotations

from signer_app.chains.registry import chain_of
from signer_app.core.caip import parse_account
from signer_app.core.clock import Clock
from signer_app.core.errors import DeniedError, MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.proposals.judging import DEFAULT_WINDOW_S
from signer_app.proposals.policies import Policies
from signer_app.proposals.store.queries import Queries
from signer_app.workspace.account_detail import describe, policy_or_none
from signer_app.workspace.nodes import Nodes


class Accounts:
    """Reads and names accounts of one workspace."""

    def __init__(
        self, nodes: Nodes, policies: Policies, queries: Queries, networks: tuple[str, ...], clock: Clock,
        person: str,
    ) -> None:  # fmt: skip
        self._nodes = nodes
        self._policies = policies
        self._queries = queries
        self._networks = networks
        self._clock = clock
        self._person = person

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

    def names(self) -> dict[str, str]:
        """What people call accounts (CAIP-10): labels of the configuration, ids of the policy's accounts,
        address book and keys. A label decides nothing; where two name one account, the person's own wins.
        """
        found: dict[str, str] = {}
        policy = policy_or_none(self._policies, self._clock)
        if policy is not None:
            found |= {key.signer: key.id for key in policy.body.keys}
            found |= {entry.account: entry.id for entry in policy.body.address_book}
            found |= {entry.account: entry.id for entry in policy.body.accounts}
        labels = self._nodes.config.labels
        return {**found, **{name: label for name, label in labels.items() if _is_account(name)}}

    def asset_names(self) -> dict[str, str]:
        """Labels of the policy's assets, by CAIP-19 id."""
        policy = policy_or_none(self._policies, self._clock)
        return {asset.id: asset.label for asset in policy.body.assets} if policy is not None else {}

    def show(self, account: str) -> JsonObject:
        """{account, facts, agreed}: what each operator says about an account at one validated ledger, and
        what follows from it (account_detail.py)."""
        network = parse_account(account).network
        reader = self._nodes.ledger(network)
        facts = reader.facts(account=account, destinations=(), window_s=DEFAULT_WINDOW_S)
        kept: list[JsonValue] = [fact.to_json() for fact in facts if fact.kind in ("account", "signers")]
        policy = policy_or_none(self._policies, self._clock)
        agreed = describe(
            account, facts, policy, self._clock, self._person, self._queries.last_signed(network)
        )
        return {"account": account, "facts": kept, "agreed": agreed}


def _is_account(text: str) -> bool:
    """Labels may name assets and policies too."""
    try:
        parse_account(text)
    except MalformedError:
        return False
    return True
