"""The line that says why a key did nothing. It stays until the next action: a message that goes away by
itself cannot be read again."""

from __future__ import annotations

from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import Icon, label, row


class WhyLine(QtWidgets.QFrame):
    """Above the status line; without anything to say it takes no room."""

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.setProperty("kind", "why")
        self.setObjectName("why")
        line = row(self, spacing=t.scaled(8), margins=(t.scaled(13), t.scaled(5), t.scaled(13), t.scaled(5)))
        line.addWidget(Icon("info", "info", "icon-button"), 0, Qt.AlignmentFlag.AlignTop)
        self.action = label("", "small-strong")
        line.addWidget(self.action, 0, Qt.AlignmentFlag.AlignTop)
        self.reason = label("", "small", wrap=True)
        line.addWidget(self.reason, 1)
        self.hide()

    def say(self, action: str, reason: str) -> None:
        """Why an action that was asked for is off; "" for nothing. Screen readers speak it at once."""
        self.action.setText(action)
        self.reason.setText(reason)
        said = f"{action}. {reason}" if reason else ""
        self.setAccessibleName(said)
        self.setVisible(bool(reason))
        if reason:
            QtGui.QAccessible.updateAccessibility(QtGui.QAccessibleAnnouncementEvent(self, said))
