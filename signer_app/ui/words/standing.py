"""Why nothing can be written in the open workspace: one reason, the same words everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signer_app.core.text import safe_text

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.journal.trust import Trouble
    from signer_app.ui.session import Summary

NOT_INTACT = "Signing and sending are off."
WHERE = "The Journal page says what to do."
SHOW = "Open the Journal page"
FAILED = "Nothing more is written, signed or sent."
FREE_SPACE = "Free space or repair the disk, then lock this window and unlock it again."

# -- looking only --------------------------------------------------------------------------------------------

LOOK_ONLY = "Look only"
LOOK_ONLY_CHOICE = "Look only: sign and write nothing"
LOOK = "You can look, not sign."
UNLOCK_TO_SIGN = "Unlock to sign"


def banner(trouble: Trouble) -> tuple[str, str]:
    """What happened, and what follows from it."""
    said = safe_text(trouble.message, 400)
    if trouble.looking:
        return said, LOOK
    return said, f"{NOT_INTACT} {WHERE}" if trouble.state else f"{FAILED} {FREE_SPACE}"


def off(summary: Summary | None) -> str:
    """Why what writes to the journal is off, as its button says it; "" while it is on."""
    trouble = summary.trouble if summary is not None else None
    if trouble is None:
        return ""
    said = safe_text(trouble.message, 400)
    then = LOOK if trouble.looking else NOT_INTACT if trouble.state else FREE_SPACE
    return f"Off: {said[:1].lower()}{said[1:]} {then}"
