"""Why buttons are off, in words that stand below them and need not be asked for."""

from __future__ import annotations

from collections.abc import Collection

from signer_app.ui.qt import Qt, QtCore, QtWidgets, is_alive
from signer_app.ui.theme import theme
from signer_app.ui.widgets.base import column, label, row
from signer_app.ui.widgets.cards import ActionButton, Icon
from signer_app.ui.words import shared

_SEEN = (QtCore.QEvent.Type.ShowToParent, QtCore.QEvent.Type.HideToParent)
#: Between two reasons that stand in one line.
_APART = "\u2003"


class Reasons(QtWidgets.QWidget):
    """Says for a group of buttons why some of them are off, each reason once; hidden while none is.

    A reason that not all of them have says first which buttons it is for.
    """

    def __init__(self, *buttons: ActionButton, across: bool = False, elsewhere: Collection[str] = ()) -> None:
        """``across``: below a long line of buttons, where the reasons have room beside each other.
        ``elsewhere``: reasons that come and go by themselves and stand in a place of their own, so that
        nothing moves."""
        super().__init__()
        self._buttons, self._elsewhere = buttons, elsewhere
        self._apart = _APART if across else "\n"
        line = row(self, spacing=theme().scaled(6))
        line.addWidget(Icon("info", "neutral", "icon-button"), 0, Qt.AlignmentFlag.AlignTop)
        self._words = label("", "small", "text2", wrap=True)
        line.addWidget(self._words, 1)
        for button in buttons:
            button.switched.connect(self._say)
            button.installEventFilter(self)
        self._say()

    @property
    def said(self) -> str:
        """What stands there now."""
        return self._words.text()

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802 - Qt's name
        """A button that is not there needs no reason."""
        if event.type() in _SEEN:
            self._say()
        return super().eventFilter(watched, event)

    def _say(self) -> None:
        there = [button for button in self._buttons if is_alive(button) and not button.isHidden()]
        found: dict[str, list[str]] = {}
        for button in there:
            if button.reason and button.reason not in self._elsewhere:
                found.setdefault(button.reason, []).append(button.words)
        lines = [
            reason if len(names) == len(there) else shared.off_because(names, reason)
            for reason, names in found.items()
        ]
        self._words.setText(self._apart.join(lines))
        # What is shown before it lies in anything is a window of its own, which takes the keyboard.
        if self.parentWidget() is not None or not lines:
            self.setVisible(bool(lines))

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802 - Qt's name
        """It lies in something now."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.ParentChange:
            self._say()


class WhyDisabled(QtWidgets.QWidget):
    """An ActionButton with its reason below it."""

    def __init__(self, button: ActionButton) -> None:
        super().__init__()
        self.button = button
        box = column(self, spacing=theme().scaled(8))
        box.addWidget(button)
        self._reasons = Reasons(button)
        box.addWidget(self._reasons)

    def block(self, reason: str) -> None:
        """As ActionButton.block."""
        self.button.block(reason)

    @property
    def shown_reason(self) -> str:
        """The sentence below the button."""
        return self._reasons.said
