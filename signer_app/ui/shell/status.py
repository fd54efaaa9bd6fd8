"""The line at the bottom: journal, checkpoint, policy, ledger, clock, what runs, version."""

from __future__ import annotations

from datetime import datetime

from signer_app import __version__
from signer_app.ui.node_watch import News
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.session import Summary
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets import ActionButton, Elided, repolish, row, tab_through
from signer_app.ui.words import status as words

#: Part -> icon and the page that says more, from left to right.
PARTS = {
    "journal": ("journal", "journal"),
    "checkpoint": ("anchor", "journal"),
    "policy": ("policy", "policy"),
    "ledger": ("nodes", "nodes"),
    "clock": ("clock", "nodes"),
    "version": ("", "settings"),
}
#: Where there is too little room these become shorter, and then go, in this order. What warns stays longest.
GIVE_WAY = ("version", "checkpoint", "clock", "ledger", "policy", "journal")
_WARNS = ("warn", "danger")
_GAP = 4


class StatusPart(ActionButton):
    """One fact. Pressing it opens the page that says more; its tooltip says it in whole sentences."""

    def __init__(self, key: str) -> None:
        icon, self.page = PARTS[key]
        self.part = words.Part("", "", "neutral", "")
        self._brief = False
        super().__init__(kind="status", icon=icon, name=f"status.{key}")
        self.setProperty("tone", "neutral")
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)

    def show_part(self, part: words.Part) -> None:
        """Say something else."""
        if part == self.part:
            return
        toned = part.tone != self.part.tone
        self.part = part
        self._say()
        if toned:
            self.setProperty("tone", part.tone)
            self._tint()
            repolish(self)

    def set_brief(self, brief: bool) -> None:
        """Fewer words; tooltip and accessible name keep them all."""
        if brief != self._brief:
            self._brief = brief
            self._say()

    @property
    def warns(self) -> bool:
        """Whether it says that something is wrong."""
        return self.part.tone in _WARNS

    def _say(self) -> None:
        part = self.part
        self.setText(part.brief if self._brief else part.text)
        self.setAccessibleName(part.text)
        self.setAccessibleDescription(part.reason)
        self.setToolTip(part.reason if not self._brief else f"{part.text}\n{part.reason}")

    def _tint(self) -> None:
        if self._icon:
            t = theme()
            tone = str(self.property("tone"))
            colour = t.tokens.tone(tone).text if tone in _WARNS else t.tokens.text3
            size = t.size("icon-chip")
            self.setIcon(icons.icon(self._icon, colour, size))
            self.setIconSize(QtCore.QSize(size, size))


class StatusBar(QtWidgets.QFrame):
    """Facts that last; it never shows a message that goes away by itself. No QStatusBar, which can show only
    such messages and keeps edges of its own."""

    #: The name of a page that says more.
    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.setObjectName("status")
        self.setAccessibleName(words.SAID)
        self.setProperty("kind", "status")
        # The words of now do not say how narrow it may become: there are shorter ones.
        self._line = row(self, spacing=_GAP, margins=(t.scaled(8), 0, t.scaled(8), 0))
        self._line.setSizeConstraint(QtWidgets.QLayout.SizeConstraint.SetNoConstraint)
        self.parts = {key: StatusPart(key) for key in PARTS}
        self.running = Elided("", "caption", "text3")
        for key, part in self.parts.items():
            if key == "version":
                self._line.addWidget(self.running, 1)
            self._line.addWidget(part)
            part.triggered.connect(lambda page=part.page: self.asked.emit(page))
        self._list, self._news = (0, True, False), News()
        #: What the window's chain of stops ended with when this was put last in it.
        self._end: QtWidgets.QWidget | None = None
        self.show_build("", "neutral")

    # -- what it says --------------------------------------------------------------------------------------

    def show_summary(self, summary: Summary, *, offline: bool) -> None:
        """Facts of the open workspace."""
        self.parts["journal"].show_part(words.journal(summary))
        self.parts["checkpoint"].show_part(words.checkpoint(summary))
        self.parts["policy"].show_part(words.policy(summary))
        self._list = (summary.nodes, summary.nodes_confirmed, offline)
        self.show_nodes(self._news)

    def show_nodes(self, news: News) -> None:
        """What the nodes said at the last look: the ledger's height, and how the clock stands to it."""
        self._news, now = news, datetime.now().astimezone()
        self.parts["ledger"].show_part(words.ledger(news, *self._list, now=now))
        self.parts["clock"].show_part(words.clock(news, now=now))
        self.fit()

    def show_build(self, said: str, tone: str) -> None:
        """What a check of this build found, such as "build verified"; "" where there was none. Tones that
        warn keep it in view in a narrow window.
        """
        self.parts["version"].show_part(words.version(__version__, said, tone))
        self.fit()

    def show_running(self, words_: str) -> None:
        """What the worker does now; "" when it rests."""
        self.running.setText(words_)

    def forget(self) -> None:
        """Nothing of the workspace stays."""
        empty = words.Part("", "", "neutral", "")
        for key, part in self.parts.items():
            if key != "version":
                part.show_part(empty)
        self._list, self._news = (0, True, False), News()
        self.show_running("")

    # -- room ----------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Shorten and leave out until the rest has room: nothing is ever cut."""
        order = sorted(GIVE_WAY, key=lambda key: self.parts[key].warns)  # stable: what warns comes last
        for part in self.parts.values():
            part.set_brief(False)
            part.setVisible(bool(part.part.text))
        for shorten in (True, False):
            for key in order:
                if self._needed() <= self.width():
                    return
                self.parts[key].set_brief(True)
                if not shorten:
                    self.parts[key].hide()

    def _needed(self) -> int:
        margins = self._line.contentsMargins()
        shown = [part for part in self.parts.values() if not part.isHidden()]
        room = sum(part.sizeHint().width() + _GAP for part in shown) + self.running.minimumSizeHint().width()
        return room + margins.left() + margins.right()

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """One part."""
        widest = max(part.sizeHint().width() for part in self.parts.values())
        return QtCore.QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Another width: other words."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        """Another text size, too."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.StyleChange:
            QtCore.QTimer.singleShot(0, self, self.fit)

    def come_last(self) -> None:
        """Tab comes here after everything of the page: what a page makes while it is open comes last else."""
        window = self.window()
        end = window.previousInFocusChain()
        if end is self._end:  # what is new stands at the end of the chain: there is nothing new
            return
        at, self._end = end, end
        while at is not None and at is not window and not isinstance(at, StatusPart):
            if at.focusPolicy() != Qt.FocusPolicy.NoFocus:
                tab_through(at, *self.parts.values())
                return
            at = at.previousInFocusChain()
