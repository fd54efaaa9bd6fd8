"""Every page and dialog by keyboard alone, and as a screen reader gets it, in one office for the module."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from node_samples import CERTIFICATE, NODE
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from PySide6 import QtTest
from pytestqt.qtbot import QtBot
from walker import Walker, named, twice
from walking import called, controls, press, spoken
from window_help import PASSPHRASE, Run, closed, turns, until

from signer_app.ui.pages import PAGES
from signer_app.ui.pages.compose.page import NewPage
from signer_app.ui.pages.inbox.page import InboxPage
from signer_app.ui.pages.nodes.certificates import CertificateDialog
from signer_app.ui.pages.nodes.dialogs import ProxyDialog
from signer_app.ui.pages.policy.page import PolicyPage
from signer_app.ui.pages.proposals.page import NameDialog
from signer_app.ui.pages.settings.backup import BackupDialog
from signer_app.ui.pages.treasury.detached import TreasuryWindow
from signer_app.ui.practice_device import PracticeDeviceWindow
from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.reading_file import FileDialog, read_file
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.actions import ACTIONS
from signer_app.ui.shell.help import ShortcutsDialog
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.signing.compare import Expected, Line
from signer_app.ui.signing.dialog import SignDialog
from signer_app.ui.signing.pages import Choice
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import (
    ActionButton,
    Chooser,
    DeviceChip,
    HashGrid,
    Pill,
    TabButton,
    TabButtons,
    column,
)  # fmt: skip
from signer_app.ui.words.strings import MENUS

#: Keys that a part of the window handles itself, as the sheet of keys writes them.
OWN_KEYS = {"Ctrl+F", "Esc", "Ctrl+L", "F5", "Ctrl+W"}


class Hand:
    """A practice device that shows one screen and waits."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def watch(self, show: Callable[[Any], None]) -> None:
        show({"plugged": True, "locked": False, "app": "XRP", "at": 0, "pages": ["a"],
              "screen": {"title": "XRP", "lines": ["is ready"]}})  # fmt: skip
        self._over.wait(60)

    def let_go(self) -> None:
        self._over.set()

    def do(self, name: str, **options: Any) -> None:
        """Nothing."""


async def shown(window: QtWidgets.QWidget) -> None:
    """In front, and laid out."""
    window.activateWindow()
    await until(window.isActiveWindow)
    await turns(5)


async def over_dialog(walker: Walker, window: MainWindow, name: str, dialog: QtWidgets.QDialog) -> None:
    asking = asyncio.ensure_future(window.ask(dialog))
    await until(dialog.isVisible)
    await shown(dialog)
    walker.over(name, dialog)
    dialog.reject()
    await asking
    await turns()


async def over_pages(walker: Walker, window: MainWindow, denied: str) -> None:
    for key in PAGES:
        if key == "setup":  # only in a workspace that is being set up; test_first_run_window.py walks there
            continue
        window.go(key)
        page: Any = await settled(window)
        await shown(window)
        if isinstance(page, NewPage):
            for kind in page.kinds:
                page.choose_kind(kind)
                await turns(5)
                walker.over(f"new, {kind}", window)
        elif isinstance(page, PolicyPage):
            for number, button in enumerate(page.tabs.buttons):
                page.tabs.choose(number)
                await turns(5)
                walker.over(f"policy, {button.text()}", window)
        elif isinstance(page, InboxPage):
            page.detail.findChild(ActionButton, "detail.more").click()
            page.detail.findChild(ActionButton, "detail.raw.fold").click()
            await turns(5)
            walker.over("inbox, everything open", window)
            window.go("inbox", denied)
            await settled(window)
            await shown(window)
            walker.over("inbox, denied", window)
            window.resize(1024, 700)
            await turns(5)
            walker.over("inbox, narrow", window)
            window.resize(1440, 900)
            await turns(5)
            walker.over("inbox, wide again", window)
        else:
            walker.over(key, window)


