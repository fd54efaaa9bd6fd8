"""The main window from locked to closed: pages, menus, keys, dialogs, states, layout, what is forgotten."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from room import cramped, nameless
from window_help import PASSPHRASE, closed, turns, until

from signer_app.core.errors import ConflictError, NodeError, UnforeseenError
from signer_app.ui.pages import PAGES
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.actions import ACTIONS, BY_ID
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.page import Page, Shell, Waiting
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import SCALES, Theme, icons
from signer_app.ui.widgets import label
from signer_app.ui.words import shared, strings
from signer_app.ui.words import signing as signing_words

Run = Callable[..., Any]


class Sample(Page):
    """A page of the test's own: reads the number of records."""

    key = "inbox"
    made = 0

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        type(self).made += 1
        self.words = label("")
        self.words.setParent(self.body)
        self.loads = 0
        self.opened: list[str] = []
        self.files: list[Path] = []
        self.rejected = 0
        self.trouble: Exception | None = None
        self.hold: asyncio.Event | None = None

    async def load(self) -> None:
        self.loads += 1
        if self.hold is not None:
            await self.hold.wait()
        if self.trouble is not None:
            raise self.trouble
        records = await self.session.call(lambda workspace: workspace.journal.size, name="Counting")
        self.words.setText(f"{records} records of Northgate")

    def handlers(self) -> dict[str, Callable[[], None]]:
        def reject() -> None:
            self.rejected += 1

        return {"reject": reject}

    def open(self, argument: str) -> None:
        self.opened.append(argument)

    def take_files(self, files: Any) -> None:
        self.files.extend(files)


def make(settings: ViewSettings, size: tuple[int, int] = (1440, 900)) -> MainWindow:
    Sample.made = 0
    window = MainWindow(settings, pages={**PAGES, "inbox": Sample})
    window.resize(*size)
    window.show()
    return window


async def unlocked(window: MainWindow, folder: Path) -> Sample:
    await window.session.open(folder, bytearray(PASSPHRASE))
    page = window.page
    assert isinstance(page, Sample)
    await until(page.words.text)
    return page


