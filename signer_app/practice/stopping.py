"""How a practice process is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import signal


def stop_event() -> asyncio.Event:
    """An event of the running loop that SIGTERM and SIGINT set."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        # Windows' loop has no signal handlers; there the process is ended from outside.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stopped.set)
    return stopped
