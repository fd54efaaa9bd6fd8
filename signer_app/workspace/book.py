"""The address book in force, as people see and choose from it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from signer_app.core.clock import Clock, format_time, whole_seconds
from signer_app.core.errors import DeniedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.book import book_lines, receiver_rule
from signer_app.policy.document import PolicyDocument
from signer_app.proposals.policies import Policies
from signer_app.proposals.store.queries import Queries
from signer_app.workspace.origins import origins


class Book:
    """Reads of the policy in force. Entries change by policy alone."""

    def __init__(self, policies: Policies, queries: Queries, clock: Clock) -> None:
        self._policies, self._queries, self._clock = policies, queries, clock

    def whole(self) -> JsonObject:
        """list() with two members more in each entry: ``added`` {version, at, voters}, the version of the
        policy since which it is there as it is, and ``used`` {count, last_at|null}, its confirmed payments
        that this workspace knows. This reads every confirmed proposal; list() reads none.
        """
        listed = self.list()
        try:
            document = self._policies.in_force(self._clock()).document
        except DeniedError:
            return listed
        added, paid = origins(self._policies, document, _receivers), self._queries.paid()
        entries: list[JsonValue] = [
            {**entry, "added": added[str(entry["id"])].to_json(), "used": _used(entry, paid)}
            for entry in (listed["entries"] if isinstance(listed["entries"], list) else [])
            if isinstance(entry, dict)
        ]
        return {**listed, "entries": entries}

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


def _receivers(document: PolicyDocument) -> Mapping[str, Hashable]:
    """Whom each entry pays: another address, tag or memo under the same name is another receiver."""
    return {entry.id: (entry.account, entry.tag, entry.memo) for entry in document.body.address_book}


def _used(entry: JsonObject, paid: Sequence[JsonObject]) -> JsonObject:
    wanted = entry["tag"]
    mine = [
        row
        for row in paid
        if row["to"] == entry["account"] and (wanted in ("*", "!") or row["tag"] == wanted)
    ]
    count = sum(row["count"] for row in mine if isinstance(row["count"], int))
    return {"count": count, "last_at": max((str(row["last_at"]) for row in mine), default=None)}
