"""One connected Ledger: its state in words, and the way to the app that is needed.

A device that changes its app leaves the bus and comes back as another one; until then it does not answer.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from signer_app.core.errors import SignerError
from signer_app.signers.hid.client import Connected, DeviceProcess
from signer_app.signers.ledger import dashboard
from signer_app.signers.ledger.dashboard import OpenApp
from signer_app.signers.ledger.desk import Desk, Stage, Step
from signer_app.signers.ledger.exchange import Answer, Apdu, parse_answer
from signer_app.signers.port import DeviceState, DeviceStatus

#: For requests that need no person.
ANSWER_TIMEOUT_S: Final = 8.0
#: After an app was opened or left the device is away for one to three seconds.
RETURN_TIMEOUT_S: Final = 10.0
_LOOK_EVERY_S: Final = 0.4

_STATUS_OF: Final = {
    "DEV_LOCKED": DeviceStatus.LOCKED,
    "DEV_APP_CLOSED": DeviceStatus.APP_CLOSED,
    "DEV_WRONG_APP": DeviceStatus.WRONG_APP,
    "DEV_OLD_APP": DeviceStatus.OLD_FIRMWARE,
    "DEV_BUSY": DeviceStatus.BUSY,
    "DEV_TIMEOUT": DeviceStatus.BUSY,
    "DEV_IN_USE": DeviceStatus.IN_USE_ELSEWHERE,
    "DEV_NO_PERMISSION": DeviceStatus.NO_PERMISSION,
    "DEV_DISCONNECTED": DeviceStatus.DISCONNECTED,
}


#: Nobody answers so who is asked which app is open: it came late, for a request that was given up.
_NO_ANSWER_TO_THIS: Final = frozenset(
    {"DEV_PROTOCOL", "DEV_REJECTED", "DEV_REFUSED", "DEV_UNSUPPORTED", "DEV_TOO_LARGE"}
)
#: How it looks while a device is not yet back on the bus, or just came.
_AWAY: Final = frozenset({"DEV_DISCONNECTED", "DEV_IN_USE", "DEV_PROTOCOL", "DEV_NO_PERMISSION"})
#: So answer dashboards that do not know the request to open an app.
_CANNOT_BE_TOLD: Final = frozenset({"DEV_OLD_APP", "DEV_WRONG_APP", "DEV_APP_CLOSED"})


@dataclass(frozen=True, slots=True)
class Probe:
    """What a device says of itself: its state, and the open app where it says so."""

    state: DeviceState
    app: OpenApp | None


class LedgerDevice:
    """A device by its id in the device process. It is an Exchange."""

    def __init__(self, process: DeviceProcess, connected: Connected) -> None:
        self._process = process
        self.id = connected.id
        self.model = connected.model
        self.transport = connected.transport
        #: The model where the bus knows it; an emulator does not say what it emulates.
        self.known_model = None if connected.transport == "emulator" else connected.model
        #: How long a person who is asked may take, in seconds; null is for ever.
        self.person_limit_s: float | None = None
        #: The version that its dashboard named, if it was met there.
        self.firmware: str | None = None

    def ask(self, apdu: Apdu, *, person: bool = False) -> Answer:
        """An interrupt of this program while a person is asked also ends the waiting in the device
        process.
        """
        try:
            timeout = self.person_limit_s if person else ANSWER_TIMEOUT_S
            return parse_answer(
                self._process.exchange(self.id, apdu.to_bytes(), timeout_s=timeout, person=person)
            )
        except KeyboardInterrupt:
            self._process.cancel(self.id)
            raise

    def turn(self) -> AbstractContextManager[object]:
        """Hold it while several requests belong together; who only looks leaves it alone meanwhile."""
        return self._process.turn(self.id)

    def cancel(self) -> None:
        """End the waiting of another thread. What the device shows stays on its screen."""
        self._process.cancel(self.id)

    def open_app(self) -> OpenApp:
        """Which app is open. The first answer after an aborted request may be its late one: look twice."""
        try:
            app = dashboard.open_app_of(self)
        except SignerError as error:
            if error.code not in _NO_ANSWER_TO_THIS:
                raise
            self._process.release(self.id)
            app = dashboard.open_app_of(self)
        if app.is_dashboard:
            self.firmware = app.version or None
        return app

    def probe(self, needed: str) -> Probe:
        """State for somebody who needs the app ``needed``. Asks the device, but no person."""
        try:
            app = self.open_app()
        except SignerError as error:
            status = _STATUS_OF.get(error.code, DeviceStatus.FAULT)
            return Probe(DeviceState(status, error.message), None)
        if app.name == needed:
            return Probe(DeviceState(DeviceStatus.READY), app)
        if app.is_dashboard:
            return Probe(DeviceState(DeviceStatus.APP_CLOSED, f"The {needed} app is not open."), app)
        return Probe(DeviceState(DeviceStatus.WRONG_APP, f"{app.name} is open, {needed} is needed."), app)

    def ready(self, needed: str, desk: Desk) -> OpenApp:
        """Bring the device to the app ``needed``: wait for it to be unlocked, leave another app, open this
        one.

        ``desk`` is told what the person has to do. Raises SignerError DEV_LOCKED, DEV_APP_CLOSED or
        DEV_TIMEOUT when nobody did it in time, DEV_REJECTED, DEV_APP_MISSING, DEV_DISCONNECTED, …
        """
        app = self.unlocked(desk)
        desk.step(Step(Stage.UNLOCKED, self.model))
        if app.name != needed and not app.is_dashboard:
            self._wants(
                desk, Stage.APP_OPEN, DeviceStatus.WRONG_APP, f"Leaving {app.name} on the {self.model}"
            )
            dashboard.quit_app(self)
            app = self._returned(desk)
        if app.is_dashboard:
            app = self._opened(needed, desk)
        if app.name != needed:
            raise SignerError(
                f"{app.name} is open on the {self.model}, {needed} is needed.", code="DEV_WRONG_APP"
            )
        desk.step(Step(Stage.APP_OPEN, self.model, f"{app.name} {app.version}"))
        return app

    def _wants(self, desk: Desk, stage: Stage, obstacle: DeviceStatus, words: str) -> None:
        desk.step(Step(stage, self.model, words, obstacle))
        desk.tell(words)

    def _opened(self, needed: str, desk: Desk) -> OpenApp:
        """From the dashboard: the device asks the person, or they open the app by themselves."""
        words = f"Open the {needed} app on the {self.model}: it asks you now"
        self._wants(desk, Stage.APP_OPEN, DeviceStatus.APP_CLOSED, words)
        try:
            dashboard.open_app(self, needed)
        except SignerError as error:
            if error.code not in _CANNOT_BE_TOLD:
                raise
            return self._by_hand(needed, desk)
        return self._returned(desk)

    def _by_hand(self, needed: str, desk: Desk) -> OpenApp:
        """Wait until the person has opened an app. The device leaves the bus and comes back meanwhile."""
        words = f"Open the {needed} app on the {self.model} yourself; this continues by itself"
        self._wants(desk, Stage.APP_OPEN, DeviceStatus.APP_CLOSED, words)
        deadline = time.monotonic() + desk.patience_s
        while time.monotonic() < deadline:
            desk.check()
            time.sleep(_LOOK_EVERY_S)
            try:
                self._process.scan()
                app = self.open_app()
            except SignerError as error:
                if error.code not in _AWAY | {"DEV_APP_CLOSED", "DEV_LOCKED"}:
                    raise
            else:
                if not app.is_dashboard:
                    return app
        raise SignerError(f"The {needed} app is not open on the {self.model}.", code="DEV_APP_CLOSED")

    def unlocked(self, desk: Desk) -> OpenApp:
        """Wait for the PIN where it is needed; which app is open then. SignerError DEV_LOCKED, …"""
        deadline = time.monotonic() + desk.patience_s
        told = False
        while True:
            desk.check()
            try:
                return self.open_app()
            except SignerError as error:
                if error.code == "DEV_APP_CLOSED":
                    return OpenApp(dashboard.DASHBOARD, "", b"")  # it says no more than that
                if error.code != "DEV_LOCKED" or time.monotonic() > deadline:
                    raise
            if not told:
                words = f"Your {self.model} is locked. Enter the PIN on the device; this continues by itself"
                self._wants(desk, Stage.UNLOCKED, DeviceStatus.LOCKED, words)
                told = True
            time.sleep(_LOOK_EVERY_S)

    def _returned(self, desk: Desk) -> OpenApp:
        """After an app was opened or left: wait until the device is back on the bus and answers."""
        self._process.release(self.id)
        deadline = time.monotonic() + RETURN_TIMEOUT_S
        while True:
            time.sleep(_LOOK_EVERY_S)
            try:
                if any(found.id == self.id for found in self._process.scan()):
                    return self.unlocked(desk)
            except SignerError as error:
                if error.code not in _AWAY:
                    raise
            if time.monotonic() > deadline:
                raise SignerError(f"The {self.model} did not come back.", code="DEV_DISCONNECTED")
