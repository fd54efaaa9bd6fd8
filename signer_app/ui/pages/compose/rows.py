"""The right side of a list of payments: the rows with their verdicts, totals, tickets, progress."""

from __future__ import annotations

from signer_app.ui.pages.compose.batch import Outcome
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Column,
    FactTable,
    StateBanner,
    WhyDisabled,
    column,
    label,
    plain,
    row,
)
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import compose as compose_words
from signer_app.ui.words import lists as say
from signer_app.ui.words import strings

#: The column of the receiver; a row with a problem says it from there to the end.
_RECEIVER = 3


class RowsCard(Card):
    """Its table gives way, whatever the words below need."""

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """No."""
        return False


class BatchResult(QtWidgets.QWidget):
    """The rows with their verdicts, exact totals, tickets; progress and Cancel while it runs."""

    proposed = Signal()
    stopped = Signal()
    tickets = Signal(int)
    dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        box = column(self, spacing=t.size("gap"))
        self.state = StateBanner("info", say.LIST_EMPTY, say.LIST_EMPTY_SAID)
        self.state.setObjectName("new.list.state")
        box.addWidget(self.state)
        box.addWidget(self._progress())
        card = RowsCard(say.LIST_TITLE, "proposals", name="new.list")
        columns = [
            Column(say.ROW, 46, right=True), Column(say.CHECK, 106),
            Column(compose_words.AMOUNT, FITS, right=True), Column(say.RECEIVER, 280),
            Column(say.KNOWN_AS, FITS), Column(say.SAYS, 0),
        ]  # fmt: skip
        self.table = FactTable(columns, name="new.list.table", said=say.LIST_TITLE)
        self.table.setHorizontalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(self.table, 1)
        foot = card.foot()
        words_ = column(spacing=t.scaled(4))
        self.row_words = label("", "body", "text2", wrap=True, name="new.list.row")
        self.totals = label("", "label", wrap=True, selectable=True, name="new.list.totals")
        words_.addWidget(self.row_words)
        words_.addWidget(self.totals)
        foot.addLayout(words_, 1)
        self.table.selectionModel().selectionChanged.connect(lambda *_changed: self._say_row())
        box.addWidget(card, 1)
        line = row(spacing=t.scaled(8))
        self.propose = ActionButton(say.PROPOSE_LIST, kind="primary", icon="plus", name="new.list.propose")
        self.why = WhyDisabled(self.propose)
        self.drop = ActionButton(compose_words.DROP_DRAFT, kind="quiet", name="new.list.drop")
        line.addWidget(self.why, 1)
        line.addWidget(self.drop, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(line)
        self.propose.triggered.connect(self.proposed)
        self.drop.triggered.connect(self.dropped)
        self.show_outcome(None)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """The table gives way, whatever the words need."""
        return False

    def _say_row(self) -> None:
        """The whole words of the chosen row, which the table may cut."""
        chosen = self.table.selectionModel().selectedRows()
        cells = self.table.facts.lines[chosen[0].row()] if chosen else ()
        text = say.row_says(cells[0].text, cells[-1].text) if cells and cells[-1].text else ""
        self.row_words.setText(text)
        self.row_words.setVisible(bool(text))

    def _progress(self) -> QtWidgets.QWidget:
        self.running = plain("none")
        line = row(self.running, spacing=theme().scaled(10))
        self.bar = QtWidgets.QProgressBar()
        self.bar.setObjectName("new.list.progress")
        self.bar.setTextVisible(False)
        self.words = label("", "small", "text2")
        cancel = ActionButton(strings.CANCEL, name="new.list.cancel")
        cancel.triggered.connect(self.stopped)
        line.addWidget(self.bar, 1)
        line.addWidget(self.words)
        line.addWidget(cancel)
        self.running.hide()
        return self.running

    def run(self, words: str) -> None:
        """Something runs."""
        self.words.setText(words)
        self.bar.setRange(0, 0)
        self.running.show()
        self.why.block(words)

    def step(self, text: str) -> None:
        """How far it is: "done/total"."""
        done, _, total = text.partition("/")
        if done.isdigit() and total.isdigit():
            self.bar.setRange(0, max(1, int(total)))
            self.bar.setValue(int(done))
            self.words.setText(say.of(int(done), int(total)))

    def end(self) -> None:
        """Nothing runs."""
        self.running.hide()

    def show_problem(self, fact: str, hint: str) -> None:
        """The list cannot be checked."""
        self.end()
        self.state.show_state("danger", fact, hint)
        self.state.offer([])
        self.state.show()
        self.why.block(fact)

    def show_outcome(self, found: Outcome | None) -> None:
        """A checked list; None before there is one."""
        self.end()
        lines = found.lines if found is not None else ()
        self.table.show_lines(lines)
        self.table.clearSpans()
        for number, cells in enumerate(lines):
            if cells[1].text == say.ROW_WRONG:
                self.table.setSpan(number, _RECEIVER, 1, len(cells) - _RECEIVER)
        self._say_row()
        self.totals.setText("   ".join(say.total(words_) for words_ in found.totals) if found else "")
        self.totals.setVisible(bool(found and found.totals))
        if found is not None and found.first_bad >= 0:
            self.table.selectRow(found.first_bad)
            self.table.scrollTo(self.table.facts.index(found.first_bad, 0))
        if found is None:
            self.state.show_state("info", say.LIST_EMPTY, say.LIST_EMPTY_SAID)
            self.state.offer([])
            self.state.show()
            self.why.block(say.LIST_EMPTY)
            return
        self.propose.setText(say.propose_list(found.waiting))
        self._say(found)

    def _say(self, found: Outcome) -> None:
        """The gravest first: wrong rows, no policy, denied rows, the list as one, tickets."""
        offers: list[tuple[str, object]] = []
        if found.stopped:
            state = ("warn", say.LIST_STOPPED, say.LIST_STOPPED_SAID)
        elif found.wrong:
            state = ("danger", say.wrong_rows(found.wrong), say.WRONG_ROWS_SAID)
        elif found.problem:
            state = ("danger", compose_words.NO_POLICY, found.problem)
        elif found.denied:
            state = ("danger", say.denied_rows(found.denied), say.DENIED_ROWS_SAID)
        elif found.together:
            state = ("danger", say.TOGETHER, found.together)
        elif found.missing:
            state = ("warn", say.missing_tickets(found.waiting, found.free), say.MISSING_TICKETS_SAID)
            offers = [(say.propose_tickets(found.missing), found.missing)]
        elif not found.waiting:
            state = ("ok", say.LIST_DONE, say.already(found.done))
        else:
            state = ("ok", say.LIST_FINE, say.list_fine(found.waiting, found.free))
        self.state.show_state(*state)
        self.state.offer([(words_, lambda: self.tickets.emit(found.missing)) for words_, _ in offers])
        self.state.show()
        fine = state[0] == "ok" and found.waiting > 0
        self.why.block("" if fine else f"{compose_words.OFF} {state[1]}")
