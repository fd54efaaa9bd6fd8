"""How a practice process is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Final

#: Set by a program that started the process: it holds the other end of standard input, and however that
#: program ends, its practice processes end with it.
ENDS_WITH_INPUT: Final = "COUNTERSIGN_ENDS_WITH_INPUT"
_STDIN: Final = 0


def stop_event() -> asyncio.Event:
    """An event of the running loop that SIGTERM, SIGINT and, where it was asked for, the end of standard
    input set.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        # Windows' loop has no signal handlers; there the process is ended from outside.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stopped.set)
    if os.environ.get(ENDS_WITH_INPUT) == "1":

        def ended() -> None:
            if not os.read(_STDIN, 4096):
                loop.remove_reader(_STDIN)
                stopped.set()

        loop.add_reader(_STDIN, ended)
    return stopped
