"""The line below the network's band: name, find, network, nodes, device, halt, lock."""

from __future__ import annotations

from datetime import datetime

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.ui.node_watch import News
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.session import Summary
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets import ActionButton, Icon, NetworkChip, Painted, Pill, enter_presses, label, row
from signer_app.ui.words import device_pill as device_words
from signer_app.ui.words import node_pill as node_words
from signer_app.ui.words import strings


class Mark(Painted):
    """The program's own mark."""

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """Square."""
        size = theme().scaled(20)
        return QtCore.QSize(size, size)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """It has its own colours in both themes."""
        size = theme().scaled(20)
        painter = QtGui.QPainter(self)
        icons.draw(painter, "countersign", "#FFFFFF", 0, (self.height() - size) / 2, size)


class FindBox(QtWidgets.QPushButton):
    """Looks like a search field; pressing it opens the find dialog, where there is room for results."""

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.setProperty("kind", "find")
        self.setObjectName("header.find")
        self.setAutoDefault(False)
        self.setAccessibleName(f"{strings.FIND_HINT}, {strings.FIND_KEY}")
        line = row(self, margins=(t.scaled(9), 0, t.scaled(7), 0))
        line.addWidget(Icon("search", "neutral", "icon-button"))
        self._words = label(strings.FIND_HINT, "small", "text3")
        line.addWidget(self._words)
        line.addStretch(1)
        self._key = label(strings.FIND_KEY)
        self._key.setProperty("kbd", "true")
        line.addWidget(self._key, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Enter presses it, as Space does."""
        if not enter_presses(self, event):
            super().keyPressEvent(event)

    def set_short(self, short: bool) -> None:
        """The glass alone, where there is no room for a word; the tooltip says the rest."""
        if short is self._key.isHidden():
            return
        self._words.setVisible(not short)
        self._key.setVisible(not short)
        self.setToolTip(self.accessibleName() if short else "")
        self.updateGeometry()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """As wide as it may be."""
        return QtCore.QSize(theme().scaled(372), theme().scaled(30))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The first word and the key, or the glass."""
        return QtCore.QSize(theme().scaled(40 if self._key.isHidden() else 130), theme().scaled(30))

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Without room for the whole sentence, the first word alone."""
        super().resizeEvent(event)
        room = event.size().width() - theme().scaled(90)
        whole = self._words.fontMetrics().horizontalAdvance(strings.FIND_HINT) <= room
        self._words.setText(strings.FIND_HINT if whole else strings.FIND_TITLE)


class HeaderBar(QtWidgets.QFrame):
    """What is true for the whole window. Signals name what a person asked for; what the pills open is made by
    pill_popups.py."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.setProperty("kind", "header")
        self.setMinimumHeight(t.size("header"))
        line = row(self, spacing=t.scaled(10), margins=(t.scaled(16), 0, t.scaled(14), 0))
        line.addWidget(Mark())
        self._name = label(strings.APP, "name")
        line.addWidget(self._name)
        line.addSpacing(t.scaled(60))
        self.find_box = FindBox()
        line.addWidget(self.find_box, 2)
        line.addStretch(1)
        self.network = NetworkChip()
        self.nodes = Pill(name="header.nodes")
        self.device = Pill(icon="devices", name="header.device")
        self.halt = ActionButton(strings.HALT_ALL, kind="danger-outline", icon="halt", name="header.halt")
        self.lock = ActionButton("", icon="lock", name="header.lock")
        for button in (self.halt, self.lock):
            button.setProperty("size", "compact")
        self.lock.setProperty("square", "true")
        self.lock.setAccessibleName(strings.LOCK_NOW)
        self.lock.setToolTip(f"{strings.LOCK_NOW} (Ctrl+L)")
        for widget in (self.network, self.nodes, self.device, self.halt, self.lock):
            line.addWidget(widget)
        self.find_box.clicked.connect(lambda: self.asked.emit("find"))
        self.halt.triggered.connect(lambda: self.asked.emit("halt"))
        self.lock.triggered.connect(lambda: self.asked.emit("lock"))
        #: Nodes on the list, whether a person stands by it, whether one works offline.
        self._list, self._news = (0, True, False), News()
        self.show_devices(None)

    def show_summary(self, summary: Summary, *, offline: bool) -> None:
        """Network and nodes of the open workspace."""
        self.network.show_network(summary.network_class)
        self._list = (summary.nodes, summary.nodes_confirmed, offline)
        self.show_nodes(self._news)

    def show_nodes(self, news: News) -> None:
        """How the nodes stood together at the last look, and how old that is."""
        self._news = news
        said = node_words.pill(news, *self._list, now=datetime.now().astimezone())
        self.nodes.show_state(said.plain, said.strong, said.tone, brief=said.brief)
        self.nodes.setToolTip(said.reason)
        self.nodes.setAccessibleDescription(said.reason)
        self.fit(self.width())

    def show_devices(self, found: JsonObject | CountersignError | None) -> None:
        """What is plugged in, as the last look said; None: nobody has looked yet."""
        plain, strong, tone, reason = device_words.pill(found)
        self.device.show_state(plain, strong, tone)
        self.device.setAccessibleDescription(reason)
        if reason:
            self.device.setToolTip(reason)
        self.fit(self.width())

    def fit(self, width: int) -> None:
        """Give up words in a narrow window: first those of the pills, then the name, then those of the find
        box. Icons, dots, tooltips and accessible names stay."""
        t = theme()
        self.setMinimumHeight(t.size("header"))
        self.find_box.setMaximumWidth(t.scaled(372))
        pills = (self.nodes, self.device)
        for level in range(4):
            for pill in pills:
                pill.set_short(level > 0)
            self._name.setVisible(level < 2)
            self.find_box.set_short(level > 2)
            fixed = (self._name, self.network, *pills, self.halt, self.lock)
            need = sum(part.sizeHint().width() for part in fixed if not part.isHidden())
            if need + t.scaled(130 + 60 + 20 * len(fixed)) <= width:
                break
