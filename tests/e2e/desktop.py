"""A screen of its own with the real program on it, used as a person does: looking, clicking, typing.

The screen is Xvfb with a window manager; clicks and keys come from xdotool. What stands on it is read as a
screen reader does, through the accessibility bus (AT-SPI 2): roles, names, places and text. So whatever these
tests find, a person who cannot see finds too, and what has no accessible name cannot be found.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
#: On a loaded machine a process takes long to start; nobody waits this long where all is well.
PATIENCE_S = 60.0
ACCESSIBLE = "org.a11y.atspi.Accessible"
_REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
#: Bits of AtspiStateType that are asked for.
_ENABLED, _FOCUSED, _SHOWING = 8, 12, 25
#: Questions that are under way together: so few that the pipes between us can hold them.
_AT_ONCE = 64
_CELLS = ("list item", "table cell", "tree item", "table column header", "table row header")


@dataclass(frozen=True)
class Item:
    """One thing on the screen."""

    bus: str
    path: str
    role: str
    name: str

    def __str__(self) -> str:
        return f"{self.role} {self.name!r}"


def _bits(halves: Sequence[int]) -> int:
    low, high = halves
    return int(low) | int(high) << 32


def _question(place: tuple[str, str], question: str) -> Message:
    bus, path = place
    if question == "Name":
        properties = DBusAddress(path, bus_name=bus, interface="org.freedesktop.DBus.Properties")
        return new_method_call(properties, "Get", "ss", (ACCESSIBLE, "Name"))
    return new_method_call(DBusAddress(path, bus_name=bus, interface=ACCESSIBLE), question)


class Nothing(AssertionError):
    """What was looked for is not on the screen; the message lists what is."""


class Desktop:
    """The screen, its window manager and its buses. Use as a context manager."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1440, 900)) -> None:
        self.folder, self.size = folder, size
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        with ExitStack() as stack:
            display = self._start_screen(stack)
            self.environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("QT_")},
                "DISPLAY": display, "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder),
                "XDG_CONFIG_HOME": str(self.folder / "config"), "TMPDIR": str(self.folder), "LANG": "C.UTF-8",
                "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "NO_AT_BRIDGE": "0",
                # Who asks for a thing that has just gone makes Qt say so; here that is no fault.
                "QT_LOGGING_RULES": "qt.accessibility.*=false",
            }  # fmt: skip
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus(stack)
            self._start(stack, "openbox", stdout=subprocess.DEVNULL)
            self._managed()
            self._bus = stack.enter_context(self._accessibility())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self, stack: ExitStack, *command: str, **options: Any) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, text=True, env=getattr(self, "environment", None), **options
        )
        stack.callback(_end, process)
        return process

    def _start_screen(self, stack: ExitStack) -> str:
        read, write = os.pipe()
        self._start(
            stack, "Xvfb", "-displayfd", str(write), "-nolisten", "tcp",
            "-screen", "0", f"{self.size[0]}x{self.size[1]}x24", pass_fds=[write],
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as answer:
            return f":{answer.readline().strip()}"

    def _managed(self) -> None:
        """Wait for the window manager: without one no window gets the keyboard."""
        asked = ["xdotool", "get_desktop"]
        end = time.monotonic() + PATIENCE_S
        while subprocess.run(asked, env=self.environment, capture_output=True, check=False).returncode:
            assert time.monotonic() < end, "no window manager"
            time.sleep(0.1)

    def _start_bus(self, stack: ExitStack) -> str:
        bus = self._start(
            stack, "dbus-daemon", "--session", "--nofork", "--print-address=1", stdout=subprocess.PIPE
        )
        assert bus.stdout is not None
        with bus.stdout:
            return bus.stdout.readline().strip()

    @contextmanager
    def _accessibility(self) -> Iterator[DBusConnection]:
        """The bus of screen readers; asking for its address starts it."""
        with open_dbus_connection(bus=self.environment["DBUS_SESSION_BUS_ADDRESS"]) as session:
            place = DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus")
            address = session.send_and_get_reply(
                new_method_call(place, "GetAddress"), timeout=PATIENCE_S
            ).body[0]
        with open_dbus_connection(bus=address) as bus:
            yield bus

    # -- looking -------------------------------------------------------------------------------------------

    def call(
        self, item: tuple[str, str], interface: str, method: str, *arguments: Any, types: str = ""
    ) -> Any:
        """The answer of one question about an item. RuntimeError if it is gone."""
        place = DBusAddress(item[1], bus_name=item[0], interface=interface)
        message = new_method_call(place, method, types or None, arguments)
        answer = self._bus.send_and_get_reply(message, timeout=PATIENCE_S)
        if answer.header.message_type.name == "error":
            raise RuntimeError(f"{method}: {answer.body}")
        return answer.body[0] if answer.body else None

    def children(self, bus: str, path: str) -> list[tuple[str, str]]:
        """What an item holds."""
        return [(str(child[0]), str(child[1])) for child in self.call((bus, path), ACCESSIBLE, "GetChildren")]

    def states(self, item: Item) -> int:
        """AtspiStateType as bits."""
        return _bits(self.call((item.bus, item.path), ACCESSIBLE, "GetState"))

    def place(self, item: Item) -> tuple[int, int, int, int]:
        """x, y, width, height on the screen, in pixels."""
        x, y, width, height = self.call(
            (item.bus, item.path), "org.a11y.atspi.Component", "GetExtents", 0, types="u"
        )
        return int(x), int(y), int(width), int(height)

    def everything(self) -> Iterator[Item]:
        """All that is on the screen, from the outside to the inside. Menus that are closed are left out.

        It is asked level by level, all questions of a level at once: one at a time takes a window of a
        hundred things a third of a second.
        """
        inside: dict[tuple[str, str], list[tuple[str, str]]] = {}
        items: dict[tuple[str, str], Item] = {}
        level = inside[_REGISTRY] = self.children(*_REGISTRY)
        while level:
            looks = zip(level, self._all(level, "GetState"), self._all(level, "GetRoleName"), strict=True)
            shown = {
                place: str(role[0])
                for place, state, role in looks
                if state and role and (role[0] == "application" or _bits(state[0]) >> _SHOWING & 1)
            }
            seen = [
                place
                for place, role in shown.items()
                if role not in ("popup menu", "menu bar") or self._has_width(place)
            ]
            names, held = self._all(seen, "Name"), self._all(seen, "GetChildren")
            level = []
            for place, name, children in zip(seen, names, held, strict=True):
                if name and children:  # what went away while it was looked at is left out
                    items[place] = Item(*place, shown[place], str(name[0][1]))
                    inside[place] = [(str(child[0]), str(child[1])) for child in children[0]]
                    level += inside[place]
        waiting = inside[_REGISTRY][::-1]
        while waiting:
            place = waiting.pop()
            if place in items:
                yield items[place]
                waiting += inside[place][::-1]

    def _has_width(self, place: tuple[str, str]) -> bool:
        try:
            return bool(self.place(Item(*place, "", ""))[2])
        except RuntimeError:  # it went away
            return False

    def _all(self, places: Sequence[tuple[str, str]], question: str) -> list[tuple[Any, ...] | None]:
        """What each answers to a question of Accessible, or its property Name; None: it is gone."""
        answers: list[tuple[Any, ...] | None] = []
        for start in range(0, len(places), _AT_ONCE):
            waiting: dict[int, int] = {}
            for number, place in enumerate(places[start : start + _AT_ONCE]):
                serial = next(self._bus.outgoing_serial)
                self._bus.send(_question(place, question), serial=serial)
                waiting[serial] = start + number
            answers += [None] * len(waiting)
            while waiting:
                message = self._bus.receive(timeout=PATIENCE_S)
                serial = message.header.fields.get(HeaderFields.reply_serial, 0)
                if serial in waiting:
                    number = waiting.pop(serial)
                    if message.header.message_type is MessageType.method_return:
                        answers[number] = message.body
        return answers

    def matching(self, name: str, role: str = "") -> Iterator[Item]:
        """What matches: ``name`` is a regular expression over the whole name."""
        for item in self.everything():
            if role in ("", item.role) and re.fullmatch(name, item.name, re.DOTALL):
                yield item

    def sees(self, name: str, role: str = "") -> bool:
        """Whether anything matches now."""
        return next(self.matching(name, role), None) is not None

    def find(self, name: str, role: str = "", seconds: float = PATIENCE_S) -> Item:
        """The first that matches, as soon as it is there. Raises Nothing."""
        return self.wait(lambda: next(self.matching(name, role), None), f"no {role} {name!r}", seconds)

    def gone(self, name: str, role: str = "", seconds: float = PATIENCE_S) -> None:
        """Until nothing matches any more. Raises Nothing."""
        self.wait(lambda: not self.sees(name, role), f"{role} {name!r} stays", seconds)

    def focused(self) -> Item | None:
        """What has the keyboard's focus: of a list or a table the whole, since Qt calls its chosen cell
        focused wherever the focus is.
        """
        found = (item for item in self.everything() if item.role not in _CELLS)
        return next((item for item in found if self.states(item) >> _FOCUSED & 1), None)

    def wait(self, look: Callable[[], T | None], problem: str, seconds: float = PATIENCE_S) -> T:
        """The first answer of ``look`` that is true. Raises Nothing with what stands on the screen."""
        end = time.monotonic() + seconds
        while True:
            began = time.monotonic()
            if found := look():
                return found
            looked = time.monotonic() - began
            if time.monotonic() > end:
                there = "\n".join(str(item) for item in self.everything() if item.name)
                raise Nothing(f"{problem}; on the screen:\n{there}")
            time.sleep(max(0.1, looked))  # the window has to get on, too

    def photograph(self, path: Path) -> None:
        """A picture of the screen, for people who look into a failure."""
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True)

    # -- hands ---------------------------------------------------------------------------------------------

    def hands(self, *arguments: str, given: str | None = None) -> None:
        """xdotool."""
        subprocess.run(["xdotool", *arguments], env=self.environment, check=True, input=given, text=True)

    def click(self, name: str, role: str = "") -> Item:
        """Look for it, move the mouse there and press. What is not enabled is not pressed: AssertionError."""
        item = self.find(name, role)
        self.wait(lambda: self.states(item) >> _ENABLED & 1, f"{item} is not enabled")
        x, y, width, height = self.place(item)
        self.hands("mousemove", str(x + width // 2), str(y + height // 2), "click", "1")
        return item

    def key(self, *keys: str) -> None:
        """Press keys one after the other, such as "Tab" or "ctrl+r"."""
        self.hands("key", "--delay", "40", *keys)

    def type(self, text: str) -> None:
        """Type a text; it is on no command line."""
        self.hands("type", "--delay", "8", "--file", "-", given=text)

    def tab_to(self, name: str, role: str = "", most: int = 60) -> Item:
        """Press Tab until it has the focus. AssertionError if Tab never comes there."""
        item = self.find(name, role)
        for _ in range(most):
            try:
                if self.states(item) >> _FOCUSED & 1:
                    return item
            except RuntimeError:  # it was drawn anew
                item = self.find(name, role)
            self.key("Tab")
            time.sleep(0.03)
        raise AssertionError(f"Tab does not reach {item}; the focus is at {self.focused()}")

    # -- programs ------------------------------------------------------------------------------------------

    @contextmanager
    def program(
        self, *arguments: str, command: Sequence[str] = (sys.executable, "-m", "signer_app")
    ) -> Iterator[subprocess.Popen[str]]:
        """The program, until the end of the block; it must not have written to stderr."""
        with (self.folder / "stderr").open("w+") as said:
            process = subprocess.Popen(
                [*command, *arguments], env=self.environment, cwd=ROOT,
                stderr=said, stdout=subprocess.DEVNULL, text=True,
            )  # fmt: skip
            try:
                yield process
            except BaseException:
                self.photograph(self.folder / "failure.png")
                raise
            finally:
                _end(process)
            said.seek(0)
            words = said.read()
            assert words == "", words


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