async def over_dialogs(walker: Walker, window: MainWindow, identifier: str, exported: Path) -> None:
    reading = await asyncio.to_thread(read_file, exported)
    await over_dialog(walker, window, "a file", FileDialog(window, reading))
    for action in ("find", "keys", "help", "halt"):
        window.actions_.trigger(action)
        await until(lambda: window.dialogs.current is not None)
        dialog: Any = window.dialogs.current
        if action == "halt":
            await dialog.tasks.settle()
        await shown(dialog)
        walker.over(action, dialog)
        dialog.reject()
        await until(lambda: window.dialogs.current is None)
    window.go("inbox", identifier)
    page: Any = await settled(window)
    for name in ("reject", "copy", "override", "cancel"):
        page.detail.reasons[name] = ""
        page._asked(name)
        await until(lambda: window.dialogs.current is not None)
        dialog = window.dialogs.current
        await shown(dialog)
        walker.over(f"ask before {name}", dialog)
        dialog.reject()
        await until(lambda: window.dialogs.current is None)
    await over_dialog(walker, window, "name of a filter", NameDialog(window, "practice"))
    file = Path("backups/northgate.countersign-backup")
    await over_dialog(walker, window, "backup", BackupDialog(window, window.session, file, "practice"))
    await over_dialog(walker, window, "proxy", ProxyDialog(window, "", "practice"))
    for state in ("ok", "certificate-changed"):
        health = {"state": state, "certificate": CERTIFICATE}
        dialog = CertificateDialog(window, NODE, health, "practice")
        await over_dialog(walker, window, f"certificate {state}", dialog)
    await over_signing(walker, window, identifier)


async def over_signing(walker: Walker, window: MainWindow, identifier: str) -> None:
    sign = SignDialog(window, window, identifier)
    asking = asyncio.ensure_future(window.ask(sign))
    await until(lambda: sign.choose.buttons or sign._stack.currentWidget() is sign.stopped)
    sign.choose.show_choices(
        [Choice("k", f"xrpl:1:r{name}", "AA", name, "ledger", "cold", "") for name in "ab"]
    )
    lines = tuple(Line(f"Field {n}", str(n), "", (f"Field {n} | {n}",)) for n in range(3))
    sign.compare.show_expected(Expected(True, lines, ()), asked=False)
    for name in ("choose", "unlock", "compare", "stopped", "differs"):
        sign._show(getattr(sign, name), 0)
        await shown(sign)
        walker.over(f"signing, {name}", sign)
    sign.reject()
    await asking


async def over_windows(walker: Walker, window: MainWindow, settings: ViewSettings) -> None:
    device = PracticeDeviceWindow("nano-1", Hand())  # type: ignore[arg-type]  # as much of it as is asked
    treasury: Any = window._pages["treasury"]
    treasury.show_window()
    detached: TreasuryWindow = treasury.window_
    for name, other in (("practice device", device), ("treasury in its own window", detached)):
        other.show()
        await shown(other)
        walker.over(name, other)
        other.close()
    await turns()


def test_every_page_and_dialog_by_keyboard_alone(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme
) -> None:
    identifier, denied = offices.pay("alice", "100"), offices.pay("alice", "401.5")
    exported = offices.travel("alice", "bob", identifier)
    walker = Walker()

    async def main() -> None:
        folder = offices.folder("alice")
        settings.remember(folder)
        async with window_of(folder, passphrase_of("alice"), settings, "inbox") as window:
            await over_pages(walker, window, denied)
            await over_dialogs(walker, window, identifier, exported)
            await over_windows(walker, window, settings)
            window.lock()
            await until(lambda: window.session.locked and window.unlock.isVisibleTo(window))
            await shown(window)
            walker.over("unlock", window)
            window.show_first_run()
            await shown(window)
            walker.over("first run", window)
            window.first_run.start_setting_up()
            await until(lambda: window.first_run.shown is not None)
            await shown(window)
            walker.over("first run, set up", window)
            window.first_run.reset()
            window.first_run.start_restoring()
            await shown(window)
            walker.over("first run, from a backup", window)

    run(main())
    assert len(walker.seen) >= 37
    assert walker.found == [], "\n".join(walker.found)


# -- buttons, choices, keys ---------------------------------------------------------------------------------


def made_buttons() -> Iterator[tuple[QtWidgets.QAbstractButton, bool]]:
    """One of each class of buttons, and whether Enter presses it."""
    for kind in ("", "quiet", "link"):
        yield ActionButton("Do", kind=kind), True
    for kind in ("primary", "danger", "danger-outline"):
        yield ActionButton("Do", kind=kind), False
    yield ActionButton("Send", deliberate=True), False
    yield Pill(), True
    yield DeviceChip("nano-1", "READY"), True
    yield TabButton("Rules", "tab"), True
    for made in named("FindBox", "_CopyButton"):
        yield made(), True


