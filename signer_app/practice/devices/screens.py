"""What stands on a device's screen, and how its two buttons lead through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from signer_app.core.json_types import JsonObject
from signer_app.practice.devices.paging import drawn, split_pages


class Button(StrEnum):
    """A press of one button, or of both at once."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Choice(StrEnum):
    """What pressing both buttons means on a page that offers something."""

    APPROVE = "approve"
    REJECT = "reject"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a review: its name and its value as the app formats them."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """One screenful. ``line`` is the field that it shows a part of; ``number`` of ``count`` pages of it."""

    title: str
    lines: tuple[str, ...] = ()
    choice: Choice | None = None
    line: Line | None = None
    number: int = 1
    count: int = 1

    def text(self) -> str:
        """As recordings write it: title and lines, those that show anything, with bars between."""
        shown = ["".join(char for char in line if drawn(char)) for line in self.lines]
        return " | ".join([self.title, *(line for line in shown if line.strip())])

    def to_json(self) -> JsonObject:
        """Shape: {title, lines, text, page, pages, choice}."""
        return {
            "title": self.title,
            "lines": list(self.lines),
            "text": self.text(),
            "page": self.number,
            "pages": self.count,
            "choice": None if self.choice is None else self.choice.value,
        }


class Purpose(StrEnum):
    """Why a flow is on the screen. A review waits for a person; the others wait for nothing."""

    IDLE = "idle"
    SIGN = "sign"
    ADDRESS = "address"
    OPEN_APP = "open_app"


@dataclass(slots=True)
class Flow:
    """Pages in order, and which of them is shown."""

    purpose: Purpose
    pages: tuple[Page, ...]
    at: int = 0
    lines: tuple[Line, ...] = field(default=())

    @property
    def page(self) -> Page:
        """The page on the screen."""
        return self.pages[self.at]

    @property
    def waits_for_a_person(self) -> bool:
        """True while an answer hangs on it."""
        return self.purpose is not Purpose.IDLE

    def press(self, button: Button) -> Choice | None:
        """Page left or right, stopping at the ends; both buttons give the page's choice."""
        if button is Button.BOTH:
            return self.page.choice
        step = 1 if button is Button.RIGHT else -1
        self.at = min(max(self.at + step, 0), len(self.pages) - 1)
        return None


def pages_of(line: Line, lines_a_page: int) -> list[Page]:
    """The pages of one field; several are counted in the title."""
    parts = split_pages(line.value, lines_a_page)
    count = len(parts)
    return [
        Page(
            line.name if count == 1 else f"{line.name} ({number}/{count})",
            tuple(lines),
            line=line,
            number=number,
            count=count,
        )
        for number, lines in enumerate(parts, start=1)
    ]


def review(lines: Sequence[Line], lines_a_page: int) -> Flow:
    """The review of a transaction: its fields, then the two choices."""
    pages = [page for line in lines for page in pages_of(line, lines_a_page)]
    pages += [Page("Sign transaction", choice=Choice.APPROVE), Page("Reject", choice=Choice.REJECT)]
    return Flow(Purpose.SIGN, tuple(pages), lines=tuple(lines))


def verify_address(address: str, lines_a_page: int) -> Flow:
    """The address, then the two choices."""
    line = Line("Address", address)
    pages = [Page("Verify", ("address",)), *pages_of(line, lines_a_page)]
    pages += [Page("Approve", choice=Choice.APPROVE), Page("Reject", choice=Choice.REJECT)]
    return Flow(Purpose.ADDRESS, tuple(pages), lines=(line,))


def open_app(name: str) -> Flow:
    """The dashboard's question whether a host may open an app."""
    line = Line("Open app", name)
    pages = (
        Page("Open app", (name,), line=line),
        Page("Open", choice=Choice.APPROVE),
        Page("Cancel", choice=Choice.REJECT),
    )
    return Flow(Purpose.OPEN_APP, pages, lines=(line,))


def idle(*titles: str, version: str | None = None) -> Flow:
    """A home screen. Inside an app ``version`` adds its version and the page to quit."""
    pages = [Page(titles[0], tuple(titles[1:]))]
    if version is not None:
        pages += [Page("Version", (version,)), Page("Quit", choice=Choice.QUIT)]
    return Flow(Purpose.IDLE, tuple(pages))


def notice(title: str, *lines: str) -> Flow:
    """A single screen, such as of a locked device."""
    return Flow(Purpose.IDLE, (Page(title, tuple(lines)),))
