"""The keys that work on every page, and what comes in by them: each document to the page of its kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from PySide6 import QtTest
from test_policy_page import second
from window_help import Run, until

from signer_app.core.errors import MalformedError
from signer_app.ui.halting.dialogs import HaltDialog
from signer_app.ui.pages import PAGES
from signer_app.ui.pages.policy import PolicyPage
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.finding import FindDialog
from signer_app.ui.shell.help import HelpDialog
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.words import inbox as say
from signer_app.ui.words import policy as policy_words
from signer_app.ui.words import strings

HERE = [key for key in PAGES if key != "setup"]


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Any:
    def start(test: Any, page: str = "settings", name: str = "bob") -> None:
        async def body() -> None:
            folder, secret = offices.folder(name), passphrase_of(name)
            async with window_of(folder, secret, settings, page) as window:
                await front(window)
                await test(window)

        run(body())

    return start


@pytest.fixture
def clipboard(qapp: QtWidgets.QApplication) -> Iterator[QtGui.QClipboard]:
    found = qapp.clipboard()
    found.clear()
    yield found
    found.clear()


def type_keys(widget: QtWidgets.QWidget, keys: str) -> None:
    QtTest.QTest.keySequence(widget, QtGui.QKeySequence(keys))


def alt(window: MainWindow) -> None:
    QtTest.QTest.keyClick(window, Qt.Key.Key_Alt)


def choosing(window: MainWindow) -> list[QtWidgets.QFileDialog]:
    found = window.findChildren(QtWidgets.QFileDialog)
    return [dialog for dialog in found if dialog.isVisible()]


async def front(window: MainWindow) -> None:
    """Without a screen nobody brings a window forward once a dialog has gone."""
    window.activateWindow()
    await until(window.isActiveWindow)


async def gone(window: MainWindow) -> None:
    assert window.dialogs.current is not None
    window.dialogs.current.reject()
    await until(lambda: window.dialogs.current is None)
    await front(window)


def test_each_global_key_on_each_page(go: Any, offices: Offices) -> None:
    """UI.md section 12; Ctrl+L is the last, since it takes all pages away."""
    locked: list[str] = []

    async def test(window: MainWindow) -> None:
        real = window.lock
        for key in HERE:
            window.go(key)
            await settled(window)
            await front(window)
            for keys, kind in (("Ctrl+K", FindDialog), ("Ctrl+Shift+H", HaltDialog), ("F1", HelpDialog)):
                type_keys(window, keys)
                await until(lambda kind=kind: isinstance(window.dialogs.current, kind))
                found: Any = window.dialogs.current
                assert kind is not HelpDialog or found.page == key
                await gone(window)
            type_keys(window, "Ctrl+O")
            (dialog,) = choosing(window)
            assert dialog.windowTitle() == strings.OPEN_FILE
            dialog.reject()
            await until(lambda: choosing(window) == [])
            await front(window)
            alt(window)
            assert window.menuBar().isVisible()
            alt(window)
            assert not window.menuBar().isVisible()
            window.actions_.handle_here({"lock": lambda key=key: locked.append(key)})  # type: ignore[misc]
            type_keys(window, "Ctrl+L")
            assert window.key == key
        assert locked == HERE
        window.go(HERE[0])
        assert window.lock == real
        type_keys(window, "Ctrl+L")
        await until(lambda: window.session.locked)

    go(test)


def exported(offices: Offices, name: str) -> tuple[str, Path]:
    """A proposal of alice's as a file."""
    identifier = offices.pay("alice", "100")
    path = offices.root / name
    assert offices.do("alice", "proposal", "export", identifier, "-o", str(path)).exit_code == 0
    return identifier, path


def test_a_pasted_proposal_leads_to_the_inbox_from_every_page(
    go: Any, offices: Offices, clipboard: QtGui.QClipboard
) -> None:
    identifier, path = exported(offices, "one.countersign")

    async def test(window: MainWindow) -> None:
        for key in HERE:
            window.go(key)
            await settled(window)
            await front(window)
            window.navigation.list.setFocus()
            clipboard.setText(path.read_text())
            type_keys(window, "Ctrl+V")
            await until(lambda: window.key == "inbox")
            page: Any = window.page
            await until(lambda page=page: page.detail.shown == identifier)
            assert "error" not in page.banner_keys

    go(test)


def test_in_a_text_field_it_pastes_text(go: Any, clipboard: QtGui.QClipboard) -> None:
    async def test(window: MainWindow) -> None:
        page: Any = window.page
        clipboard.setText("custodian")
        page.text.setFocus()
        type_keys(page.text, "Ctrl+V")
        assert page.text.text() == "custodian"
        await window.tasks.settle()
        assert window.key == "proposals"
        window.go("new")
        await settled(window)
        field: Any = window.page
        inputs = [w for w in field.findChildren(QtWidgets.QLineEdit) if w.isVisible() and not w.isReadOnly()]
        inputs[0].setFocus()
        type_keys(inputs[0], "Ctrl+V")
        await window.tasks.settle()
        assert window.key == "new"

    go(test, "proposals")


def test_an_empty_clipboard_says_so(go: Any, clipboard: QtGui.QClipboard) -> None:
    async def test(window: MainWindow) -> None:
        type_keys(window, "Ctrl+V")
        assert window.why.isVisible()
        assert window.why.reason.text() == strings.NOTHING_COPIED
        assert window.key == "settings"

    go(test)


