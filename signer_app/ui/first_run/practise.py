"""Practise now: the steps as they are made, then the passphrase, once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError, UsageError
from signer_app.ui.loop import Tasks
from signer_app.ui.preload import load_rooms
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Reasons, StateBanner, Step, Timeline, column, label, row
from signer_app.ui.words import faults
from signer_app.ui.words import first_run as words
from signer_app.ui.worker import Progress

if TYPE_CHECKING:  # loads a ledger SDK; only when somebody practises
    from signer_app.workspace.practising import Made


class PractiseView(QtWidgets.QWidget):
    """One making. ``finished`` carries the Made whose passphrase the person has written down."""

    finished = Signal(object)
    left = Signal()

    def __init__(self, home: Path) -> None:
        """``home``: where places to practise are kept."""
        super().__init__()
        self._home = home
        self._stop = Event()
        self._made: Made | None = None
        self._steps: list[str] = []
        self.tasks = Tasks(self._unforeseen)
        self._build()

    def _build(self) -> None:
        t = theme()
        box = column(self, spacing=t.scaled(12))
        self.title = label(words.MAKING, "page")
        box.addWidget(self.title)
        self.about = label(words.MAKING_ABOUT, "body", "text2", wrap=True)
        box.addWidget(self.about)
        self.steps = Timeline()
        self.steps.setObjectName("practise.steps")
        box.addWidget(self.steps)
        self.message = StateBanner("danger")
        self.message.setObjectName("practise.message")
        self.message.hide()
        box.addWidget(self.message)
        self._result = QtWidgets.QWidget()
        self._build_result(column(self._result, spacing=t.scaled(10)))
        self._result.hide()
        box.addWidget(self._result)
        line = row(spacing=t.scaled(8))
        self.cancel = ActionButton(words.CANCEL, name="practise.cancel")
        self.cancel.triggered.connect(self.stop)
        line.addWidget(self.cancel)
        line.addStretch(1)
        self.again = ActionButton(words.RETRY, kind="primary", icon="refresh", name="practise.again")
        self.again.triggered.connect(self._again)
        self.again.hide()
        line.addWidget(self.again)
        self.open = ActionButton(words.OPEN, kind="primary", icon="unlock", name="practise.open")
        self.open.block(words.WRITTEN_FIRST)
        self.open.triggered.connect(self._go_on)
        self.open.hide()
        line.addWidget(self.open)
        box.addLayout(line)
        box.addWidget(Reasons(self.open))

    def _build_result(self, box: QtWidgets.QVBoxLayout) -> None:
        t = theme()
        box.addWidget(label(words.SHOWN_ONCE, "section"))
        line = row(spacing=t.scaled(10))
        self.passphrase = label("", "compare", selectable=True, name="practise.passphrase")
        self.passphrase.setAccessibleDescription(words.ONCE_SAID)
        line.addWidget(self.passphrase)
        self.copy = ActionButton(words.COPY, icon="copy", name="practise.copy")
        self.copy.triggered.connect(self._copy)
        line.addWidget(self.copy)
        line.addStretch(1)
        box.addLayout(line)
        self._copied = label("", "small", "text3")
        box.addWidget(self._copied)
        box.addWidget(label(words.ONCE_ABOUT, "body", "text2", wrap=True))
        self.written = QtWidgets.QCheckBox(words.WRITTEN)
        self.written.setObjectName("practise.written")
        self.written.toggled.connect(lambda on: self.open.block("" if on else words.WRITTEN_FIRST))
        box.addWidget(self.written)
        box.addWidget(label(words.WAITS, "body", wrap=True))
        self._where = label("", "small", "text3", wrap=True, selectable=True)
        box.addWidget(self._where)

    # -- making --------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin."""
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        self.tasks.spawn(self._make())

    def _again(self) -> None:
        """The same from the beginning, after it failed: nothing of the first try is left."""
        self._steps.clear()
        self._draw(done=0)
        self.message.hide()
        self.again.hide()
        self.about.setText(words.MAKING_ABOUT)
        self.about.show()
        self.start()

    async def _make(self) -> None:
        progress = Progress(self._told)
        try:
            made = await asyncio.to_thread(_make_place, self._home, progress, self._stop)
        except CountersignError as error:
            if isinstance(error, UsageError) and self._stop.is_set():
                self.left.emit()
            else:
                self._say(words.FAILED, f"{error.message} {faults.hint(error, locked=True)}".strip())
            return
        if self._stop.is_set():  # it was ready just as the person gave up
            await asyncio.to_thread(_remove, made)
            self.left.emit()
            return
        self._show(made)

    def _told(self, step: str) -> None:
        self._steps.append(step)
        self._draw(done=len(self._steps) - 1)

    def _draw(self, done: int) -> None:
        self.steps.show_steps(
            [
                Step(text, tone="ok" if number < done else "info", when="past" if number < done else "now")
                for number, text in enumerate(self._steps)
            ]
        )

    def _show(self, made: Made) -> None:
        self._made = made
        self.title.setText(words.MADE)
        self.about.hide()
        self._draw(done=len(self._steps))
        self.passphrase.setText(made.passphrase.decode("ascii"))
        self._where.setText(words.kept_in(str(made.root)))
        self.steps.hide()
        self._result.show()
        self.open.show()
        self.cancel.hide()
        self.copy.setFocus(Qt.FocusReason.OtherFocusReason)

    def _copy(self) -> None:
        QtWidgets.QApplication.clipboard().setText(self.passphrase.text())
        self._copied.setText(words.COPIED)

    def _go_on(self) -> None:
        made, self._made = self._made, None
        if made is None:
            return
        clipboard = QtWidgets.QApplication.clipboard()
        if clipboard.text() == self.passphrase.text():
            clipboard.clear()
        self.passphrase.setText("")
        self._result.hide()
        self.finished.emit(made)

    def stop(self) -> None:
        """Give up: what runs ends after its step, and nothing is left."""
        if self.message.isVisibleTo(self):
            self.left.emit()
            return
        self._stop.set()
        self.about.setText(words.STOPPING)
        self.cancel.block(words.STOPPING)

    async def close_down(self) -> None:
        """The window closes: wait until the making has ended, and end what it started."""
        self._stop.set()
        await self.tasks.settle()
        made, self._made = self._made, None
        if made is not None:
            await asyncio.to_thread(made.processes.close)

    def _say(self, fact: str, consequence: str) -> None:
        self.message.show_state("danger", fact, consequence)
        self.message.show()
        self.about.hide()
        self.again.show()
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    def _unforeseen(self, _error: BaseException) -> None:
        self._say(words.FAILED, "")


def _make_place(home: Path, progress: Progress, stop: Event) -> Made:
    load_rooms()
    from signer_app.workspace.practising import make_place  # noqa: PLC0415 - in the thread, after the paint

    return make_place(home, tell=progress, stop=stop)


def _remove(made: Made) -> None:
    from signer_app.workspace.practising import remove_place  # noqa: PLC0415

    remove_place(made)
