"""The state of the journal: a card while it is intact, a page of its own when it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signer_app.core.text import safe_text
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Card, Icon, StateBanner, clear, column, label, plain, row
from signer_app.ui.words import journal as words


@dataclass(frozen=True, slots=True)
class JournalState:
    """What the card says. ``verified`` is the time of the last check in this window, or ""."""

    records: int
    signed: int
    signers: tuple[str, ...]
    anchored: int | None
    epoch: int
    verified: str = ""
    verified_records: int = 0


class StateCard(QtWidgets.QFrame):
    """Icon and state, then a cell for each thing that holds the journal."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setObjectName("journal.state")
        self._line = row(self, spacing=0)
        self.words = label()

    def show_state(self, state: JournalState) -> None:
        """Say how it is now."""
        t = theme()
        clear(self._line)
        lead = row(spacing=t.scaled(12), margins=(t.scaled(16), t.scaled(12), t.scaled(16), t.scaled(12)))
        good = bool(state.verified)
        lead.addWidget(Icon("policy" if good else "journal", "ok" if good else "neutral", "icon-banner"))
        both = column(spacing=t.scaled(2))
        both.addWidget(label(words.INTACT if good else words.NOT_VERIFIED, "name"))
        said = (
            words.intact(state.verified_records, state.verified) if good else words.opened_with(state.records)
        )
        self.words = label(said, "small", "text2")
        both.addWidget(self.words)
        lead.addLayout(both)
        self._line.addLayout(lead, 3)
        anchored = words.NOT_ANCHORED if state.anchored is None else words.to_record(state.anchored, ())
        for name, value in (
            (words.CHECKPOINT, words.to_record(state.signed, state.signers)),
            (words.TAIL, words.tail(max(0, state.records - state.signed))),
            (words.ANCHORED, anchored),
            (words.KEY_EPOCH, str(state.epoch)),
        ):
            self._cell(name, value)
        self.setAccessibleName(f"{words.INTACT if good else words.NOT_VERIFIED}, {said}")

    def _cell(self, name: str, value: str) -> None:
        t = theme()
        edge = QtWidgets.QFrame()
        edge.setProperty("kind", "line")
        edge.setFixedWidth(1)
        edge.setMaximumHeight(16_777_215)
        edge.setStyleSheet("max-height: 16777215px;")
        self._line.addWidget(edge)
        box = column(spacing=t.scaled(2), margins=(t.scaled(14), t.scaled(10), t.scaled(10), t.scaled(10)))
        box.addWidget(label(name, "small", "text3"))
        box.addWidget(label(safe_text(value), "label", wrap=True))
        self._line.addLayout(box, 2)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found that is wrong."""

    state: str
    reason: str
    first_bad: int | None
    records: int


class DangerPage(QtWidgets.QWidget):
    """What was found, what to do, whom to call. Nothing else is offered."""

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.setObjectName("journal.danger")
        box = column(self, spacing=t.size("gap"))
        self.banner = StateBanner("danger")
        box.addWidget(self.banner)
        self.export = ActionButton(
            words.EXPORT_EVIDENCE, kind="danger", icon="download", name="journal.evidence"
        )
        line = row()
        line.addWidget(self.export)
        line.addStretch(1)
        box.addLayout(line)
        steps = Card(words.WHAT_WAS_FOUND, "review")
        self.found = label("", "body", wrap=True, selectable=True)
        steps.body.addWidget(self.found)
        for sentence in words.DANGER_STEPS:
            steps.body.addWidget(label(sentence, "body", "text2", wrap=True))
        box.addWidget(steps)
        contacts = Card(words.CONTACTS, "people")
        inner = plain()
        self._people = column(inner, spacing=t.scaled(6))
        contacts.body.addWidget(inner)
        box.addWidget(contacts)
        box.addStretch(1)

    def show_finding(self, found: Finding, people: Sequence[tuple[str, str, str]]) -> None:
        """``people``: (id, name, roles) of the policy in force."""
        title = words.not_intact(words.DANGER_TITLES.get(found.state, found.state), found.first_bad)
        self.banner.show_state("danger", title, words.DANGER_NEXT)
        self.found.setText(f"{found.state}. {found.reason} {words.opened_with(found.records)}.")
        clear(self._people)
        for person, name, roles in people:
            line = row()
            line.addWidget(Icon("person"))
            line.addWidget(label(safe_text(name, 200), "label"))
            line.addWidget(label(safe_text(f"{person}, {roles}", 400), "body", "text2"))
            line.addStretch(1)
            self._people.addLayout(line)
        if not people:
            self._people.addWidget(label(words.NO_CONTACTS, "body", "text2", wrap=True))
        self.setAccessibleName(f"{title}. {words.DANGER_NEXT}")
        self.export.setFocus(Qt.FocusReason.OtherFocusReason)
