"""The treasury page over a real treasury on a practice ledger, its second window, and silent nodes."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from PySide6.QtTest import QTest
from room import cramped, nameless
from window_help import PASSPHRASE, Run, turns, until

from signer_app.core.clock import format_time
from signer_app.core.errors import NodeError
from signer_app.treasury.view import Answers, Plan
from signer_app.ui.pages.treasury import TreasuryPage
from signer_app.ui.pages.treasury.axis import AxisHead, EndingBar, EndingRow, EndingsChart, EndsSoon
from signer_app.ui.pages.treasury.board import Board
from signer_app.ui.pages.treasury.detached import TreasuryWindow
from signer_app.ui.pages.treasury.parts import AlertRow, Figure, LimitRow, NodeRow, WaitingRow
from signer_app.ui.pages.treasury.reads import Shown, with_last_good
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import QuorumPips, StateBanner, grouped
from signer_app.ui.words import treasury as words

NETWORK = "xrpl:63456"
Test = Callable[[MainWindow, TreasuryPage], Coroutine[object, object, None]]


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Any:
    def start(test: Test, *, offline: bool = False) -> None:
        async def body() -> None:
            folder, secret = offices.folder("carol"), passphrase_of("carol")
            async with window_of(folder, secret, settings, "treasury", offline=offline) as window:
                page = window.page
                assert isinstance(page, TreasuryPage)
                await test(window, page)

        run(body())

    return start


def facts(board: Board) -> list[str]:
    """The states that last."""
    return [banner.fact.text() for banner in board.findChildren(StateBanner) if banner.isVisibleTo(board)]


def cells(board: Board) -> list[list[str]]:
    return [[cell.text for cell in line] for line in board.table.facts.lines]


def silent(_plan: Plan) -> Answers:
    return Answers((), ((NETWORK, "Two operators did not answer."),))


def test_it_shows_what_the_service_says(go: Any, offices: Offices) -> None:
    proposal = offices.pay("alice", "400")
    offices.travel("alice", "bob", proposal)
    offices.sign("bob", proposal)
    offices.travel("bob", "carol", proposal)
    said = offices.do("carol", "treasury").result
    (balance,), (limit,) = said["balances"], said["limits"]
    assert balance["pending"].startswith("400.")

    async def test(window: MainWindow, page: TreasuryPage) -> None:
        board = page.board
        assert page.awaited == "Reading 1 account from 2 nodes"
        head, row = cells(board)
        assert head[0].endswith(offices.team.treasury.rpartition(":")[2])
        amounts = [grouped(balance[name]) for name in ("total", "reserve", "pending", "available")]
        assert row == ["XRP", *amounts]
        assert [figure.number.text() for figure in board.findChildren(Figure)][:3] == [
            amounts[0],
            amounts[3],
            grouped(said["totals"][0]["held"]),
        ]
        (used,) = board.findChildren(LimitRow)
        assert used.values.text() == f"{grouped(limit['used'])} of {grouped(limit['cap'])} XRP"
        assert float(used.bar.share) == pytest.approx(float(limit["used"]) / float(limit["cap"]))
        (waiting,) = board.findChildren(WaitingRow)
        assert waiting.accessibleName() == "Pay 400 XRP to custodian, 1 of 2, needs 1 of security"
        (pips,) = waiting.findChildren(QuorumPips)
        assert sorted(pip.state for pip in pips.pips) == ["open", "signed", "you"]
        (ending,) = board.findChildren(EndingRow)
        assert "not before" in ending.when.text()
        (node,) = board.findChildren(NodeRow)
        assert node.accessibleName().startswith(f"{NETWORK} 2 operators agree")
        assert board.findChildren(AlertRow) == []
        assert facts(board) == []
        assert page.sub.text().startswith("as of ")
        waiting.setFocus()
        enter = QtGui.QKeyEvent(
            QtCore.QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier
        )
        QtWidgets.QApplication.sendEvent(waiting, enter)
        assert window.key == "inbox", "Enter opens the proposal"
        await settled(window)
        for wanted in ("inbox", "accounts"):
            window.go("treasury")
            await settled(window)
            board.table.selectRow(1)
            pressed = board.table if wanted == "accounts" else board.findChildren(EndingRow)[-1]
            pressed.setFocus()
            QTest.keyClick(pressed, Qt.Key.Key_Return)
            assert window.key == wanted
            await settled(window)
        opened: Any = window.page
        assert opened.current().account == balance["account"]

    go(test)


def test_ctrl_f_goes_to_the_accounts(go: Any) -> None:
    async def test(window: MainWindow, page: TreasuryPage) -> None:
        window.activateWindow()
        await until(window.isActiveWindow)
        window.navigation.list.setFocus()
        QTest.keySequence(window, QtGui.QKeySequence("Ctrl+F"))
        assert window.focusWidget() is page.account

    go(test)


def ends(hours: float, what: str = "Pay") -> EndsSoon:
    return EndsSoon(what, f"in {hours} hours", timedelta(hours=hours), "book", what)


def test_the_axis_has_as_many_times_as_fit_and_its_bars_stand_on_it(run: Run[None], look: Theme) -> None:
    async def body() -> None:
        asked: list[tuple[str, str]] = []
        chart = EndingsChart(lambda *where: asked.append(where))
        now = datetime(2026, 11, 20, 15, 20, tzinfo=UTC)
        chart.show_endings(now, [ends(0.5, "Soon"), ends(12), ends(24, "Last")], ["Proof in 31 days"])
        (head,) = chart.findChildren(AxisHead)
        steps = []
        chart.show()
        for width in (320, 480, 1200):
            chart.resize(width, 300)
            await turns(8)
            hours = [(int(text[:2]) - 15) % 24 for text in head.times]
            assert hours == list(range(0, 24, head.step))
            assert head.times[0] == "15:20"
            assert head.place(head.step) > head.fontMetrics().horizontalAdvance("15:20")
            steps.append(head.step)
        assert steps == sorted(steps, reverse=True)
        assert steps[0] > steps[-1] == 4
        assert head.accessibleName() == "From now, 15:20, to 15:20 tomorrow"
        made = chart.findChildren(EndingRow)
        assert made[0].accessibleName() == "Soon, in 0.5 hours"
        bars = [row.bar for row in made]
        here = {(bar.mapTo(chart, QtCore.QPoint()).x(), bar.width()) for bar in (head, *bars)}
        assert len(here) == 1, "every bar stands below the times of the head"
        assert [bar.tone for bar in bars] == ["warn", "neutral", "neutral"]
        assert ink(bars[1]) == pytest.approx(bars[1].width() / 2, abs=3)
        assert ink(bars[0]) < ink(bars[1]) < ink(bars[2])
        assert "Later: Proof in 31 days" in [text.text() for text in chart.findChildren(QtWidgets.QLabel)]
        QTest.keyClick(made[2], Qt.Key.Key_Return)
        assert asked == [("book", "Last")]
        chart.show_endings(now, [], [])
        assert words.NO_ENDINGS in [text.text() for text in chart.findChildren(QtWidgets.QLabel)]
        chart.deleteLater()

    run(body())


def ink(bar: EndingBar) -> int:
    """How far the bar is drawn, in the middle of its height."""
    image = bar.grab().toImage()
    colour = bar.tokens.warn.text if bar.tone == "warn" else bar.tokens.ctl
    middle = image.height() // 2
    drawn = [x for x in range(image.width()) if image.pixelColor(x, middle).name().upper() == colour.upper()]
    return max(drawn)


def test_nodes_that_fall_silent_leave_the_last_good_facts_with_their_age(
    go: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(window: MainWindow, page: TreasuryPage) -> None:
        good = cells(page.board)[1]
        monkeypatch.setattr(Plan, "read", silent)
        page.read.click()
        await settled(window)
        assert cells(page.board)[1] == good
        assert "old" in cells(page.board)[0][0]
        (fact,) = facts(page.board)
        assert fact.startswith(f"No agreed answer for {NETWORK}. Facts are ")
        (node,) = page.board.findChildren(NodeRow)
        assert "Two operators did not answer." in node.accessibleName()
        assert [row.accessibleName() for row in page.board.findChildren(AlertRow)] != []

        def broken(_plan: Plan) -> Answers:
            raise NodeError("The list of nodes was changed.")

        monkeypatch.setattr(Plan, "read", broken)
        page.show_window()
        page.read.click()
        await settled(window)
        assert page.banner_keys == ("error",)
        assert cells(page.board)[1] == good, "an error hides nothing"
        assert page.window_ is not None
        assert facts(page.window_.board) == ["The list of nodes was changed."]
        monkeypatch.undo()
        page.read.click()
        await settled(window)
        assert (page.banner_keys, facts(page.board), facts(page.window_.board)) == ((), [], [])

    go(test)


def test_offline_nobody_is_asked_and_nothing_is_made_up(go: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_plan: Plan) -> Answers:
        raise AssertionError("a node was asked")

    monkeypatch.setattr(Plan, "read", refuse)

    async def test(window: MainWindow, page: TreasuryPage) -> None:
        page.read.click()
        await settled(window)
        assert page.read.reason == words.OFFLINE
        assert facts(page.board) == [words.NEVER_READ]
        assert cells(page.board)[1][1] == words.NOT_KNOWN
        (used,) = page.board.findChildren(LimitRow)
        assert used.values.text().startswith(words.NOT_KNOWN)
        assert (used.bar.share, used.bar.tone) == (0, "warn")

    go(test, offline=True)


def test_a_halt_is_said_on_the_page(go: Any, offices: Offices) -> None:
    assert offices.do("carol", "halt", "--reason", "a drill").exit_code == 0

    async def test(window: MainWindow, page: TreasuryPage) -> None:
        (fact,) = facts(page.board)
        assert fact.startswith("Halted by carol")
        assert "a drill" in fact
        first = page.board.findChildren(AlertRow)[0]
        assert first.accessibleName().startswith("Halted")

    go(test)


def test_without_a_policy_it_leads_to_the_policy(
    run: Run[None], workspace_folder: Path, settings: ViewSettings, look: Theme
) -> None:
    async def body() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "treasury") as window:
            page = window.page
            assert isinstance(page, TreasuryPage)
            assert page._empty.words.text() == words.NO_POLICY
            assert page.export.reason == words.NOTHING_READ

    run(body())


def test_the_second_window_stays_in_step_remembers_its_place_and_goes_with_the_lock(
    go: Any, offices: Offices, settings: ViewSettings, tmp_path: Path
) -> None:
    async def test(window: MainWindow, page: TreasuryPage) -> None:
        window.actions_.trigger("detach")
        second = page.window_
        assert second is not None
        assert second.isVisible()
        assert cells(second.board) == cells(page.board)
        window.actions_.trigger("detach")
        assert page.window_ is second, "one second window"
        page.account.setCurrentIndex(1)
        page._choose()
        assert second.board.account == offices.team.treasury
        window.go("settings")
        assert page._timer.isActive(), "it is read on while the second window is there"
        before = page.shown
        page.refresh()
        await page.tasks.settle()
        assert page.shown is not before
        assert second.board.shown is page.shown
        assert second.sub.text() == page.sub.text()
        assert nameless(second) == []
        second.resize(900, 620)
        second.close()
        assert page.window_ is None
        assert not page._timer.isActive(), "nobody looks: nobody is asked"
        page.show_window()
        again = page.window_
        assert again is not None
        assert again.height() == 620  # the width is held to that of the screen, which is narrow in tests
        target = tmp_path / "report.json"
        await page.write_report(target)
        assert json.loads(target.read_text()) == page.shown.view  # type: ignore[union-attr]
        window.lock()
        await until(lambda: window.session.locked)
        await window.tasks.settle()
        left = QtWidgets.QApplication.topLevelWidgets()
        assert not any(isinstance(item, TreasuryWindow) and item.isVisible() for item in left)

    go(test)


# -- one picture, whatever its size -------------------------------------------------------------------------


def picture(**parts: Any) -> Shown:
    view: dict[str, Any] = {
        "as_of": "2026-11-26T12:00:00Z", "oldest_s": 5, "policy": "p version 1", "totals": [], "balances": [],
        "limits": [], "waiting": [], "endings": [], "nodes": [], "alerts": [],
    }  # fmt: skip
    return Shown({**view, **parts}, {}, {}, {})


def balance(network: str, total: str | None) -> dict[str, Any]:
    return {
        "account": f"{network}:r1", "account_name": "main", "asset": f"{network}/slip44:144", "label": "XRP",
        "total": total, "reserve": "1", "pending": "0", "available": total, "why": "",
    }  # fmt: skip


def node(network: str, agree: bool) -> dict[str, Any]:
    return {"network": network, "operators": 2, "agree": agree, "ledger": "1", "age_s": 10, "why": ""}


def test_only_a_silent_network_keeps_its_old_facts() -> None:
    one, two = "xrpl:0", "xrpl:1"
    before = picture(
        balances=[balance(one, "5"), balance(two, "6")], nodes=[node(one, True), node(two, True)]
    )
    now = picture(
        as_of="2026-11-26T12:10:00Z",
        balances=[balance(one, None), balance(two, "7")],
        nodes=[node(one, False), node(two, True)],
    )
    mixed = with_last_good(now, before)
    assert [row["total"] for row in mixed.view["balances"]] == ["5", "7"]  # type: ignore[index, union-attr, call-overload]
    assert mixed.stale == {one: datetime(2026, 11, 26, 11, 59, 50, tzinfo=UTC)}
    assert mixed.oldest_s == 610
    again = with_last_good(now, mixed)
    assert again.stale == mixed.stale, "age grows; it does not begin again"
    assert with_last_good(now, None) is now
    healed = picture(balances=[balance(one, "8")], nodes=[node(one, True)])
    assert with_last_good(healed, mixed) is healed


def crowded() -> Shown:
    """More than a treasury usually has: long names, amounts with every digit, words of others."""
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    accounts = [f"xrpl:0:r{'abcdefgh' * 4}{number}" for number in range(3)]
    rows = [
        {**balance("xrpl:0", "123456789012.123456"), "account": account, "account_name": f"Treasury {number}",
         "asset": asset, "label": asset[-6:], "pending": "98765432.000001", "available": "-123456789012.5"}
        for number, account in enumerate(accounts) for asset in ("a/RLUSDX", "a/FTHUSD", "a/EURXYZ")
    ]  # fmt: skip
    totals = [{"asset": a, "label": a[-6:], "accounts": 3, "total": "370370367036.370368", "held": "1",
               "available": None} for a in ("a/RLUSDX", "a/FTHUSD")]  # fmt: skip
    limits = [
        {"rule": f"rolling-limit-of-a-day-{level}", "account": accounts[0], "account_name": "Treasury 0",
         "asset": "a/RLUSDX", "to": accounts[1], "used": used, "cap": "250000.000001", "left": "62500.55",
         "window_s": 86400, "level": level, "room_at": "2026-11-27T09:14:00Z",
         "room": "87500", "why": "no word " * 12}
        for level, used in (("ok", "1"), ("warn", "200000"), ("danger", "250000"), ("unknown", None))
    ]  # fmt: skip
    endings = [
        {"kind": "entry", "name": f"e{hours}", "what": "address book: " + "a long name " * 6,
         "at": format_time(now + timedelta(hours=hours)), "estimated": True}
        for hours in (0, 5, 23, 60)
    ]  # fmt: skip
    alerts = [
        {"level": level, "kind": "drift", "about": "x", "fact": "Signers are not those of the policy " * 2,
         "detail": "<b>not bold</b> " * 12}
        for level in ("danger", "warn")
    ]  # fmt: skip
    waiting = [
        {"proposal_id": "p", "title": "", "type": "Payment", "account": accounts[0], "state": "PENDING",
         "signatures": 0, "groups": [{"role": "finance", "need": 2, "have": 1}], "missing": ["1 of finance"]}
    ]  # fmt: skip
    return picture(balances=rows, totals=totals, limits=limits, endings=endings, alerts=alerts,
                   waiting=waiting, nodes=[node("xrpl:0", False)])  # fmt: skip


@pytest.mark.parametrize("percent", [100, 150])
def test_a_crowded_treasury_is_whole_at_every_width(run: Run[None], look: Theme, percent: int) -> None:
    async def body() -> None:
        look.choose("dark", percent)
        board = Board()
        board.show_picture(crowded())
        board.show()
        columns = set()
        for width in (1900, 1376, 960, 640):
            board.resize(width, 900)
            await turns(8)
            columns.add(board._columns)
            lacking = cramped(board) + nameless(board)
            assert lacking == [], f"{width}: {lacking}"
        assert columns >= {1, 2, 3}
        tones = [row.bar.tone for row in board.findChildren(LimitRow)]
        assert tones == ["accent", "warn", "danger", "warn"]
        board.choose_account("xrpl:0:nobody")
        assert cells(board) == []
        board.deleteLater()

    run(body())
