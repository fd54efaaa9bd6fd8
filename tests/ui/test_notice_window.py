"""Desktop notices at the window: when it reads, what the desktop is asked to show, the tray, the settings."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from office_stage import passphrase_of
from offices import Offices
from room import cramped, nameless
from window_help import PASSPHRASE, Run, closed, turns, until

from signer_app.core.errors import IntegrityError
from signer_app.ui.notices import station
from signer_app.ui.notices.machine import Facts, Named, OpenProposal, Sight
from signer_app.ui.notices.reading import read_facts
from signer_app.ui.notices.tray import Tray
from signer_app.ui.pages.settings import SettingsPage
from signer_app.ui.qt import QtGui, QtWidgets
from signer_app.ui.settings import DAY_TIMES, DEFAULT_QUIET, ViewSettings
from signer_app.ui.shell.actions import BY_ID
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.words import notices as words


class Shown:
    """A desktop that keeps what it was asked to show."""

    def __init__(self, available: bool = True) -> None:
        self.available = available
        self.icon = False
        self.lines: list[str] = []

    def appear(self) -> None:
        self.icon = True

    def vanish(self) -> None:
        self.icon = False

    def show(self, lines: Sequence[str]) -> None:
        assert self.icon
        self.lines += lines

    def taken(self) -> list[str]:
        told, self.lines = self.lines, []
        return told


class Stage:
    """A window over a workspace, with facts, a clock and eyes of the test's."""

    def __init__(
        self, settings: ViewSettings, patch: pytest.MonkeyPatch | None = None, available: bool = True
    ) -> None:
        self.window = MainWindow(settings)
        self.station = self.window.notices
        self.shown = Shown(available)
        self.station.shower = self.shown
        self.sight = Sight.AWAY
        self.station.sight = lambda: self.sight  # type: ignore[method-assign]
        self.now = self.station.clock().replace(hour=12, minute=0)
        self.station.clock = lambda: self.now
        self.facts, self.reads, self.threads = Facts(), 0, set[threading.Thread]()
        if patch is not None:
            patch.setattr(station, "read_facts", self.read)
        self.window.show()

    def read(self, _workspace: Any) -> Facts:
        self.reads += 1
        self.threads.add(threading.current_thread())
        return self.facts

    async def look(self) -> list[str]:
        """As after a minute; what was shown."""
        self.station.tick()
        await self.station.tasks.settle()
        return self.shown.taken()

    def later(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def mine(self, name: str, minutes: int) -> OpenProposal:
        return OpenProposal(name, "Treasury", self.now + timedelta(minutes=minutes), needs_me=True)


@pytest.fixture
def stage(
    settings: ViewSettings, monkeypatch: pytest.MonkeyPatch, qapp: QtWidgets.QApplication, look: Theme
) -> Any:
    return lambda **more: Stage(settings, monkeypatch, **more)


async def opened(stage: Stage, folder: Path) -> None:
    await stage.window.session.open(folder, bytearray(PASSPHRASE))
    await stage.station.tasks.settle()


# -- when ----------------------------------------------------------------------------------------------------


def test_it_reads_in_the_worker_on_opening_each_change_and_each_minute(
    run: Run[None], stage: Any, workspace_folder: Path
) -> None:
    async def main() -> None:
        at = stage()
        assert not at.station.timer.isActive()
        assert not at.shown.icon
        at.facts = Facts((at.mine("there", 300),))
        await opened(at, workspace_folder)
        assert at.reads == 1
        assert threading.main_thread() not in at.threads
        assert (at.station.timer.isActive(), at.station.timer.interval()) == (True, 60_000)
        assert at.shown.icon
        assert at.shown.taken() == [], "the inbox has it"
        at.facts = Facts((at.mine("there", 300), at.mine("came", 300)))
        await at.window.session.call(lambda w: w.rooms.record("note", {"text": "something", "records": 1}))
        at.window.changed()
        await until(lambda: at.shown.lines)
        assert at.shown.taken() == [words.arrived(1, "Treasury")]
        assert at.reads == 2
        at.later(1)
        at.station.timer.timeout.emit()
        await at.station.tasks.settle()
        assert (at.reads, at.shown.taken()) == (3, [])
        left: list[bool] = []
        at.window.closed.connect(lambda: left.append(at.station.timer.isActive()))
        await closed(at.window)
        assert (left, at.shown.icon) == ([False], False)

    run(main())


def test_a_busy_worker_holds_up_nobody_and_minutes_do_not_pile_up(
    run: Run[None], stage: Any, workspace_folder: Path
) -> None:
    async def main() -> None:
        at = stage()
        await opened(at, workspace_folder)
        free = threading.Event()
        busy = at.window.session.call(lambda _workspace: free.wait(60), name="Waiting for a person")
        before = at.reads
        for _ in range(5):
            at.station.tick()
            await turns()
        assert at.reads == before
        free.set()
        await busy
        await at.station.tasks.settle()
        assert at.reads == before + 2, "one that waited its turn, and one for all that came meanwhile"
        await closed(at.window)

    run(main())


def test_locked_while_it_reads_nothing_is_shown(run: Run[None], stage: Any, workspace_folder: Path) -> None:
    async def main() -> None:
        at = stage()
        await opened(at, workspace_folder)
        at.facts = Facts((at.mine("came", 300),))
        free = threading.Event()
        at.window.session.call(lambda _workspace: free.wait(60))
        at.station.tick()
        at.window.lock()
        await turns()
        free.set()
        await until(lambda: at.window.session.locked and not at.window.tasks._tasks)
        assert at.shown.taken() == []
        assert not at.station.tasks._tasks
        await closed(at.window)

    run(main())


def test_locked_nothing_is_read_and_the_minute_goes_on_for_deadlines_only(
    run: Run[None], stage: Any, workspace_folder: Path
) -> None:
    async def main() -> None:
        at = stage()
        await opened(at, workspace_folder)
        at.window.lock()
        await until(lambda: at.window.session.locked and not at.window.tasks._tasks)
        assert not at.station.timer.isActive()
        at.facts = Facts((at.mine("a", 100), OpenProposal("b", "Treasury")))
        await opened(at, workspace_folder)
        before = at.reads
        at.window.lock()
        await until(lambda: at.window.session.locked and not at.window.tasks._tasks)
        assert at.station.timer.isActive()
        assert await at.look() == []
        at.later(41)
        assert await at.look() == ["Countersign needs you."]
        assert at.reads == before
        assert not at.station.timer.isActive()
        await opened(at, workspace_folder)
        assert at.shown.taken() == [], "it was told"
        await closed(at.window)

    run(main())


def test_another_workspace_begins_anew(
    run: Run[None], stage: Any, workspace_folder: Path, tmp_path: Path
) -> None:
    async def main() -> None:
        at = stage()
        at.facts = Facts((at.mine("a", 100),))
        await opened(at, workspace_folder)
        first = at.station._notices
        at.window.lock()
        await until(lambda: at.window.session.locked and not at.window.tasks._tasks)
        await opened(at, workspace_folder)
        assert at.station._notices is first
        at.window.lock()
        await until(lambda: at.window.session.locked and not at.window.tasks._tasks)
        moved = workspace_folder.rename(tmp_path / "other")
        await opened(at, moved)
        assert at.station._notices is not first
        await closed(at.window)

    run(main())


def test_turned_off_nothing_is_read_and_turned_on_what_is_there_is_known(
    run: Run[None], stage: Any, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        settings.notices = False
        at = stage()
        await opened(at, workspace_folder)
        assert (at.reads, at.shown.icon, at.station.timer.isActive()) == (0, False, False)
        at.facts = Facts((at.mine("a", 300),))
        settings.notices = True
        at.station.chosen()
        await at.station.tasks.settle()
        assert (at.reads, at.shown.icon, at.shown.taken()) == (1, True, [])
        at.facts = Facts((*at.facts.proposals, at.mine("b", 300)))
        settings.quiet, settings.quiet_times = True, (12 * 60, 13 * 60)
        assert await at.look() == []
        settings.quiet = False
        assert await at.look() == [words.arrived(1, "Treasury")]
        settings.notices = False
        at.station.chosen()
        assert (at.shown.icon, at.station.timer.isActive()) == (False, False)
        await closed(at.window)

    run(main())


def test_a_store_that_cannot_be_read_is_told_by_the_page_and_not_here(
    run: Run[None], stage: Any, monkeypatch: pytest.MonkeyPatch, workspace_folder: Path
) -> None:
    async def main() -> None:
        at = stage()
        await opened(at, workspace_folder)

        def broken(_workspace: Any) -> Facts:
            raise IntegrityError("No.", code="POLICY_ROLLBACK")

        monkeypatch.setattr(station, "read_facts", broken)
        assert await at.look() == []
        monkeypatch.setattr(station, "read_facts", at.read)
        at.facts = Facts((at.mine("a", 300),))
        assert await at.look() == [words.arrived(1, "Treasury")]
        await closed(at.window)

    run(main())


# -- what the person looks at --------------------------------------------------------------------------------


def test_what_the_person_looks_at(
    run: Run[None],
    settings: ViewSettings,
    look: Theme,
    workspace_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        window.activateWindow()
        await until(window.isActiveWindow)
        assert window.notices.sight() is Sight.INBOX
        window.go("settings")
        assert window.notices.sight() is Sight.WINDOW
        last = window.idle._last
        window.idle._last -= station.LOOKING_S + 1
        assert window.notices.sight() is Sight.AWAY, "in front, and nobody there"
        window.idle._last = last
        monkeypatch.setattr(QtWidgets.QApplication, "activeWindow", staticmethod(lambda: None))
        assert window.notices.sight() is Sight.AWAY
        await closed(window)

    run(main())


def test_a_notice_that_is_clicked_opens_the_inbox_in_front(
    run: Run[None], stage: Any, workspace_folder: Path
) -> None:
    async def main() -> None:
        at = stage()
        window = at.window
        at.station.clicked()
        assert window.session.locked, "nothing but the unlock page comes"
        await opened(at, workspace_folder)
        window.go("settings")
        window.showMinimized()
        at.station.clicked()
        assert (window.key, window.isMinimized(), window.isVisible()) == ("inbox", False, True)
        window.go("settings")
        asked = window.tasks.spawn(window.ask(Dialog(window, "A question", "")))
        await until(lambda: window.dialogs.current is not None)
        at.station.clicked()
        assert window.key == "settings", "the page below a dialog stays"
        window.dialogs.current.reject()
        await asked
        await closed(window)

    run(main())


# -- the tray ------------------------------------------------------------------------------------------------


def test_without_a_tray_nothing_is_shown_and_nothing_breaks(
    qapp: QtWidgets.QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = QtWidgets.QSystemTrayIcon
    for tray, messages in ((False, True), (True, False)):
        monkeypatch.setattr(kind, "isSystemTrayAvailable", staticmethod(lambda tray=tray: tray))
        monkeypatch.setattr(kind, "supportsMessages", staticmethod(lambda messages=messages: messages))
        holder = QtWidgets.QWidget()
        made = Tray(holder, raised=lambda: None, clicked=lambda: None, actions=[])
        assert not made.available
        made.appear()
        made.show(["A line."])
        made.vanish()
        assert holder.children() == []
        holder.deleteLater()


def test_the_icon_has_a_menu_and_shows_lines_in_one_notice(
    qapp: QtWidgets.QApplication, look: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = QtWidgets.QSystemTrayIcon
    monkeypatch.setattr(kind, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(kind, "supportsMessages", staticmethod(lambda: True))
    shown: list[Any] = []
    monkeypatch.setattr(kind, "showMessage", lambda _self, *message: shown.append(message))
    monkeypatch.setattr(kind, "isVisible", lambda _self: True)
    heard: list[str] = []
    holder = QtWidgets.QWidget()
    lock = QtGui.QAction(BY_ID["lock"].words, holder)
    made = Tray(
        holder, raised=lambda: heard.append("raised"), clicked=lambda: heard.append("clicked"), actions=[lock]
    )
    made.show(["Before it is there."])
    assert shown == []
    made.appear()
    made.appear()
    (icon,) = holder.findChildren(kind)
    menu = icon.contextMenu()
    assert [a.text() for a in menu.actions() if not a.isSeparator()] == [words.SHOW_WINDOW, "Lock"]
    assert icon.toolTip() == "Countersign"
    made.show(["One.", "Two."])
    assert [message[:2] for message in shown] == [("Countersign", "One.\nTwo.")]
    menu.actions()[0].trigger()
    icon.activated.emit(kind.ActivationReason.Trigger)
    icon.activated.emit(kind.ActivationReason.Context)
    icon.messageClicked.emit()
    assert heard == ["raised", "raised", "clicked"]
    made.vanish()
    holder.deleteLater()


# -- settings ------------------------------------------------------------------------------------------------


def test_settings_are_remembered_and_strange_ones_are_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "w.ini"
    first = ViewSettings(path)
    assert (first.notices, first.quiet, first.quiet_times) == (True, False, DEFAULT_QUIET)
    first.notices, first.quiet, first.quiet_times = False, True, (DAY_TIMES[3], DAY_TIMES[40])
    first.sync()
    again = ViewSettings(path)
    assert (again.notices, again.quiet, again.quiet_times) == (False, True, (90, 1200))
    path.write_text("[General]\nnotices=perhaps\nquiet=7\nquiet_from=17\nquiet_to=-30\n")
    assert (ViewSettings(path).notices, ViewSettings(path).quiet) == (True, False)
    assert ViewSettings(path).quiet_times == DEFAULT_QUIET


@pytest.mark.parametrize("available", [True, False])
def test_the_page_of_settings_chooses_and_says_it(
    run: Run[None], stage: Any, settings: ViewSettings, workspace_folder: Path, look: Theme, available: bool
) -> None:
    async def main() -> None:
        at = stage(available=available)
        window = at.window
        await opened(at, workspace_folder)
        window.go("settings")
        page = window.page
        assert isinstance(page, SettingsPage)
        told = page.findChild(QtWidgets.QLabel, "settings.no-notices")
        assert (told is None) is available
        assert told is None or (told.isVisible() and told.text() == words.NONE_HERE)
        assert page.notices.isChecked()
        assert not page.quiet.isChecked()
        assert not page.quiet_from.isVisible()
        page.quiet.click()
        assert settings.quiet
        assert page.quiet_from.isVisible()
        says = page.findChild(QtWidgets.QLabel, "settings.quiet-says")
        assert says.text() == words.quiet_says("22:00", "07:00")
        for box, index in ((page.quiet_from, 24), (page.quiet_to, 24)):
            box.setCurrentIndex(index)
            box.activated.emit(index)
        assert settings.quiet_times == (720, 720)
        assert says.text() == words.EQUAL
        page.quiet_to.setCurrentIndex(26)
        page.quiet_to.activated.emit(26)
        assert says.text() == words.quiet_says("12:00", "13:00")
        await at.station.tasks.settle()
        at.facts = Facts(halts=(Named("h"),), drifted=(Named("x"),))
        assert await at.look() == ([words.halted(1, "")] if available else [])
        for size, percent in (((1440, 900), 100), ((1024, 700), 100), ((1440, 900), 150)):
            settings.percent = percent
            window.restyle()
            window.resize(*size)
            with suppress(TimeoutError):
                await until(lambda: cramped(window) == [], 5)
            assert cramped(window) + nameless(window) == [], (size, percent)
        page.notices.click()
        assert not settings.notices
        assert not at.shown.icon
        await closed(window)

    run(main())


# -- with a real workspace -----------------------------------------------------------------------------------


def test_from_files_to_notices(run: Run[None], settings: ViewSettings, look: Theme, offices: Offices) -> None:
    """A payment that carol signed comes to bob; then a halt of carol's, and the payment is denied."""
    identifier = offices.pay("alice", "123.5", "--title", "Invoice of Mallory")
    offices.travel("alice", "carol", identifier)
    offices.sign("carol", identifier)
    payment, halt = offices.root / "payment.countersign", offices.root / "halt.countersign"
    assert offices.do("carol", "proposal", "export", identifier, "-o", str(payment)).exit_code == 0
    assert offices.do("carol", "halt", "--reason", "Lost", "-o", str(halt)).exit_code == 0

    async def main() -> None:
        at = Stage(settings)
        session = at.window.session
        await session.open(offices.folder("bob"), bytearray(passphrase_of("bob")))
        await at.station.tasks.settle()
        at.now = datetime.now().astimezone()
        assert await session.call(read_facts) == Facts()
        await session.call(lambda w: w.proposals.import_bytes(payment.read_bytes()))
        at.window.changed()
        await until(lambda: at.shown.lines)
        assert at.shown.taken() == [words.late(1, "main")]
        (proposal,) = (await session.call(read_facts)).proposals
        assert (proposal.id, proposal.needs_me, proposal.stopped) == (identifier, True, False)
        await session.call(lambda w: w.proposals.halts.take_file(halt.read_bytes()))
        await session.call(lambda w: w.proposals.verify(identifier))
        at.window.changed()
        await until(lambda: at.shown.lines)
        assert at.shown.taken() == [words.halted(1, ""), words.denied(1, "main")]
        assert await at.look() == []
        await session.call(lambda w: w.accounts.add(offices.team.treasury, "Cold reserve"))
        (proposal,) = (await session.call(read_facts)).proposals
        assert (proposal.account, proposal.needs_me, proposal.stopped) == ("Cold reserve", False, True)
        await closed(at.window)

    run(main())


def test_my_own_signature_or_rejection_takes_a_proposal_away(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("signed", "open"):
        identifier = offices.pay("alice", "100")
        offices.travel("alice", "bob", identifier)
        if name == "signed":
            offices.sign("bob", identifier)
    with offices.open("bob") as workspace:
        facts = read_facts(workspace)
        assert [item.needs_me for item in facts.proposals] == [False, True]
        assert (facts.halts, facts.writable, facts.drifted) == ((), True, ())
        assert workspace.queries.rejected_by("bob") == frozenset()
        # More people than three: a rejection that ends nothing.
        for person, needed in (("carol", True), ("bob", False)):
            said = {person: frozenset([identifier])}
            monkeypatch.setattr(
                type(workspace.queries),
                "rejected_by",
                lambda _self, who, said=said: said.get(who, frozenset()),
            )
            assert read_facts(workspace).proposals[1].needs_me is needed
        verdicts = workspace.queries.newest_verdicts(("PENDING",))
        listed = [workspace.queries.verdicts(item.proposal_id)[-1]["codes"] for item in verdicts]
    assert [[*item.codes] for item in verdicts] == listed
    assert any(listed)
