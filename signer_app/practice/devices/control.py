"""The control connection of a practice device: JSON lines in, JSON lines out.

A line ``{"do": name, …}`` is answered by ``{"ok": true, "result": …}`` or ``{"ok": false, "error": {code,
message, hint}}``, in order. After ``watch`` a line ``{"screen": …}`` comes with each change of the screen.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from signer_app.core.canonical import read_json_object
from signer_app.core.errors import CountersignError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.devices import expectations
from signer_app.practice.devices.approver import Approver, Mode
from signer_app.practice.devices.device import Device
from signer_app.practice.devices.screens import Button

_MAX_UNREAD = 1024 * 1024
LONGEST_LINE = 256 * 1024


class Control:
    """What may be asked of one device by whoever holds its token."""

    def __init__(self, device: Device, approver: Approver) -> None:
        self._device = device
        self._approver = approver
        self._commands: dict[str, Callable[[JsonObject], JsonValue]] = {
            "screens": lambda _: device.screen(),
            "history": lambda _: device.history.to_json(),
            "press": self._press,
            "approve": lambda _: device.decide(True),
            "reject": lambda _: device.decide(False),
            "lock": lambda _: device.lock(is_locked=True),
            "unlock": lambda _: self._unlock(),
            "fault": self._fault,
            "expect": self._expect,
            "mode": self._mode,
            "plug": lambda _: device.plug(),
            "unplug": lambda _: device.unplug(),
            "open": self._open,
            "quit": lambda _: device.open(None),
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer lines until the connection ends or a line is longer than any command."""

        def push() -> None:
            if writer.transport.get_write_buffer_size() > _MAX_UNREAD:
                writer.close()
            elif not writer.is_closing():
                _write(writer, {"screen": self._device.screen()})

        try:
            while line := await reader.readline():
                _write(writer, self._answer(line, push))
                await writer.drain()
        except (ValueError, ConnectionError):
            pass  # the stream's word for a line over its limit, or the other side is gone
        finally:
            if push in self._device.watchers:
                self._device.watchers.remove(push)

    def _answer(self, line: bytes, push: Callable[[], None]) -> JsonObject:
        try:
            command = read_json_object(line)
            name = command.pop("do", None)
            if name == "watch":
                if push not in self._device.watchers:
                    self._device.watchers.append(push)
                return {"ok": True, "result": self._device.screen()}
            if not isinstance(name, str) or name not in self._commands:
                known = ", ".join(sorted([*self._commands, "watch"]))
                raise UsageError(f"There is no such command. Known: {known}.")
            result = self._commands[name](command)
        except CountersignError as error:
            return {"ok": False, "error": error.to_json()}
        return {"ok": True, "result": {} if result is None else result}

    def _press(self, command: JsonObject) -> JsonValue:
        button = command.get("button")
        if button not in list(Button):
            raise UsageError(f"button is one of {', '.join(Button)}.")
        self._device.press(Button(str(button)))
        return self._device.screen()

    def _unlock(self) -> None:
        self._device.lock(is_locked=False)
        self._approver.answer()

    def _fault(self, command: JsonObject) -> JsonValue:
        name, is_on = command.pop("name", None), command.pop("on", True)
        if not isinstance(name, str) or not isinstance(is_on, bool):
            raise UsageError("fault takes a name and on, true or false.")
        self._device.fault(name, is_on=is_on, options=command)
        return {"on": list(self._device.faults.names())}

    def _expect(self, command: JsonObject) -> None:
        self._approver.expect(expectations.parse(command))
        self._approver.answer()

    def _mode(self, command: JsonObject) -> None:
        mode = command.get("mode")
        if mode not in (Mode.MANUAL, Mode.AUTO):
            raise UsageError(f"mode is {Mode.MANUAL} or {Mode.AUTO}; expect has a command of its own.")
        self._approver.mode = Mode(str(mode))
        self._approver.answer()

    def _open(self, command: JsonObject) -> None:
        name = command.get("app")
        if not isinstance(name, str):
            raise UsageError("open takes the name of an app.")
        self._device.open(name)


def _write(writer: asyncio.StreamWriter, value: JsonObject) -> None:
    writer.write(json.dumps(value, separators=(",", ":")).encode() + b"\n")
