"""One window for one workspace: a second start hands its files to the first and ends.

The workspace's lock (vault/lock.py) is what keeps two writers apart; this is a courtesy on top of it. Peers
are processes of the same user: the socket lies where only that user may connect.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from signer_app.ui.qt import QtCore, QtNetwork, Signal

#: A message is a JSON list of paths; more than this is not read.
LIMIT = 64 * 1024
WAIT_MS = 1000


def server_name(workspace: Path | None) -> str:
    """A name for the window of a workspace, or of no workspace in particular."""
    place = str(workspace.resolve()) if workspace is not None else ""
    return "countersign-" + hashlib.sha256(place.encode("utf-8")).hexdigest()[:24]


def hand_over(name: str, files: Sequence[Path]) -> bool:
    """Give the files to a window that listens under ``name``; False if there is none. Blocks for a second
    at most, before any window is shown."""
    socket = QtNetwork.QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(WAIT_MS):
        return False
    data = json.dumps([str(path.absolute()) for path in files]).encode("utf-8")
    socket.write(QtCore.QByteArray(data))
    sent = socket.waitForBytesWritten(WAIT_MS)
    socket.disconnectFromServer()
    return sent


class Listener(QtCore.QObject):
    """Listens for second starts. ``received`` gives the files that one named (maybe none)."""

    received = Signal(list)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._server = QtNetwork.QLocalServer(self)
        self._server.setSocketOptions(QtNetwork.QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        # A socket that a killed process left behind: nobody answers there, as hand_over has just found.
        QtNetwork.QLocalServer.removeServer(name)
        self.listening = self._server.listen(name)

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
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
            # Not inside the socket's own signal: what follows may take its time and may close this listener.
            QtCore.QTimer.singleShot(0, self, lambda: self.received.emit(files))

        socket.readyRead.connect(more)
        socket.disconnected.connect(done)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()


def parse(data: bytes) -> list[Path]:
    """The paths of a message; none from anything that is no list of texts."""
    try:
        value = json.loads(data) if len(data) <= LIMIT else []
    except ValueError:
        return []
    if not isinstance(value, list):
        return []
    return [Path(item) for item in value if isinstance(item, str) and "\0" not in item]
