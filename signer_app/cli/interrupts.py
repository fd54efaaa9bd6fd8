"""Ctrl-C that cannot get lost.

Python raises KeyboardInterrupt wherever the main thread happens to be. In the end of an object or in a
callback of the collector it is written away and forgotten, and the command would go on waiting for a device.
So the signal is noted as well, from the first moment of the program, and who waits asks whether it came.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_came = threading.Event()


class Interrupted(KeyboardInterrupt):
    """Of a class of its own: where a plain one passes through text that is being executed, as a dataclass is
    when its module is loaded, Python kills itself at the end, whatever code the command returns.
    """


def hold() -> None:
    """From now on an interrupt is noted, and nothing else: while the command line is loaded, nobody could
    answer one. Where whoever started the program has interrupts ignored, they stay ignored.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _note)


@contextmanager
def raised() -> Iterator[None]:
    """Interrupts are noted and raise KeyboardInterrupt, one that was held at once. Only the main thread may
    say what a signal does; in others nothing changes.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, _note_and_raise)
    try:
        check()
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        _came.clear()


def check() -> None:
    """Raises KeyboardInterrupt once one came, however it got lost."""
    if _came.is_set():
        raise Interrupted


def _note(_number: int, _frame: FrameType | None) -> None:
    _came.set()


def _note_and_raise(_number: int, _frame: FrameType | None) -> None:
    _came.set()
    raise Interrupted
