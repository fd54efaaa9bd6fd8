"""Banners that are true on every page."""

from __future__ import annotations

from collections.abc import Callable

from signer_app.ui.halting.banner import halt_banners
from signer_app.ui.node_watch import NodeStation
from signer_app.ui.qt import QtWidgets, Signal
from signer_app.ui.session import Halted, Session
from signer_app.ui.widgets import StateBanner, clear, column
from signer_app.ui.words import first_run as words
from signer_app.ui.words import node_pill as node_words
from signer_app.ui.words import standing, strings


class LastingBanners(QtWidgets.QWidget):
    """What holds for the open workspace, most urgent first; without any it takes no room."""

    #: Who looks only wants to work.
    work_wanted = Signal()

    def __init__(
        self, go: Callable[[str], None], resume: Callable[[Halted], None], nodes: NodeStation
    ) -> None:
        super().__init__()
        self._go, self._resume, self._nodes = go, resume, nodes
        #: What was drawn last: for which session, with which page in view, and how the nodes were then.
        self._drawn: tuple[Session, str] | None = None
        self._silence = nodes.silence
        nodes.changed.connect(self._nodes_changed)
        self._box = column(self, spacing=8, margins=(16, 12, 16, 12))
        self.hide()

    def show_session(self, session: Session, page: str) -> None:
        """Draw them again. ``page`` is in view."""
        self.forget()
        self._drawn, self._silence = (session, page), self._nodes.silence
        found = self._found(session, page)
        for banner in found:
            self._box.addWidget(banner)
        self.setVisible(bool(found))

    def forget(self) -> None:
        """Nothing of the workspace stays."""
        self._drawn = None
        clear(self._box)
        self.hide()

    def _nodes_changed(self) -> None:
        if self._drawn is not None and self._nodes.silence != self._silence:
            self.show_session(*self._drawn)

    def _found(self, session: Session, page: str) -> list[StateBanner]:
        summary = session.summary
        found = halt_banners(summary.halts, self._resume) if summary is not None else []
        if summary is not None and summary.trouble is not None:
            looking = summary.trouble.looking
            banner = StateBanner("info" if looking else "danger", *standing.banner(summary.trouble))
            banner.setObjectName("window.look-only" if looking else "window.journal")
            if looking:
                banner.offer([(standing.UNLOCK_TO_SIGN, self.work_wanted.emit)])
            if summary.trouble.state and page != "journal":
                banner.offer([(standing.SHOW, lambda: self._go("journal"))])
            found.append(banner)
        if summary is not None and summary.setting_up and page != "setup":
            banner = StateBanner("info", words.UNFINISHED, words.UNFINISHED_CONSEQUENCE)
            banner.setObjectName("window.setting-up")
            banner.offer([(words.GO_ON, lambda: self._go("setup"))])
            found.append(banner)
        if session.offline:
            found.append(StateBanner("warn", strings.OFFLINE, strings.OFFLINE_CONSEQUENCE, icon="offline"))
        elif self._silence is not None:
            said = node_words.silence(self._silence.since, self._silence.agreed, None)
            banner = StateBanner("warn", node_words.SILENT, said, icon="offline")
            banner.setObjectName("window.no-node")
            banner.offer([(node_words.ASK_AGAIN, self._nodes.look)])
            found.append(banner)
        return found
