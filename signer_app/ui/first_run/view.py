"""The first run asks one thing: practise, or set up for real. Then it draws what was chosen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.ui.first_run.places import Places
from signer_app.ui.first_run.plan import MadeWorkspace, PlanView
from signer_app.ui.first_run.practise import PractiseView
from signer_app.ui.first_run.restore import RestoredWorkspace, RestoreView
from signer_app.ui.loop import Tasks
from signer_app.ui.preload import load_rooms
from signer_app.ui.qt import Qt, QtCore, QtWidgets, Signal
from signer_app.ui.session import Session
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.header import Mark
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Card, Reasons, StateBanner, column, label, plain, row
from signer_app.ui.words import faults, strings
from signer_app.ui.words import first_run as words

if TYPE_CHECKING:  # loads when somebody practises
    from signer_app.workspace import Workspace
    from signer_app.workspace.practising import Made


def data_home() -> Path:
    """Where this program keeps what belongs to one user: places to practise, and workspaces by default."""
    kind = QtCore.QStandardPaths.StandardLocation.GenericDataLocation
    return Path(QtCore.QStandardPaths.writableLocation(kind)) / "countersign"


class FirstRunView(QtWidgets.QWidget):
    """Replaces the unlock page while somebody begins. ``opened`` says which page to show then."""

    opened = Signal(str, str)
    left = Signal()

    def __init__(
        self, session: Session, settings: ViewSettings, places: Places, home: Path | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("page.first-run")
        self.setAccessibleName(words.TITLE)
        self._session, self._settings, self._places = session, settings, places
        self._home = home or data_home()
        self.tasks = Tasks(lambda _error: self._say(strings.INTERNAL_ERROR, strings.INTERNAL_CONSEQUENCE))
        self.shown: QtWidgets.QWidget | None = None
        t = theme()
        outer = column(self)
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(scroll)
        inner = plain()
        scroll.setWidget(inner)
        tall = column(inner, margins=(t.scaled(24), t.scaled(24), t.scaled(24), t.scaled(24)))
        tall.addSpacing(t.scaled(48))  # from the top, so that nothing moves when lines are added
        line = row()
        tall.addLayout(line)
        tall.addStretch(1)
        centre = QtWidgets.QWidget()
        centre.setFixedWidth(t.scaled(640))
        line.addStretch(1)
        line.addWidget(centre)
        line.addStretch(1)
        self._box = column(centre, spacing=t.scaled(14))
        head = row(spacing=t.scaled(10))
        head.addWidget(Mark())
        head.addWidget(label(strings.APP, "section"))
        head.addStretch(1)
        self._box.addLayout(head)
        self.message = StateBanner("danger")
        self.message.setObjectName("first-run.message")
        self.message.hide()
        self._box.addWidget(self.message)
        self._choice = self._build_choice()
        self._box.addWidget(self._choice)

    def _build_choice(self) -> QtWidgets.QWidget:
        t = theme()
        page = QtWidgets.QWidget()
        box = column(page, spacing=t.scaled(14))
        box.addWidget(label(words.QUESTION, "page", wrap=True))
        self.practise = ActionButton(words.PRACTISE, kind="primary", icon="sign", name="first-run.practise")
        self.real = ActionButton(words.REAL, icon="people", name="first-run.real")
        self.restore = ActionButton(words.RESTORE, icon="history", name="first-run.restore")
        for button, about in (
            (self.practise, words.PRACTISE_ABOUT),
            (self.real, words.REAL_ABOUT),
            (self.restore, words.RESTORE_ABOUT),
        ):
            button.setProperty("size", "large")
            button.setAccessibleDescription(about)
            card = Card()
            card.body.addWidget(label(about, "body", "text2", wrap=True))
            line = row()
            line.addWidget(button)
            line.addStretch(1)
            card.body.addLayout(line)
            card.body.addWidget(Reasons(button))
            box.addWidget(card)
        line = row()
        self.have = ActionButton(words.HAVE_ONE, kind="link", icon="unlock", name="first-run.have")
        line.addWidget(self.have)
        line.addStretch(1)
        box.addLayout(line)
        self.practise.triggered.connect(self.start_practising)
        self.real.triggered.connect(self.start_setting_up)
        self.restore.triggered.connect(self.start_restoring)
        self.have.triggered.connect(self.left)
        return page

    # -- choosing ------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """The question again."""
        self._show(None)
        self.message.hide()
        self.practise.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, view: QtWidgets.QWidget | None) -> None:
        if self.shown is not None:
            if isinstance(self.shown, PlanView | RestoreView):
                self.shown.tasks.cancel_all()
            self._box.removeWidget(self.shown)
            self.shown.hide()
            self.shown.deleteLater()
        self.shown = view
        self._choice.setVisible(view is None)
        if view is not None:
            self._box.addWidget(view)
            view.show()  # now, so that it can have the focus

    def start_practising(self) -> None:
        """One click."""
        view = PractiseView(self._home / "practice")
        view.finished.connect(self._practise)
        view.left.connect(self.reset)
        self._show(view)
        view.start()

    def start_setting_up(self) -> None:
        """The steps before a workspace exists, as soon as the rooms that they need have loaded."""
        self.real.block(words.LOADING)
        self.tasks.spawn(self._plan())

    async def _plan(self) -> None:
        await asyncio.to_thread(load_rooms)
        self.real.block("")
        if self.shown is not None or not self.isVisible():  # something else was chosen meanwhile
            return
        from signer_app.workspace.first_steps import PlanFile  # noqa: PLC0415 - it is there

        view = PlanView(PlanFile(self._settings.folder / "first-run.json"), self._home / "workspaces")
        view.made.connect(self._set_up)
        view.left.connect(self.reset)
        self._show(view)
        view.focus()

    def start_restoring(self) -> None:
        """Which backup, and where to."""
        view = RestoreView(self._home / "workspaces")
        view.made.connect(self._restored)
        view.left.connect(self.reset)
        self._show(view)
        view.focus()

    # -- what was made -------------------------------------------------------------------------------------

    def _practise(self, made: Made) -> None:
        self._places.keep(made.root, made.processes)
        self.tasks.spawn(self._open_place(made))

    async def _open_place(self, made: Made) -> None:
        try:
            await self._session.open(made.workspace, made.passphrase)
        except CountersignError as error:
            self._say(error.message, faults.hint(error, locked=True))
            return
        self._settings.remember(made.workspace)
        self.opened.emit("inbox", made.proposal_id)
        self.reset()

    def _set_up(self, made: MadeWorkspace) -> None:
        self.tasks.spawn(self._open_made(made))

    async def _open_made(self, made: MadeWorkspace) -> None:
        try:
            await self._session.open(made.folder, made.vault_passphrase)
            self._settings.remember(made.folder)
            await self._session.call(lambda workspace: _begin(workspace, made.key_passphrase))
            await self._session.refresh()
        except CountersignError as error:
            self._say(error.message, faults.hint(error, locked=True))
            return
        self.opened.emit("setup", "")
        self.reset()

    def _restored(self, made: RestoredWorkspace) -> None:
        self.tasks.spawn(self._open_restored(made))

    async def _open_restored(self, made: RestoredWorkspace) -> None:
        try:
            await self._session.open(made.folder, made.passphrase)
        except CountersignError as error:
            self._say(error.message, faults.hint(error, locked=True))
            return
        self._settings.remember(made.folder)
        self.opened.emit("settings", "")  # its card says what the ledger has to be asked for
        self.reset()

    def _say(self, fact: str, consequence: str) -> None:
        self.message.show_state("danger", fact, consequence)
        self.message.show()

    async def close_down(self) -> None:
        """The window closes."""
        self.tasks.cancel_all()
        if isinstance(self.shown, PractiseView):
            await self.shown.close_down()
        elif isinstance(self.shown, RestoreView):
            await self.shown.tasks.settle()  # a folder that is half made is never left
        elif isinstance(self.shown, PlanView):
            self.shown.keep()
            self.shown.tasks.cancel_all()
            await self.shown.tasks.settle()


def _begin(workspace: Workspace, key_passphrase: bytearray) -> None:
    """In the worker's thread: the keys are open, and the set-up is noted in the vault."""
    from signer_app.signers.keystore.client import open_keystore  # noqa: PLC0415
    from signer_app.workspace.first_run import FirstRun  # noqa: PLC0415

    workspace.unlock_keys(lambda folder: open_keystore(folder, passphrase=key_passphrase))
    FirstRun(workspace)
