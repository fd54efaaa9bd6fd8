"""The person at the computer, as a Ledger's signer sees them: told what happens, shown what to compare.

The command line prints. A window ticks lines, and lets the device be asked only once a person has compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from signer_app.signers.ledger.xrp.screens import Review
from signer_app.signers.port import DeviceStatus

#: How long a person may take to unlock the device or to open the app by hand.
PATIENCE_S: Final = 60.0

Tell = Callable[[str], None]


class Stage(StrEnum):
    """How far a signature on a device has come, in this order."""

    CONNECTED = "CONNECTED"
    UNLOCKED = "UNLOCKED"
    APP_OPEN = "APP_OPEN"
    KEY_MATCHED = "KEY_MATCHED"
    SCREENS = "SCREENS"
    ASKED = "ASKED"
    VERIFIED = "VERIFIED"


@dataclass(frozen=True, slots=True)
class Step:
    """A stage that was reached; with ``obstacle`` one that waits until the person does what ``detail`` says.

    ``model`` is the device in hand, empty while there is none. ``detail`` of a stage that was reached: the
    transport, the app and its version, or the address.
    """

    stage: Stage
    model: str = ""
    detail: str = ""
    obstacle: DeviceStatus | None = None


def _nothing(_value: object) -> None:
    return None


def _go_on() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Desk:
    """``tell`` says what to do, ``show`` what the device's screens will say; both return at once.

    ``step`` hears of each stage. ``gate`` is called after ``show`` and before the device is asked to sign; it
    returns when the person has compared, and may take as long as they do. ``check`` is called now and then
    while something is awaited. Both raise SignerError DEV_CANCELLED if the person stops it.
    ``patience_s`` is the time to unlock the device and to open its app; ``answer_s`` the time to approve on
    it (null: no limit), after which DEV_TIMEOUT is raised.
    """

    tell: Tell
    show: Callable[[Review], None]
    step: Callable[[Step], None] = _nothing
    gate: Callable[[Review], None] = _nothing
    check: Callable[[], None] = _go_on
    patience_s: float = PATIENCE_S
    answer_s: float | None = None


#: A desk at which nobody sits.
SILENT: Final = Desk(tell=_nothing, show=_nothing)
