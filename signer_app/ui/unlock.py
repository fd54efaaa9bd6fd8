"""The page that replaces everything while no workspace is open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from signer_app.core.errors import CountersignError
from signer_app.ui.choosing import choose_folder
from signer_app.ui.loop import Tasks
from signer_app.ui.preload import load_rooms
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.session import Session
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.header import Mark
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Chooser, StateBanner, column, label, repolish, row
from signer_app.ui.words import faults, standing, strings
from signer_app.ui.words import first_run as words
from signer_app.ui.words import reading_file as reading_words

#: Seconds that each wrong passphrase in a row costs, and the most.
FIRST_WAIT, LONGEST_WAIT = 2, 64


class PassphraseField(QtWidgets.QLineEdit):
    """Hidden text without copy, drag, undo of what was typed, or memory in an input method."""

    caps_lock = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QtWidgets.QLineEdit.EchoMode.Password)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setMaxLength(1024)
        hints = Qt.InputMethodHint
        self.setInputMethodHints(
            hints.ImhHiddenText
            | hints.ImhSensitiveData
            | hints.ImhNoPredictiveText
            | hints.ImhNoAutoUppercase
        )

    def take(self) -> bytearray:
        """What was typed, as bytes to be wiped; the field is empty afterwards. Qt's own copy of the text
        cannot be wiped, only released: docs/threat-model.md says so."""
        secret = bytearray(self.text().encode("utf-8"))
        self.clear()
        return secret

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Letters that are upper case without Shift, or lower with it, mean that Caps Lock is on."""
        if event.matches(QtGui.QKeySequence.StandardKey.Undo) or event.matches(
            QtGui.QKeySequence.StandardKey.Redo
        ):
            event.accept()
            return
        text = event.text()
        if text.isalpha():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(text.isupper() != shift)
        super().keyPressEvent(event)


