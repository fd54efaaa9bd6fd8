"""The hands of a person on a practice device: buttons, screens, plugs and faults, from another process."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from signer_app.core.errors import SignerError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.devices.endpoint import connect, read_endpoint, read_line, send_line
from signer_app.signers.hid.bus import BusError


class DeviceRemote:
    """A control connection to the running device of a folder. Commands are those of control.py."""

    def __init__(self, folder: Path) -> None:
        """SignerError DEV_DISCONNECTED if no device runs there."""
        try:
            connection = connect(read_endpoint(folder))
            self._socket = connection.socket
            send_line(self._socket, {"role": "control", "token": connection.token})
        except BusError as error:
            raise _gone(folder) from error
        self._folder = folder

    def do(self, name: str, **options: JsonValue) -> JsonObject:
        """The result of one command. SignerError DEV_REFUSED with the device's own words,
        DEV_DISCONNECTED.
        """
        try:
            send_line(self._socket, {"do": name, **options})
            answer = read_line(self._socket)
        except BusError as error:
            raise _gone(self._folder) from error
        result = answer.get("result")
        if answer.get("ok") is not True or not isinstance(result, dict):
            error_text = answer.get("error")
            words = error_text.get("message") if isinstance(error_text, dict) else None
            raise SignerError(f"The practice device refused {name}: {words}", code="DEV_REFUSED")
        return result

    def watch(self, show: Callable[[JsonObject], None]) -> None:
        """Call ``show`` with the screen now and at each change, until hang_up() in another thread or the
        device's end. A connection that watches does nothing else. SignerError DEV_DISCONNECTED.
        """
        try:
            self._socket.settimeout(None)
            send_line(self._socket, {"do": "watch"})
            while True:
                line = read_line(self._socket)
                screen = line.get("screen", line.get("result"))
                if isinstance(screen, dict):
                    show(screen)
        except (BusError, OSError) as error:
            raise _gone(self._folder) from error

    def hang_up(self) -> None:
        """End the connection, also under somebody who reads from it in another thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _gone(folder: Path) -> SignerError:
    return SignerError(f"No practice device runs in {folder.name}.", code="DEV_DISCONNECTED")
