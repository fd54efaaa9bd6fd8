"""Help and keys, the report of a fault, locking when the person goes, and remembered arrangements."""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from room import cramped, nameless
from window_help import PASSPHRASE, closed, until

from signer_app.core.errors import NodeError, SignerError
from signer_app.ui import layouts
from signer_app.ui.crash import report_of
from signer_app.ui.pages import PAGES
from signer_app.ui.pages.proposals.table import NAMES
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.actions import ACTIONS
from signer_app.ui.shell.crash import CrashDialog
from signer_app.ui.shell.help import HelpDialog, ShortcutsDialog
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.words import help as help_words
from signer_app.ui.words import strings

Run = Callable[..., Any]


def texts(widget: QtWidgets.QWidget) -> list[str]:
    return [found.text() for found in widget.findChildren(QtWidgets.QLabel)]


@contextlib.contextmanager
def shown(window: MainWindow, size: tuple[int, int] = (1024, 700)) -> Iterator[None]:
    window.resize(*size)
    window.show()
    window.activateWindow()
    yield


# -- help -------------------------------------------------------------------------------------------------


def test_every_page_explains_itself() -> None:
    assert set(help_words.PAGES) == {*PAGES, "unlock"}
    for sentences in help_words.PAGES.values():
        assert len(sentences) >= 2
        assert all(sentence.endswith(".") and "!" not in sentence for sentence in sentences)


