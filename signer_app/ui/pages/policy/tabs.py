"""The tabs of the policy page that only show: rules, changes; and the row of tabs itself."""

from __future__ import annotations

from collections.abc import Sequence

from signer_app.core.text import safe_text
from signer_app.ui.pages.policy.reads import Difference, Rule
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    Cell,
    Chip,
    Chooser,
    Column,
    FactTable,
    TabButton,
    TabButtons,
    clear,
    column,
    label,
    plain,
    row,
    rule,
)
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import policy as words


class TabRow(QtWidgets.QWidget):
    """Words to choose between; Left and Right move, as in any row of tabs."""

    chosen = Signal(int)

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        line = row(self, spacing=theme().scaled(4))
        self.buttons: list[QtWidgets.QPushButton] = []
        group = TabButtons(self)
        for number, title in enumerate(titles):
            button = TabButton(title, f"policy.tab.{number}")
            group.addButton(button, number)
            line.addWidget(button)
            self.buttons.append(button)
        line.addStretch(1)
        self.buttons[0].setChecked(True)
        group.idClicked.connect(self.chosen.emit)

    def choose(self, number: int) -> None:
        """Show a tab."""
        self.buttons[number].setChecked(True)
        self.chosen.emit(number)


def scrolled(inner: QtWidgets.QWidget, said: str) -> QtWidgets.QScrollArea:
    """``inner`` in a scroll area without a frame; ``said`` is its name for a screen reader."""
    area = QtWidgets.QScrollArea()
    area.setWidgetResizable(True)
    area.setAccessibleName(said)
    area.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
    area.setWidget(inner)
    return area


class RulesTab(QtWidgets.QWidget):
    """A row for each rule: what it is, the sentence, how firm it is, the author's remark."""

    def __init__(self) -> None:
        super().__init__()
        self._box = column(self)

    def show_rules(self, rules: Sequence[Rule]) -> None:
        """Show these."""
        t = theme()
        clear(self._box)
        for number, item in enumerate(rules):
            if number:
                self._box.addWidget(rule())
            line = row(spacing=t.scaled(12), margins=(0, t.scaled(8), 0, t.scaled(8)))
            kind = label(words.KINDS.get(item.kind, item.kind), "small-strong", "text3", wrap=True)
            kind.setFixedWidth(t.scaled(92))
            line.addWidget(kind, 0, Qt.AlignmentFlag.AlignTop)
            both = column(spacing=t.scaled(2))
            sentence = label(f"{safe_text(item.sentence, 4000)}.", "label", wrap=True, selectable=True)
            sentence.setAccessibleName(f"{item.id}: {item.sentence}. {item.consequence}")
            both.addWidget(sentence)
            under = safe_text(item.id, 100) + (f": {safe_text(item.remark, 4000)}" if item.remark else "")
            both.addWidget(label(under, "small", "text3", wrap=True))
            line.addLayout(both, 1)
            tone = {"hard": "neutral", "soft": "warn"}.get(item.level, "info")
            chip = Chip(words.LEVEL_CHIPS[item.level], tone, reason=item.consequence)
            line.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
            self._box.addLayout(line)
        self._box.addSpacing(t.scaled(8))
        self._box.addWidget(label(words.HARD_NOTE, "small", "text2"))
        self._box.addStretch(1)


class ChangesTab(QtWidgets.QWidget):
    """Another version beside this one; each difference says which way it goes."""

    other_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        box = column(self, spacing=t.scaled(10))
        line = row(spacing=t.scaled(10))
        line.addWidget(label(words.COMPARE_WITH, "body", "text2"))
        self.other = Chooser()
        self.other.setObjectName("policy.other")
        self.other.setAccessibleName(words.COMPARE_WITH)
        self.other.setMinimumWidth(t.scaled(220))
        line.addWidget(self.other)
        line.addStretch(1)
        self.summary = label("", "section", name="policy.changes-summary")
        line.addWidget(self.summary)
        box.addLayout(line)
        titles = words.CHANGE_COLUMNS
        self.table = FactTable(
            [Column(titles[0], FITS), Column(titles[1]), Column(titles[2]), Column(titles[3], FITS)],
            fit=True,
            name="policy.changes",
        )
        box.addWidget(self.table)
        box.addStretch(1)
        self.other.activated.connect(lambda _index: self.other_chosen.emit(self.other.currentData() or ""))

    def offer(self, others: Sequence[tuple[str, str]], chosen: str) -> None:
        """(hash, title) of every other version."""
        self.other.clear()
        for digest, title in others:
            self.other.addItem(title, digest)
        if chosen:
            self.other.setCurrentIndex(max(0, self.other.findData(chosen)))
        self.other.setVisible(bool(others))

    def show_differences(self, found: Sequence[Difference] | None) -> None:
        """Show these; None where there is nothing to compare with."""
        self.table.setVisible(bool(found))
        if found is None:
            self.summary.setText(words.NOTHING_BEFORE)
            return
        counts = [sum(1 for item in found if item.direction == way) for way in words.DIRECTIONS]
        self.summary.setText(words.changed(*counts) if found else words.NO_CHANGES)
        self.table.show_lines([_line(item) for item in found])


def _line(item: Difference) -> tuple[Cell, ...]:
    way, tone = words.DIRECTIONS[item.direction]
    gone = words.ABSENT
    return (
        Cell(safe_text(item.where, 1000), "small-strong", "text2", raw=item.where),
        Cell(_breakable(item.before), tone="text3" if item.before == gone else "", raw=item.before),
        Cell(_breakable(item.after), "label", "text3" if item.after == gone else "", raw=item.after),
        Cell(way, "small-strong", tone),
    )


def _breakable(text: str) -> str:
    """A long word may wrap after every eighth character; a copy takes the raw text."""
    words_ = safe_text(text, 20_000).split(" ")
    return " ".join("\u200b".join(_pieces(word)) for word in words_)


def _pieces(word: str) -> list[str]:
    return [word[start : start + 8] for start in range(0, len(word), 8)] if len(word) > 16 else [word]


def tab_body() -> tuple[QtWidgets.QWidget, QtWidgets.QVBoxLayout]:
    """A padded body of a tab."""
    t = theme()
    holder = plain()
    pad = t.size("card-padding")
    return holder, column(holder, spacing=t.scaled(10), margins=(pad, t.scaled(12), pad, t.scaled(12)))
