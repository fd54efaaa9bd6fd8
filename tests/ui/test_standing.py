"""What holds for the whole window, on every control: the journal's true trouble, nodes that fell silent."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from test_journal_page import break_record
from test_node_pill import row
from window_help import Run, until

from signer_app.core.errors import IntegrityError, NodeError
from signer_app.journal import files
from signer_app.nodes.health import NodeHealth
from signer_app.nodes.pool import NodePool, Reply
from signer_app.ui import node_watch
from signer_app.ui.halting.dialogs import HaltDialog
from signer_app.ui.pages.finding import read_findables
from signer_app.ui.pages.inbox.listing import chip_of
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import ActionButton, StateBanner
from signer_app.ui.words import halt as halt_words
from signer_app.ui.words import inbox as say
from signer_app.ui.words import node_pill as node_words
from signer_app.ui.words import standing
from signer_app.workspace.nodes import Nodes

Go = Callable[..., None]


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Go:
    """Runs a coroutine function with the window on a proposal that could be signed."""
    identifier = offices.pay("alice", "100")

    def start(test: Any) -> None:
        async def body() -> None:
            async with window_of(
                offices.folder("alice"), passphrase_of("alice"), settings, "inbox"
            ) as window:
                window.go("inbox", identifier)
                page: Any = await settled(window)
                assert page.detail.reasons["review"] == ""
                await test(window, page)

        run(body())

    return start


def banner(window: MainWindow, name: str) -> StateBanner | None:
    return window._lasting.findChild(StateBanner, name)


def sign_button(page: Any) -> ActionButton:
    found = page.detail.findChild(ActionButton, "detail.sign")
    assert isinstance(found, ActionButton)
    return found


async def halt_reason(window: MainWindow) -> str:
    """Why the halt dialog's button is off."""
    window.header.halt.click()
    await until(lambda: isinstance(window.dialogs.current, HaltDialog))
    dialog: Any = window.dialogs.current
    await dialog.tasks.settle()
    reason = str(dialog.do.reason)
    dialog.reject()
    await until(lambda: window.dialogs.current is None)
    return reason


def record_of(folder: Path, offices: Offices, kind: str) -> int:
    with offices.open(folder.name) as opened:
        return next(index for index, record in opened.journal.records() if record["type"] == kind)


def test_a_changed_record_is_the_reason_everywhere(go: Go, offices: Offices) -> None:
    folder = offices.folder("alice")
    index = record_of(folder, offices, "proposal.added")
    because = f"Off: the journal is not what was written: record {index}. {standing.NOT_INTACT}"

    async def test(window: MainWindow, page: Any) -> None:
        break_record(folder, index)
        window.go("journal")
        journal: Any = await settled(window)
        journal.verify.click()
        await settled(window)
        said = banner(window, "window.journal")
        assert said is not None
        assert said.fact.text() == f"The journal is not what was written: record {index}."
        assert said.consequence.text().startswith("Signing and sending are off.")
        window.go("inbox")
        await settled(window)
        assert {page.detail.reasons[name] for name in ("review", "export", "reject", "verify")} == {because}
        assert sign_button(page).reason == because
        assert await halt_reason(window) == f"{because} {halt_words.ELSEWHERE}"
        with pytest.raises(IntegrityError) as caught:
            await window.session.call(lambda opened: opened.rooms.record("note", {"text": "more"}))
        assert caught.value.message == f"The journal is not what was written: record {index}."

    go(test)


