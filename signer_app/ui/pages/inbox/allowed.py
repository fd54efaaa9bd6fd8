"""Which actions a proposal has now, and why it does not have the others. Pure; one reason at a time, the
first that the person can do something about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from signer_app.core.text import safe_text
from signer_app.ui.pages.inbox.reading import Details
from signer_app.ui.words import effects as words
from signer_app.ui.words import inbox as say
from signer_app.ui.words import strings

WAITING = ("PENDING", "READY", "DENIED", "REJECTED")
JUDGED = ("PENDING", "READY", "DENIED")
SENDABLE = ("READY", "SUBMITTED", "UNKNOWN")
FINAL = ("CONFIRMED", "FAILED", "EXPIRED", "SUPERSEDED")
COPYABLE = ("EXPIRED", "SUPERSEDED", "FAILED")


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is looked at: whether this window may write, else why not; whether nodes are asked, and
    whether none of them answers."""

    writable: bool
    offline: bool
    now: datetime
    trouble: str = ""
    silent: bool = False

    @property
    def read_only(self) -> str:
        """Why nothing can be written, "" while it can."""
        return "" if self.writable else self.trouble or say.READ_ONLY

    @property
    def no_facts(self) -> str:
        """Why nodes give no facts now, "" while they may."""
        return say.OFFLINE if self.offline else say.NO_NODE if self.silent else ""

    def like(self, other: Place) -> bool:
        """Whether the same is off in both for the same reasons, whatever the time."""
        return (self.read_only, self.no_facts) == (other.read_only, other.no_facts)


def reasons(details: Details, place: Place) -> dict[str, str]:
    """Action -> why it is off, "" where it is on."""
    return {name: ask(details, place) for name, ask in _ACTIONS.items()}


def overdue(details: Details, now: datetime) -> bool:
    """Whether its time is over while it is open still."""
    return details.entry.open and words.left(details.entry.expires_at, now)[0] == words.TIME_OVER


def halting(details: Details) -> str:
    """Who halted what this proposal acts for; "" if nobody."""
    standing = words.items(details.raw.get("halts"))
    return safe_text(str(standing[0]["person"]), 60) if standing else ""


def _first(*causes: tuple[bool, str]) -> str:
    """The reason of the first cause that holds."""
    return next((reason for holds, reason in causes if holds), "")


def _sign(details: Details, place: Place) -> str:
    entry, who = details.entry, halting(details)
    own = [holder for holder in details.holders if holder.person == details.me]
    usable = [holder for holder in own if holder.signer not in entry.signed and not holder.unable]
    signed = any(holder.signer in entry.signed for holder in own)
    return _first(
        (entry.untold, place.read_only or place.no_facts or say.UNTOLD),
        (entry.state == "DENIED", strings.DENIED),
        (entry.state not in ("PENDING", "READY"), strings.takes_no_signature(entry.state_words)),
        (not place.writable, place.read_only),
        (bool(who), say.halted(who)),
        (overdue(details, place.now), say.OVERDUE),
        (bool(place.no_facts), place.no_facts),
        (not own, say.NO_KEY),
        (not usable and signed, say.SIGNED_ALREADY),
        (not usable, say.no_device(own[0].unable if own else "")),
        (details.verdict is None, say.NEVER_JUDGED),
        (details.needs_override, say.needs_override(details.override_quorum)),
    )


def _send(details: Details, place: Place) -> str:
    if details.entry.state not in SENDABLE:
        pending = details.entry.state == "PENDING"
        return say.missing(details.needs) if pending else say.state_is(details.entry.state_words)
    if not place.writable:
        return place.read_only
    if place.no_facts:
        return place.no_facts
    if details.entry.state == "READY" and halting(details):
        return say.halted(halting(details))
    return ""


def _reject(details: Details, place: Place) -> str:
    if details.entry.state not in WAITING:
        return say.state_is(details.entry.state_words)
    if not place.writable:
        return place.read_only
    said = {item["person"] for item in words.items(details.raw.get("rejections"))}
    return say.SAID_NO_ALREADY if details.me in said else ""


def _override(details: Details, place: Place) -> str:
    said = [item["person"] for item in words.items(details.raw.get("overrides")) if item["in_force"] is True]
    return _first(
        (details.entry.state not in JUDGED, say.state_is(details.entry.state_words)),
        (not place.writable, place.read_only),
        (bool(details.hard), say.HARD),
        (not details.soft, say.NOTHING_SOFT),
        (not details.override_quorum, say.NO_OVERRIDE_QUORUM),
        (details.me in said, say.OVERRIDDEN_ALREADY),
        (not details.may_override, say.not_in_quorum(details.override_quorum)),
        (bool(place.no_facts), place.no_facts),
    )


def _copy(details: Details, place: Place) -> str:
    if details.entry.state not in COPYABLE:
        return say.COULD_TWICE
    return _writing(place)


def _cancel(details: Details, place: Place) -> str:
    if details.entry.state in FINAL:
        return say.FINAL
    return _writing(place)


def _verify(details: Details, place: Place) -> str:
    if details.entry.state not in JUDGED:
        return say.state_is(details.entry.state_words)
    return _writing(place)


def _export(_details: Details, place: Place) -> str:
    return place.read_only


def _writing(place: Place) -> str:
    if not place.writable:
        return place.read_only
    return say.OFFLINE if place.offline else ""


def _always(_details: Details, _place: Place) -> str:
    return ""


_ACTIONS: Mapping[str, Callable[[Details, Place], str]] = MappingProxyType(
    {
        "review": _sign,
        "send": _send,
        "reject": _reject,
        "export": _export,
        "verify": _verify,
        "override": _override,
        "copy": _copy,
        "cancel": _cancel,
        "print": _always,
        "pdf": _always,
        "report": _always,
    }
)
