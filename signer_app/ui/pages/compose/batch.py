"""A list of payments from a CSV file: columns, rows with what is wrong with each, totals, tickets."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.caip import asset_network
from signer_app.core.clock import parse_duration
from signer_app.core.errors import MalformedError, NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui import strings
from signer_app.ui import strings_work as say
from signer_app.ui.pages.compose.asking import Options, Wish, drop_draft
from signer_app.ui.pages.compose.fields import Field, choice, fill
from signer_app.ui.pages.inbox import words
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Cell,
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
from signer_app.ui.worker import Progress

if TYPE_CHECKING:
    from signer_app.proposals.batch_rows import Checked, ListOrder
    from signer_app.workspace import Workspace

FIELDS = ("to", "amount", "asset", "tag", "title")
#: Rows between two words of progress, and the longest text of a file that a draft keeps.
STEP, KEPT = 20, 700_000
NONE = "-1"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it was read: its name, bytes, titles, first rows, and the columns that the titles say."""

    name: str
    data: bytes
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    first: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A checked list as text."""

    lines: tuple[tuple[Cell, ...], ...]
    totals: tuple[str, ...]
    first_bad: int
    wrong: int
    denied: int
    waiting: int
    done: int
    free: int
    missing: int
    together: str
    problem: str
    stopped: bool


class Steps:
    """Tells the window how far a job is, and the job whether it shall stop. Made in the window's thread."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._stop = progress, threading.Event()

    def stop(self) -> None:
        """End after the step that runs."""
        self._stop.set()

    def __call__(self, done: int, total: int) -> bool:
        if done % STEP == 0 or done == total:
            self._progress(f"{done}/{total}")
        return not self._stop.is_set()


# -- in the worker's thread ----------------------------------------------------------------------------------


def open_file(workspace: Workspace, path: Path) -> Opened:
    """Read a file and look at its titles. NotFoundError, MalformedError."""
    from signer_app.exchange.payment_list import MAX_BYTES  # noqa: PLC0415

    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotFoundError(f"{path.name} cannot be read: {error.strerror}.") from error
    return open_data(workspace, path.name, data)


def open_data(workspace: Workspace, name: str, data: bytes) -> Opened:
    """The same for bytes that are here already."""
    titles, columns, first = workspace.batches.columns(data)
    return Opened(name, data, titles, columns, first)


def check(workspace: Workspace, wish: Wish, opened: Opened, steps: Steps) -> Outcome:
    """Judge every row; nothing is written."""
    names = {**workspace.accounts.names(), **workspace.accounts.asset_names()}
    return outcome(workspace.batches.check(order_of(wish, opened), steps), names)


def propose(workspace: Workspace, wish: Wish, opened: Opened, draft: str, steps: Steps) -> int:
    """Propose what is missing; how many were. The draft goes when the whole list is there."""
    result = workspace.batches.propose(order_of(wish, opened), steps)
    workspace.previews.forget()
    if not result["stopped"]:
        drop_draft(workspace, draft)
    count = result["proposed"]
    return count if isinstance(count, int) else 0


def order_of(wish: Wish, opened: Opened) -> ListOrder:
    """The wish for the list that the form means. MalformedError."""
    from signer_app.proposals.batch_rows import ListOrder  # noqa: PLC0415

    if not wish.account:
        raise MalformedError("Choose the account that pays.")
    chosen = {name: int(wish.text(f"column.{name}") or NONE) for name in FIELDS}
    return ListOrder(
        network=wish.network,
        account=wish.account,
        data=opened.data,
        expires_in=parse_duration(wish.text("expires")),
        columns={name: index for name, index in chosen.items() if index >= 0},
        asset=wish.text("asset") or None,
        title=wish.text("title"),
    )


def outcome(checked: Checked, names: Mapping[str, str]) -> Outcome:
    """A checked list as text."""
    raw = checked.to_json()
    rows = words.items(raw["rows"])
    together, problem = checked.together, checked.problem
    against = together is not None and together.verdict != "ALLOW"
    return Outcome(
        lines=tuple(_cells(item, names) for item in rows),
        totals=tuple(words.amount(item, names) for item in words.items(raw["totals"])),
        first_bad=next((n for n, item in enumerate(rows) if item["verdict"] != "ALLOW"), -1),
        wrong=len(checked.wrong),
        denied=sum(1 for item in rows if item["verdict"] not in ("ALLOW", None)),
        waiting=len(checked.waiting),
        done=sum(1 for item in rows if item["proposal_id"]),
        free=len(checked.tickets),
        missing=checked.missing_tickets,
        together=together.says if together is not None and against else "",
        problem=problem.message if problem is not None else "",
        stopped=checked.stopped,
    )


