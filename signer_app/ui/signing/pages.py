"""The other pages of the signing dialog: choose, unlock, connect, done, stopped, and which line differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.signing.compare import Line
from signer_app.ui.theme import theme
from signer_app.ui.unlock import PassphraseField
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Chip,
    Chooser,
    GroupedText,
    Icon,
    StateBanner,
    clear,
    column,
    label,
    plain,
    row,
)
from signer_app.ui.words import signing as words
from signer_app.ui.words import strings


@dataclass(frozen=True, slots=True)
class Choice:
    """A key of this person in the policy's table. ``reason`` is why it cannot sign, or "" ."""

    key_id: str
    signer: str
    public_key: str
    device: str
    backend: str
    tier: str
    reason: str

    @property
    def sealed(self) -> bool:
        """Whether it lies on this workstation, so that no device is asked."""
        return self.backend == "keystore"

    @property
    def address(self) -> str:
        """The account without its network."""
        return self.signer.rpartition(":")[2]


class _Asking(QtWidgets.QWidget):
    """A page with one question, supporting words, and a column below."""

    def __init__(self, question: str = "", sub: str = "") -> None:
        super().__init__()
        t = theme()
        outer = column(self)
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = plain()
        scroll.setWidget(inner)
        outer.addWidget(scroll)
        self.box = column(
            inner, spacing=t.scaled(8), margins=(t.scaled(22), t.scaled(18), t.scaled(22), t.scaled(14))
        )
        self.question = label(question, "title", wrap=True)
        self.sub = label(sub, "body", "text2", wrap=True)
        self.box.addWidget(self.question)
        self.box.addWidget(self.sub)
        self.sub.setVisible(bool(sub))
        self.box.addSpacing(t.scaled(6))

    def ask(self, question: str, sub: str) -> None:
        """Another question."""
        self.question.setText(question)
        self.sub.setText(sub)
        self.sub.setVisible(bool(sub))


class _KeyButton(QtWidgets.QRadioButton):
    """A choice among keys. One that cannot sign keeps its place and its focus, and says why."""

    def __init__(self, choice: Choice) -> None:
        kind = words.BACKENDS.get(choice.backend, choice.backend)
        super().__init__(f"{choice.device}")
        self.choice = choice
        self.setAccessibleName(f"{choice.device}, {kind}, {choice.reason or 'usable'}")
        self.setAccessibleDescription(choice.reason)
        self.setToolTip(choice.reason)


class ChoosePage(_Asking):
    """Step 1: all keys of this person; usable ones first, the others with their reason."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(words.CHOOSE, words.CHOOSE_SUB)
        self._cards = column(spacing=theme().scaled(8))
        self.box.addLayout(self._cards)
        self.box.addStretch(1)
        self.buttons: list[_KeyButton] = []
        self._group = QtWidgets.QButtonGroup(self)
        self._group.buttonToggled.connect(lambda *_: self.changed.emit())

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """The keys; a single usable one is chosen, and nothing begins by that."""
        clear(self._cards)
        self.buttons = []
        for choice in choices:
            button = _KeyButton(choice)
            self.buttons.append(button)
            self._group.addButton(button)
            self._cards.addWidget(_key_card(button))
        usable = [button for button in self.buttons if not button.choice.reason]
        if len(usable) == 1:
            usable[0].setChecked(True)
        if usable:
            usable[0].setFocus()
        if not choices:
            self._cards.addWidget(StateBanner("warn", words.NO_KEYS))
        self.changed.emit()

    @property
    def chosen(self) -> Choice | None:
        """The key that is chosen, usable or not."""
        return next((button.choice for button in self.buttons if button.isChecked()), None)


def _key_card(button: _KeyButton) -> Card:
    choice, t = button.choice, theme()
    card = Card()
    head = row(spacing=t.scaled(8))
    head.addWidget(button)
    head.addWidget(label(words.BACKENDS.get(choice.backend, choice.backend), "small", "text2"))
    head.addStretch(1)
    head.addWidget(Chip(choice.tier, "neutral"))
    tone, icon = ("warn", "skip") if choice.reason else ("ok", "check")
    head.addWidget(
        Chip(words.CANNOT_SIGN if choice.reason else words.USABLE, tone, icon, reason=choice.reason)
    )
    card.body.addLayout(head)
    card.body.addWidget(GroupedText(choice.address))
    if choice.reason:
        card.body.addWidget(label(choice.reason, "small", "text2", wrap=True))
    return card


class UnlockPage(_Asking):
    """The keys of this workstation: their passphrase where they are sealed."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.words = label(words.KEY_PASSPHRASE, "label")
        self.passphrase = PassphraseField()
        self.passphrase.setObjectName("sign.passphrase")
        self.passphrase.setAccessibleName(words.KEY_PASSPHRASE)
        self.passphrase.setMaximumWidth(t.scaled(380))
        self.passphrase.textChanged.connect(lambda _text: self.entered.emit())
        self.caps = label(strings.CAPS_LOCK, "small", "warn")
        self.caps.hide()
        self.passphrase.caps_lock.connect(self.caps.setVisible)
        self.problem = StateBanner("danger")
        self.problem.setObjectName("sign.problem")
        self.problem.hide()
        for widget in (self.words, self.passphrase, self.caps, self.problem):
            self.box.addWidget(widget)
        self.box.addStretch(1)

    def show_need(self, *, sealed: bool, unlocked: bool) -> None:
        """``sealed``: the key itself lies here; else its receipts are signed here."""
        question = words.UNLOCK_SEALED if sealed else words.UNLOCK_DEVICE
        sub = words.UNLOCK_SEALED_SUB if sealed else words.UNLOCK_DEVICE_SUB
        self.ask(question, words.UNLOCKED_SUB if unlocked else sub)
        for widget in (self.words, self.passphrase):
            widget.setVisible(not unlocked)
        self.problem.hide()
        self.passphrase.setFocus()

    def refuse(self, fact: str, hint: str) -> None:
        """It did not open."""
        self.problem.show_state("danger", fact, hint)
        self.problem.show()
        self.passphrase.setFocus()


