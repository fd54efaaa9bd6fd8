"""The line at the bottom: what it says and where that comes from, where it leads, how it gives way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from pytestqt.qtbot import QtBot
from room import cramped, nameless
from test_node_pill import NETWORK, looked, row
from walking import press
from window_help import Run, turns, until

from signer_app import __version__
from signer_app.core.errors import NodeError
from signer_app.journal.trust import WRITE_FAILED, Trouble
from signer_app.ui.node_watch import News
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.session import Summary
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.status import GIVE_WAY, PARTS, StatusBar
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.words import journal as journal_words
from signer_app.ui.words import node_pill as node_words
from signer_app.ui.words import status as words
from signer_app.workspace.journal import coverage
from signer_app.workspace.standing import Checked, PolicyInForce, Standing

AT = datetime(2026, 3, 4, 11, 59, 40, tzinfo=UTC)
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
POLICY = PolicyInForce("treasury", 7, ("alice", "bob", "carol"), 3)


def summary(standing: Standing, trouble: Trouble | None = None) -> Summary:
    return Summary(
        "northgate", "alice", "Northgate", "practice", (NETWORK,), 2, True, True, 18_442, 0, trouble,
        standing=standing,
    )  # fmt: skip


STANDING = Standing(POLICY, 18_430, None)


@pytest.mark.parametrize(
    ("checked", "trouble", "text", "brief", "tone", "reason"),
    [
        (None, None, "Journal chain checked, 18,442 records", "Chain checked", "neutral",
         "Not verified since it was opened. "),
        (18_442, None, "Journal intact, 18,442 records", "Journal intact", "ok",
         "18,442 records verified at "),
        (18_440, None, "Journal intact, 18,442 records", "Journal intact", "ok",
         "2 were written by this program since."),
        (18_442, Trouble("JOURNAL_BROKEN", "The journal is not what was written.", "TAMPERED", 4),
         "Journal not intact", "Journal not intact", "danger", "The journal is not what was written."),
        (None, Trouble("JOURNAL_BROKEN", "Older.", "ROLLBACK"), "Journal rolled back", "Journal rolled back",
         "danger", "Older."),
        (18_442, WRITE_FAILED, "Journal write failed", "Journal write failed", "danger",
         WRITE_FAILED.message),
    ],
)  # fmt: skip
def test_the_journal(
    checked: int | None, trouble: Trouble | None, text: str, brief: str, tone: str, reason: str
) -> None:
    found = Checked(checked, AT) if checked is not None else None
    part = words.journal(summary(replace(STANDING, checked=found), trouble))
    assert (part.text, part.brief, part.tone) == (text, brief, tone)
    assert reason in part.reason


def test_a_checkpoint_is_no_anchor() -> None:
    part = words.checkpoint(summary(STANDING))
    assert (part.text, part.brief) == ("Checkpoint to record 18,429", "Checkpoint 18,429")
    assert part.reason.splitlines() == [
        "Under a checkpoint: to record 18,429.",
        "Newer than it: 12 records.",
        "Anchored on a ledger: not in this version.",
    ]
    none = words.checkpoint(summary(Standing(POLICY, 0, None)))
    assert none.text == words.NO_CHECKPOINT
    assert "Under a checkpoint: none yet." in none.reason


@pytest.mark.parametrize(
    ("votes", "needed", "text"),
    [
        (("a", "b", "c"), 3, "Policy v7, 3 of 3 signatures"),
        (("a", "b", "c", "d"), 3, "Policy v7, 4 signatures"),
        (("a",), 1, "Policy v7, 1 of 1 signatures"),
    ],
)
def test_the_policy_and_its_signatures(votes: tuple[str, ...], needed: int, text: str) -> None:
    part = words.policy(summary(Standing(replace(POLICY, votes=votes, needed=needed), 0, None)))
    assert (part.text, part.brief, part.tone) == (text, "Policy v7", "neutral")
    assert part.reason == (f"treasury version 7 is in force. Signed by {', '.join(votes)}; {needed} had to.")
    assert words.policy(summary(Standing(None, 0, None))).tone == "warn"


@pytest.mark.parametrize(
    ("rows", "age_s", "text", "tone", "reason"),
    [
        ([row("a"), row("b")], 20, "XRPL ledger 1,234", "neutral", "Asked at 12:00:00, just now."),
        ([row("a"), row("b")], 240, "XRPL ledger 1,234", "warn", node_words.OLD_WHY),
        ([row("a"), row("b", "no-answer", "gone")], 20, "XRPL ledger 1,234", "warn", "1 of 2 nodes agree"),
        ([row("a"), row("b"), row("c", "differs", "x")], 20, words.NOT_AGREED, "danger", "Some differ"),
        ([row("a", "no-answer", "x"), row("b", "no-answer", "x")], 20, words.NOT_AGREED, "warn", "0 of 2"),
    ],
)
def test_the_height_that_was_agreed_on(
    rows: list[Any], age_s: int, text: str, tone: str, reason: str
) -> None:
    news = News(looked(*rows, at=NOW))
    part = words.ledger(news, len(rows), True, False, now=NOW + timedelta(seconds=age_s))
    assert (part.text, part.tone) == (text, tone)
    assert reason in part.reason


@pytest.mark.parametrize(
    ("news", "listed", "confirmed", "offline", "reason"),
    [
        (News(), 2, True, False, node_words.UNKNOWN_WHY),
        (News(asking=True), 2, True, False, node_words.ASKING_WHY),
        (News(looked(row("a"), row("b"))), 2, True, True, node_words.OFFLINE_WHY),
        (News(), 0, True, False, node_words.NONE_WHY),
        (News(), 2, False, False, node_words.CHANGED_WHY),
        (News(error=NodeError("No.", code="OFFLINE")), 2, True, False, "No."),
    ],
)
def test_a_height_that_nobody_knows(
    news: News, listed: int, confirmed: bool, offline: bool, reason: str
) -> None:
    part = words.ledger(news, listed, confirmed, offline, now=NOW)
    assert (part.text, part.tone) == (words.LEDGER_UNKNOWN, "neutral")
    assert part.reason.startswith(reason)
    assert node_words.CLICK not in part.reason


@pytest.mark.parametrize(
    ("ahead_ms", "text", "tone", "reason"),
    [
        (
            (200, 600),
            words.CLOCK_AGREES,
            "neutral",
            "is 0.4 s ahead of the clocks of op-0, op-1",
        ),
        ((-200, -600), words.CLOCK_AGREES, "neutral", "0.4 s behind the clocks"),
        ((42_000, 42_000), "Clock 42 s ahead", "warn", words.CLOCK_SET),
        ((-42_000, -42_000), "Clock 42 s behind", "warn", words.CLOCK_SET),
        ((-420_000, -420_000), "Clock 7 min behind", "warn", words.CLOCK_SET),
        ((7_300_000, 7_300_000), "Clock 2 h ahead", "warn", words.CLOCK_SET),
        ((0, 60_000), words.CLOCK_DIFFER, "warn", words.CLOCK_DIFFER_WHY),
        ((0, None), words.CLOCK_UNKNOWN, "neutral", words.CLOCK_TOO_FEW),
    ],
)
def test_the_clock(ahead_ms: tuple[int | None, ...], text: str, tone: str, reason: str) -> None:
    rows = [replace(row(str(n)), ahead_ms=ahead) for n, ahead in enumerate(ahead_ms)]
    part = words.clock(News(looked(*rows, at=NOW)), now=NOW)
    assert (part.text, part.tone) == (text, tone)
    assert reason in part.reason
    assert "Asked at 12:00:00, just now." in part.reason


def test_the_ledger_itself_accuses_a_clock_that_is_behind() -> None:
    rows = [replace(row(name), closed=NOW + timedelta(seconds=90)) for name in "ab"]
    part = words.clock(News(looked(*rows, at=NOW)), now=NOW)
    assert (part.text, part.tone) == ("Clock 90 s behind", "warn")
    assert "closed 90 s after what this computer shows" in part.reason
    assert words.clock(News(), now=NOW).text == words.CLOCK_UNKNOWN


# -- room ---------------------------------------------------------------------------------------------------


def filled(qtbot: QtBot) -> StatusBar:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_summary(summary(replace(STANDING, checked=Checked(18_442, AT))), offline=False)
    height = replace(row("a"), compared=97_412_186, ahead_ms=100)
    bar.show_nodes(News(looked(height, replace(height, profile=row("b").profile), at=datetime.now(UTC))))
    return bar


def seen(bar: StatusBar) -> list[str]:
    return [key for key, part in bar.parts.items() if not part.isHidden()]


def test_less_room_shortens_first_and_then_leaves_out_what_matters_least(qtbot: QtBot, look: Theme) -> None:
    bar = filled(qtbot)
    bar.show()
    texts: list[list[str]] = []
    for width in range(1440, 60, -20):
        bar.resize(width, bar.sizeHint().height())
        bar.fit()
        assert bar._needed() <= max(width, bar.parts["journal"].sizeHint().width() + 80)
        texts.append([bar.parts[key].text() for key in seen(bar)])
    assert len(texts[0]) == len(PARTS)
    gone: list[str] = []
    for width in range(1440, 60, -20):
        bar.resize(width, bar.sizeHint().height())
        gone += [key for key in PARTS if key not in seen(bar) and key not in gone]
    assert gone == [key for key in GIVE_WAY if key in gone]
    assert len(gone) >= 4
    assert bar.parts["clock"].accessibleName() == words.CLOCK_AGREES, "whatever is shown of it"
    assert words.CLOCK_AGREES in bar.parts["clock"].toolTip()


def test_what_warns_stays_longest(qtbot: QtBot, look: Theme) -> None:
    bar = filled(qtbot)
    bar.show_build("build changed", "danger")
    bar.show()
    bar.resize(220, bar.sizeHint().height())
    bar.fit()
    assert "version" in seen(bar)
    assert bar.parts["version"].text() == "build changed"
    assert "journal" not in seen(bar)


def test_the_check_of_the_build_has_its_place(qtbot: QtBot, look: Theme) -> None:
    bar = filled(qtbot)
    assert bar.parts["version"].accessibleName() == f"Countersign {__version__}"
    bar.show_build("build verified", "ok")
    assert bar.parts["version"].accessibleName() == f"Countersign {__version__} · build verified"
    bar.forget()
    assert bar.parts["version"].accessibleName() == f"Countersign {__version__} · build verified"
    assert seen(bar) != []


# -- in the window ------------------------------------------------------------------------------------------


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Any:
    def start(test: Any, page: str = "settings") -> None:
        async def body() -> None:
            folder, secret = offices.folder("alice"), passphrase_of("alice")
            async with window_of(folder, secret, settings, page) as window:
                await test(window)

        run(body())

    return start


def test_it_says_what_the_journal_page_says(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        page: Any = window.page
        parts = window.status.parts
        covered = await window.session.call(lambda opened: coverage(opened).signed)
        assert covered > 0
        assert parts["checkpoint"].accessibleName() == f"Checkpoint to record {covered - 1:,}"
        assert parts["journal"].part.tone == "neutral"
        assert journal_words.NOT_VERIFIED in parts["journal"].accessibleDescription()
        page.verify.click()
        await until(lambda: parts["journal"].part.tone == "ok")
        records = page._found.size_checked
        assert parts["journal"].accessibleName() == f"Journal intact, {records:,} records"
        window.lock()
        await until(lambda: window.session.locked)
        assert not window.status.isVisible()
        assert [part.text() for key, part in parts.items() if key != "version"] == [""] * 5

    go(test, "journal")


def test_policy_ledger_and_clock_are_those_of_the_workspace(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        parts = window.status.parts
        assert parts["policy"].accessibleName() == "Policy v1, 3 of 3 signatures"
        assert "Signed by alice, bob, carol" in parts["policy"].accessibleDescription()
        window.nodes.look()
        await until(lambda: window.nodes.news.look is not None)
        look = window.nodes.news.look
        assert look is not None
        assert parts["ledger"].accessibleName() == f"XRPL ledger {look.networks[0].ledger:,}"
        assert parts["clock"].accessibleName() == words.CLOCK_AGREES, "one computer, one clock"

    go(test)


def test_each_part_leads_to_the_page_that_says_more(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        for key, (_, page) in PARTS.items():
            for how in (Qt.Key.Key_Space, Qt.Key.Key_Return, None):
                window.go("proposals")
                part = window.status.parts[key]
                if how is None:
                    part.click()
                else:
                    part.setFocus()
                    press(part, how)
                assert window.key == page, (key, how)
                await settled(window)

    go(test)


@pytest.mark.parametrize("percent", [100, 150])
def test_nothing_of_it_is_cut(percent: int, go: Any, settings: ViewSettings, look: Theme) -> None:
    settings.percent = percent

    async def test(window: MainWindow) -> None:
        high = replace(row("a"), compared=97_412_186, ahead_ms=100)
        window.nodes.take(looked(high, replace(high, profile=row("b").profile), at=datetime.now(UTC)))
        window.restyle()
        for size in ((1440, 900), (1024, 700), (1000, 660)):
            window.resize(*size)
            await turns(5)
            await until(lambda: cramped(window.status) == [])
            assert nameless(window.status) == []
            inside = window.status.rect()
            for part in window.status.parts.values():
                if not part.isHidden():
                    assert inside.contains(part.geometry()), part.text()
            assert {"journal", "policy", "ledger"} <= set(seen(window.status)), size

    go(test)


def test_tab_comes_to_it_last_although_the_page_was_made_after_it(go: Any) -> None:
    async def test(window: MainWindow) -> None:
        window.activateWindow()
        await until(window.isActiveWindow)
        late = QtWidgets.QPushButton("late")
        assert window.page is not None
        late.setParent(window.page)
        late.show()
        late.setFocus()
        press(late, Qt.Key.Key_Tab)
        assert QtWidgets.QApplication.focusWidget() is window.status.parts["journal"]
        press(window.status.parts["journal"], Qt.Key.Key_Backtab)
        assert QtWidgets.QApplication.focusWidget() is late

    go(test)
