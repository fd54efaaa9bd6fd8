"""Ctrl-C is noted even where Python loses it."""

from __future__ import annotations

import signal
import weakref
from collections.abc import Iterator

import pytest

from signer_app.cli import interrupts


class Thing:
    """Something that ends."""


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_got_lost_in_a_callback_is_found() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupts.raised():
        interrupts.check()
        thing = Thing()
        kept = weakref.ref(thing, lambda _gone: signal.raise_signal(signal.SIGINT))
        del thing  # the interrupt comes in the callback, and nobody hears of it
        assert kept() is None
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
    assert signal.getsignal(signal.SIGINT) is before
    with interrupts.raised():
        interrupts.check()


def test_an_interrupt_is_raised_where_it_comes() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts.raised():
        signal.raise_signal(signal.SIGINT)


def test_one_that_comes_while_the_command_line_is_loaded_is_answered_by_the_command() -> None:
    interrupts.hold()
    signal.raise_signal(signal.SIGINT)
    begun = False
    with pytest.raises(KeyboardInterrupt), interrupts.raised():
        begun = True
    assert not begun
    interrupts.check()


def test_a_program_that_was_told_to_ignore_interrupts_does() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.hold()
    with interrupts.raised():
        signal.raise_signal(signal.SIGINT)
        interrupts.check()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