def _cells(item: JsonObject, names: Mapping[str, str]) -> tuple[Cell, ...]:
    problems = "; ".join(safe_text(str(p["message"]), 300) for p in words.items(item["problems"]))
    verdict, done = item["verdict"], item["proposal_id"]
    if problems:
        state = Cell(say.ROW_WRONG, "small-strong", "danger", icon="fail")
    elif done:
        state = Cell(say.ROW_DONE, "small-strong", "ok", icon="check")
    elif verdict == "ALLOW":
        state = Cell(say.ROW_ALLOWED, "small-strong", "ok", icon="pass")
    elif verdict is None:
        state = Cell(say.NOT_JUDGED, "small-strong", "warn", icon="unknown")
    else:
        state = Cell(say.VERDICT_WORDS[str(verdict)], "small-strong", "danger", icon="denied")
    to = str(item["to"] or "")
    amount = words.amount(item, names) if item["amount"] is not None else ""
    tag = f", {say.tag_of(str(item['tag']))}" if item["tag"] is not None else ""
    receiver = f"{names[to]}{tag}" if to in names else tag.removeprefix(", ")
    return (
        Cell(str(item["row"]), "small", "text3", right=True),
        state,
        Cell(amount, "label", right=True),
        Cell(words.address(to), "mono", raw=to),
        Cell(safe_text(receiver, 200), "body", "text2"),
        Cell(problems or safe_text(str(item["says"] or item["title"]), 400), "body", "text2"),
    )


# -- left: the file and its columns --------------------------------------------------------------------------


class BatchForm(QtWidgets.QWidget):
    """A file, and which of its columns is what."""

    changed = Signal()
    chosen = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        box = column(self, spacing=t.scaled(12))
        line = row(spacing=t.scaled(8))
        self.file = ActionButton(say.CHOOSE_CSV, icon="folder", name="new.csv")
        self.name = label(say.CSV_HINT, "body", "text2", wrap=True, name="new.csv.name")
        line.addWidget(self.file)
        line.addWidget(self.name, 1)
        box.addLayout(line)
        self.asset = choice("new.list.asset")
        box.addWidget(Field(say.LIST_ASSET, self.asset, say.LIST_ASSET_HINT))
        grid = QtWidgets.QGridLayout()
        grid.setHorizontalSpacing(t.scaled(12))
        grid.setVerticalSpacing(t.scaled(10))
        self.columns: dict[str, QtWidgets.QComboBox] = {}
        for number, name in enumerate(FIELDS):
            self.columns[name] = choice(f"new.column.{name}")
            self.columns[name].currentIndexChanged.connect(lambda _index: self.changed.emit())
            grid.addWidget(Field(say.LIST_COLUMNS[name], self.columns[name]), number // 2, number % 2)
        self.map = plain("none")
        self.map.setLayout(grid)
        self.map.hide()
        box.addWidget(self.map)
        self.opened: Opened | None = None
        self.asset.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.file.triggered.connect(self._choose)

    def offer(self, options: Options, network: str) -> None:
        """Assets of the network."""
        fill(self.asset, [(name, asset) for asset, name in options.assets if asset_network(asset) == network])

    def show_file(self, opened: Opened, columns: Mapping[str, int] | None = None) -> None:
        """Another file; ``columns`` are those of a draft."""
        self.opened = opened
        self.name.setText(say.csv_file(safe_text(opened.name, 120), len(opened.titles)))
        found = opened.columns if columns is None else columns
        for name, box in self.columns.items():
            items = [(say.NO_COLUMN, NONE)]
            items += [
                (safe_text(title, 60) or say.column(n), str(n)) for n, title in enumerate(opened.titles)
            ]
            fill(box, items)
            box.blockSignals(True)
            box.setCurrentIndex(found.get(name, -1) + 1)
            box.blockSignals(False)
        self.map.show()
        self.changed.emit()

    def values(self) -> dict[str, str]:
        """Texts for a wish and a draft; a long file is not kept."""
        found = {f"column.{name}": str(box.currentData() or NONE) for name, box in self.columns.items()}
        found["asset"] = str(self.asset.currentData() or "")
        if self.opened is not None and len(self.opened.data) <= KEPT:
            found["csv"] = self.opened.data.decode("utf-8", "replace")
            found["csv.name"] = self.opened.name
        return found

    def _choose(self) -> None:
        dialog = QtWidgets.QFileDialog(self, say.CHOOSE_CSV)
        dialog.setNameFilters([say.CSV_FILES, say.ALL_FILES])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.chosen.emit(Path(name)))
        dialog.open()


# -- right: the rows -----------------------------------------------------------------------------------------


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
        card = Card(say.LIST_TITLE, "proposals", name="new.list")
        columns = [
            Column(say.ROW, 46, right=True), Column(say.CHECK, 106), Column(say.AMOUNT, FITS, right=True),
            Column(say.RECEIVER, 280), Column(say.KNOWN_AS, FITS), Column(say.SAYS, 0),
        ]  # fmt: skip
        self.table = FactTable(columns, name="new.list.table", said=say.LIST_TITLE)
        self.table.setHorizontalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(self.table, 1)
        foot = card.foot()
        self.totals = label("", "label", wrap=True, selectable=True, name="new.list.totals")
        foot.addWidget(self.totals, 1)
        box.addWidget(card, 1)
        line = row(spacing=t.scaled(8))
        self.propose = ActionButton(say.PROPOSE_LIST, kind="primary", icon="plus", name="new.list.propose")
        self.why = WhyDisabled(self.propose)
        self.drop = ActionButton(say.DROP_DRAFT, kind="quiet", name="new.list.drop")
        line.addWidget(self.why, 1)
        line.addWidget(self.drop, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(line)
        self.propose.triggered.connect(self.proposed)
        self.drop.triggered.connect(self.dropped)
        self.show_outcome(None)

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
        self.table.show_lines(found.lines if found is not None else ())
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
            state = ("danger", say.NO_POLICY, found.problem)
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
        self.why.block("" if fine else f"{say.OFF} {state[1]}")
