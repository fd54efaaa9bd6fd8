"""The practice Ledger beside the signing dialog: in practice there is only a window to hold in hand."""

from __future__ import annotations

import asyncio
from pathlib import Path

from signer_app.ui.practice_device import PracticeDeviceWindow
from signer_app.ui.qt import QtCore, QtWidgets


class PracticeHands:
    """Windows of the running practice devices of one workspace, for as long as a dialog is there."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self.windows: dict[str, PracticeDeviceWindow] = {}
        self._over = False

    async def show(self, preferred: str, beside: QtWidgets.QWidget) -> bool:
        """Show the running device of this name, or all that run if none is called so. Whether one is shown.

        SignerError DEV_DISCONNECTED if it ended meanwhile.
        """
        from signer_app.workspace.practice_devices import PracticeDevices  # noqa: PLC0415 - loads a ledger

        bench = await asyncio.to_thread(PracticeDevices, self._workspace)
        found = [str(entry["name"]) for entry in await asyncio.to_thread(bench.describe) if entry["running"]]
        for name in [name for name in found if name == preferred] or found:
            if name not in self.windows:
                hand = await asyncio.to_thread(bench.hand, name)
                if self._over:
                    hand.let_go()
                    return False
                window = self.windows[name] = PracticeDeviceWindow(name, hand)
                window.closed.connect(lambda name=name: self._closed(name))
                window.show()
                window.move(_place(window, beside))
            self.windows[name].raise_()
            self.windows[name].activateWindow()
        return bool(found)

    def _closed(self, name: str) -> None:
        window = self.windows.pop(name, None)
        if window is not None:
            window.deleteLater()

    def close(self) -> None:
        """Close every window; the devices keep running."""
        self._over = True
        for window in list(self.windows.values()):
            window.close()


def _place(window: QtWidgets.QWidget, beside: QtWidgets.QWidget) -> QtCore.QPoint:
    """Lower left over the steps, so that the lines to compare stay in sight; always on the screen."""
    corner = beside.mapToGlobal(QtCore.QPoint(0, beside.height() - window.height()))
    room = beside.screen().availableGeometry()
    left = min(max(corner.x() - window.width() // 2, room.left()), room.right() - window.width())
    return QtCore.QPoint(left, min(max(corner.y(), room.top()), room.bottom() - window.height()))
