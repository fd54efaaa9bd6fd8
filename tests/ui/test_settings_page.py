"""Settings: backing up, what a restore left open, the program's own files, where file dialogs begin; and the
way from a backup to an open workspace."""

from __future__ import annotations

from pathlib import Path

import pytest
from first_hands import Newcomer
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from pytestqt.qtbot import QtBot
from room import cramped, nameless
from window_help import PASSPHRASE, Run, closed, turns, until

from signer_app.core import build
from signer_app.journal.trust import WRITE_FAILED
from signer_app.ui import build_watch, choosing
from signer_app.ui.build_watch import build_station
from signer_app.ui.pages.settings import SettingsPage
from signer_app.ui.pages.settings.backup import BackupDialog
from signer_app.ui.qt import QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.words import first_run as first_words
from signer_app.ui.words import settings as words
from signer_app.workspace.backup import back_up
from signer_app.workspace.backup_reading import check_backup

ROOMS = (((1440, 900), 100), ((1024, 700), 100), ((1440, 900), 150), ((1024, 700), 150))


def page_of(window: MainWindow) -> SettingsPage:
    assert isinstance(window.page, SettingsPage)
    return window.page


async def dialog_of(window: MainWindow) -> BackupDialog:
    await until(lambda: isinstance(window.dialogs.current, BackupDialog))
    assert isinstance(window.dialogs.current, BackupDialog)
    return window.dialogs.current


async def fits(window: MainWindow, settings: ViewSettings) -> None:
    for size, percent in ROOMS:
        settings.percent = percent
        window.restyle()
        window.resize(*size)
        await until(lambda: cramped(window) == [], 5)
        assert cramped(window) + nameless(window) == [], (size, percent)


# -- backing up --------------------------------------------------------------------------------------------


def test_from_no_backup_to_one(
    run: Run[None], workspace_folder: Path, settings: ViewSettings, look: Theme, tmp_path: Path
) -> None:
    file = tmp_path / "one.countersign-backup"

    async def main() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "settings") as window:
            card = page_of(window).backup
            assert card.last.text() == words.NONE_YET
            assert not card.file.isVisible()
            assert not card.show_record.isVisible()
            card.write_to(file)
            dialog = await dialog_of(window)
            assert str(file) in " ".join(found.text() for found in dialog.findChildren(QtWidgets.QLabel))
            dialog.field.setText("another passphrase")
            dialog.go.click()
            await until(lambda: "passphrase is wrong" in dialog.message.accessibleName())
            assert (dialog.field.text(), file.exists(), dialog.go.reason) == ("", False, "")
            dialog.field.setText(PASSPHRASE.decode())
            dialog.go.click()
            await until(lambda: window.dialogs.current is None)
            await until(card.show_record.isVisible)
            assert str(file) in card.file.text()
            assert "record" in card.last.text()
            await fits(window, settings)
            card.show_record.click()
            await until(lambda: window.key == "journal")

    run(main())
    assert check_backup(file, bytearray(PASSPHRASE))["person"] == "alice"


def test_an_error_stays_in_the_dialog(
    run: Run[None], workspace_folder: Path, settings: ViewSettings, look: Theme
) -> None:
    async def main() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "settings") as window:
            page_of(window).backup.write_to(workspace_folder / "inside")
            dialog = await dialog_of(window)
            dialog.field.setText(PASSPHRASE.decode())
            dialog.go.click()
            await until(lambda: "would be lost with it" in dialog.message.accessibleName())
            assert not (workspace_folder / "inside").exists()
            dialog.reject()

    run(main())


def test_while_the_journal_takes_nothing_the_button_says_why(
    run: Run[None], workspace_folder: Path, settings: ViewSettings, look: Theme
) -> None:
    async def main() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "settings") as window:
            await window.session.call(lambda workspace: workspace.journal.distrust(WRITE_FAILED))
            window.changed()
            await until(lambda: page_of(window).backup.back_up.reason)
            assert page_of(window).backup.back_up.reason.startswith("Off: an earlier write to the journal")

    run(main())


@pytest.mark.slow
def test_what_a_restore_left_open_is_read_from_here(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme
) -> None:
    identifier = offices.pay("alice", "5")
    offices.travel("alice", "bob", identifier)
    with offices.open("bob") as opened:
        opened.rooms.record("restored", {"made_at": "2026-11-20T12:00:00Z", "records": 3})

    async def main() -> None:
        async with window_of(offices.folder("bob"), passphrase_of("bob"), settings, "settings") as window:
            card = page_of(window).backup
            await until(card.unread.isVisible)
            assert card.unread.accessibleName().startswith(words.unread(1)[:40])
            await fits(window, settings)
            (button,) = [b for b in card.unread.findChildren(QtWidgets.QPushButton) if b.text() == words.READ]
            button.click()
            await until(lambda: not card.unread.isVisible())

    run(main())
    assert offices.state("bob", identifier) == "PENDING"


# -- the program -------------------------------------------------------------------------------------------


