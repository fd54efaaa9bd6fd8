"""`practice device`: one device in this process, on a loopback port of its own.

A connection says in its first line what it is: ``{"role": "usb"|"describe"|"control", "token": …}``. To
``usb``, which names the ``path`` of an interface, a line ``{"ok": …, "trouble": …}`` answers; after it
reports of 64 bytes go both ways. ``describe`` gets one line. ``control`` is ``control.py``.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from signer_app.core.canonical import read_json_object
from signer_app.core.errors import MalformedError, UsageError
from signer_app.core.json_types import JsonObject
from signer_app.practice.devices.approver import Approver, Mode, expectation_in
from signer_app.practice.devices.control import LONGEST_LINE, Control
from signer_app.practice.devices.device import Device
from signer_app.practice.devices.hdkeys import master
from signer_app.practice.devices.mnemonic import seed_of
from signer_app.practice.devices.models import model_named
from signer_app.practice.devices.store import Folder, Identity
from signer_app.practice.devices.usb import UsbPort
from signer_app.practice.stopping import stop_event

_HOST = "127.0.0.1"
_HELLO_S = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a device starts. ``seed_file`` holds a BIP-39 phrase; ``expect_file`` an expectation."""

    model: str | None = None
    approve: str = Mode.MANUAL
    faults: Sequence[str] = ()
    seed_file: Path | None = None
    expect_file: Path | None = None
    replug_ms: int | None = None


async def serve_device(directory: Path, settings: Settings, on_ready: Callable[[JsonObject], None]) -> None:
    """Serve until SIGTERM, SIGINT or cancellation.

    ``on_ready`` gets {model, product, serial, directory, endpoint, host, port}. Raises UsageError (unknown
    model, fault, mode), ConflictError (the folder is in use or holds another device), MalformedError.
    """
    if settings.approve not in list(Mode):
        raise UsageError(f"--approve is one of {', '.join(Mode)}.")
    if (settings.approve == Mode.EXPECT) != (settings.expect_file is not None):
        raise UsageError("--approve expect and --expect FILE go together.")
    folder = Folder(directory)
    try:
        identity = folder.identity(
            model=settings.model, seed_file=settings.seed_file, replug_ms=settings.replug_ms
        )
        await _serve(directory, folder, identity, settings, on_ready)
    finally:
        folder.close()


async def _serve(
    directory: Path,
    folder: Folder,
    identity: Identity,
    settings: Settings,
    on_ready: Callable[[JsonObject], None],
) -> None:
    running = _Running(directory.name, identity, settings)
    stopped = stop_event()
    server = await asyncio.start_server(running.connection, _HOST, 0, limit=LONGEST_LINE)
    pump = asyncio.create_task(running.port.pump())
    try:
        port = server.sockets[0].getsockname()[1]
        endpoint = folder.publish(_HOST, port, running.token)
        on_ready(
            {
                "model": identity.model,
                "product": model_named(identity.model).product,
                "serial": identity.serial,
                "directory": str(directory),
                "endpoint": str(endpoint),
                "host": _HOST,
                "port": port,
            }
        )
        waiter = asyncio.create_task(stopped.wait())
        # The pump ends only by a fault of the program, which then shall be seen.
        done, _ = await asyncio.wait({waiter, pump}, return_when=asyncio.FIRST_COMPLETED)
        waiter.cancel()
        if pump in done:
            pump.result()
    finally:
        pump.cancel()
        server.close()
        running.close()
        await asyncio.gather(pump, return_exceptions=True)


class _Running:
    """A device that runs, and its open connections."""

    def __init__(self, name: str, identity: Identity, settings: Settings) -> None:
        self.token = secrets.token_hex(32)
        self.port = UsbPort()
        self._name = name
        self._serial = identity.serial
        self._writers: set[asyncio.StreamWriter] = set()
        self.device = Device(
            model_named(identity.model),
            master(seed_of(identity.phrase)),
            self.port,
            replug_ms=identity.replug_ms,
        )
        self.port.device = self.device
        approver = Approver(self.device)
        approver.mode = Mode(settings.approve)
        if settings.expect_file is not None:
            approver.expect(expectation_in(settings.expect_file))
        loop = asyncio.get_running_loop()

        def answer_soon() -> None:
            # Not within the exchange that asks: a person takes a moment, too.
            loop.call_soon(approver.answer)

        self.device.on_question = answer_soon
        self._control = Control(self.device, approver)
        for fault in settings.faults:
            self.device.fault(fault, is_on=True)

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, whatever comes over it."""
        self._writers.add(writer)
        try:
            hello = await self._hello(reader)
            if hello is not None:
                await self._as_role(hello, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _hello(self, reader: asyncio.StreamReader) -> JsonObject | None:
        try:
            line = await asyncio.wait_for(reader.readline(), _HELLO_S)
            hello = read_json_object(line)
        except (ValueError, TimeoutError, MalformedError):
            return None  # nobody who knows the protocol
        token = hello.get("token")
        is_known = isinstance(token, str) and hmac.compare_digest(token.encode(), self.token.encode())
        return hello if is_known else None

    async def _as_role(
        self, hello: JsonObject, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        role = hello.get("role")
        if role == "usb":
            trouble = self.port.trouble_of(str(hello.get("path", "")))
            _write(writer, {"ok": trouble is None, "trouble": None if trouble is None else trouble.value})
            if trouble is None:
                await self.port.serve(reader, writer)
        elif role == "describe":
            _write(writer, {**self.port.describe(self._name), "serial": self._serial})
            await writer.drain()
        elif role == "control":
            await self._control.serve(reader, writer)

    def close(self) -> None:
        """End every connection."""
        self.port.close()
        for writer in list(self._writers):
            writer.close()


def _write(writer: asyncio.StreamWriter, value: JsonObject) -> None:
    writer.write(json.dumps(value, separators=(",", ":")).encode() + b"\n")
