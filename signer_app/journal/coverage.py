"""How far a journal is covered by what somebody signed or a ledger holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from signer_app.core.errors import NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.journal.evidence import gather
from signer_app.journal.loginfo import read_log_info
from signer_app.journal.notes import SignatureState


@dataclass(frozen=True, slots=True)
class Coverage:
    """Records under a checkpoint of a known device key, its signers, and records under an anchor.

    ``anchored`` is None where there is no anchor at all.
    """

    signed: int
    signers: tuple[str, ...]
    anchored: int | None

    def to_json(self) -> JsonObject:
        """{signed, signers, anchored}."""
        return {"signed": self.signed, "signers": [*self.signers], "anchored": self.anchored}


def read_coverage(logs: Path) -> Coverage:
    """Read checkpoints.log and anchors.log; the newest good signature decides. The file itself is not judged.

    Raises NotFoundError, IntegrityError JOURNAL_BROKEN (log.json).
    """
    info = read_log_info(logs)
    if info is None:
        raise NotFoundError("There is no log.json beside the journal.")
    evidence = gather(logs, log_id=info.log_id.hex(), keys=info.device_keys, heads=())
    notes = [item.note for item in evidence.statements if item.note is not None]
    for note in sorted(notes, key=lambda note: -note.size):
        if note.check(info.device_keys) is SignatureState.VALID:
            return Coverage(note.size, tuple(item.name for item in note.signatures), evidence.anchored)
    return Coverage(0, (), evidence.anchored)
