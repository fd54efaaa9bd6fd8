"""What the proposals service is given: the other rooms, already opened by workspace.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from signer_app.chains.port import LedgerReader
from signer_app.core.clock import Clock
from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonObject
from signer_app.journal.writer import Journal
from signer_app.proposals.store.projection import Projection
from signer_app.proposals.store.queries import Queries
from signer_app.signers.keystore.client import Keystore

SEAL_EVERY = 100


@dataclass(slots=True)
class Rooms:
    """Open rooms of one workspace and its current person.

    ``ledger`` gives the reader of a network, or raises NodeError if none is configured. ``seal`` writes a
    checkpoint by the device key and the vault's head (CONTRACTS E); without an unlocked keystore, the head.
    """

    person: str
    networks: tuple[str, ...]
    clock: Clock
    journal: Journal
    queries: Queries
    projection: Projection
    ledger: Callable[[str], LedgerReader]
    seal: Callable[[], None]
    keystore_or_none: Callable[[], Keystore | None]
    progress: Callable[[str], None] = field(default=lambda _text: None)

    def record(self, kind: str, fields: JsonObject) -> int:
        """Append one journal record, then let the store follow. Returns the record's index."""
        index = self.journal.append(kind, fields)
        self.projection.catch_up()
        self._seal_now_and_then(index, index)
        return index

    def record_many(self, entries: list[tuple[str, JsonObject]]) -> list[int]:
        """Append several records with one sync, then let the store follow."""
        indexes = self.journal.append_many(entries)
        self.projection.catch_up()
        self._seal_now_and_then(indexes[0], indexes[-1])
        return indexes

    def _seal_now_and_then(self, first: int, last: int) -> None:
        """A checkpoint at least every SEAL_EVERY records (DESIGN section 6, Journal)."""
        if first // SEAL_EVERY != (last + 1) // SEAL_EVERY:
            self.seal()

    def keystore(self) -> Keystore:
        """The unlocked keystore of the current person. UsageError PASSPHRASE_REQUIRED when it is locked, but
        first what keeps the journal from being written: no key is of use then.

        One that has died is given too: what is asked of it then fails with SIGNER_DIED.
        """
        keystore = self.keystore_or_none()
        if keystore is None:
            self.journal.require_usable()
            raise UsageError("This needs your keys, and they are locked.", code="PASSPHRASE_REQUIRED")
        return keystore