def test_a_write_that_failed_is_said_at_once(go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    because = f"Off: the journal cannot be written: No space left on device. {standing.FREE_SPACE}"

    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    async def test(window: MainWindow, page: Any) -> None:
        monkeypatch.setattr(files, "write_durably", full)
        with pytest.raises(IntegrityError):
            await window.session.call(lambda opened: opened.rooms.record("note", {"text": "more"}))
        await until(lambda: banner(window, "window.journal"))
        said = banner(window, "window.journal")
        assert said is not None
        assert said.fact.text() == "The journal cannot be written: No space left on device."
        assert said.consequence.text() == f"{standing.FAILED} {standing.FREE_SPACE}"
        assert sign_button(page).reason == because
        assert page.detail.reasons["export"] == because
        assert await halt_reason(window) == f"{because} {halt_words.ELSEWHERE}"

    go(test)


class Line:
    """Stands before the workspace's nodes; while it is cut none of them answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cut = False
        real = Nodes.examiner

        def examiner(nodes: Nodes) -> Any:
            examine = real(nodes)

            def asked() -> tuple[NodeHealth, ...]:
                return (
                    (row("a", "no-answer", "gone"), row("b", "no-answer", "gone")) if self.cut else examine()
                )

            return asked

        monkeypatch.setattr(Nodes, "examiner", examiner)


def test_nodes_that_fell_silent_are_said_on_every_page_until_one_answers(
    go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(monkeypatch)

    async def asked(window: MainWindow) -> None:
        before = window.nodes.news.look
        window.nodes.look()
        await until(lambda: window.nodes.news.look is not before and not window.nodes.news.asking)

    async def test(window: MainWindow, page: Any) -> None:
        await asked(window)
        assert banner(window, "window.no-node") is None
        agreed = window.nodes.news.look
        assert agreed is not None
        line.cut = True
        await asked(window)
        silence = window.nodes.silence
        assert silence is not None
        assert silence.agreed == agreed.at
        for name in ("inbox", "new", "proposals", "settings"):
            window.go(name)
            await settled(window)
            said = banner(window, "window.no-node")
            assert said is not None, name
            assert said.isVisible()
            assert said.fact.text() == node_words.SILENT
            assert said.consequence.text() == node_words.silence(silence.since, agreed.at, None)
        window.go("inbox")
        await settled(window)
        assert page.detail.reasons["review"] == say.NO_NODE
        assert sign_button(page).reason == say.NO_NODE
        assert page.detail.reasons["verify"] == page.detail.reasons["export"] == ""
        await asked(window)
        assert window.nodes.silence == silence, "it began when it was first seen"
        line.cut = False
        monkeypatch.setattr(node_watch, "SILENT_EVERY_S", 0)
        window.nodes._tick()
        await until(lambda: banner(window, "window.no-node") is None)
        assert sign_button(page).reason == ""

    go(test)


def test_since_when_no_node_answers() -> None:
    since, agreed = datetime(2026, 5, 4, 14, 3, tzinfo=UTC), datetime(2026, 5, 4, 14, 1, tzinfo=UTC)
    said = node_words.silence(since, agreed, UTC)
    assert said.startswith("None has answered since 14:03; enough of them last agreed at 14:01. Reading,")
    assert node_words.silence(since, None, UTC).startswith("None has answered since 14:03. Reading,")


def test_judged_while_no_node_answers_it_could_not_tell(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = offices.pay("alice", "100")

    def nobody(pool: NodePool[Any], nodes: Any, _job: object) -> tuple[Reply[Any, Any], ...]:
        return tuple(Reply(node, pool.now(), None, NodeError("It does not answer.")) for node in nodes)

    async def main() -> None:
        folder, secret = offices.folder("alice"), passphrase_of("alice")
        async with window_of(folder, secret, settings, "inbox") as window:
            window.go("inbox", identifier)
            page: Any = await settled(window)
            with monkeypatch.context() as cut:
                cut.setattr(NodePool, "ask", nobody)
                page.detail.asked.emit("verify")
                await until(lambda: page.detail.findChild(StateBanner, "detail.untold"))
                assert page.detail.details.entry.state == "DENIED"
                assert page.detail.findChild(StateBanner, "detail.denied") is None
                assert page.detail.reasons["review"] in (say.UNTOLD, say.NO_NODE)
                await window.tasks.settle()
                await settled(window)
                listed = next(entry for entry in page.entries if entry.id == identifier)
                assert chip_of(listed)[0] == "Could not tell"
                found = await window.session.call(read_findables)
                assert [hit.detail for hit in found if hit.argument == identifier] == ["main, Could not tell"]
                window.go("proposals")
                table: Any = await settled(window)
                line = next(line for line in table.table.rows.lines if line.id == identifier)
                assert (line.state_words, line.untold) == ("Could not tell", True)
                window.go("inbox", identifier)
                page = await settled(window)
            page.detail.asked.emit("verify")
            await until(lambda: page.detail.details.entry.state == "PENDING")
            await window.tasks.settle()
            await settled(window)

    run(main())
