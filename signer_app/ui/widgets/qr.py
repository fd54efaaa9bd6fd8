"""A QR code: black on white in both themes, with its quiet zone, as cameras expect it."""

from __future__ import annotations

from signer_app.exchange.qr import QUIET_ZONE, Modules
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets.base import Painted

#: Pixels of a module at 100 %; cameras of laptops need as many.
MODULE = 4


class QrCode(Painted):
    """Modules of exchange/qr.py, drawn whole pixels wide. ``says`` is what it holds, for screen readers."""

    def __init__(self, modules: Modules, says: str) -> None:
        super().__init__()
        self._modules = modules
        self.setObjectName("qr")
        self.setAccessibleName(says)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """Square."""
        side = (len(self._modules) + 2 * QUIET_ZONE) * theme().scaled(MODULE)
        return QtCore.QSize(side, side)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Dark modules on a white square."""
        painter, module = QtGui.QPainter(self), theme().scaled(MODULE)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        for y, line in enumerate(self._modules, QUIET_ZONE):
            for x, dark in enumerate(line, QUIET_ZONE):
                if dark:
                    painter.fillRect(x * module, y * module, module, module, Qt.GlobalColor.black)
