"""The fields of a transaction as Ledger's XRP app reads them: one flat list, with numbered groups.

The app keeps no tree. It reads field after field into a table of fixed size, drops those that it does not
show, and numbers what stands in a list or in a payment path. What is derived from a field stands behind it:
an issued amount is followed by its issuer, and before that by its currency where the code is not one of
three letters. Source: facts read from the app's public source (LedgerHQ/app-xrp, the parser as it was up to
2.4.1); held against recordings of the app by tests/signers/test_ledger_xrp_screens.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from signer_app.chains.xrpl.codec.definitions import FIELDS, TRANSACTION_CODES
from signer_app.chains.xrpl.codec.numbers import write_currency
from signer_app.chains.xrpl.transaction import Transaction
from signer_app.core.json_types import JsonObject, JsonValue

#: Types of fields that the app reads. The app has a type of its own for currencies beside amounts.
SUPPORTED_TYPES: Final = frozenset(
    {"UInt8", "UInt16", "UInt32", "Hash128", "Hash256", "Amount", "Blob", "AccountID", "Currency code"}
)
FULLY_CANONICAL: Final = 0x80000000
#: Fields whose value is flags. The app leaves them out where no flag but the canonical one is set.
FLAG_FIELDS: Final = frozenset({"Flags", "SetFlag", "ClearFlag"})
#: Left out at the top level; inside a list the same fields are shown.
_LEFT_OUT: Final = frozenset({"Sequence", "LastLedgerSequence", "SigningPubKey"})
#: Steps of a payment path that the app can read; others shift all that follows.
_STEP_KINDS: Final = frozenset({("account",), ("currency",), ("issuer",), ("currency", "issuer")})


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the app's table.

    ``name`` is the field's name on the ledger ("Currency" for the code of an amount or step), ``path`` where
    it stands. ``group`` is "" at the top level, "list" or "paths"; ``index`` counts entries or paths from 1
    and ``step`` the steps of a path.
    """

    name: str
    type: str
    value: JsonValue
    path: str
    group: str = ""
    index: int = 0
    step: int = 0

    @property
    def supported(self) -> bool:
        """Whether the app can read it; it does not know amounts of multi-purpose tokens."""
        if self.type == "Amount":
            return not (isinstance(self.value, dict) and "mpt_issuance_id" in self.value)
        return self.type in SUPPORTED_TYPES

    @property
    def shown(self) -> bool:
        """Whether the app gives it a screen."""
        if self.name in FLAG_FIELDS:
            return self.value not in (0, FULLY_CANONICAL)
        return self.supported and (bool(self.group) or self.name not in _LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Reading:
    """The table as read.

    ``places`` is how many entries it needs at its fullest, hidden ones counted while they are read.
    ``entries`` counts objects by the path of their list as the app counts them (inner objects too),
    ``odd_steps`` names steps of payment paths that it cannot read. ``type_code`` is the number of the last
    transaction type read, which decides how the app words all flags.
    """

    items: tuple[Item, ...]
    places: int
    entries: dict[str, int]
    odd_steps: tuple[str, ...]
    type_code: int


@dataclass(slots=True)
class _Table:
    """State while reading: what the app keeps in its parser."""

    items: list[Item] = field(default_factory=list)
    shown: int = 0
    places: int = 0
    entries: dict[str, int] = field(default_factory=dict)
    odd_steps: list[str] = field(default_factory=list)
    type_code: int = -1
    group: str = ""
    list_path: str = ""
    index: int = 0
    step: int = 0

    def mark(self) -> None:
        """A mark of structure: it takes a place while it is read."""
        self.places = max(self.places, self.shown + 1)

    def add(self, name: str, kind: str, value: JsonValue, path: str) -> None:
        step = self.step if self.group == "paths" else 0
        item = Item(name, kind, value, path, self.group, self.index if self.group else 0, step)
        self.mark()
        self.shown += item.shown
        self.items.append(item)
        if name == "TransactionType" and isinstance(value, str):
            self.type_code = TRANSACTION_CODES[value]


def read(transaction: Transaction) -> Reading:
    """The app's table for the transaction of a body."""
    table = _Table()
    _fields(table, transaction.fields, "")
    if transaction.type == "SetRegularKey" and "RegularKey" not in transaction.fields:
        # The app adds this entry itself, to say that the key is taken away.
        table.add("RegularKey", "AccountID", None, "RegularKey")
    return Reading(
        tuple(table.items), table.places, dict(table.entries), tuple(table.odd_steps), table.type_code
    )


def is_long_code(currency: str) -> bool:
    """Whether the app shows this code (JSON form) on a line of its own: its first byte is not zero."""
    return write_currency(currency)[0] != 0


def _fields(table: _Table, fields: JsonObject, prefix: str) -> None:
    for name, value in fields.items():
        path = f"{prefix}.{name}" if prefix else name
        kind = FIELDS[name].type
        if kind == "STArray" and isinstance(value, list):
            _list(table, value, path)
        elif kind == "STObject" and isinstance(value, dict):
            _object(table, value, path)
        elif kind == "PathSet" and isinstance(value, list):
            _paths(table, value, path)
        else:
            table.add(name, kind, value, path)
            if kind == "Amount" and isinstance(value, dict) and "issuer" in value:
                _asset(table, value, path)


def _asset(table: _Table, amount: JsonObject, path: str) -> None:
    currency = amount["currency"]
    if isinstance(currency, str) and is_long_code(currency):
        table.add("Currency", "Currency code", currency, f"{path}.currency")
    table.add("Issuer", "AccountID", amount["issuer"], f"{path}.issuer")


def _list(table: _Table, entries: list[JsonValue], path: str) -> None:
    table.mark()
    table.group, table.index, table.list_path = "list", 0, path
    for number, entry in enumerate(entries):
        if isinstance(entry, dict):
            _entry(table, entry, f"{path}[{number}]")
    table.mark()
    table.group = ""


def _entry(table: _Table, entry: JsonObject, prefix: str) -> None:
    for name, value in entry.items():
        if isinstance(value, dict):
            _object(table, value, f"{prefix}.{name}")


def _object(table: _Table, fields: JsonObject, path: str) -> None:
    table.mark()
    table.index += 1
    counted = table.list_path or path
    table.entries[counted] = max(table.entries.get(counted, 0), table.index)
    _fields(table, fields, path)
    table.mark()


def _paths(table: _Table, paths: list[JsonValue], path: str) -> None:
    table.mark()
    table.group = "paths"
    for number, steps in enumerate(paths):
        table.index = number + 1
        for place, step in enumerate(steps if isinstance(steps, list) else []):
            table.step = place + 1
            if isinstance(step, dict):
                _step(table, step, f"{path}[{number}][{place}]")
        table.mark()
    table.group = ""


def _step(table: _Table, step: JsonObject, path: str) -> None:
    if tuple(step) not in _STEP_KINDS:
        table.odd_steps.append(path)
    for part, value in step.items():
        if part == "currency":
            table.add("Currency", "Currency code", value, f"{path}.{part}")
        else:
            table.add("Account" if part == "account" else "Issuer", "AccountID", value, f"{path}.{part}")
