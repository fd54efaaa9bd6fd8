"""Halting in one step, and resuming by two people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from signer_app.core.errors import CountersignError
from signer_app.ui.choosing import choose_files, choose_new_file
from signer_app.ui.halting import reads
from signer_app.ui.loop import Tasks
from signer_app.ui.passphrase import unlock_with
from signer_app.ui.qt import QtWidgets
from signer_app.ui.session import Halted, Session
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.page import Shell
from signer_app.ui.theme import theme
from signer_app.ui.unlock import PassphraseField
from signer_app.ui.widgets import (
    ActionButton,
    Chooser,
    Icon,
    StateBanner,
    clear,
    column,
    label,
    plain,
    row,
)
from signer_app.ui.words import faults, standing, strings
from signer_app.ui.words import halt as words
from signer_app.ui.words import passphrase as key_words

if TYPE_CHECKING:
    from signer_app.workspace import Workspace

T = TypeVar("T")
#: The longest reason that a statement takes (CONTRACTS, statements).
REASON_LIMIT = 1000


def when(moment: str) -> str:
    """Local time of a UTC time, with its date when it is not today."""
    try:
        local = datetime.fromisoformat(moment).astimezone()
    except ValueError:
        return moment
    today = local.date() == datetime.now().astimezone().date()
    return local.strftime("%H:%M" if today else "%d %b %Y, %H:%M")


class StatementDialog(Dialog):
    """Something that this person's device key signs: fields, the passphrase where keys are locked, one
    button that says why it is off, and what became of it."""

    def __init__(self, parent: QtWidgets.QWidget, shell: Shell, title: str, *, name: str) -> None:
        summary = shell.session.summary
        super().__init__(parent, title, summary.network_class if summary else "")
        self.setObjectName(f"{name}.dialog")
        self.shell, self._name = shell, name
        self.session: Session = shell.session
        self.tasks = Tasks(self._unforeseen)
        self._unlocked, self._busy, self._ended = True, False, False
        t = theme()
        self.setMinimumWidth(t.scaled(600))
        #: Everything that is asked; hidden once it is answered.
        self.form = plain()
        self.fields = column(self.form, spacing=t.scaled(10))
        self.content.addWidget(self.form)
        self.secret = PassphraseField()
        self.secret.setObjectName(f"{name}.passphrase")
        self.secret.setAccessibleName(key_words.PASSPHRASE)
        self.secret.setPlaceholderText(key_words.PASSPHRASE)
        self.which = label(key_words.WHICH, "small", "text3", wrap=True)
        self.message = StateBanner("danger")
        self.message.setObjectName(f"{name}.message")
        self.message.hide()

    def finish(self, action: str, *, kind: str, icon: str) -> None:
        """The lower part, after the fields."""
        self.fields.addWidget(self.secret)
        self.fields.addWidget(self.which)
        self.content.addWidget(self.message)
        self.do = ActionButton(action, kind=kind, icon=icon, name=f"{self._name}.do")
        self.content.addStretch(1)
        self.save = ActionButton(words.SAVE_FILE, icon="download", name=f"{self._name}.save")
        self.cancel = ActionButton(strings.CANCEL, name=f"{self._name}.cancel")
        self.add_buttons(self.save, self.cancel, self.do)
        self.save.hide()
        self.save.triggered.connect(
            lambda: choose_new_file(self, words.FILE_TITLE, words.FILE_NAME, self.write)
        )
        self.cancel.triggered.connect(self.reject)
        self.do.triggered.connect(lambda: self.tasks.spawn(self.act()))
        self.secret.textChanged.connect(self.judge)
        self.secret.hide()
        self.which.hide()
        self.do.block(strings.LOADING)
        self.tasks.spawn(self._guarded(self.begin()))

    # -- for the two dialogs -------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Read what is shown first."""

    async def act(self) -> None:
        """The button was pressed."""

    def reason_off(self) -> str:
        """Why the button is off, beyond what all share."""
        return ""

    # -- shared --------------------------------------------------------------------------------------------

    def ready(self, unlocked: bool) -> None:
        """The first reading has ended."""
        self._unlocked = unlocked
        self.secret.setVisible(not unlocked)
        self.which.setVisible(not unlocked)
        self.judge()
        self.fit()

    def answered(self) -> None:
        """Nothing more is asked."""
        for part in (self.form, self.do):
            part.hide()
        self.save.show()
        self.cancel.setText(strings.CLOSE)

    def judge(self) -> None:
        """Look again whether the button is on."""
        off = standing.off(self.session.summary)
        off = f"{off} {words.ELSEWHERE}" if off else self.reason_off()
        if not off and not self._unlocked and not self.secret.text():
            off = words.PASSPHRASE_NEEDED
        self.do.block(off)

    async def signed(self, work: Callable[[Workspace], T], name: str) -> T | None:
        """Unlock where needed and call; None where it failed, which is said."""
        if self._busy:
            return None
        self._busy = True
        self.do.block(name)
        secret = self.secret.take() if not self._unlocked else bytearray()

        def call(workspace: Workspace) -> T:
            if secret:
                unlock_with(workspace, secret)
            return work(workspace)

        try:
            result = await self.session.call(call, name=name)
        except CountersignError as error:
            self.say("danger", error.message, faults.hint(error))
            return None
        else:
            self.ready(unlocked=True)
            return result
        finally:
            self._busy = False
            if not self._ended:
                self.judge()

    def write(self, path: Path) -> None:
        """Write the file for the others."""
        self.tasks.spawn(self._guarded(self._write(path)))

    async def _write(self, path: Path) -> None:
        await self.session.call(lambda workspace: reads.save(workspace, path), name=words.SAVING)
        self.say("ok", words.FILE_SAVED, path.name)

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except CountersignError as error:
            self.say("danger", error.message, faults.hint(error))

    def say(self, tone: str, fact: str, consequence: str = "") -> None:
        """What became of it; stays until something else is said."""
        if not self._ended:
            self.message.show_state(tone, fact, consequence)
            self.message.show()
            self.fit()
            self.bring(self.message)

    def _unforeseen(self, _error: BaseException) -> None:
        self.say("danger", strings.INTERNAL_ERROR, strings.INTERNAL_CONSEQUENCE)

    def done(self, code: int) -> None:
        """Closed: a passphrase that was typed is gone. What was recorded stays."""
        self._ended = True
        self.secret.clear()
        super().done(code)


