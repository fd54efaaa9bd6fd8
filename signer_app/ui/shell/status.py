"""The line at the bottom: journal, policy, what runs, version."""

from __future__ import annotations

from signer_app import __version__
from signer_app.ui.qt import QtWidgets
from signer_app.ui.session import Summary
from signer_app.ui.theme import theme
from signer_app.ui.widgets import Icon, label, row
from signer_app.ui.words import strings


class StatusBar(QtWidgets.QStatusBar):
    """Facts that last; it never shows a message that goes away by itself."""

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.setSizeGripEnabled(False)
        holder = QtWidgets.QWidget()
        line = row(holder, spacing=t.scaled(6), margins=(t.scaled(14), 0, t.scaled(14), 0))
        self.journal, self.policy = label("", "caption", "text3"), label("", "caption", "text3")
        self.running = label("", "caption", "text3")
        for icon, words in (("journal", self.journal), ("policy", self.policy)):
            line.addWidget(Icon(icon, "neutral", "icon-chip"))
            line.addWidget(words)
            line.addSpacing(t.scaled(12))
        line.addWidget(self.running)
        line.addStretch(1)
        line.addWidget(label(strings.status_version(__version__), "caption", "text3"))
        self.addWidget(holder, 1)

    def show_summary(self, summary: Summary) -> None:
        """Facts of the open workspace."""
        self.journal.setText(strings.status_journal(summary.records))
        self.policy.setText(strings.status_policy(summary.policy_in_force))

    def show_running(self, words: str) -> None:
        """What the worker does now; "" when it rests."""
        self.running.setText(words)
