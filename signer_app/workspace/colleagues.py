"""In a place to practise the two colleagues answer when they are asked.

Their workspaces and their passphrases lie in the place (practising.py), since their keys are worth nothing.
Whoever practises alone would else be left with a halt that takes two people to lift.
"""

from __future__ import annotations

from pathlib import Path

from signer_app.core.errors import NotFoundError
from signer_app.signers.keystore.client import open_keystore
from signer_app.vault.passphrase import read_passphrase_file
from signer_app.workspace.composition import Workspace
from signer_app.workspace.practising import PEOPLE, YOU, place_of

#: Why a colleague says that it may go on.
REASON = "It was an exercise"


def colleagues(workspace: Path) -> tuple[str, ...]:
    """Who can be asked from a workspace; nobody outside a place to practise."""
    return () if place_of(workspace) is None else tuple(person for person, _ in PEOPLE if person != YOU)


def resumes(workspace: Path, person: str, statements: bytes, halt_id: str) -> bytes:
    """Give a colleague the statements, have them say that this halt may end; all statements that they know.

    Raises NotFoundError where there is no such colleague, ConflictError WORKSPACE_LOCKED while somebody works
    as them, and what resuming raises.
    """
    place = place_of(workspace)
    if place is None or person not in colleagues(workspace):
        raise NotFoundError(f"{person[:60]} is no colleague of a practice workspace.")
    secret = place / "secrets" / f"{person}.txt"
    opened = Workspace.open(place / "workspaces" / person, passphrase=read_passphrase_file(secret))
    try:
        opened.unlock_keys(lambda keys: open_keystore(keys, passphrase=read_passphrase_file(secret)))
        halts = opened.proposals.halts
        halts.take_file(statements)
        halts.resume(REASON, halt_id)
        document = halts.document()
        if document is None:
            raise NotFoundError("No halt is known there.")
        return document.to_bytes()
    finally:
        opened.close()
