"""The dashboard: which app is open, opening one, leaving one (hardware.md a, "Dashboard commands")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signer_app.signers.ledger.exchange import Apdu, Exchange, Reader, garbled
from signer_app.signers.ledger.status import require_ok

DASHBOARD: Final = "BOLOS"
#: Older firmwares name the dashboard so.
_OLD_DASHBOARD: Final = "OLOS\0"
_NAME_AND_VERSION: Final = Apdu(0xB0, 0x01)
_QUIT: Final = Apdu(0xB0, 0xA7)
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class OpenApp:
    """The program that answers now: an app, or the dashboard under the name DASHBOARD."""

    name: str
    version: str
    flags: bytes

    @property
    def is_dashboard(self) -> bool:
        return self.name == DASHBOARD


def open_app_of(device: Exchange) -> OpenApp:
    """Ask which app is open. Raises SignerError: DEV_LOCKED, DEV_PROTOCOL, …"""
    reader = Reader(require_ok(device.ask(_NAME_AND_VERSION)))
    if reader.take(1)[0] != _FORMAT:
        raise garbled()
    name, version = reader.text(), reader.text()
    flags = b"" if reader.at_end else reader.counted()  # older firmwares say nothing about them
    if not name.rstrip("\0").isprintable() or not version.isprintable():
        raise garbled()
    return OpenApp(DASHBOARD if name == _OLD_DASHBOARD else name, version, flags)


def open_app(device: Exchange, name: str) -> None:
    """From the dashboard; the person is asked. The device then leaves the bus and comes back.

    Raises SignerError DEV_REJECTED, DEV_APP_MISSING, …
    """
    require_ok(device.ask(Apdu(0xE0, 0xD8, data=name.encode("ascii")), person=True))


def quit_app(device: Exchange) -> None:
    """Back to the dashboard. The device then leaves the bus and comes back."""
    require_ok(device.ask(_QUIT))
