"""The open workspace as the window sees it: locked, or open in its worker thread.

The rooms below load on first use, in the worker's thread: no ledger SDK and no database is imported before
the first paint.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from signer_app.core.errors import ConflictError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.preload import load_rooms
from signer_app.ui.qt import QtCore, Signal
from signer_app.ui.signing.seat import Seat
from signer_app.ui.worker import Job, Progress, Worker

if TYPE_CHECKING:  # see above
    from signer_app.journal.trust import Trouble
    from signer_app.signers.ledger.desk import Desk
    from signer_app.workspace import Workspace
    from signer_app.workspace.devices import ConnectedDevices
    from signer_app.workspace.standing import Standing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Halted:
    """A halt that stands: who stopped what, when and why, and who has said that it may go on. ``accounts``
    None: everything."""

    id: str
    person: str
    reason: str
    at: str
    accounts: tuple[str, ...] | None
    people: tuple[str, ...]
    need: int


def halted_of(described: JsonObject) -> Halted:
    """From Halts.describe(); texts of people are made safe to show."""
    accounts, people, need = described["accounts"], described["people"], described["need"]
    return Halted(
        id=str(described["halt_id"]),
        person=safe_text(str(described["person"]), 60),
        reason=safe_text(str(described["reason"]), 1000),
        at=str(described["at"]),
        accounts=tuple(map(str, accounts)) if isinstance(accounts, list) else None,
        people=tuple(map(str, people)) if isinstance(people, list) else (),
        need=need if isinstance(need, int) else 0,
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """What the frame of the window shows of an open workspace."""

    name: str
    person: str
    org: str
    network_class: str
    networks: tuple[str, ...]
    nodes: int
    nodes_confirmed: bool
    policy_in_force: bool
    records: int
    needs_me: int
    #: Why nothing more can be written; None while it can.
    trouble: Trouble | None = None
    halts: tuple[Halted, ...] = ()
    setting_up: bool = False
    #: Policy in force, checkpoint, last check of the journal.
    standing: Standing | None = None

    @property
    def writable(self) -> bool:
        """Whether the journal takes more: every step is journaled first, so without it nothing goes on."""
        return self.trouble is None

    @classmethod
    def of(
        cls,
        described: JsonObject,
        *,
        needs_me: int,
        trouble: Trouble | None = None,
        halts: tuple[Halted, ...] = (),
        setting_up: bool = False,
        standing: Standing | None = None,
    ) -> Summary:
        """From Workspace.describe()."""
        networks, records, nodes = described["networks"], described["records"], described["nodes"]
        return cls(
            name=Path(str(described["workspace"])).name,
            person=str(described["person"]),
            org=str(described["org"]),
            network_class=str(described["class"]),
            networks=tuple(map(str, networks)) if isinstance(networks, list) else (),
            nodes=nodes if isinstance(nodes, int) else 0,
            nodes_confirmed=described["nodes_confirmed"] is True,
            policy_in_force=described["policy_in_force"] is not None,
            records=records if isinstance(records, int) else 0,
            needs_me=needs_me,
            trouble=trouble,
            halts=halts,
            setting_up=setting_up,
            standing=standing,
        )


class Session(QtCore.QObject):
    """One workspace or none. Every method that waits is a coroutine; the window stays live meanwhile."""

    #: It was opened, locked, or what the frame shows of it is another.
    changed = Signal()
    #: Words of a step inside a long call.
    progressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._worker: Worker | None = None
        self._workspace: Workspace | None = None
        self._closing: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop
        self._trouble: Trouble | None = None
        self.directory: Path | None = None
        self.summary: Summary | None = None
        self.offline = False
        #: Whether nothing is written here, whatever else is wrong.
        self.look_only = False
        #: Where the person compares what a device shows; see signing/seat.py.
        self.seat = Seat()

    @property
    def locked(self) -> bool:
        """Whether nothing is open."""
        return self.summary is None

    async def open(
        self,
        directory: Path,
        passphrase: bytearray,
        *,
        offline: bool = False,
        look_only: bool = False,
        held: bool = False,
    ) -> None:
        """Open a workspace; ``passphrase`` is wiped, whatever happens. ``look_only`` takes no lock and writes
        nothing; ``held``: because another has it open. Raises what Workspace.open and look raise.
        """
        if self._worker is not None:
            raise ConflictError("A workspace is open.")
        await self._closed()
        desk = self.seat.desk(Progress(self.progressed.emit))
        worker = Worker(directory.name)
        opened: list[Workspace] = []
        try:
            how = partial(_look, held=held) if look_only else _open
            await worker.call(lambda: opened.append(how(directory, passphrase, desk, offline)))
            workspace = opened[0]
            summary = await worker.call(lambda: _summary(workspace))
        except BaseException:  # a cancelled opening too: what was opened meanwhile holds the lock
            await worker.close(lambda: _close(opened))
            raise
        self._worker, self._workspace = worker, workspace
        self._loop, self._trouble = asyncio.get_running_loop(), summary.trouble
        self.directory, self.summary = directory, summary
        self.offline, self.look_only = offline, look_only
        self.changed.emit()

    async def lock(self) -> None:
        """Forget everything and close the workspace: what runs ends first, what waits is cancelled. It
        returns when the workspace is closed, for who comes second too.
        """
        worker, workspace = self._worker, self._workspace
        self._worker = self._workspace = self.summary = None
        if worker is not None and workspace is not None:
            self._closing = asyncio.ensure_future(worker.close(workspace.close))
            self.changed.emit()
        await self._closed()

    async def _closed(self) -> None:
        closing = self._closing
        if closing is not None:
            try:
                await asyncio.shield(closing)
            finally:
                if closing.done():
                    self._closing = None

    def call(self, work: Callable[[Workspace], T], *, name: str = "") -> Job[T]:
        """Run ``work`` with the workspace in the worker's thread. ConflictError while locked.

        ``work`` returns plain values; nothing of the window may be touched in it.
        """
        worker, workspace = self._worker, self._workspace
        if worker is None or workspace is None:
            raise ConflictError("The workspace is locked.")
        return worker.call(partial(self._watched, work, workspace), name=name)

    def _watched(self, work: Callable[[Workspace], T], workspace: Workspace) -> T:
        """In the worker's thread: what a call does to the journal is said at once, however the call ends. Who
        looks only sees in each call what another process has written up to then.
        """
        try:
            workspace.follow()
            return work(workspace)
        finally:
            trouble = workspace.journal.trouble
            if trouble != self._trouble:
                self._trouble = trouble
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    self._loop.call_soon_threadsafe(self._say_trouble, workspace, trouble)

    def _say_trouble(self, workspace: Workspace, trouble: Trouble | None) -> None:
        if self.summary is not None and workspace is self._workspace:
            self._take(replace(self.summary, trouble=trouble))

    def _take(self, summary: Summary) -> None:
        if summary != self.summary:
            self.summary = summary
            self.changed.emit()

    @property
    def connected(self) -> ConnectedDevices:
        """The connected devices, for a thread that looks at them or stops a waiting; never for this one, for
        its calls block. ConflictError while locked."""
        if self._workspace is None:
            raise ConflictError("The workspace is locked.")
        return self._workspace.devices.connected

    async def stop_device(self, connected: ConnectedDevices) -> None:
        """End what waits for a person at a device, while the worker's thread waits with it."""
        await asyncio.to_thread(connected.stop_waiting)

    @property
    def busy_with(self) -> tuple[str, ...]:
        """Names of calls that run or wait."""
        return self._worker.busy_with if self._worker else ()

    async def look_again(self) -> bool:
        """Read again what the frame shows; whether another process has written records since."""
        before = self.summary
        await self.refresh()
        return self.summary is not None and before is not None and self.summary.records != before.records

    async def refresh(self) -> None:
        """Read again what the frame shows."""
        summary = await self.call(_summary, name="")
        if not self.locked:
            self._take(summary)


