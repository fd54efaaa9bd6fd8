"""Loads the rooms below while the person types the passphrase: after the first paint, in a thread of its own.

The import of database and ledger SDK takes about a second, which an unlock would have to wait for otherwise.
"""

from __future__ import annotations


def load_rooms() -> None:
    """What an open workspace and its inbox need."""
    from signer_app.chains.xrpl import second_reader  # noqa: PLC0415

    second_reader.load()
