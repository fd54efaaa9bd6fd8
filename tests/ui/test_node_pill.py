"""The node pill: how many agreed and how old that is, asked beside everything else, by nobody when locked."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from window_help import Run, until

from signer_app.core.config import NodeProfile
from signer_app.core.errors import NodeError
from signer_app.nodes.health import Look, NodeHealth, agreements
from signer_app.ui import node_watch
from signer_app.ui.node_watch import News
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme, theme
from signer_app.ui.widgets import Pill
from signer_app.ui.words import node_pill as words
from signer_app.workspace.nodes import Nodes

NETWORK = "xrpl:63456"
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def row(name: str, state: str = "ok", reason: str = "") -> NodeHealth:
    profile = NodeProfile(
        id=name, operator=f"op-{name}", network=NETWORK, url="http://127.0.0.1:9", roles=("read",)
    )
    return NodeHealth(profile, state, 1234, 2, 5, (), 1234 if state == "ok" else None, reason)


def looked(*rows: NodeHealth, need: int = 2, at: datetime = NOW) -> Look:
    return Look(at, rows, agreements(rows, need))


@pytest.mark.parametrize(
    ("rows", "age_s", "strong", "tone"),
    [
        ([row("a"), row("b")], 5, "2 of 2 agree, just now", "ok"),
        ([row("a"), row("b")], 119, "2 of 2 agree, 1 min ago", "ok"),
        ([row("a"), row("b")], 181, "2 of 2 agree, too old, 3 min ago", "warn"),
        ([row("a"), row("b")], 7300, "2 of 2 agree, too old, 2 h ago", "warn"),
        ([row("a"), row("b", "no-answer", "gone")], 5, "1 of 2 agree, too few, just now", "warn"),
        ([row("a"), row("b"), row("c", "late", "old")], 5, "2 of 3 agree, just now", "ok"),
        ([row("a"), row("b"), row("c", "differs", "another")], 5, "2 of 3 agree, they differ, just now",
         "danger"),
    ],
)  # fmt: skip
def test_health_and_age_in_words(rows: list[NodeHealth], age_s: int, strong: str, tone: str) -> None:
    said = words.pill(News(looked(*rows)), len(rows), True, False, now=NOW + timedelta(seconds=age_s))
    assert (said.plain, said.strong, said.tone) == ("Nodes", strong, tone)
    for bad in (item for item in rows if item.reason):
        assert f"{bad.profile.id}: {bad.reason}" in said.reason
    assert "2 needed" in said.reason
    assert words.CLICK in said.reason
    assert said.brief.startswith(f"Nodes {strong[:6]}")
    assert len(said.brief) < len(f"{said.plain} {strong}")
    assert ("too few" in said.brief) == ("too few" in strong)


@pytest.mark.parametrize(
    ("news", "nodes", "confirmed", "offline", "strong", "tone"),
    [
        (News(), 2, True, False, words.UNKNOWN, "neutral"),
        (News(asking=True), 2, True, False, words.ASKING, "neutral"),
        (News(), 2, True, True, words.OFFLINE, "warn"),
        (News(), 0, True, False, words.NONE, "warn"),
        (News(), 2, False, False, words.CHANGED, "danger"),
        (News(looked(row("a")), NodeError("No.", code="OFFLINE")), 2, True, False, words.FAILED, "warn"),
    ],
)
def test_what_is_not_known_is_said(
    news: News, nodes: int, confirmed: bool, offline: bool, strong: str, tone: str
) -> None:
    said = words.pill(news, nodes, confirmed, offline, now=NOW)
    assert (said.strong, said.tone) == (strong, tone)
    assert said.reason.endswith(words.CLICK)


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Any:
    def start(test: Any, *, offline: bool = False) -> None:
        async def body() -> None:
            folder, secret = offices.folder("alice"), passphrase_of("alice")
            async with window_of(folder, secret, settings, "settings", offline=offline) as window:
                await test(window)

        run(body())

    return start


class Asked:
    """Stands before the workspace's nodes, and notes who asks them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: list[threading.Thread] = []
        self.hold: threading.Event | None = None
        real = Nodes.examiner

        def examiner(nodes: Nodes) -> Any:
            examine = real(nodes)

            def noted() -> tuple[NodeHealth, ...]:
                self.threads.append(threading.current_thread())
                if self.hold is not None:
                    self.hold.wait(20)
                return examine()

            return noted

        monkeypatch.setattr(Nodes, "examiner", examiner)


