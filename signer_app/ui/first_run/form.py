"""Fields with their words above them, as the first run and the set-up page use them."""

from __future__ import annotations

from signer_app.ui.qt import QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import column, label, row


def labelled(words: str, field: QtWidgets.QWidget, hint: str = "") -> QtWidgets.QWidget:
    """A field under its name, with supporting words below."""
    made = QtWidgets.QWidget()
    box = column(made, spacing=theme().scaled(4))
    above = label(words, "small", "text2")
    above.setBuddy(field)
    field.setAccessibleName(words)
    box.addWidget(above)
    box.addWidget(field)
    if hint:
        box.addWidget(label(hint, "small", "text3", wrap=True))
        field.setAccessibleDescription(hint)
    return made


def line_edit(name: str, limit: int = 200, placeholder: str = "") -> QtWidgets.QLineEdit:
    """An empty field with an object name."""
    made = QtWidgets.QLineEdit()
    made.setObjectName(name)
    made.setMaxLength(limit)
    made.setPlaceholderText(placeholder)
    return made


def beside(*widgets: QtWidgets.QWidget) -> QtWidgets.QHBoxLayout:
    """Several in a line, equally wide."""
    line = row(spacing=theme().scaled(10))
    for widget in widgets:
        line.addWidget(widget, 1)
    return line
