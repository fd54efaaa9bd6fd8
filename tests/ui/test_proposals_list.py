"""The list of proposals without a workspace: order, brackets, filter, columns, a hundred thousand rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from signer_app.proposals.listing import conflicts
from signer_app.proposals.store.list_queries import ListRow
from signer_app.ui.pages.proposals.model import (
    NAMES,
    PLACE,
    RAW,
    Filter,
    Line,
    ProposalModel,
    haystack_of,
)
from signer_app.ui.pages.proposals.reading import make_lines
from signer_app.ui.pages.proposals.table import FIXED, ProposalTable
from signer_app.ui.qt import Qt, QtCore, QtWidgets
from signer_app.ui.theme import Theme
from signer_app.ui.words import proposals as say

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
MAIN, OTHER = "xrpl:63456:rMain", "xrpl:63456:rOther"


def row(number: int, **changes: Any) -> ListRow:
    effects = (
        {"kind": "Transfer", "asset": "xrpl:63456/slip44:144", "amount": f"{number}.5", "to": OTHER},
        {"kind": "FeePaid", "asset": "xrpl:63456/slip44:144", "amount": "0.0004"},
    )
    made = ListRow(
        id=f"{number:064x}", network="xrpl:63456", account=MAIN, type="Payment", state="PENDING",
        slot_kind="ticket", slot_value=str(number), created_at=f"2026-11-20T12:{number:02d}:00Z",
        expires_at="2026-11-21T12:00:00Z", expiry_ledger="1", title="", proposer="alice", tx_id=None,
        added_index=number, effects=effects, signatures=0, needed=2,
    )  # fmt: skip
    return replace(made, **changes)


def lines_of(*rows: ListRow) -> list[Line]:
    return make_lines(rows, conflicts(rows), {MAIN: "Treasury", OTHER: "Acme"}, NOW)


def model_of(*rows: ListRow) -> ProposalModel:
    model = ProposalModel()
    model.show_lines(lines_of(*rows))
    return model


def cell(model: ProposalModel, row_: int, name: str, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return model.data(model.index(row_, NAMES.index(name)), role)


def numbers(model: ProposalModel) -> list[int]:
    return [int(line.id, 16) for line in model.shown()]


def test_a_line_says_what_the_bytes_do(look: Theme) -> None:
    model = model_of(row(4, state="READY", signatures=2))
    assert cell(model, 0, "title") == "Pay 4.5 XRP to Acme"
    assert cell(model, 0, "status") == "Ready to send"
    assert cell(model, 0, "quorum") == "2 of 2"
    assert cell(model, 0, "account") == "Treasury"
    assert cell(model, 0, "account", RAW) == MAIN
    assert cell(model, 0, "id") == f"{4:064x}"[:12]
    assert cell(model, 0, "id", RAW) == f"{4:064x}"
    assert cell(model, 0, "created") == "12:04"
    assert cell(model, 0, "expires") == "21 Nov 12:00"


def test_newest_first_and_rivals_for_a_slot_stand_together(look: Theme) -> None:
    model = model_of(row(1), row(2), row(3), row(4, slot_value="1"), row(5))
    assert numbers(model) == [5, 4, 1, 3, 2]
    assert [cell(model, n, "bracket", PLACE) for n in range(5)] == ["", "first", "last", "", ""]
    assert cell(model, 1, "slot") == f"Ticket 1, replaces {1:064x}"[: len("Ticket 1, replaces ") + 12]
    assert str(cell(model, 2, "slot")).startswith("Ticket 1, replaced by ")
    model.set_filter(Filter("pay 1.5"))
    assert numbers(model) == [1]
    assert cell(model, 0, "bracket", PLACE) == "alone"


def test_three_rivals_have_an_inner_one(look: Theme) -> None:
    model = model_of(row(1), row(2, slot_value="1"), row(3, slot_value="1"))
    assert [cell(model, n, "bracket", PLACE) for n in range(3)] == ["first", "inner", "last"]


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        (Filter("acme"), [5, 4, 3, 2, 1]),
        (Filter("ACME 3.5"), [3]),
        (Filter("acme nobody"), []),
        (Filter(states=frozenset({"DENIED"})), [2]),
        (Filter(account=OTHER), [4]),
        (Filter(f"{5:064x}"), [5]),
        (Filter("ticket 3"), [3]),
        (Filter("cme 3.5"), [3]),
        (Filter(".5 5"), [5]),
        (Filter("00000000"), [5, 4, 3, 2, 1]),
    ],
)
def test_filters(look: Theme, chosen: Filter, left: list[int]) -> None:
    model = model_of(row(1), row(2, state="DENIED"), row(3), row(4, account=OTHER), row(5))
    model.set_filter(chosen)
    assert numbers(model) == left
    model.set_filter(Filter())
    assert len(numbers(model)) == 5


def test_only_conflicts(look: Theme) -> None:
    model = model_of(row(1), row(2, slot_value="1"), row(3))
    model.set_filter(Filter(conflicts=True))
    assert sorted(numbers(model)) == [1, 2]


MANY = lines_of(
    *(
        row(
            number % 60, id=f"{number:064x}", added_index=number, state=("PENDING", "DENIED")[number % 3 == 0]
        )
        for number in range(80)
    )
)
STEPS = st.one_of(
    st.tuples(st.just("type"), st.sampled_from("acme 15.P")),
    st.tuples(st.just("back"), st.integers(1, 3)),
    st.tuples(st.just("states"), st.sampled_from([frozenset(), frozenset({"DENIED"})])),
    st.tuples(st.just("account"), st.sampled_from(["", MAIN, OTHER])),
    st.tuples(st.just("conflicts"), st.booleans()),
    st.tuples(st.just("sort"), st.integers(0, len(NAMES) - 1)),
    st.tuples(st.just("lines"), st.integers(0, len(MANY))),
)


@given(steps=st.lists(STEPS, max_size=30))
def test_typing_on_and_taking_back_give_what_a_fresh_filter_gives(steps: list[tuple[str, Any]]) -> None:
    typed, chosen, lines = ProposalModel(), Filter(), MANY
    column, order = 0, Qt.SortOrder.DescendingOrder
    typed.show_lines(lines)
    for kind, value in steps:
        if kind == "lines":
            lines = MANY[:value]
            typed.show_lines(lines)
        elif kind == "sort":
            column, order = value, Qt.SortOrder.AscendingOrder
            typed.sort(column, order)
        elif kind == "type":
            chosen = replace(chosen, text=chosen.text + value)
        elif kind == "back":
            chosen = replace(chosen, text=chosen.text[:-value])
        else:
            chosen = replace(chosen, **{kind: value})
        typed.set_filter(chosen)
        fresh = ProposalModel()
        fresh.show_lines(lines)
        fresh.sort(column, order)
        fresh.set_filter(chosen)
        assert numbers(typed) == numbers(fresh)


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_sorting_by_each_column_keeps_the_filter(look: Theme, order: Qt.SortOrder) -> None:
    model = model_of(row(3), row(1, state="FAILED"), row(2), row(9))
    model.set_filter(Filter("pay"))
    for column in range(len(NAMES)):
        model.sort(column, order)
        assert sorted(numbers(model)) == [1, 2, 3, 9]
    model.sort(NAMES.index("slot"), order)
    wanted = [1, 2, 3, 9]
    assert numbers(model) == (wanted if order == Qt.SortOrder.AscendingOrder else wanted[::-1])


def test_enter_and_double_click_open_and_copy_takes_the_whole(qtbot: QtBot, look: Theme) -> None:
    table = ProposalTable()
    qtbot.addWidget(table)
    table.resize(1200, 400)
    table.show()
    table.rows.show_lines(lines_of(row(1), row(2)))
    opened: list[str] = []
    table.chosen.connect(opened.append)
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    point = table.visualRect(table.rows.index(0, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert opened == [f"{1:064x}", f"{2:064x}"]
    table.setCurrentIndex(table.rows.index(1, NAMES.index("id")))
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QtWidgets.QApplication.clipboard().text() == f"{1:064x}"


def test_columns_can_be_hidden_but_for_those_that_say_what_it_is(qtbot: QtBot, look: Theme) -> None:
    table = ProposalTable()
    qtbot.addWidget(table)
    table.hide_columns(["created", "id", *FIXED])
    assert table.hidden() == ["id", "created"]
    menu = table.column_menu()
    columns = [action for action in menu.actions() if action.isCheckable()]
    assert len(columns) == len(NAMES) - len(FIXED)
    for action in columns:
        action.setChecked(True)
    assert table.hidden() == []


def test_who_has_no_pointer_sorts_by_the_menu(qtbot: QtBot, look: Theme) -> None:
    table = ProposalTable()
    qtbot.addWidget(table)
    first = lines_of(row(1))[0]
    given = [
        replace(first, id=name, title=f"Pay {name}", created=at)
        for name, at in zip("cab", "231", strict=True)
    ]
    table.rows.show_lines(given)
    table.show()
    table.choose("a")

    def choose(words: str) -> str:
        """By keys alone: the first entry of the menu opens the choice; then down to what is wanted."""
        menu = table.column_menu()
        menu.popup(QtCore.QPoint(0, 0))
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Right)
        sorting = menu.actions()[0].menu()
        assert isinstance(sorting, QtWidgets.QMenu)
        for _ in sorting.actions():
            active = sorting.activeAction()
            if active is not None and active.text() == words:
                break
            qtbot.keyClick(sorting, Qt.Key.Key_Down)
        qtbot.keyClick(sorting, Qt.Key.Key_Return)
        menu.deleteLater()
        assert table.current() == "a"
        return "".join(line.id for line in table.rows.shown())

    assert choose("Created") == "bca"
    assert choose(say.TURN_ORDER) == "acb"
    assert choose("Proposal") == "abc"
    assert choose(say.NEWEST) == "cab"


def test_no_title_is_too_narrow_for_an_amount(qtbot: QtBot, look: Theme) -> None:
    table = ProposalTable()
    qtbot.addWidget(table)
    table.show()
    for width in (500, 900, 1400, 2000):
        table.resize(width, 400)
        assert table.columnWidth(NAMES.index("title")) >= 290


def test_rows_have_one_height_and_a_hundred_thousand_of_them_are_no_trouble(
    qtbot: QtBot, look: Theme
) -> None:
    """The time is the bench's business (tests/bench/window.py); here it is the answers."""
    table = ProposalTable()
    qtbot.addWidget(table)
    table.resize(1200, 800)
    table.show()
    first = lines_of(row(1))[0]
    lines = [replace(first, id=f"{n:064x}", haystack=haystack_of(f"payment {n}")) for n in range(100_000)]
    table.rows.show_lines(lines)
    assert table.verticalHeader().sectionResizeMode(0) == QtWidgets.QHeaderView.ResizeMode.Fixed
    assert table.rowHeight(99_999) == table.rowHeight(0)
    table.rows.set_filter(Filter("99999"))
    assert [line.id for line in table.rows.shown()] == [f"{99_999:064x}"]


def test_cells_have_no_children_and_nothing_outside(look: Theme) -> None:
    model = model_of(row(1))
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(QtCore.QModelIndex()) is None
