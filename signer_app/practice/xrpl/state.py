"""Ledger entries: the validated state, a sandbox over it, and the state as it was some ledgers ago.

Directories are not entries here: who owns what is an index beside the entries, rebuilt from them.
An entry that was read must not be changed; ``Sandbox.edit`` gives the copy that may be.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from signer_app.practice.xrpl.codec import account_id, account_index, half_sha512
from signer_app.practice.xrpl.values import Entry, member, number, text


def owners_of(entry: Entry) -> tuple[str, ...]:
    """The accounts in whose directory the entry stands."""
    match entry["LedgerEntryType"]:
        case "RippleState":
            return (text(member(entry, "LowLimit"), "issuer"), text(member(entry, "HighLimit"), "issuer"))
        case "SignerList":
            return (text(entry, "Owner"),)
        case "Ticket":
            return (text(entry, "Account"),)
        case _:
            return ()


class View(Protocol):
    """Something that entries can be read from."""

    def read(self, index: str) -> Entry | None:
        """The entry at ``index`` (upper hex), not to be changed."""

    def owned(self, account: str) -> set[str]:
        """Indexes of the entries in the account's directory."""


class State:
    """The entries of one validated ledger. Changed only by ``replace``, at a close."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._hashes: dict[str, bytes] = {}
        self._owned: dict[str, set[str]] = {}

    def read(self, index: str) -> Entry | None:
        """The entry at ``index``, not to be changed."""
        return self._entries.get(index)

    def owned(self, account: str) -> set[str]:
        """Indexes of the entries in the account's directory."""
        return self._owned.get(account, set())

    def items(self) -> Iterable[tuple[str, Entry]]:
        """All entries with their indexes."""
        return self._entries.items()

    def replace(self, changes: Mapping[str, Entry | None]) -> dict[str, Entry | None]:
        """Apply ``changes`` (None = gone). Returns what stood there before, for ``PastState``."""
        before: dict[str, Entry | None] = {}
        for index, entry in changes.items():
            old = self._entries.get(index)
            before[index] = old
            if old is not None:
                for owner in owners_of(old):
                    self._owned[owner].discard(index)
            if entry is None:
                self._entries.pop(index, None)
                self._hashes.pop(index, None)
                continue
            self._entries[index] = entry
            self._hashes[index] = half_sha512(json.dumps(entry, sort_keys=True).encode())
            for owner in owners_of(entry):
                self._owned.setdefault(owner, set()).add(index)
        return before

    def root(self) -> bytes:
        """Hash over all entries in the order of their indexes. Our own form, not the ledger's SHAMap."""
        parts = (bytes.fromhex(index) + self._hashes[index] for index in sorted(self._hashes))
        return half_sha512(b"MLN\0" + b"".join(parts))


@dataclass(frozen=True, slots=True)
class PastState:
    """The state of an earlier ledger: today's, with what later ledgers replaced laid over it.

    ``undo`` holds the replaced entries of each later ledger, the oldest first.
    """

    today: State
    undo: tuple[Mapping[str, Entry | None], ...]

    def read(self, index: str) -> Entry | None:
        """The entry as it was then."""
        for layer in self.undo:
            if index in layer:
                return layer[index]
        return self.today.read(index)

    def owned(self, account: str) -> set[str]:
        """The account's directory as it was then."""
        candidates = set(self.today.owned(account))
        for layer in self.undo:
            candidates.update(
                index for index, entry in layer.items() if entry and account in owners_of(entry)
            )
        return {index for index in candidates if (entry := self.read(index)) and account in owners_of(entry)}


class Sandbox:
    """Changes over a view that can be thrown away or taken over as one."""

    def __init__(self, parent: View) -> None:
        self._parent = parent
        self._changes: dict[str, Entry | None] = {}
        self._erased: dict[str, Entry] = {}

    @property
    def changes(self) -> Mapping[str, Entry | None]:
        """Entries as they are to be; None = removed."""
        return self._changes

    def read(self, index: str) -> Entry | None:
        """The entry at ``index``, not to be changed."""
        if index in self._changes:
            return self._changes[index]
        return self._parent.read(index)

    def before(self, index: str) -> Entry | None:
        """The entry as the parent has it."""
        return self._parent.read(index)

    def edit(self, index: str) -> Entry | None:
        """A copy of the entry that may be changed and that is part of this sandbox."""
        changed = self._changes.get(index)
        if changed is not None or index in self._changes:
            return changed
        entry = self._parent.read(index)
        if entry is None:
            return None
        copy = dict(entry)
        self._changes[index] = copy
        return copy

    def put(self, index: str, entry: Entry) -> None:
        """Create or overwrite an entry."""
        self._changes[index] = entry

    def erase(self, index: str) -> None:
        """Remove an entry."""
        last = self.read(index)
        if last is not None:
            self._erased[index] = last
        self._changes[index] = None

    def last_form(self, index: str) -> Entry | None:
        """The entry as it was when it was erased, for the metadata."""
        return self._erased.get(index)

    def owned(self, account: str) -> set[str]:
        """Indexes of the entries in the account's directory."""
        result = set(self._parent.owned(account))
        for index, entry in self._changes.items():
            if entry is None:
                result.discard(index)
            elif account in owners_of(entry):
                result.add(index)
        return result

    def commit(self, target: Sandbox) -> None:
        """Hand the changes to the sandbox that this one stands over."""
        for index, entry in self._changes.items():
            target._changes[index] = entry


def account_root(view: View, address: str) -> Entry | None:
    """The AccountRoot of ``address``, not to be changed."""
    return view.read(account_index(address))


def is_low(account: str, other: str) -> bool:
    """True when ``account`` is the low side of a trust line with ``other``."""
    return account_id(account) < account_id(other)


def owner_count(view: View, address: str) -> int:
    """The number of objects that the account pays reserve for."""
    root = account_root(view, address)
    return 0 if root is None else number(root, "OwnerCount", 0)