def test_space_and_enter_press_what_the_pointer_presses(qtbot: QtBot, look: Theme) -> None:
    for button, enter in made_buttons():
        qtbot.addWidget(button)
        button.show()
        pressed: list[str] = []
        button.clicked.connect(lambda *_a, pressed=pressed: pressed.append("pressed"))
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        press(button, Qt.Key.Key_Space)
        assert len(pressed) == 2, called(button)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            press(button, key)
        assert len(pressed) == (4 if enter else 2), called(button)
        held = QtGui.QKeyEvent(
            QtGui.QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", True
        )
        QtWidgets.QApplication.sendEvent(button, held)
        assert len(pressed) == (4 if enter else 2), "a key that is held down presses once"


def test_a_choice_says_its_name_and_not_only_what_is_chosen(qtbot: QtBot, look: Theme) -> None:
    holder = QtWidgets.QWidget()
    qtbot.addWidget(holder)
    box = Chooser()
    box.addItem("All accounts")
    box.setAccessibleName("Account & ledger")
    column(holder).addWidget(box)
    assert spoken(box) == "Account & ledger"
    other = QtWidgets.QWidget()
    qtbot.addWidget(other)
    column(other).addWidget(box)
    assert spoken(box) == "Account & ledger"


def test_tab_stops_at_the_view_that_is_shown(qtbot: QtBot, look: Theme) -> None:
    holder = QtWidgets.QWidget()
    qtbot.addWidget(holder)
    group, box = TabButtons(holder), column(holder)
    tabs = [TabButton(text, text) for text in ("One", "Two", "Three")]
    for tab in tabs:
        group.addButton(tab)
        box.addWidget(tab)
    tabs[1].setChecked(True)
    holder.show()
    holder.activateWindow()
    qtbot.waitUntil(holder.isActiveWindow)
    assert controls(holder) == [tabs[1]]
    tabs[1].setFocus()
    press(tabs[1], Qt.Key.Key_Down)
    assert tabs[2].isChecked()
    assert controls(holder) == [tabs[2]]


def test_two_hashes_of_one_card_are_told_apart(look: Theme) -> None:
    one, two = HashGrid("ab" * 32, said="As it was recorded"), HashGrid("ab" * 32, said="Computed")
    assert spoken(one).startswith("As it was recorded, A: abab")
    assert spoken(one) != spoken(two)


def test_mnemonics_of_a_menu_do_not_collide() -> None:
    assert twice(MENUS.values()) == []
    for menu in MENUS:
        assert twice(spec.words for spec in ACTIONS if spec.menu == menu) == []


def test_every_key_is_on_the_sheet_and_does_something(
    run: Run[None], look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        done: set[str] = set(window._open_actions) | set(window.actions_._handlers)
        written = {keys.toString() for action in window.actions() for keys in action.shortcuts()}
        for key in PAGES:
            page: Any = window._makers[key](window)
            window._pages.setdefault(f"walked.{key}", page)
            done |= set(page.handlers())
            written |= {s.key().toString() for s in page.findChildren(QtGui.QShortcut)}
        assert {spec.id for spec in ACTIONS} - done == set(), "keys or menus that nobody handles"
        sheet = ShortcutsDialog(window)
        said = {w for found in sheet.findChildren(QtWidgets.QLabel) for w in found.text().split(" ")}
        assert {keys for keys in written if keys and keys not in said} == set()
        assert said >= OWN_KEYS
        sheet.deleteLater()
        heard: list[str] = []
        await shown(window)
        for spec in ACTIONS:
            window.actions_.handle_here({spec.id: lambda name=spec.id: heard.append(name)})  # type: ignore[misc]
            for keys in filter(None, (spec.keys, spec.also)):
                heard.clear()
                QtTest.QTest.keySequence(window, QtGui.QKeySequence(keys))
                assert heard == [spec.id], keys
        await closed(window)

    run(main())


@pytest.mark.parametrize("key", ["proposals", "book"])
def test_ctrl_f_goes_to_the_filter_from_anywhere(
    key: str, run: Run[None], look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        window.go(key)
        page: Any = await settled(window)
        page.show_body()
        await shown(window)
        window.navigation.list.setFocus()
        QtTest.QTest.keySequence(window, QtGui.QKeySequence("Ctrl+F"))
        assert window.focusWidget() is page.text
        await closed(window)

    run(main())
