"""The set-up page: steps at the left, one of them in view, Back and Next below. Services say what is so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.choosing import choose_file, choose_new_file
from signer_app.ui.pages.setup.first import AccountsStep, KeysStep, NodesStep
from signer_app.ui.pages.setup.second import DevicesStep, PeopleStep, PolicyStep, VotesStep
from signer_app.ui.pages.setup.step import Host, StepView, Work, objects, text
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.unlock import PassphraseField
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Icon,
    StateBanner,
    WhyDisabled,
    clear,
    column,
    label,
    plain,
    row,
)
from signer_app.ui.words import faults
from signer_app.ui.words import first_run as words

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.workspace import Workspace
    from signer_app.workspace.first_run import FirstRun

VIEWS: dict[str, Callable[[Host], StepView]] = {
    "KEYS": KeysStep, "NODES": NodesStep, "ACCOUNTS": AccountsStep, "PEOPLE": PeopleStep,
    "DEVICES": DevicesStep, "POLICY": PolicyStep, "VOTES": VotesStep,
}  # fmt: skip

#: Steps that were taken before there was a workspace: network, person, passphrases.
BEFORE_HERE = 3


class SetupPage(Page):
    """Draws FirstRun.read(); nothing of it is kept here."""

    key = "setup"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.setAccessibleName(words.SETUP)
        self.step = ""
        self.view: StepView | None = None
        self._busy = ""
        self._read: JsonObject = {}
        self._build()

    def _build(self) -> None:
        t = theme()
        margin = t.size("margin")
        outer = column(self.body, spacing=t.scaled(12), margins=(margin, t.scaled(14), margin, margin))
        head, self.sub = page_head(words.SETUP)
        outer.addLayout(head)
        self.about = label("", "body", "text2", wrap=True)
        outer.addWidget(self.about)
        middle = row(spacing=t.scaled(16))
        outer.addLayout(middle, 1)
        side = plain()
        side.setFixedWidth(t.scaled(150))
        self._steps = column(side, spacing=t.scaled(10))
        middle.addWidget(side, 0, Qt.AlignmentFlag.AlignTop)
        self._scroll = QtWidgets.QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName(words.SETUP)
        middle.addWidget(self._scroll, 1)
        inner = plain()
        self._scroll.setWidget(inner)
        box = column(inner, spacing=t.scaled(12), margins=(2, 2, t.scaled(8), t.scaled(8)))
        self.keys = self._build_keys()
        box.addWidget(self.keys)
        self.card = Card("", name="setup.card")
        box.addWidget(self.card)
        self.hints = StateBanner("warn")
        self.hints.setObjectName("setup.hints")
        self.hints.hide()
        box.addWidget(self.hints)
        box.addStretch(1)
        self._build_foot(outer)

    def _build_foot(self, outer: QtWidgets.QVBoxLayout) -> None:
        line = row(spacing=theme().scaled(8))
        line.addWidget(label(words.LATER, "small", "text3", wrap=True), 1)
        self.back = ActionButton(words.BACK, name="setup.back")
        self.next = ActionButton(words.NEXT, kind="primary", name="setup.next")
        self.back.triggered.connect(self._back)
        self.next.triggered.connect(self._next)
        line.addWidget(self.back)
        self.why = WhyDisabled(self.next)
        line.addWidget(self.why)
        outer.addLayout(line)

    def _build_keys(self) -> QtWidgets.QWidget:
        holder = Card(words.KEY_FIELD, "key")
        holder.body.addWidget(label(words.LOCKED_KEYS, "body", "text2", wrap=True))
        self.passphrase = PassphraseField()
        self.passphrase.setObjectName("setup.passphrase")
        self.passphrase.setAccessibleName(words.KEY_FIELD)
        unlock = ActionButton(words.UNLOCK_KEYS, icon="unlock", name="setup.unlock-keys")
        unlock.triggered.connect(self._unlock)
        self.passphrase.returnPressed.connect(unlock.click)
        line = row()
        line.addWidget(self.passphrase, 1)
        line.addWidget(unlock)
        holder.body.addLayout(line)
        return holder

    # -- reading -------------------------------------------------------------------------------------------

    async def load(self) -> None:
        self._show(await self.session.call(_read, name=words.READING))

    def _show(self, read: JsonObject) -> None:
        self._read = read
        step = str(read["step"])
        if step not in VIEWS:
            self.shell.go("inbox")
            return
        moved = False
        if step != self.step or self.view is None:
            clear(self.card.body)
            self.step, self.view = step, VIEWS[step](self)
            self.card.body.addWidget(self.view)
            self.view.show()  # now, so that it can have the focus
            self._scroll.verticalScrollBar().setValue(0)
            moved = True
        names = {str(entry["id"]): text(entry["words"]) for entry in objects(read["steps"])}
        self.card.setAccessibleName(names[step])
        self.about.setText(words.ABOUT[step])
        self.sub.setText(
            words.step_of(BEFORE_HERE + list(VIEWS).index(step) + 1, BEFORE_HERE + len(VIEWS), names[step])
        )
        self._draw_steps(names, step)
        self.keys.setVisible(read["keys_open"] is not True and step in ("KEYS", "VOTES"))
        hints = read["hints"]
        said = "\n".join(map(text, hints)) if isinstance(hints, list) else ""
        self.hints.setVisible(bool(said) and step in ("NODES", "ACCOUNTS", "PEOPLE", "DEVICES"))
        self.hints.show_state("warn", said)
        self.view.show_read(read)
        self.back.setVisible(step != "KEYS")
        self.next.setText(words.ACTIVATE if step == "VOTES" else words.NEXT)
        self._block()
        if moved:
            self._focus_first()

    def _focus_first(self) -> None:
        """Who works by keyboard begins at the top of the step."""
        places = (self.passphrase, *(self.view.findChildren(QtWidgets.QWidget) if self.view else ()))
        for place in places:
            if place.isVisibleTo(self) and place.focusPolicy() & Qt.FocusPolicy.TabFocus:
                place.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _draw_steps(self, names: dict[str, str], step: str) -> None:
        clear(self._steps)
        order = list(names)
        for number, key in enumerate(order):
            past, now = number < order.index(step), key == step
            line = row(spacing=theme().scaled(8))
            line.addWidget(Icon("pass" if past else "right" if now else "minus", "ok" if past else "neutral"))
            line.addWidget(label(names[key], "section" if now else "body", "" if now else "text3"), 1)
            self._steps.addLayout(line)

    def _block(self) -> None:
        problem = str(self._read.get("problem", ""))
        self.why.block(self._busy or problem)
        self.back.block(self._busy)

    # -- acting (Host) -------------------------------------------------------------------------------------

    def act(self, work: Work, name: str, done: Callable[[], None] | None = None) -> None:
        self.run(self._act(work, name, done))

    async def _act(self, work: Work, name: str, done: Callable[[], None] | None) -> None:
        self._busy = name
        self._block()
        try:
            read = await self.session.call(lambda workspace: _do(workspace, work), name=name)
        except CountersignError:
            self._show(await self.session.call(_read, name=words.READING))  # some of it may be kept
            raise
        finally:
            self._busy = ""
            self._block()
        self.banner("error", None)
        self._show(read)
        if done is not None:
            done()
        if self.step == "NODES":
            await self.session.refresh()  # the header says how many nodes there are

    def later(self, work: Awaitable[object]) -> None:
        self.run(work)

    def go_to(self, step: str) -> None:
        self.act(lambda setup: setup.go(step), words.NEXT)

    def _back(self) -> None:
        order = list(VIEWS)
        self.go_to(order[order.index(self.step) - 1])

    def _next(self) -> None:
        if self.step == "VOTES":
            self.run(self._activate())
        else:
            order = list(VIEWS)
            self.go_to(order[order.index(self.step) + 1])

    async def _activate(self) -> None:
        await self.session.call(_activate, name=words.ACTIVATING)
        self.shell.changed()
        self.shell.go("inbox")

    def _unlock(self) -> None:
        secret = self.passphrase.take()
        if secret:
            self.run(self._open_keys(secret))

    async def _open_keys(self, secret: bytearray) -> None:
        await self.session.call(lambda workspace: _unlock(workspace, secret), name=words.UNLOCKING_KEYS)
        await self.load()

    # -- files ---------------------------------------------------------------------------------------------

    def open_file(self, title: str, take: Callable[[Path], None]) -> None:
        choose_file(self, title, take)

    def save_file(self, title: str, suggestion: str, data: Callable[[FirstRun], bytes]) -> None:
        choose_new_file(self, title, suggestion, lambda path: self.write(path, data))

    def write(self, path: Path, data: Callable[[FirstRun], bytes]) -> None:
        """Write what ``data`` gives."""
        self.act(lambda setup: _write(path, data(setup)), words.READING)


def _read(workspace: Workspace) -> JsonObject:
    return _do(workspace, lambda _setup: None)


def _do(workspace: Workspace, work: Work) -> JsonObject:
    """In the worker's thread: do it, then read everything anew."""
    from signer_app.core.errors import NotFoundError  # noqa: PLC0415
    from signer_app.policy.templates import templates  # noqa: PLC0415
    from signer_app.workspace.first_run import FirstRun, unfinished  # noqa: PLC0415
    from signer_app.workspace.first_steps import AFTER, SETUP  # noqa: PLC0415

    if not unfinished(workspace) and workspace.reading.policies()["in_force"] is not None:
        return {"step": "ACTIVE"}
    setup = FirstRun(workspace)
    try:
        work(setup)
    except OSError as error:
        where = str(error.filename or "")
        fact = faults.unreadable(safe_text(Path(where).name or faults.THE_FILE, 200), error.strerror or "")
        raise NotFoundError(fact, hint=faults.check_path(safe_text(where, 600))) from error
    return {
        **setup.read(),
        "steps": [{"id": step, "words": SETUP.words[step]} for step in AFTER],
        "templates": [
            {"id": t.id, "title": t.title, "about": t.about, "tx_cap": t.tx_cap, "day_cap": t.day_cap}
            for t in templates()
        ],
    }


def _activate(workspace: Workspace) -> JsonObject:
    from signer_app.workspace.first_run import FirstRun  # noqa: PLC0415

    return FirstRun(workspace).activate()


def _unlock(workspace: Workspace, secret: bytearray) -> None:
    from signer_app.signers.keystore.client import open_keystore  # noqa: PLC0415

    workspace.unlock_keys(lambda folder: open_keystore(folder, passphrase=secret))


def _write(path: Path, data: bytes) -> None:
    from signer_app.vault.files import atomic_write  # noqa: PLC0415

    atomic_write(path, data, 0o600)
