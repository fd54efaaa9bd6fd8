"""Closed ledgers, their headers and how one follows from another.

The header's bytes and its hash prefix are the real ledger's (xrpl.org "Ledger Header"); the two tree hashes
in it are our own form, so a ledger hash here proves a chain of practice ledgers and nothing more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from signer_app.core.errors import IntegrityError
from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.apply.context import Fees
from signer_app.practice.xrpl.apply.engine import Outcome, apply_transaction
from signer_app.practice.xrpl.codec import (
    FEE_SETTINGS_INDEX,
    Transaction,
    account_index,
    encode_json,
    half_sha512,
)
from signer_app.practice.xrpl.signatures import check
from signer_app.practice.xrpl.state import Sandbox, State
from signer_app.practice.xrpl.values import Entry, drops, number, text

GENESIS_ADDRESS = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
#: Public since the ledger's beginning; the seed of the pass phrase "masterpassphrase".
GENESIS_SEED = "snoPBrXtMeMyMHUVTgbuqAfg1SUTb"
GENESIS_DROPS = 100_000_000_000 * 1_000_000
#: Seconds from the Unix epoch to the ledger's (2000-01-01).
RIPPLE_EPOCH = 946_684_800
_RESOLUTION = 10
_NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Header:
    """Header of a closed ledger. Hashes are upper hex, ``coins`` drops, times seconds since 2000-01-01."""

    index: int
    hash: str
    parent_hash: str
    transaction_hash: str
    account_hash: str
    coins: int
    close_time: int
    parent_close_time: int

    def to_json(self) -> JsonObject:
        """Shape of the header in the file of closed ledgers; ``coins`` as text."""
        return {
            "index": self.index,
            "hash": self.hash,
            "parent_hash": self.parent_hash,
            "transaction_hash": self.transaction_hash,
            "account_hash": self.account_hash,
            "coins": str(self.coins),
            "close_time": self.close_time,
            "parent_close_time": self.parent_close_time,
        }


def header_from_json(data: JsonObject) -> Header:
    """The inverse of ``Header.to_json``."""
    return Header(
        index=number(data, "index"),
        hash=text(data, "hash"),
        parent_hash=text(data, "parent_hash"),
        transaction_hash=text(data, "transaction_hash"),
        account_hash=text(data, "account_hash"),
        coins=drops(data, "coins"),
        close_time=number(data, "close_time"),
        parent_close_time=number(data, "parent_close_time"),
    )


@dataclass(frozen=True, slots=True)
class ClosedLedger:
    """What consensus sends to every reader: a header and the transactions in order."""

    header: Header
    blobs: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """A transaction in a ledger with its metadata."""

    transaction: Transaction
    meta: JsonObject

    @property
    def result(self) -> str:
        """tesSUCCESS or a tec code."""
        return text(self.meta, "TransactionResult")


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """A closed ledger as one reader keeps it. ``undo``: entries as they were before it."""

    header: Header
    transactions: tuple[Applied, ...]
    undo: Mapping[str, Entry | None]


@dataclass(slots=True)
class Draft:
    """A ledger in the making: a sandbox over the last closed state and what was applied to it."""

    index: int
    view: Sandbox
    applied: list[Applied]

    def apply(self, transaction: Transaction, fees: Fees, *, is_open: bool) -> Outcome:
        """Try one transaction; it is part of the draft where the outcome is applied."""
        outcome = apply_transaction(
            transaction,
            self.view,
            ledger_index=self.index,
            fees=fees,
            is_open=is_open,
            position=len(self.applied),
        )
        if outcome.meta is not None:
            self.applied.append(Applied(transaction, outcome.meta))
        return outcome


def seconds_now() -> int:
    """The machine's clock in the ledger's seconds."""
    return int(time.time()) - RIPPLE_EPOCH


def genesis_state() -> State:
    """One account that holds all XRP, and the fee settings."""
    fees = Fees()
    state = State()
    state.replace(
        {
            account_index(GENESIS_ADDRESS): {
                "Account": GENESIS_ADDRESS,
                "Balance": str(GENESIS_DROPS),
                "Flags": 0,
                "LedgerEntryType": "AccountRoot",
                "OwnerCount": 0,
                "Sequence": 1,
            },
            FEE_SETTINGS_INDEX: {
                "BaseFeeDrops": str(fees.base),
                "Flags": 0,
                "LedgerEntryType": "FeeSettings",
                "ReserveBaseDrops": str(fees.reserve_base),
                "ReserveIncrementDrops": str(fees.reserve_increment),
            },
        }
    )
    return state


def genesis_header(state: State, close_time: int) -> Header:
    """The header of ledger 1."""
    return _sealed(1, _NO_HASH, _NO_HASH, state, GENESIS_DROPS, close_time, 0)


def _sealed(
    index: int,
    parent_hash: str,
    transaction_hash: str,
    state: State,
    coins: int,
    close: int,
    parent_close: int,
) -> Header:
    account_hash = state.root().hex().upper()
    data = (
        b"LWR\0"
        + index.to_bytes(4, "big")
        + coins.to_bytes(8, "big")
        + bytes.fromhex(parent_hash + transaction_hash + account_hash)
        + parent_close.to_bytes(4, "big")
        + close.to_bytes(4, "big")
        + bytes([_RESOLUTION, 0])
    )
    digest = half_sha512(data).hex().upper()
    return Header(index, digest, parent_hash, transaction_hash, account_hash, coins, close, parent_close)


def _transactions_hash(applied: Iterable[Applied]) -> str:
    parts = [bytes.fromhex(item.transaction.hash) + half_sha512(encode_json(item.meta)) for item in applied]
    return half_sha512(b"SND\0" + b"".join(parts)).hex().upper() if parts else _NO_HASH


def seal(draft: Draft, state: State, parent: Header, close_time: int) -> LedgerRecord:
    """Take the draft over into ``state`` and give the record of the new ledger."""
    undo = state.replace(dict(draft.view.changes))
    burnt = sum(item.transaction.fee for item in draft.applied)
    header = _sealed(
        draft.index,
        parent.hash,
        _transactions_hash(draft.applied),
        state,
        parent.coins - burnt,
        max(close_time, parent.close_time + 1),
        parent.close_time,
    )
    return LedgerRecord(header, tuple(draft.applied), undo)


def follow(
    closed: ClosedLedger, state: State, parent: Header, parse: Callable[[bytes], Transaction]
) -> LedgerRecord:
    """Carry out a closed ledger on a reader's own state.

    Raises IntegrityError unless it gives the same hash.
    """
    draft = Draft(parent.index + 1, Sandbox(state), [])
    for blob in closed.blobs:
        transaction = parse(blob)
        check(transaction)
        if not draft.apply(transaction, Fees(), is_open=False).applied:
            raise IntegrityError(f"Ledger {closed.header.index} holds a transaction that cannot be applied.",
                                 code="STORAGE_FAILED")  # fmt: skip
    record = seal(draft, state, parent, closed.header.close_time)
    if record.header != closed.header:
        raise IntegrityError(f"Ledger {closed.header.index} does not follow from the one before it.",
                             code="STORAGE_FAILED")  # fmt: skip
    return record
