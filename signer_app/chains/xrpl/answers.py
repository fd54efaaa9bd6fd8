"""What an XRPL node answers, as typed values, and how they are read (api_version 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from signer_app.chains.node import Answer, Spans
from signer_app.core.amounts import EXACT
from signer_app.core.json_types import JsonObject, JsonValue

#: Seconds from the Unix epoch to the XRP Ledger's (2000-01-01T00:00:00Z).
RIPPLE_EPOCH: Final = 946_684_800
_DROPS_PER_XRP: Final = 1_000_000
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SERVER_TIME: Final = re.compile(
    r"([0-9]{4})-([A-Z][a-z]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))? UTC"
)


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """server_info: who the node is, what it holds, the fees of its newest validated ledger, in drops, and its
    clock."""

    network: str
    validated: int
    age_s: int | None
    history: Spans
    base_fee: int
    reserve_base: int
    reserve_inc: int
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class LedgerHeader:
    """A closed ledger: index, hash (upper hex), close time."""

    index: int
    hash: str
    close_time: datetime
    validated: bool


@dataclass(frozen=True, slots=True)
class ListedSigner:
    """An entry of a signer list: r-address and weight."""

    address: str
    weight: int


@dataclass(frozen=True, slots=True)
class ListedSigners:
    """A signer list object."""

    quorum: int
    signers: tuple[ListedSigner, ...]


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """account_info at one ledger: balance in drops, flags as the ledger's 32 bits."""

    address: str
    balance: int
    sequence: int
    flags: int
    owner_count: int
    regular_key: str | None
    signer_list: ListedSigners | None


@dataclass(frozen=True, slots=True)
class LedgerTransaction:
    """A transaction as a node shows it: JSON fields, metadata, ledger index and result code."""

    tx_id: str
    ledger: int
    validated: bool
    result: str
    close_time: datetime | None
    tx: JsonObject
    meta: JsonObject


@dataclass(frozen=True, slots=True)
class History:
    """account_tx: the transactions found and the ledger range that the node says it searched."""

    transactions: tuple[LedgerTransaction, ...]
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class SubmitAnswer:
    """submit: ``code`` is the engine result, or the RPC error where the node gave no engine result."""

    code: str
    is_engine_result: bool
    message: str
    raw: JsonObject


def ripple_time(seconds: int) -> datetime:
    """UTC time of seconds since the ledger's epoch."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=RIPPLE_EPOCH + seconds)


def server_time(value: JsonValue) -> datetime | None:
    """The node's own clock in server_info, such as "2026-Mar-03 03:04:46.673396 UTC". None for anything else:
    it is told to people alone, so a node that writes it otherwise loses nothing by it.
    """
    match = _SERVER_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction = match.groups()
    try:
        return datetime(
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second),
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None


def drops(ledger: Answer, key: str) -> int:
    """server_info gives fees in XRP as a JSON number, such as 1e-05, which is read as text."""
    value = ledger.data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ledger.wrong(f"{key} is not a number")
    try:
        amount = EXACT.multiply(EXACT.create_decimal(value), Decimal(_DROPS_PER_XRP))
    except InvalidOperation as error:
        raise ledger.wrong(f"{key} is not a number") from error
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise ledger.wrong(f"{key} is not an amount of drops")
    return int(amount)


def spans(info: Answer) -> Spans:
    """complete_ledgers of server_info: "empty", or ranges such as "5-90,95-120"."""
    text = info.text("complete_ledgers")
    if text in ("empty", ""):
        return Spans(())
    ranges: list[tuple[int, int]] = []
    for part in text.split(","):
        match = re.fullmatch(r"([0-9]{1,10})(?:-([0-9]{1,10}))?", part.strip())
        if match is None:
            raise info.wrong("complete_ledgers cannot be read")
        low, high = int(match.group(1)), int(match.group(2) or match.group(1))
        if low > high or (ranges and low <= ranges[-1][1]):
            raise info.wrong("complete_ledgers is out of order")
        ranges.append((low, high))
    return Spans(tuple(ranges))


def signer_list(item: Answer) -> ListedSigners:
    """A SignerList object."""
    entries = [entry.object("SignerEntry") for entry in item.objects("SignerEntries")]
    signers = tuple(ListedSigner(entry.text("Account"), entry.integer("SignerWeight")) for entry in entries)
    if len({signer.address for signer in signers}) != len(signers):
        raise item.wrong("a signer stands twice in the list")
    return ListedSigners(item.integer("SignerQuorum"), signers)


def transaction(item: Answer) -> LedgerTransaction:
    """An entry of account_tx or the answer of tx, api_version 2: tx_json apart from hash and ledger_index."""
    tx, meta = item.object("tx_json"), item.object("meta")
    date = tx.optional_integer("date")
    return LedgerTransaction(
        tx_id=item.text("hash").upper(),
        ledger=item.integer("ledger_index"),
        validated=item.flag("validated"),
        result=meta.text("TransactionResult"),
        close_time=None if date is None else ripple_time(date),
        tx=tx.data,
        meta=meta.data,
    )
