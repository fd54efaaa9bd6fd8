"""Cards, banners, and the button that says why it is off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets.base import Elided, Painted, clear, column, label, repolish, row, set_tone
from signer_app.ui.widgets.controls import enter_presses


class Icon(Painted):
    """An icon in a tone. Decoration: words beside it say the same, so screen readers skip it."""

    def __init__(self, name: str, tone: str = "neutral", size: str = "icon") -> None:
        """``size`` is a name of tokens.SIZES."""
        super().__init__()
        self._name, self._tone, self._size = name, tone, size
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, tone: str) -> None:
        """Show another."""
        self._name, self._tone = name, tone
        self.update()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Square."""
        size = theme().size(self._size)
        return QtCore.QSize(size, size)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """The drawing."""
        tokens = self.tokens
        colour = tokens.text if self._tone == "text" else tokens.tone(self._tone).text
        icons.draw(QtGui.QPainter(self), self._name, colour, 0, 0, theme().size(self._size))


class _CardHead(QtWidgets.QFrame):
    """Title at the left, chips at the right; where they have no room side by side, the chips go below."""

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.setProperty("kind", "card-head")
        self.setMinimumHeight(t.scaled(38))
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Fixed)
        self._gap, self._pad = t.scaled(8), t.size("card-padding")
        self.left, self.right = row(spacing=self._gap), row(spacing=self._gap)
        self._both = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight, self)
        self._both.setContentsMargins(self._pad, 0, self._pad, 0)
        self._both.setSpacing(self._gap)
        self._both.addLayout(self.left, 1)
        self._both.addLayout(self.right)
        self._wide = True

    def event(self, event: QtCore.QEvent) -> bool:
        """Other words or chips: look again whether there is room for them."""
        if event.type() == QtCore.QEvent.Type.LayoutRequest:
            self._arrange(self.width())
        return super().event(event)

    def add(self, widget: QtWidgets.QWidget) -> None:
        """One more at the right end."""
        self.right.addWidget(widget)

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The wider of the two; they may stand below each other."""
        widest = max(part.minimumSize().width() for part in (self.left, self.right))
        return QtCore.QSize(widest + 2 * self._pad, super().minimumSizeHint().height())

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Side by side where there is room for both."""
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def _arrange(self, width: int) -> None:
        needed = self.left.minimumSize().width() + self._gap + self.right.minimumSize().width()
        wide = not self.right.count() or needed <= width - 2 * self._pad
        if wide == self._wide:
            return
        self._wide = wide
        directions = QtWidgets.QBoxLayout.Direction
        self._both.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self._both.setAlignment(self.right, Qt.AlignmentFlag(0) if wide else Qt.AlignmentFlag.AlignLeft)
        edge = 0 if wide else self._gap
        self._both.setContentsMargins(self._pad, edge, self._pad, edge)


class Card(QtWidgets.QFrame):
    """A surface with a head (icon, title, supporting words, chips on the right) and a body."""

    def __init__(self, title: str = "", icon: str = "", sub: str = "", *, name: str = "") -> None:
        super().__init__()
        t = theme()
        self.setProperty("kind", "card")
        self.setObjectName(name)
        self.setAccessibleName(title)
        outer = column(self)
        self.title = label(title, "section")
        self.sub = Elided(sub, "small", "text3")
        self.head = _CardHead()
        if title:
            if icon:
                self.head.left.addWidget(Icon(icon, "text"))
            self.head.left.addWidget(self.title)
            self.head.left.addWidget(self.sub, 1)
            outer.addWidget(self.head)
        pad = t.size("card-padding")
        self.body = column(spacing=t.scaled(8), margins=(pad, t.scaled(12), pad, t.scaled(12)))
        outer.addLayout(self.body)
        self._outer = outer

    def add_to_head(self, widget: QtWidgets.QWidget) -> None:
        """A chip or link at the right end of the head."""
        self.head.add(widget)

    def foot(self) -> QtWidgets.QHBoxLayout:
        """A line at the bottom, made on first use."""
        t = theme()
        frame = QtWidgets.QFrame()
        frame.setProperty("kind", "card-foot")
        pad = t.size("card-padding")
        line = row(frame, margins=(pad, t.scaled(8), pad, t.scaled(8)))
        self._outer.addWidget(frame)
        return line


