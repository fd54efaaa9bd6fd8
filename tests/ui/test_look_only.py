"""Looking only, in the window: offered where another has the workspace open, and said on every page; on none
does anything write.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from pytestqt.qtbot import QtBot
from room import cramped, nameless
from second_program import everything, writing
from window_help import PASSPHRASE, Run, closed, turns, until

from signer_app.core.errors import ConflictError
from signer_app.ui.app import parse
from signer_app.ui.halting.dialogs import HaltDialog
from signer_app.ui.notices.reading import read_facts
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import ActionButton, StateBanner
from signer_app.ui.words import standing, strings
from signer_app.vault.lock import WorkspaceLock

HELD = "Another window has the journal open. You can look, not sign."
OFF = "Off: another window has the journal open. You can look, not sign."
CHOSEN = "This workspace was opened to look only. You can look, not sign."


def buttons(banner: QtWidgets.QWidget) -> dict[str, ActionButton]:
    return {button.text(): button for button in banner.findChildren(ActionButton)}


def said(window: MainWindow) -> str:
    """The banner of who looks only; "" without it."""
    banner = window._lasting.findChild(StateBanner, "window.look-only")
    return banner.accessibleName() if banner is not None and banner.isVisible() else ""


async def refused(window: MainWindow, folder: Path, secret: bytes, qtbot: QtBot) -> ActionButton:
    """Unlock while another has it open; the button that is offered then."""
    window.unlock.choose(folder)
    qtbot.keyClicks(window.unlock.passphrase, secret.decode())
    qtbot.keyClick(window.unlock.passphrase, Qt.Key.Key_Return)
    await until(lambda: window.unlock.message.accessibleName().startswith(strings.ALREADY_OPEN))
    await until(lambda: not window.unlock._busy)
    return buttons(window.unlock.message)[standing.LOOK_ONLY]


def shown_window(settings: ViewSettings) -> MainWindow:
    window = MainWindow(settings)
    window.resize(1440, 900)
    window.show()
    return window


def test_the_refusal_offers_to_look_only_by_keyboard_and_the_way_back(
    run: Run[None], qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = shown_window(settings)
        with WorkspaceLock(workspace_folder):
            button = await refused(window, workspace_folder, PASSPHRASE, qtbot)
            assert window.session.locked
            assert nameless(window.unlock) == cramped(window.unlock) == []
            for _ in range(12):
                if button.hasFocus():
                    break
                qtbot.keyClick(QtWidgets.QApplication.focusWidget(), Qt.Key.Key_Tab)
            assert button.hasFocus()
            qtbot.keyClick(button, Qt.Key.Key_Space)
            await until(lambda: not window.session.locked)
            assert window.unlock.passphrase.text() == ""
            assert window.session.look_only
            assert said(window) == HELD
            banner = window._lasting.findChild(StateBanner, "window.look-only")
            assert isinstance(banner, StateBanner)
            window.unlock.look_only.setChecked(True)
            buttons(banner)[standing.UNLOCK_TO_SIGN].click()
            await until(lambda: window.session.locked and window.unlock.isVisibleTo(window))
            assert not window.unlock.look_only.isChecked()
            await refused(window, workspace_folder, PASSPHRASE, qtbot)
        qtbot.keyClicks(window.unlock.passphrase, PASSPHRASE.decode())  # in the place of what stands there
        qtbot.keyClick(window.unlock.passphrase, Qt.Key.Key_Return)
        await until(lambda: not window.session.locked)
        assert not window.session.look_only
        assert said(window) == ""
        await closed(window)

    run(main())


def test_looking_only_can_be_chosen_beforehand(
    run: Run[None], qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    assert parse(["--read-only"]).look_only
    assert not parse(["--offline"]).look_only

    async def main() -> None:
        window = shown_window(settings)
        window.unlock.choose(workspace_folder)
        qtbot.keyClick(window.unlock.look_only, Qt.Key.Key_Space)
        assert window.unlock.look_only.isChecked()
        before = everything(workspace_folder)
        qtbot.keyClicks(window.unlock.passphrase, PASSPHRASE.decode())
        qtbot.keyClick(window.unlock.passphrase, Qt.Key.Key_Return)
        await until(lambda: not window.session.locked)
        await settled(window)
        assert said(window) == CHOSEN
        assert everything(workspace_folder) == before
        with WorkspaceLock(workspace_folder):
            pass  # it is free
        await closed(window)

    run(main())


def test_a_wrong_passphrase_opens_nothing_to_look_at(
    run: Run[None], qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = shown_window(settings)
        with WorkspaceLock(workspace_folder):
            button = await refused(window, workspace_folder, b"not it", qtbot)
            button.click()
            await until(lambda: "wrong" in window.unlock.message.accessibleName())
            assert window.session.locked
            assert buttons(window.unlock.message) == {}
        await closed(window)

    run(main())


async def looked_at(window: MainWindow, page: str, argument: str = "") -> Any:
    window.go(page, argument)
    return await settled(window)


def why(page: QtWidgets.QWidget, name: str) -> str:
    button = page.findChild(ActionButton, name)
    assert isinstance(button, ActionButton), name
    return button.reason


def test_every_page_says_it_and_blocks_what_writes(
    run: Run[None], look: Theme, settings: ViewSettings, offices: Offices
) -> None:
    identifier = offices.pay("alice")
    folder = offices.folder("alice")

    async def main() -> None:
        async with window_of(folder, passphrase_of("alice"), settings, "inbox", held=True) as window:
            for name in strings.PAGES:
                page = await looked_at(window, name)
                assert said(window) == HELD, name
                assert "error" not in page.banner_keys, name
                assert cramped(window) == nameless(window) == [], name
            inbox = await looked_at(window, "inbox", identifier)
            for deed in ("review", "reject", "export", "verify"):
                assert inbox.detail.reasons[deed] == OFF, deed
            for deed in ("review", "reject", "export"):
                window.actions_.trigger(deed)
                assert window.why.reason.text() == OFF, deed
            assert why(inbox.detail, "detail.sign") == OFF
            for taking in (
                lambda: inbox.take_text(b"{}"),
                lambda: inbox.take_files([folder / "vault.json"]),
            ):
                inbox.banner("statements", None)
                taking()
                assert "statements" in inbox.banner_keys
            assert window.dialogs.current is None
            listed = await looked_at(window, "proposals")
            assert listed.save.reason == listed.delete.reason == OFF
            assert (await looked_at(window, "accounts")).add.reason == OFF
            assert (await looked_at(window, "nodes")).add.reason == OFF
            policy = await looked_at(window, "policy")
            assert policy.votes.vote.blocked
            assert policy.votes.activate.blocked
            journal = await looked_at(window, "journal")
            assert journal.export.reason == OFF
            assert journal.verify.reason == ""
            devices = await looked_at(window, "devices")
            assert not devices._practice.isVisible()
            form = await looked_at(window, "new")
            assert form._blocked() == OFF
            window.header.halt.click()
            await until(lambda: isinstance(window.dialogs.current, HaltDialog))
            dialog: Any = window.dialogs.current
            await dialog.tasks.settle()
            assert dialog.do.reason.startswith(OFF)
            dialog.reject()
            await until(lambda: window.dialogs.current is None)
            facts = await window.session.call(read_facts)
            assert facts.writable, "nothing is wrong with the journal"

    before = everything(folder)
    run(main())
    assert everything(folder) == before


def test_what_another_process_writes_is_shown_and_the_journal_is_checked_meanwhile(
    run: Run[None], look: Theme, settings: ViewSettings, offices: Offices
) -> None:
    folder = offices.folder("alice")

    async def main() -> None:
        with writing(offices, "alice") as writer:
            async with window_of(folder, passphrase_of("alice"), settings, "journal", held=True) as window:
                assert window.session.summary is not None
                assert window.session.summary.records == writer.size
                size = writer.do("written by another")
                window.following.look()
                await until(lambda: window.session.summary and window.session.summary.records == size)
                page: Any = await settled(window)
                await until(lambda: page.table.facts.keys and page.table.facts.keys[0] == str(size - 1))
                size = writer.do("seen by F5")
                page.refresh()
                await until(lambda: page.table.facts.keys[0] == str(size - 1))
                page.verify.click()
                await settled(window)
                assert page._found is not None
                assert page._found.state.sound
                assert page._found.size_checked == size
                assert said(window) == HELD
                with pytest.raises(ConflictError) as no:
                    await window.session.call(lambda opened: opened.rooms.record("note", {"text": "x"}))
                assert no.value.code == "READ_ONLY"
            writer.do("still writing")

    run(main())


def test_a_set_up_that_is_not_finished_is_not_gone_on_with(
    run: Run[None], look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    from signer_app.workspace import Workspace
    from signer_app.workspace.first_run import FirstRun

    with Workspace.open(workspace_folder, passphrase=bytearray(PASSPHRASE)) as opened:
        FirstRun(opened)

    async def main() -> None:
        window = shown_window(settings)
        await window.session.open(workspace_folder, bytearray(PASSPHRASE), look_only=True)
        await turns()
        assert window.key == "inbox"
        assert window.session.summary is not None
        assert not window.session.summary.setting_up
        await closed(window)

    run(main())
