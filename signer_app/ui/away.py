"""Locks when the computer goes to sleep or its screen is locked, where the desktop says so over D-Bus.

Linux: logind's PrepareForSleep (systemd, org.freedesktop.login1), and ActiveChanged of the screen saver
(org.freedesktop.ScreenSaver, org.gnome.ScreenSaver). Elsewhere nobody says it; then the idle timer, whose
clock goes on while the computer sleeps, locks when it wakes.
"""

from __future__ import annotations

from typing import Final

from signer_app.ui.qt import QtCore, Signal, Slot, load_dbus

#: (bus, service, path, interface, signal); a bool says whether it begins or ends.
_SLEEP: Final = (
    "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
)  # fmt: skip
_SCREENS: Final = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
)
_SLOT: Final = QtCore.SLOT("said(bool)")


class AwayWatch(QtCore.QObject):
    """``away`` when the person goes: sleep begins, or the screen is locked."""

    away = Signal()

    def __init__(self, session: str = "", system: str = "") -> None:
        """Addresses of buses; without them the user's own and the system's. A bus that is not there is left
        out."""
        super().__init__()
        #: What is heard, for the settings page and for tests: names of signals.
        self.heard: list[str] = []
        dbus = load_dbus()
        if dbus is None:
            return
        bus = dbus.QDBusConnection
        session_bus = bus.connectToBus(session, "countersign-session") if session else bus.sessionBus()
        system_bus = bus.connectToBus(system, "countersign-system") if system else bus.systemBus()
        service, path, interface, name = _SLEEP
        if system_bus.isConnected() and system_bus.connect(service, path, interface, name, self, _SLOT):
            self.heard.append(name)
        if session_bus.isConnected():
            for service, path, interface in _SCREENS:
                if session_bus.connect(service, path, interface, "ActiveChanged", self, _SLOT):
                    self.heard.append(f"{service}{path}")

    @Slot(bool)
    def said(self, begins: bool) -> None:
        """Heard from the desktop."""
        if begins:
            self.away.emit()
