"""Loads the rooms below while the person types the passphrase: after the first paint, in a thread of its own.

The import of database and ledger SDK takes about a second, which an unlock would have to wait for otherwise.
Whoever needs these rooms in another thread calls load_rooms first. It waits for a loading that is under way:
two threads that import one package from its two ends lock each other out, and Python ends one of them.
"""

from __future__ import annotations

import threading
from importlib import import_module

_ONE_AT_A_TIME = threading.Lock()


def load_rooms() -> None:
    """What an open workspace and its inbox need, unless it is there. Safe from every thread but the window's
    own, which it would hold up.
    """
    with _ONE_AT_A_TIME:
        for name in (
            "signer_app.workspace",
            "signer_app.workspace.first_run",
            "signer_app.workspace.first_steps",
            "signer_app.journal.verifying",
        ):
            import_module(name)
        from signer_app.chains.xrpl import second_reader  # noqa: PLC0415 - not before the first paint

        second_reader.load()
