"""Time as RFC 3339 UTC with Z (CONTRACTS, head). Rooms take a Clock; only entry points use the machine's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from signer_app.core.errors import MalformedError

Clock: TypeAlias = Callable[[], datetime]

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z\Z")


def machine_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def parse_time(text: str) -> datetime:
    """An aware UTC datetime of "2026-11-20T12:00:00Z" (up to six decimals). Raises MalformedError."""
    if not _TIME.match(text):
        raise MalformedError(f"{text[:40]!r} is not a UTC time such as 2026-11-20T12:00:00Z.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedError(f"{text[:40]!r} is not a date that exists.") from error


def format_time(moment: datetime) -> str:
    """RFC 3339 with Z, whole seconds unless the moment has a fraction."""
    text = moment.astimezone(UTC).isoformat()
    return text.removesuffix("+00:00") + "Z"


def whole_seconds(moment: datetime) -> datetime:
    """The moment without its fraction, for documents that people read."""
    return moment.replace(microsecond=0)


def parse_duration(text: str) -> timedelta:
    """ "90s", "15m", "12h" or "3d". Raises MalformedError."""
    match = re.fullmatch(r"([1-9][0-9]{0,6})([smhd])", text)
    if match is None:
        raise MalformedError(f"{text[:40]!r} is not a duration such as 12h or 3d.")
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[match.group(2)]
    return timedelta(**{unit: int(match.group(1))})
