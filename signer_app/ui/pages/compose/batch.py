"""A list of payments from a CSV file: its columns, and its rows with what is wrong with each as text."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.caip import asset_network
from signer_app.core.clock import parse_duration
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.choosing import choose_file
from signer_app.ui.chosen_file import read_chosen
from signer_app.ui.pages.compose.asking import Options, Wish, drop_draft
from signer_app.ui.pages.compose.fields import Field, choice
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Cell,
    column,
    fill,
    label,
    plain,
    row,
)
from signer_app.ui.words import compose as compose_words
from signer_app.ui.words import effects as words
from signer_app.ui.words import lists as say
from signer_app.ui.words import shared
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

    return open_data(workspace, path.name, read_chosen(path, MAX_BYTES))


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
        state = Cell(compose_words.NOT_JUDGED, "small-strong", "warn", icon="unknown")
    else:
        state = Cell(compose_words.VERDICT_WORDS[str(verdict)], "small-strong", "danger", icon="denied")
    to = str(item["to"] or "")
    amount = words.amount(item, names) if item["amount"] is not None else ""
    tag = f", {shared.tag_of(str(item['tag']))}" if item["tag"] is not None else ""
    receiver = f"{names[to]}{tag}" if to in names else tag.removeprefix(", ")
    return (
        Cell(str(item["row"]), "small", "text3", right=True),
        state,
        Cell(amount, "label", right=True),
        # What is wrong takes the room of what could not be read (rows.py joins the cells).
        Cell(problems, "body", "text2") if problems else Cell(words.address(to), "mono", raw=to),
        Cell(safe_text(receiver, 200), "body", "text2"),
        Cell(problems or safe_text(str(item["says"] or item["title"]), 400), "body", "text2"),
    )


# -- the file and its columns --------------------------------------------------------------------------


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
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(t.scaled(12))
        grid.setVerticalSpacing(t.scaled(10))
        self.columns: dict[str, QtWidgets.QComboBox] = {}
        top = Qt.AlignmentFlag.AlignTop
        for number, name in enumerate(FIELDS):
            self.columns[name] = choice(f"new.column.{name}")
            self.columns[name].currentIndexChanged.connect(lambda _index: self.changed.emit())
            grid.addWidget(Field(say.LIST_COLUMNS[name], self.columns[name]), number // 2, number % 2, top)
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
        choose_file(self, say.CHOOSE_CSV, self.chosen.emit, filters=(say.CSV_FILES, say.ALL_FILES))
