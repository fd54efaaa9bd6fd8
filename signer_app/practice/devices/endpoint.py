"""How a practice device is reached: its endpoint file, and JSON lines before anything else on a
connection.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from pathlib import Path

from signer_app.core.canonical import read_json_object
from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.practice.devices.store import ENDPOINT_FILE, ENDPOINT_FORMAT
from signer_app.signers.hid.bus import BusError, Trouble
from signer_app.vault.files import read_bounded

_CONNECT_S = 2.0
_LONGEST_LINE = 4 * 1024 * 1024
_LARGEST_ENDPOINT = 4096


@dataclass(frozen=True, slots=True)
class Endpoint:
    host: str
    port: int
    token: str


@dataclass(frozen=True, slots=True)
class Connection:
    socket: socket.socket
    token: str


def read_endpoint(folder: Path) -> Endpoint:
    """Where the device of ``folder`` listens. BusError GONE if none runs there."""
    try:
        document = read_json_object(read_bounded(folder / ENDPOINT_FILE, _LARGEST_ENDPOINT))
    except CountersignError as error:
        raise BusError(Trouble.GONE, "the practice device does not run") from error
    host, port, token = document.get("host"), document.get("port"), document.get("token")
    if (
        document.get("format") != ENDPOINT_FORMAT
        or not isinstance(host, str)
        or not isinstance(port, int)
        or not isinstance(token, str)
        or not 0 < port < 65536
    ):
        raise BusError(Trouble.GONE, "the endpoint of the practice device cannot be read")
    return Endpoint(host, port, token)


def connect(endpoint: Endpoint) -> Connection:
    """BusError GONE."""
    try:
        connection = socket.create_connection((endpoint.host, endpoint.port), _CONNECT_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        raise BusError(Trouble.GONE, "the practice device does not answer") from error
    return Connection(connection, endpoint.token)


def ask(endpoint: Endpoint, hello: JsonObject) -> JsonObject:
    """One question, one answer. BusError GONE."""
    connection = connect(endpoint)
    with connection.socket:
        send_line(connection.socket, {**hello, "token": connection.token})
        return read_line(connection.socket)


def send_line(connection: socket.socket, value: JsonObject) -> None:
    """BusError GONE."""
    try:
        connection.sendall(json.dumps(value).encode() + b"\n")
    except OSError as error:
        raise BusError(Trouble.GONE, "the practice device does not answer") from error


def read_line(connection: socket.socket) -> JsonObject:
    """One line and no byte more: reports may follow it."""
    line = bytearray()
    try:
        while not line.endswith(b"\n"):
            part = connection.recv(1)
            if not part or len(line) > _LONGEST_LINE:
                raise BusError(Trouble.GONE, "the practice device does not answer")
            line += part
        return read_json_object(bytes(line))
    except (OSError, CountersignError) as error:
        raise BusError(Trouble.GONE, "the practice device does not answer") from error