def reason_field(name: str, said: str) -> QtWidgets.QPlainTextEdit:
    """Free text of several lines; Tab leaves it."""
    field = QtWidgets.QPlainTextEdit()
    field.setObjectName(name)
    field.setAccessibleName(said)
    field.setPlaceholderText(said)
    field.setTabChangesFocus(True)
    field.setFixedHeight(theme().scaled(64))
    return field


class HaltDialog(StatementDialog):
    """Scope, reason, what it does; one step."""

    def __init__(self, parent: QtWidgets.QWidget, shell: Shell) -> None:
        super().__init__(parent, shell, words.TITLE, name="halt")
        t = theme()
        self._start: reads.Start | None = None
        self.fields.addWidget(label(words.SCOPE, "label"))
        self.scope = Chooser()
        self.scope.setObjectName("halt.scope")
        self.scope.setAccessibleName(words.SCOPE)
        self.fields.addWidget(self.scope)
        self.fields.addWidget(label(words.REASON, "label"))
        self.reason = reason_field("halt.reason", words.REASON_HINT)
        self.fields.addWidget(self.reason)
        self.fields.addWidget(label(words.WHAT, "label"))
        for text in (*words.DOES, words.NO_UNDO):
            line = row(spacing=t.scaled(8))
            line.addWidget(Icon("halt" if text in words.DOES else "info", "neutral", "icon-button"))
            line.addWidget(label(text, "body", "text2", wrap=True), 1)
            self.fields.addLayout(line)
        self.reason.textChanged.connect(self.judge)
        self.finish(words.HALT, kind="danger", icon="halt")
        self.reason.setFocus()

    async def begin(self) -> None:
        """Scopes, and whether keys are open."""
        self._start = await self.session.call(reads.start)
        for scope in self._start.scopes:
            self.scope.addItem(scope.said, scope.accounts)
        self.ready(self._start.unlocked)

    def reason_off(self) -> str:
        """A policy, a reason."""
        if self._start is None:
            return strings.LOADING
        if not self._start.has_policy:
            return words.NO_VOICE
        return "" if self._text() else words.REASON_NEEDED

    def _text(self) -> str:
        return self.reason.toPlainText().strip()[:REASON_LIMIT]

    async def act(self) -> None:
        """Halt, then offer the file."""
        if self._start is None:
            return
        text, scope = self._text(), self._start.scopes[self.scope.currentIndex()]
        record = await self.signed(lambda w: reads.halt(w, text, scope.accounts), words.HALTING)
        if record is None:
            return
        self.answered()
        self.title.setText(words.HALTED)
        self.say("danger", words.halted_as(record), f"{scope.said}. {words.DOES[1]}")
        self.save.setFocus()
        self.shell.changed()


