"""The frame of the signing dialog: head, steps at the left, the page in the middle, who is awaited below."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal, is_alive
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.signing.compare import ComparePage
from signer_app.ui.signing.pages import (
    Choice,
    ChoosePage,
    DiffersPage,
    SavedPage,
    StopPage,
    TickPage,
    UnlockPage,
)
from signer_app.ui.signing.rail import Rail
from signer_app.ui.signing.refusals import Refusal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Chip,
    Elided,
    Icon,
    NetworkChip,
    clear,
    column,
    label,
    plain,
    row,
    stop_before,
    tab_through,
)
from signer_app.ui.widgets.chips import RISK_LOOKS
from signer_app.ui.words import signing as words
from signer_app.ui.words import strings

P = TypeVar("P", bound=QtWidgets.QWidget)

SIZE = QtCore.QSize(1060, 694)
#: With less of the window, at 100 % of the text size, the steps are numbers and the lines have the room.
WIDE, HIGH = 940, 600


class _Middle(QtWidgets.QWidget):
    """The steps and the page. It takes what head and foot leave; pages scroll."""

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """No: else a long page would push the foot out of view."""
        return False

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Any."""
        return QtCore.QSize(0, 0)


class SignFrame(Dialog):
    """Pages and the places around them; what happens is dialog.py's."""

    #: On a page: a key was chosen, a passphrase typed, a line compared; a line differs.
    chose, typed, compared, differed = Signal(), Signal(), Signal(), Signal()

    def __init__(self, parent: QtWidgets.QWidget, identifier: str, network_class: str) -> None:
        super().__init__(parent, words.sign_title(identifier[:12]), network_class, scrolls=False)
        self.setObjectName("sign.dialog")
        self._network_class = network_class
        self._choice: Choice | None = None
        self._deadline: float | None = None
        self._continue: Callable[[], None] | None = None
        self._then = ""
        self._tight = (False, False)
        self._build()
        t = theme()
        wanted = QtCore.QSize(t.scaled(SIZE.width()), t.scaled(SIZE.height()))
        self.resize(wanted.boundedTo(parent.window().size()))
        self._clock = QtCore.QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._count_down)
        self._clock.start()

    # -- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        t = theme()
        self.content.removeWidget(self.title)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(0)
        head = plain("surface")
        line = row(
            head, spacing=t.scaled(12), margins=(t.scaled(18), t.scaled(10), t.scaled(18), t.scaled(10))
        )
        line.addWidget(Icon("sign", "accent", "icon-banner"))
        self.title.hide()
        self.heading = Elided("", "name")
        self.heading.setObjectName("sign.title")
        line.addWidget(self.heading, 1)
        self.verdict = Chip("", "neutral")
        self.verdict.setObjectName("sign.verdict")
        self.verdict.hide()
        line.addWidget(self.verdict)
        line.addWidget(NetworkChip(self._network_class or "practice", "XRPL"))
        self.content.addWidget(head)
        holder = _Middle()
        middle = row(holder, spacing=0)
        self.rail = Rail()
        middle.addWidget(self.rail)
        self._stack = QtWidgets.QStackedWidget()
        middle.addWidget(self._stack, 1)
        self.content.addWidget(holder, 1)
        self.blank = self._placed(QtWidgets.QWidget())
        self.content.addWidget(self._foot())

    # -- pages ---------------------------------------------------------------------------------------------
    # Each is made when it is first needed, or a little before by make_ready: all at once they would hold up
    # the window, which has to stay live whatever a device does.

    async def make_ready(self) -> None:
        """Make the pages, each in a turn of the loop of its own."""
        for name in ("choose", "unlock", "connecting", "compare", "done_page", "stopped", "differs"):
            await asyncio.sleep(0)
            if not is_alive(self):
                return
            getattr(self, name)

    def _placed(self, page: P) -> P:
        self._stack.addWidget(page)
        return page

    @cached_property
    def choose(self) -> ChoosePage:
        """Step 1."""
        page = self._placed(ChoosePage())
        page.changed.connect(self.chose)
        return page

    @cached_property
    def unlock(self) -> UnlockPage:
        """The passphrase, where it is needed."""
        page = self._placed(UnlockPage())
        page.entered.connect(self.typed)
        return page

    @cached_property
    def connecting(self) -> TickPage:
        """Step 2."""
        return self._placed(TickPage(words.CONNECT, words.CONNECT_SUB, list(words.LINES.items())))

    @cached_property
    def compare(self) -> ComparePage:
        """Steps 3 and 4."""
        page = self._placed(ComparePage())
        page.changed.connect(self.compared)
        page.differs.connect(self.differed)
        page.tighten(narrow=self._tight[0], low=self._tight[1])
        return page

    @cached_property
    def done_page(self) -> SavedPage:
        """Steps 5 and 6."""
        return self._placed(
            SavedPage(words.VERIFIED, "", [(str(number), text) for number, text in enumerate(words.CHECKS)])
        )

    @cached_property
    def stopped(self) -> StopPage:
        """Why it does not go on."""
        return self._placed(StopPage())

    @cached_property
    def differs(self) -> DiffersPage:
        """Which line differs."""
        return self._placed(DiffersPage())

    def _at(self, kind: type[QtWidgets.QWidget]) -> bool:
        """Whether a page of this kind is in view."""
        return isinstance(self._stack.currentWidget(), kind)

    # -- the foot ------------------------------------------------------------------------------------------

    def _foot(self) -> QtWidgets.QWidget:
        t = theme()
        foot = plain("surface")
        line = row(
            foot, spacing=t.scaled(10), margins=(t.scaled(18), t.scaled(10), t.scaled(18), t.scaled(10))
        )
        self._waits = Icon("timer", "accent", "icon-banner")
        line.addWidget(self._waits, 0, Qt.AlignmentFlag.AlignVCenter)
        said = column(spacing=t.scaled(1))
        self.awaited = label("", "label", wrap=True, name="sign.awaited")
        self.left = label("", "small", "text2", wrap=True, name="sign.left")
        said.addStretch(1)
        said.addWidget(self.awaited)
        said.addWidget(self.left)
        said.addStretch(1)
        line.addLayout(said, 1)
        self._extra = row(spacing=t.scaled(8))
        line.addLayout(self._extra)
        self.practice = ActionButton(words.SHOW_PRACTICE, icon="devices", name="sign.practice")
        self.practice.hide()
        line.addWidget(self.practice)
        self.cancel = ActionButton(f"{strings.CANCEL}  (Esc)", name="sign.cancel")
        self.cancel.triggered.connect(self.reject)
        self.go_on = ActionButton(words.CONTINUE, kind="primary", name="sign.continue")
        self.go_on.triggered.connect(self._go_on)
        line.addWidget(self.cancel)
        line.addWidget(self.go_on)
        return foot

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Steps and comparing by the room there is."""
        super().resizeEvent(event)
        t, size = theme(), event.size()
        narrow, low = size.width() < t.scaled(WIDE), size.height() < t.scaled(HIGH)
        self.rail.shorten(narrow)
        self._tight = (narrow, narrow or low)
        if "compare" in self.__dict__:
            self.compare.tighten(narrow=self._tight[0], low=self._tight[1])

    def _wait_words(self, who: str, then: str, *, look: tuple[str, str] = ("timer", "accent")) -> None:
        self._waits.show_icon(*look)
        self.awaited.setText(who)
        self._then = then
        self._below(then)

    def _limit(self, seconds: float | None) -> None:
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._count_down()

    def _count_down(self) -> None:
        if self._deadline is None:
            self._below(self._then)
        else:
            left = max(0, round(self._deadline - time.monotonic()))
            self._below(f"{self._then} {words.time_left(left)}")

    def _below(self, text: str) -> None:
        """The line below who is awaited: what it waits for, and why it does not go on."""
        said = f"{text} {self.go_on.reason}".strip()
        self.left.setText(said)
        self.left.setVisible(bool(said))

    def _offer(self, text: str, act: Callable[[], None] | None, *, reason: str = "") -> None:
        """The button at the right: its word and what it does; None takes it away."""
        self._continue = act
        self.go_on.setVisible(act is not None)
        self.go_on.setText(text)
        self.go_on.block(reason if act is not None else "")
        self._count_down()

    def _go_on(self) -> None:
        if self._continue is not None:
            self._continue()

    def _more(self, *buttons: ActionButton) -> None:
        clear(self._extra)
        for button in buttons:
            self._extra.addWidget(button)
        self._foot_last(*buttons)

    def _foot_last(self, *more: ActionButton) -> None:
        """The foot is below every page, whenever that was made."""
        foot = (*more, self.practice, self.cancel, self.go_on)
        before = stop_before(self, *foot)
        if before is not None:
            tab_through(before, *foot)

    def _show(self, page: QtWidgets.QWidget, step: int) -> None:
        self._stack.setCurrentWidget(page)
        in_hand = type(page) in (TickPage, ComparePage) and self._network_class == "practice"
        self.practice.setVisible(in_hand)
        self._foot_last()
        sealed = self._choice is not None and self._choice.sealed
        below = {}
        if self._choice is not None and step > 0:
            below[0] = self._choice.device
        if not sealed and isinstance(page, ComparePage):
            below[step] = words.compared(page.lines.count, len(page.lines.rows))
        self.rail.show_steps(words.SEALED_STEPS if sealed else words.DEVICE_STEPS, step, below)

    # -- it does not go on ---------------------------------------------------------------------------------

    def _closed_by(self, why: Refusal, details: str = "") -> None:
        """Policy or facts say another thing than before, or nobody can tell: nothing goes on here."""
        look = RISK_LOOKS[why.look]
        self.verdict.show_as(strings.CHIPS[why.look], look.tone, look.icon, solid=look.solid)
        self.verdict.show()
        self._stop_page(why.tone, why.title, why.fact, why.text, lines=why.lines, details=details)

    def _stop_page(
        self,
        tone: str,
        question: str,
        fact: str,
        text: str,
        *,
        lines: tuple[str, ...] = (),
        details: str = "",
    ) -> None:
        self._offer(words.CONTINUE, None)
        self.stopped.show_stop(tone, question, fact, text, lines=lines, details=details)
        self._show(self.stopped, self.rail.at)
        said, icon = (fact, "pass") if tone == "ok" else (words.STOPPED_TITLE, "info")
        self._wait_words(said, "", look=(icon, tone))
        self.cancel.setText(strings.CLOSE)
        self.cancel.show()
        self.cancel.setFocus()
