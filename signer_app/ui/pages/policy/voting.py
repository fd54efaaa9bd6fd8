"""The tab of signatures: who voted, this person's vote, and activation."""

from __future__ import annotations

from signer_app.core.text import safe_text
from signer_app.ui.pages.policy.reads import Version
from signer_app.ui.qt import QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    GroupedText,
    HashCompare,
    Icon,
    WhyDisabled,
    clear,
    column,
    label,
    row,
    rule,
    tab_through,
)
from signer_app.ui.words import policy as words


class VotesTab(QtWidgets.QWidget):
    """A vote needs the hash compared first; the reason stands below the button until it is."""

    vote_asked = Signal()
    activate_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self._state, self._off = "", ""
        box = column(self, spacing=t.scaled(10))
        box.addWidget(label(words.HASH, "section"))
        box.addWidget(label(words.HASH_WHY, "body", "text2", wrap=True))
        self._hash = column()
        box.addLayout(self._hash)
        self.compared = QtWidgets.QCheckBox(words.COMPARED)
        self.compared.setObjectName("policy.compared")
        box.addWidget(self.compared)
        box.addWidget(label(words.VOTE_WHY, "small", "text2", wrap=True))
        line = row(spacing=t.scaled(12))
        self.vote = ActionButton(words.VOTE, kind="primary", icon="sign", name="policy.vote")
        self.activate = ActionButton(words.ACTIVATE, icon="policy", name="policy.activate", deliberate=True)
        self._why_vote, self._why_activate = WhyDisabled(self.vote), WhyDisabled(self.activate)
        line.addWidget(self._why_vote)
        line.addWidget(self._why_activate)
        line.addStretch(1)
        box.addLayout(line)
        box.addWidget(rule())
        box.addWidget(label(words.VOTES, "section"))
        self._votes = column(spacing=t.scaled(6))
        box.addLayout(self._votes)
        box.addStretch(1)
        self.compared.toggled.connect(lambda _on: self._blocking())
        self.vote.triggered.connect(self.vote_asked)
        self.activate.triggered.connect(self.activate_asked)

    def show_version(self, version: Version, off: str) -> None:
        """Show its votes; what was compared for another version does not count for this one. ``off``: why
        nothing can be written, "" while it can.
        """
        self._state, self._off = version.state, off
        clear(self._hash)
        self.compare = HashCompare(version.hash)
        self._hash.addWidget(self.compare)
        self.compared.setChecked(False)
        clear(self._votes)
        stops: list[QtWidgets.QWidget] = [
            self.compare.grid,
            self.compare.input,
            self.compared,
            self.vote,
            self.activate,
        ]
        for person, key in version.votes:
            line = row(spacing=theme().scaled(10))
            line.addWidget(Icon("pass", "ok"))
            line.addWidget(label(safe_text(person, 100), "label"))
            digits = GroupedText(key.partition(":")[2])
            line.addWidget(digits, 1)
            self._votes.addLayout(line)
            stops.append(digits)
        if not version.votes:
            self._votes.addWidget(label(words.NO_VOTES, "body", "text2", wrap=True))
        tab_through(*stops)
        self._blocking()

    def _blocking(self) -> None:
        reason = ""
        if self._state != "opened":
            reason = words.ACTIVE_ALREADY
        elif self._off:
            reason = self._off
        elif not self.compared.isChecked():
            reason = words.COMPARE_FIRST
        self.compared.setVisible(self._state == "opened")
        self._why_vote.block(reason)
        self._why_activate.block(reason)