def test_f1_and_the_question_mark_explain_the_page_and_lead_to_every_key(
    run: Run, qtbot: QtBot, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        with shown(window):
            await until(window.isActiveWindow)
            qtbot.keyClick(window, Qt.Key.Key_F1)
            await until(lambda: isinstance(window.dialogs.current, HelpDialog))
            assert window.dialogs.current.page == "unlock"  # type: ignore[union-attr]
            window.dialogs.current.reject()  # type: ignore[union-attr]
            await until(lambda: window.dialogs.current is None)
            await window.session.open(workspace_folder, bytearray(PASSPHRASE))
            window.go("settings")
            for percent in (100, 150):
                look.choose("light", percent)
                window.activateWindow()
                await until(window.isActiveWindow)
                qtbot.keyClick(window, Qt.Key.Key_Question)
                await until(lambda: isinstance(window.dialogs.current, HelpDialog))
                dialog: Any = window.dialogs.current
                assert set(help_words.PAGES["settings"]) <= set(texts(dialog))
                await asyncio.sleep(0.05)
                assert cramped(dialog) + nameless(dialog) == []
                dialog.findChild(QtWidgets.QPushButton, "help.keys").click()
                await until(lambda: isinstance(window.dialogs.current, ShortcutsDialog))
                dialog = window.dialogs.current
                said = texts(dialog)
                assert [
                    spec.words for spec in ACTIONS if spec.keys and spec.words.rstrip("…") not in said
                ] == []
                for title, lines in help_words.MORE_KEYS:
                    assert {title, *(part for line in lines for part in line)} <= set(said)
                await asyncio.sleep(0.05)
                assert dialog.width() <= window.width()
                assert cramped(dialog) + nameless(dialog) == []
                dialog.reject()
                await until(lambda: window.dialogs.current is None)
        await closed(window)

    run(main())


# -- the report of a fault ----------------------------------------------------------------------------------


def fail(secret: str) -> None:
    try:
        raise SignerError(f"The key {secret} is gone.", code="KEY_NOT_FOUND")
    except SignerError as error:
        raise ValueError(f"violet {secret} /home/alice") from error


def test_the_report_has_places_and_types_and_nothing_else() -> None:
    with pytest.raises(ValueError, match="violet") as caught:
        fail("anchor seven")
    report = report_of(caught.value, "inbox")
    assert "builtins.ValueError" in report
    assert "signer_app.core.errors.SignerError KEY_NOT_FOUND" in report
    assert "Page: inbox" in report
    assert re.search(r"test_comfort.py:\d+ fail", report)
    for secret in ("violet", "anchor", "alice", "/home", str(Path.cwd())):
        assert secret not in report
    with pytest.raises(NodeError) as inner:
        raise NodeError("No node answers.")
    assert "No node answers" not in report_of(inner.value)


def test_a_fault_opens_its_report_and_a_known_error_does_not(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        with shown(window):
            await window.session.open(workspace_folder, bytearray(PASSPHRASE))
            window.go("settings")
            window.tasks_failed(NodeError("No node answers."))
            await asyncio.sleep(0.02)
            assert window.dialogs.current is None
            window.tasks_failed(ValueError("violet secret"))
            await until(lambda: isinstance(window.dialogs.current, CrashDialog))
            dialog: Any = window.dialogs.current
            await asyncio.sleep(0.05)
            assert "violet" not in dialog.text.toPlainText()
            assert cramped(dialog) + nameless(dialog) == []
            dialog.findChild(QtWidgets.QPushButton, "crash.copy").click()
            assert QtWidgets.QApplication.clipboard().text() == dialog.report
            window.tasks_failed(ValueError("another"))
            await asyncio.sleep(0.02)
            assert window.dialogs.current is dialog, "one dialog at a time"
            dialog.reject()
            await until(lambda: window.dialogs.current is None)
            banner: Any = window.page.findChild(QtWidgets.QFrame, "banner.error")  # type: ignore[union-attr]
            banner.findChildren(QtWidgets.QPushButton)[1].click()
            await until(lambda: isinstance(window.dialogs.current, CrashDialog))
            window.dialogs.current.reject()  # type: ignore[union-attr]
            await until(lambda: window.dialogs.current is None)
        await closed(window)

    run(main())


# -- the person goes ----------------------------------------------------------------------------------------


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """A bus of the test's own, where the desktop would be."""
    address = f"unix:path={tmp_path}/bus"
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1", f"--address={address}"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert daemon.stdout is not None
    try:
        yield daemon.stdout.readline().strip()
    finally:
        daemon.terminate()
        daemon.wait(10)
        daemon.stdout.close()


#: Runs in a process of its own: connections to a bus live as long as their process.
_HEARS = """
import asyncio, os, sys
from signer_app.ui.away import AwayWatch
from signer_app.ui.loop import run
from signer_app.ui.qt import QtWidgets, load_dbus
bus, dbus = sys.argv[1], load_dbus()
app = QtWidgets.QApplication(["away"])
async def main():
    watch, heard = AwayWatch(bus, bus), []
    watch.away.connect(lambda: heard.append(True))
    print(len(watch.heard), flush=True)
    desktop = dbus.QDBusConnection.connectToBus(bus, "desktop")
    for service, path, interface, name in (
        ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep"),
        ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged"),
        ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged"),
    ):
        heard.clear()
        assert desktop.registerService(service)
        for begins in (False, True):
            message = dbus.QDBusMessage.createSignal(path, interface, name)
            message.setArguments([begins])
            assert desktop.send(message)
        async with asyncio.timeout(20):
            while not heard:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        print(name, len(heard), flush=True)
    os._exit(0)
run(app, main)
"""  # noqa: E501


def test_sleep_and_the_locked_screen_are_heard(bus: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HEARS, bus], capture_output=True, text=True, check=True, timeout=90
    )
    assert done.stdout.splitlines() == ["4", "PrepareForSleep 1", "ActiveChanged 1", "ActiveChanged 1"]


def test_going_away_locks(run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        window.away.said(True)
        assert window.session.locked
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        window.away.said(False)
        assert not window.session.locked
        window.away.said(True)
        await until(lambda: window.session.locked)
        await closed(window)

    run(main())


# -- arrangements -----------------------------------------------------------------------------------------


def test_splitters_and_columns_are_as_they_were_left(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        with shown(window, (1440, 900)):
            await window.session.open(workspace_folder, bytearray(PASSPHRASE))
            window.go("journal")
            assert window.page is not None
            await window.page.tasks.settle()
            splitter = window.page.findChildren(QtWidgets.QSplitter)[0]
            splitter.setSizes([500, 600])
            left = splitter.sizes()
            window.go("proposals")
            await window.page.tasks.settle()
            window.page.show_body()
            table: Any = next(
                t for t in window.page.findChildren(QtWidgets.QTableView) if t.property("remember")
            )
            await asyncio.sleep(0.02)
            column = next(n for n in range(3, 9) if table.columnWidth(n) and n != NAMES.index("title"))
            table.horizontalHeader().moveSection(column, 1)
            table.setColumnWidth(column, 177)
            order = [table.horizontalHeader().logicalIndex(n) for n in range(5)]
            window.lock()
            await until(lambda: window.session.locked and not window.tasks._tasks)
            await window.session.open(workspace_folder, bytearray(PASSPHRASE))
            again: Any = next(
                t for t in window.page.findChildren(QtWidgets.QTableView) if t.property("remember")
            )
            assert [again.horizontalHeader().logicalIndex(n) for n in range(5)] == order
            assert again.columnWidth(column) == 177
            window.go("journal")
            await window.page.tasks.settle()
            await asyncio.sleep(0.02)
            found = window.page.findChildren(QtWidgets.QSplitter)[0].sizes()
            assert abs(found[0] - left[0]) <= 2
        await closed(window)

    run(main())


def test_a_remembered_state_that_does_not_fit_is_forgotten(look: Theme, settings: ViewSettings) -> None:
    page = QtWidgets.QWidget()
    page.setObjectName("page.sample")
    splitter = QtWidgets.QSplitter(page)
    settings.save_layout("page.sample.splitter-0-0", splitter.saveState()[:3])
    layouts.restore(settings, page)
    assert settings.layout("page.sample.splitter-0-0") is None
    assert strings.APP
    page.deleteLater()
