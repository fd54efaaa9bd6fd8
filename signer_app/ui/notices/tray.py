"""The icon in the desktop's tray, and the notices that it shows. Without a tray nothing is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from signer_app.ui.qt import QtGui, QtWidgets
from signer_app.ui.theme import icons
from signer_app.ui.words import notices as words
from signer_app.ui.words import strings

#: How long a notice asks to stay; many desktops decide that themselves.
_STAYS_MS = 10_000
_Tray = QtWidgets.QSystemTrayIcon
_CLICKS = (_Tray.ActivationReason.Trigger, _Tray.ActivationReason.DoubleClick)


class Tray:
    """The icon is made when it first appears, with a menu of what the window can do; it asks for no sound."""

    def __init__(
        self,
        parent: QtWidgets.QWidget,
        *,
        raised: Callable[[], None],
        clicked: Callable[[], None],
        actions: Sequence[QtGui.QAction],
    ) -> None:
        """``raised``: the icon was chosen; ``clicked``: a notice was."""
        self._parent, self._raised, self._clicked, self._actions = parent, raised, clicked, actions
        self._icon: QtWidgets.QSystemTrayIcon | None = None

    @property
    def available(self) -> bool:
        """Whether this desktop has a tray that shows notices, now."""
        return _Tray.isSystemTrayAvailable() and _Tray.supportsMessages()

    def appear(self) -> None:
        """Show the icon, if there is a tray."""
        if self._icon is None and self.available:
            self._icon = self._made()
        if self._icon is not None and not self._icon.isVisible():
            self._icon.show()

    def vanish(self) -> None:
        """Take the icon away."""
        if self._icon is not None:
            self._icon.hide()

    def show(self, lines: Sequence[str]) -> None:
        """One notice with these lines; nothing without a tray."""
        if self._icon is not None and self._icon.isVisible():
            self._icon.showMessage(strings.APP, "\n".join(lines), self._icon.icon(), _STAYS_MS)

    def _made(self) -> QtWidgets.QSystemTrayIcon:
        made = _Tray(icons.icon("countersign", "#FFFFFF", 64), self._parent)
        made.setToolTip(strings.APP)
        menu = QtWidgets.QMenu(self._parent)
        menu.addAction(words.SHOW_WINDOW).triggered.connect(lambda _checked=False: self._raised())
        menu.addSeparator()
        menu.addActions(list(self._actions))
        made.setContextMenu(menu)
        made.activated.connect(lambda reason: self._raised() if reason in _CLICKS else None)
        made.messageClicked.connect(self._clicked)
        return made
