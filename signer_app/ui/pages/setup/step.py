"""What every step of the set-up page is: a widget that draws what the service read, and asks it to act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.ui.qt import QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Reasons, column, row

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.workspace.first_run import FirstRun

Work = Callable[["FirstRun"], object]
#: Policies, enrolments and votes are smaller (CONTRACTS G).
FILE_LIMIT = 1024 * 1024


class Host(Protocol):
    """What a step may ask of its page."""

    def act(self, work: Work, name: str, done: Callable[[], None] | None = None) -> None:
        """Run ``work`` with the set-up in the worker's thread, then draw what is read anew. ``done`` is
        called where it did not fail.
        """

    def open_file(self, title: str, take: Callable[[Path], None]) -> None:
        """Let the person choose a file."""

    def save_file(self, title: str, suggestion: str, data: Callable[[FirstRun], bytes]) -> None:
        """Let the person choose where to write what ``data`` gives."""

    def go_to(self, step: str) -> None:
        """One step on or back."""

    def later(self, work: Awaitable[object]) -> None:
        """Do something that takes time."""


class StepView(QtWidgets.QWidget):
    """Base of the steps. Fill ``self.box``; override show_read()."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host
        self.box = column(self, spacing=theme().scaled(12))

    def show_read(self, read: JsonObject) -> None:
        """Draw what FirstRun.read() gave."""

    def line(self, *buttons: QtWidgets.QWidget) -> None:
        """Buttons in a line, at the left; below it why some are off."""
        line = row(spacing=theme().scaled(8))
        for button in buttons:
            line.addWidget(button)
        line.addStretch(1)
        self.box.addLayout(line)
        offered = [button for button in buttons if isinstance(button, ActionButton)]
        self.box.addWidget(Reasons(*offered))

    def button(
        self, words: str, act: Callable[[], None], *, kind: str = "", icon: str = "", name: str = ""
    ) -> ActionButton:
        """A button that does one thing."""
        made = ActionButton(words, kind=kind, icon=icon, name=name)
        made.triggered.connect(act)
        return made


def file_bytes(path: Path) -> bytes:
    """In the worker's thread: a file that somebody chose. NotFoundError, MalformedError TOO_LARGE."""
    from signer_app.vault.files import read_bounded  # noqa: PLC0415

    return read_bounded(path, FILE_LIMIT)


def objects(value: JsonValue) -> list[JsonObject]:
    """The objects of a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def text(value: JsonValue, limit: int = 400) -> str:
    """A value from outside, safe to show."""
    return safe_text(str(value), limit)
