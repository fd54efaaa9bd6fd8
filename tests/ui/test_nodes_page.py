"""The nodes page over a real practice ledger: rows, a changed list, adding, and nothing asked out of view."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from room import cramped, nameless
from window_help import PASSPHRASE, Run, until

from signer_app.core.config import read_config, read_profile, write_config
from signer_app.nodes.health import NodeHealth
from signer_app.ui.pages.nodes import NodesPage
from signer_app.ui.pages.nodes.dialogs import AddDialog, ConfirmDialog
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.words import nodes as words
from signer_app.workspace.nodes import Nodes

NETWORK = "xrpl:63456"


def page_of(window: MainWindow) -> NodesPage:
    page = window.page
    assert isinstance(page, NodesPage)
    return page


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Any:
    def start(test: Any, *, offline: bool = False) -> None:
        async def body() -> None:
            folder, secret = offices.folder("alice"), passphrase_of("alice")
            async with window_of(folder, secret, settings, "nodes", offline=offline) as window:
                await test(window, page_of(window))

        run(body())

    return start


def column(page: NodesPage, title: str) -> list[str]:
    number = words.COLUMNS.index(title)
    return [line[number].text for line in page.tables[NETWORK].facts.lines]


def add_outside(offices: Offices, url: str = "http://127.0.0.1:9") -> None:
    """Somebody edits the configuration file."""
    file = offices.folder("alice") / "config" / "platform-config.yaml"
    config = read_config(file.read_bytes())
    node = {"id": "stranger", "operator": "stranger", "network": NETWORK, "url": url, "ws": None,
            "roles": ["read"]}  # fmt: skip
    file.write_bytes(write_config(config.with_node(read_profile(node))))


def test_two_operators_agree_about_one_ledger(go: Any, offices: Offices) -> None:
    async def test(window: MainWindow, page: NodesPage) -> None:
        assert column(page, "State") == [words.STATES["ok"][0]] * 2
        operators = column(page, "Operator")
        assert column(page, "Agrees with") == list(reversed(operators))
        assert all(text.replace(",", "").isdigit() for text in column(page, "Height"))
        assert column(page, "Use") == ["read, send"] * 2
        assert page.when.text()
        assert page.banner_keys == ()
        assert cramped(page) == []
        assert nameless(page) == []

    go(test)


def test_a_changed_list_is_never_asked_and_never_accepted_by_itself(
    go: Any, offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_outside(offices)

    async def test(window: MainWindow, page: NodesPage) -> None:
        assert page.banner_keys == ("unconfirmed",)
        assert page.test.reason == words.CONFIRM_FIRST
        assert page.add.reason == words.CONFIRM_FIRST
        assert column(page, "State") == [words.STATES["unasked"][0]] * 3
        page.ask_now()
        await settled(window)
        assert column(page, "State") == [words.STATES["unasked"][0]] * 3
        page.read_list()
        await until(lambda: isinstance(window.dialogs.current, ConfirmDialog))
        dialog = window.dialogs.current
        assert isinstance(dialog, ConfirmDialog)
        listed = [line[0].text for line in dialog.table.facts.lines]
        assert listed == ["node-0", "node-1", "stranger"], "the whole list is shown"
        dialog.reject()
        await settled(window)
        assert page.banner_keys == ("unconfirmed",)
        assert not await window.session.call(lambda opened: opened.nodes.confirmed)
        page.read_list()
        await until(lambda: isinstance(window.dialogs.current, ConfirmDialog))
        again = window.dialogs.current
        assert isinstance(again, ConfirmDialog)
        again.confirm.click()
        await settled(window)
        assert await window.session.call(lambda opened: opened.nodes.confirmed)
        assert "unconfirmed" not in page.banner_keys
        assert column(page, "State") == [words.STATES["ok"][0]] * 2 + [words.STATES["no-answer"][0]]
        assert "stranger: " in page._reasons[NETWORK].text()

    go(test)


def test_adding_a_node_checks_it_first(go: Any, offices: Offices) -> None:
    endpoint = offices.ledger.endpoints[0]

    async def test(window: MainWindow, page: NodesPage) -> None:
        page.add.click()
        await until(lambda: isinstance(window.dialogs.current, AddDialog))
        dialog = window.dialogs.current
        assert isinstance(dialog, AddDialog)
        assert dialog.add.reason == words.FILL
        dialog.name.setText("third")
        dialog.operator.setText("other")
        dialog.address.setText("http://example.org/")
        assert dialog.add.reason == ""
        dialog.add.click()
        assert not dialog.message.isHidden(), "clear text to another machine is refused"
        assert window.dialogs.current is dialog
        dialog.address.setText(endpoint["http"])
        dialog.add.click()
        await settled(window)
        assert column(page, "Node") == ["node-0", "node-1", "third"]
        assert column(page, "State")[2] == words.STATES["ok"][0]
        assert window.session.summary is not None
        assert window.session.summary.nodes == 3

    go(test)


def test_offline_nobody_is_asked(go: Any, offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Nodes) -> Any:
        raise AssertionError("a node was asked")

    monkeypatch.setattr(Nodes, "examiner", refuse)

    async def test(window: MainWindow, page: NodesPage) -> None:
        page.ask_now()
        await settled(window)
        assert page.test.reason == words.OFFLINE
        assert column(page, "State") == [words.STATES["unasked"][0]] * 2

    go(test, offline=True)


def test_a_node_that_hangs_holds_up_nothing_and_out_of_view_nobody_is_asked(
    go: Any, offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, asked = threading.Event(), []

    def hanging(_self: Nodes) -> Any:
        def examine() -> tuple[NodeHealth, ...]:
            asked.append(threading.current_thread())
            free.wait(20)
            return ()

        return examine

    async def test(window: MainWindow, page: NodesPage) -> None:
        monkeypatch.setattr(Nodes, "examiner", hanging)
        page.ask_now()
        await until(lambda: len(asked) == 1)
        assert asked[0] is not threading.main_thread()
        assert page.test.reason == words.TESTING
        assert await window.session.call(lambda opened: opened.person) == "alice", "services go on"
        page.ask_now()
        free.set()
        await settled(window)
        assert len(asked) == 1, "one question at a time"
        assert page._timer.isActive()
        window.go("settings")
        assert not page._timer.isActive()

    go(test)


def test_nodes_that_differ_are_said_loudly(go: Any, offices: Offices) -> None:
    profiles = read_config(
        (offices.folder("alice") / "config" / "platform-config.yaml").read_bytes()
    ).profiles(NETWORK)

    async def test(window: MainWindow, page: NodesPage) -> None:
        rows = tuple(
            NodeHealth(profile, "differs", 10, 1, 5, (), 10, "has another ledger") for profile in profiles
        )
        page._take_health(rows)
        assert "differs" in page.banner_keys
        assert column(page, "Agrees with") == [words.ALONE] * 2
        assert page.tables[NETWORK].facts.lines[0][1].tone == "danger"

    go(test)


def test_without_nodes_the_page_offers_to_add_one(
    run: Run[None], workspace_folder: Any, settings: ViewSettings, look: Theme
) -> None:
    async def body() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "nodes") as window:
            assert page_of(window)._empty.words.text() == words.EMPTY

    run(body())
