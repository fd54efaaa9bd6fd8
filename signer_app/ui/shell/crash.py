"""The dialog that shows the report of a fault."""

from __future__ import annotations

from signer_app.ui.qt import QtWidgets
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, label
from signer_app.ui.words import crash as words
from signer_app.ui.words import strings


class CrashDialog(Dialog):
    """What happened, what is safe, and the report to read before it is copied."""

    def __init__(self, parent: QtWidgets.QWidget, report: str, network_class: str = "") -> None:
        super().__init__(parent, words.TITLE, network_class)
        t = theme()
        self.report = report
        self.content.addWidget(label(strings.INTERNAL_ERROR, "section", wrap=True))
        self.content.addWidget(label(words.SAFE, "body", "text2", wrap=True))
        self.text = QtWidgets.QPlainTextEdit(report)
        self.text.setObjectName("crash.report")
        self.text.setReadOnly(True)
        self.text.setAccessibleName(words.REPORT)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumSize(t.scaled(420), t.scaled(180))
        self.content.addWidget(self.text, 1)
        self.content.addWidget(label(words.REDACTED, "small", "text2", wrap=True))
        copy = ActionButton(words.COPY, icon="copy", name="crash.copy")
        copy.triggered.connect(lambda: QtWidgets.QApplication.clipboard().setText(self.report))
        close = ActionButton(strings.CLOSE)
        close.triggered.connect(self.accept)
        self.add_buttons(copy, close)