class StateBanner(QtWidgets.QFrame):
    """A state that lasts: what is so, what follows from it, and one or two things to do."""

    LOOKS = MappingProxyType({"danger": "alert", "warn": "warning", "info": "info", "ok": "pass"})

    def __init__(self, tone: str = "info", fact: str = "", consequence: str = "", *, icon: str = "") -> None:
        super().__init__()
        t = theme()
        self.setProperty("kind", "banner")
        edge = t.scaled(14)
        line = row(self, spacing=t.scaled(10), margins=(edge, t.scaled(9), edge, t.scaled(9)))
        self._icon = Icon(icon or self.LOOKS[tone], tone, "icon-banner")
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._around = 2 * edge + t.scaled(10) + self._icon.sizeHint().width()
        words = column(spacing=t.scaled(1))
        self.fact = label("", "section", wrap=True)
        self.consequence = label("", "body", "text2", wrap=True)
        words.addWidget(self.fact)
        words.addWidget(self.consequence)
        across = QtWidgets.QBoxLayout.Direction.LeftToRight
        self._inner = QtWidgets.QBoxLayout(across)
        self._inner.setSpacing(t.scaled(10))
        self._inner.addLayout(words, 1)
        self._actions = QtWidgets.QBoxLayout(across)
        self._actions.setSpacing(t.scaled(8))
        self._inner.addLayout(self._actions)
        line.addLayout(self._inner, 1)
        self._buttons: list[ActionButton] = []
        self.show_state(tone, fact, consequence, icon=icon)

    def show_state(self, tone: str, fact: str, consequence: str = "", *, icon: str = "") -> None:
        """Say something else."""
        self._icon.show_icon(icon or self.LOOKS[tone], tone)
        set_tone(self.fact, tone)
        set_tone(self, tone)
        self.fact.setText(fact)
        self.consequence.setText(consequence)
        self.consequence.setVisible(bool(consequence))
        self.setAccessibleName(f"{fact} {consequence}".strip())

    def offer(self, actions: Sequence[tuple[str, Callable[[], None]]]) -> None:
        """Buttons at the right: word and what it does. Two at most, so that the choice stays small."""
        clear(self._actions)
        self._buttons = []
        for words, act in actions[:2]:
            button = ActionButton(words)
            button.setProperty("size", "compact")
            button.triggered.connect(act)
            self._actions.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            self._buttons.append(button)
        self._arrange(self.width())

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The widest button; buttons may stand below the words, and below each other."""
        widest = max((button.sizeHint().width() for button in self._buttons), default=0)
        return QtCore.QSize(self._around + widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Buttons beside the words where those keep room to be read."""
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def _arrange(self, width: int) -> None:
        room, t = width - self._around, theme()
        needed = sum(button.sizeHint().width() + t.scaled(8) for button in self._buttons)
        directions = QtWidgets.QBoxLayout.Direction
        beside = not self._buttons or room - needed >= t.scaled(220)
        self._inner.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        below = not beside and needed > room
        self._actions.setDirection(directions.TopToBottom if below else directions.LeftToRight)
        for button in self._buttons:
            side = Qt.AlignmentFlag.AlignVCenter if beside else Qt.AlignmentFlag.AlignLeft
            self._actions.setAlignment(button, side)


class ActionButton(QtWidgets.QPushButton):
    """A button that is never simply grey: while it is blocked it keeps the focus and says why.

    Connect to ``triggered``, not to ``clicked``: a blocked button is clicked but never triggered. Space
    presses it. Enter does too unless it is ``deliberate``, and never without the focus (no default button):
    haste is designed out. What signs, sends or decides, and every primary and danger button, is deliberate.
    """

    DELIBERATE = frozenset({"primary", "danger", "danger-outline"})

    triggered = Signal()
    #: The reason, each time a person asks for it; "" when it is no longer asked for.
    explained = Signal(str)
    #: It was switched on or off, for whatever reason.
    switched = Signal()

    def __init__(
        self, text: str = "", *, kind: str = "", icon: str = "", name: str = "", deliberate: bool = False
    ) -> None:
        """``kind``: primary, danger, danger-outline, quiet, link or "" (resources/style.qss)."""
        super().__init__()
        self.deliberate = deliberate or kind in self.DELIBERATE
        self.reason = ""
        self._icon = icon
        self.setText(text)
        self.setProperty("kind", kind)
        self.setObjectName(name)
        self.setAutoDefault(False)
        self.setDefault(False)
        self.clicked.connect(self._clicked)
        self._tint()

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """The word; a style sheet has no distance between icon and word, so a space makes it."""
        super().setText(f"\u2002{text}" if self._icon and text else text)
        self.setAccessibleName(text)

    @property
    def words(self) -> str:
        """What it is called in a sentence."""
        return self.text().strip().rstrip("…").replace("&", "") or self.accessibleName()

    @property
    def blocked(self) -> bool:
        """Whether it says a reason instead of acting."""
        return bool(self.reason)

    def block(self, reason: str) -> None:
        """Switch it off for ``reason``: a full sentence, the first that the person can do something about.
        "" switches it on."""
        if reason == self.reason:
            return
        self.reason = reason
        self.setProperty("blocked", "true" if reason else "false")
        self.setAccessibleDescription(reason)
        self.setToolTip(reason)
        self._tint()
        repolish(self)
        self.explained.emit(reason if self.hasFocus() else "")
        self.switched.emit()

    def _clicked(self) -> None:
        if self.reason:
            self._explain()
        else:
            self.triggered.emit()

    def _explain(self) -> None:
        self.explained.emit(self.reason)
        QtWidgets.QToolTip.showText(self.mapToGlobal(QtCore.QPoint(0, self.height() + 4)), self.reason, self)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Enter presses what does not decide anything."""
        if self.deliberate or not enter_presses(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QtGui.QFocusEvent) -> None:  # noqa: N802
        """Reached by key: say why at once."""
        super().focusInEvent(event)
        if self.reason and event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        ):
            self._explain()

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        """A new theme: tint the icon."""
        if event.type() == QtCore.QEvent.Type.StyleChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        if not self._icon:
            return
        t = theme()
        kind = str(self.property("kind"))
        colours = {
            "primary": t.tokens.accent.on_fill,
            "danger": t.tokens.danger.on_fill,
            "danger-outline": t.tokens.danger.text,
            "link": t.tokens.accent.text,
            "quiet": t.tokens.text2,
        }
        colour = t.tokens.on_disabled if self.reason else colours.get(kind, t.tokens.text)
        size = t.size("icon-button")
        self.setIcon(icons.icon(self._icon, colour, size))
        self.setIconSize(QtCore.QSize(size, size))
