"""What the operators share: the pool of submitted transactions, the close, and the stream of closed ledgers.

Consensus has a state of its own. Readers (``reader.py``) get nothing from it but closed ledgers and relayed
transactions, and build their own state from them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

from signer_app.practice.xrpl.apply.context import Fees
from signer_app.practice.xrpl.codec import Transaction, parse
from signer_app.practice.xrpl.faults import Faults
from signer_app.practice.xrpl.ledger import (
    ClosedLedger,
    Draft,
    follow,
    genesis_header,
    genesis_state,
    seal,
    seconds_now,
)
from signer_app.practice.xrpl.state import Sandbox
from signer_app.practice.xrpl.store import Store

#: Results after which a transaction may still succeed later, so that it is held.
HELD = ("terPRE_SEQ", "terPRE_TICKET")


def fill(draft: Draft, waiting: list[Transaction], fees: Fees, *, is_open: bool) -> list[Transaction]:
    """Apply what can be applied, in order of arrival, held ones as soon as they fit.

    Gives those still held.
    """
    while True:
        held: list[Transaction] = []
        progress = False
        for transaction in waiting:
            outcome = draft.apply(transaction, fees, is_open=is_open)
            progress = progress or outcome.applied
            if outcome.result in HELD:
                held.append(transaction)
        if not held or not progress:
            return held
        waiting = held


class Consensus:
    """The pool and the chain. Every change is durable before a reader hears of it."""

    def __init__(self, directory: Path, faults: Faults) -> None:
        """Open the folder and carry out its ledgers again. Raises IntegrityError, ConflictError."""
        self._faults = faults
        self._state = genesis_state()
        self.history: list[ClosedLedger] = []
        self.pool: list[Transaction] = []
        self.on_transaction: list[Callable[[Transaction], None]] = []
        self.on_close: list[Callable[[ClosedLedger], None]] = []
        self._store = Store(directory)
        # A folder that cannot be replayed is let go again.
        with ExitStack() as opened:
            opened.callback(self._store.close)
            self._replay()
            opened.pop_all()

    def _replay(self) -> None:
        closed = list(self._store.closed)
        if not closed:
            closed.append(ClosedLedger(genesis_header(self._state, seconds_now()), ()))
            self._store.append_ledger(closed[0])
        for before, ledger in pairwise(closed):
            follow(ledger, self._state, before.header, parse)
        known = {blob for ledger in closed for blob in ledger.blobs}
        self.history = closed
        self.pool = [parse(blob) for blob in self._store.pending if blob not in known]

    def take(self, transaction: Transaction) -> None:
        """Make a transaction part of the pool and tell every reader.

        One that is there already changes nothing.
        """
        if transaction in self.pool:
            return
        self._store.append_pending(transaction.blob)
        self.pool.append(transaction)
        for listener in self.on_transaction:
            listener(transaction)

    def close(self) -> ClosedLedger:
        """Close a ledger with what the pool can give, make it durable, and send it to every reader."""
        parent = self.history[-1].header
        draft = Draft(parent.index + 1, Sandbox(self._state), [])
        if not self._faults.never_validates():
            fill(draft, self.pool, Fees(), is_open=False)
        record = seal(draft, self._state, parent, seconds_now())
        closed = ClosedLedger(record.header, tuple(item.transaction.blob for item in record.transactions))
        self._store.append_ledger(closed)
        self.history.append(closed)
        self._keep_pending({item.transaction.hash for item in record.transactions})
        for listener in self.on_close:
            listener(closed)
        return closed

    def _keep_pending(self, done: set[str]) -> None:
        """Drop from the pool what is in a ledger and what can never get into one."""
        draft = Draft(self.history[-1].header.index + 1, Sandbox(self._state), [])
        waiting = [transaction for transaction in self.pool if transaction.hash not in done]
        held = fill(draft, waiting, Fees(), is_open=False)
        alive = {item.transaction.hash for item in draft.applied} | {item.hash for item in held}
        kept = [transaction for transaction in waiting if transaction.hash in alive]
        if len(kept) != len(self.pool):
            self._store.replace_pending(transaction.blob for transaction in kept)
        self.pool = kept

    def shut(self) -> None:
        """Close the files."""
        self._store.close()