def test_locked_the_window_names_nothing(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        settings.remember(workspace_folder)
        window = make(settings)
        page = await unlocked(window, workspace_folder)
        assert "northgate" in window.windowTitle()
        assert window.frame.network_class == "practice"
        window.lock()
        await until(lambda: window.session.locked and not window.session.busy_with)
        assert window.windowTitle() == strings.APP
        assert window.frame.network_class == ""
        assert window.page is None
        QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
        said = [
            widget.text()
            for widget in window.findChildren(QtWidgets.QLabel)
            if "Northgate" in widget.text() or "alice" in widget.text()
        ]
        assert said == []
        with pytest.raises(ConflictError):
            window.session.call(lambda workspace: workspace.journal.size)
        with pytest.raises(RuntimeError, match="deleted"):
            page.words.text()
        window.go("journal")
        assert window.page is None
        await closed(window)

    run(main())


def test_a_page_is_made_on_first_use_and_once(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        assert Sample.made == 0
        page = await unlocked(window, workspace_folder)
        window.go("settings")
        assert window.page is not page
        assert marked(window) == "settings"
        window.navigation.show_page("new")
        assert marked(window) == "proposals", "a new proposal is made from there"
        window.go("inbox", "abc")
        assert marked(window) == "inbox"
        assert window.page is page
        assert (Sample.made, page.opened) == (1, ["abc"])
        await until(lambda: page.loads == 2)
        await closed(window)

    run(main())


def marked(window: MainWindow) -> str:
    """The page that the navigation marks."""
    index = window.navigation.list.currentIndex()
    return str(index.data(Qt.ItemDataRole.UserRole)) if index.isValid() else ""


async def lacking_in_the_end(window: MainWindow) -> list[str]:
    """What is cramped or nameless once the page is filled and laid out, or after two seconds."""
    for _ in range(100):
        await asyncio.sleep(0.02)
        lacking = cramped(window) + nameless(window)
        if not lacking and not window.session.busy_with:
            break
    return lacking


def test_nothing_in_the_frame_is_cramped_or_nameless(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        found: list[str] = []
        window = make(settings)
        opened = False
        for place in ("unlock", "settings", "journal", "inbox"):
            if place != "unlock" and not opened:
                await unlocked(window, workspace_folder)
                opened = True
            window.go(place)
            for percent in (100, 150):
                settings.percent = percent
                window.restyle()
                for size in ((1440, 900), (1024, 700), (1000, 660)):
                    window.resize(*size)
                    lacking = await lacking_in_the_end(window)
                    assert (window.width(), window.height()) == size
                    found += [f"{place} {percent} {size}: {words}" for words in lacking]
                    assert window.navigation.rail is (size[0] < 1280)
        await closed(window)
        assert not found, "\n".join(found)

    run(main())


def test_treasury_has_the_rail_at_every_width(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        await unlocked(window, workspace_folder)
        assert not window.navigation.rail
        window.go("treasury")
        assert window.navigation.rail
        await closed(window)

    run(main())


@pytest.mark.parametrize("percent", [100, 150])
def test_every_page_of_the_rail_is_in_sight(
    percent: int, run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        settings.percent = percent
        look.choose("light", percent)  # type: ignore[arg-type]  # one of SCALES
        window = make(settings, (1024, 700))
        await unlocked(window, workspace_folder)
        shown = window.navigation.list
        await until(
            lambda: not shown.verticalScrollBar().isVisible() and shown.verticalScrollBar().maximum() == 0
        )
        last = shown.visualRect(shown.model().index(shown.model().rowCount() - 1, 0))
        assert 0 < last.bottom() < shown.viewport().height()
        await closed(window)

    run(main())


def test_keys_reach_actions_although_the_menu_bar_is_hidden(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        page = await unlocked(window, workspace_folder)
        window.activateWindow()
        assert not window.menuBar().isVisible()
        qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        assert page.rejected == 1
        qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        assert window.key == "settings"
        assert window.actions_.why_off("reject").startswith(strings.NOT_ON_THIS_PAGE)
        qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        assert page.rejected == 1
        assert window.why.reason.text() == strings.not_here("Inbox", "Ctrl+1")
        qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        assert window.key == "inbox"
        qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.session.locked)
        assert window.actions_.why_off("lock") == strings.UNLOCK_FIRST
        await closed(window)

    run(main())


def test_every_action_is_in_a_menu_and_no_two_share_a_key() -> None:
    keys = [spec.keys for spec in ACTIONS if spec.keys]
    assert len(keys) == len(set(keys))
    assert len(BY_ID) == len(ACTIONS)
    assert {spec.menu for spec in ACTIONS} == set(strings.MENUS)
    assert all(QtGui.QKeySequence(key).toString() for key in keys)


def test_no_key_signs_or_sends() -> None:
    """Ctrl+Return opens the review; signing is a button of a device dialog, sending one of a page."""
    assert [spec.words for spec in ACTIONS if "send" in spec.id or spec.id == "sign"] == []
    assert {"Return", "Enter", "Space"}.isdisjoint(spec.keys for spec in ACTIONS)


def test_what_this_version_cannot_do_is_offered_nowhere() -> None:
    """No action, key, icon or advice leads to QR codes."""
    offered = {word for spec in ACTIONS for word in (spec.id, *spec.words.split())}
    assert "show-qr" not in offered
    assert "QR" not in offered
    assert "Ctrl+Shift+Q" not in {spec.keys for spec in ACTIONS} | {spec.also for spec in ACTIONS}
    advice = (signing_words.SHARE_NEXT, signing_words.SEND_NEXT)
    assert not any("QR" in text or "folder" in text for text in advice)
    with pytest.raises(UnforeseenError):
        icons.pixmap("qr", "#000000", 16, 1.0)


def test_an_action_that_does_not_exist_is_a_fault(run: Run, look: Theme, settings: ViewSettings) -> None:
    async def main() -> None:
        window = make(settings)
        with pytest.raises(LookupError):
            window.actions_.handle_here({"no-such": lambda: None})
        await closed(window)

    run(main())


def test_find_leads_to_pages_and_records(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        await unlocked(window, workspace_folder)
        for typed, key in (("rec 0", "inbox"), ("sett", "settings"), ("#0", "journal")):
            window.go("inbox")
            window.actions_.trigger("find")
            await until(lambda: window.dialogs.current is not None)
            dialog: Any = window.dialogs.current
            assert dialog.frame.network_class == "practice"
            await until(lambda dialog=dialog: dialog.words.text() == strings.FIND_START)
            qtbot.keyClicks(dialog.input, typed)
            found = dialog.list.model().rowCount()
            assert found == (0 if key == "inbox" else 1)
            qtbot.keyClick(dialog.input, Qt.Key.Key_Return if found else Qt.Key.Key_Escape)
            await until(lambda key=key: window.dialogs.current is None and window.key == key)
        await closed(window)

    run(main())


def test_one_dialog_at_a_time_over_a_veil(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        await unlocked(window, workspace_folder)
        one, two = Dialog(window, "One", "testnet"), Dialog(window, "Two")
        first = asyncio.ensure_future(window.ask(one))
        await until(one.isVisible)
        assert await window.ask(two) == 0
        veil = window.dialogs._veil
        assert veil.isVisible()
        assert veil.size() == window.size()
        qtbot.keyClick(one, Qt.Key.Key_Return)
        assert one.isVisible()
        qtbot.keyClick(one, Qt.Key.Key_Escape)
        assert await first == 0
        assert not veil.isVisible()
        await closed(window)

    run(main())


def test_locking_closes_the_dialog(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        await unlocked(window, workspace_folder)
        window.actions_.trigger("keys")
        await until(lambda: window.dialogs.current is not None)
        window.lock()
        await until(lambda: window.session.locked and window.dialogs.current is None)
        await closed(window)

    run(main())


def test_f6_moves_between_panes(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        await unlocked(window, workspace_folder)
        window.activateWindow()
        window.go("settings")
        window.navigation.list.setFocus()
        qtbot.keyClick(window, Qt.Key.Key_F6)
        settings_page: Any = window.page
        assert settings_page.isAncestorOf(QtWidgets.QApplication.focusWidget())
        qtbot.keyClick(window, Qt.Key.Key_F6)
        assert QtWidgets.QApplication.focusWidget() is window.navigation.list
        await closed(window)

    run(main())


# -- states of a page ---------------------------------------------------------------------------------------


def test_an_error_stays_with_the_last_good_data_and_its_age(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        page = await unlocked(window, workspace_folder)
        page.trouble = NodeError("No node answers.")
        page.refresh()
        await until(lambda: "error" in page.banner_keys)
        banner = page.findChild(QtWidgets.QFrame, "banner.error")
        assert banner is not None
        assert banner.accessibleName().startswith("No node answers.")
        assert "What you see was read at" in banner.accessibleName()
        assert "records of Northgate" in page.words.text()
        retry, copy = banner.findChildren(QtWidgets.QPushButton)
        copy.click()
        assert QtWidgets.QApplication.clipboard().text() == "NODE_UNREACHABLE: No node answers."
        page.trouble = None
        retry.click()
        await until(lambda: page.banner_keys == ())
        await closed(window)

    run(main())


def test_a_fault_of_the_program_is_said_without_its_text(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        page = await unlocked(window, workspace_folder)
        page.trouble = ValueError("violet secret")
        page.refresh()
        await until(lambda: "error" in page.banner_keys)
        texts = " ".join(widget.text() for widget in page.findChildren(QtWidgets.QLabel))
        assert strings.INTERNAL_ERROR in texts
        assert "violet" not in texts
        await closed(window)

    run(main())


def test_a_first_reading_that_takes_long_shows_bars_then_words_then_cancel(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        for name, seconds in (("SKELETON_AFTER", 0.01), ("WORDS_AFTER", 0.02), ("CANCEL_AFTER", 0.03)):
            monkeypatch.setattr(f"signer_app.ui.shell.page.{name}", seconds)
        window = make(settings)
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        page: Any = window.page
        await until(page.words.text)
        page._read_at, page.hold = None, asyncio.Event()
        page.refresh()
        await until(lambda: page._stack.currentWidget() is page._waiting)
        await until(lambda: page._waiting.words.text() == shared.waiting(strings.LOADING, 0))
        assert page._waiting.accessibleName() == strings.LOADING
        await until(lambda: page._waiting.findChildren(QtWidgets.QPushButton))
        page._waiting.findChildren(QtWidgets.QPushButton)[0].click()
        await until(lambda: page._stack.currentWidget() is page._empty)
        page.hold = None
        page._empty.findChildren(QtWidgets.QPushButton)[0].click()
        await until(page.body.isVisible)
        await closed(window)

    run(main())


def test_a_wait_says_for_what_and_for_how_long(qtbot: QtBot, look: Theme) -> None:
    waiting, names = Waiting(), ["Reading facts"]
    qtbot.addWidget(waiting)
    waiting.show()
    waiting.start()
    waiting.say(lambda: names[-1], 2.0)
    assert waiting.words.text() == "Reading facts, 2 s"
    names.append("Reading 3 accounts from 2 nodes")
    qtbot.waitUntil(lambda: waiting.words.text() == "Reading 3 accounts from 2 nodes, 3 s", timeout=5000)
    assert waiting.accessibleName() == "Reading 3 accounts from 2 nodes", "the seconds are not read out"
    waiting.hide()
    assert not waiting._clock.isActive()


def test_offline_is_said_on_every_page(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        await window.session.open(workspace_folder, bytearray(PASSPHRASE), offline=True)
        words = [widget.text() for widget in window.findChildren(QtWidgets.QLabel) if widget.isVisible()]
        assert strings.OFFLINE in words
        assert window.header.nodes.accessibleName() == "Nodes offline"
        await closed(window)

    run(main())


# -- settings, layout, files, closing ---------------------------------------------------------------------


def test_settings_take_effect_at_once_and_are_kept(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path, tmp_path: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        await unlocked(window, workspace_folder)
        window.go("settings")
        page: Any = window.page
        page.mode.setCurrentIndex(2)
        page.mode.activated.emit(2)
        assert look.tokens.name == "dark"
        page.text_size.activated.emit(4)
        assert look.percent == 150
        window.actions_.trigger("normal")
        window.actions_.trigger("larger")
        await until(lambda: look.percent == 115)
        assert (page.mode.currentText(), page.text_size.currentText()) == ("Dark", "115 %")
        page.lock_after.activated.emit(0)
        assert window.idle.left == 60
        await closed(window)
        again = ViewSettings(tmp_path / "window.ini")
        assert (again.mode, again.percent, again.lock_minutes) == ("dark", 115, 1)

    run(main())


def test_several_presses_for_larger_text_draw_everything_anew_once(
    run: Run, look: Theme, settings: ViewSettings
) -> None:
    async def main() -> None:
        window = make(settings)
        drawn: list[int] = []
        look.changed.connect(lambda: drawn.append(settings.percent))
        for _ in range(2):
            window.actions_.trigger("larger")
        assert settings.percent == SCALES[SCALES.index(100) + 2], "it is kept at once"
        await until(lambda: bool(drawn))
        assert drawn == [settings.percent]
        window.actions_.trigger("normal")
        await until(lambda: len(drawn) == 2)
        assert drawn[-1] == 100
        await closed(window)

    run(main())


def test_the_place_of_the_window_is_remembered(run: Run, look: Theme, settings: ViewSettings) -> None:
    async def main() -> None:
        window = make(settings, (1100, 720))
        await closed(window)
        again = MainWindow(settings)
        assert again.height() == 720  # the width is held to that of the screen, which is narrow in tests
        again.show()
        await closed(again)

    run(main())


def test_a_settings_file_of_nonsense_gives_defaults(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    path.write_text("[General]\nmode=pink\npercent=7\nlock_minutes=never\nrecent=/nowhere\n")
    settings = ViewSettings(path)
    assert (settings.mode, settings.percent, settings.lock_minutes, settings.recent()) == (
        "system",
        100,
        5,
        [],
    )
    assert settings.layout("window") is None


def test_closing_ends_the_workspace_and_frees_its_lock(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    from signer_app.vault.lock import WorkspaceLock

    async def main() -> None:
        window = make(settings)
        await unlocked(window, workspace_folder)
        with pytest.raises(ConflictError):
            WorkspaceLock(workspace_folder).acquire()
        await closed(window)
        WorkspaceLock(workspace_folder).acquire().release()

    run(main())


def test_who_closes_or_opens_right_after_locking_waits_for_the_workspace(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        await unlocked(window, workspace_folder)
        window.lock()
        await until(lambda: window.session.locked)
        await unlocked(window, workspace_folder)  # else: another one has it open
        assert window.session.directory == workspace_folder
        window.lock()
        await until(lambda: window.session.locked)
        await closed(window)
        again = make(settings)
        await unlocked(again, workspace_folder)
        assert not again.session.locked
        await closed(again)

    run(main())


def test_work_of_a_page_that_is_left_before_it_begins_is_dropped(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    """Without a word of Python's about it, which would fail this test."""

    async def main() -> None:
        window = make(settings)
        await unlocked(window, workspace_folder)
        begun: list[int] = []

        async def work() -> None:
            begun.append(1)

        assert window.page is not None
        window.page.run(work())
        window.page.tasks.cancel_all()
        await turns(3)
        assert begun == []
        gc.collect()
        await closed(window)

    run(main())


def test_files_wait_for_the_unlock(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = make(settings)
        window.take_files([Path("a.countersign")])
        page = await unlocked(window, workspace_folder)
        await until(lambda: page.files == [Path("a.countersign")])
        window.take_files([Path("b.countersign")])
        await until(lambda: page.files == [Path("a.countersign"), Path("b.countersign")])
        window.go("settings")
        window.take_files([])
        await window.tasks.settle()
        assert window.key == "settings"
        window.take_files([Path("c.countersign")])
        await until(lambda: page.files[2:] == [Path("c.countersign")])
        assert window.key == "inbox", "a second start's file is shown, whatever page was in view"
        await closed(window)

    run(main())