def test_two_real_nodes_agree_and_a_press_leads_to_their_page(
    go: Any, offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_watch, "FIRST_AFTER_MS", 1)
    asked = Asked(monkeypatch)

    async def test(window: MainWindow) -> None:
        pill = window.header.nodes
        await until(lambda: window.nodes.news.look is not None)
        assert pill.accessibleName() == "Nodes 2 of 2 agree, just now"
        assert f"{NETWORK}: 2 of 2 nodes agree about ledger " in pill.accessibleDescription()
        assert "2 operators, 2 needed" in pill.toolTip()
        assert len(asked.threads) == 1
        assert threading.main_thread() not in asked.threads
        before = window.nodes.news.look
        assert before is not None
        window.changed()
        await window.tasks.settle()
        assert window.nodes.news.look is before, "what is of just now is not asked again"
        window.nodes.take(Look(before.at - timedelta(seconds=11), before.rows, before.networks))
        window.changed()
        await until(lambda: len(asked.threads) == 2)
        await until(lambda: not window.nodes.news.asking)
        assert window.nodes.news.age_s(datetime.now(UTC)) in range(10), "after a write it is asked again"
        pill.click()
        assert window.popups.current is not None
        window.popups.current.link.click()
        assert window.key == "nodes"
        await settled(window)

    go(test)


def test_the_command_line_says_the_same(offices: Offices) -> None:
    result = offices.do("alice", "nodes", "health").result
    (found,) = result["networks"]
    assert (found["network"], found["listed"], found["agreed"], found["need"]) == (NETWORK, 2, 2, 2)
    assert (len(found["operators"]), found["enough"], result["ok"]) == (2, True, True)
    said = offices.say("alice", "nodes", "health").out
    assert f"{NETWORK}: 2 of 2 nodes agree; operators 2, needed 2: enough." in said


def test_about_once_a_minute_and_once_it_is_old_it_warns(go: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    async def test(window: MainWindow) -> None:
        station = window.nodes
        station._first.stop()
        old = datetime.now(UTC) - timedelta(seconds=node_watch.EVERY_S - 5)
        station.take(looked(row("a"), row("b"), at=old))
        station._tick()
        assert not station.news.asking
        asked.hold = threading.Event()
        stale = datetime.now(UTC) - timedelta(seconds=node_watch.STALE_AFTER_S + 5)
        station.take(looked(row("a"), row("b"), at=stale))
        station._tick()
        assert station.news.asking
        assert window.header.nodes.accessibleName() == "Nodes 2 of 2 agree, too old, 3 min ago"
        station._tick()
        station.look()
        await until(lambda: len(asked.threads) == 1)
        assert await window.session.call(lambda opened: opened.person) == "alice", "services go on"
        asked.hold.set()
        await until(lambda: window.header.nodes.accessibleName() == "Nodes 2 of 2 agree, just now")
        await until(lambda: len(asked.threads) == 2 and not station.news.asking)
        assert asked.threads[0] is not asked.threads[1]
        assert station._ticks.interval() <= 1000 * node_watch.EVERY_S / 2

    go(test)


def test_fewer_than_needed_is_said_as_soon_as_one_is_gone(
    go: Any, offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Nodes.examiner

    def examiner(nodes: Nodes) -> Any:
        examine = real(nodes)
        gone = [row("z", "no-answer", "cannot be reached")]
        return lambda: (examine()[0], *gone)

    monkeypatch.setattr(Nodes, "examiner", examiner)

    async def test(window: MainWindow) -> None:
        window.nodes.look()
        await until(lambda: window.nodes.news.look is not None)
        assert window.header.nodes.accessibleName() == "Nodes 1 of 2 agree, too few, just now"
        assert "z: cannot be reached" in window.header.nodes.toolTip()

    go(test)


def test_offline_and_locked_nobody_is_asked(go: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    async def test(window: MainWindow) -> None:
        assert window.header.nodes.accessibleName() == "Nodes offline"
        assert not window.nodes.running
        window.nodes.look()
        window.nodes.written()
        window.changed()
        await window.tasks.settle()
        assert asked.threads == []

    go(test, offline=True)


def test_locking_during_a_round_waits_for_nobody(go: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    asked.hold = threading.Event()

    async def test(window: MainWindow) -> None:
        window.nodes.look()
        await until(lambda: len(asked.threads) == 1)
        assert asked.hold is not None
        window.lock()
        await until(lambda: window.session.locked and not window.tasks._tasks)
        assert asked.threads[0].is_alive()
        assert window.nodes.news == News()
        assert not window.nodes.running
        asked.hold.set()
        await until(lambda: not asked.threads[0].is_alive())
        await until(lambda: not window.nodes._tasks._tasks)
        assert window.nodes.news == News(), "what comes after the lock is dropped"

    go(test)


def test_a_narrow_window_keeps_the_number(look: Theme) -> None:
    pill = Pill(name="header.nodes")
    pill.show_state("Nodes", "1 of 2 agree, too few, 4 min ago", "warn", brief="Nodes 1 of 2, too few")
    wide = pill.sizeHint().width()
    pill.set_short(True)
    assert pill._words() == ("", "Nodes 1 of 2, too few")
    assert pill.sizeHint().width() < wide - theme().scaled(40)
    assert pill.accessibleName() == "Nodes 1 of 2 agree, too few, 4 min ago"


def test_a_list_that_changed_is_asked_anew(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        await until(lambda: window.nodes.news.look is not None)
        await window.session.call(lambda workspace: workspace.nodes.remove("node-1"))
        await window.session.refresh()
        await until(lambda: window.nodes.news.look is not None)
        assert window.header.nodes.accessibleName() == "Nodes 1 of 1 agree, too few, just now"

    go(test)
