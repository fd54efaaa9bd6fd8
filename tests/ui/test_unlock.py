"""The unlock page and the timer that locks: a real vault, wrong passphrases, waits, offline, a journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6 import QtTest
from pytestqt.qtbot import QtBot
from window_help import PASSPHRASE, until

from signer_app.ui.idle import IdleTimer
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.session import Session
from signer_app.ui.settings import ViewSettings
from signer_app.ui.theme import Theme
from signer_app.ui.unlock import PassphraseField, UnlockPage
from signer_app.ui.words import strings
from signer_app.vault.lock import WorkspaceLock

Run = Callable[..., Any]


class Hands:
    """An unlock page on a clock of the test's own, and what a person does with it."""

    def __init__(self, settings: ViewSettings, qtbot: QtBot) -> None:
        self.now = 1000.0
        self.session = Session()
        self.page = UnlockPage(self.session, settings, now=lambda: self.now)
        self._qtbot = qtbot
        self.page.resize(1000, 700)
        self.page.show()

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(self.page.passphrase, text)
        self._qtbot.mouseClick(self.page.unlock, Qt.MouseButton.LeftButton)

    @property
    def message(self) -> str:
        return self.page.message.accessibleName() if self.page.message.isVisible() else ""

    async def end(self) -> None:
        await self.session.lock()
        self.page.deleteLater()


def test_the_right_passphrase_opens_and_is_gone_from_the_field(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        hands = Hands(settings, qtbot)
        assert hands.page.unlock.reason == strings.NO_WORKSPACE_YET
        hands.page.choose(workspace_folder)
        assert hands.page.unlock.reason == ""
        hands.type(PASSPHRASE.decode())
        assert hands.page.passphrase.text() == ""
        assert hands.page.unlock.blocked
        await until(lambda: not hands.session.locked)
        assert hands.session.summary is not None
        assert (hands.session.summary.person, hands.session.summary.network_class) == ("alice", "practice")
        assert settings.recent() == [workspace_folder]
        await until(lambda: hands.message == "")
        await hands.end()

    run(main())


def test_wrong_passphrases_cost_waits_that_double(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        settings.remember(workspace_folder)
        hands = Hands(settings, qtbot)
        for seconds in (2, 4):
            hands.type("not it")
            await until(lambda: "wrong" in hands.message)
            await until(lambda: not hands.page._busy)
            assert hands.page.unlock.reason == strings.wait_seconds(seconds + 1)
            hands.type("while waiting")
            assert not hands.page._busy
            hands.page.passphrase.clear()
            hands.now += seconds + 0.1
            hands.page._waiting()
            assert hands.page.unlock.reason == ""
            assert hands.message == strings.WRONG_PASSPHRASE
        hands.type(PASSPHRASE.decode())
        await until(lambda: not hands.session.locked)
        await hands.end()

    run(main())


def test_a_workspace_that_is_open_elsewhere_is_said(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        settings.remember(workspace_folder)
        hands = Hands(settings, qtbot)
        with WorkspaceLock(workspace_folder):
            hands.type(PASSPHRASE.decode())
            await until(lambda: hands.message.startswith(strings.ALREADY_OPEN))
        assert hands.session.locked
        await until(lambda: not hands.page._busy)
        hands.type(PASSPHRASE.decode())
        await until(lambda: not hands.session.locked)
        await hands.end()

    run(main())


def test_working_offline_is_a_choice_before_unlocking(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        settings.remember(workspace_folder)
        hands = Hands(settings, qtbot)
        hands.page.offline.setChecked(True)
        hands.type(PASSPHRASE.decode())
        await until(lambda: not hands.session.locked)
        assert hands.session.offline
        await hands.end()

    run(main())


def test_a_folder_that_is_none_of_ours_is_said(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, tmp_path: Path
) -> None:
    async def main() -> None:
        hands = Hands(settings, qtbot)
        hands.page.choose(tmp_path)
        assert hands.message == strings.no_workspace(str(tmp_path))
        assert hands.page.unlock.blocked
        await hands.end()

    run(main())


def test_a_journal_is_verified_without_a_key(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        hands = Hands(settings, qtbot)
        hands.page.verify_journal(workspace_folder)
        await until(lambda: hands.message.startswith("Journal intact. 2 records"))
        log = workspace_folder / "logs" / "audit-events.jsonl"
        log.write_bytes(log.read_bytes().replace(b"1", b"2", 1))
        hands.page.verify_journal(workspace_folder)
        await until(lambda: hands.message.startswith(strings.JOURNAL_NOT_INTACT))
        hands.page.verify_journal(workspace_folder / "keys")
        await until(lambda: "no journal" in hands.message)
        await hands.end()

    run(main())


def test_the_field_gives_nothing_away(qtbot: QtBot, look: Theme) -> None:
    field = PassphraseField()
    qtbot.addWidget(field)
    field.show()
    QtWidgets.QApplication.clipboard().setText("before")
    qtbot.keyClicks(field, "violet")
    field.selectAll()
    for key in (Qt.Key.Key_C, Qt.Key.Key_X):
        qtbot.keyClick(field, key, Qt.KeyboardModifier.ControlModifier)
    assert QtWidgets.QApplication.clipboard().text() == "before"
    field.clear()
    qtbot.keyClicks(field, "violet")
    assert "violet" not in field.displayText()
    assert len(set(field.displayText())) == 1
    assert len(field.displayText()) == 6
    secret = field.take()
    assert (bytes(secret), field.text()) == (b"violet", "")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == ""


@pytest.mark.parametrize(
    ("text", "shift", "on"), [("V", False, True), ("v", False, False), ("V", True, False), ("v", True, True)]
)
def test_caps_lock_shows_in_what_is_typed(
    qtbot: QtBot, look: Theme, text: str, shift: bool, on: bool
) -> None:
    field = PassphraseField()
    qtbot.addWidget(field)
    said: list[bool] = []
    field.caps_lock.connect(said.append)
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    from signer_app.ui.qt import QtCore, QtGui

    for kind in (QtCore.QEvent.Type.KeyPress,):
        QtWidgets.QApplication.sendEvent(field, QtGui.QKeyEvent(kind, Qt.Key.Key_V, modifier, text))
    assert said == [on]


#: What a person does with a window.
TOUCHES: tuple[Callable[[QtGui.QWindow], None], ...] = (
    lambda window: QtTest.QTest.keyClick(window, Qt.Key.Key_A),
    lambda window: QtTest.QTest.mouseMove(window, QtCore.QPoint(5, 5)),
    lambda window: QtTest.QTest.mouseClick(window, Qt.MouseButton.LeftButton),
)


def test_idle_time_ends_in_the_lock_and_a_touch_starts_it_again(qtbot: QtBot, look: Theme) -> None:
    now = [0.0]
    window = QtWidgets.QWidget()
    qtbot.addWidget(window)
    timer = IdleTimer(5, parent=window, now=lambda: now[0])
    ticks: list[int] = []
    expired: list[int] = []
    timer.ticked.connect(ticks.append)
    timer.expired.connect(lambda: expired.append(1))
    timer.start()
    assert ticks == [300]
    for number, touch in enumerate(TOUCHES):
        other = QtWidgets.QWidget()  # a window that was opened since
        qtbot.addWidget(other)
        with qtbot.waitExposed(other):
            other.show()
        now[0] += 299.0
        timer.tick()
        assert (number, timer.left, expired) == (number, 1, [])
        touch(other.windowHandle())
        assert (number, timer.left) == (number, 300)
    now[0] += 300.0
    timer.tick()
    timer.tick()
    assert expired == [1]
