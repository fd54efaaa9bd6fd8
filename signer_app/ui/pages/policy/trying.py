"""The tabs that judge: one transaction from a file, and everything that was judged before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.choosing import choose_file
from signer_app.ui.pages.policy.reads import Trial, Tried, Version
from signer_app.ui.qt import QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Cell,
    CheckLine,
    CheckList,
    Chooser,
    Column,
    FactTable,
    RiskChip,
    WhyDisabled,
    column,
    label,
    row,
)
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import policy as words


class TryTab(QtWidgets.QWidget):
    """A file, a phase, a signer: the verdict and every check."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.transaction: Path | None = None
        self.facts: Path | None = None
        box = column(self, spacing=t.scaled(10))
        box.addWidget(label(words.TRY_INTRO, "body", "text2", wrap=True))
        grid = QtWidgets.QGridLayout()
        grid.setHorizontalSpacing(t.scaled(12))
        grid.setVerticalSpacing(t.scaled(8))
        grid.setColumnStretch(2, 1)
        self.choose = ActionButton(words.CHOOSE_TRANSACTION, icon="file", name="policy.transaction")
        self.choose_facts = ActionButton(words.CHOOSE_FACTS, icon="file", name="policy.facts")
        self._file, self._facts = (
            label(words.NO_FILE, "body", "text2"),
            label(words.NO_FACTS, "body", "text2"),
        )
        self.phase = Chooser()
        self.phase.setAccessibleName(words.PHASE)
        for name, said in words.PHASES.items():
            self.phase.addItem(said, name)
        self.signer = Chooser()
        self.signer.setAccessibleName(words.SIGNER)
        self.signer.setSizeAdjustPolicy(
            QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.signer.setMinimumContentsLength(30)
        for line, (first, second) in enumerate(((self.choose, self._file), (self.choose_facts, self._facts))):
            grid.addWidget(first, line, 0)
            grid.addWidget(second, line, 1, 1, 2)
        box.addLayout(grid)
        line_ = row(spacing=t.scaled(10))
        for name, field in ((words.PHASE, self.phase), (words.SIGNER, self.signer)):
            line_.addWidget(label(name, "body", "text2"))
            line_.addWidget(field)
        line_.addStretch(1)
        box.addLayout(line_)
        self.judge = ActionButton(words.TRY, kind="primary", icon="policy", name="policy.try")
        self._why = WhyDisabled(self.judge)
        button = row()
        button.addWidget(self._why)
        button.addStretch(1)
        box.addLayout(button)
        self.verdict = row(spacing=t.scaled(10))
        self.sentence = label("", "section", wrap=True, name="policy.verdict")
        box.addLayout(self.verdict)
        self.checks = CheckList(shown=40)
        box.addWidget(self.checks)
        box.addStretch(1)
        self._chip: RiskChip | None = None
        self.choose.triggered.connect(
            lambda: choose_file(self, words.CHOOSE_TRANSACTION, self.take_transaction)
        )
        self.choose_facts.triggered.connect(lambda: choose_file(self, words.CHOOSE_FACTS, self.take_facts))
        self.phase.currentIndexChanged.connect(lambda _index: self._blocking())
        self.signer.currentIndexChanged.connect(lambda _index: self._blocking())
        self.judge.triggered.connect(self._ask)
        self.verdict.addWidget(self.sentence, 1)
        self._blocking()

    def show_version(self, version: Version) -> None:
        """Offer its signers; an earlier verdict is of another version and goes."""
        self.signer.clear()
        self.signer.addItem(words.NOBODY, "")
        for key, account in version.signers:
            self.signer.addItem(f"{safe_text(key, 64)}  {account.rpartition(':')[2]}", account)
        self._clear()
        self._blocking()

    def take_transaction(self, path: Path) -> None:
        """The file to judge."""
        self.transaction = path
        self._file.setText(safe_text(path.name, 200))
        self._clear()
        self._blocking()

    def take_facts(self, path: Path) -> None:
        """The facts to judge by."""
        self.facts = path
        self._facts.setText(safe_text(path.name, 200))
        self._clear()

    def _blocking(self) -> None:
        reason = ""
        if self.transaction is None:
            reason = words.TRY_NEEDS_FILE
        elif self.phase.currentData() == "sign" and not self.signer.currentData():
            reason = words.TRY_NEEDS_SIGNER
        self._why.block(reason)

    def _ask(self) -> None:
        if self.transaction is not None:
            phase, signer = str(self.phase.currentData()), str(self.signer.currentData() or "")
            self.asked.emit(Trial(self.transaction, self.facts, phase, signer))

    def _clear(self) -> None:
        if self._chip is not None:
            self._chip.hide()
            self._chip.deleteLater()
            self._chip = None
        self.sentence.setText("")
        self.checks.show_checks(())

    def show_verdict(self, tried: Tried) -> None:
        """What came of it."""
        self._clear()
        kind, sentence = words.TRIED[tried.verdict]
        self._chip = RiskChip(kind)
        self.verdict.insertWidget(0, self._chip)
        self.sentence.setText(f"{sentence} {' '.join(tried.codes)}".strip())
        self.checks.show_checks(
            [
                CheckLine(outcome, safe_text(rule, 100), safe_text(said, 4000), (("code", code),))
                for outcome, rule, said, code in tried.checks
            ]
        )


class ReplayTab(QtWidgets.QWidget):
    """The recorded verdicts of some days, judged again under this version."""

    asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        box = column(self, spacing=t.scaled(10))
        box.addWidget(label(words.REPLAY_INTRO, "body", "text2", wrap=True))
        line = row(spacing=t.scaled(10))
        self.days = Chooser()
        self.days.setAccessibleName(words.REPLAY_INTRO)
        for count in words.DAYS:
            self.days.addItem(words.days(count), count)
        self.days.setCurrentIndex(words.DAYS.index(90))
        self.replay = ActionButton(words.REPLAY, kind="primary", icon="history", name="policy.replay")
        line.addWidget(self.days)
        line.addWidget(self.replay)
        line.addStretch(1)
        box.addLayout(line)
        self.summary = label("", "section", wrap=True, name="policy.replay-summary")
        box.addWidget(self.summary)
        titles = words.REPLAY_COLUMNS
        self.table = FactTable(
            [*(Column(title, FITS) for title in titles[:-1]), Column(titles[-1])],
            fit=True,
            name="policy.moved",
        )
        self.table.hide()
        box.addWidget(self.table)
        box.addStretch(1)
        self.replay.triggered.connect(lambda: self.asked.emit(int(self.days.currentData())))

    def show_version(self, _version: Version) -> None:
        """An earlier answer is of another version and goes."""
        self.summary.setText("")
        self.table.hide()

    def show_answer(self, version: Version, days: int, found: JsonObject) -> None:
        """What came of it (proposals/rehearsal.py)."""
        counts = [_count(found[name]) for name in ("denied", "unchanged", "allowed", "unread")]
        self.summary.setText(words.replayed(version.number, days, *counts))
        moved = found["moved"]
        rows: Sequence[JsonObject] = [
            item for item in (moved if isinstance(moved, list) else []) if isinstance(item, dict)
        ]
        self.table.setVisible(bool(rows))
        self.table.show_lines([_moved(item) for item in rows])


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _moved(item: JsonObject) -> tuple[Cell, ...]:
    codes = item["codes"]
    after = str(item["after"])
    return (
        Cell(f"{_count(item['record']):,}", "mono"),
        Cell(safe_text(str(item["type"]), 100), "label"),
        Cell(str(item["proposal_id"])[:12], "mono", raw=str(item["proposal_id"])),
        Cell(words.PHASES.get(str(item["phase"]), str(item["phase"]))),
        Cell(words.VERDICTS[str(item["before"])]),
        Cell(words.VERDICTS[after], "label", {"DENY": "danger", "ALLOW": "ok"}.get(after, "warn")),
        Cell(" ".join(map(str, codes)) if isinstance(codes, list) else "", "small", "text2"),
    )
