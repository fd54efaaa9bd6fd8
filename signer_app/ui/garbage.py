"""Cyclic garbage is collected in the window's thread only.

Python collects in whatever thread allocates next. If that is the worker, a forgotten widget is destroyed
there, and Qt may end the process. So automatic collection is off while a window is open, and a timer does its
work.
"""

from __future__ import annotations

import gc

from signer_app.ui.qt import QtCore

INTERVAL_MS = 1000


class Collector(QtCore.QObject):
    """From making it to stop()."""

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> int:
        """Collect each generation that is due by Python's own thresholds; how many objects went."""
        gone = 0
        for generation, (count, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count > limit:
                gone += gc.collect(generation)
        return gone

    def settle(self) -> None:
        """What is there now stays: modules, which a collection need not look at again. To be called where
        nobody waits for the window, since it takes a tenth of a second.
        """
        gc.collect()
        gc.freeze()

    def stop(self) -> None:
        """Back to automatic collection."""
        self._timer.stop()
        gc.enable()