def _open(directory: Path, passphrase: bytearray, desk: Desk, offline: bool) -> Workspace:
    load_rooms()
    from signer_app.vault.kdf import wipe  # noqa: PLC0415 - in the worker's thread, after the first paint
    from signer_app.workspace import Workspace  # noqa: PLC0415

    try:
        return Workspace.open(directory, passphrase=passphrase, desk=desk, offline=offline)
    finally:
        wipe(passphrase)


def _look(directory: Path, passphrase: bytearray, desk: Desk, offline: bool, *, held: bool) -> Workspace:
    load_rooms()
    from signer_app.vault.kdf import wipe  # noqa: PLC0415 - as in _open
    from signer_app.workspace import Workspace  # noqa: PLC0415

    try:
        return Workspace.look(directory, passphrase=passphrase, desk=desk, offline=offline, held=held)
    finally:
        wipe(passphrase)


def _close(opened: list[Workspace]) -> None:
    for workspace in opened:
        workspace.close()


def _summary(workspace: Workspace) -> Summary:
    from signer_app.workspace.first_run import unfinished  # noqa: PLC0415
    from signer_app.workspace.standing import standing  # noqa: PLC0415

    halts = workspace.proposals.halts.describe(standing=True)
    return Summary.of(
        workspace.describe(),
        needs_me=workspace.reading.needing(workspace.person),
        trouble=workspace.journal.trouble,
        halts=tuple(halted_of(item) for item in halts),
        setting_up=unfinished(workspace) and not workspace.vault.read_only,
        standing=standing(workspace),
    )
