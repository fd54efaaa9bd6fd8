"""The theme in force: tokens, text size, style sheet and palette, changed while the window is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from string import Template
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

from signer_app.core.resources import resource
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.theme import fonts
from signer_app.ui.theme.icons import pixmap
from signer_app.ui.theme.tokens import LIGHT, ROLES, SIZES, THEMES, TONES, Tokens

#: What a person chooses; "system" follows the desktop.
Mode: TypeAlias = Literal["system", "light", "dark"]

_SCALED = re.compile(r"\b(\d+)sp\b")


class Theme(QtCore.QObject):
    """One for the process. ``changed`` follows each change; widgets also get their StyleChange event."""

    changed = Signal()

    def __init__(self, app: QtWidgets.QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = "system"
        self._pictures = TemporaryDirectory(
            prefix="countersign-"
        )  # a style sheet takes pictures as files only
        self.percent = 100
        self.tokens = LIGHT
        self._applied: tuple[Tokens, int] | None = None
        fonts.load_own()
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(lambda _scheme: self._follow())
        self.apply(LIGHT)

    # -- choosing ------------------------------------------------------------------------------------------

    def choose(self, mode: Mode, percent: int = 100) -> None:
        """Take a person's choice: which theme, and the text size in percent."""
        self._mode, self.percent = mode, percent
        self.apply(THEMES[self._wanted()])

    def _follow(self) -> None:
        if self._mode == "system":
            self.apply(THEMES[self._wanted()])

    def _wanted(self) -> str:
        hints = self._app.styleHints()
        dark = self._mode == "dark" or (self._mode == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
        strong = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        return ("dark" if dark else "light") + ("-high-contrast" if strong else "")

    def apply(self, tokens: Tokens) -> None:
        """Put a theme in force at once. What is in force already is not drawn again: that takes long."""
        if self._applied == (tokens, self.percent):
            return
        self._applied = (tokens, self.percent)
        self.tokens = tokens
        self._app.setFont(self.font("body"))
        self._app.setPalette(palette(tokens))
        pictures = {
            "arrow": ("down", tokens.text2),
            "tick": ("check", tokens.accent.on_fill),
            "tick_ok": ("check", tokens.ok.on_fill),
        }
        paths = {}
        for use, (name, colour) in pictures.items():
            paths[use] = f"{self._pictures.name}/{use}-{tokens.name}.png"
            pixmap(name, colour, 12, 2.0).save(paths[use])
        # A sheet that replaces another is applied to each widget once for every widget around it, since Qt's
        # QStyleSheetStyle repolishes children again and again; one that is put where there is none, once.
        self._app.setStyleSheet("")
        self._app.setStyleSheet(style_sheet(tokens, self.percent, paths))
        self.changed.emit()

    # -- reading -------------------------------------------------------------------------------------------

    def font(self, role: str) -> QtGui.QFont:
        """The font of a role at the text size in force."""
        return QtGui.QFont(_font(role, self.percent))

    def size(self, name: str) -> int:
        """A size of tokens.SIZES in pixels at the text size in force."""
        return self.scaled(SIZES[name])

    def line(self, role: str) -> int:
        """Line height of a role in pixels at the text size in force."""
        return self.scaled(ROLES[role].line)

    def scaled(self, pixels: float) -> int:
        """Pixels at 100 % as pixels at the text size in force."""
        return round(pixels * self.percent / 100)


@lru_cache(maxsize=128)
def _font(role: str, percent: int) -> QtGui.QFont:
    return fonts.font(role, percent)


def style_sheet(tokens: Tokens, percent: int, pictures: Mapping[str, str]) -> str:
    """resources/style.qss with the colours of ``tokens`` and type scaled; ``pictures`` are paths for "arrow",
    "tick" and "tick_ok". Raises KeyError for a name that no token has."""
    names = (
        "bg", "surface", "sunken", "line", "line2", "ctl", "text", "text2", "text3", "disabled",
        "on_disabled", "selected",
    )  # fmt: skip
    values = {name: str(getattr(tokens, name)) for name in names}
    for word in TONES[1:]:
        tone = tokens.tone(word)
        for part in ("text", "soft", "line", "fill", "on_fill"):
            values[f"{word}_{part}"] = getattr(tone, part)
    values["mono"] = ", ".join(f'"{face}"' for face in fonts.mono_faces())
    values.update(pictures)
    filled = Template(resource("style.qss").read_text(encoding="utf-8")).substitute(values)
    return _SCALED.sub(lambda found: f"{round(int(found.group(1)) * percent / 100)}px", filled)


def palette(tokens: Tokens) -> QtGui.QPalette:
    """The same colours for parts that Fusion draws itself."""
    role = QtGui.QPalette.ColorRole
    made = QtGui.QPalette()
    for name, colour in (
        (role.Window, tokens.bg),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.sunken),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.text3),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.danger.text),
        (role.Highlight, tokens.accent.fill),
        (role.HighlightedText, tokens.accent.on_fill),
        (role.Accent, tokens.accent.fill),
        (role.Link, tokens.accent.text),
        (role.LinkVisited, tokens.accent.text),
        (role.ToolTipBase, tokens.surface),
        (role.ToolTipText, tokens.text),
        (role.Light, tokens.surface),
        (role.Midlight, tokens.line2),
        (role.Mid, tokens.line),
        (role.Dark, tokens.ctl),
        (role.Shadow, tokens.line),
    ):
        made.setColor(name, QtGui.QColor(colour))
    for name in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QtGui.QPalette.ColorGroup.Disabled, name, QtGui.QColor(tokens.on_disabled))
    return made


_current: list[Theme] = []


def theme() -> Theme:
    """The theme of this process; made on first use, when there is a QApplication."""
    app = QtWidgets.QApplication.instance()
    if not isinstance(app, QtWidgets.QApplication):
        raise TypeError("a theme needs a QApplication")
    if not _current or _current[0].parent() is not app:
        _current[:] = [Theme(app)]
    return _current[0]
