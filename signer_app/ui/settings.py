"""What a person chose about how the window looks, and where it was: view settings only.

They are kept for the user, not in a workspace: they are needed before one is unlocked, and nothing in a
workspace's folder may change without its journal. Nothing here can allow, deny or hide anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from signer_app.ui.qt import QtCore
from signer_app.ui.theme import SCALES, Mode

MODES: tuple[Mode, ...] = ("system", "light", "dark")
#: Minutes without a key or pointer until the window locks.
LOCK_MINUTES = (1, 2, 5, 10, 15, 30)
DEFAULT_LOCK_MINUTES = 5
RECENT_LIMIT = 8
#: Minutes after midnight that quiet hours can begin and end at, and where they do unless somebody chose.
DAY_TIMES = tuple(range(0, 24 * 60, 30))
DEFAULT_QUIET = (22 * 60, 7 * 60)


class ViewSettings:
    """Typed access to one QSettings file. A value that is not one of ours is read as the default."""

    def __init__(self, path: Path | None = None) -> None:
        """``path`` names the file; without it, it is the user's own."""
        format_ = QtCore.QSettings.Format.IniFormat
        if path is not None:
            self._store = QtCore.QSettings(str(path), format_)
        else:
            scope = QtCore.QSettings.Scope.UserScope
            self._store = QtCore.QSettings(format_, scope, "Countersign", "window")

    @property
    def folder(self) -> Path:
        """Where the file lies: other things of one user that are no settings stand beside it."""
        return Path(self._store.fileName()).parent

    @property
    def mode(self) -> Mode:
        """system, light or dark."""
        value = self._store.value("mode")
        return cast(Mode, value) if value in MODES else "system"

    @mode.setter
    def mode(self, value: Mode) -> None:
        self._store.setValue("mode", value)

    @property
    def percent(self) -> int:
        """Text size in percent."""
        return self._number("percent", SCALES, 100)

    @percent.setter
    def percent(self, value: int) -> None:
        self._store.setValue("percent", value)

    @property
    def lock_minutes(self) -> int:
        """Minutes until the window locks by itself."""
        return self._number("lock_minutes", LOCK_MINUTES, DEFAULT_LOCK_MINUTES)

    @lock_minutes.setter
    def lock_minutes(self, value: int) -> None:
        self._store.setValue("lock_minutes", value)

    @property
    def menu_bar(self) -> bool:
        """Whether the menu bar is always shown."""
        return str(self._store.value("menu_bar")) == "yes"

    @menu_bar.setter
    def menu_bar(self, value: bool) -> None:
        self._store.setValue("menu_bar", "yes" if value else "no")

    @property
    def notices(self) -> bool:
        """Whether the desktop is asked to show notices."""
        return str(self._store.value("notices")) != "no"

    @notices.setter
    def notices(self, value: bool) -> None:
        self._store.setValue("notices", "yes" if value else "no")

    @property
    def quiet(self) -> bool:
        """Whether there are quiet hours."""
        return str(self._store.value("quiet")) == "yes"

    @quiet.setter
    def quiet(self, value: bool) -> None:
        self._store.setValue("quiet", "yes" if value else "no")

    @property
    def quiet_times(self) -> tuple[int, int]:
        """When quiet hours begin and end, in minutes after local midnight (DAY_TIMES)."""
        start, end = DEFAULT_QUIET
        return self._number("quiet_from", DAY_TIMES, start), self._number("quiet_to", DAY_TIMES, end)

    @quiet_times.setter
    def quiet_times(self, value: tuple[int, int]) -> None:
        for name, minutes in zip(("quiet_from", "quiet_to"), value, strict=True):
            self._store.setValue(name, minutes)

    @property
    def begin_in(self) -> Path | None:
        """Where file dialogs begin, if somebody chose; None where that folder is gone."""
        chosen = str(self._store.value("begin_in", ""))
        return Path(chosen) if chosen and Path(chosen).is_dir() else None

    @begin_in.setter
    def begin_in(self, value: Path | None) -> None:
        self._store.setValue("begin_in", "" if value is None else str(value))

    def _number(self, name: str, allowed: tuple[int, ...], default: int) -> int:
        text = str(self._store.value(name, default))
        return int(text) if text.isdigit() and int(text) in allowed else default

    def recent(self) -> list[Path]:
        """Workspaces that were open, newest first, those that still are workspaces."""
        value = self._store.value("recent")
        names = value if isinstance(value, list) else [value] if isinstance(value, str) and value else []
        return [path for path in map(Path, map(str, names)) if (path / "vault.json").is_file()]

    def remember(self, workspace: Path) -> None:
        """Put a workspace first."""
        known = [str(path) for path in self.recent() if path != workspace]
        self._store.setValue("recent", [str(workspace), *known][:RECENT_LIMIT])

    def layout(self, name: str) -> QtCore.QByteArray | None:
        """A saved geometry or splitter state."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QtCore.QByteArray) and not value.isEmpty() else None

    def save_layout(self, name: str, state: QtCore.QByteArray) -> None:
        """Remember a geometry or splitter state."""
        self._store.setValue(f"layout/{name}", state)

    def sync(self) -> None:
        """Write now."""
        self._store.sync()
