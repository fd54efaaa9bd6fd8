"""Ctrl-C that cannot get lost.

Python raises KeyboardInterrupt wherever the main thread happens to be. In the end of an object or in a
callback of the collector it is written away and forgotten, and the command would go on waiting for a device.
So the signal is noted as well, and who waits asks whether it came.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Whether the person pressed Ctrl-C while the block of watched() ran."""

    def __init__(self) -> None:
        self._came = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note interrupts. Only the main thread may say what a signal does; in others nothing changes."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self._note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raises KeyboardInterrupt once one came, however it got lost."""
        if self._came:
            raise KeyboardInterrupt
