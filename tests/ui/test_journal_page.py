"""The journal page over a real journal: lists, filters, one record, the check of all, and its danger page."""

from __future__ import annotations

import json
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from office_stage import settled, window_of
from room import cramped, nameless
from window_help import PASSPHRASE, Run, until

from signer_app.core.errors import IntegrityError
from signer_app.journal.states import State
from signer_app.ui.pages.journal.page import JournalPage
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import ActionButton
from signer_app.ui.words import journal as words
from signer_app.workspace import Workspace
from signer_app.workspace.journal import FullCheck


def page_of(window: MainWindow) -> JournalPage:
    page = window.page
    assert isinstance(page, JournalPage)
    return page


def fill(folder: Path, count: int) -> None:
    with Workspace.open(folder, passphrase=bytearray(PASSPHRASE)) as opened:
        for number in range(count):
            opened.rooms.record("note", {"text": f"note {number}"})


def break_record(folder: Path, index: int) -> None:
    """Change one byte of a record's content in the file."""
    log = folder / "logs" / "audit-events.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    at = lines[index].index(b'"c":"') + 20
    swapped = b"A" if lines[index][at : at + 1] != b"A" else b"B"
    lines[index] = lines[index][:at] + swapped + lines[index][at + 1 :]
    with log.open("r+b") as stream:  # the same file: the window has it open
        stream.write(b"".join(lines))


@pytest.fixture
def go(run: Run[None], workspace_folder: Path, settings: ViewSettings, look: Theme) -> Any:
    """Runs a coroutine function with the window on the journal page."""

    def start(test: Any) -> None:
        async def body() -> None:
            async with window_of(workspace_folder, PASSPHRASE, settings, "journal") as window:
                await test(window, page_of(window))

        run(body())

    return start


def texts(page: JournalPage, column: int) -> list[str]:
    return [line[column].text for line in page.table.facts.lines]


def test_the_newest_records_come_first_and_the_first_is_opened(go: Any, workspace_folder: Path) -> None:
    fill(workspace_folder, 3)

    async def test(_window: MainWindow, page: JournalPage) -> None:
        numbers = [int(text.replace(",", "")) for text in texts(page, 1)]
        assert numbers == sorted(numbers, reverse=True)
        assert texts(page, 5)[:3] == ["note 2", "note 1", "note 0"]
        assert "Configuration seen" not in texts(page, 3), "system records are left out"
        opened = page.record.opened
        assert opened is not None
        assert opened.line.index == numbers[0]
        assert opened.record["text"] == "note 2"
        assert page.record.chip.text == words.OPENED, "nothing was verified in this window yet"

    go(test)


def test_filters_and_system_records(go: Any, workspace_folder: Path) -> None:
    fill(workspace_folder, 12)

    async def test(window: MainWindow, page: JournalPage) -> None:
        page.search.setText("note 11")
        await until(lambda: texts(page, 5) == ["note 11"])
        page.search.setText("no record has these words")
        await until(lambda: not page.none.isHidden())
        assert page.record.opened is None
        assert page.record.proof.reason == words.NOTHING_CHOSEN
        page.none.findChild(ActionButton).click()
        await until(lambda: page.none.isHidden() and len(texts(page, 5)) > 1)
        assert page.search.text() == ""
        page.system.setChecked(True)
        await until(lambda: "Configuration seen" in texts(page, 3))
        page.system.setChecked(False)
        page.kind.setCurrentIndex(list(words.KINDS).index("Journal itself"))
        page.kind.activated.emit(page.kind.currentIndex())
        await until(lambda: texts(page, 3) == ["Journal started"])
        assert page.table.facts.lines[0][0].raw == "tail" or page.table.facts.lines[0][0].raw == "anchor"
        await settled(window)

    go(test)


def test_older_records_are_read_when_they_are_asked_for(go: Any, workspace_folder: Path) -> None:
    fill(workspace_folder, 260)

    async def test(window: MainWindow, page: JournalPage) -> None:
        assert len(page.table.facts.lines) == 200
        assert not page.older.isHidden()
        page.older.click()
        await settled(window)
        assert len(page.table.facts.lines) > 260
        assert page.older.isHidden()
        assert "the beginning is reached" in page.shown.text()
        assert len(set(page.table.facts.keys)) == len(page.table.facts.keys)

    go(test)


def test_f5_verifies_every_record(go: Any, workspace_folder: Path) -> None:
    fill(workspace_folder, 20)

    async def test(window: MainWindow, page: JournalPage) -> None:
        window.actions_.trigger("refresh")
        await settled(window)
        assert page._found is not None
        assert page._found.decrypted
        assert page._found.size_checked > 20
        assert words.INTACT in page.state.accessibleName()
        assert f"{page._found.size_checked:,} records verified" in page.state.words.text()
        assert page.record.chip.text == words.VERIFIED
        assert page.running.isHidden()

    go(test)