class UnlockPage(QtWidgets.QWidget):
    """Choose a workspace, type its passphrase; or look at a journal or a file, which need neither."""

    #: Somebody has no workspace yet, or wants another.
    first_run = Signal()
    #: Somebody wants to see what a file would do, which needs no workspace.
    read_wanted = Signal()

    def __init__(
        self, session: Session, settings: ViewSettings, now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.setObjectName("page.unlock")
        self.setAccessibleName(strings.UNLOCK_TITLE)
        self._session, self._settings, self._now = session, settings, now
        self.tasks = Tasks(lambda _error: self.say_unforeseen())
        #: What has to run before a workspace can be opened: the ledger of a place to practise.
        self.before_open: Callable[[Path], Awaitable[None]] | None = None
        self._misses, self._free_at = 0, 0.0
        self._busy = False
        self._wait = QtCore.QTimer(self)
        self._wait.setInterval(500)
        self._wait.timeout.connect(self._waiting)
        self._build()
        self.reset()

    # -- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        t = theme()
        outer = column(self)
        outer.addStretch(2)
        line = row()
        outer.addLayout(line)
        outer.addStretch(3)
        centre = QtWidgets.QWidget()
        centre.setFixedWidth(t.scaled(392))
        line.addStretch(1)
        line.addWidget(centre)
        line.addStretch(1)
        box = column(centre, spacing=t.scaled(9), margins=(6, 6, 6, 6))
        title = row(spacing=t.scaled(10))
        title.addWidget(Mark())
        title.addWidget(label(strings.APP, "page"))
        title.addStretch(1)
        box.addLayout(title)
        box.addWidget(label(strings.SHOW_NOTHING, "body", "text2", wrap=True))
        box.addSpacing(t.scaled(8))
        self.workspace = Chooser()
        self.workspace.setObjectName("unlock.workspace")
        self.workspace.setAccessibleName(strings.WORKSPACE)
        self._labelled(box, strings.WORKSPACE, self.workspace)
        self.passphrase = PassphraseField()
        self.passphrase.setObjectName("unlock.passphrase")
        self.passphrase.setAccessibleName(strings.PASSPHRASE)
        self._labelled(box, strings.PASSPHRASE, self.passphrase)
        self._caps = label(strings.CAPS_LOCK, "small", "warn")
        box.addWidget(self._caps)
        self._choices(box)
        self.unlock = ActionButton(strings.UNLOCK, kind="primary", icon="unlock", name="unlock.unlock")
        self.unlock.setProperty("size", "large")
        box.addWidget(self.unlock)
        self.message = StateBanner("danger")
        self.message.setObjectName("unlock.message")
        box.addWidget(self.message)
        box.addSpacing(t.scaled(6))
        self._others(box)
        self.workspace.activated.connect(self._chosen)
        self.passphrase.caps_lock.connect(self._caps.setVisible)
        self.passphrase.returnPressed.connect(self.unlock.click)
        self.unlock.triggered.connect(self._start)
        self._session.progressed.connect(self._progressed)

    def _choices(self, box: QtWidgets.QVBoxLayout) -> None:
        """What one may want beforehand."""
        lines = column(spacing=0)
        box.addLayout(lines)
        self.offline = _choice(lines, strings.OPEN_OFFLINE, "unlock.offline")
        self.look_only = _choice(lines, standing.LOOK_ONLY_CHOICE, "unlock.look-only")

    def _others(self, box: QtWidgets.QVBoxLayout) -> None:
        """What can be done without a passphrase."""
        self.verify = ActionButton(strings.VERIFY_JOURNAL, kind="link", icon="journal", name="unlock.verify")
        self.read = ActionButton(reading_words.READ, kind="link", icon="file", name="unlock.read")
        look = row(spacing=theme().scaled(12))
        look.addWidget(self.verify)
        look.addWidget(self.read)
        look.addStretch(1)
        box.addLayout(look)
        self.begin = ActionButton(words.FIRST_STEPS, kind="link", icon="plus", name="unlock.first-run")
        box.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignLeft)
        self.verify.triggered.connect(self._choose_journal)
        self.read.triggered.connect(self.read_wanted)
        self.begin.triggered.connect(self.first_run)

    @staticmethod
    def _labelled(box: QtWidgets.QVBoxLayout, words: str, field: QtWidgets.QWidget) -> None:
        above = label(words, "small", "text2")
        above.setBuddy(field)
        box.addWidget(above)
        box.addWidget(field)

    # -- state ---------------------------------------------------------------------------------------------

    def reset(self, chosen: Path | None = None) -> None:
        """As new: recent workspaces, no passphrase, no message."""
        self.workspace.clear()
        known = self._settings.recent()
        if chosen is not None and chosen not in known:
            known.insert(0, chosen)
        for path in known:
            self.workspace.addItem(path.name, path)
            self.workspace.setItemData(self.workspace.count() - 1, str(path), Qt.ItemDataRole.ToolTipRole)
        if chosen is not None:
            self.workspace.setCurrentIndex(known.index(chosen))
        self.workspace.addItem(strings.CHOOSE_FOLDER, None)
        self.passphrase.clear()
        self._caps.hide()
        self.message.hide()
        self._blocking()
        if not known:
            self._say("info", strings.NO_WORKSPACE_YET)
        self.passphrase.setFocus()

    def directory(self) -> Path | None:
        """The workspace that is chosen."""
        value = self.workspace.currentData()
        return value if isinstance(value, Path) else None

    def _blocking(self) -> None:
        left = self._free_at - self._now()
        if self._busy:
            reason = strings.UNLOCKING
        elif self.directory() is None:
            reason = strings.NO_WORKSPACE_YET
        elif left > 0:
            reason = strings.wait_seconds(int(left) + 1)
        else:
            reason = ""
        self.unlock.block(reason)
        self.passphrase.setReadOnly(self._busy)

    def _say(self, tone: str, fact: str, consequence: str = "") -> None:
        self.message.offer([])
        self.message.show_state(tone, fact, consequence)
        self.message.show()

    def say(self, words_: str) -> None:
        """What goes on while it is locked; "" when that has ended."""
        if words_:
            self._say("info", words_)
        elif self.directory() is None:
            self._say("info", strings.NO_WORKSPACE_YET)
        else:
            self.message.hide()

    def say_failure(self, error: CountersignError) -> None:
        """Something failed while it is locked: closing the last workspace, reading a file."""
        self._say("danger", error.message, faults.hint(error, locked=True))

    def _progressed(self, words: str) -> None:
        if self._busy:
            self._say("info", words)

    # -- opening -------------------------------------------------------------------------------------------

    def work_next(self) -> None:
        """The next unlock is for work, not to look only."""
        self.look_only.setChecked(False)

    def _start(self, *, held: bool = False) -> None:
        """Unlock. ``held``: to look only, because another has it open."""
        directory = self.directory()
        if directory is None or not self.passphrase.text():
            self.passphrase.setFocus()
            return
        self._busy = True  # before the task begins, so that a second press finds it blocked
        self._say("info", strings.UNLOCKING)
        self._blocking()
        self.tasks.spawn(self._open(directory, self.passphrase.take(), held))

    async def _open(self, directory: Path, secret: bytearray, held: bool) -> None:
        offline, look_only = self.offline.isChecked(), held or self.look_only.isChecked()
        typed = bytearray(secret)
        try:
            if self.before_open is not None and not offline and not look_only:
                await self.before_open(directory)
            await self._session.open(directory, secret, offline=offline, look_only=look_only, held=held)
        except CountersignError as error:
            if error.code == "WORKSPACE_LOCKED":  # nothing was tried with it: it is there to look only
                self.passphrase.setText(typed.decode("utf-8"))
                self.passphrase.selectAll()
            self._refused(error)
        else:
            self._misses, self._free_at = 0, 0.0
            self._settings.remember(directory)
            self.message.hide()
        finally:
            typed[:] = bytes(len(typed))
            self._busy = False
            self._blocking()

    def _refused(self, error: CountersignError) -> None:
        if error.code == "VAULT_PASSPHRASE_WRONG":
            self._misses += 1
            self._free_at = self._now() + min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self._misses - 1))
            self._wait.start()
            self._waiting()
            self.passphrase.setProperty("problem", "true")
            repolish(self.passphrase)
        elif error.code == "WORKSPACE_LOCKED":
            self._say("warn", strings.ALREADY_OPEN, faults.hint(error, locked=True))
            self.message.offer([(standing.LOOK_ONLY, lambda: self._start(held=True))])
        else:
            self._say("danger", error.message, faults.hint(error, locked=True))
        self.passphrase.setFocus()

    def _waiting(self) -> None:
        left = self._free_at - self._now()
        if left <= 0:
            self._wait.stop()
            self.passphrase.setProperty("problem", "false")
            repolish(self.passphrase)
        if not self._busy:
            self._say("danger", strings.wait_seconds(int(left) + 1) if left > 0 else strings.WRONG_PASSPHRASE)
        self._blocking()

    def say_unforeseen(self) -> None:
        """A fault of the program; nothing is open."""
        self._say("danger", strings.INTERNAL_ERROR, strings.INTERNAL_CONSEQUENCE)

    # -- folders -------------------------------------------------------------------------------------------

    def _chosen(self, _index: int) -> None:
        if self.directory() is None:
            choose_folder(self, strings.CHOOSE_FOLDER_TITLE, self.choose)
        self._blocking()

    def choose(self, directory: Path) -> None:
        """Take a folder as the workspace; one that is none is said to be none."""
        if (directory / "vault.json").is_file():
            self.reset(directory)
        else:
            self._say("danger", strings.no_workspace(str(directory)))

    def _choose_journal(self) -> None:
        choose_folder(self, strings.VERIFY_TITLE, self.verify_journal)

    def verify_journal(self, folder: Path) -> None:
        """Verify a journal without any key: the logs of a workspace, or of an auditor's bundle."""
        logs = folder / "logs" if (folder / "logs").is_dir() else folder
        self.tasks.spawn(self._verify(logs))

    async def _verify(self, logs: Path) -> None:
        self._say("info", strings.VERIFYING)
        try:
            sound, records, reason = await asyncio.to_thread(_check_journal, logs)
        except CountersignError as error:
            self._say("danger", error.message, faults.hint(error, locked=True))
            return
        if sound:
            self._say("ok", strings.journal_verified(records), strings.VERIFIED_WITHOUT_KEY)
        else:
            self._say("danger", strings.JOURNAL_NOT_INTACT, reason)


def _choice(lines: QtWidgets.QVBoxLayout, words: str, name: str) -> QtWidgets.QCheckBox:
    made = QtWidgets.QCheckBox(words)
    made.setObjectName(name)
    lines.addWidget(made)
    return made


def _check_journal(logs: Path) -> tuple[bool, int, str]:
    """In a thread: whether the journal can be trusted (CONTRACTS E), how many records, and why not."""
    load_rooms()
    from signer_app.journal.verifying import beside_writer, verify  # noqa: PLC0415 - after the first paint

    result = beside_writer(logs, lambda: verify(logs)).to_json()
    records = result["records"]
    sound = str(result["state"]) in ("INTACT", "UNANCHORED_TAIL")
    return sound, records if isinstance(records, int) else 0, str(result["reason"])