class _Tick(QtWidgets.QWidget):
    """A line that ticks itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        t = theme()
        self.text = text
        box = row(self, spacing=t.scaled(12))
        self.icon = Icon("skip", "neutral", "icon-banner")
        box.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        said = column(spacing=t.scaled(2))
        self.title = label(text, "label")
        self.detail = label("", "small", "text2", wrap=True)
        said.addWidget(self.title)
        said.addWidget(self.detail)
        box.addLayout(said, 1)
        self.state = ""
        self.show_state("next")

    def rename(self, text: str) -> None:
        """Say it with a name in it."""
        self.text = text
        self.title.setText(text)
        self.show_state(self.state, self.detail.text())

    def show_state(self, state: str, detail: str = "") -> None:
        """``state``: next, wait or done."""
        self.state = state
        looks = {"next": ("skip", "neutral"), "wait": ("timer", "warn"), "done": ("pass", "ok")}
        self.icon.show_icon(*looks[state])
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.setAccessibleName(
            ", ".join(part for part in (self.text, words.LINE_STATES[state], detail) if part)
        )


class TickPage(_Asking):
    """Lines that tick themselves: step 2, and the four lines of step 5."""

    def __init__(self, question: str, sub: str, lines: Sequence[tuple[str, str]]) -> None:
        super().__init__(question, sub)
        card = Card()
        card.body.setSpacing(theme().scaled(14))
        self.lines = {key: _Tick(text) for key, text in lines}
        for tick in self.lines.values():
            card.body.addWidget(tick)
        self.box.addWidget(card)
        self.below = column(spacing=theme().scaled(8))
        self.box.addLayout(self.below)
        self.box.addStretch(1)

    def start(self) -> None:
        """No line is ticked."""
        for tick in self.lines.values():
            tick.show_state("next")

    def reach(self, key: str, detail: str = "") -> None:
        """Tick a line and those before it."""
        for name, tick in self.lines.items():
            if name == key:
                tick.show_state("done", detail)
                return
            if tick.state != "done":
                tick.show_state("done")

    def wait(self, key: str, detail: str) -> None:
        """A line waits for the person."""
        if key in self.lines:
            self.lines[key].show_state("wait", detail)


class SavedPage(TickPage):
    """Steps 5 and 6: what was verified, then where it was saved."""

    def show_saved(self, fact: str, quorum: str, what_next: str) -> None:
        """Every line is done; the record below, and what comes next."""
        for tick in self.lines.values():
            tick.show_state("done", tick.detail.text())
        clear(self.below)
        banner = StateBanner("ok", fact, quorum)
        banner.setObjectName("sign.saved")
        self.below.addWidget(banner)
        self.below.addWidget(label(what_next, "body", wrap=True))


class StopPage(_Asking):
    """Why it does not go on: one fact, what to do, the details on request."""

    def __init__(self) -> None:
        super().__init__()
        self.banner = StateBanner("warn")
        self.banner.setObjectName("sign.stopped")
        self.box.addWidget(self.banner)
        self.list = column(spacing=theme().scaled(6))
        self.box.addLayout(self.list)
        self.details = label("", "mono", "text2", wrap=True, selectable=True, name="sign.details")
        self.more = ActionButton(words.DETAILS, kind="link")
        self.more.triggered.connect(lambda: self.details.setVisible(self.details.isHidden()))
        self.box.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.box.addWidget(self.details)
        self.box.addStretch(1)

    def show_stop(
        self, tone: str, question: str, fact: str, text: str, *, lines: Sequence[str] = (), details: str = ""
    ) -> None:
        """``lines`` are checks that failed, or a text to send on."""
        self.ask(question, "")
        self.banner.show_state(tone, fact, text)
        clear(self.list)
        for line in lines:
            self.list.addWidget(label(line, "body", wrap=True, selectable=True))
        self.details.setText(details)
        self.details.hide()
        self.more.setVisible(bool(details))
        self.setAccessibleName(f"{fact} {text}")


class DiffersPage(_Asking):
    """Which line differs, and what the device showed."""

    def __init__(self) -> None:
        super().__init__(words.WHICH_LINE, words.WHICH_SUB)
        self.line = Chooser()
        self.line.setObjectName("sign.line")
        self.line.setAccessibleName(words.WHICH_LINE)
        self.seen = QtWidgets.QPlainTextEdit()
        self.seen.setObjectName("sign.seen")
        self.seen.setAccessibleName(words.WHAT_SHOWN)
        self.seen.setTabChangesFocus(True)
        self.seen.setMaximumHeight(theme().scaled(110))
        self._lines: tuple[Line, ...] = ()
        self.box.addWidget(self.line)
        self.box.addWidget(label(words.WHAT_SHOWN, "label"))
        self.box.addWidget(self.seen)
        self.problem = StateBanner("danger")
        self.problem.hide()
        self.box.addWidget(self.problem)
        self.box.addStretch(1)

    def show_lines(self, lines: Sequence[Line], at: int) -> None:
        """The lines that were compared; ``at`` is the one in view."""
        self._lines = tuple(lines)
        self.line.clear()
        for number, line in enumerate(lines, 1):
            self.line.addItem(f"{number}  {line.name}")
        self.line.setCurrentIndex(at)
        self.line.setFocus()

    @property
    def chosen(self) -> Line | None:
        """The line that differs."""
        at = self.line.currentIndex()
        return self._lines[at] if 0 <= at < len(self._lines) else None
