"""A file is read without any workspace: what it would do, from its bytes, and nothing is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from offices import Offices, run_here
from room import cramped, nameless
from window_help import Run, closed, until

from signer_app.ui.pages.inbox.raw_card import RawCard
from signer_app.ui.qt import QtWidgets
from signer_app.ui.reading_file import FileDialog
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import AddressBlock, Chip, HashCompare
from signer_app.ui.words import reading_file as words
from signer_app.ui.words import strings

CLAIM = "A gift, nothing to see"


@pytest.fixture
def proposal(offices: Offices) -> Path:
    """Proposed by alice with a title of her own, signed by bob."""
    identifier = offices.pay("alice", "12.5", "--title", CLAIM)
    offices.travel("alice", "bob", identifier)
    offices.sign("bob", identifier)
    path = offices.root / "one.countersign"
    assert offices.do("bob", "proposal", "export", identifier, "-o", str(path)).exit_code == 0
    return path


async def dialog_of(window: MainWindow) -> FileDialog:
    await until(lambda: isinstance(window.dialogs.current, FileDialog))
    assert isinstance(window.dialogs.current, FileDialog)
    return window.dialogs.current


def said(dialog: FileDialog) -> str:
    return "\n".join(found.text() for found in dialog.findChildren(QtWidgets.QLabel))


def test_what_a_file_would_do_is_shown_and_another_can_be_read(
    run: Run[None],
    offices: Offices,
    proposal: Path,
    tmp_path: Path,
    settings: ViewSettings,
    look: Theme,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inspected = run_here("--json", "inspect", str(proposal)).result
    hostile = tmp_path / "hostile"
    hostile.write_bytes(b"12000022ZZ")
    refusal = json.loads(run_here("--json", "inspect", str(hostile)).out)["error"]["message"]
    offered = [[proposal], [hostile]]
    monkeypatch.setattr(
        "signer_app.ui.shell.window_dialogs.choose_files",
        lambda _parent, _title, chosen: chosen(offered.pop(0)),
    )

    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        window.unlock.read.click()
        dialog = await dialog_of(window)
        assert dialog.title.text().startswith("Pay 12.5 XRP to ")
        text = said(dialog)
        assert CLAIM in text, "a claim, and not the title"
        assert words.NOTHING_KEPT in dialog.findChild(QtWidgets.QWidget, "file.nothing-kept").accessibleName()
        shown = [block.address.text for block in dialog.findChildren(AddressBlock)]
        receivers = [effect["to"] for effect in inspected["effects"] if effect["kind"] == "Transfer"]
        assert shown == [account.rpartition(":")[2] for account in (inspected["account"], *receivers)]
        grid = dialog.findChild(HashCompare)
        assert grid is not None
        assert grid.grid.digits == inspected["proposal_id"]
        marks = [chip.text for chip in dialog.findChildren(Chip)]
        assert marks.count(words.VALID[None][0]) == 1, "whose key it is, no node was asked"
        assert offices.team.people["bob"].account in text
        listed = {strings.CHIPS[kind] for kind in ("own", "on-list", "not-on-list")}
        assert listed.isdisjoint(marks), "there is no list at hand"
        raw = dialog.findChild(RawCard)
        assert raw is not None
        raw.fold.click()
        assert json.loads(raw.json_text)["TransactionType"] == "Payment"
        await until(lambda: cramped(dialog) == [])
        assert nameless(dialog) == []
        again = dialog.findChild(QtWidgets.QPushButton, "file.another")
        assert again is not None
        assert refusal not in window.unlock.message.accessibleName()
        again.click()
        await until(lambda: refusal in window.unlock.message.accessibleName())
        assert window.dialogs.current is None
        assert window.session.locked
        await closed(window)

    run(main())


def test_a_file_of_another_kind_says_what_it_is(
    run: Run[None], tmp_path: Path, settings: ViewSettings, look: Theme
) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text('{"format": "countersign/policy@1"}')

    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        for path, words_ in ((policy, "countersign/policy@1"), (tmp_path / "gone", "gone")):
            window.asking.read([path])
            await until(lambda words_=words_: words_ in window.unlock.message.accessibleName())  # type: ignore[misc]
        await closed(window)

    run(main())
