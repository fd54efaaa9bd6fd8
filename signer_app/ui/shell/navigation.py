"""The navigation: a list of pages, or a rail of icons where the window is narrow."""

from __future__ import annotations

from dataclasses import dataclass

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets import Elided, column, label, row
from signer_app.ui.widgets.base import pen, rounded
from signer_app.ui.words import strings

#: Page -> icon, in the order of the navigation. The last three are evidence and settings.
PAGE_ICONS = {
    "inbox": "inbox",
    "proposals": "proposals",
    "accounts": "accounts",
    "treasury": "treasury",
    "book": "book",
    "policy": "policy",
    "devices": "devices",
    "journal": "journal",
    "nodes": "nodes",
    "settings": "settings",
}
#: Pages that are reached from another one, and stand for it in the list.
PARENTS = {"new": "proposals"}
EVIDENCE_FROM = "journal"
_KEY = Qt.ItemDataRole.UserRole
_COUNT = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Who:
    """Whose workstation this is, and when it locks."""

    person: str
    locks_in: int


class Navigation(QtWidgets.QFrame):
    """Emits ``chosen`` with the name of a page."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.setProperty("kind", "nav")
        self.rail = False
        box = column(self, margins=(0, t.scaled(8), 0, t.scaled(10)))
        self.list = QtWidgets.QListView()
        self.list.setObjectName("nav.list")
        self.list.setAccessibleName(strings.PAGES_SAID)
        self.list.setProperty("surface", "none")
        self.list.setItemDelegate(_NavDelegate(self))
        self.list.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.list.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setResizeMode(QtWidgets.QListView.ResizeMode.Adjust)
        self._model = QtGui.QStandardItemModel(self)
        for key in PAGE_ICONS:
            item = QtGui.QStandardItem(strings.PAGES[key])
            item.setData(key, _KEY)
            item.setData(0, _COUNT)
            item.setToolTip(strings.PAGES[key])
            self._model.appendRow(item)
        self.list.setModel(self._model)
        self.list.selectionModel().currentChanged.connect(self._current_changed)
        box.addWidget(self.list, 1)
        self._who = QtWidgets.QFrame()
        self._who.setProperty("kind", "who")
        foot = row(self._who, margins=(t.scaled(10), t.scaled(8), t.scaled(10), t.scaled(8)))
        words = column(spacing=t.scaled(1))
        self.person = Elided("", "small-strong")
        self.locks = label("", "caption", "text3")
        words.addWidget(self.person)
        words.addWidget(self.locks)
        foot.addLayout(words, 1)
        holder = row(margins=(t.scaled(8), 0, t.scaled(8), 0))
        holder.addWidget(self._who)
        box.addLayout(holder)
        self.set_rail(False)

    def set_rail(self, rail: bool) -> None:
        """Icons only, with tooltips; or icons and words."""
        self.rail = rail
        self.setFixedWidth(theme().size("rail" if rail else "nav"))
        self.list.setMinimumWidth(theme().size("rail") - 2)
        self._who.setVisible(not rail)
        self.list.scheduleDelayedItemsLayout()
        self.list.viewport().update()

    def show_who(self, who: Who) -> None:
        """The foot."""
        self.person.setText(strings.workstation(who.person))
        self.locks.setText(strings.locks_in(who.locks_in))

    def show_count(self, key: str, count: int) -> None:
        """How many things on a page need this person; 0 shows nothing."""
        item = self._item(key)
        item.setData(count, _COUNT)
        words = strings.PAGES[key]
        item.setAccessibleText(f"{words}, {count}" if count else words)

    def show_page(self, key: str) -> None:
        """Mark the page in view, or the one that it is reached from, without choosing it."""
        listed = PARENTS.get(key, key)
        selection = self.list.selectionModel()
        selection.blockSignals(True)
        # The set-up is on no list: one gets there and it ends.
        self.list.setCurrentIndex(
            self._item(listed).index() if listed in PAGE_ICONS else QtCore.QModelIndex()
        )
        selection.blockSignals(False)
        self.list.viewport().update()

    def _item(self, key: str) -> QtGui.QStandardItem:
        return self._model.item(list(PAGE_ICONS).index(key))

    def _current_changed(self, index: QtCore.QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(str(index.data(_KEY)))


class _NavDelegate(QtWidgets.QStyledItemDelegate):
    def __init__(self, navigation: Navigation) -> None:
        super().__init__(navigation)
        self._navigation = navigation

    def _head(self, key: str) -> int:
        """Pixels above an item: the name of its section, or a line in the rail."""
        if key != EVIDENCE_FROM:
            return 0
        return theme().scaled(17 if self._navigation.rail else 34)

    def _in_rail(self) -> int:
        """Room for an icon; with large text in a low window less, so that every page stays in sight."""
        t = theme()
        room = self._navigation.list.viewport().height() - self._head(EVIDENCE_FROM) - t.scaled(2)
        return max(t.scaled(28), min(t.scaled(40), room // len(PAGE_ICONS)))

    def sizeHint(  # noqa: N802 - Qt's name
        self,
        _option: QtWidgets.QStyleOptionViewItem,
        index: QtCore.QModelIndex | QtCore.QPersistentModelIndex,
    ) -> QtCore.QSize:
        t = theme()
        height = self._in_rail() if self._navigation.rail else t.size("row-nav") + t.scaled(2)
        return QtCore.QSize(t.size("rail"), height + self._head(str(index.data(_KEY))))

    def paint(
        self,
        painter: QtGui.QPainter,
        option: QtWidgets.QStyleOptionViewItem,
        index: QtCore.QModelIndex | QtCore.QPersistentModelIndex,
    ) -> None:
        t, rail = theme(), self._navigation.rail
        tokens, key = t.tokens, str(index.data(_KEY))
        painter.save()
        box = QtCore.QRect(option.rect)
        head = self._head(key)
        if head:
            self._paint_head(painter, QtCore.QRect(box.left(), box.top(), box.width(), head))
        box = box.adjusted(t.scaled(8), head + 1, -t.scaled(8), -1)
        chosen = bool(option.state & QtWidgets.QStyle.StateFlag.State_Selected)
        over = bool(option.state & QtWidgets.QStyle.StateFlag.State_MouseOver)
        if chosen or over:
            fill = tokens.surface if chosen else tokens.line2
            rounded(painter, QtCore.QRectF(box), 6, fill, tokens.line if chosen else None)
        size = t.size("icon")
        left = box.left() + ((box.width() - size) / 2 if rail else t.scaled(10))
        top = box.top() + (box.height() - size) / 2
        icons.draw(painter, PAGE_ICONS[key], tokens.accent.text if chosen else tokens.text2, left, top, size)
        if not rail:
            painter.setFont(t.font("label"))
            pen(painter, tokens.text if chosen else tokens.text2)
            words = box.adjusted(t.scaled(36), 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        count = int(index.data(_COUNT) or 0)
        if count:
            self._paint_count(painter, box, str(count))
        painter.restore()

    def _paint_head(self, painter: QtGui.QPainter, box: QtCore.QRect) -> None:
        t = theme()
        if self._navigation.rail:
            pen(painter, t.tokens.line)
            painter.drawLine(box.left() + 14, box.center().y(), box.right() - 14, box.center().y())
            return
        painter.setFont(t.font("caption-strong"))
        pen(painter, t.tokens.text3)
        words = box.adjusted(t.scaled(18), t.scaled(10), 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, strings.SECTION_EVIDENCE)

    def _paint_count(self, painter: QtGui.QPainter, box: QtCore.QRect, count: str) -> None:
        t, rail = theme(), self._navigation.rail
        font = t.font("caption-strong")
        height = t.scaled(14 if rail else 18)
        width = max(height, QtGui.QFontMetrics(font).horizontalAdvance(count) + t.scaled(10))
        top = box.top() if rail else box.top() + (box.height() - height) / 2
        right = box.right() + 2 if rail else box.right() - t.scaled(8)
        badge = QtCore.QRectF(right - width, top, width, height)
        rounded(painter, badge, height / 2, t.tokens.accent.fill, None)
        painter.setFont(font)
        pen(painter, t.tokens.accent.on_fill)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, count)
