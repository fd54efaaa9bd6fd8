"""The address book in force, as people see and choose from it."""

from __future__ import annotations

from signer_app.core.clock import Clock, format_time, whole_seconds
from signer_app.core.errors import DeniedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.book import book_lines, receiver_rule
from signer_app.proposals.policies import Policies


class Book:
    """Reads of the policy in force. Entries change by policy alone."""

    def __init__(self, policies: Policies, clock: Clock) -> None:
        self._policies, self._clock = policies, clock

    def list(self) -> JsonObject:
        """{policy: {id, version, hash, rule}|null, at, entries, accounts, assets}; empty without a policy.

        ``rule`` is the id of the rule that refuses receivers outside the book, or null.
        """
        now = whole_seconds(self._clock())
        try:
            document = self._policies.in_force(now).document
        except DeniedError:
            return {"policy": None, "at": format_time(now), "entries": [], "accounts": [], "assets": []}
        entries: list[JsonValue] = [line.to_json() for line in book_lines(document, now)]
        accounts: list[JsonValue] = [{"id": a.id, "account": a.account} for a in document.body.accounts]
        assets: list[JsonValue] = [{"asset": a.id, "label": a.label} for a in document.body.assets]
        return {
            "policy": {
                "id": document.id,
                "version": document.version,
                "hash": document.hash,
                "rule": receiver_rule(document),
            },
            "at": format_time(now),
            "entries": entries,
            "accounts": accounts,
            "assets": assets,
        }
