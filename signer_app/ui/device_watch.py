"""Looking at connected devices, about once a second, in a thread of its own, only while somebody looks.

Not in the worker's thread, which may be waiting for a person at a device; and never in the window's, because
a device or its process may hang.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.workspace.devices import ConnectedDevices

EVERY_S = 1.0
Show = Callable[[JsonObject], None]


class DeviceWatch:
    """A thread that scans; start() and stop() return at once. One that hangs in a scan ends after it."""

    def __init__(
        self, connected: ConnectedDevices, show: Show, failed: Callable[[CountersignError], None]
    ) -> None:
        """``show`` gets what ConnectedDevices.describe gives, in the loop's thread, at each change."""
        self._loop = asyncio.get_running_loop()
        self._connected, self._show, self._failed = connected, show, failed
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="countersign-devices", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more scans; what one finds now is not shown."""
        self._stopped.set()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        last: JsonObject | None = None
        trouble = ""
        while not self._stopped.is_set():
            try:
                found = self._connected.describe()
            except CountersignError as error:
                if error.code != trouble:
                    trouble, last = error.code, None
                    self._say(lambda error=error: self._failed(error))  # type: ignore[misc]
            else:
                trouble = ""
                if found != last:
                    last = found
                    self._say(lambda found=found: self._show(found))  # type: ignore[misc]
            self._stopped.wait(EVERY_S)

    def _say(self, call: Callable[[], None]) -> None:
        def unless_stopped() -> None:
            if not self._stopped.is_set():
                call()

        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(unless_stopped)
