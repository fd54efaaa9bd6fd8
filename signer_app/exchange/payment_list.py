"""CSV lists of payments: columns found by their titles, each row read exactly or refused with the reason.

The first line holds titles. Separator (comma, semicolon, tab) is the one that the first line has most of.
Amounts are plain decimals: a thousands separator could be a decimal comma, so neither is guessed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeVar

from signer_app.chains.intents import Pay
from signer_app.chains.registry import chain_of
from signer_app.core.amounts import add, format_decimal, parse_decimal
from signer_app.core.caip import asset_network, parse_account, parse_asset, xrp
from signer_app.core.errors import MalformedError
from signer_app.core.text import safe_text

#: Bounds of a list: bytes of the file, rows, columns, characters of a cell.
MAX_BYTES: Final = 8 * 1024 * 1024
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 64
MAX_CELL: Final = 1000

#: What a row needs and may have, and the titles by which a column is recognised.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "to": ("to", "recipient", "receiver", "destination", "payee", "beneficiary", "address", "account"),
        "amount": ("amount", "value", "sum", "quantity"),
        "asset": ("asset", "currency", "token", "coin"),
        "tag": ("tag", "destination tag", "destinationtag", "dest tag", "memo id"),
        "title": ("title", "reference", "subject", "description", "purpose", "invoice"),
    }
)
REQUIRED: Final = ("to", "amount")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file as texts: titles, and rows of as many cells. Row 1 is the first after the titles."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Names that a list may use instead of ids: receivers of the address book with their tag, and assets."""

    receivers: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    assets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused. ``field`` is one of FIELDS, or "" for the whole row."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its number, what it pays (null where it has problems), its title, and what is wrong."""

    number: int
    pay: Pay | None
    title: str
    problems: tuple[Problem, ...]


