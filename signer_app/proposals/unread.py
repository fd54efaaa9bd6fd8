"""What a restored workspace does not know yet (DESIGN section 4)."""

from __future__ import annotations

from signer_app.core.errors import ConflictError
from signer_app.proposals.store.queries import Proposal


def refuse_unread(proposal: Proposal) -> None:
    """Signatures of it may have left after the backup that this workspace was restored from: before another
    leaves, or the whole is sent, the ledger says whether its ticket or sequence is still unused.

    ConflictError OUTCOME_UNREAD.
    """
    if proposal.unread:
        raise ConflictError(
            "What became of it after the backup is not known here. The ledger has to be read first.",
            code="OUTCOME_UNREAD",
        )