def test_a_check_can_be_cancelled_while_the_window_lives(
    go: Any, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(workspace_folder, 400)
    begun, free = threading.Event(), threading.Event()
    real = FullCheck.run

    def slow(self: FullCheck, progress: Any = None) -> Any:
        def told(done: int) -> None:
            progress(done)
            begun.set()
            free.wait(20)

        return real(self, told)

    monkeypatch.setattr(FullCheck, "run", slow)

    async def test(window: MainWindow, page: JournalPage) -> None:
        page.verify.click()
        await until(begun.is_set)
        await until(lambda: page.bar.value() > 0)
        assert not page.running.isHidden()
        assert page.verify.reason == words.VERIFY_RUNS
        assert " of " in page.done.text()
        page.search.setText("note 7")  # reading goes on beside the check
        await until(lambda: "note 7" in texts(page, 5))
        page.cancel.click()
        free.set()
        await settled(window)
        assert page.running.isHidden()
        assert page._found is None
        assert "verify" in page.banner_keys
        assert words.NOT_VERIFIED in page.state.accessibleName()
        assert page.verify.reason == ""

    go(test)


def test_a_changed_record_turns_signing_off_and_shows_what_to_do(
    go: Any, workspace_folder: Path, tmp_path: Path
) -> None:
    fill(workspace_folder, 10)
    evidence = tmp_path / "evidence.zip"

    async def test(window: MainWindow, page: JournalPage) -> None:
        break_record(workspace_folder, 5)
        page.verify.click()
        await settled(window)
        assert page._found is not None
        assert page._found.state is State.TAMPERED
        assert page.danger.isVisible()
        assert "record 5" in page.danger.banner.fact.text()
        assert page.danger.banner.consequence.text() == words.DANGER_NEXT
        assert page.export.reason == words.NOT_TRUSTED
        assert page.record.proof.isVisible() is False
        with pytest.raises(IntegrityError):
            await window.session.call(lambda opened: opened.rooms.record("note", {"text": "more"}))
        assert window.session.summary is not None
        assert not window.session.summary.writable
        size = await window.session.call(lambda opened: opened.journal.size)
        page.export_bundle(evidence)
        await settled(window)
        assert "written" in page.banner_keys
        assert await window.session.call(lambda opened: opened.journal.size) == size
        assert cramped(page) == []

    go(test)
    with zipfile.ZipFile(evidence) as archive:
        found = json.loads(archive.read("verification.json"))
        assert (found["state"], found["first_bad"]) == ("TAMPERED", 5)
        log = (workspace_folder / "logs" / "audit-events.jsonl").read_bytes()
        assert archive.read("audit-events.jsonl") == log
        assert "epochs.jsonl" not in archive.namelist()


def test_a_proof_and_the_bundle_are_written(go: Any, workspace_folder: Path, tmp_path: Path) -> None:
    fill(workspace_folder, 4)
    proof, bundle = tmp_path / "proof.json", tmp_path / "bundle.zip"

    async def test(window: MainWindow, page: JournalPage) -> None:
        assert page.record.opened is not None
        index = page.record.opened.line.index
        page.export_proof(index, proof)
        await settled(window)
        value = json.loads(proof.read_bytes())
        assert value["format"] == "countersign/proof@1"
        assert f'"i":{index},' in value["header"]
        page.export_bundle(bundle)
        await settled(window)
        page.export_bundle(tmp_path / "no such folder" / "bundle.zip")
        await settled(window)
        assert "error" in page.banner_keys

    go(test)
    with zipfile.ZipFile(bundle) as archive:
        assert {"audit-events.jsonl", "verify.py"} <= set(archive.namelist())
        assert "verification.json" not in archive.namelist()


def test_a_record_is_opened_by_its_number(go: Any, workspace_folder: Path) -> None:
    async def test(window: MainWindow, page: JournalPage) -> None:
        window.go("journal", "0")
        await settled(window)
        assert page.record.opened is not None
        assert page.record.opened.record["type"] == "log.start"
        window.go("journal", "99999")
        await settled(window)
        assert "record" in page.banner_keys

    go(test)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 700)])
@pytest.mark.parametrize("percent", [100, 150])
def test_everything_has_room_and_a_name(
    go: Any, workspace_folder: Path, look: Theme, width: int, height: int, percent: int
) -> None:
    fill(workspace_folder, 30)

    async def test(window: MainWindow, page: JournalPage) -> None:
        look.choose("light", percent)
        window.resize(width, height)
        await settled(window)
        assert nameless(page) == []
        if percent == 100:
            assert cramped(page) == []

    go(test)
