"""Rows of the list of proposals. Sorting and filtering are lists of indexes, made here: a proxy model asks
for every cell of every row, which is slow beyond some thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from operator import contains
from types import MappingProxyType

from signer_app.ui.pages.inbox.listing import look_of
from signer_app.ui.qt import Qt, QtCore, QtGui
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets.chips import RISK_LOOKS
from signer_app.ui.words import proposals as say

#: Names of columns in their order at first; widths in pixels at 100 %, 0 takes what is left, and no less than
#: TITLE.
COLUMNS = MappingProxyType(
    {
        "bracket": 26, "title": 0, "id": 122, "account": 100, "network": 92, "status": 116, "quorum": 62,
        "created": 114, "expires": 114, "slot": 266,
    }
)  # fmt: skip
NAMES = tuple(COLUMNS)
TITLE = 290
#: How many keys can be taken back without looking again.
KEPT = 16
#: Where a row stands in its bracket: alone (its partners are elsewhere), or first, inner, last of neighbours.
PLACE = Qt.ItemDataRole.UserRole + 1
RAW = Qt.ItemDataRole.UserRole
_Index = QtCore.QModelIndex | QtCore.QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """One proposal as text. ``group`` numbers the slot that it shares with others, -1 for none; ``conflict``
    says so in words; ``haystack`` is what the filter looks through (haystack_of), made once.
    """

    id: str
    title: str
    icon: str
    account: str
    account_name: str
    network: str
    state: str
    state_words: str
    quorum: str
    created: str
    created_words: str
    expires: str
    expires_words: str
    slot: str
    slot_words: str
    group: int = -1
    conflict: str = ""
    haystack: str = ""
    untold: bool = False


def haystack_of(*texts: str) -> str:
    """What the filter looks through: a blank before every word."""
    return " ".join(("", *texts)).casefold()


@dataclass(frozen=True, slots=True)
class Filter:
    """Words that must all be there, states (none: all), account (CAIP-10 or ""), only rows in conflict.

    A word may stand anywhere in a longer one, unless it begins with a digit: then it must begin one too,
    since "3" is somewhere in every id.
    """

    text: str = ""
    states: frozenset[str] = field(default=frozenset())
    account: str = ""
    conflicts: bool = False

    @property
    def words(self) -> list[str]:
        """What has to stand in a haystack, all of it."""
        return [f" {word}" if word[0].isdigit() else word for word in self.text.casefold().split()]

    def narrows(self, other: Filter) -> bool:
        """Whether whatever this one lets through, ``other`` does too: it is the same, or more was typed."""
        same = (self.states, self.account, self.conflicts) == (other.states, other.account, other.conflicts)
        return same and self.text.startswith(other.text) and bool(other.text)


_KEYS: MappingProxyType[str, Callable[[Line], object]] = MappingProxyType(
    {
        "title": lambda line: line.title.casefold(),
        "id": lambda line: line.id,
        "account": lambda line: line.account_name.casefold(),
        "network": lambda line: line.network,
        "status": lambda line: line.state_words,
        "quorum": lambda line: line.quorum,
        "created": lambda line: line.created,
        "expires": lambda line: line.expires or "9",
        "slot": lambda line: (line.slot.rstrip("0123456789"), len(line.slot), line.slot),
    }
)
_TEXTS: MappingProxyType[str, Callable[[Line], str]] = MappingProxyType(
    {
        "bracket": lambda _line: "",
        "title": lambda line: line.title,
        "id": lambda line: line.id[:12],
        "account": lambda line: line.account_name,
        "network": lambda line: line.network,
        "status": lambda line: line.state_words,
        "quorum": lambda line: line.quorum,
        "created": lambda line: line.created_words,
        "expires": lambda line: line.expires_words,
        "slot": lambda line: f"{line.slot_words}, {line.conflict}" if line.conflict else line.slot_words,
    }
)
_RAW: MappingProxyType[str, Callable[[Line], str]] = MappingProxyType(
    {
        **_TEXTS,
        "bracket": lambda line: line.conflict,
        "id": lambda line: line.id,
        "account": lambda line: line.account,
        "created": lambda line: line.created,
        "expires": lambda line: line.expires,
    }
)
_ROLES = MappingProxyType({"id": "mono", "title": "label", "status": "small-strong"})


class ProposalModel(QtCore.QAbstractTableModel):
    """Lines, an order, and which of them are shown."""

    #: How many are shown of how many.
    counted = QtCore.Signal(int, int)

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: Sequence[Line] = ()
        self.filter = Filter()
        self._haystacks: list[str] = []
        self._orders: dict[str, list[int]] = {}
        self._sort: tuple[str, bool] = ("bracket", True)  # down: the order in which lines are given
        self._shown: list[int] = []
        self._applied = Filter()
        #: Filters with their rows, each typed on top of the one before: what is taken back is there still.
        self._typed: list[tuple[Filter, list[int]]] = []

    # -- what the page does --------------------------------------------------------------------------------

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Other lines, newest first and those on one slot together; sort and filter stay."""
        self.beginResetModel()
        self.lines = lines
        self._haystacks = [line.haystack for line in lines]
        self._orders = {}
        self._typed = []
        self._shown = self._found(self.filter)
        self._applied = self.filter
        self.endResetModel()
        self.counted.emit(len(self._shown), len(self.lines))

    def set_filter(self, chosen: Filter) -> None:
        """Show other rows."""
        if chosen == self._applied:
            return
        self.beginResetModel()
        self.filter = chosen
        self._shown = self._found(chosen)
        self._applied = chosen
        self.endResetModel()
        self.counted.emit(len(self._shown), len(self.lines))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Qt asks for this when a head is pressed. The first column's order keeps slots together, newest
        first."""
        self.beginResetModel()
        name = NAMES[column] if 0 <= column < len(NAMES) else "bracket"
        self._sort = (name, order == Qt.SortOrder.DescendingOrder)
        self._typed = []
        self._shown = self._found(self.filter)
        self.endResetModel()

    def shown(self) -> list[Line]:
        """The lines in view, in their order."""
        return [self.lines[index] for index in self._shown]

    def line(self, row: int) -> Line:
        """The line of a row in view."""
        return self.lines[self._shown[row]]

    def row_of(self, identifier: str) -> int:
        """The row of a proposal, or -1 if it is not in view."""
        for row, index in enumerate(self._shown):
            if self.lines[index].id == identifier:
                return row
        return -1

    # -- lists of indexes ----------------------------------------------------------------------------------

    def _ordered(self) -> list[int]:
        name, reverse = self._sort
        if name == "bracket":
            count = len(self.lines)
            return list(range(count)) if reverse else list(range(count - 1, -1, -1))
        found = self._orders.get(name)
        if found is None:
            key = _KEYS[name]
            keys = [key(line) for line in self.lines]
            found = self._orders[name] = sorted(range(len(keys)), key=keys.__getitem__)  # type: ignore[arg-type]
        return found[::-1] if reverse else found

    def _found(self, chosen: Filter) -> list[int]:
        """The rows of a filter. What was typed on top of another looks through its rows alone, and only for
        the words that are new.
        """
        while self._typed and not chosen.narrows(self._typed[-1][0]):
            self._typed.pop()
        if self._typed:
            before, base = self._typed[-1]
        else:
            before, base = Filter(), self._marked(chosen)
        if before != chosen:
            base = self._with([word for word in chosen.words if word not in before.words], base)
            self._typed = [*self._typed, (chosen, base)][-KEPT:]
        return base

    def _marked(self, chosen: Filter) -> list[int]:
        """All rows, in their order, that a filter lets through whatever words it has."""
        base, lines = self._ordered(), self.lines
        if chosen.states:
            base = [index for index in base if lines[index].state in chosen.states]
        if chosen.account:
            base = [index for index in base if lines[index].account == chosen.account]
        if chosen.conflicts:
            base = [index for index in base if lines[index].group >= 0]
        return base

    def _with(self, words: list[str], base: list[int]) -> list[int]:
        """Those whose haystack has all words. No step of it is Python's own: for each key this looks through
        a hundred thousand texts.
        """
        hay = self._haystacks.__getitem__
        for word in words:
            base = list(compress(base, map(contains, map(hay, base), repeat(word))))
        return base

    # -- what a view asks ----------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QtCore.QModelIndex()) -> int:  # noqa: N802, B008 - Qt's name
        """Rows in view."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QtCore.QModelIndex()) -> int:  # noqa: N802, B008
        """Number of columns."""
        return 0 if parent.isValid() else len(NAMES)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return say.COLUMN_SAID.get(NAMES[section], say.COLUMNS[NAMES[section]])
        return say.COLUMNS[NAMES[section]] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One cell."""
        if not index.isValid():
            return None
        name, line, roles = NAMES[index.column()], self.lines[self._shown[index.row()]], Qt.ItemDataRole
        if role == roles.DisplayRole:
            return _TEXTS[name](line)
        answer = _ANSWERS.get(role)
        if answer is not None:
            return answer(name, line)
        return self._place(index.row()) if role == PLACE else None

    def _place(self, row: int) -> str:
        """Where the row stands in its bracket, by its neighbours in view."""
        group = self.line(row).group
        if group < 0:
            return ""
        above = row > 0 and self.line(row - 1).group == group
        below = row + 1 < len(self._shown) and self.line(row + 1).group == group
        return {(False, False): "alone", (False, True): "first", (True, True): "inner"}.get(
            (above, below), "last"
        )


def _colour(name: str, line: Line) -> str:
    tokens = theme().tokens
    if name == "status":
        return tokens.tone(RISK_LOOKS[look_of(line.state, untold=line.untold)].tone).text
    if name == "slot" and line.conflict:
        return tokens.warn.text
    return tokens.text if name in ("title", "id", "account") else tokens.text2


def _icon(name: str, line: Line) -> QtGui.QIcon | None:
    t = theme()
    if name == "title":
        return icons.icon(line.icon, t.tokens.text2, t.size("icon"))
    if name == "status":
        look = RISK_LOOKS[look_of(line.state, untold=line.untold)]
        return icons.icon(look.icon or "clock", t.tokens.tone(look.tone).text, t.size("icon-button"))
    return None


def _said(name: str, line: Line) -> str:
    return line.conflict if name == "bracket" else f"{say.COLUMNS[name]} {_TEXTS[name](line)}"


_ANSWERS: MappingProxyType[int, Callable[[str, Line], object]] = MappingProxyType(
    {
        int(Qt.ItemDataRole.FontRole): lambda name, _line: theme().font(_ROLES.get(name, "body")),
        int(Qt.ItemDataRole.ForegroundRole): lambda name, line: QtGui.QColor(_colour(name, line)),
        int(Qt.ItemDataRole.DecorationRole): _icon,
        int(Qt.ItemDataRole.ToolTipRole): lambda name, line: _RAW[name](line),
        int(RAW): lambda name, line: _RAW[name](line),
        int(Qt.ItemDataRole.AccessibleTextRole): _said,
    }
)
