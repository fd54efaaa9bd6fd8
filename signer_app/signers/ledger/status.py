"""Status words as errors: for each a code, a sentence and, by the code, the next step (hardware.md a and b).

Apps give some words a meaning of their own; those are looked up first.
"""

from __future__ import annotations

from typing import Final

from signer_app.core.errors import SignerError
from signer_app.signers.ledger.exchange import Answer
from signer_app.signers.ledger.wire import SW_OK

#: Status word: error code and sentence.
Words = dict[int, tuple[str, str]]

_ANY: Final[Words] = {
    0x5501: ("DEV_REJECTED", "It was refused on the device."),
    0x5515: ("DEV_LOCKED", "The device is locked."),
    0x6804: ("DEV_LOCKED", "The device is locked."),
    0x530C: ("DEV_LOCKED", "The device is locked."),
    0x6B0C: ("DEV_LOCKED", "The device is locked."),
    0x6982: ("DEV_LOCKED", "The device is locked, or it was refused there."),
    0x6985: ("DEV_REJECTED", "It was rejected on the device."),
    0x6E00: ("DEV_WRONG_APP", "Another app is open on the device."),
    0x6E01: ("DEV_APP_CLOSED", "No app is open on the device."),
    0x6511: ("DEV_APP_CLOSED", "No app is open on the device."),
    0x6D00: ("DEV_OLD_APP", "The open app does not know this request."),
    0x6D02: ("DEV_OLD_APP", "The open app does not know this request."),
    0x5123: ("DEV_APP_MISSING", "The app is not installed on the device."),
    0x6807: ("DEV_APP_MISSING", "The app is not installed on the device."),
    0x670A: ("DEV_REFUSED", "The device does not take this app's name."),
    0x6700: ("DEV_REFUSED", "The request has the wrong length."),
    0x6A80: ("DEV_REFUSED", "The device does not take this data, or it still shows an earlier request."),
    0x6A87: ("DEV_REFUSED", "The request has the wrong length."),
    0x6B00: ("DEV_REFUSED", "The device does not take these parameters."),
    0x6A81: ("DEV_REFUSED", "The app does not take this derivation path."),
    0x6A15: ("DEV_REFUSED", "The app may not use this derivation path."),
    0x4215: ("DEV_REFUSED", "The app may not use this derivation path."),
    0x6FAA: ("DEV_FAULT", "The device has halted. Disconnect it and connect it again."),
}

#: The XRP app when it is asked to sign (its doc/xrpapp.asc, and recordings).
XRP: Final[Words] = {
    0x6700: ("DEV_TOO_LARGE", "The transaction is too large for this device."),
    0x6800: (
        "DEV_UNSUPPORTED",
        "The XRP app signs transactions with flags only if tfFullyCanonicalSig is among them.",
    ),
    0x680B: ("DEV_UNSUPPORTED", "The XRP app cannot show a field of this transaction."),
    0x6A80: ("DEV_REFUSED", "The XRP app cannot read this transaction, or it still shows another one."),
}


def require_ok(answer: Answer, words: Words | None = None) -> bytes:
    """The answer's data. Raises SignerError with the status word in details, which people see on request."""
    if answer.status == SW_OK:
        return answer.data
    raise status_error(answer.status, words)


def status_error(status: int, words: Words | None = None) -> SignerError:
    """What a status word other than 9000 means."""
    code, sentence = (words or {}).get(status) or _ANY.get(status) or _unlisted(status)
    return SignerError(sentence, code=code, details={"status_word": f"{status:04X}"})


def _unlisted(status: int) -> tuple[str, str]:
    if status >> 8 == 0x6F:
        return "DEV_FAULT", "The device reports a fault of its own."
    return "DEV_REFUSED", "The device refused the request."
