"""Who answers the device's questions: a person by the buttons, a yes to everything, or a script.

The scripted approver pages through the screens as a person would, puts the pages of each field together, and
says yes only where what it has read is what was agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from signer_app.core.canonical import read_json
from signer_app.practice.devices.device import Device
from signer_app.practice.devices.expectations import Expectation, parse
from signer_app.practice.devices.paging import drawn
from signer_app.practice.devices.screens import Button, Line, Page, Purpose
from signer_app.vault.files import read_bounded

_LARGEST = 256 * 1024
_NAME = "approver"


class Mode(StrEnum):
    """Who answers."""

    MANUAL = "manual"
    AUTO = "auto"
    EXPECT = "expect"


def expectation_in(path: Path) -> Expectation:
    """The expectation in a JSON file. Raises NotFoundError, MalformedError, IntegrityError."""
    return parse(read_json(read_bounded(path, _LARGEST)))


class Approver:
    """Answers the questions of one device, in the mode it is in."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self.mode = Mode.MANUAL
        self._expectation = Expectation()

    def expect(self, expectation: Expectation) -> None:
        """From now on answer by what was agreed."""
        self.mode = Mode.EXPECT
        self._expectation = expectation

    def answer(self) -> None:
        """Answer the question that stands on the screen, unless a person does."""
        device = self._device
        if self.mode is Mode.MANUAL or device.asks is None or device.locked:
            return
        if self.mode is Mode.EXPECT and self._expectation.script and device.asks is Purpose.SIGN:
            self._press_script()
            return
        shown = self._read()
        reason = None if self.mode is Mode.AUTO else self._objection(device.asks, shown)
        device.decide(reason is None, by=_NAME, reason=reason)

    def _press_script(self) -> None:
        for button in self._expectation.script:
            if self._device.asks is None:
                return
            self._device.press(button, by=_NAME, reason="by script")

    def _read(self) -> tuple[Line, ...]:
        """Page through all fields, up to the first page that offers a choice."""
        device = self._device
        pages = []
        while device.flow.page.choice is None:
            pages.append(device.flow.page)
            device.press(Button.RIGHT, by=_NAME)
        return _put_together(pages)

    def _objection(self, purpose: Purpose, shown: Sequence[Line]) -> str | None:
        if purpose is Purpose.OPEN_APP:
            return None
        agreed = self._expectation
        if purpose is Purpose.ADDRESS:
            if agreed.address is None:
                return "no address was agreed"
            agreed = Expectation((Line("Address", agreed.address),))
        return agreed.difference(shown)


def _put_together(pages: Sequence[Page]) -> tuple[Line, ...]:
    """The fields on some pages, as far as they can be seen."""
    lines: list[Line] = []
    for page in pages:
        if page.line is None:
            continue
        name = page.title.removesuffix(f" ({page.number}/{page.count})")
        text = "".join(char for line in page.lines for char in line if drawn(char))
        if page.number > 1:
            text = lines.pop().value + text
        lines.append(Line(name, text))
    return tuple(lines)
