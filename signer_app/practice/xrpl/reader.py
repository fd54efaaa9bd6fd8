"""One operator's node.

Its own copy of the ledger, rebuilt from the stream of closed ledgers that it received.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from signer_app.core.errors import NotFoundError
from signer_app.practice.xrpl.apply.context import Fees
from signer_app.practice.xrpl.apply.engine import is_claim
from signer_app.practice.xrpl.codec import Transaction, parse
from signer_app.practice.xrpl.faults import FEE_SPIKE, HISTORY_GAP, LAG, SPIKE, Faults
from signer_app.practice.xrpl.ledger import (
    Applied,
    ClosedLedger,
    Draft,
    Header,
    LedgerRecord,
    follow,
    genesis_state,
)
from signer_app.practice.xrpl.metadata import affected_accounts
from signer_app.practice.xrpl.network import HELD, Consensus, fill
from signer_app.practice.xrpl.state import PastState, Sandbox, View
from signer_app.practice.xrpl.values import Result


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a submitted transaction here: applied to the open ledger, held, or neither."""

    result: Result
    applied: bool
    kept: bool


class Reader:
    """A node with its own state, history and open ledger. Lags while the fault is on, then catches up."""

    def __init__(self, operator: str, consensus: Consensus, faults: Faults) -> None:
        self.operator = operator
        self._consensus = consensus
        self._faults = faults
        self._state = genesis_state()
        first = consensus.history[0]
        self._records: list[LedgerRecord] = [LedgerRecord(first.header, (), {})]
        self._places: dict[str, tuple[int, int]] = {}
        self._by_account: dict[str, list[tuple[int, int]]] = {}
        self._waiting: list[ClosedLedger] = []
        self._pool: list[Transaction] = []
        self.on_ledger: list[Callable[[LedgerRecord], None]] = []
        for closed in consensus.history[1:]:
            self._follow(closed)
        self._pool = list(consensus.pool)
        self._open = self._reopened()
        consensus.on_close.append(self._receive_ledger)
        consensus.on_transaction.append(self._receive_transaction)

    @property
    def tip(self) -> Header:
        """Header of the last validated ledger known here."""
        return self._records[-1].header

    @property
    def open_draft(self) -> Draft:
        """The open ledger as this reader sees it."""
        return self._open

    @property
    def fees(self) -> Fees:
        """Costs here and now."""
        return Fees(load=SPIKE if self._faults.has(FEE_SPIKE, self.operator) else 1)

    def submit(self, transaction: Transaction, *, fail_hard: bool) -> Submission:
        """Try a transaction, whose signatures were verified, on the open ledger and pass it on."""
        if any(item.transaction == transaction for item in self._open.applied):
            return Submission("tefALREADY", applied=False, kept=False)
        if fail_hard:
            trial = Draft(self._open.index, Sandbox(self._open.view), [])
            result = trial.apply(transaction, self.fees, is_open=True).result
            if is_claim(result) or result in HELD:
                return Submission(result, applied=False, kept=False)
        outcome = self._open.apply(transaction, self.fees, is_open=True)
        kept = outcome.applied or outcome.result in HELD
        if kept:
            if transaction not in self._pool:
                self._pool.append(transaction)
            self._consensus.take(transaction)
            # A transaction that was held may fit now.
            if outcome.applied and len(self._pool) > len(self._open.applied):
                self._open = self._reopened()
        return Submission(outcome.result, outcome.applied, kept)

    def _receive_transaction(self, transaction: Transaction) -> None:
        if transaction not in self._pool:
            self._pool.append(transaction)
            self._open = self._reopened()

    def _receive_ledger(self, closed: ClosedLedger) -> None:
        self._waiting.append(closed)
        self.catch_up()

    def catch_up(self) -> None:
        """Take in the ledgers that have waited, unless this reader is told to lag."""
        if self._faults.has(LAG, self.operator):
            return
        waiting, self._waiting = self._waiting, []
        for closed in waiting:
            self._follow(closed)
            self._open = self._reopened()
            for listener in self.on_ledger:
                listener(self._records[-1])

    def _follow(self, closed: ClosedLedger) -> None:
        record = follow(closed, self._state, self.tip, parse)
        self._records.append(record)
        for position, item in enumerate(record.transactions):
            place = (record.header.index, position)
            self._places[item.transaction.hash] = place
            nodes = item.meta["AffectedNodes"]
            for account in affected_accounts(nodes if isinstance(nodes, list) else []):
                self._by_account.setdefault(account, []).append(place)

    def _reopened(self) -> Draft:
        """A new open ledger from the pool; what can never be applied leaves the pool."""
        draft = Draft(self.tip.index + 1, Sandbox(self._state), [])
        waiting = [item for item in self._pool if item.hash not in self._places]
        held = fill(draft, waiting, Fees(), is_open=True)
        alive = {item.transaction.hash for item in draft.applied} | {item.hash for item in held}
        self._pool = [item for item in waiting if item.hash in alive]
        return draft

    # What follows reads; nothing below changes the reader.

    def missing(self) -> set[int]:
        """Ledgers that this reader does not have in its history, though it knows the newest state."""
        if not self._faults.has(HISTORY_GAP, self.operator):
            return set()
        gap = set(range(2, self.tip.index))
        return gap | {self.tip.index} if self._records[-1].transactions else gap

    def complete(self) -> list[tuple[int, int]]:
        """Ranges of ledgers in the history, both ends included."""
        missing = self.missing()
        ranges: list[tuple[int, int]] = []
        for record in self._records:
            index = record.header.index
            if index in missing:
                continue
            if ranges and ranges[-1][1] == index - 1:
                ranges[-1] = (ranges[-1][0], index)
            else:
                ranges.append((index, index))
        return ranges

    def record(self, index: int) -> LedgerRecord:
        """A closed ledger in the history, or the newest. Raises NotFoundError."""
        known = 1 <= index <= self.tip.index
        if not known or (index in self.missing() and index != self.tip.index):
            raise NotFoundError(f"Ledger {index} is not known here.")
        return self._records[index - 1]

    def index_of_hash(self, ledger_hash: str) -> int:
        """The index of a closed ledger by its hash. Raises NotFoundError."""
        for record in reversed(self._records):
            if record.header.hash == ledger_hash:
                return record.header.index
        raise NotFoundError("No ledger with this hash is known here.")

    def state_at(self, index: int) -> View:
        """The validated state after ledger ``index``. Raises NotFoundError."""
        self.record(index)
        return PastState(self._state, tuple(record.undo for record in self._records[index:]))

    def find(self, tx_hash: str) -> tuple[LedgerRecord, Applied] | None:
        """A validated transaction in the history."""
        place = self._places.get(tx_hash)
        if place is None or place[0] in self.missing():
            return None
        record = self._records[place[0] - 1]
        return record, record.transactions[place[1]]

    def find_open(self, tx_hash: str) -> Transaction | None:
        """A transaction that is in the open ledger or held."""
        return next((item for item in self._pool if item.hash == tx_hash), None)

    def places_of(self, account: str) -> list[tuple[int, int]]:
        """(ledger index, position) of the transactions that touched an account, the oldest first."""
        missing = self.missing()
        return [place for place in self._by_account.get(account, []) if place[0] not in missing]
