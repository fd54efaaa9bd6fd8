"""Places where a test may kill the process, to prove that the worst moment loses nothing.

``COUNTERSIGN_FAILPOINT`` holds ``name`` or ``name:nth`` (the nth time that place is passed, from 1). A
failpoint can only end the process, as a power cut would: it changes no result, so the variable gives an
attacker nothing that a kill does not. The variable is read once, at import; without it a failpoint is
one function call that does nothing.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "COUNTERSIGN_FAILPOINT"


def _read(setting: str) -> tuple[str, int]:
    name, _, nth = setting.partition(":")
    return name, int(nth) if nth.isascii() and nth.isdigit() else 1


_NAME, _NTH = _read(os.environ.get(VARIABLE, ""))
_hits = 0


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
