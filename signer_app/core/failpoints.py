"""Places where a test may kill the process, to prove that the worst moment loses nothing.

``COUNTERSIGN_FAILPOINT`` holds ``name`` or ``name:nth`` (the nth time that place is passed, from 1). A
failpoint can only end the process, as a power cut would: it changes no result, so the variable gives an
attacker nothing that a kill does not. The variable is read once, at import (and by a command that is forked,
cli/warm.py); without it a failpoint is one function call that does nothing.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "COUNTERSIGN_FAILPOINT"


_NAME, _NTH, _hits = "", 1, 0


def arm(setting: str) -> None:
    """Count from the start for another place: ``name``, ``name:nth``, or nothing."""
    global _NAME, _NTH, _hits
    name, _, nth = setting.partition(":")
    _NAME, _NTH, _hits = name, int(nth) if nth.isascii() and nth.isdigit() else 1, 0


arm(os.environ.get(VARIABLE, ""))


def armed(name: str) -> bool:
    """True if this process is to die at ``name``: for places that need a half-done step before they die."""
    return _NAME != "" and name == _NAME


def failpoint(name: str) -> None:
    """Kill this process with SIGKILL if ``name`` is armed and this is its nth passing."""
    global _hits  # noqa: PLW0603 - one counter for one process, armed only in tests
    if not _NAME or name != _NAME:
        return
    _hits += 1
    if _hits >= _NTH:
        os.kill(os.getpid(), signal.SIGKILL)
