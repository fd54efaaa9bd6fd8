"""A question to the person, on which the answer of an APDU hangs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from signer_app.practice.devices.screens import Flow


@dataclass(frozen=True, slots=True)
class Question:
    """``settle`` gives the APDU's answer to yes or no; ``working`` is shown while a yes is carried out.

    It gives null where the question has meanwhile become void, so that nobody gets an answer.
    """

    flow: Flow
    settle: Callable[[bool], bytes | None]
    working: str | None = None
