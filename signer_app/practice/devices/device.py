"""One practice device: power, lock, dashboard and app, screen and buttons, its end of the USB reports.

It does no input and output and knows no clock but the one it is given; ``server`` puts it on sockets.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from signer_app.core.errors import ConflictError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.devices import dashboard, faults, screens, status
from signer_app.practice.devices.faults import Faults
from signer_app.practice.devices.frames import Assembler, to_reports
from signer_app.practice.devices.hdkeys import Node
from signer_app.practice.devices.history import History
from signer_app.practice.devices.models import Model
from signer_app.practice.devices.question import Question
from signer_app.practice.devices.screens import Button, Choice, Flow, Purpose
from signer_app.practice.devices.status import StatusError, word
from signer_app.practice.devices.xrp import app as xrp
from signer_app.practice.devices.xrp.app import XrpApp
from signer_app.signers.ledger.wire import REPORT_SIZE

#: An app that is not ours to talk to, for the fault wrong_app.
FOREIGN_APP: Final = "Bitcoin"
_FOREIGN_VERSION = "2.2.4"
#: Reports that wait for a reader; a host that never reads loses the oldest.
_MAX_WAITING = 4096
_MIN_APDU = 5


class Port(Protocol):
    """What a device needs of the world around it."""

    def later(self, milliseconds: int, call: Callable[[], None]) -> None:
        """Call after a time."""
        ...

    def output(self) -> None:
        """There are reports in ``outbox``."""
        ...

    def after_output(self, call: Callable[[], None]) -> None:
        """Call once the reports in ``outbox`` have been read, or after a second in which nobody reads."""
        ...

    def gone(self) -> None:
        """The device left the bus: every open handle is dead."""
        ...


@dataclass(slots=True)
class _Pending:
    question: Question
    apdu: bytes


class Device:
    """A device with its faults, its history and whoever watches its screen."""

    def __init__(self, model: Model, master: Node, port: Port, *, replug_ms: int) -> None:
        self.model = model
        self.faults = Faults()
        self.history = History()
        self.outbox: deque[bytes] = deque(maxlen=_MAX_WAITING)
        #: On the bus. A cable that is in is not enough: while its program changes, the device is away.
        self.plugged = True
        self.locked = False
        self._cable = True
        #: Counts each time that it comes back to the bus: no path of before is valid then.
        self.generation = 1
        self.on_question: Callable[[], None] = lambda: None
        self.watchers: list[Callable[[], None]] = []
        self._port = port
        self._replug_ms = replug_ms
        self._assembler = Assembler()
        self._late: list[bytes] = []
        self._pending: _Pending | None = None
        self._xrp = XrpApp(master, model, lambda: self.faults.has(faults.SIGNS_ELSE))
        #: Name of the app that is open, or null for the dashboard.
        self.app: str | None = xrp.NAME
        self.flow: Flow = self._home()

    # --- what the host sees -------------------------------------------------------------------------

    def receive(self, report: bytes) -> None:
        """One report of 64 bytes from a host."""
        if not self.plugged or len(report) != REPORT_SIZE:
            return
        received = self._assembler.feed(report)
        if received.echo is not None:
            self._send([received.echo])
        if received.apdu is not None:
            self._apdu(received.apdu)

    def opened(self) -> None:
        """A host opened the device: what came too late for another one is the first that it reads."""
        if self._late:
            self.outbox.extendleft(reversed(self._late))
            self._late.clear()
            self._port.output()

    def _apdu(self, apdu: bytes) -> None:
        if self.faults.has(faults.HANG):
            self.history.exchange(apdu, None)
            return
        if self.locked:
            self._answer(apdu, word(status.LOCKED))
            return
        try:
            result = self._handle(apdu)
        except StatusError as error:
            result = word(error.status)
        if isinstance(result, Question):
            self._ask(_Pending(result, apdu))
        else:
            self._answer(apdu, result)

    def _handle(self, apdu: bytes) -> bytes | Question:
        if len(apdu) < _MIN_APDU or len(apdu) != _MIN_APDU + apdu[4]:
            raise StatusError(status.TOO_LARGE)
        if apdu[0] == dashboard.CLA_OS:
            return self._os_command(apdu)
        if self.app is None:
            return dashboard.handle(apdu, self.model, self._installed(), self._open_later)
        if self.app == xrp.NAME:
            return self._xrp.handle(apdu)
        raise StatusError(status.UNKNOWN_CLASS)

    def _os_command(self, apdu: bytes) -> bytes:
        if apdu[1] == dashboard.INS_APP_AND_VERSION:
            return dashboard.app_and_version(*self._app_and_version())
        if apdu[1] == dashboard.INS_QUIT:
            if self.app is not None:
                self._port.after_output(lambda: self._switch(None))
            return word(status.OK)
        raise StatusError(status.UNKNOWN_INSTRUCTION)

    def _app_and_version(self) -> tuple[str, str, int]:
        if self.app is None:
            return dashboard.NAME, self.model.os_version, 1
        return self.app, xrp.VERSION_TEXT if self.app == xrp.NAME else _FOREIGN_VERSION, 0

    def _installed(self) -> tuple[str, ...]:
        return () if self.faults.has(faults.APP_MISSING) else (xrp.NAME, FOREIGN_APP)

    def _open_later(self, name: str) -> None:
        self._port.after_output(lambda: self._switch(name))

    def _answer(self, apdu: bytes, answer: bytes) -> None:
        if self.faults.has(faults.SHORT_ANSWER):
            data = answer[:-2]
            answer = data[: len(data) // 2] + answer[-2:]
        self.history.exchange(apdu, answer)
        reports = self._spoiled(to_reports(answer))
        if self.faults.take(faults.LATE_ANSWER):
            self._late = reports
        elif self.faults.option(faults.UNPLUGGED) == "answer":
            self._send(reports[:-1])
            self._port.after_output(self.unplug)
        else:
            self._send(reports)

    def _spoiled(self, reports: list[bytes]) -> list[bytes]:
        kind = self.faults.option(faults.GARBAGE)
        if kind == "random":
            return [secrets.token_bytes(REPORT_SIZE) for _ in reports]
        if kind == "sequence":
            return [report[:3] + b"\x7f\x7f" + report[5:] for report in reports]
        if kind == "channel":
            return [b"\x02\x02" + report[2:] for report in reports]
        if kind == "tag":
            return [report[:2] + b"\x06" + report[3:] for report in reports]
        return reports

    def _send(self, reports: list[bytes]) -> None:
        self.outbox.extend(reports)
        self._port.output()

    # --- what the person sees -----------------------------------------------------------------------

    def _home(self) -> Flow:
        if self.app == xrp.NAME:
            return self._xrp.home()
        if self.app is None:
            return screens.idle(self.model.product, "Dashboard")
        return screens.idle(self.app, "is ready", version=_FOREIGN_VERSION)

    def _ask(self, pending: _Pending) -> None:
        self._pending = pending
        self._show(pending.question.flow)
        if self.faults.option(faults.UNPLUGGED) == "review":
            self.unplug()
        elif self.faults.has(faults.REFUSES):
            self.decide(False, by="fault", reason="the fault refuses is on")
        else:
            self.on_question()

    def _show(self, flow: Flow) -> None:
        self.flow = flow
        self._changed()

    def _changed(self) -> None:
        if not self.locked:
            self.history.screen(self.flow)
        for watcher in list(self.watchers):
            watcher()

    def press(self, button: Button, *, by: str = "person", reason: str | None = None) -> None:
        """Press a button. Raises ConflictError while the device is locked or has no power."""
        if self.is_off:
            raise ConflictError("The device has no power; plug it in first.")
        if self.locked:
            raise ConflictError("The device is locked; unlock it first.")
        choice = self.flow.press(button)
        if choice is None:
            if button is not Button.BOTH:
                self._changed()
        elif choice is Choice.QUIT:
            self._switch(None)
        else:
            self._decided(choice is Choice.APPROVE, by, reason)

    def decide(self, yes: bool, *, by: str = "person", reason: str | None = None) -> None:
        """Page on to a choice and take it. Raises ConflictError where nothing is asked, or while locked."""
        if self._pending is None:
            raise ConflictError("The device asks nothing now.")
        wanted = Choice.APPROVE if yes else Choice.REJECT
        while self.flow.page.choice is not wanted:
            before = self.flow.at
            self.press(Button.RIGHT, by=by)
            if self.flow.at == before:
                # The choice lies behind, where a person has paged past it.
                self.flow.at = next(at for at, page in enumerate(self.flow.pages) if page.choice is wanted)
                self._changed()
        self.press(Button.BOTH, by=by, reason=reason)

    def _decided(self, yes: bool, by: str, reason: str | None) -> None:
        pending, self._pending = self._pending, None
        if pending is None:
            return
        self.history.decision(self.flow.purpose, yes, by, reason)
        if yes and pending.question.working is not None:
            self._show(screens.notice(pending.question.working))
        answer = pending.question.settle(yes)
        self._show(self._home())
        if answer is not None:
            self._answer(pending.apdu, answer)

    @property
    def is_off(self) -> bool:
        """True without cable and battery."""
        return not (self._cable or self.model.has_battery)

    @property
    def asks(self) -> Purpose | None:
        """What a person is asked for now."""
        return None if self._pending is None else self.flow.purpose

    def screen(self) -> JsonObject:
        """Shape: {plugged, locked, app, purpose, waiting, screen, pages, at}."""
        shown = self.flow
        if self.is_off:
            shown = screens.notice("")
        elif self.locked:
            shown = screens.notice("Locked", "Enter your PIN")
        return {
            "plugged": self.plugged,
            "locked": self.locked,
            "app": self.app,
            "purpose": shown.purpose.value,
            "waiting": self._pending is not None,
            "screen": shown.page.to_json(),
            "pages": [page.text() for page in shown.pages],
            "at": shown.at,
        }

    # --- what happens to the device -----------------------------------------------------------------

    def lock(self, *, is_locked: bool) -> None:
        """Lock or unlock. A question waits behind the lock."""
        self.locked = is_locked
        self.faults.switch(faults.LOCKED, is_on=is_locked)
        self._changed()

    def unplug(self) -> None:
        """Pull the cable. A question is void; without a battery the open app is too."""
        if not self._cable:
            return
        self._cable = False
        self.faults.take(faults.UNPLUGGED)
        self._leave_the_bus()
        self._drop_question("unplugged")
        if not self.model.has_battery:
            self.app = None
        self._show(self._home())

    def plug(self) -> None:
        """Put the cable in."""
        self._cable = True
        self._join_the_bus()

    def _join_the_bus(self) -> None:
        if self._cable and not self.plugged:
            self.plugged = True
            self.generation += 1
            self._changed()

    def open(self, name: str | None) -> None:
        """Open an app by the device's own menu, or the dashboard. Raises UsageError, ConflictError."""
        if name is not None and name not in self._installed():
            raise UsageError(f"The device has no app {name[:40]!r}. It has: {', '.join(self._installed())}.")
        if self.locked:
            raise ConflictError("The device is locked; unlock it first.")
        if name != self.app:
            self._switch(name)

    def fault(self, name: str, *, is_on: bool, options: Mapping[str, JsonValue] | None = None) -> None:
        """Switch a fault. Raises UsageError."""
        self.faults.switch(name, is_on=is_on, options=options)
        if name == faults.LOCKED:
            self.lock(is_locked=is_on)
        elif name == faults.UNPLUGGED and self.faults.option(name) in (None, "now"):
            (self.unplug if is_on else self.plug)()
        elif name in (faults.WRONG_APP, faults.APP_CLOSED):
            elsewhere = FOREIGN_APP if name == faults.WRONG_APP else None
            wanted = elsewhere if is_on else xrp.NAME
            if wanted != self.app:
                self._switch(wanted)

    def _switch(self, name: str | None) -> None:
        """Another program runs: the device leaves the bus and comes back after a while."""
        self.app = name
        self._leave_the_bus()
        self._drop_question("the app was closed")
        self._show(self._home())
        self._port.later(self._replug_ms, self._join_the_bus)

    def _drop_question(self, reason: str) -> None:
        if self._pending is not None:
            self.history.decision(self.flow.purpose, False, "device", reason)
            self._pending = None
        self._xrp.reset()

    def _leave_the_bus(self) -> None:
        self.plugged = False
        self._assembler.reset()
        self.outbox.clear()
        self._port.gone()
