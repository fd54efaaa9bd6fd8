"""Ctrl-C is noted even where Python loses it."""

from __future__ import annotations

import signal
import weakref

import pytest

from signer_app.cli.interrupts import Interrupts


class Thing:
    """Something that ends."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_got_lost_in_a_callback_is_found() -> None:
    interrupts = Interrupts()
    before = signal.getsignal(signal.SIGINT)
    with interrupts.watched():
        interrupts.check()
        thing = Thing()
        kept = weakref.ref(thing, lambda _gone: signal.raise_signal(signal.SIGINT))
        del thing  # the interrupt comes in the callback, and nobody hears of it
        assert kept() is None
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_is_raised_where_it_comes() -> None:
    interrupts = Interrupts()
    with pytest.raises(KeyboardInterrupt), interrupts.watched():
        signal.raise_signal(signal.SIGINT)
