"""Status words that practice devices answer (hardware.md a and b)."""

from __future__ import annotations

from typing import Final

from signer_app.signers.ledger.wire import SW_OK

OK: Final = SW_OK
BAD_NAME_LENGTH: Final = 0x670A
LOCKED: Final = 0x5515
REFUSED_BY_PERSON_TO_OS: Final = 0x5501
REFUSED_BY_PERSON: Final = 0x6985
TOO_LARGE: Final = 0x6700
FLAGS_NOT_CANONICAL: Final = 0x6800
#: The XRP app's parser, by its own numbers: a wrong state, no room, data that ends too soon, not supported.
WRONG_STATE: Final = 0x6804
NO_ROOM: Final = 0x6806
ENDS_TOO_SOON: Final = 0x6807
NOT_SUPPORTED: Final = 0x680B
PATH_NOT_PERMITTED: Final = 0x6A15
BAD_DATA: Final = 0x6A80
BAD_SIGN_PATH: Final = 0x6A81
WRONG_PARAMETER: Final = 0x6B00
UNKNOWN_INSTRUCTION: Final = 0x6D00
UNKNOWN_CLASS: Final = 0x6E00
ED25519_BROKEN: Final = 0x6F88


class StatusError(Exception):
    """Ends the handling of an APDU with a status word other than success."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


def word(status: int) -> bytes:
    """The two bytes of a status word."""
    return status.to_bytes(2, "big")
