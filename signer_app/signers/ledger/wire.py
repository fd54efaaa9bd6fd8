"""Constants of Ledger's USB protocol (hardware.md a); the one module that practice devices share."""

from __future__ import annotations

from typing import Final

VENDOR_ID: Final = 0x2C97
#: High byte of the product id (low byte: which interfaces the running program offers, so it changes).
MODELS: Final = {
    0x00: "Ledger Blue",
    0x10: "Ledger Nano S",
    0x40: "Ledger Nano X",
    0x50: "Ledger Nano S Plus",
    0x60: "Ledger Stax",
    0x70: "Ledger Flex",
    0x80: "Ledger Apex",
}
#: The interface that carries APDUs: its number, or its usage page where the system tells that one.
APDU_INTERFACE: Final = 0
APDU_USAGE_PAGE: Final = 0xFFA0

REPORT_SIZE: Final = 64
CHANNEL: Final = 0x0101
TAG_APDU: Final = 0x05
TAG_PING: Final = 0x02

SW_OK: Final = 0x9000
