"""One window for one workspace: a second start hands its files to the first and ends. A start that names no
workspace, as a double click on a file is one, hands them to whichever window of this user is open.

The workspace's lock (vault/lock.py) is what keeps two writers apart; this is a courtesy on top of it. Peers
are processes of the same user: the sockets (0600) lie in a folder that is that user's alone (0700).
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from signer_app.ui.qt import QtCore, QtNetwork, Signal

#: A message is a JSON list of paths; more than this is not read.
LIMIT = 64 * 1024
WAIT_MS = 1000
#: What a Unix socket's path may be long (sockaddr_un of Linux, without the closing zero).
PATH_LIMIT = 107


def server_name(workspace: Path | None) -> str:
    """A name for the window of a workspace, or of no workspace in particular; "" where there is no place for
    sockets that nobody else can reach."""
    place = str(workspace.resolve()) if workspace is not None else ""
    digest = hashlib.sha256(place.encode("utf-8")).hexdigest()[:24]
    if sys.platform == "win32":
        return f"countersign-{digest}"
    folder = _folder()
    return str(folder / digest) if folder is not None else ""


def windows() -> list[str]:
    """Names of windows of this user, the newest first. One that was killed may be among them; nobody answers
    there."""
    if sys.platform == "win32":
        return [server_name(None)]
    folder = _folder()
    found: list[tuple[float, str]] = []
    for path in folder.iterdir() if folder is not None else ():
        try:
            facts = path.lstat()
        except OSError:  # it has just closed
            continue
        if stat.S_ISSOCK(facts.st_mode) and facts.st_uid == os.getuid():
            found.append((facts.st_mtime, str(path)))
    return [name for _, name in sorted(found, reverse=True)]


def _folder() -> Path | None:
    """Where this user's sockets lie: made if missing; None where another user could have a hand in it."""
    runtime, last = os.environ.get("XDG_RUNTIME_DIR", ""), f"countersign-{os.getuid()}"
    shared = Path(QtCore.QDir.tempPath()) / last
    for folder in (Path(runtime) / "countersign", shared) if os.path.isabs(runtime) else (shared,):
        if len(os.fsencode(folder / ("0" * 24))) <= PATH_LIMIT and _own(folder):
            return folder
    return None


def _own(folder: Path) -> bool:
    """Whether it is a folder of this user that nobody else may enter; made so if there is nothing."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.lstat()
    except OSError:
        return False
    private = stat.S_IMODE(facts.st_mode) & 0o077 == 0
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid() and private


def hand_over(name: str, files: Sequence[Path]) -> bool:
    """Give the files to a window that listens under ``name``; False if there is none. Blocks for a second
    at most, before any window is shown."""
    socket = _connected(name)
    if socket is None:
        return False
    data = json.dumps([str(path.absolute()) for path in files]).encode("utf-8")
    socket.write(QtCore.QByteArray(data))
    sent = socket.waitForBytesWritten(WAIT_MS)
    socket.disconnectFromServer()
    return sent


def _connected(name: str) -> QtNetwork.QLocalSocket | None:
    if not name:
        return None
    socket = QtNetwork.QLocalSocket()
    socket.connectToServer(name)
    return socket if socket.waitForConnected(WAIT_MS) else None


class Listener(QtCore.QObject):
    """Listens for second starts. ``received`` gives the files that one named (maybe none)."""

    received = Signal(list)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._servers: dict[str, QtNetwork.QLocalServer] = {}
        self.listening = self._listen(name)

    def also(self, workspace: Path | None) -> None:
        """Listen for starts that name this workspace too, unless another window does."""
        name = server_name(workspace)
        if name and name not in self._servers and _connected(name) is None:
            self._listen(name)

    def _listen(self, name: str) -> bool:
        if not name:
            return False
        server = QtNetwork.QLocalServer(self)
        server.setSocketOptions(QtNetwork.QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(lambda: self._came(server))
        # A socket that a killed process left behind: nobody answers there, as was just found.
        QtNetwork.QLocalServer.removeServer(name)
        self._servers[name] = server
        return server.listen(name)

    def _came(self, server: QtNetwork.QLocalServer) -> None:
        while (socket := server.nextPendingConnection()) is not None:
            self._read(socket)

    def _read(self, socket: QtNetwork.QLocalSocket) -> None:
        data = bytearray()

        def more() -> None:
            data.extend(socket.read(LIMIT + 1 - len(data)).data())
            if len(data) > LIMIT:
                socket.abort()

        def done() -> None:
            more()
            files = parse(bytes(data))
            socket.deleteLater()
            if not data:  # somebody looked whether a window is here
                return
            # Not inside the socket's own signal: what follows may take its time and may close this listener.
            QtCore.QTimer.singleShot(0, self, lambda: self.received.emit(files))

        socket.readyRead.connect(more)
        socket.disconnected.connect(done)

    def close(self) -> None:
        """Stop listening."""
        for server in self._servers.values():
            server.close()


def parse(data: bytes) -> list[Path]:
    """The paths of a message; none from anything that is no list of texts."""
    try:
        value = json.loads(data) if len(data) <= LIMIT else []
    except ValueError:
        return []
    if not isinstance(value, list):
        return []
    return [Path(item) for item in value if isinstance(item, str) and "\0" not in item]