def test_the_program_says_whether_its_files_are_those_of_its_build(
    run: Run[None],
    workspace_folder: Path,
    settings: ViewSettings,
    look: Theme,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "program"
    program.mkdir()
    for number in range(25):
        (program / f"part-{number:02}").write_text("as built")
    build.write_manifest(program)
    monkeypatch.setattr(build_watch, "_current", [])

    async def main() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "settings") as window:
            card = page_of(window).about
            assert card.state.text() == words.NOT_CHECKED
            assert build_station().said() == ("", "neutral")
            card.verify.click()
            await until(lambda: card.state.text() == words.FROM_SOURCE)
            assert build_station().said() == (words.FROM_SOURCE, "neutral")
            assert not card.manifest.isVisible()
            monkeypatch.setattr(build, "program_folder", lambda: program)
            card.verify.click()
            await until(lambda: card.state.text() == words.verified(25))
            assert build_station().said() == (words.VERIFIED, "ok")
            assert card.manifest.digits == build.check_build(program).manifest
            (program / "part-03").write_text("other")
            (program / "added").write_text("new")
            card.verify.click()
            await until(lambda: card.state.text() == words.differs(2))
            assert card.files.text().splitlines() == ["Changed  part-03", "Added  added"]
            assert build_station().said() == (words.differs(2), "danger")
            assert window.status.parts["version"].part.text.endswith(words.BRIEF["differs"])
            for number in range(25):
                (program / f"part-{number:02}").write_text("other")
            card.verify.click()
            await until(lambda: card.state.text() == words.differs(26))
            assert card.files.text().splitlines()[-1] == words.and_more(6)
            await fits(window, settings)

    run(main())


# -- where file dialogs begin ------------------------------------------------------------------------------


def test_where_dialogs_for_files_begin(
    run: Run[None], workspace_folder: Path, settings: ViewSettings, look: Theme, tmp_path: Path
) -> None:
    chosen = tmp_path / "papers"
    chosen.mkdir()

    async def begins(window: MainWindow) -> Path:
        choosing.choose_file(page_of(window), "A file", lambda _path: None)
        await turns()
        (dialog,) = [d for d in window.findChildren(QtWidgets.QFileDialog) if d.isVisible()]
        found = Path(dialog.directory().absolutePath())
        dialog.reject()
        await turns()
        return found

    async def main() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "settings") as window:
            page = page_of(window)
            assert page.begin_in.text() == str(choosing.usual_folder())
            assert await begins(window) == choosing.usual_folder()
            page.findChild(QtWidgets.QPushButton, "settings.begin-in.change").click()
            await turns()
            (dialog,) = [d for d in window.findChildren(QtWidgets.QFileDialog) if d.isVisible()]
            dialog.filesSelected.emit([str(chosen)])
            dialog.reject()
            await turns()
            assert (page.begin_in.text(), settings.begin_in) == (str(chosen), chosen)
            assert await begins(window) == chosen
            chosen.rmdir()
            assert settings.begin_in is None, "a folder that is gone is no place to begin"
            assert await begins(window) == choosing.usual_folder()
            page.findChild(QtWidgets.QPushButton, "settings.begin-in.usual").click()
            assert page.begin_in.text() == str(choosing.usual_folder())
            await settled(window)

    try:
        run(main())
    finally:
        choosing.begin_in(None)


# -- from a backup -----------------------------------------------------------------------------------------


def test_from_a_backup_to_an_open_workspace(
    run: Run[None], workspace_folder: Path, settings: ViewSettings, look: Theme, tmp_path: Path, qtbot: QtBot
) -> None:
    from signer_app.workspace import Workspace

    file, place = tmp_path / "one.countersign-backup", tmp_path / "restored"
    with Workspace.open(workspace_folder, passphrase=bytearray(PASSPHRASE)) as opened:
        back_up(opened, bytearray(PASSPHRASE), file)

    async def main() -> None:
        at = Newcomer(settings, qtbot)
        try:
            at.press("first-run.restore")
            await turns()
            assert at.button("restore.start").reason == first_words.NO_FILE_YET
            at.type("restore.file", str(file))
            at.type("restore.folder", str(place))
            assert at.button("restore.start").reason == first_words.NOT_TYPED_YET
            at.type("restore.passphrase", "another")
            for size in ((1440, 900), (1024, 700)):
                at.window.resize(*size)
                await turns(10)
                assert cramped(at.window) + nameless(at.window) == [], size
            at.press("restore.start")
            message = at.window.findChild(QtWidgets.QFrame, "restore.message")
            await until(
                lambda: "passphrase" in message.accessibleName() and not at.button("restore.cancel").reason
            )
            assert not place.exists()
            assert at.field("restore.passphrase").text() == ""
            at.type("restore.passphrase", PASSPHRASE.decode())
            at.press("restore.start")
            await until(lambda: not at.window.session.locked)
            await until(lambda: at.window.key == "settings")
            assert at.window.session.directory == place
            assert settings.recent()[0] == place
        finally:
            await closed(at.window)

    run(main())
