"""Waits after wrong passphrases, by a clock that the test turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signer_app.core.errors import SignerError
from signer_app.signers.keystore.attempts import LONGEST_WAIT_S, Attempts, wait_after


class Hands:
    """A clock."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def attempts(tmp_path: Path, clock: Hands) -> Attempts:
    return Attempts(tmp_path, clock)


def wait_of(attempts: Attempts) -> int:
    """The wait that is asked for now; 0 if the attempt is let through (and so counted)."""
    try:
        attempts.begin()
    except SignerError as error:
        return int(str(error.details["retry_after_s"])) if error.code == "KEY_PASSPHRASE_WRONG" else -1
    return 0


def test_waits_grow() -> None:
    assert [wait_after(misses) for misses in range(8)] == [0, 0, 0, 1, 2, 4, 8, 16]
    assert wait_after(1000) == LONGEST_WAIT_S


def test_three_are_free_then_each_waits_longer(attempts: Attempts, clock: Hands) -> None:
    assert [wait_of(attempts) for _ in range(3)] == [0, 0, 0]
    for wait in (1, 2, 4, 8):
        assert wait_of(attempts) == wait
        clock.turn(wait - 1)
        assert wait_of(attempts) == 1
        clock.turn(1)
        assert wait_of(attempts) == 0


def test_a_miss_counts_before_it_is_known(attempts: Attempts, tmp_path: Path, clock: Hands) -> None:
    """Each begin() without an end is a process that was ended while it tried."""
    for _ in range(3):
        Attempts(tmp_path, clock).begin()
    assert wait_of(attempts) == 1


def test_success_forgets(attempts: Attempts) -> None:
    for _ in range(3):
        attempts.begin()
    attempts.succeeded()
    assert wait_of(attempts) == 0


def test_a_clock_set_back_never_waits_longer_than_the_wait(attempts: Attempts, clock: Hands) -> None:
    for _ in range(3):
        attempts.begin()
    clock.turn(-3600 * 24 * 365)
    assert wait_of(attempts) == 1
    clock.turn(1)
    assert wait_of(attempts) == 0


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"last":"x","misses":3}', b'{"misses":-1}', b"\xff"]
)
def test_a_damaged_file_does_not_lock_the_owner_out(
    attempts: Attempts, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "attempts.json").write_bytes(content)
    assert wait_of(attempts) == 0