def test_copied_files_and_text_that_is_nothing(
    go: Any, offices: Offices, clipboard: QtGui.QClipboard
) -> None:
    identifier, path = exported(offices, "two.countersign")

    async def test(window: MainWindow) -> None:
        mime = QtCore.QMimeData()
        mime.setUrls([QtCore.QUrl.fromLocalFile(str(path))])
        clipboard.setMimeData(mime)
        type_keys(window, "Ctrl+V")
        await until(lambda: window.key == "inbox")
        page: Any = window.page
        await until(lambda: page.detail.shown == identifier)
        window.go("settings")
        clipboard.setText("Dear colleague, please sign")
        type_keys(window, "Ctrl+V")
        await until(lambda: window.key == "inbox" and "error" in page.banner_keys)
        assert page._shown["error"].fact.text().startswith(say.CLIPBOARD)

    go(test)


def test_each_file_goes_to_the_page_that_takes_its_kind(go: Any, offices: Offices) -> None:
    identifier, proposal = exported(offices, "three.countersign")
    halt, broken = offices.root / "halt.countersign", offices.root / "broken.countersign"
    assert offices.do("alice", "halt", "--reason", "A drill", "-o", str(halt)).exit_code == 0
    broken.write_bytes(b"{")
    policy = second(offices, cap="99")

    async def test(window: MainWindow) -> None:
        window.incoming.take([policy, proposal, halt])
        await until(lambda: len(window._pages) >= 3)
        inbox: Any = await _page(window, "inbox")
        await until(lambda: "statements" in inbox.banner_keys)
        await settled(window)
        window.go("inbox", identifier)
        await settled(window)
        assert any(entry.id == identifier for entry in inbox.entries)
        page: Any = await _page(window, "policy")
        assert isinstance(page, PolicyPage)
        assert page.shown is not None
        assert (page.shown.state, page.shown.number) == ("opened", 2)
        assert "error" not in page.banner_keys
        for strange in (broken, offices.root / "not there"):
            window.go("settings")
            window.incoming.take([strange])
            await until(lambda: window.key == "inbox" and "files" in inbox.banner_keys)
            await until(lambda name=strange.name: name in told(inbox))

    go(test)


def told(inbox: Any) -> str:
    """What the banner of files that were not taken says."""
    return " ".join(part.text() for part in inbox._shown["files"].findChildren(QtWidgets.QLabel))


async def _page(window: MainWindow, key: str) -> Any:
    await until(lambda: key in window._pages)
    window.go(key)
    return await settled(window)


def test_a_vote_leads_to_its_document_and_decides_nothing(
    go: Any, offices: Offices, clipboard: QtGui.QClipboard
) -> None:
    policy, vote = second(offices, cap="99"), offices.root / "carol.vote"
    assert offices.do("carol", "policy", "sign", str(policy), "-o", str(vote)).exit_code == 0
    digest = json.loads(vote.read_bytes())["policy_hash"]

    async def test(window: MainWindow) -> None:
        window.incoming.take([vote])
        await until(lambda: window.key == "policy")
        page: Any = window.page
        await until(lambda: "vote" in page.banner_keys)
        banner = page._shown["vote"]
        assert banner.fact.text() == policy_words.vote_came("carol.vote", "carol", 2)
        assert digest[:8] in banner.consequence.text()
        window.go("settings")
        clipboard.setText(policy.read_text())
        type_keys(window, "Ctrl+V")
        await until(lambda: window.key == "policy" and page.shown is not None and page.shown.number == 2)
        window.incoming.take([vote])
        await until(lambda: policy_words.vote_next("opened", digest) in page._shown["vote"].accessibleName())
        assert page._bodies.currentIndex() == policy_words.TABS.index(policy_words.SIGNATURES)
        assert page.votes.activate.reason == policy_words.COMPARE_FIRST
        assert (page.shown.hash, page.shown.state) == (digest, "opened")
        clipboard.setText('{"format":"countersign/vote@1"}')
        type_keys(window, "Ctrl+V")
        await until(lambda: "error" in page.banner_keys)

    go(test, name="alice")
    with offices.open("alice") as workspace:
        assert [row["version"] for row in workspace.queries.policies()] == [1]


def test_below_a_dialog_no_page_changes_and_nothing_is_lost(go: Any, offices: Offices) -> None:
    identifier, path = exported(offices, "four.countersign")

    async def test(window: MainWindow) -> None:
        window.actions_.trigger("keys")
        await until(lambda: window.dialogs.current is not None)
        window.take_files([path])
        await until(lambda: not window.session.busy_with)
        assert window.key == "settings"
        await gone(window)
        window.go("journal")
        await until(lambda: window.key == "inbox")
        page: Any = window.page
        await until(lambda: page.detail.shown == identifier)

    go(test)


def test_a_lock_while_files_are_sorted_keeps_them(
    go: Any, offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = exported(offices, "five.countersign")

    async def test(window: MainWindow) -> None:
        def refuse(_work: Any, *, name: str = "") -> Any:
            raise MalformedError(f"Not now: {name}")

        with monkeypatch.context() as patch:
            patch.setattr(window.session, "call", refuse)
            window.incoming.take([path])
            await window.tasks.settle()
        assert window.incoming._new == [path]
        window.go("journal")
        await until(lambda: window.key == "inbox")

    go(test)
