"""Reports of faults: the dialog that shows one, and who sees to it that none is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from signer_app.core.errors import CountersignError
from signer_app.ui.crash import report_of
from signer_app.ui.loop import Tasks
from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.shell.dialogs import Dialog, DialogHost
from signer_app.ui.theme import theme
from signer_app.ui.traces import Traces
from signer_app.ui.widgets import ActionButton, StateBanner, label
from signer_app.ui.words import crash as words
from signer_app.ui.words import strings

#: After a dialog another one may belong to what was done there; a report comes after that.
BETWEEN_MS = 300
#: Kinds of faults that one run remembers.
_MOST = 100


class CrashDialog(Dialog):
    """What happened, what is safe, and the report to read before it is copied."""

    def __init__(
        self,
        parent: QtWidgets.QWidget,
        report: str,
        network_class: str = "",
        *,
        forget: Callable[[], None] | None = None,
    ) -> None:
        """``forget`` deletes the report of an earlier run; without it, the fault is one of this run."""
        super().__init__(parent, words.TITLE, network_class)
        t = theme()
        self.report = report
        fact, safe = (
            (strings.INTERNAL_ERROR, words.SAFE) if forget is None else (words.ENDED, words.ENDED_SAFE)
        )
        self.content.addWidget(label(fact, "section", wrap=True))
        self.content.addWidget(label(safe, "body", "text2", wrap=True))
        self.text = QtWidgets.QPlainTextEdit(report)
        self.text.setObjectName("crash.report")
        self.text.setReadOnly(True)
        self.text.setAccessibleName(words.REPORT)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumSize(t.scaled(420), t.scaled(180))
        self.content.addWidget(self.text, 1)
        self.content.addWidget(label(words.REDACTED, "small", "text2", wrap=True))
        buttons = [ActionButton(words.COPY, icon="copy", name="crash.copy"), ActionButton(strings.CLOSE)]
        buttons[0].triggered.connect(lambda: QtWidgets.QApplication.clipboard().setText(self.report))
        buttons[1].triggered.connect(self.accept)
        if forget is not None:
            delete = ActionButton(words.DELETE, name="crash.delete")
            delete.triggered.connect(forget)
            delete.triggered.connect(self.accept)
            buttons.insert(0, delete)
        self.add_buttons(*buttons)


class Reports(QtCore.QObject):
    """Each fault's report is shown once, as soon as no other dialog is open: there is one dialog at a time,
    and a fault may come while one is. One that the lock took away is shown again.
    """

    def __init__(
        self,
        window: QtWidgets.QWidget,
        host: DialogHost,
        tasks: Tasks,
        where: Callable[[], tuple[str, str]],
    ) -> None:
        """``where`` gives the page in view and the class of network."""
        super().__init__(window)
        self._window, self._host, self._tasks, self._where = window, host, tasks, where
        self._told: set[str] = set()
        self._waiting: list[str] = []
        self._traces: Traces | None = None
        self._ended = ""
        #: What Qt said last.
        self.qt: Callable[[], Sequence[str]] = tuple
        self.banner = StateBanner("warn", words.ENDED, words.ENDED_SAYS)
        self.banner.setObjectName("window.ended")
        self.banner.offer([(words.SHOW, self._show_ended)])
        self.banner.hide()
        self._soon = QtCore.QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._next)
        host.freed = lambda: self._soon.start(BETWEEN_MS)

    def fault(self, error: BaseException) -> None:
        """Something failed. An error of the catalogue is no fault, and the same one over and over is told
        once; on stderr too, for who started the program at a terminal.
        """
        report = report_of(error, self._where()[0])
        if isinstance(error, CountersignError) or report in self._told or len(self._told) >= _MOST:
            return
        self._told.add(report)
        self.show(report)
        if sys.stderr is not None:
            sys.stderr.write(f"{report}\n")

    def show(self, report: str) -> None:
        """Show a report now, or after the dialog that is open."""
        if report not in self._waiting:
            self._waiting.append(report)
            self._soon.start(0)

    def _next(self) -> None:
        if self._waiting and self._host.current is None:
            self._tasks.spawn(self._show(self._waiting[0]))

    async def _show(self, report: str) -> None:
        if self._host.current is not None or report not in self._waiting:
            return
        said = "\n".join((report, *self.qt()))
        await self._host.ask(CrashDialog(self._window, said, self._where()[1]))
        if not self._host.was_closed:
            self._waiting.remove(report)

    # -- the last run --------------------------------------------------------------------------------------

    def look_back(self, traces: Traces) -> None:
        """Say if an earlier window was ended by the system."""
        self._traces, self._ended = traces, traces.left()
        self.banner.setVisible(bool(self._ended))

    def _show_ended(self) -> None:
        dialog = CrashDialog(self._window, self._ended, self._where()[1], forget=self._forget)
        self._tasks.spawn(self._host.ask(dialog))

    def _forget(self) -> None:
        if self._traces is not None:
            self._traces.forget()
        self.banner.hide()
