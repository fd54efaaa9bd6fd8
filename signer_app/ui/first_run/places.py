"""The practice ledgers and devices that this window started; they end with it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.ui.preload import load_rooms

if TYPE_CHECKING:  # the rooms below load when somebody practises, not before the first paint
    from signer_app.workspace.practising import PracticeProcesses


class Places:
    """Keeps the processes of each place to practise that was opened here."""

    def __init__(self) -> None:
        self._running: dict[Path, PracticeProcesses] = {}

    def keep(self, root: Path, processes: PracticeProcesses) -> None:
        """Take over what was just made."""
        self._running[root] = processes

    async def ready(self, workspace: Path) -> None:
        """Start what a practice workspace needs, before it is opened. Nothing for every other workspace.

        CountersignError where it does not start.
        """
        await asyncio.to_thread(self._start, workspace)

    def _start(self, workspace: Path) -> None:
        load_rooms()
        from signer_app.workspace.practising import place_of, start_place  # noqa: PLC0415 - see above

        root = place_of(workspace)
        if root is None:
            return
        running = self._running.get(root)
        if running is not None and running.alive:
            return
        if running is not None:
            running.close()
        self._running[root] = start_place(root)

    async def close(self) -> None:
        """End everything that was started here."""
        running, self._running = list(self._running.values()), {}
        for processes in running:
            await asyncio.to_thread(processes.close)
