"""The list of the inbox: groups, and for each proposal title, account, quorum and time in three lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from signer_app.ui.pages.inbox.reading import Entry
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets.base import pen, text_width
from signer_app.ui.widgets.chips import RISK_LOOKS, ChipLook, draw_chip, draw_pips, pips_width
from signer_app.ui.words import strings
from signer_app.ui.words.effects import is_today, left

_ENTRY, _GROUP = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_Index = QtCore.QModelIndex | QtCore.QPersistentModelIndex

#: State -> the look of its chip (RISK_LOOKS); its word is the state's own.
STATE_LOOKS = {
    "DRAFT": "expired",
    "PENDING": "waiting",
    "READY": "ready",
    "DENIED": "denied",
    "REJECTED": "not-on-list",
    "SUBMITTED": "waiting",
    "UNKNOWN": "unknown",
    "CONFIRMED": "verified",
    "FAILED": "failed",
    "EXPIRED": "expired",
    "SUPERSEDED": "expired",
}


def look_of(state: str, *, untold: bool) -> str:
    """The look of a state's chip. ``untold``: only facts that were not read stand against it."""
    return "unknown" if untold else STATE_LOOKS[state]


def group_of(entry: Entry, now: datetime) -> str:
    """The name of the group that an open entry stands in (strings.INBOX_GROUPS)."""
    if not entry.open:
        return "done"
    if entry.halted or entry.state in ("DENIED", "REJECTED"):
        return "stopped"
    if not entry.mine and entry.state == "PENDING":
        return "others"
    if left(entry.expires_at, now)[1]:
        return "soon"
    return "today" if is_today(entry.expires_at, now) else "later"


def chip_of(entry: Entry) -> tuple[str, ChipLook]:
    """Word and look of an entry's chip: that it is halted, that it waits for this person, or its state."""
    for holds, name in ((entry.halted, "halted"), (entry.mine, "your-turn")):
        if holds:
            return strings.CHIPS[name], RISK_LOOKS[name]
    return entry.state_words, RISK_LOOKS[look_of(entry.state, untold=entry.untold)]


