"""Signers before and after in a proposal's detail: rows with word and icon, sentences, what is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from office_stage import passphrase_of, window_of
from offices import Offices
from room import cramped, nameless
from window_help import Run, until

from signer_app.core.errors import NodeError
from signer_app.ui.pages.inbox.authority_part import authority_part, paper_lines
from signer_app.ui.pages.inbox.page import InboxPage
from signer_app.ui.qt import QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import GroupedText, Icon
from signer_app.ui.words import authority as say
from signer_app.ui.words import inbox as inbox_words
from signer_app.workspace.nodes import Nodes

Go = Callable[..., None]


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Go:
    def start(test: Any, *, offline: bool = False) -> None:
        async def body() -> None:
            folder = offices.folder("alice")
            async with window_of(
                folder, passphrase_of("alice"), settings, "inbox", offline=offline
            ) as window:
                await test(window, window.page)

        run(body())

    return start


def propose(offices: Offices, *arguments: str) -> str:
    made = offices.do("alice", "proposal", "new", *arguments, "--from", offices.team.treasury)
    return str(made.result["proposal_id"])


def new_list(offices: Offices, quorum: int = 2) -> str:
    people = offices.team.people
    return propose(
        offices, "signer-list", "--quorum", str(quorum), "--signer", f"{people['alice'].account}=1",
        "--signer", f"{people['bob'].account}=2",
    )  # fmt: skip


def texts(root: QtWidgets.QWidget) -> list[str]:
    return [label.text() for label in root.findChildren(QtWidgets.QLabel) if label.isVisibleTo(root)]


def rows_of(root: QtWidgets.QWidget) -> set[str]:
    """Each row as a screen reader hears it."""
    return {row.accessibleName() for row in root.findChildren(QtWidgets.QWidget, "detail.authority.row")}


def test_before_and_after_stand_side_by_side(go: Go, offices: Offices) -> None:
    identifier = new_list(offices)
    asked: Any = offices.do("alice", "proposal", "balances", identifier, "--now").result
    (told,) = asked["authority"]
    bare = {name: who.account.rpartition(":")[2] for name, who in offices.team.people.items()}

    async def test(window: MainWindow, page: InboxPage) -> None:
        await until(lambda: any(inbox_words.FROM_NODES_SIGNERS in text for text in texts(page.detail)))
        assert rows_of(page.detail) == {
            f"alice · alice-xrp, {bare['alice']}, before 1, after 1, As before",
            f"bob · bob-xrp, {bare['bob']}, before 1, after 2, Changed",
            f"carol · carol-xrp, {bare['carol']}, before 1, after {say.ABSENT}, Removed",
            "Quorum, before 2, after 2, As before",
        }
        part = page.detail.findChild(QtWidgets.QWidget, "detail.authority")
        shown = texts(part)
        assert "After this, bob alone can sign." in shown
        assert told["sentences"][0]["words"] == "After this, bob alone can sign."
        assert {"Changed", "Removed", "As before"} < set(shown)
        icons = [icon for icon in part.findChildren(Icon) if icon.isVisibleTo(part)]
        assert len(icons) == len(told["rows"]) + len(told["sentences"]), "each has an icon beside its word"
        addresses = {text.text for text in part.findChildren(GroupedText)}
        assert addresses == set(bare.values()), "whole, in groups that are never cut"
        details = page.detail.details
        assert details is not None
        sheet = page.sheet(details, report=False).document.toPlainText().replace("\u200b", "")
        assert "After this, bob alone can sign." in sheet
        for width in (1440, 1024):
            window.resize(width, 900)
            await until(lambda: not cramped(page))
            assert not nameless(page)

    go(test)


def test_the_command_line_says_the_same_in_words(offices: Offices) -> None:
    said = offices.say("alice", "proposal", "balances", new_list(offices)).out
    assert "After this, bob alone can sign." in said
    assert "carol (carol-xrp)" in said
    assert "removed" in said


def test_the_master_key_has_its_row(go: Go, offices: Offices) -> None:
    propose(offices, "settings", "--clear", "asfDisableMaster")

    async def test(_window: MainWindow, page: InboxPage) -> None:
        assert rows_of(page.detail) == {"Master key, before disabled, after enabled, Changed"}
        assert "After this, the master key can sign alone." in texts(page.detail)

    go(test, offline=True)


def test_nodes_that_say_nothing_leave_before_unknown(
    go: Go, offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_self: Nodes, _network: str) -> Any:
        raise NodeError("No node answers.", code="NODE_UNREACHABLE")

    identifier = new_list(offices)
    monkeypatch.setattr(Nodes, "ledger", down)
    with offices.open("alice") as opened:
        result: Any = opened.reading.balances_now(identifier).ask()
    (change,) = result["authority"]

    async def test(_window: MainWindow, page: InboxPage) -> None:
        part = authority_part(change)
        box = page.body.layout()
        assert box is not None
        box.addWidget(part)
        assert len(rows_of(part)) == 3
        assert all("before not known" in row and row.endswith("Not known") for row in rows_of(part))
        assert say.before_unknown("No node answers.") in texts(part)
        assert paper_lines(change)[-1][1] == say.before_unknown("No node answers.")
        # What the last verdict read is better than nothing, and stays.
        assert any(row.endswith("before 1, after 2, Changed") for row in rows_of(page.detail))

    go(test, offline=True)
