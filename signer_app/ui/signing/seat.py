"""Where the person of the window sits, as the services in the worker's thread see it.

A service tells its Desk what happens and waits at its gate. The seat passes this on to the one attempt that
is being made now; without an attempt nobody compares, so nothing is asked of a device.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from signer_app.core.errors import SignerError

if TYPE_CHECKING:  # the rooms load in the worker's thread, after the first paint
    from signer_app.signers.ledger.desk import Desk, Step
    from signer_app.signers.ledger.xrp.screens import Review

#: How long a person may take to unlock the device and to approve on it, in seconds (design, section 6).
LIMIT_S = 180.0


class Audience(Protocol):
    """Who hears of an attempt, in the loop's thread."""

    def heard(self, step: Step) -> None: ...

    def shown(self, review: Review) -> None: ...


class Sitting:
    """One attempt, from its first step to its end. Made in the loop's thread; its ends are safe in any."""

    def __init__(self, audience: Audience) -> None:
        self._loop = asyncio.get_running_loop()
        self._audience = audience
        self._go = threading.Event()
        self._stopped = threading.Event()

    # -- the loop's side -----------------------------------------------------------------------------------

    def proceed(self) -> None:
        """The person has compared every line: the device may be asked."""
        self._go.set()

    def stop(self) -> None:
        """The person stops; whoever waits at the gate gets DEV_CANCELLED."""
        self._stopped.set()
        self._go.set()

    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""
        return self._stopped.is_set()

    # -- the worker's side ---------------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """Pass on a stage."""
        self._say(lambda: self._audience.heard(step))

    def show(self, review: Review) -> None:
        """Pass on what the device will show."""
        self._say(lambda: self._audience.shown(review))

    def gate(self) -> None:
        """Wait until the person has compared. SignerError DEV_CANCELLED."""
        self._go.wait()
        self.check()

    def check(self) -> None:
        """SignerError DEV_CANCELLED once it was stopped."""
        if self._stopped.is_set():
            raise SignerError("Stopped here. Nothing was signed.", code="DEV_CANCELLED")

    def _say(self, call: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            return  # the window is gone, and that is no fault


class Seat:
    """Taken by one attempt at a time, for as long as its call runs in the worker's thread."""

    def __init__(self) -> None:
        self._sitting: Sitting | None = None

    @contextmanager
    def taken_by(self, sitting: Sitting) -> Iterator[None]:
        """In the worker's thread, around the call: an attempt that was stopped before never begins."""
        sitting.check()
        self._sitting = sitting
        try:
            yield
        finally:
            self._sitting = None

    def desk(self, tell: Callable[[str], None]) -> Desk:
        """The desk that services get when the workspace is opened."""
        from signer_app.signers.ledger.desk import Desk  # noqa: PLC0415

        return Desk(
            tell=tell,
            show=self._show,
            step=self._step,
            gate=self._gate,
            check=self._check,
            patience_s=LIMIT_S,
            answer_s=LIMIT_S,
        )

    def _show(self, review: Review) -> None:
        if self._sitting is not None:
            self._sitting.show(review)

    def _step(self, step: Step) -> None:
        if self._sitting is not None:
            self._sitting.step(step)

    def _check(self) -> None:
        if self._sitting is not None:
            self._sitting.check()

    def _gate(self, _review: Review) -> None:
        if self._sitting is None:
            raise SignerError("Nobody is there to compare. Nothing was signed.", code="DEV_CANCELLED")
        self._sitting.gate()
