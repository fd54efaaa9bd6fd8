"""An action that is off: its key, its menu entry and its button say the same reason, and the key's stays."""

from __future__ import annotations

from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from PySide6 import QtTest
from room import cramped
from window_help import Run, turns, until

from signer_app.journal.trust import WRITE_FAILED
from signer_app.ui.pages import PAGES
from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.actions import ACTIONS, BY_ID, ActionMenu
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import ActionButton
from signer_app.ui.words import inbox as say
from signer_app.ui.words import nodes as node_page
from signer_app.ui.words import standing, strings
from signer_app.ui.words.actions import PLACES

Spoken = list[str]


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Any:
    def start(test: Any, page: str = "inbox", *, offline: bool = False) -> None:
        async def body() -> None:
            folder, secret = offices.folder("alice"), passphrase_of("alice")
            async with window_of(folder, secret, settings, page, offline=offline) as window:
                window.activateWindow()
                await until(window.isActiveWindow)
                await test(window)

        run(body())

    return start


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> Spoken:
    """What a screen reader is told to say by itself."""
    heard: Spoken = []

    def update(event: QtGui.QAccessibleEvent) -> None:
        if isinstance(event, QtGui.QAccessibleAnnouncementEvent):
            heard.append(event.message())

    monkeypatch.setattr(QtGui.QAccessible, "updateAccessibility", update)
    return heard


def type_keys(window: MainWindow, action: str) -> None:
    QtTest.QTest.keySequence(window, QtGui.QKeySequence(BY_ID[action].keys))


def told(window: MainWindow) -> tuple[str, str]:
    """What the line says; empty while it is not there."""
    if not window.why.isVisible():
        return "", ""
    return window.why.action.text(), window.why.reason.text()


def test_the_key_says_what_the_button_says(go: Any, offices: Offices, spoken: Spoken) -> None:
    waiting, denied = offices.pay("alice", "100"), offices.pay("alice", "401.5")

    async def test(window: MainWindow) -> None:
        window.go("inbox", denied)
        page: Any = await settled(window)
        type_keys(window, "review")
        button = page.detail.findChild(ActionButton, "detail.sign")
        assert told(window) == ("Review and sign", button.reason)
        assert button.reason == strings.DENIED
        assert spoken == [f"Review and sign. {strings.DENIED}"]
        assert window.dialogs.current is None
        await turns(20)
        assert told(window) == ("Review and sign", strings.DENIED), "it does not go by itself"
        type_keys(window, "compare")
        assert told(window) == ("", ""), "until the next action"
        await window.session.call(lambda opened: opened.journal.distrust(WRITE_FAILED))
        await until(lambda: page.detail.reasons["reject"])
        for action in ("reject", "export"):
            type_keys(window, action)
            assert told(window)[1] == page.detail.reasons[action] == standing.off(window.session.summary)
        window.go("inbox", waiting)
        assert told(window) == ("", "")

    go(test)


def test_nothing_chosen_and_blocked_buttons_of_pages(go: Any, offices: Offices) -> None:
    async def test(window: MainWindow) -> None:
        type_keys(window, "review")
        assert told(window) == ("Review and sign", say.NONE_CHOSEN)
        window.go("nodes")
        page: Any = await settled(window)
        type_keys(window, "refresh")
        assert told(window) == ("Refresh this page", node_page.OFFLINE)
        assert page.test.reason == node_page.OFFLINE
        window.go("journal")
        page = await settled(window)
        page.export.block("Off: because.")
        window.actions_.trigger("export-journal")
        assert told(window) == ("Export for auditor", "Off: because.")

    go(test, offline=True)


def test_on_each_page_each_key_acts_or_says_why(go: Any, offices: Offices) -> None:
    """By the actions themselves: none is ever disabled, so Qt delivers every key."""
    offices.pay("alice", "100")

    async def test(window: MainWindow) -> None:
        for key in PAGES:
            if key == "setup":
                continue
            window.go(key)
            page: Any = await settled(window)
            own = set(page.handlers())
            assert own <= {name for name, place in PLACES.items() if place == key} | {"refresh"}, key
            for spec in ACTIONS:
                assert window.actions_.all[spec.id].isEnabled()
                reason = window.actions_.why_off(spec.id)
                if PLACES.get(spec.id, key) != key:
                    place = PLACES[spec.id]
                    keys = BY_ID[f"go-{place}"].keys
                    assert reason == strings.not_here(strings.PAGES[place], keys), (key, spec.id)
                    window.actions_.all[spec.id].trigger()
                    assert told(window) == (spec.words.rstrip("…"), reason)
                else:
                    assert spec.id in own | set(window._open_actions) | set(window.actions_._handlers)
        assert window.dialogs.current is None

    go(test)


def test_each_action_of_a_page_is_handled_there(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        for action, place in PLACES.items():
            window.go(place)
            assert window.page is not None
            assert action in window.page.handlers(), (action, place)

    go(test)


def test_locked_it_says_to_unlock(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        window.lock()
        await until(lambda: window.session.locked and window.unlock.isVisible())
        for action in ("find", "open", "paste", "review", "go-journal", "lock", "halt"):
            window.actions_.trigger(action)
            assert told(window) == (BY_ID[action].words.rstrip("…"), strings.UNLOCK_FIRST)
        type_keys(window, "help")
        assert told(window) == ("", "")
        await until(lambda: window.dialogs.current is not None)
        assert window.dialogs.current is not None
        window.dialogs.current.reject()

    go(test)


def test_the_line_is_whole_in_a_small_window(go: Any, settings: ViewSettings) -> None:
    long = f"Off: {'the journal is not what was written, and nobody may go on before it was looked at, ' * 3}"
    settings.percent = 150

    async def test(window: MainWindow) -> None:
        window.restyle()
        window.resize(1000, 660)
        window.why.say("Compare hashes, large", long)
        await until(lambda: window.why.isVisible() and cramped(window.why) == [])
        assert window.why.reason.height() > 2 * window.why.reason.fontMetrics().height()
        assert window.height() == 660
        assert window.status.geometry().bottom() <= window.frame.rect().bottom()

    go(test)


def options_of(menu: ActionMenu, action: QtGui.QAction) -> QtWidgets.QStyleOptionMenuItem:
    option = QtWidgets.QStyleOptionMenuItem()
    menu.initStyleOption(option, action)
    return option


def test_a_menu_entry_looks_off_and_says_why(go: Any, offices: Offices, spoken: Spoken) -> None:
    offices.pay("alice", "401.5")
    said: list[str] = []

    async def test(window: MainWindow) -> None:
        (menu,) = [m for m in window.findChildren(ActionMenu) if m.title() == strings.MENUS["proposal"]]
        on = QtWidgets.QStyle.StateFlag.State_Enabled
        review, new = window.actions_.all["review"], window.actions_.all["new"]
        await until(lambda: window.actions_.why_off("review") == strings.DENIED)
        assert not options_of(menu, review).state & on
        assert options_of(menu, new).state & on
        menu.popup(window.mapToGlobal(window.rect().center()))
        QtTest.QTest.keyClick(menu, Qt.Key.Key_Down)
        while menu.activeAction() is not review:
            QtTest.QTest.keyClick(menu, Qt.Key.Key_Down)
        assert review.toolTip() == strings.DENIED
        assert spoken[-1] == strings.DENIED
        said.append(QtWidgets.QToolTip.text())
        QtTest.QTest.keyClick(menu, Qt.Key.Key_Return)
        assert told(window) == ("Review and sign", strings.DENIED)
        assert not menu.isVisible()

    go(test)
    assert said == [strings.DENIED]
