"""Proxies on loopback that know one name: HTTP CONNECT and SOCKS5, each with what it was asked for."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Literal

from tls_front import copy


class Proxy:
    """Leads every name and port to ``behind``; with ``rubbish`` it answers with these bytes and ends."""

    def __init__(
        self, kind: Literal["http", "socks5"], behind: tuple[str, int], *, rubbish: bytes | None = None
    ) -> None:
        self._kind, self._behind, self._rubbish = kind, behind, rubbish
        self._server = socket.create_server(("127.0.0.1", 0))
        #: host:port of each connection that was asked for.
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"{self._kind}://127.0.0.1:{self._server.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return  # closed: the test is over
            threading.Thread(target=self._talk, args=(near,), daemon=True).start()

    def _talk(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError), near:
            if self._rubbish is not None:
                near.recv(1024)
                near.sendall(self._rubbish)
                return
            (self._http if self._kind == "http" else self._socks)(near)
            with socket.create_connection(self._behind) as far:
                back = threading.Thread(target=copy, args=(far, near), daemon=True)
                back.start()
                copy(near, far)
                back.join()

    def _http(self, near: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += near.recv(1024)
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        assert method == "CONNECT"
        self.asked.append(target)
        near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

    def _socks(self, near: socket.socket) -> None:
        """RFC 1928: no authentication, CONNECT to a name."""
        methods = near.recv(2)[1]
        near.recv(methods)
        near.sendall(b"\x05\x00")
        _, command, _, kind = near.recv(4)
        assert (command, kind) == (1, 3), "connect, by name"
        name = near.recv(near.recv(1)[0]).decode()
        (port,) = struct.unpack("!H", near.recv(2))
        self.asked.append(f"{name}:{port}")
        near.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
