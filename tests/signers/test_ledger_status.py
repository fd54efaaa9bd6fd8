"""Every status word that a Ledger was seen or is said to answer, and what it means (hardware.md a and b)."""

from __future__ import annotations

import pytest

from signer_app.core.errors import CATALOGUE, SignerError
from signer_app.signers.ledger.exchange import Answer, Apdu
from signer_app.signers.ledger.xrp.client import XrpApp

PATH = "44'/144'/0'/0/0"
#: Status word: (code when asked for a signature, code when asked for an address or a version).
WORDS = {
    "5515": ("DEV_LOCKED", "DEV_LOCKED"),
    "6804": ("DEV_LOCKED", "DEV_LOCKED"),
    "530C": ("DEV_LOCKED", "DEV_LOCKED"),
    "6B0C": ("DEV_LOCKED", "DEV_LOCKED"),
    "6982": ("DEV_LOCKED", "DEV_LOCKED"),
    "6985": ("DEV_REJECTED", "DEV_REJECTED"),
    "5501": ("DEV_REJECTED", "DEV_REJECTED"),
    "6E00": ("DEV_WRONG_APP", "DEV_WRONG_APP"),
    "6E01": ("DEV_APP_CLOSED", "DEV_APP_CLOSED"),
    "6511": ("DEV_APP_CLOSED", "DEV_APP_CLOSED"),
    "6D00": ("DEV_OLD_APP", "DEV_OLD_APP"),
    "6D02": ("DEV_OLD_APP", "DEV_OLD_APP"),
    "5123": ("DEV_APP_MISSING", "DEV_APP_MISSING"),
    "6807": ("DEV_APP_MISSING", "DEV_APP_MISSING"),
    "670A": ("DEV_REFUSED", "DEV_REFUSED"),
    "6700": ("DEV_TOO_LARGE", "DEV_REFUSED"),
    "6800": ("DEV_UNSUPPORTED", "DEV_REFUSED"),
    "680B": ("DEV_UNSUPPORTED", "DEV_REFUSED"),
    "6A80": ("DEV_REFUSED", "DEV_REFUSED"),
    "6A81": ("DEV_REFUSED", "DEV_REFUSED"),
    "6A87": ("DEV_REFUSED", "DEV_REFUSED"),
    "6A15": ("DEV_REFUSED", "DEV_REFUSED"),
    "4215": ("DEV_REFUSED", "DEV_REFUSED"),
    "6B00": ("DEV_REFUSED", "DEV_REFUSED"),
    "6FAA": ("DEV_FAULT", "DEV_FAULT"),
    "6F88": ("DEV_FAULT", "DEV_FAULT"),
    "6F01": ("DEV_FAULT", "DEV_FAULT"),
    "9001": ("DEV_REFUSED", "DEV_REFUSED"),
    "1234": ("DEV_REFUSED", "DEV_REFUSED"),
    "0000": ("DEV_REFUSED", "DEV_REFUSED"),
}


class Refuses:
    """An Exchange that answers a status word to everything."""

    def __init__(self, word: str) -> None:
        self._status = int(word, 16)

    def ask(self, apdu: Apdu, *, person: bool = False) -> Answer:
        del apdu, person
        return Answer(b"", self._status)


def refusals(word: str) -> list[SignerError]:
    """What comes of a signature, an address and a version."""
    app = XrpApp(Refuses(word))
    caught = []
    for ask in (lambda: app.sign(PATH, bytes(40)), lambda: app.address(PATH), app.version):
        with pytest.raises(SignerError) as error:
            ask()
        caught.append(error.value)
    return caught


@pytest.mark.parametrize("word", WORDS)
def test_each_has_a_code_a_sentence_and_a_next_step(word: str) -> None:
    signing, *asking = refusals(word)
    assert (signing.code, *{error.code for error in asking}) == WORDS[word]
    for error in (signing, *asking):
        assert error.message.endswith(".")
        assert word not in error.message, "vendors' numbers are for the details"
        assert error.details["status_word"] == word
        assert CATALOGUE[error.code].hint


@pytest.mark.parametrize("word", WORDS)
def test_who_asked_for_an_address_hears_of_no_transaction(word: str) -> None:
    for error in refusals(word)[1:]:
        assert "transaction" not in error.message
