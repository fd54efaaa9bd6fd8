"""Time has one spelling: RFC 3339, UTC, Z."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signer_app.core.clock import format_time, machine_clock, parse_duration, parse_time, whole_seconds
from signer_app.core.errors import MalformedError

moments = st.datetimes(timezones=st.just(UTC))


@given(moments)
def test_times_round_trip(moment: datetime) -> None:
    text = format_time(moment)
    assert text.endswith("Z")
    assert parse_time(text) == moment
    assert parse_time(text).tzinfo is UTC


def test_formats() -> None:
    assert format_time(datetime(2026, 11, 20, 12, 0, tzinfo=UTC)) == "2026-11-20T12:00:00Z"
    east = timezone(timedelta(hours=2))
    assert format_time(datetime(2026, 11, 20, 12, 0, 0, 500, tzinfo=east)) == "2026-11-20T10:00:00.000500Z"
    assert parse_time("2026-11-20T12:00:00.5Z") == datetime(2026, 11, 20, 12, 0, 0, 500_000, tzinfo=UTC)
    assert whole_seconds(parse_time("2026-11-20T12:00:00.9Z")) == parse_time("2026-11-20T12:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-20",
        "2026-11-20T12:00Z",
        "2026-11-20T12:00:00",
        "2026-11-20T12:00:00+00:00",
        "2026-11-20T12:00:00+01:00",
        "2026-11-20 12:00:00Z",
        "2026-11-20t12:00:00z",
        "2026-11-20T12:00:00.Z",
        "2026-11-20T12:00:00.1234567Z",
        "2026-11-20T12:00:00,5Z",
        "2026-11-20T12:00:00Z\n",
        " 2026-11-20T12:00:00Z",
        "20261120T120000Z",
        "2026-W47-5T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T12:60:00Z",
        "2026-11-20T23:59:60Z",
        "0000-11-20T12:00:00Z",
        "-026-11-20T12:00:00Z",
        "\u0662026-11-20T12:00:00Z",
    ],
)
def test_times_that_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_time(text)


def test_the_machine_clock_knows_its_zone() -> None:
    assert machine_clock().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("text", "seconds"), [("1s", 1), ("90s", 90), ("15m", 900), ("12h", 43_200), ("3d", 259_200)]
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "3", "d", "0d", "03d", "-3d", "+3d", "1.5h", "3 d", "3D", "3w", "3d ", "3d\n", "12345678s", "1h30m"],
)
def test_durations_that_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_duration(text)
