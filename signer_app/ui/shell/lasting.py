"""Banners that are true on every page."""

from __future__ import annotations

from collections.abc import Callable

from signer_app.ui import strings
from signer_app.ui.first_run import words
from signer_app.ui.halting.banner import halt_banners
from signer_app.ui.qt import QtWidgets
from signer_app.ui.session import Halted, Session
from signer_app.ui.widgets import StateBanner, clear, column


class LastingBanners(QtWidgets.QWidget):
    """What holds for the open workspace, most urgent first; without any it takes no room."""

    def __init__(self, go: Callable[[str], None], resume: Callable[[Halted], None]) -> None:
        super().__init__()
        self._go, self._resume = go, resume
        self._box = column(self, spacing=8, margins=(16, 12, 16, 12))
        self.hide()

    def show_session(self, session: Session, page: str) -> None:
        """Draw them again. ``page`` is in view."""
        self.forget()
        found = self._found(session, page)
        for banner in found:
            self._box.addWidget(banner)
        self.setVisible(bool(found))

    def forget(self) -> None:
        """Nothing of the workspace stays."""
        clear(self._box)
        self.hide()

    def _found(self, session: Session, page: str) -> list[StateBanner]:
        summary = session.summary
        found = halt_banners(summary.halts, self._resume) if summary is not None else []
        if summary is not None and not summary.writable:
            found.append(StateBanner("danger", strings.READ_ONLY, strings.READ_ONLY_CONSEQUENCE))
        if summary is not None and summary.setting_up and page != "setup":
            banner = StateBanner("info", words.UNFINISHED, words.UNFINISHED_CONSEQUENCE)
            banner.setObjectName("window.setting-up")
            banner.offer([(words.GO_ON, lambda: self._go("setup"))])
            found.append(banner)
        if session.offline:
            found.append(StateBanner("warn", strings.OFFLINE, strings.OFFLINE_CONSEQUENCE, icon="offline"))
        return found
