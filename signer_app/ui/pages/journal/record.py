"""One record whole: what it says, its hashes, and the proof of it as a file."""

from __future__ import annotations

import json
from dataclasses import dataclass

from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.pages.journal.table import Line
from signer_app.ui.qt import QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Chip,
    GroupedText,
    Icon,
    Reasons,
    clear,
    column,
    label,
    plain,
    row,
    rule,
)
from signer_app.ui.words import journal as words


@dataclass(frozen=True, slots=True)
class Opened:
    """A record as the panel shows it. ``covered``: records under the checkpoint that holds it, or 0."""

    line: Line
    record: JsonObject
    leaf: str
    previous: str
    covered: int


class RecordPanel(Card):
    """The record that is chosen in the table."""

    #: Write the proof of a record, by its index.
    proof_asked = Signal(int)
    #: Show a proposal, by its id.
    proposal_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(" ", name="journal.record")
        t = theme()
        self.setAccessibleName(words.CHOOSE_RECORD)
        self.opened: Opened | None = None
        self.chip = Chip()
        self.add_to_head(self.chip)
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(words.RECORD_SAID)
        inner = plain()
        scroll.setWidget(inner)
        self._lines = column(inner, spacing=t.scaled(6))
        self.body.setContentsMargins(0, 0, 0, 0)
        pad = t.size("card-padding")
        self._lines.setContentsMargins(pad, t.scaled(12), pad, t.scaled(12))
        self.body.addWidget(scroll, 1)
        foot = column(spacing=t.scaled(8))
        foot.addWidget(label(words.PROOF_NOTE, "small", "text2", wrap=True))
        buttons = row()
        self.proof = ActionButton(words.EXPORT_PROOF, icon="file", name="journal.proof")
        self.copy = ActionButton("", icon="copy", name="journal.copy-hash")
        self.copy.setProperty("square", "true")
        self.copy.setAccessibleName(words.COPY_HASH)
        self.copy.setToolTip(words.COPY_HASH)
        buttons.addWidget(self.proof, 1)
        buttons.addWidget(self.copy)
        foot.addLayout(buttons)
        foot.addWidget(Reasons(self.proof, self.copy))
        self.foot().addLayout(foot)
        self.proof.triggered.connect(self._ask_proof)
        self.copy.triggered.connect(self._copy)
        self.show_nothing()

    def show_nothing(self) -> None:
        """No record is chosen."""
        self.opened = None
        clear(self._lines)
        self.title.setText(" ")
        self.chip.hide()
        self._lines.addWidget(label(words.CHOOSE_RECORD, "body", "text2", wrap=True))
        self._lines.addStretch(1)
        self.proof.block(words.NOTHING_CHOSEN)
        self.copy.block(words.NOTHING_CHOSEN)

    def show_record(self, opened: Opened, *, verified: bool, blocked: str = "") -> None:
        """Show one; ``blocked`` is why no proof can be made."""
        t = theme()
        self.opened = opened
        clear(self._lines)
        line = opened.line
        title = words.record_title(line.index)
        self.title.setText(title)
        self.setAccessibleName(f"{title}, {line.event}")
        self.chip.show()
        if verified:
            self.chip.show_as(words.VERIFIED, "ok", "check")
        else:
            self.chip.show_as(words.OPENED, "neutral", reason=words.VERIFY_HINT)
        self._lines.addWidget(label(safe_text(line.event), "name", line.tone, selectable=True))
        self._fact(words.WHEN, f"{line.at[:10]} {line.at[11:19]} UTC")
        self._fact(words.WHO, line.origin)
        self._fact(words.SUMMARY, line.summary)
        if line.about:
            self._proposal(line.about)
        self._lines.addSpacing(t.scaled(4))
        self._lines.addWidget(rule())
        self._hash(words.THIS_HASH, opened.leaf)
        self._hash(words.before_hash(line.index), opened.previous)
        self._lines.addWidget(rule())
        self._lines.addWidget(label(words.PROOF, "section"))
        self._ticked(words.HASH_FITS, good=True)
        covered = opened.covered > line.index
        self._ticked(words.proof_covered(opened.covered) if covered else words.PROOF_NEWER, good=covered)
        self._whole(opened.record)
        self._lines.addStretch(1)
        self.proof.block(blocked)
        self.copy.block("")

    def _fact(self, name: str, value: str) -> None:
        line = row(spacing=theme().scaled(10))
        left = label(name, "small", "text3")
        left.setMinimumWidth(theme().scaled(76))
        line.addWidget(left)
        line.addWidget(label(safe_text(value, 4000), "body", wrap=True, selectable=True), 1)
        self._lines.addLayout(line)

    def _proposal(self, identifier: str) -> None:
        above = row()
        above.addWidget(label(words.PROPOSAL, "small", "text3"))
        above.addStretch(1)
        link = ActionButton(words.OPEN_PROPOSAL, kind="link", icon="right", name="journal.open-proposal")
        link.triggered.connect(lambda: self.proposal_asked.emit(identifier))
        above.addWidget(link)
        self._lines.addLayout(above)
        self._lines.addWidget(GroupedText(identifier))

    def _hash(self, name: str, digits: str) -> None:
        above = row()
        above.addWidget(label(name, "small", "text3"))
        above.addStretch(1)
        above.addWidget(Icon("pass", "ok"))
        self._lines.addLayout(above)
        self._lines.addWidget(GroupedText(digits))

    def _ticked(self, sentence: str, *, good: bool) -> None:
        line = row()
        line.addWidget(Icon("pass" if good else "clock", "ok" if good else "neutral"))
        line.addWidget(label(sentence, "body", wrap=True), 1)
        self._lines.addLayout(line)

    def _whole(self, record: JsonObject) -> None:
        """Everything the record holds, as it was written; closed until it is asked for."""
        button = ActionButton(words.WHOLE_RECORD, kind="link", icon="code", name="journal.whole")
        text = QtWidgets.QPlainTextEdit()
        text.setReadOnly(True)
        text.setAccessibleName(words.WHOLE_RECORD)
        text.setFont(theme().font("mono"))
        text.setMinimumHeight(theme().scaled(180))
        # ASCII alone: a hidden character in somebody's text shows itself as its number.
        text.setPlainText(json.dumps(record, indent=2, sort_keys=True, ensure_ascii=True))
        text.hide()
        button.triggered.connect(lambda: text.setVisible(text.isHidden()))
        line = row()
        line.addWidget(button)
        line.addStretch(1)
        self._lines.addLayout(line)
        self._lines.addWidget(text)
        # What is made anew comes last for Tab, but the foot stands below it.
        self.setTabOrder(text, self.proof)
        self.setTabOrder(self.proof, self.copy)

    def _ask_proof(self) -> None:
        if self.opened is not None:
            self.proof_asked.emit(self.opened.line.index)

    def _copy(self) -> None:
        if self.opened is not None:
            QtWidgets.QApplication.clipboard().setText(self.opened.leaf)
