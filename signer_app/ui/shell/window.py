"""The main window: locked it is the unlock page alone; open it is header, navigation, pages and status."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from signer_app.core.errors import CountersignError
from signer_app.ui import layouts
from signer_app.ui.away import AwayWatch
from signer_app.ui.build_watch import build_station
from signer_app.ui.device_watch import DeviceStation
from signer_app.ui.first_run.places import Places
from signer_app.ui.first_run.view import FirstRunView
from signer_app.ui.following import Follower
from signer_app.ui.idle import IdleTimer
from signer_app.ui.loop import Tasks
from signer_app.ui.node_watch import NodeStation
from signer_app.ui.notices.station import NoticeStation
from signer_app.ui.pages import PAGES
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.session import Session
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.actions import Actions
from signer_app.ui.shell.crash import Reports
from signer_app.ui.shell.dialogs import DialogHost
from signer_app.ui.shell.focus import FocusKeeper, move_pane
from signer_app.ui.shell.header import HeaderBar
from signer_app.ui.shell.incoming import Incoming, local_files
from signer_app.ui.shell.lasting import LastingBanners
from signer_app.ui.shell.navigation import Navigation, Who
from signer_app.ui.shell.page import Page, Shell
from signer_app.ui.shell.pill_popups import PillPopups
from signer_app.ui.shell.status import StatusBar
from signer_app.ui.shell.why import WhyLine
from signer_app.ui.shell.window_dialogs import WindowDialogs
from signer_app.ui.theme import SCALES, theme
from signer_app.ui.unlock import UnlockPage
from signer_app.ui.widgets import FocusRing, NetworkFrame, column, plain, row
from signer_app.ui.words import strings

MINIMUM, DEFAULT = QtCore.QSize(1000, 660), QtCore.QSize(1440, 900)
#: What a desktop puts above a window, or a little more.
TITLE_BAR = 40
#: Below this width the navigation is a rail; on these pages always.
RAIL_BELOW, RAIL_PAGES = 1280, ("treasury",)


class MainWindow(QtWidgets.QMainWindow):
    """One window for one workspace. It implements what pages may ask (shell/page.py Shell)."""

    closed = Signal()

    def __init__(
        self,
        settings: ViewSettings,
        *,
        pages: Mapping[str, Callable[[Shell], Page]] = PAGES,
        session: Session | None = None,
    ) -> None:
        super().__init__()
        self.settings, self.session = settings, session or Session()
        self.tasks = Tasks(self.tasks_failed)
        self._soon = QtCore.QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.restyle)
        self.devices = DeviceStation(self.session)
        self.nodes = NodeStation(self.session, self.tasks_failed)
        self._makers, self._pages = pages, dict[str, Page]()
        self._closing = False
        self._alt_alone = False
        self.key = "inbox"
        self.setMinimumSize(MINIMUM)
        self.setWindowTitle(strings.APP)
        self.setAcceptDrops(True)
        self.dialogs = DialogHost(self, self.lock)
        self.asking = WindowDialogs(self)
        self.reports = Reports(self, self.dialogs, self.tasks, lambda: (self.key, self.asking.network))
        self._build()
        self._wire()
        self._restore()
        self.notices = NoticeStation(self)
        self.following = Follower(self.session, self.tasks, self._refresh)
        self._session_changed()

    # -- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.frame = NetworkFrame()
        self.setCentralWidget(self.frame)
        self._whole = QtWidgets.QStackedWidget()
        self.frame.body.addWidget(self.reports.banner)
        self.frame.body.addWidget(self._whole, 1)
        self.why, self.status = WhyLine(), StatusBar()
        self.status.hide()
        self.frame.body.addWidget(self.why)
        self.frame.body.addWidget(self.status)
        self.unlock = UnlockPage(self.session, self.settings)
        self.places = Places()
        self.unlock.before_open = self.places.ready
        self.first_run = FirstRunView(self.session, self.settings, self.places)
        self._open = plain("bg")
        box = column(self._open)
        self.header = HeaderBar()
        box.addWidget(self.header)
        self._lasting = LastingBanners(self.go, self.asking.resume, self.nodes)
        middle = row(spacing=0)
        self.navigation = Navigation()
        middle.addWidget(self.navigation)
        right = column()
        right.addWidget(self._lasting)
        self._stack = QtWidgets.QStackedWidget()
        right.addWidget(self._stack, 1)
        middle.addLayout(right, 1)
        box.addLayout(middle, 1)
        for view in (self.unlock, self.first_run, self._open):
            self._whole.addWidget(view)
        self.ring = FocusRing(self)
        FocusKeeper(self, lambda: next(iter(self.page.panes()), None) if self.page else None)

    def _wire(self) -> None:
        self.idle = IdleTimer(self.settings.lock_minutes, parent=self)
        self.idle.expired.connect(self.lock)
        self.idle.ticked.connect(self._ticked)
        self.away = AwayWatch()
        self.away.away.connect(self.lock)
        self.actions_ = Actions(self, self.why.say)
        self.menuBar().setVisible(self.settings.menu_bar)
        self.session.changed.connect(self._session_changed)
        self.unlock.first_run.connect(self.show_first_run)
        self.unlock.read_wanted.connect(self.asking.read_file)
        self.first_run.left.connect(self._leave_first_run)
        self.first_run.opened.connect(self.go)
        self._lasting.work_wanted.connect(self.unlock.work_next)
        self._lasting.work_wanted.connect(self.lock)
        self.session.progressed.connect(self.status.show_running)
        self.navigation.chosen.connect(self.go)
        self.header.asked.connect(self.actions_.trigger)
        self.status.asked.connect(self.go)
        build_station().changed.connect(self._show_build)
        self.devices.changed.connect(self.header.show_devices)
        self.nodes.changed.connect(self.header.show_nodes)
        self.nodes.changed.connect(self.status.show_nodes)
        self.popups, self.incoming = PillPopups(self), Incoming(self)
        theme().changed.connect(self._fit)
        self.actions_.handle(
            {
                "quit": self._close,
                "keys": self.asking.keys,
                "help": self.asking.help,
                "larger": lambda: self._text_size(1),
                "smaller": lambda: self._text_size(-1),
                "normal": lambda: self._text_size(0),
                "menu-bar": self._toggle_menu_bar,
            }
        )
        self._open_actions: dict[str, Callable[[], None]] = {
            "open": self.incoming.choose,
            "paste": self.incoming.paste,
            "find": self.asking.find,
            "lock": self.lock,
            "halt": self.asking.halt,
            "refresh": self._refresh,
            "next-pane": lambda: self._move_pane(1),
            "previous-pane": lambda: self._move_pane(-1),
            **({"new": lambda: self.go("new")} if "new" in self._makers else {}),
            **{f"go-{key}": lambda key=key: self.go(key) for key in strings.PAGES},  # type: ignore[misc]
        }
        self.actions_.handle_open(self._open_actions)

    def _restore(self) -> None:
        geometry = self.settings.layout("window")
        if geometry is None or not self.restoreGeometry(geometry):
            room = self.screen().availableSize() - QtCore.QSize(0, TITLE_BAR)
            self.resize(DEFAULT.boundedTo(room.expandedTo(MINIMUM)))

    # -- locked and open -----------------------------------------------------------------------------------

    def _session_changed(self) -> None:
        summary = self.session.summary
        if summary is None:
            self._forget()
            return
        self.frame.show_network(summary.network_class)
        self.header.show_summary(summary, offline=self.session.offline)
        self.status.show_summary(summary, offline=self.session.offline)
        self.status.show()
        self.status.show_running("")
        self.navigation.show_count("inbox", summary.needs_me)
        self.setWindowTitle(strings.window_title(summary.name))
        self._lasting.show_session(self.session, self.key)
        if self._whole.currentWidget() is not self._open:
            self._whole.setCurrentWidget(self._open)
            self.idle.start()
            self.devices.begin()
            self.navigation.list.setFocus()
            self.go("setup" if summary.setting_up else "inbox" if self.key == "setup" else self.key)

    def _forget(self) -> None:
        """Nothing of the workspace stays in the window: no title, no count, no name, no page."""
        self.idle.stop()
        self.devices.end()
        self.header.show_devices(None)
        self.dialogs.close()
        self.popups.close()
        self.status.forget()
        self.status.hide()
        self.actions_.lock()
        for page in self._pages.values():
            layouts.save(self.settings, page)
            page.leave()
            self._stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self.frame.show_network("")
        self.setWindowTitle(strings.window_title(""))
        self.navigation.show_count("inbox", 0)
        self.navigation.show_who(Who("", 0))
        self._lasting.forget()
        self._leave_first_run()

    def show_first_run(self) -> None:
        """Practise, or set up: instead of the unlock page."""
        if self.session.locked:
            self._whole.setCurrentWidget(self.first_run)
            self.first_run.reset()

    def _leave_first_run(self) -> None:
        self.unlock.reset(self.session.directory)
        self._whole.setCurrentWidget(self.unlock)

    def lock(self) -> None:
        """Close the workspace; the unlock page replaces everything at once."""
        if not self.session.locked:
            self.tasks.spawn(self._lock())

    async def _lock(self) -> None:
        try:
            await self.session.lock()
        except CountersignError as error:
            self.unlock.say_failure(error)

    def _ticked(self, left: int) -> None:
        if self.session.summary is not None:
            self.navigation.show_who(Who(self.session.summary.person, left))
            self.status.show_running(", ".join(name for name in self.session.busy_with if name))

    # -- pages ---------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page | None:
        """The page in view; None while locked."""
        return self._pages.get(self.key)

    def go(self, page: str, argument: str = "") -> None:
        """Show a page, and in it what ``argument`` names. LookupError for a page that does not exist."""
        if self.session.locked:
            return
        shown = self._pages.get(page)
        if shown is None:
            shown = self._pages[page] = self._makers[page](self)
            self._stack.addWidget(shown)
            layouts.restore(self.settings, shown)
        self.key = page
        self.popups.close()
        self.navigation.show_page(page)
        self._stack.setCurrentWidget(shown)
        self._lasting.show_session(self.session, self.key)
        self.actions_.handle_here(shown.handlers(), shown.why_off)
        self._fit()
        if argument:
            shown.open(argument)
        shown.refresh()
        self.incoming.offer()

    def changed(self) -> None:
        """Something was written: read frame and page again."""
        self.tasks.spawn(self._changed())

    async def _changed(self) -> None:
        if not self.session.locked:
            await self.session.refresh()
            self.nodes.written()
            self._refresh()

    def _refresh(self) -> None:
        if self.page is not None:
            self.page.refresh()

    def _move_pane(self, step: int) -> None:
        move_pane([self.navigation.list, *(self.page.panes() if self.page else [])], step)

    # -- dialogs -------------------------------------------------------------------------------------------

    async def ask(self, dialog: QtWidgets.QDialog) -> int:
        """Show a dialog over the veil; one at a time."""
        return await self.dialogs.ask(dialog)

    # -- looks ---------------------------------------------------------------------------------------------

    def _show_build(self) -> None:
        self.status.show_build(*build_station().brief())

    def restyle(self) -> None:
        """The view settings changed."""
        theme().choose(self.settings.mode, self.settings.percent)
        self.idle.set_minutes(self.settings.lock_minutes)
        self._fit()

    def _text_size(self, step: int) -> None:
        at = SCALES.index(self.settings.percent) + step
        self.settings.percent = 100 if step == 0 else SCALES[max(0, min(len(SCALES) - 1, at))]
        self._soon.start(120)  # several presses in a row draw everything anew once

    def _toggle_menu_bar(self) -> None:
        self.settings.menu_bar = not self.menuBar().isVisible()
        self.menuBar().setVisible(self.settings.menu_bar)

    def _fit(self) -> None:
        self.navigation.set_rail(self.width() < RAIL_BELOW or self.key in RAIL_PAGES)
        self.header.fit(self.width())

    # -- Qt's events ---------------------------------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's name
        """The line at the bottom comes last, whatever the page has made meanwhile."""
        self.status.come_last()
        return super().focusNextPrevChild(forward)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Rail or list; the veil follows."""
        super().resizeEvent(event)
        self._fit()
        self.dialogs.resized()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Remember whether Alt is pressed alone."""
        self._alt_alone = event.key() == Qt.Key.Key_Alt
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Alt alone shows the menu bar for as long as it is used, as on other desktops."""
        if event.key() == Qt.Key.Key_Alt and self._alt_alone and not self.settings.menu_bar:
            self.menuBar().setVisible(not self.menuBar().isVisible())
            if self.menuBar().isVisible():
                self.menuBar().setFocus()
        self._alt_alone = False
        super().keyReleaseEvent(event)

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802
        """Closing ends the workspace first, without blocking; then the window goes."""
        if self._closing:
            event.accept()
            self.closed.emit()
            return
        event.ignore()
        self._closing = True
        self.settings.save_layout("window", self.saveGeometry())
        self.settings.sync()
        self.tasks.spawn(self._shut())

    def _close(self) -> None:
        self.close()

    async def _shut(self) -> None:
        await self._lock()
        self.unlock.tasks.cancel_all()
        await self.first_run.close_down()
        await self.places.close()
        await asyncio.sleep(0)
        self.close()

    def tasks_failed(self, error: BaseException) -> None:
        """Something ended that nobody awaited: say it on the page in view, or on the unlock page."""
        if self.page is not None:
            self.page.failed(error)
        else:
            self.unlock.say_unforeseen()
        self.reports.fault(error)

    def show_report(self, report: str) -> None:
        """The dialog with a report, at once or after the one that is open."""
        self.reports.show(report)

    # -- files ---------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QtGui.QDragEnterEvent) -> None:  # noqa: N802
        """Files of this computer, and nothing else."""
        if event.mimeData().hasUrls() and all(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QtGui.QDropEvent) -> None:  # noqa: N802
        """Proposals, halts and resumes, policies and votes."""
        event.acceptProposedAction()
        self.take_files(local_files(event.mimeData()))

    def take_files(self, files: Sequence[Path]) -> None:
        """Files that a second start of the program, a drop or a dialog names; kept until it is unlocked."""
        if self.isMinimized():
            self.showNormal()
        self.raise_()
        self.activateWindow()
        self.incoming.take(files)
