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
_ENABLED, FOCUSED, _SHOWING = 8, 12, 25
#: Questions that are under way together: so few that the pipes between us can hold them.
_AT_ONCE = 64
#: Numbers of AtspiRole that are asked for, and of AtspiCollectionMatchType.
_ROLES = {
    "check box": (7,), "combo box": (11,), "dialog": (16,), "filler": (20,), "label": (29,),
    "list": (31,), "list item": (32,), "push button": (43,), "table": (55,), "text": (40, 61),
}  # fmt: skip
_MATCH_ALL, _MATCH_ANY = 1, 2
#: What says that it shows while the menu that holds it is closed.
_IN_MENUS = ("check menu item", "menu", "menu bar", "menu item", "popup menu", "radio menu item", "separator")
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


def _signed(bits: int) -> int:
    """32 bits as the signed number that carries them."""
    return bits - (1 << 32) if bits >> 31 else bits


def _question(place: tuple[str, str], question: str) -> Message:
    bus, path = place
    if question in ("Name", "Parent"):
        properties = DBusAddress(path, bus_name=bus, interface="org.freedesktop.DBus.Properties")
        return new_method_call(properties, "Get", "ss", (ACCESSIBLE, question))
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

    def everything(self, role: str = "", state: int = _SHOWING) -> Iterator[Item]:
        """All that is on the screen, from the outside to the inside, or what of it has a role and a state.
        Menus that are closed are left out.

        A program is asked once for the places and together for all names: one at a time, or level by level,
        a window of a hundred things takes a third of a second.
        """
        for program in self.children(*_REGISTRY):
            places = self._places(program, role, 1 << _SHOWING | 1 << state)
            roles = [(role,)] * len(places) if role else self._all(places, "GetRoleName")
            names = self._all(places, "Name")
            items = [
                Item(*place, str(said[0]), str(name[0][1]))
                for place, said, name in zip(places, roles, names, strict=True)
                if said and name  # what went away while it was looked at is left out
            ]
            cells = [item for item in items if item.role in _CELLS]
            hidden = {item for item, shows in zip(cells, self._in_view(cells), strict=True) if not shows}
            for item in items:
                if item not in hidden and (item.role not in _IN_MENUS or self._has_width(item)):
                    yield item

    def _places(self, program: tuple[str, str], role: str, states: int) -> list[tuple[str, str]]:
        """What a program has with a role, and with all of these states, in their order."""
        bits = sum(1 << number for number in _ROLES[role]) if role else 0
        roles = [_signed(bits >> shift & 0xFFFF_FFFF) for shift in (0, 32, 64, 96)] if role else []
        rule = (
            [states, 0], _MATCH_ALL, {}, _MATCH_ALL, roles, _MATCH_ANY if role else _MATCH_ALL,
            [], _MATCH_ALL, False,
        )  # fmt: skip
        try:
            found = self.call(
                program, "org.a11y.atspi.Collection", "GetMatches", rule, 1, 0, True,
                types="(aiia{ss}iaiiasib)uib",
            )  # fmt: skip
        except RuntimeError:  # it ended
            return []
        return [(str(bus), str(path)) for bus, path in found]

    def _in_view(self, cells: Sequence[Item]) -> list[bool]:
        """Whether what holds each of these shows: a cell says that it does in a hidden list, too."""
        parents = self._all([(item.bus, item.path) for item in cells], "Parent")
        holders = [(str(p[0][1][0]), str(p[0][1][1])) if p else ("", "") for p in parents]
        asked = sorted({*holders} - {("", "")})
        states = dict(zip(asked, self._all(asked, "GetState"), strict=True))
        return [bool((state := states.get(h)) and _bits(state[0]) >> _SHOWING & 1) for h in holders]

    def _has_width(self, item: Item) -> bool:
        try:
            return bool(self.place(item)[2])
        except RuntimeError:  # it went away
            return False

    def _all(self, places: Sequence[tuple[str, str]], question: str) -> list[tuple[Any, ...] | None]:
        """What each answers to a question of Accessible, or its Name or Parent; None: it is gone."""
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

    def matching(self, name: str, role: str = "", state: int = _SHOWING) -> Iterator[Item]:
        """What matches: ``name`` is a regular expression over the whole name."""
        for item in self.everything(role, state):
            if re.fullmatch(name, item.name, re.DOTALL):
                yield item

    def sees(self, name: str, role: str = "") -> bool:
        """Whether anything matches now."""
        return next(self.matching(name, role), None) is not None

    def find(self, name: str, role: str = "", seconds: float = PATIENCE_S) -> Item:
        """The first that matches, as soon as it is there. Raises Nothing."""
        return self.wait(lambda: next(self.matching(name, role), None), f"no {role} {name!r}", seconds)

    def soon(self, name: str, role: str = "", seconds: float = 3) -> bool:
        """Whether anything matches before long."""
        try:
            return bool(self.find(name, role, seconds))
        except Nothing:
            return False

    def text(self, item: Item) -> str:
        """What stands in a field."""
        return str(self.call((item.bus, item.path), "org.a11y.atspi.Text", "GetText", 0, -1, types="ii"))

    def gone(self, name: str, role: str = "", seconds: float = PATIENCE_S) -> None:
        """Until nothing matches any more. Raises Nothing."""
        self.wait(lambda: not self.sees(name, role), f"{role} {name!r} stays", seconds)

    def focused(self) -> Item | None:
        """What has the keyboard's focus: of a list or a table the whole, since Qt calls its chosen cell
        focused wherever the focus is.
        """
        found = self.everything(state=FOCUSED)
        return next((item for item in found if item.role not in _CELLS), None)

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
        """Look for it, move the mouse there and press. Nothing is raised for what is never enabled."""
        return self.wait(lambda: self._clicked(self.find(name, role)), f"{role} {name!r} is not enabled")

    def _clicked(self, item: Item) -> Item | None:
        """Press it where it stands; None while it is not enabled, moves, or was drawn anew."""
        try:
            if not self.states(item) >> _ENABLED & 1:
                return None
            place = x, y, width, height = self.place(item)
            time.sleep(0.05)
            if self.place(item) != place:
                return None
        except RuntimeError:
            return None
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
                if self._keeps_focus(item):
                    return item
            except RuntimeError:  # it was drawn anew
                item = self.find(name, role)
            self.key("Tab")
            time.sleep(0.03)
        raise AssertionError(f"Tab does not reach {item}; the focus is at {self.focused()}")

    def _keeps_focus(self, item: Item) -> bool:
        """Now and a moment later, when a page that is read anew has been drawn."""
        if not self.states(item) >> FOCUSED & 1:
            return False
        time.sleep(0.05)
        return bool(self.states(item) >> FOCUSED & 1)

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
