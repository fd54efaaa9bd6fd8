"""What opens below the pills: each node, each device; by pointer and by key, in every room, gone on lock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from office_stage import passphrase_of, window_of
from offices import Offices
from PySide6 import QtTest
from room import cramped, nameless, place
from test_device_pill import NANO
from test_node_pill import NOW, looked, row
from walking import press, spoken, unsaid
from window_help import Run, turns, until

from signer_app.core.errors import NodeError, SignerError
from signer_app.ui.node_watch import News
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.popup import Popup, _Row
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.words import device_pill
from signer_app.ui.words import devices as device_page
from signer_app.ui.words import node_pill as node_words
from signer_app.ui.words import popups as words
from signer_app.ui.words.signing import STATE_STEPS


def test_each_node_in_words() -> None:
    slow = replace(row("c", "late", "9 ledgers behind the others"), latency_ms=1250, age_s=None)
    gone = replace(row("d", "no-answer", "Node d cannot be reached."), validated=None, age_s=None)
    found = words.nodes_detail(
        News(looked(row("a"), row("b"), slow, gone)), 4, True, False, now=NOW + timedelta(minutes=4)
    )
    assert "2 of 4 nodes agree about ledger 1,234. 2 operators, 2 needed." in found.summary
    assert [line.key for line in found.lines] == ["a", "b", "c", "d"]
    first, _, late, lost = found.lines
    assert (first.title, first.state, first.tone) == ("op-a, a", "Ok", "ok")
    assert first.facts == "Ledger 1,234, 2 s old, answered in 5 ms"
    assert first.said == "op-a, a, Ok. Ledger 1,234, 2 s old, answered in 5 ms"
    assert (late.state, late.facts) == ("Late", "Ledger 1,234, answered in 1,250 ms")
    assert late.said.endswith("9 ledgers behind the others")
    assert (lost.state, lost.tone, lost.facts) == ("No answer", "danger", "")
    assert found.foot == f"Asked at 12:00:00, 4 min ago. {node_words.OLD_WHY}"


@pytest.mark.parametrize(
    ("news", "listed", "confirmed", "offline", "summary"),
    [
        (News(), 2, True, False, node_words.UNKNOWN_WHY),
        (News(), 0, True, False, node_words.NONE_WHY),
        (News(), 2, False, False, node_words.CHANGED_WHY),
        (News(looked(row("a"))), 2, True, True, node_words.OFFLINE_WHY),
        (News(looked(row("a")), NodeError("No.", code="OFFLINE")), 2, True, False, "No."),
    ],
)
def test_without_answers_it_says_why(
    news: News, listed: int, confirmed: bool, offline: bool, summary: str
) -> None:
    found = words.nodes_detail(news, listed, confirmed, offline, now=NOW)
    assert found.summary.startswith(summary)
    assert node_words.CLICK not in found.summary
    assert found.lines == ()


@pytest.mark.parametrize("state", list(STATE_STEPS))
def test_each_device_with_its_state_and_the_next_step(state: str) -> None:
    found = words.devices_detail({"devices": [{**NANO, "state": state, "reason": "Because."}]})
    (line,) = found.lines
    assert line.title == "Nano X, nano-1"
    assert line.next_step == f"Because. {STATE_STEPS[state]}".strip()
    assert line.facts == "connected by usb"
    assert found.summary == ""


def test_devices_that_are_not_there() -> None:
    assert words.devices_detail(None).summary == device_pill.LOOKING
    assert words.devices_detail({"devices": []}).summary == device_page.NONE_CONNECTED
    assert words.devices_detail(SignerError("No.", code="DEV_NO_PERMISSION")).summary.startswith("No.")
    busy = {**NANO, "state": "BUSY", "reason": STATE_STEPS["BUSY"], "app": "XRP", "app_version": "2.4.1"}
    (line,) = words.devices_detail({"devices": [busy]}).lines
    assert line.next_step == STATE_STEPS["BUSY"], "said once"
    assert line.facts == "XRP 2.4.1, connected by usb"


# -- in the window ------------------------------------------------------------------------------------------


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Any:
    def start(test: Any, size: tuple[int, int] = (1440, 900)) -> None:
        async def body() -> None:
            folder, secret = offices.folder("alice"), passphrase_of("alice")
            async with window_of(folder, secret, settings, "settings") as window:
                window.resize(*size)
                window.activateWindow()
                await until(window.isActiveWindow)
                window.nodes._first.stop()
                window.nodes._ticks.stop()  # what is shown is what the test tells
                await test(window)

        run(body())

    return start


def tell(window: MainWindow, *rows: Any) -> None:
    """What the nodes said just now."""
    window.nodes._say(News(looked(*rows, at=datetime.now(UTC))))


def opened(window: MainWindow) -> Popup:
    assert window.popups.current is not None
    assert window.popups.current.isVisible()
    return window.popups.current


def focus() -> QtWidgets.QWidget:
    found: QtWidgets.QWidget | None = QtWidgets.QApplication.focusWidget()
    assert found is not None
    return found


def test_by_keys_alone(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        tell(window, row("a"), row("b"))
        pill = window.header.nodes
        for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            pill.setFocus()
            press(pill, key)
            popup = opened(window)
            assert popup.objectName() == "popup.nodes"
            heard = [spoken(focus())]
            for step in (Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Down):
                press(focus(), step)
                heard.append(spoken(focus()))
            assert [text.split(".")[0] for text in heard] == [
                "op-a, a, Ok", "op-b, b, Ok", words.OPEN_NODES, "op-a, a, Ok"
            ]  # fmt: skip
            press(focus(), Qt.Key.Key_Up)
            assert focus() is popup.link
            press(focus(), Qt.Key.Key_Backtab)
            assert spoken(focus()).startswith("op-b")
            press(focus(), Qt.Key.Key_Escape)
            assert window.popups.current is None
            assert focus() is pill
        press(pill, Qt.Key.Key_Space)
        press(opened(window), Qt.Key.Key_Up)
        press(focus(), Qt.Key.Key_Return)
        assert window.key == "nodes"
        assert window.popups.current is None

    go(test)


def test_by_the_pointer(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        tell(window, row("a"))
        left = Qt.MouseButton.LeftButton
        pill, other = window.header.nodes, window.header.device
        QtTest.QTest.mouseClick(pill, left)
        popup = opened(window)
        QtTest.QTest.mouseClick(popup, left, pos=QtCore.QPoint(5, 5))
        assert window.popups.current is popup
        QtTest.QTest.mouseClick(pill, left)
        assert window.popups.current is None, "its pill closes it again"
        QtTest.QTest.mouseClick(pill, left)
        QtTest.QTest.mouseClick(other, left)
        assert opened(window).objectName() == "popup.devices"
        assert window.page is not None
        QtTest.QTest.mouseClick(window.page, left, pos=QtCore.QPoint(20, window.page.height() - 5))
        assert window.popups.current is None
        QtTest.QTest.mouseClick(pill, left)
        window.navigation.list.setFocus()
        assert window.popups.current is None, "the focus went elsewhere"
        assert focus() is window.navigation.list

    go(test)


def test_it_follows_the_news_and_keeps_the_focus(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        tell(window, row("a"), row("b"))
        window.header.nodes.click()
        press(focus(), Qt.Key.Key_Down)
        held = focus()
        assert spoken(held).startswith("op-b, b, Ok")
        tell(window, row("a"), row("b", "no-answer", "Node b cannot be reached."))
        assert focus() is held
        assert spoken(held).startswith("op-b, b, No answer")
        assert spoken(held).endswith("Node b cannot be reached")
        tell(window, row("a"))
        assert spoken(focus()).startswith("op-a, a, Ok"), "the nearest that is left"
        window.nodes._say(News())
        assert focus() is opened(window).link
        assert node_words.UNKNOWN_WHY in opened(window)._summary.text()

    go(test)


def test_devices_are_looked_at_more_often_while_it_is_open(go: Any, offices: Offices) -> None:
    async def test(window: MainWindow) -> None:
        station = window.devices
        station._found({"devices": []})
        before = len(station._listening)
        window.header.device.click()
        popup = opened(window)
        assert popup._summary.text() == device_page.NONE_CONNECTED
        assert len(station._listening) == before + 1
        station._found({"devices": [NANO]})
        (shown,) = popup.findChildren(_Row)
        assert spoken(shown) == (
            "Nano X, nano-1, Locked. connected by usb. Enter the PIN. Enter the PIN on the device"
        )
        station._failed(SignerError("No.", code="DEV_NO_PERMISSION"))
        assert popup._summary.text().startswith("No.")
        popup.link.click()
        assert window.key == "devices"
        assert len(station._listening) == before + 1, "the page listens now"
        window.go("settings")
        assert len(station._listening) == before

    go(test)


@pytest.mark.parametrize("pill", ["nodes", "device"])
def test_it_is_gone_when_the_window_locks(pill: str, go: Any) -> None:
    async def test(window: MainWindow) -> None:
        tell(window, row("a"))
        window.devices._found({"devices": [NANO]})
        getattr(window.header, pill).click()
        popup = opened(window)
        heard: list[bool] = []
        popup.destroyed.connect(lambda: heard.append(True))
        QtTest.QTest.keySequence(window, QtGui.QKeySequence("Ctrl+L"))
        await until(lambda: window.session.locked)
        assert window.popups.current is None, "the key of the window works over it"
        await until(lambda: heard)
        getattr(window.header, pill).click()
        assert window.popups.current is None

    go(test)


@pytest.mark.parametrize("percent", [100, 150])
def test_it_stays_inside_the_window_and_nothing_is_cut(percent: int, go: Any, settings: ViewSettings) -> None:
    settings.percent = percent
    why = "Its newest ledger is 4,200 s old, and it does not hold the ledger that the others have."

    async def test(window: MainWindow) -> None:
        window.restyle()
        few = [row("a"), row("b", "late", why)]
        many = [row(f"node-{number}-of-a-long-name", "late", why) for number in range(12)]
        for rows in (few, many):
            tell(window, *rows)
            window.header.nodes.click()
            popup = opened(window)
            for size in ((1440, 900), (1024, 700), (1000, 660)):
                window.resize(*size)
                await turns(5)
                await until(lambda popup=popup: cramped(popup) == [])
                assert place(window).contains(place(popup)), size
                assert place(popup).contains(place(popup.link)), "what leads on is always in view"
                assert nameless(popup) == unsaid(popup) == []
                assert popup._scroller.widget().width() <= popup._scroller.viewport().width()
            scrolls = popup._scroller.verticalScrollBar().maximum() > 0
            assert scrolls is (len(rows) > 2)
            press(focus(), Qt.Key.Key_Up)
            press(focus(), Qt.Key.Key_Up)
            assert (
                popup._scroller.viewport()
                .rect()
                .contains(focus().mapTo(popup._scroller.viewport(), focus().rect().center()))
            ), "what has the focus is scrolled to"
            window.popups.close()

    go(test, (1024, 700))


def test_it_follows_theme_and_text_size(go: Any, settings: ViewSettings) -> None:
    async def test(window: MainWindow) -> None:
        tell(window, row("a"), row("b"))
        window.header.nodes.click()
        popup = opened(window)
        before = popup.grab().toImage()
        settings.mode = "dark"
        window.restyle()
        await turns(3)
        assert popup.grab().toImage() != before
        wide = popup.width()
        settings.percent = 150
        window.restyle()
        await until(lambda: popup.width() > wide and cramped(popup) == [])
        assert place(window).contains(place(popup))

    go(test)
