"""The list of 100,000 proposals: the first paint after the rows are there, and the slowest key of the filter.

What a worker's thread does before (reading, titles) is not in it; the window lives meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from tests.bench.calibration import JSON
from tests.bench.measure import Figure, Round, Setup, beside, measure, middle, timed

if TYPE_CHECKING:
    from signer_app.ui.pages.proposals.model import Line
    from signer_app.ui.pages.proposals.table import ProposalTable

ROWS, ROUNDS = 100_000, 5
#: Typed one key after the other, then taken back: words that many rows have, that few have, that none has.
WORDS = "pay 4711 bob zz"
KEYS = tuple(WORDS[:end] for end in (*range(1, len(WORDS) + 1), *range(len(WORDS) - 1, -1, -1)))


def figures(setup: Setup) -> Iterator[Figure]:
    """list-paint: rows into the table and its first paint. list-filter: the slowest key and the paint after
    it.
    """
    if setup.wanted.isdisjoint({"list-paint", "list-filter"}):
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from signer_app.ui.pages.proposals.table import ProposalTable
    from signer_app.ui.qt import QtWidgets
    from signer_app.ui.theme import theme

    app = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["bench"])
    theme().choose("light", 100)
    lines = tuple(_line(number) for number in range(ROWS))
    table = ProposalTable()
    table.resize(1200, 800)
    table.show()
    app.processEvents()

    def paint() -> None:
        table.rows.show_lines(lines)
        table.grab()

    if "list-paint" in setup.wanted:
        yield measure("list-paint", paint, units=1, unit="paints/s", loop=JSON, rounds=ROUNDS)
    if "list-filter" in setup.wanted:
        paint()
        yield _filter(table)
    table.close()


def _filter(table: ProposalTable) -> Figure:
    """The middle of each key's rounds, and of these the slowest: no key may be slow, whatever stands before
    it.
    """
    from signer_app.ui.pages.proposals.model import Filter

    def press(text: str) -> None:
        table.rows.set_filter(Filter(text.strip()))
        table.grab()

    def type_all() -> list[float]:
        return [timed(partial(press, text)) for text in KEYS]

    rounds = [beside(JSON, type_all) for _ in range(ROUNDS)]
    keys = [middle(Round(keys[number], base) for keys, base in rounds) for number in range(len(KEYS))]
    slowest = max(keys, key=lambda one: one.ratio)
    return Figure("list-filter", 1, "keys/s", slowest.seconds, JSON.name, slowest.base)


def _line(number: int) -> Line:
    """A payment; of every hundred, two share their ticket."""
    from signer_app.ui.pages.proposals.model import Line, haystack_of

    title = f"Pay {number:,}.5 RLUSD to {('alice', 'bob', 'carol')[number % 3]}"
    identifier = f"{number * 2654435761 % 2**64:064x}"
    shared = number % 100 < 2
    return Line(
        id=identifier, title=title, icon="payment", account="xrpl:63456:rMain", account_name="main",
        network="xrpl:63456", state="PENDING", state_words="Open", quorum="1 of 2",
        created=f"2026-11-20T12:{number % 60:02d}:00Z", created_words="12:00", expires="", expires_words="",
        slot=f"ticket {number}", slot_words=f"Ticket {number}", group=number // 100 if shared else -1,
        conflict="replaces 0123456789ab" if shared else "",
        haystack=haystack_of(title, identifier, "main", "Open", f"Ticket {number}"),
    )  # fmt: skip
