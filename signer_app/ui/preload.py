"""Loads the rooms below while the person types the passphrase: after the first paint, in a thread of its own.

The import of database and ledger SDK takes about a second, which an unlock would have to wait for otherwise.
"""

from __future__ import annotations

from importlib import import_module


def load_rooms() -> None:
    """What an open workspace and its inbox need."""
    for name in ("signer_app.workspace", "signer_app.workspace.first_run"):
        import_module(name)
    from signer_app.chains.xrpl import second_reader  # noqa: PLC0415 - not before the first paint

    second_reader.load()
