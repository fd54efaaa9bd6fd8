"""What the device's own system answers: inside every app (class B0) and on the dashboard (hardware.md a)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from signer_app.practice.devices import status
from signer_app.practice.devices.models import Model
from signer_app.practice.devices.question import Question
from signer_app.practice.devices.screens import open_app
from signer_app.practice.devices.status import StatusError, word

CLA_OS: Final = 0xB0
INS_APP_AND_VERSION: Final = 0x01
INS_QUIT: Final = 0xA7
NAME: Final = "BOLOS"
_CLA_DASHBOARD = 0xE0
_DEVICE_INFO, _OPEN_APP = 0x01, 0xD8
_MAX_NAME = 32
_FORMAT = 1


def app_and_version(name: str, version: str, flags: int) -> bytes:
    """The answer about the program that runs."""
    fields = (name.encode(), version.encode(), bytes([flags]))
    return bytes([_FORMAT]) + b"".join(map(_counted, fields)) + word(status.OK)


def _counted(data: bytes) -> bytes:
    return bytes([len(data)]) + data


def handle(
    apdu: bytes, model: Model, installed: Sequence[str], open_later: Callable[[str], None]
) -> bytes | Question:
    """A command to the dashboard. Raises StatusError."""
    if apdu[0] != _CLA_DASHBOARD:
        raise StatusError(status.UNKNOWN_CLASS)
    if apdu[1] == _DEVICE_INFO:
        versions = (model.os_version.encode(), bytes(4), model.mcu_version.encode())
        return model.target_id.to_bytes(4, "big") + b"".join(map(_counted, versions)) + word(status.OK)
    if apdu[1] == _OPEN_APP:
        return _ask_to_open(apdu[5:], model, installed, open_later)
    raise StatusError(model.unknown_apdu)


def _ask_to_open(
    data: bytes, model: Model, installed: Sequence[str], open_later: Callable[[str], None]
) -> Question:
    if not 0 < len(data) <= _MAX_NAME:
        raise StatusError(status.BAD_NAME_LENGTH)
    name = data.decode("latin-1")
    if name not in installed:
        raise StatusError(model.no_such_app)

    def settle(yes: bool) -> bytes:
        if not yes:
            return word(status.REFUSED_BY_PERSON_TO_OS)
        open_later(name)
        return word(status.OK)

    return Question(open_app(name), settle)
