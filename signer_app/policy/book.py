"""The policy's address book for people: what state each entry is in now, and which addresses look alike.

The rules destinations and lookalike judge; this shows, with their words and numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from signer_app.core.caip import asset_network, namespace
from signer_app.core.clock import format_time
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.policy.rules.destinations import Destinations
from signer_app.policy.rules.lookalike import Lookalike
from signer_app.policy.schema import BookEntry

ACTIVE, COOLING, SUSPENDED, EXPIRED = "active", "cooling", "suspended", "expired"
#: First and last letters that make two addresses look alike where no rule says another number.
_ENDS: Final = (4, 4)


@dataclass(frozen=True, slots=True)
class BookLine:
    """An entry with its state at a time. ``alike``: names of known addresses that begin and end like it."""

    entry: BookEntry
    status: str
    alike: tuple[str, ...]

    def to_json(self) -> JsonObject:
        entry = self.entry
        assets: list[JsonValue] = list(entry.assets)
        alike: list[JsonValue] = list(self.alike)
        return {
            "id": entry.id,
            "account": entry.account,
            "tag": entry.tag,
            "memo": entry.memo,
            "assets": assets,
            "status": self.status,
            "added_at": format_time(entry.added_at),
            "active_after": format_time(entry.active_after),
            "expires_at": format_time(entry.expires_at) if entry.expires_at is not None else None,
            "evidence": entry.evidence,
            "looks_like": alike,
        }


def book_lines(document: PolicyDocument, now: datetime) -> tuple[BookLine, ...]:
    """Every entry, in the policy's order."""
    first, last = ends(document)
    shapes: dict[tuple[str, str, str], dict[str, str]] = {}
    for account, name in known_addresses(document):
        shapes.setdefault(shape(account, first, last), {}).setdefault(account, name)
    lines = []
    for entry in document.body.address_book:
        others = shapes.get(shape(entry.account, first, last), {})
        alike = tuple(f"{name} {address(acc)}" for acc, name in others.items() if acc != entry.account)
        lines.append(BookLine(entry, entry_status(entry, now), alike))
    return tuple(lines)


def entry_status(entry: BookEntry, now: datetime) -> str:
    """suspended, expired, cooling or active, in the order in which the rule destinations asks."""
    if entry.status != "active":
        return SUSPENDED
    if entry.expires_at is not None and now >= entry.expires_at:
        return EXPIRED
    return COOLING if now < entry.active_after else ACTIVE


def receiver_rule(document: PolicyDocument) -> str | None:
    """Id of the rule that refuses receivers outside the book; null without one."""
    return next((rule.id for rule in document.rules if isinstance(rule, Destinations)), None)


def ends(document: PolicyDocument) -> tuple[int, int]:
    """How many first and last letters make addresses look alike under this policy."""
    for rule in document.rules:
        if isinstance(rule, Lookalike):
            return rule.same_first, rule.same_last
    return _ENDS


def shape(account: str, first: int, last: int) -> tuple[str, str, str]:
    """What a hasty reader sees of an address."""
    plain = address(account).removeprefix("0x").casefold()
    return namespace(account), plain[:first], plain[-last:]


def address(account: str) -> str:
    """The address of a CAIP-10 id."""
    return account.rpartition(":")[2]


def known_addresses(document: PolicyDocument) -> Iterable[tuple[str, str]]:
    """(CAIP-10, name) of everything that the policy knows: book, accounts, signers, issuers."""
    body = document.body
    for entry in body.address_book:
        yield entry.account, entry.id
    for account in body.accounts:
        yield account.account, account.id
    for key in body.keys:
        yield key.signer, key.id
    for asset in body.assets:
        _, dot, issuer = asset.id.partition(".")
        if dot:
            yield f"{asset_network(asset.id)}:{issuer}", asset.label
