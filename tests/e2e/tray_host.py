"""What a desktop with a tray is to a program: StatusNotifierWatcher and Notifications on the session's bus.

Started as a process with the address of the bus. It writes a line for each thing that it is asked for, and
clicks every notice at once. (freedesktop.org: StatusNotifierItem; Desktop Notifications Specification.)
"""

from __future__ import annotations

import sys
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAMES = ("org.kde.StatusNotifierWatcher", "org.freedesktop.Notifications")
_NOTICES = DBusAddress("/org/freedesktop/Notifications", interface="org.freedesktop.Notifications")
_STATE = {"IsStatusNotifierHostRegistered": ("b", True), "ProtocolVersion": ("i", 0)}


def answered(bus: DBusConnection, asked: Message, count: int) -> int:
    """Answer one call; how many notices there were since the start."""
    member, body = asked.header.fields.get(HeaderFields.member), asked.body
    if member == "Get":
        reply = new_method_return(asked, "v", (_STATE[body[1]],))
    elif member == "GetAll":
        reply = new_method_return(asked, "a{sv}", (_STATE,))
    elif member == "GetCapabilities":
        reply = new_method_return(asked, "as", (["body", "actions"],))
    elif member == "RegisterStatusNotifierItem":
        say("icon")
        reply = new_method_return(asked)
    elif member == "Notify":
        count += 1
        _program, _replaces, _icon, title, text, _actions, hints, _ms = body
        say("notice", title, text, sorted(hints))
        reply = new_method_return(asked, "u", (count,))
    else:
        reply = new_error(asked, "org.freedesktop.DBus.Error.UnknownMethod")
    bus.send(reply)
    if member == "Notify":
        bus.send(new_signal(_NOTICES, "ActionInvoked", "us", (count, "default")))
    return count


def say(*words: Any) -> None:
    """One line for who started it."""
    sys.stdout.write(f"{words!r}\n")
    sys.stdout.flush()


def main(address: str) -> None:
    """Until somebody ends it."""
    bus = open_dbus_connection(bus=address)
    for name in NAMES:
        bus.send_and_get_reply(message_bus.RequestName(name))
    say("ready")
    count = 0
    while True:
        asked = bus.receive()
        if asked.header.message_type is MessageType.method_call:
            count = answered(bus, asked, count)


if __name__ == "__main__":
    main(sys.argv[1])
