"""What the window says about faults: its own words for what to do, and files that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from test_journal_page import break_record
from window_help import PASSPHRASE, Run, until

from signer_app.core.errors import CATALOGUE, CountersignError, IntegrityError, NodeError, NotFoundError
from signer_app.ui.chosen_file import read_chosen
from signer_app.ui.settings import ViewSettings
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import StateBanner
from signer_app.ui.words import faults


def refused(path: Path) -> CountersignError:
    with pytest.raises(NotFoundError) as caught:
        read_chosen(path, 8)
    return caught.value


def test_a_file_that_cannot_be_read_speaks_of_its_path(tmp_path: Path) -> None:
    error = refused(tmp_path / "gone.countersign")
    assert error.message == "There is no file gone.countersign."
    assert faults.hint(error) == f"Check the path: {tmp_path / 'gone.countersign'}"
    error = refused(tmp_path)
    assert (error.message, error.hint) == (f"{tmp_path.name} is a folder.", faults.CHOOSE_INSIDE)
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe").message == "pipe is no ordinary file."
    error = refused(tmp_path / ("n" * 300))
    assert error.message.endswith("cannot be read: File name too long.")
    assert error.hint.startswith("Check the path: ")
    (tmp_path / "file").write_bytes(b"0123456789")
    assert read_chosen(tmp_path / "file", 8) == b"012345678"


def test_hints_of_the_window_name_no_command() -> None:
    assert set(faults.HINTS) | set(faults.LOCKED) <= set(CATALOGUE)
    for said in (*faults.HINTS.values(), *faults.LOCKED.values()):
        assert "Run " not in said
        assert "--" not in said
    broken = IntegrityError("It was changed.")
    assert "Journal page" in faults.hint(broken)
    assert "Verify a journal" in faults.hint(broken, locked=True)
    assert faults.hint(NodeError("No.", code="OFFLINE", hint="Said for this case.")) == "Said for this case."
    assert faults.about("a.countersign", "It is no proposal.") == "a.countersign: It is no proposal."
    assert faults.about("a.countersign", "a.countersign is a folder.") == "a.countersign is a folder."


def said(page: Any) -> str:
    """What the banner about files says, all of it."""
    shown = page._shown.get("files")
    return "" if shown is None else f"{shown.fact.text()}\n{shown.consequence.text()}"


def test_a_missing_file_is_said_with_its_path(
    run: Run[None], look: Theme, settings: ViewSettings, workspace_folder: Path, tmp_path: Path
) -> None:
    async def main() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "inbox") as window:
            page: Any = window.page
            for path in (tmp_path / "gone.countersign", tmp_path):
                window.take_files([path])
                await until(lambda path=path: path.name in said(page))
                assert "Check the id" not in said(page)
            await settled(window)

    run(main())


def test_offline_the_accounts_page_speaks_of_the_window(
    run: Run[None], look: Theme, settings: ViewSettings, offices: Offices
) -> None:
    async def main() -> None:
        folder, secret = offices.folder("alice"), passphrase_of("alice")
        async with window_of(folder, secret, settings, "accounts", offline=True) as window:
            page: Any = await settled(window)
            said = [(b.fact.text(), b.consequence.text()) for b in page.detail.findChildren(StateBanner)]
            assert said == [("You work offline, so no node is asked.", faults.HINTS["OFFLINE"])]

    run(main())


def test_a_changed_record_leads_to_verify_all(
    run: Run[None], look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "settings") as window:
            break_record(workspace_folder, 0)
            window.go("journal")
            page: Any = await settled(window)
            assert faults.HINTS["JOURNAL_BROKEN"] in page._shown["error"].consequence.text()

    run(main())