class EntryList(QtWidgets.QListView):
    """Emits ``chosen`` with the id of a proposal."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inbox.list")
        self.setAccessibleName(strings.PAGES["inbox"])
        self.setItemDelegate(_EntryDelegate(self))
        self.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self._model = QtGui.QStandardItemModel(self)
        self.setModel(self._model)
        self.selectionModel().currentChanged.connect(self._current)

    def show_entries(self, entries: Sequence[Entry], now: datetime) -> None:
        """Other entries, grouped; the chosen one stays chosen if it is still there."""
        before = self.current()
        selection = self.selectionModel()
        selection.blockSignals(True)
        self._model.clear()
        order = list(strings.INBOX_GROUPS)
        ordered = sorted(entries, key=lambda entry: order.index(group_of(entry, now)))
        last = ""
        for entry in ordered:
            group = group_of(entry, now)
            item = QtGui.QStandardItem(entry.title)
            item.setData(entry, _ENTRY)
            item.setData("" if group == last else group, _GROUP)
            item.setToolTip(entry.title)
            said = (
                entry.title,
                entry.account_name,
                chip_of(entry)[0],
                entry.count,
                left(entry.expires_at, now)[0],
            )
            item.setAccessibleText(", ".join(said))
            self._model.appendRow(item)
            last = group
        selection.blockSignals(False)
        ids = [entry.id for entry in ordered]
        if ids:
            self.choose(before if before in ids else ids[0])

    def current(self) -> str:
        """The id of the chosen entry, or ""."""
        entry = self.currentIndex().data(_ENTRY)
        return entry.id if isinstance(entry, Entry) else ""

    def choose(self, identifier: str) -> bool:
        """Choose an entry; False if it is not in the list."""
        for number in range(self._model.rowCount()):
            index = self._model.index(number, 0)
            if index.data(_ENTRY).id.startswith(identifier):
                self.setCurrentIndex(index)
                return True
        return False

    def _current(self, index: QtCore.QModelIndex) -> None:
        entry = index.data(_ENTRY)
        if isinstance(entry, Entry):
            self.chosen.emit(entry.id)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """J and K move as Down and Up."""
        step = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}.get(Qt.Key(event.key()), 0)
        if step and not event.modifiers():
            target = self._model.index(self.currentIndex().row() + step, 0)
            if target.isValid():
                self.setCurrentIndex(target)
            return
        super().keyPressEvent(event)


class _EntryDelegate(QtWidgets.QStyledItemDelegate):
    def sizeHint(self, _option: QtWidgets.QStyleOptionViewItem, index: _Index) -> QtCore.QSize:  # noqa: N802
        t = theme()
        head = t.scaled(34) if index.data(_GROUP) else 0
        return QtCore.QSize(t.scaled(200), t.size("row-list") + t.scaled(4) + head)

    def paint(self, painter: QtGui.QPainter, option: QtWidgets.QStyleOptionViewItem, index: _Index) -> None:
        t, entry, group = theme(), index.data(_ENTRY), str(index.data(_GROUP))
        painter.save()
        box = QtCore.QRect(option.rect)
        if group:
            head = QtCore.QRect(box.left(), box.top(), box.width(), t.scaled(34))
            self._head(painter, head, group)
            box.setTop(head.bottom() + 1)
        chosen = bool(option.state & QtWidgets.QStyle.StateFlag.State_Selected)
        painter.fillRect(box, QtGui.QColor(t.tokens.selected if chosen else t.tokens.surface))
        if chosen:
            edge = QtCore.QRect(box.left(), box.top(), 3, box.height())
            painter.fillRect(edge, QtGui.QColor(t.tokens.accent.text))
        pen(painter, t.tokens.line2)
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        self._lines(painter, box.adjusted(t.scaled(16), t.scaled(9), -t.scaled(14), -t.scaled(8)), entry)
        painter.restore()

    def _head(self, painter: QtGui.QPainter, box: QtCore.QRect, group: str) -> None:
        t = theme()
        painter.fillRect(box, QtGui.QColor(t.tokens.surface))
        stopped = group == "stopped"
        painter.setFont(t.font("caption-strong"))
        pen(painter, t.tokens.danger.text if stopped else t.tokens.text3)
        words = box.adjusted(t.scaled(16), t.scaled(8), 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, strings.INBOX_GROUPS[group])

    def _lines(self, painter: QtGui.QPainter, box: QtCore.QRect, entry: Entry) -> None:
        t = theme()
        tokens, indent, size = t.tokens, t.scaled(24), t.size("icon")
        icons.draw(painter, entry.icon, tokens.text2, box.left(), box.top() + 1, size)
        words, look = chip_of(entry)
        width = text_width("caption-strong", words) + 2 * t.scaled(7)
        width += t.size("icon-chip") + t.scaled(4) if look.icon else 0
        chip = QtCore.QRect(box.right() - width + 1, box.top(), width, t.scaled(20))
        draw_chip(painter, chip, words, look.tone, look.icon, look.solid)
        line = box.height() // 3
        first = QtCore.QRect(box.left() + indent, box.top(), chip.left() - box.left() - indent - 8, line)
        self._text(painter, first, entry.title, "section", tokens.text)
        second = QtCore.QRect(box.left() + indent, box.top() + line, box.width() - indent, line)
        self._text(painter, second, f"{entry.account_name} · {entry.network}", "small", tokens.text2)
        third = second.translated(0, line)
        draw_pips(painter, third.left(), third.center().y() - t.size("pip") / 2 + 1, entry.pips)
        pips = pips_width(entry.pips)
        after = third.adjusted(pips + t.scaled(8) if pips else 0, 0, 0, 0)
        time, soon = left(entry.expires_at, datetime.now(UTC)) if entry.open else ("", False)
        role = "small-strong" if soon else "small"
        room = text_width(role, time)
        self._text(painter, after.adjusted(0, 0, -room - 8, 0), entry.count, "small", tokens.text3)
        painter.setFont(t.font(role))
        pen(painter, tokens.warn.text if soon else tokens.text3)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(third, flags, time)

    @staticmethod
    def _text(painter: QtGui.QPainter, box: QtCore.QRect, text: str, role: str, colour: str) -> None:
        font = theme().font(role)
        shown = QtGui.QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.setFont(font)
        pen(painter, colour)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