def read_table(data: bytes) -> Table:
    """Decode UTF-8 (with or without its mark) and split. MalformedError for anything else."""
    if len(data) > MAX_BYTES:
        raise MalformedError(f"The list has {len(data):,} bytes; {MAX_BYTES:,} is the most.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedError("The list is not UTF-8 text. Save it as CSV UTF-8.") from error
    if "\0" in text:
        raise MalformedError("The list holds a NUL character.")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise MalformedError(f"The list is no proper CSV: {error}.") from error
    if len(rows) < 2:
        raise MalformedError("The list needs a line of titles and at least one row.")
    if len(rows) - 1 > MAX_ROWS:
        raise MalformedError(f"The list has {len(rows) - 1:,} rows; {MAX_ROWS:,} is the most.")
    titles = tuple(title.strip() for title in rows[0])
    if len(titles) > MAX_COLUMNS:
        raise MalformedError(f"The list has {len(titles)} columns; {MAX_COLUMNS} is the most.")
    return Table(titles, tuple(tuple(row) for row in rows[1:]))


def guess_columns(titles: Sequence[str]) -> dict[str, int]:
    """Field -> index of the column whose title says it; a column is used once."""
    found: dict[str, int] = {}
    plain = [" ".join(title.casefold().replace("_", " ").split()) for title in titles]
    for name, words in FIELDS.items():
        for word in words:
            places = [index for index, title in enumerate(plain) if title == word]
            free = [index for index in places if index not in found.values()]
            if free:
                found[name] = free[0]
                break
    return found


def column_named(titles: Sequence[str], pairs: Sequence[str]) -> dict[str, int]:
    """The columns that "field=title" pairs name, beside those that the titles say. MalformedError."""
    found = guess_columns(titles)
    for pair in pairs:
        name, _, title = pair.partition("=")
        if name not in FIELDS or title not in titles:
            raise MalformedError(
                f"{safe_text(pair, 100)!r} is not a field ({', '.join(FIELDS)}) and the title of a column."
            )
        found[name] = titles.index(title)
    return found


def read_lines(
    table: Table,
    columns: Mapping[str, int],
    *,
    network: str,
    asset: str | None = None,
    known: Known | None = None,
) -> list[Line]:
    """Every row as a payment on ``network``, or with its problems. ``asset`` is paid where no column says
    another. MalformedError where a required column is not named, or one that does not exist.
    """
    for name, index in columns.items():
        if name not in FIELDS or not 0 <= index < len(table.titles):
            raise MalformedError(f"The list has no column for {name[:40]!r}.")
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise MalformedError(f"Say which column holds {' and '.join(missing)}.")
    if asset is None and "asset" not in columns:
        raise MalformedError("Say which asset is paid, or which column holds it.")
    reader = _RowReader(table, columns, network, asset, known or Known())
    return [reader.read(number, row) for number, row in enumerate(table.rows, 1)]


def totals(lines: Sequence[Line]) -> dict[str, Decimal]:
    """Exact sum by asset of the rows that can be paid."""
    found: dict[str, Decimal] = {}
    for line in lines:
        if line.pay is not None:
            found[line.pay.asset] = add(found.get(line.pay.asset, Decimal(0)), line.pay.amount)
    return dict(sorted(found.items()))


class _RowReader:
    """Reads rows with one mapping. Accounts and assets that came before are not checked again."""

    def __init__(
        self, table: Table, columns: Mapping[str, int], network: str, asset: str | None, known: Known
    ) -> None:
        self._width, self._columns = len(table.titles), columns
        self._network, self._asset, self._known = network, asset, known
        self._accounts: dict[str, str] = {}

    def read(self, number: int, row: Sequence[str]) -> Line:
        if len(row) > self._width:
            return Line(number, None, "", (Problem("", f"The row has {len(row)} cells, not {self._width}."),))
        if any(len(cell) > MAX_CELL for cell in row):
            return Line(number, None, "", (Problem("", f"A cell has more than {MAX_CELL} characters."),))
        problems: list[Problem] = []
        tag = self._attempt("tag", lambda: self._tag(row), problems)
        to = self._attempt("to", lambda: self._account(self._cell(row, "to")), problems)
        asset = self._attempt("asset", lambda: self._paid(self._cell(row, "asset")), problems)
        amount = self._attempt("amount", lambda: _amount(self._cell(row, "amount")), problems)
        title = safe_text(self._cell(row, "title"), 200)
        if problems or to is None or asset is None or amount is None:
            return Line(number, None, title, tuple(problems))
        return Line(number, Pay(to=to, asset=asset, amount=amount, tag=tag), title, ())

    def _attempt(self, name: str, read: Callable[[], T], problems: list[Problem]) -> T | None:
        """What ``read`` gives; what it refuses is noted for the field and the row goes on."""
        try:
            return read()
        except MalformedError as error:
            problems.append(Problem(name, error.message))
            return None

    def _cell(self, row: Sequence[str], name: str) -> str:
        index = self._columns.get(name)
        return row[index].strip() if index is not None and index < len(row) else ""

    def _tag(self, row: Sequence[str]) -> str | None:
        """The tag of the row, or that of the named entry of the address book; they must not differ."""
        text = self._cell(row, "tag") or None
        if text is not None and not (text.isascii() and text.isdigit() and len(text) <= 10):
            raise MalformedError(f"{safe_text(text, 40)!r} is not a destination tag.")
        entry = self._known.receivers.get(self._cell(row, "to"))
        own = entry[1] if entry is not None and entry[1] not in ("*", "!") else None
        if text is not None and own is not None and text != own:
            raise MalformedError(f"The address book has tag {own} for this receiver, not {text}.")
        return text if text is not None else own

    def _account(self, text: str) -> str:
        if not text:
            raise MalformedError("There is no receiver.")
        entry = self._known.receivers.get(text)
        if entry is not None:
            return entry[0]
        found = self._accounts.get(text)
        if found is None:
            found = chain_of(self._network).normalise_account(text, self._network)
            if parse_account(found).network != self._network:
                raise MalformedError(f"{safe_text(text, 120)} is on another network than {self._network}.")
            self._accounts[text] = found
        return found

    def _paid(self, text: str) -> str:
        if not text:
            if self._asset is None:
                raise MalformedError("There is no asset.")
            return self._asset
        named = self._known.assets.get(text)
        if named is None and text == "XRP" and self._network.startswith("xrpl:"):
            named = xrp(self._network)
        if named is None and "/" not in text:
            raise MalformedError(
                f"{safe_text(text, 60)!r} names no asset of the policy. Write its CAIP-19 id."
            )
        asset = named or parse_asset(text)
        if asset_network(asset) != self._network:
            raise MalformedError(f"{safe_text(asset, 120)} is on another network than {self._network}.")
        return asset


def _amount(text: str) -> Decimal:
    if not text:
        raise MalformedError("There is no amount.")
    if "," in text or "'" in text or " " in text:
        raise MalformedError(
            f"{safe_text(text, 60)!r} is not a plain amount. Write digits and one point, such as 25000.50."
        )
    amount = parse_decimal(text)
    if amount <= 0:
        raise MalformedError("An amount must be above zero.")
    return amount


def total_words(sums: Mapping[str, Decimal]) -> dict[str, str]:
    """Sums as decimal strings."""
    return {asset: format_decimal(amount) for asset, amount in sums.items()}
