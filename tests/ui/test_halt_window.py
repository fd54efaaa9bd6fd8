"""Halting in one step, the banner that lasts, resuming by two people, and files of statements."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import SECRETS, Offices
from room import cramped, nameless
from window_help import PASSPHRASE, Run, closed, until

from signer_app.ui.halting.dialogs import HaltDialog, ResumeDialog
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import StateBanner
from signer_app.ui.words import halt as words
from signer_app.ui.words import inbox as say

Go = Callable[..., None]


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Go:
    def start(test: Any, name: str = "bob", page: str = "inbox") -> None:
        async def body() -> None:
            async with window_of(offices.folder(name), passphrase_of(name), settings, page) as window:
                await test(window)

        run(body())

    return start


def banners(window: MainWindow) -> list[StateBanner]:
    return [b for b in window.findChildren(StateBanner) if b.objectName().startswith("banner.halt.")]


async def opened(window: MainWindow, kind: type[Any]) -> Any:
    await until(lambda: isinstance(window.dialogs.current, kind))
    dialog: Any = window.dialogs.current
    await dialog.tasks.settle()
    return dialog


async def roomy(dialog: QtWidgets.QWidget) -> None:
    """Once the layout has run, nothing is cut off, and all that can have the focus has a name."""
    with contextlib.suppress(TimeoutError):
        await until(lambda: not cramped(dialog), 3)
    lacking = cramped(dialog) + nameless(dialog)
    assert not lacking, "\n".join(lacking)


async def halted(window: MainWindow, reason: str, scope: int = 0) -> HaltDialog:
    """Through the header, as a person does; the dialog stays open."""
    window.header.halt.click()
    dialog: HaltDialog = await opened(window, HaltDialog)
    dialog.scope.setCurrentIndex(scope)
    dialog.reason.setPlainText(reason)
    dialog.secret.setText(SECRETS["bob.keys"])
    dialog.do.click()
    await until(lambda: not dialog.message.isHidden())
    return dialog


def test_one_step_halts_and_every_page_says_so(go: Go, offices: Offices) -> None:
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "bob", identifier)
    passed_on = offices.root / "halts.countersign"

    async def test(window: MainWindow) -> None:
        window.actions_.trigger("halt")
        dialog: HaltDialog = await opened(window, HaltDialog)
        assert [dialog.scope.itemText(n).split(" ")[0] for n in range(dialog.scope.count())] == [
            "Everything", "Network", "Account"
        ]  # fmt: skip
        assert dialog.do.reason == words.REASON_NEEDED
        dialog.reason.setPlainText("Bob's notebook is lost")
        assert dialog.do.reason == words.PASSPHRASE_NEEDED
        dialog.secret.setText("wrong")
        dialog.do.click()
        await until(lambda: not dialog.message.isHidden())
        assert banners(window) == []
        await roomy(dialog)
        dialog.secret.setText(SECRETS["bob.keys"])
        dialog.do.click()
        await until(lambda: dialog.title.text() == words.HALTED)
        dialog.write(passed_on)
        await until(lambda: dialog.message.fact.text() == words.FILE_SAVED)
        dialog.reject()
        await until(lambda: len(banners(window)) == 1)
        assert banners(window)[0].fact.text().startswith("Halted by bob ")
        assert "Bob's notebook is lost" in banners(window)[0].consequence.text()
        page: Any = await settled(window)
        assert page.detail.reasons["review"] == say.halted("bob")
        for other in ("journal", "settings"):
            window.go(other)
            await settled(window)
            assert banners(window)[0].isVisible()

    go(test)
    with offices.open("bob") as workspace:
        (halt,) = workspace.proposals.halts.describe(standing=True)
    assert (halt["person"], halt["accounts"]) == ("bob", None)
    taken = offices.do("carol", "halt", "--from", str(passed_on)).result
    assert [item["person"] for item in taken["added"]] == ["bob"]


def test_an_account_alone_can_be_halted(go: Go, offices: Offices) -> None:
    async def test(window: MainWindow) -> None:
        dialog = await halted(window, "Only this one", scope=2)
        dialog.reject()
        await until(lambda: len(banners(window)) == 1)
        assert "some accounts" in banners(window)[0].fact.text()
        assert offices.team.treasury in banners(window)[0].consequence.text()

    go(test)
    with offices.open("bob") as workspace:
        (halt,) = workspace.proposals.halts.describe(standing=True)
    assert halt["accounts"] == [offices.team.treasury]


def test_two_people_resume_one_here_one_by_file(go: Go, offices: Offices) -> None:
    halt, word = offices.root / "halt.countersign", offices.root / "resume.countersign"
    assert offices.do("alice", "halt", "--reason", "A drill", "-o", str(halt)).exit_code == 0
    assert offices.do("carol", "halt", "--from", str(halt)).exit_code == 0
    assert offices.do("carol", "resume", "--reason", "Over", "-o", str(word)).exit_code == 0

    async def test(window: MainWindow) -> None:
        window.take_files([halt])
        await until(lambda: len(banners(window)) == 1)
        assert window.page is not None
        assert "statements" in window.page.banner_keys
        resume = banners(window)[0].findChild(QtWidgets.QPushButton)
        assert resume is not None
        resume.click()
        dialog: ResumeDialog = await opened(window, ResumeDialog)
        assert dialog.do.reason == words.PASSPHRASE_NEEDED
        dialog.secret.setText(SECRETS["bob.keys"])
        dialog.do.click()
        await until(lambda: dialog.do.reason == words.SAID_ALREADY)
        assert dialog.message.fact.text() == words.recorded(1, 2)
        await roomy(dialog)
        dialog.take_files([word])
        await until(lambda: dialog.message.fact.text() == words.LIFTED)
        dialog.reject()
        await until(lambda: banners(window) == [])

    go(test)
    with offices.open("bob") as workspace:
        assert workspace.proposals.halts.standing_count == 0


def test_in_practice_a_colleague_is_asked(go: Go, offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    """These offices are no place to practise: who answers there stands in for one of its colleagues."""
    assert offices.do("bob", "halt", "--reason", "An exercise").exit_code == 0

    def answers(_workspace: Path, person: str, statements: bytes, _halt_id: str) -> bytes:
        known, said = offices.root / f"to-{person}.countersign", offices.root / f"{person}.countersign"
        known.write_bytes(statements)
        assert offices.do(person, "halt", "--from", str(known)).exit_code == 0
        assert offices.do(person, "resume", "-o", str(said)).exit_code == 0
        return said.read_bytes()

    monkeypatch.setattr("signer_app.workspace.colleagues.resumes", answers)

    async def test(window: MainWindow) -> None:
        banners(window)[0].findChild(QtWidgets.QPushButton).click()
        dialog: ResumeDialog = await opened(window, ResumeDialog)
        assert dialog.colleague.isHidden(), "there is nobody outside a place to practise"
        dialog.reject()
        await until(lambda: window.dialogs.current is None)
        monkeypatch.setattr("signer_app.workspace.colleagues.colleagues", lambda _folder: ("alice", "carol"))
        banners(window)[0].findChild(QtWidgets.QPushButton).click()
        dialog = await opened(window, ResumeDialog)
        assert words.ask_colleague("alice") in dialog.colleague.text()
        await roomy(dialog)
        dialog.colleague.click()
        await until(lambda: words.ask_colleague("carol") in dialog.colleague.text())
        dialog.colleague.click()
        await until(lambda: dialog.message.fact.text() == words.LIFTED)
        dialog.reject()
        await until(lambda: banners(window) == [])

    go(test)


def test_a_file_that_halts_nothing_says_why(go: Go, offices: Offices) -> None:
    strange = offices.root / "strange.countersign"
    strange.write_text(
        '{"format":"countersign/halts@1","halts":[{"format":"countersign/halt@1"}],"resumes":[]}'
    )

    async def test(window: MainWindow) -> None:
        window.take_files([strange])
        await until(lambda: window.page is not None and "files" in window.page.banner_keys)
        assert banners(window) == []

    go(test)


def test_files_are_dropped_onto_any_page(go: Go, offices: Offices) -> None:
    halt = offices.root / "halt.countersign"
    assert offices.do("alice", "halt", "--reason", "A drill", "-o", str(halt)).exit_code == 0

    async def test(window: MainWindow) -> None:
        mime = QtCore.QMimeData()
        mime.setUrls([QtCore.QUrl.fromLocalFile(str(halt))])
        place = QtCore.QPointF(500, 400)
        action, left, none = (
            Qt.DropAction.CopyAction,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        over = QtGui.QDragEnterEvent(place.toPoint(), action, mime, left, none)
        window.dragEnterEvent(over)
        assert over.isAccepted()
        window.dropEvent(QtGui.QDropEvent(place, action, mime, left, none))
        await until(lambda: len(banners(window)) == 1)
        assert window.key == "inbox"

    go(test, page="settings")


def test_without_a_policy_nobody_has_a_voice(
    run: Run[None], look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        window.header.halt.click()
        dialog: HaltDialog = await opened(window, HaltDialog)
        assert dialog.do.reason == words.NO_VOICE
        dialog.reject()
        await closed(window)

    run(main())