class ResumeDialog(StatementDialog):
    """One halt: who has said that it may go on, this person's word, and files of others."""

    def __init__(self, parent: QtWidgets.QWidget, shell: Shell, halt: Halted) -> None:
        super().__init__(parent, shell, words.RESUME_TITLE, name="resume")
        t = theme()
        self._halt, self._person, self._loaded = halt, "", False
        self.head = StateBanner("danger", icon="halt")
        self.fields.addWidget(self.head)
        self.fields.addWidget(label(words.RESUME_DOES, "body", wrap=True))
        line = row(spacing=t.scaled(8))
        line.addWidget(label(words.SAID, "label"))
        line.addStretch(1)
        self.take = ActionButton(words.TAKE_FILE, icon="upload", name="resume.take")
        self.take.setProperty("size", "compact")
        line.addWidget(self.take)
        self.fields.addLayout(line)
        self._people = column(spacing=t.scaled(4))
        self.fields.addLayout(self._people)
        #: In practice nobody else is there to say it.
        self.colleague = ActionButton(icon="people", name="resume.colleague")
        self.colleague.triggered.connect(lambda: self.tasks.spawn(self._guarded(self._ask_colleague())))
        self.colleague.hide()
        self.fields.addWidget(self.colleague)
        self._colleagues: tuple[str, ...] = ()
        self.reason = reason_field("resume.reason", words.RESUME_REASON)
        self.fields.addWidget(self.reason)
        self.take.triggered.connect(lambda: choose_files(self, words.TAKE_TITLE, self.take_files))
        self.finish(words.RESUME_DO, kind="primary", icon="check")
        self._show()
        self.cancel.setFocus()

    def _show(self) -> None:
        halt = self._halt
        fact = words.standing(halt.person, when(halt.at), all_of_it=halt.accounts is None)
        scope = words.scope_words(halt.accounts)
        told = words.consequence(halt.reason, len(halt.people), halt.need, scope)
        self.head.show_state("danger", fact, told, icon="halt")
        clear(self._people)
        for person in halt.people:
            line = row(spacing=theme().scaled(8))
            line.addWidget(Icon("pass", "ok"))
            line.addWidget(label(person, "body"), 1)
            self._people.addLayout(line)
        if not halt.people:
            self._people.addWidget(label(words.NOBODY_YET, "body", "text2"))
        silent = [name for name in self._colleagues if name not in halt.people]
        self.colleague.setText(words.ask_colleague(silent[0]) if silent else "")
        self.colleague.setVisible(bool(silent))

    async def begin(self) -> None:
        """Whether keys are open, and who this is."""
        start = await self.session.call(reads.start)
        self._person, self._loaded, self._colleagues = start.person, True, start.colleagues
        self._show()
        self.ready(start.unlocked)

    def judge(self) -> None:
        """What others said is taken in where it can be written."""
        super().judge()
        for button in (self.take, self.colleague):
            button.block(standing.off(self.session.summary))

    def reason_off(self) -> str:
        """One voice a person."""
        if not self._loaded:
            return strings.LOADING
        return words.SAID_ALREADY if self._person in self._halt.people else ""

    async def act(self) -> None:
        """This person's word."""
        text, identifier = self.reason.toPlainText().strip()[:REASON_LIMIT], self._halt.id
        made = await self.signed(lambda w: reads.resume(w, text, identifier), words.RESUMING)
        if made is None:
            return
        self.save.show()
        if not made["lifted"]:
            people = made["people"]
            self.say("info", words.recorded(len(people) if isinstance(people, list) else 1, self._halt.need))
        await self._look()

    def take_files(self, paths: list[Path]) -> None:
        """Statements of others."""
        self.tasks.spawn(self._guarded(self._take(paths)))

    async def _take(self, paths: list[Path]) -> None:
        for path in paths:
            said = await self.session.call(partial(reads.take_path, path=path), name=words.TAKING)
            self.say("info", said)
        await self._look()

    async def _ask_colleague(self) -> None:
        """In practice: one who has not said it yet."""
        silent = [name for name in self._colleagues if name not in self._halt.people]
        if not silent or self.colleague.blocked:
            return
        self.colleague.block(words.ASKING)
        identifier = self._halt.id
        try:
            said = await self.session.call(
                lambda w: reads.ask_colleague(w, silent[0], identifier), name=words.ASKING
            )
        finally:
            self.colleague.block("")
        self.say("info", said)
        await self._look()

    async def _look(self) -> None:
        """What stands now; the whole window shows it."""
        identifier = self._halt.id
        found = await self.session.call(lambda workspace: reads.find(workspace, identifier))
        self.shell.changed()
        if found is not None:
            self._halt = found
            self._show()
            self.judge()
            self.fit()
            return
        self.answered()
        self.say("ok", words.LIFTED, words.DOES[1])
        self.cancel.setFocus()
